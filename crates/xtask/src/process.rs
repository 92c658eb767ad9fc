//! Programs that the tasks run, and the promise that none of them outlives its step.
//!
//! The task declares itself the reaper of orphans, so every process that a step started, however
//! indirectly, stays its descendant and can be found in `/proc`. What a program leaves behind is
//! ended when the program ends; on SIGINT, SIGTERM and SIGHUP all descendants are ended before the
//! task itself goes. Only a SIGKILL of the task can leave something running.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use rustix::process::{Pid, Signal, getpid, kill_process, set_child_subreaper};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use signal_hook::low_level::emulate_default_handler;

use crate::failure::{Failure, Result};

/// True once the task is being stopped. Held while a child is started, so that none starts later.
static STOPPING: Mutex<bool> = Mutex::new(false);

const POLL: Duration = Duration::from_millis(50);
/// After Ctrl-C the terminal has told every process already; they get one second before SIGTERM.
const POLLS_AFTER_CTRL_C: u32 = 20;
/// cargo-nextest gives its tests 10 seconds to end and needs a moment itself.
const POLLS_AFTER_TERM: u32 = 240;
const POLLS_AFTER_KILL: u32 = 100;

/// Makes SIGINT, SIGTERM and SIGHUP end every descendant first and this process afterwards, by the
/// same signal. Call it once, before any program is run.
pub(crate) fn end_descendants_on_signals() -> Result<()> {
    let refused = |source: std::io::Error| Failure::NotStarted {
        program: "the signal handler".to_owned(),
        source,
    };
    set_child_subreaper(Some(getpid())).map_err(|errno| refused(errno.into()))?;
    let mut signals = Signals::new([SIGINT, SIGTERM, SIGHUP]).map_err(refused)?;
    thread::Builder::new()
        .name("signals".to_owned())
        .spawn(move || {
            let Some(signal) = signals.forever().next() else { return };
            *STOPPING.lock().unwrap_or_else(PoisonError::into_inner) = true;
            let mut again = || signals.pending().next().is_some();
            end_descendants(signal == SIGINT, &mut again);
            let unended = emulate_default_handler(signal);
            eprintln!("xtask: could not end by signal {signal}: {unended:?}");
            std::process::exit(128 + signal);
        })
        .map_err(refused)?;
    Ok(())
}

/// Runs a program to its end, its output going where the task's output goes.
///
/// # Errors
/// [`Failure::NotStarted`], or [`Failure::Ended`] with its code when it was not successful.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let child = start(command)?;
    successful(command, finish(command, child)?)
}

/// Runs a program like [`run`] and shows every line of its output to `watch` as well, without
/// terminal colours. The program finds pipes, not a terminal.
pub(crate) fn run_watched(command: &mut Command, watch: impl FnMut(&str) + Send) -> Result<()> {
    let mut child = start(command.stdout(Stdio::piped()).stderr(Stdio::piped()))?;
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    let watch = Mutex::new(watch);
    let status = thread::scope(|scope| {
        scope.spawn(|| pass_on(stdout, std::io::stdout(), &watch));
        scope.spawn(|| pass_on(stderr, std::io::stderr(), &watch));
        finish(command, child)
    })?;
    successful(command, status)
}

/// Runs a program and returns what it printed on its standard output.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    let mut child = start(command.stdout(Stdio::piped()))?;
    let stdout = child.stdout.take();
    // An orphan may hold the pipe open: it is read to its end only after orphans are ended.
    let (status, text) = thread::scope(|scope| {
        let reader = scope.spawn(|| stdout.map_or(Ok(String::new()), std::io::read_to_string));
        (finish(command, child), reader.join())
    });
    let status = status?;
    let unread = |source| Failure::NotStarted { program: line_of(command), source };
    let text = text.unwrap_or_else(|panic| std::panic::resume_unwind(panic)).map_err(unread)?;
    successful(command, status)?;
    Ok(text)
}

/// Whether a program is there and can say its version.
pub(crate) fn answers(command: &mut Command) -> bool {
    output(command.stderr(Stdio::null())).is_ok()
}

fn start(command: &mut Command) -> Result<Child> {
    let stopping = STOPPING.lock().unwrap_or_else(PoisonError::into_inner);
    if *stopping {
        drop(stopping);
        wait_for_the_end();
    }
    command.spawn().map_err(|source| Failure::NotStarted { program: line_of(command), source })
}

fn finish(command: &Command, mut child: Child) -> Result<ExitStatus> {
    let status =
        child.wait().map_err(|source| Failure::NotStarted { program: line_of(command), source })?;
    if *STOPPING.lock().unwrap_or_else(PoisonError::into_inner) {
        wait_for_the_end();
    }
    let left = descendants();
    if !left.is_empty() {
        let names: Vec<&str> = left.values().map(String::as_str).collect();
        eprintln!("xtask: `{}` left running, ended now: {}", line_of(command), names.join(", "));
        send(&left, Signal::KILL);
        wait_until_gone(POLLS_AFTER_KILL, &mut || false);
    }
    Ok(status)
}

/// The signal handler has taken over and will end the process.
fn wait_for_the_end() -> ! {
    loop {
        thread::park();
    }
}

