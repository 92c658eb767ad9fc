//! A short run of the simulation, and proof that it finds something.

use std::process::{Command, Output};

/// About ten seconds on two cores in a build that is not optimised.
const SEEDS: &str = "200";

fn simulate(options: &[&str]) -> Output {
    let mut program = Command::new(env!("CARGO_BIN_EXE_doorstep-sim"));
    program.args(options).output().expect("the program starts")
}

#[test]
fn some_hundreds_of_seeds_hold_and_repeat() {
    let done = simulate(&["--seed", "1", "--count", SEEDS]);
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stdout));
}

#[test]
fn a_dropped_receipt_is_found() {
    let done = simulate(&["--seed", "1", "--count", "40", "--failures", "1", "--bug", "DropAck"]);
    let said = String::from_utf8_lossy(&done.stdout);
    assert!(!done.status.success() && said.contains("outbox does not empty"), "{said}");
}
