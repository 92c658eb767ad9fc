//! Pools of scarce things as HQ keeps them: where their amounts come from, how they are published,
//! and how leases whose time has run out go back.
//!
//! A pool of stock is what an admin says it is. A place on the van and a bonus's budget are
//! published reference data, so their pools begin the first time somebody asks for them.

use std::collections::BTreeSet;

use doorstep_domain::{
    id::{DeviceId, OrderId, OrgId, PoolId},
    lease::{Lease, LeaseBook, Pool, Resource},
    org::Bucket,
    steps::StepBook,
    time::UtcMs,
    valuation::ValuationTable,
    visit::Slot,
    words::Words,
};
use doorstep_store::{
    error::{Result, StoreError},
    ledger::{leases, people, rows},
};
use rusqlite::Connection;

use crate::{
    records::{self, derived_id, kind},
    reference,
};

/// Places on the van are leased this far ahead at most: twice what a coordinator plans.
const SLOT_AHEAD_MS: i64 = 60 * UtcMs::DAY;
/// A window of the past is kept this long, for orders that are cancelled late.
const KEEP_PAST_MS: i64 = 7 * UtcMs::DAY;

/// The identity of the pool of a resource.
pub fn pool_id(resource: &Resource) -> PoolId {
    PoolId(derived_id(&["pool", &resource.key()]))
}

/// The lease policy in force; `None` where none is published, and then nothing is leased.
///
/// # Errors
/// Errors of the ledger.
pub fn policy(conn: &Connection, now: UtcMs) -> Result<Option<LeaseBook>> {
    reference::book_in_force(conn, "leases", now.shanghai_day(), LeaseBook::from_json)
}

/// The pool of a resource with every lease of it that is due ended; `None` where HQ counts nothing
/// of the kind.
///
/// # Errors
/// Errors of the ledger.
pub fn pool_of(conn: &Connection, resource: &Resource, now: UtcMs) -> Result<Option<Pool>> {
    let id = pool_id(resource);
    let Some(pool) = leases::pool(conn, id)? else { return begin(conn, resource, now) };
    for lease in leases::held_of(conn, id)? {
        if !lease.holds_at(now) {
            expire(conn, lease, now)?;
        }
    }
    Ok(leases::pool(conn, id)?.or(Some(pool)))
}

/// A pool whose amount published data states.
fn begin(conn: &Connection, resource: &Resource, now: UtcMs) -> Result<Option<Pool>> {
    let day = now.shanghai_day();
    let (name, amount) = match resource {
        Resource::Stock { .. } => return Ok(None),
        Resource::Slot { store, start, end } => {
            let slot = Slot { start: *start, end: *end };
            let Some(book) = policy(conn, now)? else { return Ok(None) };
            let steps = reference::book_in_force(conn, "steps", day, StepBook::from_json)?;
            let published = steps.is_some_and(|steps| steps.window_of(slot) == Some(slot));
            let ahead = now < *end && *start <= now.plus_ms(SLOT_AHEAD_MS);
            if !published || !ahead || people::tree(conn)?.unit(*store).is_none() {
                return Ok(None);
            }
            (Words::default(), i64::from(book.slot_visits))
        }
        Resource::Bonus { bonus } => {
            let table =
                reference::book_in_force(conn, "valuation", day, ValuationTable::from_json)?;
            let bonuses = table.into_iter().flat_map(|table| table.bonuses);
            let Some(found) = bonuses.into_iter().find(|one| one.id == *bonus) else {
                return Ok(None);
            };
            (found.name, found.budget_fen.0)
        }
    };
    let pool = Pool::new(pool_id(resource), resource.clone(), name, amount);
    put_pool(conn, &pool)?;
    Ok(Some(pool))
}

/// Says how much there is of something, now; never less than what is promised or used. Returns the
/// pool as it stands then.
///
/// # Errors
/// Errors of the ledger.
pub fn set_amount(
    conn: &Connection,
    resource: &Resource,
    name: Words,
    amount: i64,
    now: UtcMs,
) -> Result<Pool> {
    let held = pool_of(conn, resource, now)?;
    let mut pool =
        held.unwrap_or_else(|| Pool::new(pool_id(resource), resource.clone(), name, amount));
    pool.resize(amount);
    put_pool(conn, &pool)?;
    Ok(pool)
}

