//! Leases between real tablets and HQ: the last unit, time running out at the door, and back.

use doorstep_tests::{
    device::Device,
    folders::copy_folder,
    hq::data_files,
    paper, pictures,
    shop::{SETTLE, Shop},
    story::{Job, NEW_SKU, quote_input, stroke},
};
use serde_json::{Value, json};
use std::time::Duration;

/// A policy published over the sample one: seconds, so that a test lives to see a lease end.
fn publish_policy(shop: &Shop, lines: &[(&str, &str)]) {
    let folder = shop.rooms.path().join("data");
    copy_folder(&data_files(), &folder);
    let file = folder.join("sample/leases.toml");
    let mut text = std::fs::read_to_string(&file).unwrap();
    for (key, value) in lines.iter().chain(&[("version", "\"SAMPLE-LEASES-TEST\"")]) {
        let line = text.lines().find(|line| line.starts_with(&format!("{key} = "))).unwrap();
        text = text.replace(&line.to_owned(), &format!("{key} = {value}"));
    }
    std::fs::write(&file, text).unwrap();
    shop.hq.admin(&["publish", folder.to_str().unwrap()]);
}

/// So many units of the story's new machine in every store.
fn stock(shop: &Shop, units: i64) {
    let file = shop.rooms.path().join("stock.toml");
    let text = format!("[[stock]]\nstore = \"*\"\nsku = \"{NEW_SKU}\"\nunits = {units}\n");
    std::fs::write(&file, text).unwrap();
    shop.hq.admin(&["pools", file.to_str().unwrap()]);
}

/// The pool of the story's new machine at the story's store: amount, leased, used.
fn pool(shop: &Shop) -> (i64, i64, i64) {
    let told: Value = serde_json::from_str(&shop.hq.admin(&["pools"])).unwrap();
    let pools = told["pools"].as_array().unwrap();
    let mine = |pool: &&Value| {
        pool["resource"]["sku"] == NEW_SKU && pool["resource"]["store"] == shop.job.store
    };
    let pool = pools.iter().find(mine).expect("the pool of the model");
    let count = |field: &str| pool[field].as_i64().unwrap();
    (count("amount"), count("leased"), count("used"))
}

fn sound(shop: &Shop) {
    assert_eq!(shop.hq.digest()["broken_pools"], json!([]), "leased and used add up");
}

/// Another visit on an engineer's list than the story's, as a job.
async fn other_job(device: &Device, shop: &Shop) -> Job {
    let list = device.call("today", json!({})).await;
    let mut visits = list["visits"].as_array().unwrap().iter().map(|row| &row["visit"]);
    let visit = visits.find(|visit| **visit != *shop.job.visit).expect("a second visit");
    let visit = visit.as_str().unwrap().to_owned();
    let opened = device.call("visit_open", json!({ "visit": visit })).await;
    let work_order = opened["work_orders"][0]["id"].as_str().unwrap().to_owned();
    Job { visit, work_order, ..shop.job.clone() }
}

/// A quote for the new machine without discounts and fees, the old one left out.
async fn quote(device: &Device, job: &Job) -> Value {
    let mut input = quote_input(job);
    input["old"] = json!([]);
    input["fees"] = json!([]);
    input["new"][0]["discounts"] = json!([]);
    input.as_object_mut().unwrap().remove("removal");
    device.call("quote_make", input).await["quote"]["request"]["id"].clone()
}

async fn terms(device: &Device, job: &Job, quote: &Value) -> Value {
    let visit = device.call("visit_open", json!({ "visit": job.visit })).await;
    let day = 86_400_000;
    let slot = |edge: &str| visit["row"]["slot"][edge].as_i64().unwrap() + day;
    let input = json!({
        "quote": quote, "slot": { "start": slot("start"), "end": slot("end") },
        "removal": "one_visit", "if_refused": "go_on",
    });
    device.call("order_terms", input).await["terms"].clone()
}

async fn sign(device: &Device, job: &Job) -> Result<Value, Value> {
    for number in 0..2 {
        let input = json!({
            "work_order": job.work_order, "number": number, "stroke": stroke(number),
        });
        device.call("stroke_add", input).await;
    }
    let input = json!({ "work_order": job.work_order, "name": "王芳", "relation": "self" });
    device.try_call("order_file", input).await
}

/// The one reservation of a kind in the terms.
fn reserved<'a>(terms: &'a Value, kind: &str) -> &'a Value {
    let all = terms["reservations"].as_array().expect("the terms say what is reserved");
    all.iter().find(|one| one["resource"]["kind"] == kind).expect("of this kind")
}

async fn state_of(device: &Device, job: &Job) -> Value {
    let view = device.call("order_view", json!({ "work_order": job.work_order })).await;
    view["orders"][0]["order"]["state"].clone()
}

