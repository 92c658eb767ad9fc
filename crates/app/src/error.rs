//! Errors as a person meets them: a code the screen acts on, words in both languages, and a detail
//! for the log. This is the only place where errors of the layers below are turned into these.

use doorstep_domain::words::Words;
use doorstep_store::error::StoreError;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use ts_rs::TS;

use crate::error_code::ErrorCode;

/// What a command answers when it did not do what it was asked. Nothing else was changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ApiError {
    /// What the screen acts on.
    pub code: ErrorCode,
    /// Values the screen may use: a wait in ms, attempts left.
    #[serde(default)]
    pub params: BTreeMap<String, String>,
    /// What to tell the person, in both languages.
    pub words: Words,
    /// For the log; carries no names, phones or addresses.
    #[serde(default)]
    pub detail: String,
}

/// The result of a command.
pub type ApiResult<T> = Result<T, ApiError>;

impl ApiError {
    /// An error with the words of its code.
    pub fn new(code: ErrorCode) -> ApiError {
        ApiError { code, params: BTreeMap::new(), words: code.words(), detail: String::new() }
    }

    /// The same with more exact words, as a rule of the business gave them.
    pub fn saying(code: ErrorCode, words: Words) -> ApiError {
        ApiError { words, ..ApiError::new(code) }
    }

    /// The same with a detail for the log.
    pub fn detail(mut self, detail: impl std::fmt::Display) -> ApiError {
        self.detail = detail.to_string();
        self
    }

    /// The same with a value for the screen.
    pub fn param(mut self, name: &str, value: impl std::fmt::Display) -> ApiError {
        self.params.insert(name.to_owned(), value.to_string());
        self
    }

    /// The record is not on this device.
    pub fn not_found(what: &str) -> ApiError {
        ApiError::new(ErrorCode::NotFound).detail(what)
    }

    /// One line of a list: a record that cannot be read, or whose parts have not all arrived, is
    /// left out and stops no other.
    pub(crate) fn left_out<T>(line: ApiResult<T>) -> ApiResult<Option<T>> {
        match line {
            Ok(line) => Ok(Some(line)),
            Err(error)
                if matches!(error.code, ErrorCode::RecordUnreadable | ErrorCode::NotFound) =>
            {
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    /// Input that makes no sense.
    pub fn bad_request(detail: impl std::fmt::Display) -> ApiError {
        ApiError::new(ErrorCode::BadRequest).detail(detail)
    }

    /// Something that should not happen; the log says what.
    pub fn internal(detail: impl std::fmt::Display) -> ApiError {
        ApiError::new(ErrorCode::Internal).detail(detail)
    }
}

impl std::fmt::Display for ApiError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?}: {} ({})", self.code, self.words.en, self.detail)
    }
}

impl std::error::Error for ApiError {}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> ApiError {
        let code = match &error {
            StoreError::Missing(_) => ErrorCode::NotFound,
            StoreError::Unreadable { .. } => ErrorCode::RecordUnreadable,
            other if other.is_disk_full() => ErrorCode::DiskFull,
            // Closing and opening is the cure of both; opening reads the whole file through.
            other if other.is_damaged() || other.is_spent() => ErrorCode::DatabaseDamaged,
            _ => ErrorCode::StorageFailed,
        };
        ApiError::new(code).detail(error)
    }
}

impl From<rusqlite::Error> for ApiError {
    fn from(error: rusqlite::Error) -> ApiError {
        StoreError::from(error).into()
    }
}

impl From<doorstep_sync::DocumentError> for ApiError {
    fn from(error: doorstep_sync::DocumentError) -> ApiError {
        ApiError::new(ErrorCode::RecordUnreadable).detail(error)
    }
}
