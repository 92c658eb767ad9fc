//! From file bytes to pixels, with every limit checked on the header first.

use std::io::Cursor;

use image::codecs::{jpeg::JpegDecoder, png::PngDecoder};
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageError, Limits};

use super::format::Format;
use super::{Capture, IntakeLimits, PhotoError, capture};

/// Pixels as grey or RGB, not yet upright.
pub(super) struct Decoded {
    /// Either 8-bit grey or 8-bit RGB.
    pub(super) pixels: DynamicImage,
    /// How to turn them upright.
    pub(super) orientation: Orientation,
    /// Time and place the file carried.
    pub(super) capture: Capture,
}

/// A baseline JPEG spends at least two bits on each 8 × 8 block and a progressive one at least one
/// bit in its first scan, so no honest file packs more pixels into a byte than this.
const MAX_JPEG_PIXELS_PER_BYTE: u64 = 1024;

pub(super) fn decode(
    bytes: &[u8],
    format: Format,
    limits: &IntakeLimits,
) -> Result<Decoded, PhotoError> {
    match format {
        Format::Jpeg => {
            if !jpeg_is_complete(bytes) {
                return Err(PhotoError::Damaged("the JPEG data ends early".to_owned()));
            }
            let decoder = JpegDecoder::new(Cursor::new(bytes)).map_err(damaged)?;
            let (width, height) = decoder.dimensions();
            let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
            if u64::from(width) * u64::from(height)
                > length.saturating_mul(MAX_JPEG_PIXELS_PER_BYTE)
            {
                return Err(PhotoError::Damaged(format!(
                    "{length} bytes cannot hold {width} × {height} pixels"
                )));
            }
            read(decoder, limits)
        }
        Format::Png => {
            let mut caps = Limits::no_limits();
            caps.max_alloc = Some(limits.max_decoded_bytes);
            read(PngDecoder::with_limits(Cursor::new(bytes), caps).map_err(damaged)?, limits)
        }
    }
}

fn read(mut decoder: impl ImageDecoder, limits: &IntakeLimits) -> Result<Decoded, PhotoError> {
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > limits.max_pixels {
        return Err(PhotoError::TooManyPixels { width, height, limit: limits.max_pixels });
    }
    let needed = decoder.total_bytes();
    if needed > limits.max_decoded_bytes {
        return Err(PhotoError::TooMuchMemory { bytes: needed, limit: limits.max_decoded_bytes });
    }
    // Metadata that cannot be read is no reason to lose the photo: it then has no record.
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let capture = decoder.exif_metadata().ok().flatten().map(capture::read).unwrap_or_default();
    let pixels = DynamicImage::from_decoder(decoder).map_err(damaged)?;
    Ok(Decoded { pixels: opaque(pixels), orientation, capture })
}

/// Eight bits a channel and no transparency; what was transparent becomes white paper.
fn opaque(pixels: DynamicImage) -> DynamicImage {
    let on_white = |value: u8, alpha: u8| {
        let (value, alpha) = (u32::from(value), u32::from(alpha));
        u8::try_from((value * alpha + 255 * (255 - alpha) + 127) / 255).unwrap_or(u8::MAX)
    };
    match pixels {
        DynamicImage::ImageLuma8(_) | DynamicImage::ImageRgb8(_) => pixels,
        DynamicImage::ImageLuma16(_) => DynamicImage::ImageLuma8(pixels.into_luma8()),
        DynamicImage::ImageRgb16(_) | DynamicImage::ImageRgb32F(_) => {
            DynamicImage::ImageRgb8(pixels.into_rgb8())
        }
        DynamicImage::ImageLumaA8(_) | DynamicImage::ImageLumaA16(_) => {
            let source = pixels.into_luma_alpha8();
            let grey = source.pixels().map(|p| on_white(p.0[0], p.0[1])).collect();
            image::GrayImage::from_raw(source.width(), source.height(), grey)
                .map_or_else(DynamicImage::default, DynamicImage::ImageLuma8)
        }
        other => {
            let source = other.into_rgba8();
            let rgb = source
                .pixels()
                .flat_map(|p| {
                    let [r, g, b, a] = p.0;
                    [on_white(r, a), on_white(g, a), on_white(b, a)]
                })
                .collect();
            image::RgbImage::from_raw(source.width(), source.height(), rgb)
                .map_or_else(DynamicImage::default, DynamicImage::ImageRgb8)
        }
    }
}

/// Whether an end-of-image marker follows the first scan. Within entropy-coded data FF is always
/// followed by a stuffed 00 or a restart marker (ITU-T T.81, F.1.2.3 and B.1.1.2), so FF D9 there
/// can only be the end; decoders fill what is missing with grey, which is no evidence of anything.
fn jpeg_is_complete(bytes: &[u8]) -> bool {
    let mut at = 2usize;
    loop {
        let Some(&[0xFF, code]) = bytes.get(at..at.saturating_add(2)) else { return false };
        match code {
            0xFF => at += 1,
            0xD0..=0xD7 | 0x01 => at += 2,
            0xD9 => return false,
            _ => {
                let Some(&[high, low]) = bytes.get(at + 2..at + 4) else { return false };
                at += 2 + usize::from(u16::from_be_bytes([high, low]));
                if code == 0xDA {
                    return bytes
                        .get(at..)
                        .is_some_and(|scan| scan.windows(2).any(|pair| pair == [0xFF, 0xD9]));
                }
            }
        }
    }
}

fn damaged(error: ImageError) -> PhotoError {
    PhotoError::Damaged(error.to_string())
}
