//! Claims that only add a record: payments and leads.

use doorstep_domain::{
    claim::{Claim, RecordPayment, SaveLead},
    combined_order::CombinedOrder,
    decision::Decision,
    lead::{Lead, LeadState},
};
use doorstep_store::{
    error::{Result, StoreError},
    ledger::{
        feed::{self, Stream},
        orders,
    },
};
use serde_json::json;

use super::{super::Desk, executed, id_taken, outside, refused, refused_for};
use crate::records::{self, kind};

/// Records a payment; it stays unconfirmed until HQ matches it with a statement.
pub(super) fn payment(desk: &Desk<'_>, claim: &RecordPayment) -> Result<Decision> {
    let payment = &claim.payment;
    if let Some(refusal) = outside(desk, payment.store) {
        return Ok(refusal);
    }
    if let Err(error) = Claim::PaymentRecord(Box::new(claim.clone())).check() {
        return Ok(refused_for("payment_unsound", &error.words()));
    }
    if let Some(taken) = id_taken(desk, payment.id.0, kind::PAYMENT)? {
        return Ok(taken);
    }
    if let Some(order) = payment.order {
        let held: Option<CombinedOrder> = records::load(desk.conn, kind::ORDER, order.0)?;
        match held {
            None => return Ok(refused("order_unknown", [])),
            Some(_) if !desk.caller.sees(desk.conn, order.0)? => {
                return Ok(refused("order_unknown", []));
            }
            Some(held) if held.store != payment.store => return Ok(refused("not_allowed", [])),
            Some(_) => {}
        }
    }
    let body = serde_json::to_string(payment)
        .map_err(|error| StoreError::Unreadable { what: "payment", detail: error.to_string() })?;
    if !orders::add_payment(desk.conn, payment.id, payment.order, payment.amount, &body)? {
        return Ok(refused("payment_already_recorded", []));
    }
    let buckets = records::store_and(payment.store, [desk.caller.person.id]);
    records::put(desk.conn, kind::PAYMENT, payment.id.0, &buckets, payment)?;
    Ok(executed(json!({ "payment": payment.id })))
}

/// Saves a lead, new or changed; a closed one stays closed.
pub(super) fn lead(desk: &Desk<'_>, claim: &SaveLead) -> Result<Decision> {
    let lead = &claim.lead;
    if let Some(refusal) = outside(desk, lead.store) {
        return Ok(refusal);
    }
    if let Some(taken) = id_taken(desk, lead.id.0, kind::LEAD)? {
        return Ok(taken);
    }
    let held = records::load::<Lead>(desk.conn, kind::LEAD, lead.id.0)?;
    if let Some(held) = &held {
        if held.store != lead.store || !desk.caller.sees(desk.conn, held.id.0)? {
            return Ok(refused("not_allowed", []));
        }
        if held.state != LeadState::Open {
            return Ok(refused("lead_closed", []));
        }
    }
    // Whoever had it keeps it; whom else the lead names has not asked for it.
    let mut buckets = feed::buckets_of(desk.conn, Stream::Row, kind::LEAD, lead.id.0)?;
    buckets.extend(records::store_and(lead.store, [desk.caller.person.id]));
    records::put(desk.conn, kind::LEAD, lead.id.0, &buckets, lead)?;
    Ok(executed(json!({ "lead": lead.id })))
}
