//! HQ through its protocol and its commands.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::unwrap_used,
    reason = "a test stops at the first surprise"
)]

mod access;
mod access_matrix;
mod batches;
mod common;
mod enrolment;
mod held;
mod inbox;
mod leases;
mod media;
mod orders;
mod process;
