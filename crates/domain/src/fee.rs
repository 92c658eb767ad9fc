//! What work at the door costs: fee rules with tiers, free quantities, caps and refusals.

mod book;
mod charge;
mod error;
mod line;

pub use book::{
    CapScope, FeeBan, FeeBook, FeeRule, FeeTier, FeeUnit, PurchaseChannel, TierMeasure, Waiver,
};
pub use charge::charge;
pub use error::FeeError;
pub use line::{FeeContext, FeeLine, FeeUse};
