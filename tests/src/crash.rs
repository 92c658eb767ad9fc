//! Work on real programs that are killed at random instants (SIGKILL), and what must be true of it
//! afterwards. The instants come from a seed; where they fall in the work is the machine's affair.

use doorstep_domain::time::UtcMs;
use doorstep_store::{device as database, open, vault::Vault};
use rusqlite::Connection;
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    process::Command,
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use crate::{
    device::{Device, PIN},
    hq::Hq,
    pictures,
    shop::{SETTLE, Shop},
    story::DAY,
};

/// A tablet dies at most so long after its process listens; unlocking takes the first part of it.
const TABLET_LIVES_MS: u64 = 800;
/// HQ dies at most so long after it listens.
const HQ_LIVES_MS: u64 = 160;
/// The ledger and the tablet's database are read through once in so many kills.
const INSPECT_EVERY: u32 = 25;
/// Until everything has arrived at the end.
const PATIENCE: Duration = Duration::from_secs(300);

/// How often which process dies.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// Kills of a tablet's core in the middle of its work.
    pub tablet: u32,
    /// Kills of HQ while two devices sync.
    pub hq: u32,
    /// Where the instants come from.
    pub seed: u64,
}

/// What happened, all of it in order.
#[derive(Debug, Default, Clone)]
pub struct Toll {
    /// Kills of a tablet's core, by whether it was unlocked by then.
    pub tablet_kills: (u32, u32),
    /// Kills of HQ.
    pub hq_kills: u32,
    /// Notes the screen called saved.
    pub notes: u64,
    /// Photos it called saved.
    pub photos: u64,
    /// Claims it called saved.
    pub claims: u64,
    /// Calls that the kill left without an answer.
    pub unanswered: u64,
    /// Things looked for after a kill and found.
    pub found: u64,
    /// Databases read through: sound, sums and projection as rebuilt.
    pub inspected: u64,
    /// Claims HQ decided.
    pub decided: u64,
}

/// Numbers that look random; the same for the same seed (Marsaglia's xorshift64).
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit.max(1)
    }
}

/// A visit to work on.
#[derive(Debug, Clone)]
struct Place {
    visit: String,
    work_order: String,
}

/// What one device was told is saved, and what it was not told about.
#[derive(Default)]
struct Books {
    saved: BTreeMap<String, BTreeSet<String>>,
    unsure: BTreeSet<String>,
    photos: BTreeMap<String, BTreeSet<String>>,
    leads: BTreeSet<String>,
    /// Work orders to look at again.
    touched: BTreeSet<String>,
}

/// Somebody at work on a device.
struct Worker {
    device: Device,
    name: &'static str,
    places: Vec<Place>,
    books: Books,
    dice: Dice,
    count: u64,
}

impl Worker {
    async fn new(device: Device, name: &'static str, seed: u64) -> Worker {
        let list = device.call("today", json!({ "day": DAY })).await;
        let mut places = Vec::new();
        for row in list["visits"].as_array().expect("visits") {
            let visit = row["visit"].as_str().expect("an identity").to_owned();
            let view = device.call("visit_open", json!({ "visit": visit })).await;
            let order = view["work_orders"][0]["id"].as_str();
            let order = order.unwrap_or_else(|| panic!("a work order: {view}")).to_owned();
            places.push(Place { visit, work_order: order });
        }
        let (books, dice) = (Books::default(), Dice(seed | 1));
        Worker { device, name, places, books, dice, count: 0 }
    }

    fn place(&mut self) -> Place {
        let index = self.dice.below(self.places.len() as u64);
        self.places[usize::try_from(index).expect("small")].clone()
    }

    /// One thing; `false` when the process is gone.
    async fn work(&mut self, toll: &mut Toll) -> bool {
        self.count += 1;
        match self.dice.below(20) {
            0..=11 => self.note(toll).await,
            12..=13 => self.photo(toll).await,
            14..=15 => self.lead(toll).await,
            _ => self.device.try_call("sync_now", json!({})).await.is_ok(),
        }
    }

