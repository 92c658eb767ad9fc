//! What the fee book is applied to, and the lines that come out.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{FeeUnit, PurchaseChannel};
use crate::{money::Fen, words::Words};

/// What every fee of one quote has in common.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct FeeContext {
    /// Where the machine was bought.
    pub channel: PurchaseChannel,
    /// The floor of the home, if known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub floor: Option<i64>,
    /// Whether a lift takes the machine; then nothing is charged per floor.
    #[serde(default)]
    pub has_lift: bool,
    /// The way from the branch, one way, in metres, if known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub distance_m: Option<i64>,
    /// Whether an old machine is traded in on this quote.
    #[serde(default)]
    pub trade_in: bool,
    /// Whether removal and installation happen on one visit.
    #[serde(default)]
    pub one_visit: bool,
    /// What the subsidy's rule pack forbids to charge for, such as `free_pickup`.
    #[serde(default)]
    pub forbidden: BTreeSet<String>,
    /// Certificates that the worker in view holds today.
    #[serde(default)]
    pub certificates: BTreeSet<String>,
    /// What this household has already paid under a rule, for caps; in fen.
    #[serde(default)]
    pub charged_before: BTreeMap<String, Fen>,
}

impl FeeContext {
    /// A context in which nothing but the channel is known.
    pub fn bought_at(channel: PurchaseChannel) -> FeeContext {
        FeeContext {
            channel,
            floor: None,
            has_lift: false,
            distance_m: None,
            trade_in: false,
            one_visit: false,
            forbidden: BTreeSet::new(),
            certificates: BTreeSet::new(),
            charged_before: BTreeMap::new(),
        }
    }
}

/// One use of a fee rule.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct FeeUse {
    /// The line of the quote it belongs to.
    pub line: String,
    /// The rule.
    pub rule: String,
    /// How much was used, in thousandths of the rule's unit, the free quantity included. Absent:
    /// the home's floor for floors, the way for kilometres, one for everything that is counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub quantity_milli: Option<i64>,
    /// Cooling capacity in watts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub cool_w: Option<i64>,
    /// Tenths of a horsepower.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub hp10: Option<i64>,
    /// Weight in kilograms.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub kg: Option<i64>,
    /// Screen diagonal in inches.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub inch: Option<i64>,
    /// Why the fee arises: a code for rules that name reasons, prose for an agreed price.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub reason: Option<String>,
    /// Guided shots taken for it.
    #[serde(default)]
    pub photos: Vec<String>,
    /// A price of one unit agreed with the customer, in fen, for rules that allow it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub agreed_fen: Option<Fen>,
}

impl FeeUse {
    /// A use of `rule` on `line` with nothing else known.
    pub fn of(line: impl Into<String>, rule: impl Into<String>) -> FeeUse {
        FeeUse { line: line.into(), rule: rule.into(), ..FeeUse::default() }
    }

    /// The same use with a quantity in thousandths of the unit.
    pub fn quantity(self, milli: i64) -> FeeUse {
        FeeUse { quantity_milli: Some(milli), ..self }
    }
}

/// One charged or struck-out fee.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct FeeLine {
    /// The line of the quote it belongs to.
    pub line: String,
    /// The rule.
    pub rule: String,
    /// What people call it.
    pub words: Words,
    /// What is counted.
    pub unit: FeeUnit,
    /// What is charged, in thousandths of the unit, after free quantity, minimum and step.
    pub quantity_milli: i64,
    /// The quantity charged with its unit, such as `1.35 米`.
    pub quantity: Words,
    /// Price of one unit, in fen.
    pub unit_price: Fen,
    /// What the quantity would cost before cap and strike, in fen.
    pub listed: Fen,
    /// What is to be paid, in fen.
    pub amount: Fen,
    /// Why nothing is to be paid although the rule applies; the amount is then zero.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub struck: Option<Words>,
    /// How the amount came about.
    pub explanation: Words,
    /// The certificate whoever does the work must hold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub certificate: Option<String>,
    /// Whether the worker in view lacks it: someone else must be sent.
    #[serde(default)]
    pub certificate_missing: bool,
    /// The photo that is still to be taken to prove the quantity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub photo_missing: Option<String>,
    /// How many people it takes.
    pub crew: u8,
    /// Where the price comes from.
    pub source: String,
}
