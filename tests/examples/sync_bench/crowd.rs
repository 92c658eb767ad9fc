//! Many devices that come back at once: processes of fifty connections each, every device with the
//! day's changes to twenty documents.

use doorstep_domain::{
    facts::{DocKind, FieldEdit},
    time::UtcMs,
};
use doorstep_store::{ledger::documents, open::open_reader};
use doorstep_sync::{
    Document, client,
    wire::{self, BatchAnswer, BatchOutcome, Push},
};
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;
use std::{
    io::{BufRead, BufReader, Write},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, Stdio},
    time::{Duration, Instant},
};
use uuid::Uuid;

use crate::{meter::Processes, tablet::Tablet};

/// Role of a child.
pub const ROLE: &str = "crowd";
/// Connections of one process.
pub const CONNECTIONS: u32 = 50;
/// Changed documents of one device.
pub const CHANGED: usize = 20;

/// What one process of the crowd does.
#[derive(Debug, Serialize, Deserialize)]
struct Part {
    hq: SocketAddr,
    ledger: PathBuf,
    offset_ms: i64,
    /// Numbers of its devices.
    devices: Vec<u32>,
    /// The documents each of them changes.
    documents: Vec<Vec<Uuid>>,
}

/// What became of one process's devices.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Told {
    /// From the start of the requests to each answer, µs.
    answered_us: Vec<u64>,
    /// Documents acknowledged.
    received: usize,
    /// What went wrong.
    failures: Vec<String>,
}

/// What became of all.
#[derive(Debug)]
pub struct Crowded {
    /// From the first connection to the last answer.
    pub wall: Duration,
    /// HQ's processor time for it.
    pub cpu: Duration,
    /// HQ's peak memory.
    pub peak: u64,
    /// Each device's wait for its answer, shortest first.
    pub answered: Vec<Duration>,
    /// Documents acknowledged.
    pub received: usize,
    /// What went wrong.
    pub failures: Vec<String>,
}

/// Lets these devices come back at once.
pub fn gather(
    hq: SocketAddr,
    server: Processes,
    ledger: &Path,
    offset_ms: i64,
    devices: &[u32],
    documents: &[Uuid],
) -> Crowded {
    let mut children: Vec<(Child, BufReader<ChildStdout>)> = devices
        .chunks(CONNECTIONS as usize)
        .enumerate()
        .map(|(at, some)| {
            let first = at * CONNECTIONS as usize;
            let part = Part {
                hq,
                ledger: ledger.to_owned(),
                offset_ms,
                devices: some.to_vec(),
                documents: (first..first + some.len())
                    .map(|at| changed_by(at, documents))
                    .collect(),
            };
            start(&part)
        })
        .collect();
    let heard = |children: &mut Vec<(Child, BufReader<ChildStdout>)>| -> Vec<String> {
        let lines = children.iter_mut().map(|(_, output)| {
            let mut line = String::new();
            output.read_line(&mut line).expect("a child speaks");
            line
        });
        lines.collect()
    };
    let go = |children: &mut Vec<(Child, BufReader<ChildStdout>)>| {
        for (child, _) in children {
            writeln!(child.stdin.as_mut().expect("piped"), "go").expect("a child listens");
        }
    };
    heard(&mut children);
    server.forget_peak();
    let (before, started) = (server.cpu(), Instant::now());
    go(&mut children);
    heard(&mut children);
    go(&mut children);
    let told: Vec<Told> = heard(&mut children)
        .iter()
        .map(|line| serde_json::from_str(line).expect("a child tells"))
        .collect();
    let (wall, cpu) = (started.elapsed(), server.cpu() - before);
    for (child, _) in &mut children {
        let _ = child.wait();
    }
    // What was given up on is still being worked on.
    server.until_idle();
    let mut answered: Vec<Duration> = told
        .iter()
        .flat_map(|part| part.answered_us.iter().map(|us| Duration::from_micros(*us)))
        .collect();
    answered.sort_unstable();
    Crowded {
        wall,
        cpu,
        peak: server.peak(),
        answered,
        received: told.iter().map(|part| part.received).sum(),
        failures: told.into_iter().flat_map(|part| part.failures).collect(),
    }
}

