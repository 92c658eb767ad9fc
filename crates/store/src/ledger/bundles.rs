//! Signed reference bundles, every version ever published.

use doorstep_domain::{
    time::{DayRange, UtcMs},
    trust::Signed,
};
use rusqlite::{Connection, OptionalExtension, params};
use uuid::Uuid;

use super::{Key, from_json, to_json};
use crate::error::{Result, StoreError};

/// One published bundle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    /// What it holds.
    pub kind: String,
    /// Its version.
    pub version: String,
    /// Its identity as a row.
    pub id: Uuid,
    /// The days on which it applies.
    pub valid: DayRange,
    /// The data with its signature.
    pub signed: Signed,
}

/// Publishes a bundle; a version once published never changes, so the database refuses another
/// body under it.
pub fn add(conn: &Connection, bundle: &Published, now: UtcMs) -> Result<()> {
    conn.prepare_cached(
        "INSERT INTO bundle (kind, version, id, valid_from, valid_to, signed, published_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?
    .execute(params![
        bundle.kind,
        bundle.version,
        Key(bundle.id),
        bundle.valid.from.to_string(),
        bundle.valid.to.map(|day| day.to_string()),
        to_json("bundle", &bundle.signed)?,
        now.0
    ])?;
    Ok(())
}

/// One version.
pub fn get(conn: &Connection, kind: &str, version: &str) -> Result<Option<Published>> {
    let found = conn
        .prepare_cached(
            "SELECT id, valid_from, valid_to, signed FROM bundle WHERE kind = ?1 AND version = ?2",
        )?
        .query_row([kind, version], |row| {
            Ok((
                row.get::<_, Key>(0)?.0,
                row.get::<_, String>(1)?,
                row.get::<_, Option<String>>(2)?,
                row.get::<_, String>(3)?,
            ))
        })
        .optional()?;
    found
        .map(|(id, from, to, signed)| {
            let day = |text: String| text.parse().map_err(|e| StoreError::unreadable("day", e));
            Ok(Published {
                kind: kind.to_owned(),
                version: version.to_owned(),
                id,
                valid: DayRange { from: day(from)?, to: to.map(day).transpose()? },
                signed: from_json("bundle", &signed)?,
            })
        })
        .transpose()
}

/// Kind and version of every bundle, in the order they were published.
pub fn list(conn: &Connection) -> Result<Vec<(String, String)>> {
    let mut statement = conn
        .prepare_cached("SELECT kind, version FROM bundle ORDER BY published_at, kind, version")?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    rows.map(|row| row.map_err(StoreError::from)).collect()
}

/// Puts a new signature under a bundle whose key was withdrawn; its data stays what it was.
pub fn sign_again(conn: &Connection, kind: &str, version: &str, signed: &Signed) -> Result<()> {
    conn.prepare_cached("UPDATE bundle SET signed = ?3 WHERE kind = ?1 AND version = ?2")?
        .execute(params![kind, version, to_json("bundle", signed)?])?;
    Ok(())
}
