//! Writes `tests/golden/v1` from this version: messages with their meaning, a tablet with unsent
//! work under a PIN of the tests, and its HQ. To be run until the version is released, never after.
#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "a program for developers may stop at its own mistake"
)]

use doorstep_store::{ledger, open::open_plain};
use doorstep_tests::{
    device::Device,
    folders::copy_folder,
    golden::{HQ_ADDRESS, UNSENT_NOTE, folder, meaning, messages},
    hq::Hq,
    notes::note,
    story::{DAY, Job, START, offset_to_story_day},
};
use serde_json::json;
use std::{fs, path::Path, time::Duration};

fn main() {
    let to = folder();
    let _ = fs::remove_dir_all(&to);
    fs::create_dir_all(to.join("messages")).expect("a folder");
    for (name, bytes) in messages() {
        let said = serde_json::to_string_pretty(&meaning(&name, &bytes)).expect("JSON");
        fs::write(to.join("messages").join(format!("{name}.bin")), bytes).expect("written");
        fs::write(to.join("messages").join(format!("{name}.json")), said + "\n").expect("written");
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    runtime.expect("a runtime").block_on(folders(&to));
}

async fn folders(to: &Path) {
    let rooms = tempfile::tempdir().expect("a temporary folder");
    let (data, profile) = (rooms.path().join("hq"), rooms.path().join("tablet"));
    let mut hq = Hq::with_sample_data(&data, 2);
    let job = Job::of(&hq);
    hq.kill();
    hq.start_at(HQ_ADDRESS);
    let mut tablet = Device::start(&profile, offset_to_story_day());
    tablet.enrol(&hq.ticket(&job.engineer, HQ_ADDRESS), "golden").await;
    tablet.sync_until_settled(Duration::from_secs(60)).await;
    hq.kill();
    note(&tablet, &job, UNSENT_NOTE).await;
    let wish = json!({ "start": START.0 + 90_000_000, "end": START.0 + 97_200_000 });
    let wish = json!({ "visit": job.visit, "wish": wish, "reason": "上午不在家" });
    tablet.call("visit_reschedule", wish).await;
    let today = tablet.call("today", json!({ "day": DAY })).await;
    // The rescue file follows the outbox within half a second.
    tokio::time::sleep(Duration::from_secs(2)).await;
    tablet.kill();
    fold_logs(&data, &tablet);
    let known =
        json!({ "visit": job.visit, "work_order": job.work_order, "visits": today["visits"] });
    let known = serde_json::to_string_pretty(&known).expect("JSON");
    fs::write(to.join("tablet.json"), known + "\n").expect("written");
    copy_folder(&data, &to.join("hq"));
    copy_folder(&profile, &to.join("tablet"));
}

/// Brings the write-ahead logs into the databases, and leaves no free page in them.
fn fold_logs(data: &Path, tablet: &Device) {
    let hq = open_plain(&data.join("ledger.sqlite"), &ledger::SCHEMA, START).expect("opens");
    for conn in [tablet.database(), hq.connection] {
        let fold = "VACUUM; PRAGMA wal_checkpoint(TRUNCATE);";
        conn.execute_batch(fold).expect("folded");
    }
}
