//! The tests that drive the screens with Node's runner: in a browser, and in the real window.

use std::path::Path;
use std::process::Command;

use crate::failure::{Failure, Result};
use crate::process;
use crate::workspace::Workspace;

/// In Chromium, with the core behind loopback HTTP.
pub(crate) fn in_browser(workspace: &Workspace) -> Result<Command> {
    node(workspace, Command::new("node"), "tests/browser", 2)
}

/// In the window, on a display of its own. Where the machine permits, all of it runs in a network
/// namespace that has nothing but loopback.
pub(crate) fn in_window(workspace: &Workspace) -> Result<Command> {
    const LOOPBACK_ONLY: &str = "ip link set lo up && exec \"$@\"";
    let root = rustix::process::geteuid().is_root();
    let new_network = if root { "-n" } else { "-rn" };
    let mut probe = workspace.program("unshare");
    probe.args([new_network, "sh", "-c", "ip link set lo up"]);
    if !process::answers(&mut probe) {
        println!(
            "network namespaces are not permitted here: the window keeps the machine's network"
        );
        return node(workspace, Command::new("node"), "tests/window", 1);
    }
    let mut command = Command::new("unshare");
    command.args([new_network, "sh", "-c", LOOPBACK_ONLY, "sh", "node"]);
    node(workspace, command, "tests/window", 1)
}

/// Node's runner over every test file of a folder, so many files at once: each starts an HQ and
/// devices of its own and mostly waits for them.
fn node(workspace: &Workspace, mut command: Command, folder: &str, at_once: u8) -> Result<Command> {
    let programs = workspace.target_directory()?.join("debug");
    command.current_dir(workspace.path("")).stdin(std::process::Stdio::null());
    command.env("DOORSTEP_BIN", programs);
    command.args(["--test", "--test-reporter=spec"]);
    command.arg(format!("--test-concurrency={at_once}"));
    command.args(test_files(&workspace.path(folder))?);
    Ok(command)
}

fn test_files(folder: &Path) -> Result<Vec<std::path::PathBuf>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(Failure::file(folder))? {
        let path = entry.map_err(Failure::file(folder))?.path();
        if path.to_string_lossy().ends_with(".test.mjs") {
            files.push(path);
        }
    }
    files.sort();
    if files.is_empty() {
        return Err(Failure::Found(format!("{} holds no *.test.mjs", folder.display())));
    }
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_without_tests_is_a_failure() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("helper.mjs"), "").unwrap();
        assert!(test_files(folder.path()).is_err());
        std::fs::write(folder.path().join("b.test.mjs"), "").unwrap();
        std::fs::write(folder.path().join("a.test.mjs"), "").unwrap();
        let names = test_files(folder.path()).unwrap();
        assert!(names.first().unwrap().ends_with("a.test.mjs") && names.len() == 2);
    }
}
