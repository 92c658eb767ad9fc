//! Why a quote cannot be priced.

use thiserror::Error;

use crate::books::BundleKind;
use crate::fee::FeeError;
use crate::subsidy::assignment::TooManyCombinations;
use crate::time::Date;
use crate::valuation::ValuationError;
use crate::words::Words;

use super::totals::BrokenIdentity;

/// Why a quote cannot be priced. A missing subsidy is no error: it is a refusal on the quote.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum QuoteError {
    /// Nothing to price.
    #[error("the request has no lines")]
    Empty,
    /// More lines of one kind than a household can mean.
    #[error("too many {what}: at most {most}")]
    TooMany {
        /// Which list, as the request names it.
        what: &'static str,
        /// The limit.
        most: usize,
    },
    /// A line id is empty, too long or used twice.
    #[error("line id {0:?} is empty, too long or used twice")]
    LineId(String),
    /// The region is no code such as CN-31.
    #[error("{0:?} is not a region code")]
    Region(String),
    /// Neither or both of `sku` and `facts` are given.
    #[error("line {0} needs either a sku or facts")]
    SkuOrFacts(String),
    /// The catalogue has no such article.
    #[error("line {line}: {sku} is not in the catalogue")]
    UnknownSku {
        /// The line.
        line: String,
        /// The article.
        sku: String,
    },
    /// An amount is zero, negative or beyond reason.
    #[error("line {line}: {what} is out of range")]
    Amount {
        /// The line.
        line: String,
        /// Which amount, as the request names it.
        what: &'static str,
    },
    /// The discounts exceed the list price.
    #[error("line {0}: the discounts exceed the price")]
    OverDiscount(String),
    /// A trade-in bonus is higher than the published one.
    #[error("line {line}: trade-in bonus {bonus} is higher than published")]
    BonusTooHigh {
        /// The line.
        line: String,
        /// The bonus.
        bonus: String,
    },
    /// Reference data does not cover the sale day.
    #[error("{kind} does not cover {day}")]
    OutsideValidity {
        /// Which kind.
        kind: BundleKind,
        /// The sale day.
        day: Date,
    },
    /// An old machine cannot be appraised.
    #[error("old machine {line}: {error}")]
    Valuation {
        /// The line.
        line: String,
        /// Why.
        error: ValuationError,
    },
    /// A fee cannot be charged.
    #[error(transparent)]
    Fee(#[from] FeeError),
    /// The rules interlock beyond reason.
    #[error(transparent)]
    Combinations(#[from] TooManyCombinations),
    /// A sum does not fit.
    #[error("an amount overflows")]
    Overflow,
    /// The result does not add up; only a fault in the program leads here.
    #[error(transparent)]
    Broken(#[from] BrokenIdentity),
    /// The snapshot cannot be written; only a fault in the program leads here.
    #[error("the snapshot cannot be written: {0}")]
    Unwritable(String),
}

impl QuoteError {
    /// The refusal for people.
    pub fn words(&self) -> Words {
        match self {
            QuoteError::Empty => Words::new("报价单还没有内容。", "The quote has no lines yet."),
            QuoteError::TooMany { what, most } => Words::new(
                format!("行数太多（{what}）：最多 {most} 行，请分单。"),
                format!("Too many lines ({what}): at most {most}; please make two quotes."),
            ),
            QuoteError::LineId(id) => Words::new(
                format!("行号“{id}”为空、过长或重复。"),
                format!("Line id \"{id}\" is empty, too long or used twice."),
            ),
            QuoteError::Region(code) => Words::new(
                format!("地区代码“{code}”不正确，例如 CN-31。"),
                format!("\"{code}\" is not a region code such as CN-31."),
            ),
            QuoteError::SkuOrFacts(line) => Words::new(
                format!("第 {line} 行：请填商品编号或商品信息，二选一。"),
                format!("Line {line}: give either a model number or the model's facts."),
            ),
            QuoteError::UnknownSku { line, sku } => Words::new(
                format!("第 {line} 行：商品目录里没有 {sku}。"),
                format!("Line {line}: the catalogue has no {sku}."),
            ),
            QuoteError::Amount { line, what } => Words::new(
                format!("第 {line} 行：金额不正确（{what}）。"),
                format!("Line {line}: the amount is out of range ({what})."),
            ),
            QuoteError::OverDiscount(line) => Words::new(
                format!("第 {line} 行：优惠超过了价格。"),
                format!("Line {line}: the discounts exceed the price."),
            ),
            QuoteError::BonusTooHigh { line, bonus } => Words::new(
                format!("第 {line} 行：换新补贴 {bonus} 超过公布的金额。"),
                format!("Line {line}: trade-in bonus {bonus} is higher than published."),
            ),
            QuoteError::OutsideValidity { kind, day } => Words::new(
                format!("{}不适用于 {day}，请先同步。", kind.words().zh),
                format!("The {} does not cover {day}; please sync first.", kind.words().en),
            ),
            QuoteError::Valuation { line, error } => Words::new(
                format!("旧机 {line}：{}", error.words().zh),
                format!("Old machine {line}: {}", error.words().en),
            ),
            QuoteError::Fee(error) => error.words(),
            QuoteError::Combinations(_) => Words::new(
                "补贴规则组合过多，请分单报价。",
                "The subsidy rules allow too many combinations; please make two quotes.",
            ),
            QuoteError::Overflow => Words::new("金额超出范围。", "An amount is out of range."),
            QuoteError::Broken(_) | QuoteError::Unwritable(_) => Words::new(
                "报价计算出错，未生成报价单，请联系总部。",
                "The calculation failed and no quote was made; please call HQ.",
            ),
        }
    }
}
