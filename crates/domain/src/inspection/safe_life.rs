//! How long a machine may be used safely, and from which day the clock runs.

use jiff::{ToSpan, Unit};
use serde::{Deserialize, Serialize};

use crate::{
    catalogue::{Catalogue, Category},
    site::GasType,
    time::Date,
    words::Words,
};

/// What is known of a machine's age and use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct SafeLifeFacts {
    /// Its category.
    pub category: Category,
    /// Its sub-category; `gas` for a gas water heater.
    #[serde(default)]
    pub sub: String,
    /// The gas it burns.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub gas: Option<GasType>,
    /// The day its first professional installation was completed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(type = "string", optional))]
    pub installed: Option<Date>,
    /// The day of first purchase, from the invoice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(type = "string", optional))]
    pub bought: Option<Date>,
    /// A day of the month its nameplate names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(type = "string", optional))]
    pub made: Option<Date>,
    /// The years on the maker's own safe-life label; a label may lengthen the term, never shorten
    /// it below the published one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub label_years: Option<u32>,
}

/// Which date started the clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum ClockStart {
    /// Completion of the first professional installation.
    Installed,
    /// First purchase.
    Bought,
    /// The month after the nameplate's: neither invoice nor installation record is at hand.
    Nameplate,
}

impl ClockStart {
    fn words(self) -> Words {
        match self {
            ClockStart::Installed => Words::new("首次安装完成日", "first installation"),
            ClockStart::Bought => Words::new("首次购买日", "first purchase"),
            ClockStart::Nameplate => Words::new(
                "铭牌月份的次月（没有发票和安装记录）",
                "the month after the nameplate's, as there is neither invoice nor record",
            ),
        }
    }
}

/// A machine's safe life.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct SafeLife {
    /// The first day.
    #[cfg_attr(feature = "ts", ts(type = "string"))]
    pub starts: Date,
    /// Which date that is.
    pub start: ClockStart,
    /// The term in years.
    pub years: u32,
    /// The first day on which the term is over.
    #[cfg_attr(feature = "ts", ts(type = "string"))]
    pub ends: Date,
    /// Months left, a started one counting whole; zero or less once the term is over.
    pub months_left: i64,
    /// Term, start and the rule behind them, in one sentence.
    pub basis: Words,
}

/// The safe life on a day; `None` when the category has no published term, or no date is known.
///
/// The clock starts at completion of the first professional installation, else at first purchase
/// (GB/T 21097-2025, in force since 2026-01-01); without papers, at the month after the nameplate's.
/// A gas water heater on manufactured gas has the shorter term of GB 17905-2008.
pub fn safe_life(catalogue: &Catalogue, facts: &SafeLifeFacts, today: Date) -> Option<SafeLife> {
    let term = catalogue.category(&facts.category)?.safe_life.as_ref()?;
    let on_manufactured_gas = facts.sub != "electric" && facts.gas == Some(GasType::Manufactured);
    let published =
        term.manufactured_gas_years.filter(|_| on_manufactured_gas).unwrap_or(term.years);
    let years = facts.label_years.map_or(published, |label| label.max(published));
    let (start, starts) = clock_start(facts)?;
    let ends = starts.checked_add(i64::from(years).years()).ok()?;
    let from = start.words();
    let basis = Words::new(
        format!("安全使用年限{years}年，自{}（{starts}）起算；{}", from.zh, term.source.zh),
        format!("Safe life {years} years from {} ({starts}); {}", from.en, term.source.en),
    );
    Some(SafeLife { starts, start, years, ends, months_left: months_left(today, ends)?, basis })
}

fn clock_start(facts: &SafeLifeFacts) -> Option<(ClockStart, Date)> {
    if let Some(day) = facts.installed {
        return Some((ClockStart::Installed, day));
    }
    if let Some(day) = facts.bought {
        return Some((ClockStart::Bought, day));
    }
    let next_month = facts.made?.last_of_month().tomorrow().ok()?;
    Some((ClockStart::Nameplate, next_month))
}

fn months_left(today: Date, ends: Date) -> Option<i64> {
    let span = today.until((Unit::Month, ends)).ok()?;
    let started = i64::from(span.get_days() > 0);
    Some(i64::from(span.get_months()) + started)
}
