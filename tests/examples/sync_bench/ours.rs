//! Our rows: a real HQ, the real core behind the test host, and a counted line between them.

use doorstep_domain::{
    id::{OrgId, PersonId},
    org::Bucket,
};
use doorstep_sync::{
    short_row::shorten,
    wire::{Cursor, FeedItem, pack},
};
use doorstep_tests::{device::Device, hq::Hq, story::offset_to_story_day};
use rusqlite::Connection;
use serde_json::{Value, json};
use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use crate::{
    ledger::{self, Held},
    meter::{Line, Processes, Traffic},
    table::Figure,
    tablet::Tablet,
    work::{Record, Shop},
};

/// How often a tablet is looked at while it receives.
const LOOK_EVERY: Duration = Duration::from_millis(3);
const PATIENCE: Duration = Duration::from_secs(300);
/// Documents changed on each side of a delta.
pub const CHANGED: usize = 20;

/// HQ with its people, reached through a counted line.
pub struct World {
    /// The server.
    pub hq: Hq,
    /// The way to it.
    pub line: Line,
    /// Its ledger, beside the server's own connection.
    pub ledger: Connection,
    rooms: PathBuf,
}

impl World {
    /// An HQ that holds nothing but its staff and reference data.
    pub fn new(rooms: &Path) -> World {
        let hq = Hq::with_sample_data(&rooms.join("hq"), 0);
        let line = Line::to(hq.address());
        let ledger = ledger::open(&rooms.join("hq"));
        World { hq, line, ledger, rooms: rooms.to_owned() }
    }

    /// Both stores with their people.
    pub fn shops(&self) -> Vec<Shop> {
        let stores = self.hq.facts["stores"].as_array().expect("stores");
        let person = |role: &str, store: &Value| -> PersonId {
            self.hq.person_at(role, store).parse().expect("an identity")
        };
        let shop = |unit: &Value| Shop {
            store: unit["id"].as_str().expect("text").parse::<OrgId>().expect("an identity"),
            engineer: person("engineer", &unit["id"]),
            clerk: person("clerk", &unit["id"]),
        };
        stores.iter().map(shop).collect()
    }

    /// The coordinator, who sees both stores.
    pub fn coordinator(&self) -> PersonId {
        self.hq.person("coordinator").1.parse().expect("an identity")
    }

    /// The server's processes.
    pub fn server(&self) -> Processes {
        Processes(self.hq.pid().expect("it runs"))
    }

    /// A tablet of this person, enrolled and up to date.
    pub async fn tablet(&self, name: &str, person: PersonId) -> Device {
        let device = Device::start(&self.rooms.join(name), offset_to_story_day());
        let ticket = self.hq.ticket(&person.to_string(), self.line.address());
        device.enrol(&ticket, name).await;
        device
    }

    /// What HQ holds for a clerk or coordinator of these stores.
    pub fn held_for(&self, person: PersonId, shops: &[&Shop]) -> Held {
        let mut buckets = BTreeSet::from([Bucket::all(), Bucket::person(person)]);
        for shop in shops {
            buckets.extend([Bucket::store(shop.store), Bucket::cards(shop.store)]);
        }
        ledger::held_by_hq(&self.ledger, &buckets)
    }

    /// Both ends must hold the same.
    pub fn verify(&self, device: &Device, held: &Held) -> usize {
        let near = ledger::held_by_tablet(device.profile());
        assert_eq!(near, *held, "tablet and HQ hold different things");
        held.count
    }
}

/// The two times of one first sync.
pub struct FirstSync {
    /// Every row here, and the lists of two days answered.
    pub listed: Duration,
    /// Every document here too.
    pub complete: Duration,
    /// Everything found by words.
    pub searchable: Duration,
    /// What went over the line.
    pub traffic: Traffic,
    /// HQ's processor time.
    pub cpu: Duration,
    /// HQ's peak.
    pub server_peak: u64,
    /// The tablet's peak.
    pub client_peak: u64,
}

/// Starts an enrolled tablet, unlocks it and waits until it has everything up to the stamp `done`,
/// the visits of these days among it. The clock runs from the unlocked core on, which begins to sync
/// at once.
pub async fn first_sync(
    world: &World,
    device: &mut Device,
    days: [&str; 2],
    done: u64,
) -> FirstSync {
    device.restart();
    world.line.take();
    let server = world.server();
    server.forget_peak();
    let before = server.cpu();
    device.unlock().await;
    let started = Instant::now();
    let mut watched = Watched::of(device.profile());
    watched.until(|cursor| cursor.rows >= done).await;
    for day in days {
        assert!(visits(device, day).await > 0, "the list of {day} is there");
    }
    let listed = started.elapsed();
    watched.until(|cursor| cursor.docs >= done).await;
    let complete = started.elapsed();
    let (traffic, cpu) = (world.line.take(), server.cpu() - before);
    settle(device).await;
    let searchable = started.elapsed();
    FirstSync {
        listed,
        complete,
        searchable,
        traffic,
        cpu,
        server_peak: server.peak(),
        client_peak: Processes(device.pid().expect("it runs")).peak(),
    }
}

/// A tablet's store, looked at from beside: asking the tablet itself would slow it down.
struct Watched(Connection);

impl Watched {
    fn of(profile: &Path) -> Watched {
        Watched(ledger::open_tablet(profile))
    }

