//! The door job with HQ and both devices as processes of their own, under cuts and kills.

use doorstep_domain::time::UtcMs;
use doorstep_tests::{
    device::{Device, PIN},
    notes::{note, notes_on_visit, try_note},
    shop::{SETTLE, Shop},
    story::{Job, STEPS, Silence, Step, offset_to_story_day},
};
use serde_json::{Value, json};
use std::time::Duration;

/// Bytes towards HQ after which the line breaks, one attempt each: in the TLS handshake, in the
/// head of the request, in its body.
const UPWARD_CUTS: [i64; 6] = [1, 150, 450, 900, 2_000, 6_000];
/// Bytes from HQ after which the line breaks: in the handshake, in the head and body of the answer.
const DOWNWARD_CUTS: [i64; 6] = [1, 400, 900, 1_200, 1_500, 3_000];

async fn orders(device: &Device, job: &Job) -> Vec<Value> {
    let view = device.call("order_view", json!({ "work_order": job.work_order })).await;
    view["orders"].as_array().expect("orders").clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_after_every_step_and_cut_in_every_exchange_the_order_is_executed_once() {
    let mut shop = Shop::open(8);
    let (mut tablet, line) = shop.tablet_on_a_line().await;
    let laptop = shop.laptop().await;
    let job = shop.job.clone();

    line.cut();
    for step in STEPS {
        step.play(&tablet, &job, &mut Silence).await;
        tablet.restart();
        tablet.unlock().await;
        if step == Step::Sign {
            let pad = tablet.call("strokes", json!({ "work_order": job.work_order })).await;
            assert_eq!(pad["strokes"].as_array().map(Vec::len), Some(5), "every stroke is there");
        }
    }
    let filed = orders(&tablet, &job).await;
    assert_eq!(filed.len(), 1, "one order was filed");

    for bytes in UPWARD_CUTS {
        line.restore();
        line.cut_after_upward(bytes);
        tablet.sync().await;
        line.cut();
    }
    for bytes in DOWNWARD_CUTS {
        line.restore();
        line.cut_after_downward(bytes);
        tablet.sync().await;
        line.cut();
        // HQ may have committed what the tablet never heard of: it dies with that.
        shop.hq.kill();
        shop.hq.start();
        line.redirect(shop.hq.address());
    }
    line.restore();
    tablet.sync_until_settled(SETTLE).await;

    let settled = orders(&tablet, &job).await;
    assert_eq!(settled.len(), 1, "still one order: {settled:?}");
    assert_eq!(settled[0]["order"]["id"], filed[0]["order"]["id"], "and it is the one filed");
    assert_eq!(
        settled[0]["number"], "DS-20260715-0001",
        "HQ gave out one number, whatever was repeated"
    );
    let terms = |order: &Value| order["order"]["signed"]["terms"]["totals"].clone();
    assert_eq!(terms(&settled[0]), terms(&filed[0]), "HQ computed the same to the fen");

    let clerk = shop.hq.person_at("clerk", &job.store);
    let ticket = shop.hq.ticket(&clerk, shop.hq.address());
    assert!(ticket.starts_with("doorstep://"), "HQ still enrols after its restarts");
    let seen = {
        let fresh = Device::start(&shop.rooms.path().join("second-laptop"), offset_to_story_day());
        fresh.enrol(&ticket, "second laptop").await;
        fresh.sync_until_settled(Duration::from_secs(30)).await;
        fresh.call("work_order_view", json!({ "work_order": job.work_order })).await
    };
    let kinds: Vec<&str> = seen["legs"]
        .as_array()
        .expect("legs")
        .iter()
        .filter_map(|leg| leg["kind"].as_str())
        .collect();
    assert!(kinds.contains(&"remove") && kinds.contains(&"install"), "both legs: {kinds:?}");
    assert_eq!(seen["photos"].as_array().map(Vec::len), Some(4), "the clerk sees the photos");
    let hash = seen["papers"][0]["hash"].clone();
    drop(laptop);
    assert!(hash.is_string(), "and the papers");
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_the_screen_called_saved_is_there_after_a_kill_at_any_instant() {
    let shop = Shop::open(8);
    let (mut tablet, line) = shop.tablet_on_a_line().await;
    let job = &shop.job;
    line.cut();
    tablet.call("visit_mark", json!({ "visit": job.visit, "step": "arrive" })).await;
    let mut saved: Vec<String> = Vec::new();
    for round in 0..50u64 {
        // The kill falls at another distance from the last answer each time.
        for number in 0..=(round % 4) {
            let text = format!("note {round}.{number}");
            note(&tablet, job, &text).await;
            saved.push(text);
        }
        let under_way = try_note(&tablet, job, "unanswered");
        let _ = tokio::time::timeout(Duration::from_micros(round * 157 % 9_000), under_way).await;
        tablet.restart();
        tablet.unlock().await;
    }
    let kept = notes_on_visit(&tablet, &job.visit).await.expect("it is shown");
    for text in &saved {
        assert!(kept.contains(text), "{text} was called saved and is lost");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn hq_down_slow_or_answering_garbage_loses_nothing_and_says_so() {
    let shop = Shop::open(8);
    let (tablet, line) = shop.tablet_on_a_line().await;
    tablet.call("visit_mark", json!({ "visit": shop.job.visit, "step": "set_off" })).await;

    line.cut();
    let state = tablet.sync().await;
    assert_eq!(state["line"], "offline");
    assert_eq!(state["last_error"]["code"], "hq_unreachable");

    line.restore();
    line.answer_garbage();
    let state = tablet.sync().await;
    assert_eq!(state["line"], "offline", "garbage is no HQ: {state}");
    for language in ["zh", "en"] {
        let said = state["last_error"]["words"][language].as_str().unwrap_or_default();
        assert!(!said.is_empty(), "the failure is told in {language}");
    }

    line.restore();
    line.slow(Duration::from_millis(300));
    tablet.sync_until_settled(SETTLE).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_pin_a_second_start_and_a_revoked_device_are_told_and_harm_nothing() {
    let shop = Shop::open(8);
    let (mut tablet, _line) = shop.tablet_on_a_line().await;
    let status = tablet.call("app_status", json!({})).await;
    let device = status["device"].as_str().expect("a device").to_owned();

    let (mut second, said) = doorstep_tests::device::spawn(tablet.profile(), 0, None);
    assert!(said.contains("profile_in_use"), "a second start says so: {said}");
    assert!(!second.wait().expect("it ends").success(), "and ends with an error");

    tablet.restart();
    let refused = tablet.try_call("unlock", json!({ "pin": "913572" })).await.unwrap_err();
    assert_eq!(refused["code"], "wrong_pin");
    let refused = tablet.try_call("today", json!({})).await.unwrap_err();
    assert_eq!(refused["code"], "locked");
    tablet.unlock().await;

    shop.hq.admin(&["revoke-device", &device]);
    tablet.call("visit_mark", json!({ "visit": shop.job.visit, "step": "set_off" })).await;
    let state = tablet.sync().await;
    assert_eq!(state["last_error"]["code"], "device_revoked");
    assert!(state["waiting"].as_u64() > Some(0), "the work stays on the device");
    let weak = tablet.try_call("pin_change", json!({ "old": PIN, "new": "123456" })).await;
    assert_eq!(weak.unwrap_err()["code"], "pin_weak");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_two_days_wrong_does_not_decide_the_day() {
    let shop = Shop::open(4);
    let wrong = offset_to_story_day() + 2 * UtcMs::DAY;
    let tablet = Device::start(&shop.rooms.path().join("tablet"), wrong);
    tablet.enrol(&shop.hq.ticket(&shop.job.engineer, shop.hq.address()), "tablet").await;
    let list = tablet.call("today", json!({})).await;
    assert_eq!(list["day"], "2026-07-15", "HQ's day decides");
    assert_eq!(list["time"]["disagrees"], true, "and the disagreement is told");
}
