//! Carrying unsent work from a damaged database into a new one.
//!
//! Two sources: what the damaged file still gives, row by row, and the sealed rescue file that was
//! kept current from the outbox. Keys and changes tell what came from both.

use doorstep_store::{
    device,
    open::MovedAside,
    rescue::{self, UnsentWork, salvage_rows},
    vault::RawKey,
};
use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use std::{collections::BTreeSet, path::Path};

use crate::{
    error::{ApiError, ApiResult},
    host::Host,
    identity::Epoch,
};

/// What was carried over.
#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS)]
pub struct Salvage {
    /// Where the damaged database lies.
    pub folder: String,
    /// Edits carried over.
    pub edits: u64,
    /// Claims carried over.
    pub claims: u64,
    /// Photos and papers carried over; their files were never in the database.
    pub media: u64,
}

/// Fills a new database with the unsent work of a damaged one. Edits come in under no epoch, so
/// that they are written again on HQ's version of their documents.
pub(crate) fn carry_over(
    conn: &mut Connection,
    aside: &MovedAside,
    rescue_file: &Path,
    key: &RawKey,
    host: &dyn Host,
) -> ApiResult<Salvage> {
    let mut work = from_rescue(rescue_file, key);
    add_from_database(&mut work, &aside.database, key);
    let tx = conn.transaction()?;
    for (name, value) in &work.settings {
        let value: serde_json::Value = serde_json::from_str(value).map_err(ApiError::internal)?;
        device::put_setting(&tx, name, &value)?;
    }
    if !work.settings.is_empty() {
        Epoch::begin(host).store(&tx)?;
    }
    for medium in &work.media {
        device::put_medium(&tx, medium)?;
    }
    for edit in &work.edits {
        device::restore_edit(&tx, edit)?;
    }
    for command in &work.commands {
        device::add_command(&tx, command)?;
    }
    tx.commit()?;
    tracing::warn!(
        edits = work.edits.len(),
        claims = work.commands.len(),
        media = work.media.len(),
        "unsent work carried over from a damaged database"
    );
    Ok(Salvage {
        folder: aside.folder.display().to_string(),
        edits: work.edits.len() as u64,
        claims: work.commands.len() as u64,
        media: work.media.len() as u64,
    })
}

fn from_rescue(path: &Path, key: &RawKey) -> UnsentWork {
    let opened = std::fs::read(path)
        .map_err(|e| e.to_string())
        .and_then(|bytes| rescue::open_with_key(&bytes, key).map_err(|e| e.to_string()))
        .and_then(|plain| UnsentWork::from_bytes(&plain).map_err(|e| e.to_string()));
    opened.unwrap_or_else(|error| {
        tracing::warn!(error, "no rescue file could be read");
        UnsentWork::default()
    })
}

fn add_from_database(work: &mut UnsentWork, database: &Path, key: &RawKey) {
    let mut changes: BTreeSet<Vec<u8>> = work.edits.iter().map(|e| e.change.clone()).collect();
    let mut keys: BTreeSet<_> = work.commands.iter().map(|c| c.key).collect();
    let mut hashes: BTreeSet<String> = work.media.iter().map(|m| m.hash.clone()).collect();
    for direction in ["ASC", "DESC"] {
        let sql = format!("{} ORDER BY seq {direction}", device::UNSETTLED_EDITS_SQL);
        let read = salvage_rows(database, key, &sql, |row| {
            let edit = device::read_edit(row)?;
            if changes.insert(edit.change.clone()) {
                work.edits.push(edit);
            }
            Ok(())
        });
        tracing::info!(rows = read.rows, stopped_by = read.stopped_by, "salvaged edits");
        let sql = format!("{} ORDER BY seq {direction}", device::UNDECIDED_COMMANDS_SQL);
        let read = salvage_rows(database, key, &sql, |row| {
            let command = device::read_command(row)?;
            if keys.insert(command.key) {
                work.commands.push(command);
            }
            Ok(())
        });
        tracing::info!(rows = read.rows, stopped_by = read.stopped_by, "salvaged claims");
        let sql = format!("{} ORDER BY hash {direction}", device::UNSENT_MEDIA_SQL);
        let read = salvage_rows(database, key, &sql, |row| {
            let medium = device::read_medium(row)?;
            if hashes.insert(medium.hash.clone()) {
                work.media.push(medium);
            }
            Ok(())
        });
        tracing::info!(rows = read.rows, stopped_by = read.stopped_by, "salvaged media");
    }
    if work.settings.is_empty() {
        let sql = "SELECT name, value FROM setting WHERE name IN ('identity', 'keys')";
        salvage_rows(database, key, sql, |row| {
            work.settings.push((row.get(0)?, row.get(1)?));
            Ok(())
        });
    }
    work.edits.sort_by_key(|edit| edit.seq);
    work.commands.sort_by_key(|command| command.made_at);
}
