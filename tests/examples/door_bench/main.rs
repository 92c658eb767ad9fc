//! Measures the core on a real HQ and prints Markdown: cold start to today's list beside the bare
//! SQLite query, a durable autosave beside a bare durable insert, the first sync, memory.
//!
//! `cargo xtask bench door` builds what it starts (`doorstep-hq`, `doorstep-host`) and runs it.
#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::indexing_slicing,
    reason = "a measuring program reads the real clock and may stop at its own mistake"
)]

mod autosave;
mod cold_start;
mod figures;

use doorstep_tests::{
    device::Device,
    hq::Hq,
    line::Line,
    story::{DAY, offset_to_story_day},
};
use figures::{mib, ms};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// Visits planned at HQ: the coordinator's device holds them all, a store's clerk half of them.
const ORDERS: u32 = 10_000;
const PATIENCE: Duration = Duration::from_secs(600);

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    match arguments.get(1).map(String::as_str) {
        Some(cold_start::CORE) => cold_start::core(&arguments[2]),
        Some(cold_start::BARE) => cold_start::bare(&arguments[2], &arguments[3]),
        Some(cold_start::EMPTY) => println!("0"),
        _ => runtime().block_on(measure()),
    }
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime")
}

async fn measure() {
    let rooms = tempfile::tempdir().expect("a temporary folder");
    eprintln!("planning {ORDERS} visits at HQ");
    let mut hq = Hq::with_sample_data(&rooms.path().join("hq"), ORDERS);
    println!("### First sync of 5,000 orders\n");
    let store = hq.facts["stores"][0]["id"].clone();
    let clerk = hq.person_at("clerk", &store);
    let clerk = first_sync(&hq, &clerk, &rooms.path().join("clerk")).await;
    println!("\n### Memory\n");
    let held = rooms.path().join("coordinator");
    let coordinator = hq.person("coordinator").1;
    let device = Device::start(&held, offset_to_story_day());
    device.enrol(&hq.ticket(&coordinator, hq.address()), "coordinator").await;
    device.sync_until_settled(PATIENCE).await;
    println!("| process | resident | peak |\n|---|--:|--:|");
    memory("HQ, 10,000 orders held, two devices served", hq.pid());
    memory("core of the clerk, 5,000 orders, after its first sync", clerk.pid());
    let mut device = device;
    device.restart();
    device.unlock().await;
    device.call("today", json!({ "day": DAY })).await;
    memory("core of the coordinator, 10,000 orders, just started, list shown", device.pid());
    drop((device, clerk));
    hq.kill();
    println!("\n### Cold start with 10,000 orders\n");
    cold_start::compare(&held);
    println!("\n### Durable autosave\n");
    autosave::compare(&held).await;
}

async fn first_sync(hq: &Hq, person: &str, profile: &std::path::Path) -> Device {
    let line = Line::to(hq.address());
    let device = Device::start(profile, offset_to_story_day());
    let ticket = hq.ticket(person, line.address());
    let started = Instant::now();
    let input =
        json!({ "ticket": ticket, "pin": doorstep_tests::device::PIN, "device_name": "bench" });
    device.call("enrol", input).await;
    let enrolled = started.elapsed();
    let listed = loop {
        let list = device.call("today", json!({ "day": DAY })).await;
        let complete = list["visits"].as_array().is_some_and(|visits| {
            !visits.is_empty() && visits.iter().all(|row| !row["customer"].is_null())
        });
        if complete {
            break started.elapsed();
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    };
    device.sync_until_settled(PATIENCE).await;
    let complete = started.elapsed();
    let bytes = line.answered();
    let orders = device.call("board", json!({ "day": DAY })).await;
    println!("| from the scan of the enrolment code on | |\n|---|--:|");
    println!("| enrolled (a new PIN included, on purpose slow) | {} |", ms(enrolled));
    println!("| today's list complete and usable | {} |", ms(listed));
    println!("| every row and every document here | {} |", ms(complete));
    println!("| bytes from HQ, TLS included | {} |", mib(u64::try_from(bytes).unwrap_or(0)));
    println!("| visits on the board of the day | {} |", count(&orders["rows"]));
    device
}

fn count(list: &Value) -> usize {
    list.as_array().map_or(0, Vec::len)
}

fn memory(what: &str, pid: Option<u32>) {
    let pid = pid.expect("the process runs");
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).expect("Linux tells");
    let kib = |name: &str| {
        let line = status.lines().find(|line| line.starts_with(name)).unwrap_or_default();
        line.split_whitespace().nth(1).and_then(|kib| kib.parse::<u64>().ok()).unwrap_or(0)
    };
    println!("| {what} | {} | {} |", mib(kib("VmRSS:") << 10), mib(kib("VmHWM:") << 10));
}
