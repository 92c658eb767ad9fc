//! Subsidy rules: dated, regional, and data.
//!
//! A [`RulePack`] is one published programme in one region for one stretch of days. The engine
//! knows no programme by name: whatever a notice says (rates by energy grade, caps, pieces per
//! person, price ceilings, an old unit to hand in, one and the same person on three papers) is a
//! field of the pack, so a new notice is a new data file. Three steps use the packs:
//!
//! 1. [`RuleBook::in_force`] picks the packs of a day and a place and applies the relations between
//!    them (a city replaces the national pack, tops it up, or adds conditions to it);
//! 2. [`eligibility`] gives a verdict for every item and every pack in force, with each reason for a
//!    refusal in words;
//! 3. [`assignment`] chooses, among what is eligible, the exact best for the customer under the
//!    limits per person and the old units at hand.
//!
//! A subsidy found here is *estimated*: only the programme's office approves it.

pub mod assignment;
pub mod award;
mod check;
pub mod customer;
pub mod eligibility;
pub mod pack;
pub mod refusal;
pub mod region;
pub mod rules;

pub use award::{Award, Awards, SubsidyVerdict, judge};
pub use customer::{
    CustomerFacts, CustomerKind, Entitlement, EntitlementState, PriorUse, SaleParties,
};
pub use pack::{
    BonusTreatment, Confidence, ItemRule, LegalPersons, OldMatch, PackRelation, PartyRole, RulePack,
};
pub use refusal::{Refusal, RefusalCode};
pub use region::Region;
pub use rules::{InForce, PayoutMode, PricePolicy, RuleBook};
