//! What can happen, and how likely a seed makes it.

use crate::dice::Dice;

/// One thing that happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// Somebody notes, measures or corrects something.
    Edit,
    /// Somebody claims something.
    Claim,
    /// Somebody sells a machine: quote, terms, signature, order.
    Sell,
    /// A customer calls an order off.
    CancelOrder,
    /// A device begins to sync.
    Sync,
    /// A message on its way comes to its next place.
    Carry,
    /// A message on its way is lost.
    Lose,
    /// A request is delivered once more, now or later.
    Duplicate,
    /// A request from earlier arrives again.
    Stray,
    /// Time passes.
    Time,
    /// A device's process is killed, its machine stays on.
    KillDevice,
    /// A device loses power.
    CutDevice,
    /// A device's next operation meets a fault of the disk or its own end.
    HarmDevice,
    /// A device is closed and opened again.
    RestartDevice,
    /// Somebody copies a device's profile.
    BackUpDevice,
    /// Somebody puts an old copy of the profile back.
    RestoreDevice,
    /// Somebody puts a copy of the profile onto another device.
    CloneDevice,
    /// Somebody sets a device's clock.
    SetClock,
    /// HQ's process is killed.
    KillHq,
    /// HQ loses power.
    CutHq,
    /// The next request meets a fault of HQ's disk or its end.
    HarmHq,
    /// Somebody copies HQ's ledger.
    BackUpHq,
    /// Somebody puts the old copy back.
    RestoreHq,
    /// HQ withdraws a device.
    Revoke,
    /// A person moves to another store.
    MovePerson,
}

/// The chances of one seed.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Weights.
    pub events: Vec<(Event, u64)>,
    /// How many things happen before the world heals.
    pub steps: usize,
    /// Devices that take part.
    pub slots: Vec<usize>,
    /// The most items of a page of HQ.
    pub page_items: usize,
}

const ALWAYS: [(Event, u64); 5] = [
    (Event::Edit, 26),
    (Event::Claim, 10),
    (Event::Sync, 18),
    (Event::Carry, 50),
    (Event::Time, 4),
];
/// Each of these happens in about half of the seeds.
const SOMETIMES: [(Event, u64); 20] = [
    (Event::Sell, 14),
    (Event::CancelOrder, 4),
    (Event::Lose, 6),
    (Event::Duplicate, 5),
    (Event::Stray, 4),
    (Event::KillDevice, 3),
    (Event::CutDevice, 3),
    (Event::HarmDevice, 7),
    (Event::RestartDevice, 2),
    (Event::BackUpDevice, 3),
    (Event::RestoreDevice, 6),
    (Event::CloneDevice, 2),
    (Event::SetClock, 2),
    (Event::KillHq, 2),
    (Event::CutHq, 2),
    (Event::HarmHq, 5),
    (Event::BackUpHq, 3),
    (Event::RestoreHq, 2),
    (Event::Revoke, 1),
    (Event::MovePerson, 1),
];

impl Plan {
    /// What a seed plans.
    pub fn of(dice: &mut Dice, slots: usize) -> Plan {
        let mut events = ALWAYS.to_vec();
        for (event, weight) in SOMETIMES {
            if dice.chance(50) {
                events.push((event, weight));
            }
        }
        let mut all: Vec<usize> = (0..slots).collect();
        let count = 2 + dice.place(3);
        let mut slots = Vec::new();
        while slots.len() < count {
            slots.push(all.remove(dice.place(all.len())));
        }
        slots.sort_unstable();
        let page_items = [2, 5, 9, 1_000][dice.place(4)];
        Plan { events, steps: 30 + dice.place(50), slots, page_items }
    }

    /// Whether anything is sold.
    pub fn sells(&self) -> bool {
        self.events.iter().any(|(event, _)| *event == Event::Sell)
    }
}
