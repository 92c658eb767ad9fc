//! Tablets restored, cloned and rolled back, answers lost on the line, and HQ restored from a backup:
//! nothing acknowledged is lost, nothing is done twice, and only a real fork is taken for one.

use doorstep_store::device::setting;
use doorstep_tests::{
    device::Device,
    folders::copy_folder,
    machine::{answer, meet_washer_with_nameplate},
    notes::{note, notes},
    pictures,
    scene::Scene,
    shop::{SETTLE, Shop},
    story::{Job, STEPS, Silence, Step, offset_to_story_day},
};
use serde_json::{Value, json};
use std::fs;

async fn orders(device: &Device, job: &Job) -> Vec<Value> {
    let view = device.call("work_order_view", json!({ "work_order": job.work_order })).await;
    view["orders"].as_array().expect("orders").clone()
}

/// The installation epoch a stopped device is in.
fn epoch(device: &Device) -> Value {
    let epoch: Value = setting(&device.database(), "epoch").expect("read").expect("an epoch");
    epoch["id"].clone()
}

/// A second device on a copy of the tablet's folder as it is now.
async fn clone_of_tablet(scene: &mut Scene, name: &str) -> Device {
    scene.tablet.kill();
    let folder = scene.shop.rooms.path().join(name);
    copy_folder(scene.tablet.profile(), &folder);
    scene.tablet.restart();
    scene.tablet.unlock().await;
    let clone = Device::start(&folder, offset_to_story_day());
    clone.unlock().await;
    clone
}

/// Copies HQ's folder aside, as a backup at night would.
fn back_up_hq(shop: &mut Shop) {
    let at = shop.hq.address();
    shop.hq.kill();
    copy_folder(shop.hq.data(), &shop.rooms.path().join("backup"));
    shop.hq.start_at(at);
}

