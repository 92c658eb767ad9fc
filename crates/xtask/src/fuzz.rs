//! `cargo xtask fuzz`: the long run of the fuzzer whose short run is among the tests.

use crate::failure::Result;
use crate::process;
use crate::system_packages::{self, BUILD};
use crate::workspace::Workspace;

/// Builds the fuzzer as tests are built and hands the arguments on to it.
pub(crate) fn run(workspace: &Workspace, arguments: &[&str]) -> Result<()> {
    system_packages::install(&[BUILD])?;
    let fuzz = ["run", "--locked", "-p", "doorstep-tests", "--example", "fuzz", "--"];
    process::run(&mut workspace.cargo(&[&fuzz[..], arguments].concat()))
}
