//! The conflict inbox: what people wrote differently, and the desk's decision on it.

use doorstep_domain::{
    conflict::{Conflict, Written},
    facts::{DocKind, FieldEdit, Scalar},
    id::{ConflictId, PersonId},
    org::Person,
    rights::may_settle,
    time::UtcMs,
    words::Words,
};
use doorstep_store::device;
use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use ts_rs::TS;
use uuid::Uuid;

pub use super::access::Nothing;
use crate::{
    app::App,
    bundles,
    error::{ApiError, ApiResult},
    error_code::ErrorCode,
    session::{self, required_row},
    usecase::{
        field_words::FieldWords,
        find::{self, Found},
        record_state::{self, Standing},
    },
};

/// HQ's rows of conflicts.
const ROW: &str = "conflict";

/// A decision on one conflict: one of its values, or another of the same type.
#[derive(Debug, Serialize, Deserialize, TS)]
pub struct ConflictSettle {
    /// The conflict.
    pub conflict: ConflictId,
    /// The value that is to hold.
    pub value: Scalar,
}

/// One value, with who wrote it and when.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct ValueView {
    /// The value.
    pub value: Scalar,
    /// In words.
    pub text: Words,
    /// Who wrote it; absent where that is not known here.
    pub by: Option<String>,
    /// When, by the writer's clock.
    pub at: UtcMs,
}

/// How a conflict ended.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct SettledView {
    /// The value that holds, with who decided and when.
    pub value: ValueView,
    /// What it was decided among.
    pub among: Vec<ValueView>,
}

/// A decision made on this device that HQ has not taken in.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct DecidedHere {
    /// The value in words.
    pub text: Words,
    /// Where it stands.
    pub state: Standing,
    /// The state in words.
    pub state_words: Words,
    /// Why HQ refused it.
    pub reason: Option<Words>,
}

/// How another value may be given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Typed {
    /// As text.
    Text,
    /// As a whole number.
    Number,
    /// Not at all: one of the values holds.
    ChoiceOnly,
}

/// One field that people wrote differently.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct ConflictRow {
    /// Which.
    pub conflict: ConflictId,
    /// Somebody has to decide.
    pub open: bool,
    /// The kind of record in words.
    pub record_words: Words,
    /// The record, if this device knows it.
    pub record: Option<Found>,
    /// The field.
    pub field: Words,
    /// The values in dispute, the oldest first.
    pub values: Vec<ValueView>,
    /// How another value may be given.
    pub typed: Typed,
    /// When HQ learnt of it.
    pub raised_at: UtcMs,
    /// How it ended before, the latest first.
    pub settled: Vec<SettledView>,
    /// What was decided here.
    pub here: Option<DecidedHere>,
}

/// The conflicts of the desk's stores: the open ones, oldest first, then the settled ones, latest
/// first.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct ConflictList {
    /// Whether this person may settle them.
    pub may_settle: bool,
    /// The conflicts.
    pub conflicts: Vec<ConflictRow>,
}

/// What people wrote differently.
pub async fn conflict_list(app: &Arc<App>, _: Nothing) -> ApiResult<ConflictList> {
    let session = app.session().await?;
    let today = session.time().await?.at.shanghai_day();
    let books = bundles::books_on(&session, today).await.ok();
    session
        .db
        .read(move |conn| {
            let words = FieldWords::on(conn, today, books);
            let role = session::required_identity(conn)?.person.role;
            let mut conflicts = Vec::new();
            for row in device::rows_of_kind(conn, ROW)? {
                conflicts.push(conflict_row(conn, &words, &row.record()?)?);
            }
            conflicts.sort_by_key(|row| {
                let ended = row.settled.first().map_or(UtcMs(0), |settled| settled.value.at);
                if row.open { (false, row.raised_at.0) } else { (true, -ended.0) }
            });
            Ok(ConflictList { may_settle: may_settle(role), conflicts })
        })
        .await
}

