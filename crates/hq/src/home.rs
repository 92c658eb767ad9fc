//! HQ's data folder: ledger, keys, certificate and media files.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use doorstep_domain::time::UtcMs;
use doorstep_store::{
    error::StoreError,
    ledger::{self, commands, people, settings},
    open::{OpenError, open_plain, open_reader},
};
use doorstep_sync::wire::{Life, OLDEST_PROTOCOL};
use rusqlite::Connection;
use thiserror::Error;

use crate::{
    host::{self, Dice},
    keys, tls,
};

/// Setting: which life of the ledger this is; a restored backup is another one once
/// [`Home::renew_generation`] was called.
const GENERATION: &str = "generation";
/// Setting: the time of the newest thing in the oldest backup this ledger was restored from.
const LOST_AFTER: &str = "lost_after";
/// Setting: the oldest protocol that HQ answers, where it is not the oldest it can read.
const OLDEST: &str = "oldest_protocol";

/// A data folder that exists and holds everything HQ needs.
#[derive(Debug, Clone)]
pub struct Home {
    folder: PathBuf,
    dice: Dice,
}

/// Why the data folder cannot be used.
#[derive(Debug, Error)]
pub enum HomeError {
    /// A file cannot be read or written.
    #[error("{path}: {error}")]
    File {
        /// Which.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// The ledger does not open.
    #[error("the ledger does not open: {0}")]
    Open(#[from] OpenError),
    /// The ledger does not do what it is asked.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// SQLite refuses.
    #[error(transparent)]
    Sql(#[from] rusqlite::Error),
    /// The keys are unusable.
    #[error(transparent)]
    Keys(#[from] keys::KeyError),
    /// The certificate is unusable.
    #[error(transparent)]
    Tls(#[from] tls::TlsError),
}

impl Home {
    /// Opens the folder, making whatever is missing: keys, certificate, ledger. Calling it again
    /// changes nothing.
    ///
    /// # Errors
    /// [`HomeError`].
    pub fn open(folder: &Path, now: UtcMs) -> Result<Home, HomeError> {
        Home::open_with(folder, now, host::random)
    }

    /// As [`Home::open`], with other dice than the system's.
    ///
    /// # Errors
    /// [`HomeError`].
    pub fn open_with(folder: &Path, now: UtcMs, dice: Dice) -> Result<Home, HomeError> {
        let home = Home { folder: folder.to_owned(), dice };
        for sub in [home.folder.clone(), home.media_folder(), home.upload_folder()] {
            fs::create_dir_all(&sub).map_err(at(&sub))?;
        }
        tls::ensure(&home)?;
        let mut conn = home.connect(now)?;
        let tx = conn.transaction()?;
        keys::ensure(&home, &tx, now)?;
        if settings::get(&tx, GENERATION)?.is_none() {
            home.renew(&tx)?;
        }
        tx.commit()?;
        Ok(home)
    }

    /// A connection to the ledger.
    ///
    /// # Errors
    /// [`HomeError::Open`].
    pub fn connect(&self, now: UtcMs) -> Result<Connection, HomeError> {
        Ok(open_plain(&self.folder.join("ledger.sqlite"), &ledger::SCHEMA, now)?.connection)
    }

    /// One more connection to the ledger, which can only read.
    ///
    /// # Errors
    /// [`HomeError::Open`].
    pub fn connect_to_read(&self) -> Result<Connection, HomeError> {
        Ok(open_reader(&self.folder.join("ledger.sqlite"), None)?)
    }

    /// Marks the ledger as a new life, to be called after restoring a backup and before serving:
    /// every device then pulls everything again, and offers what the backup does not hold.
    ///
    /// # Errors
    /// [`HomeError`].
    pub fn renew_generation(&self, conn: &Connection) -> Result<(), HomeError> {
        let newest = people::last_seen(conn)?.max(commands::last_decided(conn)?);
        let known: Option<i64> =
            settings::get(conn, LOST_AFTER)?.and_then(|text| text.parse().ok());
        let lost_after = known.map_or(newest.0, |known| known.min(newest.0));
        settings::put(conn, LOST_AFTER, &lost_after.to_string())?;
        self.renew(conn)
    }

    fn renew(&self, conn: &Connection) -> Result<(), HomeError> {
        let life: [u8; 16] = self.random().map_err(at(Path::new("random source")))?;
        Ok(settings::put(conn, GENERATION, &hex::encode(life))?)
    }

    /// Random bytes fit for keys.
    ///
    /// # Errors
    /// When the source has none to give.
    pub(crate) fn random<const N: usize>(&self) -> io::Result<[u8; N]> {
        let mut bytes = [0; N];
        (self.dice)(&mut bytes)?;
        Ok(bytes)
    }

    /// Which life of the ledger this is.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn generation(conn: &Connection) -> Result<String, StoreError> {
        Ok(settings::get(conn, GENERATION)?.unwrap_or_default())
    }

    /// Which life answers, as devices are told.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn life(conn: &Connection) -> Result<Life, StoreError> {
        let digits: String = Home::generation(conn)?.chars().take(13).collect();
        let lost_after = settings::get(conn, LOST_AFTER)?;
        Ok(Life {
            id: u64::from_str_radix(&digits, 16).unwrap_or_default(),
            lost_after: lost_after.and_then(|text| text.parse().ok()).map(UtcMs),
        })
    }

    /// Where received media lie, each under its hash.
    pub fn media_folder(&self) -> PathBuf {
        self.folder.join("media")
    }

    /// Where media on their way in lie.
    pub fn upload_folder(&self) -> PathBuf {
        self.folder.join("uploads")
    }

    /// A file of the folder by name.
    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// The text of a file of the folder; `None` when it does not exist.
    ///
    /// # Errors
    /// [`HomeError::File`].
    pub fn read(&self, name: &str) -> Result<Option<String>, HomeError> {
        let path = self.file(name);
        match fs::read_to_string(&path) {
            Ok(text) => Ok(Some(text)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(HomeError::File { path, error }),
        }
    }

    /// Writes a file that only its owner may read, durably and as a whole.
    ///
    /// # Errors
    /// [`HomeError::File`].
    pub fn write_secret(&self, name: &str, text: &str) -> Result<(), HomeError> {
        let (path, fresh) = (self.file(name), self.file(&format!("{name}.new")));
        let write = || -> io::Result<()> {
            let mut file = OpenOptions::new()
                .write(true)
                .create(true)
                .truncate(true)
                .mode(0o600)
                .open(&fresh)?;
            file.write_all(text.as_bytes())?;
            file.sync_all()?;
            fs::rename(&fresh, &path)?;
            File::open(&self.folder)?.sync_all()
        };
        write().map_err(at(&path))
    }
}

/// Sets the oldest protocol that HQ answers. It never answers one older than it can read.
///
/// # Errors
/// [`StoreError`].
pub fn require_protocol(conn: &Connection, number: u16) -> Result<(), StoreError> {
    settings::put(conn, OLDEST, &number.to_string())?;
    Ok(())
}

/// The oldest protocol that HQ answers.
///
/// # Errors
/// [`StoreError`].
pub fn oldest_protocol(conn: &Connection) -> Result<u16, StoreError> {
    let set = settings::get(conn, OLDEST)?.and_then(|text| text.parse().ok());
    Ok(set.unwrap_or(OLDEST_PROTOCOL).max(OLDEST_PROTOCOL))
}

fn at(path: &Path) -> impl FnOnce(io::Error) -> HomeError {
    let path = path.to_owned();
    move |error| HomeError::File { path, error }
}
