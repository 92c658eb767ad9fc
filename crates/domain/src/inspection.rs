//! Looking at an old machine: checks as data, findings by severity, safe life.
//!
//! Hazard comes before sale: a finding that stops use keeps the price pages shut until the machine
//! is made safe.

mod checklist;
mod report;
mod safe_life;

pub use checklist::{AutoCheck, Check, CheckKind, Checklist, Choice, Severity};
pub use report::{
    Answer, CheckResult, Finding, InspectionReport, InspectionSubject, MissingPhoto, judge,
};
pub use safe_life::{ClockStart, SafeLife, SafeLifeFacts, safe_life};
