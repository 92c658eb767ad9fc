//! A tablet's database that is newer than the program, or damaged: told in words, never deleted,
//! and the unsent work reaches HQ.

use doorstep_store::device::SCHEMA;
use doorstep_tests::{
    device::{Device, PIN},
    folders::files,
    notes::note,
    said::in_both_languages,
    shop::{SETTLE, Shop},
    story::{STEPS, Silence},
};
use serde_json::{Value, json};
use std::{
    fs,
    path::{Path, PathBuf},
};

#[tokio::test(flavor = "multi_thread")]
async fn a_database_of_a_newer_version_is_refused_in_words_and_not_touched() {
    let shop = Shop::open(2);
    let mut tablet = shop.tablet().await;
    tablet.sync_until_settled(SETTLE).await;
    tablet.kill();
    let database = tablet.profile().join("doorstep.db");
    let known = SCHEMA.version();
    let set_version = |version: u32| {
        let conn = tablet.database();
        conn.pragma_update(None, "user_version", version).expect("written");
        drop(conn);
        fs::read(&database).expect("the database")
    };
    let sound = set_version(known);
    let newer = set_version(known + 1);
    let profile = tablet.profile().to_owned();

    tablet.restart();
    let error = tablet.try_call("unlock", json!({ "pin": PIN })).await.expect_err("it is newer");
    assert_eq!(error["code"], "database_newer", "{error}");
    assert!(in_both_languages(&error["words"]).to_lowercase().contains("update"), "{error}");
    let locked = tablet.try_call("today", json!({})).await.expect_err("nothing is shown");
    assert_eq!(locked["code"], "locked");
    tablet.kill();
    assert_eq!(fs::read(&database).expect("the database"), newer, "byte for byte as it was");
    assert!(!has_damaged_folder(&profile), "and not moved aside");

    fs::write(&database, sound).expect("written");
    tablet.restart();
    tablet.unlock().await;
}

fn has_damaged_folder(profile: &Path) -> bool {
    files(profile).iter().any(|file| file.to_string_lossy().contains("/damaged-"))
}

/// What befalls the file.
#[derive(Debug, Clone, Copy)]
enum Damage {
    /// A stretch in the middle is overwritten.
    Middle,
    /// Two thirds are gone.
    Truncated,
    /// The first page is noise.
    Head,
}

impl Damage {
    /// Damages a database and returns the bytes as they are then.
    fn befalls(self, tablet: &Device) -> Vec<u8> {
        let database = tablet.profile().join("doorstep.db");
        log_into_database(tablet);
        let mut bytes = fs::read(&database).expect("the database");
        let length = bytes.len();
        let noise = |at: usize| (at.wrapping_mul(0x9E37_79B1) >> 13) as u8;
        match self {
            Damage::Middle => {
                for (at, byte) in bytes.iter_mut().enumerate().skip(length / 3).take(length / 2) {
                    *byte = noise(at);
                }
            }
            Damage::Truncated => bytes.truncate(length / 3),
            Damage::Head => (0..4_096).for_each(|at| bytes[at] = noise(at)),
        }
        fs::write(&database, &bytes).expect("written");
        bytes
    }
}

/// Everything into one file, as after a clean end, so that the damage is the whole of it.
fn log_into_database(tablet: &Device) {
    let checkpoint = "PRAGMA wal_checkpoint(TRUNCATE)";
    tablet.database().query_row(checkpoint, [], |_| Ok(())).expect("all in one file");
}

/// Unlocks. Where the damage does not show at once, somebody works until it does, is told to start
/// the app anew, and does so.
async fn open_until_salvaged(tablet: &mut Device, shop: &Shop) -> Value {
    let status = tablet.call("unlock", json!({ "pin": PIN })).await;
    if status["salvaged"].is_object() {
        return status;
    }
    let asset = json!({ "asset": shop.job.asset });
    let mut told = None;
    for (command, input) in [
        ("today", json!({})),
        ("visit_open", json!({ "visit": shop.job.visit })),
        ("inspection_view", asset.clone()),
        ("offer_view", asset),
        ("find", json!({ "text": "王" })),
    ] {
        let error = tablet.try_call(command, input).await.err();
        told = told.or(error.filter(|error| error["code"] == "database_damaged"));
    }
    let told = told.expect("a damaged page was met and told as such");
    assert!(in_both_languages(&told["words"]).contains("open it again"), "{told}");
    tablet.restart();
    tablet.call("unlock", json!({ "pin": PIN })).await
}

