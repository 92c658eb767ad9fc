//! Finding anything by any character, pinyin initials or last digits.

use doorstep_domain::{
    asset::Asset,
    card::WarrantyCard,
    customer::Customer,
    id::{VisitId, WorkOrderId},
    words::Words,
    work_order::WorkOrder,
};
use doorstep_store::{device, search};
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

/// What to look for.
#[derive(Debug, Serialize, Deserialize, TS)]
pub struct FindInput {
    /// As typed.
    pub text: String,
    /// Kinds of record; all if empty.
    #[serde(default)]
    pub kinds: Vec<String>,
    /// At most this many.
    #[serde(default = "twenty")]
    pub limit: u32,
}

fn twenty() -> u32 {
    20
}

/// One record found.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct Found {
    /// customer, card, asset or work_order.
    pub kind: String,
    /// Its identity.
    pub id: Uuid,
    /// First line: the masked customer, or the machine.
    pub title: String,
    /// Second line.
    pub detail: Words,
    /// The latest visit that carries a work order, if this device knows one.
    pub visit: Option<VisitId>,
}

/// What was found, newest first.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct FindView {
    /// The records.
    pub found: Vec<Found>,
}

/// Looks a text up over customers, cards, machines and work orders.
pub async fn find(app: &Arc<App>, input: FindInput) -> ApiResult<FindView> {
    let session = app.session().await?;
    let found = session
        .db
        .read(move |conn| {
            let kinds: Vec<&str> = input.kinds.iter().map(String::as_str).collect();
            let limit = usize::try_from(input.limit.min(200)).unwrap_or(200);
            let hits = search::find_kinds(conn, &kinds, &input.text, limit)?;
            hits.iter()
                .map(|hit| {
                    let id: Uuid = hit.id.parse().map_err(ApiError::internal)?;
                    ApiError::left_out(describe(conn, &hit.kind, id))
                })
                .filter_map(Result::transpose)
                .collect::<ApiResult<Vec<Found>>>()
        })
        .await?;
    Ok(FindView { found })
}

/// A record as a line of a list.
pub(crate) fn describe(conn: &Connection, kind: &str, id: Uuid) -> ApiResult<Found> {
    let (title, detail) = match kind {
        "customer" => {
            let customer: Customer = required_row(conn, "customer", id)?;
            let masked = customer.masked();
            let phones = masked.phones.join(" ");
            (masked.name, Words::new(phones.clone(), phones))
        }
        "card" => {
            let card: WarrantyCard = required_row(conn, "card", id)?;
            let state = card.status.words();
            let serials = card.serials.join(" ");
            (
                format!("{} {}", card.brand, card.model),
                Words::new(
                    format!("{} · {serials}", state.zh),
                    format!("{} · {serials}", state.en),
                ),
            )
        }
        "asset" => {
            let asset: Asset = required_row(conn, "asset", id)?;
            let serials = asset.serials().into_iter().collect::<Vec<_>>().join(" ");
            (format!("{} {}", asset.brand, asset.model), Words::new(serials.clone(), serials))
        }
        "work_order" => {
            let order: WorkOrder = required_row(conn, "work_order", id)?;
            let customer = device::row(conn, "customer", order.customer.0)?
                .and_then(|row| row.record::<Customer>().ok())
                .map(|customer| customer.masked().name);
            let (job, state) = (order.job.words(), order.state().words());
            (
                customer.or(order.number).unwrap_or_default(),
                Words::new(
                    format!("{} · {}", job.zh, state.zh),
                    format!("{} · {}", job.en, state.en),
                ),
            )
        }
        other => return Err(ApiError::not_found(other)),
    };
    let visit = match kind {
        "work_order" => visit_record::visit_of(conn, WorkOrderId(id))?,
        _ => None,
    };
    Ok(Found { kind: kind.to_owned(), id, title, detail, visit })
}
