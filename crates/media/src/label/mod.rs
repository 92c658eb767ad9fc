//! Labels on machines: finding and decoding their codes, and what makers write in them.
//!
//! [`read_image`], [`read_luma`] and [`read_frame`] find QR, EAN-13 and Code 128 in a picture; [`parse`] says what
//! a decoded text is; [`typed`] does the same for a code typed by hand; [`report`] puts both
//! together as JSON. The formats are exactly these three: with more one-dimensional formats
//! allowed, decoders read barcodes into pages of text.

mod charset;
/// GTIN check digits.
pub mod gtin;
mod guard;
mod linear;
mod matrix;
mod parse;
mod picture;
mod plane;
mod profile;
mod report;
mod search;
mod typed;

use search::Effort;
use serde::{Deserialize, Serialize};

pub use charset::Charset;
pub use parse::{Gs1Link, HaierBar, LabelKind, MideaCipher, MideaPlain, parse};
pub use picture::{LabelError, MAX_FILE_BYTES, MAX_PIXELS};
pub use report::report;
pub use typed::{TypedError, typed};

/// The symbologies that are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LabelFormat {
    /// QR code (ISO/IEC 18004).
    Qr,
    /// EAN-13 (ISO/IEC 15420).
    #[serde(rename = "ean_13")]
    Ean13,
    /// Code 128 (ISO/IEC 15417).
    #[serde(rename = "code_128")]
    Code128,
}

/// A point in pixels of the upright picture, from its top left corner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Pixel {
    /// To the right.
    pub x: i32,
    /// Downwards.
    pub y: i32,
}

/// One code found in a picture.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Label {
    /// Its symbology.
    pub format: LabelFormat,
    /// Its text; hexadecimal digits if `charset` is [`Charset::Unknown`].
    pub text: String,
    /// How its bytes became text.
    pub charset: Charset,
    /// The bytes as lower-case hexadecimal digits, kept where the text may not be the whole truth:
    /// for every charset but ASCII and UTF-8.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub raw_hex: Option<String>,
    /// Where it is: the four corners of a QR code, the two ends of the scan line that read a
    /// barcode.
    pub position: Vec<Pixel>,
}

/// What a picture gave.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LabelReading {
    /// Width of the upright picture in pixels; 0 if it could not be opened.
    pub width: u32,
    /// Height of the upright picture in pixels; 0 if it could not be opened.
    pub height: u32,
    /// Every code found, each format and text once, in the order found.
    pub labels: Vec<Label>,
    /// Passes of a decoder over the picture or a part of it; bounded by
    /// [`LabelReading::MAX_PASSES`].
    pub passes: u32,
    /// Why the picture gave nothing, if that was not for want of a label.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<LabelError>,
}

impl LabelReading {
    /// The most passes one picture costs; a picture without any label costs about this.
    pub const MAX_PASSES: u32 = search::MAX_PASSES;

    fn failed(error: LabelError) -> LabelReading {
        LabelReading { width: 0, height: 0, labels: Vec::new(), passes: 0, error: Some(error) }
    }
}

/// Finds the codes in a JPEG or PNG file. Turns it upright as its Exif orientation says; limits:
/// [`MAX_FILE_BYTES`], [`MAX_PIXELS`].
pub fn read_image(bytes: &[u8]) -> LabelReading {
    match picture::decode(bytes) {
        Ok(plane) => search::search(plane, Effort::Thorough),
        Err(error) => LabelReading::failed(error),
    }
}

/// Finds the codes in grey pixels, row by row, 0 = black, as thoroughly as [`read_image`] does.
pub fn read_luma(width: u32, height: u32, pixels: &[u8]) -> LabelReading {
    read_pixels(width, height, pixels, Effort::Thorough)
}

/// Finds the codes in a frame of a running camera: one quick look, for the next frame is coming.
/// A still picture is for [`read_luma`].
pub fn read_frame(width: u32, height: u32, pixels: &[u8]) -> LabelReading {
    read_pixels(width, height, pixels, Effort::Glance)
}

fn read_pixels(width: u32, height: u32, pixels: &[u8], effort: Effort) -> LabelReading {
    if u64::from(width) * u64::from(height) > MAX_PIXELS {
        return LabelReading::failed(LabelError::TooManyPixels);
    }
    match plane::Plane::new(width as usize, height as usize, pixels.to_vec()) {
        Some(plane) => search::search(plane, effort),
        None => LabelReading::failed(LabelError::WrongSize),
    }
}
