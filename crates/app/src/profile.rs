//! A profile folder: one installation's lock, key file, database, photos and rescue file.

use doorstep_domain::time::UtcMs;
use doorstep_store::{
    blobs::BlobFolder,
    device,
    open::{self, OpenError, Readers, move_aside},
    vault::{KdfCost, Pin, RawKey, Vault, VaultError, WrapNoise},
};
use rusqlite::Connection;
use std::{
    fs::{File, OpenOptions, TryLockError},
    path::{Path, PathBuf},
};

use crate::{
    database::{Database, Suspicion},
    error::{ApiError, ApiResult},
    error_code::ErrorCode,
    host::{Host, random_bytes},
    salvage,
};

/// Connections for queries: a list and the search beside it.
const READERS: usize = 2;
/// Bytes of the disk that photos leave free for records, 200 MiB: a photo is refused before a
/// record is lost.
const RESERVED_BYTES: u64 = 200 << 20;

/// One installation's folder, held exclusively while the process lives.
pub(crate) struct Profile {
    folder: PathBuf,
    vault: Vault,
    _lock: File,
}

/// An opened database with what happened on the way.
pub(crate) struct OpenedStore {
    pub(crate) database: Database,
    pub(crate) blobs: BlobFolder,
    /// The database was damaged: it lies in this folder, and unsent work was carried over.
    pub(crate) salvaged: Option<salvage::Salvage>,
}

impl Profile {
    /// Takes the folder, creating it if need be.
    pub(crate) fn take(folder: &Path) -> ApiResult<Profile> {
        std::fs::create_dir_all(folder).map_err(storage)?;
        let lock = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(folder.join("profile.lock"))
            .map_err(storage)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(ApiError::new(ErrorCode::ProfileInUse)),
            Err(TryLockError::Error(error)) => return Err(storage(error)),
        }
        let vault = Vault::in_folder(folder);
        Ok(Profile { folder: folder.to_owned(), vault, _lock: lock })
    }

    pub(crate) fn vault(&self) -> &Vault {
        &self.vault
    }

    pub(crate) fn rescue_path(&self) -> PathBuf {
        self.folder.join("rescue.sealed")
    }

    fn database_path(&self) -> PathBuf {
        self.folder.join("doorstep.db")
    }

    /// Whether a damaged database lies aside; what it alone knows of, such as a photo's key, may
    /// still be asked for.
    fn has_moved_aside(&self) -> bool {
        let entries = std::fs::read_dir(&self.folder).into_iter().flatten().flatten();
        entries.into_iter().any(|e| e.file_name().to_string_lossy().starts_with(open::ASIDE))
    }

    /// Makes the key of a new installation and wraps it under the PIN.
    pub(crate) fn create_key(&self, pin: &str, host: &dyn Host) -> ApiResult<RawKey> {
        let pin = accept_pin(pin)?;
        let key = RawKey::from_bytes(random_bytes(host));
        let noise = wrap_noise(host);
        self.vault
            .create(&key, &pin, None, KdfCost::RECOMMENDED, &noise)
            .map_err(|e| vault_error(&e))?;
        Ok(key)
    }

    /// The key, for the right PIN.
    pub(crate) fn unlock(&self, pin: &str, now: UtcMs) -> ApiResult<RawKey> {
        self.vault.unlock(pin, None, now).map_err(|e| vault_error(&e))
    }

    /// Wraps the key under another PIN.
    pub(crate) fn change_pin(&self, old: &str, new: &str, host: &dyn Host) -> ApiResult<()> {
        let new = accept_pin(new)?;
        let noise = wrap_noise(host);
        self.vault
            .change_pin(old, &new, None, KdfCost::RECOMMENDED, &noise, host.now())
            .map(|_| ())
            .map_err(|e| vault_error(&e))
    }

    /// Opens the database with a key that proved right. A damaged one is moved aside whole, and the
    /// unsent work in it and in the rescue file goes into a new one.
    pub(crate) fn open_store(&self, key: &RawKey, host: &dyn Host) -> ApiResult<OpenedStore> {
        let blobs = BlobFolder::open(self.folder.join("media"), RESERVED_BYTES)
            .map_err(|e| ApiError::saying(ErrorCode::StorageFailed, e.words()).detail(e))?;
        let path = self.database_path();
        match self.open_sound(&path, key, host.now()) {
            Ok(writer) => {
                if !self.has_moved_aside() {
                    drop_orphans(&blobs, &writer);
                }
                Ok(OpenedStore { database: self.start(writer, &path, key)?, blobs, salvaged: None })
            }
            Err(OpenError::Damaged { .. }) => {
                tracing::error!("the database is damaged; moving it aside");
                let aside = move_aside(&path, host.now()).map_err(storage)?;
                let mut writer =
                    self.open_sound(&path, key, host.now()).map_err(|e| open_error(&e))?;
                let salvaged =
                    salvage::carry_over(&mut writer, &aside, &self.rescue_path(), key, host)?;
                let database = self.start(writer, &path, key)?;
                Ok(OpenedStore { database, blobs, salvaged: Some(salvaged) })
            }
            Err(other) => Err(open_error(&other)),
        }
    }

    /// Opens and reads the outbox through: damage there must show before work is added. After a
    /// damaged page was met, the whole database is read through.
    fn open_sound(&self, path: &Path, key: &RawKey, now: UtcMs) -> Result<Connection, OpenError> {
        let damaged = |detail| OpenError::Damaged { path: path.to_owned(), detail };
        let opened = open::open_encrypted(path, key, &device::SCHEMA, now)?;
        let suspicion = Suspicion::about(path);
        if suspicion.stands() {
            let found = open::damage(&opened.connection).map_err(OpenError::Sqlite)?;
            if let Some(first) = found.into_iter().next() {
                return Err(damaged(first));
            }
            suspicion.is_settled();
        }
        match device::waiting(&opened.connection) {
            Err(error) if error.is_damaged() => Err(damaged(error.to_string())),
            _ => Ok(opened.connection),
        }
    }

    fn start(&self, writer: Connection, path: &Path, key: &RawKey) -> ApiResult<Database> {
        let (file, key) = (path.to_owned(), key.clone());
        let connect = move || open::open_reader(&file, Some(&key)).map_err(|e| open_error(&e));
        Database::start(writer, Readers::up_to(READERS, connect), Suspicion::about(path))
    }
}

