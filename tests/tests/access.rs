//! What a tablet may no longer see is gone from it: from its lists, its search, its database.

use doorstep_tests::{
    device::{Device, PIN},
    notes::note,
    pictures,
    shop::{SETTLE, Shop},
    story::DAY,
};
use rusqlite::types::ValueRef;
use serde_json::{Value, json};

/// Every value of every table of a stopped tablet's database, as text where it is text.
fn dump(tablet: &Device) -> String {
    let conn = tablet.database();
    let mut all = String::new();
    let tables: Vec<String> = conn
        .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND sql NOT LIKE '%VIRTUAL%'")
        .and_then(|mut found| found.query_map([], |row| row.get(0))?.collect())
        .expect("tables");
    for table in tables {
        let mut rows = conn.prepare(&format!("SELECT * FROM \"{table}\"")).expect("a table");
        let columns = rows.column_count();
        let mut rows = rows.query([]).expect("rows");
        while let Some(row) = rows.next().expect("a row") {
            for column in 0..columns {
                match row.get_ref(column).expect("a value") {
                    ValueRef::Text(text) => all.push_str(&String::from_utf8_lossy(text)),
                    ValueRef::Blob(blob) => all.push_str(&String::from_utf8_lossy(blob)),
                    _ => {}
                }
                all.push('\n');
            }
        }
    }
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn a_visit_given_to_another_leaves_no_trace_on_the_old_tablet() {
    let shop = Shop::open(24);
    let mut old = shop.tablet().await;
    let visit = json!({ "visit": shop.job.visit });
    let opened = old.call("visit_open", visit.clone()).await;
    let customer = opened["customer"].clone();
    let (name, phone) =
        (customer["name"].as_str().unwrap(), customer["phones"][0].as_str().unwrap());
    let address = customer["address"].as_str().unwrap().to_owned();
    old.call("visit_mark", json!({ "visit": shop.job.visit, "step": "set_off" })).await;
    note(&old, &shop.job, "只有这户才有的话").await;
    let picture = pictures::room(5, 640, 480);
    let photo = pictures::front_of("work_order", &shop.job.work_order, &picture);
    let photo = old.call("photo_add", photo).await["hash"].as_str().unwrap().to_owned();
    old.sync_until_settled(SETTLE).await;
    old.kill();
    let before = dump(&old);
    for text in [name, phone, &address, "只有这户才有的话", &photo] {
        assert!(before.contains(text), "the tablet of the crew holds {text}");
    }
    old.restart();
    old.unlock().await;

    let desk = shop.desk().await;
    let crew = desk.call("crew_list", json!({ "day": DAY, "visit": shop.job.visit })).await;
    let crew = crew["people"].as_array().unwrap().clone();
    let other = crew.iter().find(|person| person["person"] != *shop.job.engineer).unwrap();
    let plan = json!({
        "visit": shop.job.visit, "crew": [other["person"]], "slot": opened["row"]["slot"],
    });
    desk.call("visit_plan", plan).await;
    desk.sync_until_settled(SETTLE).await;
    old.sync_until_settled(SETTLE).await;

    let gone = old.try_call("visit_open", visit.clone()).await.unwrap_err();
    assert_eq!(gone["code"], "not_found", "{gone}");
    for text in [name, phone, &phone[7..]] {
        let hits =
            old.call("find", json!({ "text": text, "kinds": ["customer", "work_order"] })).await;
        let found = hits["found"].as_array().unwrap();
        assert!(found.iter().all(|hit| hit["id"] != customer["id"]), "{text}: {hits}");
    }
    let today = old.call("today", json!({ "day": DAY })).await;
    let rows = today["visits"].as_array().unwrap();
    assert!(rows.iter().all(|row| row["visit"] != *shop.job.visit) && !rows.is_empty());
    old.kill();
    let after = dump(&old);
    for text in [name, phone, &address, "只有这户才有的话", &photo] {
        let line = after.lines().find(|line| line.contains(text));
        assert_eq!(line, None, "{text} is still on the tablet");
    }

    let new = shop.device("new", other["person"].as_str().unwrap()).await;
    new.sync_until_settled(SETTLE).await;
    let arrived = new.call("visit_open", visit).await;
    assert!(arrived["work_orders"][0]["facts"].to_string().contains("只有这户才有的话"));
    let photos = json!({ "subject": shop.job.work_order });
    let photos: Value = new.call("photo_list", photos).await;
    assert!(photos.to_string().contains(&photo), "{photos}");
    let bytes = new.call("photo_bytes", json!({ "hash": photo })).await;
    assert!(!bytes.is_null());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_tablet_is_told_so_and_its_ticket_opens_no_second_one() {
    let shop = Shop::open(2);
    let tablet = Device::start(
        &shop.rooms.path().join("lost"),
        doorstep_tests::story::offset_to_story_day(),
    );
    let ticket = shop.hq.ticket(&shop.job.engineer, shop.hq.address());
    tablet.enrol(&ticket, "lost").await;
    let second = Device::start(
        &shop.rooms.path().join("second"),
        doorstep_tests::story::offset_to_story_day(),
    );
    let input = json!({ "ticket": ticket, "pin": PIN, "device_name": "second" });
    let refused = second.try_call("enrol", input).await.unwrap_err();
    assert_eq!(refused["code"], "enrol_code_invalid", "{refused}");

    let digest = shop.hq.digest();
    let devices = shop.hq.device_ids();
    assert_eq!(devices.len(), 1);
    shop.hq.admin(&["revoke-device", &devices[0]]);
    note(&tablet, &shop.job, "丢失之后写的").await;
    let state = tablet.sync().await;
    assert_eq!(state["last_error"]["code"], "device_revoked", "{state}");
    assert_eq!(state["waiting"], 1, "the work stays");
    let after = shop.hq.digest();
    assert_eq!(after["docs"], digest["docs"], "HQ took nothing");
}
