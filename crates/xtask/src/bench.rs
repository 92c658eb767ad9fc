//! `cargo xtask bench`: measures, and keeps the figures in the documents up to date.

use std::fmt::Write as _;

use crate::failure::{Failure, Result};
use crate::process;
use crate::screens;
use crate::steps::{self, Step};
use crate::system_packages::{self, BUILD, PHOTO_PEER, SYNC_PEERS, SystemPackage, TEST, WINDOW};
use crate::workspace::Workspace;

/// Sets up the systems that sync is measured beside; their programs read it as well.
const PEERS: &str = "--peers";
const BENCHMARKS: &str = "docs/benchmarks.md";
const CRASH: &str = "docs/reliability/crash.md";
const HOSTILE: &str = "docs/reliability/hostile.md";

/// One measurement: a program that prints its figures as Markdown.
struct Bench {
    name: &'static str,
    runs: Runs,
    /// The document that keeps its figures.
    report: &'static str,
    /// Packages of the system beside those for building.
    needs: &'static [&'static [SystemPackage]],
    /// Packages of the systems that `--peers` sets up and measures beside it.
    peers: &'static [SystemPackage],
    profile: Profile,
}

/// How the programs are built: figures of time want a release, counts do not.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Profile {
    Release,
    Dev,
}

impl Profile {
    /// The folder of the programs, below the target folder.
    fn folder(self) -> &'static str {
        match self {
            Profile::Release => "release",
            Profile::Dev => "debug",
        }
    }
}

/// What is run.
enum Runs {
    /// An example of a package.
    Example { package: &'static str, name: &'static str },
    /// A script for Node; it drives the window.
    Script(&'static str),
}

static BENCHES: [Bench; 9] = [
    Bench::of("labels", "doorstep-media", "label_bench"),
    Bench { needs: &[PHOTO_PEER], ..Bench::of("photos", "doorstep-media", "photo_bench") },
    Bench::of("search", "doorstep-store", "search_bench"),
    Bench::of("door", "doorstep-tests", "door_bench"),
    Bench { peers: SYNC_PEERS, ..Bench::of("sync", "doorstep-tests", "sync_bench") },
    Bench { needs: &[TEST], ..Bench::of("screens", "doorstep-tests", "screen_bench") },
    Bench {
        name: "window",
        runs: Runs::Script("tests/window/bench.mjs"),
        report: BENCHMARKS,
        needs: &[TEST],
        peers: &[],
        profile: Profile::Release,
    },
    Bench::counting("crash", CRASH),
    Bench::counting("poison", HOSTILE),
];

impl Bench {
    /// An example without a peer.
    const fn of(name: &'static str, package: &'static str, example: &'static str) -> Bench {
        let runs = Runs::Example { package, name: example };
        Bench { name, runs, report: BENCHMARKS, needs: &[], peers: &[], profile: Profile::Release }
    }

    /// An example of the tests that counts and does not time.
    const fn counting(name: &'static str, report: &'static str) -> Bench {
        Bench { report, profile: Profile::Dev, ..Bench::of(name, "doorstep-tests", name) }
    }

