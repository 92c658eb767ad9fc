//! A sample business and devices that speak HQ's protocol to its router, for the tests beside.
#![allow(
    unreachable_pub,
    unused_imports,
    dead_code,
    reason = "each test program uses a part of this"
)]

mod trade_in;

pub use trade_in::{books, order, quote};

use std::{
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
};

use axum::{
    Router,
    body::Body,
    http::{HeaderMap, Method, Request, StatusCode},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use doorstep_domain::{
    claim::Claim,
    decision::Decision,
    facts::{DocKind, FieldEdit},
    id::{CommandKey, DeviceId, PersonId},
    org::access,
    time::UtcMs,
};
use doorstep_hq::{demo, enrolment, execute::scratch::Scratch, home::Home, reference, server};
use doorstep_store::{
    held::Sums,
    ledger::{held, people},
};
use doorstep_sync::{
    Document,
    auth::{self, EnrolRequest, EnrolResponse, Refusal, signed_text},
    client::{Sealed, Standing, request, seal},
    wire::{
        BatchAnswer, BatchOutcome, Command, Cursor, FeedItem, Hash, Push, SyncResponse, decode,
        pack, unpack,
    },
};
use ed25519_dalek::{Signer, SigningKey};
use serde::de::DeserializeOwned;
use serde_bytes::ByteBuf;
use serde_json::Value;
use tower::ServiceExt;
use uuid::Uuid;

/// Noon in Shanghai on the day of the sample visits.
pub const NOON: UtcMs = UtcMs(1_784_088_000_000);

static DICE: AtomicU64 = AtomicU64::new(1);

/// A fresh identity; tests need no secrecy.
pub fn fresh() -> Uuid {
    Uuid::from_u64_pair(0x7000, DICE.fetch_add(1, Ordering::Relaxed))
}

/// HQ with its sample business and a clock the test moves.
pub struct World {
    pub folder: tempfile::TempDir,
    pub home: Home,
    pub clock: Arc<AtomicI64>,
    pub router: Router,
    pub demo: Value,
}

pub fn data_files() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data")
}

impl World {
    pub fn new() -> World {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::open(folder.path(), NOON).unwrap();
        let mut conn = home.connect(NOON).unwrap();
        let tx = conn.transaction().unwrap();
        reference::publish(&home, &tx, &data_files(), NOON).unwrap();
        let names = demo::Names::read(&data_files()).unwrap();
        let demo = demo::build(&home, &tx, &names, NOON.shanghai_day(), 12).unwrap();
        tx.commit().unwrap();
        let clock = Arc::new(AtomicI64::new(NOON.0));
        let router = World::serve(&home, &clock);
        World { folder, home, clock, router, demo }
    }

    fn serve(home: &Home, clock: &Arc<AtomicI64>) -> Router {
        let clock = Arc::clone(clock);
        let now = move || UtcMs(clock.load(Ordering::SeqCst));
        server::router(Arc::new(server::Hq::new(home.clone(), now, Scratch::in_process()).unwrap()))
    }

    /// As after a crash: another process on the same folder.
    pub fn restart(&mut self) {
        self.router = World::serve(&self.home, &self.clock);
    }

    pub fn now(&self) -> UtcMs {
        UtcMs(self.clock.load(Ordering::SeqCst))
    }

    pub fn pass(&self, ms: i64) {
        self.clock.fetch_add(ms, Ordering::SeqCst);
    }

    pub fn person(&self, name: &str) -> PersonId {
        let conn = self.home.connect(NOON).unwrap();
        let all = people::persons(&conn).unwrap();
        all.into_iter().find(|person| person.name == name).unwrap().id
    }

    pub fn code_for(&self, name: &str) -> String {
        let conn = self.home.connect(NOON).unwrap();
        enrolment::ticket(&self.home, &conn, self.person(name), "hq:1", self.now()).unwrap().code
    }

    pub async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = axum::body::to_bytes(body, usize::MAX).await.unwrap().to_vec();
        Answer { status: parts.status, headers: parts.headers, body }
    }

    pub async fn device(&self, name: &str) -> Device {
        let mut device = Device::new(self.person(name));
        let answer = device.enrol(self, &self.code_for(name)).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
        let enrolled: EnrolResponse = serde_json::from_slice(&answer.body).unwrap();
        assert_eq!(enrolled.person.name, name);
        device.sync(self, vec![], vec![]).await;
        device
    }

    /// An identity of the door job.
    pub fn door(&self, name: &str) -> Uuid {
        self.demo["door_job"][name].as_str().unwrap().parse().unwrap()
    }
}

pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn code(&self) -> String {
        serde_json::from_slice::<Refusal>(&self.body).unwrap().code
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).unwrap().to_str().unwrap()
    }
}

/// A device with as much memory as these tests need.
#[derive(Clone)]
pub struct Device {
    pub id: DeviceId,
    pub person: PersonId,
    pub key: SigningKey,
    pub epoch: Uuid,
    pub cursor: Cursor,
    pub last: Option<(u64, Hash)>,
    pub skew_ms: i64,
    pub rows: std::collections::BTreeMap<(String, Uuid), (u64, Value)>,
    pub docs: std::collections::BTreeMap<Uuid, Vec<Vec<u8>>>,
    pub gone: Vec<(String, Uuid)>,
}

impl Device {
    pub fn new(person: PersonId) -> Device {
        let id = fresh();
        let mut secret = [7; 32];
        secret[..16].copy_from_slice(id.as_bytes());
        Device {
            id: DeviceId(id),
            person,
            key: SigningKey::from_bytes(&secret),
            epoch: fresh(),
            cursor: Cursor::default(),
            last: None,
            skew_ms: 0,
            rows: Default::default(),
            docs: Default::default(),
            gone: Vec::new(),
        }
    }

    pub async fn enrol(&self, world: &World, code: &str) -> Answer {
        let proof = self.key.sign(EnrolRequest::proof_text(code, self.id).as_bytes());
        let request = EnrolRequest {
            code: code.to_owned(),
            device: self.id,
            public_key: hex::encode(self.key.verifying_key().to_bytes()),
            name: "tablet".to_owned(),
            proof: hex::encode(proof.to_bytes()),
        };
        let body = Body::from(serde_json::to_vec(&request).unwrap());
        world.send(Request::post("/v1/enrol").body(body).unwrap()).await
    }

    pub fn signed(
        &self,
        world: &World,
        method: Method,
        path: &str,
        headers: &[(&str, String)],
        body: Vec<u8>,
    ) -> Request<Body> {
        let at = world.now().plus_ms(self.skew_ms);
        let text = signed_text(method.as_str(), path, at, &body);
        let signature = hex::encode(self.key.sign(text.as_bytes()).to_bytes());
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(auth::DEVICE, self.id.to_string())
            .header(auth::TIME, at.0)
            .header(auth::SIGNATURE, signature);
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        request.body(Body::from(body)).unwrap()
    }

    pub async fn call(
        &self,
        world: &World,
        method: Method,
        path: &str,
        headers: &[(&str, String)],
        body: Vec<u8>,
    ) -> Answer {
        world.send(self.signed(world, method, path, headers, body)).await
    }

    pub fn seal(&self, pushes: Vec<Push>, commands: Vec<Command>) -> Sealed {
        seal(self.last, pushes, commands).unwrap()
    }

    pub async fn exchange(&self, world: &World, batch: Option<&Sealed>) -> Answer {
        let standing =
            Standing { epoch: self.epoch, cursor: self.cursor, key_list: 0, digest: None };
        let body = pack(&request(standing, batch, vec![])).unwrap();
        self.call(world, Method::POST, "/v1/sync", &[], body).await
    }

    pub fn take(&mut self, answer: &Answer) -> SyncResponse {
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
        let response: SyncResponse = unpack(&answer.body).unwrap();
        for item in &response.page.items {
            match item {
                FeedItem::Row { kind, id, version, body } => {
                    let body = serde_json::from_str(body).unwrap();
                    self.rows.insert((kind.clone(), *id), (*version, body));
                }
                FeedItem::Doc { id, bytes, .. } => {
                    self.docs.entry(*id).or_default().push(bytes.to_vec());
                }
                FeedItem::Gone { kind, id } => {
                    self.rows.remove(&(kind.clone(), *id));
                    self.gone.push((kind.clone(), *id));
                }
            }
        }
        self.cursor = response.page.next;
        response
    }

    /// One batch, if there is anything to send, and everything HQ has to tell.
    pub async fn sync(
        &mut self,
        world: &World,
        pushes: Vec<Push>,
        commands: Vec<Command>,
    ) -> Option<BatchAnswer> {
        let sealed =
            (!pushes.is_empty() || !commands.is_empty()).then(|| self.seal(pushes, commands));
        let answer = self.exchange(world, sealed.as_ref()).await;
        let mut response = self.take(&answer);
        let settled = match (&sealed, &response.outcome) {
            (Some(sealed), BatchOutcome::Answered(bytes)) => {
                self.last = Some((sealed.number, sealed.hash));
                Some(decode(bytes).unwrap())
            }
            _ => None,
        };
        while response.page.more {
            let answer = self.exchange(world, None).await;
            response = self.take(&answer);
        }
        settled
    }

