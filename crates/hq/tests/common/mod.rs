//! A sample business and devices that speak HQ's protocol to its router, for the tests beside.
#![allow(
    unreachable_pub,
    unused_imports,
    dead_code,
    reason = "each test program uses a part of this"
)]

mod device;
mod trade_in;

pub use device::Device;
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
    http::{HeaderMap, Request, StatusCode},
};
use doorstep_domain::{decision::Decision, id::PersonId, org::access, time::UtcMs};
use doorstep_hq::{demo, enrolment, execute::scratch::Scratch, home::Home, reference, server};
use doorstep_store::{
    held::Sums,
    ledger::{held, people},
};
use doorstep_sync::auth::{EnrolResponse, Refusal};
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
