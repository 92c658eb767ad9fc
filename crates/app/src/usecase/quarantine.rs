//! Quarantine: changes HQ refused, for a coordinator to release or discard.

use doorstep_domain::{
    claim::{Claim, HandleQuarantine},
    decision::Decision,
    facts::Scalar,
    id::QuarantineId,
    quarantine::{Handling, Quarantined, reason_words},
    time::UtcMs,
    words::Words,
};
use doorstep_store::device;
use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use ts_rs::TS;

pub use super::access::Nothing;
use crate::{
    app::App,
    bundles,
    error::{ApiError, ApiResult},
    error_code::ErrorCode,
    usecase::{
        conflicts::{name_of, record_of, record_words},
        field_words::FieldWords,
        find::Found,
    },
};

/// HQ's rows of refused changes.
const ROW: &str = "quarantine";

/// What to do about which refused changes.
#[derive(Debug, Serialize, Deserialize, TS)]
pub struct QuarantineHandle {
    /// Which.
    pub entry: QuarantineId,
    /// What to do.
    pub handling: Handling,
    /// Why.
    #[serde(default)]
    pub note: String,
}

/// A field that refused changes would set.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct RefusedField {
    /// The field.
    pub field: Words,
    /// What HQ held when they were refused.
    pub before: Option<Words>,
    /// What they would make of it.
    pub after: Option<Words>,
}

/// What a coordinator decided about refused changes.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct HandledView {
    /// What.
    pub handling: Handling,
    /// In words.
    pub words: Words,
    /// Who.
    pub by: Option<String>,
    /// When.
    pub at: UtcMs,
    /// Why.
    pub note: String,
}

/// Changes HQ refused.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct QuarantineRow {
    /// Which.
    pub entry: QuarantineId,
    /// The device they came from.
    pub device: String,
    /// Whose device it is.
    pub person: Option<String>,
    /// The kind of record in words.
    pub record_words: Words,
    /// The record, if this device knows it.
    pub record: Option<Found>,
    /// Why HQ refused them.
    pub reason: Words,
    /// How many bytes they have.
    #[ts(type = "number")]
    pub bytes: u64,
    /// How many changes they are.
    pub changes: u32,
    /// What they would change; absent where they could not be read safely.
    pub fields: Option<Vec<RefusedField>>,
    /// When HQ refused them.
    pub refused_at: UtcMs,
    /// What was decided.
    pub handled: Option<HandledView>,
    /// A decision made here that HQ has not answered.
    pub waits: Option<Handling>,
    /// Why HQ did not carry out the latest decision made here.
    pub not_done: Option<Words>,
}

/// Refused changes: those nobody has handled, oldest first, then the others, latest first.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct QuarantineList {
    /// The entries.
    pub entries: Vec<QuarantineRow>,
}

/// What HQ refused and keeps; coordinators only are told of it.
pub async fn quarantine_list(app: &Arc<App>, _: Nothing) -> ApiResult<QuarantineList> {
    let session = app.session().await?;
    let today = session.time().await?.at.shanghai_day();
    let books = bundles::books_on(&session, today).await.ok();
    session
        .db
        .read(move |conn| {
            let words = FieldWords::on(conn, today, books);
            let mut entries = Vec::new();
            for row in device::rows_of_kind(conn, ROW)? {
                entries.push(quarantine_row(conn, &words, row.record()?)?);
            }
            entries.sort_by_key(|row| match &row.handled {
                None => (false, row.refused_at.0),
                Some(handled) => (true, -handled.at.0),
            });
            Ok(QuarantineList { entries })
        })
        .await
}

/// Decides about refused changes; HQ carries it out.
pub async fn quarantine_handle(
    app: &Arc<App>,
    input: QuarantineHandle,
) -> ApiResult<QuarantineList> {
    let session = app.session().await?;
    let entry: Quarantined = session.row(ROW, input.entry.0).await?;
    if let Some(handled) = entry.handled {
        return Err(ApiError::saying(ErrorCode::StateRefused, handled.handling.words()));
    }
    let handle =
        HandleQuarantine { entry: input.entry, handling: input.handling, note: input.note };
    session.claim(Claim::QuarantineHandle(handle)).await?;
    quarantine_list(app, Nothing {}).await
}

fn quarantine_row(
    conn: &Connection,
    words: &FieldWords,
    entry: Quarantined,
) -> ApiResult<QuarantineRow> {
    let (waits, not_done) = decided_here(conn, entry.id)?;
    let fields = entry.fields.map(|fields| {
        fields
            .iter()
            .map(|field| {
                let value = |value: &Scalar| words.value(&field.section, &field.key, value);
                RefusedField {
                    field: words.field(&field.section, &field.key),
                    before: field.before.as_ref().map(value),
                    after: field.after.as_ref().map(value),
                }
            })
            .collect()
    });
    Ok(QuarantineRow {
        entry: entry.id,
        device: entry.device_name,
        person: name_of(conn, entry.person),
        record_words: record_words(entry.kind),
        record: record_of(conn, entry.kind, entry.record),
        reason: reason_words(&entry.code),
        bytes: entry.bytes,
        changes: entry.changes,
        fields,
        refused_at: entry.refused_at,
        waits: waits.filter(|_| entry.handled.is_none()),
        not_done: not_done.filter(|_| entry.handled.is_none()),
        handled: entry.handled.map(|handled| HandledView {
            handling: handled.handling,
            words: handled.handling.words(),
            by: name_of(conn, handled.by),
            at: handled.at,
            note: handled.note,
        }),
    })
}

/// The latest decision made on this device: still on its way, or refused by HQ and why.
fn decided_here(
    conn: &Connection,
    entry: QuarantineId,
) -> ApiResult<(Option<Handling>, Option<Words>)> {
    for command in device::commands_of_kind(conn, "quarantine_handle")? {
        let Ok(Claim::QuarantineHandle(handle)) = serde_json::from_str(&command.claim) else {
            continue;
        };
        if handle.entry != entry {
            continue;
        }
        return Ok(match &command.decision {
            None => (Some(handle.handling), None),
            Some(text) => {
                (None, serde_json::from_str::<Decision>(text).ok().and_then(|d| d.refusal()))
            }
        });
    }
    Ok((None, None))
}
