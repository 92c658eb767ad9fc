//! One field saved durably by the core, and one bare durable insert into a file with the same key
//! and settings.

use doorstep_app::{App, host::SystemHost};
use doorstep_tests::{
    device::PIN,
    story::{DAY, offset_to_story_day},
};
use rusqlite::Connection;
use serde_json::json;
use std::{
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use crate::figures::{median, ms, p95, ratio};

const ROUNDS: u32 = 400;
/// Bytes of one insert: about what an edit writes (change, fields, outbox entry).
const INSERTED: usize = 700;

/// Measures both in turn and prints the comparison.
pub async fn compare(profile: &Path) {
    let (saves, inserts) = measure(profile).await;
    let (ours, floor) = (median(saves.clone()), median(inserts.clone()));
    println!("{ROUNDS} each, in turn, on the profile with 10,000 orders, HQ out of reach.\n");
    println!("| | median | 95 % |\n|---|--:|--:|");
    println!(
        "| `site_set`: change, document, outbox, screen's answer | {} | {} |",
        ms(ours),
        ms(p95(saves))
    );
    println!(
        "| bare insert of {INSERTED} bytes, WAL, synchronous FULL | {} | {} |",
        ms(floor),
        ms(p95(inserts))
    );
    println!("| **beside each other** | **{}** | |", ratio(ours, floor));
}

/// Every save of the core and every bare insert.
pub async fn measure(profile: &Path) -> (Vec<Duration>, Vec<Duration>) {
    let host = SystemHost { clock_offset_ms: offset_to_story_day() };
    let app = App::open(profile, Arc::new(host)).expect("the profile is free");
    app.call("unlock", json!({ "pin": PIN })).await.expect("the PIN is right");
    let list = app.call("today", json!({ "day": DAY })).await.expect("a list");
    let visit = list["visits"][0]["visit"].clone();
    let bare = bare_file(&profile.join("bare.db"));
    let (mut saves, mut inserts) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        let input = json!({ "visit": visit, "key": "access", "value": format!("门禁 {round}") });
        let started = Instant::now();
        app.call("site_set", input).await.expect("it is saved");
        saves.push(started.elapsed());
        let started = Instant::now();
        bare.execute("INSERT INTO edit (body) VALUES (?1)", [vec![7u8; INSERTED]]).expect("a row");
        inserts.push(started.elapsed());
        // As fast as a person could tap, so that sync attempts and the rescue file fall in between.
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    (saves, inserts)
}

fn bare_file(path: &Path) -> Connection {
    let conn = Connection::open(path).expect("a file");
    conn.pragma_update(None, "key", format!("x'{}'", "5a".repeat(32))).expect("a key");
    conn.pragma_update(None, "journal_mode", "WAL").expect("WAL");
    conn.pragma_update(None, "synchronous", "FULL").expect("FULL");
    conn.execute_batch("CREATE TABLE edit (id INTEGER PRIMARY KEY, body BLOB) STRICT")
        .expect("a table");
    conn
}
