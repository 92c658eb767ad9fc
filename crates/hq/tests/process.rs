//! The real program over real TLS: found by its pin, killed at any instant, stopped politely.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::Path,
    process::{Child, Command as Process, Stdio},
    sync::Arc,
    time::{Duration, UNIX_EPOCH},
};

use doorstep_domain::{
    claim::{Claim, SaveLead},
    id::{CommandKey, DeviceId, LeadId},
    lead::{Lead, LeadState},
    time::UtcMs,
};
use doorstep_sync::{
    auth::{self, EnrolRequest, EnrolResponse, EnrolTicket, signed_text},
    client::{Standing, request, seal},
    wire::{BatchOutcome, Command, Cursor, SyncResponse, pack, unpack},
};
use ed25519_dalek::{Signer, SigningKey};
use rustls::{
    ClientConfig, ClientConnection, DigitallySignedStruct, SignatureScheme, StreamOwned,
    client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    pki_types::{CertificateDer, ServerName, UnixTime},
};
use serde_json::Value;
use sha2::{Digest, Sha256};
use uuid::Uuid;

const HQ: &str = env!("CARGO_BIN_EXE_doorstep-hq");

fn run(args: &[&str]) -> String {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data");
    let output = Process::new(HQ).args(args).env("DOORSTEP_DATA", data).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

struct Server {
    child: Child,
    address: String,
    pin: String,
}

impl Server {
    fn start(data: &str) -> Server {
        let mut child = Process::new(HQ)
            .args(["serve", "--data", data, "--json"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let ready: Value = serde_json::from_str(&line).unwrap();
        let text = |name: &str| ready[name].as_str().unwrap().to_owned();
        Server { child, address: text("address"), pin: text("pin") }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Accepts the one certificate of the ticket.
#[derive(Debug)]
struct Pinned(String);

impl ServerCertVerifier for Pinned {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        if hex::encode(Sha256::digest(certificate)) == self.0 {
            Ok(ServerCertVerified::assertion())
        } else {
            Err(rustls::Error::General("another certificate".to_owned()))
        }
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Err(rustls::Error::General("TLS 1.3 only".to_owned()))
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = rustls::crypto::ring::default_provider().signature_verification_algorithms;
        rustls::crypto::verify_tls13_signature(message, certificate, signature, &algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        rustls::crypto::ring::default_provider()
            .signature_verification_algorithms
            .supported_schemes()
    }
}

/// One request over one connection; `None` when the connection breaks.
fn post(
    server: &Server,
    pin: &str,
    path: &str,
    headers: &[(&str, String)],
    body: &[u8],
) -> Option<(u16, Vec<u8>)> {
    let config =
        ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(Pinned(pin.to_owned())))
            .with_no_client_auth();
    let name = ServerName::try_from("localhost").unwrap();
    let connection = ClientConnection::new(Arc::new(config), name).unwrap();
    let socket = TcpStream::connect(&server.address).ok()?;
    socket.set_read_timeout(Some(Duration::from_secs(30))).ok()?;
    let mut stream = StreamOwned::new(connection, socket);
    let mut head = format!(
        "POST {path} HTTP/1.1\r\nhost: hq\r\nconnection: close\r\ncontent-length: {}\r\n",
        body.len()
    );
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    stream.write_all(format!("{head}\r\n").as_bytes()).ok()?;
    stream.write_all(body).ok()?;
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    let split = answer.windows(4).position(|window| window == b"\r\n\r\n")?;
    let head = String::from_utf8_lossy(&answer[..split]).to_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "))?;
    let body = answer[split + 4..].to_vec();
    let whole = body.len() == length.trim().parse::<usize>().ok()?;
    let status = head.split(' ').nth(1)?.parse().ok()?;
    whole.then_some((status, body))
}

#[allow(clippy::disallowed_methods, reason = "the program under test follows the system's clock")]
fn now() -> UtcMs {
    let since = std::time::SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    UtcMs(i64::try_from(since.as_millis()).unwrap())
}

struct Tablet {
    id: DeviceId,
    key: SigningKey,
    pin: String,
}

impl Tablet {
    fn enrol(server: &Server, data: &str, person: &str) -> (Tablet, EnrolResponse) {
        let text = run(&["enrol", "--data", data, "--person", person, "--text"]);
        let ticket = EnrolTicket::from_text(&text).unwrap();
        assert_eq!(ticket.pin, server.pin);
        let (id, key) = (DeviceId(Uuid::from_u128(77)), SigningKey::from_bytes(&[3; 32]));
        let proof = key.sign(EnrolRequest::proof_text(&ticket.code, id).as_bytes());
        let request = EnrolRequest {
            code: ticket.code,
            device: id,
            public_key: hex::encode(key.verifying_key().to_bytes()),
            name: "tablet".to_owned(),
            proof: hex::encode(proof.to_bytes()),
        };
        let body = serde_json::to_vec(&request).unwrap();
        let wrong = post(server, &"0".repeat(64), "/v1/enrol", &[], &body);
        assert!(wrong.is_none(), "another certificate is not accepted");
        let (status, answer) = post(server, &ticket.pin, "/v1/enrol", &[], &body).unwrap();
        assert_eq!(status, 200);
        (Tablet { id, key, pin: ticket.pin }, serde_json::from_slice(&answer).unwrap())
    }

    fn send(&self, server: &Server, body: &[u8]) -> Option<(u16, Vec<u8>)> {
        let at = now();
        let text = signed_text("POST", "/v1/sync", at, body);
        let headers = [
            (auth::DEVICE, self.id.to_string()),
            (auth::TIME, at.0.to_string()),
            (auth::SIGNATURE, hex::encode(self.key.sign(text.as_bytes()).to_bytes())),
        ];
        post(server, &self.pin, "/v1/sync", &headers, body)
    }
}

#[test]
fn killed_at_any_instant_nothing_is_lost_and_nothing_is_done_twice() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("hq");
    let data = data.to_str().unwrap();
    let built: Value =
        serde_json::from_str(&run(&["demo-data", "--data", data, "--orders", "6"])).unwrap();
    let door = &built["door_job"];
    let id = |name: &str| door[name].as_str().unwrap().parse::<Uuid>().unwrap();
    let mut server = Server::start(data);
    let (tablet, enrolled) = Tablet::enrol(&server, data, "周晓琳");
    let standing = Standing {
        epoch: Uuid::from_u128(5),
        cursor: Cursor::default(),
        key_list: 0,
        digest: None,
    };
    let mut last = None;
    let rounds = 8u64;
    for round in 0..rounds {
        let lead = Lead {
            id: LeadId(Uuid::from_u128(1_000 + u128::from(round))),
            store: id("store").to_string().parse().unwrap(),
            customer: id("customer").to_string().parse().unwrap(),
            work_order: None,
            asset: None,
            wants: None,
            quote: None,
            reason: "price".to_owned(),
            note: String::new(),
            follow_up_on: now().shanghai_day(),
            saved_at: now(),
            saved_by: enrolled.person.id,
            state: LeadState::Open,
        };
        let command = Command {
            key: CommandKey(Uuid::from_u128(2_000 + u128::from(round))),
            person: enrolled.person.id,
            claim: serde_json::to_string(&Claim::LeadSave(Box::new(SaveLead { lead }))).unwrap(),
            made_at: now(),
            estimated_at: now(),
        };
        let sealed = seal(last, vec![], vec![command]).unwrap();
        let body = pack(&request(standing, Some(&sealed), vec![])).unwrap();
        std::thread::scope(|scope| {
            let sender = scope.spawn(|| tablet.send(&server, &body));
            std::thread::sleep(Duration::from_millis(round * round * 3));
            let pid = server.child.id().to_string();
            Process::new("kill").args(["-KILL", &pid]).status().unwrap();
            let _ = sender.join();
        });
        server = Server::start(data);
        let (status, answer) = tablet.send(&server, &body).expect("the new process answers");
        assert_eq!(status, 200);
        let response: SyncResponse = unpack(&answer).unwrap();
        assert!(matches!(response.outcome, BatchOutcome::Answered(_)), "round {round}");
        last = Some((sealed.number, sealed.hash));
    }
    let digest: Value = serde_json::from_str(&run(&["digest", "--data", data])).unwrap();
    assert_eq!(digest["claims"]["executed"], rounds);
    assert_eq!(digest["rows"]["lead"], rounds);

    let pid = server.child.id().to_string();
    Process::new("kill").args(["-TERM", &pid]).status().unwrap();
    assert!(server.child.wait().unwrap().success(), "SIGTERM ends it in order");
}

#[test]
fn the_same_arguments_build_the_same_business() {
    let folder = tempfile::tempdir().unwrap();
    let build = |name: &str| {
        let data = folder.path().join(name);
        let data = data.to_str().unwrap();
        let built = run(&["demo-data", "--data", data, "--day", "2026-07-15", "--orders", "40"]);
        let digest: Value = serde_json::from_str(&run(&["digest", "--data", data])).unwrap();
        let mut built: Value = serde_json::from_str(&built).unwrap();
        // The card is signed with a key of this HQ's own.
        assert!(built["door_job"]["card_text"].as_str().unwrap().starts_with("DSC:"));
        built["door_job"]["card_text"] = Value::Null;
        (built, digest["rows"].clone(), digest["docs"].clone())
    };
    let (first, second) = (build("a"), build("b"));
    assert_eq!(first, second);
    assert_eq!(first.1["visit"], 40);
}

#[test]
fn a_quote_request_is_priced_and_a_bad_one_named() {
    let example =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data/examples/quote-trade-in.json");
    let quote: Value = serde_json::from_str(&run(&["quote", example.to_str().unwrap()])).unwrap();
    assert!(quote["totals"]["certain"]["balance"].is_i64());
    assert!(quote["lines"].as_array().unwrap().len() > 3);
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data");
    let mut child = Process::new(HQ)
        .args(["quote", "-"])
        .env("DOORSTEP_DATA", data)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(b"{\"sale_day\":\"2026-07-15\"}").unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let error: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(error["error"]["code"], "quote_refused");
}

#[test]
fn every_picture_gets_its_line_of_labels() {
    let out = run(&["labels", "/no/such.jpg", "/no/other.jpg"]);
    let lines: Vec<Value> = out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 2);
    assert_eq!(lines[0]["error"]["code"], "file_unreadable");
}

#[test]
fn changes_are_tried_in_a_worker_and_a_dead_one_refuses_only_what_it_was_given() {
    use doorstep_domain::{
        facts::{DocKind, FieldEdit},
        org::Role,
    };
    use doorstep_hq::execute::scratch::Scratch;
    use doorstep_sync::{Document, wire::Push};
    use serde_bytes::ByteBuf;

    let id = Uuid::from_u128(1);
    let (mut document, _) = Document::create(DocKind::Asset, id, [1; 16], "x", now()).unwrap();
    let snapshot = document.save();
    let edits = [FieldEdit::new("notes", "n1", "x")];
    let (_, change) = document.edit(&edits, "x", now()).unwrap();
    let push = Push { doc: id, kind: DocKind::Asset, changes: vec![ByteBuf::from(change)] };
    let snapshot = Some(snapshot.as_slice());
    let scratch = Scratch::worker(HQ.into());
    scratch.admit(&push, Role::Engineer, snapshot).unwrap();
    let dead = Scratch::worker("/bin/false".into());
    let refused = dead.admit(&push, Role::Engineer, snapshot).unwrap_err();
    assert_eq!(refused.code, "document_harmful");
    let foul = Push { changes: vec![ByteBuf::from(vec![0; 8]); 3], ..push.clone() };
    assert!(scratch.admit(&foul, Role::Engineer, snapshot).is_err());
    assert!(scratch.admit(&push, Role::Engineer, snapshot).is_ok());
}

#[test]
fn a_business_of_ones_own_is_entered_from_a_staff_file() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("hq");
    let data = data.to_str().unwrap();
    let file = folder.path().join("staff.toml");
    let write = |text: &str| std::fs::write(&file, text).unwrap();
    write(
        r#"
        unit = [
            { code = "hq", kind = "hq", name = "总部", region = "CN" },
            { code = "s1", kind = "store", name = "一店", parent = "hq", region = "CN-31" },
        ]
        person = [
            { code = "e1", unit = "s1", name = "甲", role = "engineer",
              certificates = [{ kind = "gas", valid_until = "2027-05-31" }] },
        ]
        "#,
    );
    let staff = ["staff", file.to_str().unwrap(), "--data", data];
    let told: Value = serde_json::from_str(&run(&staff)).unwrap();
    assert_eq!((&told["units"], &told["people"]), (&2.into(), &1.into()));
    let digest = run(&["digest", "--data", data]);
    run(&staff);
    assert_eq!(run(&["digest", "--data", data]), digest, "the same file changes nothing");
    let ticket = run(&["enrol", "--data", data, "--person", "甲", "--text"]);
    assert!(ticket.starts_with("doorstep://"), "the new engineer can be enrolled: {ticket}");

    write(r#"person = [{ code = "e2", unit = "s9", name = "乙", role = "clerk" }]"#);
    let refused = Process::new(HQ).args(staff).output().unwrap();
    assert!(!refused.status.success());
    assert!(String::from_utf8_lossy(&refused.stderr).contains("s9"), "it says what is wrong");
    assert_eq!(run(&["digest", "--data", data]), digest, "and keeps nothing of the file");
}
