//! What waits for HQ: edits and claims, sealed into one batch at a time.

use doorstep_domain::{
    facts::{DocKind, FieldEdit},
    id::{CommandKey, PersonId},
    time::UtcMs,
};
use rusqlite::{Connection, OptionalExtension, Transaction, params};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::documents::doc_kind;
use crate::error::{Result, StoreError};

/// An edit in the outbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EditRecord {
    /// Its place in the outbox.
    pub seq: i64,
    /// The document.
    pub doc: Uuid,
    /// What the document is about.
    pub kind: DocKind,
    /// The automerge change.
    #[serde(with = "serde_bytes")]
    pub change: Vec<u8>,
    /// The same as fields.
    pub edits: Vec<FieldEdit>,
    /// Who made it.
    pub author: String,
    /// The device's clock then.
    pub made_at: UtcMs,
    /// The sealed batch it is part of.
    pub batch: Option<u64>,
    /// HQ's reason for refusing it.
    pub refusal: Option<String>,
}

/// A claim in the outbox, kept with HQ's decision as its receipt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommandRecord {
    /// Its idempotency key.
    pub key: CommandKey,
    /// Which claim it is.
    pub kind: String,
    /// The record it is about.
    pub subject: Option<Uuid>,
    /// Who made it.
    pub person: PersonId,
    /// The claim as JSON.
    pub claim: String,
    /// The device's clock then.
    pub made_at: UtcMs,
    /// HQ's time as estimated then.
    pub estimated_at: UtcMs,
    /// The sealed batch it is part of.
    pub batch: Option<u64>,
    /// HQ's decision as JSON.
    pub decision: Option<String>,
    /// When HQ decided.
    pub decided_at: Option<UtcMs>,
    /// When somebody put the refusal away.
    #[serde(default)]
    pub dismissed_at: Option<UtcMs>,
}

/// How much waits for HQ.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct WaitingCounts {
    /// Edits without a receipt.
    pub edits: u64,
    /// Claims without a decision.
    pub claims: u64,
    /// Edits HQ refused; a person must look.
    pub refused_edits: u64,
    /// Whether a sealed batch is on its way.
    pub sealed: bool,
}

const EDIT_COLUMNS: &str = "seq, doc, kind, change, edits, author, made_at, batch, refusal";
const COMMAND_COLUMNS: &str = "key, kind, subject, person, claim, made_at, estimated_at, batch, \
                               decision, decided_at, dismissed_at";

/// Edits without HQ's receipt, those that a person has put away left out; the caller may add an
/// order.
pub const UNSETTLED_EDITS_SQL: &str = "SELECT seq, doc, kind, change, edits, author, made_at, \
                                       batch, refusal FROM outbox_edit \
                                       WHERE dismissed_at IS NULL";
/// Claims without HQ's decision; the caller may add an order.
pub const UNDECIDED_COMMANDS_SQL: &str = "SELECT key, kind, subject, person, claim, made_at, estimated_at, batch, decision, \
     decided_at, dismissed_at FROM outbox_command WHERE decision IS NULL";

/// Every edit without HQ's receipt, oldest first.
pub fn unsettled_edits(conn: &Connection) -> Result<Vec<EditRecord>> {
    read_edits(conn.prepare(&format!("{UNSETTLED_EDITS_SQL} ORDER BY seq"))?.query([])?)
}

/// Every claim without HQ's decision, oldest first.
pub fn undecided_commands(conn: &Connection) -> Result<Vec<CommandRecord>> {
    conn.prepare(&format!("{UNDECIDED_COMMANDS_SQL} ORDER BY seq"))?
        .query_map([], read_command)?
        .map(|row| row.map_err(StoreError::from))
        .collect()
}

/// Puts a salvaged edit back, under no epoch, so that it is written again on HQ's version.
pub fn restore_edit(tx: &Transaction<'_>, edit: &EditRecord) -> Result<()> {
    let fields =
        serde_json::to_string(&edit.edits).map_err(|e| StoreError::unreadable("edit", e))?;
    tx.prepare_cached(
        "INSERT INTO outbox_edit (doc, kind, change, edits, author, made_at, epoch, refusal)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, zeroblob(16), ?7)",
    )?
    .execute(params![
        edit.doc,
        edit.kind.name(),
        edit.change,
        fields,
        edit.author,
        edit.made_at.0,
        edit.refusal
    ])?;
    Ok(())
}

