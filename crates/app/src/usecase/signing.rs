//! The signature: terms above the line, strokes each made durable as it is drawn, filing.

use doorstep_domain::{
    books::Books,
    catalogue::Category,
    claim::{Claim, FileOrder},
    combined_order::{
        AmountChange, Machine, OrderTerms, Parties, Relation, SignedOrder, Stroke, SubsidyChoice,
        Totals,
    },
    id::{AssetId, CustomerId, OrderId, QuoteId, WorkOrderId},
    lease::Reservation,
    money::Fen,
    order_terms::RemovalMode,
    quote::Quote,
    time::UtcMs,
    visit::Slot,
    words::Words,
    work_order::WorkOrder,
};
use doorstep_store::device;
use rusqlite::{Connection, Transaction};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use ts_rs::TS;

pub use super::ordering::{OrderInput, OrderView};
use crate::{
    app::App,
    bundles,
    error::{ApiError, ApiResult},
    error_code::ErrorCode,
    leases,
    session::{self, required_row},
    usecase::{
        machines,
        ordering::order_view,
        papers,
        quoting::{self, stored_quote},
    },
};

const TERMS: &str = "terms";

/// What the customer chose beside the quote.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct TermsInput {
    /// The quote accepted.
    pub quote: QuoteId,
    /// When the crew comes.
    pub slot: Slot,
    /// How the old machine leaves.
    pub removal: RemovalMode,
    /// What happens if the subsidy is refused.
    pub if_refused: SubsidyChoice,
    /// The old machine, if one goes.
    #[serde(default)]
    #[ts(optional)]
    pub old: Option<AssetId>,
    /// Who pays, to the buyer.
    #[serde(default)]
    pub payer: Relation,
    /// Who applies for the subsidy, to the buyer.
    #[serde(default)]
    pub applicant: Relation,
    /// Who receives the machine, to the buyer.
    #[serde(default)]
    pub recipient: Relation,
}

/// The terms above the signature.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct TermsView {
    /// The terms, kept until they are signed or replaced.
    pub terms: OrderTerms,
    /// By how much the totals moved since strokes were drawn; they have been cleared.
    pub voided: Option<AmountChange>,
    /// The same in words.
    pub voided_words: Option<Words>,
}

/// One stroke, as it is drawn.
#[derive(Debug, Serialize, Deserialize, TS)]
pub struct StrokeInput {
    /// The work order signed.
    pub work_order: WorkOrderId,
    /// 0 for the first; the same number again replaces it.
    pub number: u32,
    /// The points, in 1/100 mm.
    pub stroke: Stroke,
}

/// The pad of which work order.
#[derive(Debug, Serialize, Deserialize, TS)]
pub struct StrokesInput {
    /// The work order.
    pub work_order: WorkOrderId,
}

/// The strokes drawn so far; each was durable before it was answered.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct StrokesView {
    /// In order.
    pub strokes: Vec<Stroke>,
}

/// The signature's text.
#[derive(Debug, Serialize, Deserialize, TS)]
pub struct FileInput {
    /// The work order.
    pub work_order: WorkOrderId,
    /// The signer's name as typed.
    pub name: String,
    /// Who the signer is to the buyer.
    pub relation: Relation,
}

/// The terms drafted so far, if any.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct DraftedTerms {
    /// The terms under which the strokes on the pad were drawn.
    pub terms: Option<OrderTerms>,
}

