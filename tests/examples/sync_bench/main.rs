//! Measures sync beside other systems on the same records and prints Markdown: first sync, nothing
//! new, a day's delta, a thousand devices at once, memory with a million documents, cold start,
//! autosave, cost growth, and all that the line is felt in once more on a bad line.
//!
//! `cargo xtask bench sync [--peers]` builds what it starts (`doorstep-hq`, `doorstep-host`) and
//! runs it.
#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::indexing_slicing,
    reason = "a measuring program reads the real clock and may stop at its own mistake"
)]

#[allow(dead_code, reason = "shared with the door bench, which prints more")]
#[path = "../door_bench/autosave.rs"]
mod autosave;
#[allow(dead_code, reason = "shared with the door bench, which prints more")]
#[path = "../door_bench/cold_start.rs"]
mod cold_start;
mod crowd;
mod far;
#[allow(dead_code, reason = "shared with the door bench, which prints more")]
#[path = "../door_bench/figures.rs"]
mod figures;
mod goals;
mod ledger;
mod many;
mod meter;
mod network;
mod ours;
mod peers;
mod rows;
mod table;
mod tablet;
mod words;
mod work;
mod writing;

use serde_json::Value;

/// Work: the first sync.
pub const FIRST: &str = "first sync of 5,000 orders";
/// Work: nothing new.
pub const NOTHING: &str = "nothing changed, 10,000 orders held";
/// Work: the day's delta.
pub const DELTA: &str = "20 up and 20 down";
/// The same on a bad line.
pub const FIRST_FAR: &str = "bad line: first sync of 500 orders";
/// The same on a bad line.
pub const NOTHING_FAR: &str = "bad line: nothing changed";
/// The same on a bad line.
pub const DELTA_FAR: &str = "bad line: 20 up and 20 down";

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    match arguments.get(1).map(String::as_str) {
        Some(cold_start::CORE) => cold_start::core(&arguments[2]),
        Some(cold_start::BARE) => cold_start::bare(&arguments[2], &arguments[3]),
        Some(cold_start::EMPTY) => println!("0"),
        Some(crowd::ROLE) => runtime().block_on(crowd::child()),
        _ => runtime().block_on(rows::measure(arguments.iter().any(|one| one == "--peers"))),
    }
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime")
}

fn count(list: &Value) -> usize {
    list.as_array().map_or(0, Vec::len)
}
