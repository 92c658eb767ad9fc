//! What this device holds on lease from HQ: what it may promise, and what it asks for, renews and
//! gives back while HQ can be reached.
//!
//! A lease is HQ's row. What this device has promised of it and HQ has not answered yet is taken off
//! here, so that nothing is promised twice on one tablet.

mod plan;

pub(crate) use plan::keep;

use doorstep_domain::{
    books::Books,
    claim::{Claim, FileOrder},
    decision::Decision,
    id::{LeaseId, OrderId},
    lease::{Lease, LeaseBook, Need, Reservation, Resource, needs},
    quote::{DiscountKind, Quote},
    steps::StepBook,
    time::UtcMs,
    visit::{Slot, Visit},
    words::Words,
    work_order::WorkOrder,
};
use doorstep_store::device::{self, CommandRecord};
use rusqlite::Connection;
use std::collections::BTreeMap;

use crate::{
    bundles,
    error::{ApiError, ApiResult},
    error_code::ErrorCode,
    session,
    usecase::signing,
};

/// The row kind under which HQ publishes a lease to its person.
const ROW_KIND: &str = "lease";
/// How far back the outbox is looked through for what was asked or promised: more than a device files
/// does while one lease lasts, which is a day at most.
const LOOK_BACK: u32 = 50;

/// A lease with what this device may still promise of it.
pub(crate) struct Held {
    pub(crate) lease: Lease,
    pub(crate) rest: i64,
}

/// The lease policy in force; `None` where HQ leases nothing.
pub(crate) fn policy_at(conn: &Connection, now: UtcMs) -> ApiResult<Option<LeaseBook>> {
    match bundles::book_on(conn, "leases", now.shanghai_day(), LeaseBook::from_json) {
        Ok(book) => Ok(Some(book)),
        Err(error) if error.code == ErrorCode::BooksMissing => Ok(None),
        Err(error) => Err(error),
    }
}

/// The leases of this device that have not expired, each less what its orders in the outbox use.
pub(crate) fn held(conn: &Connection, now: UtcMs) -> ApiResult<Vec<Held>> {
    let device = session::required_identity(conn)?.device;
    let promised = promised(conn)?;
    let mut held = Vec::new();
    for row in device::rows_of_kind(conn, ROW_KIND)? {
        let lease: Lease = row.record()?;
        if lease.device != device || !lease.holds_at(now) {
            continue;
        }
        let known = |order: OrderId| lease.uses.iter().any(|used| used.order == order);
        let own = promised.iter().filter(|(id, order, _)| *id == lease.id && !known(*order));
        let rest = own.fold(lease.rest(), |rest, (_, _, amount)| rest.saturating_sub(*amount));
        held.push(Held { rest: rest.max(0), lease });
    }
    Ok(held)
}

/// What orders of this device take of which lease, those HQ refused left out.
fn promised(conn: &Connection) -> ApiResult<Vec<(LeaseId, OrderId, i64)>> {
    let mut promised = Vec::new();
    for command in device::latest_commands(conn, "order_file", LOOK_BACK)? {
        if let Some(file) = filed(&command) {
            let terms = &file.signed.terms;
            let reserved = terms.reservations.iter();
            promised.extend(reserved.filter_map(|one| Some((one.lease?, terms.order, one.amount))));
        }
    }
    Ok(promised)
}

/// The order a claim files, unless HQ refused it.
fn filed(command: &CommandRecord) -> Option<Box<FileOrder>> {
    let refused = command.decision.as_deref().is_some_and(|text| {
        !serde_json::from_str::<Decision>(text).is_ok_and(|decision| decision.is_executed())
    });
    match serde_json::from_str(&command.claim) {
        Ok(Claim::OrderFile(file)) if !refused => Some(file),
        _ => None,
    }
}

/// The published window a slot begins in.
fn window(conn: &Connection, slot: Slot, now: UtcMs) -> ApiResult<Option<Slot>> {
    let steps = bundles::book_on(conn, "steps", now.shanghai_day(), StepBook::from_json)?;
    Ok(steps.window_of(slot))
}

