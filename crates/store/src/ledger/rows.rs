//! Authoritative rows: versioned JSON, published to buckets.

use std::collections::BTreeSet;

use doorstep_domain::{
    org::Bucket,
    planted::{Bug, planted},
};
use rusqlite::{Connection, OptionalExtension, params};
use serde::de::DeserializeOwned;
use uuid::Uuid;

use super::{Key, feed, from_json, to_i64, to_u64};
use crate::error::{Result, StoreError};

/// One row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Its identity.
    pub id: Uuid,
    /// The stamp of its last change.
    pub version: u64,
    /// The record as JSON.
    pub body: String,
}

impl Row {
    /// The record itself.
    pub fn record<T: DeserializeOwned>(&self) -> Result<T> {
        from_json("row", &self.body)
    }
}

/// Writes a row and publishes it to exactly these buckets; returns its version. A row that changes
/// neither its body nor its buckets stays where it is, so nobody hears of it again.
pub fn put(
    conn: &Connection,
    kind: &str,
    id: Uuid,
    buckets: &BTreeSet<Bucket>,
    body: &str,
) -> Result<u64> {
    if let Some(held) = get(conn, kind, id)?
        && (held.body == body || planted(Bug::LoseUpdate))
        && feed::buckets_of(conn, feed::Stream::Row, kind, id)? == *buckets
    {
        return Ok(held.version);
    }
    let stamp = feed::publish(conn, feed::Stream::Row, kind, id, buckets)?;
    conn.prepare_cached(
        "INSERT INTO hq_row (kind, id, version, body) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (kind, id) DO UPDATE SET version = excluded.version, body = excluded.body",
    )?
    .execute(params![kind, Key(id), to_i64(stamp), body])?;
    Ok(stamp)
}

/// One row.
pub fn get(conn: &Connection, kind: &str, id: Uuid) -> Result<Option<Row>> {
    Ok(conn
        .prepare_cached("SELECT id, version, body FROM hq_row WHERE kind = ?1 AND id = ?2")?
        .query_row(params![kind, Key(id)], read)
        .optional()?)
}

/// The record of one row.
pub fn record<T: DeserializeOwned>(conn: &Connection, kind: &str, id: Uuid) -> Result<Option<T>> {
    get(conn, kind, id)?.map(|row| row.record()).transpose()
}

/// Every row of a kind, by identity.
pub fn of_kind(conn: &Connection, kind: &str) -> Result<Vec<Row>> {
    let mut statement =
        conn.prepare_cached("SELECT id, version, body FROM hq_row WHERE kind = ?1 ORDER BY id")?;
    let rows = statement.query_map([kind], read)?;
    rows.map(|row| row.map_err(StoreError::from)).collect()
}

/// How many rows there are of each kind.
pub fn counts(conn: &Connection) -> Result<Vec<(String, u64)>> {
    let mut statement =
        conn.prepare_cached("SELECT kind, count(*) FROM hq_row GROUP BY kind ORDER BY kind")?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, to_u64(row.get(1)?))))?;
    rows.map(|row| row.map_err(StoreError::from)).collect()
}

fn read(row: &rusqlite::Row<'_>) -> rusqlite::Result<Row> {
    Ok(Row { id: row.get::<_, Key>(0)?.0, version: to_u64(row.get(1)?), body: row.get(2)? })
}
