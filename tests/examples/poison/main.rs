//! Poisons HQ and prints what came of it as Markdown: mutated changes with right checksums, sound
//! changes no honest device writes, messages that inflate; what automerge alone makes of the same,
//! and how long an honest device waits beside it all.
//!
//! `cargo xtask bench poison` builds what it starts (`doorstep-hq`) and runs it; `-- --changes N
//! --seed N` of the example choose others.
#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::indexing_slicing,
    reason = "a measuring program reads the real clock and may stop at its own mistake"
)]

mod beside;
mod tried;

fn main() {
    // The library's panics are counted.
    doorstep_tests::only_own_panics();
    let changes = argument("--changes").unwrap_or(100_000);
    let seed = argument("--seed").unwrap_or(1);
    tried::mutations(changes, seed);
    tried::crafted_ones();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    runtime.expect("a runtime").block_on(beside::measure(seed));
}

fn argument(name: &str) -> Option<u64> {
    let arguments: Vec<String> = std::env::args().collect();
    let at = arguments.iter().position(|argument| argument == name)?;
    arguments.get(at + 1)?.parse().ok()
}
