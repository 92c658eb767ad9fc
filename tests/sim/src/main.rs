//! Runs seeds of the simulation: `doorstep-sim --seed N --count M`.

#![allow(clippy::disallowed_methods, reason = "a run is timed by the real clock")]

use clap::Parser;
use doorstep_domain::planted::{Bug, plant};
use doorstep_sim::{
    run::{Report, one_thread, run_seed},
    template::Template,
    trace::Counts,
};
use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, ExitCode, Stdio},
    time::Instant,
};

/// The real device and HQ code under a seeded scheduler.
#[derive(Debug, Clone, Parser)]
struct Options {
    /// The first seed.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many seeds.
    #[arg(long, default_value_t = 1)]
    count: u64,
    /// Processes to run them in; one per core when not given.
    #[arg(long)]
    jobs: Option<u64>,
    /// Print the story of each seed while it happens.
    #[arg(long)]
    trace: bool,
    /// Stop looking after so many failures.
    #[arg(long, default_value_t = 5)]
    failures: usize,
    /// Plant each bug in turn and say how many seeds it took to find it.
    #[arg(long)]
    planted: bool,
    /// Plant this bug.
    #[arg(long)]
    bug: Option<String>,
    /// A worker of another run: one line of JSON per seed.
    #[arg(long, hide = true)]
    worker: bool,
    /// How far a worker goes on after each seed.
    #[arg(long, hide = true, default_value_t = 1)]
    stride: u64,
}

fn main() -> ExitCode {
    let options = Options::parse();
    let bug = match options.bug.as_deref().map(bug_named).transpose() {
        Ok(bug) => bug,
        Err(name) => {
            eprintln!("no bug is called {name:?}; there are {:?}", Bug::ALL);
            return ExitCode::FAILURE;
        }
    };
    if options.planted {
        return find_all(&options);
    }
    if options.worker || options.trace {
        work(&options, bug);
        return ExitCode::SUCCESS;
    }
    let began = Instant::now();
    let found = search(&options, bug, options.failures);
    print_counts(&found.counts);
    let seconds = began.elapsed().as_secs_f64();
    println!(
        "{} seeds, each run twice, in {seconds:.0} s: {} failed",
        found.seeds,
        found.failed.len()
    );
    for report in &found.failed {
        show(report);
    }
    if found.failed.is_empty() && found.seeds == options.count {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn bug_named(name: &str) -> Result<Bug, String> {
    let found = Bug::ALL.iter().find(|bug| format!("{bug:?}").eq_ignore_ascii_case(name));
    found.copied().ok_or_else(|| name.to_owned())
}

fn show(report: &Report) {
    println!("\nseed {}: {}", report.seed, report.failure.as_deref().unwrap_or_default());
    for line in &report.tail {
        println!("    {line}");
    }
    println!("    replay: cargo xtask sim --seed {} --trace", report.seed);
}

fn print_counts(counts: &Counts) {
    for (what, times) in &counts.0 {
        println!("{times:>10}  {what}");
    }
}

/// Runs seeds in this process, each twice.
fn work(options: &Options, bug: Option<Bug>) {
    let runtime = one_thread();
    let template = Template::build(&runtime);
    plant(bug);
    let mut seed = options.seed;
    for _ in 0..options.count {
        let mut report = run_seed(&runtime, &template, seed, options.trace);
        if !options.trace {
            let again = run_seed(&runtime, &template, seed, false);
            if again.sum != report.sum && report.failure.is_none() {
                report.failure = Some("the second run told another story".to_owned());
                report.tail = again.tail;
            }
        }
        if options.worker {
            println!("{}", serde_json::to_string(&report).expect("a report is plain data"));
        } else {
            print_counts(&report.counts);
            println!("seed {seed}: {}", report.failure.as_deref().unwrap_or("all is well"));
            println!("{}", report.sum);
        }
        seed = seed.wrapping_add(options.stride);
    }
}

#[derive(Default)]
struct Found {
    seeds: u64,
    counts: Counts,
    failed: Vec<Report>,
}

/// Runs seeds in several processes until all are done or enough have failed.
fn search(options: &Options, bug: Option<Bug>, enough: usize) -> Found {
    let cores = std::thread::available_parallelism().map_or(1, |cores| cores.get() as u64);
    let jobs = options.jobs.unwrap_or(cores).clamp(1, options.count.max(1));
    let mut workers: Vec<Child> = (0..jobs).map(|job| worker(options, bug, job, jobs)).collect();
    let (sender, reports) = std::sync::mpsc::channel();
    for worker in &mut workers {
        let output = BufReader::new(worker.stdout.take().expect("the worker's output is piped"));
        let sender = sender.clone();
        std::thread::spawn(move || {
            for line in output.lines().map_while(Result::ok) {
                let Ok(report) = serde_json::from_str::<Report>(&line) else { return };
                if sender.send(report).is_err() {
                    return;
                }
            }
        });
    }
    drop(sender);
    let mut found = Found::default();
    for report in reports {
        found.seeds += 1;
        found.counts.take_in(&report.counts);
        if report.failure.is_some() {
            found.failed.push(report);
        }
        if found.failed.len() >= enough {
            break;
        }
    }
    for worker in &mut workers {
        let _ = worker.kill();
        let _ = worker.wait();
    }
    found
}

fn worker(options: &Options, bug: Option<Bug>, job: u64, jobs: u64) -> Child {
    let own = (options.count + jobs - 1 - job) / jobs;
    let mut command = Command::new(std::env::current_exe().expect("this program has a path"));
    command.args(["--worker", "--stride", &jobs.to_string(), "--count", &own.to_string()]);
    command.args(["--seed", &options.seed.wrapping_add(job).to_string()]);
    if let Some(bug) = bug {
        command.args(["--bug", &format!("{bug:?}")]);
    }
    command.stdout(Stdio::piped()).spawn().expect("this program can be started again")
}

/// Plants every bug and looks for it.
fn find_all(options: &Options) -> ExitCode {
    let mut missed = 0;
    println!("| planted bug | seeds until found | found as |\n|---|---|---|");
    for bug in Bug::ALL {
        let found = search(options, Some(*bug), 1);
        match found.failed.first() {
            Some(report) => {
                let words: String =
                    report.failure.as_deref().unwrap_or_default().chars().take(90).collect();
                println!("| {bug:?} | {} | {} |", found.seeds, words.replace('|', "/"));
            }
            None => {
                missed += 1;
                println!("| {bug:?} | NOT FOUND in {} | |", found.seeds);
            }
        }
    }
    if missed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
