//! Whatever a task starts ends with it, also when the task is told to stop.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process, test_kill_process};

/// A program that stands in for cargo: it starts a sleeper in a session of its own, says its
/// number, and then does `after`.
fn stand_in(folder: &Path, after: &str) -> PathBuf {
    let program = folder.join("cargo");
    let said = folder.join("sleeper");
    let script = format!(
        "#!/bin/sh\nsetsid sh -c 'trap \"\" HUP INT; echo $$ > {said}.new; mv {said}.new {said}; exec sleep 600' &\n{after}\n",
        said = said.display()
    );
    fs::write(&program, script).unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    program
}

/// A running task; a failed test does not leave it behind.
struct Task(Child);

impl Drop for Task {
    fn drop(&mut self) {
        let _sent = kill_process(Pid::from_child(&self.0), Signal::TERM);
        let _status = self.0.wait();
    }
}

fn start_tidy(cargo: &Path) -> Task {
    let task = Command::new(env!("CARGO_BIN_EXE_xtask"))
        .arg("tidy")
        .env("CARGO", cargo)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    Task(task.unwrap())
}

/// Polls for up to 20 seconds.
fn eventually<T>(mut look: impl FnMut() -> Option<T>) -> Option<T> {
    (0..400).find_map(|_| {
        let found = look();
        if found.is_none() {
            thread::sleep(Duration::from_millis(50));
        }
        found
    })
}

fn sleeper(folder: &Path) -> Pid {
    let said = folder.join("sleeper");
    let text = eventually(|| fs::read_to_string(&said).ok()).expect("the sleeper says its number");
    Pid::from_raw(text.trim().parse().unwrap()).unwrap()
}

/// Gone, or ended and only waiting to be reaped by whoever adopted it.
fn has_ended(pid: Pid) -> bool {
    let stat = fs::read_to_string(format!("/proc/{}/stat", pid.as_raw_nonzero()));
    test_kill_process(pid).is_err() || stat.is_ok_and(|stat| stat.contains(") Z "))
}

fn told_to_stop_by(signal: Signal) {
    let folder = tempfile::tempdir().unwrap();
    let mut task = start_tidy(&stand_in(folder.path(), "wait"));
    let sleeper = sleeper(folder.path());
    assert!(!has_ended(sleeper), "the sleeper runs before the task is told to stop");

    kill_process(Pid::from_child(&task.0), signal).unwrap();
    let status = eventually(|| task.0.try_wait().unwrap()).expect("the task ends in time");
    assert!(!status.success());
    assert!(has_ended(sleeper), "nothing is left running once the task has ended");
}

#[test]
fn sigterm_ends_the_whole_family() {
    told_to_stop_by(Signal::TERM);
}

#[test]
fn ctrl_c_ends_even_what_left_the_terminal() {
    told_to_stop_by(Signal::INT);
}

#[test]
fn what_a_program_leaves_behind_is_ended_with_its_step() {
    let folder = tempfile::tempdir().unwrap();
    let waits_for_sleeper =
        format!("while [ ! -e {}/sleeper ]; do sleep 0.05; done", folder.path().display());
    let mut task = start_tidy(&stand_in(folder.path(), &waits_for_sleeper));
    let sleeper = sleeper(folder.path());
    let status = eventually(|| task.0.try_wait().unwrap()).expect("the task ends in time");
    assert!(!status.success(), "the stand-in printed no metadata");
    assert!(has_ended(sleeper), "an orphan of the step is ended");
}
