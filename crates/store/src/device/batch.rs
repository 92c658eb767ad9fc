//! The one sealed batch on its way to HQ, and what HQ's answer does to the outbox.

use doorstep_domain::{
    id::CommandKey,
    planted::{Bug, planted},
    refusal::{DOCUMENT_BEGUN_TWICE, NOT_ALLOWED},
    time::UtcMs,
};
use rusqlite::{Connection, OptionalExtension, Transaction, params};
use uuid::Uuid;

use super::{
    documents, held,
    outbox::{CommandRecord, EditRecord},
};
use crate::error::{Result, StoreError};

/// The batch that awaits an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedBatch {
    /// Its number.
    pub number: u64,
    /// SHA-256 of `bytes`.
    pub hash: [u8; 32],
    /// What goes out, byte for byte.
    pub bytes: Vec<u8>,
}

/// HQ's refusal of one document's changes.
#[derive(Debug, Clone)]
pub struct DocumentRefusal {
    /// The document.
    pub doc: Uuid,
    /// The error code.
    pub code: String,
}

/// HQ's answer to the sealed batch, in the store's words.
#[derive(Debug, Clone)]
pub struct Settlement {
    /// The batch it answers.
    pub number: u64,
    /// When HQ executed it.
    pub executed_at: UtcMs,
    /// Documents HQ took in, with its heads afterwards.
    pub received: Vec<(Uuid, Vec<u8>)>,
    /// Documents HQ refused.
    pub refused: Vec<DocumentRefusal>,
    /// HQ has just turned out to be restored from a backup: what it refuses may build on what it
    /// lost, so it goes out again once that has been offered.
    pub hq_was_restored: bool,
    /// Decisions as JSON, by claim.
    pub decisions: Vec<(CommandKey, String)>,
}

/// Writes a sealed batch before it is sent, and marks what is in it.
pub fn put_batch(
    tx: &Transaction<'_>,
    batch: &SealedBatch,
    edits: &[EditRecord],
    commands: &[CommandRecord],
) -> Result<()> {
    if sealed_batch(tx)?.is_some() {
        return Err(StoreError::BatchWaiting);
    }
    tx.execute(
        "INSERT INTO outbox_batch (number, hash, bytes) VALUES (?1, ?2, ?3)",
        params![batch.number, batch.hash, batch.bytes],
    )?;
    for edit in edits {
        tx.prepare_cached("UPDATE outbox_edit SET batch = ?2 WHERE seq = ?1")?
            .execute(params![edit.seq, batch.number])?;
    }
    for command in commands {
        tx.prepare_cached("UPDATE outbox_command SET batch = ?2 WHERE key = ?1")?
            .execute(params![command.key.0, batch.number])?;
    }
    Ok(())
}

/// The batch that awaits HQ's answer.
pub fn sealed_batch(conn: &Connection) -> Result<Option<SealedBatch>> {
    Ok(conn
        .prepare_cached("SELECT number, hash, bytes FROM outbox_batch ORDER BY number LIMIT 1")?
        .query_row([], |row| {
            Ok(SealedBatch { number: row.get(0)?, hash: row.get(1)?, bytes: row.get(2)? })
        })
        .optional()?)
}

/// Takes HQ's answer in: receipts clear the edits, refusals mark them, decisions close the claims.
pub fn settle(tx: &Transaction<'_>, settlement: &Settlement) -> Result<()> {
    for (doc, heads) in &settlement.received {
        held::tell_document(tx, *doc, heads)?;
    }
    for refusal in &settlement.refused {
        settle_offer(tx, settlement, refusal)?;
        tx.prepare_cached(
            "UPDATE outbox_edit SET refusal = ?3, batch = NULL WHERE batch = ?1 AND doc = ?2",
        )?
        .execute(params![settlement.number, refusal.doc, refusal.code])?;
    }
    if planted(Bug::SettleTooMuch) {
        tx.execute("DELETE FROM outbox_edit WHERE refusal IS NULL", [])?;
    }
    if !planted(Bug::DropAck) {
        tx.prepare_cached("DELETE FROM outbox_edit WHERE batch = ?1")?
            .execute([settlement.number])?;
    }
    documents::drop_gone(tx)?;
    for (key, decision) in &settlement.decisions {
        tx.prepare_cached(
            "UPDATE outbox_command SET decision = ?2, decided_at = ?3, batch = NULL WHERE key = ?1",
        )?
        .execute(params![key.0, decision, settlement.executed_at.0])?;
    }
    tx.prepare_cached("DELETE FROM outbox_batch WHERE number = ?1")?
        .execute([settlement.number])?;
    Ok(())
}

/// What came before this device had HQ's version of the document is written again on that.
///
/// What was offered to a restored HQ is nobody's new work: written again on HQ's version, as fields,
/// where HQ has the document. Else it is dropped: it is no longer this device's business, or holds
/// what this person may not write. HQ keeps the bytes in quarantine, and whoever may write them
/// brings the document; a second beginning of it would never become one with that.
fn settle_offer(
    tx: &Transaction<'_>,
    settlement: &Settlement,
    refusal: &DocumentRefusal,
) -> Result<()> {
    let sql = if settlement.hq_was_restored || refusal.code == DOCUMENT_BEGUN_TWICE {
        "UPDATE outbox_edit SET batch = NULL, epoch = zeroblob(16) WHERE batch = ?1 AND doc = ?2"
    } else if refusal.code == NOT_ALLOWED || held::told_heads(tx, refusal.doc)?.is_none() {
        "DELETE FROM outbox_edit WHERE batch = ?1 AND doc = ?2 AND offered = 1"
    } else {
        "UPDATE outbox_edit SET batch = NULL, epoch = zeroblob(16), offered = 0
         WHERE batch = ?1 AND doc = ?2 AND EXISTS
         (SELECT 1 FROM outbox_edit WHERE batch = ?1 AND doc = ?2 AND offered = 1)"
    };
    tx.prepare_cached(sql)?.execute(params![settlement.number, refusal.doc])?;
    Ok(())
}

/// Returns everything in the sealed batch to the unsent state: the first step of a new epoch.
pub fn fold_back(tx: &Transaction<'_>) -> Result<()> {
    tx.execute("UPDATE outbox_edit SET batch = NULL WHERE batch IS NOT NULL", [])?;
    if !planted(Bug::LeaveClaimsSealed) {
        tx.execute("UPDATE outbox_command SET batch = NULL WHERE batch IS NOT NULL", [])?;
    }
    tx.execute("DELETE FROM outbox_batch", [])?;
    Ok(())
}
