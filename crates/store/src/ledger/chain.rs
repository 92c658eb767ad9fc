//! The chain of batches of one installation epoch, with the last answer kept to be repeated.

use doorstep_domain::id::DeviceId;
use rusqlite::{Connection, OptionalExtension, params};
use uuid::Uuid;

use super::{Key, to_i64, to_u64};
use crate::error::Result;

/// The last batch executed in one epoch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Its number.
    pub number: u64,
    /// Hash of its sealed bytes.
    pub hash: [u8; 32],
    /// The answer, byte for byte.
    pub answer: Vec<u8>,
}

/// The last link of a chain; `None` for a new epoch.
pub fn last(conn: &Connection, device: DeviceId, epoch: Uuid) -> Result<Option<Link>> {
    Ok(conn
        .prepare_cached("SELECT number, hash, answer FROM chain WHERE device = ?1 AND epoch = ?2")?
        .query_row(params![Key(device.0), Key(epoch)], |row| {
            Ok(Link { number: to_u64(row.get(0)?), hash: row.get(1)?, answer: row.get(2)? })
        })
        .optional()?)
}

/// Makes `link` the last of its chain. Belongs into the transaction of everything the batch caused:
/// then an answer exists exactly when its effects do.
pub fn extend(conn: &Connection, device: DeviceId, epoch: Uuid, link: &Link) -> Result<()> {
    conn.prepare_cached(
        "INSERT INTO chain (device, epoch, number, hash, answer) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (device, epoch) DO UPDATE
         SET number = excluded.number, hash = excluded.hash, answer = excluded.answer",
    )?
    .execute(params![
        Key(device.0),
        Key(epoch),
        to_i64(link.number),
        link.hash,
        link.answer
    ])?;
    Ok(())
}
