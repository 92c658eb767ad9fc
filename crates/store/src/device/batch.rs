//! The one sealed batch on its way to HQ, and what HQ's answer does to the outbox.

use doorstep_domain::{
    id::CommandKey,
    planted::{Bug, planted},
    time::UtcMs,
};
use rusqlite::{Connection, OptionalExtension, Transaction, params};
use uuid::Uuid;

use super::outbox::{CommandRecord, EditRecord};
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
    /// Documents HQ refused.
    pub refused: Vec<DocumentRefusal>,
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
    for refusal in &settlement.refused {
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

/// Returns everything in the sealed batch to the unsent state: the first step of a new epoch.
pub fn fold_back(tx: &Transaction<'_>) -> Result<()> {
    tx.execute("UPDATE outbox_edit SET batch = NULL WHERE batch IS NOT NULL", [])?;
    if !planted(Bug::LeaveClaimsSealed) {
        tx.execute("UPDATE outbox_command SET batch = NULL WHERE batch IS NOT NULL", [])?;
    }
    tx.execute("DELETE FROM outbox_batch", [])?;
    Ok(())
}
