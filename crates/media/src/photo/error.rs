//! Why a photo is refused.

use doorstep_domain::words::Words;
use thiserror::Error;

use super::RefusedFormat;

/// Why a photo could not be taken in, or a rendition not be made.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum PhotoError {
    /// There are no bytes.
    #[error("the file is empty")]
    Empty,
    /// The file is neither JPEG nor PNG.
    #[error("not a JPEG or PNG file: {0:?}")]
    Format(RefusedFormat),
    /// The file is larger than the limit.
    #[error("{bytes} bytes, the limit is {limit}")]
    FileTooLarge {
        /// Size of the file.
        bytes: usize,
        /// Size allowed.
        limit: usize,
    },
    /// The header announces more pixels than the limit.
    #[error("{width} × {height} pixels, the limit is {limit} in all")]
    TooManyPixels {
        /// Announced width.
        width: u32,
        /// Announced height.
        height: u32,
        /// Pixels allowed.
        limit: u64,
    },
    /// The decoded pixels would need more memory than the limit.
    #[error("needs {bytes} bytes of memory, the limit is {limit}")]
    TooMuchMemory {
        /// Bytes needed.
        bytes: u64,
        /// Bytes allowed.
        limit: u64,
    },
    /// The file is cut short or its content contradicts itself.
    #[error("damaged: {0}")]
    Damaged(String),
    /// The decoder gave up in a way it should not have.
    #[error("the decoder failed on this file")]
    DecoderFailed,
    /// The text of a watermark would cover too much of the picture.
    #[error("the text does not fit on the photo")]
    TooMuchText,
    /// The result could not be written.
    #[error("could not write the result: {0}")]
    Encoding(String),
}

impl PhotoError {
    /// What to tell the person who chose the photo, and what they can do.
    pub fn words(&self) -> Words {
        match self {
            PhotoError::Empty => Words::new(
                "照片文件是空的，请重新拍摄。",
                "The photo file is empty. Take it again.",
            ),
            PhotoError::Format(format) => format.words(),
            PhotoError::FileTooLarge { limit, .. } => {
                let mib = limit >> 20;
                Words::new(
                    format!("照片文件超过 {mib} MB，请把相机分辨率调低后重拍。"),
                    format!(
                        "The photo file is over {mib} MB. Lower the camera resolution and take it again."
                    ),
                )
            }
            PhotoError::TooManyPixels { width, height, .. } => Words::new(
                format!("照片尺寸 {width} × {height} 过大，请把相机分辨率调低后重拍。"),
                format!(
                    "The photo is {width} × {height} pixels, which is too large. Lower the camera resolution and take it again."
                ),
            ),
            PhotoError::TooMuchMemory { .. } => Words::new(
                "照片的颜色精度过高，打开需要太多内存，请存为普通 JPEG 再选。",
                "This photo needs too much memory to open. Save it as an ordinary JPEG and choose that.",
            ),
            PhotoError::Damaged(_) | PhotoError::DecoderFailed => Words::new(
                "照片文件已损坏或不完整，请重新拍摄或重新传一次。",
                "The photo file is damaged or incomplete. Take it again or copy it again.",
            ),
            PhotoError::TooMuchText => Words::new(
                "照片太小，放不下订单、时间和地点水印。",
                "The photo is too small for the order, time and place to be written on it.",
            ),
            PhotoError::Encoding(_) => Words::new(
                "照片处理失败，请重试；仍然失败请重新拍摄。",
                "The photo could not be processed. Try again; if it still fails, take a new one.",
            ),
        }
    }
}
