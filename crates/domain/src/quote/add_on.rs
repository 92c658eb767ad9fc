//! The add-on at the door (增项单): what changes, then the new total.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::books::Books;
use crate::money::Fen;
use crate::quote::error::QuoteError;
use crate::quote::line::QuoteLine;
use crate::quote::price::price;
use crate::quote::request::QuoteRequest;
use crate::quote::snapshot::Quote;
use crate::time::Date;
use crate::words::Words;

/// By how much both totals change, in fen; positive = more to pay.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Delta {
    /// Change of what is certain.
    pub certain: Fen,
    /// Change of the total if the subsidy is approved.
    pub if_approved: Fen,
}

/// A change to a signed quote: the delta first, then the whole new quote, whose hash covers the
/// hash of the old one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct AddOn {
    /// The content hash of the quote it amends.
    pub amends: String,
    /// By how much the totals change.
    pub delta: Delta,
    /// Lines that the original did not have.
    pub added: Vec<QuoteLine>,
    /// Lines of the original that no longer stand.
    pub removed: Vec<QuoteLine>,
    /// Balances after the change.
    pub new_total: Delta,
    /// The whole new quote, to be signed.
    pub quote: Quote,
}

/// Why an add-on cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum AddOnError {
    /// The original was changed after it was hashed.
    #[error("the original quote does not match its hash")]
    OriginalChanged,
    /// The original no longer binds on the day of the change.
    #[error("the original quote was valid until {0}")]
    OriginalExpired(Date),
    /// The changed request keeps the original's identity.
    #[error("the amended quote needs an identity of its own")]
    SameId,
    /// The new request cannot be priced.
    #[error(transparent)]
    Quote(#[from] QuoteError),
}

impl AddOnError {
    /// The refusal for people.
    pub fn words(&self) -> Words {
        match self {
            AddOnError::OriginalChanged => {
                Words::new("原报价单校验不符，不能增项。", "The original quote fails its check.")
            }
            AddOnError::OriginalExpired(day) => Words::new(
                format!("原报价单有效期至 {day}，请重新报价。"),
                format!("The original quote was valid until {day}; please quote anew."),
            ),
            AddOnError::SameId => {
                Words::new("增项单需要新的编号。", "An add-on needs a number of its own.")
            }
            AddOnError::Quote(error) => error.words(),
        }
    }
}

/// Prices the whole order as it now stands and compares it with the quote that was signed.
///
/// `request` is the complete new request, not only what is added; give the books whose versions the
/// original names, so that nothing changes but what was asked for.
///
/// # Errors
/// [`AddOnError`] where the original is damaged or no longer binds, or the request has no price.
pub fn add_on(
    original: &Quote,
    request: &QuoteRequest,
    books: &Books,
) -> Result<AddOn, AddOnError> {
    if !original.verify_hash() {
        return Err(AddOnError::OriginalChanged);
    }
    if request.sale_day > original.valid_until {
        return Err(AddOnError::OriginalExpired(original.valid_until));
    }
    if request.id == original.request.id && !request.id.0.is_nil() {
        return Err(AddOnError::SameId);
    }
    let request = QuoteRequest { amends: Some(original.hash.clone()), ..request.clone() };
    let quote = price(&request, books)?;
    let (before, after) = (&original.totals, &quote.totals);
    let change = |after: Fen, before: Fen| after.minus(before).ok_or(QuoteError::Overflow);
    Ok(AddOn {
        amends: original.hash.clone(),
        delta: Delta {
            certain: change(after.certain.balance, before.certain.balance)?,
            if_approved: change(after.if_approved.balance, before.if_approved.balance)?,
        },
        added: without(&quote.lines, &original.lines),
        removed: without(&original.lines, &quote.lines),
        new_total: Delta { certain: after.certain.balance, if_approved: after.if_approved.balance },
        quote,
    })
}

/// The lines of `these` that have no equal among `those`, each equal used once.
fn without(these: &[QuoteLine], those: &[QuoteLine]) -> Vec<QuoteLine> {
    let mut left: Vec<&QuoteLine> = those.iter().collect();
    let mut found = Vec::new();
    for line in these {
        match left.iter().position(|other| *other == line) {
            Some(place) => {
                left.swap_remove(place);
            }
            None => found.push(line.clone()),
        }
    }
    found
}