/// Adds a claim; the same key twice is the same claim and changes nothing.
pub fn add_command(tx: &Transaction<'_>, record: &CommandRecord) -> Result<()> {
    tx.prepare_cached(
        "INSERT INTO outbox_command (key, kind, subject, person, claim, made_at, estimated_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (key) DO NOTHING",
    )?
    .execute(params![
        record.key.0,
        record.kind,
        record.subject,
        record.person.0,
        record.claim,
        record.made_at.0,
        record.estimated_at.0
    ])?;
    Ok(())
}

/// One claim by its key.
pub fn command(conn: &Connection, key: CommandKey) -> Result<Option<CommandRecord>> {
    conn.prepare_cached(&format!("SELECT {COMMAND_COLUMNS} FROM outbox_command WHERE key = ?1"))?
        .query_row([key.0], read_command)
        .optional()
        .map_err(StoreError::from)
}

/// Claims about one record, newest first.
pub fn commands_about(conn: &Connection, subject: Uuid) -> Result<Vec<CommandRecord>> {
    read_commands(conn, "subject = ?1", [subject])
}

/// Claims of one kind, named as `ClaimKind` travels, newest first.
pub fn commands_of_kind(conn: &Connection, kind: &str) -> Result<Vec<CommandRecord>> {
    read_commands(conn, "kind = ?1", [kind])
}

/// The newest claims of one kind, newest first.
pub fn latest_commands(conn: &Connection, kind: &str, most: u32) -> Result<Vec<CommandRecord>> {
    let sql = format!(
        "SELECT {COMMAND_COLUMNS} FROM outbox_command WHERE kind = ?1 ORDER BY seq DESC LIMIT ?2"
    );
    conn.prepare_cached(&sql)?
        .query_map(params![kind, most], read_command)?
        .map(|row| row.map_err(StoreError::from))
        .collect()
}

/// Claims that HQ has not decided, or has refused and nobody has put away, newest first.
pub fn open_commands(conn: &Connection) -> Result<Vec<CommandRecord>> {
    // Word for word the condition of the partial index `outbox_command_open`.
    let open = "decision IS NULL OR decision ->> 'decision' = 'refused' AND dismissed_at IS NULL";
    read_commands(conn, open, [])
}

fn read_commands(
    conn: &Connection,
    condition: &str,
    values: impl rusqlite::Params,
) -> Result<Vec<CommandRecord>> {
    let sql =
        format!("SELECT {COMMAND_COLUMNS} FROM outbox_command WHERE {condition} ORDER BY seq DESC");
    conn.prepare_cached(&sql)?
        .query_map(values, read_command)?
        .map(|row| row.map_err(StoreError::from))
        .collect()
}

/// Unsettled edits of one document, oldest first: what the view lays over HQ's rows.
pub fn edits_of(conn: &Connection, doc: Uuid) -> Result<Vec<EditRecord>> {
    let sql = format!("{UNSETTLED_EDITS_SQL} AND doc = ?1 ORDER BY seq");
    read_edits(conn.prepare_cached(&sql)?.query([doc])?)
}

/// Where some edits of a document stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EditStanding {
    /// HQ's reason for refusing them.
    pub refusal: Option<String>,
    /// Whether they are in a sealed batch.
    pub sealed: bool,
}

/// How the unsettled edits of one document stand, each way once, the latest last.
pub fn edit_standings(conn: &Connection, doc: Uuid) -> Result<Vec<EditStanding>> {
    conn.prepare_cached(
        "SELECT refusal, batch IS NOT NULL AS sealed FROM outbox_edit
         WHERE doc = ?1 AND dismissed_at IS NULL GROUP BY refusal, sealed ORDER BY max(seq)",
    )?
    .query_map([doc], |row| Ok(EditStanding { refusal: row.get(0)?, sealed: row.get(1)? }))?
    .map(|row| row.map_err(StoreError::from))
    .collect()
}

