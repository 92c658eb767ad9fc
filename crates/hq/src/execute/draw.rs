//! What an order takes from pools: of the leases it names, of those the device holds for the same
//! visit, then of what is free. All of it or nothing.

use doorstep_domain::{
    books::Books,
    claim::FileOrder,
    id::{LeaseId, OrderId},
    lease::{Lease, LeaseUse, Need, Pool, Resource, needs},
    planted::{Bug, planted},
    quote::Quote,
    steps::StepBook,
    words::Words,
};
use doorstep_store::{
    error::Result,
    ledger::{
        leases::{self, Draw},
        visits,
    },
};

use super::{Desk, order_check::Objection};
use crate::{pools, reference};

/// Whether what the pools do not hold stands against the order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shortage {
    /// It does: a person decides.
    Objects,
    /// A coordinator honours the order; what is short is counted beyond the pool.
    IsHonoured,
}

/// Takes what the order needs, after giving back what the order it replaces took. On an objection
/// nothing is changed.
pub(super) fn take(
    desk: &Desk<'_>,
    file: &FileOrder,
    (quote, books): (&Quote, &Books),
    replaces: Option<OrderId>,
    shortage: Shortage,
) -> Result<std::result::Result<(), Objection>> {
    desk.conn.execute_batch("SAVEPOINT draw")?;
    let done = take_all(desk, file, (quote, books), replaces, shortage)?;
    let end = if done.is_ok() { "RELEASE draw" } else { "ROLLBACK TO draw; RELEASE draw" };
    desk.conn.execute_batch(end)?;
    Ok(done)
}

fn take_all(
    desk: &Desk<'_>,
    file: &FileOrder,
    (quote, books): (&Quote, &Books),
    replaces: Option<OrderId>,
    shortage: Shortage,
) -> Result<std::result::Result<(), Objection>> {
    if let Some(older) = replaces {
        pools::release(desk.conn, older)?;
    }
    let terms = &file.signed.terms;
    let day = terms.slot.start.shanghai_day();
    let steps = reference::book_in_force(desk.conn, "steps", day, StepBook::from_json)?;
    let window = steps.and_then(|steps| steps.window_of(terms.slot));
    for need in needs(quote, file.store, window, &books.catalogue, &books.valuation) {
        let Some(mut pool) = pools::pool_of(desk.conn, &need.resource, desk.now)? else {
            continue;
        };
        let left = take_leased(desk, file, &mut pool, need.amount)?;
        let from_free = left.min(pool.free());
        let beyond = left - from_free;
        if beyond > 0 && shortage == Shortage::Objects && !planted(Bug::Oversell) {
            return Ok(Err(short(&need, left, pool.free())));
        }
        if from_free > 0 {
            let _ = pool.use_free(from_free);
        }
        pool.honour_beyond(beyond);
        pools::put_pool(desk.conn, &pool)?;
        let draw = Draw { pool: pool.id, amount: need.amount - beyond, beyond };
        leases::add_draw(desk.conn, terms.order, &draw)?;
    }
    Ok(Ok(()))
}

/// Takes as much as the order's leases hold; returns what is left to take.
fn take_leased(desk: &Desk<'_>, file: &FileOrder, pool: &mut Pool, amount: i64) -> Result<i64> {
    let mut left = amount;
    let order = file.signed.terms.order;
    if planted(Bug::IgnoreLease) {
        return Ok(left);
    }
    for mut lease in usable(desk, file, pool)? {
        let part = left.min(lease.rest());
        let taken = LeaseUse { order, amount: part };
        if part > 0 && pool.use_lease(&mut lease, taken, desk.now).is_ok() {
            pools::put_lease(desk.conn, &lease)?;
            left -= part;
        }
    }
    Ok(left)
}

/// The leases of this pool that the order may use: those the terms name, then those the same
/// person holds for a visit with the same work order. Another visit's are promised to its customer.
fn usable(desk: &Desk<'_>, file: &FileOrder, pool: &Pool) -> Result<Vec<Lease>> {
    let terms = &file.signed.terms;
    let named: Vec<LeaseId> = terms.reservations.iter().filter_map(|one| one.lease).collect();
    let visits = visits::of_work_order(desk.conn, terms.work_order)?;
    let mut leases: Vec<Lease> = leases::held_of(desk.conn, pool.id)?;
    leases.retain(|lease| {
        let for_visit = lease.visit.is_some_and(|visit| visits.contains(&visit));
        lease.person == desk.caller.person.id && (named.contains(&lease.id) || for_visit)
    });
    leases.sort_by_key(|lease| (!named.contains(&lease.id), lease.expires_at, lease.id));
    Ok(leases)
}

fn short(need: &Need, left: i64, free: i64) -> Objection {
    let code = match need.resource {
        Resource::Stock { .. } => "stock_short",
        Resource::Slot { .. } => "slot_full",
        Resource::Bonus { .. } => "bonus_spent",
    };
    let (lacks, there) = (
        need.resource.amount_words(&need.name, left),
        need.resource.amount_words(&need.name, free),
    );
    let words = if free == 0 {
        Words::new(
            format!("{}没有了，而且没有有效的预留。", lacks.zh),
            format!("There is no {} left, and no reservation that still holds.", lacks.en),
        )
    } else {
        Words::new(
            format!("需要{}，只剩{}，而且没有有效的预留。", lacks.zh, there.zh),
            format!(
                "{} is needed, only {} is left, and no reservation still holds.",
                lacks.en, there.en
            ),
        )
    };
    Objection { code, words }
}