    async fn until(&mut self, reached: impl Fn(&Cursor) -> bool) {
        let started = Instant::now();
        while !reached(&self.cursor()) {
            assert!(started.elapsed() < PATIENCE, "the news do not come: {:?}", self.cursor());
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    fn cursor(&self) -> Cursor {
        let found =
            self.0.query_row("SELECT value FROM setting WHERE name = 'cursor'", [], |row| {
                row.get::<_, String>(0)
            });
        found.ok().and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default()
    }
}

async fn visits(device: &Device, day: &str) -> usize {
    let list = device.call("today", json!({ "day": day })).await;
    list["visits"].as_array().map_or(0, Vec::len)
}

/// Syncs until nothing waits.
pub async fn settle(device: &Device) {
    let state = device.sync().await;
    assert!(state["line"] == "online" && state["waiting"] == 0, "not settled: {state}");
}

/// Syncs until the line stands, after HQ was restarted.
pub async fn find_again(device: &Device) {
    let started = Instant::now();
    while device.sync().await["line"] != "online" {
        assert!(started.elapsed() < PATIENCE, "HQ is not found again");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// Asks `times` times while nothing is new; the figure is one ask.
pub async fn nothing_new(world: &World, device: &Device, work: &'static str, times: u32) -> Figure {
    for _ in 0..10 {
        settle(device).await;
    }
    world.line.take();
    let server = world.server();
    let (before, mut walls) = (server.cpu(), Vec::new());
    for _ in 0..times {
        let started = Instant::now();
        settle(device).await;
        walls.push(started.elapsed());
    }
    let traffic = world.line.take();
    let each = |count: u64| count / u64::from(times);
    Figure {
        cpu: Some((server.cpu() - before) / times),
        traffic: Some(Traffic {
            up: each(traffic.up),
            down: each(traffic.down),
            turns: each(traffic.turns),
        }),
        server_peak: Some(server.peak()),
        client_peak: Some(Processes(device.pid().expect("it runs")).peak()),
        ..Figure::of(work, "Doorstep", walls)
    }
}

/// Twenty orders changed here and twenty others at HQ, then one sync; `rounds` that count after one
/// that does not.
pub async fn delta(
    world: &mut World,
    device: &Device,
    work: &'static str,
    orders: &[&Record],
    rounds: usize,
) -> Figure {
    let (mut walls, mut figure) = (Vec::new(), Figure::of(work, "Doorstep", Vec::new()));
    for (round, some) in orders.chunks_exact(2 * CHANGED).enumerate() {
        if walls.len() > rounds {
            break;
        }
        let (here, there) = some.split_at(CHANGED);
        let words = format!("第{round}轮：客户改了时间，配件下午到，先断电");
        ledger::change(&mut world.ledger, there, &words);
        for order in here {
            let input = json!({ "visit": order.visit, "key": "access", "value": words });
            device.call("site_set", input).await;
        }
        // The edits woke the background, which gathers for a while. Where it was faster than this, the
        // round is no measure of anything.
        let waits = device.call("sync_status", json!({})).await["waiting"] == json!(CHANGED);
        world.line.take();
        let server = world.server();
        let before = server.cpu();
        let started = Instant::now();
        settle(device).await;
        let wall = started.elapsed();
        if waits {
            walls.push(wall);
            figure.cpu = Some(server.cpu() - before);
            figure.traffic = Some(world.line.take());
        }
        figure.server_peak = Some(server.peak());
        figure.client_peak = Some(Processes(device.pid().expect("it runs")).peak());
        // Until the background has had its turn as well, and the rescue file is written.
        tokio::time::sleep(Duration::from_millis(900)).await;
    }
    assert!(walls.len() > rounds, "the background was faster in most rounds");
    walls.remove(0);
    figure.walls = walls;
    figure
}

/// Sizes of bodies, as they lie inside HTTP.
pub struct Bodies {
    /// The rows of a first sync, one page each packed as it travels.
    pub rows: usize,
    /// The same rows as one JSON array under zstd at level 3.
    pub json: usize,
    /// Rows and documents.
    pub everything: usize,
    /// Question and answer when nothing is new.
    pub nothing: (usize, usize),
}

/// Reads everything a clerk may see by messages alone and weighs it.
pub async fn weigh(world: &mut World, clerk: PersonId, number: u32) -> Bodies {
    let mut tablet = Tablet::number(number, world.hq.address(), offset_to_story_day());
    ledger::enrol(&mut world.ledger, &[(clerk, tablet.enrolment())]);
    let pages = tablet.pull().await;
    let mut rows = 0;
    let mut array = Vec::new();
    for page in &pages {
        let mut response = page.response.clone();
        response.page.items.retain(|item| !matches!(item, FeedItem::Doc { .. }));
        for item in &mut response.page.items {
            if let FeedItem::Row { id, body, .. } = item {
                *body = shorten(*id, std::mem::take(body));
            }
        }
        let mixed = response.page.items.len() < page.response.page.items.len();
        if response.page.items.is_empty() {
            continue;
        }
        rows += if mixed { pack(&response).expect("a message").len() } else { page.down };
        for item in &page.response.page.items {
            let FeedItem::Row { kind, id, version, body } = item else { continue };
            let body: Value = serde_json::from_str(body).expect("JSON");
            array.push(json!({ "kind": kind, "id": id, "version": version, "body": body }));
        }
    }
    let json = zstd::bulk::compress(Value::from(array).to_string().as_bytes(), 3).expect("zstd");
    let again = tablet.exchange(None).await.expect("an answer");
    assert!(again.response.page.items.is_empty(), "nothing is new");
    assert!(again.response.held.is_none(), "both count the same");
    let everything = pages.iter().map(|page| page.down).sum();
    Bodies { rows, json: json.len(), everything, nothing: (again.up, again.down) }
}
