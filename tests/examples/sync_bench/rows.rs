//! The rows of the table, one after the other.

use doorstep_domain::{facts::DocKind, org::Bucket};
use doorstep_tests::device::Device;
use std::{net::SocketAddr, path::Path, thread, time::Duration};

use crate::{
    DELTA, FIRST, NOTHING, autosave, cold_start,
    ledger::{self, Held},
    ours::{self, FirstSync, World},
    peers::{self, PEERS},
    table::{Figure, Report, bytes, middle},
    work::{self, Record, Shop},
};

/// Rounds that count.
pub const ROUNDS: usize = 5;
/// On the bad line.
pub const ROUNDS_FAR: usize = 3;
/// Orders of each of the two stores.
pub const ORDERS: u32 = 5_000;
/// Orders held when growth is first looked at.
const FEW: usize = 1_000;
/// Documents held when growth is last looked at.
pub const MANY: u64 = 100_000;
/// Asks of an unchanged device.
const ASKS: u32 = 200;

/// What the rows share.
pub struct Bench {
    /// HQ and the way to it.
    pub world: World,
    /// Both stores.
    pub shops: Vec<Shop>,
    /// The records of the first store.
    pub near: Vec<Record>,
    /// Those of the second.
    pub far: Vec<Record>,
    /// What was measured.
    pub report: Report,
}

/// Measures everything and prints it.
pub async fn measure(with_peers: bool) {
    let rooms = tempfile::tempdir().expect("a temporary folder");
    let world = World::new(rooms.path());
    let shops = world.shops();
    note("making the work");
    let (near, far) = both(&shops);
    let work = rooms.path().join("work.jsonl");
    peers::write_work(&work, near.iter().chain(&far));
    let first = near.len();
    let mut bench = Bench { world, shops, near, far, report: Report::default() };
    let tablets = bench.own_rows().await;
    let mut done = Vec::new();
    if with_peers {
        done = run_peers(&work, first);
    }
    bench.compare(&done);
    bench.bad_line(tablets, with_peers, rooms.path()).await;
    bench.report.print();
}

fn both(shops: &[Shop]) -> (Vec<Record>, Vec<Record>) {
    thread::scope(|scope| {
        let near = scope.spawn(|| work::make(&shops[0], 0, ORDERS));
        let far = work::make(&shops[1], ORDERS, ORDERS);
        (near.join().expect("made"), far)
    })
}

/// Says what is being done.
pub fn note(what: &str) {
    eprintln!("{what}");
}

/// The orders among records.
pub fn orders(records: &[Record]) -> Vec<&Record> {
    records.iter().filter(|record| record.kind == DocKind::WorkOrder).collect()
}

impl Bench {
    /// Every row that needs no peer; returns tablets that were enrolled before there was anything to
    /// receive.
    async fn own_rows(&mut self) -> Vec<Device> {
        note("enrolling");
        let clerk = self.shops[0].clerk;
        let mut clerks = Vec::new();
        for round in 0..=ROUNDS {
            let mut device = self.world.tablet(&format!("clerk{round}"), clerk).await;
            device.kill();
            clerks.push(device);
        }
        let engineer = self.shops[0].engineer;
        let mut engineers = Vec::new();
        for round in 0..=ROUNDS_FAR {
            let mut device = self.world.tablet(&format!("engineer{round}"), engineer).await;
            device.kill();
            engineers.push(device);
        }
        let person = self.world.coordinator();
        let coordinator = self.world.tablet("coordinator", person).await;

        note("growth: 1,000 orders held");
        let few = FEW + FEW / 5;
        ledger::publish(&mut self.world.ledger, &self.near[..few]);
        self.grown(&coordinator, "1,000 orders held", 0).await;
        let mut coordinator = coordinator;
        coordinator.kill();

        ledger::publish(&mut self.world.ledger, &self.near[few..]);
        let days = [work::day_of(0), work::day_of(ORDERS - 1)];
        let held = self.world.held_for(clerk, &[&self.shops[0]]);
        let figures = self.first_syncs(FIRST, &mut clerks, &days, &held).await;
        figures.into_iter().for_each(|figure| self.report.keep(figure));
        self.weigh().await;

        note("10,000 orders held");
        ledger::publish(&mut self.world.ledger, &self.far);
        coordinator.restart();
        coordinator.unlock().await;
        ours::settle(&coordinator).await;
        let nothing = ours::nothing_new(&self.world, &coordinator, NOTHING, ASKS).await;
        self.keep(nothing, &coordinator);
        let some = orders(&self.near);
        let delta = ours::delta(&mut self.world, &coordinator, DELTA, &some[..480], ROUNDS).await;
        self.keep(delta, &coordinator);
        self.grown(&coordinator, "10,000 orders held", 480).await;

        note("cold start and autosave");
        coordinator.kill();
        self.alone(&coordinator).await;

        note("a thousand devices at once");
        self.crowd().await;

        note("growth: 100,000 documents held");
        let there = u64::try_from(self.near.len() + self.far.len()).unwrap_or(0);
        let bucket = Bucket::person(self.world.coordinator()).0;
        let (world, near) = (&mut self.world, &self.near);
        ledger::publish_copies(&mut world.ledger, &near[..1000], &bucket, 0, MANY - there);
        coordinator.restart();
        coordinator.unlock().await;
        ours::settle(&coordinator).await;
        self.grown(&coordinator, "100,000 documents held", 960).await;
        self.memory(&coordinator).await;
        engineers
    }

