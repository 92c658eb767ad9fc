//! What the crew recorded in the section `events` of a work order, carried into visit and legs by
//! the domain's state machines.
//!
//! Keys: `visit.set_off`, `visit.arrived`, `visit.working`, `visit.finished` = UTC ms; per leg
//! `leg.<leg id>.start` = UTC ms, `leg.<leg id>.rest_until` = UTC ms, `leg.<leg id>.end` = a code of
//! [`EndCode`], beside it `end_at` = UTC ms, `end_note`, and `end_evidence` = names of evidence
//! joined by commas. An event that the state does not allow changes nothing: facts are what
//! somebody saw, and the same step may be recorded by two people.

use doorstep_domain::{
    end_code::EndCode,
    facts::{FactView, Scalar},
    time::UtcMs,
    visit::{Visit, VisitEvent, VisitStep},
    work_order::{LegEnding, LegStep, WorkOrder},
};
use doorstep_store::{error::Result, ledger::visits};

use super::{Desk, projection::word};
use crate::records::{self, kind};

const SECTION: &str = "events";
const STEPS: [(&str, VisitStep); 4] = [
    ("visit.set_off", VisitStep::SetOff),
    ("visit.arrived", VisitStep::Arrive),
    ("visit.working", VisitStep::Begin),
    ("visit.finished", VisitStep::Finish),
];

/// Carries the events of a work order into its visit and legs.
pub(super) fn apply(desk: &Desk<'_>, view: &FactView, mut order: WorkOrder) -> Result<()> {
    let before = order.clone();
    for leg in &before.legs {
        for step in leg_steps(desk, view, &leg.id.to_string()) {
            let _ = order.apply(leg.id, &step);
        }
    }
    if order != before {
        records::update(desk.conn, kind::WORK_ORDER, order.id.0, &order)?;
    }
    visit(desk, view, &order)
}

fn leg_steps(desk: &Desk<'_>, view: &FactView, leg: &str) -> Vec<LegStep> {
    let field = |name: &str| view.get(SECTION, &format!("leg.{leg}.{name}"));
    let instant = |name: &str| field(name).and_then(Scalar::as_int).map(UtcMs);
    let text = |name: &str| field(name).and_then(Scalar::as_text);
    let start = instant("start").map(|at| LegStep::Start { at });
    let rest = instant("rest_until").map(|until| LegStep::Rest { until });
    let end = text("end").and_then(word::<EndCode>).map(|code| {
        LegStep::End(LegEnding {
            code,
            at: instant("end_at").unwrap_or(desk.now),
            by: desk.caller.person.id,
            note: text("end_note").unwrap_or_default().to_owned(),
            evidence: text("end_evidence")
                .unwrap_or_default()
                .split(',')
                .filter_map(|name| word(name.trim()))
                .collect(),
        })
    });
    start.into_iter().chain(rest).chain(end).collect()
}

/// Events belong to the visit of the day: of the visits that carry this work order, the earliest
/// one not over. An event already in the log of any of them has been counted.
fn visit(desk: &Desk<'_>, view: &FactView, order: &WorkOrder) -> Result<()> {
    let mut visits = visits_of(desk, order)?;
    visits.sort_by_key(|visit| visit.slot.start);
    for (key, step) in STEPS {
        let Some(at) = view.get(SECTION, key).and_then(Scalar::as_int).map(UtcMs) else { continue };
        let counted = |visit: &Visit| visit.log.iter().any(|e| e.step == step && e.at == at);
        if visits.iter().any(counted) {
            continue;
        }
        let event = VisitEvent { step, at, by: desk.caller.person.id };
        if let Some(visit) = visits.iter_mut().find(|visit| !visit.state.is_over())
            && visit.apply(&event).is_ok()
        {
            records::update(desk.conn, kind::VISIT, visit.id.0, visit)?;
        }
    }
    Ok(())
}

/// Every visit that carries a work order.
pub(super) fn visits_of(desk: &Desk<'_>, order: &WorkOrder) -> Result<Vec<Visit>> {
    let mut found = Vec::new();
    for id in visits::of_work_order(desk.conn, order.id)? {
        found.extend(records::load::<Visit>(desk.conn, kind::VISIT, id.0)?);
    }
    Ok(found)
}
