//! The screens: their own checks, and pictures of every one of them, with the tools that npm's lock
//! names.

use std::process::Command;

use crate::failure::{Failure, Result};
use crate::process;
use crate::steps::{self, Step};
use crate::system_packages::{self, BUILD_AND_TEST};
use crate::workspace::Workspace;

/// Where the screens live.
const FOLDER: &str = "ui";
/// Where the pictures that documents show live.
const DOCS: &str = "docs/screens";

/// Installs what the lock names and runs the screens' checks, each of which must succeed.
pub(crate) fn check(workspace: &Workspace) -> Result<()> {
    install(workspace)?;
    for arguments in [&["run", "check"][..], &["test"], &["run", "build"]] {
        process::run(npm(workspace).args(arguments))?;
    }
    Ok(())
}

/// Takes every screen in both languages and four sizes from real programs with the sample
/// business. With `docs`, the few pictures that documents show are made anew, small.
pub(crate) fn pictures(workspace: &Workspace, docs: bool) -> Result<()> {
    let target = workspace.target_directory()?;
    let pictures = target.join("screens");
    steps::run(vec![
        Step::new("system packages", || system_packages::install(BUILD_AND_TEST)),
        Step::new("programs", || {
            let packages = ["-p", "doorstep-hq", "-p", "doorstep-host"];
            let build = [&["build", "--locked", "--bins"][..], &packages].concat();
            process::run(&mut workspace.cargo(&build))
        }),
        Step::new("build of the screens", || {
            install(workspace)?;
            process::run(npm(workspace).args(["run", "build"]))
        }),
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

fn install(workspace: &Workspace) -> Result<()> {
    process::run(npm(workspace).args(["ci", "--no-audit", "--no-fund", "--loglevel=error"]))
}

fn npm(workspace: &Workspace) -> Command {
    let mut command = workspace.program("npm");
    command.arg("--prefix").arg(FOLDER);
    command
}
