//! The one table of commands: what a screen may ask, with what, and which lists it makes stale.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::sync::Arc;
use ts_rs::TS;

use crate::{
    app::App,
    error::{ApiError, ApiResult},
    error_code::ErrorCode,
    usecase::{
        access, cards, clerk, conflicts, customers, find, inspecting, leads, leasing, loading,
        machines, offer, ordering, papers, parking, photos, planning, quarantine, quoting,
        reference, scan, signing, sync_center, today, visit_steps,
    },
};

/// A group of answers that a screen caches; a command names the groups it makes stale, so which
/// caches to drop is never guessed by a screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Tag {
    /// Lock state, enrolment, settings.
    Status,
    /// Lists of visits.
    Agenda,
    /// One visit with its work orders.
    Visit,
    /// Machines with their inspections.
    Machines,
    /// Photos and papers.
    Media,
    /// Quotes.
    Quotes,
    /// Combined orders and payments.
    Orders,
    /// Warranty cards.
    Cards,
    /// Tasks for a person at HQ.
    Tasks,
    /// What waits for HQ.
    Sync,
}

/// One command as the screens see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CommandInfo {
    /// Its name on the line between screen and core.
    pub name: &'static str,
    /// TypeScript name of what it takes.
    pub input: &'static str,
    /// TypeScript name of what it answers.
    pub output: &'static str,
    /// What it makes stale.
    pub invalidates: &'static [Tag],
}

macro_rules! commands {
    ($($name:ident($module:ident: $input:ident) -> $output:ident, invalidates [$($tag:ident),*];)+) => {
        /// Every command.
        pub const COMMANDS: &[CommandInfo] = &[$(CommandInfo {
            name: stringify!($name),
            input: stringify!($input),
            output: stringify!($output),
            invalidates: &[$(Tag::$tag),*],
        },)+];

        async fn dispatch(app: &Arc<App>, name: &str, input: Value) -> ApiResult<Value> {
            match name {
                $(stringify!($name) => {
                    let input: $module::$input =
                        serde_json::from_value(input).map_err(ApiError::bad_request)?;
                    let output: $module::$output = $module::$name(app, input).await?;
                    serde_json::to_value(output).map_err(ApiError::internal)
                })+
                _ => Err(ApiError::new(ErrorCode::UnknownCommand).detail(name)),
            }
        }

        /// Writes the TypeScript declarations of every input and output into a folder.
        pub fn export_types(config: &ts_rs::Config) -> Result<(), ts_rs::ExportError> {
            $(
                <$module::$input as TS>::export_all(config)?;
                <$module::$output as TS>::export_all(config)?;
            )+
            <ApiError as TS>::export_all(config)?;
            <Tag as TS>::export_all(config)
        }
    };
}

