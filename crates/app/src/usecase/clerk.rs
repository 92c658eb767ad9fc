//! The clerk's and coordinator's desk: board, work orders, tasks.

use doorstep_domain::{
    claim::{Claim, DecideTask},
    id::{PersonId, TaskId, WorkOrderId},
    org::Person,
    rights::may_decide,
    task::{Decision, Remedy, Task},
    time::{Date, UtcMs},
    visit::VisitState,
    work_order::{Leg, WorkOrder},
};
use doorstep_store::device;
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
        today::{self, VisitRow, WorkOrderCard},
    },
};

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

/// What needs a person, by harm.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct TaskList {
    /// The tasks nobody has decided, then the decided ones.
    pub tasks: Vec<Task>,
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
            let mut rows = Vec::new();
            for entry in device::agenda(conn, day)? {
                let (row, visit) = today::read_visit(conn, entry.visit, now)?;
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
            let card = today::work_order_card(conn, id)?;
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
    session.db.read(|conn| Ok(TaskList { tasks: all_tasks(conn)? })).await
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

fn crew_name(conn: &rusqlite::Connection, id: PersonId) -> String {
    required_row::<Person>(conn, "person", id.0).map_or_else(|_| id.to_string(), |p| p.name)
}

fn open_tasks(conn: &rusqlite::Connection) -> ApiResult<Vec<Task>> {
    Ok(all_tasks(conn)?.into_iter().filter(|task| task.decision.is_none()).collect())
}

/// Undecided first, by harm and deadline; a decision of this device counts before HQ has answered.
fn all_tasks(conn: &rusqlite::Connection) -> ApiResult<Vec<Task>> {
    let mut tasks: Vec<Task> = device::rows_of_kind(conn, "task")?
        .iter()
        .map(|row| Ok(row.record()?))
        .collect::<ApiResult<_>>()?;
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