    fn keep(&mut self, mut figure: Figure, coordinator: &Device) {
        let shops: Vec<&Shop> = self.shops.iter().collect();
        let held = self.world.held_for(self.world.coordinator(), &shops);
        figure.held = Some(self.world.verify(coordinator, &held));
        self.report.keep(figure);
    }

    /// What one sync costs with so much held: nothing new, and a delta.
    async fn grown(&mut self, coordinator: &Device, held: &'static str, from: usize) {
        ours::settle(coordinator).await;
        let mut nothing =
            ours::nothing_new(&self.world, coordinator, "growth: nothing new", ASKS).await;
        nothing.who = format!("Doorstep, {held}");
        self.keep(nothing, coordinator);
        let some = orders(&self.near);
        let some = &some[from..from + 480];
        let mut delta =
            ours::delta(&mut self.world, coordinator, "growth: 20 up and 20 down", some, ROUNDS)
                .await;
        delta.who = format!("Doorstep, {held}");
        self.keep(delta, coordinator);
    }

    /// First syncs of tablets that hold nothing yet; the first of them does not count. All but the
    /// last are ended afterwards.
    pub async fn first_syncs(
        &self,
        work: &'static str,
        tablets: &mut [Device],
        days: &[String; 2],
        held: &Held,
    ) -> [Figure; 3] {
        note(work);
        let done = ledger::last_stamp(&self.world.ledger);
        let days = [days[0].as_str(), days[1].as_str()];
        let mut rounds: Vec<FirstSync> = Vec::new();
        let last = tablets.len() - 1;
        for (number, device) in tablets.iter_mut().enumerate() {
            rounds.push(ours::first_sync(&self.world, device, days, done).await);
            self.world.verify(device, held);
            if number < last {
                device.kill();
            }
        }
        rounds.remove(0);
        let times = |of: fn(&FirstSync) -> Duration| rounds.iter().map(of).collect::<Vec<_>>();
        let last = rounds.last().expect("rounds");
        let complete = Figure {
            traffic: Some(last.traffic),
            cpu: Some(middle(times(|round| round.cpu))),
            server_peak: Some(last.server_peak),
            client_peak: Some(last.client_peak),
            held: Some(held.count),
            ..Figure::of(work, "Doorstep, complete", times(|round| round.complete))
        };
        [
            Figure::of(work, "Doorstep, list usable", times(|round| round.listed)),
            complete,
            Figure::of(work, "Doorstep, searchable", times(|round| round.searchable)),
        ]
    }

    async fn weigh(&mut self) {
        let clerk = self.shops[0].clerk;
        let bodies = ours::weigh(&mut self.world, clerk, 1_000_000).await;
        let ratio = bodies.rows as f64 / bodies.json as f64;
        let size = |count: usize| bytes(u64::try_from(count).unwrap_or(0));
        let peer = format!("zstd-3 JSON {}", size(bodies.json));
        let (target, ours) = ("≤ 1.1 × the same rows as zstd-3 JSON", size(bodies.rows));
        self.report.goal(
            "first sync: bytes of the rows",
            target,
            ours,
            peer,
            Some(ratio),
            Some(ratio <= 1.1),
        );
        let (up, down) = bodies.nothing;
        let ours = format!("{up} B up, {down} B down");
        self.report.goal(
            "nothing changed: bodies",
            "≤ 400 B",
            ours,
            "–",
            None,
            Some(up + down <= 400),
        );
        let everything = size(bodies.everything);
        self.report
            .notes
            .push(format!("Rows and documents of a first sync: {everything} of bodies."));
    }

    /// What a tablet does without HQ.
    async fn alone(&mut self, coordinator: &Device) {
        self.world.line.redirect(SocketAddr::from(([127, 0, 0, 1], 1)));
        let measured = cold_start::measure(coordinator.profile());
        let (ours, bare) = (measured.without_pin(), measured.bare);
        let work = "cold start to today's list, PIN apart";
        let target = "≤ 1.5 × the bare query in a process of its own";
        self.report.beside(work, target, ours, Some(("bare", bare)), 1.5);
        let (saves, inserts) = autosave::measure(coordinator.profile()).await;
        let (ours, bare) = (middle(saves), middle(inserts));
        let target = "≤ 2 × a bare durable insert";
        self.report.beside("one field saved, durable", target, ours, Some(("bare", bare)), 2.0);
        self.world.line.redirect(self.world.hq.address());
    }
}

fn run_peers(work: &Path, first: usize) -> Vec<(&'static str, Result<peers::Done, String>)> {
    let run = |peer: &'static peers::Peer| {
        note(peer.name);
        (peer.name, peers::drive(peer, &peers_folder(), work, first, None, ROUNDS))
    };
    PEERS.iter().map(run).collect()
}

/// Beside the programs: the target folder's `peers`.
pub fn peers_folder() -> std::path::PathBuf {
    let own = std::env::current_exe().expect("this program");
    own.ancestors().nth(3).expect("the target folder").join("peers")
}
