//! A short run of the simulation, and proof that it finds something.

use std::process::{Command, Output};

/// About a minute on two cores: a second of one core each, both runs and the oracles included.
const SEEDS: &str = "120";
/// Found what `docs/reliability/simulation.md` tells, with the simulation as it is now.
const ONCE_FAILED: [&str; 5] = ["14", "268", "505", "672", "993"];

fn simulate(options: &[&str]) -> Output {
    let mut program = Command::new(env!("CARGO_BIN_EXE_doorstep-sim"));
    program.args(options).output().expect("the program starts")
}

#[test]
fn more_than_a_hundred_seeds_hold_and_repeat() {
    let done = simulate(&["--seed", "1", "--count", SEEDS]);
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stdout));
}

#[test]
fn seeds_that_failed_once_hold() {
    for seed in ONCE_FAILED {
        let done = simulate(&["--seed", seed, "--count", "1"]);
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stdout));
    }
}

#[test]
fn a_dropped_receipt_is_found() {
    let done = simulate(&["--seed", "1", "--count", "40", "--failures", "1", "--bug", "DropAck"]);
    let said = String::from_utf8_lossy(&done.stdout);
    assert!(!done.status.success() && said.contains("outbox does not empty"), "{said}");
}
