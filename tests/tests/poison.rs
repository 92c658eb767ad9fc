//! Changes and messages that a hostile or buggy device may send: none harms HQ, its documents, or
//! the devices beside. `cargo xtask bench poison` does the same with 100,000 changes.

use doorstep_domain::{facts::FieldEdit, org::Role, rights::may_write};
use doorstep_hq::execute::scratch::Scratch;
use doorstep_sync::admission;
use doorstep_tests::{
    binaries,
    dice::Dice,
    hq::Hq,
    only_own_panics,
    poison::{
        chunk::mutated,
        crafted::crafted,
        seeds::seeds,
        verdict::{Alone, Kept, alone, harm, push},
    },
    speaker::{Speaker, peaks_kib},
};

/// How many mutations; the bench tries 100,000.
const MUTATIONS: usize = 1_500;
/// What HQ may hold in memory whatever it is sent, in KiB.
const HQ_KIB: u64 = 250 << 10;
/// The worker's limit of 512 MiB, in KiB.
const WORKER_KIB: u64 = 512 << 10;

#[test]
fn mutated_changes_do_no_harm() {
    only_own_panics();
    let (seeds, mut dice) = (seeds(7), Dice::new(11));
    let scratch = Scratch::worker(binaries::path("doorstep-hq"));
    let (mut dangerous, mut taken) = (0, 0);
    for round in 0..MUTATIONS {
        let (seed, other) = (dice.pick(&seeds).clone(), dice.pick(&seeds).clone());
        let change = mutated(&seed.plain, &other.plain, &mut dice);
        if matches!(alone(&seed, &change), Alone::Panics | Alone::DoesNotLoad) {
            dangerous += 1;
        }
        match scratch.admit(&push(&seed, change), Role::Engineer, Some(&seed.base)) {
            Ok(tried) => {
                taken += 1;
                let view = serde_json::from_str(&tried.view).expect("a view");
                let kept = Kept { snapshot: &tried.snapshot, view: &view, changes: &tried.changes };
                harm(&seed, &kept).unwrap_or_else(|what| panic!("round {round}: {what}"));
            }
            Err(refused) => assert_ne!(refused.code, "document_harmful", "round {round}"),
        }
    }
    assert!(dangerous > MUTATIONS / 50, "automerge alone stumbles over {dangerous}");
    assert!(taken > 0, "some mutations are harmless");
}

#[test]
fn crafted_changes_are_refused_each_in_no_time() {
    only_own_panics();
    for seed in seeds(3).iter().step_by(17) {
        let allowed = |section: &str, key: &str, _settling: bool| {
            may_write(Role::Engineer, seed.kind, section, key)
        };
        admission::admit(&push(seed, seed.plain.clone()), Some(&seed.base), &allowed)
            .expect("the honest change is taken");
        for (what, change) in crafted(seed) {
            let begun = std::time::Instant::now();
            let taken = admission::admit(&push(seed, change), Some(&seed.base), &allowed);
            assert!(taken.is_err(), "{:?}: {what} is taken", seed.kind);
            assert!(begun.elapsed().as_millis() < 500, "{what} took {:?}", begun.elapsed());
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn bombs_and_poison_cost_hq_no_more_than_its_cap_and_others_go_on() {
    let room = tempfile::tempdir().expect("a folder");
    let hq = Hq::with_sample_data(&room.path().join("hq"), 6);
    let engineer = hq.facts["door_job"]["engineer"].as_str().expect("an engineer").to_owned();
    let store = &hq.facts["door_job"]["store"];
    let mut foul = Speaker::enrol(&hq, &engineer, 1).await;
    let mut clerk = Speaker::enrol(&hq, &hq.person_at("clerk", store), 2).await;
    foul.sync(vec![], vec![]).await;
    clerk.sync(vec![], vec![]).await;
    let order = hq.facts["door_job"]["work_order"].as_str().expect("an order").parse().expect("id");

    for (what, body, expected) in doorstep_tests::poison::bombs::bodies(&foul) {
        let heard = foul.post(body).await.expect("HQ lives");
        assert_eq!(heard.code(), expected, "{what}");
    }
    let seed = doorstep_tests::poison::Seed {
        kind: foul.docs[&order].0,
        id: order,
        base: foul.open(order).save(),
        plain: Vec::new(),
        deflated: Vec::new(),
    };
    let pushes: Vec<_> =
        crafted(&seed).into_iter().map(|(_, change)| push(&seed, change)).collect();
    let sent = pushes.len();
    let answer = foul.sync(pushes, vec![]).await.expect("answered");
    assert_eq!((answer.received.len(), answer.refused.len()), (0, sent), "{:?}", answer.received);

    let note = [FieldEdit::new("notes", "n1/text", "照常")];
    let honest = clerk.edit(order, &note);
    let answer = clerk.sync(vec![honest], vec![]).await.expect("answered");
    assert_eq!(answer.received.len(), 1, "{:?}", answer.refused);
    let (hq_kib, worker_kib) = peaks_kib(hq.pid().expect("HQ lives"));
    assert!(hq_kib < HQ_KIB, "HQ held {hq_kib} KiB");
    assert!(worker_kib > 0 && worker_kib < WORKER_KIB, "the worker held {worker_kib} KiB");
}
