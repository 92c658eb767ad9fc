//! The work of a tablet that never comes back, taken in by HQ from its rescue file.

use doorstep_store::rescue::{self, RescueNoise, UnsentWork};
use doorstep_tests::{
    desk::{conflicts, quarantined},
    hq::Hq,
    machine::answer,
    notes::note,
    said::in_both_languages,
    shop::{SETTLE, Shop},
    story::{STEPS, Silence},
};
use serde_json::{Value, json};
use std::{fs, path::Path};

/// Takes a rescue file in and returns what HQ told of it.
fn take_in(hq: &Hq, file: &Path) -> Value {
    let told = hq.admin(&["take-in-rescue", file.to_str().expect("UTF-8")]);
    serde_json::from_str(&told).expect("JSON")
}

#[tokio::test(flavor = "multi_thread")]
async fn hq_takes_in_the_rescue_file_of_a_lost_tablet_once_however_often_it_is_asked() {
    let shop = Shop::open(8);
    let (mut tablet, line) = shop.tablet_on_a_line().await;
    tablet.sync_until_settled(SETTLE).await;
    line.cut();
    for step in STEPS {
        step.play(&tablet, &shop.job, &mut Silence).await;
    }
    note(&tablet, &shop.job, "最后一句").await;
    tablet.sync().await;
    let file = tablet.rescue_file().await;
    tablet.kill();
    let opened: Value =
        serde_json::from_str(&shop.hq.admin(&["open-rescue", file.to_str().expect("UTF-8")]))
            .expect("JSON");
    let edits = opened["edits"].as_array().map_or(0, Vec::len);
    assert!(edits > 10, "a whole visit: {edits}");

    let first = take_in(&shop.hq, &file);
    assert_eq!(first["refused"], json!([]), "{first}");
    let claims = first["claims"].as_array().expect("claims");
    assert!(!claims.is_empty() && claims.iter().all(|claim| claim["executed"] == true), "{first}");
    assert!(first["photos_not_in_the_file"].as_u64() > Some(0), "{first}");
    let digest = || shop.hq.admin(&["digest"]);
    let before = digest();
    let again = take_in(&shop.hq, &file);
    assert_eq!(again, first, "the same is told");
    assert_eq!(digest(), before, "and nothing happens twice");

    let laptop = shop.laptop().await;
    laptop.sync_until_settled(SETTLE).await;
    let work = json!({ "work_order": shop.job.work_order });
    let seen = laptop.call("work_order_view", work.clone()).await;
    assert_eq!(seen["orders"].as_array().map(Vec::len), Some(1), "{}", seen["orders"]);
    assert_eq!(seen["orders"][0]["number"], "DS-20260715-0001");
    assert!(seen["card"]["facts"].to_string().contains("最后一句"), "{seen}");

    // The tablet is found again and sends all of it itself.
    line.restore();
    tablet.restart();
    tablet.unlock().await;
    let state = tablet.sync_until_settled(SETTLE).await;
    assert_eq!(state["refused"], 0, "{state}");
    let view = tablet.call("order_view", work.clone()).await;
    assert_eq!(view["orders"][0]["number"], "DS-20260715-0001", "with HQ's number: {view}");
    laptop.sync_until_settled(SETTLE).await;
    let seen = laptop.call("work_order_view", work).await;
    assert_eq!(seen["orders"].as_array().map(Vec::len), Some(1), "still one order");
    assert_eq!(conflicts(&laptop).await, Vec::<Value>::new(), "and nobody disagrees with himself");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rescue_file_with_something_bad_or_of_nobody_is_told_in_both_languages() {
    let shop = Shop::open(8);
    let (mut tablet, line) = shop.tablet_on_a_line().await;
    tablet.sync_until_settled(SETTLE).await;
    line.cut();
    note(&tablet, &shop.job, &"粘贴".repeat(60_000)).await;
    answer(&tablet, &shop.job.asset, "fr.seal", "fail").await;
    let end = json!({ "visit": shop.job.visit, "code": "refused", "note": "客户改主意了" });
    tablet.call("visit_end", end).await;
    let file = tablet.rescue_file().await;
    tablet.kill();

    // Somebody else's visit by now: the claim is refused, the facts are taken in.
    let desk = shop.desk().await;
    let opened = desk.call("visit_open", json!({ "visit": shop.job.visit })).await;
    let plan = json!({
        "visit": shop.job.visit, "crew": [shop.colleague().1], "slot": opened["row"]["slot"],
    });
    desk.call("visit_plan", plan).await;
    desk.sync_until_settled(SETTLE).await;

    let told = take_in(&shop.hq, &file);
    assert_eq!(told["received"].as_array().map(Vec::len), Some(1), "the machine: {told}");
    assert_eq!(told["refused"][0]["code"], "document_too_large", "{told}");
    in_both_languages(&told["refused"][0]);
    assert_eq!(told["claims"][0]["executed"], false, "{told}");
    in_both_languages(&told["claims"][0]);
    desk.sync_until_settled(SETTLE).await;
    let kept = quarantined(&desk).await;
    assert_eq!(kept.len(), 1, "what was refused lies in quarantine: {kept:?}");
    assert_eq!(kept[0]["fields"], Value::Null, "not read, being too large");

    // Anybody can seal a file to HQ; only the device has its key.
    let key = tablet.key();
    let plain = rescue::open_with_key(&fs::read(&file).expect("the file"), &key).expect("opens");
    let mut work = UnsentWork::from_bytes(&plain).expect("readable");
    let mut identity: Value = serde_json::from_str(&work.settings[0].1).expect("JSON");
    let hq_key = identity["rescue_key"].as_str().expect("HQ's key").to_owned();
    identity["secret"] = json!("07".repeat(32));
    work.settings[0].1 = identity.to_string();
    let mut hq_public = [0; 32];
    hex::decode_to_slice(hq_key, &mut hq_public).expect("hex");
    let noise =
        RescueNoise { content_key: [1; 32], ephemeral: [2; 32], wrap: [3; 24], content: [4; 24] };
    let forged = rescue::seal(&work.to_bytes().expect("written"), &hq_public, &key, &noise);
    let before = shop.hq.admin(&["digest"]);
    for (name, bytes) in [
        ("forged", forged.expect("sealed")),
        ("torn", fs::read(&file).expect("the file")[..200].to_vec()),
    ] {
        let path = shop.rooms.path().join(name);
        fs::write(&path, bytes).expect("written");
        let told = shop.hq.refused_admin(&["take-in-rescue", path.to_str().expect("UTF-8")]);
        let told: Value = serde_json::from_str(&told).expect("JSON");
        in_both_languages(&told["error"]);
        assert_eq!(shop.hq.admin(&["digest"]), before, "nothing of {name} is taken in");
    }
}
