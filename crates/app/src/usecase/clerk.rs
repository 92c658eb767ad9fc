//! The clerk's and coordinator's desk: board, work orders, tasks.

use doorstep_domain::{
    card::WarrantyCard,
    claim::{Claim, DecideTask},
    combined_order::CombinedOrder,
    id::{CardId, PersonId, TaskId, VisitId, WorkOrderId},
    org::{Person, Role},
    rights::may_decide,
    task::{Decision, Remedy, Subject, Task},
    time::{Date, UtcMs},
    visit::{Visit, VisitState},
    work_order::{Leg, WorkOrder},
};
use doorstep_store::{device, search};
use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use ts_rs::TS;

pub use super::access::Nothing;
use crate::{
    app::App,
    error::{ApiError, ApiResult},
    error_code::ErrorCode,
    session::{self, required_row},
    usecase::{
        ordering::{self, FiledOrder},
        photos::{PhotoView, media_list},
        today::{VisitRow, WorkOrderCard},
        visit_record::{self, OpenClaims},
    },
};

/// Cards shown beside each other when they claim one serial.
const MOST_CARDS: usize = 10;

/// Which day.
#[derive(Debug, Default, Serialize, Deserialize, TS)]
pub struct BoardInput {
    /// `YYYY-MM-DD` in Asia/Shanghai; today by HQ's time if absent.
    #[serde(default)]
    #[ts(optional, type = "string")]
    pub day: Option<Date>,
}

/// The counters that are also the board's filters.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct BoardCounts {
    /// Visits without a crew.
    pub unassigned: u32,
    /// Visits of the day.
    pub today: u32,
    /// Visits past their slot.
    pub late: u32,
    /// Tasks nobody has decided.
    pub needs_action: u32,
}

/// One visit on the board.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct BoardRow {
    /// The visit.
    pub row: VisitRow,
    /// The crew's names.
    pub crew: Vec<String>,
    /// Its work orders.
    pub work_orders: Vec<WorkOrderId>,
}

/// The day's visits, the most harmful first.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct BoardView {
    /// The day.
    #[ts(type = "string")]
    pub day: Date,
    /// The counters.
    pub counts: BoardCounts,
    /// The visits.
    pub rows: Vec<BoardRow>,
}

/// Which work order.
#[derive(Debug, Serialize, Deserialize, TS)]
pub struct WorkOrderInput {
    /// The work order.
    pub work_order: WorkOrderId,
}

/// A work order with everything the desk needs: legs, orders, photos, papers.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct WorkOrderView {
    /// The work order with its facts.
    pub card: WorkOrderCard,
    /// Its legs, each with its own state.
    pub legs: Vec<Leg>,
    /// The combined orders filed for it.
    pub orders: Vec<FiledOrder>,
    /// Photos of the work order and of its machines.
    pub photos: Vec<PhotoView>,
    /// Papers.
    pub papers: Vec<PhotoView>,
}

/// One task, with the way to what it is about.
#[derive(Debug, Clone, Serialize, TS)]
pub struct TaskRow {
    /// The task.
    #[serde(flatten)]
    pub task: Task,
    /// The work order it is about, if this device knows it.
    pub work_order: Option<WorkOrderId>,
    /// The latest visit that carries the work order.
    pub visit: Option<VisitId>,
    /// The warranty cards it is about: two where they claim one serial.
    pub cards: Vec<CardId>,
    /// The remedies this person may choose.
    pub may: Vec<Remedy>,
}

/// What needs a person, by harm.
#[derive(Debug, Clone, Serialize, TS)]
pub struct TaskList {
    /// The tasks nobody has decided, then the decided ones.
    pub tasks: Vec<TaskRow>,
}

/// A decision on a task.
#[derive(Debug, Serialize, Deserialize, TS)]
pub struct TaskDecide {
    /// The task.
    pub task: TaskId,
    /// One of its remedies.
    pub remedy: Remedy,
    /// Why.
    #[serde(default)]
    pub note: String,
}

/// The board of a day.
pub async fn board(app: &Arc<App>, input: BoardInput) -> ApiResult<BoardView> {
    let session = app.session().await?;
    let host = Arc::clone(&app.host);
    session
        .db
        .read(move |conn| {
            let now: UtcMs = session::estimated_time(conn, host.as_ref())?.at;
            let day = input.day.unwrap_or_else(|| now.shanghai_day());
            let open_claims = OpenClaims::read(conn)?;
            let mut rows = Vec::new();
            for entry in device::agenda(conn, day)? {
                let line = visit_record::read_visit(conn, entry.visit, &open_claims, now);
                let Some((row, visit)) = ApiError::left_out(line)? else { continue };
                let crew = visit.crew.iter().map(|id| crew_name(conn, *id)).collect();
                rows.push(BoardRow { row, crew, work_orders: visit.work_orders });
            }
            let open = open_tasks(conn)?;
            let count = |test: &dyn Fn(&BoardRow) -> bool| {
                u32::try_from(rows.iter().filter(|row| test(row)).count()).unwrap_or(u32::MAX)
            };
            let counts = BoardCounts {
                unassigned: count(&|row| row.crew.is_empty()),
                today: count(&|_| true),
                late: count(&|row| row.row.late.is_some()),
                needs_action: u32::try_from(open.len()).unwrap_or(u32::MAX),
            };
            rows.sort_by_key(|row| {
                let broken = matches!(row.row.state, VisitState::Ended { .. });
                (!broken, row.row.late.is_none(), !row.crew.is_empty(), row.row.slot.start)
            });
            Ok(BoardView { day, counts, rows })
        })
        .await
}

