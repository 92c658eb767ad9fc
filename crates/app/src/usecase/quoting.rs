//! Quotes: made here without a network, kept as immutable snapshots.

use doorstep_domain::{
    clock::TimeEstimate,
    facts::Scalar,
    fee::{FeeUse, PurchaseChannel},
    id::{AssetId, QuoteId, WorkOrderId},
    order_terms::RemovalMode,
    org::Person,
    quote::{self, Deposit, Discount, FeeFacts, Place, Quote, QuoteItem, QuoteRequest},
    site::Site,
    subsidy::{CustomerFacts, Region},
    time::{Date, UtcMs},
    work_order::WorkOrder,
};
use doorstep_store::device;
use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use ts_rs::TS;

use crate::{
    app::App,
    bundles,
    error::{ApiError, ApiResult},
    error_code::ErrorCode,
    leases,
    session::{self, required_row},
    usecase::{inspecting, machines},
};

/// A new machine the customer chose.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct ChosenModel {
    /// The line of the quote.
    pub line: String,
    /// The model.
    pub sku: String,
    /// Discounts agreed.
    #[serde(default)]
    pub discounts: Vec<Discount>,
}

/// What to quote.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct QuoteInput {
    /// The work order it is for.
    pub work_order: WorkOrderId,
    /// The new machines.
    pub new: Vec<ChosenModel>,
    /// The old machines traded in, of whatever category.
    #[serde(default)]
    pub old: Vec<AssetId>,
    /// Work charged for.
    #[serde(default)]
    pub fees: Vec<FeeUse>,
    /// How the old machine leaves.
    #[serde(default)]
    #[ts(optional)]
    pub removal: Option<RemovalMode>,
    /// Where the sale is made.
    #[serde(default)]
    #[ts(optional)]
    pub channel: Option<PurchaseChannel>,
    /// What subsidies ask about the customer.
    #[serde(default)]
    pub customer: CustomerFacts,
    /// Deposits to set off.
    #[serde(default)]
    pub deposits: Vec<Deposit>,
}

/// Which quote.
#[derive(Debug, Serialize, Deserialize, TS)]
pub struct QuoteIdInput {
    /// The quote.
    pub quote: QuoteId,
}

/// The quotes of which work order.
#[derive(Debug, Serialize, Deserialize, TS)]
pub struct QuotesInput {
    /// The work order.
    pub work_order: WorkOrderId,
}

/// A quote as it is shown.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct QuoteView {
    /// The snapshot.
    pub quote: Quote,
    /// The work order it is for.
    pub work_order: WorkOrderId,
    /// The time it was priced at; says when the device's clock disagrees with HQ's.
    pub time: TimeEstimate,
    /// Until when it binds.
    pub binding_until: UtcMs,
    /// Whether that moment has passed.
    pub expired: bool,
}

/// The quotes of a work order.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct QuoteList {
    /// Newest first.
    pub quotes: Vec<QuoteView>,
}

/// Prices a quote and keeps it; the same figures come out at HQ.
pub async fn quote_make(app: &Arc<App>, input: QuoteInput) -> ApiResult<QuoteView> {
    let session = app.session().await?;
    let identity = session.identity().await?;
    let time = session.time().await?;
    let day = time.at.shanghai_day();
    let books = bundles::books_on(&session, day).await?;
    let id = QuoteId::new(time.device, session.noise());
    let work_order = input.work_order;
    let catalogue = Arc::clone(&books);
    let request = session
        .db
        .read(move |conn| request_of(conn, id, day, input, &identity.person, &catalogue))
        .await?;
    let quote = quote::price(&request, &books)
        .map_err(|e| ApiError::saying(ErrorCode::QuoteRefused, e.words()).detail(e))?;
    let body = serde_json::to_string(&quote).map_err(ApiError::internal)?;
    let hash = quote.hash.clone();
    let snapshot = quote.clone();
    session
        .db
        .write(move |tx, _| {
            leases::must_be_leased(tx, &snapshot, time.at)?;
            Ok(device::save_quote(tx, id, Some(work_order.0), time.at, &hash, &body)?)
        })
        .await?;
    session.reserve_soon();
    Ok(view_of(quote, work_order, time))
}

