//! Documents as bytes: the snapshot, its heads and view, and each change under its stamp.

use std::collections::BTreeSet;

use doorstep_domain::{
    facts::DocKind,
    id::{DeviceId, PersonId, QuarantineId},
    org::Bucket,
    time::UtcMs,
};
use rusqlite::{Connection, OptionalExtension, params};
use uuid::Uuid;

use super::{
    Key,
    feed::{self, News, Stream},
    held, to_i64, to_u64,
};
use crate::{
    error::{Result, StoreError},
    held::doc_mark,
};

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
    /// Follows from device and bytes.
    pub id: QuarantineId,
    /// From which device.
    pub device: DeviceId,
    /// For which document.
    pub doc: Uuid,
    /// The error code sent back.
    pub code: &'a str,
    /// For the log.
    pub detail: &'a str,
    /// The push as it travelled.
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

/// The whole document.
fn snapshot(conn: &Connection, id: Uuid) -> Result<Vec<u8>> {
    Ok(conn
        .prepare_cached("SELECT snapshot FROM doc WHERE id = ?1")?
        .query_row([Key(id)], |row| row.get(0))?)
}

/// Stores admitted changes and publishes the document to exactly these buckets.
pub fn put(
    conn: &Connection,
    id: Uuid,
    accepted: &Accepted<'_>,
    buckets: &BTreeSet<Bucket>,
) -> Result<u64> {
    let after = accepted.after;
    move_mark(conn, id, after.kind, &after.heads, buckets)?;
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
        if let Some(stored) = get(conn, id)? {
            move_mark(conn, id, kind, &stored.heads, buckets)?;
        }
        feed::publish(conn, Stream::Doc, kind.name(), id, buckets)?;
    }
    Ok(())
}

/// Moves the document's mark to the heads and buckets it is about to have.
fn move_mark(
    conn: &Connection,
    id: Uuid,
    kind: DocKind,
    heads: &[u8],
    buckets: &BTreeSet<Bucket>,
) -> Result<()> {
    let heard = feed::buckets_of(conn, Stream::Doc, kind.name(), id)?;
    let before: Option<Vec<u8>> = conn
        .prepare_cached("SELECT heads FROM doc WHERE id = ?1")?
        .query_row([Key(id)], |row| row.get(0))
        .optional()?;
    let before = before.map(|heads| (&heard, doc_mark(kind, id, &heads)));
    held::moved(conn, id, before, (buckets, doc_mark(kind, id, heads)))
}

/// What a reader lacks of a document: all of it, or the changes after the stamp it holds; `None`
/// when nothing is left after leaving out its own.
pub(super) fn news(
    conn: &Connection,
    id: Uuid,
    held: Option<u64>,
    own: Option<(DeviceId, Uuid)>,
) -> Result<Option<News>> {
    let Some((kind, heads)) = standing(conn, id)? else { return Ok(None) };
    let bytes = match held {
        None => snapshot(conn, id)?,
        Some(stamp) => changes_after(conn, id, stamp, own)?,
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

/// Takes an actor for a device, HQ's own being nil; `false` when it is another's.
pub fn claim_actor(conn: &Connection, actor: &[u8; 16], device: DeviceId) -> Result<bool> {
    conn.prepare_cached("INSERT OR IGNORE INTO doc_actor (actor, device) VALUES (?1, ?2)")?
        .execute(params![actor, Key(device.0)])?;
    let holder: Key = conn
        .prepare_cached("SELECT device FROM doc_actor WHERE actor = ?1")?
        .query_row([actor], |row| row.get(0))?;
    Ok(holder.0 == device.0)
}

/// How many pushes of a device have ended the process they were tried in since `since`.
pub fn harmful_pushes(conn: &Connection, device: DeviceId, since: UtcMs) -> Result<u64> {
    let count: i64 = conn
        .prepare_cached(
            // `DOCUMENT_HARMFUL`, word for word as in the partial index `refused_push_harmful`.
            "SELECT count(*) FROM refused_push
             WHERE code = 'document_harmful' AND device = ?1 AND at > ?2",
        )?
        .query_row(params![Key(device.0), since.0], |row| row.get(0))?;
    Ok(to_u64(count))
}

/// Whether this device has written to the document.
pub fn was_written_by(conn: &Connection, id: Uuid, device: DeviceId) -> Result<bool> {
    Ok(conn
        .prepare_cached("SELECT 1 FROM doc_change WHERE doc = ?1 AND device = ?2 LIMIT 1")?
        .exists(params![Key(id), Key(device.0)])?)
}

/// Keeps refused changes; tells whether they are new. The same bytes of the same device again
/// change nothing.
pub fn keep_refused(conn: &Connection, refused: &RefusedPush<'_>) -> Result<bool> {
    let kept = conn
        .prepare_cached(
            "INSERT OR IGNORE INTO refused_push (id, device, doc, code, detail, bytes, at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?
        .execute(params![
            Key(refused.id.0),
            Key(refused.device.0),
            Key(refused.doc),
            refused.code,
            refused.detail,
            refused.bytes,
            refused.at.0
        ])?;
    Ok(kept > 0)
}

/// The bytes of refused changes.
pub fn refused_bytes(conn: &Connection, id: QuarantineId) -> Result<Option<Vec<u8>>> {
    Ok(conn
        .prepare_cached("SELECT bytes FROM refused_push WHERE id = ?1")?
        .query_row([Key(id.0)], |row| row.get(0))
        .optional()?)
}

/// How many bytes HQ keeps of one device's refused changes.
pub fn refused_bytes_of(conn: &Connection, device: DeviceId) -> Result<u64> {
    let sum: i64 = conn
        .prepare_cached(
            "SELECT coalesce(sum(length(bytes)), 0) FROM refused_push WHERE device = ?1",
        )?
        .query_row([Key(device.0)], |row| row.get(0))?;
    Ok(to_u64(sum))
}

/// Remembers that a person sees a document no more.
pub fn note_lost_sight(conn: &Connection, person: PersonId, doc: Uuid, at: UtcMs) -> Result<()> {
    conn.prepare_cached(
        "INSERT INTO lost_sight (person, doc, at) VALUES (?1, ?2, ?3)
         ON CONFLICT (person, doc) DO UPDATE SET at = excluded.at",
    )?
    .execute(params![Key(person.0), Key(doc), at.0])?;
    Ok(())
}

/// When a person lost sight of a document, the latest time.
pub fn lost_sight(conn: &Connection, person: PersonId, doc: Uuid) -> Result<Option<UtcMs>> {
    Ok(conn
        .prepare_cached("SELECT at FROM lost_sight WHERE person = ?1 AND doc = ?2")?
        .query_row([Key(person.0), Key(doc)], |row| row.get(0).map(UtcMs))
        .optional()?)
}

/// Forgets losses of sight before an instant.
pub fn forget_lost_sight(conn: &Connection, before: UtcMs) -> Result<()> {
    conn.prepare_cached("DELETE FROM lost_sight WHERE at < ?1")?.execute([before.0])?;
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
