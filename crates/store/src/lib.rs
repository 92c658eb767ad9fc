//! The product's storage: SQLite files, encrypted on a tablet and plain at HQ.
//!
//! Everything here is synchronous and owns no thread, no clock and no dice: connections are opened
//! by the caller, and time, identities and random bytes are arguments. [`device`] holds what a
//! tablet does with its database, [`ledger`] what HQ does with its own; the other modules are the
//! ground both stand on.

pub mod blobs;
pub mod device;
pub mod durable;
pub mod error;
pub mod held;
pub mod ledger;
pub mod open;
pub mod rescue;
pub mod search;
pub mod vault;
