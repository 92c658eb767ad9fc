//! The screens: building them for the window, their own checks, and pictures of every one of them,
//! with the tools that npm's lock names.

use std::process::Command;

use crate::failure::{Failure, Result};
use crate::process;
use crate::steps::{self, Step};
use crate::system_packages::{self, BUILD as BUILD_PACKAGES, TEST, WINDOW};
use crate::test::build_programs;
use crate::workspace::Workspace;

/// Where the screens live.
const FOLDER: &str = "ui";
/// Where the pictures that documents show live.
const DOCS: &str = "docs/screens";

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

/// Takes every screen in both languages and four sizes from real programs with the sample
/// business. With `docs`, the few pictures that documents show are made anew, small.
pub(crate) fn pictures(workspace: &Workspace, docs: bool) -> Result<()> {
    let target = workspace.target_directory()?;
    let pictures = target.join("screens");
    steps::run(vec![
        Step::new("system packages", || system_packages::install(&[BUILD_PACKAGES, WINDOW, TEST])),
        Step::new("screens", || build(workspace)),
        Step::new("programs", || build_programs(workspace)),
        Step::new("pictures", || {
            std::fs::create_dir_all(&pictures).map_err(Failure::file(&pictures))?;
            let mut command = workspace.program("node");
            command.arg(format!("{FOLDER}/scripts/screens.mjs")).arg(&pictures);
            if docs {
                command.arg(format!("--docs={DOCS}"));
            }
            process::run(command.env("DOORSTEP_BIN", target.join("debug")))
        }),
    ])?;
    println!("the pictures are in {}", pictures.display());
    Ok(())
}

fn each(workspace: &Workspace, all: &[Arguments]) -> Result<()> {
    all.iter().try_for_each(|arguments| process::run(npm(workspace).args(*arguments)))
}

fn npm(workspace: &Workspace) -> Command {
    let mut command = workspace.program("npm");
    command.arg("--prefix").arg(FOLDER);
    command
}
