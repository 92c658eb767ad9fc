//! What a tablet holds is compared with what it should hold: a loss that nobody noticed is found by
//! the next sync and exactly that is sent again; where nothing is wrong, nothing is sent.

use doorstep_domain::time::UtcMs;
use doorstep_store::{device, open::open_encrypted, vault::Vault};
use doorstep_tests::{
    device::{Device, PIN},
    line::Line,
    shop::{SETTLE, Shop},
    story::{Job, offset_to_story_day},
};
use rusqlite::Connection;
use serde_json::{Value, json};
use std::{fs, path::PathBuf};

/// Bytes from HQ with which a sync that has nothing to say must do, a new TLS connection and a
/// `HEAD` about no photo included: twice over, because the first one after a start counts anew.
const QUIET_BYTES: i64 = 6_000;

struct Scene {
    shop: Shop,
    line: Line,
    tablet: Device,
    log: PathBuf,
}

impl Scene {
    async fn open() -> Scene {
        let mut shop = Shop::open(12);
        let log = shop.rooms.path().join("hq.log");
        shop.hq.restart_logging(&log);
        let line = Line::to(shop.hq.address());
        let tablet = Device::start(&shop.rooms.path().join("tablet"), offset_to_story_day());
        tablet.enrol(&shop.hq.ticket(&shop.job.engineer, line.address()), "tablet").await;
        note(&tablet, &shop.job, "之前").await;
        tablet.sync_until_settled(SETTLE).await;
        Scene { shop, line, tablet, log }
    }

    /// Stops the tablet, changes its database, and has it sync.
    async fn after(&mut self, changes: &[&str]) {
        self.tablet.kill();
        let conn = database(&self.tablet);
        for change in changes {
            assert_eq!(conn.execute(change, []).expect("changed"), 1, "{change}");
        }
        drop(conn);
        self.tablet.restart();
        self.tablet.unlock().await;
        self.tablet.sync_until_settled(SETTLE).await;
        self.tablet.sync_until_settled(SETTLE).await;
    }

    /// How many items HQ sent to mend, each time, since the last call.
    fn mended(&self) -> Vec<u32> {
        let log = fs::read_to_string(&self.log).expect("a log");
        fs::write(&self.log, "").expect("emptied");
        let lines = log.lines().filter(|line| line.contains("mending what a device holds"));
        let items = lines.filter_map(|line| line.split("items=").nth(1)?.split(' ').next());
        items.map(|count| strip(count).parse().expect("a count")).collect()
    }
}

/// Without the colours of the log.
fn strip(text: &str) -> String {
    text.chars().take_while(char::is_ascii_digit).collect()
}

async fn note(tablet: &Device, job: &Job, text: &str) {
    let note = json!({ "visit": job.visit, "work_order": job.work_order, "text": text });
    tablet.call("note_add", note).await;
}

/// The database of a device that is not running.
fn database(device: &Device) -> Connection {
    let profile = device.profile();
    let key = Vault::in_folder(profile).unlock(PIN, None, UtcMs(0)).expect("the right PIN");
    let path = profile.join("doorstep.db");
    open_encrypted(&path, &key, &device::SCHEMA, UtcMs(0)).expect("opens").connection
}

/// Everything HQ sent, as text, and whether the kept sums are those of it.
fn held(device: &mut Device) -> Vec<String> {
    device.kill();
    let conn = database(device);
    assert_eq!(
        device::held(&conn).expect("sums"),
        device::count_held(&conn).expect("counted"),
        "the kept sums are those of what is held"
    );
    let mut all = Vec::new();
    for sql in [
        "SELECT kind || hex(id) || version || body FROM hq_row ORDER BY kind, id",
        "SELECT kind || hex(id) || hex(told) FROM doc ORDER BY id",
        "SELECT kind || version || hex(mark) FROM bundle ORDER BY kind, version",
    ] {
        let mut statement = conn.prepare(sql).expect("a query");
        let rows = statement.query_map([], |row| row.get::<_, String>(0)).expect("rows");
        all.extend(rows.map(|row| row.expect("a row")));
    }
    all
}

async fn facts(tablet: &Device, job: &Job) -> Vec<Value> {
    let visit = tablet.call("visit_open", json!({ "visit": job.visit })).await;
    let machine = tablet.call("machine_view", json!({ "asset": job.asset })).await;
    vec![visit["work_orders"][0]["facts"].clone(), machine["facts"].clone(), visit["row"].clone()]
}

