//! Changes tried on automerge alone and on HQ's admission inside its limited worker.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use doorstep_domain::org::Role;
use doorstep_hq::execute::scratch::Scratch;
use doorstep_tests::{
    binaries,
    dice::Dice,
    poison::{
        Seed,
        chunk::mutated,
        crafted::crafted,
        seeds::seeds,
        verdict::{Alone, Kept, alone, harm, push},
    },
    speaker::{children, peaks_kib},
};

#[derive(Default)]
struct Tally {
    refused_alone: u64,
    panicked_alone: u64,
    accepted_alone: u64,
    unloadable_alone: u64,
    taken: u64,
    refused: BTreeMap<String, u64>,
    deaths: u64,
    harmful: Vec<String>,
    slowest: Duration,
}

/// Tries so many mutations and prints the counts.
pub fn mutations(count: u64, seed: u64) {
    let (seeds, mut dice) = (seeds(seed), Dice::new(seed));
    let scratch = Scratch::worker(binaries::path("doorstep-hq"));
    let (mut tally, begun) = (Tally::default(), Instant::now());
    let mut worker_kib = 0;
    for round in 0..count {
        let (one, other) = (dice.pick(&seeds).clone(), dice.pick(&seeds).clone());
        let from = if dice.below(8) == 0 { &one.deflated } else { &one.plain };
        let change = mutated(from, &other.plain, &mut dice);
        try_one(&scratch, &one, change, round, &mut tally);
        if round % 1_000 == 999 {
            worker_kib = worker_kib.max(peaks_kib(std::process::id()).1);
            eprintln!("{} of {count}, {:.0} s", round + 1, begun.elapsed().as_secs_f64());
        }
    }
    println!("### Mutated changes\n");
    println!("{count} mutations of {} changes on 3 rich documents, seed {seed}.\n", seeds.len());
    println!("| automerge 0.12 alone | |\n|---|--:|");
    println!("| refuses | {} |", tally.refused_alone);
    println!("| accepts | {} |", tally.accepted_alone + tally.unloadable_alone);
    println!("| of these, the saved document does not load | {} |", tally.unloadable_alone);
    println!("| panics | {} |", tally.panicked_alone);
    println!("\n| HQ: admission in the limited worker | |\n|---|--:|");
    for (why, refused) in &tally.refused {
        println!("| refuses: {why} | {refused} |");
    }
    println!("| takes | {} |", tally.taken);
    println!("| of these, harmful to HQ, to a document or to a device | {} |", tally.harmful.len());
    println!("| deaths of the worker | {} |", tally.deaths);
    println!(
        "| an honest change through the same door, median | {} µs |",
        honest(&scratch, &seeds)
    );
    println!("| slowest answer | {} ms |", tally.slowest.as_millis());
    println!(
        "| peak memory of the worker (limit 512 MiB of address space) | {} MiB |",
        worker_kib >> 10
    );
    for what in tally.harmful.iter().take(20) {
        eprintln!("HARM {what}");
    }
    assert!(tally.unloadable_alone > 0 && tally.panicked_alone > 0, "the corpus means something");
    assert!(tally.harmful.is_empty() && tally.deaths == 0, "{} harms", tally.harmful.len());
}

fn try_one(scratch: &Scratch, seed: &Seed, change: Vec<u8>, round: u64, tally: &mut Tally) {
    match alone(seed, &change) {
        Alone::Refuses => tally.refused_alone += 1,
        Alone::Panics => tally.panicked_alone += 1,
        Alone::Accepts => tally.accepted_alone += 1,
        Alone::DoesNotLoad => tally.unloadable_alone += 1,
    }
    let begun = Instant::now();
    let tried = scratch.admit(&push(seed, change), Role::Engineer, Some(&seed.base));
    tally.slowest = tally.slowest.max(begun.elapsed());
    match tried {
        Ok(tried) => {
            tally.taken += 1;
            let view = serde_json::from_str(&tried.view).expect("a view");
            let kept = Kept { snapshot: &tried.snapshot, view: &view, changes: &tried.changes };
            if let Err(what) = harm(seed, &kept) {
                tally.harmful.push(format!("round {round}: {what}"));
            }
        }
        Err(refused) => {
            tally.deaths += u64::from(refused.code == "document_harmful");
            *tally.refused.entry(reason(&refused.detail)).or_default() += 1;
        }
    }
}

/// How long an honest change takes, the worker's door included, in µs.
fn honest(scratch: &Scratch, seeds: &[Seed]) -> u128 {
    let mut times: Vec<u128> = seeds
        .iter()
        .map(|seed| {
            let honest = push(seed, seed.plain.clone());
            let begun = Instant::now();
            let tried = scratch.admit(&honest, Role::Engineer, Some(&seed.base));
            let took = begun.elapsed().as_micros();
            assert!(tried.is_ok(), "{:?}", tried.map(|_| ()));
            took
        })
        .collect();
    times.sort_unstable();
    times[times.len() / 2]
}

/// The kind of a refusal, without what is particular to one.
fn reason(detail: &str) -> String {
    let kinds = [
        ("is not a plain change", "not one whole plain change"),
        ("over the limit", "too large or too many operations"),
        ("panicked", "the library panicked"),
        ("unreadable document", "the library refuses it"),
        ("missing before", "changes before it are missing"),
        ("differs after loading", "the saved document differs after loading"),
        ("may not be written", "a field the writer may not write"),
        ("malformed", "an operation no edit has, or another shape"),
        ("not what it says", "another identity"),
    ];
    let known = kinds.iter().find(|(piece, _)| detail.contains(piece));
    known.map_or("something else", |(_, kind)| kind).to_owned()
}

/// Tries every crafted change on some seeds of each kind and prints a row for each.
pub fn crafted_ones() {
    let scratch = Scratch::worker(binaries::path("doorstep-hq"));
    let mut rows: BTreeMap<&'static str, (Vec<Alone>, Vec<String>, Duration)> = BTreeMap::new();
    for seed in seeds(2).iter().step_by(13) {
        for (what, change) in crafted(seed) {
            let row = rows.entry(what).or_default();
            // Nobody waits for the library to count ten thousand million operations.
            if !what.contains("thousand million operations") {
                row.0.push(alone(seed, &change));
            }
            let begun = Instant::now();
            let tried = scratch.admit(&push(seed, change), Role::Engineer, Some(&seed.base));
            row.2 = row.2.max(begun.elapsed());
            row.1
                .push(tried.map_or_else(|refused| reason(&refused.detail), |_| "TAKEN".to_owned()));
        }
    }
    println!("\n### Changes that automerge would write and no honest device does\n");
    println!("| change | automerge alone | HQ refuses: | slowest |\n|---|---|---|--:|");
    for (what, (alone, mut answers, slowest)) in rows {
        answers.sort();
        answers.dedup();
        let alone = match alone.first() {
            None => "not asked: it would count for minutes",
            Some(Alone::Accepts) => "accepts",
            Some(Alone::DoesNotLoad) => "accepts, does not load",
            Some(Alone::Panics) => "panics",
            Some(Alone::Refuses) => "refuses",
        };
        println!("| {what} | {alone} | {} | {} ms |", answers.join("; "), slowest.as_millis());
        assert!(!answers.contains(&"TAKEN".to_owned()), "{what} is taken");
    }
    assert!(!children(std::process::id()).is_empty(), "one worker served all of them");
}