    async fn note(&mut self, toll: &mut Toll) -> bool {
        let place = self.place();
        let text = format!("{} {}", self.name, self.count);
        let input = json!({ "visit": place.visit, "work_order": place.work_order, "text": text });
        self.books.touched.insert(place.visit);
        match self.device.try_call("note_add", input).await {
            Ok(_) => {
                toll.notes += 1;
                self.books.saved.entry(place.work_order).or_default().insert(text);
                true
            }
            Err(Value::Null) => {
                toll.unanswered += 1;
                self.books.unsure.insert(text);
                false
            }
            Err(error) => panic!("a note was refused: {error}"),
        }
    }

    async fn photo(&mut self, toll: &mut Toll) -> bool {
        let place = self.place();
        let seed = u32::try_from(self.count).expect("small");
        let image = pictures::base64(&pictures::room(seed, 160, 120));
        let input = json!({
            "subject": place.work_order, "kind": "work_order", "shot": "front", "image": image,
        });
        match self.device.try_call("photo_add", input).await {
            Ok(kept) => {
                toll.photos += 1;
                let hash = kept["hash"].as_str().expect("a hash").to_owned();
                self.books.photos.entry(place.work_order).or_default().insert(hash);
                true
            }
            Err(Value::Null) => {
                toll.unanswered += 1;
                false
            }
            Err(error) => panic!("a photo was refused: {error}"),
        }
    }

    async fn lead(&mut self, toll: &mut Toll) -> bool {
        let place = self.place();
        let input = json!({ "work_order": place.work_order, "reason": "think", "days": 7 });
        match self.device.try_call("lead_save", input).await {
            Ok(view) => {
                toll.claims += 1;
                self.books.leads.insert(view["lead"]["id"].as_str().expect("an id").to_owned());
                true
            }
            Err(Value::Null) => {
                toll.unanswered += 1;
                false
            }
            Err(error) => panic!("a lead was refused: {error}"),
        }
    }

    /// Looks at everything touched since the last look; `false` when the process is gone.
    async fn look(&mut self, toll: &mut Toll) -> bool {
        while let Some(visit) = self.books.touched.first().cloned() {
            let place = self.places.iter().find(|place| place.visit == visit).expect("known");
            let order = place.work_order.clone();
            let Ok(seen) = notes_of(&self.device, &visit).await else { return false };
            let Ok(photos) = photos_of(&self.device, &order).await else { return false };
            toll.found += check(&self.books, &order, &seen, &photos, self.name);
            self.books.touched.remove(&visit);
        }
        true
    }
}

/// The notes of a visit's work order; an error when the process is gone.
async fn notes_of(device: &Device, visit: &str) -> Result<Vec<String>, Value> {
    let view = device.try_call("visit_open", json!({ "visit": visit })).await?;
    let notes = view["work_orders"][0]["facts"]["sections"]["notes"].as_object().cloned();
    let texts = notes.unwrap_or_default();
    Ok(texts.values().filter_map(|fact| fact["value"].as_str().map(str::to_owned)).collect())
}

async fn photos_of(device: &Device, order: &str) -> Result<BTreeSet<String>, Value> {
    let list = device.try_call("photo_list", json!({ "subject": order })).await?;
    let photos = list["photos"].as_array().cloned().unwrap_or_default();
    Ok(photos.iter().filter_map(|photo| photo["hash"].as_str().map(str::to_owned)).collect())
}

/// Everything saved is there, each note once; returns how many things were found.
fn check(
    books: &Books,
    order: &str,
    seen: &[String],
    photos: &BTreeSet<String>,
    name: &str,
) -> u64 {
    let of = |map: &BTreeMap<String, BTreeSet<String>>| map.get(order).cloned().unwrap_or_default();
    let (saved, kept) = (of(&books.saved), of(&books.photos));
    for text in &saved {
        let times = seen.iter().filter(|other| *other == text).count();
        assert_eq!(times, 1, "{text:?} was called saved and is there {times} times");
    }
    for text in seen.iter().filter(|text| text.starts_with(name)) {
        assert!(saved.contains(text) || books.unsure.contains(text), "{text:?} came from nowhere");
    }
    let lost: Vec<_> = kept.difference(photos).collect();
    assert!(lost.is_empty(), "photos were called saved and are lost: {lost:?}");
    saved.len() as u64 + kept.len() as u64
}

