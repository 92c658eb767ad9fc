//! Opening a database: encrypted on a tablet, plain at HQ, by the same code.
//!
//! A wrong key and a damaged file look the same to SQLCipher (`NOTADB`). The caller must therefore
//! have the key from the vault, where it proved right; then [`OpenError::Damaged`] really means the
//! file, and the caller [moves it aside](move_aside), creates a new one and
//! [salvages](crate::rescue::salvage_rows) what it can. Nothing here deletes a database.

mod aside;
mod fault;
mod migrate;
mod readers;
#[cfg(test)]
mod tests;

pub use aside::{ASIDE, MovedAside, move_aside};
pub use fault::Fault;
pub use migrate::{Migration, Schema};
pub use readers::Readers;

use crate::vault::RawKey;
use doorstep_domain::{
    planted::{Bug, planted},
    time::UtcMs,
    words::Words,
};
use rusqlite::{Connection, OpenFlags};
use std::{
    io,
    path::{Path, PathBuf},
    time::Duration,
};
use zeroize::Zeroizing;

/// How long a connection waits for another one's lock, in milliseconds. The one writer thread makes
/// longer waits a fault worth reporting.
const BUSY_TIMEOUT_MS: u64 = 5_000;

/// Pages kept in memory by each connection, in KiB. SQLite's own 2 MiB would decrypt the same pages
/// of the search index again and again.
const CACHE_KIB: i32 = 16 * 1024;

/// Statements each connection keeps prepared. One exchange at HQ runs about forty different ones;
/// rusqlite's own limit of 16 would prepare most of them anew every time.
const STATEMENTS: usize = 128;

/// An open database at the newest schema this program knows.
#[derive(Debug)]
pub struct Opened {
    /// The writing connection.
    pub connection: Connection,
    /// Whether the file was created by this call.
    pub created: bool,
    /// Schema version found: 0 for a new file.
    pub found_version: u32,
    /// Schema version now.
    pub version: u32,
}

/// Opens or creates an encrypted database and brings its schema up to date.
///
/// # Errors
/// See [`OpenError`]. A refused file is left as it was found.
pub fn open_encrypted(
    path: &Path,
    key: &RawKey,
    schema: &Schema<'_>,
    now: UtcMs,
) -> Result<Opened, OpenError> {
    open(path, Some(key), schema, now)
}

/// Opens or creates a plain database, for HQ, whose disks are encrypted as a whole.
///
/// # Errors
/// As [`open_encrypted`].
pub fn open_plain(path: &Path, schema: &Schema<'_>, now: UtcMs) -> Result<Opened, OpenError> {
    open(path, None, schema, now)
}

/// One more connection to a database that is open already; it can only read.
///
/// # Errors
/// As [`open_encrypted`]; a file that does not exist is not created.
pub fn open_reader(path: &Path, key: Option<&RawKey>) -> Result<Connection, OpenError> {
    let opened = connect(path, key, OpenFlags::SQLITE_OPEN_READ_WRITE).and_then(|connection| {
        settle(&connection)?;
        connection.pragma_update(None, "query_only", true)?;
        Ok(connection)
    });
    opened.map_err(|error| OpenError::of(path, error))
}

/// Reads every page and checks it: the seal of each page in an encrypted file, then the structure of
/// tables and indexes. Returns what is wrong, at most a few lines; empty means sound. For use on
/// suspicion: it costs about as long as reading the whole file.
///
/// # Errors
/// Errors other than damage, such as a busy database.
pub fn damage(connection: &Connection) -> Result<Vec<String>, rusqlite::Error> {
    let mut lines = Vec::new();
    for (pragma, sound) in [("cipher_integrity_check", None), ("quick_check(8)", Some("ok"))] {
        let read = connection.prepare(&format!("PRAGMA {pragma}")).and_then(|mut statement| {
            let rows = statement.query_map([], |row| row.get::<_, String>(0))?;
            rows.collect::<Result<Vec<_>, _>>()
        });
        match read {
            Ok(found) => {
                lines.extend(found.into_iter().filter(|line| Some(line.as_str()) != sound).take(8));
            }
            Err(error) if Fault::of(&error) == Fault::Damaged => lines.push(error.to_string()),
            Err(error) => return Err(error),
        }
    }
    Ok(lines)
}

fn open(
    path: &Path,
    key: Option<&RawKey>,
    schema: &Schema<'_>,
    now: UtcMs,
) -> Result<Opened, OpenError> {
    aside::finish(path).map_err(OpenError::Io)?;
    let created = !path.exists();
    let failed = |error| OpenError::of(path, error);
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE;
    let mut connection = connect(path, key, flags).map_err(failed)?;
    let found_version = migrate::accept(&connection, path, schema)?;
    settle(&connection).map_err(failed)?;
    connection.pragma_update(None, "journal_mode", "wal").map_err(failed)?;
    let synchronous = if planted(Bug::NoSync) { "off" } else { "full" };
    connection.pragma_update(None, "synchronous", synchronous).map_err(failed)?;
    confirm_log(&connection).map_err(failed)?;
    let version = migrate::apply(&mut connection, path, found_version, schema, now)?;
    Ok(Opened { connection, created, found_version, version })
}