/// The documents that the device at this place changes. Another one may change the same.
pub fn changed_by(at: usize, documents: &[Uuid]) -> Vec<Uuid> {
    (0..CHANGED).map(|one| documents[(at * CHANGED + one) % documents.len()]).collect()
}

fn start(part: &Part) -> (Child, BufReader<ChildStdout>) {
    let mut child = Command::new(std::env::current_exe().expect("this program"))
        .arg(ROLE)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("this program runs again");
    let text = serde_json::to_string(part).expect("JSON");
    writeln!(child.stdin.as_mut().expect("piped"), "{text}").expect("a child listens");
    let output = BufReader::new(child.stdout.take().expect("piped"));
    (child, output)
}

/// The child: brings its devices up to date and prepares, says so; connects, says so; pushes, and tells what became of it.
pub async fn child() {
    let part: Part = serde_json::from_str(&hear()).expect("a part");
    let prepared = prepare(&part).await;
    say("ready");
    hear();
    let opened: Vec<_> = prepared
        .into_iter()
        .map(|(tablet, batch)| {
            tokio::spawn(async move {
                let connected = tablet.connect().await.map_err(|error| error.to_string());
                (tablet, batch, connected)
            })
        })
        .collect();
    let mut told = Told::default();
    let mut open = Vec::new();
    for task in opened {
        let (tablet, batch, connected) = task.await.expect("no panic");
        told.failures.extend(connected.err());
        open.push((tablet, batch));
    }
    say("connected");
    hear();
    let asked: Vec<_> = open
        .into_iter()
        .map(|(mut tablet, batch)| {
            tokio::spawn(async move {
                let started = Instant::now();
                let answer = tablet.exchange(Some(&batch)).await;
                (started.elapsed(), answer)
            })
        })
        .collect();
    for task in asked {
        let (took, answer) = task.await.expect("no panic");
        told.answered_us.push(u64::try_from(took.as_micros()).unwrap_or(u64::MAX));
        match answer.map(|answer| answer.response.outcome) {
            Ok(BatchOutcome::Answered(bytes)) => {
                let answer: BatchAnswer = wire::decode(&bytes).expect("an answer");
                told.received += answer.received.len();
                told.failures.extend(answer.refused.into_iter().map(|one| one.detail));
            }
            Ok(other) => told.failures.push(format!("{other:?}")),
            Err(error) => told.failures.push(error),
        }
    }
    say(&serde_json::to_string(&told).expect("JSON"));
}

async fn prepare(part: &Part) -> Vec<(Tablet, client::Sealed)> {
    let conn = open_reader(&part.ledger, None).expect("the ledger");
    let mut prepared = Vec::with_capacity(part.devices.len());
    for (number, changed) in part.devices.iter().zip(&part.documents) {
        let mut tablet = Tablet::number(*number, part.hq, part.offset_ms);
        tablet.pull().await;
        tablet.hang_up();
        let pushes = changed.iter().map(|id| push(&conn, &tablet, *id)).collect();
        let batch = tablet.seal(pushes);
        prepared.push((tablet, batch));
    }
    prepared
}

fn push(conn: &rusqlite::Connection, tablet: &Tablet, id: Uuid) -> Push {
    let held = documents::get(conn, id).expect("readable").expect("there");
    let (change, kind) = changed(&held.snapshot, held.kind, id, tablet.id);
    Push { doc: id, kind, changes: vec![ByteBuf::from(change)] }
}

/// One note on a document, by the actor of this device.
pub fn changed(snapshot: &[u8], kind: DocKind, id: Uuid, device: Uuid) -> (Vec<u8>, DocKind) {
    let mut document = Document::open(kind, id, snapshot, []).expect("ours");
    document.write_as(*device.as_bytes());
    let key = format!("tablet.{}", device.simple());
    let edits = [FieldEdit::new("notes", key, "停电期间补记：客户要求改到周末，旧机已断电")];
    (document.edit(&edits, "bench", UtcMs(0)).expect("an edit").1, kind)
}

fn hear() -> String {
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line).expect("told");
    line
}

fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}").and_then(|()| out.flush()).expect("heard");
}