/// HQ's disk is lost, and the backup put in its place.
fn restore_hq(shop: &mut Shop, marked: bool) {
    let at = shop.hq.address();
    shop.hq.kill();
    fs::remove_dir_all(shop.hq.data()).expect("gone");
    copy_folder(&shop.rooms.path().join("backup"), shop.hq.data());
    if marked {
        shop.hq.admin(&["restored"]);
    }
    shop.hq.start_at(at);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_lost_on_the_line_is_never_taken_for_a_fork() {
    let mut scene = Scene::open(8, "一").await;
    scene.tablet.kill();
    let before = epoch(&scene.tablet);
    scene.tablet.restart();
    scene.tablet.unlock().await;
    let mut written = vec!["一".to_owned()];
    for (round, bytes) in (0..9).map(|step| (step, 1 + step * 331)) {
        let text = format!("第 {round:02} 次");
        note(&scene.tablet, &scene.shop.job, &text).await;
        written.push(text);
        scene.line.cut_after_downward(bytes);
        scene.tablet.sync().await;
        // On every second round the tablet dies with what it did not hear.
        if round % 2 == 1 {
            scene.tablet.restart();
            scene.tablet.unlock().await;
        }
        scene.line.restore();
        scene.tablet.sync_until_settled(SETTLE).await;
    }
    written.sort();
    assert_eq!(notes(&scene.tablet, &scene.shop.job).await, written, "each note once");
    assert_eq!(scene.forks(), 0, "the same bytes again are no fork");
    scene.tablet.kill();
    assert_eq!(epoch(&scene.tablet), before, "and the tablet goes on in its epoch");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_tablets_of_one_copy_part_ways_once_and_both_keep_their_work() {
    let mut scene = Scene::open(8, "一").await;
    // The copy is taken with a batch on its way, whose answer neither has heard.
    note(&scene.tablet, &scene.shop.job, "二").await;
    scene.line.cut_after_downward(900);
    scene.tablet.sync().await;
    scene.line.cut();
    let clone = clone_of_tablet(&mut scene, "clone").await;
    scene.line.restore();
    let mut written = vec!["一".to_owned(), "二".to_owned()];
    for round in 0..3 {
        for (device, whose) in [(&scene.tablet, "原机"), (&clone, "克隆")] {
            let text = format!("{whose} {round}");
            note(device, &scene.shop.job, &text).await;
            written.push(text);
            device.sync_until_settled(SETTLE).await;
        }
    }
    written.sort();
    for device in [&scene.tablet, &clone] {
        let state = device.sync_until_settled(SETTLE).await;
        assert_eq!(state["refused"], 0, "{state}");
        assert_eq!(notes(device, &scene.shop.job).await, written, "each note once");
    }
    assert_eq!(scene.forks(), 1, "one of the two took a new epoch, once");
    let mut clone = clone;
    clone.kill();
    scene.tablet.kill();
    assert_ne!(epoch(&scene.tablet), epoch(&clone));
}

/// What was acknowledged after the backup: a whole door job, a machine met at the door, notes of two
/// people.
async fn a_day_after_the_backup(scene: &mut Scene, laptop: &Device, steps: &[Step]) -> String {
    let job = scene.shop.job.clone();
    for step in steps {
        step.play(&scene.tablet, &job, &mut Silence).await;
    }
    note(&scene.tablet, &job, "二、备份之后").await;
    let met = meet_washer_with_nameplate(&scene.tablet).await;
    let machine = met["asset"]["id"].as_str().expect("an identity").to_owned();
    answer(&scene.tablet, &machine, "wm.hose", "fail").await;
    let photo = pictures::front_of("asset", &machine, &pictures::room(7, 640, 480));
    scene.tablet.call("photo_add", photo).await;
    scene.tablet.sync_until_settled(SETTLE).await;
    laptop.sync_until_settled(SETTLE).await;
    note(laptop, &job, "三、柜台写的").await;
    laptop.sync_until_settled(SETTLE).await;
    scene.tablet.sync_until_settled(SETTLE).await;
    machine
}

async fn nothing_acknowledged_is_lost_with_hq(marked: bool, steps: &[Step]) {
    let mut scene = Scene::open(8, "一").await;
    let job = scene.shop.job.clone();
    let laptop = scene.shop.laptop().await;
    laptop.sync_until_settled(SETTLE).await;
    back_up_hq(&mut scene.shop);
    scene.tablet.sync_until_settled(SETTLE).await;
    let machine = a_day_after_the_backup(&mut scene, &laptop, steps).await;
    let before = orders(&laptop, &job).await;
    assert_eq!(before.len(), usize::from(steps.contains(&Step::File)), "executed");
    let all = notes(&laptop, &job).await;
    assert_eq!(all, ["一", "三、柜台写的", "二、备份之后"], "all acknowledged");
    let photos = laptop.call("photo_list", json!({ "subject": job.asset })).await;
    let taken = photos["photos"].as_array().map(Vec::len);

    restore_hq(&mut scene.shop, marked);
    note(&scene.tablet, &job, "四、总部恢复之后").await;
    for device in [&scene.tablet, &laptop, &scene.tablet, &laptop] {
        let state = device.sync_until_settled(SETTLE).await;
        assert_eq!(state["refused"], 0, "{state}");
    }
    let stranger = scene.shop.device("later", &scene.shop.hq.person_at("clerk", &job.store)).await;
    stranger.sync_until_settled(SETTLE).await;
    let after = ["一", "三、柜台写的", "二、备份之后", "四、总部恢复之后"];
    for device in [&scene.tablet, &laptop, &stranger] {
        assert_eq!(notes(device, &job).await, after, "each note once");
        let now = orders(device, &job).await;
        let signed = |orders: &[Value]| -> Vec<(Value, Value)> {
            let terms = |order: &Value| order["order"]["signed"]["terms"].clone();
            orders.iter().map(|order| (terms(order), order["number"].clone())).collect()
        };
        assert_eq!(signed(&now), signed(&before), "the one that was signed, executed once");
        let seen = device.call("machine_view", json!({ "asset": machine })).await;
        assert_eq!(seen["asset"]["brand"], "样例丙", "the machine met at the door");
        assert_eq!(seen["facts"]["sections"]["checks"]["wm.hose"]["value"], "fail");
    }
    let photos = stranger.call("photo_list", json!({ "subject": job.asset })).await;
    let photos = photos["photos"].as_array().expect("photos").clone();
    assert_eq!(Some(photos.len()), taken, "the photos");
    for photo in &photos {
        stranger.call("photo_bytes", json!({ "hash": photo["hash"] })).await;
    }
    let held = scene.shop.hq.digest();
    assert_eq!(held["orders_executed"], json!(before.len()), "{held}");
    assert_eq!(held["broken_identities"], json!([]), "{held}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_acknowledged_is_lost_with_an_hq_that_was_restored_and_said_so() {
    nothing_acknowledged_is_lost_with_hq(true, &STEPS).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_acknowledged_is_lost_with_an_hq_that_was_restored_and_does_not_know() {
    nothing_acknowledged_is_lost_with_hq(false, &[Step::Arrive, Step::Photos]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_hq_restored_unawares_that_has_gone_on_since_is_known_by_the_batch_it_forgot() {
    let mut scene = Scene::open(8, "一").await;
    let job = scene.shop.job.clone();
    let laptop = scene.shop.laptop().await;
    laptop.sync_until_settled(SETTLE).await;
    back_up_hq(&mut scene.shop);
    note(&scene.tablet, &job, "二").await;
    scene.tablet.sync_until_settled(SETTLE).await;
    scene.line.cut();
    restore_hq(&mut scene.shop, false);
    for round in 0..8 {
        note(&laptop, &job, &format!("柜台 {round}")).await;
        laptop.sync_until_settled(SETTLE).await;
    }
    scene.line.restore();
    note(&scene.tablet, &job, "三").await;
    scene.tablet.sync_until_settled(SETTLE).await;
    laptop.sync_until_settled(SETTLE).await;
    let seen = notes(&laptop, &job).await;
    for text in ["一", "二", "三", "柜台 7"] {
        assert!(seen.contains(&text.to_owned()), "{text} in {seen:?}");
    }
    assert_eq!(notes(&scene.tablet, &job).await, seen);
    assert_eq!(seen.len(), 11, "each once: {seen:?}");
}
