//! The day's visits, and what happens at one.

use doorstep_domain::{
    claim::{Claim, EndVisit, RescheduleVisit},
    clock::TimeEstimate,
    customer::{Customer, MaskedCustomer},
    end_code::{EndCode, Evidence},
    facts::{DocKind, FactView, FieldEdit, Scalar},
    id::{AssetId, PersonId, VisitId, WorkOrderId},
    site::Site,
    time::Date,
    visit::{Slot, Visit, VisitEvent, VisitState, VisitStep},
    words::Words,
    work_order::{JobKind, WorkOrderState},
};
use doorstep_store::device;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use ts_rs::TS;

use crate::{
    app::App,
    error::{ApiError, ApiResult},
    error_code::ErrorCode,
    session::{self, required_row},
    usecase::{
        record_state::RecordState,
        visit_record::{OpenClaims, read_visit, visit_as_known, work_order_card},
    },
};

/// Which day to list.
#[derive(Debug, Default, Serialize, Deserialize, TS)]
pub struct TodayInput {
    /// `YYYY-MM-DD` in Asia/Shanghai; today by HQ's time if absent.
    #[serde(default)]
    #[ts(optional, type = "string")]
    pub day: Option<Date>,
}

/// One visit in a list.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct VisitRow {
    /// The visit.
    pub visit: VisitId,
    /// The agreed time.
    pub slot: Slot,
    /// The agreed time in words.
    pub slot_text: String,
    /// The customer, masked.
    pub customer: MaskedCustomer,
    /// The address, which the driver needs whole.
    pub address: String,
    /// Jobs, in words.
    pub jobs: Vec<Words>,
    /// Legs, in words, in order.
    pub legs: Vec<Words>,
    /// Site facts worth knowing before setting off.
    pub chips: Vec<Words>,
    /// Where the visit stands, this device's own steps included.
    pub state: VisitState,
    /// The same in words.
    pub state_words: Words,
    /// By how much it is late.
    pub late: Option<Words>,
    /// Where the record stands between this device and HQ.
    pub record: RecordState,
}

/// A day's visits.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct TodayView {
    /// The day listed.
    #[ts(type = "string")]
    pub day: Date,
    /// HQ's time as estimated.
    pub time: TimeEstimate,
    /// The visits, by start.
    pub visits: Vec<VisitRow>,
    /// How many are over.
    pub done: u32,
}

/// Which visit.
#[derive(Debug, Serialize, Deserialize, TS)]
pub struct VisitInput {
    /// The visit.
    pub visit: VisitId,
}

/// A step to note: set off, arrived, begun.
#[derive(Debug, Serialize, Deserialize, TS)]
pub struct VisitMark {
    /// The visit.
    pub visit: VisitId,
    /// The step.
    pub step: VisitStep,
}

/// How a visit ended.
#[derive(Debug, Serialize, Deserialize, TS)]
pub struct VisitEnd {
    /// The visit.
    pub visit: VisitId,
    /// The ending code; `done` finishes it.
    pub code: EndCode,
    /// In the engineer's own words.
    #[serde(default)]
    pub note: String,
    /// What was recorded with it.
    #[serde(default)]
    pub evidence: Vec<Evidence>,
}

/// A wish for another slot.
#[derive(Debug, Serialize, Deserialize, TS)]
pub struct VisitReschedule {
    /// The visit.
    pub visit: VisitId,
    /// The slot the customer would like.
    pub wish: Slot,
    /// Why.
    #[serde(default)]
    pub reason: String,
}

/// A note on a work order.
#[derive(Debug, Serialize, Deserialize, TS)]
pub struct NoteInput {
    /// The visit.
    pub visit: VisitId,
    /// The work order.
    pub work_order: WorkOrderId,
    /// The note.
    pub text: String,
}

/// A fact about the site, such as `floor` or `lift`.
#[derive(Debug, Serialize, Deserialize, TS)]
pub struct SiteInput {
    /// The visit.
    pub visit: VisitId,
    /// The fact, one of the keys of the `site` section.
    pub key: String,
    /// Its value.
    pub value: Scalar,
}

/// One work order of a visit.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct WorkOrderCard {
    /// The work order.
    pub id: WorkOrderId,
    /// HQ's number.
    pub number: Option<String>,
    /// What is to be done.
    pub job: JobKind,
    /// The same in words.
    pub job_words: Words,
    /// What the customer said.
    pub complaint: String,
    /// Where it stands.
    pub state: WorkOrderState,
    /// The same in words.
    pub state_words: Words,
    /// Its legs in words.
    pub legs: Vec<Words>,
    /// The machines it is about.
    pub assets: Vec<AssetId>,
    /// Notes and other facts written at the door.
    pub facts: Option<FactView>,
    /// Where the record stands between this device and HQ.
    pub record: RecordState,
}

/// One visit with all that is needed at the door.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct VisitView {
    /// The list row.
    pub row: VisitRow,
    /// The customer in full, for the call and the door.
    pub customer: Customer,
    /// The site.
    pub site: Site,
    /// The work orders.
    pub work_orders: Vec<WorkOrderCard>,
    /// When the visit's steps happened.
    pub log: Vec<VisitEvent>,
    /// Who goes; the first leads.
    pub crew: Vec<PersonId>,
}

