//! What an error from SQLite asks of the caller.

use rusqlite::{Error, ErrorCode};

/// The few kinds of SQLite error that a caller treats differently.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The file is damaged: close it, move it aside, salvage.
    Damaged,
    /// The disk is full: say so; what was saved is still there.
    NoSpace,
    /// Another connection holds the lock for too long.
    Busy,
    /// A fault of the program or the machine.
    Other,
}

impl Fault {
    /// Classifies an error.
    pub fn of(error: &Error) -> Fault {
        match error.sqlite_error_code() {
            Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => Fault::Damaged,
            Some(ErrorCode::DiskFull) => Fault::NoSpace,
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Fault::Busy,
            _ => Fault::Other,
        }
    }
}
