//! What goes on the van in the morning.

use doorstep_domain::{
    id::VisitId,
    steps::{LoadLine, StepBook, load_list as add_up},
    time::Date,
    vocabulary::Vocabulary,
    work_order::{Leg, WorkOrder},
};
use doorstep_store::device;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use ts_rs::TS;

pub use super::today::TodayInput;
use crate::{
    app::App,
    bundles,
    error::{ApiError, ApiResult},
    session::required_row,
    usecase::visit_record,
};

/// The load list of a day (装车清单).
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct LoadView {
    /// The day.
    #[ts(type = "string")]
    pub day: Date,
    /// New machines, then material and tools, then room for old machines.
    pub lines: Vec<LoadLine>,
}

/// What the visits of a day need, summed up; visits that are over need nothing.
pub async fn load_list(app: &Arc<App>, input: TodayInput) -> ApiResult<LoadView> {
    let session = app.session().await?;
    let today = session.time().await?.at.shanghai_day();
    let day = input.day.unwrap_or(today);
    let books = bundles::books_on(&session, today).await?;
    session
        .db
        .read(move |conn| {
            let steps = bundles::book_on(conn, "steps", today, StepBook::from_json)?;
            let vocabulary = bundles::book_on(conn, "vocabulary", today, Vocabulary::from_json)?;
            let mut legs: Vec<(VisitId, Leg)> = Vec::new();
            for entry in device::agenda(conn, day)? {
                let visit = visit_record::visit_as_known(conn, entry.visit);
                let Some(visit) = ApiError::left_out(visit)? else { continue };
                if visit.state.is_over() {
                    continue;
                }
                for order in &visit.work_orders {
                    let order = required_row::<WorkOrder>(conn, "work_order", order.0);
                    let Some(order) = ApiError::left_out(order)? else { continue };
                    let planned = order.legs.into_iter().filter(|leg| leg.visit == Some(visit.id));
                    legs.extend(planned.map(|leg| (visit.id, leg)));
                }
            }
            let stops = legs.iter().map(|(visit, leg)| (*visit, leg));
            Ok(LoadView { day, lines: add_up(&steps, &books.catalogue, &vocabulary, stops) })
        })
        .await
}