/// Sets the terms for signing. Terms that differ from those the strokes were drawn under clear the
/// pad.
pub async fn order_terms(app: &Arc<App>, input: TermsInput) -> ApiResult<TermsView> {
    let session = app.session().await?;
    let time = session.time().await?;
    let noise = session.noise();
    let books = bundles::books_on(&session, time.at.shanghai_day()).await?;
    let view = session
        .db
        .write(move |tx, _| {
            let (quote, _, work_order) = stored_quote(tx, input.quote)?;
            let binding_until = quoting::binding_until(&quote);
            if time.at > binding_until {
                return Err(ApiError::new(ErrorCode::QuoteExpired));
            }
            leases::must_be_leased(tx, &quote, time.at)?;
            let before = draft_terms(tx, work_order)?;
            let order = before
                .as_ref()
                .map_or_else(|| OrderId::new(time.device, noise), |terms| terms.order);
            let mut terms = terms_of(tx, order, work_order, &quote, &input, &books)?;
            terms.reservations = reserved(tx, &terms, (&quote, &books), before.as_ref(), time.at)?;
            let terms = terms.with_sentence();
            let mut voided = None;
            if let Some(before) = before.filter(|before| before.digest() != terms.digest()) {
                let drawn = !device::strokes(tx, work_order.0)?.is_empty();
                voided = drawn.then(|| moved(&before.totals, &terms.totals)).flatten();
                device::clear_strokes(tx, work_order.0)?;
            }
            let body = serde_json::to_string(&terms).map_err(ApiError::internal)?;
            device::put_draft(tx, TERMS, work_order.0, &body, time.device)?;
            let voided_words = voided.as_ref().map(AmountChange::words);
            Ok(TermsView { terms, voided, voided_words })
        })
        .await?;
    session.reserve_soon();
    Ok(view)
}

/// The terms above the line as last set, after a restart too.
pub async fn order_terms_view(app: &Arc<App>, input: OrderInput) -> ApiResult<DraftedTerms> {
    let session = app.session().await?;
    let terms = session.db.read(move |conn| draft_terms(conn, input.work_order)).await?;
    Ok(DraftedTerms { terms })
}

/// Makes one stroke durable.
pub async fn stroke_add(app: &Arc<App>, input: StrokeInput) -> ApiResult<StrokesView> {
    let session = app.session().await?;
    session
        .db
        .write(move |tx, _| {
            let body = serde_json::to_string(&input.stroke).map_err(ApiError::internal)?;
            device::add_stroke(tx, input.work_order.0, input.number, &body)?;
            read_strokes(tx, input.work_order)
        })
        .await
}

/// The strokes drawn so far, after a rotation or a crash too.
pub async fn strokes(app: &Arc<App>, input: StrokesInput) -> ApiResult<StrokesView> {
    let session = app.session().await?;
    session.db.read(move |conn| read_strokes(conn, input.work_order)).await
}

/// Clears the pad.
pub async fn strokes_clear(app: &Arc<App>, input: StrokesInput) -> ApiResult<StrokesView> {
    let session = app.session().await?;
    session.db.write(move |tx, _| Ok(device::clear_strokes(tx, input.work_order.0)?)).await?;
    Ok(StrokesView { strokes: Vec::new() })
}

/// Files the signed order. When this returns, the order waits durably for HQ and the customer has
/// a receipt number; the papers follow and a failure of theirs loses nothing.
pub async fn order_file(app: &Arc<App>, input: FileInput) -> ApiResult<OrderView> {
    let session = app.session().await?;
    let work_order = input.work_order;
    let time = session.time().await?;
    let host = Arc::clone(&session.host);
    session
        .db
        .write(move |tx, _| {
            let terms = draft_terms(tx, work_order)?
                .ok_or_else(|| ApiError::new(ErrorCode::GateClosed).param("gate", "terms"))?;
            leases::must_stand(tx, &terms.reservations, time.at)?;
            let (_, quote_text, _) = stored_quote(tx, terms.quote)?;
            let drawn = read_strokes(tx, work_order)?.strokes;
            let order: WorkOrder = required_row(tx, "work_order", work_order.0)?;
            let receipt = receipt_number(time.at, terms.order);
            let signed = SignedOrder::sign(terms, &input.name, input.relation, drawn, time.at)
                .map_err(|e| ApiError::saying(ErrorCode::SignatureRefused, e.words()).detail(e))?;
            let claim = Claim::OrderFile(Box::new(FileOrder {
                store: order.store,
                signed,
                quote_text,
                filed_at: time.at,
                receipt,
            }));
            session::add_claim(tx, &claim, host.as_ref())?;
            device::remove_draft(tx, TERMS, work_order.0)?;
            Ok(device::clear_strokes(tx, work_order.0)?)
        })
        .await?;
    session.work_added();
    if let Err(error) = papers::print_order(&session, work_order).await {
        tracing::error!(detail = error.detail, "the papers of an order could not be made");
        session.sync.warn(error);
    }
    order_view(app, OrderInput { work_order }).await
}

