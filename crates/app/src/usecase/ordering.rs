//! Combined orders: what was filed, paid and cancelled, as this device and HQ know it.

use doorstep_domain::{
    claim::{CancelOrder, Claim, RecordPayment},
    combined_order::{CombinedOrder, OrderState, Relation},
    id::{OrderId, PaymentId, WorkOrderId},
    money::Fen,
    payment::{Payment, PaymentMethod, PaymentPurpose, PaymentStatus},
    words::Words,
    work_order::WorkOrder,
};
use doorstep_store::device;
use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use ts_rs::TS;

use crate::{
    app::App,
    error::{ApiError, ApiResult},
    session::{Session, required_row},
    usecase::record_state::{self, RecordState, Standing},
};

/// Which work order's orders.
#[derive(Debug, Serialize, Deserialize, TS)]
pub struct OrderInput {
    /// The work order.
    pub work_order: WorkOrderId,
}

/// Which order to cancel, and why.
#[derive(Debug, Serialize, Deserialize, TS)]
pub struct CancelInput {
    /// The work order it belongs to.
    pub work_order: WorkOrderId,
    /// The order.
    pub order: OrderId,
    /// Why.
    pub reason: String,
}

/// Money taken at the door.
#[derive(Debug, Serialize, Deserialize, TS)]
pub struct PaymentInput {
    /// The work order.
    pub work_order: WorkOrderId,
    /// The order paid for.
    pub order: OrderId,
    /// Deposit or balance.
    pub purpose: PaymentPurpose,
    /// How much, fen.
    pub amount: Fen,
    /// How.
    pub method: PaymentMethod,
    /// The reference on the slip.
    #[serde(default)]
    pub reference: String,
    /// Who paid, to the buyer.
    #[serde(default)]
    pub payer: Relation,
}

/// One filed order as this device knows it.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct FiledOrder {
    /// The order.
    pub order: CombinedOrder,
    /// Its state in words.
    pub state_words: Words,
    /// HQ's number, once executed.
    pub number: Option<String>,
    /// Where the record stands between this device and HQ.
    pub record: RecordState,
    /// Payments recorded.
    pub payments: Vec<Payment>,
}

/// The orders of a work order.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct OrderView {
    /// Newest first.
    pub orders: Vec<FiledOrder>,
}

/// The orders of a work order: HQ's rows, and this device's own on top.
pub async fn order_view(app: &Arc<App>, input: OrderInput) -> ApiResult<OrderView> {
    let session = app.session().await?;
    let orders = session.db.read(move |conn| orders_of(conn, input.work_order)).await?;
    Ok(OrderView { orders })
}

/// Asks HQ to cancel an order.
pub async fn order_cancel(app: &Arc<App>, input: CancelInput) -> ApiResult<OrderView> {
    let session = app.session().await?;
    let at = session.time().await?.at;
    let claim = CancelOrder { order: input.order, reason: input.reason, at };
    session.claim(Claim::OrderCancel(claim)).await?;
    order_view(app, OrderInput { work_order: input.work_order }).await
}

/// Records money taken at the door; unconfirmed until HQ matches it.
pub async fn payment_record(app: &Arc<App>, input: PaymentInput) -> ApiResult<OrderView> {
    let session = app.session().await?;
    let identity = session.identity().await?;
    let time = session.time().await?;
    let order: WorkOrder = session.row("work_order", input.work_order.0).await?;
    let payment = Payment {
        id: PaymentId::new(time.device, session.noise()),
        store: order.store,
        order: Some(input.order),
        loan: None,
        customer: order.customer,
        payer: input.payer,
        purpose: input.purpose,
        amount: input.amount,
        method: input.method,
        reference: input.reference,
        paid_at: time.at,
        recorded_by: identity.person_id(),
        status: PaymentStatus::Unconfirmed,
    };
    session.claim(Claim::PaymentRecord(Box::new(RecordPayment { payment }))).await?;
    order_view(app, OrderInput { work_order: input.work_order }).await
}

/// The orders of a work order, newest first.
pub(crate) fn orders_of(conn: &Connection, work_order: WorkOrderId) -> ApiResult<Vec<FiledOrder>> {
    let mut orders: Vec<CombinedOrder> = Vec::new();
    for id in device::linked(conn, work_order.0, "order")? {
        orders.extend(ApiError::left_out(required_row(conn, "order", id))?);
    }
    for command in device::commands_of_kind(conn, "order_file")? {
        if let Ok(Claim::OrderFile(file)) = serde_json::from_str(&command.claim)
            && file.signed.terms.work_order == work_order
            && !orders.iter().any(|order| order.id == file.signed.terms.order)
        {
            orders.push(CombinedOrder {
                id: file.signed.terms.order,
                store: file.store,
                signed: file.signed,
                state: OrderState::Pending,
                filed_at: file.filed_at,
                receipt: file.receipt,
            });
        }
    }
    orders.sort_by_key(|order| std::cmp::Reverse(order.filed_at));
    orders.into_iter().map(|order| filed(conn, order)).collect()
}

fn filed(conn: &Connection, order: CombinedOrder) -> ApiResult<FiledOrder> {
    let mut record = record_state::of(conn, &[order.id.0])?;
    if matches!(order.state, OrderState::Refused { .. }) {
        record.state = Standing::NeedsAction;
        record.words = record.state.words();
    }
    let mut payments: Vec<Payment> = Vec::new();
    for id in device::linked(conn, order.id.0, "payment")? {
        payments.push(required_row(conn, "payment", id)?);
    }
    for command in device::commands_of_kind(conn, "payment_record")? {
        if let Ok(Claim::PaymentRecord(record)) = serde_json::from_str(&command.claim)
            && record.payment.order == Some(order.id)
            && !payments.iter().any(|payment| payment.id == record.payment.id)
        {
            payments.push(record.payment);
        }
    }
    Ok(FiledOrder {
        state_words: if order.state == OrderState::Pending {
            record.words.clone()
        } else {
            order.state.words()
        },
        number: order.number().map(str::to_owned),
        record,
        payments,
        order,
    })
}

/// Names the order for a session that prints its papers.
pub(crate) async fn newest_order(
    session: &Session,
    work_order: WorkOrderId,
) -> ApiResult<FiledOrder> {
    session
        .db
        .read(move |conn| {
            let newest = orders_of(conn, work_order)?.into_iter().next();
            newest.ok_or_else(|| ApiError::not_found("order"))
        })
        .await
}
