//! A customer with everything that belongs to the household.

use doorstep_domain::{
    asset::Asset,
    card::WarrantyCard,
    customer::{Customer, MaskedCustomer},
    id::{AssetId, CardId, CustomerId, VisitId, WorkOrderId},
    words::Words,
    work_order::WorkOrder,
};
use doorstep_store::device;
use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use ts_rs::TS;
use uuid::Uuid;

use crate::{
    app::App,
    error::{ApiError, ApiResult},
    session::required_row,
    usecase::visit_record,
};

/// Which customer.
#[derive(Debug, Serialize, Deserialize, TS)]
pub struct CustomerInput {
    /// The customer.
    pub customer: CustomerId,
    /// Show name, phones and address in full; asked for by a tap of its own.
    #[serde(default)]
    pub in_full: bool,
}

/// A warranty card in a list.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct CardLine {
    /// The card.
    pub card: CardId,
    /// Brand and model.
    pub title: String,
    /// Serials.
    pub serials: Vec<String>,
    /// Provisional, final or void.
    pub status_words: Words,
}

/// A machine in a list.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct MachineLine {
    /// The machine.
    pub asset: AssetId,
    /// Brand and model.
    pub title: String,
    /// Serials.
    pub serials: Vec<String>,
}

/// A work order in a list.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct WorkOrderLine {
    /// The work order.
    pub work_order: WorkOrderId,
    /// A visit that carries it, if this device knows one.
    pub visit: Option<VisitId>,
    /// The job.
    pub job_words: Words,
    /// Where it stands.
    pub state_words: Words,
}

/// A customer with cards, machines and work orders, as far as this device knows them.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct CustomerView {
    /// Masked.
    pub customer: MaskedCustomer,
    /// In full, when asked for.
    pub in_full: Option<Customer>,
    /// Warranty cards.
    pub cards: Vec<CardLine>,
    /// Machines.
    pub machines: Vec<MachineLine>,
    /// Work orders, newest first.
    pub work_orders: Vec<WorkOrderLine>,
}

/// A customer.
pub async fn customer_view(app: &Arc<App>, input: CustomerInput) -> ApiResult<CustomerView> {
    let session = app.session().await?;
    session.db.read(move |conn| read_customer(conn, &input)).await
}

fn read_customer(conn: &Connection, input: &CustomerInput) -> ApiResult<CustomerView> {
    let id = input.customer.0;
    let customer: Customer = required_row(conn, "customer", id)?;
    let mut orders: Vec<WorkOrder> = of_kind(conn, id, "work_order")?;
    orders.sort_by_key(|order| std::cmp::Reverse(order.requested_at));
    let work_orders = orders.iter().map(|order| line_of(conn, order)).collect::<ApiResult<_>>()?;
    let cards = of_kind::<WarrantyCard>(conn, id, "card")?.into_iter().map(|card| CardLine {
        card: card.id,
        title: format!("{} {}", card.brand, card.model),
        status_words: card.status.words(),
        serials: card.serials,
    });
    let machines = of_kind::<Asset>(conn, id, "asset")?.into_iter().map(|asset| MachineLine {
        asset: asset.id,
        title: format!("{} {}", asset.brand, asset.model),
        serials: asset.serials().into_iter().collect(),
    });
    Ok(CustomerView {
        customer: customer.masked(),
        cards: cards.collect(),
        machines: machines.collect(),
        work_orders,
        in_full: input.in_full.then_some(customer),
    })
}

fn of_kind<T: serde::de::DeserializeOwned>(
    conn: &Connection,
    customer: Uuid,
    kind: &'static str,
) -> ApiResult<Vec<T>> {
    let linked = device::linked(conn, customer, kind)?;
    let records = linked.into_iter().map(|id| ApiError::left_out(required_row(conn, kind, id)));
    records.filter_map(Result::transpose).collect()
}

fn line_of(conn: &Connection, order: &WorkOrder) -> ApiResult<WorkOrderLine> {
    Ok(WorkOrderLine {
        work_order: order.id,
        visit: visit_record::visit_of(conn, order.id)?,
        job_words: order.job.words(),
        state_words: order.state().words(),
    })
}
