//! Claims: each decided exactly once under its key, whatever the device re-sends.

pub mod card;
mod lease;
mod legs;
mod loaner;
mod order;
mod order_end;
mod planning;
mod quarantine;
mod small;
mod task;
mod visit;

use std::collections::BTreeMap;

use doorstep_domain::{
    claim::Claim,
    decision::Decision,
    id::{CommandKey, OrgId, PersonId, TaskId},
    org::Bucket,
    rights::may_claim,
    task::{Subject, Task, TaskKind},
    time::UtcMs,
    words::Words,
};
use doorstep_store::{
    error::{Result, StoreError},
    ledger::{
        commands::{self, Decided},
        feed,
    },
};
use doorstep_sync::wire::{Command, CommandAnswer};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    Desk,
    isolate::{Ended, isolated},
};
use crate::records::{self, derived_id, kind};

/// How long a store has to decide a task, unless the subject says less.
const TASK_MS: i64 = UtcMs::DAY;

/// Decides one claim, or repeats what was decided under its key.
pub(super) fn decide(desk: &Desk<'_>, command: &Command) -> Result<CommandAnswer> {
    let answer = |decision: String| CommandAnswer { key: command.key, decision };
    if let Some(held) = commands::find(desk.conn, command.key)? {
        if held.claim == command.claim && held.person == command.person {
            return Ok(answer(held.decision));
        }
        return Ok(answer(to_text(&refused("key_reused", []))?));
    }
    let claim: std::result::Result<Claim, _> = serde_json::from_str(&command.claim);
    let decision = match &claim {
        _ if command.person != desk.caller.person.id => refused("not_allowed", []),
        Err(error) => refused("claim_unreadable", [("detail", error.to_string())]),
        Ok(claim) if !may_claim(desk.caller.person.role, claim.kind()) => {
            refused("not_allowed", [])
        }
        Ok(claim) => match isolated(desk.conn, || carry_out(desk, command, claim))? {
            Ended::With(decision) => decision,
            Ended::Undone(_) => refused("internal", []),
        },
    };
    let kind = claim.as_ref().map_or(Value::Null, |claim| json!(claim.kind()));
    let decided = Decided {
        key: command.key,
        device: desk.caller.device,
        person: desk.caller.person.id,
        kind: kind.as_str().unwrap_or("unreadable").to_owned(),
        claim: command.claim.clone(),
        decision: to_text(&decision)?,
        executed: decision.is_executed(),
        decided_at: desk.now,
    };
    commands::record(desk.conn, &decided)?;
    tracing::info!(kind = decided.kind, executed = decided.executed, "decided a claim");
    Ok(answer(decided.decision))
}

fn carry_out(desk: &Desk<'_>, command: &Command, claim: &Claim) -> Result<Decision> {
    match claim {
        Claim::OrderFile(file) => order::file(desk, command, file),
        Claim::OrderCancel(cancel) => order_end::cancel(desk, cancel),
        Claim::CardIssue(issue) => card::issue(desk, command, issue),
        Claim::PaymentRecord(record) => small::payment(desk, record),
        Claim::LeadSave(save) => small::lead(desk, save),
        Claim::LoanerIssue(issue) => loaner::issue(desk, issue),
        Claim::LoanerReturn(back) => loaner::take_back(desk, command, back),
        Claim::VisitEnd(end) => visit::end(desk, command, end),
        Claim::VisitReschedule(wish) => visit::reschedule(desk, command, wish),
        Claim::VisitPlan(plan) => planning::plan(desk, plan),
        Claim::TaskDecide(decide) => task::decide(desk, decide),
        Claim::LeaseTake(take) => lease::take(desk, take),
        Claim::LeaseRenew(named) => lease::renew(desk, named),
        Claim::LeaseReturn(named) => lease::give_back(desk, named),
        Claim::QuarantineHandle(handle) => quarantine::handle(desk, handle),
    }
}

fn to_text(decision: &Decision) -> Result<String> {
    serde_json::to_string(decision)
        .map_err(|error| StoreError::Unreadable { what: "decision", detail: error.to_string() })
}

/// A refusal with what its sentence names.
fn refused<const N: usize>(code: &str, params: [(&str, String); N]) -> Decision {
    let params: BTreeMap<String, String> =
        params.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    Decision::Refused { code: code.to_owned(), params, task: None }
}

/// A refusal for a reason people can read.
fn refused_for(code: &str, reason: &Words) -> Decision {
    refused(code, [("zh", reason.zh.clone()), ("en", reason.en.clone())])
}

fn executed(result: Value) -> Decision {
    Decision::Executed { result }
}

/// Whether a store's business is this person's; otherwise the refusal.
fn outside(desk: &Desk<'_>, store: OrgId) -> Option<Decision> {
    (!desk.caller.works_for(store)).then(|| refused("not_allowed", []))
}

/// Refuses a new record under an identity that stands for something else already.
fn id_taken(desk: &Desk<'_>, id: Uuid, kind: &str) -> Result<Option<Decision>> {
    let taken = feed::stands_for_another(desk.conn, id, kind)?;
    Ok(taken.then(|| refused("id_taken", [])))
}

/// Raises a task for a store, seen by its desk and by whoever made the claim, and remembers the
/// claim it grew out of. Its identity follows from the claim, so it is raised once.
fn raise(
    desk: &Desk<'_>,
    command: CommandKey,
    store: OrgId,
    task_kind: TaskKind,
    about: (Subject, Words),
    deadline: Option<UtcMs>,
) -> Result<TaskId> {
    let id = TaskId(derived_id(&["task", &command.to_string()]));
    let (subject, reason) = about;
    let deadline = deadline.unwrap_or(desk.now.plus_ms(TASK_MS));
    let task = Task::raise(id, store, task_kind, subject, reason, (desk.now, deadline));
    let buckets = records::store_and(store, [desk.caller.person.id]);
    records::put(desk.conn, kind::TASK, id.0, &buckets, &task)?;
    commands::set_task_origin(desk.conn, id, command)?;
    Ok(id)
}

/// The people a record's buckets name.
fn people_in(buckets: &std::collections::BTreeSet<Bucket>) -> Vec<PersonId> {
    buckets
        .iter()
        .filter_map(|bucket| bucket.0.strip_prefix("person:"))
        .filter_map(|id| id.parse().ok())
        .collect()
}
