//! The peers: set up in the target folder from the registries, each driven by its own program in
//! `tests/peers` through the same work on the same records.

use base64::Engine as _;
use serde_json::{Value, json};
use std::{
    fmt::Write as _,
    io::{BufRead, BufReader, Write as _},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    time::Duration,
};

use crate::{
    meter::{Line, Processes, Traffic},
    network::Network,
    table::Figure,
    work::Record,
};

/// A peer: how it is installed and started.
pub struct Peer {
    /// Its name in the table.
    pub name: &'static str,
    install: fn(&Path) -> Result<Command, String>,
    /// Times the unchanged device asks in one round.
    noops: u32,
    /// Takes minutes for what the others do in seconds: one round of the first sync only.
    pub slow: bool,
}

/// All of them, the fastest first.
pub static PEERS: [Peer; 3] = [
    Peer { name: "Anki", install: anki, noops: 100, slow: false },
    Peer { name: "PouchDB", install: pouchdb, noops: 10, slow: false },
    Peer { name: "samod", install: samod, noops: 1, slow: true },
];

fn scripts() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("peers")
}

fn anki(folder: &Path) -> Result<Command, String> {
    let venv = folder.join("venv");
    let python = venv.join("bin/python");
    if !venv.join("anki-26.9.3").exists() {
        run(Command::new("python3").arg("-m").arg("venv").arg(&venv))?;
        run(Command::new(&python).args(["-m", "pip", "install", "-q", "anki==26.9.3"]))?;
        std::fs::write(venv.join("anki-26.9.3"), "").map_err(|error| error.to_string())?;
    }
    let mut command = Command::new(python);
    command.arg(scripts().join("anki_sync.py"));
    Ok(command)
}

fn pouchdb(folder: &Path) -> Result<Command, String> {
    if !folder.join("node_modules/express-pouchdb").exists() {
        std::fs::create_dir_all(folder).map_err(|error| error.to_string())?;
        std::fs::write(folder.join("package.json"), "{\"private\":true}\n")
            .map_err(|error| error.to_string())?;
        let packages = ["pouchdb@9.0.0", "express-pouchdb@4.2.0", "express@4"];
        let mut npm = Command::new("npm");
        npm.args(["install", "--no-audit", "--no-fund", "--silent"]).args(packages);
        run(npm.current_dir(folder))?;
    }
    let mut command = Command::new("node");
    command.arg(scripts().join("pouchdb.mjs")).current_dir(folder);
    Ok(command)
}

fn samod(folder: &Path) -> Result<Command, String> {
    let manifest = scripts().join("samod/Cargo.toml");
    let mut build = Command::new("cargo");
    build.args(["build", "--release", "--locked", "--quiet", "--manifest-path"]).arg(manifest);
    run(build.arg("--target-dir").arg(folder))?;
    Ok(Command::new(folder.join("release/samod-peer")))
}

fn run(command: &mut Command) -> Result<(), String> {
    eprintln!("{command:?}");
    let done = command.stdout(Stdio::null()).output().map_err(|error| error.to_string())?;
    if done.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&done.stderr);
    Err(format!("{}: {}", done.status, said.lines().last().unwrap_or_default()))
}

/// Writes the work for the peers: a record a line.
pub fn write_work<'a>(file: &Path, records: impl IntoIterator<Item = &'a Record>) {
    let mut text = String::new();
    for record in records {
        let snapshot = base64::engine::general_purpose::STANDARD.encode(&record.snapshot);
        let (id, kind, body) = (record.id, record.kind, &record.json);
        let line = json!({ "id": id, "kind": kind, "json": body, "snapshot": snapshot });
        let _ = writeln!(text, "{line}");
    }
    std::fs::write(file, text).expect("written");
}

/// A running peer.
struct Driver {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    server: Processes,
    line: Line,
    versions: String,
}