/// `R20260715-1A2B3C`: the day and the tail of the order's identity, so that two tablets without a
/// network never give out the same one.
fn receipt_number(at: UtcMs, order: OrderId) -> String {
    let day = at.shanghai_day().strftime("%Y%m%d").to_string();
    let tail: String = order.0.simple().to_string().chars().skip(24).collect();
    format!("R{day}-{}", tail.to_uppercase())
}

pub(crate) fn draft_terms(
    conn: &Connection,
    work_order: WorkOrderId,
) -> ApiResult<Option<OrderTerms>> {
    device::draft(conn, TERMS, work_order.0)?
        .map(|body| serde_json::from_str(&body).map_err(ApiError::internal))
        .transpose()
}

fn read_strokes(conn: &Connection, work_order: WorkOrderId) -> ApiResult<StrokesView> {
    let strokes = device::strokes(conn, work_order.0)?
        .iter()
        .map(|body| serde_json::from_str(body).map_err(ApiError::internal))
        .collect::<ApiResult<_>>()?;
    Ok(StrokesView { strokes })
}

fn moved(before: &Totals, now: &Totals) -> Option<AmountChange> {
    let change = AmountChange {
        certain: now.certain.minus(before.certain)?,
        if_approved: now.if_approved.minus(before.if_approved)?,
    };
    (change.certain != Fen::ZERO || change.if_approved != Fen::ZERO).then_some(change)
}

fn terms_of(
    tx: &Transaction<'_>,
    order: OrderId,
    work_order: WorkOrderId,
    quote: &Quote,
    input: &TermsInput,
    books: &Books,
) -> ApiResult<OrderTerms> {
    let record: WorkOrder = required_row(tx, "work_order", work_order.0)?;
    let buyer: CustomerId = record.customer;
    let old = match input.old {
        Some(asset) => {
            let view = machines::read_machine(tx, asset, None, quote.request.sale_day)?;
            let serials = view.asset.serials().into_iter().collect();
            Some(Machine {
                asset: Some(asset),
                category_words: category_words(books, &view.asset.category),
                category: view.asset.category,
                model: view.asset.model,
                gtin: view.asset.gtin.unwrap_or_default(),
                serials,
            })
        }
        None => None,
    };
    let new = quote
        .items
        .iter()
        .map(|item| Machine {
            asset: None,
            category: item.category.0.clone(),
            category_words: category_words(books, &item.category.0),
            model: item.sku.clone().unwrap_or_else(|| item.words.zh.clone()),
            gtin: item.gtin.clone(),
            serials: Vec::new(),
        })
        .collect();
    Ok(OrderTerms {
        order,
        work_order,
        site: record.site,
        parties: Parties {
            buyer,
            payer: input.payer,
            applicant: input.applicant,
            recipient: input.recipient,
        },
        quote: quote.request.id,
        quote_hash: quote.hash.clone(),
        totals: Totals {
            certain: quote.totals.certain.balance,
            if_approved: quote.totals.if_approved.balance,
        },
        if_refused: input.if_refused,
        old,
        new,
        removal: input.removal,
        slot: input.slot,
        binding_until: quoting::binding_until(quote),
        free_until_loading: true,
        reservations: Vec::new(),
        sentence: Words::default(),
    })
}

/// What is reserved for these terms. What the customer has read stays as it was while it holds: a
/// lease renewed meanwhile does not make a signature void.
fn reserved(
    conn: &Connection,
    terms: &OrderTerms,
    priced: (&Quote, &Books),
    before: Option<&OrderTerms>,
    now: UtcMs,
) -> ApiResult<Vec<Reservation>> {
    let order: WorkOrder = required_row(conn, "work_order", terms.work_order.0)?;
    let fresh = leases::reservations(conn, priced, &order, terms.slot, now)?;
    let same = |read: &&OrderTerms| {
        let key = |one: &Reservation| (one.resource.clone(), one.amount, one.lease);
        read.reservations.iter().map(key).eq(fresh.iter().map(key))
    };
    match before.filter(same) {
        Some(read) if leases::still_stand(conn, &read.reservations, now)? => {
            Ok(read.reservations.clone())
        }
        _ => Ok(fresh),
    }
}

fn category_words(books: &Books, category: &str) -> Words {
    books
        .catalogue
        .category(&Category(category.to_owned()))
        .map_or_else(|| Words::new(category, category), |facts| facts.name.clone())
}
