//! `cargo xtask sim`: the deterministic simulation, with its options passed on.

use crate::failure::Result;
use crate::process;
use crate::steps::{self, Step};
use crate::system_packages::{self, BUILD};
use crate::test::build_programs;
use crate::workspace::Workspace;

/// The program that runs the seeds.
const PROGRAM: &str = "debug/doorstep-sim";

/// Builds the simulation and runs it; its exit code becomes that of the task.
///
/// The development profile optimises what costs the time (SQLite, its cipher, documents), and the
/// build is the one of `cargo xtask test`, so a seed is looked into without compiling for minutes.
pub(crate) fn run(workspace: &Workspace, options: &[&str]) -> Result<()> {
    let program = workspace.target_directory()?.join(PROGRAM);
    steps::run(vec![
        Step::new("system packages", || system_packages::install(&[BUILD])),
        Step::new("build", || build_programs(workspace)),
        Step::new("seeds", || process::run(workspace.program(&program).args(options))),
    ])
}
