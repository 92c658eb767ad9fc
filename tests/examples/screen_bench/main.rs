//! Measures the screens in Chromium on the real core and prints Markdown: a key press to the painted
//! list over 100,000 cards, a photo from the shutter to "saved", the size of what is loaded.
//!
//! `cargo xtask bench screens` builds programs and screens and runs it.
#![allow(clippy::indexing_slicing, reason = "a measuring program may stop at its own mistake")]

mod many_cards;

use doorstep_tests::{device::PIN, shop::Shop};
use serde_json::json;
use std::{path::Path, process::Command};

/// Cards on the tablet, as many as a large dealer's store issues in years.
const CARDS: u32 = 100_000;

fn main() {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    runtime.block_on(measure());
}

async fn measure() {
    let mut shop = Shop::open(24);
    let mut tablet = shop.tablet().await;
    tablet.sync().await;
    tablet.kill();
    // HQ knows nothing of the cards to come and would take them away again.
    shop.hq.kill();
    many_cards::add(&tablet, CARDS);
    tablet.restart();
    let told = json!({
        "host": tablet.address(), "pin": PIN, "visit": shop.job.visit, "cards": CARDS,
        "names": many_cards::some_names(200),
    });
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ui/scripts/bench.mjs");
    let status =
        Command::new("node").arg(script).arg(told.to_string()).status().expect("node runs");
    assert!(status.success(), "the browser's part failed: {status}");
}
