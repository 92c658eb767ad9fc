//! Photo files: too large for the database, encrypted chunk by chunk beside it.
//!
//! A file is a header and chunks of 1 MiB under STREAM (Hoang, Reyhanitabar, Rogaway, Vizár,
//! *Online Authenticated-Encryption and its Nonce-Reuse Misuse-Resistance*, 2015) with
//! ChaCha20-Poly1305: chunks cannot be changed, swapped or cut off unnoticed, and any range is read
//! without the rest. Each file has its own random key, kept by the caller in the encrypted database,
//! and a random name, so that neither the folder nor the file says what it shows.

mod format;
#[cfg(test)]
mod tests;

use crate::durable;
use doorstep_domain::words::Words;
use format::{CHUNK, Cipher, Layout};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::{
    fmt,
    fs::{self, File},
    io::{self, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
    str::FromStr,
};
use zeroize::Zeroizing;

/// The key of one file: 32 bytes from the host's secure random source, never used for another file.
/// Never printed, wiped on drop.
#[derive(Clone)]
pub struct BlobKey(Zeroizing<[u8; 32]>);

impl BlobKey {
    /// A key of 32 random bytes, or the one kept in the database.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        BlobKey(Zeroizing::new(bytes))
    }

    /// The bytes, to keep in the database.
    pub fn expose(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for BlobKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BlobKey(..)")
    }
}

/// The name of one file: 16 random bytes as 32 hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct BlobName([u8; 16]);

impl BlobName {
    /// A name of 16 bytes from the host's random source.
    pub fn from_noise(noise: [u8; 16]) -> Self {
        BlobName(noise)
    }
}

impl fmt::Display for BlobName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl FromStr for BlobName {
    type Err = hex::FromHexError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut name = [0; 16];
        hex::decode_to_slice(text, &mut name)?;
        Ok(BlobName(name))
    }
}

impl TryFrom<String> for BlobName {
    type Error = hex::FromHexError;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<BlobName> for String {
    fn from(name: BlobName) -> Self {
        name.to_string()
    }
}

/// What was written: the address of the content and its length.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Written {
    /// SHA-256 of the content before encryption.
    pub sha256: [u8; 32],
    /// Bytes of content.
    pub bytes: u64,
}

/// The folder of one profile's photo files.
#[derive(Debug, Clone)]
pub struct BlobFolder {
    folder: PathBuf,
    reserve: u64,
}

impl BlobFolder {
    /// The folder at `folder`, created if need be. `reserve` bytes of the disk stay free for the
    /// database: a photo is refused before a record is lost.
    ///
    /// # Errors
    /// Any I/O error of creating the folder.
    pub fn open(folder: impl Into<PathBuf>, reserve: u64) -> Result<BlobFolder, BlobError> {
        let folder = folder.into();
        fs::create_dir_all(&folder)?;
        durable::sync_folder_of(&folder)?;
        Ok(BlobFolder { folder, reserve })
    }

    /// Encrypts `content` into a new file; on return it is durable, file and name.
    ///
    /// # Errors
    /// [`BlobError::NoSpace`] when the disk is full or would fall below the reserve, with no partial
    /// file left; [`BlobError::AlreadyExists`] rather than a second content under one name.
    pub fn write(
        &self,
        name: BlobName,
        key: &BlobKey,
        content: &[u8],
    ) -> Result<Written, BlobError> {
        let path = self.path_of(name);
        if path.exists() {
            return Err(BlobError::AlreadyExists { name });
        }
        let layout = Layout::of_content(content.len() as u64);
        let needed = layout.file_bytes().saturating_add(self.reserve);
        if free_bytes(&self.folder)? < needed {
            return Err(BlobError::NoSpace);
        }
        let cipher = Cipher::new(key, layout);
        durable::replace_by(&path, |file| {
            file.write_all(&layout.header())?;
            // An empty content still has one chunk.
            let empty = content.is_empty().then_some(content);
            for (index, plain) in (0..).zip(empty.into_iter().chain(content.chunks(CHUNK))) {
                file.write_all(&cipher.seal(index, plain)?)?;
            }
            Ok(())
        })?;
        Ok(Written { sha256: Sha256::digest(content).into(), bytes: content.len() as u64 })
    }

    /// The whole content.
    ///
    /// # Errors
    /// [`BlobError::Missing`], [`BlobError::Damaged`] and I/O errors.
    pub fn read(&self, name: BlobName, key: &BlobKey) -> Result<Vec<u8>, BlobError> {
        self.read_range(name, key, 0, u64::MAX)
    }

    /// Up to `length` bytes of the content from `offset`; fewer at its end, none beyond it. Only the
    /// chunks that hold the range are read.
    ///
    /// # Errors
    /// As [`BlobFolder::read`]; damage outside the chunks read is not seen.
    pub fn read_range(
        &self,
        name: BlobName,
        key: &BlobKey,
        offset: u64,
        length: u64,
    ) -> Result<Vec<u8>, BlobError> {
        let (mut file, layout) = self.open_file(name)?;
        let cipher = Cipher::new(key, layout);
        let end = offset.saturating_add(length).min(layout.content_bytes());
        let mut content = Vec::new();
        for index in layout.chunks_of(offset, end) {
            let (from, sealed_bytes) = layout.sealed_range(index);
            file.seek(SeekFrom::Start(from))?;
            let mut sealed = vec![0; sealed_bytes];
            file.read_exact(&mut sealed)?;
            let plain = cipher
                .open(index, sealed)
                .map_err(|_| BlobError::Damaged { name, chunk: index })?;
            let start = layout.content_offset(index) as u64;
            let skip = usize::try_from(offset.saturating_sub(start)).unwrap_or(usize::MAX);
            let stop = usize::try_from(end.saturating_sub(start)).unwrap_or(usize::MAX);
            content.extend_from_slice(plain.get(skip..stop.min(plain.len())).unwrap_or(&[]));
        }
        Ok(content)
    }

