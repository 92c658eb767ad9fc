//! Kills the real core and the real HQ at random instants and prints Markdown: how often, and what
//! was found afterwards. Ends with an error at the first thing lost or done twice.
//!
//! `cargo xtask bench crash` builds what it starts (`doorstep-hq`, `doorstep-host`) and runs it;
//! arguments: kills of the core, kills of HQ, seed.
#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    reason = "a measuring program reads the real clock and may stop at its own mistake"
)]

use doorstep_tests::crash::{Plan, run};
use std::time::Instant;

fn main() {
    let numbers: Vec<u64> = std::env::args().skip(1).filter_map(|text| text.parse().ok()).collect();
    let number = |at: usize, usual: u64| numbers.get(at).copied().unwrap_or(usual);
    let kills = |at| u32::try_from(number(at, 1_000)).expect("a count");
    let plan = Plan { tablet: kills(0), hq: kills(1), seed: number(2, 20_260_715) };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let started = Instant::now();
    let toll = runtime.expect("a runtime").block_on(run(plan));
    let (early, late) = toll.tablet_kills;
    println!("| | |\n|---|--:|");
    println!("| SIGKILLs of the core, before it was unlocked | {early} |");
    println!("| SIGKILLs of the core at work | {late} |");
    println!("| SIGKILLs of HQ while two devices synced | {} |", toll.hq_kills);
    println!("| notes called saved | {} |", toll.notes);
    println!("| photos called saved | {} |", toll.photos);
    println!("| claims called saved | {} |", toll.claims);
    println!("| calls left without an answer | {} |", toll.unanswered);
    println!("| things looked for after a kill or at the end, and found | {} |", toll.found);
    println!("| of them lost, or there twice | 0 |");
    println!("| claims decided by HQ, each once | {} |", toll.decided);
    println!("| databases and ledgers read through, all sound | {} |", toll.inspected);
    println!("| things waiting at the end | 0 |");
    println!("| seed, minutes | {}, {} |", plan.seed, started.elapsed().as_secs() / 60);
}
