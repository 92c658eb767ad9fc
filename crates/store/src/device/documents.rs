//! Documents as bytes: a snapshot and the changes since.

use doorstep_domain::{
    facts::{DocKind, FieldEdit},
    time::UtcMs,
};
use rusqlite::{Connection, OptionalExtension, Transaction, params};
use std::collections::BTreeSet;
use uuid::Uuid;

use super::held::{self, Held};
use crate::{
    error::{Result, StoreError},
    held::doc_mark,
};

/// After this many changes the caller folds them into a new snapshot, so that a load stays short.
const FOLD_AFTER: i64 = 64;

/// A document as stored: what to load, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredDocument {
    /// What it is about.
    pub kind: DocKind,
    /// The saved document.
    pub snapshot: Vec<u8>,
    /// Changes since the snapshot.
    pub changes: Vec<Vec<u8>>,
}

/// One edit by this installation, ready to be made durable.
#[derive(Debug)]
pub struct LocalEdit<'a> {
    /// The document.
    pub doc: Uuid,
    /// What it is about.
    pub kind: DocKind,
    /// The whole document; given for a new one and when the changes are to be folded.
    pub snapshot: Option<&'a [u8]>,
    /// The change that goes out.
    pub change: &'a [u8],
    /// Heads with the change.
    pub heads: &'a [u8],
    /// The same edit as fields, replayable on another version of the document.
    pub edits: &'a [FieldEdit],
    /// Who made it.
    pub author: &'a str,
    /// The device's clock.
    pub made_at: UtcMs,
    /// The installation epoch whose actor wrote the change.
    pub epoch: Uuid,
}

/// Whether a document is here.
pub fn holds_document(conn: &Connection, id: Uuid) -> Result<bool> {
    Ok(conn.prepare_cached("SELECT 1 FROM doc WHERE id = ?1")?.exists([id])?)
}

/// The heads of a document with every change that is here.
pub fn document_heads(conn: &Connection, id: Uuid) -> Result<Option<Vec<u8>>> {
    Ok(conn
        .prepare_cached("SELECT heads FROM doc WHERE id = ?1")?
        .query_row([id], |row| row.get(0))
        .optional()?)
}