impl Driver {
    fn start(mut command: Command, network: Option<&Network>) -> Result<Driver, String> {
        if let Some(network) = network {
            command
                .env("SERVER_NETNS", network.namespace())
                .env("SERVER_HOST", "0.0.0.0")
                .env("SERVER_NEAR", network.beside());
        }
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| error.to_string())?;
        let input = child.stdin.take().ok_or("no input")?;
        let mut output = BufReader::new(child.stdout.take().ok_or("no output")?);
        let told = hear(&mut output)?;
        let number = |name: &str| told[name].as_u64().unwrap_or_default();
        let port = u16::try_from(number("port")).map_err(|error| error.to_string())?;
        let host = network.map_or("127.0.0.1", Network::far);
        let address = format!("{host}:{port}").parse::<SocketAddr>();
        Ok(Driver {
            child,
            input,
            output,
            server: Processes(u32::try_from(number("server_pid")).unwrap_or_default()),
            line: Line::to(address.map_err(|error| error.to_string())?),
            versions: told["versions"].as_str().unwrap_or_default().to_owned(),
        })
    }

    fn tell(&mut self, what: &str) -> Result<(), String> {
        writeln!(self.input, "{what}").map_err(|error| error.to_string())
    }

    fn ask(&mut self, what: &Value) -> Result<Value, String> {
        self.tell(&what.to_string())?;
        hear(&mut self.output)
    }

    /// One measured piece of work, done `times` times inside.
    fn measure(&mut self, what: &Value, times: u32) -> Result<Measured, String> {
        let ready = self.ask(what)?;
        if let Some(why) = ready["not_run"].as_str() {
            return Err(why.to_owned());
        }
        self.line.take();
        self.server.forget_peak();
        let before = self.server.cpu();
        self.tell("go")?;
        let told = hear(&mut self.output)?;
        let cpu = self.server.cpu().saturating_sub(before) / times;
        let traffic = self.line.take();
        if told["near"] != told["far"] {
            return Err(format!("the two ends differ: {} {}", told["near"], told["far"]));
        }
        let each = |count: u64| count / u64::from(times);
        Ok(Measured {
            wall: Duration::from_secs_f64(told["wall_ms"].as_f64().unwrap_or_default() / 1e3),
            cpu,
            traffic: Traffic {
                up: each(traffic.up),
                down: each(traffic.down),
                turns: each(traffic.turns),
            },
            peak: self.server.peak(),
            client_peak: Processes(self.child.id()).own_peak(),
            held: usize::try_from(told["near"]["count"].as_u64().unwrap_or_default()).unwrap_or(0),
        })
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        let pids = Processes(self.child.id()).all();
        for pid in pids.into_iter().rev() {
            let pid = i32::try_from(pid).ok().and_then(rustix::process::Pid::from_raw);
            if let Some(pid) = pid {
                let _ = rustix::process::kill_process(pid, rustix::process::Signal::KILL);
            }
        }
        let _ = self.child.wait();
    }
}

fn hear(output: &mut impl BufRead) -> Result<Value, String> {
    let mut line = String::new();
    output.read_line(&mut line).map_err(|error| error.to_string())?;
    serde_json::from_str(&line).map_err(|_| format!("the driver ended: {line:?}"))
}

struct Measured {
    wall: Duration,
    cpu: Duration,
    traffic: Traffic,
    peak: u64,
    client_peak: u64,
    held: usize,
}

/// What a peer did: its versions and its figures, or why it did not.
pub struct Done {
    /// Its versions.
    pub versions: String,
    /// Its figures.
    pub figures: Vec<Figure>,
    /// Work that was not run, and why.
    pub not_run: Vec<String>,
}

/// Runs one peer through the work; `first` records belong to the first sync.
pub fn drive(
    peer: &Peer,
    folder: &Path,
    work: &Path,
    first: usize,
    network: Option<&Network>,
    rounds: usize,
) -> Result<Done, String> {
    let (rounds, warm_up) = if peer.slow { (1, 0) } else { (rounds, 1) };
    let command = (peer.install)(&folder.join(peer.name.to_lowercase()))?;
    let mut driver = Driver::start(command, network)?;
    let endpoint = format!("http://{}", driver.line.address());
    let mut done =
        Done { versions: driver.versions.clone(), figures: Vec::new(), not_run: Vec::new() };
    let all = rounds + warm_up;
    let ask = json!({ "do": "prepare", "work": work, "first": first, "rounds": all, "endpoint": endpoint });
    driver.ask(&ask)?;
    let mut repeated = |what: &'static str, name: &'static str, times: u32, count: usize| {
        let rounds: Result<Vec<Measured>, String> = (0..count)
            .map(|round| {
                let ask = json!({ "do": what, "round": round, "times": times });
                driver.measure(&ask, times)
            })
            .collect();
        match rounds {
            Ok(rounds) => done.figures.push(figure(name, peer.name, rounds, warm_up)),
            Err(why) => done.not_run.push(format!("{}, {name}: not run: {why}", peer.name)),
        }
        if what == "first" && !peer.slow {
            let _ = driver.ask(&json!({ "do": "more" }));
        }
    };
    let [first, nothing, delta] = match network {
        None => [crate::FIRST, crate::NOTHING, crate::DELTA],
        Some(_) => [crate::FIRST_FAR, crate::NOTHING_FAR, crate::DELTA_FAR],
    };
    repeated("first", first, 1, all);
    if !peer.slow {
        repeated("noop", nothing, if network.is_some() { 1 } else { peer.noops }, all);
        repeated("delta", delta, 1, all);
    }
    Ok(done)
}

fn figure(work: &'static str, who: &str, mut rounds: Vec<Measured>, warm_up: usize) -> Figure {
    rounds.drain(..warm_up.min(rounds.len()));
    let middle = |values: Vec<Duration>| crate::table::middle(values);
    let mut figure = Figure::of(work, who, rounds.iter().map(|round| round.wall).collect());
    figure.cpu = Some(middle(rounds.iter().map(|round| round.cpu).collect()));
    if let Some(last) = rounds.last() {
        figure.traffic = Some(last.traffic);
        figure.server_peak = Some(last.peak);
        figure.client_peak = Some(last.client_peak);
        figure.held = Some(last.held);
    }
    figure
}