fn successful(command: &Command, status: ExitStatus) -> Result<()> {
    if status.success() {
        return Ok(());
    }
    let code = status.code().or_else(|| status.signal().map(|signal| 128 + signal));
    let code = code.and_then(|code| u8::try_from(code).ok()).unwrap_or(1);
    Err(Failure::Ended { program: line_of(command), code })
}

/// The command line as a person would type it.
fn line_of(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

fn pass_on(from: Option<impl Read>, mut to: impl Write, watch: &Mutex<impl FnMut(&str)>) {
    let Some(from) = from else { return };
    for line in BufReader::new(from).split(b'\n').map_while(std::result::Result::ok) {
        // A closed terminal is no reason to stop counting.
        let _shown = to.write_all(&line).and_then(|()| to.write_all(b"\n"));
        let text = without_colours(&String::from_utf8_lossy(&line));
        let mut watch = watch.lock().unwrap_or_else(PoisonError::into_inner);
        (*watch)(&text);
    }
}

/// Drops the escape sequences (ECMA-48 CSI) that colour a terminal.
fn without_colours(line: &str) -> String {
    let mut plain = String::with_capacity(line.len());
    let mut characters = line.chars();
    while let Some(character) = characters.next() {
        if character == '\u{1b}' {
            characters.by_ref().skip(1).find(|c| ('@'..='~').contains(c));
        } else {
            plain.push(character);
        }
    }
    plain
}

/// Ends all descendants: at first gently, at last with SIGKILL; `at_once` skips the waiting.
fn end_descendants(told_by_terminal: bool, at_once: &mut dyn FnMut() -> bool) {
    let gone = (told_by_terminal && wait_until_gone(POLLS_AFTER_CTRL_C, at_once)) || {
        send(&descendants(), Signal::TERM);
        wait_until_gone(POLLS_AFTER_TERM, at_once)
    };
    if gone {
        return;
    }
    for _ in 0..POLLS_AFTER_KILL {
        send(&descendants(), Signal::KILL);
        if wait_until_gone(1, &mut || false) {
            return;
        }
    }
    let names: Vec<String> = descendants().into_values().collect();
    eprintln!("xtask: these would not end: {}", names.join(", "));
}

fn wait_until_gone(polls: u32, at_once: &mut dyn FnMut() -> bool) -> bool {
    for _ in 0..polls {
        if descendants().is_empty() {
            return true;
        }
        if at_once() {
            return false;
        }
        thread::sleep(POLL);
    }
    descendants().is_empty()
}

fn send(processes: &BTreeMap<i32, String>, signal: Signal) {
    for pid in processes.keys().filter_map(|pid| Pid::from_raw(*pid)) {
        // Fails only for a process that has just ended, or one of another user (sudo's child).
        let _sent = kill_process(pid, signal);
    }
}

/// The living processes below this one, with their names.
fn descendants() -> BTreeMap<i32, String> {
    let own = getpid().as_raw_nonzero().get();
    let processes: Vec<Process> = std::fs::read_dir("/proc")
        .into_iter()
        .flatten()
        .filter_map(|entry| std::fs::read_to_string(entry.ok()?.path().join("stat")).ok())
        .filter_map(|stat| Process::from_stat(&stat))
        .collect();
    below(own, &processes)
}

#[derive(Debug, PartialEq)]
struct Process {
    pid: i32,
    parent: i32,
    name: String,
    ended: bool,
}

impl Process {
    /// Reads `/proc/<pid>/stat`; see proc(5). The name stands in brackets and may hold any byte.
    fn from_stat(stat: &str) -> Option<Process> {
        let (before, after) = stat.rsplit_once(')')?;
        let (pid, name) = before.split_once(" (")?;
        let mut fields = after.split_whitespace();
        let ended = matches!(fields.next()?, "Z" | "X");
        let parent = fields.next()?.parse().ok()?;
        Some(Process { pid: pid.parse().ok()?, parent, name: name.to_owned(), ended })
    }
}

fn below(root: i32, processes: &[Process]) -> BTreeMap<i32, String> {
    let mut found = BTreeMap::new();
    let mut parents = vec![root];
    while let Some(parent) = parents.pop() {
        for process in processes.iter().filter(|process| process.parent == parent) {
            parents.push(process.pid);
            if !process.ended {
                found.insert(process.pid, process.name.clone());
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn process(pid: i32, parent: i32, ended: bool) -> Process {
        Process { pid, parent, name: format!("p{pid}"), ended }
    }

    #[test]
    fn descendants_are_found_at_any_depth_and_strangers_are_not() {
        let all = [
            process(10, 1, false),
            process(11, 10, false),
            process(12, 11, true),
            process(13, 12, false),
            process(20, 1, false),
        ];
        let found: Vec<i32> = below(10, &all).into_keys().collect();
        assert_eq!(found, [11, 13], "a process below an ended one still runs");
    }

    #[test]
    fn a_name_with_brackets_and_spaces_is_read() {
        let stat = "4711 (tmux: (a) b) S 42 4711 4711 0 -1";
        let expected =
            Process { pid: 4711, parent: 42, name: "tmux: (a) b".to_owned(), ended: false };
        assert_eq!(Process::from_stat(stat), Some(expected));
    }

    #[test]
    fn colours_are_dropped_and_text_stays() {
        let line = "\u{1b}[32;1mSummary\u{1b}[0m 已完成 3";
        assert_eq!(without_colours(line), "Summary 已完成 3");
    }
}
