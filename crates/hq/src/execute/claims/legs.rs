//! An executed order's legs on its work order, and the visit they are planned for.

use std::collections::BTreeSet;

use doorstep_domain::{
    claim::FileOrder,
    id::{LegId, PersonId, VisitId, WorkOrderId},
    order_terms::{Machine, OrderTerms},
    visit::{Visit, VisitState},
    work_order::{JobKind, Leg, LegKind, LegState, WorkOrder},
};
use doorstep_store::{
    error::Result,
    ledger::feed::{self, Stream},
};

use super::{super::Desk, people_in};
use crate::records::{self, derived_id, kind};

/// Attaches the legs of an order to its work order. The removal mode says which visits it takes;
/// the first of them is planned for the slot the customer chose, the others wait for a coordinator.
pub(super) fn attach(desk: &Desk<'_>, file: &FileOrder) -> Result<()> {
    let terms = &file.signed.terms;
    let known: Option<WorkOrder> = records::load(desk.conn, kind::WORK_ORDER, terms.work_order.0)?;
    let mut order = known.unwrap_or_else(|| new_work_order(desk, file));
    order.order = Some(terms.order);
    let first = VisitId(derived_id(&["visit", &terms.order.to_string()]));
    let mut planned = false;
    for (place, legs) in terms.removal.visits().iter().enumerate() {
        let visit = (place == 0).then_some(first);
        for leg in *legs {
            for (number, machine) in machines(terms, *leg).into_iter().enumerate() {
                let id = derived_id(&[
                    "leg",
                    &terms.order.to_string(),
                    &format!("{leg:?}"),
                    &number.to_string(),
                ]);
                plan(&mut order, LegId(id), *leg, machine, visit);
                planned |= visit.is_some();
            }
        }
    }
    let buckets = feed::buckets_of(desk.conn, Stream::Row, kind::WORK_ORDER, order.id.0)?;
    let mut people: BTreeSet<PersonId> = people_in(&buckets).into_iter().collect();
    people.insert(desk.caller.person.id);
    records::put_work_order(desk.conn, &order, &people, desk.now)?;
    if planned {
        let visit = Visit {
            id: first,
            store: file.store,
            slot: terms.slot,
            crew: Vec::new(),
            customer: terms.parties.buyer,
            site: terms.site,
            work_orders: vec![order.id],
            state: VisitState::Planned,
            log: Vec::new(),
        };
        crate::sight::put_visit(desk.conn, &visit)?;
    }
    Ok(())
}

/// The machines one kind of leg is about.
fn machines(terms: &OrderTerms, leg: LegKind) -> Vec<&Machine> {
    match leg {
        LegKind::Remove => terms.old.iter().collect(),
        LegKind::Deliver | LegKind::Install => terms.new.iter().collect(),
        LegKind::Repair | LegKind::Inspect => Vec::new(),
    }
}

/// Takes over an open leg that was foreseen for this, or adds one.
fn plan(order: &mut WorkOrder, id: LegId, leg: LegKind, machine: &Machine, visit: Option<VisitId>) {
    let gtin = Some(machine.gtin.clone()).filter(|gtin| !gtin.is_empty());
    let foreseen = order.legs.iter_mut().find(|held| {
        held.kind == leg
            && held.state == LegState::Open
            && (held.id == id || held.category == machine.category)
            && (held.gtin.is_none() || held.gtin == gtin)
    });
    let fresh = Leg {
        id,
        kind: leg,
        category: machine.category.clone(),
        asset: machine.asset,
        gtin,
        visit,
        state: LegState::Open,
    };
    match foreseen {
        Some(held) => *held = Leg { id: held.id, asset: fresh.asset.or(held.asset), ..fresh },
        None => order.legs.push(fresh),
    }
}

fn new_work_order(desk: &Desk<'_>, file: &FileOrder) -> WorkOrder {
    let terms = &file.signed.terms;
    let job = match (&terms.old, terms.new.is_empty()) {
        (Some(_), false) => JobKind::TradeIn,
        (Some(_), true) => JobKind::Removal,
        (None, _) => JobKind::Installation,
    };
    WorkOrder {
        id: WorkOrderId(terms.work_order.0),
        number: None,
        job,
        store: file.store,
        customer: terms.parties.buyer,
        site: terms.site,
        requested_at: desk.now,
        complaint: String::new(),
        order: None,
        grown_from: None,
        legs: Vec::new(),
        cancelled_at: None,
    }
}
