//! The quote: what new machines cost, what an old one brings, what the state may add.
//!
//! [`price()`] turns a [`QuoteRequest`] and the reference [`Books`](crate::books::Books) into a
//! [`Quote`]: an immutable snapshot with every line explained, two totals and a content hash. The
//! order is fixed by the programmes' own wording: list price → discounts → final sale price →
//! subsidy = min(rate × final price, cap) → value of the old machines → fees.
//!
//! Two totals stand side by side because nobody but the programme's office can approve a subsidy:
//! what is certain to pay, and what if the subsidy is approved. The customer signs both.
//!
//! Same request, same books ⇒ same bytes, whatever order the lines were entered in; so HQ can
//! [`reprice`] a quote made without a network and compare it line by line.

mod add_on;
mod check;
mod error;
mod line;
mod lines;
mod price;
mod reprice;
mod request;
mod snapshot;
mod totals;

pub use add_on::{AddOn, AddOnError, Delta, add_on};
pub use error::QuoteError;
pub use line::{LineKind, QuoteLine};
pub use price::price;
pub use reprice::{Mismatch, reprice};
pub use request::{
    Deposit, Discount, DiscountKind, FeeFacts, ModelFacts, Place, QuoteItem, QuoteRequest,
};
pub use snapshot::{EntitlementNote, ItemPrice, OldCredit, Quote, UnreadableQuote};
pub use totals::{BrokenIdentity, QuoteSettlement, QuoteTotals};