/// Runs the plan and checks everything after each kill and at the end.
///
/// # Panics
/// When something that was called saved is lost, was done twice, or does not arrive.
pub async fn run(plan: Plan) -> Toll {
    let mut shop = Shop::open(24);
    let mut toll = Toll::default();
    let tablet = shop.tablet().await;
    tablet.sync_until_settled(SETTLE).await;
    let laptop = shop.laptop().await;
    laptop.sync_until_settled(SETTLE).await;
    let mut tablet = Worker::new(tablet, "T", plan.seed).await;
    let mut laptop = Worker::new(laptop, "L", plan.seed ^ 0xA5A5).await;
    kill_tablet(&mut tablet, plan.tablet, &mut toll).await;
    kill_hq(&mut shop.hq, &mut tablet, &mut laptop, plan, &mut toll).await;
    settle(&shop, &mut [tablet, laptop], &mut toll).await;
    toll
}

async fn kill_tablet(worker: &mut Worker, kills: u32, toll: &mut Toll) {
    let mut early = false;
    for kill in 1..=kills {
        if early {
            // A start that was killed counts as a wrong PIN until one succeeds, so that nobody can
            // guess by pulling the plug; five in a row would be made to wait.
            worker.device.unlock().await;
        }
        let pid = worker.device.pid().expect("it runs");
        let after = Duration::from_micros(worker.dice.below(TABLET_LIVES_MS * 1_000));
        let killer = tokio::spawn(async move {
            tokio::time::sleep(after).await;
            let pid = pid.to_string();
            Command::new("kill").args(["-9", &pid]).status().expect("kill runs");
        });
        let input = json!({ "pin": PIN });
        let unlocked = match worker.device.try_call("unlock", input).await {
            Ok(_) => true,
            Err(Value::Null) => false,
            Err(error) => panic!("after {kill} kills it does not open: {error}"),
        };
        if unlocked && worker.look(toll).await {
            while worker.work(toll).await {}
        }
        killer.await.expect("it was killed");
        early = !unlocked;
        let counted = &mut toll.tablet_kills;
        *(if unlocked { &mut counted.1 } else { &mut counted.0 }) += 1;
        if kill % INSPECT_EVERY == 0 {
            worker.device.kill();
            inspect(worker.device.profile());
            toll.inspected += 1;
        }
        worker.device.restart();
    }
    worker.device.unlock().await;
    assert!(worker.look(toll).await, "it lives");
}

async fn kill_hq(
    hq: &mut Hq,
    tablet: &mut Worker,
    laptop: &mut Worker,
    plan: Plan,
    toll: &mut Toll,
) {
    let stop = AtomicBool::new(false);
    let mut dice = Dice((plan.seed ^ 0x5EED) | 1);
    let at = hq.address();
    let (mut of_tablet, mut of_laptop) = (Toll::default(), Toll::default());
    let working = async |worker: &mut Worker, toll: &mut Toll| {
        while !stop.load(Ordering::SeqCst) {
            assert!(worker.work(toll).await, "the device lives");
            assert!(worker.device.try_call("sync_now", json!({})).await.is_ok(), "it lives");
        }
    };
    let killing = async {
        for kill in 1..=plan.hq {
            tokio::time::sleep(Duration::from_micros(dice.below(HQ_LIVES_MS * 1_000))).await;
            tokio::task::block_in_place(|| {
                hq.kill();
                toll.hq_kills += 1;
                if kill % INSPECT_EVERY == 0 {
                    let held = ledger(hq);
                    assert_eq!(held["broken_identities"], json!([]), "{held}");
                    toll.inspected += 1;
                }
                hq.start_at(at);
            });
        }
        stop.store(true, Ordering::SeqCst);
    };
    tokio::join!(killing, working(tablet, &mut of_tablet), working(laptop, &mut of_laptop));
    for part in [of_tablet, of_laptop] {
        toll.notes += part.notes;
        toll.photos += part.photos;
        toll.claims += part.claims;
    }
}

