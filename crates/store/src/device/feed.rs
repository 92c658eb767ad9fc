//! HQ's news, committed with its cursor.

use doorstep_domain::{
    facts::DocKind,
    planted::{Bug, planted},
};
use rusqlite::{OptionalExtension, Transaction, params};
use std::collections::BTreeSet;
use uuid::Uuid;

use super::{documents, projection, searching};
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
    let mut changed = BTreeSet::new();
    for entry in entries {
        match entry {
            FeedEntry::Row { kind, id, version, body } => {
                if take_row(tx, kind, *id, *version, body)? {
                    changed.insert((kind.clone(), *id));
                }
            }
            FeedEntry::Doc { id, kind, bytes, heads } => {
                documents::take_remote(tx, *id, *kind, bytes, heads)?;
            }
            FeedEntry::Gone { .. } if planted(Bug::KeepAfterGone) => {}
            FeedEntry::Gone { kind, id } => {
                let held: Option<String> = tx
                    .prepare_cached(
                        "DELETE FROM hq_row WHERE kind = ?1 AND id = ?2 RETURNING body",
                    )?
                    .query_row(params![kind, id], |row| row.get(0))
                    .optional()?;
                if let Some(held) = held
                    && !planted(Bug::StaleProjection)
                {
                    projection::displace(tx, kind, *id, &held)?;
                }
                // A document with unsent work stays until that work is received.
                tx.prepare_cached(
                    "DELETE FROM doc WHERE id = ?1 AND kind = ?2
                     AND NOT EXISTS (SELECT 1 FROM outbox_edit WHERE doc = ?1)",
                )?
                .execute(params![id, kind])?;
                if !planted(Bug::StaleProjection) {
                    changed.insert((kind.clone(), *id));
                }
            }
        }
    }
    searching::refresh(tx, &changed)
}

/// Stores a row and puts it where it belongs; `false` when one as new is held already.
fn take_row(tx: &Transaction<'_>, kind: &str, id: Uuid, version: u64, body: &str) -> Result<bool> {
    let held: Option<(u64, String)> = tx
        .prepare_cached("SELECT version, body FROM hq_row WHERE kind = ?1 AND id = ?2")?
        .query_row(params![kind, id], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    match held {
        Some((held, _)) if held >= version => return Ok(false),
        Some((_, before)) => {
            tx.prepare_cached(
                "UPDATE hq_row SET version = ?3, body = ?4 WHERE kind = ?1 AND id = ?2",
            )?
            .execute(params![kind, id, version, body])?;
            projection::displace(tx, kind, id, &before)?;
        }
        None => {
            tx.prepare_cached(
                "INSERT INTO hq_row (kind, id, version, body) VALUES (?1, ?2, ?3, ?4)",
            )?
            .execute(params![kind, id, version, body])?;
        }
    }
    projection::place(tx, kind, id, body)?;
    Ok(true)
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
