//! Unsent work that outlives its database.
//!
//! The rescue file holds whatever the caller must not lose (the outbox), sealed so that two parties
//! can read it, neither needing the other: HQ with its private key, when the PIN is forgotten or the
//! tablet broken, and the device with its own key, when the database is damaged and there is no
//! network. The content is encrypted once under a random content key, and that key is wrapped twice.

mod salvage;
#[cfg(test)]
mod tests;
mod work;

pub use salvage::{Salvaged, salvage_rows};
pub use work::{UnreadableWork, UnsentWork};

use crate::{durable, vault::RawKey};
use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use crypto_box::aead::rand_core::{self, CryptoRng, RngCore};
use doorstep_domain::words::Words;
use std::{io, path::Path};
use zeroize::Zeroizing;

/// First bytes of a rescue file; the last one is the version.
const MAGIC: [u8; 8] = *b"DSRESCU\x01";
/// A sealed box (libsodium `crypto_box_seal`): ephemeral public key, tag, content key.
const BOX_BYTES: usize = 32 + 16 + 32;
/// Nonce, content key, tag.
const WRAP_BYTES: usize = 24 + 32 + 16;
/// Magic, two wraps, length of the content before compression, nonce of the content.
const HEADER_BYTES: usize = MAGIC.len() + BOX_BYTES + WRAP_BYTES + 8 + 24;
/// Largest content. An outbox is a few megabytes; more than this is a mistake of the caller.
const MAX_CONTENT: usize = 256 << 20;
/// zstd's own default, a fair balance for text.
const ZSTD_LEVEL: i32 = 3;
const PURPOSE: &str = "doorstep rescue file, version 1";

/// Random bytes for one sealing, from the host's secure random source; never used twice.
#[derive(Clone)]
pub struct RescueNoise {
    /// Key of the content.
    pub content_key: [u8; 32],
    /// Secret key of the sealed box's ephemeral pair.
    pub ephemeral: [u8; 32],
    /// Nonce under which the device's key wraps the content key.
    pub wrap: [u8; 24],
    /// Nonce of the content.
    pub content: [u8; 24],
}

/// Seals `content` for HQ's X25519 public key and for the device's own key.
///
/// # Errors
/// [`RescueError::TooLarge`] over 256 MiB; [`RescueError::Io`] when compression fails.
pub fn seal(
    content: &[u8],
    hq_public: &[u8; 32],
    key: &RawKey,
    noise: &RescueNoise,
) -> Result<Vec<u8>, RescueError> {
    if content.len() > MAX_CONTENT {
        return Err(RescueError::TooLarge { bytes: content.len() });
    }
    let content_key = Zeroizing::new(noise.content_key);
    let sealed_box = crypto_box::PublicKey::from_bytes(*hq_public)
        .seal(&mut Given(Zeroizing::new(noise.ephemeral)), content_key.as_slice())
        .map_err(|_| RescueError::NotForThisKey)?;
    let wrapped = XChaCha20Poly1305::new((&*key.derive(PURPOSE)).into())
        .encrypt(&XNonce::from(noise.wrap), content_key.as_slice())
        .map_err(|_| RescueError::NotForThisKey)?;

    let mut file = Vec::with_capacity(HEADER_BYTES + content.len() / 2);
    file.extend_from_slice(&MAGIC);
    file.extend_from_slice(&sealed_box);
    file.extend_from_slice(&noise.wrap);
    file.extend_from_slice(&wrapped);
    file.extend_from_slice(&(content.len() as u64).to_be_bytes());
    file.extend_from_slice(&noise.content);

    let packed = Zeroizing::new(zstd::bulk::compress(content, ZSTD_LEVEL)?);
    let body = XChaCha20Poly1305::new((&*content_key).into())
        .encrypt(&XNonce::from(noise.content), Payload { msg: &packed, aad: &file })
        .map_err(|_| RescueError::TooLarge { bytes: content.len() })?;
    file.extend_from_slice(&body);
    Ok(file)
}

/// The content of a rescue file, opened on the device that wrote it.
///
/// # Errors
/// [`RescueError::NotForThisKey`] for another device's file or changed wraps;
/// [`RescueError::Damaged`] when the content was changed or cut.
pub fn open_with_key(file: &[u8], key: &RawKey) -> Result<Zeroizing<Vec<u8>>, RescueError> {
    let parts = Parts::of(file)?;
    let content_key = XChaCha20Poly1305::new((&*key.derive(PURPOSE)).into())
        .decrypt(&XNonce::from(parts.wrap_nonce), parts.wrapped)
        .map_err(|_| RescueError::NotForThisKey)?;
    parts.open(Zeroizing::new(content_key))
}

/// The content of a rescue file, opened at HQ.
///
/// # Errors
/// As [`open_with_key`].
pub fn open_with_hq_secret(
    file: &[u8],
    hq_secret: &[u8; 32],
) -> Result<Zeroizing<Vec<u8>>, RescueError> {
    let parts = Parts::of(file)?;
    let content_key = crypto_box::SecretKey::from_bytes(*hq_secret)
        .unseal(parts.sealed_box)
        .map_err(|_| RescueError::NotForThisKey)?;
    parts.open(Zeroizing::new(content_key))
}

/// Replaces the rescue file on disk, durably: a cut leaves the former one.
///
/// # Errors
/// [`RescueError::NoSpace`] and other I/O errors.
pub fn store(path: &Path, sealed: &[u8]) -> Result<(), RescueError> {
    Ok(durable::replace(path, sealed)?)
}

