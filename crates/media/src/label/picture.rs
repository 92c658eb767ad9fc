//! From a picture file to upright grey pixels, with limits set before anything is decoded.

use doorstep_domain::words::Words;
use image::{ImageError, ImageReader, Limits};
use serde::{Deserialize, Serialize};
use std::io::Cursor;
use thiserror::Error;

use super::guard::{Panicked, guarded};
use super::plane::Plane;

/// The largest picture file accepted, in bytes (32 MiB).
pub const MAX_FILE_BYTES: usize = 32 << 20;
/// The largest picture accepted, in pixels (64 megapixels).
pub const MAX_PIXELS: u64 = 64_000_000;
/// What the picture decoder may allocate: 64 megapixels at four bytes each, and a reserve.
const MAX_ALLOC_BYTES: u64 = 288 << 20;

/// Why a picture gave no reading.
#[derive(Debug, Clone, PartialEq, Eq, Error, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LabelError {
    /// More bytes than [`MAX_FILE_BYTES`].
    #[error("the file has {0} bytes, more than {MAX_FILE_BYTES}")]
    FileTooLarge(u64),
    /// More pixels than [`MAX_PIXELS`], or more memory than allowed for decoding.
    #[error("the picture has too many pixels")]
    TooManyPixels,
    /// Neither JPEG nor PNG.
    #[error("neither a JPEG nor a PNG picture")]
    NotAPicture,
    /// A JPEG or PNG that cannot be decoded.
    #[error("the picture file is damaged")]
    Damaged,
    /// Width, height and the number of bytes do not belong together.
    #[error("width, height and pixels do not agree")]
    WrongSize,
    /// A decoder failed in an unforeseen way and nothing was read.
    #[error("the decoder failed")]
    DecoderFailed,
}

impl LabelError {
    /// The code that crosses to screens and reports.
    pub fn code(&self) -> &'static str {
        match self {
            LabelError::FileTooLarge(_) => "file_too_large",
            LabelError::TooManyPixels => "too_many_pixels",
            LabelError::NotAPicture => "not_a_picture",
            LabelError::Damaged => "damaged",
            LabelError::WrongSize => "wrong_size",
            LabelError::DecoderFailed => "decoder_failed",
        }
    }

    /// What a person reads.
    pub fn words(&self) -> Words {
        match self {
            LabelError::FileTooLarge(bytes) => {
                let mib = bytes.div_ceil(1 << 20);
                Words::new(
                    format!("图片文件 {mib} MB，超过 32 MB，请换一张较小的图片"),
                    format!("The file has {mib} MB; the limit is 32 MB. Use a smaller picture."),
                )
            }
            LabelError::TooManyPixels => Words::new(
                "图片超过 6400 万像素，请换一张较小的图片",
                "The picture has more than 64 megapixels. Use a smaller picture.",
            ),
            LabelError::NotAPicture => {
                Words::new("这不是 JPEG 或 PNG 图片", "This is not a JPEG or PNG picture.")
            }
            LabelError::Damaged => Words::new(
                "图片文件已损坏，请重新拍摄",
                "The picture file is damaged. Take it again.",
            ),
            LabelError::WrongSize => {
                Words::new("图像尺寸与数据不符", "The size of the picture does not match its data.")
            }
            LabelError::DecoderFailed => Words::new(
                "无法处理这张图片，请换一张或手动输入",
                "This picture could not be processed. Use another one or type the code.",
            ),
        }
    }
}

impl From<Panicked> for LabelError {
    fn from(_: Panicked) -> Self {
        LabelError::DecoderFailed
    }
}

/// Decodes a JPEG or PNG to upright grey pixels.
pub(crate) fn decode(bytes: &[u8]) -> Result<Plane, LabelError> {
    if bytes.len() > MAX_FILE_BYTES {
        return Err(LabelError::FileTooLarge(bytes.len() as u64));
    }
    let plane = guarded("image", || grey(bytes))??;
    let orientation = guarded("exif", || orientation(bytes)).unwrap_or(None);
    Ok(plane.upright(orientation.unwrap_or(1)))
}

