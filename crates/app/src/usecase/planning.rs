//! The coordinator's planning: who goes where and when.

use doorstep_domain::{
    claim::{Claim, PlanVisit},
    id::{PersonId, VisitId, WorkOrderId},
    org::{Person, Role},
    time::Date,
    visit::{Slot, Visit},
    words::Words,
};
use doorstep_store::device;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use ts_rs::TS;

use crate::{
    app::App,
    error::{ApiError, ApiResult},
    session::{self, required_row},
    usecase::{
        record_state::{self, RecordState},
        visit_record,
    },
};

/// For which day.
#[derive(Debug, Default, Serialize, Deserialize, TS)]
pub struct CrewInput {
    /// `YYYY-MM-DD` in Asia/Shanghai; today by HQ's time if absent.
    #[serde(default)]
    #[ts(optional, type = "string")]
    pub day: Option<Date>,
    /// Only engineers of the store responsible for this visit: nobody else can be sent to it.
    #[serde(default)]
    #[ts(optional)]
    pub visit: Option<VisitId>,
}

/// An engineer who can be sent.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct CrewMember {
    /// The engineer.
    pub person: PersonId,
    /// By name.
    pub name: String,
    /// Certificates valid on the day.
    pub certificates: Vec<Words>,
    /// Visits of the day that are not over.
    pub visits: u32,
}

/// The engineers of the day, the least busy first.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct CrewView {
    /// The engineers.
    pub people: Vec<CrewMember>,
}

/// A visit to plan anew, or to change.
#[derive(Debug, Serialize, Deserialize, TS)]
pub struct VisitPlanInput {
    /// Which visit to change; absent for a new one.
    #[serde(default)]
    #[ts(optional)]
    pub visit: Option<VisitId>,
    /// The work orders of a new visit.
    #[serde(default)]
    pub work_orders: Vec<WorkOrderId>,
    /// Who goes; the first leads.
    pub crew: Vec<PersonId>,
    /// When.
    pub slot: Slot,
}

/// What was planned; HQ has the last word.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct PlannedVisit {
    /// The visit.
    pub visit: VisitId,
    /// Where the plan stands between this device and HQ.
    pub record: RecordState,
}

/// The engineers who can be sent on a day.
pub async fn crew_list(app: &Arc<App>, input: CrewInput) -> ApiResult<CrewView> {
    let session = app.session().await?;
    let host = Arc::clone(&app.host);
    session
        .db
        .read(move |conn| {
            let now = session::estimated_time(conn, host.as_ref())?.at;
            let day = input.day.unwrap_or_else(|| now.shanghai_day());
            let store = match input.visit {
                Some(visit) => Some(required_row::<Visit>(conn, "visit", visit.0)?.store),
                None => None,
            };
            let mut busy: Vec<PersonId> = Vec::new();
            for entry in device::agenda(conn, day)? {
                let visit = visit_record::visit_as_known(conn, entry.visit);
                let Some(visit) = ApiError::left_out(visit)? else { continue };
                if !visit.state.is_over() {
                    busy.extend(visit.crew);
                }
            }
            let mut people = Vec::new();
            for row in device::rows_of_kind(conn, "person")? {
                let Ok(person) = row.record::<Person>() else { continue };
                let of_store = store.is_none_or(|store| person.org == store);
                if person.role == Role::Engineer && person.is_active(day) && of_store {
                    people.push(member(person, &busy, day));
                }
            }
            people.sort_by(|a, b| (a.visits, &a.name).cmp(&(b.visits, &b.name)));
            Ok(CrewView { people })
        })
        .await
}

/// Plans a visit; it is durable when this returns, and shown as planned until HQ says otherwise.
pub async fn visit_plan(app: &Arc<App>, input: VisitPlanInput) -> ApiResult<PlannedVisit> {
    let session = app.session().await?;
    let at = session.time().await?.at;
    let visit = input.visit.unwrap_or_else(|| VisitId::new(at, session.noise()));
    let plan =
        PlanVisit { visit, work_orders: input.work_orders, crew: input.crew, slot: input.slot };
    session.claim(Claim::VisitPlan(plan)).await?;
    let record = session.db.read(move |conn| record_state::of(conn, &[visit.0])).await?;
    Ok(PlannedVisit { visit, record })
}

fn member(person: Person, busy: &[PersonId], day: Date) -> CrewMember {
    let visits = busy.iter().filter(|id| **id == person.id).count();
    let valid = person.certificates.iter().filter(|held| day <= held.valid_until);
    CrewMember {
        person: person.id,
        certificates: valid.map(|held| held.kind.words()).collect(),
        name: person.name,
        visits: u32::try_from(visits).unwrap_or(u32::MAX),
    }
}
