//! Leases (预留): what only HQ can know to be free — a unit of stock, a place on the van, bonus
//! budget — held for one device before it goes offline.
//!
//! A pool is a bounded counter: its amount is what was used, what is leased out and what is free.
//! Every change goes through [`Pool`], which refuses whatever would spend more than there is; HQ
//! alone calls it, under its own clock.

mod book;
mod needs;
mod pool;
mod reservation;

pub use book::{Ahead, LeaseBook};
pub use needs::{Need, needs};
pub use pool::{Ending, Lease, LeaseError, LeaseUse, Pool};
pub use reservation::{Reservation, reservation_words};

use serde::{Deserialize, Serialize};

use crate::{
    id::{LeaseId, OrgId},
    money::Fen,
    time::UtcMs,
    visit::Slot,
    words::Words,
};

/// Something scarce that HQ leases out in parts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Resource {
    /// Units of one model at one store or its depot; counted in pieces.
    Stock {
        /// Where the units stand.
        store: OrgId,
        /// The catalogue's number.
        sku: String,
    },
    /// Places on a store's vans in one published window; counted in visits.
    Slot {
        /// Whose vans.
        store: OrgId,
        /// When the window opens.
        start: UtcMs,
        /// When it closes.
        end: UtcMs,
    },
    /// The budget of a merchant's trade-in bonus, for all stores together; counted in fen.
    Bonus {
        /// The bonus's identity in the valuation table.
        bonus: String,
    },
}

impl Resource {
    /// The name under which there is one pool of it; never changes, because identities are made
    /// of it.
    pub fn key(&self) -> String {
        match self {
            Resource::Stock { store, sku } => format!("stock:{store}:{sku}"),
            Resource::Slot { store, start, end } => format!("slot:{store}:{}:{}", start.0, end.0),
            Resource::Bonus { bonus } => format!("bonus:{bonus}"),
        }
    }

    /// The store it belongs to; absent for what all stores share.
    pub fn store(&self) -> Option<OrgId> {
        match self {
            Resource::Stock { store, .. } | Resource::Slot { store, .. } => Some(*store),
            Resource::Bonus { .. } => None,
        }
    }

    /// The last instant at which holding it makes sense: a van is loaded when its window opens.
    pub fn useful_until(&self) -> Option<UtcMs> {
        match self {
            Resource::Slot { start, .. } => Some(*start),
            Resource::Stock { .. } | Resource::Bonus { .. } => None,
        }
    }

    /// An amount of it in words: `S-XH-100 1 台`, `07-16 08:00–10:00 上门时段`, `换新补贴 ¥100.00`.
    /// `name` is what the reference data calls it.
    pub fn amount_words(&self, name: &Words, amount: i64) -> Words {
        match self {
            Resource::Stock { sku, .. } => Words::new(
                format!("{}{sku} {amount} 台", spaced(&name.zh)),
                format!("{amount} × {}{sku}", spaced(&name.en)),
            ),
            Resource::Slot { start, end, .. } => {
                let slot = Slot { start: *start, end: *end }.text();
                let many = if amount == 1 { String::new() } else { format!(" × {amount}") };
                Words::new(format!("上门时段 {slot}{many}"), format!("time slot {slot}{many}"))
            }
            Resource::Bonus { .. } => {
                let fen = Fen(amount);
                Words::new(format!("{} ¥{fen}", name.zh), format!("{} ¥{fen}", name.en))
            }
        }
    }
}

fn spaced(name: &str) -> String {
    if name.is_empty() { String::new() } else { format!("{name} ") }
}

/// One thing a device asks HQ to hold for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct LeaseAsk {
    /// The lease's identity, made on the device, so that a re-sent ask is the same lease.
    pub lease: LeaseId,
    /// What of.
    pub resource: Resource,
    /// How much: pieces, visits or fen, above zero.
    pub amount: i64,
}
