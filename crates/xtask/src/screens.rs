//! The screens: building them for the window, and their own checks, with the tools that npm's lock
//! names.

use std::process::Command;

use crate::failure::Result;
use crate::process;
use crate::workspace::Workspace;

/// Where the screens live.
const FOLDER: &str = "ui";

type Arguments = &'static [&'static str];

const INSTALL: Arguments = &["ci", "--no-audit", "--no-fund", "--loglevel=error"];
const CHECK: Arguments = &["run", "check"];
const UNIT_TESTS: Arguments = &["test"];
const BUILD: Arguments = &["run", "build"];

/// Installs what the lock names and builds the screens, which the window carries inside it: this
/// comes before anything that compiles the window.
pub(crate) fn build(workspace: &Workspace) -> Result<()> {
    each(workspace, &[INSTALL, BUILD])
}

/// The same with the screens' checks, each of which must succeed.
pub(crate) fn check_and_build(workspace: &Workspace) -> Result<()> {
    each(workspace, &[INSTALL, CHECK, UNIT_TESTS, BUILD])
}

fn each(workspace: &Workspace, all: &[Arguments]) -> Result<()> {
    all.iter().try_for_each(|arguments| process::run(npm(workspace).args(*arguments)))
}

fn npm(workspace: &Workspace) -> Command {
    let mut command = workspace.program("npm");
    command.arg("--prefix").arg(FOLDER);
    command
}
