//! Documents that begin on a tablet, tablets restored from an older copy, and documents HQ refuses.

use doorstep_tests::{
    device::Device,
    folders::copy_folder,
    hq::Hq,
    line::Line,
    machine::{answer, meet_washer, meet_washer_with_nameplate},
    notes::{note, notes},
    pictures,
    said::in_both_languages,
    scene::Scene,
    shop::{SETTLE, Shop},
    story::{Job, STEPS, Silence, offset_to_story_day},
};
use serde_json::{Value, json};
use std::{collections::BTreeSet, fs, slice};

async fn order_numbers(device: &Device, job: &Job) -> Vec<Value> {
    let view = device.call("order_view", json!({ "work_order": job.work_order })).await;
    let orders = view["orders"].as_array().expect("orders").iter();
    orders.map(|order| order["number"].clone()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_machine_and_a_cards_first_note_begun_at_the_door_reach_the_clerk() {
    let shop = Shop::open(2);
    let tablet = shop.tablet().await;
    let machine = meet_washer_with_nameplate(&tablet).await;
    assert_eq!(machine["record"]["state"], "on_device", "{}", machine["record"]);
    let asset = machine["asset"]["id"].as_str().expect("an identity").to_owned();
    answer(&tablet, &asset, "wm.hose", "fail").await;
    for (subject, kind, seed) in [(&asset, "asset", 1), (&shop.job.card, "card", 2)] {
        let photo = pictures::front_of(kind, subject, &pictures::room(seed, 640, 480));
        tablet.call("photo_add", photo).await;
    }
    let state = tablet.sync_until_settled(SETTLE).await;
    assert_eq!(state["refused"], 0, "HQ takes documents it never heard of: {state}");
    let own = tablet.call("machine_view", json!({ "asset": asset })).await;
    assert_eq!(own["record"]["state"], "received", "{}", own["record"]);

    let laptop = shop.laptop().await;
    laptop.sync_until_settled(SETTLE).await;
    let seen = laptop.call("machine_view", json!({ "asset": asset })).await;
    assert_eq!(seen["asset"]["brand"], "样例丙");
    assert_eq!(seen["asset"]["components"][0]["serial"], "MET0000000042");
    assert_eq!(seen["facts"]["sections"], own["facts"]["sections"], "every field, checks included");
    for subject in [&asset, &shop.job.card] {
        let photos = laptop.call("photo_list", json!({ "subject": subject })).await;
        let bytes = json!({ "hash": photos["photos"][0]["hash"] });
        let bytes = laptop.call("photo_bytes", bytes).await;
        assert_eq!(bytes["mime"], "image/jpeg", "its photo: {photos}");
    }
    let elsewhere = shop.hq.facts["stores"].as_array().expect("stores").iter();
    let other = elsewhere.map(|store| &store["id"]).find(|id| **id != shop.job.store);
    let other = shop.hq.person_at("clerk", other.expect("a second store"));
    let stranger = shop.device("other", &other).await;
    stranger.sync_until_settled(SETTLE).await;
    let hidden = stranger.try_call("machine_view", json!({ "asset": asset })).await;
    assert_eq!(hidden.expect_err("not their store's")["code"], "not_found");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tablet_restored_from_an_older_copy_forks_and_nothing_is_lost_or_done_twice() {
    let mut scene = Scene::open(8, "一、早已收到").await;
    let job = scene.shop.job.clone();
    let profile = scene.tablet.profile().to_owned();

    // The copy is made with a whole visit unsent, the order among it.
    scene.line.cut();
    for step in STEPS {
        step.play(&scene.tablet, &job, &mut Silence).await;
    }
    note(&scene.tablet, &job, "二、备份时还没有上传").await;
    scene.tablet.kill();
    let copy = scene.shop.rooms.path().join("copy");
    copy_folder(&profile, &copy);

    scene.tablet.restart();
    scene.tablet.unlock().await;
    scene.line.restore();
    note(&scene.tablet, &job, "三、备份之后上传").await;
    scene.tablet.sync_until_settled(SETTLE).await;
    let number = json!("DS-20260715-0001");
    assert_eq!(order_numbers(&scene.tablet, &job).await, slice::from_ref(&number), "executed");
    scene.tablet.kill();
    assert_eq!(scene.forks(), 0, "so far one life");

    fs::rename(&profile, scene.shop.rooms.path().join("lost")).expect("moved");
    copy_folder(&copy, &profile);
    scene.line.cut();
    scene.tablet.restart();
    scene.tablet.unlock().await;
    assert_eq!(order_numbers(&scene.tablet, &job).await, [Value::Null], "back in the past");
    note(&scene.tablet, &job, "四、恢复之后写的").await;
    scene.line.restore();
    let state = scene.tablet.sync_until_settled(SETTLE).await;
    assert_eq!(state["refused"], 0, "{state}");
    assert!(scene.forks() >= 1, "HQ noticed another life of the tablet");

    let laptop = scene.shop.laptop().await;
    laptop.sync_until_settled(SETTLE).await;
    let all = ["一、早已收到", "三、备份之后上传", "二、备份时还没有上传", "四、恢复之后写的"];
    for (device, name) in [(&scene.tablet, "the tablet"), (&laptop, "the clerk")] {
        assert_eq!(notes(device, &job).await, all, "each once, for {name}");
        assert_eq!(order_numbers(device, &job).await, slice::from_ref(&number), "for {name}");
    }
    note(&scene.tablet, &job, "五、照常工作").await;
    let before = scene.forks();
    scene.tablet.sync_until_settled(SETTLE).await;
    laptop.sync_until_settled(SETTLE).await;
    assert!(notes(&laptop, &job).await.contains(&"五、照常工作".to_owned()));
    assert_eq!(scene.forks(), before, "and in its new life it stays");
}

/// What needs a person, with its words in both languages.
async fn needs_action(tablet: &Device) -> Vec<Value> {
    let items = tablet.call("outbox", json!({})).await["items"].as_array().cloned();
    let items = items.expect("items").into_iter();
    let refused: Vec<Value> = items.filter(|item| item["state"] == "needs_action").collect();
    for item in &refused {
        assert_eq!(item["state_words"]["zh"], "需要处理");
        in_both_languages(&item["reason"]);
    }
    refused
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_too_large_needs_action_and_blocks_neither_its_batch_nor_later_work() {
    let shop = Shop::open(8);
    let (mut tablet, line) = shop.tablet_on_a_line().await;
    note(&tablet, &shop.job, "之前").await;
    tablet.sync_until_settled(SETTLE).await;

    line.cut();
    // More than HQ takes of one change (256 KiB), as a pasted chat log may be.
    let huge = "粘贴".repeat(60_000);
    note(&tablet, &shop.job, &huge).await;
    let seen = json!({ "asset": shop.job.asset, "identity": { "brand": "样例乙" } });
    tablet.call("machine_set", seen).await;
    let lead = json!({ "work_order": shop.job.work_order, "reason": "ask_family", "days": 3 });
    tablet.call("lead_save", lead).await;
    let state = tablet.sync().await;
    assert_eq!(state["line"], "offline", "the batch is sealed, and stays here: {state}");
    note(&tablet, &shop.job, "写在被拒的改动之上").await;
    line.restore();
    let state = tablet.sync_until_settled(SETTLE).await;
    assert_eq!(state["refused"], 1, "one edit was refused, nothing else: {state}");

    tablet.restart();
    tablet.unlock().await;
    tablet.sync_until_settled(SETTLE).await;
    let refused = needs_action(&tablet).await;
    assert_eq!(refused.len(), 1, "{refused:?}");
    assert_eq!(refused[0]["subject"], shop.job.work_order.as_str());
    let visit = tablet.call("visit_open", json!({ "visit": shop.job.visit })).await;
    assert_eq!(visit["row"]["record"]["state"], "needs_action", "it is told on the visit");

    let laptop = shop.laptop().await;
    laptop.sync_until_settled(SETTLE).await;
    assert_eq!(notes(&laptop, &shop.job).await, ["之前", "写在被拒的改动之上"], "all but one");
    assert_eq!(notes(&tablet, &shop.job).await, notes(&laptop, &shop.job).await, "as HQ has it");
    let machine = laptop.call("machine_view", json!({ "asset": shop.job.asset })).await;
    assert_eq!(machine["asset"]["brand"], "样例乙", "the other document of the batch");
    note(&tablet, &shop.job, "之后").await;
    tablet.sync_until_settled(SETTLE).await;
    laptop.sync_until_settled(SETTLE).await;
    let after: BTreeSet<String> = notes(&laptop, &shop.job).await.into_iter().collect();
    assert!(after.contains("之后"), "the record is written on: {after:?}");
}

fn staff(role: &str) -> String {
    format!(
        r#"
        [[unit]]
        code = "hq"
        kind = "hq"
        name = "总部"
        region = "CN"
        [[unit]]
        code = "s1"
        kind = "store"
        name = "一店"
        parent = "hq"
        region = "CN-31"
        [[person]]
        code = "e1"
        unit = "s1"
        name = "郑师傅"
        role = "{role}"
        "#
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn a_field_that_the_person_may_no_longer_write_is_refused_alone() {
    let rooms = tempfile::tempdir().expect("a temporary folder");
    let mut hq = Hq::with_staff(&rooms.path().join("hq"), &staff("engineer"));
    let line = Line::to(hq.address());
    let tablet = Device::start(&rooms.path().join("tablet"), offset_to_story_day());
    tablet.enrol(&hq.ticket("郑师傅", line.address()), "tablet").await;
    let asset = meet_washer(&tablet, "甲").await;
    answer(&tablet, &asset, "wm.hose", "fail").await;
    let state = tablet.sync_until_settled(SETTLE).await;
    assert_eq!(state["refused"], 0, "an engineer inspects: {state}");

    line.cut();
    hq.take_staff(&staff("clerk"));
    answer(&tablet, &asset, "wm.level", "fail").await;
    tablet.sync().await;
    let brand = json!({ "asset": asset, "identity": { "brand": "乙" } });
    tablet.call("machine_set", brand).await;
    line.restore();
    let state = tablet.sync_until_settled(SETTLE).await;
    assert_eq!(state["refused"], 1, "a clerk does not inspect, HQ says: {state}");
    let refused = needs_action(&tablet).await;
    assert_eq!(refused[0]["subject"], asset.as_str(), "{refused:?}");
    let said = in_both_languages(&refused[0]["reason"]);
    assert!(said.contains("may not change"), "why: {said}");
    let view = tablet.call("machine_view", json!({ "asset": asset })).await;
    let checks = view["facts"]["sections"]["checks"].as_object().expect("checks").clone();
    let checks: Vec<&String> = checks.keys().collect();
    assert_eq!(checks, ["wm.hose"], "the machine is as HQ has it");
    assert_eq!(view["asset"]["brand"], "乙", "what a clerk may write was replayed: {view}");

    hq.take_staff(&staff("engineer"));
    let retry = json!({ "item": refused[0]["item"], "action": "retry" });
    tablet.call("outbox_settle", retry).await;
    let state = tablet.sync_until_settled(SETTLE).await;
    assert_eq!((&state["refused"], &state["waiting"]), (&json!(0), &json!(0)), "{state}");
    let view = tablet.call("machine_view", json!({ "asset": asset })).await;
    let checks = &view["facts"]["sections"]["checks"];
    assert!(
        checks["wm.level"].is_object(),
        "once allowed, it is written on HQ's version: {checks}"
    );
}
