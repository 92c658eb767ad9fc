//! What a rescue file holds.

use doorstep_domain::words::Words;
use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{
    device::{self, CommandRecord, EditRecord, Medium},
    error::Result,
};

/// Settings without which the work cannot be sent: who the device is, and whom it believes.
const SETTINGS: [&str; 2] = ["identity", "keys"];

/// Work that HQ has not acknowledged.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct UnsentWork {
    /// Settings by name, as JSON.
    pub settings: Vec<(String, String)>,
    /// Edits without HQ's receipt, oldest first.
    pub edits: Vec<EditRecord>,
    /// Claims without HQ's decision, oldest first.
    pub commands: Vec<CommandRecord>,
    /// Photos and papers without HQ's receipt, with the keys of their files; no thumbnails.
    #[serde(default)]
    pub media: Vec<Medium>,
}

/// The content of a rescue file is not unsent work, or not of a version this program knows.
#[derive(Debug, Error)]
#[error("the rescued work is not readable: {0}")]
pub struct UnreadableWork(String);

impl UnreadableWork {
    /// The error in both languages.
    pub fn words(&self) -> Words {
        Words::new(format!("救援内容无法读取：{}", self.0), self.to_string())
    }
}

impl UnsentWork {
    /// The unsent work of a sound database.
    ///
    /// # Errors
    /// Errors of the database.
    pub fn of(conn: &Connection) -> Result<UnsentWork> {
        let mut work = UnsentWork::default();
        for name in SETTINGS {
            if let Some(value) = device::setting::<serde_json::Value>(conn, name)? {
                work.settings.push((name.to_owned(), value.to_string()));
            }
        }
        work.edits = device::unsettled_edits(conn)?;
        work.commands = device::undecided_commands(conn)?;
        work.media = device::media_waiting(conn, 0, u32::MAX)?;
        work.media.iter_mut().for_each(|medium| medium.thumb = None);
        Ok(work)
    }

    /// As MessagePack with field names, so that later versions may add fields.
    ///
    /// # Errors
    /// [`UnreadableWork`] when it cannot be written.
    pub fn to_bytes(&self) -> std::result::Result<Vec<u8>, UnreadableWork> {
        rmp_serde::to_vec_named(self).map_err(|error| UnreadableWork(error.to_string()))
    }

    /// Reads what [`UnsentWork::to_bytes`] wrote.
    ///
    /// # Errors
    /// [`UnreadableWork`].
    pub fn from_bytes(bytes: &[u8]) -> std::result::Result<UnsentWork, UnreadableWork> {
        rmp_serde::from_slice(bytes).map_err(|error| UnreadableWork(error.to_string()))
    }
}
