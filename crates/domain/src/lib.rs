//! The business of an appliance trade-in at the door, as pure rules.
//!
//! Nothing here does I/O, asks the clock or rolls dice: time, identities and reference data come
//! in as arguments, answers and refusals go out as values. The same code therefore prices a quote
//! on a tablet without a network and at HQ a day later, and both get the same fen.

pub mod id;
pub mod money;
pub mod time;
pub mod trust;
pub mod words;
