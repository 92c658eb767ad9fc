//! The rest of the command table, through a real HQ: what an engineer and a clerk do besides the
//! door job.

use doorstep_domain::time::UtcMs;
use doorstep_tests::{
    device::{Device, PIN},
    notes::note,
    pictures,
    shop::{SETTLE, Shop},
    story::{START, STEPS, Silence, Step, offset_to_story_day},
};
use serde_json::{Value, json};
use std::time::Duration;

#[tokio::test(flavor = "multi_thread")]
async fn an_engineer_notes_ends_and_reschedules_visits_and_saves_a_lead() {
    let shop = Shop::open(12);
    let tablet = shop.tablet().await;
    let (visit, work_order) = (&shop.job.visit, &shop.job.work_order);

    let steps = tablet.call("visit_steps", json!({ "visit": visit })).await;
    let step = |steps: &Value, id: &str| {
        let steps = steps["steps"].as_array().expect("steps").clone();
        steps.into_iter().find(|step| step["id"] == id).expect("the template has this step")
    };
    assert_eq!(step(&steps, "arrive")["done"], false);
    assert_eq!(step(&steps, "identify")["done"], true, "the card says which machine it is");
    assert!(step(&steps, "sign")["shut"].to_string().contains("还没有报价"), "{steps}");
    tablet.call("visit_mark", json!({ "visit": visit, "step": "arrive" })).await;
    let steps = tablet.call("visit_steps", json!({ "visit": visit })).await;
    assert_eq!(step(&steps, "arrive")["done"], true);

    let lists = tablet.call("reference_view", json!({ "category": "fridge" })).await;
    let deductions = lists["deductions"].as_array().expect("deductions");
    assert!(deductions.iter().any(|fault| fault["code"] == "door_dent"), "{lists}");
    assert!(deductions.iter().all(|fault| fault["categories"] != json!(["ac"])));
    assert_eq!(lists["ends"].as_array().map(Vec::len), Some(13), "every way to end a visit");

    let opened = tablet.call("visit_open", json!({ "visit": visit })).await;
    let customer = opened["customer"]["id"].clone();
    let seen = tablet.call("customer_view", json!({ "customer": customer })).await;
    assert!(seen["in_full"].is_null() && seen["customer"]["phones"].to_string().contains("****"));
    assert_eq!(seen["work_orders"][0]["visit"], **visit);
    let input = json!({ "customer": customer, "in_full": true });
    let seen = tablet.call("customer_view", input).await;
    assert_eq!(seen["in_full"]["phones"], opened["customer"]["phones"], "on request");

    tablet.call("site_set", json!({ "visit": visit, "key": "floor", "value": 6 })).await;
    let view = note(&tablet, &shop.job, "门口有狗").await;
    assert!(view["work_orders"][0]["facts"].to_string().contains("门口有狗"), "the note is kept");

    let machine = tablet
        .call(
            "machine_set",
            json!({ "asset": shop.job.asset, "identity": { "brand": "样例乙" }, "capacity": 418 }),
        )
        .await;
    assert_eq!(machine["capacity"], 418);
    let machine = tablet.call("machine_view", json!({ "asset": shop.job.asset })).await;
    assert_eq!(machine["asset"]["brand"], "样例乙");

    let met = json!({
        "work_order": work_order, "identity": { "category": "washer", "brand": "样例甲" },
        "serials": { "body": "MET0001" },
    });
    let met = tablet.call("machine_set", met).await["asset"]["id"].clone();
    let view = tablet.call("visit_open", json!({ "visit": visit })).await;
    let machines = &view["work_orders"][0]["assets"];
    assert_eq!(
        *machines,
        json!([shop.job.asset, met]),
        "a machine met at the door joins the order"
    );

    let wrong = tablet.try_call("code_typed", json!({ "text": "2000000000108" })).await;
    let wrong = wrong.expect_err("a wrong check digit is told");
    assert_eq!(wrong["code"], "code_invalid");
    let settled = json!({ "asset": shop.job.asset, "measure": "已断电贴标" });
    let view = tablet.call("stop_use_settled", settled).await;
    assert_eq!(view["settled"], "已断电贴标");

    let lead = json!({ "work_order": work_order, "reason": "ask_family", "days": 3 });
    let lead = tablet.call("lead_save", lead).await;
    assert_eq!(lead["lead"]["follow_up_on"], "2026-07-18");

    let later = START.plus_ms(UtcMs::DAY).0;
    let wish = json!({ "visit": visit, "wish": { "start": later, "end": later + 7_200_000 } });
    tablet.call("visit_reschedule", wish).await;
    let end = json!({ "visit": visit, "code": "refused", "note": "客户改主意了" });
    let view = tablet.call("visit_end", end).await;
    assert_eq!(view["row"]["state_words"]["zh"], "客户拒绝服务", "{}", view["row"]["state"]);
    tablet.sync_until_settled(SETTLE).await;
    let state = tablet.call("sync_status", json!({})).await;
    assert_eq!(state["refused"], 0, "HQ took everything: {state}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_is_paid_and_cancelled_and_its_papers_reach_the_clerk() {
    let shop = Shop::open(12);
    let tablet = shop.tablet().await;
    let job = &shop.job;
    let pad = json!({ "work_order": job.work_order });
    for step in STEPS {
        if step == Step::File {
            let drafted = tablet.call("order_terms_view", pad.clone()).await;
            assert_eq!(drafted["terms"]["totals"]["certain"], 393_400, "{drafted}");
        }
        step.play(&tablet, job, &mut Silence).await;
    }
    let drafted = tablet.call("order_terms_view", pad.clone()).await;
    assert!(drafted["terms"].is_null(), "signed terms are no draft any more");
    tablet.call("strokes_clear", pad.clone()).await;
    let view = tablet.call("order_view", pad.clone()).await;
    let order = view["orders"][0]["order"].clone();
    let quote = json!({ "quote": order["signed"]["terms"]["quote"] });
    let quote = tablet.call("quote_view", quote).await;
    assert_eq!(quote["quote"]["hash"], order["signed"]["terms"]["quote_hash"]);

    let payment = json!({
        "work_order": job.work_order, "order": order["id"], "purpose": "balance",
        "amount": 393_400, "method": "wechat", "reference": "4200001",
    });
    let view = tablet.call("payment_record", payment).await;
    assert_eq!(view["orders"][0]["payments"][0]["amount"], 393_400);
    tablet.sync_until_settled(SETTLE).await;

    let photos = tablet.call("photo_list", json!({ "subject": job.asset })).await;
    let photo = &photos["photos"][0];
    assert_eq!(photo["received"], true, "HQ has acknowledged the photo: {photo}");
    let own = tablet.call("photo_bytes", json!({ "hash": photo["hash"] })).await;

    let clerk = shop.laptop().await;
    clerk.sync_until_settled(SETTLE).await;
    let theirs = clerk.call("photo_bytes", json!({ "hash": photo["hash"] })).await;
    assert_eq!(own["base64"], theirs["base64"], "the same bytes on both sides");
    let board = clerk.call("board", json!({ "day": "2026-07-15" })).await;
    assert!(board["counts"]["today"].as_u64() > Some(0), "{board}");

    let cancel =
        json!({ "work_order": job.work_order, "order": order["id"], "reason": "客户改主意" });
    tablet.call("order_cancel", cancel).await;
    tablet.sync_until_settled(SETTLE).await;
    let view = tablet.call("order_view", pad).await;
    assert_eq!(
        view["orders"][0]["state_words"]["zh"], "已取消",
        "{}",
        view["orders"][0]["order"]["state"]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clerk_parks_and_issues_a_card_and_finds_it_again() {
    let shop = Shop::open(12);
    let clerk = Device::start(&shop.rooms.path().join("laptop"), offset_to_story_day());
    let person = shop.hq.person_at("clerk", &shop.job.store);
    let ticket = pictures::ticket_on_a_table(&shop.hq.ticket(&person, shop.hq.address()));
    let seen = clerk.call("ticket_scan", json!({ "image": pictures::base64(&ticket) })).await;
    clerk.enrol(seen["ticket"].as_str().expect("a ticket"), "laptop").await;
    let draft = json!({ "fields": { "gtin": "2000000000107" } });
    let parked = clerk.call("card_park", draft).await;
    let dropped = json!({ "id": parked["parked"][0]["id"] });
    let parked = clerk.call("card_unpark", dropped).await;
    assert_eq!(parked["parked"], json!([]), "a draft can be dropped");
    clerk.call("card_park", json!({ "fields": { "gtin": "2000000000602" } })).await;
    let parked = clerk.call("card_parked", json!({})).await;
    let id = parked["parked"][0]["id"].clone();
    let issue = json!({
        "gtin": "2000000000602", "serials": ["SXH100Z900001"], "parked": id,
    });
    let card = clerk.call("card_issue", issue).await;
    assert_eq!(card["card"]["status"], "provisional", "without HQ's answer it is provisional");
    let parked = clerk.call("card_parked", json!({})).await;
    assert_eq!(parked["parked"], Value::Array(Vec::new()), "the draft has become a card");

    clerk.sync_until_settled(SETTLE).await;
    let view = clerk.call("card_view", json!({ "card": card["card"]["id"] })).await;
    assert_eq!(view["card"]["status"], "final", "HQ made it final: {}", view["card"]);
    let text = view["code"].as_str().expect("a final card has its code").to_owned();
    let picture = pictures::card_on_a_table(&text);
    let scan = json!({ "image": pictures::base64(&picture) });
    let seen = clerk.call("label_scan", scan).await;
    assert_eq!(seen["card"]["card"]["id"], card["card"]["id"], "its QR leads back to it");

    let found = clerk.call("find", json!({ "text": "900001" })).await;
    let hits = found["found"].as_array().expect("found");
    assert!(hits.iter().any(|hit| hit["id"] == card["card"]["id"]), "by its last digits: {found}");

    let again = json!({ "gtin": "2000000000602", "serials": ["SXH100Z900001"] });
    let double = clerk.call("card_issue", again).await;
    clerk.sync().await;
    let view = clerk.call("card_view", json!({ "card": double["card"]["id"] })).await;
    assert_eq!(view["record"]["state"], "needs_action", "one serial, one card: {view}");
    let reason = &view["record"]["reason"];
    assert!(reason["zh"].as_str().is_some_and(|zh| zh.contains("SXH100Z900001")), "{reason}");
    let waits = clerk.call("outbox", json!({})).await;
    assert_eq!(waits["items"][0]["reason"], *reason, "the sync centre says why: {waits}");
    let tasks = clerk.call("task_list", json!({})).await;
    let task = &tasks["tasks"][0];
    assert_eq!(task["kind"], "duplicate_serial", "a person is to decide: {tasks}");
    clerk.call("task_decide", json!({ "task": task["id"], "remedy": "void_card" })).await;
    clerk.sync_until_settled(SETTLE).await;
    let waits = clerk.call("outbox", json!({})).await;
    let tasks = clerk.call("task_list", json!({})).await;
    assert!(!tasks["tasks"][0]["decision"].is_null(), "it is decided: {tasks} {waits}");
    let view = clerk.call("card_view", json!({ "card": double["card"]["id"] })).await;
    assert_eq!(view["card"]["status"], "void", "and carried out: {view}");
    clerk.call("pin_change", json!({ "old": PIN, "new": "594827" })).await;
    clerk.call("lock", json!({})).await;
    let open = clerk.call("unlock", json!({ "pin": "594827" })).await;
    assert_eq!(open["stage"], "ready");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_card_issued_without_a_network_is_believed_at_once_and_a_locked_laptop_still_sends_it() {
    let shop = Shop::open(12);
    let person = shop.hq.person_at("clerk", &shop.job.store);
    let (clerk, line) = shop.on_a_line("laptop", &person).await;
    let tablet = shop.tablet().await;

    line.cut();
    let issue = json!({
        "gtin": "2000000000602", "serials": ["SXH100Z900077"],
        "phone": "139 0000 7788", "name": "赵新",
    });
    let card = clerk.call("card_issue", issue).await;
    let id = card["card"]["id"].clone();
    assert_eq!(card["card"]["status"], "provisional");
    assert_eq!(card["customer"]["phones"][0], "139****7788", "the new customer is on the card");
    let text = card["code"].as_str().expect("the store's key signed a code").to_owned();
    let picture = pictures::base64(&pictures::card_on_a_table(&text));
    let seen = tablet.call("label_scan", json!({ "image": picture })).await;
    assert!(seen["card_error"].is_null(), "a tablet that never heard of it: {seen}");
    assert_eq!(seen["proof"]["provisional"], true);
    assert_eq!(seen["proof"]["serials"][0], "SXH100Z900077");

    clerk.call("lock", json!({})).await;
    let refused = clerk.try_call("card_view", json!({ "card": id })).await.unwrap_err();
    assert_eq!(refused["code"], "locked", "a locked screen shows nothing");
    line.restore();
    let arrived = async {
        loop {
            tablet.sync().await;
            if let Ok(view) = tablet.try_call("card_view", json!({ "card": id })).await {
                break view;
            }
            tokio::time::sleep(Duration::from_millis(300)).await;
        }
    };
    let view = tokio::time::timeout(SETTLE, arrived).await.expect("the locked laptop sends it");
    assert_eq!(view["card"]["status"], "final", "HQ made it final: {view}");
    let wrong = clerk.try_call("unlock", json!({ "pin": "000000" })).await.unwrap_err();
    assert_eq!(wrong["code"], "wrong_pin");
    clerk.unlock().await;
    let view = clerk.call("card_view", json!({ "card": id })).await;
    assert_eq!(view["customer"]["name"], "赵*");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_rescue_file_has_one_writer_however_many_lock_at_once() {
    let shop = Shop::open(12);
    let clerk = shop.laptop().await;
    for _ in 0..6 {
        let lock = || clerk.call("lock", json!({}));
        tokio::join!(lock(), lock(), lock(), lock(), lock(), lock(), lock(), lock());
    }
    clerk.unlock().await;
}
