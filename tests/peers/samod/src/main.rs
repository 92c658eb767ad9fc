//! samod on both ends, over TCP with files as storage: the same documents, thirty edits each. The
//! row of a record travels as one more field.

use automerge::{Automerge, ROOT, transaction::Transactable};
use base64::Engine as _;
use futures::{StreamExt, stream};
use samod::{DocHandle, DocumentId, Repo, storage::TokioFilesystemStorage};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::{
    io::{BufRead, Write},
    path::Path,
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    time::Instant,
};
use url::Url;

/// Finds in flight at once.
const FINDS: usize = 64;

#[tokio::main]
async fn main() {
    let words: Vec<String> = std::env::args().collect();
    match words.get(1).map(String::as_str) {
        Some("server") => serve(&words[2], &words[3]).await,
        Some("device") => device(&words[2], &words[3]).await,
        _ => drive().await,
    }
}

fn say(value: Value) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{value}").and_then(|()| out.flush()).expect("heard");
}

fn hear() -> Option<Value> {
    let mut line = String::new();
    let read = std::io::stdin().lock().read_line(&mut line).expect("told");
    (read > 0).then(|| serde_json::from_str(&line).unwrap_or_else(|_| json!(line.trim())))
}

async fn repo(folder: &str) -> Repo {
    let storage = TokioFilesystemStorage::new(Path::new(folder));
    Repo::build_tokio().with_storage(storage).load().await
}

fn document(line: &Value) -> Automerge {
    let bytes = base64::engine::general_purpose::STANDARD
        .decode(line["snapshot"].as_str().expect("bytes"))
        .expect("base64");
    let mut document = Automerge::load(&bytes).expect("a document");
    let row = line["json"].as_str().expect("text").to_owned();
    document
        .transact::<_, _, automerge::AutomergeError>(|tx| tx.put(ROOT, "row", row))
        .expect("a field");
    document
}

fn change(handle: &DocHandle, text: &str) {
    handle.with_document(|document| {
        document
            .transact::<_, _, automerge::AutomergeError>(|tx| tx.put(ROOT, "note", text))
            .expect("a field");
    });
}

fn digest(handles: &[DocHandle]) -> Value {
    let mut all: Vec<String> = handles
        .iter()
        .map(|handle| {
            let mut heads = handle.with_document(|document| document.get_heads());
            heads.sort_unstable();
            format!("{} {heads:?}\n", handle.document_id())
        })
        .collect();
    all.sort_unstable();
    let hash = Sha256::digest(all.concat());
    let hex: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
    json!({ "count": all.len(), "hash": hex })
}

fn lines(file: &str) -> Vec<Value> {
    let text = std::fs::read_to_string(file).expect("the work");
    text.lines().map(|line| serde_json::from_str(line).expect("a record")).collect()
}

/// The server: holds the documents, changes some when told.
async fn serve(host: &str, folder: &str) {
    let repo = repo(folder).await;
    let listener = tokio::net::TcpListener::bind((host, 0)).await.expect("a port");
    let port = listener.local_addr().expect("bound").port();
    let url = Url::parse(&format!("tcp://{host}:{port}")).expect("a URL");
    let acceptor = repo.make_acceptor(url).expect("running");
    tokio::spawn(async move {
        while let Ok((io, _)) = listener.accept().await {
            let _ = io.set_nodelay(true);
            let _ = acceptor.accept_tokio_io(io);
        }
    });
    say(json!({ "port": port }));
    let mut handles: Vec<DocHandle> = Vec::new();
    while let Some(told) = tokio::task::spawn_blocking(hear).await.expect("told") {
        match told["do"].as_str() {
            Some("create") => {
                let skip = handles.len();
                let upto = told["upto"].as_u64().map_or(usize::MAX, |n| n as usize);
                for line in lines(told["work"].as_str().expect("a file")).iter().take(upto).skip(skip) {
                    handles.push(repo.create(document(line)).await.expect("created"));
                }
                let ids: Vec<String> = handles.iter().map(|h| h.document_id().to_string()).collect();
                say(json!({ "ids": ids }));
            }
            Some("change") => {
                let (from, to) = range(&told);
                handles[from..to].iter().for_each(|handle| change(handle, "另一位师傅已到"));
                say(json!({ "done": true }));
            }
            _ => say(digest(&handles)),
        }
    }
}

fn range(told: &Value) -> (usize, usize) {
    let number = |name: &str| told[name].as_u64().expect("a number") as usize;
    (number("from"), number("to"))
}

