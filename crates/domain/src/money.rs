//! Money in integer fen and rates in integer basis points; never a float.

use serde::{Deserialize, Serialize};
use std::fmt;

/// An amount in fen (1/100 yuan). Negative amounts are reductions or payouts.
///
/// Arithmetic is checked: amounts arrive from files and from other machines, and a wrapped sum
/// would be money lost in silence.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(transparent)]
pub struct Fen(pub i64);

impl Fen {
    /// Nothing to pay.
    pub const ZERO: Fen = Fen(0);
    /// The largest single amount the product accepts (100 million yuan): far above any appliance,
    /// far below overflow, so sums of accepted amounts cannot wrap.
    pub const LIMIT: Fen = Fen(10_000_000_000);

    /// Sum, or `None` on overflow.
    pub fn plus(self, other: Fen) -> Option<Fen> {
        self.0.checked_add(other.0).map(Fen)
    }

    /// Difference, or `None` on overflow.
    pub fn minus(self, other: Fen) -> Option<Fen> {
        self.0.checked_sub(other.0).map(Fen)
    }

    /// Sum of many, or `None` on overflow.
    pub fn sum(amounts: impl IntoIterator<Item = Fen>) -> Option<Fen> {
        amounts.into_iter().try_fold(Fen::ZERO, Fen::plus)
    }

    /// This amount times a whole quantity, or `None` on overflow.
    pub fn times(self, quantity: i64) -> Option<Fen> {
        self.0.checked_mul(quantity).map(Fen)
    }

    /// The same amount with the opposite sign.
    pub fn negated(self) -> Fen {
        Fen(self.0.saturating_neg())
    }

    /// Whether an amount from outside lies within ±[`Fen::LIMIT`].
    pub fn is_plausible(self) -> bool {
        self.0.unsigned_abs() <= Fen::LIMIT.0.unsigned_abs()
    }
}

/// Prints yuan with two decimals and thousands separators: `-1,234.05`.
impl fmt::Display for Fen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let magnitude = self.0.unsigned_abs();
        let yuan = (magnitude / 100).to_string();
        let mut grouped = String::with_capacity(yuan.len() + 4);
        for (i, digit) in yuan.chars().enumerate() {
            if i > 0 && (yuan.len() - i).is_multiple_of(3) {
                grouped.push(',');
            }
            grouped.push(digit);
        }
        let sign = if self.0 < 0 { "-" } else { "" };
        write!(f, "{sign}{grouped}.{:02}", magnitude % 100)
    }
}

/// A rate in basis points: 1,500 = 15 %.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(transparent)]
pub struct BasisPoints(pub i64);

impl BasisPoints {
    /// The whole: 100 %.
    pub const WHOLE: BasisPoints = BasisPoints(10_000);
}

/// How an amount that falls between two units becomes whole. No official rounding rule for the
/// subsidies was found, so each policy names its own.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Rounding {
    /// To the nearest fen, halves away from zero.
    #[default]
    HalfUpFen,
    /// Towards zero, to the fen.
    DownFen,
    /// To the nearest yuan, halves away from zero.
    HalfUpYuan,
    /// Towards zero, to the yuan.
    DownYuan,
}

impl Rounding {
    /// `amount × numerator / denominator`, rounded once by this rule; `None` when the denominator
    /// is not positive or the result does not fit.
    pub fn scale(self, amount: Fen, numerator: i64, denominator: i64) -> Option<Fen> {
        if denominator <= 0 {
            return None;
        }
        let unit: i128 = match self {
            Rounding::HalfUpFen | Rounding::DownFen => 1,
            Rounding::HalfUpYuan | Rounding::DownYuan => 100,
        };
        let product = i128::from(amount.0).checked_mul(i128::from(numerator))?;
        let divisor = i128::from(denominator).checked_mul(unit)?;
        let whole = match self {
            Rounding::DownFen | Rounding::DownYuan => product / divisor,
            Rounding::HalfUpFen | Rounding::HalfUpYuan => {
                let doubled = product.checked_mul(2)?;
                let half = if product < 0 { -divisor } else { divisor };
                doubled.checked_add(half)? / divisor.checked_mul(2)?
            }
        };
        i64::try_from(whole.checked_mul(unit)?).ok().map(Fen)
    }

    /// `rate` of `amount`, rounded by this rule.
    pub fn share(self, amount: Fen, rate: BasisPoints) -> Option<Fen> {
        self.scale(amount, rate.0, BasisPoints::WHOLE.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_yuan_with_separators() {
        assert_eq!(Fen(540_600).to_string(), "5,406.00");
        assert_eq!(Fen(-5).to_string(), "-0.05");
        assert_eq!(Fen(123_456_789).to_string(), "1,234,567.89");
    }

    #[test]
    fn rounds_once_and_by_the_named_rule() {
        assert_eq!(Rounding::HalfUpFen.share(Fen(539_900), BasisPoints(1_500)), Some(Fen(80_985)));
        assert_eq!(Rounding::HalfUpFen.share(Fen(1), BasisPoints(5_000)), Some(Fen(1)));
        assert_eq!(Rounding::HalfUpFen.share(Fen(-1), BasisPoints(5_000)), Some(Fen(-1)));
        assert_eq!(Rounding::DownFen.share(Fen(1), BasisPoints(9_999)), Some(Fen(0)));
        assert_eq!(Rounding::DownYuan.share(Fen(25_350), BasisPoints(10_000)), Some(Fen(25_300)));
        assert_eq!(Rounding::HalfUpYuan.share(Fen(73_980), BasisPoints(10_000)), Some(Fen(74_000)));
        assert_eq!(Rounding::HalfUpFen.scale(Fen(i64::MAX), i64::MAX, 1), None);
    }
}
