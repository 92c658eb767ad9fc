//! `cargo xtask test`: everything that must pass before a change lands.

use std::io::IsTerminal;
use std::process::Command;
use std::sync::Mutex;

use crate::failure::{Failure, Result};
use crate::steps::{self, Step};
use crate::system_packages::{self, BUILD, TEST, WINDOW};
use crate::tally::Tally;
use crate::workspace::Workspace;
use crate::{codegen, process, screen_tests, screens, tidy};

/// A test whose name holds these words makes network namespaces, mounts or other users, and is
/// left out, and said to be, when the person is not root.
const NEEDS_ROOT: &str = "needs_root";

/// Runs all steps; the last line says how many tests ran.
pub(crate) fn run(workspace: &Workspace) -> Result<()> {
    let tally = Mutex::new(Tally::default());
    let linted = &workspace.linted()?;
    let outcome = steps::run(vec![
        Step::new("system packages", || system_packages::install(&[BUILD, WINDOW, TEST])),
        Step::new("format", || {
            require_component(workspace, "fmt", "rustfmt")?;
            process::run(&mut workspace.cargo(&["fmt", "--all", "--check"]))
        }),
        Step::new("tidy", || tidy::check(workspace)),
        // Before anything that compiles the window, which carries them.
        Step::new("screens", || screens::check_and_build(workspace)),
        Step::new("build and clippy", || {
            require_component(workspace, "clippy", "clippy")?;
            build_without_warnings(linted)
        }),
        Step::new("tests", || run_tests(linted, &tally)),
        Step::new("doc tests", || {
            counted(linted.cargo(&["test", "--locked", "--workspace", "--doc"]), &tally)
        }),
        Step::new("codegen", || codegen::check(linted)),
        Step::new("screens in a browser", || counted(screen_tests::in_browser(workspace)?, &tally)),
        Step::new("screens in the window", || counted(screen_tests::in_window(workspace)?, &tally)),
    ]);
    let tally = tally.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    let outcome = outcome.and_then(|()| at_least_one(&tally));
    println!("{tally}");
    outcome
}

/// Builds every program of the product. This program is running: it is not built over.
pub(crate) fn build_programs(workspace: &Workspace) -> Result<()> {
    let programs = ["build", "--locked", "--workspace", "--bins", "--exclude", "xtask"];
    process::run(&mut workspace.cargo(&programs))
}

/// Builds every target of every package; a warning of the compiler or of clippy fails.
fn build_without_warnings(linted: &Workspace) -> Result<()> {
    let mut warned = Vec::new();
    let mut command = linted.cargo(&["build", "--locked", "--workspace"]);
    // `--all-targets` would build a program of benchmarks for every library as well.
    command.args(["--lib", "--bins", "--tests", "--examples"]);
    in_colour(&mut command);
    process::run_watched(&mut command, |line| {
        if is_summary_of_warnings(line) {
            warned.push(line.to_owned());
        }
    })?;
    if warned.is_empty() { Ok(()) } else { Err(Failure::Found(warned.join("\n"))) }
}

/// Cargo's last word on a package that was compiled with warnings, now or earlier.
fn is_summary_of_warnings(line: &str) -> bool {
    line.starts_with("warning: `") && line.contains(" generated ")
}

fn at_least_one(tally: &Tally) -> Result<()> {
    if tally.passed > 0 {
        return Ok(());
    }
    Err(Failure::Found(
        "no test ran: the runner found none, or its closing line changed".to_owned(),
    ))
}

/// cargo-nextest where it is installed, for its isolation and timeouts; else cargo's own runner.
fn run_tests(workspace: &Workspace, tally: &Mutex<Tally>) -> Result<()> {
    let root = rustix::process::geteuid().is_root();
    if !root {
        println!("not root: the tests named *{NEEDS_ROOT}* are skipped");
    }
    let without_root = format!("not test({NEEDS_ROOT})");
    let (runner, filter): (&[&str], [&str; 3]) =
        if process::answers(&mut workspace.cargo(&["nextest", "--version"])) {
            (&["nextest", "run"], ["--filterset", &without_root, ""])
        } else {
            println!("cargo-nextest is not installed: running `cargo test`");
            (&["test"], ["--", "--skip", NEEDS_ROOT])
        };
    // Examples measure and are not tests.
    let targets = ["--locked", "--workspace", "--lib", "--bins", "--tests", "--no-fail-fast"];
    let mut command = workspace.cargo(runner);
    command.args(targets);
    if !root {
        command.args(filter.iter().filter(|word| !word.is_empty()));
    }
    counted(command, tally)
}

fn in_colour(command: &mut Command) {
    if std::io::stdout().is_terminal() {
        command.env("CARGO_TERM_COLOR", "always");
    }
}

fn counted(mut command: Command, tally: &Mutex<Tally>) -> Result<()> {
    in_colour(&mut command);
    process::run_watched(&mut command, |line| {
        tally.lock().unwrap_or_else(std::sync::PoisonError::into_inner).take_in(line);
    })
}

fn require_component(workspace: &Workspace, subcommand: &str, component: &str) -> Result<()> {
    if process::answers(&mut workspace.cargo(&[subcommand, "--version"])) {
        return Ok(());
    }
    Err(Failure::Missing(format!(
        "Rust's own `{component}` is not installed; with rustup: rustup component add {component}"
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_with_warnings_is_seen() {
        assert!(is_summary_of_warnings("warning: `xtask` (bin \"xtask\") generated 1 warning"));
        assert!(is_summary_of_warnings("warning: `a` (lib) generated 2 warnings (1 duplicate)"));
        assert!(!is_summary_of_warnings("warning: unused variable: `generated`"));
    }

    #[test]
    fn a_run_without_a_test_fails() {
        assert!(at_least_one(&Tally { passed: 0, failed: 0, skipped: 9 }).is_err());
        assert!(at_least_one(&Tally { passed: 1, failed: 0, skipped: 0 }).is_ok());
    }
}
