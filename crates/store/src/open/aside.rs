//! Putting a damaged database out of the way, whole.

use crate::durable;
use doorstep_domain::time::UtcMs;
use jiff::Timestamp;
use std::{
    ffi::OsString,
    fs, io,
    path::{Path, PathBuf},
};

/// How the name of a folder with a damaged database begins; the time of the move in UTC follows.
pub const ASIDE: &str = "damaged-";

/// SQLite's files beside a database (<https://www.sqlite.org/tempfiles.html>).
const COMPANIONS: [&str; 2] = ["-wal", "-shm"];

/// Where a damaged database went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MovedAside {
    /// The folder `damaged-<time>`, beside the place where the database was.
    pub folder: PathBuf,
    /// The database in that folder, to salvage from.
    pub database: PathBuf,
    /// Every file moved.
    pub files: Vec<PathBuf>,
}

/// Moves a database with its log into a new folder beside it. Close every connection first. A move
/// cut short is finished when a database is next opened at `path`.
///
/// # Errors
/// Any I/O error; nothing is ever deleted.
pub fn move_aside(path: &Path, now: UtcMs) -> io::Result<MovedAside> {
    let name = path
        .file_name()
        .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "the path names no file"))?;
    let folder = new_folder(path, now)?;
    let database = folder.join(name);
    // The database first: what it leaves behind shows that the move is not finished.
    fs::rename(path, &database)?;
    let mut files = vec![database.clone()];
    files.extend(move_companions(path, &folder)?);
    durable::sync_folder_of(&database)?;
    durable::sync_folder_of(path)?;
    Ok(MovedAside { folder, database, files })
}

/// Finishes a move that was cut after the database and before its log, which must not meet a new
/// database of the same name.
pub(super) fn finish(path: &Path) -> io::Result<()> {
    if path.exists() || !companions(path).any(|companion| companion.exists()) {
        return Ok(());
    }
    let folder = match newest_folder(path)? {
        Some(folder) => folder,
        None => new_folder(path, UtcMs(0))?,
    };
    move_companions(path, &folder)?;
    durable::sync_folder_of(path)
}

fn move_companions(path: &Path, folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut moved = Vec::new();
    for companion in companions(path) {
        let Some(name) = companion.file_name() else { continue };
        let target = folder.join(name);
        if companion.exists() && !target.exists() {
            fs::rename(&companion, &target)?;
            moved.push(target);
        }
    }
    Ok(moved)
}

fn companions(path: &Path) -> impl Iterator<Item = PathBuf> {
    COMPANIONS.into_iter().map(move |suffix| {
        let mut companion = OsString::from(path);
        companion.push(suffix);
        PathBuf::from(companion)
    })
}

fn new_folder(path: &Path, now: UtcMs) -> io::Result<PathBuf> {
    let instant = Timestamp::from_millisecond(now.0).unwrap_or(Timestamp::UNIX_EPOCH);
    let time = instant.strftime("%Y%m%dT%H%M%SZ");
    let mut folder = path.with_file_name(format!("{ASIDE}{time}"));
    for number in 2_u32.. {
        match fs::create_dir(&folder) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                folder = path.with_file_name(format!("{ASIDE}{time}-{number}"));
            }
            other => return other.map(|()| folder),
        }
    }
    Err(io::Error::other("there is no free name for another folder"))
}

/// The newest folder that holds a database of this name.
fn newest_folder(path: &Path) -> io::Result<Option<PathBuf>> {
    let (Some(parent), Some(name)) = (path.parent(), path.file_name()) else { return Ok(None) };
    let parent = if parent.as_os_str().is_empty() { Path::new(".") } else { parent };
    let mut newest = None;
    for entry in fs::read_dir(parent)? {
        let entry = entry?;
        let is_ours = entry.file_name().to_string_lossy().starts_with(ASIDE);
        if is_ours && entry.path().join(name).exists() {
            newest = newest.max(Some(entry.path()));
        }
    }
    Ok(newest)
}
