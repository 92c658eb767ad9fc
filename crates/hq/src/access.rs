//! Who is asking, and what that person may see.

use std::collections::BTreeSet;

use doorstep_domain::{
    facts::DocKind,
    id::{DeviceId, OrgId},
    org::{Bucket, OrgTree, Person, access},
    time::UtcMs,
};
use doorstep_store::{
    error::Result,
    ledger::{
        feed::{self, Stream},
        people,
    },
};
use rusqlite::Connection;
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// The person behind a verified request.
#[derive(Debug, Clone)]
pub struct Caller {
    /// The device that signed.
    pub device: DeviceId,
    /// Its person.
    pub person: Person,
    /// What the person's devices receive.
    pub buckets: BTreeSet<Bucket>,
    /// The stores within the person's unit.
    pub stores: BTreeSet<OrgId>,
}

impl Caller {
    /// The caller as of `now`.
    pub fn of(conn: &Connection, device: DeviceId, person: Person, now: UtcMs) -> Result<Caller> {
        let tree: OrgTree = people::tree(conn)?;
        let buckets = access(&person, &tree, now.shanghai_day());
        let stores = tree.stores_within(person.org);
        Ok(Caller { device, person, buckets, stores })
    }

    /// Whether the person still works here.
    pub fn is_active(&self) -> bool {
        !self.buckets.is_empty()
    }

    /// Whether the person may see the record with this identity.
    pub fn sees(&self, conn: &Connection, id: Uuid) -> Result<bool> {
        Ok(!feed::buckets_of_id(conn, id)?.is_disjoint(&self.buckets))
    }

    /// Whether the person may see the work order, machine or card with this identity: what photos
    /// and papers belong to.
    pub fn sees_record(&self, conn: &Connection, id: Uuid) -> Result<bool> {
        for kind in [DocKind::WorkOrder, DocKind::Asset, DocKind::Card] {
            for stream in [Stream::Row, Stream::Doc] {
                if !feed::buckets_of(conn, stream, kind.name(), id)?.is_disjoint(&self.buckets) {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    /// Whether the person works for this store.
    pub fn works_for(&self, store: OrgId) -> bool {
        self.stores.contains(&store)
    }

    /// Where something new of the person's own goes: the person, and the store when there is
    /// exactly one.
    pub fn own_buckets(&self) -> BTreeSet<Bucket> {
        let mut buckets = BTreeSet::from([Bucket::person(self.person.id)]);
        if let (Some(store), 1) = (self.stores.first(), self.stores.len()) {
            buckets.extend([Bucket::store(*store), Bucket::cards(*store)]);
        }
        buckets
    }

    /// The feed as this person sees it, as a number for the cursor: it differs between lives of the
    /// ledger and between sets of buckets, so a device whose access changed pulls everything again
    /// and drops what is no longer its business. Fits 53 bits and is never 0.
    pub fn feed_generation(&self, life: &str) -> u64 {
        let mut hash = Sha256::new();
        hash.update(life);
        for bucket in &self.buckets {
            hash.update(b"\n");
            hash.update(&bucket.0);
        }
        let number =
            hash.finalize().iter().take(6).fold(0u64, |sum, byte| (sum << 8) | u64::from(*byte));
        number.max(1)
    }
}
