//! HQ's time as a device can know it.
//!
//! Prices and rules turn at midnight, and the device's clock may be days wrong or be set by hand.
//! So the day comes from the last time HQ told, moved on by the clock nobody can set.

use serde::{Deserialize, Serialize};

use crate::time::UtcMs;

/// Beyond this disagreement with the device's clock the quote says so, in ms.
const DISAGREEMENT_MS: i64 = 10 * UtcMs::MINUTE;

/// What a device's clocks say at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tick {
    /// The clock a person can set.
    pub device: UtcMs,
    /// Which start of the machine, and ms since then; `None` where the machine does not tell.
    pub boot: Option<(String, i64)>,
}

/// What was read when HQ last told its time.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ClockReading {
    hq: UtcMs,
    device: UtcMs,
    boot: Option<(String, i64)>,
}

/// An estimate of HQ's time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct TimeEstimate {
    /// HQ's time as estimated.
    pub at: UtcMs,
    /// The device's clock.
    pub device: UtcMs,
    /// Whether the two lie more than ten minutes apart.
    pub disagrees: bool,
}

impl ClockReading {
    /// Notes HQ's time, told at a moment.
    pub fn take(hq: UtcMs, Tick { device, boot }: Tick) -> ClockReading {
        ClockReading { hq, device, boot }
    }

    /// When HQ last told its time.
    pub fn hq_time(&self) -> UtcMs {
        self.hq
    }
}

/// HQ's time at a moment: by the boot clock while the machine has not restarted, else by the wall
/// clock's advance, and never before the last known time.
pub fn estimate(reading: Option<&ClockReading>, now: &Tick) -> TimeEstimate {
    let device = now.device;
    let at = match reading {
        None => device,
        Some(reading) => {
            let passed = match (&reading.boot, &now.boot) {
                (Some((then_boot, then)), Some((boot, now))) if then_boot == boot => now - then,
                _ => device.0.saturating_sub(reading.device.0),
            };
            reading.hq.plus_ms(passed.max(0))
        }
    };
    TimeEstimate { at, device, disagrees: at.0.abs_diff(device.0) > DISAGREEMENT_MS as u64 }
}
