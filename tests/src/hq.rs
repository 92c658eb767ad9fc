//! HQ as a process of its own.

use serde_json::Value;
use std::{
    io::{BufRead, BufReader},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use crate::{binaries, device::log_to, story::DAY};

/// A running HQ; killed when dropped.
pub struct Hq {
    data: PathBuf,
    offset_ms: i64,
    log: Option<PathBuf>,
    namespace: Option<&'static str>,
    child: Option<Child>,
    address: SocketAddr,
    /// What `demo-data` told: people, stores, the door job.
    pub facts: Value,
}

impl Hq {
    /// An HQ with sample data for `visits` visits from the story's day on, its clock set to that
    /// day at 08:30 in Asia/Shanghai.
    pub fn with_sample_data(data: &Path, visits: u32) -> Hq {
        let offset_ms = crate::story::offset_to_story_day();
        let told = Command::new(binaries::path("doorstep-hq"))
            .env("DOORSTEP_CLOCK_OFFSET_MS", offset_ms.to_string())
            .args(["demo-data", "--data"])
            .arg(data)
            .args(["--orders", &visits.to_string(), "--day", DAY, "--data-files"])
            .arg(data_files())
            .output()
            .expect("doorstep-hq runs");
        assert!(
            told.status.success(),
            "demo-data failed: {}",
            String::from_utf8_lossy(&told.stderr)
        );
        let facts = serde_json::from_slice(&told.stdout).expect("demo-data prints JSON");
        Hq::open(data, offset_ms, facts)
    }

    /// An HQ of one's own stores and people, as a staff file names them, with the reference data
    /// published and its clock set as above.
    pub fn with_staff(data: &Path, staff: &str) -> Hq {
        let mut hq = Hq::open(data, crate::story::offset_to_story_day(), Value::Null);
        hq.take_staff(staff);
        hq.admin(&["publish", data_files().to_str().expect("UTF-8")]);
        hq
    }

    /// Takes a staff file in.
    pub fn take_staff(&mut self, staff: &str) {
        let file = self.data.join("staff.toml");
        std::fs::write(&file, staff).expect("written");
        self.admin(&["staff", file.to_str().expect("UTF-8")]);
    }

    /// HQ on a data folder that somebody made before, listening where its devices look for it.
    pub fn existing(data: &Path, listen: SocketAddr) -> Hq {
        let mut hq = Hq::stopped(data, crate::story::offset_to_story_day(), Value::Null);
        hq.start_at(listen);
        hq
    }

    /// The devices that HQ has enrolled.
    pub fn device_ids(&self) -> Vec<String> {
        let conn = rusqlite::Connection::open(self.data.join("ledger.sqlite")).expect("the ledger");
        let mut found = conn.prepare("SELECT id FROM device ORDER BY id").expect("a table");
        let ids = found.query_map([], |row| row.get::<_, [u8; 16]>(0)).expect("devices");
        ids.map(|id| uuid::Uuid::from_bytes(id.expect("an identity")).to_string()).collect()
    }

    fn open(data: &Path, offset_ms: i64, facts: Value) -> Hq {
        let mut hq = Hq::stopped(data, offset_ms, facts);
        hq.start();
        hq
    }

    fn stopped(data: &Path, offset_ms: i64, facts: Value) -> Hq {
        let (data, address) = (data.to_owned(), SocketAddr::from(([127, 0, 0, 1], 0)));
        Hq { data, offset_ms, log: None, namespace: None, child: None, address, facts }
    }

    /// Starts the process, after a kill too; a new free port each time.
    pub fn start(&mut self) {
        self.start_at(SocketAddr::from(([127, 0, 0, 1], 0)));
    }

    /// Starts the process on this address, which devices may know already.
    pub fn start_at(&mut self, listen: SocketAddr) {
        let serve = ["serve", "--listen", &listen.to_string()];
        let mut command = match self.namespace {
            None => self.command(&serve),
            Some(name) => inside(name, &self.command(&serve)),
        };
        if let Some(log) = &self.log {
            log_to(&mut command, log);
        }
        command.arg("--json").stdout(Stdio::piped());
        let mut child = command.spawn().expect("doorstep-hq starts");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("piped"))
            .read_line(&mut line)
            .expect("HQ tells where it listens");
        let told: Value = serde_json::from_str(&line)
            .unwrap_or_else(|_| panic!("HQ did not tell where it listens: {line:?}"));
        let text = told["listening"].as_str().or(told["address"].as_str()).expect("an address");
        self.address = text.parse().expect("an address");
        self.child = Some(child);
    }

    /// Starts it anew inside a network namespace, or outside of any.
    pub fn restart_inside(&mut self, namespace: Option<&'static str>, listen: SocketAddr) {
        self.kill();
        self.namespace = namespace;
        self.start_at(listen);
    }

    /// Starts it anew, all it logs at debug level appended to a file.
    pub fn restart_logging(&mut self, log: &Path) {
        self.kill();
        self.log = Some(log.to_owned());
        self.start();
    }

    /// Starts it anew with its clock moved on by so many ms.
    pub fn restart_later(&mut self, by_ms: i64) {
        self.kill();
        self.offset_ms += by_ms;
        self.start();
    }

    /// SIGKILL: no farewell, no flush.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }

    /// The process, while it runs.
    pub fn pid(&self) -> Option<u32> {
        self.child.as_ref().map(Child::id)
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its data folder.
    pub fn data(&self) -> &Path {
        &self.data
    }

    /// Runs an admin command on its data folder and returns what it printed.
    pub fn admin(&self, words: &[&str]) -> String {
        let done = self.command(words).output().expect("doorstep-hq runs");
        assert!(
            done.status.success(),
            "{words:?} failed: {}{}",
            String::from_utf8_lossy(&done.stdout),
            String::from_utf8_lossy(&done.stderr)
        );
        String::from_utf8(done.stdout).expect("UTF-8")
    }

    /// Runs an admin command that must fail and returns what it printed.
    pub fn refused_admin(&self, words: &[&str]) -> String {
        let done = self.command(words).output().expect("doorstep-hq runs");
        assert!(!done.status.success(), "{words:?} did not fail");
        String::from_utf8(done.stdout).expect("UTF-8")
    }

    /// What its ledger comes to, as `digest` tells it.
    pub fn digest(&self) -> Value {
        serde_json::from_str(&self.admin(&["digest"])).expect("JSON")
    }

    /// A ticket for one device of this person, reached through `address`.
    pub fn ticket(&self, person: &str, address: SocketAddr) -> String {
        let address = address.to_string();
        let told = self.admin(&["enrol", "--person", person, "--address", &address, "--text"]);
        told.lines()
            .find(|line| line.starts_with("doorstep://"))
            .unwrap_or_else(|| panic!("no ticket in {told:?}"))
            .trim()
            .to_owned()
    }

    /// The first person of a role: name and identity.
    pub fn person(&self, role: &str) -> (String, String) {
        let people = self.facts["people"].as_array().expect("people");
        let found = people.iter().find(|p| p["role"] == role).expect("somebody has this role");
        let text = |field: &str| found[field].as_str().expect("text").to_owned();
        (text("name"), text("id"))
    }

    /// The first person of a role who works at `org`.
    pub fn person_at(&self, role: &str, org: &Value) -> String {
        let people = self.facts["people"].as_array().expect("people");
        let found = people
            .iter()
            .find(|p| p["role"] == role && p["org"] == *org)
            .expect("somebody of this role works there");
        found["id"].as_str().expect("text").to_owned()
    }

    /// A subcommand with the data folder filled in.
    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(binaries::path("doorstep-hq"));
        command
            .env("DOORSTEP_CLOCK_OFFSET_MS", self.offset_ms.to_string())
            .args(words)
            .arg("--data")
            .arg(&self.data);
        command
    }
}

impl Drop for Hq {
    fn drop(&mut self) {
        self.kill();
    }
}

/// The same program inside a network namespace.
fn inside(namespace: &str, command: &Command) -> Command {
    let mut within = Command::new("ip");
    within.args(["netns", "exec", namespace]).arg(command.get_program()).args(command.get_args());
    within.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
    within
}

/// The folder `data` of this repository.
pub fn data_files() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../data")
}
