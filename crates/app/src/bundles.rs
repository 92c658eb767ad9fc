//! Reference data: taken in only under HQ's signature, picked by day.

use doorstep_domain::{
    books::{Books, BundleKind},
    time::{Date, UtcMs},
    trust::{KeyUse, Signed},
};
use doorstep_store::{
    device::{self, BundleRecord},
    held::row_mark,
};
use rusqlite::{Connection, Transaction};
use serde::Deserialize;
use std::{collections::BTreeMap, sync::Arc};
use uuid::Uuid;

use crate::{
    error::{ApiError, ApiResult},
    error_code::ErrorCode,
    identity,
    session::Session,
};

/// The row kind under which HQ publishes a bundle.
pub(crate) const ROW_KIND: &str = "bundle";

/// A bundle as HQ publishes it.
#[derive(Deserialize)]
struct BundleRow {
    kind: String,
    version: String,
    valid: doorstep_domain::time::DayRange,
    signed: Signed,
}

/// Believes and keeps the bundle of a row; one with a bad signature is refused and nothing else is
/// harmed.
pub(crate) fn take(
    tx: &Transaction<'_>,
    (id, version, body): (Uuid, u64, &str),
    now: UtcMs,
) -> ApiResult<()> {
    let row: BundleRow =
        serde_json::from_str(body).map_err(|e| ApiError::new(ErrorCode::SignatureBad).detail(e))?;
    let mark = row_mark(ROW_KIND, id, version, body);
    let keys = identity::keys(tx)?.ok_or_else(|| ApiError::new(ErrorCode::NotEnrolled))?;
    keys.verify(&row.signed, KeyUse::Bundle, now).map_err(|e| {
        ApiError::new(ErrorCode::SignatureBad)
            .param("bundle", format!("{} {}", row.kind, row.version))
            .detail(e)
    })?;
    device::put_bundle(
        tx,
        &BundleRecord {
            kind: row.kind.clone(),
            version: row.version.clone(),
            valid_from: row.valid.from.to_string(),
            valid_to: row.valid.to.map(|day| day.to_string()),
            signed: serde_json::to_string(&row.signed).map_err(ApiError::internal)?,
        },
    )?;
    Ok(device::note_bundle(tx, (&row.kind, &row.version), id, mark)?)
}

/// The bundle of a kind that is in force on `day`.
fn in_force(conn: &Connection, kind: &str, day: Date) -> ApiResult<BundleRecord> {
    let day = day.to_string();
    device::bundles(conn, kind)?
        .into_iter()
        .find(|bundle| {
            bundle.valid_from <= day && bundle.valid_to.as_ref().is_none_or(|to| day <= *to)
        })
        .ok_or_else(|| ApiError::new(ErrorCode::BooksMissing).param("bundle", kind))
}

fn payload(record: &BundleRecord) -> ApiResult<String> {
    let signed: Signed = serde_json::from_str(&record.signed).map_err(ApiError::internal)?;
    Ok(signed.payload)
}

/// The book of a kind that is in force on `day`, as its own reader makes it.
pub(crate) fn book_on<T, E: std::fmt::Display>(
    conn: &Connection,
    kind: &str,
    day: Date,
    read: impl FnOnce(&str) -> Result<T, E>,
) -> ApiResult<T> {
    read(&payload_on(conn, kind, day)?)
        .map_err(|error| ApiError::new(ErrorCode::BooksMissing).detail(error))
}

/// The payload of the bundle of a kind that is in force on `day`.
fn payload_on(conn: &Connection, kind: &str, day: Date) -> ApiResult<String> {
    payload(&in_force(conn, kind, day)?)
}

/// The books in force on `day`, parsed once per set of versions.
pub(crate) async fn books_on(session: &Session, day: Date) -> ApiResult<Arc<Books>> {
    let known = session.cached_books();
    let found = session
        .db
        .read(move |conn| {
            let records = BundleKind::ALL
                .iter()
                .map(|kind| Ok((*kind, in_force(conn, kind.name(), day)?)))
                .collect::<ApiResult<BTreeMap<BundleKind, BundleRecord>>>()?;
            if let Some(books) = known.filter(|books| are_versions(books, &records)) {
                return Ok(books);
            }
            let payloads = records
                .iter()
                .map(|(kind, record)| Ok((*kind, payload(record)?)))
                .collect::<ApiResult<BTreeMap<BundleKind, String>>>()?;
            Books::from_bundles(&payloads)
                .map(Arc::new)
                .map_err(|e| ApiError::saying(ErrorCode::BooksMissing, e.words()).detail(e))
        })
        .await?;
    session.keep_books(Arc::clone(&found));
    Ok(found)
}

fn are_versions(books: &Books, records: &BTreeMap<BundleKind, BundleRecord>) -> bool {
    let versions = books.versions();
    records.iter().all(|(kind, record)| {
        let known = match kind {
            BundleKind::Catalogue => &versions.catalogue,
            BundleKind::Valuation => &versions.valuation,
            BundleKind::Fees => &versions.fees,
            BundleKind::Rules => &versions.rules,
        };
        *known == record.version
    })
}
