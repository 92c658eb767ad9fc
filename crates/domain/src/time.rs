//! Time as an argument: instants in UTC milliseconds, calendar days in Asia/Shanghai.

pub use jiff::civil::Date;
use jiff::{Timestamp, tz::Offset};
use serde::{Deserialize, Serialize};

/// Asia/Shanghai has been UTC+8 without daylight saving since 1992, so the offset is a constant
/// and the product needs no time-zone database.
const SHANGHAI: Offset = Offset::constant(8);

/// An instant: milliseconds since 1970-01-01T00:00:00Z.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(transparent)]
pub struct UtcMs(pub i64);

impl UtcMs {
    /// One minute.
    pub const MINUTE: i64 = 60_000;
    /// One day.
    pub const DAY: i64 = 86_400_000;

    /// This instant moved by `ms` milliseconds, saturating at the ends of time.
    pub fn plus_ms(self, ms: i64) -> UtcMs {
        UtcMs(self.0.saturating_add(ms))
    }

    /// The calendar day in Asia/Shanghai, which decides prices and rules. An instant outside the
    /// years −9999..9999 gives the nearest representable day.
    pub fn shanghai_day(self) -> Date {
        self.timestamp().to_zoned(SHANGHAI.to_time_zone()).date()
    }

    /// `2026-07-15 10:42:07` in Asia/Shanghai, for screens and papers.
    pub fn shanghai_text(self) -> String {
        self.timestamp().to_zoned(SHANGHAI.to_time_zone()).strftime("%Y-%m-%d %H:%M:%S").to_string()
    }

    /// Midnight at the start of `day` in Asia/Shanghai.
    pub fn shanghai_midnight(day: Date) -> UtcMs {
        SHANGHAI
            .to_timestamp(day.at(0, 0, 0, 0))
            .map_or(UtcMs(0), |instant| UtcMs(instant.as_millisecond()))
    }

    fn timestamp(self) -> Timestamp {
        Timestamp::from_millisecond(self.0).unwrap_or(if self.0 < 0 {
            Timestamp::MIN
        } else {
            Timestamp::MAX
        })
    }
}

/// A stretch of calendar days, both ends included; an open end has no last day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct DayRange {
    /// First valid day.
    #[cfg_attr(feature = "ts", ts(type = "string"))]
    pub from: Date,
    /// Last valid day; absent while the end is open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(type = "string", optional))]
    pub to: Option<Date>,
}

impl DayRange {
    /// Whether `day` lies within the range.
    pub fn contains(&self, day: Date) -> bool {
        self.from <= day && self.to.is_none_or(|to| day <= to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn the_day_turns_at_shanghai_midnight() {
        let midnight = UtcMs::shanghai_midnight(date(2026, 7, 15));
        assert_eq!(midnight.shanghai_day(), date(2026, 7, 15));
        assert_eq!(midnight.plus_ms(-1).shanghai_day(), date(2026, 7, 14));
        assert_eq!(midnight.shanghai_text(), "2026-07-15 00:00:00");
    }

    #[test]
    fn absurd_instants_do_not_panic() {
        let _ = UtcMs(i64::MAX).shanghai_day();
        let _ = UtcMs(i64::MIN).shanghai_text();
    }
}
