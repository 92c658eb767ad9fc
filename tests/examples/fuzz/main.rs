//! Throws mutated bytes at every decoder of outside bytes, or at one, and prints what came of it.
//!
//! `cargo xtask fuzz [TARGET] [--seconds N] [--seed N]`; with `--write-corpus` it writes the corpus
//! anew from real objects of this version. What was found lies in `target/fuzz`.
#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::indexing_slicing,
    reason = "a measuring program reads the real clock and may stop at its own mistake"
)]

use doorstep_tests::fuzz::{TARGETS, Target, corpus_folder};
use std::{
    path::Path,
    process::ExitCode,
    time::{Duration, Instant},
};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |name: &str| -> Option<u64> {
        let at = arguments.iter().position(|argument| argument == name)?;
        arguments.get(at + 1)?.parse().ok()
    };
    if arguments.iter().any(|argument| argument == "--write-corpus") {
        TARGETS.iter().for_each(write_corpus);
        return ExitCode::SUCCESS;
    }
    let only = arguments.first().filter(|argument| !argument.starts_with("--"));
    let chosen: Vec<&Target> =
        TARGETS.iter().filter(|target| only.is_none_or(|name| target.name == name)).collect();
    if chosen.is_empty() {
        let names: Vec<&str> = TARGETS.iter().map(|target| target.name).collect();
        eprintln!("there is no such target; there are {}", names.join(", "));
        return ExitCode::FAILURE;
    }
    doorstep_tests::only_own_panics();
    let seconds = number("--seconds").unwrap_or(60);
    let seed = number("--seed").unwrap_or_else(|| u64::from(std::process::id()));
    println!("seed {seed}, {seconds} s each\n");
    println!("| target | executions | accepted | slowest | found |\n|---|--:|--:|--:|--:|");
    let mut found = 0;
    for target in chosen {
        let deadline = Instant::now() + Duration::from_secs(seconds);
        let report = target.mutate(seed, u64::MAX, Some(deadline));
        let (name, slowest) = (target.name, report.slowest.as_secs_f64() * 1_000.0);
        let (executions, accepted) = (report.executions, report.accepted);
        println!(
            "| {name} | {executions} | {accepted} | {slowest:.1} ms | {} |",
            report.found.len()
        );
        keep(target, &report.found);
        found += report.found.len();
    }
    if found == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn keep(target: &Target, found: &[(String, Vec<u8>)]) {
    let folder = Path::new("target/fuzz");
    for (number, (what, input)) in found.iter().enumerate().take(20) {
        std::fs::create_dir_all(folder).expect("a folder");
        let path = folder.join(format!("{}-{number}", target.name));
        std::fs::write(&path, input).expect("written");
        eprintln!("{}: {what}", path.display());
    }
}

fn write_corpus(target: &Target) {
    let folder = corpus_folder().join(target.name);
    std::fs::create_dir_all(&folder).expect("a folder");
    for (name, bytes) in (target.seeds)() {
        std::fs::write(folder.join(name), bytes).expect("written");
    }
}
