//! What an earlier version wrote is read, means the same, and goes on: `tests/golden`.

use doorstep_tests::{
    device::{Device, PIN},
    folders::copy_folder,
    golden::{HQ_ADDRESS, UNSENT_NOTE, folder, meaning},
    hq::Hq,
    shop::SETTLE,
    story::{DAY, offset_to_story_day},
};
use serde_json::{Value, json};
use std::fs;

#[test]
fn every_golden_message_means_what_it_meant() {
    let mut seen = 0;
    for entry in fs::read_dir(folder().join("messages")).expect("the golden messages") {
        let path = entry.expect("an entry").path();
        if path.extension().is_none_or(|extension| extension != "bin") {
            continue;
        }
        let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
        let meant = fs::read_to_string(path.with_extension("json")).expect("its meaning");
        let meant: Value = serde_json::from_str(&meant).expect("JSON");
        let means = meaning(&name, &fs::read(&path).expect("readable"));
        assert_eq!(without_new_fields(&means, &meant), meant, "{name}");
        seen += 1;
    }
    assert!(seen >= 15, "{seen} golden messages");
}

/// What a later version adds beside what was there is no change of meaning.
fn without_new_fields(now: &Value, then: &Value) -> Value {
    match (now, then) {
        (Value::Object(now), Value::Object(then)) => now
            .iter()
            .filter_map(|(key, value)| {
                Some((key.clone(), without_new_fields(value, then.get(key)?)))
            })
            .collect(),
        (Value::Array(now), Value::Array(then)) if now.len() == then.len() => {
            now.iter().zip(then).map(|(now, then)| without_new_fields(now, then)).collect()
        }
        _ => now.clone(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_golden_tablet_shows_its_day_and_sends_its_work_to_a_golden_hq() {
    let rooms = tempfile::tempdir().expect("a temporary folder");
    let (data, profile) = (rooms.path().join("hq"), rooms.path().join("tablet"));
    copy_folder(&folder().join("hq"), &data);
    copy_folder(&folder().join("tablet"), &profile);
    let known = fs::read_to_string(folder().join("tablet.json")).expect("what it showed");
    let known: Value = serde_json::from_str(&known).expect("JSON");

    let tablet = Device::start(&profile, offset_to_story_day());
    tablet.call("unlock", json!({ "pin": PIN })).await;
    let today = tablet.call("today", json!({ "day": DAY })).await;
    let shown = |list: &Value| -> Vec<(Value, Value)> {
        let visits = list["visits"].as_array().expect("visits");
        visits.iter().map(|row| (row["visit"].clone(), row["customer"]["name"].clone())).collect()
    };
    assert_eq!(shown(&today), shown(&known));
    let waiting = tablet.call("outbox", json!({})).await;
    assert_eq!(waiting["items"].as_array().map(Vec::len), Some(2), "{waiting}");
    let open = tablet.call("visit_open", json!({ "visit": known["visit"] })).await;
    assert!(open["work_orders"][0]["facts"].to_string().contains(UNSENT_NOTE), "{open}");

    let hq = Hq::existing(&data, HQ_ADDRESS);
    let settled = tablet.sync_until_settled(SETTLE).await;
    assert_eq!(settled["refused"], 0, "{settled}");
    let digest = hq.digest();
    let wish = json!({ "claims": { "executed": 2, "refused": 0 } });
    assert_eq!(
        digest["claims"], wish["claims"],
        "the wish for another slot, and what was reserved"
    );
    let note = json!({ "visit": known["visit"], "work_order": known["work_order"], "text": "二" });
    tablet.call("note_add", note).await;
    let settled = tablet.sync_until_settled(SETTLE).await;
    assert_eq!((&settled["waiting"], &settled["refused"]), (&json!(0), &json!(0)));
    let after = hq.digest();
    assert_ne!(after, digest, "and work goes on");
}
