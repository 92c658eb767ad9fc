//! HQ's news, committed with its cursor.

use doorstep_domain::facts::DocKind;
use rusqlite::{Transaction, params};
use uuid::Uuid;

use super::{documents, projection};
use crate::error::Result;

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
/// harmless.
pub fn apply_feed(tx: &Transaction<'_>, entries: &[FeedEntry]) -> Result<()> {
    let mut touched = projection::Touched::default();
    for entry in entries {
        match entry {
            FeedEntry::Row { kind, id, version, body } => {
                let changed = tx
                    .prepare_cached(
                        "INSERT INTO hq_row (kind, id, version, body) VALUES (?1, ?2, ?3, ?4)
                         ON CONFLICT (kind, id) DO UPDATE
                         SET version = excluded.version, body = excluded.body
                         WHERE excluded.version > hq_row.version",
                    )?
                    .execute(params![kind, id, version, body])?;
                if changed > 0 {
                    touched.row(kind, *id);
                }
            }
            FeedEntry::Doc { id, kind, bytes, heads } => {
                documents::take_remote(tx, *id, *kind, bytes, heads)?;
            }
            FeedEntry::Gone { kind, id } => {
                tx.prepare_cached("DELETE FROM hq_row WHERE kind = ?1 AND id = ?2")?
                    .execute(params![kind, id])?;
                // A document with unsent work stays until HQ has answered for that work.
                tx.prepare_cached("UPDATE doc SET gone = 1 WHERE id = ?1 AND kind = ?2")?
                    .execute(params![id, kind])?;
                documents::drop_gone(tx)?;
                touched.row(kind, *id);
            }
        }
    }
    projection::refresh(tx, &touched)
}

/// Forgets everything HQ sent, keeping the outbox: the start of a full pull.
pub fn forget_feed(tx: &Transaction<'_>) -> Result<()> {
    tx.execute("DELETE FROM hq_row", [])?;
    tx.execute(
        "DELETE FROM doc WHERE NOT EXISTS (SELECT 1 FROM outbox_edit WHERE doc = doc.id)",
        [],
    )?;
    projection::clear(tx)
}
