//! The inspection of an old machine: answers, findings, and the stop-use gate.

use doorstep_domain::{
    facts::{DocKind, FactView, FieldEdit, Scalar},
    id::AssetId,
    inspection::{
        Answer, Check, CheckResult, Checklist, InspectionReport, InspectionSubject, judge,
    },
    time::Date,
};
use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use std::{collections::BTreeSet, sync::Arc};
use ts_rs::TS;

use crate::{
    app::App,
    bundles,
    error::{ApiError, ApiResult},
    error_code::ErrorCode,
    usecase::machines::{self, MachineView},
};

/// The key under which making a machine safe is noted: what was done.
const SETTLED: &str = "stop_use/settled";

/// Which machine.
#[derive(Debug, Serialize, Deserialize, TS)]
pub struct InspectionInput {
    /// The machine.
    pub asset: AssetId,
}

/// The answer to one check.
#[derive(Debug, Serialize, Deserialize, TS)]
pub struct InspectionAnswer {
    /// The machine.
    pub asset: AssetId,
    /// The check.
    pub check: String,
    /// What was found.
    pub result: CheckResult,
}

/// A dangerous machine has been made safe.
#[derive(Debug, Serialize, Deserialize, TS)]
pub struct StopUseSettled {
    /// The machine.
    pub asset: AssetId,
    /// What was done: valve shut, tagged, customer told.
    pub measure: String,
}

/// An inspection as it stands.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct InspectionView {
    /// The machine.
    pub machine: MachineView,
    /// The checks that apply to it.
    pub checks: Vec<Check>,
    /// The answers so far.
    pub answers: Vec<Answer>,
    /// What follows from them.
    pub report: InspectionReport,
    /// A stop-use finding is open: no price is shown until it is settled.
    pub open_stop_use: bool,
    /// What was done about it.
    pub settled: Option<String>,
}

/// The inspection of a machine.
pub async fn inspection_view(app: &Arc<App>, input: InspectionInput) -> ApiResult<InspectionView> {
    let session = app.session().await?;
    let today = session.time().await?.at.shanghai_day();
    let books = bundles::books_on(&session, today).await.ok();
    session
        .db
        .read(move |conn| {
            let catalogue = books.as_deref().map(|books| &books.catalogue);
            let machine = machines::read_machine(conn, input.asset, catalogue, today)?;
            inspect(conn, machine, today)
        })
        .await
}

/// Notes the answer to one check.
pub async fn inspection_answer(
    app: &Arc<App>,
    input: InspectionAnswer,
) -> ApiResult<InspectionView> {
    let session = app.session().await?;
    let edit = match input.result {
        CheckResult::Reading(number) => FieldEdit::new("readings", input.check, number),
        other => FieldEdit::new("checks", input.check, answer_text(&other)),
    };
    session.edit(DocKind::Asset, input.asset.0, vec![edit]).await?;
    inspection_view(app, InspectionInput { asset: input.asset }).await
}

/// Notes that a dangerous machine was made safe and tagged, which opens the price pages.
pub async fn stop_use_settled(app: &Arc<App>, input: StopUseSettled) -> ApiResult<InspectionView> {
    if input.measure.trim().is_empty() {
        return Err(ApiError::new(ErrorCode::ClaimRefused).detail("no measure given"));
    }
    let session = app.session().await?;
    let edits = vec![FieldEdit::new("checks", SETTLED, input.measure)];
    session.edit(DocKind::Asset, input.asset.0, edits).await?;
    inspection_view(app, InspectionInput { asset: input.asset }).await
}

/// The inspection as it follows from a machine's facts.
pub(crate) fn inspect(
    conn: &Connection,
    machine: MachineView,
    today: Date,
) -> ApiResult<InspectionView> {
    let checklist = bundles::book_on(conn, "checklists", today, Checklist::from_json)?;
    let answers =
        machine.facts.as_ref().map_or_else(Vec::new, |facts| answers_of(facts, &checklist));
    let settled =
        machine.facts.as_ref().and_then(|facts| facts.text("checks", SETTLED)).map(str::to_owned);
    let subject = InspectionSubject {
        category: doorstep_domain::catalogue::Category(machine.asset.category.clone()),
        sub: machine.asset.subtype.clone().unwrap_or_default(),
        safe_life: machine.safe_life.clone(),
    };
    let photos: BTreeSet<String> = machine.shots.values().cloned().collect();
    let report = judge(&checklist, &subject, &answers, &photos);
    let checks = checklist.checks_for(&subject.category, &subject.sub).cloned().collect::<Vec<_>>();
    Ok(InspectionView {
        open_stop_use: report.stop_use && settled.is_none(),
        machine,
        checks,
        answers,
        report,
        settled,
    })
}

fn answer_text(result: &CheckResult) -> Scalar {
    Scalar::Text(match result {
        CheckResult::Pass => "pass".into(),
        CheckResult::Fail => "fail".into(),
        CheckResult::Photographed => "photographed".into(),
        CheckResult::Choice(code) => format!("choice:{code}"),
        CheckResult::NotChecked(reason) => format!("not_checked:{reason}"),
        CheckResult::Reading(number) => number.to_string(),
    })
}

/// Every answer in the document, rivals included: of two answers to one check the worse counts.
fn answers_of(facts: &FactView, checklist: &Checklist) -> Vec<Answer> {
    let mut answers = Vec::new();
    for section in ["checks", "readings"] {
        for (key, fact) in facts.sections.get(section).into_iter().flatten() {
            if checklist.check(key).is_none() {
                continue;
            }
            for value in std::iter::once(&fact.value).chain(&fact.rivals) {
                if let Some(result) = read_answer(value) {
                    answers.push(Answer { check: key.clone(), result });
                }
            }
        }
    }
    answers
}

fn read_answer(value: &Scalar) -> Option<CheckResult> {
    match value {
        Scalar::Int(number) => Some(CheckResult::Reading(*number)),
        Scalar::Text(text) => Some(match text.split_once(':') {
            Some(("choice", code)) => CheckResult::Choice(code.to_owned()),
            Some(("not_checked", reason)) => CheckResult::NotChecked(reason.to_owned()),
            _ => match text.as_str() {
                "pass" => CheckResult::Pass,
                "fail" => CheckResult::Fail,
                "photographed" => CheckResult::Photographed,
                _ => return None,
            },
        }),
        _ => None,
    }
}