/// The stored bytes of a document.
pub fn load_document(conn: &Connection, id: Uuid) -> Result<Option<StoredDocument>> {
    let found: Option<(String, Vec<u8>)> = conn
        .prepare_cached("SELECT kind, snapshot FROM doc WHERE id = ?1")?
        .query_row([id], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let Some((kind, snapshot)) = found else { return Ok(None) };
    let kind = doc_kind(&kind)?;
    let changes = conn
        .prepare_cached("SELECT bytes FROM doc_change WHERE doc = ?1 ORDER BY seq")?
        .query_map([id], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    Ok(Some(StoredDocument { kind, snapshot, changes }))
}

/// Documents with edits that HQ has neither received nor refused.
pub fn unsettled_documents(conn: &Connection) -> Result<BTreeSet<Uuid>> {
    conn.prepare_cached("SELECT DISTINCT doc FROM outbox_edit WHERE refusal IS NULL")?
        .query_map([], |row| row.get(0))?
        .map(|row| row.map_err(StoreError::from))
        .collect()
}

/// Whether a document has so many changes since its snapshot that they are to be folded into it.
pub fn is_to_be_folded(conn: &Connection, id: Uuid) -> Result<bool> {
    let pending: Option<i64> = conn
        .prepare_cached("SELECT pending FROM doc WHERE id = ?1")?
        .query_row([id], |row| row.get(0))
        .optional()?;
    Ok(pending.is_some_and(|pending| pending >= FOLD_AFTER))
}

/// Makes an edit durable: change and outbox entry in the caller's transaction.
pub fn record_edit(tx: &Transaction<'_>, edit: &LocalEdit<'_>) -> Result<()> {
    match edit.snapshot {
        Some(snapshot) => put_snapshot(tx, edit.doc, edit.kind, snapshot, edit.heads)?,
        None => append_change(tx, edit.doc, edit.change, edit.heads)?,
    }
    let fields =
        serde_json::to_string(edit.edits).map_err(|e| StoreError::unreadable("edit", e))?;
    tx.prepare_cached(
        "INSERT INTO outbox_edit (doc, kind, change, edits, author, made_at, epoch)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?
    .execute(params![
        edit.doc,
        edit.kind.name(),
        edit.change,
        fields,
        edit.author,
        edit.made_at.0,
        edit.epoch
    ])?;
    Ok(())
}

/// Stores what HQ sent for a document: a snapshot for one not held, changes for one that is.
pub(super) fn take_remote(
    tx: &Transaction<'_>,
    held: &mut Held,
    id: Uuid,
    kind: DocKind,
    bytes: &[u8],
    heads: &[u8],
) -> Result<()> {
    match held::told(tx, id)? {
        Some((_, before)) => {
            append_change(tx, id, bytes, heads)?;
            held.swap(id, before, Some(doc_mark(kind, id, heads)));
            tx.prepare_cached("UPDATE doc SET told = ?2, gone = 0 WHERE id = ?1")?
                .execute(params![id, heads])?;
        }
        None => {
            tx.prepare_cached(
                "INSERT INTO doc (id, kind, snapshot, heads, pending, told)
                 VALUES (?1, ?2, ?3, ?4, 0, ?4)",
            )?
            .execute(params![id, kind.name(), bytes, heads])?;
            held.swap(id, None, Some(doc_mark(kind, id, heads)));
        }
    }
    Ok(())
}

/// Puts HQ's whole version of a document in the place of what was here.
pub fn replace_document(
    tx: &Transaction<'_>,
    id: Uuid,
    kind: DocKind,
    snapshot: &[u8],
    heads: &[u8],
) -> Result<()> {
    put_snapshot(tx, id, kind, snapshot, heads)?;
    held::tell_document(tx, id, heads)
}

/// Puts one saved document in the place of snapshot and changes.
fn put_snapshot(
    tx: &Transaction<'_>,
    id: Uuid,
    kind: DocKind,
    snapshot: &[u8],
    heads: &[u8],
) -> Result<()> {
    tx.prepare_cached("DELETE FROM doc_change WHERE doc = ?1")?.execute([id])?;
    tx.prepare_cached(
        "INSERT INTO doc (id, kind, snapshot, heads, pending) VALUES (?1, ?2, ?3, ?4, 0)
         ON CONFLICT (id) DO UPDATE
         SET snapshot = excluded.snapshot, heads = excluded.heads, pending = 0, gone = 0",
    )?
    .execute(params![id, kind.name(), snapshot, heads])?;
    Ok(())
}

/// A document without unsent edits, and the heads HQ told of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToldDocument {
    /// Which.
    pub id: Uuid,
    /// HQ's heads.
    pub heads: Vec<u8>,
}

/// Documents that should be as HQ told, by identity, after the given one.
pub fn told_documents(conn: &Connection, after: Uuid, limit: u32) -> Result<Vec<ToldDocument>> {
    conn.prepare_cached(
        "SELECT id, told FROM doc WHERE id > ?1 AND told IS NOT NULL AND offer IS NULL
         AND NOT EXISTS (SELECT 1 FROM outbox_edit WHERE doc = doc.id) ORDER BY id LIMIT ?2",
    )?
    .query_map(params![after, limit], |row| {
        Ok(ToldDocument { id: row.get(0)?, heads: row.get(1)? })
    })?
    .map(|row| row.map_err(StoreError::from))
    .collect()
}

/// Deletes documents that are no longer for this device and hold no unsent work.
pub(super) fn drop_gone(tx: &Transaction<'_>) -> Result<()> {
    tx.prepare_cached(
        "DELETE FROM doc WHERE gone = 1 AND offer IS NULL AND NOT EXISTS
         (SELECT 1 FROM outbox_edit WHERE outbox_edit.doc = doc.id AND refusal IS NULL)",
    )?
    .execute([])?;
    Ok(())
}

/// Forgets a document with its changes; the outbox is not touched.
pub fn forget_document(tx: &Transaction<'_>, id: Uuid) -> Result<()> {
    let mut held = Held::open(tx)?;
    if let Some((_, before)) = held::told(tx, id)? {
        held.swap(id, before, None);
    }
    tx.prepare_cached("DELETE FROM doc_change WHERE doc = ?1")?.execute([id])?;
    tx.prepare_cached("DELETE FROM doc WHERE id = ?1")?.execute([id])?;
    held.keep(tx)
}

fn append_change(tx: &Transaction<'_>, id: Uuid, bytes: &[u8], heads: &[u8]) -> Result<()> {
    let known = tx
        .prepare_cached("UPDATE doc SET heads = ?2, pending = pending + 1 WHERE id = ?1")?
        .execute(params![id, heads])?;
    if known == 0 {
        return Err(StoreError::Missing("document"));
    }
    tx.prepare_cached("INSERT INTO doc_change (doc, bytes) VALUES (?1, ?2)")?
        .execute(params![id, bytes])?;
    Ok(())
}

pub(super) fn doc_kind(name: &str) -> Result<DocKind> {
    DocKind::from_name(name).ok_or_else(|| StoreError::unreadable("document kind", name))
}
