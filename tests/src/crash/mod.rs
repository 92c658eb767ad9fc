//! Work on real programs that are killed at random instants (SIGKILL), and what must be true of it
//! afterwards. The instants come from a seed; where they fall in the work is the machine's affair.

mod worker;

use doorstep_store::device::rows_of_kind;
use rusqlite::Connection;
use serde_json::{Value, json};
use std::{
    collections::BTreeSet,
    process::Command,
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use crate::{
    device::PIN,
    hq::Hq,
    shop::{SETTLE, Shop},
    sound::assert_sound,
};
use worker::{Dice, Worker};

/// A tablet dies at most so long after its process listens; unlocking takes the first part of it.
const TABLET_LIVES_MS: u64 = 800;
/// HQ dies at most so long after it listens.
const HQ_LIVES_MS: u64 = 160;
/// The ledger and the tablet's database are read through once in so many kills.
const INSPECT_EVERY: u32 = 25;
/// Until everything has arrived at the end.
const PATIENCE: Duration = Duration::from_secs(300);

/// How often which process dies.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// Kills of a tablet's core in the middle of its work.
    pub tablet: u32,
    /// Kills of HQ while two devices sync.
    pub hq: u32,
    /// Where the instants come from.
    pub seed: u64,
}

/// What happened, all of it in order.
#[derive(Debug, Default, Clone)]
pub struct Toll {
    /// Kills of a tablet's core, by whether it was unlocked by then.
    pub tablet_kills: (u32, u32),
    /// Kills of HQ.
    pub hq_kills: u32,
    /// Notes the screen called saved.
    pub notes: u64,
    /// Photos it called saved.
    pub photos: u64,
    /// Claims it called saved.
    pub claims: u64,
    /// Calls that the kill left without an answer.
    pub unanswered: u64,
    /// Things looked for after a kill and found.
    pub found: u64,
    /// Databases read through: sound, sums and projection as rebuilt.
    pub inspected: u64,
    /// Claims HQ decided.
    pub decided: u64,
}

/// Runs the plan and checks everything after each kill and at the end.
///
/// # Panics
/// When something that was called saved is lost, was done twice, or does not arrive.
pub async fn run(plan: Plan) -> Toll {
    let mut shop = Shop::open(24);
    let mut toll = Toll::default();
    let tablet = shop.tablet().await;
    tablet.sync_until_settled(SETTLE).await;
    let laptop = shop.laptop().await;
    laptop.sync_until_settled(SETTLE).await;
    let mut tablet = Worker::new(tablet, "T", plan.seed).await;
    let mut laptop = Worker::new(laptop, "L", plan.seed ^ 0xA5A5).await;
    kill_tablet(&mut tablet, plan.tablet, &mut toll).await;
    kill_hq(&mut shop.hq, &mut tablet, &mut laptop, plan, &mut toll).await;
    settle(&shop, &mut [tablet, laptop], &mut toll).await;
    toll
}

async fn kill_tablet(worker: &mut Worker, kills: u32, toll: &mut Toll) {
    let mut early = false;
    for kill in 1..=kills {
        if early {
            // A start that was killed counts as a wrong PIN until one succeeds, so that nobody can
            // guess by pulling the plug; five in a row would be made to wait.
            worker.device.unlock().await;
        }
        let pid = worker.device.pid().expect("it runs");
        let after = Duration::from_micros(worker.dice.below(TABLET_LIVES_MS * 1_000));
        let killer = tokio::spawn(async move {
            tokio::time::sleep(after).await;
            let pid = pid.to_string();
            Command::new("kill").args(["-9", &pid]).status().expect("kill runs");
        });
        let input = json!({ "pin": PIN });
        let unlocked = match worker.device.try_call("unlock", input).await {
            Ok(_) => true,
            Err(Value::Null) => false,
            Err(error) => panic!("after {kill} kills it does not open: {error}"),
        };
        if unlocked && worker.look(toll).await {
            while worker.work(toll).await {}
        }
        killer.await.expect("it was killed");
        early = !unlocked;
        let counted = &mut toll.tablet_kills;
        *(if unlocked { &mut counted.1 } else { &mut counted.0 }) += 1;
        if kill % INSPECT_EVERY == 0 {
            worker.device.kill();
            assert_sound(&mut worker.device.database());
            toll.inspected += 1;
        }
        worker.device.restart();
    }
    worker.device.unlock().await;
    assert!(worker.look(toll).await, "it lives");
}

