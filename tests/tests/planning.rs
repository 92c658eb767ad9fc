//! A coordinator plans the visits that orders and problems leave behind, and engineers load the van.

use doorstep_tests::{
    device::Device,
    shop::{SETTLE, Shop},
    story::{STEPS, Silence},
};
use serde_json::{Value, json};

const TWO_HOURS_MS: i64 = 2 * 3_600_000;

async fn filed_order(shop: &Shop, tablet: &Device) -> Value {
    for step in STEPS {
        step.play(tablet, &shop.job, &mut Silence).await;
    }
    tablet.sync_until_settled(SETTLE).await;
    let view = tablet.call("order_view", json!({ "work_order": shop.job.work_order })).await;
    view["orders"][0]["order"].clone()
}

async fn on_list(device: &Device, day: &str, visit: &Value) -> bool {
    let view = device.call("today", json!({ "day": day })).await;
    view["visits"].as_array().unwrap().iter().any(|row| row["visit"] == *visit)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_visit_of_an_executed_order_is_given_to_a_crew_and_moves_with_it() {
    let shop = Shop::open(24);
    let tablet = shop.tablet().await;
    let order = filed_order(&shop, &tablet).await;
    let slot = order["signed"]["terms"]["slot"].clone();
    let desk = shop.desk().await;
    desk.sync_until_settled(SETTLE).await;

    let work_order = json!({ "work_order": shop.job.work_order });
    let view = desk.call("work_order_view", work_order.clone()).await;
    let deliver = view["legs"].as_array().unwrap().iter().find(|leg| leg["kind"] == "deliver");
    let visit = deliver.expect("the order brings a machine")["visit"].clone();
    let day = desk.call("visit_open", json!({ "visit": visit })).await["row"]["slot_text"]
        .as_str()
        .unwrap()[..10]
        .to_owned();
    let board = desk.call("board", json!({ "day": day })).await;
    let row = |board: &Value| {
        let rows = board["rows"].as_array().unwrap();
        rows.iter().find(|row| row["row"]["visit"] == visit).unwrap().clone()
    };
    assert_eq!(row(&board)["crew"], json!([]), "nobody goes yet");

    let crew = desk.call("crew_list", json!({ "day": day, "visit": visit })).await;
    let crew = crew["people"].as_array().unwrap();
    let other = crew.iter().find(|person| person["person"] != *shop.job.engineer);
    let other = other.expect("a second engineer works there");
    let plan = json!({ "visit": visit, "crew": [other["person"]], "slot": slot });
    let planned = desk.call("visit_plan", plan).await;
    assert_eq!(planned["record"]["state"], "on_device");
    let board = desk.call("board", json!({ "day": day })).await;
    assert_eq!(row(&board)["crew"], json!([other["name"]]), "shown at once");
    desk.sync_until_settled(SETTLE).await;

    let second = shop.device("second", other["person"].as_str().unwrap()).await;
    second.sync_until_settled(SETTLE).await;
    assert!(on_list(&second, &day, &visit).await);
    let seen = second.call("order_view", work_order.clone()).await;
    assert_eq!(seen["orders"][0]["order"]["id"], order["id"], "the crew sees what was signed");
    let load = second.call("load_list", json!({ "day": day })).await;
    let lines = load["lines"].as_array().unwrap();
    let new =
        lines.iter().find(|line| line["kind"] == "new_machine" && line["visits"] == json!([visit]));
    assert_eq!(
        new.expect("the new machine is to be loaded")["gtin"],
        order["signed"]["terms"]["new"][0]["gtin"]
    );
    assert!(lines.iter().any(|line| line["kind"] == "space_for_old"), "{load}");
    assert!(lines.iter().any(|line| line["kind"] == "material"), "{load}");

    let plan = json!({ "visit": visit, "crew": [shop.job.engineer], "slot": slot });
    desk.call("visit_plan", plan).await;
    desk.sync_until_settled(SETTLE).await;
    second.sync_until_settled(SETTLE).await;
    tablet.sync_until_settled(SETTLE).await;
    assert!(!on_list(&second, &day, &visit).await, "whoever left the crew sees it no more");
    let gone = second.try_call("order_view", work_order).await;
    let orders = gone.map(|view| view["orders"].clone());
    assert!(orders.is_err() || orders == Ok(json!([])), "nor what was signed");
    assert!(on_list(&tablet, &day, &visit).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_failed_visit_left_open_is_planned_again_from_its_task() {
    let shop = Shop::open(24);
    let tablet = shop.tablet().await;
    let visit = json!({ "visit": shop.job.visit });
    let opened = tablet.call("visit_open", visit).await;
    let end = json!({
        "visit": shop.job.visit, "code": "no_show", "evidence": ["photo_door", "call_log"],
    });
    tablet.call("visit_end", end).await;
    tablet.sync_until_settled(SETTLE).await;

    let desk = shop.desk().await;
    desk.sync_until_settled(SETTLE).await;
    let tasks = desk.call("task_list", json!({})).await;
    let about = |task: &&Value| task["work_order"] == *shop.job.work_order;
    let task = tasks["tasks"].as_array().unwrap().iter().find(about);
    assert_eq!(task.expect("the task names the work order")["visit"], *shop.job.visit, "{tasks}");

    let start = opened["row"]["slot"]["start"].as_i64().unwrap() + 24 * 3_600_000;
    let slot = json!({ "start": start, "end": start + TWO_HOURS_MS });
    let plan =
        json!({ "work_orders": [shop.job.work_order], "crew": [shop.job.engineer], "slot": slot });
    let planned = desk.call("visit_plan", plan).await;
    desk.sync_until_settled(SETTLE).await;
    tablet.sync_until_settled(SETTLE).await;
    assert!(on_list(&tablet, "2026-07-16", &planned["visit"]).await);
    let again = tablet.call("visit_open", json!({ "visit": planned["visit"] })).await;
    assert_eq!(again["work_orders"][0]["id"], *shop.job.work_order);

    let name = opened["customer"]["name"].as_str().unwrap();
    let found = desk.call("find", json!({ "text": name, "kinds": ["work_order"] })).await;
    let hits = found["found"].as_array().unwrap();
    let hit = hits.iter().find(|hit| hit["id"] == *shop.job.work_order).expect("by name");
    assert_eq!(hit["visit"], planned["visit"], "a hit leads to the latest visit");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_is_refused_for_strangers_and_by_those_who_may_not() {
    let shop = Shop::open(12);
    let slot = json!({ "start": 1_784_080_800_000i64, "end": 1_784_088_000_000i64 });
    let plan = |crew: &Value| json!({ "visit": shop.job.visit, "crew": [crew], "slot": slot });

    let clerk = shop.laptop().await;
    let refused = clerk.try_call("visit_plan", plan(&json!(shop.job.engineer))).await.unwrap_err();
    assert_eq!(refused["code"], "not_allowed");

    let desk = shop.desk().await;
    let people = shop.hq.facts["people"].as_array().unwrap();
    let stranger = people
        .iter()
        .find(|p| p["role"] == "engineer" && p["org"] != shop.job.store)
        .expect("another store has engineers");
    desk.call("visit_plan", plan(&stranger["id"])).await;
    desk.sync_until_settled(SETTLE).await;
    let waits = desk.call("outbox", json!({})).await;
    let reason = waits["items"][0]["reason"]["en"].as_str().unwrap();
    assert!(reason.contains("not an engineer of this store"), "{waits}");
    let item = &waits["items"][0]["item"];
    let view = desk.call("outbox_settle", json!({ "item": item, "action": "dismiss" })).await;
    assert_eq!(view["items"], json!([]), "read and put away");
    assert_eq!(desk.call("sync_status", json!({})).await["refused"], 0);
    let again = desk.try_call("outbox_settle", json!({ "item": item, "action": "retry" })).await;
    assert_eq!(again.unwrap_err()["code"], "not_found", "a claim is made anew, never re-sent");
    let row = desk.call("visit_open", json!({ "visit": shop.job.visit })).await;
    assert_ne!(row["row"]["slot"], slot, "the refused plan is not shown as if it held");
}
