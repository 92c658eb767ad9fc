//! Measures how much damage labels stand before they no longer read, and that pictures without a
//! label give none.
//!
//! `cargo run --release -p doorstep-media --example label_bench` prints two Markdown tables. The
//! pictures are drawn from fixed seeds; only the times differ between machines.
#![allow(
    clippy::disallowed_types,
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    missing_docs,
    unreachable_pub,
    reason = "a measuring program: pixels, a stop-watch and fixed inputs"
)]

#[path = "label_bench/corpus.rs"]
mod corpus;
#[path = "label_bench/empty.rs"]
mod empty;
#[path = "label_bench/paint.rs"]
mod paint;
#[path = "label_bench/symbol.rs"]
mod symbol;

use corpus::{Damage, FAMILIES, Sample, sample};
use doorstep_media::label::{LabelFormat, LabelReading, read_image, read_luma};
use std::process::ExitCode;
use std::time::Instant;

/// Pictures per kind, strength and family of codes.
const SEEDS: u64 = 2;
/// Pictures of each kind without a label.
const EMPTY_SEEDS: u64 = 20;

/// What one picture gave.
struct Outcome {
    /// Format and whether it was read, for each code in the picture.
    codes: Vec<(LabelFormat, bool)>,
    /// Labels read that are not in the picture.
    wrong: usize,
    ms: u128,
}

fn main() -> ExitCode {
    let only = std::env::args().nth(1);
    println!("| damage | strength | QR | EAN-13 | Code 128 | wrong | median ms |");
    println!("|---|---|---|---|---|---|---|");
    let (mut times, mut wrong) = (Vec::new(), 0);
    for damage in Damage::ALL {
        let name = format!("{damage:?}");
        if only.as_ref().is_some_and(|only| *only != name) {
            continue;
        }
        for &strength in damage.strengths() {
            let outcomes = outcomes(damage, strength);
            times.extend(outcomes.iter().map(|o| o.ms));
            wrong += outcomes.iter().map(|o| o.wrong).sum::<usize>();
            println!("| {name} | {strength} | {} |", row(&outcomes));
        }
    }
    println!("\n{} pictures with labels: {}.\n", times.len(), spread(times));
    if only.is_none() || only.as_deref() == Some("Empty") {
        wrong += without_labels();
    }
    if wrong > 0 {
        eprintln!("{wrong} labels were read that are not in the pictures");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

fn outcomes(damage: Damage, strength: u32) -> Vec<Outcome> {
    let families = if damage == Damage::Several { 1 } else { FAMILIES };
    let each = |family| (0..SEEDS).map(move |seed| (family, seed + 2 * u64::from(strength)));
    let all = (0..families).flat_map(each);
    all.map(|(family, seed)| measure(&sample(damage, strength, family, seed))).collect()
}

fn measure(sample: &Sample) -> Outcome {
    let file = sample.jpeg.map(|quality| sample.canvas.jpeg(quality));
    let start = Instant::now();
    let reading = match &file {
        Some(bytes) => read_image(bytes),
        None => read(&sample.canvas),
    };
    let ms = start.elapsed().as_millis();
    let labels = &reading.labels;
    let codes = sample
        .expected
        .iter()
        .map(|e| (e.format, labels.iter().any(|l| l.format == e.format && l.text == e.text)));
    let wrong = labels
        .iter()
        .filter(|l| !sample.expected.iter().any(|e| l.format == e.format && l.text == e.text))
        .count();
    Outcome { codes: codes.collect(), wrong, ms }
}

fn read(canvas: &paint::Canvas) -> LabelReading {
    read_luma(canvas.width as u32, canvas.height as u32, &canvas.px)
}

fn row(outcomes: &[Outcome]) -> String {
    let rate = |format| {
        let codes = || outcomes.iter().flat_map(|o| &o.codes).filter(|(f, _)| *f == format);
        format!("{}/{}", codes().filter(|(_, read)| *read).count(), codes().count())
    };
    let wrong: usize = outcomes.iter().map(|o| o.wrong).sum();
    let median = median(outcomes.iter().map(|o| o.ms).collect());
    let rates = [LabelFormat::Qr, LabelFormat::Ean13, LabelFormat::Code128].map(rate);
    format!("{} | {wrong} | {median}", rates.join(" | "))
}

fn median(values: Vec<u128>) -> u128 {
    quantile(values, 50)
}

fn quantile(mut values: Vec<u128>, percent: usize) -> u128 {
    values.sort_unstable();
    let place = (values.len() * percent).div_ceil(100).saturating_sub(1);
    values.get(place).copied().unwrap_or_default()
}

fn spread(times: Vec<u128>) -> String {
    let [middle, high, most] = [50, 95, 100].map(|percent| quantile(times.clone(), percent));
    format!("median {middle} ms, 95th percentile {high} ms, slowest {most} ms")
}

/// Prints the second table; gives the number of labels read, which must be 0.
fn without_labels() -> usize {
    let mut all = 0;
    println!("| without a label | pictures | labels read | median ms | slowest ms |");
    println!("|---|---|---|---|---|");
    // By size: 1600 × 1200, and 4000 × 3000 as a phone takes them.
    let (mut small, mut large) = (Vec::new(), Vec::new());
    for (kind, name) in empty::KINDS.iter().enumerate() {
        let mut labels = 0;
        let mut times = Vec::new();
        for seed in 0..EMPTY_SEEDS {
            let canvas = empty::picture(kind, seed);
            let start = Instant::now();
            let reading = read(&canvas);
            let ms = start.elapsed().as_millis();
            times.push(ms);
            if canvas.width > 2000 {
                large.push(ms)
            } else {
                small.push(ms)
            }
            for label in &reading.labels {
                eprintln!("{name} {seed}: {:?} {:?}", label.format, label.text);
            }
            labels += reading.labels.len();
        }
        all += labels;
        let slowest = quantile(times.clone(), 100);
        println!("| {name} | {EMPTY_SEEDS} | {labels} | {} | {slowest} |", median(times));
    }
    println!("\n{} pictures of 1600 × 1200: {}.", small.len(), spread(small));
    println!("{} pictures of 4000 × 3000: {}.", large.len(), spread(large));
    all
}
