//! Bringing a database up to the schema of this program.

use super::OpenError;
use doorstep_domain::time::UtcMs;
use rusqlite::{Connection, TransactionBehavior, params};
use std::path::Path;

/// One step of a schema: plain SQL that is never edited once released.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Migration<'a> {
    /// 1 for the first; each next one is one higher.
    pub number: u32,
    /// What it is for, as in its file name.
    pub name: &'a str,
    /// The statements, without `BEGIN` and `COMMIT`.
    pub sql: &'a str,
}

/// A schema: whose database it is and all steps to its newest form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Schema<'a> {
    /// SQLite's `application_id` (<https://www.sqlite.org/pragma.html#pragma_application_id>);
    /// different for the tablet and for HQ, so that neither opens the other's file. Not 0.
    pub application_id: u32,
    /// In order, numbered from 1 without gaps.
    pub migrations: &'a [Migration<'a>],
}

impl Schema<'_> {
    /// The newest version.
    pub fn version(&self) -> u32 {
        self.migrations.last().map_or(0, |migration| migration.number)
    }
}

/// The version of a database that this program may open, before anything is written to it.
pub(super) fn accept(
    connection: &Connection,
    path: &Path,
    schema: &Schema<'_>,
) -> Result<u32, OpenError> {
    for (migration, expected) in schema.migrations.iter().zip(1..) {
        if migration.number != expected {
            return Err(OpenError::OutOfOrder { number: migration.number });
        }
    }
    let read = || -> Result<(u32, u32, u32), rusqlite::Error> {
        let application: i32 = connection.pragma_query_value(None, "application_id", first)?;
        let version: i32 = connection.pragma_query_value(None, "user_version", first)?;
        let tables = connection.query_row("SELECT count(*) FROM sqlite_schema", [], first)?;
        Ok((application.cast_unsigned(), version.cast_unsigned(), tables))
    };
    let (found, version, tables) = read().map_err(|error| OpenError::of(path, error))?;
    let is_empty = found == 0 && version == 0 && tables == 0;
    if found != schema.application_id && !is_empty {
        return Err(OpenError::Foreign { found, expected: schema.application_id });
    }
    if version > schema.version() {
        return Err(OpenError::Newer { found: version, known: schema.version() });
    }
    Ok(version)
}

/// Applies the migrations after `found`, each with its version in one transaction.
pub(super) fn apply(
    connection: &mut Connection,
    path: &Path,
    found: u32,
    schema: &Schema<'_>,
    now: UtcMs,
) -> Result<u32, OpenError> {
    for migration in schema.migrations.iter().filter(|migration| migration.number > found) {
        let applied = step(connection, schema.application_id, migration, now);
        applied.map_err(|source| match OpenError::of(path, source) {
            OpenError::Sqlite(source) => OpenError::Migration {
                number: migration.number,
                name: migration.name.to_owned(),
                source,
            },
            known => known,
        })?;
    }
    Ok(schema.version())
}

fn step(
    connection: &mut Connection,
    application_id: u32,
    migration: &Migration<'_>,
    now: UtcMs,
) -> Result<(), rusqlite::Error> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    transaction.execute_batch(
        "CREATE TABLE IF NOT EXISTS schema_migration (
             number INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_at INTEGER NOT NULL
         ) STRICT",
    )?;
    transaction.execute_batch(migration.sql)?;
    transaction.execute(
        "INSERT INTO schema_migration (number, name, applied_at) VALUES (?1, ?2, ?3)",
        params![migration.number, migration.name, now.0],
    )?;
    transaction.pragma_update(None, "application_id", application_id.cast_signed())?;
    transaction.pragma_update(None, "user_version", migration.number)?;
    transaction.commit()
}

fn first<T: rusqlite::types::FromSql>(row: &rusqlite::Row<'_>) -> rusqlite::Result<T> {
    row.get(0)
}
