//! Full disks: what cannot be saved is refused in words, nothing that was saved is lost, and with
//! space again everything goes on.

use doorstep_tests::{
    device::Device,
    notes::{notes_on_visit, try_note},
    pictures,
    said::in_both_languages,
    shop::{SETTLE, Shop},
    small_disk::SmallDisk,
    story::{Job, STEPS, Silence},
};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// The notes of the work order as a device shows them.
async fn notes(device: &Device, job: &Job) -> BTreeSet<String> {
    notes_on_visit(device, &job.visit).await.expect("it is shown").into_iter().collect()
}

/// Adds notes until one is refused; what was called saved goes into `saved`.
async fn note_until_full(tablet: &Device, job: &Job, saved: &mut BTreeSet<String>) -> Value {
    for number in 0..2_000 {
        let text = format!("第 {number} 条，写在空间将尽的时候：{}", "满".repeat(200));
        match try_note(tablet, job, &text).await {
            Ok(_) => saved.insert(text),
            Err(error) => return error,
        };
    }
    panic!("the disk never filled");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tablet_with_a_full_disk_refuses_and_loses_nothing_needs_root() {
    let shop = Shop::open(2);
    let Some(disk) = SmallDisk::mount(&shop.rooms.path().join("tablet"), 24) else { return };
    let mut tablet = shop.tablet().await;
    tablet.sync_until_settled(SETTLE).await;
    let mut saved = BTreeSet::from(["before".to_owned()]);
    try_note(&tablet, &shop.job, "before").await.expect("there is room");

    let photo = pictures::front_of("asset", &shop.job.asset, &pictures::room(1, 640, 480));
    let error = tablet.try_call("photo_add", photo).await.expect_err("photos leave room");
    assert_eq!(error["code"], "disk_full", "a photo is refused before a record: {error}");
    in_both_languages(&error["words"]);
    try_note(&tablet, &shop.job, "after the photo").await.expect("a record still has room");
    saved.insert("after the photo".to_owned());

    disk.fill();
    let error = note_until_full(&tablet, &shop.job, &mut saved).await;
    assert_eq!(error["code"], "disk_full", "{error}");
    assert!(in_both_languages(&error["words"]).contains("not saved"), "it is said: {error}");
    assert_eq!(
        notes(&tablet, &shop.job).await,
        saved,
        "neither less nor more than was called saved"
    );

    tablet.restart();
    let opened = tablet.try_call("unlock", json!({ "pin": doorstep_tests::device::PIN })).await;
    if let Err(error) = &opened {
        assert_eq!(error["code"], "disk_full", "a full disk is called one: {error}");
    }
    disk.free();
    tablet.restart();
    tablet.unlock().await;
    assert_eq!(notes(&tablet, &shop.job).await, saved, "after a kill on the full disk");
    try_note(&tablet, &shop.job, "there is room again").await.expect("it goes on");
    saved.insert("there is room again".to_owned());
    let state = tablet.sync_until_settled(SETTLE).await;
    assert_eq!(state["refused"], 0, "{state}");
    let laptop = shop.laptop().await;
    laptop.sync_until_settled(SETTLE).await;
    assert_eq!(notes(&laptop, &shop.job).await, saved, "HQ has every note");
}

#[tokio::test(flavor = "multi_thread")]
async fn hq_on_a_full_disk_takes_nothing_refuses_nothing_and_then_takes_all_needs_root() {
    let rooms = tempfile::tempdir().expect("a temporary folder");
    let Some(disk) = SmallDisk::mount(&rooms.path().join("hq"), 48) else { return };
    let mut shop = Shop::open_in(rooms, 2);
    let tablet = shop.tablet().await;
    let laptop = shop.laptop().await;
    tablet.sync_until_settled(SETTLE).await;

    disk.fill();
    for step in STEPS {
        step.play(&tablet, &shop.job, &mut Silence).await;
    }
    let long = "长".repeat(4_000);
    for number in 0..40 {
        try_note(&tablet, &shop.job, &format!("{number} {long}")).await.expect("saved here");
    }
    let written = notes(&tablet, &shop.job).await;
    let mut state = tablet.sync().await;
    for _ in 0..4 {
        state = tablet.sync().await;
    }
    assert_eq!(state["line"], "offline", "HQ could not take it: {state}");
    in_both_languages(&state["last_error"]["words"]);
    assert!(state["waiting"].as_u64() > Some(0) && state["refused"] == 0, "it waits: {state}");
    assert!(state["media_waiting"].as_u64() > Some(0), "photos and papers wait too: {state}");

    shop.hq.kill();
    disk.free();
    let port = shop.hq.address();
    shop.hq.start_at(port);
    let state = tablet.sync_until_settled(SETTLE).await;
    assert_eq!(state["refused"], 0, "nothing was refused for want of space: {state}");
    laptop.sync_until_settled(SETTLE).await;
    assert_eq!(notes(&laptop, &shop.job).await, written, "every note");
    let view = laptop.call("work_order_view", json!({ "work_order": shop.job.work_order })).await;
    let orders = view["orders"].as_array().expect("orders");
    assert_eq!(orders.len(), 1, "the order was executed once: {orders:?}");
    assert_eq!(orders[0]["number"], "DS-20260715-0001");
    assert_eq!(view["photos"].as_array().map(Vec::len), Some(4), "and every photo came");
    shop.hq.kill();
    drop(disk);
}
