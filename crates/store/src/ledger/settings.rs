//! Small facts about HQ itself, by name, and its running numbers.

use rusqlite::{Connection, OptionalExtension, params};

use super::to_u64;
use crate::error::Result;

/// One setting.
pub fn get(conn: &Connection, name: &str) -> Result<Option<String>> {
    Ok(conn
        .prepare_cached("SELECT value FROM setting WHERE name = ?1")?
        .query_row([name], |row| row.get(0))
        .optional()?)
}

/// Writes one setting.
pub fn put(conn: &Connection, name: &str, value: &str) -> Result<()> {
    conn.prepare_cached(
        "INSERT INTO setting (name, value) VALUES (?1, ?2)
         ON CONFLICT (name) DO UPDATE SET value = excluded.value",
    )?
    .execute(params![name, value])?;
    Ok(())
}

/// The next of a running series, from 1, without gaps as long as the transaction commits.
pub fn next_number(conn: &Connection, series: &str) -> Result<u64> {
    let last: i64 = conn
        .prepare_cached(
            "INSERT INTO setting (name, value) VALUES (?1, '1')
             ON CONFLICT (name) DO UPDATE SET value = CAST(CAST(value AS INTEGER) + 1 AS TEXT)
             RETURNING CAST(value AS INTEGER)",
        )?
        .query_row([format!("series:{series}")], |row| row.get(0))?;
    Ok(to_u64(last))
}
