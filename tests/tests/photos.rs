//! Photos on their way: behind the records and never before them, resumed where the line broke,
//! counted only when their hash is right, sent once, held back where sending costs.

use doorstep_domain::time::UtcMs;
use doorstep_store::device::purge_received;
use doorstep_tests::{
    device::Device,
    folders::files,
    line::Line,
    notes::note,
    pictures,
    shop::{SETTLE, Shop},
    story::Job,
};
use serde_json::{Value, json};
use std::{fs, path::PathBuf, time::Duration};

/// Bytes towards HQ after which the line breaks: the handshake, the question, the announcement, and
/// several times within the pieces.
const CUTS: [i64; 7] = [900, 2_500, 9_000, 140_000, 270_000, 300_000, 400_000];

struct Scene {
    shop: Shop,
    line: Line,
    tablet: Device,
}

impl Scene {
    async fn open() -> Scene {
        let shop = Shop::open(4);
        let (tablet, line) = shop.tablet_on_a_line().await;
        tablet.sync_until_settled(SETTLE).await;
        Scene { shop, line, tablet }
    }

    fn hq_files(&self, folder: &str) -> Vec<PathBuf> {
        files(&self.shop.hq.data().join(folder))
    }

    /// The bytes of a photo as another device gets them from HQ.
    async fn at_hq(&self, hash: &Value) -> Vec<u8> {
        let laptop = self.shop.laptop().await;
        laptop.sync_until_settled(SETTLE).await;
        let got = laptop.call("photo_bytes", json!({ "hash": hash })).await;
        pictures::bytes(got["base64"].as_str().expect("bytes"))
    }
}

async fn take(device: &Device, job: &Job, picture: &[u8]) -> Value {
    let photo = json!({
        "subject": job.asset, "kind": "asset", "shot": "nameplate",
        "image": pictures::base64(picture),
    });
    device.call("photo_add", photo).await
}

async fn bytes(device: &Device, photo: &Value) -> Vec<u8> {
    let own = device.call("photo_bytes", json!({ "hash": photo["hash"] })).await;
    pictures::bytes(own["base64"].as_str().expect("bytes"))
}

/// How many photos would be cleared a year from now, all work being over; nothing is.
fn cleared(device: &Device) -> usize {
    let mut conn = device.database();
    let tx = conn.transaction().expect("a transaction");
    tx.execute_batch("DELETE FROM hq_row; DELETE FROM link;").expect("all work is over");
    purge_received(&tx, UtcMs(i64::MAX)).expect("purged").len()
}

