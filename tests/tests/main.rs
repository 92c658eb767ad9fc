//! The product through its public doors: real programs, real disks, a line that breaks.
#![allow(clippy::disallowed_methods, reason = "tests watch real processes by the real clock")]

mod access;
mod cards;
mod crash;
mod damage;
mod desk;
mod disk;
mod door_job;
mod error_words;
mod fresh_documents;
mod fuzz;
mod golden;
mod held;
mod hostile;
mod inbox;
mod leases;
mod ledger;
mod photos;
mod planning;
mod poison;
mod projection;
mod quote_cli;
mod quote_oracle;
mod rescue;
mod secrets;
mod trust;
mod versions;
mod wreck;