fn ledger(hq: &Hq) -> Value {
    serde_json::from_str(&hq.admin(&["digest"])).expect("JSON")
}

/// Everything arrives, at a device of somebody else too, and every claim was decided once.
async fn settle(shop: &Shop, workers: &mut [Worker; 2], toll: &mut Toll) {
    for _ in 0..2 {
        for worker in workers.iter() {
            let state = worker.device.sync_until_settled(PATIENCE).await;
            assert_eq!(state["refused"], 0, "{state}");
        }
    }
    let later = shop.device("later", &shop.hq.person_at("clerk", &shop.job.store)).await;
    later.sync_until_settled(PATIENCE).await;
    for worker in workers.iter() {
        for place in &worker.places {
            for device in [&worker.device, &later] {
                let seen = notes_of(device, &place.visit).await.expect("it lives");
                let photos = photos_of(device, &place.work_order).await.expect("it lives");
                let order = &place.work_order;
                toll.found += check(&worker.books, order, &seen, &photos, worker.name);
            }
        }
    }
    let held = ledger(&shop.hq);
    assert_eq!(held["broken_identities"], json!([]), "{held}");
    let number = |value: &Value| value.as_u64().expect("a number");
    toll.decided = number(&held["claims"]["executed"]) + number(&held["claims"]["refused"]);
    let (mut made, mut leads) = (0, 0);
    for worker in workers {
        worker.device.kill();
        let conn = inspect(worker.device.profile());
        toll.inspected += 1;
        let (all, of_leads) = claims_made(&conn, &worker.books.leads);
        made += all;
        leads += of_leads;
    }
    assert_eq!(toll.decided, made, "each claim was decided once");
    assert_eq!(number(&held["rows"]["lead"]), leads, "and carried out once");
}

/// How many claims a device made, and how many of them save a lead; everyone that was called saved is
/// among them, with its row of HQ. The others are the device's own: it reserves what the day needs.
fn claims_made(conn: &Connection, saved: &BTreeSet<String>) -> (u64, u64) {
    let rows = database::rows_of_kind(conn, "lead").expect("rows");
    let known: BTreeSet<String> = rows.iter().map(|row| row.id.to_string()).collect();
    let lost: Vec<_> = saved.difference(&known).collect();
    assert!(lost.is_empty(), "claims were called saved and are lost: {lost:?}");
    conn.query_row(
        "SELECT count(*), coalesce(sum(kind = 'lead_save'), 0) FROM outbox_command",
        [],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
    .expect("a count")
}

/// Reads a stopped device's database through: sound, sums as counted, projection as rebuilt.
fn inspect(profile: &Path) -> Connection {
    let key = Vault::in_folder(profile).unlock(PIN, None, UtcMs(0)).expect("the right PIN");
    let path = profile.join("doorstep.db");
    let opened = open::open_encrypted(&path, &key, &database::SCHEMA, UtcMs(0)).expect("it opens");
    let mut conn = opened.connection;
    assert_eq!(open::damage(&conn).expect("read through"), Vec::<String>::new(), "it is sound");
    assert_eq!(
        database::held(&conn).expect("sums"),
        database::count_held(&conn).expect("counted"),
        "the kept sums are those of what is held"
    );
    let live = database::digest(&conn).expect("a digest");
    let tx = conn.transaction().expect("a transaction");
    database::rebuild(&tx).expect("rebuilt");
    assert_eq!(database::digest(&tx).expect("a digest"), live, "the projection is as rebuilt");
    drop(tx);
    conn
}
