//! `cargo xtask tidy`: the rules of the repository that no compiler checks.
//!
//! Each check says what it looked at, so that one which looked at nothing is seen.

use crate::failure::{Failure, Result};
use crate::workspace::Workspace;

mod commands;
mod edges;
mod imports;
mod lengths;
mod libraries;
mod migrations;
mod mobile;
mod planted;
mod profiles;
mod wording;

/// What one check found.
#[derive(Debug, Default)]
struct Findings {
    /// What the check looked at, with counts.
    looked_at: String,
    /// What must be mended; the run fails.
    violations: Vec<String>,
    /// What a person should know; the run goes on.
    notes: Vec<String>,
}

/// How many violations of one check are printed; the rest are counted.
const SHOWN: usize = 30;

type Check = fn(&Workspace) -> Result<Findings>;

const CHECKS: [(&str, Check); 10] = [
    ("dependency direction", edges::check),
    ("library reasons", libraries::check),
    ("released migrations", migrations::check),
    ("unwinding panics", profiles::check),
    ("planted bugs", planted::check),
    ("mobile dependencies", mobile::check),
    ("window imports", imports::check),
    ("wording", wording::check),
    ("tested commands", commands::check),
    ("file lengths", lengths::check),
];

/// Runs all checks and fails when any found a violation.
pub(crate) fn check(workspace: &Workspace) -> Result<()> {
    let mut violations = 0;
    for (name, check) in CHECKS {
        let findings = check(workspace)?;
        println!("  {name}: {}", findings.looked_at);
        for note in &findings.notes {
            println!("    note: {note}");
        }
        for violation in findings.violations.iter().take(SHOWN) {
            println!("    WRONG: {violation}");
        }
        if let Some(more @ 1..) = findings.violations.len().checked_sub(SHOWN) {
            println!("    WRONG: and {more} more");
        }
        violations += findings.violations.len();
    }
    if violations == 0 {
        return Ok(());
    }
    Err(Failure::Found(format!("tidy found {violations} things to mend (marked WRONG above)")))
}

/// Records every migration that is not yet recorded as released; from then on it may not change.
pub(crate) fn freeze_migrations(workspace: &Workspace) -> Result<()> {
    migrations::freeze(workspace)
}