    /// Bytes of content, checked against the first chunk.
    ///
    /// # Errors
    /// As [`BlobFolder::read`].
    pub fn content_bytes(&self, name: BlobName, key: &BlobKey) -> Result<u64, BlobError> {
        self.read_range(name, key, 0, 1)?;
        Ok(self.open_file(name)?.1.content_bytes())
    }

    /// Removes a file; one that is not there counts as removed. For photos that HQ has acknowledged.
    ///
    /// # Errors
    /// Any other I/O error.
    pub fn remove(&self, name: BlobName) -> Result<(), BlobError> {
        let path = self.path_of(name);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error.into()),
            _ => Ok(durable::sync_folder_of(&path)?),
        }
    }

    /// Every file's name, in order, to compare with the database; and what killed writes left behind
    /// is removed. Call it before the first write of a run.
    ///
    /// # Errors
    /// Any I/O error.
    pub fn tidy(&self) -> Result<Vec<BlobName>, BlobError> {
        let mut names = Vec::new();
        for entry in fs::read_dir(&self.folder)? {
            let entry = entry?;
            let file_name = entry.file_name();
            let text = file_name.to_string_lossy();
            match text.strip_suffix(durable::PART) {
                Some(unfinished) if unfinished.parse::<BlobName>().is_ok() => {
                    fs::remove_file(entry.path())?;
                }
                _ => names.extend(text.parse::<BlobName>()),
            }
        }
        names.sort_unstable();
        Ok(names)
    }

    /// Bytes of the disk that photos may still take: what is free beyond the reserve.
    ///
    /// # Errors
    /// Any I/O error.
    pub fn room(&self) -> Result<u64, BlobError> {
        Ok(free_bytes(&self.folder)?.saturating_sub(self.reserve))
    }

    fn path_of(&self, name: BlobName) -> PathBuf {
        self.folder.join(name.to_string())
    }

    fn open_file(&self, name: BlobName) -> Result<(File, Layout), BlobError> {
        let mut file = File::open(self.path_of(name)).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => BlobError::Missing { name },
            _ => BlobError::from(error),
        })?;
        let damaged = || BlobError::Damaged { name, chunk: 0 };
        let mut header = [0; format::HEADER];
        file.read_exact(&mut header).map_err(|_| damaged())?;
        let layout = Layout::of_header(&header).ok_or_else(damaged)?;
        if file.metadata()?.len() == layout.file_bytes() {
            Ok((file, layout))
        } else {
            Err(damaged())
        }
    }
}

/// Bytes free for this user on the disk that holds `path`.
///
/// # Errors
/// Any I/O error, such as a path that does not exist.
pub fn free_bytes(path: &Path) -> io::Result<u64> {
    fs4::available_space(path)
}

/// Why a photo file cannot be written or read.
#[derive(Debug, thiserror::Error)]
pub enum BlobError {
    /// No such file.
    #[error("there is no file {name}")]
    Missing {
        /// Its name.
        name: BlobName,
    },
    /// A file of this name is there already.
    #[error("there is a file {name} already")]
    AlreadyExists {
        /// Its name.
        name: BlobName,
    },
    /// The file is not as it was written, or the key is another file's.
    #[error("the file {name} is damaged in chunk {chunk}")]
    Damaged {
        /// Its name.
        name: BlobName,
        /// The first chunk that does not open, from 0.
        chunk: u32,
    },
    /// The disk is full, or free space would fall below the reserve.
    #[error("the disk is full")]
    NoSpace,
    /// The file system failed.
    #[error("the file could not be read or written: {0}")]
    Io(#[source] io::Error),
}

impl From<io::Error> for BlobError {
    fn from(error: io::Error) -> Self {
        if durable::is_no_space(&error) { BlobError::NoSpace } else { BlobError::Io(error) }
    }
}

impl BlobError {
    /// What to tell the person who takes or looks at a photo.
    pub fn words(&self) -> Words {
        match self {
            BlobError::Missing { .. } => {
                Words::new("照片已不在本机", "The photo is no longer on this device.")
            }
            BlobError::Damaged { .. } => Words::new(
                "照片文件已损坏，请重新拍摄",
                "The photo file is damaged. Take the photo again.",
            ),
            BlobError::NoSpace => Words::new(
                "存储空间不足，照片没有保存。请先上传或清理照片",
                "Not enough storage. The photo was not saved. Upload or clear photos first.",
            ),
            BlobError::AlreadyExists { .. } | BlobError::Io(_) => {
                Words::new("照片没有保存，请再试一次", "The photo was not saved. Try again.")
            }
        }
    }
}
