//! What HQ acknowledged and a restored HQ may have lost: documents to compare with what it has now,
//! claims and photos to send again.

use doorstep_domain::{
    facts::{DocKind, FieldEdit},
    time::UtcMs,
};
use rusqlite::{Connection, OptionalExtension, Transaction, params};
use std::collections::BTreeSet;
use uuid::Uuid;

use crate::error::{Result, StoreError};

/// Times of HQ and of this device may differ by this much: ten minutes, as requests may.
const CLOCKS_MS: i64 = 10 * UtcMs::MINUTE;

/// Changes for an HQ that lost them.
#[derive(Debug)]
pub struct Offer<'a> {
    /// The document.
    pub doc: Uuid,
    /// What it is about.
    pub kind: DocKind,
    /// The changes, in an order in which they can be applied.
    pub changes: &'a [Vec<u8>],
    /// What they come to as fields, for an HQ that cannot take the changes themselves.
    pub edits: &'a [FieldEdit],
    /// Whose device offers them.
    pub author: &'a str,
    /// The device's clock.
    pub made_at: UtcMs,
    /// The installation epoch that sends them.
    pub epoch: Uuid,
}

/// Sets every document that HQ told of aside for comparison, and puts back into the outbox what HQ
/// acknowledged after `lost_after`, or ever: claims it executed, photos and papers it received.
pub fn begin_offers(tx: &Transaction<'_>, lost_after: Option<UtcMs>) -> Result<()> {
    let since = lost_after.map_or(i64::MIN, |at| at.plus_ms(-CLOCKS_MS).0);
    tx.execute("UPDATE doc SET offer = told WHERE told IS NOT NULL", [])?;
    tx.execute(
        "UPDATE outbox_command SET decision = NULL, decided_at = NULL
         WHERE decision ->> 'decision' = 'executed' AND decided_at >= ?1",
        [since],
    )?;
    tx.execute(
        "UPDATE media SET received_at = NULL, sent = 0, location = NULL WHERE received_at >= ?1",
        [since],
    )?;
    Ok(())
}

/// Sets one document aside for comparison, if HQ ever told of it.
pub fn begin_offer(tx: &Transaction<'_>, doc: Uuid) -> Result<()> {
    tx.prepare_cached("UPDATE doc SET offer = told WHERE id = ?1")?.execute([doc])?;
    Ok(())
}

/// Whether documents wait to be compared; until then nothing is sealed, because it would build on
/// changes that HQ may not have.
pub fn offers_open(conn: &Connection) -> Result<bool> {
    Ok(conn.prepare_cached("SELECT 1 FROM doc WHERE offer IS NOT NULL LIMIT 1")?.exists([])?)
}

/// The documents that wait to be compared.
pub fn open_offers(conn: &Connection) -> Result<Vec<Uuid>> {
    conn.prepare_cached("SELECT id FROM doc WHERE offer IS NOT NULL ORDER BY id")?
        .query_map([], |row| row.get(0))?
        .map(|row| row.map_err(StoreError::from))
        .collect()
}

/// The heads HQ had of a document that waits to be compared.
pub fn open_offer(conn: &Connection, doc: Uuid) -> Result<Option<Vec<u8>>> {
    let found: Option<Option<Vec<u8>>> = conn
        .prepare_cached("SELECT offer FROM doc WHERE id = ?1")?
        .query_row([doc], |row| row.get(0))
        .optional()?;
    Ok(found.flatten())
}

/// The document has been compared.
pub fn end_offer(tx: &Transaction<'_>, doc: Uuid) -> Result<()> {
    tx.prepare_cached("UPDATE doc SET offer = NULL WHERE id = ?1")?.execute([doc])?;
    Ok(())
}

/// Puts changes into the outbox, before the document's own unsent edits: those build on them, and
/// stay somebody's new work, which is told apart should HQ refuse the document.
pub fn add_offer(tx: &Transaction<'_>, offer: &Offer<'_>) -> Result<()> {
    let last: i64 =
        tx.query_row("SELECT coalesce(max(seq), 0) FROM outbox_edit", [], |row| row.get(0))?;
    let unsent = unsent_changes(tx, offer.doc)?;
    let lost = offer.changes.iter().filter(|change| !unsent.contains(*change));
    let fields =
        serde_json::to_string(offer.edits).map_err(|e| StoreError::unreadable("edit", e))?;
    for (index, change) in lost.enumerate() {
        let fields = if index == 0 { fields.as_str() } else { "[]" };
        tx.prepare_cached(
            "INSERT INTO outbox_edit (doc, kind, change, edits, author, made_at, epoch, offered)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 1)",
        )?
        .execute(params![
            offer.doc,
            offer.kind.name(),
            change,
            fields,
            offer.author,
            offer.made_at.0,
            offer.epoch
        ])?;
    }
    tx.prepare_cached(
        "INSERT INTO outbox_edit (doc, kind, change, edits, author, made_at, epoch)
         SELECT doc, kind, change, edits, author, made_at, epoch FROM outbox_edit
         WHERE doc = ?1 AND refusal IS NULL AND offered = 0 AND seq <= ?2 ORDER BY seq",
    )?
    .execute(params![offer.doc, last])?;
    tx.prepare_cached("DELETE FROM outbox_edit WHERE doc = ?1 AND refusal IS NULL AND seq <= ?2")?
        .execute(params![offer.doc, last])?;
    Ok(())
}

/// The changes of a document that HQ has neither received nor refused.
fn unsent_changes(tx: &Transaction<'_>, doc: Uuid) -> Result<BTreeSet<Vec<u8>>> {
    tx.prepare_cached(
        "SELECT change FROM outbox_edit WHERE doc = ?1 AND refusal IS NULL AND offered = 0",
    )?
    .query_map([doc], |row| row.get(0))?
    .map(|row| row.map_err(StoreError::from))
    .collect()
}
