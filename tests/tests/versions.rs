//! A tablet and an HQ of different versions: they go on syncing, or the person is told plainly to
//! update, and unsent work is safe meanwhile.

use doorstep_domain::org::Bucket;
use doorstep_hq::{home::Home, records};
use doorstep_sync::wire::{MESSAGE_LIMIT, PROTOCOL};
use doorstep_tests::{
    device::Device,
    notes::note,
    said::in_both_languages,
    shop::{SETTLE, Shop},
    speaker::Speaker,
    story::{DAY, START},
};
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use uuid::Uuid;

/// Rows as a newer HQ would publish them, put into the ledger of the running one.
fn publish(shop: &Shop, rows: &[(&str, Value)], buckets: &BTreeSet<Bucket>) {
    let home = Home::open(shop.hq.data(), START).expect("the data folder");
    let mut conn = home.connect(START).expect("the ledger");
    let tx = conn.transaction().expect("a transaction");
    for (kind, row) in rows {
        let id: Uuid = row["id"].as_str().expect("an identity").parse().expect("an identity");
        records::put(&tx, kind, id, buckets, row).expect("published");
    }
    tx.commit().expect("committed");
}

fn held(shop: &Shop, kind: &str, id: &str) -> Value {
    let home = Home::open(shop.hq.data(), START).expect("the data folder");
    let conn = home.connect(START).expect("the ledger");
    let id = id.parse().expect("an identity");
    records::load(&conn, kind, id).expect("readable").expect("HQ has it")
}

async fn visits(device: &Device) -> usize {
    let today = device.call("today", json!({ "day": DAY })).await;
    today["visits"].as_array().expect("visits").len()
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_of_a_newer_hq_stop_nothing_and_the_person_is_told_to_update() {
    let shop = Shop::open(12);
    let tablet = shop.tablet().await;
    tablet.sync_until_settled(SETTLE).await;
    let before = visits(&tablet).await;
    assert!(before >= 2, "{before} visits today");

    let id = |number: u128| Uuid::from_u128(0x0bad_0000 + number).to_string();
    let mut visit = held(&shop, "visit", &shop.job.visit);
    let mut known = visit.clone();
    visit["id"] = json!(id(1));
    visit["state"] = json!("waiting_for_drone");
    known["weather"] = json!({ "rain": true });
    known["log"] = json!([]);
    let mut order = held(&shop, "work_order", &shop.job.work_order);
    order["id"] = json!(id(2));
    order["job"] = json!("teleport");
    let mut asset = held(&shop, "asset", &shop.job.asset);
    asset["id"] = json!(id(3));
    asset["owner"] = json!({ "shared": true });
    let task = json!({ "id": id(4), "kind": "from_the_future", "store": shop.job.store });
    let engineer = doorstep_domain::id::PersonId(shop.job.engineer.parse().expect("an identity"));
    let person = json!({ "id": id(5), "name": 7 });
    let strange = json!({ "id": id(6), "what": "nobody knows" });
    publish(
        &shop,
        &[
            ("weather", strange),
            ("visit", visit),
            ("visit", known),
            ("work_order", order),
            ("asset", asset),
            ("task", task),
            ("person", person),
        ],
        &BTreeSet::from([Bucket::person(engineer)]),
    );
    note(&tablet, &shop.job, "照常").await;
    let state = tablet.sync_until_settled(SETTLE).await;
    assert_eq!(visits(&tablet).await, before, "the others are listed, the known one among them");
    let warned = state["warnings"].as_array().expect("warnings");
    let update: Vec<&Value> =
        warned.iter().filter(|warning| warning["code"] == "update_needed").collect();
    assert!(!update.is_empty(), "{state}");
    assert!(in_both_languages(&update[0]["words"]).contains("update"), "{state}");
    for (command, input) in [
        ("task_list", json!({})),
        ("board", json!({ "day": DAY })),
        ("crew_list", json!({ "day": DAY })),
        ("load_list", json!({ "day": DAY })),
        ("find", json!({ "text": "SBX", "kinds": ["asset", "card", "work_order", "customer"] })),
        ("visit_open", json!({ "visit": shop.job.visit })),
    ] {
        tablet.call(command, input).await;
    }
    let unread = tablet.try_call("visit_open", json!({ "visit": id(1) })).await.unwrap_err();
    assert_eq!(unread["code"], "record_unreadable", "{unread}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tablet_too_old_for_hq_is_told_and_its_work_is_safe_and_exportable() {
    let shop = Shop::open(2);
    let tablet = shop.tablet().await;
    tablet.sync_until_settled(SETTLE).await;
    let next = (PROTOCOL + 1).to_string();
    shop.hq.admin(&["require-protocol", &next]);
    note(&tablet, &shop.job, "救援里要有这句").await;
    let state = tablet.sync().await;
    assert_eq!(state["last_error"]["code"], "update_needed", "{state}");
    assert!(in_both_languages(&state["last_error"]["words"]).contains("rescue file"), "{state}");
    assert_eq!(state["waiting"], 1);
    let file = tablet.rescue_file().await;
    let rescued = shop.hq.admin(&["open-rescue", file.to_str().expect("UTF-8")]);
    assert!(rescued.contains("救援里要有这句"), "HQ reads what waits: {rescued}");
    assert_eq!(visits(&tablet).await, 1, "the tablet goes on showing what it holds");

    shop.hq.admin(&["require-protocol", &PROTOCOL.to_string()]);
    let state = tablet.sync_until_settled(SETTLE).await;
    assert_eq!((&state["waiting"], &state["refused"]), (&json!(0), &json!(0)), "{state}");
}

/// A request as a newer tablet might send it.
#[derive(Serialize)]
struct Newer<'a> {
    protocol: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    epoch: Option<Uuid>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cursor: Option<doorstep_sync::wire::Cursor>,
    #[serde(skip_serializing_if = "Option::is_none")]
    key_list: Option<u64>,
    colour: &'a str,
    batches: Vec<u8>,
}

#[tokio::test(flavor = "multi_thread")]
async fn hq_answers_messages_with_unknown_fields_and_names_the_version_it_cannot_read() {
    let shop = Shop::open(2);
    let speaker = Speaker::enrol(&shop.hq, &shop.job.engineer, 9).await;
    let newer = |protocol, whole: bool| {
        let message = Newer {
            protocol,
            epoch: whole.then_some(speaker.epoch),
            cursor: whole.then_some(speaker.cursor),
            key_list: whole.then_some(0),
            colour: "蓝",
            batches: vec![1, 2, 3],
        };
        doorstep_sync::wire::pack(&message).expect("a message")
    };
    for (what, body, status, code) in [
        ("unknown fields", newer(PROTOCOL, true), 200, ""),
        ("a newer protocol", newer(PROTOCOL + 1, true), 400, "protocol_newer"),
        ("a newer protocol in another form", newer(PROTOCOL + 1, false), 400, "protocol_newer"),
        ("an older protocol", newer(0, true), 400, "protocol_older"),
        ("this protocol in no form", newer(PROTOCOL, false), 400, "message_unreadable"),
        ("nothing", Vec::new(), 400, "message_unreadable"),
        ("too much", vec![0; MESSAGE_LIMIT + 1], 413, "message_too_large"),
    ] {
        let heard = speaker.post(body).await.expect("HQ answers");
        assert_eq!((heard.status, heard.code().as_str()), (status, code), "{what}");
    }
}
