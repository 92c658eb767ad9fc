//! Documents as bytes: the snapshot, its heads and view, and each change under its stamp.

use std::collections::BTreeSet;

use doorstep_domain::{facts::DocKind, id::DeviceId, org::Bucket, time::UtcMs};
use rusqlite::{Connection, OptionalExtension, params};
use uuid::Uuid;

use super::{
    Key,
    feed::{self, News, Stream},
    to_i64, to_u64,
};
use crate::error::{Result, StoreError};

/// A document as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// What it is about.
    pub kind: DocKind,
    /// The whole document.
    pub snapshot: Vec<u8>,
    /// Its heads.
    pub heads: Vec<u8>,
    /// Its view as JSON (`domain::facts::FactView`).
    pub view: String,
}

/// Changes that were admitted.
#[derive(Debug, Clone)]
pub struct Accepted<'a> {
    /// The document after them.
    pub after: &'a Stored,
    /// The changes alone.
    pub changes: &'a [u8],
    /// The installation epoch they came from; absent for HQ's own.
    pub origin: Option<(DeviceId, Uuid)>,
}

/// Changes that were refused, kept for a coordinator.
#[derive(Debug, Clone)]
pub struct RefusedPush<'a> {
    /// From which device.
    pub device: DeviceId,
    /// For which document.
    pub doc: Uuid,
    /// The error code sent back.
    pub code: &'a str,
    /// For the log.
    pub detail: &'a str,
    /// What was refused.
    pub bytes: &'a [u8],
    /// When.
    pub at: UtcMs,
}

/// One document.
pub fn get(conn: &Connection, id: Uuid) -> Result<Option<Stored>> {
    let found = conn
        .prepare_cached("SELECT kind, snapshot, heads, view FROM doc WHERE id = ?1")?
        .query_row([Key(id)], |row| {
            let kind: String = row.get(0)?;
            Ok((kind, row.get(1)?, row.get(2)?, row.get(3)?))
        })
        .optional()?;
    found
        .map(|(kind, snapshot, heads, view)| {
            Ok(Stored { kind: kind_of(&kind)?, snapshot, heads, view })
        })
        .transpose()
}

/// The kind and heads of a document, without its content.
pub fn standing(conn: &Connection, id: Uuid) -> Result<Option<(DocKind, Vec<u8>)>> {
    let found: Option<(String, Vec<u8>)> = conn
        .prepare_cached("SELECT kind, heads FROM doc WHERE id = ?1")?
        .query_row([Key(id)], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    found.map(|(kind, heads)| Ok((kind_of(&kind)?, heads))).transpose()
}

/// The content of a document with its kind and heads, without its view.
fn content(conn: &Connection, id: Uuid) -> Result<Option<(DocKind, Vec<u8>, Vec<u8>)>> {
    let found: Option<(String, Vec<u8>, Vec<u8>)> = conn
        .prepare_cached("SELECT kind, heads, snapshot FROM doc WHERE id = ?1")?
        .query_row([Key(id)], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .optional()?;
    found.map(|(kind, heads, snapshot)| Ok((kind_of(&kind)?, heads, snapshot))).transpose()
}

/// Stores admitted changes and publishes the document to exactly these buckets.
pub fn put(
    conn: &Connection,
    id: Uuid,
    accepted: &Accepted<'_>,
    buckets: &BTreeSet<Bucket>,
) -> Result<u64> {
    let after = accepted.after;
    let stamp = feed::publish(conn, Stream::Doc, after.kind.name(), id, buckets)?;
    conn.prepare_cached(
        "INSERT INTO doc (id, kind, snapshot, heads, view) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (id) DO UPDATE
         SET snapshot = excluded.snapshot, heads = excluded.heads, view = excluded.view",
    )?
    .execute(params![Key(id), after.kind.name(), after.snapshot, after.heads, after.view])?;
    conn.prepare_cached(
        "INSERT INTO doc_change (stamp, doc, device, epoch, bytes) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?
    .execute(params![
        to_i64(stamp),
        Key(id),
        accepted.origin.map(|(device, _)| Key(device.0)),
        accepted.origin.map(|(_, epoch)| Key(epoch)),
        accepted.changes
    ])?;
    Ok(stamp)
}

/// Publishes a document unchanged to other buckets; nothing happens when they are the same.
pub fn publish(
    conn: &Connection,
    kind: DocKind,
    id: Uuid,
    buckets: &BTreeSet<Bucket>,
) -> Result<()> {
    if feed::buckets_of(conn, Stream::Doc, kind.name(), id)? != *buckets {
        feed::publish(conn, Stream::Doc, kind.name(), id, buckets)?;
    }
    Ok(())
}

/// What a reader lacks of a document: all of it, or the changes after the stamp it holds; `None`
/// when nothing is left after leaving out its own.
pub(super) fn news(
    conn: &Connection,
    id: Uuid,
    held: Option<u64>,
    own: Option<(DeviceId, Uuid)>,
) -> Result<Option<News>> {
    let (kind, heads, bytes) = match held {
        None => match content(conn, id)? {
            Some((kind, heads, snapshot)) => (kind, heads, snapshot),
            None => return Ok(None),
        },
        Some(stamp) => match standing(conn, id)? {
            Some((kind, heads)) => (kind, heads, changes_after(conn, id, stamp, own)?),
            None => return Ok(None),
        },
    };
    Ok((!bytes.is_empty()).then_some(News::Doc { kind, id, bytes, heads }))
}

fn changes_after(
    conn: &Connection,
    id: Uuid,
    stamp: u64,
    own: Option<(DeviceId, Uuid)>,
) -> Result<Vec<u8>> {
    let mut statement = conn.prepare_cached(
        "SELECT bytes FROM doc_change WHERE doc = ?1 AND stamp > ?2
         AND NOT (device IS NOT NULL AND device IS ?3 AND epoch IS ?4) ORDER BY stamp",
    )?;
    let own_device = own.map(|(device, _)| Key(device.0));
    let own_epoch = own.map(|(_, epoch)| Key(epoch));
    let found = statement
        .query_map(params![Key(id), to_i64(stamp), own_device, own_epoch], |row| {
            row.get::<_, Vec<u8>>(0)
        })?;
    let mut bytes = Vec::new();
    for change in found {
        bytes.extend(change?);
    }
    Ok(bytes)
}

/// Keeps refused changes.
pub fn keep_refused(conn: &Connection, refused: &RefusedPush<'_>) -> Result<()> {
    conn.prepare_cached(
        "INSERT INTO refused_push (device, doc, code, detail, bytes, at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?
    .execute(params![
        Key(refused.device.0),
        Key(refused.doc),
        refused.code,
        refused.detail,
        refused.bytes,
        refused.at.0
    ])?;
    Ok(())
}

/// Identity and heads of every document, by identity.
pub fn heads(conn: &Connection) -> Result<Vec<(Uuid, Vec<u8>)>> {
    let mut statement = conn.prepare_cached("SELECT id, heads FROM doc ORDER BY id")?;
    let rows = statement.query_map([], |row| Ok((row.get::<_, Key>(0)?.0, row.get(1)?)))?;
    rows.map(|row| row.map_err(StoreError::from)).collect()
}

/// How many refused pushes HQ keeps.
pub fn refused_count(conn: &Connection) -> Result<u64> {
    let count: i64 = conn.query_row("SELECT count(*) FROM refused_push", [], |row| row.get(0))?;
    Ok(to_u64(count))
}

fn kind_of(name: &str) -> Result<DocKind> {
    DocKind::from_name(name).ok_or_else(|| StoreError::unreadable("document kind", name))
}
