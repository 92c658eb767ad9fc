//! Medians and their units.

use std::time::Duration;

/// The middle of several measurements.
pub fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

/// The time below which 95 of 100 lie.
pub fn p95(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() * 95 / 100]
}

/// `12.3 ms`.
pub fn ms(time: Duration) -> String {
    let hundredths = time.as_micros() / 10;
    format!("{}.{:02} ms", hundredths / 100, hundredths % 100)
}

/// `4.2 MiB`.
pub fn mib(bytes: u64) -> String {
    let tenths = bytes * 10 / (1 << 20);
    format!("{}.{} MiB", tenths / 10, tenths % 10)
}

/// `1.31 ×`.
pub fn ratio(ours: Duration, floor: Duration) -> String {
    let hundredths = ours.as_nanos() * 100 / floor.as_nanos().max(1);
    format!("{}.{:02} ×", hundredths / 100, hundredths % 100)
}
