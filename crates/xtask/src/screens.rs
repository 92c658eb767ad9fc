//! The screens' own checks: types, unit tests and the build, with the tools that npm's lock names.

use std::process::Command;

use crate::failure::Result;
use crate::process;
use crate::workspace::Workspace;

/// Where the screens live.
const FOLDER: &str = "ui";

/// Installs what the lock names and runs the screens' checks, each of which must succeed.
pub(crate) fn check(workspace: &Workspace) -> Result<()> {
    for arguments in [
        &["ci", "--no-audit", "--no-fund", "--loglevel=error"][..],
        &["run", "check"],
        &["test"],
        &["run", "build"],
    ] {
        process::run(npm(workspace).args(arguments))?;
    }
    Ok(())
}

fn npm(workspace: &Workspace) -> Command {
    let mut command = workspace.program("npm");
    command.arg("--prefix").arg(FOLDER);
    command
}
