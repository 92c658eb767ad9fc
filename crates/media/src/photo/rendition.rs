//! Size, direction and encoding of the pixels that are kept.

use image::metadata::Orientation;
use image::{DynamicImage, GrayImage, RgbImage};
use jpeg_encoder::{ColorType, Encoder, SamplingFactor};

use super::PhotoError;
use super::scale::Raster;

/// The image with its longer side at most `long_side` pixels; never enlarged.
pub(super) fn fitted(image: &DynamicImage, long_side: u32) -> Result<DynamicImage, PhotoError> {
    let long_side = long_side.max(1);
    let longest = image.width().max(image.height());
    if longest <= long_side {
        return Ok(image.clone());
    }
    let scaled = |side: u32| {
        let exact = u64::from(side) * u64::from(long_side) + u64::from(longest) / 2;
        u32::try_from(exact / u64::from(longest)).unwrap_or(u32::MAX).max(1)
    };
    let (width, height) = (scaled(image.width()), scaled(image.height()));
    let raster = Raster {
        bytes: image.as_bytes(),
        width: pixels(image.width()),
        height: pixels(image.height()),
    };
    let smaller = match image {
        DynamicImage::ImageLuma8(_) => {
            GrayImage::from_raw(width, height, raster.scaled::<1>(pixels(width), pixels(height)))
                .map(DynamicImage::ImageLuma8)
        }
        _ => RgbImage::from_raw(width, height, raster.scaled::<3>(pixels(width), pixels(height)))
            .map(DynamicImage::ImageRgb8),
    };
    smaller.ok_or_else(|| PhotoError::Encoding("the pixels do not fill the image".to_owned()))
}

fn pixels(side: u32) -> usize {
    usize::try_from(side).unwrap_or(usize::MAX)
}

/// The image turned the way the camera was held.
pub(super) fn upright(mut image: DynamicImage, orientation: Orientation) -> DynamicImage {
    image.apply_orientation(orientation);
    image
}

/// The image as a baseline JPEG (4:2:0) without any metadata.
pub(super) fn encoded(image: &DynamicImage, quality: u8) -> Result<Vec<u8>, PhotoError> {
    let side = |side: u32| {
        u16::try_from(side).map_err(|_| PhotoError::Encoding(format!("{side} pixels is too wide")))
    };
    let color = match image {
        DynamicImage::ImageLuma8(_) => ColorType::Luma,
        _ => ColorType::Rgb,
    };
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, quality.clamp(1, 100));
    encoder.set_sampling_factor(SamplingFactor::F_2_2);
    encoder
        .encode(image.as_bytes(), side(image.width())?, side(image.height())?, color)
        .map_err(|e| PhotoError::Encoding(e.to_string()))?;
    Ok(bytes)
}
