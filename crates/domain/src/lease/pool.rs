//! The bounded counter and the parts of it that are out on lease.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::Resource;
use crate::{
    id::{DeviceId, LeaseId, OrderId, OrgId, PersonId, PoolId, VisitId},
    time::UtcMs,
    words::Words,
};

/// An amount of something scarce. At any time `amount = free + leased + used`, none of them below
/// zero; the fields are readable, and only the functions here change them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Pool {
    /// Identity, derived from the resource's key.
    pub id: PoolId,
    /// What it is of.
    pub resource: Resource,
    /// What the reference data calls it.
    #[serde(default)]
    pub name: Words,
    /// All there is: pieces, visits or fen.
    pub amount: i64,
    /// Held by devices.
    pub leased: i64,
    /// Taken by executed orders.
    pub used: i64,
    /// What a coordinator honoured although the pool did not hold it; no part of the amount.
    #[serde(default)]
    pub beyond: i64,
}

/// How much of a lease one order took.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct LeaseUse {
    /// The order.
    pub order: OrderId,
    /// How much: pieces, visits or fen.
    pub amount: i64,
}

/// How a lease ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// The device gave the rest back.
    Returned,
    /// Its time ran out by HQ's clock.
    Expired,
}

/// A part of a pool, held for one device until an instant of HQ's clock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Lease {
    /// Identity.
    pub id: LeaseId,
    /// The pool it is a part of.
    pub pool: PoolId,
    /// What of.
    pub resource: Resource,
    /// What the reference data calls it.
    #[serde(default)]
    pub name: Words,
    /// The store whose work it is for.
    pub store: OrgId,
    /// The device that may promise it; no other may, not even of the same person.
    pub device: DeviceId,
    /// Whose device.
    pub person: PersonId,
    /// The visit it was asked for.
    #[serde(default)]
    pub visit: Option<VisitId>,
    /// How much was granted.
    pub granted: i64,
    /// What executed orders took of it.
    #[serde(default)]
    pub uses: Vec<LeaseUse>,
    /// When HQ granted it.
    pub taken_at: UtcMs,
    /// From this instant of HQ's clock on it guarantees nothing.
    pub expires_at: UtcMs,
    /// How it ended; absent while it is held.
    #[serde(default)]
    pub ended: Option<Ending>,
}

impl Lease {
    /// What executed orders took.
    pub fn used(&self) -> i64 {
        self.uses.iter().fold(0, |sum, used| sum.saturating_add(used.amount))
    }

    /// What it still holds; nothing once it has ended.
    pub fn rest(&self) -> i64 {
        if self.ended.is_some() { 0 } else { self.granted.saturating_sub(self.used()).max(0) }
    }

    /// Whether HQ still holds it at `now`.
    pub fn holds_at(&self, now: UtcMs) -> bool {
        self.ended.is_none() && now < self.expires_at
    }
}

/// Why a pool did not change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum LeaseError {
    /// The amount is not above zero, or absurd.
    #[error("the amount is not above zero")]
    Amount,
    /// Not that much is free.
    #[error("only {free} is free")]
    Short {
        /// What is free.
        free: i64,
    },
    /// The lease does not hold that much any more.
    #[error("the lease holds only {rest}")]
    Rest {
        /// What it holds.
        rest: i64,
    },
    /// The lease is over.
    #[error("the lease has ended")]
    Ended,
    /// Its time has run out.
    #[error("the lease has expired")]
    Expired,
    /// Its time has not run out yet.
    #[error("the lease has not expired yet")]
    NotExpired,
    /// The lease is a part of another pool.
    #[error("the lease is of another pool")]
    Foreign,
}

/// The largest amount of a pool, as [`crate::money::Fen::LIMIT`]; sums of three cannot wrap.
const LIMIT: i64 = crate::money::Fen::LIMIT.0;

impl Pool {
    /// A pool of which nothing is out.
    pub fn new(id: PoolId, resource: Resource, name: Words, amount: i64) -> Pool {
        let amount = amount.clamp(0, LIMIT);
        Pool { id, resource, name, amount, leased: 0, used: 0, beyond: 0 }
    }

    /// What can still be leased or used.
    pub fn free(&self) -> i64 {
        self.amount.saturating_sub(self.leased).saturating_sub(self.used).max(0)
    }

    /// Whether the identity holds: nothing negative, and no more out than there is.
    pub fn is_sound(&self) -> bool {
        let parts = [self.leased, self.used, self.beyond];
        parts.iter().all(|part| *part >= 0)
            && self.leased.checked_add(self.used).is_some_and(|out| out <= self.amount)
    }

    /// Changes how much there is, but never below what is promised or used; returns the new
    /// amount, which the caller compares with what was wanted.
    pub fn resize(&mut self, wanted: i64) -> i64 {
        self.amount = wanted.min(LIMIT).max(self.leased.saturating_add(self.used));
        self.amount
    }

