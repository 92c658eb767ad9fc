//! HQ's news, committed with its cursor.

use doorstep_domain::{
    facts::DocKind,
    planted::{Bug, planted},
};
use rusqlite::{Transaction, params};
use uuid::Uuid;

use super::{
    documents,
    held::{self, Held},
    leave,
    projection::{self, Unreadable},
};
use crate::{error::Result, held::row_mark, search};

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
    let mut touched = projection::Touched::default();
    let mut held = Held::open(tx)?;
    for entry in entries {
        match entry {
            FeedEntry::Row { kind, id, version, body } => {
                let before = held::row_held(tx, kind, *id)?;
                let changed = tx
                    .prepare_cached(
                        "INSERT INTO hq_row (kind, id, version, body) VALUES (?1, ?2, ?3, ?4)
                         ON CONFLICT (kind, id) DO UPDATE
                         SET version = excluded.version, body = excluded.body
                         WHERE excluded.version > hq_row.version",
                    )?
                    .execute(params![kind, id, version, body])?;
                if changed > 0 {
                    let before = before.map(|(_, mark)| mark);
                    held.swap(*id, before, Some(row_mark(kind, *id, *version, body)));
                    touched.row(kind, *id);
                }
            }
            FeedEntry::Doc { id, kind, bytes, heads } => {
                documents::take_remote(tx, &mut held, *id, *kind, bytes, heads)?;
            }
            FeedEntry::Gone { .. } if planted(Bug::KeepAfterGone) => {}
            FeedEntry::Gone { kind, id } => {
                held.swap(*id, held::remove_row(tx, kind, *id)?, None);
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
                if !planted(Bug::StaleProjection) {
                    touched.row(kind, *id);
                }
            }
        }
    }
    held.keep(tx)?;
    let unreadable = projection::refresh(tx, &touched)?;
    if entries.iter().any(|entry| matches!(entry, FeedEntry::Gone { .. })) {
        // The words of a removed record stay in the index until it is merged.
        search::merge(tx)?;
    }
    Ok(unreadable)
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