/// Unsettled edits of one document that touch a section, oldest first.
pub fn edits_about(conn: &Connection, doc: Uuid, section: &str) -> Result<Vec<EditRecord>> {
    let sql = format!("{UNSETTLED_EDITS_SQL} AND doc = ?1 AND instr(edits, ?2) > 0 ORDER BY seq");
    let named = serde_json::to_string(section).map_err(|e| StoreError::unreadable("edit", e))?;
    read_edits(conn.prepare_cached(&sql)?.query(params![doc, named])?)
}

/// The oldest edits of this epoch and claims that are in no batch, at most `limit` together.
pub fn next_unsent(
    conn: &Connection,
    epoch: Uuid,
    limit: usize,
) -> Result<(Vec<EditRecord>, Vec<CommandRecord>)> {
    let most = i64::try_from(limit).unwrap_or(i64::MAX);
    let sql = format!(
        "SELECT {EDIT_COLUMNS} FROM outbox_edit
         WHERE batch IS NULL AND refusal IS NULL AND epoch = ?2 ORDER BY seq LIMIT ?1"
    );
    let edits = read_edits(conn.prepare_cached(&sql)?.query(params![most, epoch])?)?;
    let left = most.saturating_sub(i64::try_from(edits.len()).unwrap_or(most));
    let sql = format!(
        "SELECT {COMMAND_COLUMNS} FROM outbox_command
         WHERE batch IS NULL AND decision IS NULL ORDER BY seq LIMIT ?1"
    );
    let commands = conn
        .prepare_cached(&sql)?
        .query_map([left], read_command)?
        .collect::<rusqlite::Result<_>>()?;
    Ok((edits, commands))
}

/// Unsettled edits of a document whose change was written under another epoch, oldest first: they
/// must be written again on HQ's version.
pub fn stale_edits(conn: &Connection, doc: Uuid, epoch: Uuid) -> Result<Vec<EditRecord>> {
    let sql = format!(
        "SELECT {EDIT_COLUMNS} FROM outbox_edit
         WHERE doc = ?1 AND epoch <> ?2 AND refusal IS NULL ORDER BY seq"
    );
    read_edits(conn.prepare_cached(&sql)?.query(params![doc, epoch])?)
}

/// Documents with [`stale_edits`].
pub fn stale_documents(conn: &Connection, epoch: Uuid) -> Result<Vec<Uuid>> {
    conn.prepare_cached(
        "SELECT DISTINCT doc FROM outbox_edit
         WHERE epoch <> ?1 AND refusal IS NULL ORDER BY doc",
    )?
    .query_map([epoch], |row| row.get(0))?
    .map(|row| row.map_err(StoreError::from))
    .collect()
}

/// Edits of a document that HQ refused, put away or not, oldest first.
pub fn refused_edits(conn: &Connection, doc: Uuid) -> Result<Vec<EditRecord>> {
    let sql = format!(
        "SELECT {EDIT_COLUMNS} FROM outbox_edit
         WHERE doc = ?1 AND refusal IS NOT NULL ORDER BY seq"
    );
    read_edits(conn.prepare_cached(&sql)?.query([doc])?)
}

/// Forgets edits that have been written again; the caller does both in one transaction.
pub fn drop_edits(tx: &Transaction<'_>, edits: &[EditRecord]) -> Result<()> {
    for edit in edits {
        tx.prepare_cached("DELETE FROM outbox_edit WHERE seq = ?1")?.execute([edit.seq])?;
    }
    Ok(())
}

/// Marks a document's unsettled edits as written under no epoch, so that they are written again.
pub fn make_stale(tx: &Transaction<'_>, doc: Uuid) -> Result<()> {
    tx.execute(
        "UPDATE outbox_edit SET epoch = zeroblob(16) WHERE doc = ?1 AND refusal IS NULL",
        [doc],
    )?;
    Ok(())
}