    pub fn row<T: DeserializeOwned>(&self, kind: &str, id: Uuid) -> Option<T> {
        let (_, body) = self.rows.get(&(kind.to_owned(), id))?;
        Some(serde_json::from_value(body.clone()).unwrap())
    }

    pub fn rows_of<T: DeserializeOwned>(&self, kind: &str) -> Vec<T> {
        let of_kind = self.rows.iter().filter(|((held, _), _)| held == kind);
        of_kind.map(|(_, (_, body))| serde_json::from_value(body.clone()).unwrap()).collect()
    }

    /// Edits of a document this device holds, as a push.
    pub fn edit(&self, kind: DocKind, doc: Uuid, edits: &[FieldEdit], at: UtcMs) -> Push {
        let chunks = self.docs.get(&doc).expect("the device holds the document");
        let (first, later) = chunks.split_first().unwrap();
        let later = later.iter().map(Vec::as_slice);
        let mut document = Document::open(kind, doc, first, later).unwrap();
        document.write_as(*fresh().as_bytes());
        let (_, change) = document.edit(edits, &self.person.to_string(), at).unwrap();
        Push { doc, kind, changes: vec![ByteBuf::from(change)] }
    }

    pub fn command(&self, world: &World, claim: &Claim) -> Command {
        Command {
            key: CommandKey(fresh()),
            person: self.person,
            claim: serde_json::to_string(claim).unwrap(),
            made_at: world.now(),
            estimated_at: world.now(),
        }
    }

    /// Sends one claim and returns HQ's decision.
    pub async fn claim(&mut self, world: &World, claim: &Claim) -> Decision {
        let command = self.command(world, claim);
        let answer = self.sync(world, vec![], vec![command]).await.unwrap();
        serde_json::from_str(&answer.commands[0].decision).unwrap()
    }

    pub async fn announce(
        &self,
        world: &World,
        subject: Uuid,
        hash: &str,
        length: usize,
    ) -> Answer {
        let word = |text: &str| STANDARD.encode(text);
        let metadata = format!(
            "hash {},subject {},kind {},label {},mime {}",
            word(hash),
            word(&subject.to_string()),
            word("photo"),
            word("front"),
            word("image/jpeg")
        );
        let headers = [("upload-length", length.to_string()), ("upload-metadata", metadata), tus()];
        self.call(world, Method::POST, "/v1/media", &headers, vec![]).await
    }

    /// A piece signed whole, of which only the first `arrived` bytes came.
    pub async fn broken_piece(
        &self,
        world: &World,
        hash: &str,
        bytes: &[u8],
        arrived: usize,
    ) -> Answer {
        let headers = [
            ("upload-offset", "0".to_owned()),
            ("content-type", "application/offset+octet-stream".to_owned()),
            tus(),
        ];
        let path = format!("/v1/media/{hash}");
        let mut request = self.signed(world, Method::PATCH, &path, &headers, bytes.to_vec());
        *request.body_mut() = Body::from(bytes[..arrived].to_vec());
        world.send(request).await
    }

    pub async fn piece(&self, world: &World, hash: &str, at: usize, bytes: &[u8]) -> Answer {
        let headers = [
            ("upload-offset", at.to_string()),
            ("content-type", "application/offset+octet-stream".to_owned()),
            tus(),
        ];
        let path = format!("/v1/media/{hash}");
        self.call(world, Method::PATCH, &path, &headers, bytes.to_vec()).await
    }
}

fn tus() -> (&'static str, String) {
    ("tus-resumable", "1.0.0".to_owned())
}

pub fn code(decision: &Decision) -> &str {
    match decision {
        Decision::Refused { code, .. } => code,
        Decision::Executed { .. } => "executed",
    }
}

/// For every person: the kept sums, checked against sums counted from the feed itself.
pub fn checked_sums(world: &World) -> Vec<(String, Sums)> {
    let conn = world.home.connect(world.now()).unwrap();
    let tree = people::tree(&conn).unwrap();
    let mut all = Vec::new();
    for person in people::persons(&conn).unwrap() {
        let buckets = access(&person, &tree, world.now().shanghai_day());
        let kept = held::sums(&conn, &buckets).unwrap();
        assert_eq!(kept, held::counted(&conn, &buckets).unwrap(), "{}", person.name);
        assert_eq!(held::total(&conn, &buckets).unwrap(), kept.total(), "{}", person.name);
        all.push((person.name, kept));
    }
    all
}
