//! HQ's authoritative rows as they arrived.

use rusqlite::{Connection, OptionalExtension, params};
use serde::de::DeserializeOwned;
use uuid::Uuid;

use crate::error::{Result, StoreError};

/// One row of HQ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// What it is: visit, order, card…
    pub kind: String,
    /// Its identity.
    pub id: Uuid,
    /// Rises with each change at HQ.
    pub version: u64,
    /// The record as JSON.
    pub body: String,
}

impl Row {
    /// The record itself.
    pub fn record<T: DeserializeOwned>(&self) -> Result<T> {
        serde_json::from_str(&self.body).map_err(|e| StoreError::unreadable("row", e))
    }
}

/// One row, if HQ sent it.
pub fn row(conn: &Connection, kind: &str, id: Uuid) -> Result<Option<Row>> {
    Ok(conn
        .prepare_cached("SELECT kind, id, version, body FROM hq_row WHERE kind = ?1 AND id = ?2")?
        .query_row(params![kind, id], read_row)
        .optional()?)
}

/// The record of one row; `None` also for one that this version cannot read.
pub(super) fn record<T: DeserializeOwned>(
    conn: &Connection,
    kind: &str,
    id: Uuid,
) -> Result<Option<T>> {
    Ok(row(conn, kind, id)?.and_then(|row| row.record().ok()))
}

/// Every row of a kind, in the order of its identity.
pub fn rows_of_kind(conn: &Connection, kind: &str) -> Result<Vec<Row>> {
    conn.prepare_cached("SELECT kind, id, version, body FROM hq_row WHERE kind = ?1 ORDER BY id")?
        .query_map([kind], read_row)?
        .map(|row| row.map_err(StoreError::from))
        .collect()
}

fn read_row(row: &rusqlite::Row<'_>) -> rusqlite::Result<Row> {
    Ok(Row { kind: row.get(0)?, id: row.get(1)?, version: row.get(2)?, body: row.get(3)? })
}