/// What an order on this quote for this slot takes, each with the lease that guarantees it where
/// this device holds one; empty where HQ leases nothing.
pub(crate) fn reservations(
    conn: &Connection,
    (quote, books): (&Quote, &Books),
    order: &WorkOrder,
    slot: Slot,
    now: UtcMs,
) -> ApiResult<Vec<Reservation>> {
    let Some(policy) = policy_at(conn, now)? else { return Ok(Vec::new()) };
    let window = window(conn, slot, now)?;
    let visits = device::linked(conn, order.id.0, "visit")?;
    let mut held = held(conn, now)?;
    held.retain(|held| now < policy.promise_until(held.lease.expires_at));
    // A lease of this visit first, then the one that lasts longest.
    held.sort_by_key(|held| {
        let own = held.lease.visit.is_some_and(|visit| visits.contains(&visit.0));
        (!own, std::cmp::Reverse(held.lease.expires_at), held.lease.id)
    });
    let needs = needs(quote, order.store, window, &books.catalogue, &books.valuation);
    let reserve = |need: Need| {
        let found = held
            .iter()
            .find(|held| held.lease.resource == need.resource && held.rest >= need.amount);
        match found {
            Some(held) => Reservation::held(need, held.lease.id, held.lease.expires_at),
            None => Reservation::unconfirmed(need),
        }
    };
    Ok(needs.into_iter().map(reserve).collect())
}

/// Whether everything that was said to be reserved can still be promised.
pub(crate) fn still_stand(
    conn: &Connection,
    reservations: &[Reservation],
    now: UtcMs,
) -> ApiResult<bool> {
    let Some(policy) = policy_at(conn, now)? else {
        return Ok(reservations.iter().all(|one| one.lease.is_none()));
    };
    let held = held(conn, now)?;
    Ok(reservations.iter().all(|one| match (one.lease, one.until) {
        (Some(id), Some(until)) => {
            now < policy.promise_until(until)
                && held.iter().any(|held| held.lease.id == id && held.rest >= one.amount)
        }
        _ => true,
    }))
}

/// Whether a lease held here covers so much of a resource for long enough to promise it.
pub(crate) fn covers(
    held: &[Held],
    policy: &LeaseBook,
    (resource, amount): (&Resource, i64),
    now: UtcMs,
) -> bool {
    held.iter().any(|held| {
        held.lease.resource == *resource
            && held.rest >= amount
            && now < policy.promise_until(held.lease.expires_at)
    })
}

/// Refuses a quote with a bonus that may be promised on a lease only, and is not on one.
pub(crate) fn must_be_leased(conn: &Connection, quote: &Quote, now: UtcMs) -> ApiResult<()> {
    let Some(policy) = policy_at(conn, now)? else { return Ok(()) };
    let mut sums: BTreeMap<&str, (i64, Words)> = BTreeMap::new();
    for discount in quote.request.new.iter().flat_map(|item| &item.discounts) {
        if discount.kind == DiscountKind::TradeInBonus && policy.only_leased.contains(&discount.id)
        {
            let words = discount.words.clone().unwrap_or_else(|| discount.kind.words());
            let (sum, _) = sums.entry(discount.id.as_str()).or_insert((0, words));
            *sum = sum.saturating_add(discount.amount.0);
        }
    }
    let held = held(conn, now)?;
    for (id, (amount, name)) in sums {
        let resource = Resource::Bonus { bonus: id.to_owned() };
        if !covers(&held, &policy, (&resource, amount), now) {
            let words = Words::new(
                format!("{}的额度没有预留在本机，不能优惠。", name.zh),
                format!("No budget is reserved on this tablet for: {}.", name.en),
            );
            return Err(ApiError::saying(ErrorCode::QuoteRefused, words).param("bonus", id));
        }
    }
    Ok(())
}

/// Refuses to promise what is no longer reserved.
pub(crate) fn must_stand(
    conn: &Connection,
    reservations: &[Reservation],
    now: UtcMs,
) -> ApiResult<()> {
    if still_stand(conn, reservations, now)? {
        Ok(())
    } else {
        Err(ApiError::new(ErrorCode::ReservationLapsed))
    }
}

/// The slot of the terms drafted last, else the one that is offered first: the visit's own hours, a
/// day later.
pub(crate) fn chosen_slot(conn: &Connection, order: &WorkOrder, visit: &Visit) -> ApiResult<Slot> {
    let drafted = signing::draft_terms(conn, order.id)?;
    let Slot { start, end } = visit.slot;
    let later = Slot { start: start.plus_ms(UtcMs::DAY), end: end.plus_ms(UtcMs::DAY) };
    Ok(drafted.map_or(later, |terms| terms.slot))
}
