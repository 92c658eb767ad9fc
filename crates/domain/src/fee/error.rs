//! Why a fee cannot be charged.

use thiserror::Error;

use super::{PurchaseChannel, TierMeasure};
use crate::{money::Fen, words::Words};

/// Why a fee cannot be charged.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum FeeError {
    /// The book has no such rule.
    #[error("the fee book has no rule {0}")]
    UnknownRule(String),
    /// The rule has no price for machines bought there.
    #[error("rule {rule} has no price for the channel {}", .channel.words().en)]
    NotForChannel {
        /// The rule.
        rule: String,
        /// Where the machine was bought.
        channel: PurchaseChannel,
    },
    /// The measure that picks the price is unknown.
    #[error("rule {rule} needs the {}", .measure.words().en)]
    MeasureMissing {
        /// The rule.
        rule: String,
        /// The measure.
        measure: TierMeasure,
    },
    /// The quantity must be measured or is out of range.
    #[error("rule {0} needs a quantity")]
    Quantity(String),
    /// No price is known for something that large.
    #[error("rule {0} has no price for something that large")]
    AboveTopTier(String),
    /// The rule only holds for certain reasons.
    #[error("rule {rule} is charged only for: {}", .allowed.join(", "))]
    Reason {
        /// The rule.
        rule: String,
        /// The reasons it holds for.
        allowed: Vec<String>,
    },
    /// The price is fixed.
    #[error("the price of rule {0} is fixed")]
    NotNegotiable(String),
    /// An agreed price needs a reason and a photo.
    #[error("an agreed price for rule {0} needs a reason and a photo")]
    Unproven(String),
    /// The agreed price is above the ceiling, or negative.
    #[error("the price agreed for rule {rule} must be within 0 and {ceiling}")]
    AboveCeiling {
        /// The rule.
        rule: String,
        /// The ceiling for one unit, in fen.
        ceiling: Fen,
    },
    /// An amount does not fit.
    #[error("the amount of rule {0} is too large")]
    Overflow(String),
}

impl FeeError {
    /// The refusal for people.
    pub fn words(&self) -> Words {
        match self {
            FeeError::UnknownRule(rule) => Words::new(
                format!("价目表里没有这一项：{rule}。"),
                format!("The price list has no item {rule}."),
            ),
            FeeError::NotForChannel { rule, channel } => Words::new(
                format!("{rule}：从{}购买的机器没有这一项价格。", channel.words().zh),
                format!("{rule}: no price for machines bought at: {}.", channel.words().en),
            ),
            FeeError::MeasureMissing { rule, measure } => Words::new(
                format!("{rule}：请先填写{}。", measure.words().zh),
                format!("{rule}: please enter the {} first.", measure.words().en),
            ),
            FeeError::Quantity(rule) => Words::new(
                format!("{rule}：请填写数量。"),
                format!("{rule}: please enter a quantity."),
            ),
            FeeError::AboveTopTier(rule) => Words::new(
                format!("{rule}：超出价目表范围，请问总部。"),
                format!("{rule}: beyond the price list, please ask HQ."),
            ),
            FeeError::Reason { rule, allowed } => Words::new(
                format!("{rule}：只有这些原因才收费：{}。", allowed.join("、")),
                format!("{rule}: charged only for these reasons: {}.", allowed.join(", ")),
            ),
            FeeError::NotNegotiable(rule) => Words::new(
                format!("{rule}：这一项价格固定，不能议价。"),
                format!("{rule}: this price is fixed."),
            ),
            FeeError::Unproven(rule) => Words::new(
                format!("{rule}：议价要写原因并拍照。"),
                format!("{rule}: an agreed price needs a reason and a photo."),
            ),
            FeeError::AboveCeiling { rule, ceiling } => Words::new(
                format!("{rule}：议价不能超过 {ceiling} 元。"),
                format!("{rule}: the agreed price may not exceed {ceiling} yuan."),
            ),
            FeeError::Overflow(rule) => Words::new(
                format!("{rule}：金额超出范围。"),
                format!("{rule}: the amount is out of range."),
            ),
        }
    }
}
