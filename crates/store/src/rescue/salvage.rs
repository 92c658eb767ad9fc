//! Reading what is left of a damaged database.

use crate::{open, vault::RawKey};
use rusqlite::{Connection, OpenFlags, Row};
use std::path::Path;

/// How far a salvage came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Salvaged {
    /// Rows handed over.
    pub rows: u64,
    /// The error that ended the reading; nothing if every row was read.
    pub stopped_by: Option<String>,
}

/// Reads rows of `sql` from a damaged encrypted database, one by one, until the first error.
///
/// A damaged page stops a table in the middle: ask twice, by ascending and by descending key, and
/// let the keys tell what came twice. The file is opened for reading only; a log beside it is read
/// too. `on_row` returns an error for a row it cannot use, which is skipped and not counted.
pub fn salvage_rows(
    path: &Path,
    key: &RawKey,
    sql: &str,
    mut on_row: impl FnMut(&Row<'_>) -> rusqlite::Result<()>,
) -> Salvaged {
    let mut rows = 0;
    let mut read = || -> rusqlite::Result<()> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags)?;
        open::give_key(&connection, key)?;
        connection.pragma_update(None, "cell_size_check", true)?;
        let mut statement = connection.prepare(sql)?;
        let mut found = statement.query([])?;
        while let Some(row) = found.next()? {
            if on_row(row).is_ok() {
                rows += 1;
            }
        }
        Ok(())
    };
    let stopped_by = read().err().map(|error| error.to_string());
    Salvaged { rows, stopped_by }
}