/// One row or document each, lost or altered behind everybody's back.
const LOSSES: [&str; 10] = [
    "DELETE FROM hq_row WHERE (kind, id) IN (SELECT kind, id FROM hq_row WHERE kind = 'card' LIMIT 1)",
    "DELETE FROM hq_row WHERE (kind, id) IN (SELECT kind, id FROM hq_row WHERE kind = 'visit' LIMIT 1)",
    "UPDATE hq_row SET body = json_set(body, '$.model', 'X-0') WHERE (kind, id) IN \
     (SELECT kind, id FROM hq_row WHERE kind = 'asset' LIMIT 1)",
    "UPDATE hq_row SET version = version - 1 WHERE (kind, id) IN \
     (SELECT kind, id FROM hq_row WHERE kind = 'customer' LIMIT 1)",
    "DELETE FROM doc WHERE id = (SELECT min(id) FROM doc WHERE kind = 'asset')",
    "DELETE FROM doc_change WHERE seq = (SELECT max(seq) FROM doc_change)",
    "UPDATE doc SET told = zeroblob(32) WHERE id = (SELECT max(id) FROM doc WHERE kind = 'asset')",
    "UPDATE doc SET snapshot = zeroblob(90) WHERE id = (SELECT max(id) FROM doc WHERE kind = 'card')",
    "DELETE FROM bundle WHERE (kind, version) IN (SELECT kind, version FROM bundle LIMIT 1)",
    // Not a loss, but something that should not be there.
    "INSERT INTO hq_row (kind, id, version, body) \
     VALUES ('customer', x'000102030405060708090a0b0c0d0e0f', 7, '{}')",
];

#[tokio::test(flavor = "multi_thread")]
async fn what_a_tablet_lost_unnoticed_is_found_and_exactly_that_is_sent_again() {
    let mut scene = Scene::open().await;
    let right = held(&mut scene.tablet);
    scene.tablet.restart();
    scene.tablet.unlock().await;
    let shown = facts(&scene.tablet, &scene.shop.job).await;
    scene.tablet.sync_until_settled(SETTLE).await;
    assert_eq!(scene.mended(), Vec::<u32>::new(), "nothing was wrong");
    let (one, others) = LOSSES.split_first().expect("losses");
    for (losses, what) in [(&[*one][..], "one row"), (others, "one of each kind")] {
        scene.after(losses).await;
        let items: u32 = scene.mended().iter().sum();
        assert_eq!(items as usize, losses.len(), "{what}: exactly what was lost");
        assert_eq!(facts(&scene.tablet, &scene.shop.job).await, shown, "{what}");
        assert_eq!(held(&mut scene.tablet), right, "{what}");
    }

    scene.tablet.restart();
    scene.tablet.unlock().await;
    scene.tablet.sync().await;
    scene.line.take_answered();
    scene.tablet.sync().await;
    let quiet = scene.line.take_answered();
    assert!(quiet < QUIET_BYTES, "nothing is sent again where all is well: {quiet} bytes");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_document_with_unsent_work_is_mended_and_the_work_arrives() {
    let mut scene = Scene::open().await;
    scene.line.cut();
    note(&scene.tablet, &scene.shop.job, "还没有上传").await;
    scene.tablet.kill();
    let conn = database(&scene.tablet);
    let lost = "DELETE FROM hq_row WHERE kind = 'work_order'";
    assert!(conn.execute(lost, []).expect("changed") > 0);
    drop(conn);
    scene.tablet.restart();
    scene.tablet.unlock().await;
    scene.line.restore();
    let state = scene.tablet.sync_until_settled(SETTLE).await;
    assert_eq!(state["refused"], 0, "{state}");
    scene.tablet.sync_until_settled(SETTLE).await;
    let view = scene.tablet.call("visit_open", json!({ "visit": scene.shop.job.visit })).await;
    let notes = view["work_orders"][0]["facts"]["sections"]["notes"].to_string();
    assert!(notes.contains("之前") && notes.contains("还没有上传"), "{notes}");
    held(&mut scene.tablet);
    let laptop = scene.shop.laptop().await;
    laptop.sync_until_settled(SETTLE).await;
    let work = json!({ "work_order": scene.shop.job.work_order });
    let seen = laptop.call("work_order_view", work).await["card"]["facts"].to_string();
    assert!(seen.contains("还没有上传"), "it reached the desk: {seen}");
}
