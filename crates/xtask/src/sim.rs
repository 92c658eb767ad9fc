//! `cargo xtask sim`: the deterministic simulation, with its options passed on.

use crate::failure::Result;
use crate::process;
use crate::steps::{self, Step};
use crate::system_packages::{self, BUILD};
use crate::test::build_programs;
use crate::workspace::Workspace;

/// The program that runs the seeds.
const PROGRAM: &str = "doorstep-sim";
/// Builds it optimised: minutes of compiling, which a run of thousands of seeds wins back.
const OPTIMISED: &str = "--release";

/// Builds the simulation and runs it; its exit code becomes that of the task.
///
/// Without [`OPTIMISED`] the build is the one of `cargo xtask test`, so that a seed is looked into
/// without compiling anything else.
pub(crate) fn run(workspace: &Workspace, options: &[&str]) -> Result<()> {
    let optimised = options.contains(&OPTIMISED);
    let options: Vec<&str> = options.iter().copied().filter(|o| *o != OPTIMISED).collect();
    let profile = if optimised { "release" } else { "debug" };
    let program = workspace.target_directory()?.join(profile).join(PROGRAM);
    steps::run(vec![
        Step::new("system packages", || system_packages::install(&[BUILD])),
        Step::new("build", || {
            if !optimised {
                return build_programs(workspace);
            }
            let build = ["build", "--release", "--locked", "-p", PROGRAM, "--bins"];
            process::run(&mut workspace.cargo(&build))
        }),
        Step::new("seeds", || process::run(workspace.program(&program).args(&options))),
    ])
}