/// Puts a refused edit away: it is kept and asks for nobody any more. Tells whether there was one.
pub fn dismiss_edit(tx: &Transaction<'_>, seq: i64, at: UtcMs) -> Result<bool> {
    let changed = tx.execute(
        "UPDATE outbox_edit SET dismissed_at = ?2 WHERE seq = ?1 AND refusal IS NOT NULL",
        params![seq, at.0],
    )?;
    Ok(changed > 0)
}

/// Has a refused edit written again on HQ's version. Tells whether there was one.
pub fn retry_edit(tx: &Transaction<'_>, seq: i64) -> Result<bool> {
    let changed = tx.execute(
        "UPDATE outbox_edit SET refusal = NULL, epoch = zeroblob(16), dismissed_at = NULL
         WHERE seq = ?1 AND refusal IS NOT NULL",
        [seq],
    )?;
    Ok(changed > 0)
}

/// Puts a refused claim away: it stays as a receipt and asks for nobody any more. Tells whether
/// there was one.
pub fn dismiss_command(tx: &Transaction<'_>, key: CommandKey, at: UtcMs) -> Result<bool> {
    let changed = tx.execute(
        "UPDATE outbox_command SET dismissed_at = ?2
         WHERE key = ?1 AND decision ->> 'decision' = 'refused'",
        params![key.0, at.0],
    )?;
    Ok(changed > 0)
}

/// How much waits.
pub fn waiting(conn: &Connection) -> Result<WaitingCounts> {
    Ok(conn
        .prepare_cached(
            "SELECT (SELECT count(*) FROM outbox_edit WHERE refusal IS NULL),
                    (SELECT count(*) FROM outbox_command WHERE decision IS NULL),
                    (SELECT count(*) FROM outbox_edit
                     WHERE refusal IS NOT NULL AND dismissed_at IS NULL),
                    (SELECT count(*) FROM outbox_batch)",
        )?
        .query_row([], |row| {
            Ok(WaitingCounts {
                edits: row.get(0)?,
                claims: row.get(1)?,
                refused_edits: row.get(2)?,
                sealed: row.get::<_, i64>(3)? > 0,
            })
        })?)
}

fn read_edits(mut rows: rusqlite::Rows<'_>) -> Result<Vec<EditRecord>> {
    let mut edits = Vec::new();
    while let Some(row) = rows.next()? {
        edits.push(read_edit(row)?);
    }
    Ok(edits)
}

/// One row of [`UNSETTLED_EDITS_SQL`].
pub fn read_edit(row: &rusqlite::Row<'_>) -> rusqlite::Result<EditRecord> {
    let kind: String = row.get(2)?;
    let fields: String = row.get(4)?;
    Ok(EditRecord {
        seq: row.get(0)?,
        doc: row.get(1)?,
        kind: doc_kind(&kind).map_err(|e| unreadable(2, e))?,
        change: row.get(3)?,
        edits: serde_json::from_str(&fields).map_err(|e| unreadable(4, e))?,
        author: row.get(5)?,
        made_at: UtcMs(row.get(6)?),
        batch: row.get(7)?,
        refusal: row.get(8)?,
    })
}

fn unreadable(
    column: usize,
    error: impl std::error::Error + Send + Sync + 'static,
) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(column, rusqlite::types::Type::Text, Box::new(error))
}

/// One row of [`UNDECIDED_COMMANDS_SQL`].
pub fn read_command(row: &rusqlite::Row<'_>) -> rusqlite::Result<CommandRecord> {
    Ok(CommandRecord {
        key: CommandKey(row.get(0)?),
        kind: row.get(1)?,
        subject: row.get(2)?,
        person: PersonId(row.get(3)?),
        claim: row.get(4)?,
        made_at: UtcMs(row.get(5)?),
        estimated_at: UtcMs(row.get(6)?),
        batch: row.get(7)?,
        decision: row.get(8)?,
        decided_at: row.get::<_, Option<i64>>(9)?.map(UtcMs),
        dismissed_at: row.get::<_, Option<i64>>(10)?.map(UtcMs),
    })
}