/// Settles a conflict: an edit on top of every value, durable when this returns.
pub async fn conflict_settle(app: &Arc<App>, input: ConflictSettle) -> ApiResult<ConflictList> {
    let session = app.session().await?;
    let host = Arc::clone(&app.host);
    session
        .db
        .write(move |tx, open| {
            let conflict: Conflict = required_row(tx, ROW, input.conflict.0)?;
            if !may_settle(session::required_identity(tx)?.person.role) {
                return Err(ApiError::new(ErrorCode::NotAllowed));
            }
            // On a version without the rivals it would only be one more of them.
            let document = session::load(tx, conflict.record)?;
            let seen = match &document {
                Some(document) => document.written(&conflict.section, &conflict.key)?,
                None => Vec::new(),
            };
            if !conflict.is_open() || seen.len() < 2 {
                let words = Words::new(
                    "这条冲突刚有变化，请看最新情况",
                    "This conflict has just changed; look at how it stands now",
                );
                return Err(ApiError::saying(ErrorCode::StateRefused, words));
            }
            if !fits(&conflict.values, &input.value) {
                return Err(ApiError::bad_request("a value of another type"));
            }
            let edit =
                FieldEdit { section: conflict.section, key: conflict.key, value: input.value };
            let edits = [edit];
            let (kind, record) = (conflict.kind, conflict.record);
            session::write_document(tx, open, kind, record, &edits, host.as_ref())
        })
        .await?;
    session.work_added();
    conflict_list(app, Nothing {}).await
}

/// Whether a value has the type of one in dispute.
fn fits(values: &[Written], value: &Scalar) -> bool {
    let type_of = std::mem::discriminant::<Scalar>;
    values.iter().any(|one| type_of(&one.value) == type_of(value))
}

fn conflict_row(
    conn: &Connection,
    words: &FieldWords,
    conflict: &Conflict,
) -> ApiResult<ConflictRow> {
    let (section, key) = (conflict.section.as_str(), conflict.key.as_str());
    let view = |value: &Scalar, by: Option<PersonId>, at: UtcMs| ValueView {
        value: value.clone(),
        text: words.value(section, key, value),
        by: by.and_then(|by| name_of(conn, by)),
        at,
    };
    let views = |values: &[Written]| -> Vec<ValueView> {
        values.iter().map(|one| view(&one.value, one.by, one.at)).collect()
    };
    let settled = conflict.settled.iter().rev().map(|settled| SettledView {
        value: view(&settled.value, Some(settled.by), settled.at),
        among: views(&settled.among),
    });
    let here = decided_here(conn, words, conflict)?;
    let waits = here.as_ref().is_some_and(|here| here.state != Standing::NeedsAction);
    Ok(ConflictRow {
        conflict: conflict.id,
        open: conflict.is_open() && !waits,
        record_words: record_words(conflict.kind),
        record: record_of(conn, conflict.kind, conflict.record),
        field: words.field(section, key),
        values: views(&conflict.values),
        typed: typed(&conflict.values),
        raised_at: conflict.raised_at,
        settled: settled.collect(),
        here,
    })
}

/// The latest edit of the field on this device that HQ has not taken in.
fn decided_here(
    conn: &Connection,
    words: &FieldWords,
    conflict: &Conflict,
) -> ApiResult<Option<DecidedHere>> {
    if !conflict.is_open() {
        return Ok(None);
    }
    for record in device::edits_about(conn, conflict.record, &conflict.section)?.iter().rev() {
        let wrote =
            |edit: &&FieldEdit| edit.section == conflict.section && edit.key == conflict.key;
        if let Some(edit) = record.edits.iter().rev().find(wrote) {
            let (state, reason) = record_state::of_edit(record);
            let text = words.value(&conflict.section, &conflict.key, &edit.value);
            return Ok(Some(DecidedHere { text, state, state_words: state.words(), reason }));
        }
    }
    Ok(None)
}

/// A yes or no is chosen; anything else may be typed.
fn typed(values: &[Written]) -> Typed {
    let any = |test: fn(&Scalar) -> bool| values.iter().any(|one| test(&one.value));
    if any(|value| matches!(value, Scalar::Text(_))) {
        Typed::Text
    } else if any(|value| matches!(value, Scalar::Int(_))) {
        Typed::Number
    } else {
        Typed::ChoiceOnly
    }
}

pub(crate) fn name_of(conn: &Connection, id: PersonId) -> Option<String> {
    required_row::<Person>(conn, "person", id.0).ok().map(|person| person.name)
}

/// The record a document is about, if this device knows it.
pub(crate) fn record_of(conn: &Connection, kind: DocKind, id: Uuid) -> Option<Found> {
    find::describe(conn, kind.name(), id).ok()
}

pub(crate) fn record_words(kind: DocKind) -> Words {
    match kind {
        DocKind::WorkOrder => Words::new("工单", "Work order"),
        DocKind::Asset => Words::new("机器", "Machine"),
        DocKind::Card => Words::new("保修卡", "Warranty card"),
    }
}