/// Waits until the device tells something of its sync state.
async fn until(device: &Device, what: &str, is_so: impl Fn(&Value) -> bool) -> Value {
    for _ in 0..200 {
        let state = device.call("sync_status", json!({})).await;
        if is_so(&state) {
            return state;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("{what}: {}", device.call("sync_status", json!({})).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_photo_goes_on_where_the_line_broke_and_arrives_byte_for_byte() {
    let scene = Scene::open().await;
    scene.line.cut();
    let photo = take(&scene.tablet, &scene.shop.job, &pictures::grainy(3, 1_280, 960)).await;
    let length = photo["bytes"].as_u64().expect("a length");
    assert!(length > 600_000, "several pieces: {length} bytes");
    let mut held = 0;
    for cut in CUTS {
        scene.line.restore();
        scene.line.cut_after_upward(cut);
        scene.tablet.sync().await;
        tokio::time::sleep(Duration::from_millis(150)).await;
        scene.line.cut();
        tokio::time::sleep(Duration::from_millis(50)).await;
        let parts = scene.hq_files("uploads");
        let here = parts.first().map_or(0, |part| fs::metadata(part).expect("a file").len());
        assert!(here >= held || !scene.hq_files("media").is_empty(), "nothing is sent twice");
        held = here;
    }
    scene.line.restore();
    scene.tablet.sync_until_settled(SETTLE).await;
    let own = bytes(&scene.tablet, &photo).await;
    assert_eq!(scene.at_hq(&photo["hash"]).await, own, "byte for byte");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_arrived_with_another_hash_is_thrown_away_and_sent_again() {
    let scene = Scene::open().await;
    scene.line.cut();
    let photo = take(&scene.tablet, &scene.shop.job, &pictures::grainy(4, 1_280, 960)).await;
    scene.line.restore();
    scene.line.cut_after_upward(330_000);
    scene.tablet.sync().await;
    for _ in 0..100 {
        if !scene.hq_files("uploads").is_empty() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    // The next piece is cut off, so that this one lies there alone.
    tokio::time::sleep(Duration::from_millis(200)).await;
    scene.line.cut();
    let part = scene.hq_files("uploads").first().cloned().expect("a piece has arrived");
    let mut half = fs::read(&part).expect("a file");
    half[1_000] ^= 0x20;
    fs::write(&part, half).expect("written");
    scene.line.restore();
    scene.tablet.sync_until_settled(SETTLE).await;
    let own = bytes(&scene.tablet, &photo).await;
    assert_eq!(scene.at_hq(&photo["hash"]).await, own, "byte for byte");
}

#[tokio::test(flavor = "multi_thread")]
async fn records_pass_a_photo_that_crawls() {
    let scene = Scene::open().await;
    scene.line.cut();
    take(&scene.tablet, &scene.shop.job, &pictures::grainy(5, 1_280, 960)).await;
    scene.line.restore();
    scene.line.slow(Duration::from_millis(40));
    scene.tablet.sync().await;
    for round in 0..2 {
        note(&scene.tablet, &scene.shop.job, &format!("照片还在路上 {round}")).await;
        let state = until(&scene.tablet, "the note passes", |state| state["waiting"] == 0).await;
        assert_eq!(state["media_waiting"], 1, "while the photo is on its way: {state}");
    }
    scene.line.restore();
    scene.tablet.sync_until_settled(SETTLE).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_photo_twice_and_on_two_devices_is_kept_and_sent_once() {
    let scene = Scene::open().await;
    let picture = pictures::grainy(6, 900, 700);
    let first = take(&scene.tablet, &scene.shop.job, &picture).await;
    let again = take(&scene.tablet, &scene.shop.job, &picture).await;
    assert_eq!(first["hash"], again["hash"]);
    scene.tablet.sync_until_settled(SETTLE).await;
    assert_eq!(files(&scene.tablet.profile().join("media")).len(), 1, "one file on the tablet");
    let laptop = scene.shop.laptop().await;
    laptop.sync_until_settled(SETTLE).await;
    take(&laptop, &scene.shop.job, &picture).await;
    laptop.sync_until_settled(SETTLE).await;
    assert_eq!(scene.hq_files("media").len(), 1, "one file at HQ");
    assert_eq!(scene.hq_files("uploads").len(), 0, "and nothing half sent");
    for device in [&scene.tablet, &laptop] {
        device.sync_until_settled(SETTLE).await;
        let list = device.call("photo_list", json!({ "subject": scene.shop.job.asset })).await;
        assert_eq!(list["photos"].as_array().map(Vec::len), Some(1), "one photo: {list}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn photos_wait_for_a_word_where_the_person_chose_so() {
    let scene = Scene::open().await;
    let (tablet, job) = (&scene.tablet, &scene.shop.job);
    let choose =
        async |sending: &str| tablet.call("photo_sending_set", json!({ "sending": sending })).await;
    choose("on_request").await;
    take(tablet, job, &pictures::room(1, 640, 480)).await;
    note(tablet, job, "记录照常").await;
    until(tablet, "the note passes", |state| state["waiting"] == 0).await;
    tablet.sync().await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    let state = tablet.sync().await;
    assert_eq!(state["media_waiting"], 1, "the photo waits: {state}");
    assert_eq!(state["photos_held"], true, "and says so: {state}");
    assert_eq!(cleared(tablet), 0, "what HQ has not received is never cleared");
    tablet.call("photos_now", json!({})).await;
    until(tablet, "sent when told so", |state| state["media_waiting"] == 0).await;
    assert_eq!(cleared(tablet), 1, "once HQ has it, it may go");

    take(tablet, job, &pictures::room(2, 640, 480)).await;
    tablet.sync().await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    let state = tablet.sync().await;
    assert_eq!(state["media_waiting"], 1, "the word was for what waited then: {state}");
    choose("always").await;
    until(tablet, "any network will do", |state| state["media_waiting"] == 0).await;
    assert_eq!(tablet.sync().await["photos_held"], false);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_metered_network_holds_photos_back_and_another_one_lets_them_go() {
    let shop = Shop::open(2);
    fs::write(shop.rooms.path().join("tablet.metered"), "").expect("written");
    let mut tablet = shop.tablet().await;
    take(&tablet, &shop.job, &pictures::room(1, 640, 480)).await;
    let state = until(&tablet, "the record passes", |state| state["waiting"] == 0).await;
    assert_eq!(state["photo_sending"], "unmetered", "without anybody's choice: {state}");
    tablet.sync().await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    let state = tablet.sync().await;
    assert_eq!((&state["media_waiting"], &state["photos_held"]), (&json!(1), &json!(true)));
    tablet.set_metered(false);
    tablet.restart();
    tablet.unlock().await;
    tablet.sync_until_settled(SETTLE).await;
}