async fn kill_hq(
    hq: &mut Hq,
    tablet: &mut Worker,
    laptop: &mut Worker,
    plan: Plan,
    toll: &mut Toll,
) {
    let stop = AtomicBool::new(false);
    let mut dice = Dice::new(plan.seed ^ 0x5EED);
    let at = hq.address();
    let (mut of_tablet, mut of_laptop) = (Toll::default(), Toll::default());
    let working = async |worker: &mut Worker, toll: &mut Toll| {
        while !stop.load(Ordering::SeqCst) {
            assert!(worker.work(toll).await, "the device lives");
            assert!(worker.device.try_call("sync_now", json!({})).await.is_ok(), "it lives");
        }
    };
    let killing = async {
        for kill in 1..=plan.hq {
            tokio::time::sleep(Duration::from_micros(dice.below(HQ_LIVES_MS * 1_000))).await;
            tokio::task::block_in_place(|| {
                hq.kill();
                toll.hq_kills += 1;
                if kill % INSPECT_EVERY == 0 {
                    let held = hq.digest();
                    assert_eq!(held["broken_identities"], json!([]), "{held}");
                    toll.inspected += 1;
                }
                hq.start_at(at);
            });
        }
        stop.store(true, Ordering::SeqCst);
    };
    tokio::join!(killing, working(tablet, &mut of_tablet), working(laptop, &mut of_laptop));
    for part in [of_tablet, of_laptop] {
        toll.notes += part.notes;
        toll.photos += part.photos;
        toll.claims += part.claims;
    }
}

/// Everything arrives, at a device of somebody else too, and every claim was decided once.
async fn settle(shop: &Shop, workers: &mut [Worker; 2], toll: &mut Toll) {
    for _ in 0..2 {
        for worker in workers.iter() {
            let state = worker.device.sync_until_settled(PATIENCE).await;
            assert_eq!(state["refused"], 0, "{state}");
        }
    }
    let later = shop.device("later", &shop.hq.person_at("clerk", &shop.job.store)).await;
    later.sync_until_settled(PATIENCE).await;
    for worker in workers.iter() {
        for place in &worker.places {
            for device in [&worker.device, &later] {
                let found = worker.find_on(device, place).await.expect("it lives");
                toll.found += found;
            }
        }
    }
    let held = shop.hq.digest();
    assert_eq!(held["broken_identities"], json!([]), "{held}");
    let number = |value: &Value| value.as_u64().expect("a number");
    toll.decided = number(&held["claims"]["executed"]) + number(&held["claims"]["refused"]);
    let (mut made, mut leads) = (0, 0);
    for worker in workers {
        worker.device.kill();
        let mut conn = worker.device.database();
        assert_sound(&mut conn);
        toll.inspected += 1;
        let (all, of_leads) = claims_made(&conn, &worker.books.leads);
        made += all;
        leads += of_leads;
    }
    assert_eq!(toll.decided, made, "each claim was decided once");
    assert_eq!(number(&held["rows"]["lead"]), leads, "and carried out once");
}

/// How many claims a device made, and how many of them save a lead; everyone that was called saved is
/// among them, with its row of HQ. The others are the device's own: it reserves what the day needs.
fn claims_made(conn: &Connection, saved: &BTreeSet<String>) -> (u64, u64) {
    let rows = rows_of_kind(conn, "lead").expect("rows");
    let known: BTreeSet<String> = rows.iter().map(|row| row.id.to_string()).collect();
    let lost: Vec<_> = saved.difference(&known).collect();
    assert!(lost.is_empty(), "claims were called saved and are lost: {lost:?}");
    conn.query_row(
        "SELECT count(*), coalesce(sum(kind = 'lead_save'), 0) FROM outbox_command",
        [],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
    .expect("a count")
}