/// Writes what the log holds into the database and syncs that. After a sync that failed, Linux shows
/// a process pages that never reached the disk; were a log begun by a process that ended so simply
/// continued, a power cut would take what was saved later along with them. Waits for nobody.
fn confirm_log(connection: &Connection) -> Result<(), rusqlite::Error> {
    connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()))
}

/// A connection that has read the file's first page, so a wrong key or a file that is no database
/// shows here.
fn connect(
    path: &Path,
    key: Option<&RawKey>,
    flags: OpenFlags,
) -> Result<Connection, rusqlite::Error> {
    let connection = Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    if let Some(key) = key {
        give_key(&connection, key)?;
    }
    connection.pragma_update(None, "cell_size_check", true)?;
    connection.busy_timeout(Duration::from_millis(BUSY_TIMEOUT_MS))?;
    connection.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?;
    Ok(connection)
}

/// Settings that SQLite keeps per connection, not in the file.
fn settle(connection: &Connection) -> Result<(), rusqlite::Error> {
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "temp_store", "memory")?;
    connection.pragma_update(None, "cache_size", -CACHE_KIB)?;
    connection.pragma_update(None, "trusted_schema", false)
}

/// Gives SQLCipher the raw key, which skips its passphrase derivation
/// (<https://www.zetetic.net/sqlcipher/sqlcipher-api/#key>).
pub(crate) fn give_key(connection: &Connection, key: &RawKey) -> Result<(), rusqlite::Error> {
    let digits = Zeroizing::new(hex::encode(key.expose()));
    let pragma = Zeroizing::new(format!("PRAGMA key = \"x'{}'\"", digits.as_str()));
    // Its own log goes to standard error; every error reaches the caller anyway.
    connection.execute_batch("PRAGMA cipher_log_level = NONE")?;
    connection.execute_batch(&pragma)
}

/// Why a database is not open.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The file is not a database under this key, or its pages contradict one another.
    #[error("the database {path} is damaged: {detail}")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// SQLite's words.
        detail: String,
    },
    /// A newer program wrote it.
    #[error("the database has schema version {found}; this program knows up to {known}")]
    Newer {
        /// Version in the file.
        found: u32,
        /// Newest version of this program.
        known: u32,
    },
    /// A database of another application, or of the other kind of this one.
    #[error("the database belongs to application {found:#010x}, not {expected:#010x}")]
    Foreign {
        /// `application_id` in the file.
        found: u32,
        /// `application_id` of the schema.
        expected: u32,
    },
    /// A migration failed and was undone.
    #[error("migration {number} ({name}) failed: {source}")]
    Migration {
        /// Its number.
        number: u32,
        /// Its name.
        name: String,
        /// SQLite's error.
        source: rusqlite::Error,
    },
    /// The migrations passed in are not numbered 1, 2, 3, ….
    #[error("the list of migrations is out of order at {number}")]
    OutOfOrder {
        /// The number that should not be there.
        number: u32,
    },
    /// The disk is full.
    #[error("the disk is full")]
    NoSpace,
    /// The file system failed.
    #[error("the database could not be reached: {0}")]
    Io(#[source] io::Error),
    /// Anything else SQLite says.
    #[error("the database could not be opened: {0}")]
    Sqlite(#[source] rusqlite::Error),
}

impl OpenError {
    pub(super) fn of(path: &Path, error: rusqlite::Error) -> OpenError {
        match Fault::of(&error) {
            Fault::Damaged => {
                OpenError::Damaged { path: path.to_owned(), detail: error.to_string() }
            }
            Fault::NoSpace => OpenError::NoSpace,
            Fault::Busy | Fault::Other => OpenError::Sqlite(error),
        }
    }

    /// What to tell the person who started the program.
    pub fn words(&self) -> Words {
        match self {
            OpenError::Damaged { .. } => Words::new(
                "本机数据库已损坏。原文件会保留，未上传的工作将尽量恢复",
                "The database on this device is damaged. The file is kept, and unsent work will be \
                 recovered as far as possible.",
            ),
            OpenError::Newer { .. } => Words::new(
                "数据来自更新的版本，请先更新本程序",
                "The data is from a newer version. Update this program first.",
            ),
            OpenError::Foreign { .. } => Words::new(
                "这个文件不是本程序的数据库",
                "This file is not a database of this program.",
            ),
            OpenError::NoSpace => Words::new(
                "存储空间已满，请先清理出一些空间",
                "The storage is full. Free some space first.",
            ),
            OpenError::Migration { .. }
            | OpenError::OutOfOrder { .. }
            | OpenError::Io(_)
            | OpenError::Sqlite(_) => Words::new(
                "无法打开本机数据库，数据没有改动。请重启后再试",
                "The database on this device cannot be opened. Nothing was changed. Restart and \
                 try again.",
            ),
        }
    }
}
