//! `cargo xtask demo`: the door story, played by the real programs, then the windows to try it in.

use crate::failure::{Failure, Result};
use crate::process;
use crate::screens;
use crate::steps::{self, Step};
use crate::system_packages::{self, BUILD, WINDOW};
use crate::test::build_programs;
use crate::workspace::Workspace;

/// The program that starts HQ and two device hosts, plays the story and prints its steps.
const STORY: &str = "doorstep-story";
/// The program that opens two windows beside an HQ of their own.
const SHOW: &str = "doorstep-show";

/// Builds the programs, runs the story and opens the windows; an exit code of theirs becomes that
/// of the task.
///
/// The development profile is the quickest from a fresh machine: what is slow without optimising
/// is optimised there too. `cargo xtask test` uses exactly the same build, so whoever runs both
/// compiles once.
pub(crate) fn run(workspace: &Workspace) -> Result<()> {
    let target = workspace.target_directory()?;
    let papers = target.join("demo");
    let program = |name| workspace.program(target.join("debug").join(name));
    steps::run(vec![
        Step::new("system packages", || system_packages::install(&[BUILD, WINDOW])),
        Step::new("screens", || screens::build(workspace)),
        Step::new("build (the first time takes minutes)", || build_programs(workspace)),
        Step::new("story", || {
            std::fs::create_dir_all(&papers).map_err(Failure::file(&papers))?;
            process::run(program(STORY).arg(&papers))
        }),
        Step::new("windows", || {
            println!("the papers of the story are in {}", papers.display());
            if has_display() {
                return process::run(&mut program(SHOW));
            }
            println!(
                "no display (neither DISPLAY nor WAYLAND_DISPLAY is set): the windows of engineer \
                 and clerk are not opened; the story above is the demo"
            );
            Ok(())
        }),
    ])
}

fn has_display() -> bool {
    ["DISPLAY", "WAYLAND_DISPLAY"]
        .iter()
        .any(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()))
}