commands! {
    app_status(access: Nothing) -> AppStatus, invalidates [];
    enrol(access: EnrolInput) -> AppStatus, invalidates [Status];
    unlock(access: PinInput) -> AppStatus, invalidates [Status];
    lock(access: Nothing) -> AppStatus, invalidates [Status];
    pin_change(access: PinChange) -> AppStatus, invalidates [Status];

    today(today: TodayInput) -> TodayView, invalidates [];
    load_list(loading: TodayInput) -> LoadView, invalidates [];
    visit_open(today: VisitInput) -> VisitView, invalidates [];
    visit_steps(visit_steps: VisitInput) -> VisitSteps, invalidates [];
    visit_mark(today: VisitMark) -> VisitView, invalidates [Agenda, Visit, Sync];
    visit_end(today: VisitEnd) -> VisitView, invalidates [Agenda, Visit, Sync];
    visit_reschedule(today: VisitReschedule) -> VisitView, invalidates [Agenda, Visit, Sync];
    note_add(today: NoteInput) -> VisitView, invalidates [Visit, Sync];
    site_set(today: SiteInput) -> VisitView, invalidates [Visit, Sync];

    ticket_scan(scan: ScanInput) -> Ticket, invalidates [];
    label_scan(scan: ScanInput) -> ScanView, invalidates [];
    code_typed(scan: TypedInput) -> ScanView, invalidates [];

    machine_view(machines: MachineInput) -> MachineView, invalidates [];
    machine_set(machines: MachineSet) -> MachineView, invalidates [Machines, Visit, Sync];
    fault_set(machines: FaultSet) -> MachineView, invalidates [Machines, Sync];
    inspection_view(inspecting: InspectionInput) -> InspectionView, invalidates [];
    inspection_answer(inspecting: InspectionAnswer) -> InspectionView, invalidates [Machines, Sync];
    stop_use_settled(inspecting: StopUseSettled) -> InspectionView, invalidates [Machines, Sync];

    photo_add(photos: PhotoInput) -> PhotoView, invalidates [Media, Machines, Sync];
    photo_list(photos: SubjectInput) -> PhotoList, invalidates [];
    photo_bytes(photos: HashInput) -> MediaBytes, invalidates [];

    offer_view(offer: OfferInput) -> OfferView, invalidates [];
    reference_view(reference: ReferenceInput) -> ReferenceView, invalidates [];
    catalogue_list(offer: CatalogueInput) -> CatalogueView, invalidates [];

    quote_make(quoting: QuoteInput) -> QuoteView, invalidates [Quotes];
    quote_view(quoting: QuoteIdInput) -> QuoteView, invalidates [];
    quote_list(quoting: QuotesInput) -> QuoteList, invalidates [];
    bonus_list(leasing: BonusesInput) -> BonusesView, invalidates [];
    guarantees(leasing: GuaranteesInput) -> GuaranteesView, invalidates [];
    lease_list(leasing: Nothing) -> LeasesView, invalidates [];

    order_terms(signing: TermsInput) -> TermsView, invalidates [];
    order_terms_view(signing: OrderInput) -> DraftedTerms, invalidates [];
    stroke_add(signing: StrokeInput) -> StrokesView, invalidates [];
    strokes(signing: StrokesInput) -> StrokesView, invalidates [];
    strokes_clear(signing: StrokesInput) -> StrokesView, invalidates [];
    order_file(signing: FileInput) -> OrderView, invalidates [Orders, Agenda, Visit, Media, Sync];
    order_view(ordering: OrderInput) -> OrderView, invalidates [];
    order_cancel(ordering: CancelInput) -> OrderView, invalidates [Orders, Sync];
    payment_record(ordering: PaymentInput) -> OrderView, invalidates [Orders, Sync];
    lead_save(leads: LeadInput) -> LeadView, invalidates [Sync];

    paper_list(papers: SubjectInput) -> PaperList, invalidates [];
    paper_bytes(papers: HashInput) -> MediaBytes, invalidates [];
    card_paper(papers: CardPaperInput) -> PhotoView, invalidates [Media];

    card_view(cards: CardInput) -> CardView, invalidates [];
    card_issue(cards: CardIssue) -> CardView, invalidates [Cards, Sync];
    card_park(parking: CardPark) -> ParkedCards, invalidates [Cards];
    card_unpark(parking: CardUnpark) -> ParkedCards, invalidates [Cards];
    card_parked(parking: Nothing) -> ParkedCards, invalidates [];

    customer_view(customers: CustomerInput) -> CustomerView, invalidates [];
    find(find: FindInput) -> FindView, invalidates [];

    sync_status(sync_center: Nothing) -> SyncView, invalidates [];
    sync_now(sync_center: Nothing) -> SyncView, invalidates [Agenda, Visit, Orders, Cards, Tasks, Sync];
    photo_sending_set(sync_center: PhotoSendingSet) -> SyncView, invalidates [Sync];
    photos_now(sync_center: Nothing) -> SyncView, invalidates [Sync];
    outbox(sync_center: Nothing) -> OutboxView, invalidates [];
    outbox_settle(sync_center: OutboxSettle) -> OutboxView, invalidates [Agenda, Visit, Orders, Cards, Sync];

    board(clerk: BoardInput) -> BoardView, invalidates [];
    work_order_view(clerk: WorkOrderInput) -> WorkOrderView, invalidates [];
    crew_list(planning: CrewInput) -> CrewView, invalidates [];
    visit_plan(planning: VisitPlanInput) -> PlannedVisit, invalidates [Agenda, Visit, Tasks, Sync];
    pool_list(leasing: Nothing) -> PoolsView, invalidates [];
    task_list(clerk: Nothing) -> TaskList, invalidates [];
    task_decide(clerk: TaskDecide) -> TaskList, invalidates [Tasks, Orders, Sync];
    conflict_list(conflicts: Nothing) -> ConflictList, invalidates [];
    conflict_settle(conflicts: ConflictSettle) -> ConflictList, invalidates [Tasks, Agenda, Visit, Machines, Cards, Sync];
    quarantine_list(quarantine: Nothing) -> QuarantineList, invalidates [];
    quarantine_handle(quarantine: QuarantineHandle) -> QuarantineList, invalidates [Tasks, Sync];
}

impl App {
    /// Runs a command. A panic in it becomes an error and is logged; the core goes on.
    pub async fn call(self: &Arc<App>, name: &str, input: Value) -> ApiResult<Value> {
        let (app, command) = (Arc::clone(self), name.to_owned());
        let running = tokio::spawn(async move { dispatch(&app, &command, input).await });
        let done = running.await.unwrap_or_else(|panic| Err(ApiError::internal(panic)));
        if let Err(error) = &done {
            tracing::info!(command = name, code = ?error.code, detail = error.detail, "refused");
        }
        done
    }
}