/// One quote made on this device.
pub async fn quote_view(app: &Arc<App>, input: QuoteIdInput) -> ApiResult<QuoteView> {
    let session = app.session().await?;
    let time = session.time().await?;
    let (quote, _, work_order) =
        session.db.read(move |conn| stored_quote(conn, input.quote)).await?;
    Ok(view_of(quote, work_order, time))
}

/// The quotes made for a work order on this device.
pub async fn quote_list(app: &Arc<App>, input: QuotesInput) -> ApiResult<QuoteList> {
    let session = app.session().await?;
    let time = session.time().await?;
    let bodies =
        session.db.read(move |conn| Ok(device::quotes_of(conn, input.work_order.0)?)).await?;
    let quotes = bodies
        .iter()
        .map(|body| Ok(view_of(read_quote(body)?, input.work_order, time)))
        .collect::<ApiResult<_>>()?;
    Ok(QuoteList { quotes })
}

/// A stored quote, its exact text, and its work order.
pub(crate) fn stored_quote(
    conn: &Connection,
    id: QuoteId,
) -> ApiResult<(Quote, String, WorkOrderId)> {
    let (body, work_order) =
        device::quote(conn, id)?.ok_or_else(|| ApiError::not_found("quote"))?;
    let work_order = work_order.ok_or_else(|| ApiError::not_found("work order"))?;
    Ok((read_quote(&body)?, body, WorkOrderId(work_order)))
}

/// The last moment of a quote's last valid day in Asia/Shanghai.
pub(crate) fn binding_until(quote: &Quote) -> UtcMs {
    UtcMs::shanghai_midnight(quote.valid_until).plus_ms(UtcMs::DAY - 1)
}

fn view_of(quote: Quote, work_order: WorkOrderId, time: TimeEstimate) -> QuoteView {
    let binding_until = binding_until(&quote);
    QuoteView { expired: time.at > binding_until, binding_until, quote, work_order, time }
}

fn read_quote(body: &str) -> ApiResult<Quote> {
    Quote::from_json(body).map_err(|e| ApiError::new(ErrorCode::RecordUnreadable).detail(e))
}

fn request_of(
    conn: &Connection,
    id: QuoteId,
    day: Date,
    input: QuoteInput,
    person: &Person,
    books: &doorstep_domain::books::Books,
) -> ApiResult<QuoteRequest> {
    let order: WorkOrder = required_row(conn, "work_order", input.work_order.0)?;
    let site: Site = required_row(conn, "site", order.site.0)?;
    let mut old = Vec::new();
    for (index, asset) in input.old.iter().enumerate() {
        let machine = machines::read_machine(conn, *asset, Some(&books.catalogue), day)?;
        let inspection = inspecting::inspect(conn, machine, day)?;
        if inspection.open_stop_use {
            let words = doorstep_domain::steps::Gate::NoOpenStopUse.refusal();
            return Err(ApiError::saying(ErrorCode::GateClosed, words).param("gate", "stop_use"));
        }
        let line = format!("old-{}", index + 1);
        old.push(machines::old_unit(&inspection.machine, &books.catalogue, line, day)?);
    }
    let facts = session::view_document(conn, input.work_order.0)?;
    let fact = |key: &str| facts.as_ref().and_then(|facts| facts.get("site", key)).cloned();
    let floor = fact("floor").and_then(|value| value.as_int()).or(site.floor.map(i64::from));
    let has_lift = match fact("lift") {
        Some(Scalar::Bool(lift)) => lift,
        _ => site.lift.unwrap_or(false),
    };
    Ok(QuoteRequest {
        id,
        amends: None,
        sale_day: day,
        place: Place {
            region: Region(site.region.clone()),
            channel: input.channel.unwrap_or(PurchaseChannel::Store),
            org: Some(order.store.to_string()),
        },
        customer: input.customer,
        new: input
            .new
            .into_iter()
            .map(|chosen| QuoteItem {
                line: chosen.line,
                sku: Some(chosen.sku),
                facts: None,
                discounts: chosen.discounts,
            })
            .collect(),
        old,
        fees: input.fees,
        fee_facts: FeeFacts {
            floor,
            has_lift,
            distance_m: None,
            certificates: person
                .certificates
                .iter()
                .filter(|held| person.holds(held.kind, day))
                .filter_map(|held| serde_json::to_value(held.kind).ok())
                .filter_map(|name| name.as_str().map(str::to_owned))
                .collect(),
            charged_before: Default::default(),
        },
        removal: input.removal,
        deposits: input.deposits,
    })
}
