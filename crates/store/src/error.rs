//! What can go wrong between the product and its database.

use thiserror::Error;

/// Why a store function did not do what it says.
#[derive(Debug, Error)]
pub enum StoreError {
    /// SQLite refused.
    #[error(transparent)]
    Sql(#[from] rusqlite::Error),
    /// A stored value is not what this version wrote there.
    #[error("stored {what} is unreadable: {detail}")]
    Unreadable {
        /// Which value.
        what: &'static str,
        /// What the reader said.
        detail: String,
    },
    /// The record is not here.
    #[error("no {0} of this identity")]
    Missing(&'static str),
    /// Another batch already awaits HQ's answer.
    #[error("a sealed batch is still waiting")]
    BatchWaiting,
}

impl StoreError {
    pub(crate) fn unreadable(what: &'static str, detail: impl std::fmt::Display) -> StoreError {
        StoreError::Unreadable { what, detail: detail.to_string() }
    }

    /// Whether the disk is full: the one storage error a person can mend.
    pub fn is_disk_full(&self) -> bool {
        matches!(self, StoreError::Sql(error)
            if error.sqlite_error_code() == Some(rusqlite::ErrorCode::DiskFull))
    }

    /// Whether this connection is of no use any more although the file may be sound: SQLCipher
    /// answers everything with "out of memory" once a page could not be read.
    pub fn is_spent(&self) -> bool {
        matches!(self, StoreError::Sql(error)
            if error.sqlite_error_code() == Some(rusqlite::ErrorCode::OutOfMemory))
    }

    /// Whether the file itself is damaged (told apart from a wrong key by the vault beforehand).
    pub fn is_damaged(&self) -> bool {
        matches!(self, StoreError::Sql(error) if matches!(
            error.sqlite_error_code(),
            Some(rusqlite::ErrorCode::DatabaseCorrupt | rusqlite::ErrorCode::NotADatabase)
        ))
    }
}

/// The result of a store function.
pub type Result<T> = std::result::Result<T, StoreError>;
