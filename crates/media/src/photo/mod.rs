//! Photo intake: whatever a camera hands over becomes one upright, bounded, metadata-free JPEG.
//!
//! A photo is evidence: it is judged before it is decoded (kind, file size, pixels, memory), turned
//! upright by its EXIF orientation, brought down to the size its purpose needs, and stripped of
//! metadata. What the metadata said about time and place comes back as a record, so that a
//! clerk can see it while the file itself gives nothing away.
//!
//! Every call into a decoder runs inside one boundary that turns a panic into
//! [`PhotoError::DecoderFailed`]: one odd photo never takes the visit down with it.

#![allow(clippy::disallowed_types, reason = "pixels, never money")]

mod capture;
mod decode;
mod error;
mod format;
mod guard;
mod rendition;
mod scale;
mod watermark;

pub use capture::Capture;
pub use error::PhotoError;
pub use format::RefusedFormat;
pub use watermark::watermark;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// What a photo may cost and how large it stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IntakeLimits {
    /// Largest accepted file, in bytes.
    pub max_file_bytes: usize,
    /// Most pixels a header may announce.
    pub max_pixels: u64,
    /// Most memory the decoded pixels may take, in bytes.
    pub max_decoded_bytes: u64,
    /// Longest side of the result, in pixels; smaller photos are never enlarged.
    pub long_side: u32,
    /// JPEG quality of the result, 1 to 100.
    pub quality: u8,
    /// Longest side of the thumbnail, in pixels.
    pub thumbnail_side: u32,
}

impl IntakeLimits {
    /// For nameplates and serial labels, whose small print must stay readable: 2048 px.
    pub const NAMEPLATE: IntakeLimits = IntakeLimits {
        max_file_bytes: 32 << 20,
        max_pixels: 64_000_000,
        max_decoded_bytes: 256 << 20,
        long_side: 2048,
        quality: 85,
        thumbnail_side: 256,
    };
    /// For everything else (front, defect, installed, emptied place): 1024 px.
    pub const OVERVIEW: IntakeLimits = IntakeLimits { long_side: 1024, ..IntakeLimits::NAMEPLATE };
}

/// A photo taken in: the bytes to keep and what is known about them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Photo {
    /// The upright JPEG without metadata.
    pub jpeg: Vec<u8>,
    /// SHA-256 of [`Photo::jpeg`], 64 hex digits: the photo's address everywhere.
    pub sha256: String,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// A small upright JPEG for lists.
    pub thumbnail: Vec<u8>,
    /// Size of the file as it came in, in bytes.
    pub source_bytes: u64,
    /// What the camera noted about time and place before it was stripped.
    pub capture: Capture,
}

/// Takes a photo in.
///
/// The kind is found by the first bytes, whatever the file is called. Two intakes of the same
/// bytes with the same limits give the same result, byte for byte, on one kind of machine.
///
/// # Errors
/// [`PhotoError`] says what is wrong and, in [`PhotoError::words`], what a person can do.
pub fn intake(bytes: &[u8], limits: &IntakeLimits) -> Result<Photo, PhotoError> {
    if bytes.len() > limits.max_file_bytes {
        return Err(PhotoError::FileTooLarge { bytes: bytes.len(), limit: limits.max_file_bytes });
    }
    let format = format::detect(bytes)?;
    guard::contained(|| {
        let decoded = decode::decode(bytes, format, limits)?;
        let image = rendition::fitted(&decoded.pixels, limits.long_side)?;
        let upright = rendition::upright(image, decoded.orientation);
        let small = rendition::fitted(&upright, limits.thumbnail_side)?;
        let jpeg = rendition::encoded(&upright, limits.quality)?;
        Ok(Photo {
            sha256: hex_digest(&jpeg),
            width: upright.width(),
            height: upright.height(),
            thumbnail: rendition::encoded(&small, limits.quality)?,
            source_bytes: u64::try_from(bytes.len()).unwrap_or(u64::MAX),
            capture: decoded.capture,
            jpeg,
        })
    })
}

fn hex_digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests;
