//! Photos and papers on their way in or arrived. The bytes lie in files; here is what they are,
//! what they belong to, and whether their hash was found right.

use doorstep_domain::{id::DeviceId, time::UtcMs};
use rusqlite::{Connection, OptionalExtension, params};
use uuid::Uuid;

use super::{Key, to_i64, to_u64};
use crate::error::{Result, StoreError};

/// One medium by its hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upload {
    /// SHA-256 of the bytes, 64 hex digits.
    pub hash: String,
    /// How many bytes it has.
    pub length: u64,
    /// Media type.
    pub mime: String,
    /// When the bytes were all here with the right hash.
    pub received_at: Option<UtcMs>,
}

/// What a medium belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UploadUse {
    /// The record.
    pub subject: Uuid,
    /// `photo` or `paper`.
    pub kind: String,
    /// Guided shot or paper name.
    pub label: String,
    /// From which device.
    pub device: DeviceId,
}

/// One medium.
pub fn get(conn: &Connection, hash: &str) -> Result<Option<Upload>> {
    Ok(conn
        .prepare_cached("SELECT length, mime, received_at FROM upload WHERE hash = ?1")?
        .query_row([hash], |row| {
            Ok(Upload {
                hash: hash.to_owned(),
                length: to_u64(row.get(0)?),
                mime: row.get(1)?,
                received_at: row.get::<_, Option<i64>>(2)?.map(UtcMs),
            })
        })
        .optional()?)
}

/// Announces a medium; one that is known already stays as it is.
pub fn begin(conn: &Connection, upload: &Upload, used: &UploadUse, now: UtcMs) -> Result<()> {
    conn.prepare_cached(
        "INSERT OR IGNORE INTO upload (hash, length, mime, started_at) VALUES (?1, ?2, ?3, ?4)",
    )?
    .execute(params![upload.hash, to_i64(upload.length), upload.mime, now.0])?;
    conn.prepare_cached(
        "INSERT OR IGNORE INTO upload_use (hash, subject, kind, label, device)
         VALUES (?1, ?2, ?3, ?4, ?5)",
    )?
    .execute(params![
        upload.hash,
        Key(used.subject),
        used.kind,
        used.label,
        Key(used.device.0)
    ])?;
    Ok(())
}

/// Everything a medium belongs to.
pub fn uses(conn: &Connection, hash: &str) -> Result<Vec<UploadUse>> {
    let mut statement = conn.prepare_cached(
        "SELECT subject, kind, label, device FROM upload_use WHERE hash = ?1 ORDER BY subject",
    )?;
    let rows = statement.query_map([hash], |row| {
        Ok(UploadUse {
            subject: row.get::<_, Key>(0)?.0,
            kind: row.get(1)?,
            label: row.get(2)?,
            device: DeviceId(row.get::<_, Key>(3)?.0),
        })
    })?;
    rows.map(|row| row.map_err(StoreError::from)).collect()
}

/// Hashes of what was received for one subject.
pub fn received_for(conn: &Connection, subject: Uuid) -> Result<Vec<String>> {
    let mut statement = conn.prepare_cached(
        "SELECT hash FROM upload_use JOIN upload USING (hash)
         WHERE subject = ?1 AND received_at IS NOT NULL ORDER BY hash",
    )?;
    let rows = statement.query_map([Key(subject)], |row| row.get(0))?;
    rows.map(|row| row.map_err(StoreError::from)).collect()
}

/// Notes that the bytes are here and right.
pub fn receive(conn: &Connection, hash: &str, now: UtcMs) -> Result<()> {
    conn.prepare_cached(
        "UPDATE upload SET received_at = coalesce(received_at, ?2) WHERE hash = ?1",
    )?
    .execute(params![hash, now.0])?;
    Ok(())
}

/// Forgets a medium whose bytes were not what its hash said.
pub fn discard(conn: &Connection, hash: &str) -> Result<()> {
    conn.prepare_cached("DELETE FROM upload_use WHERE hash = ?1")?.execute([hash])?;
    conn.prepare_cached("DELETE FROM upload WHERE hash = ?1")?.execute([hash])?;
    Ok(())
}