/// A rescue file taken apart.
struct Parts<'a> {
    header: &'a [u8],
    sealed_box: &'a [u8],
    wrap_nonce: [u8; 24],
    wrapped: &'a [u8],
    content_bytes: usize,
    content_nonce: [u8; 24],
    body: &'a [u8],
}

impl<'a> Parts<'a> {
    fn of(file: &'a [u8]) -> Result<Parts<'a>, RescueError> {
        let damaged = || RescueError::Damaged;
        let (magic, _) = file.split_first_chunk::<8>().ok_or_else(damaged)?;
        let [name @ .., version] = magic;
        if MAGIC.starts_with(name) && *version > 1 {
            return Err(RescueError::Newer { found: *version });
        }
        if *magic != MAGIC {
            return Err(RescueError::Damaged);
        }
        let (header, body) = file.split_at_checked(HEADER_BYTES).ok_or_else(damaged)?;
        let (_, rest) = header.split_at_checked(MAGIC.len()).ok_or_else(damaged)?;
        let (sealed_box, rest) = rest.split_at_checked(BOX_BYTES).ok_or_else(damaged)?;
        let (wrap_nonce, rest) = rest.split_first_chunk::<24>().ok_or_else(damaged)?;
        let (wrapped, rest) = rest.split_at_checked(WRAP_BYTES - 24).ok_or_else(damaged)?;
        let (length, rest) = rest.split_first_chunk::<8>().ok_or_else(damaged)?;
        let (content_nonce, _) = rest.split_first_chunk::<24>().ok_or_else(damaged)?;
        let content_bytes = usize::try_from(u64::from_be_bytes(*length)).map_err(|_| damaged())?;
        Ok(Parts {
            header,
            sealed_box,
            wrap_nonce: *wrap_nonce,
            wrapped,
            content_bytes,
            content_nonce: *content_nonce,
            body,
        })
    }

    fn open(&self, content_key: Zeroizing<Vec<u8>>) -> Result<Zeroizing<Vec<u8>>, RescueError> {
        let cipher = XChaCha20Poly1305::new_from_slice(&content_key)
            .map_err(|_| RescueError::NotForThisKey)?;
        let payload = Payload { msg: self.body, aad: self.header };
        let packed = cipher
            .decrypt(&XNonce::from(self.content_nonce), payload)
            .map(Zeroizing::new)
            .map_err(|_| RescueError::Damaged)?;
        // The length is authentic by now, but HQ opens what a device sealed.
        if self.content_bytes > MAX_CONTENT {
            return Err(RescueError::TooLarge { bytes: self.content_bytes });
        }
        let content = zstd::bulk::decompress(&packed, self.content_bytes)
            .map(Zeroizing::new)
            .map_err(|_| RescueError::Damaged)?;
        if content.len() == self.content_bytes { Ok(content) } else { Err(RescueError::Damaged) }
    }
}

/// Hands 32 given random bytes to `crypto_box`, which asks exactly once, for its ephemeral key.
struct Given(Zeroizing<[u8; 32]>);

impl RngCore for Given {
    fn next_u32(&mut self) -> u32 {
        rand_core::impls::next_u32_via_fill(self)
    }
    fn next_u64(&mut self) -> u64 {
        rand_core::impls::next_u64_via_fill(self)
    }
    fn fill_bytes(&mut self, target: &mut [u8]) {
        for (byte, given) in target.iter_mut().zip(self.0.iter()) {
            *byte = *given;
        }
    }
    fn try_fill_bytes(&mut self, target: &mut [u8]) -> Result<(), rand_core::Error> {
        self.fill_bytes(target);
        Ok(())
    }
}

impl CryptoRng for Given {}

/// Why a rescue file cannot be written or read.
#[derive(Debug, thiserror::Error)]
pub enum RescueError {
    /// It was sealed for other keys.
    #[error("the rescue file is not for this key")]
    NotForThisKey,
    /// It is not as it was written.
    #[error("the rescue file is damaged")]
    Damaged,
    /// A newer program wrote it.
    #[error("the rescue file has version {found}; this program reads version 1")]
    Newer {
        /// Its version.
        found: u8,
    },
    /// More content than any outbox has.
    #[error("the rescue file would hold {bytes} bytes")]
    TooLarge {
        /// Bytes of content.
        bytes: usize,
    },
    /// The disk is full; the former file is still there.
    #[error("the disk is full")]
    NoSpace,
    /// The file system or the compressor failed.
    #[error("the rescue file could not be written: {0}")]
    Io(#[source] io::Error),
}

impl From<io::Error> for RescueError {
    fn from(error: io::Error) -> Self {
        if durable::is_no_space(&error) { RescueError::NoSpace } else { RescueError::Io(error) }
    }
}

impl RescueError {
    /// What to tell the person who tries to recover.
    pub fn words(&self) -> Words {
        match self {
            RescueError::NotForThisKey => Words::new(
                "这个恢复文件属于另一台设备",
                "This rescue file belongs to another device.",
            ),
            RescueError::Damaged => Words::new("恢复文件已损坏", "The rescue file is damaged."),
            RescueError::Newer { .. } => Words::new(
                "恢复文件来自更新的版本，请先更新本程序",
                "The rescue file is from a newer version. Update this program first.",
            ),
            RescueError::NoSpace => Words::new(
                "存储空间已满，恢复文件没有更新",
                "The storage is full. The rescue file was not updated.",
            ),
            RescueError::TooLarge { .. } | RescueError::Io(_) => Words::new(
                "恢复文件没有更新，请重启后再试",
                "The rescue file was not updated. Restart and try again.",
            ),
        }
    }
}
