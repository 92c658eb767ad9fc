//! HQ: the server that enrols devices, takes in their facts, decides their claims once, and
//! publishes what each may see; with its admin commands.
//!
//! [`home`] is the data folder, [`keys`] what HQ signs with, [`server`] the HTTPS doors,
//! [`execute`] what one batch causes inside one transaction, [`records`] how an authoritative row
//! reaches its buckets, [`reference`] the publishing of bundles, [`staff`] who works where,
//! [`pools`] what is leased out, [`retire`] how finished work leaves the tablets,
//! [`rescue_intake`] how the work of a lost tablet comes in, [`demo`] a sample business.

pub mod access;
pub mod cli;
pub mod demo;
pub mod digest;
pub mod enrolment;
pub mod execute;
pub mod home;
pub mod host;
pub mod keys;
pub mod offline_commands;
pub mod pool_sizes;
pub mod pools;
pub mod records;
pub mod reference;
pub mod rescue_intake;
pub mod retire;
pub mod server;
pub mod sight;
pub mod staff;
pub mod store_keys;
pub mod tls;
