//! A visit and its work orders as this device knows them: HQ's rows with its own steps on top.

use doorstep_domain::{
    claim::Claim,
    customer::Customer,
    id::{PersonId, VisitId, WorkOrderId},
    site::Site,
    time::UtcMs,
    visit::{Visit, VisitEvent, VisitStep},
    work_order::WorkOrder,
};
use doorstep_store::device;
use rusqlite::Connection;
use uuid::Uuid;

use crate::{
    error::{ApiError, ApiResult},
    session::{self, required_row},
    usecase::{
        machines, record_state,
        today::{VisitRow, WorkOrderCard},
    },
};

/// Minutes past the slot from which a visit is shown as late (`warn` of the reason list).
const LATE_GRACE_MIN: i64 = 10;

/// A visit's list row, and the visit with this device's own steps laid over HQ's row.
pub(crate) fn read_visit(
    conn: &Connection,
    id: Uuid,
    open: &OpenClaims,
    now: UtcMs,
) -> ApiResult<(VisitRow, Visit)> {
    let visit = visit_as_known(conn, id)?;
    let customer: Customer = required_row(conn, "customer", visit.customer.0)?;
    let site: Site = required_row(conn, "site", visit.site.0)?;
    let (mut jobs, mut legs) = (Vec::new(), Vec::new());
    for order in &visit.work_orders {
        if let Ok(order) = required_row::<WorkOrder>(conn, "work_order", order.0) {
            jobs.push(order.job.words());
            legs.extend(order.legs.iter().map(|leg| leg.kind.words()));
        }
    }
    let row = VisitRow {
        visit: visit.id,
        slot: visit.slot,
        slot_text: visit.slot.text(),
        customer: customer.masked(),
        address: site.address.clone(),
        jobs,
        legs,
        chips: site.chips(),
        state: visit.state,
        state_words: visit.state.words(),
        late: visit.late_words(now, LATE_GRACE_MIN),
        record: record_state::of(conn, &open.subjects_of(conn, &visit)?)?,
    };
    Ok((row, visit))
}

/// The claims HQ has not decided or has refused, each with the record it belongs to: read once for a
/// whole list.
pub(crate) struct OpenClaims(Vec<(Uuid, Uuid)>);

impl OpenClaims {
    /// Those of this device.
    pub(crate) fn read(conn: &Connection) -> ApiResult<OpenClaims> {
        let mut claims = Vec::new();
        // Oldest first: a payment is about an order that was filed before it.
        for command in device::open_commands(conn)?.into_iter().rev() {
            let about = match serde_json::from_str(&command.claim) {
                Ok(Claim::OrderFile(file)) => Some(file.signed.terms.work_order.0),
                Ok(Claim::PaymentRecord(record)) => record.payment.order.map(|order| order.0),
                Ok(Claim::LeadSave(save)) => save.lead.work_order.map(|order| order.0),
                _ => None,
            };
            claims.extend(about.zip(command.subject));
        }
        Ok(OpenClaims(claims))
    }

    /// Every record that a visit answers for: itself, its work orders, their orders, and what waits
    /// or was refused about any of these.
    fn subjects_of(&self, conn: &Connection, visit: &Visit) -> ApiResult<Vec<Uuid>> {
        let mut subjects = vec![visit.id.0];
        for order in &visit.work_orders {
            subjects.push(order.0);
            subjects.extend(device::linked(conn, order.0, "order")?);
        }
        for (about, subject) in &self.0 {
            if subjects.contains(about) && !subjects.contains(subject) {
                subjects.push(*subject);
            }
        }
        Ok(subjects)
    }
}

/// HQ's row with the steps that this device noted and HQ has not answered yet.
pub(crate) fn visit_as_known(conn: &Connection, id: Uuid) -> ApiResult<Visit> {
    let mut visit: Visit = required_row(conn, "visit", id)?;
    let by = session::required_identity(conn)?.person_id();
    if let Some(first) = visit.work_orders.first() {
        for event in unanswered_steps(conn, first.0, by)? {
            // A step that HQ's row holds already is refused by the state machine and changes nothing.
            let _ = visit.apply(&event);
        }
    }
    for command in device::commands_about(conn, id)?.iter().rev() {
        if command.decision.is_some() {
            continue;
        }
        match serde_json::from_str(&command.claim) {
            Ok(Claim::VisitEnd(end)) => {
                let _ = visit.apply(&VisitEvent { step: end.step(), at: end.at, by });
            }
            Ok(Claim::VisitPlan(plan)) => (visit.crew, visit.slot) = (plan.crew, plan.slot),
            _ => {}
        }
    }
    Ok(visit)
}

fn unanswered_steps(conn: &Connection, order: Uuid, by: PersonId) -> ApiResult<Vec<VisitEvent>> {
    let edits = device::edits_about(conn, order, "events")?;
    let noted = |step: VisitStep| {
        let key = step.fact_key()?;
        edits.iter().flat_map(|record| &record.edits).find_map(|edit| {
            let at = edit.value.as_int()?;
            (edit.section == "events" && edit.key == key).then_some(VisitEvent {
                step,
                at: UtcMs(at),
                by,
            })
        })
    };
    Ok(VisitStep::FACTS.into_iter().filter_map(noted).collect())
}

/// The latest visit that carries a work order, if this device knows one.
pub(crate) fn visit_of(conn: &Connection, order: WorkOrderId) -> ApiResult<Option<VisitId>> {
    let mut visits = device::linked(conn, order.0, "visit")?
        .into_iter()
        .map(|id| ApiError::left_out(required_row::<Visit>(conn, "visit", id)))
        .filter_map(Result::transpose)
        .collect::<ApiResult<Vec<Visit>>>()?;
    visits.sort_by_key(|visit| visit.slot.start);
    Ok(visits.last().map(|visit| visit.id))
}

/// A work order as the door needs it.
pub(crate) fn work_order_card(conn: &Connection, id: WorkOrderId) -> ApiResult<WorkOrderCard> {
    let order: WorkOrder = required_row(conn, "work_order", id.0)?;
    let state = order.state();
    let facts = session::view_document(conn, id.0)?;
    Ok(WorkOrderCard {
        id,
        number: order.number.clone(),
        job: order.job,
        job_words: order.job.words(),
        complaint: order.complaint.clone(),
        state,
        state_words: state.words(),
        legs: order.legs.iter().map(|leg| leg.kind.words()).collect(),
        assets: machines::machines_of(&order, facts.as_ref()),
        facts,
        record: record_state::of(conn, &[id.0])?,
    })
}
