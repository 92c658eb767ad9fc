//! What lists and search read is derived: rebuilt from HQ's rows it is what it was, on a tablet
//! that lived through it all and on one that came later.

use doorstep_domain::time::UtcMs;
use doorstep_store::device;
use doorstep_tests::{
    device::Device,
    machine::meet_washer,
    shop::{SETTLE, Shop},
    story::{STEPS, Silence, offset_to_story_day},
};
use rusqlite::Connection;
use serde_json::json;
use std::collections::BTreeSet;

/// One row of each projection changed on purpose.
const CORRUPTIONS: [&str; 6] = [
    "UPDATE agenda SET starts_at = starts_at + 1 WHERE visit = (SELECT max(visit) FROM agenda)",
    "DELETE FROM agenda WHERE visit = (SELECT min(visit) FROM agenda)",
    "DELETE FROM link WHERE (parent, kind, id) IN (SELECT parent, kind, id FROM link LIMIT 1)",
    "INSERT INTO link (parent, kind, id) VALUES (zeroblob(16), 'card', zeroblob(16))",
    "UPDATE search_row SET text = text || '。' WHERE id = (SELECT max(id) FROM search_row)",
    "UPDATE search_row SET updated_at = updated_at + 1 WHERE id = (SELECT min(id) FROM search_row)",
];

/// What the projections come to after `change` and a rebuild; everything is rolled back.
fn rebuilt_after(conn: &mut Connection, change: &str) -> String {
    let tx = conn.transaction().expect("a transaction");
    tx.execute_batch(change).expect("changed");
    device::rebuild(&tx).expect("rebuilt");
    device::digest(&tx).expect("a digest")
}

fn digest_after(conn: &mut Connection, change: &str) -> String {
    let tx = conn.transaction().expect("a transaction");
    let changed = tx.execute(change, []).expect("changed");
    assert_eq!(changed, 1, "{change}");
    device::digest(&tx).expect("a digest")
}

/// Stops a device, checks its projections against rebuilt ones, and starts it again.
async fn check(device: &mut Device, when: &str) -> String {
    device.kill();
    let mut conn = device.database();
    let live = device::digest(&conn).expect("a digest");
    assert_eq!(rebuilt_after(&mut conn, ""), live, "{when}: rebuilt from HQ's rows");
    for corruption in CORRUPTIONS {
        let wrong = digest_after(&mut conn, corruption);
        assert_ne!(wrong, live, "{when}: unseen: {corruption}");
        assert_eq!(rebuilt_after(&mut conn, corruption), live, "{when}: not mended: {corruption}");
    }
    let moved = "UPDATE hq_row SET body = json_set(body, '$.slot.start', 0) \
                 WHERE (kind, id) IN (SELECT kind, id FROM hq_row WHERE kind = 'visit' LIMIT 1)";
    assert_ne!(rebuilt_after(&mut conn, moved), live, "{when}: another row, another projection");
    drop(conn);
    device.restart();
    device.unlock().await;
    live
}

/// What is found by name, machine, serial, phone and pinyin; records of one instant have no order.
async fn found(device: &Device) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    for text in ["王", "冰箱", "SBX418", "0001", "wang", "样例"] {
        let hits = device.call("find", json!({ "text": text, "limit": 100 })).await;
        let hits = hits["found"].as_array().expect("found").clone();
        all.extend(hits.iter().map(|hit| format!("{text}: {hit}")));
    }
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn projections_equal_rebuilt_ones_through_a_tablets_life_and_on_a_later_tablet() {
    let mut shop = Shop::open(40);
    let (mut tablet, line) = shop.tablet_on_a_line().await;
    tablet.sync_until_settled(SETTLE).await;
    check(&mut tablet, "fresh").await;

    line.cut();
    for step in STEPS {
        step.play(&tablet, &shop.job, &mut Silence).await;
    }
    check(&mut tablet, "with unsent work").await;
    line.restore();
    meet_washer(&tablet, "样例丙").await;
    let end = json!({ "visit": shop.job.visit, "code": "refused", "note": "客户改主意了" });
    tablet.call("visit_end", end).await;
    tablet.sync_until_settled(SETTLE).await;
    let clerk = shop.laptop().await;
    clerk
        .call("card_issue", json!({ "gtin": "2000000000602", "serials": ["SXH100Z900001"] }))
        .await;
    clerk.sync_until_settled(SETTLE).await;
    tablet.sync_until_settled(SETTLE).await;
    check(&mut tablet, "after the day").await;

    // A rebuilt search finds what the grown one found.
    let before = found(&tablet).await;
    assert!(before.len() > 20, "there is something to find: {before:?}");
    tablet.kill();
    let mut conn = tablet.database();
    let tx = conn.transaction().expect("a transaction");
    device::rebuild(&tx).expect("rebuilt");
    tx.commit().expect("committed");
    drop(conn);
    tablet.restart();
    tablet.unlock().await;
    assert_eq!(found(&tablet).await, before, "found again");

    // Eight days later the finished visit leaves the tablet.
    for days in [0, 8] {
        shop.hq.restart_later(days * UtcMs::DAY);
        line.redirect(shop.hq.address());
        tokio::time::sleep(std::time::Duration::from_secs(1)).await;
        tablet.sync_until_settled(SETTLE).await;
    }
    let gone = tablet.try_call("visit_open", json!({ "visit": shop.job.visit })).await;
    assert_eq!(gone.expect_err("it has left")["code"], "not_found");
    let grown = check(&mut tablet, "after a visit has left").await;

    let mut later = Device::start(&shop.rooms.path().join("later"), offset_to_story_day());
    later.enrol(&shop.hq.ticket(&shop.job.engineer, line.address()), "later").await;
    later.sync_until_settled(SETTLE).await;
    tablet.sync_until_settled(SETTLE).await;
    assert_eq!(check(&mut later, "a later tablet").await, grown, "the same rows, the same lists");
}
