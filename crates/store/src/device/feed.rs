//! HQ's news, committed with its cursor.

use doorstep_domain::{
    facts::DocKind,
    planted::{Bug, planted},
};
use rusqlite::{Transaction, params};
use std::collections::BTreeSet;
use uuid::Uuid;

use super::{
    documents,
    held::{self, Held, HeldRow},
    leave,
    projection::{self, Unreadable},
    searching,
};
use crate::{error::Result, search};

/// One piece of news, in the store's words.
#[derive(Debug, Clone)]
pub enum FeedEntry {
    /// An authoritative row.
    Row {
        /// What it is.
        kind: String,
        /// Its identity.
        id: Uuid,
        /// Rises with each change.
        version: u64,
        /// The record as JSON.
        body: String,
    },
    /// Changes of a document or all of it.
    Doc {
        /// The document.
        id: Uuid,
        /// What it is about.
        kind: DocKind,
        /// automerge bytes.
        bytes: Vec<u8>,
        /// HQ's heads.
        heads: Vec<u8>,
    },
    /// No longer for this device.
    Gone {
        /// Row kind or document kind.
        kind: String,
        /// Its identity.
        id: Uuid,
    },
}

/// Applies a page in order and brings the projections up to date; the caller writes the cursor in
/// the same transaction. A row older than the one held changes nothing, so a repeated page is
/// harmless. Tells which rows this version keeps but cannot read.
pub fn apply_feed(tx: &Transaction<'_>, entries: &[FeedEntry]) -> Result<Unreadable> {
    let mut changed = BTreeSet::new();
    let mut unreadable = Unreadable::new();
    let mut held = Held::open(tx)?;
    for entry in entries {
        match entry {
            FeedEntry::Row { kind, id, version, body } => {
                let row = HeldRow { version: *version, body: body.as_str() };
                if let Some(read) = take_row(tx, &mut held, kind, *id, &row)? {
                    changed.insert((kind.clone(), *id));
                    if !read {
                        *unreadable.entry(kind.clone()).or_default() += 1;
                    }
                }
            }
            FeedEntry::Doc { id, kind, bytes, heads } => {
                documents::take_remote(tx, &mut held, *id, *kind, bytes, heads)?;
            }
            FeedEntry::Gone { .. } if planted(Bug::KeepAfterGone) => {}
            FeedEntry::Gone { kind, id } => {
                let before = held::remove_row(tx, kind, *id)?;
                held.swap(*id, before.as_ref().map(|row| row.mark(kind, *id)), None);
                if let Some((of, before)) = held::told(tx, *id)?
                    && of.name() == kind
                {
                    held.swap(*id, before, None);
                    tx.prepare_cached("UPDATE doc SET told = NULL WHERE id = ?1")?.execute([id])?;
                }
                // A document with unsent work stays until HQ has answered for that work.
                tx.prepare_cached("UPDATE doc SET gone = 1 WHERE id = ?1 AND kind = ?2")?
                    .execute(params![id, kind])?;
                documents::drop_gone(tx)?;
                leave::forget(tx, *id)?;
                if let Some(before) = before
                    && !planted(Bug::StaleProjection)
                {
                    projection::displace(tx, kind, *id, &before.body)?;
                }
                if !planted(Bug::StaleProjection) {
                    changed.insert((kind.clone(), *id));
                }
            }
        }
    }
    held.keep(tx)?;
    searching::refresh(tx, &changed)?;
    if entries.iter().any(|entry| matches!(entry, FeedEntry::Gone { .. })) {
        // The words of a removed record stay in the index until it is merged.
        search::merge(tx)?;
    }
    Ok(unreadable)
}

/// Stores a row and puts it where it belongs, and tells whether this version can read it; `None` when
/// one as new is held already.
fn take_row(
    tx: &Transaction<'_>,
    held: &mut Held,
    kind: &str,
    id: Uuid,
    row: &HeldRow<&str>,
) -> Result<Option<bool>> {
    let before = held::row_held(tx, kind, id)?;
    match &before {
        Some(before) if before.version >= row.version => return Ok(None),
        Some(before) => {
            tx.prepare_cached(
                "UPDATE hq_row SET version = ?3, body = ?4 WHERE kind = ?1 AND id = ?2",
            )?
            .execute(params![kind, id, row.version, row.body])?;
            projection::displace(tx, kind, id, &before.body)?;
        }
        None => {
            tx.prepare_cached(
                "INSERT INTO hq_row (kind, id, version, body) VALUES (?1, ?2, ?3, ?4)",
            )?
            .execute(params![kind, id, row.version, row.body])?;
        }
    }
    held.swap(id, before.map(|before| before.mark(kind, id)), Some(row.mark(kind, id)));
    Ok(Some(projection::place(tx, kind, id, row.body)?))
}

/// Forgets everything HQ sent, keeping the outbox and what is to be offered to a restored HQ: the
/// start of a full pull.
pub fn forget_feed(tx: &Transaction<'_>) -> Result<()> {
    tx.execute("DELETE FROM hq_row", [])?;
    tx.execute(
        "DELETE FROM doc WHERE offer IS NULL
         AND NOT EXISTS (SELECT 1 FROM outbox_edit WHERE doc = doc.id)",
        [],
    )?;
    held::nothing_held(tx)?;
    projection::clear(tx)
}