    /// Holds a part for a device, all of it or nothing.
    ///
    /// # Errors
    /// [`LeaseError::Amount`], [`LeaseError::Short`].
    pub fn take(&mut self, lease: &Lease) -> Result<(), LeaseError> {
        self.owns(lease)?;
        if lease.rest() != lease.granted || !(1..=LIMIT).contains(&lease.granted) {
            return Err(LeaseError::Amount);
        }
        if lease.granted > self.free() {
            return Err(LeaseError::Short { free: self.free() });
        }
        self.leased = self.leased.saturating_add(lease.granted);
        Ok(())
    }

    /// An order takes something of a lease that still holds.
    ///
    /// # Errors
    /// [`LeaseError::Expired`], [`LeaseError::Ended`], [`LeaseError::Rest`], [`LeaseError::Amount`].
    pub fn use_lease(
        &mut self,
        lease: &mut Lease,
        taken: LeaseUse,
        now: UtcMs,
    ) -> Result<(), LeaseError> {
        self.owns(lease)?;
        let amount = positive(taken.amount)?;
        if lease.ended.is_some() {
            return Err(LeaseError::Ended);
        }
        if now >= lease.expires_at {
            return Err(LeaseError::Expired);
        }
        if amount > lease.rest() {
            return Err(LeaseError::Rest { rest: lease.rest() });
        }
        lease.uses.push(taken);
        self.leased = self.leased.saturating_sub(amount);
        self.used = self.used.saturating_add(amount);
        Ok(())
    }

    /// An order takes something of what is free.
    ///
    /// # Errors
    /// [`LeaseError::Short`], [`LeaseError::Amount`].
    pub fn use_free(&mut self, amount: i64) -> Result<(), LeaseError> {
        let amount = positive(amount)?;
        if amount > self.free() {
            return Err(LeaseError::Short { free: self.free() });
        }
        self.used = self.used.saturating_add(amount);
        Ok(())
    }

    /// An order that took this is cancelled: it is free again.
    pub fn release(&mut self, amount: i64) {
        self.used = self.used.saturating_sub(amount.max(0)).max(0);
    }

    /// A coordinator honours an order beyond what the pool holds; the pool itself is not touched.
    pub fn honour_beyond(&mut self, amount: i64) {
        self.beyond = self.beyond.saturating_add(amount.max(0));
    }

    /// An order that was honoured beyond the pool is cancelled.
    pub fn release_beyond(&mut self, amount: i64) {
        self.beyond = self.beyond.saturating_sub(amount.max(0)).max(0);
    }

    /// A lease that still holds goes on until `until`, never for a shorter time than before.
    ///
    /// # Errors
    /// [`LeaseError::Expired`], [`LeaseError::Ended`].
    pub fn renew(&self, lease: &mut Lease, until: UtcMs, now: UtcMs) -> Result<(), LeaseError> {
        self.owns(lease)?;
        if lease.ended.is_some() {
            return Err(LeaseError::Ended);
        }
        if now >= lease.expires_at {
            return Err(LeaseError::Expired);
        }
        lease.expires_at = lease.expires_at.max(until);
        Ok(())
    }

    /// The device gives the rest back; returns how much that was. What an expired lease held goes
    /// back the same way.
    ///
    /// # Errors
    /// [`LeaseError::Ended`].
    pub fn give_back(&mut self, lease: &mut Lease) -> Result<i64, LeaseError> {
        self.end(lease, Ending::Returned)
    }

    /// Its time ran out: the rest goes back; returns how much that was.
    ///
    /// # Errors
    /// [`LeaseError::NotExpired`], [`LeaseError::Ended`].
    pub fn expire(&mut self, lease: &mut Lease, now: UtcMs) -> Result<i64, LeaseError> {
        if now < lease.expires_at {
            return Err(LeaseError::NotExpired);
        }
        self.end(lease, Ending::Expired)
    }

    fn end(&mut self, lease: &mut Lease, how: Ending) -> Result<i64, LeaseError> {
        self.owns(lease)?;
        if lease.ended.is_some() {
            return Err(LeaseError::Ended);
        }
        let rest = lease.rest();
        lease.ended = Some(how);
        self.leased = self.leased.saturating_sub(rest).max(0);
        Ok(rest)
    }

    fn owns(&self, lease: &Lease) -> Result<(), LeaseError> {
        if lease.pool == self.id { Ok(()) } else { Err(LeaseError::Foreign) }
    }
}

fn positive(amount: i64) -> Result<i64, LeaseError> {
    if (1..=LIMIT).contains(&amount) { Ok(amount) } else { Err(LeaseError::Amount) }
}
