//! Planning a visit: who goes to which household when, and for which legs.

use std::collections::BTreeSet;

use doorstep_domain::{
    claim::{Claim, PlanVisit},
    decision::Decision,
    id::PersonId,
    org::Role,
    visit::{Visit, VisitState},
    work_order::{Leg, LegState, LegStep, WorkOrder},
};
use doorstep_store::{error::Result, ledger::people};
use serde_json::json;

use super::{super::Desk, executed, id_taken, outside, refused, refused_for};
use crate::{
    records::{self, kind},
    sight,
};

/// Plans a visit, or changes crew and slot of one that is not over. Whoever leaves the crew loses
/// sight of the work; whoever joins it gains it.
pub(super) fn plan(desk: &Desk<'_>, claim: &PlanVisit) -> Result<Decision> {
    if let Err(error) = Claim::VisitPlan(claim.clone()).check() {
        return Ok(refused_for("slot_unsound", &error.words()));
    }
    let known = records::load::<Visit>(desk.conn, kind::VISIT, claim.visit.0)?;
    let planned = match &known {
        Some(visit) => Ok(Visit { crew: claim.crew.clone(), slot: claim.slot, ..visit.clone() }),
        None => match id_taken(desk, claim.visit.0, kind::VISIT)? {
            Some(taken) => Err(taken),
            None => new_visit(desk, claim)?,
        },
    };
    let visit = match planned {
        Ok(visit) => visit,
        Err(refusal) => return Ok(refusal),
    };
    if let Some(refusal) = outside(desk, visit.store) {
        return Ok(refusal);
    }
    if visit.state.is_over() {
        return Ok(refused_for("visit_not_allowed", &visit.state.words()));
    }
    for person in &visit.crew {
        let person = people::person(desk.conn, *person)?;
        let fits = |person: &doorstep_domain::org::Person| {
            person.role == Role::Engineer && person.org == visit.store
        };
        if !person.as_ref().is_some_and(fits) {
            return Ok(refused("crew_not_of_store", []));
        }
    }
    if known.is_none() && !open_legs(desk, &visit)? {
        return Ok(refused("nothing_to_plan", []));
    }
    sight::put_visit(desk.conn, &visit)?;
    if let Some(before) = known {
        let stays: BTreeSet<PersonId> = visit.crew.iter().copied().collect();
        let gone = before.crew.iter().copied().filter(|person| !stays.contains(person)).collect();
        sight::leave(desk.conn, &visit, &gone, desk.now)?;
    }
    Ok(executed(json!({ "visit": visit.id })))
}

fn new_visit(desk: &Desk<'_>, claim: &PlanVisit) -> Result<std::result::Result<Visit, Decision>> {
    let mut orders = Vec::new();
    for id in &claim.work_orders {
        match records::load::<WorkOrder>(desk.conn, kind::WORK_ORDER, id.0)? {
            Some(order) => orders.push(order),
            None => return Ok(Err(refused("work_order_unknown", []))),
        }
    }
    let Some(first) = orders.first() else { return Ok(Err(refused("work_order_unknown", []))) };
    let together = |order: &WorkOrder| {
        (order.site, order.customer, order.store) == (first.site, first.customer, first.store)
    };
    if !orders.iter().all(together) {
        return Ok(Err(refused("one_household_only", [])));
    }
    Ok(Ok(Visit {
        id: claim.visit,
        store: first.store,
        slot: claim.slot,
        crew: claim.crew.clone(),
        customer: first.customer,
        site: first.site,
        work_orders: claim.work_orders.clone(),
        state: VisitState::Planned,
        log: Vec::new(),
    }))
}

/// Moves to this visit every leg that can still be done; tells whether there was any.
fn open_legs(desk: &Desk<'_>, visit: &Visit) -> Result<bool> {
    let mut any = false;
    for id in &visit.work_orders {
        let order = records::load::<WorkOrder>(desk.conn, kind::WORK_ORDER, id.0)?;
        let Some(mut order) = order else { continue };
        let unplanned = |leg: &&Leg| leg.state != LegState::Open || leg.visit.is_none();
        let legs: Vec<_> = order.legs.iter().filter(unplanned).map(|leg| leg.id).collect();
        for leg in legs {
            any |= order.apply(leg, &LegStep::Reopen { visit: Some(visit.id) }).is_ok();
        }
        records::update(desk.conn, kind::WORK_ORDER, order.id.0, &order)?;
    }
    Ok(any)
}
