//! The kind of a file by its first bytes, never by its name.

use doorstep_domain::words::Words;

use super::PhotoError;

/// The kinds taken in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Jpeg,
    Png,
}

/// The kinds people send that are refused, each with its own advice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum RefusedFormat {
    /// HEIC, HEIF or AVIF, the "high efficiency" setting of many phones.
    Heif,
    /// WebP, usually saved from a chat or a page.
    Webp,
    /// GIF.
    Gif,
    /// TIFF, or a camera's raw file built on it.
    Tiff,
    /// Windows bitmap.
    Bmp,
    /// PDF, a document instead of a photo.
    Pdf,
    /// A video.
    Video,
    /// None of the kinds known.
    Unknown,
}

impl RefusedFormat {
    /// What to tell the person, and what they can do.
    pub fn words(self) -> Words {
        match self {
            RefusedFormat::Heif => Words::new(
                "这是 HEIC 照片，暂不能读取。请在手机相机设置里把格式改为“兼容性最佳”（JPEG）后重拍。",
                "This is a HEIC photo, which cannot be read. In the camera settings choose “Most Compatible” (JPEG) and take it again.",
            ),
            RefusedFormat::Webp => Words::new(
                "这是 WebP 图片，请用相机直接拍摄，或另存为 JPEG 再选。",
                "This is a WebP image. Take the photo with the camera, or save it as JPEG and choose that.",
            ),
            RefusedFormat::Gif => Words::new(
                "这是 GIF 动图，不能作为照片凭证，请用相机拍摄。",
                "This is a GIF, which cannot serve as photo evidence. Take a photo with the camera.",
            ),
            RefusedFormat::Tiff => Words::new(
                "这是 TIFF 或相机原始格式，请在相机里改为 JPEG 后重拍。",
                "This is a TIFF or raw camera file. Set the camera to JPEG and take it again.",
            ),
            RefusedFormat::Bmp => Words::new(
                "这是 BMP 图片，请另存为 JPEG 或 PNG 再选。",
                "This is a BMP image. Save it as JPEG or PNG and choose that.",
            ),
            RefusedFormat::Pdf => Words::new(
                "这是 PDF 文档，不是照片。请拍下纸面，或截图后再选。",
                "This is a PDF document, not a photo. Photograph the page, or take a screenshot of it.",
            ),
            RefusedFormat::Video => Words::new(
                "这是视频，不是照片，请切换到拍照模式。",
                "This is a video, not a photo. Switch the camera to photo mode.",
            ),
            RefusedFormat::Unknown => Words::new(
                "无法识别这个文件，请选择 JPEG 或 PNG 照片。",
                "This file is not recognised. Choose a JPEG or PNG photo.",
            ),
        }
    }
}

/// The ISO base media brands (ISO/IEC 14496-12) that hold a still picture; any other brand is video.
const STILL_BRANDS: [&[u8; 4]; 9] =
    [b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1", b"avif", b"avis"];

/// Finds the kind, or refuses with the reason.
pub(super) fn detect(bytes: &[u8]) -> Result<Format, PhotoError> {
    if bytes.is_empty() {
        return Err(PhotoError::Empty);
    }
    if bytes.starts_with(&[0xFF, 0xD8, 0xFF]) {
        return Ok(Format::Jpeg);
    }
    if bytes.starts_with(b"\x89PNG\r\n\x1A\n") {
        return Ok(Format::Png);
    }
    Err(PhotoError::Format(refused(bytes)))
}

fn refused(bytes: &[u8]) -> RefusedFormat {
    if bytes.get(4..8) == Some(b"ftyp") {
        let still = bytes.get(8..12).is_some_and(|brand| STILL_BRANDS.iter().any(|b| *b == brand));
        return if still { RefusedFormat::Heif } else { RefusedFormat::Video };
    }
    if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
        return RefusedFormat::Webp;
    }
    let starts = [
        (b"GIF8".as_slice(), RefusedFormat::Gif),
        (b"II*\0", RefusedFormat::Tiff),
        (b"MM\0*", RefusedFormat::Tiff),
        (b"BM", RefusedFormat::Bmp),
        (b"%PDF-", RefusedFormat::Pdf),
        (b"\x1A\x45\xDF\xA3", RefusedFormat::Video),
    ];
    starts
        .iter()
        .find(|(magic, _)| bytes.starts_with(magic))
        .map_or(RefusedFormat::Unknown, |(_, kind)| *kind)
}
