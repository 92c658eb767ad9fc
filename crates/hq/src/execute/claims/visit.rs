//! Ending a visit, and asking for another slot.

use doorstep_domain::{
    claim::{Claim, EndVisit, RescheduleVisit},
    decision::Decision,
    end_code::EndCode,
    task::{Subject, TaskKind},
    time::UtcMs,
    visit::{Slot, Visit, VisitEvent, VisitState},
    words::Words,
    work_order::{LegEnding, LegState, LegStep, WorkOrder},
};
use doorstep_store::error::Result;
use doorstep_sync::wire::Command;
use serde_json::json;

use super::{super::Desk, executed, raise, refused, refused_for};
use crate::records::{self, kind};

/// Ends a visit and the legs planned for it that were still open. Whatever the code leaves to be
/// done becomes a task.
pub(super) fn end(desk: &Desk<'_>, command: &Command, claim: &EndVisit) -> Result<Decision> {
    let mut visit = match reachable(desk, claim.visit.0)? {
        Ok(visit) => visit,
        Err(refusal) => return Ok(refusal),
    };
    if let Err(error) = Claim::VisitEnd(claim.clone()).check() {
        return Ok(refused_for("evidence_missing", &error.words()));
    }
    // The same ending may have arrived before as a fact of the crew.
    let finished_already = visit.state == VisitState::Finished && claim.code == EndCode::Done;
    if !finished_already {
        let by = desk.caller.person.id;
        if let Err(error) = visit.apply(&VisitEvent { step: claim.step(), at: claim.at, by }) {
            return Ok(refused_for("visit_not_allowed", &error.words()));
        }
        records::update(desk.conn, kind::VISIT, visit.id.0, &visit)?;
    }
    for id in &visit.work_orders {
        end_legs(desk, &visit, id.0, claim)?;
    }
    let next = claim.code.next_step();
    if next.is_decision() || next.is_waiting() {
        let code = claim.code.words();
        let reason = Words::new(
            format!("{}：{}", code.zh, claim.note),
            format!("{}: {}", code.en, claim.note),
        );
        let about = (Subject::Visit(visit.id), reason);
        raise(desk, command.key, visit.store, TaskKind::VisitProblem, about, None)?;
    }
    Ok(executed(json!({ "visit": visit.id })))
}

fn end_legs(desk: &Desk<'_>, visit: &Visit, order: uuid::Uuid, claim: &EndVisit) -> Result<()> {
    let Some(mut order) = records::load::<WorkOrder>(desk.conn, kind::WORK_ORDER, order)? else {
        return Ok(());
    };
    let before = order.clone();
    for leg in before.legs.iter().filter(|leg| leg.visit == Some(visit.id)) {
        if claim.code == EndCode::Done && leg.state == LegState::Open {
            let at = visit.arrived_at().unwrap_or(claim.at);
            let _ = order.apply(leg.id, &LegStep::Start { at });
        }
        // A leg that rests before power is closed by its own timed call.
        if !matches!(leg.state, LegState::Resting { .. } | LegState::Ended(_)) {
            let ending = LegEnding {
                code: claim.code,
                at: claim.at,
                by: desk.caller.person.id,
                note: claim.note.clone(),
                evidence: claim.evidence.clone(),
            };
            let _ = order.apply(leg.id, &LegStep::End(ending));
        }
    }
    if order == before {
        return Ok(());
    }
    records::update(desk.conn, kind::WORK_ORDER, order.id.0, &order)
}

/// Passes the customer's wish for another slot on to the desk.
pub(super) fn reschedule(
    desk: &Desk<'_>,
    command: &Command,
    claim: &RescheduleVisit,
) -> Result<Decision> {
    let visit = match reachable(desk, claim.visit.0)? {
        Ok(visit) => visit,
        Err(refusal) => return Ok(refusal),
    };
    if let Err(error) = Claim::VisitReschedule(claim.clone()).check() {
        return Ok(refused_for("slot_unsound", &error.words()));
    }
    if visit.state.is_over() {
        return Ok(refused_for("visit_not_allowed", &visit.state.words()));
    }
    let slot = claim.wish.text();
    let reason = Words::new(
        format!("希望改到 {slot}。{}", claim.reason),
        format!("Would like {slot}. {}", claim.reason),
    );
    let soonest = desk.now.plus_ms(30 * UtcMs::MINUTE);
    let deadline = desk.now.plus_ms(UtcMs::DAY).min(visit.slot.start).max(soonest);
    let about = (Subject::Visit(visit.id), reason);
    let task = raise(desk, command.key, visit.store, TaskKind::SlotWish, about, Some(deadline))?;
    Ok(executed(json!({ "visit": visit.id, "task": task })))
}

/// Moves a visit to another slot.
pub(super) fn move_to(desk: &Desk<'_>, id: uuid::Uuid, slot: Slot) -> Result<bool> {
    let Some(mut visit) = records::load::<Visit>(desk.conn, kind::VISIT, id)? else {
        return Ok(false);
    };
    if visit.state.is_over() {
        return Ok(false);
    }
    visit.slot = slot;
    records::update(desk.conn, kind::VISIT, id, &visit)?;
    Ok(true)
}

fn reachable(desk: &Desk<'_>, id: uuid::Uuid) -> Result<std::result::Result<Visit, Decision>> {
    let Some(visit) = records::load::<Visit>(desk.conn, kind::VISIT, id)? else {
        return Ok(Err(refused("visit_unknown", [])));
    };
    if !desk.caller.sees(desk.conn, id)? {
        return Ok(Err(refused("visit_unknown", [])));
    }
    Ok(Ok(visit))
}