    /// What is run, for a person.
    fn program(&self) -> String {
        match self.runs {
            Runs::Example { package, name } => format!("example {name} of {package}"),
            Runs::Script(path) => path.to_owned(),
        }
    }
}

/// Runs the benches named in `arguments`, or all that exist. `--write` keeps their figures; every
/// other option is handed to the programs.
pub(crate) fn run(workspace: &Workspace, arguments: &[&str]) -> Result<()> {
    let (options, names): (Vec<&str>, Vec<&str>) =
        arguments.iter().partition(|word| word.starts_with("--"));
    let write = options.contains(&"--write");
    let options: Vec<&str> = options.into_iter().filter(|option| *option != "--write").collect();
    let benches = chosen(workspace, &names)?;
    if write {
        // Found out before minutes of measuring, not after.
        for bench in &benches {
            replaced(&report(workspace, bench)?, bench, "")?;
        }
    }
    let machine = machine(workspace)?;
    println!("{machine}\n");
    let beside = options.contains(&PEERS);
    let peers = benches.iter().filter(|_| beside).map(|bench| bench.peers);
    let needs: Vec<_> =
        benches.iter().flat_map(|bench| bench.needs).copied().chain(peers).collect();
    let mut steps = vec![
        Step::new("system packages", || {
            system_packages::install(&[&[BUILD, WINDOW][..], &needs].concat())
        }),
        // The window carries them.
        Step::new("screens", || screens::build(workspace)),
        Step::new("build (a release takes minutes)", || {
            let of = |profile| benches.iter().any(|bench| bench.profile == profile);
            let profiles = [Profile::Release, Profile::Dev].into_iter();
            profiles.filter(|profile| of(*profile)).try_for_each(|one| build(workspace, one))
        }),
    ];
    steps.extend(benches.iter().map(|bench| {
        let (machine, options) = (&machine, &options);
        Step::new(bench.name, move || {
            let figures = measure(workspace, bench, options)?;
            println!("\n{figures}");
            if write { keep(workspace, bench, &format!("{machine}\n\n{figures}")) } else { Ok(()) }
        })
    }));
    steps::run(steps)
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

/// All programs at once: built package by package, cargo would choose other features each time and
/// compile the dependencies again.
fn build(workspace: &Workspace, profile: Profile) -> Result<()> {
    let all = ["build", "--locked", "--workspace", "--bins", "--examples", "--exclude", "xtask"];
    let release = (profile == Profile::Release).then_some("--release");
    process::run(workspace.cargo(&all).args(release))
}

fn measure(workspace: &Workspace, bench: &Bench, options: &[&str]) -> Result<String> {
    let programs = workspace.target_directory()?.join(bench.profile.folder());
    let figures = match bench.runs {
        Runs::Example { name, .. } => {
            let program = programs.join("examples").join(name);
            process::output(workspace.program(program).args(options))?
        }
        Runs::Script(path) => {
            let mut node = workspace.program("node");
            process::output(node.arg(path).args(options).env("DOORSTEP_BIN", programs))?
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

fn keep(workspace: &Workspace, bench: &Bench, figures: &str) -> Result<()> {
    let path = workspace.path(bench.report);
    std::fs::write(&path, replaced(&report(workspace, bench)?, bench, figures)?)
        .map_err(Failure::file(&path))?;
    println!("{}: block {} replaced", bench.report, bench.name);
    Ok(())
}

fn report(workspace: &Workspace, bench: &Bench) -> Result<String> {
    let path = workspace.path(bench.report);
    std::fs::read_to_string(&path).map_err(Failure::file(&path))
}

/// The report with new figures between the two markers of `bench`.
fn replaced(text: &str, bench: &Bench, figures: &str) -> Result<String> {
    let Bench { name, report, .. } = bench;
    let (begin, end) = (format!("<!-- bench:{name} -->"), format!("<!-- /bench:{name} -->"));
    let parts = text
        .split_once(&begin)
        .and_then(|(before, rest)| rest.split_once(&end).map(|(_old, after)| (before, after)));
    let (before, after) = parts.ok_or_else(|| {
        Failure::Found(format!("{report} lacks the lines {begin} and {end} around this block"))
    })?;
    Ok(format!("{before}{begin}\n{figures}\n{end}{after}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_named_block_is_replaced() {
        let report = "# B\n<!-- bench:a -->\nold\n<!-- /bench:a -->\nprose\n<!-- bench:b -->\nkept\n<!-- /bench:b -->\n";
        let bench = Bench::of("a", "package", "example");
        let once = replaced(report, &bench, "new | figures").unwrap();
        assert!(once.contains("<!-- bench:a -->\nnew | figures\n<!-- /bench:a -->\nprose"));
        assert!(once.contains("kept") && !once.contains("old"));
        assert_eq!(replaced(&once, &bench, "new | figures").unwrap(), once, "stable when repeated");
    }

    #[test]
    fn a_report_without_markers_is_refused() {
        let bench = Bench::of("a", "package", "example");
        assert!(replaced("# B\n<!-- bench:a -->\n", &bench, "x").is_err());
    }

    #[test]
    fn the_machine_is_described() {
        assert!(field("/proc/meminfo", "MemTotal").is_some_and(|value| value.ends_with("kB")));
    }
}
