//! The deterministic simulation: real device and HQ code under a seeded scheduler.
//!
//! What is replaced is what the product takes from outside anyway: the line to HQ, the clock, the
//! dice and SQLite's disk. One thing happens at a time, so one seed is one story; each is run twice
//! and must end in the same hash. `docs/reliability/simulation.md` says what it covers.
//!
//! [`disk`] is the disk, [`template`] the business every seed starts from, [`world`] what a seed can
//! do to it, [`run`] which of it happens when, [`selling`] a sale at the door, [`oracle`] what must hold, [`scarce`] of goods of which there are
//! few.

pub mod device;
pub mod dice;
pub mod disk;
pub mod host;
pub mod hq;
pub mod model;
pub mod oracle;
pub mod plan;
pub mod run;
pub mod scarce;
pub mod selling;
pub mod template;
pub mod trace;
pub mod world;