/// The visits of a day.
pub async fn today(app: &Arc<App>, input: TodayInput) -> ApiResult<TodayView> {
    let session = app.session().await?;
    let host = Arc::clone(&app.host);
    session
        .db
        .read(move |conn| {
            let time = session::estimated_time(conn, host.as_ref())?;
            let day = input.day.unwrap_or_else(|| time.at.shanghai_day());
            let open = OpenClaims::read(conn)?;
            let visits = device::agenda(conn, day)?
                .into_iter()
                .map(|entry| ApiError::left_out(read_visit(conn, entry.visit, &open, time.at)))
                .filter_map(|line| line.map(|line| line.map(|(row, _)| row)).transpose())
                .collect::<ApiResult<Vec<VisitRow>>>()?;
            let done = visits.iter().filter(|row| row.state.is_over()).count();
            Ok(TodayView { day, time, visits, done: u32::try_from(done).unwrap_or(u32::MAX) })
        })
        .await
}

/// One visit.
pub async fn visit_open(app: &Arc<App>, input: VisitInput) -> ApiResult<VisitView> {
    let session = app.session().await?;
    let host = Arc::clone(&app.host);
    session
        .db
        .read(move |conn| {
            let time = session::estimated_time(conn, host.as_ref())?;
            let open = OpenClaims::read(conn)?;
            let (row, visit) = read_visit(conn, input.visit.0, &open, time.at)?;
            let work_orders = visit
                .work_orders
                .iter()
                .map(|id| work_order_card(conn, *id))
                .collect::<ApiResult<Vec<_>>>()?;
            Ok(VisitView {
                row,
                customer: required_row(conn, "customer", visit.customer.0)?,
                site: required_row(conn, "site", visit.site.0)?,
                work_orders,
                log: visit.log,
                crew: visit.crew,
            })
        })
        .await
}

/// Notes a step of the visit; it is durable when this returns, and HQ hears of it by itself.
pub async fn visit_mark(app: &Arc<App>, input: VisitMark) -> ApiResult<VisitView> {
    let session = app.session().await?;
    let identity = session.identity().await?;
    let key =
        input.step.fact_key().ok_or_else(|| ApiError::bad_request("this step ends a visit"))?;
    let now = session.time().await?.at;
    let (mut visit, first) = visit_with_first_order(app, input.visit).await?;
    let event = VisitEvent { step: input.step, at: now, by: identity.person_id() };
    visit
        .apply(&event)
        .map_err(|e| ApiError::saying(ErrorCode::StateRefused, e.words()).detail(e))?;
    let edits = vec![FieldEdit::new("events", key, now.0)];
    session.edit(DocKind::WorkOrder, first.0, edits).await?;
    visit_open(app, VisitInput { visit: input.visit }).await
}

/// Ends a visit; HQ is told as a claim.
pub async fn visit_end(app: &Arc<App>, input: VisitEnd) -> ApiResult<VisitView> {
    let session = app.session().await?;
    let identity = session.identity().await?;
    let now = session.time().await?.at;
    let end = EndVisit {
        visit: input.visit,
        code: input.code,
        note: input.note,
        evidence: input.evidence,
        at: now,
    };
    let (mut visit, _) = visit_with_first_order(app, input.visit).await?;
    let event = VisitEvent { step: end.step(), at: now, by: identity.person_id() };
    visit
        .apply(&event)
        .map_err(|e| ApiError::saying(ErrorCode::StateRefused, e.words()).detail(e))?;
    session.claim(Claim::VisitEnd(end)).await?;
    visit_open(app, VisitInput { visit: input.visit }).await
}

/// Asks HQ for another slot; shown as pending until HQ answers.
pub async fn visit_reschedule(app: &Arc<App>, input: VisitReschedule) -> ApiResult<VisitView> {
    let session = app.session().await?;
    let claim = RescheduleVisit { visit: input.visit, wish: input.wish, reason: input.reason };
    session.claim(Claim::VisitReschedule(claim)).await?;
    visit_open(app, VisitInput { visit: input.visit }).await
}

/// Adds a note to a work order.
pub async fn note_add(app: &Arc<App>, input: NoteInput) -> ApiResult<VisitView> {
    let session = app.session().await?;
    let at = session.time().await?.at;
    let id = doorstep_domain::id::uuid_v7(at, session.noise());
    let edits = vec![
        FieldEdit::new("notes", format!("{id}/text"), input.text),
        FieldEdit::new("notes", format!("{id}/at"), at.0),
    ];
    session.edit(DocKind::WorkOrder, input.work_order.0, edits).await?;
    visit_open(app, VisitInput { visit: input.visit }).await
}

/// Notes a fact about the site.
pub async fn site_set(app: &Arc<App>, input: SiteInput) -> ApiResult<VisitView> {
    let session = app.session().await?;
    let visit: Visit = session.row("visit", input.visit.0).await?;
    let first = visit.work_orders.first().ok_or_else(|| ApiError::not_found("work order"))?;
    let edits = vec![FieldEdit { section: "site".into(), key: input.key, value: input.value }];
    session.edit(DocKind::WorkOrder, first.0, edits).await?;
    visit_open(app, VisitInput { visit: input.visit }).await
}

async fn visit_with_first_order(app: &Arc<App>, visit: VisitId) -> ApiResult<(Visit, WorkOrderId)> {
    let session = app.session().await?;
    session
        .db
        .read(move |conn| {
            let visit = visit_as_known(conn, visit.0)?;
            let first = visit.work_orders.first().copied();
            Ok((visit, first.ok_or_else(|| ApiError::not_found("work order"))?))
        })
        .await
}
