//! One line of a quote.

use serde::{Deserialize, Serialize};

use crate::money::{Fen, Rounding};
use crate::words::Words;

/// What a line is about; the order is the order of calculation and of the paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum LineKind {
    /// A new machine's list price.
    ListPrice,
    /// A reduction before the final sale price.
    Discount,
    /// An estimated subsidy; counts only in the total "if approved".
    Subsidy,
    /// An old machine's value before deductions.
    OldValue,
    /// A step from there to its value.
    OldDeduction,
    /// A trade-in bonus that raises the old machine's value.
    OldBonus,
    /// A fee.
    Fee,
    /// A deposit set off.
    Deposit,
}

impl LineKind {
    /// The group's heading.
    pub fn words(self) -> Words {
        match self {
            LineKind::ListPrice => Words::new("新机", "New machine"),
            LineKind::Discount => Words::new("优惠", "Discount"),
            LineKind::Subsidy => Words::new("政府补贴（预估）", "Subsidy (estimated)"),
            LineKind::OldValue | LineKind::OldDeduction | LineKind::OldBonus => {
                Words::new("旧机抵扣", "Old-machine credit")
            }
            LineKind::Fee => Words::new("服务费", "Fees"),
            LineKind::Deposit => Words::new("定金抵扣", "Deposit set off"),
        }
    }
}

/// One amount with everything needed to explain it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct QuoteLine {
    /// What it is about.
    pub kind: LineKind,
    /// The line of the request it belongs to.
    pub line: String,
    /// The rule, article, deduction or payment that gives the amount.
    pub rule: String,
    /// What it does to what the customer pays, in fen: reductions are negative.
    pub amount: Fen,
    /// What the customer reads.
    pub words: Words,
    /// How the amount came about.
    #[serde(default)]
    pub why: Words,
    /// Where the rule or price comes from.
    #[serde(default)]
    pub source: String,
    /// How the amount was rounded, where it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub rounding: Option<Rounding>,
    /// The guided shot that shows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub photo: Option<String>,
    /// Why nothing is charged although a fee applies: print the line struck through.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub struck: Option<Words>,
    /// What a struck or capped fee would have been, in fen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub listed: Option<Fen>,
    /// The certificate whoever does the work must hold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub certificate: Option<String>,
}

impl QuoteLine {
    /// A line with the parts that every line has.
    pub fn new(
        kind: LineKind,
        line: impl Into<String>,
        rule: impl Into<String>,
        amount: Fen,
        words: Words,
    ) -> QuoteLine {
        QuoteLine {
            kind,
            line: line.into(),
            rule: rule.into(),
            amount,
            words,
            why: Words::default(),
            source: String::new(),
            rounding: None,
            photo: None,
            struck: None,
            listed: None,
            certificate: None,
        }
    }

    /// The same line with its explanation and source.
    pub fn because(mut self, why: Words, source: impl Into<String>) -> QuoteLine {
        self.why = why;
        self.source = source.into();
        self
    }
}
