//! `cargo xtask bench`: measures, and keeps the figures in `docs/benchmarks.md` up to date.

use std::fmt::Write as _;

use crate::failure::{Failure, Result};
use crate::process;
use crate::screens;
use crate::steps::{self, Step};
use crate::system_packages::{self, BUILD, PHOTO_PEER, SYNC_PEERS, SystemPackage, TEST, WINDOW};
use crate::workspace::Workspace;

const REPORT: &str = "docs/benchmarks.md";
/// Keeps the figures in the report.
const WRITE: &str = "--write";
/// Sets up and measures the peers of benches that have any.
const PEERS: &str = "--peers";

/// One measurement: a program that prints its figures as Markdown.
struct Bench {
    name: &'static str,
    runs: Runs,
    /// Packages whose programs and examples it starts.
    starts: &'static [&'static str],
    /// The screens are built first.
    screens: bool,
    /// Packages of the system beside those for building.
    needs: &'static [&'static [SystemPackage]],
    /// Packages that its peers need, where it has peers that `--peers` sets up.
    peers: Option<&'static [SystemPackage]>,
}

/// What is run.
enum Runs {
    /// An example of a package.
    Example { package: &'static str, name: &'static str },
    /// A script for Node; it drives the window.
    Script(&'static str),
}

static BENCHES: [Bench; 7] = [
    Bench::of("labels", "doorstep-media", "label_bench"),
    Bench { needs: &[PHOTO_PEER], ..Bench::of("photos", "doorstep-media", "photo_bench") },
    Bench::of("search", "doorstep-store", "search_bench"),
    Bench {
        starts: &["doorstep-hq", "doorstep-host"],
        ..Bench::of("door", "doorstep-tests", "door_bench")
    },
    Bench {
        starts: &["doorstep-hq", "doorstep-host"],
        peers: Some(SYNC_PEERS),
        ..Bench::of("sync", "doorstep-tests", "sync_bench")
    },
    Bench {
        starts: &["doorstep-hq", "doorstep-host"],
        screens: true,
        needs: &[TEST],
        ..Bench::of("screens", "doorstep-tests", "screen_bench")
    },
    Bench {
        name: "window",
        runs: Runs::Script("tests/window/bench.mjs"),
        starts: &["doorstep-hq", "doorstep-host", "doorstep"],
        // The window carries them.
        screens: true,
        needs: &[WINDOW, TEST],
        peers: None,
    },
];

impl Bench {
    /// An example that starts no other program and has no peer.
    const fn of(name: &'static str, package: &'static str, example: &'static str) -> Bench {
        let runs = Runs::Example { package, name: example };
        Bench { name, runs, starts: &[], screens: false, needs: &[], peers: None }
    }

    /// What is run, for a person.
    fn program(&self) -> String {
        match self.runs {
            Runs::Example { package, name } => format!("example {name} of {package}"),
            Runs::Script(path) => path.to_owned(),
        }
    }
}

/// Runs the benches named in `arguments`, or all that exist; `--write` keeps their figures, `--peers`
/// sets up the systems that sync is measured beside.
pub(crate) fn run(workspace: &Workspace, arguments: &[&str]) -> Result<()> {
    let (write, peers) = (arguments.contains(&WRITE), arguments.contains(&PEERS));
    let names: Vec<&str> =
        arguments.iter().copied().filter(|name| ![WRITE, PEERS].contains(name)).collect();
    let benches = chosen(workspace, &names)?;
    if write {
        // Found out before minutes of measuring, not after.
        let report = report(workspace)?;
        benches.iter().try_for_each(|bench| replaced(&report, bench.name, "").map(drop))?;
    }
    let machine = machine(workspace)?;
    println!("{machine}\n");
    let steps = benches.into_iter().map(|bench| {
        let machine = &machine;
        Step::new(bench.name, move || {
            let beside = bench.peers.filter(|_| peers);
            let groups = [&[BUILD][..], bench.needs, beside.as_slice()].concat();
            system_packages::install(&groups)?;
            let figures = measure(workspace, bench, beside.is_some())?;
            println!("\n{figures}");
            if write {
                keep(workspace, bench.name, &format!("{machine}\n\n{figures}"))
            } else {
                Ok(())
            }
        })
    });
    steps::run(steps.collect())
}

/// The named benches, each of which must exist; without names, those that exist.
fn chosen(workspace: &Workspace, names: &[&str]) -> Result<Vec<&'static Bench>> {
    let packages = workspace.packages()?;
    let exists = |bench: &Bench| match bench.runs {
        Runs::Example { package, name } => packages
            .iter()
            .any(|one| one.name == package && one.examples.iter().any(|example| example == name)),
        Runs::Script(path) => workspace.path(path).exists(),
    };
    let known = || BENCHES.iter().map(|bench| bench.name).collect::<Vec<_>>().join(", ");
    if names.is_empty() {
        let (there, missing): (Vec<_>, Vec<_>) = BENCHES.iter().partition(|bench| exists(bench));
        for bench in missing {
            println!("{}: passed over, there is no {}", bench.name, bench.program());
        }
        return Ok(there);
    }
    names
        .iter()
        .map(|name| {
            let bench = BENCHES.iter().find(|bench| bench.name == *name).ok_or_else(|| {
                Failure::Found(format!("no bench is called {name:?}; there are {}", known()))
            })?;
            if exists(bench) {
                return Ok(bench);
            }
            Err(Failure::Found(format!("{name}: there is no {}", bench.program())))
        })
        .collect()
}