/// A work order for the inspector.
pub async fn work_order_view(app: &Arc<App>, input: WorkOrderInput) -> ApiResult<WorkOrderView> {
    let session = app.session().await?;
    let id = input.work_order;
    let (card, record, orders) = session
        .db
        .read(move |conn| {
            let card = visit_record::work_order_card(conn, id)?;
            let record: WorkOrder = required_row(conn, "work_order", id.0)?;
            Ok((card, record, ordering::orders_of(conn, id)?))
        })
        .await?;
    let mut photos = media_list(&session, id.0, "photo").await?;
    for asset in &card.assets {
        photos.extend(media_list(&session, asset.0, "photo").await?);
    }
    let papers = media_list(&session, id.0, "paper").await?;
    Ok(WorkOrderView { card, legs: record.legs, orders, photos, papers })
}

/// What needs a person.
pub async fn task_list(app: &Arc<App>, _: Nothing) -> ApiResult<TaskList> {
    let session = app.session().await?;
    session
        .db
        .read(|conn| {
            let role = session::required_identity(conn)?.person.role;
            let tasks = all_tasks(conn)?.into_iter().map(|task| task_row(conn, task, role));
            Ok(TaskList { tasks: tasks.collect::<ApiResult<_>>()? })
        })
        .await
}

/// Decides a task; HQ carries the remedy out.
pub async fn task_decide(app: &Arc<App>, input: TaskDecide) -> ApiResult<TaskList> {
    let session = app.session().await?;
    let identity = session.identity().await?;
    if !may_decide(identity.person.role, input.remedy) {
        return Err(ApiError::new(ErrorCode::NotAllowed));
    }
    let at = session.time().await?.at;
    let mut task: Task = session.row("task", input.task.0).await?;
    let decision =
        Decision { remedy: input.remedy, by: identity.person_id(), at, note: input.note };
    task.decide(decision.clone())
        .map_err(|e| ApiError::saying(ErrorCode::StateRefused, e.words()).detail(e))?;
    session.claim(Claim::TaskDecide(DecideTask { task: input.task, decision })).await?;
    task_list(app, Nothing {}).await
}

fn task_row(conn: &Connection, task: Task, role: Role) -> ApiResult<TaskRow> {
    let order_and_its_visit =
        |order| -> ApiResult<_> { Ok((Some(order), visit_record::visit_of(conn, order)?)) };
    let (work_order, visit) = match task.subject {
        Subject::WorkOrder(id) => order_and_its_visit(id)?,
        Subject::Order(id) => match required_row::<CombinedOrder>(conn, "order", id.0) {
            Ok(order) => order_and_its_visit(order.signed.terms.work_order)?,
            Err(_) => (None, None),
        },
        Subject::Visit(id) => match required_row::<Visit>(conn, "visit", id.0) {
            Ok(visit) => (visit.work_orders.first().copied(), Some(id)),
            Err(_) => (None, None),
        },
        _ => (None, None),
    };
    let cards = match task.subject {
        Subject::Card(id) => cards_with_serials_of(conn, id)?,
        _ => Vec::new(),
    };
    let may = task.remedies.iter().copied().filter(|remedy| may_decide(role, *remedy)).collect();
    Ok(TaskRow { task, work_order, visit, cards, may })
}

/// A card, and every other that carries one of its serials.
fn cards_with_serials_of(conn: &Connection, id: CardId) -> ApiResult<Vec<CardId>> {
    let Ok(card) = required_row::<WarrantyCard>(conn, "card", id.0) else {
        return Ok(Vec::new());
    };
    let mut cards = vec![id];
    for serial in &card.serials {
        for hit in search::find_kinds(conn, &["card"], serial, MOST_CARDS)? {
            let found = hit.id.parse().map_err(ApiError::internal)?;
            let other: WarrantyCard = required_row(conn, "card", found)?;
            if other.serials.contains(serial) && !cards.contains(&other.id) {
                cards.push(other.id);
            }
        }
    }
    Ok(cards)
}

fn crew_name(conn: &Connection, id: PersonId) -> String {
    required_row::<Person>(conn, "person", id.0).map_or_else(|_| id.to_string(), |p| p.name)
}

fn open_tasks(conn: &Connection) -> ApiResult<Vec<Task>> {
    Ok(all_tasks(conn)?.into_iter().filter(|task| task.decision.is_none()).collect())
}

/// Undecided first, by harm and deadline; a decision of this device counts before HQ has answered.
fn all_tasks(conn: &Connection) -> ApiResult<Vec<Task>> {
    // A task in words that this version does not know is another version's to decide.
    let mut tasks: Vec<Task> =
        device::rows_of_kind(conn, "task")?.iter().filter_map(|row| row.record().ok()).collect();
    for command in device::commands_of_kind(conn, "task_decide")? {
        if command.decision.is_none()
            && let Ok(Claim::TaskDecide(decided)) = serde_json::from_str(&command.claim)
            && let Some(task) = tasks.iter_mut().find(|task| task.id == decided.task)
        {
            task.decision = Some(decided.decision);
        }
    }
    tasks.sort_by_key(|task| (task.decision.is_some(), task.kind.harm(), task.deadline));
    Ok(tasks)
}
