//! One part of a batch, undone alone when it goes wrong.

use std::panic::{AssertUnwindSafe, catch_unwind};

use doorstep_store::error::{Result, StoreError};
use rusqlite::{Connection, ErrorCode};

/// How an isolated part ended.
pub(super) enum Ended<T> {
    /// It came to a result, whose effects stand.
    With(T),
    /// It panicked or failed; its effects are undone.
    Undone(String),
}

/// Runs `part` inside a savepoint. An error of the ledger as a whole (disk, lock, damage) goes
/// through; any other error or panic undoes this part only.
pub(super) fn isolated<T>(conn: &Connection, part: impl FnOnce() -> Result<T>) -> Result<Ended<T>> {
    conn.execute_batch("SAVEPOINT part")?;
    let ended = catch_unwind(AssertUnwindSafe(part));
    let undone = match ended {
        Ok(Ok(result)) => {
            conn.execute_batch("RELEASE part")?;
            return Ok(Ended::With(result));
        }
        Ok(Err(error)) if concerns_all(&error) => return Err(error),
        Ok(Err(error)) => error.to_string(),
        Err(_) => "panicked".to_owned(),
    };
    conn.execute_batch("ROLLBACK TO part; RELEASE part")?;
    tracing::error!(error = undone, "part of a batch was undone");
    Ok(Ended::Undone(undone))
}

fn concerns_all(error: &StoreError) -> bool {
    let StoreError::Sql(error) = error else { return false };
    matches!(
        error.sqlite_error_code(),
        Some(
            ErrorCode::DiskFull
                | ErrorCode::SystemIoFailure
                | ErrorCode::DatabaseBusy
                | ErrorCode::DatabaseLocked
                | ErrorCode::DatabaseCorrupt
                | ErrorCode::NotADatabase
                | ErrorCode::OutOfMemory
                | ErrorCode::ReadOnly
                | ErrorCode::CannotOpen
        )
    )
}
