//! HQ's time as this device can know it.
//!
//! Prices and rules turn at midnight, and the device's clock may be days wrong or be set by hand.
//! So the day comes from the last time HQ told, moved on by the clock nobody can set.

use doorstep_domain::time::UtcMs;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::host::Host;

/// Beyond this disagreement with the device's clock the quote says so, in ms.
const DISAGREEMENT_MS: i64 = 10 * UtcMs::MINUTE;

/// What was read when HQ last told its time.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct ClockReading {
    hq: UtcMs,
    device: UtcMs,
    boot: Option<(String, i64)>,
}

/// An estimate of HQ's time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct TimeEstimate {
    /// HQ's time as estimated.
    pub at: UtcMs,
    /// The device's clock.
    pub device: UtcMs,
    /// Whether the two lie more than ten minutes apart.
    pub disagrees: bool,
}

impl ClockReading {
    /// Notes HQ's time now.
    pub(crate) fn take(hq: UtcMs, host: &dyn Host) -> ClockReading {
        ClockReading { hq, device: host.now(), boot: host.since_boot() }
    }

    /// When HQ last told its time.
    pub(crate) fn hq_time(&self) -> UtcMs {
        self.hq
    }
}

/// HQ's time now: by the boot clock while the machine has not restarted, else by the wall clock's
/// advance, and never before the last known time.
pub(crate) fn estimate(reading: Option<&ClockReading>, host: &dyn Host) -> TimeEstimate {
    let device = host.now();
    let at = match reading {
        None => device,
        Some(reading) => {
            let passed = match (&reading.boot, host.since_boot()) {
                (Some((then_boot, then)), Some((boot, now))) if *then_boot == boot => now - then,
                _ => device.0.saturating_sub(reading.device.0),
            };
            reading.hq.plus_ms(passed.max(0))
        }
    };
    TimeEstimate { at, device, disagrees: at.0.abs_diff(device.0) > DISAGREEMENT_MS as u64 }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Fixed(UtcMs, Option<(String, i64)>);

    impl Host for Fixed {
        fn now(&self) -> UtcMs {
            self.0
        }
        fn since_boot(&self) -> Option<(String, i64)> {
            self.1.clone()
        }
        fn random(&self, _: &mut [u8]) {}
    }

    #[test]
    fn a_clock_two_days_wrong_is_told_apart_and_does_not_decide() {
        let two_days = 2 * UtcMs::DAY;
        let then = Fixed(UtcMs(two_days), Some(("a".into(), 1_000)));
        let reading = ClockReading::take(UtcMs(0), &then);
        let later = Fixed(UtcMs(two_days + 60_000), Some(("a".into(), 61_000)));
        let told = estimate(Some(&reading), &later);
        assert_eq!(told.at, UtcMs(60_000));
        assert!(told.disagrees);
    }

    #[test]
    fn after_a_restart_the_wall_clock_moves_it_but_never_back() {
        let then = Fixed(UtcMs(1_000), Some(("a".into(), 1_000)));
        let reading = ClockReading::take(UtcMs(500_000), &then);
        let set_back = Fixed(UtcMs(0), Some(("b".into(), 5)));
        assert_eq!(estimate(Some(&reading), &set_back).at, UtcMs(500_000));
        let on = Fixed(UtcMs(2_000), Some(("b".into(), 5)));
        assert_eq!(estimate(Some(&reading), &on).at, UtcMs(501_000));
    }
}
