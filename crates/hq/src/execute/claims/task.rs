//! Deciding a task, and carrying the decision out where HQ itself can.

use doorstep_domain::{
    claim::{Claim, DecideTask},
    decision::Decision,
    rights::may_decide,
    task::{Remedy, Subject, Task, TaskKind},
};
use doorstep_store::{error::Result, ledger::commands};
use serde_json::json;

use super::{super::Desk, card, executed, order, order_end, outside, refused, refused_for, visit};
use crate::records::{self, kind};

/// Decides a task once. A decision that cannot be carried out leaves the task open.
pub(super) fn decide(desk: &Desk<'_>, claim: &DecideTask) -> Result<Decision> {
    let Some(mut task) = records::load::<Task>(desk.conn, kind::TASK, claim.task.0)? else {
        return Ok(refused("task_unknown", []));
    };
    if let Some(refusal) = outside(desk, task.store) {
        return Ok(refusal);
    }
    let caller = &desk.caller.person;
    if claim.decision.by != caller.id || !may_decide(caller.role, claim.decision.remedy) {
        return Ok(refused("not_allowed", []));
    }
    if let Err(error) = task.decide(claim.decision.clone()) {
        return Ok(refused_for("task_not_decidable", &error.words()));
    }
    if let Err(refusal) = carry_out(desk, &task, claim)? {
        return Ok(refusal);
    }
    records::update(desk.conn, kind::TASK, task.id.0, &task)?;
    Ok(executed(json!({ "task": task.id, "remedy": claim.decision.remedy })))
}

fn carry_out(
    desk: &Desk<'_>,
    task: &Task,
    claim: &DecideTask,
) -> Result<std::result::Result<(), Decision>> {
    let not_possible = || Err(refused("remedy_not_possible", []));
    Ok(match (task.kind, task.subject, claim.decision.remedy) {
        (TaskKind::OrderRefused, Subject::Order(id), Remedy::Honour) => {
            if order::honour(desk, id)?.is_some() { Ok(()) } else { not_possible() }
        }
        (TaskKind::OrderRefused, Subject::Order(id), Remedy::Cancel) => {
            match order_end::end(desk, id, order::said(&claim.decision.note))? {
                Ok(()) => Ok(()),
                Err(reason) => Err(refused_for("order_not_cancellable", &reason)),
            }
        }
        (TaskKind::DuplicateSerial, Subject::Card(id), Remedy::VoidCard) => {
            if card::make_void(desk, id)? { Ok(()) } else { not_possible() }
        }
        (TaskKind::SlotWish, Subject::Visit(id), Remedy::PlanVisit) => {
            let origin = commands::task_origin(desk.conn, task.id)?;
            let wished = origin.and_then(|decided| serde_json::from_str(&decided.claim).ok());
            match wished {
                Some(Claim::VisitReschedule(wish)) if visit::move_to(desk, id.0, wish.wish)? => {
                    Ok(())
                }
                _ => not_possible(),
            }
        }
        // What is left is done by people: a call, a new quote, another photo.
        _ => Ok(()),
    })
}