/// Syncs until the device holds a lease of the story's machine.
async fn until_leased(device: &Device) -> Value {
    for _ in 0..40 {
        device.sync().await;
        let held = device.call("lease_list", json!({})).await;
        let leases = held["leases"].as_array().unwrap();
        if let Some(lease) = leases.iter().find(|one| one["lease"]["resource"]["sku"] == NEW_SKU) {
            return lease.clone();
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("no lease of {NEW_SKU} came");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_tablets_want_the_last_unit_and_only_one_promises_it() {
    let mut shop = Shop::open(12);
    stock(&shop, 1);
    let (first, line) = shop.tablet_on_a_line().await;
    let second = shop.device("second", &shop.colleague().1).await;
    let other = other_job(&second, &shop).await;

    // The first chooses the machine while HQ is in reach; the lease follows by itself.
    let chosen = quote(&first, &shop.job).await;
    let lease = until_leased(&first).await;
    assert_eq!(pool(&shop), (1, 1, 0));
    let told = first.call("guarantees", json!({ "quote": chosen })).await;
    let unit = &told["guarantees"][0];
    assert_eq!(unit["reservation"]["lease"], lease["lease"]["id"], "{told}");
    assert!(unit["standing"]["zh"].as_str().unwrap().starts_with("已预留至"), "{unit}");
    assert!(unit["sign_before"].as_i64() < unit["reservation"]["until"].as_i64(), "a margin");

    // The second asks too, is not given it, and is told so before anybody signs.
    let wanted = quote(&second, &other).await;
    second.sync_until_settled(SETTLE).await;
    let told = second.call("guarantees", json!({ "quote": wanted })).await;
    assert_eq!(told["guarantees"][0]["reservation"]["lease"], Value::Null, "{told}");
    assert_eq!(told["guarantees"][0]["standing"]["en"], "to be confirmed by HQ");

    // Both sign; the first without a network.
    line.cut();
    let signed = terms(&first, &shop.job, &chosen).await;
    assert_eq!(reserved(&signed, "stock")["lease"], lease["lease"]["id"]);
    let sentence = signed["sentence"]["zh"].as_str().unwrap();
    assert!(sentence.contains("已预留，总部在所示时间前收到本单即保证："), "{sentence}");
    sign(&first, &shop.job).await.unwrap();
    let left = first.call("lease_list", json!({})).await;
    let same = |one: &&Value| one["lease"]["id"] == lease["lease"]["id"];
    assert!(!left["leases"].as_array().unwrap().iter().any(|one| same(&one)), "promised, once");
    assert!(paper_of(&first, &shop.job, "order.zh").await.contains("已预留至"));

    // The same tablet does not promise it to its next customer, not even without a network.
    let next = other_job(&first, &shop).await;
    let hoped = quote(&first, &next).await;
    let told = first.call("guarantees", json!({ "quote": hoped })).await;
    assert_eq!(told["guarantees"][0]["reservation"]["lease"], Value::Null, "{told}");

    terms(&second, &other, &wanted).await;
    sign(&second, &other).await.unwrap();
    second.sync_until_settled(SETTLE).await;
    let refused = state_of(&second, &other).await;
    let reason = refused["refused"]["reason"]["en"].as_str().unwrap_or_default();
    assert!(reason.contains("no reservation that still holds"), "a task, no silent no: {refused}");
    assert_eq!(refused["refused"]["remedies"], json!(["honour", "re_quote", "cancel"]));

    // The answer is lost on the way, HQ dies with it, and the batch comes again.
    for bytes in [400, 1_500, 4_000] {
        line.restore();
        line.cut_after_downward(bytes);
        first.sync().await;
        line.cut();
        shop.hq.kill();
        shop.hq.start();
        line.redirect(shop.hq.address());
    }
    line.restore();
    first.sync_until_settled(SETTLE).await;
    assert!(state_of(&first, &shop.job).await["executed"]["number"].is_string());
    assert_eq!(pool(&shop), (1, 0, 1));
    sound(&shop);

    // The desk sees the pool empty.
    let desk = shop.desk().await;
    desk.sync_until_settled(SETTLE).await;
    let pools = desk.call("pool_list", json!({})).await;
    let row = pools["pools"].as_array().unwrap().iter().find(|row| {
        row["pool"]["resource"]["sku"] == NEW_SKU
            && row["pool"]["resource"]["store"] == shop.job.store
    });
    assert_eq!(row.unwrap()["free"], 0);
}

/// The text of a paper of the order.
async fn paper_of(device: &Device, job: &Job, label: &str) -> String {
    let list = device.call("paper_list", json!({ "subject": job.work_order })).await;
    let papers = list["papers"].as_array().unwrap();
    let found = papers.iter().find(|one| one["shot"] == label).expect("the paper was printed");
    let bytes = device.call("paper_bytes", json!({ "hash": found["hash"] })).await;
    paper::text(&pictures::bytes(bytes["base64"].as_str().unwrap()))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lease_that_ends_at_the_door_is_not_promised_and_hq_checks_what_was() {
    let shop = Shop::open(8);
    stock(&shop, 1);
    publish_policy(
        &shop,
        &[("lease_s", "10"), ("margin_s", "3"), ("renew_s", "4"), ("ask_again_s", "1")],
    );
    let (tablet, line) = shop.tablet_on_a_line().await;
    let chosen = quote(&tablet, &shop.job).await;
    let lease = until_leased(&tablet).await;
    line.cut();
    let before = terms(&tablet, &shop.job, &chosen).await;
    assert_eq!(reserved(&before, "stock")["lease"], lease["lease"]["id"]);

    // The customer thinks it over. What was reserved can no longer be signed for.
    wait_past(&tablet, lease["promise_until"].as_i64().unwrap()).await;
    let refused = sign(&tablet, &shop.job).await.unwrap_err();
    assert_eq!(refused["code"], "reservation_lapsed");
    let after = terms(&tablet, &shop.job, &chosen).await;
    assert_eq!(reserved(&after, "stock")["lease"], Value::Null, "said plainly before signing");
    assert!(after["sentence"]["en"].as_str().unwrap().contains("To be confirmed by HQ"));
    let pad = tablet.call("strokes", json!({ "work_order": shop.job.work_order })).await;
    assert_eq!(pad["strokes"], json!([]), "other terms, another signature");
    sign(&tablet, &shop.job).await.unwrap();

    // By then HQ has it free again, and executes the order.
    wait_past(&tablet, lease["lease"]["expires_at"].as_i64().unwrap()).await;
    line.restore();
    tablet.sync_until_settled(SETTLE).await;
    assert!(state_of(&tablet, &shop.job).await["executed"]["number"].is_string());
    assert_eq!(pool(&shop), (1, 0, 1));
    sound(&shop);
}

/// Waits until the device's estimate of HQ's time has passed an instant.
async fn wait_past(device: &Device, at: i64) {
    for _ in 0..200 {
        if device.call("sync_status", json!({})).await["time"]["at"].as_i64().unwrap() > at {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("time stands still");
}

#[tokio::test(flavor = "multi_thread")]
async fn leases_are_asked_for_ahead_renewed_and_given_back_when_the_visit_is_over() {
    let mut shop = Shop::open(8);
    let job = shop.job.clone();
    let (tablet, line) = shop.tablet_on_a_line().await;
    tablet.sync_until_settled(SETTLE).await;
    let of_visit = |held: &Value| -> Vec<Value> {
        let leases = held["leases"].as_array().unwrap().iter();
        leases.filter(|one| one["lease"]["visit"] == *job.visit).cloned().collect()
    };
    let ahead = of_visit(&tablet.call("lease_list", json!({})).await);
    let kinds: Vec<&str> =
        ahead.iter().map(|one| one["lease"]["resource"]["kind"].as_str().unwrap()).collect();
    assert!(kinds.contains(&"slot") && kinds.contains(&"bonus"), "nobody asked by hand: {kinds:?}");
    let end_of_bonus = |held: &[Value]| {
        let bonus = held.iter().find(|one| one["lease"]["resource"]["kind"] == "bonus");
        bonus.expect("a bonus is held")["lease"]["expires_at"].as_i64().unwrap()
    };
    let first_end = end_of_bonus(&ahead);

    let earned = json!({ "work_order": job.work_order, "skus": [NEW_SKU], "old": job.asset });
    let bonus = tablet.call("bonus_list", earned).await["bonuses"][0].clone();
    assert_eq!((bonus["id"].as_str(), bonus["held"].as_bool()), (Some("b_over_age"), Some(true)));

    // A bonus on a lease only: held, so it is priced; twice as much of it is not.
    let strict = |amount: i64| {
        let mut input = quote_input(&job);
        input["new"][0]["sku"] = json!("S-KF-35G1");
        let bonus = |id: &str| json!({ "kind": "trade_in_bonus", "id": id, "amount": amount });
        input["new"][0]["discounts"] = json!([bonus("b_model")]);
        input["new"].as_array_mut().unwrap().push(json!({
            "line": "new-2", "sku": "S-KF-35G1", "discounts": [bonus("b_model")],
        }));
        input["fees"] = json!([]);
        input["old"] = json!([]);
        input.as_object_mut().unwrap().remove("removal");
        input
    };
    assert!(tablet.try_call("quote_make", strict(15_000)).await.is_ok());
    let refused = tablet.try_call("quote_make", strict(30_000)).await.unwrap_err();
    assert_eq!(
        (&refused["code"], &refused["params"]["bonus"]),
        (&json!("quote_refused"), &json!("b_model"))
    );

    shop.hq.restart_later(4 * 3_600_000);
    line.redirect(shop.hq.address());
    line.break_open();
    tablet.sync_until_settled(SETTLE).await;
    let renewed = of_visit(&tablet.call("lease_list", json!({})).await);
    assert!(renewed.len() >= ahead.len());
    assert!(end_of_bonus(&renewed) > first_end, "renewed while HQ was in reach");

    let end = json!({
        "visit": job.visit, "code": "no_show", "evidence": ["photo_door", "call_log"],
    });
    tablet.call("visit_end", end).await;
    tablet.sync_until_settled(SETTLE).await;
    let left = tablet.call("lease_list", json!({})).await;
    assert!(of_visit(&left).is_empty(), "nothing of an ended visit is kept from others: {left}");
    sound(&shop);
}