/// Removes files that a crash left between writing a photo and its record. A photo whose record
/// exists is never touched, and nothing here keeps the profile from opening.
fn drop_orphans(blobs: &BlobFolder, conn: &Connection) {
    let (Ok(names), Ok(known)) = (blobs.tidy(), device::media_files(conn)) else { return };
    for name in names.into_iter().filter(|name| !known.contains(&name.to_string())) {
        if let Err(error) = blobs.remove(name) {
            tracing::warn!(%error, "an orphaned file could not be removed");
        }
    }
}

fn accept_pin(pin: &str) -> ApiResult<Pin> {
    Pin::accept(pin).map_err(|refusal| ApiError::saying(ErrorCode::PinWeak, refusal.words()))
}

fn wrap_noise(host: &dyn Host) -> WrapNoise {
    WrapNoise { salt: random_bytes(host), nonce: random_bytes(host) }
}

fn storage(error: std::io::Error) -> ApiError {
    let full = error.kind() == std::io::ErrorKind::StorageFull;
    ApiError::new(if full { ErrorCode::DiskFull } else { ErrorCode::StorageFailed }).detail(error)
}

fn vault_error(error: &VaultError) -> ApiError {
    let told = |code| ApiError::saying(code, error.words()).detail(error);
    match error {
        VaultError::WrongPin { attempts_left, wait_ms } => told(ErrorCode::WrongPin)
            .param("attempts_left", attempts_left)
            .param("wait_ms", wait_ms),
        VaultError::Wait { ms } => told(ErrorCode::PinWait).param("wait_ms", ms),
        VaultError::Damaged { .. } | VaultError::Missing => told(ErrorCode::VaultDamaged),
        VaultError::AlreadyExists => told(ErrorCode::AlreadyEnrolled),
        VaultError::NoSpace => told(ErrorCode::DiskFull),
        _ => told(ErrorCode::StorageFailed),
    }
}

fn open_error(error: &OpenError) -> ApiError {
    let code = match error {
        OpenError::Newer { .. } => ErrorCode::DatabaseNewer,
        OpenError::NoSpace => ErrorCode::DiskFull,
        _ => ErrorCode::StorageFailed,
    };
    ApiError::saying(code, error.words()).detail(error)
}
