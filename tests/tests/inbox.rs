//! What the desk decides, from tap to tap: conflicts, refused changes, work that comes late.

use doorstep_domain::time::UtcMs;
use doorstep_tests::{
    desk::{conflicts, quarantined},
    device::Device,
    hq::Hq,
    line::Line,
    machine::{answer, meet_washer},
    notes::note,
    said::in_both_languages,
    shop::{SETTLE, Shop},
    story::{START, offset_to_story_day},
};
use serde_json::{Value, json};

/// A device of somebody whose line to HQ can be cut, with everything that HQ has for it.
async fn on_a_line(shop: &Shop, name: &str, person: &str) -> (Device, Line) {
    let (device, line) = shop.on_a_line(name, person).await;
    device.sync_until_settled(SETTLE).await;
    (device, line)
}

/// What a machine's document says of one check, with the number of rivals.
async fn check_of(device: &Device, asset: &str, check: &str) -> (Value, usize) {
    let view = device.call("machine_view", json!({ "asset": asset })).await;
    let fact = &view["facts"]["sections"]["checks"][check];
    (fact["value"].clone(), fact["rivals"].as_array().map_or(0, Vec::len))
}

#[tokio::test(flavor = "multi_thread")]
async fn what_two_engineers_wrote_differently_waits_at_the_desk_and_blocks_nobody() {
    let shop = Shop::open(8);
    let (name, id) = shop.colleague();
    let (first, first_line) = on_a_line(&shop, "first", &shop.job.engineer).await;
    let (second, second_line) = on_a_line(&shop, "second", &id).await;
    let clerk = shop.laptop().await;
    let asset = shop.job.asset.as_str();
    first_line.cut();
    second_line.cut();
    answer(&first, asset, "fr.seal", "pass").await;
    answer(&second, asset, "fr.seal", "fail").await;
    for (device, capacity) in [(&first, 210), (&second, 218)] {
        device.call("machine_set", json!({ "asset": asset, "capacity": capacity })).await;
    }
    // The same value by both is no conflict.
    for device in [&first, &second] {
        answer(device, asset, "fr.drain", "pass").await;
    }
    first_line.restore();
    first.sync_until_settled(SETTLE).await;
    second_line.restore();
    let state = second.sync_until_settled(SETTLE).await;
    assert_eq!(state["refused"], 0, "nobody is blocked: {state}");
    first.sync_until_settled(SETTLE).await;
    answer(&first, asset, "fr.cap", "pass").await;
    assert_eq!(first.sync_until_settled(SETTLE).await["refused"], 0);

    clerk.sync_until_settled(SETTLE).await;
    let waiting = conflicts(&clerk).await;
    assert_eq!(waiting.len(), 2, "the seal and the capacity: {waiting:?}");
    let of = |rows: &[Value], value: &Value| {
        let has = |row: &&Value| {
            let values = row["values"].as_array().expect("values").iter();
            let among = row["settled"].as_array().expect("settled").iter();
            values
                .chain(among.flat_map(|one| one["among"].as_array().expect("values")))
                .any(|one| one["value"] == *value)
        };
        rows.iter().find(has).expect("a conflict with this value").clone()
    };
    let seal = of(&waiting, &json!("fail"));
    assert!(!seal["field"]["zh"].as_str().unwrap_or_default().contains("fr.seal"), "{seal}");
    assert_eq!(seal["record_words"], json!({ "zh": "机器", "en": "Machine" }));
    assert_eq!(seal["record"]["id"], asset);
    let values = seal["values"].as_array().expect("values");
    assert_eq!((&values[0]["value"], &values[1]["value"]), (&json!("pass"), &json!("fail")));
    assert_eq!(values[1]["text"], json!({ "zh": "不合格", "en": "Fail" }));
    assert_eq!(values[1]["by"], *name, "who wrote it: {seal}");
    let at = values[0]["at"].as_i64().expect("when");
    assert!((at - START.0).abs() < 3_600_000, "and when: {at}");

    let settle = json!({ "conflict": seal["conflict"], "value": "fail" });
    let engineer = first.try_call("conflict_settle", settle.clone()).await;
    assert!(engineer.is_err(), "the door does not settle: {engineer:?}");
    let list = clerk.call("conflict_settle", settle).await;
    let row = of(list["conflicts"].as_array().expect("conflicts"), &json!("fail"));
    assert_eq!((&row["open"], &row["here"]["state"]), (&json!(false), &json!("on_device")));
    let capacity = of(&conflicts(&clerk).await, &json!(218));
    let wrong = json!({ "conflict": capacity["conflict"], "value": "二百多" });
    let wrong = clerk.try_call("conflict_settle", wrong).await.expect_err("a number is needed");
    assert_eq!(wrong["code"], "bad_request");
    // Neither was right: another value is typed.
    let typed = json!({ "conflict": capacity["conflict"], "value": 215 });
    clerk.call("conflict_settle", typed).await;
    assert_eq!(clerk.sync_until_settled(SETTLE).await["refused"], 0);

    let settled = conflicts(&clerk).await;
    assert!(settled.iter().all(|row| row["open"] == false), "{settled:?}");
    let history = &of(&settled, &json!("fail"))["settled"][0];
    let clerks = shop.hq.facts["people"].as_array().expect("people").clone();
    let clerk_id = shop.hq.person_at("clerk", &shop.job.store);
    let clerk_name = &clerks.iter().find(|one| one["id"] == *clerk_id).expect("her")["name"];
    assert_eq!(history["value"]["by"], *clerk_name, "who decided: {history}");
    assert_eq!(history["among"].as_array().map(Vec::len), Some(2), "among what: {history}");
    for device in [&first, &second, &clerk] {
        device.sync_until_settled(SETTLE).await;
        assert_eq!(check_of(device, asset, "fr.seal").await, (json!("fail"), 0));
        let view = device.call("machine_view", json!({ "asset": asset })).await;
        assert_eq!(view["capacity"], 215);
    }
    let again = json!({ "conflict": seal["conflict"], "value": "pass" });
    let late = clerk.try_call("conflict_settle", again).await.expect_err("it is settled");
    in_both_languages(&late["words"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_desks_that_decide_at_once_see_each_other_and_end_alike() {
    let shop = Shop::open(8);
    let (first, first_line) = on_a_line(&shop, "first", &shop.job.engineer).await;
    let (second, second_line) = on_a_line(&shop, "second", &shop.colleague().1).await;
    let clerk_id = shop.hq.person_at("clerk", &shop.job.store);
    let (clerk, clerk_line) = on_a_line(&shop, "clerk", &clerk_id).await;
    let (desk, desk_line) = on_a_line(&shop, "desk", &shop.hq.person("coordinator").1).await;
    let asset = shop.job.asset.as_str();
    first_line.cut();
    second_line.cut();
    answer(&first, asset, "fr.seal", "pass").await;
    answer(&second, asset, "fr.seal", "fail").await;
    first_line.restore();
    second_line.restore();
    first.sync_until_settled(SETTLE).await;
    second.sync_until_settled(SETTLE).await;
    clerk.sync_until_settled(SETTLE).await;
    desk.sync_until_settled(SETTLE).await;

    clerk_line.cut();
    desk_line.cut();
    for (device, value) in [(&clerk, "pass"), (&desk, "fail")] {
        let open = &conflicts(device).await[0];
        let settle = json!({ "conflict": open["conflict"], "value": value });
        device.call("conflict_settle", settle).await;
    }
    clerk_line.restore();
    desk_line.restore();
    for device in [&clerk, &desk, &clerk] {
        let state = device.sync_until_settled(SETTLE).await;
        assert_eq!(state["refused"], 0, "neither decision is lost: {state}");
    }
    let (left, right) = (&conflicts(&clerk).await[0], &conflicts(&desk).await[0]);
    assert_eq!(left["values"], right["values"], "both desks see both decisions");
    assert_eq!((&left["open"], left["settled"].as_array().map(Vec::len)), (&json!(true), Some(1)));

    let settle = json!({ "conflict": left["conflict"], "value": "fail" });
    clerk.call("conflict_settle", settle).await;
    clerk.sync_until_settled(SETTLE).await;
    for device in [&first, &second, &clerk, &desk] {
        device.sync_until_settled(SETTLE).await;
        assert_eq!(check_of(device, asset, "fr.seal").await, (json!("fail"), 0));
    }
    assert_eq!(conflicts(&desk).await[0]["open"], false);
}

fn staff(role: &str) -> String {
    let unit = |code: &str, kind: &str, name: &str, parent: &str| {
        format!(
            "[[unit]]\ncode = \"{code}\"\nkind = \"{kind}\"\nname = \"{name}\"\n{parent}region = \"CN\"\n"
        )
    };
    let person = |code: &str, name: &str, role: &str| {
        format!(
            "[[person]]\ncode = \"{code}\"\nunit = \"s1\"\nname = \"{name}\"\nrole = \"{role}\"\n"
        )
    };
    [
        unit("hq", "hq", "总部", ""),
        unit("s1", "store", "一店", "parent = \"hq\"\n"),
        person("e1", "郑师傅", role),
        person("k1", "孙调度", "coordinator"),
        person("c1", "李店员", "clerk"),
    ]
    .concat()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_coordinator_releases_what_hq_refused_and_the_tablet_is_at_ease_again() {
    let rooms = tempfile::tempdir().expect("a temporary folder");
    let mut hq = Hq::with_staff(&rooms.path().join("hq"), &staff("engineer"));
    let line = Line::to(hq.address());
    let start = async |name: &str, person: &str, address| {
        let device = Device::start(&rooms.path().join(name), offset_to_story_day());
        device.enrol(&hq.ticket(person, address), name).await;
        device
    };
    let tablet = start("tablet", "郑师傅", line.address()).await;
    let desk = start("desk", "孙调度", hq.address()).await;
    let clerk = start("clerk", "李店员", hq.address()).await;
    let asset = meet_washer(&tablet, "甲").await;
    let asset = asset.as_str();
    answer(&tablet, asset, "wm.hose", "pass").await;
    tablet.sync_until_settled(SETTLE).await;

    // Somebody made a mistake in the staff file, and two inspections are refused.
    line.cut();
    hq.take_staff(&staff("clerk"));
    answer(&tablet, asset, "wm.level", "fail").await;
    line.restore();
    tablet.sync_until_settled(SETTLE).await;
    answer(&tablet, asset, "wm.hose", "fail").await;
    let state = tablet.sync_until_settled(SETTLE).await;
    assert_eq!(state["refused"], 2, "{state}");
    assert_eq!(check_of(&tablet, asset, "wm.level").await.0, Value::Null, "as HQ has it");

    clerk.sync_until_settled(SETTLE).await;
    assert_eq!(quarantined(&clerk).await, Vec::<Value>::new(), "coordinators only");
    desk.sync_until_settled(SETTLE).await;
    let waiting = quarantined(&desk).await;
    assert_eq!(waiting.len(), 2, "{waiting:?}");
    let rows = &waiting;
    assert_eq!((&rows[0]["device"], &rows[0]["person"]), (&json!("tablet"), &json!("郑师傅")));
    in_both_languages(&rows[0]["reason"]);
    assert!(rows[0]["bytes"].as_u64() > Some(50), "{rows:?}");
    let level = rows[0].clone();
    let hose = rows[1].clone();
    assert_eq!(hose["fields"][0]["before"]["zh"], "合格", "before and after: {hose}");

    let release = |row: &Value| json!({ "entry": row["entry"], "handling": "release" });
    let list = desk.call("quarantine_handle", release(&level)).await;
    assert!(list.to_string().contains("\"waits\":\"release\""), "{list}");
    assert_eq!(desk.sync_until_settled(SETTLE).await["refused"], 0);
    let discard = json!({ "entry": hose["entry"], "handling": "discard", "note": "看错了" });
    desk.call("quarantine_handle", discard).await;
    desk.sync_until_settled(SETTLE).await;
    let handled = quarantined(&desk).await;
    let outcome = |of: &Value| {
        let row = handled.iter().find(|row| row["entry"] == of["entry"]).expect("kept");
        (row["handled"]["handling"].clone(), row["handled"]["by"].clone())
    };
    assert_eq!(outcome(&level), (json!("release"), json!("孙调度")));
    assert_eq!(outcome(&hose), (json!("discard"), json!("孙调度")));
    let late = desk.try_call("quarantine_handle", release(&hose)).await;
    assert!(late.is_err(), "decided once: {late:?}");

    let state = tablet.sync_until_settled(SETTLE).await;
    assert_eq!(state["refused"], 1, "the released edit asks for nobody: {state}");
    assert_eq!(check_of(&tablet, asset, "wm.level").await, (json!("fail"), 0));
    assert_eq!(check_of(&tablet, asset, "wm.hose").await, (json!("pass"), 0), "discarded");
    // And it goes on writing the same record.
    tablet.call("machine_set", json!({ "asset": asset, "identity": { "brand": "乙" } })).await;
    assert_eq!(tablet.sync_until_settled(SETTLE).await["refused"], 1);
    desk.sync_until_settled(SETTLE).await;
    let view = desk.call("machine_view", json!({ "asset": asset })).await;
    assert_eq!(view["asset"]["brand"], "乙");
    assert_eq!(check_of(&desk, asset, "wm.level").await, (json!("fail"), 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn work_done_without_a_network_on_a_visit_since_given_away_is_taken_in_for_a_week() {
    let mut shop = Shop::open(8);
    let (tablet, line) = on_a_line(&shop, "tablet", &shop.job.engineer).await;
    let desk = shop.desk().await;
    let clerk = shop.laptop().await;
    let (visit, work_order) = (shop.job.visit.clone(), shop.job.work_order.clone());
    line.cut();
    let opened = tablet.call("visit_open", json!({ "visit": visit })).await;
    let plan = json!({
        "visit": visit, "crew": [shop.colleague().1], "slot": opened["row"]["slot"],
    });
    desk.call("visit_plan", plan).await;
    desk.sync_until_settled(SETTLE).await;
    note(&tablet, &shop.job, "没有网，活已干完").await;
    answer(&tablet, &shop.job.asset, "fr.seal", "fail").await;
    // The tablet's line comes back three days later.
    shop.hq.restart_later(3 * UtcMs::DAY);
    line.redirect(shop.hq.address());
    line.restore();
    let state = tablet.sync_until_settled(SETTLE).await;
    assert_eq!(state["refused"], 0, "honest work is taken in: {state}");
    for (command, input) in [
        ("visit_open", json!({ "visit": visit })),
        ("work_order_view", json!({ "work_order": work_order })),
    ] {
        let gone = tablet.try_call(command, input).await.expect_err("no longer hers");
        assert_eq!(gone["code"], "not_found", "{command}");
    }
    drop(clerk);
    let line = Line::to(shop.hq.address());
    let clerk_id = shop.hq.person_at("clerk", &shop.job.store);
    let clerk =
        Device::start(&shop.rooms.path().join("later"), offset_to_story_day() + 3 * UtcMs::DAY);
    clerk.enrol(&shop.hq.ticket(&clerk_id, line.address()), "later").await;
    clerk.sync_until_settled(SETTLE).await;
    let seen = clerk.call("work_order_view", json!({ "work_order": work_order })).await;
    assert!(seen["card"]["facts"].to_string().contains("没有网，活已干完"), "{seen}");
    assert_eq!(check_of(&clerk, &shop.job.asset, "fr.seal").await, (json!("fail"), 0));
}
