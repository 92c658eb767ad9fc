//! Every decoder of outside bytes, on real objects and on some thousand mutations of them. The long
//! run is `cargo xtask fuzz`.

use doorstep_tests::{
    fuzz::{Report, TARGETS},
    only_own_panics,
    speaker::peaks_kib,
};
use std::time::{Duration, Instant};

/// Mutations of each target.
const MUTATIONS: u64 = 4_000;
/// Pictures are slow in a build for tests: so long for each target, whatever the count.
const SHORT: Duration = Duration::from_millis(800);
/// What all of it may hold in memory at its worst, in KiB.
const MEMORY_KIB: u64 = 700 << 10;

#[test]
fn real_objects_are_accepted_and_mutated_ones_panic_nowhere() {
    only_own_panics();
    for target in &TARGETS {
        let mut real = Report::default();
        let corpus = target.corpus();
        for (_, object) in &corpus {
            target.hit(&(target.dress)(object), &mut real);
        }
        let accepted = usize::try_from(real.accepted).expect("few");
        assert_eq!(accepted, corpus.len(), "{}: {:?}", target.name, real.found);
        assert!(!corpus.is_empty(), "{} has no corpus", target.name);
        let report = target.mutate(1, MUTATIONS, Some(Instant::now() + SHORT));
        let found: Vec<_> = report.found.iter().map(|(what, _)| what).collect();
        assert!(found.is_empty(), "{}: {found:?}", target.name);
        assert!(report.executions > 20, "{}: {report:?}", target.name);
    }
    let (peak, _) = peaks_kib(std::process::id());
    assert!(peak < MEMORY_KIB, "{peak} KiB");
}
