//! The steps of a visit from the template of its job: what is done, what is still shut, and why.

use doorstep_domain::{
    catalogue::{Catalogue, Category},
    id::VisitId,
    steps::{Gate, GateRefusal, Step, StepBook, StepFacts, gate},
    time::Date,
    visit::VisitState,
    words::Words,
    work_order::WorkOrder,
};
use doorstep_store::device;
use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use ts_rs::TS;

pub use super::today::VisitInput;
use crate::{
    app::App,
    bundles,
    error::ApiResult,
    session::{self, required_row},
    usecase::{inspecting, machines, ordering, visit_record::visit_as_known},
};

/// One step as it stands.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct StepView {
    /// The step of the template, such as `inspect`.
    pub id: String,
    /// What people call it.
    pub name: Words,
    /// Whether it is done.
    pub done: bool,
    /// Guided photos taken.
    pub photos: u32,
    /// Guided photos wanted.
    pub photos_wanted: u32,
    /// Why it may not begin yet.
    pub shut: Vec<Words>,
}

/// The steps of a visit, in order.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct VisitSteps {
    /// The visit.
    pub visit: VisitId,
    /// The steps of the template of its first work order's job.
    pub steps: Vec<StepView>,
}

/// What is true at the door, beyond the gates.
struct Standing {
    facts: StepFacts,
    /// The crew is there.
    arrived: bool,
    /// Shots wanted of the inspected machine.
    shots: Vec<String>,
    /// The visit is over.
    over: bool,
}

/// The steps of a visit.
pub async fn visit_steps(app: &Arc<App>, input: VisitInput) -> ApiResult<VisitSteps> {
    let session = app.session().await?;
    let today = session.time().await?.at.shanghai_day();
    let books = bundles::books_on(&session, today).await.ok();
    session
        .db
        .read(move |conn| {
            let visit = visit_as_known(conn, input.visit.0)?;
            let Some(first) = visit.work_orders.first() else {
                return Ok(VisitSteps { visit: input.visit, steps: Vec::new() });
            };
            let order: WorkOrder = required_row(conn, "work_order", first.0)?;
            let book = bundles::book_on(conn, "steps", today, StepBook::from_json)?;
            let catalogue = books.as_deref().map(|books| &books.catalogue);
            let standing = standing(conn, &order, visit.state, catalogue, today)?;
            let steps = book.visit_steps(order.job).map_or(&[][..], |template| &template.steps);
            let steps = steps.iter().map(|step| view(step, &standing)).collect();
            Ok(VisitSteps { visit: input.visit, steps })
        })
        .await
}

fn standing(
    conn: &Connection,
    order: &WorkOrder,
    state: VisitState,
    catalogue: Option<&Catalogue>,
    today: Date,
) -> ApiResult<Standing> {
    let mut facts = StepFacts::default();
    let mut shots = Vec::new();
    let noted = session::view_document(conn, order.id.0)?;
    for asset in machines::machines_of(order, noted.as_ref()) {
        let machine = machines::read_machine(conn, asset, catalogue, today)?;
        let category = Category(machine.asset.category.clone());
        let known = catalogue.and_then(|catalogue| catalogue.category(&category));
        shots.extend(known.map(|facts| facts.shots.clone()).unwrap_or_default());
        facts.photos.extend(machine.shots.values().cloned());
        if !machine.asset.model.is_empty() || !machine.cards.is_empty() {
            facts.met.insert(Gate::Identified);
        }
        let inspection = inspecting::inspect(conn, machine, today)?;
        facts.open_stop_use |= inspection.open_stop_use;
        if inspection.report.is_complete() {
            facts.met.insert(Gate::Inspection);
        }
    }
    if !device::quotes_of(conn, order.id.0)?.is_empty() {
        facts.met.insert(Gate::Quote);
    }
    if !ordering::orders_of(conn, order.id)?.is_empty() {
        facts.met.insert(Gate::Signature);
    }
    let person = session::required_identity(conn)?.person;
    facts.certificates = person
        .certificates
        .iter()
        .filter(|held| held.valid_until >= today)
        .map(|held| held.kind)
        .collect();
    let arrived = !matches!(state, VisitState::Planned | VisitState::SetOff);
    Ok(Standing { facts, arrived, shots, over: state.is_over() })
}

fn view(step: &Step, standing: &Standing) -> StepView {
    let met = |gate| standing.facts.met.contains(&gate);
    let wanted = if step.id == "inspect" { &standing.shots } else { &step.photos };
    let taken = wanted.iter().filter(|shot| standing.facts.photos.contains(*shot)).count();
    let done = match step.id.as_str() {
        "arrive" => standing.arrived,
        "identify" => met(Gate::Identified),
        "inspect" => met(Gate::Inspection),
        "options" | "quote" => met(Gate::Quote),
        "sign" => met(Gate::Signature),
        _ => standing.over,
    };
    let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    StepView {
        id: step.id.clone(),
        name: step.name.clone(),
        done,
        photos: count(taken),
        photos_wanted: count(wanted.len()),
        shut: gate(step, &standing.facts).iter().map(GateRefusal::words).collect(),
    }
}
