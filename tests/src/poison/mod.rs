//! Changes of hostile or buggy devices, and what becomes of them.
//!
//! Seeds are real changes on rich documents; [`chunk`] takes one apart and puts it together again
//! with the checksum made right, so that every mutation reaches the decoder; [`crafted`] writes
//! changes that automerge itself would write and no honest device does; [`verdict`] says what harm
//! an accepted change does.

pub mod bombs;
pub mod chunk;
pub mod crafted;
pub mod seeds;
pub mod verdict;

pub use seeds::Seed;
