//! Photos and papers: where their bytes lie, and how far they have come to HQ.

use doorstep_domain::time::UtcMs;
use rusqlite::{Connection, OptionalExtension, Transaction, params};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use uuid::Uuid;

use crate::error::{Result, StoreError};

/// One photo or paper.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Medium {
    /// SHA-256 of the plain bytes, hex: its name everywhere.
    pub hash: String,
    /// `photo` or `paper`.
    pub kind: String,
    /// The MIME type of the plain bytes.
    pub mime: String,
    /// The work order, asset or card it belongs to.
    pub subject: Uuid,
    /// Guided shot or paper name.
    pub label: String,
    /// Length of the plain bytes.
    pub bytes: u64,
    /// Name of the encrypted file; random, says nothing.
    pub file: String,
    /// The file's own key.
    pub key: Vec<u8>,
    /// A small picture to show at once.
    pub thumb: Option<Vec<u8>>,
    /// Size in pixels, time and place of the shot, as JSON.
    pub about: String,
    /// The device's clock when it was taken in.
    pub made_at: UtcMs,
    /// The upload resource at HQ, once created.
    pub location: Option<String>,
    /// Bytes HQ has acknowledged.
    pub sent: u64,
    /// HQ's hash receipt.
    pub received_at: Option<UtcMs>,
}

const COLUMNS: &str = "hash, kind, mime, subject, label, bytes, file, key, thumb, about, made_at, \
                       location, sent, received_at";

/// Media without HQ's receipt; the caller may add an order.
pub const UNSENT_MEDIA_SQL: &str = "SELECT hash, kind, mime, subject, label, bytes, file, key, \
                                    thumb, about, made_at, location, sent, received_at \
                                    FROM media WHERE received_at IS NULL";

/// Keeps a medium whose file is already durable; `false` when the same bytes are kept already, under
/// another file.
pub fn put_medium(tx: &Transaction<'_>, medium: &Medium) -> Result<bool> {
    let added = tx.prepare_cached(
        "INSERT INTO media (hash, kind, mime, subject, label, bytes, file, key, thumb, about, made_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11) ON CONFLICT (hash) DO NOTHING",
    )?
    .execute(params![
        medium.hash,
        medium.kind,
        medium.mime,
        medium.subject,
        medium.label,
        medium.bytes,
        medium.file,
        medium.key,
        medium.thumb,
        medium.about,
        medium.made_at.0
    ])?;
    Ok(added > 0)
}

/// One medium by its hash.
pub fn medium(conn: &Connection, hash: &str) -> Result<Option<Medium>> {
    conn.prepare_cached(&format!("SELECT {COLUMNS} FROM media WHERE hash = ?1"))?
        .query_row([hash], read_medium)
        .optional()
        .map_err(StoreError::from)
}

/// The media of a record, oldest first.
pub fn media_of(conn: &Connection, subject: Uuid) -> Result<Vec<Medium>> {
    read_all(conn, "WHERE subject = ?1 ORDER BY made_at, hash", params![subject])
}

/// Media HQ has not received, oldest first, past the first `skip` of them.
pub fn media_waiting(conn: &Connection, skip: u32, limit: u32) -> Result<Vec<Medium>> {
    read_all(
        conn,
        "WHERE received_at IS NULL ORDER BY made_at, hash LIMIT ?1 OFFSET ?2",
        params![limit, skip],
    )
}

/// How many media wait, and how many were ever taken in: `(waiting, all)`.
pub fn waiting_counts(conn: &Connection) -> Result<(u64, u64)> {
    Ok(conn
        .prepare_cached("SELECT count(*) FILTER (WHERE received_at IS NULL), count(*) FROM media")?
        .query_row([], |row| Ok((row.get(0)?, row.get(1)?)))?)
}

/// Remembers the upload resource HQ made.
pub fn note_location(tx: &Transaction<'_>, hash: &str, location: &str) -> Result<()> {
    tx.execute("UPDATE media SET location = ?2 WHERE hash = ?1", [hash, location])?;
    Ok(())
}

/// Remembers how many bytes HQ has acknowledged.
pub fn note_progress(tx: &Transaction<'_>, hash: &str, sent: u64) -> Result<()> {
    tx.execute("UPDATE media SET sent = ?2 WHERE hash = ?1", params![hash, sent])?;
    Ok(())
}

/// Remembers HQ's hash receipt.
pub fn note_received(tx: &Transaction<'_>, hash: &str, at: UtcMs) -> Result<()> {
    tx.execute(
        "UPDATE media SET received_at = ?2, sent = bytes WHERE hash = ?1 AND received_at IS NULL",
        params![hash, at.0],
    )?;
    Ok(())
}

/// Removes the records of media received before `before` whose work is finished (no work order of
/// their subject is on this device any more) and returns their file names; never touches one
/// without HQ's receipt.
pub fn purge_received(tx: &Transaction<'_>, before: UtcMs) -> Result<Vec<String>> {
    tx.prepare(
        "DELETE FROM media WHERE received_at < ?1
         AND subject NOT IN (SELECT id FROM hq_row WHERE kind = 'work_order')
         AND subject NOT IN (SELECT parent FROM link WHERE kind = 'work_order')
         RETURNING file",
    )?
    .query_map([before.0], |row| row.get(0))?
    .map(|row| row.map_err(StoreError::from))
    .collect()
}

/// The file names of all media.
pub fn media_files(conn: &Connection) -> Result<BTreeSet<String>> {
    conn.prepare("SELECT file FROM media")?
        .query_map([], |row| row.get(0))?
        .map(|row| row.map_err(StoreError::from))
        .collect()
}

fn read_all(conn: &Connection, tail: &str, values: impl rusqlite::Params) -> Result<Vec<Medium>> {
    conn.prepare_cached(&format!("SELECT {COLUMNS} FROM media {tail}"))?
        .query_map(values, read_medium)?
        .map(|row| row.map_err(StoreError::from))
        .collect()
}

/// One row of [`UNSENT_MEDIA_SQL`].
pub fn read_medium(row: &rusqlite::Row<'_>) -> rusqlite::Result<Medium> {
    Ok(Medium {
        hash: row.get(0)?,
        kind: row.get(1)?,
        mime: row.get(2)?,
        subject: row.get(3)?,
        label: row.get(4)?,
        bytes: row.get(5)?,
        file: row.get(6)?,
        key: row.get(7)?,
        thumb: row.get(8)?,
        about: row.get(9)?,
        made_at: UtcMs(row.get(10)?),
        location: row.get(11)?,
        sent: row.get(12)?,
        received_at: row.get::<_, Option<i64>>(13)?.map(UtcMs),
    })
}
