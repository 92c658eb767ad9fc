//! How work travels: automerge documents, wire messages, and the two ends of an exchange.
//!
//! Everything here is sans-I/O. [`document`] turns facts into automerge changes and back;
//! [`wire`] says what the bytes on the line mean; [`client`] is the tablet's half of an exchange
//! and [`server`] HQ's half, as functions from state and message to decision. Sockets, disks,
//! clocks and dice belong to the crates that call them.
//!
//! One exchange, as an example:
//!
//! 1. The tablet's unsent edits and claims are sealed into a [`wire::Batch`] with the next number
//!    and the hash of the previous one, and written to its outbox ([`client::seal`]).
//! 2. The sealed bytes go out in a [`wire::SyncRequest`], together with the cursor of what the
//!    tablet already holds. After a cut, the very same bytes go out again.
//! 3. HQ compares number and hash with what it last answered ([`server::judge`]): it executes the
//!    batch, repeats the stored answer, or says that the chain forked.
//! 4. The answer and a page of news come back as a [`wire::SyncResponse`]; the tablet checks that
//!    they belong to what it asked ([`client::absorb`]) and commits both with the new cursor.

mod feed_item;
mod guard;
mod strict;

pub mod admission;
pub mod auth;
pub mod chunk;
pub mod client;
pub mod document;
pub mod server;
pub mod short_row;
pub mod wire;

pub use document::{Document, DocumentError, Heads};
