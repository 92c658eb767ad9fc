//! Holding scarce things for a device, for longer, and no more.

use doorstep_domain::{
    claim::{Claim, NamedLeases, TakeLeases},
    decision::Decision,
    id::LeaseId,
    lease::{Lease, LeaseAsk, LeaseBook, Pool, Resource},
    valuation::ValuationTable,
};
use doorstep_store::{error::Result, ledger::leases};
use serde_json::{Value, json};

use super::{super::Desk, executed, outside, refused, refused_for};
use crate::{pools, reference};

/// Grants what is free of what is asked; the answer names both. An ask that was granted before is
/// granted still.
pub(super) fn take(desk: &Desk<'_>, claim: &TakeLeases) -> Result<Decision> {
    if let Err(error) = Claim::LeaseTake(claim.clone()).check() {
        return Ok(refused_for("lease_unknown", &error.words()));
    }
    if let Some(refusal) = outside(desk, claim.store) {
        return Ok(refusal);
    }
    if let Some(visit) = claim.visit
        && !desk.caller.sees(desk.conn, visit.0)?
    {
        return Ok(refused("visit_unknown", []));
    }
    let policy = pools::policy(desk.conn, desk.now)?;
    let (mut granted, mut short) = (Vec::new(), Vec::new());
    for ask in &claim.asks {
        let of_store = ask.resource.store().is_none_or(|store| store == claim.store);
        let lease = match (&policy, of_store) {
            (Some(policy), true) => grant(desk, policy, claim, ask)?,
            _ => None,
        };
        match lease {
            Some(lease) => granted.push(json!({ "lease": lease.id, "until": lease.expires_at })),
            None => short.push(ask.lease),
        }
    }
    Ok(executed(json!({ "granted": granted, "short": short })))
}

fn grant(
    desk: &Desk<'_>,
    policy: &LeaseBook,
    claim: &TakeLeases,
    ask: &LeaseAsk,
) -> Result<Option<Lease>> {
    if let Some(held) = leases::lease(desk.conn, ask.lease)? {
        return Ok((held.device == desk.caller.device && held.holds_at(desk.now)).then_some(held));
    }
    let Some(mut pool) = pools::pool_of(desk.conn, &ask.resource, desk.now)? else {
        return Ok(None);
    };
    if !is_fair(desk, policy, &pool, ask)? {
        return Ok(None);
    }
    let lease = Lease {
        id: ask.lease,
        pool: pool.id,
        resource: ask.resource.clone(),
        name: pool.name.clone(),
        store: claim.store,
        device: desk.caller.device,
        person: desk.caller.person.id,
        visit: claim.visit,
        granted: ask.amount,
        uses: Vec::new(),
        taken_at: desk.now,
        expires_at: policy.expiry(&ask.resource, desk.now),
        ended: None,
    };
    if !lease.holds_at(desk.now) || pool.take(&lease).is_err() {
        return Ok(None);
    }
    pools::put_pool(desk.conn, &pool)?;
    pools::put_lease(desk.conn, &lease)?;
    Ok(Some(lease))
}

/// Whether the device would hold no more of the pool than the policy allows any.
fn is_fair(desk: &Desk<'_>, policy: &LeaseBook, pool: &Pool, ask: &LeaseAsk) -> Result<bool> {
    let one = match &ask.resource {
        Resource::Stock { .. } | Resource::Slot { .. } => 1,
        Resource::Bonus { bonus } => {
            let day = desk.now.shanghai_day();
            let table =
                reference::book_in_force(desk.conn, "valuation", day, ValuationTable::from_json)?;
            let found = table.and_then(|table| table.bonuses.into_iter().find(|b| b.id == *bonus));
            found.map_or(0, |bonus| bonus.fen.0)
        }
    };
    let held = leases::held_of(desk.conn, pool.id)?;
    let own = held.iter().filter(|lease| lease.device == desk.caller.device);
    let sum = own.fold(ask.amount, |sum, lease| sum.saturating_add(lease.rest()));
    Ok(sum <= one.saturating_mul(i64::from(policy.most_held)))
}

/// Lets leases of this device that still hold go on; the answer names those that do not.
pub(super) fn renew(desk: &Desk<'_>, claim: &NamedLeases) -> Result<Decision> {
    let policy = pools::policy(desk.conn, desk.now)?;
    let (mut renewed, mut lost) = (Vec::new(), Vec::new());
    for id in &claim.leases {
        let lease = own(desk, *id)?;
        let Some((policy, mut lease)) = policy.as_ref().zip(lease) else {
            lost.push(*id);
            continue;
        };
        let until = policy.expiry(&lease.resource, desk.now);
        let pool = pools::pool_of_lease(desk.conn, &lease)?;
        if pool.renew(&mut lease, until, desk.now).is_ok() {
            pools::put_lease(desk.conn, &lease)?;
            renewed.push(json!({ "lease": lease.id, "until": lease.expires_at }));
        } else {
            lost.push(*id);
        }
    }
    Ok(executed(json!({ "renewed": renewed, "lost": lost })))
}

/// Takes back what is left of leases of this device.
pub(super) fn give_back(desk: &Desk<'_>, claim: &NamedLeases) -> Result<Decision> {
    let mut returned: Vec<Value> = Vec::new();
    for id in &claim.leases {
        if let Some(lease) = own(desk, *id)? {
            returned.push(json!(lease.id));
            pools::give_back(desk.conn, lease)?;
        }
    }
    Ok(executed(json!({ "returned": returned })))
}

/// A lease of this device.
fn own(desk: &Desk<'_>, id: LeaseId) -> Result<Option<Lease>> {
    let lease = leases::lease(desk.conn, id)?;
    Ok(lease.filter(|lease| lease.device == desk.caller.device))
}