/// A device of its own: finds every document, tells when it holds them.
async fn device(folder: &str, endpoint: &str) {
    let endpoint = Url::parse(&endpoint.replace("http:", "tcp:")).expect("a URL");
    let mut handles: Vec<DocHandle> = Vec::new();
    let mut running: Option<Repo> = None;
    say(json!({ "ready": true }));
    while let Some(told) = tokio::task::spawn_blocking(hear).await.expect("told") {
        match told["do"].as_str() {
            // A new process of mind: everything is found again, through the server.
            Some("sync") => {
                let ids: Vec<DocumentId> = told["ids"]
                    .as_array()
                    .expect("ids")
                    .iter()
                    .map(|id| id.as_str().expect("text").parse().expect("an id"))
                    .collect();
                if let Some(repo) = running.take() {
                    repo.stop().await;
                }
                let begun = Instant::now();
                let repo = repo(folder).await;
                let dialer = repo.dial_tcp(endpoint.clone(), Default::default()).expect("a dialer");
                let _ = dialer.established().await;
                let conn = dialer.connection_id().expect("connected");
                handles = stream::iter(ids)
                    .map(|id| {
                        let repo = repo.clone();
                        async move {
                            let handle = repo.find(id).await.expect("running").expect("held");
                            handle.we_have_their_changes(conn).await;
                            handle.they_have_our_changes(conn).await;
                            handle
                        }
                    })
                    .buffer_unordered(FINDS)
                    .collect()
                    .await;
                running = Some(repo);
                say(json!({ "wall_ms": begun.elapsed().as_secs_f64() * 1000.0 }));
            }
            _ => say(digest(&handles)),
        }
    }
}

struct Helper {
    child: Child,
    input: ChildStdin,
    output: std::io::BufReader<ChildStdout>,
}

impl Helper {
    fn start(prefix: &[String], words: &[&str]) -> Helper {
        let own = std::env::current_exe().expect("this program").display().to_string();
        let all: Vec<String> =
            prefix.iter().cloned().chain([own]).chain(words.iter().map(|w| (*w).to_owned())).collect();
        let mut child = Command::new(&all[0])
            .args(&all[1..])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("starts");
        let input = child.stdin.take().expect("piped");
        let output = std::io::BufReader::new(child.stdout.take().expect("piped"));
        Helper { child, input, output }
    }

    fn told(&mut self) -> Value {
        let mut line = String::new();
        self.output.read_line(&mut line).expect("answered");
        serde_json::from_str(&line).expect("JSON")
    }

    fn ask(&mut self, what: Value) -> Value {
        writeln!(self.input, "{what}").expect("heard");
        self.told()
    }
}

impl Drop for Helper {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

async fn drive() {
    let rooms = tempfile::tempdir().expect("a folder");
    let room = |name: &str| rooms.path().join(name).display().to_string();
    let host = std::env::var("SERVER_HOST").unwrap_or_else(|_| "127.0.0.1".to_owned());
    let prefix: Vec<String> = std::env::var("SERVER_NETNS")
        .map(|ns| ["ip", "netns", "exec", ns.as_str()].map(str::to_owned).to_vec())
        .unwrap_or_default();
    let mut server = Helper::start(&prefix, &["server", &host, &room("server")]);
    let port = server.told()["port"].clone();
    say(json!({ "server_pid": server.child.id(), "port": port, "versions": "samod 0.16.0, automerge 0.12.0" }));
    let (mut ids, mut work, mut endpoint) = (json!([]), Value::Null, String::new());
    let mut held: Option<Helper> = None;
    while let Some(told) = hear() {
        match told["do"].as_str().unwrap_or_default() {
            "prepare" => {
                work = told["work"].clone();
                endpoint = told["endpoint"].as_str().expect("a URL").to_owned();
                ids = server.ask(json!({ "do": "create", "work": work, "upto": told["first"] }))["ids"].take();
                say(json!({ "done": true }));
            }
            "first" => {
                let folder = room(&format!("device{}", told["round"]));
                let mut device = Helper::start(&[], &["device", &folder, &endpoint]);
                device.told();
                measured(&mut server, &mut device, &ids, 1);
                held = held.or(Some(device));
            }
            "more" => {
                ids = server.ask(json!({ "do": "create", "work": work }))["ids"].take();
                let device = held.as_mut().expect("a device");
                device.ask(json!({ "do": "sync", "ids": ids }));
                say(json!({ "done": true }));
            }
            "noop" => {
                let times = told["times"].as_u64().unwrap_or(1);
                measured(&mut server, held.as_mut().expect("a device"), &ids, times);
            }
            _ => say(json!({ "not_run": "changes travel as they are made; there is no delta to ask for" })),
        }
    }
}

fn measured(server: &mut Helper, device: &mut Helper, ids: &Value, times: u64) {
    say(json!({ "ready": true }));
    assert_eq!(hear(), Some(json!("go")));
    let mut wall = 0.0;
    for _ in 0..times {
        wall += device.ask(json!({ "do": "sync", "ids": ids }))["wall_ms"].as_f64().expect("a time");
    }
    let near = device.ask(json!({ "do": "digest" }));
    let far = server.ask(json!({ "do": "digest" }));
    say(json!({ "wall_ms": wall / times as f64, "near": near, "far": far }));
}
