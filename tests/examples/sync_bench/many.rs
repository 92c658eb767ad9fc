//! Many devices at once, and many documents stored.

use doorstep_domain::id::PersonId;
use doorstep_sync::{admission::admit, wire::Push};
use doorstep_tests::{device::Device, story::offset_to_story_day};
use serde_bytes::ByteBuf;
use std::time::Duration;
use uuid::Uuid;

use crate::{
    crowd, ledger,
    meter::Processes,
    ours,
    rows::{Bench, MANY, ROUNDS, note, orders},
    table::{bytes, middle, time},
    tablet::Tablet,
    work::Record,
};

/// Documents stored when memory is looked at.
const STORED: u64 = 1_000_000;

impl Bench {
    /// A hundred devices, then a thousand, each with twenty changed documents.
    pub async fn crowd(&mut self) {
        let documents: Vec<Uuid> =
            orders(&self.near).iter().chain(&orders(&self.far)).map(|one| one.id).collect();
        let one = verification(&self.near);
        let offset = offset_to_story_day();
        let mut small = None;
        for (first, count) in [(0, 100_u32), (100, 1_000)] {
            let numbers: Vec<u32> = (first..first + count).collect();
            let engineer = |number: u32| PersonId(Uuid::from_u128((1 << 90) | u128::from(number)));
            let crew: Vec<_> = (0_usize..)
                .zip(&numbers)
                .map(|(at, number)| (engineer(*number), crowd::changed_by(at, &documents)))
                .collect();
            ledger::engage(&mut self.world.ledger, self.shops[0].store, &crew);
            let tablet = |number| Tablet::number(number, self.world.hq.address(), offset);
            let devices: Vec<_> = numbers
                .iter()
                .map(|number| (engineer(*number), tablet(*number).enrolment()))
                .collect();
            ledger::enrol(&mut self.world.ledger, &devices);
            let stamp = ledger::last_stamp(&self.world.ledger);
            let done = crowd::gather(
                self.world.hq.address(),
                self.world.server(),
                &self.world.hq.data().join("ledger.sqlite"),
                offset,
                &numbers,
                &documents,
            );
            let expected = usize::try_from(count).unwrap_or(0) * crowd::CHANGED;
            let stored = ledger::changes_after(&self.world.ledger, stamp);
            let complete =
                done.received == expected && stored == expected && done.failures.is_empty();
            let floor = one * u32::try_from(expected).unwrap_or(1);
            let ratio = done.cpu.as_secs_f64() / floor.as_secs_f64();
            let at = |percent: usize| {
                let place =
                    (done.answered.len() * percent / 100).min(done.answered.len().max(1) - 1);
                done.answered.get(place).copied().unwrap_or_default()
            };
            let work = format!("{count} devices at once, 20 changed documents each");
            let said = format!(
                "{stored} of {expected}, {} failures; p50 {}, p99 {}; {} in all",
                done.failures.len(),
                time(at(50)),
                time(at(99)),
                time(done.wall)
            );
            self.report.goal(
                &work,
                "all acknowledged, no time-out",
                said,
                "–",
                None,
                Some(complete),
            );
            if let Some(first) = done.failures.first() {
                self.report.notes.push(format!("{work}: first failure: {first}"));
            }
            let peer = format!("{expected} × {} = {}", time(one), time(floor));
            let target = "HQ's CPU ≤ 1.3 × one verification each";
            self.report.goal(&work, target, time(done.cpu), peer, Some(ratio), Some(ratio <= 1.3));
            let each = done.cpu / count;
            match small {
                None => small = Some(each),
                Some(few) => {
                    let growth = each.as_secs_f64() / few.as_secs_f64();
                    let target = "linear from 100 to 1,000 devices";
                    let said = format!("{} of CPU a device", time(each));
                    let peer = format!("at 100: {}", time(few));
                    self.report.goal(&work, target, said, peer, Some(growth), Some(growth <= 1.1));
                }
            }
            self.report.notes.push(format!("{work}: HQ's peak memory {}.", bytes(done.peak)));
        }
    }

    /// HQ's peak while it serves the same, with 100,000 and with a million documents stored.
    pub async fn memory(&mut self, coordinator: &Device) {
        note("memory with a million documents stored");
        let mut peaks = Vec::new();
        for round in 0..2_u32 {
            if round == 1 {
                let (world, near) = (&mut self.world, &self.near);
                let rest = STORED - MANY;
                ledger::publish_copies(
                    &mut world.ledger,
                    &near[..1000],
                    "store:elsewhere",
                    MANY,
                    rest,
                );
            }
            let address = self.world.hq.address();
            self.world.hq.restart_inside(None, address);
            ours::find_again(coordinator).await;
            for _ in 0..20 {
                ours::settle(coordinator).await;
            }
            let number = 3_000_000 + round;
            let clerk = self.shops[0].clerk;
            let mut tablet = Tablet::number(number, address, offset_to_story_day());
            ledger::enrol(&mut self.world.ledger, &[(clerk, tablet.enrolment())]);
            tablet.pull().await;
            peaks.push(self.world.server().peak());
        }
        let ratio = peaks[1] as f64 / peaks[0] as f64;
        let target = "flat: as with 100,000";
        let peer = format!("100,000: {}", bytes(peaks[0]));
        let work = "HQ's peak memory, 1,000,000 documents stored";
        self.report.goal(work, target, bytes(peaks[1]), peer, Some(ratio), Some(ratio <= 1.1));
    }
}

/// Processor time of admitting one push, as the worker does it, without the way to the worker.
pub fn verification(records: &[Record]) -> Duration {
    let pushes: Vec<(Push, &Record)> = orders(records)
        .into_iter()
        .take(500)
        .map(|record| {
            let (change, kind) =
                crowd::changed(&record.snapshot, record.kind, record.id, Uuid::from_u128(5));
            (Push { doc: record.id, kind, changes: vec![ByteBuf::from(change)] }, record)
        })
        .collect();
    let mut each = Vec::new();
    for _ in 0..=ROUNDS {
        let before = Processes(std::process::id()).own_cpu();
        for (push, record) in &pushes {
            admit(push, Some(&record.snapshot), &|_, _, _| true).expect("admitted");
        }
        let used = Processes(std::process::id()).own_cpu().saturating_sub(before);
        each.push(used / u32::try_from(pushes.len()).unwrap_or(1));
    }
    middle(each)
}
