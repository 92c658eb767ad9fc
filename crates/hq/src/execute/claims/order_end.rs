//! Cancelling an order: the customer's, or a way out of a refusal.

use doorstep_domain::{
    claim::CancelOrder,
    combined_order::{CombinedOrder, OrderEvent},
    decision::Decision,
    id::{OrderId, VisitId},
    visit::{Visit, VisitEvent, VisitStep},
    words::Words,
    work_order::{JobKind, LegKind, LegState, WorkOrder},
};
use doorstep_store::{
    error::Result,
    ledger::orders::{self, LedgerState},
};
use serde_json::json;

use super::{super::Desk, executed, order, refused, refused_for};
use crate::{
    pools,
    records::{self, kind},
};

/// Cancels an order by a claim.
pub(super) fn cancel(desk: &Desk<'_>, claim: &CancelOrder) -> Result<Decision> {
    let Some(held) = records::load::<CombinedOrder>(desk.conn, kind::ORDER, claim.order.0)? else {
        return Ok(refused("order_unknown", []));
    };
    if !desk.caller.works_for(held.store) {
        return Ok(refused("not_allowed", []));
    }
    if !desk.caller.sees(desk.conn, claim.order.0)? {
        return Ok(refused("order_unknown", []));
    }
    Ok(match end(desk, claim.order, order::said(&claim.reason))? {
        Ok(()) => executed(json!({ "order": claim.order })),
        Err(reason) => refused_for("order_not_cancellable", &reason),
    })
}

/// Cancels an order, calls off what was planned for it and gives back the subsidy it counted. An
/// old machine that was taken already, or a new one delivered, stands against it.
pub(super) fn end(
    desk: &Desk<'_>,
    id: OrderId,
    reason: Words,
) -> Result<std::result::Result<(), Words>> {
    let Some(mut held) = records::load::<CombinedOrder>(desk.conn, kind::ORDER, id.0)? else {
        return Ok(Err(Words::new("没有这个订单", "there is no such order")));
    };
    let work_order = held.signed.terms.work_order.0;
    let order: Option<WorkOrder> = records::load(desk.conn, kind::WORK_ORDER, work_order)?;
    let mine = order.filter(|order| order.order == Some(id));
    if let Some(begun) = mine.iter().flat_map(|order| &order.legs).find(|leg| is_begun(leg)) {
        let leg = begun.kind.words();
        return Ok(Err(Words::new(
            format!("“{}”已开始，不能取消", leg.zh),
            format!("\"{}\" has begun, so it cannot be cancelled", leg.en),
        )));
    }
    if let Err(error) = held.apply(OrderEvent::Cancel { reason }) {
        return Ok(Err(error.words()));
    }
    if let Some(ledger) = orders::get(desk.conn, id)? {
        order::set_state(desk, &ledger, LedgerState::Cancelled, None)?;
    }
    orders::release_subsidies(desk.conn, id)?;
    pools::release(desk.conn, id)?;
    records::update(desk.conn, kind::ORDER, id.0, &held)?;
    match mine {
        Some(order) => call_off(desk, order).map(Ok),
        None => Ok(Ok(())),
    }
}

fn is_begun(leg: &doorstep_domain::work_order::Leg) -> bool {
    let of_order = matches!(leg.kind, LegKind::Remove | LegKind::Deliver | LegKind::Install);
    of_order && leg.state != LegState::Open
}

/// Takes the order's legs off the work order, or cancels it when nothing else was to be done, and
/// cancels the visits that were planned for these legs alone.
fn call_off(desk: &Desk<'_>, mut order: WorkOrder) -> Result<()> {
    let planned: Vec<VisitId> = order
        .legs
        .iter()
        .filter(|leg| matches!(leg.kind, LegKind::Remove | LegKind::Deliver | LegKind::Install))
        .filter_map(|leg| leg.visit)
        .collect();
    order.order = None;
    if matches!(order.job, JobKind::TradeIn | JobKind::Installation | JobKind::Removal)
        && order.legs.iter().all(|leg| leg.state == LegState::Open)
    {
        order.cancelled_at = Some(desk.now);
    } else {
        order.legs.retain(|leg| {
            !matches!(leg.kind, LegKind::Remove | LegKind::Deliver | LegKind::Install)
        });
    }
    for id in planned {
        let Some(mut visit) = records::load::<Visit>(desk.conn, kind::VISIT, id.0)? else {
            continue;
        };
        let only_this = visit.work_orders.iter().all(|other| *other == order.id);
        let still_needed =
            order.cancelled_at.is_none() && order.legs.iter().any(|leg| leg.visit == Some(id));
        let event = VisitEvent { step: VisitStep::Cancel, at: desk.now, by: desk.caller.person.id };
        if only_this && !still_needed && visit.apply(&event).is_ok() {
            records::update(desk.conn, kind::VISIT, id.0, &visit)?;
        }
    }
    records::update(desk.conn, kind::WORK_ORDER, order.id.0, &order)
}
