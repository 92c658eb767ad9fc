//! `cargo xtask demo`: the door story, played by the real programs.

use crate::failure::{Failure, Result};
use crate::process;
use crate::steps::{self, Step};
use crate::system_packages::{self, BUILD_AND_TEST};
use crate::workspace::Workspace;

/// The program that starts HQ and two device hosts, plays the story and prints its steps.
const STORY: &str = "doorstep-story";

/// Builds the programs and runs the story; its exit code becomes that of the task.
///
/// The development profile is the quickest from a fresh machine: what is slow without optimising
/// is optimised there too, and `cargo xtask test` uses the same build.
pub(crate) fn run(workspace: &Workspace) -> Result<()> {
    let target = workspace.target_directory()?;
    let papers = target.join("demo");
    steps::run(vec![
        Step::new("system packages", || system_packages::install(BUILD_AND_TEST)),
        Step::new("build (the first time takes minutes)", || {
            let packages = ["-p", "doorstep-hq", "-p", "doorstep-host", "-p", "doorstep-tests"];
            let build = [&["build", "--locked", "--bins"][..], &packages].concat();
            process::run(&mut workspace.cargo(&build))
        }),
        Step::new("story", || {
            std::fs::create_dir_all(&papers).map_err(Failure::file(&papers))?;
            process::run(workspace.program(target.join("debug").join(STORY)).arg(&papers))
        }),
    ])?;
    println!("the papers of the story are in {}", papers.display());
    Ok(())
}
