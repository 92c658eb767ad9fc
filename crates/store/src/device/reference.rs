//! Signed reference bundles.

use rusqlite::{Connection, OptionalExtension, Transaction, params};

use crate::error::{Result, StoreError};

/// One version of one kind of reference data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BundleRecord {
    /// catalogue, valuation, fees, rules…
    pub kind: String,
    /// The version a quote names.
    pub version: String,
    /// First valid day, `YYYY-MM-DD`.
    pub valid_from: String,
    /// Last valid day, if it ends.
    pub valid_to: Option<String>,
    /// The signed payload as JSON (`domain::trust::Signed`).
    pub signed: String,
}

/// Keeps a bundle; a version, once held, never changes.
pub fn put_bundle(tx: &Transaction<'_>, record: &BundleRecord) -> Result<()> {
    tx.prepare_cached(
        "INSERT INTO bundle (kind, version, valid_from, valid_to, signed)
         VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (kind, version) DO NOTHING",
    )?
    .execute(params![
        record.kind,
        record.version,
        record.valid_from,
        record.valid_to,
        record.signed
    ])?;
    Ok(())
}

/// One version of a kind.
pub fn bundle(conn: &Connection, kind: &str, version: &str) -> Result<Option<BundleRecord>> {
    Ok(conn
        .prepare_cached(
            "SELECT kind, version, valid_from, valid_to, signed FROM bundle
             WHERE kind = ?1 AND version = ?2",
        )?
        .query_row([kind, version], read_bundle)
        .optional()?)
}

/// Every version of a kind, the one that became valid last first.
pub fn bundles(conn: &Connection, kind: &str) -> Result<Vec<BundleRecord>> {
    conn.prepare_cached(
        "SELECT kind, version, valid_from, valid_to, signed FROM bundle
         WHERE kind = ?1 ORDER BY valid_from DESC, version DESC",
    )?
    .query_map([kind], read_bundle)?
    .map(|row| row.map_err(StoreError::from))
    .collect()
}

fn read_bundle(row: &rusqlite::Row<'_>) -> rusqlite::Result<BundleRecord> {
    Ok(BundleRecord {
        kind: row.get(0)?,
        version: row.get(1)?,
        valid_from: row.get(2)?,
        valid_to: row.get(3)?,
        signed: row.get(4)?,
    })
}
