//! A device as a process of its own: the real core behind the test host's loopback port.

use doorstep_store::{
    device::SCHEMA,
    open::open_encrypted,
    vault::{RawKey, Vault},
};
use rusqlite::Connection;
use serde_json::{Value, json};
use std::{
    fs::OpenOptions,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use crate::{binaries, story::START};

/// The PIN of every device in the tests.
pub const PIN: &str = "482615";

/// A running device; killed when dropped.
pub struct Device {
    profile: PathBuf,
    offset_ms: i64,
    log: Option<PathBuf>,
    child: Option<Child>,
    base: String,
    client: reqwest::Client,
}

impl Device {
    /// Starts a device on a profile folder, its wall clock wrong by `offset_ms`.
    pub fn start(profile: &Path, offset_ms: i64) -> Device {
        Device::start_logging(profile, offset_ms, None)
    }

    /// The same, all it logs at debug level appended to a file.
    pub fn start_logging(profile: &Path, offset_ms: i64, log: Option<&Path>) -> Device {
        // Loopback without TLS, but the client wants a provider before it is built.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder()
            .no_proxy()
            .pool_max_idle_per_host(0)
            .timeout(Duration::from_secs(120))
            .build()
            .expect("an HTTP client");
        let mut device = Device {
            profile: profile.to_owned(),
            offset_ms,
            log: log.map(Path::to_owned),
            child: None,
            base: String::new(),
            client,
        };
        device.restart();
        device
    }

    /// SIGKILL, then a new process on the same profile; it comes up locked.
    pub fn restart(&mut self) {
        self.kill();
        let (child, line) = spawn(&self.profile, self.offset_ms, self.log.as_deref());
        let told: Value = serde_json::from_str(&line)
            .unwrap_or_else(|_| panic!("the host did not tell where it listens: {line:?}"));
        let address = told["listening"].as_str().unwrap_or_else(|| panic!("refused: {told}"));
        self.base = format!("http://{address}/rpc");
        self.child = Some(child);
    }

    /// From now on the network is paid by volume, or is not.
    pub fn set_metered(&self, metered: bool) {
        let mark = metered_mark(&self.profile);
        if metered {
            std::fs::write(mark, "").expect("written");
        } else {
            std::fs::remove_file(mark).expect("it was metered");
        }
    }

    /// SIGKILL, then a new process whose wall clock is moved by so many ms.
    pub fn restart_with_clock_moved(&mut self, by_ms: i64) {
        self.offset_ms += by_ms;
        self.restart();
    }

    /// The most memory the process has held, in KiB, as the kernel counts it.
    pub fn peak_memory_kib(&self) -> u64 {
        let status = format!("/proc/{}/status", self.pid().expect("it runs"));
        let status = std::fs::read_to_string(status).expect("the kernel tells");
        let line = status.lines().find(|line| line.starts_with("VmHWM:")).expect("a peak");
        let digits: String = line.chars().filter(char::is_ascii_digit).collect();
        digits.parse().expect("a number")
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

    /// Where its host listens, for a browser's screens.
    pub fn address(&self) -> &str {
        self.base.trim_end_matches("/rpc")
    }

    /// Its profile folder.
    pub fn profile(&self) -> &Path {
        &self.profile
    }

    /// The key of its database and files.
    pub fn key(&self) -> RawKey {
        Vault::in_folder(&self.profile).unlock(PIN, None, START).expect("the right PIN")
    }

    /// Its database, on a connection beside any of its own.
    pub fn database(&self) -> Connection {
        let path = self.profile.join("doorstep.db");
        open_encrypted(&path, &self.key(), &SCHEMA, START).expect("it opens").connection
    }

    /// Its rescue file, with everything that was unsent at the call.
    pub async fn rescue_file(&self) -> PathBuf {
        // It follows the outbox within half a second.
        tokio::time::sleep(Duration::from_millis(1_500)).await;
        self.profile.join("rescue.sealed")
    }

    /// Runs a command; the error is the `ApiError` as JSON, or null when the process is gone.
    pub async fn try_call(&self, command: &str, input: Value) -> Result<Value, Value> {
        let sent = self
            .client
            .post(format!("{}/{command}", self.base))
            .header("content-type", "application/json")
            .body(input.to_string())
            .send()
            .await;
        let Ok(answer) = sent else { return Err(Value::Null) };
        let succeeded = answer.status().is_success();
        let Ok(text) = answer.text().await else { return Err(Value::Null) };
        let value = serde_json::from_str(&text).unwrap_or(Value::Null);
        if succeeded { Ok(value) } else { Err(value) }
    }

    /// Runs a command that must succeed.
    pub async fn call(&self, command: &str, input: Value) -> Value {
        match self.try_call(command, input).await {
            Ok(output) => output,
            Err(error) => panic!("{command} failed: {error}"),
        }
    }

    /// Enrols under a ticket and waits until the first data has arrived.
    pub async fn enrol(&self, ticket: &str, name: &str) {
        let input = json!({ "ticket": ticket, "pin": PIN, "device_name": name });
        let status = self.call("enrol", input).await;
        assert_eq!(status["stage"], "ready", "an enrolled device is ready: {status}");
        self.sync().await;
    }

    /// Unlocks after a restart.
    pub async fn unlock(&self) {
        self.call("unlock", json!({ "pin": PIN })).await;
    }

    /// Syncs now; the line's state is in the answer.
    pub async fn sync(&self) -> Value {
        self.call("sync_now", json!({})).await
    }

    /// Syncs until nothing waits; panics with the last state after `limit`.
    pub async fn sync_until_settled(&self, limit: Duration) -> Value {
        let started = Instant::now();
        loop {
            let state = self.sync().await;
            let settled =
                state["waiting"] == 0 && state["media_waiting"] == 0 && state["line"] == "online";
            if settled {
                return state;
            }
            assert!(started.elapsed() < limit, "not settled in {limit:?}: {state}");
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }
}

impl Drop for Device {
    fn drop(&mut self) {
        self.kill();
    }
}

/// The file beside a profile folder that says, while it exists, that the network is paid by volume.
fn metered_mark(profile: &Path) -> PathBuf {
    profile.with_extension("metered")
}

/// Starts a host and returns it with the first line it printed.
pub fn spawn(profile: &Path, offset_ms: i64, log: Option<&Path>) -> (Child, String) {
    let mut command = Command::new(binaries::path("doorstep-host"));
    command.arg("--profile").arg(profile).args(["--clock-offset-ms", &offset_ms.to_string()]);
    command.arg("--metered-while").arg(metered_mark(profile));
    if let Some(file) = std::env::var_os("DOORSTEP_RECORD_CALLS") {
        command.arg("--record-calls").arg(file);
    }
    if let Some(log) = log {
        log_to(&mut command, log);
    }
    let mut child = command.stdout(Stdio::piped()).spawn().expect("doorstep-host starts");
    let mut line = String::new();
    BufReader::new(child.stdout.take().expect("piped"))
        .read_line(&mut line)
        .expect("the host says something");
    (child, line)
}

/// Appends everything a program logs, down to debug level, to a file.
pub(crate) fn log_to(command: &mut Command, log: &Path) {
    let file = OpenOptions::new().create(true).append(true).open(log).expect("a log file");
    command.env("RUST_LOG", "debug").stderr(file);
}
