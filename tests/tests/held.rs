//! What a tablet holds is compared with what it should hold: a loss that nobody noticed is found by
//! the next sync and exactly that is sent again; where nothing is wrong, nothing is sent.

use doorstep_tests::{
    device::Device, notes::note, scene::Scene, shop::SETTLE, sound::assert_sums, story::Job,
};
use serde_json::{Value, json};
use std::fs;

/// Bytes from HQ with which a sync that has nothing to say must do, a new TLS connection and a
/// `HEAD` about no photo included: twice over, because the first one after a start counts anew.
const QUIET_BYTES: i64 = 6_000;

/// Stops the tablet, changes its database, and has it sync.
async fn sync_after(scene: &mut Scene, changes: &[&str]) {
    scene.tablet.kill();
    let conn = scene.tablet.database();
    for change in changes {
        assert_eq!(conn.execute(change, []).expect("changed"), 1, "{change}");
    }
    drop(conn);
    scene.tablet.restart();
    scene.tablet.unlock().await;
    scene.tablet.sync_until_settled(SETTLE).await;
    scene.tablet.sync_until_settled(SETTLE).await;
}

/// How many items HQ sent to mend, each time, since the last call.
fn mended(scene: &Scene) -> Vec<u32> {
    let log = fs::read_to_string(&scene.log).expect("a log");
    fs::write(&scene.log, "").expect("emptied");
    let lines = log.lines().filter(|line| line.contains("mending what a device holds"));
    let items = lines.filter_map(|line| line.split("items=").nth(1)?.split(' ').next());
    items.map(|count| strip(count).parse().expect("a count")).collect()
}

/// Without the colours of the log.
fn strip(text: &str) -> String {
    text.chars().take_while(char::is_ascii_digit).collect()
}

/// Everything HQ sent, as text, and whether the kept sums are those of it.
fn held(device: &mut Device) -> Vec<String> {
    device.kill();
    let conn = device.database();
    assert_sums(&conn);
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
    let mut scene = Scene::open(12, "之前").await;
    let right = held(&mut scene.tablet);
    scene.tablet.restart();
    scene.tablet.unlock().await;
    let shown = facts(&scene.tablet, &scene.shop.job).await;
    scene.tablet.sync_until_settled(SETTLE).await;
    assert_eq!(mended(&scene), Vec::<u32>::new(), "nothing was wrong");
    let (one, others) = LOSSES.split_first().expect("losses");
    for (losses, what) in [(&[*one][..], "one row"), (others, "one of each kind")] {
        sync_after(&mut scene, losses).await;
        let items: u32 = mended(&scene).iter().sum();
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
    let mut scene = Scene::open(12, "之前").await;
    scene.line.cut();
    note(&scene.tablet, &scene.shop.job, "还没有上传").await;
    scene.tablet.kill();
    let conn = scene.tablet.database();
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
