//! The business rules as data and properties.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test stops at the first surprise"
)]

mod clock;
mod fee_examples;
mod inspection_rules;
mod leases;
mod quote_engine;
mod records;
mod repair_and_steps;
mod sample_data;
mod scenarios;
mod state_machines;
mod valuation_figures;
mod warranty_terms;
