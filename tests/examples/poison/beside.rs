//! A real HQ with a hostile device, and an honest one beside it.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use doorstep_domain::facts::FieldEdit;
use doorstep_sync::Document;
use doorstep_tests::{
    dice::Dice,
    hq::Hq,
    poison::{Seed, bombs, chunk::mutated, crafted::crafted, verdict::push},
    speaker::{Speaker, peaks_kib},
};
use uuid::Uuid;

/// Exchanges of the honest device in each of the three situations.
const EXCHANGES: usize = 200;
/// Pushes in one batch of the busy or hostile device.
const PUSHES: usize = 25;

/// Measures and prints.
pub async fn measure(seed: u64) {
    let room = tempfile::tempdir().expect("a folder");
    let hq = Hq::with_sample_data(&room.path().join("hq"), 60);
    let store = hq.facts["door_job"]["store"].clone();
    let engineer = hq.facts["door_job"]["engineer"].as_str().expect("an engineer").to_owned();
    let mut honest = Speaker::enrol(&hq, &hq.person_at("clerk", &store), 2).await;
    honest.sync(vec![], vec![]).await;
    let mut other = Speaker::enrol(&hq, &engineer, 1).await;
    other.sync(vec![], vec![]).await;
    bombs_row(&hq, &other).await;

    println!("\n### An honest device beside a hostile one\n");
    println!(
        "Each honest exchange sends one edit of one document to a real HQ over TLS and waits for its answer.\n"
    );
    println!("| beside it | median | p95 | pushes of the other |\n|---|--:|--:|--:|");
    let alone = exchanges(&mut honest).await;
    row("nobody", alone, 0);
    for (what, hostile) in [
        ("an honest device that sends as fast as it can", false),
        ("a hostile device that sends mutated changes as fast as it can", true),
    ] {
        let going = Arc::new(AtomicBool::new(true));
        let sent = Arc::new(AtomicU64::new(0));
        let task =
            tokio::spawn(keep_busy(other, hostile, seed, Arc::clone(&going), Arc::clone(&sent)));
        let times = exchanges(&mut honest).await;
        going.store(false, Ordering::SeqCst);
        other = task.await.expect("the other device ends in order");
        row(what, times, sent.load(Ordering::SeqCst));
    }

    // A fresh device receives every document of the store; each must load.
    let mut fresh = Speaker::enrol(&hq, &hq.person_at("clerk", &store), 3).await;
    fresh.sync(vec![], vec![]).await;
    let unloadable = fresh.docs.iter().filter(|(id, (kind, chunks))| {
        let (first, later) = chunks.split_first().expect("a snapshot");
        Document::open(*kind, **id, first, later.iter().map(Vec::as_slice)).is_err()
    });
    let (hq_kib, worker_kib) = peaks_kib(hq.pid().expect("HQ lives"));
    println!("\n| afterwards | |\n|---|--:|");
    println!("| HQ lives | yes |");
    println!("| documents a new device received | {} |", fresh.docs.len());
    println!("| of these, unloadable | {} |", unloadable.count());
    println!("| peak memory of HQ | {} MiB |", hq_kib >> 10);
    println!("| peak memory of its worker | {} MiB |", worker_kib >> 10);
}

fn row(what: &str, mut times: Vec<Duration>, sent: u64) {
    times.sort_unstable();
    let ms = |at: usize| times[at].as_secs_f64() * 1_000.0;
    println!(
        "| {what} | {:.1} ms | {:.1} ms | {sent} |",
        ms(times.len() / 2),
        ms(times.len() * 95 / 100)
    );
}

async fn exchanges(honest: &mut Speaker) -> Vec<Duration> {
    let docs: Vec<Uuid> = honest.docs.keys().copied().collect();
    let mut times = Vec::new();
    for round in 0..EXCHANGES {
        let note = [FieldEdit::new("notes", "honest/text", format!("第{}次 {round}", times.len()))];
        let edit = honest.edit(docs[round % docs.len()], &note);
        let begun = Instant::now();
        let answer = honest.sync(vec![edit], vec![]).await.expect("answered");
        times.push(begun.elapsed());
        assert_eq!(answer.received.len(), 1, "{:?}", answer.refused);
    }
    times
}

async fn keep_busy(
    mut device: Speaker,
    hostile: bool,
    seed: u64,
    going: Arc<AtomicBool>,
    sent: Arc<AtomicU64>,
) -> Speaker {
    let docs: Vec<Uuid> = device.docs.keys().copied().collect();
    let mut dice = Dice::new(seed);
    let mut round = 0usize;
    while going.load(Ordering::SeqCst) {
        let mut pushes = Vec::with_capacity(PUSHES);
        for _ in 0..PUSHES {
            round += 1;
            let doc = docs[round % docs.len()];
            let note = [FieldEdit::new("notes", "busy/text", format!("{round}"))];
            if !hostile {
                pushes.push(device.edit(doc, &note));
                continue;
            }
            let base = device.open(doc).save();
            let kind = device.docs[&doc].0;
            let honest = device.edit(doc, &note).changes.remove(0).into_vec();
            device.docs.get_mut(&doc).expect("held").1.pop();
            let seed = Seed { kind, id: doc, base, plain: honest.clone(), deflated: Vec::new() };
            let change = match round % 10 {
                0 => {
                    let mut all = crafted(&seed);
                    let at = dice.below(all.len());
                    all.swap_remove(at).1
                }
                _ => mutated(&honest, &honest, &mut dice),
            };
            pushes.push(push(&seed, change));
        }
        device.sync(pushes, vec![]).await.expect("answered");
        sent.fetch_add(PUSHES as u64, Ordering::SeqCst);
    }
    device
}

async fn bombs_row(hq: &Hq, hostile: &Speaker) {
    let pid = hq.pid().expect("HQ lives");
    println!("\n### Messages that inflate\n");
    println!(
        "| body of `/v1/sync` | on the line | answer | time | HQ's peak afterwards |\n|---|--:|---|--:|--:|"
    );
    println!("| (before) | | | | {} MiB |", peaks_kib(pid).0 >> 10);
    for (what, body, expected) in bombs::bodies(hostile) {
        let (bytes, begun) = (body.len(), Instant::now());
        let heard = hostile.post(body).await.expect("HQ lives");
        let took = begun.elapsed().as_millis();
        assert_eq!(heard.code(), expected, "{what}");
        println!(
            "| {what} | {bytes} bytes | {expected} | {took} ms | {} MiB |",
            peaks_kib(pid).0 >> 10
        );
    }
}