fn grey(bytes: &[u8]) -> Result<Plane, LabelError> {
    let open = || ImageReader::new(Cursor::new(bytes)).with_guessed_format();
    let header = open().map_err(|_| LabelError::NotAPicture)?;
    if header.format().is_none() {
        return Err(LabelError::NotAPicture);
    }
    let (width, height) = header.into_dimensions().map_err(|e| cause(&e))?;
    if u64::from(width) * u64::from(height) > MAX_PIXELS {
        return Err(LabelError::TooManyPixels);
    }
    let mut reader = open().map_err(|_| LabelError::NotAPicture)?;
    let mut limits = Limits::default();
    limits.max_image_width = Some(width);
    limits.max_image_height = Some(height);
    limits.max_alloc = Some(MAX_ALLOC_BYTES);
    reader.limits(limits);
    let luma = reader.decode().map_err(|e| cause(&e))?.into_luma8();
    Plane::new(width as usize, height as usize, luma.into_raw()).ok_or(LabelError::Damaged)
}

fn cause(error: &ImageError) -> LabelError {
    match error {
        ImageError::Limits(_) => LabelError::TooManyPixels,
        ImageError::Unsupported(_) => LabelError::NotAPicture,
        _ => LabelError::Damaged,
    }
}

fn orientation(bytes: &[u8]) -> Option<u32> {
    let exif = exif::Reader::new().read_from_container(&mut Cursor::new(bytes)).ok()?;
    exif.get_field(exif::Tag::Orientation, exif::In::PRIMARY)?.value.get_uint(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_hold_before_decoding() {
        // A PNG header that claims 60,000 × 60,000 pixels and carries none of them.
        let mut png =
            b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\xea\x60\0\0\xea\x60\x08\0\0\0\0".to_vec();
        let crc = crc32(&png[12..29]);
        png.extend(crc.to_be_bytes());
        png.extend(b"\0\0\0\0IDAT\x35\xaf\x06\x1e");
        assert_eq!(decode(&png).unwrap_err(), LabelError::TooManyPixels);
        assert_eq!(
            decode(&vec![0; MAX_FILE_BYTES + 1]).unwrap_err(),
            LabelError::FileTooLarge(MAX_FILE_BYTES as u64 + 1)
        );
    }

    #[test]
    fn rubbish_and_cut_files_are_named_as_what_they_are() {
        assert_eq!(decode(b"hello").unwrap_err(), LabelError::NotAPicture);
        assert_eq!(decode(b"").unwrap_err(), LabelError::NotAPicture);
        let mut png = Vec::new();
        let grey = image::GrayImage::from_pixel(64, 64, image::Luma([90]));
        grey.write_to(&mut Cursor::new(&mut png), image::ImageFormat::Png).unwrap();
        assert!(decode(&png).is_ok());
        assert_eq!(decode(&png[..png.len() / 2]).unwrap_err(), LabelError::Damaged);
    }

    #[test]
    fn every_error_speaks_both_languages() {
        for error in [
            LabelError::FileTooLarge(40 << 20),
            LabelError::TooManyPixels,
            LabelError::NotAPicture,
            LabelError::Damaged,
            LabelError::WrongSize,
            LabelError::DecoderFailed,
        ] {
            let words = error.words();
            assert!(!words.zh.is_ascii() && words.en.is_ascii(), "{error:?}");
        }
    }

    fn crc32(bytes: &[u8]) -> u32 {
        !bytes.iter().fold(!0u32, |mut crc, &byte| {
            crc ^= u32::from(byte);
            for _ in 0..8 {
                crc = if crc & 1 == 1 { 0xedb8_8320 ^ (crc >> 1) } else { crc >> 1 };
            }
            crc
        })
    }
}