async fn unsent_work_survives(damage: Damage) {
    let shop = Shop::open(8);
    let (mut tablet, line) = shop.tablet_on_a_line().await;
    let profile = tablet.profile().to_owned();
    tablet.sync_until_settled(SETTLE).await;

    line.cut();
    for step in STEPS {
        step.play(&tablet, &shop.job, &mut Silence).await;
    }
    note(&tablet, &shop.job, "写在损坏之前").await;
    let view = tablet.call("order_view", json!({ "work_order": shop.job.work_order })).await;
    let order = view["orders"][0]["order"].clone();
    let photos = tablet.call("photo_list", json!({ "subject": shop.job.asset })).await;
    let state = tablet.sync().await;
    let waiting = state["waiting"].as_u64().expect("a count");
    assert!(waiting > 10, "a whole visit waits: {waiting}");
    // Complete before the kill, so that nothing is salvaged from an older one.
    tablet.rescue_file().await;
    tablet.kill();
    let left = damage.befalls(&tablet);
    let photo_files = files(&profile.join("media")).len();

    tablet.restart();
    let status = open_until_salvaged(&mut tablet, &shop).await;
    let salvaged = &status["salvaged"];
    assert!(salvaged.is_object(), "{damage:?} was noticed: {status}");
    let folder = PathBuf::from(salvaged["folder"].as_str().expect("a folder"));
    let kept = fs::read(folder.join("doorstep.db")).expect("it is kept");
    assert!(kept == left, "byte for byte, in {}", folder.display());
    let carried =
        salvaged["edits"].as_u64().unwrap_or(0) + salvaged["claims"].as_u64().unwrap_or(0);
    assert_eq!(carried, waiting, "{damage:?}: all that waited was carried over: {salvaged}");

    assert_eq!(salvaged["media"], state["media_waiting"], "photos and papers too: {salvaged}");
    assert_eq!(files(&profile.join("media")).len(), photo_files, "no file went");

    line.restore();
    if status["stage"] != "ready" {
        let ticket = shop.hq.ticket(&shop.job.engineer, line.address());
        tablet.enrol(&ticket, "tablet, again").await;
    }
    let state = tablet.sync_until_settled(SETTLE).await;
    assert_eq!(state["refused"], 0, "{state}");
    let laptop = shop.laptop().await;
    laptop.sync_until_settled(SETTLE).await;
    let work = json!({ "work_order": shop.job.work_order });
    let seen = laptop.call("work_order_view", work.clone()).await;
    assert_eq!(seen["orders"].as_array().map(Vec::len), Some(1), "one order: {}", seen["orders"]);
    assert_eq!(seen["orders"][0]["number"], "DS-20260715-0001", "executed");
    let terms = |order: &Value| order["signed"]["terms"].clone();
    assert_eq!(terms(&seen["orders"][0]["order"]), terms(&order), "and the one that was signed");
    assert!(seen["card"]["facts"].to_string().contains("写在损坏之前"), "the note: {seen}");
    let machine = laptop.call("machine_view", json!({ "asset": shop.job.asset })).await;
    assert_eq!(machine["facts"]["sections"]["checks"]["fr.seal"]["value"], "fail", "the checks");
    let taken = photos["photos"].as_array().expect("photos");
    let arrived = laptop.call("photo_list", json!({ "subject": shop.job.asset })).await;
    let arrived = arrived["photos"].as_array().expect("photos").clone();
    for photo in taken {
        let has = arrived.iter().any(|other| other["hash"] == photo["hash"]);
        assert!(has, "the photo {} came too: {arrived:?}", photo["shot"]);
    }

    note(&tablet, &shop.job, "写在恢复之后").await;
    assert_eq!(tablet.sync_until_settled(SETTLE).await["refused"], 0, "and work goes on");
}

#[tokio::test(flavor = "multi_thread")]
async fn unsent_work_survives_a_database_overwritten_in_the_middle() {
    unsent_work_survives(Damage::Middle).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn unsent_work_survives_a_database_cut_short() {
    unsent_work_survives(Damage::Truncated).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn unsent_work_survives_a_database_whose_first_page_is_noise() {
    unsent_work_survives(Damage::Head).await;
}
