//! The business of an appliance trade-in at the door, as pure rules.
//!
//! Nothing here does I/O, asks the clock or rolls dice: time, identities and reference data come
//! in as arguments, answers and refusals go out as values. The same code therefore prices a quote
//! on a tablet without a network and at HQ a day later, and both get the same fen.

pub mod asset;
pub mod books;
pub mod card;
pub mod catalogue;
pub mod claim;
pub mod clock;
pub mod combined_order;
pub mod conflict;
pub mod customer;
pub mod decision;
pub mod end_code;
pub mod facts;
pub mod fee;
pub mod id;
pub mod inspection;
pub mod lead;
pub mod lease;
pub mod loaner;
pub mod money;
pub mod order_terms;
pub mod org;
pub mod payment;
pub mod planted;
pub mod quarantine;
pub mod quote;
pub mod refusal;
pub mod repair;
pub mod rights;
pub mod scenario;
pub mod site;
pub mod steps;
pub mod subsidy;
pub mod task;
pub mod time;
pub mod trust;
pub mod valuation;
pub mod visit;
pub mod vocabulary;
pub mod warranty;
pub mod words;
pub mod work_order;
