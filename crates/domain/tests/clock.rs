//! HQ's time, estimated from what it last told and from clocks that may be wrong.

use doorstep_domain::{
    clock::{ClockReading, Tick, estimate},
    time::UtcMs,
};

fn tick(device: i64, boot: &str, since: i64) -> Tick {
    Tick { device: UtcMs(device), boot: Some((boot.to_owned(), since)) }
}

#[test]
fn a_clock_two_days_wrong_is_told_apart_and_does_not_decide() {
    let two_days = 2 * UtcMs::DAY;
    let reading = ClockReading::take(UtcMs(0), tick(two_days, "a", 1_000));
    let told = estimate(Some(&reading), &tick(two_days + 60_000, "a", 61_000));
    assert_eq!(told.at, UtcMs(60_000));
    assert!(told.disagrees);
}

#[test]
fn after_a_restart_the_wall_clock_moves_it_but_never_back() {
    let reading = ClockReading::take(UtcMs(500_000), tick(1_000, "a", 1_000));
    assert_eq!(estimate(Some(&reading), &tick(0, "b", 5)).at, UtcMs(500_000));
    assert_eq!(estimate(Some(&reading), &tick(2_000, "b", 5)).at, UtcMs(501_000));
}