/// A newly published valuation table may have given a bonus another budget.
///
/// # Errors
/// Errors of the ledger.
pub fn follow_budgets(conn: &Connection, table: &ValuationTable, now: UtcMs) -> Result<()> {
    for bonus in &table.bonuses {
        let resource = Resource::Bonus { bonus: bonus.id.clone() };
        if leases::pool(conn, pool_id(&resource))?.is_some() {
            set_amount(conn, &resource, bonus.name.clone(), bonus.budget_fen.0, now)?;
        }
    }
    Ok(())
}

/// Writes a pool, and publishes it to the desks of its store; of what all share, to every desk.
///
/// # Errors
/// Errors of the ledger.
pub fn put_pool(conn: &Connection, pool: &Pool) -> Result<()> {
    leases::put_pool(conn, pool)?;
    let buckets: BTreeSet<Bucket> = match pool.resource.store() {
        Some(store) => BTreeSet::from([Bucket::store(store)]),
        None => every_store(conn)?.into_iter().map(Bucket::store).collect(),
    };
    records::put(conn, kind::POOL, pool.id.0, &buckets, pool)
}

fn every_store(conn: &Connection) -> Result<BTreeSet<OrgId>> {
    let tree = people::tree(conn)?;
    let root = tree.units().find(|unit| unit.parent.is_none()).map(|unit| unit.id);
    Ok(root.map(|root| tree.stores_within(root)).unwrap_or_default())
}

/// Writes a lease. While it is held its person and the desk of its store see it; then nobody.
///
/// # Errors
/// Errors of the ledger.
pub fn put_lease(conn: &Connection, lease: &Lease) -> Result<()> {
    leases::put_lease(conn, lease)?;
    let buckets = match lease.ended {
        None => records::store_and(lease.store, [lease.person]),
        Some(_) => BTreeSet::new(),
    };
    records::put(conn, kind::LEASE, lease.id.0, &buckets, lease)
}

/// The pool a lease is a part of.
///
/// # Errors
/// Errors of the ledger; a lease always has its pool.
pub fn pool_of_lease(conn: &Connection, lease: &Lease) -> Result<Pool> {
    leases::pool(conn, lease.pool)?.ok_or(StoreError::Missing("pool"))
}

fn expire(conn: &Connection, mut lease: Lease, now: UtcMs) -> Result<()> {
    let mut pool = pool_of_lease(conn, &lease)?;
    if pool.expire(&mut lease, now).is_ok() {
        put_lease(conn, &lease)?;
        put_pool(conn, &pool)?;
    }
    Ok(())
}

/// Gives back what is left of a lease; one that has ended stays ended.
///
/// # Errors
/// Errors of the ledger.
pub fn give_back(conn: &Connection, mut lease: Lease) -> Result<()> {
    let mut pool = pool_of_lease(conn, &lease)?;
    if pool.give_back(&mut lease).is_ok() {
        put_lease(conn, &lease)?;
        put_pool(conn, &pool)?;
    }
    Ok(())
}

/// A device that HQ answers no more gives back what it held.
///
/// # Errors
/// Errors of the ledger.
pub fn give_back_all(conn: &Connection, device: DeviceId) -> Result<()> {
    leases::held_by(conn, device)?.into_iter().try_for_each(|lease| give_back(conn, lease))
}

/// An order that is cancelled or replaced gives back what it took.
///
/// # Errors
/// Errors of the ledger.
pub fn release(conn: &Connection, order: OrderId) -> Result<()> {
    for draw in leases::take_draws(conn, order)? {
        if let Some(mut pool) = leases::pool(conn, draw.pool)? {
            pool.release(draw.amount);
            pool.release_beyond(draw.beyond);
            put_pool(conn, &pool)?;
        }
    }
    Ok(())
}

/// Ends every lease whose time has run out and forgets windows long past; returns how many leases.
///
/// # Errors
/// Errors of the ledger.
pub fn sweep(conn: &Connection, now: UtcMs) -> Result<usize> {
    let due = leases::due(conn, now)?;
    let ended = due.len();
    for lease in due {
        expire(conn, lease, now)?;
    }
    for pool in leases::past_pools(conn, now.plus_ms(-KEEP_PAST_MS))? {
        if let Some(row) = rows::get(conn, kind::POOL, pool.id.0)? {
            rows::put(conn, kind::POOL, pool.id.0, &BTreeSet::new(), &row.body)?;
        }
        leases::forget_pool(conn, pool.id)?;
    }
    if ended > 0 {
        tracing::info!(leases = ended, "leases expired");
    }
    Ok(ended)
}