fn measure(workspace: &Workspace, bench: &Bench, peers: bool) -> Result<String> {
    if bench.screens {
        screens::build(workspace)?;
    }
    for package in bench.starts {
        let build = ["build", "--release", "--locked", "-p", package, "--bins", "--examples"];
        process::run(&mut workspace.cargo(&build))?;
    }
    let figures = match bench.runs {
        Runs::Example { package, name } => {
            let run = ["run", "--release", "--locked", "-p", package, "--example", name];
            let beside: &[&str] = if peers { &["--", PEERS] } else { &[] };
            process::output(workspace.cargo(&run).args(beside))?
        }
        Runs::Script(path) => {
            let programs = workspace.target_directory()?.join("release");
            process::output(workspace.program("node").arg(path).env("DOORSTEP_BIN", programs))?
        }
    };
    if figures.trim().is_empty() {
        return Err(Failure::Found(format!("{} printed no figures", bench.program())));
    }
    Ok(figures.trim().to_owned())
}

/// The machine in one line, so that figures are never read without it.
fn machine(workspace: &Workspace) -> Result<String> {
    let cores = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
    let cpu =
        field("/proc/cpuinfo", "model name").unwrap_or_else(|| "unknown processor".to_owned());
    let kib = field("/proc/meminfo", "MemTotal").unwrap_or_default();
    let kib: u64 = kib.trim_end_matches("kB").trim().parse().unwrap_or_default();
    let system = field("/etc/os-release", "PRETTY_NAME").unwrap_or_default();
    let kernel = std::fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let rust = process::output(workspace.program("rustc").arg("--version"))?;
    let mut line = format!("*Measured on {cores} cores ({cpu}), {} GiB, ", kib.div_ceil(1 << 20));
    let system = system.trim_matches('"');
    let _always_ok = write!(line, "{system}, Linux {}, {}*", kernel.trim(), rust.trim());
    Ok(line)
}

/// The value of the first line `key : value` or `key=value` of a system file.
fn field(path: &str, key: &str) -> Option<String> {
    let text = std::fs::read_to_string(path).ok()?;
    text.lines().find_map(|line| {
        let (name, value) = line.split_once([':', '='])?;
        (name.trim() == key).then(|| value.trim().to_owned())
    })
}

fn keep(workspace: &Workspace, name: &str, figures: &str) -> Result<()> {
    let path = workspace.path(REPORT);
    std::fs::write(&path, replaced(&report(workspace)?, name, figures)?)
        .map_err(Failure::file(&path))?;
    println!("{REPORT}: block {name} replaced");
    Ok(())
}

fn report(workspace: &Workspace) -> Result<String> {
    let path = workspace.path(REPORT);
    std::fs::read_to_string(&path).map_err(Failure::file(&path))
}

/// The report with new figures between the two markers of `name`.
fn replaced(report: &str, name: &str, figures: &str) -> Result<String> {
    let (begin, end) = (format!("<!-- bench:{name} -->"), format!("<!-- /bench:{name} -->"));
    let parts = report
        .split_once(&begin)
        .and_then(|(before, rest)| rest.split_once(&end).map(|(_old, after)| (before, after)));
    let (before, after) = parts.ok_or_else(|| {
        Failure::Found(format!("{REPORT} lacks the lines {begin} and {end} around this block"))
    })?;
    Ok(format!("{before}{begin}\n{figures}\n{end}{after}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_named_block_is_replaced() {
        let report = "# B\n<!-- bench:a -->\nold\n<!-- /bench:a -->\nprose\n<!-- bench:b -->\nkept\n<!-- /bench:b -->\n";
        let once = replaced(report, "a", "new | figures").unwrap();
        assert!(once.contains("<!-- bench:a -->\nnew | figures\n<!-- /bench:a -->\nprose"));
        assert!(once.contains("kept") && !once.contains("old"));
        assert_eq!(replaced(&once, "a", "new | figures").unwrap(), once, "stable when repeated");
    }

    #[test]
    fn a_report_without_markers_is_refused() {
        assert!(replaced("# B\n<!-- bench:a -->\n", "a", "x").is_err());
    }

    #[test]
    fn the_machine_is_described() {
        assert!(field("/proc/meminfo", "MemTotal").is_some_and(|value| value.ends_with("kB")));
    }
}
