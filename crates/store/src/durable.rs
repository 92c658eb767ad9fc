//! Small files that are either the old ones or the new ones, whatever the instant of a power cut.
//!
//! The recipe is the usual one for POSIX file systems: write a neighbour, `fsync` it, `rename` it
//! over the target, `fsync` the folder. A run killed on the way leaves a neighbour that ends in
//! [`PART`]; the next write of the same file replaces it.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
};

/// How the name of an unfinished file ends.
pub const PART: &str = ".part";

/// Replaces the file at `path` by `bytes`, durably.
///
/// # Errors
/// Any I/O error; the old file is then still whole and no unfinished neighbour stays behind.
pub fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    replace_by(path, |file| file.write_all(bytes))
}

/// As [`replace`], with the content written by `fill`.
///
/// # Errors
/// As [`replace`], and whatever `fill` returns.
pub fn replace_by(path: &Path, fill: impl FnOnce(&mut File) -> io::Result<()>) -> io::Result<()> {
    let part = part_of(path)?;
    let written = create_private(&part).and_then(|mut file| {
        fill(&mut file)?;
        file.sync_all()
    });
    if let Err(error) = written.and_then(|()| fs::rename(&part, path)) {
        // The first error is the one worth telling; a neighbour that cannot be removed either is
        // overwritten by the next attempt.
        let _ = fs::remove_file(&part);
        return Err(error);
    }
    sync_folder_of(path)
}

/// Makes the names in the folder of `path` durable.
///
/// # Errors
/// Any I/O error. Windows has no such call and journals names itself, so nothing is done there.
pub fn sync_folder_of(path: &Path) -> io::Result<()> {
    let folder = match path.parent() {
        Some(folder) if folder.as_os_str().is_empty() => Path::new("."),
        Some(folder) => folder,
        None => return Ok(()),
    };
    #[cfg(unix)]
    File::open(folder)?.sync_all()?;
    #[cfg(not(unix))]
    let _ = folder;
    Ok(())
}

/// Whether an I/O error says that the disk, or the user's share of it, is full.
pub fn is_no_space(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
}

fn part_of(path: &Path) -> io::Result<PathBuf> {
    let name = path
        .file_name()
        .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "the path names no file"))?;
    let mut name = name.to_os_string();
    name.push(PART);
    Ok(path.with_file_name(name))
}

/// A new file that only its owner may read.
fn create_private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    options.open(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_neighbour_left_by_a_killed_run_is_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("vault.json");
        replace(&path, b"first").unwrap();
        fs::write(folder.path().join("vault.json.part"), b"half of a sec").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"first", "an unfinished write changes nothing");
        replace(&path, b"second").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"second");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_full_disk_is_named_and_leaves_the_old_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("photo");
        replace(&path, b"old").unwrap();
        let error = replace_by(&path, |file| {
            file.write_all(&[7; 4096])?;
            // The kernel's own "no space left on device".
            OpenOptions::new().write(true).open("/dev/full")?.write_all(b"more")
        })
        .unwrap_err();
        assert!(is_no_space(&error), "{error}");
        assert_eq!(fs::read(&path).unwrap(), b"old");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "no partial file stays");
    }
}
