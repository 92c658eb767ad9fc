//! Who gets what: the exact best distribution of pieces, yuan and old units over the items.
//!
//! Items are decided one after the other in the order given (by line id). A partial decision is
//! described by what it has used up; of two that used up the same, only the better can still lead
//! to the best end, so the number of states stays small although the number of combinations does
//! not. Limits that cannot bind in a quote are not tracked at all.
//!
//! The best end is the greatest total; among equal totals the one that serves the earliest item by
//! its earliest option (see [`ItemOptions::sets`]), so the answer depends on nothing but the input.

mod matching;
mod search;

pub use search::{TooManyCombinations, best};

use crate::money::Fen;

/// A programme's possible payment for one item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payment {
    /// Position of the programme among those in force.
    pub pack: usize,
    /// What it pays when nothing else limits it.
    pub amount: Fen,
    /// Counters (positions in [`Limits::pieces`]) that the payment raises by one.
    pub counters: Vec<usize>,
    /// Position in [`Limits::budgets`] of the yuan it draws on.
    pub budget: Option<usize>,
    /// Old units that would open it, one bit each; `None` where none is needed.
    pub old_units: Option<u32>,
}

/// What may be paid for one item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemOptions {
    /// The most that all payments together may come to: the final price.
    pub ceiling: Fen,
    /// Sets of payments that exclude one another, preferred first among equals. Paying nothing is
    /// always possible and comes last.
    pub sets: Vec<Vec<Payment>>,
}

/// What limits the payments of one quote together.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Limits {
    /// Pieces left, per counter.
    pub pieces: Vec<u32>,
    /// Fen left, per budget.
    pub budgets: Vec<Fen>,
}

/// One payment granted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Grant {
    /// Position of the programme.
    pub pack: usize,
    /// What it pays: less than the payment's amount where a budget ran out.
    pub amount: Fen,
}

/// What one item receives.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ItemGrants {
    /// Payments, in the order of the chosen set.
    pub grants: Vec<Grant>,
    /// Position of the old unit that opens them, where one is needed.
    pub old_unit: Option<usize>,
}
