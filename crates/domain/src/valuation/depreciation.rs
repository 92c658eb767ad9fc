//! Two published ways in which a machine loses value with time.

use crate::money::{BasisPoints, Fen, Rounding};

/// A working machine never loses more than 90 % of its replacement cost (Claims Pages depreciation
/// guide, 2023).
pub const MOST_LOST: BasisPoints = BasisPoints(9_000);

const BASIS_POINT_MONTHS: i64 = 10_000 * 12;

/// Actual cash value: replacement cost less `annual` rate × replacement cost × age, never less than
/// a tenth of the replacement cost. `None` on overflow or a negative rate.
pub fn actual_cash_value(
    replacement: Fen,
    annual: BasisPoints,
    age_months: u32,
    rounding: Rounding,
) -> Option<Fen> {
    if annual.0 < 0 {
        return None;
    }
    let most = MOST_LOST.0.checked_mul(12)?;
    let lost = annual.0.checked_mul(i64::from(age_months))?.min(most);
    replacement.minus(rounding.scale(replacement, lost, BASIS_POINT_MONTHS)?)
}

/// What consumer law lets a seller keep when a machine is returned under 三包.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RefundDeduction {
    /// The fee for use, in fen.
    pub fee: Fen,
    /// What the customer gets back, in fen.
    pub refund: Fen,
    /// The days charged.
    pub days: u32,
}

/// The 三包 refund: invoice price × daily rate × days from invoice to return, less the days under
/// repair or waiting for parts; the fee never exceeds the price (colour television 0.1 % and other
/// rates: catalogue of the 1995 三包 rules). `None` on overflow or a negative rate.
pub fn statutory_refund(
    invoice: Fen,
    daily: BasisPoints,
    days_held: u32,
    days_in_repair: u32,
    rounding: Rounding,
) -> Option<RefundDeduction> {
    if daily.0 < 0 {
        return None;
    }
    let days = days_held.saturating_sub(days_in_repair);
    let share = daily.0.checked_mul(i64::from(days))?.min(BasisPoints::WHOLE.0);
    let fee = rounding.scale(invoice, share, BasisPoints::WHOLE.0)?;
    Some(RefundDeduction { fee, refund: invoice.minus(fee)?, days })
}
