//! Lending a loaner and taking it back.

use doorstep_domain::{
    claim::{IssueLoaner, ReturnLoaner},
    decision::Decision,
    loaner::Loan,
    task::{Subject, TaskKind},
    words::Words,
};
use doorstep_store::{error::Result, ledger::loaners};
use doorstep_sync::wire::Command;
use serde_json::json;

use super::{super::Desk, executed, id_taken, outside, raise, refused, refused_for};
use crate::records::{self, kind};

/// Lends a loaner: one machine, one customer at a time.
pub(super) fn issue(desk: &Desk<'_>, claim: &IssueLoaner) -> Result<Decision> {
    let loan = &claim.loan;
    if let Some(refusal) = outside(desk, loan.store) {
        return Ok(refusal);
    }
    if let Err(error) = loan.check_issue() {
        return Ok(refused_for("loan_unsound", &error.words()));
    }
    if loan.returned.is_some() || !desk.caller.sees(desk.conn, loan.customer.0)? {
        return Ok(refused("not_allowed", []));
    }
    if let Some(taken) = id_taken(desk, loan.id.0, kind::LOAN)? {
        return Ok(taken);
    }
    if records::load::<Loan>(desk.conn, kind::LOAN, loan.id.0)?.is_some() {
        return Ok(refused("loan_already_issued", []));
    }
    if loaners::lend(desk.conn, loan.asset, loan.id)?.is_some() {
        return Ok(refused("loaner_already_out", []));
    }
    let buckets = records::store_and(loan.store, [desk.caller.person.id]);
    records::put(desk.conn, kind::LOAN, loan.id.0, &buckets, loan)?;
    Ok(executed(json!({ "loan": loan.id })))
}

/// Takes a loaner back; one that fails its checks becomes somebody's task.
pub(super) fn take_back(
    desk: &Desk<'_>,
    command: &Command,
    claim: &ReturnLoaner,
) -> Result<Decision> {
    let Some(mut loan) = records::load::<Loan>(desk.conn, kind::LOAN, claim.loan.0)? else {
        return Ok(refused("loan_unknown", []));
    };
    if let Some(refusal) = outside(desk, loan.store) {
        return Ok(refusal);
    }
    if !desk.caller.sees(desk.conn, loan.id.0)? {
        return Ok(refused("loan_unknown", []));
    }
    if let Err(error) = loan.take_back(claim.back.clone()) {
        return Ok(refused_for("loan_unsound", &error.words()));
    }
    loaners::take_back(desk.conn, loan.id)?;
    records::update(desk.conn, kind::LOAN, loan.id.0, &loan)?;
    if !claim.back.check.passes() {
        let reason = Words::new("备用机归还检查未通过", "the loaner failed its checks on return");
        let about = (Subject::Loan(loan.id), reason);
        raise(desk, command.key, loan.store, TaskKind::Loaner, about, None)?;
    }
    Ok(executed(json!({ "loan": loan.id })))
}
