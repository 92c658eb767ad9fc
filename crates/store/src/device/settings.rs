//! Small facts about the installation: cursor, epoch, key list.

use rusqlite::{Connection, OptionalExtension, params};
use serde::{Serialize, de::DeserializeOwned};

use crate::error::{Result, StoreError};

/// Reads a setting.
pub fn setting<T: DeserializeOwned>(conn: &Connection, name: &str) -> Result<Option<T>> {
    let text: Option<String> = conn
        .prepare_cached("SELECT value FROM setting WHERE name = ?1")?
        .query_row([name], |row| row.get(0))
        .optional()?;
    text.map(|text| serde_json::from_str(&text).map_err(|e| StoreError::unreadable("setting", e)))
        .transpose()
}

/// Writes a setting.
pub fn put_setting<T: Serialize>(conn: &Connection, name: &str, value: &T) -> Result<()> {
    let text = serde_json::to_string(value).map_err(|e| StoreError::unreadable("setting", e))?;
    conn.prepare_cached(
        "INSERT INTO setting (name, value) VALUES (?1, ?2)
         ON CONFLICT (name) DO UPDATE SET value = excluded.value",
    )?
    .execute(params![name, text])?;
    Ok(())
}

/// Forgets a setting.
pub fn remove_setting(conn: &Connection, name: &str) -> Result<()> {
    conn.execute("DELETE FROM setting WHERE name = ?1", [name])?;
    Ok(())
}
