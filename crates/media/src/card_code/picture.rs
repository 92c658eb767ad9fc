//! A text as QR modules, and the modules as a picture for screens and papers.

use qrcode::{Color, EcLevel, QrCode, Version};
use std::io::Cursor;

use super::CardCodeError;

/// Light modules around a QR code (ISO/IEC 18004 §6.3.8).
pub const QUIET_ZONE: usize = 4;
/// The largest version used: 49 modules a side is what prints and scans well at 25 mm.
pub const MAX_VERSION: i16 = 8;

/// The modules of a QR code without its quiet zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QrModules {
    /// Modules a side.
    pub size: usize,
    /// Row by row, `true` = dark.
    pub dark: Vec<bool>,
}

/// The smallest QR code at error correction level M (15 %) that holds `text`.
///
/// Fails with [`CardCodeError::TooLarge`] where that would exceed [`MAX_VERSION`].
pub fn modules(text: &str) -> Result<QrModules, CardCodeError> {
    let too_large = || CardCodeError::TooLarge { bytes: text.len() };
    let code = QrCode::with_error_correction_level(text, EcLevel::M).map_err(|_| too_large())?;
    match code.version() {
        Version::Normal(version) if version <= MAX_VERSION => {}
        _ => return Err(too_large()),
    }
    let size = code.width();
    let dark = code.into_colors().into_iter().map(|color| color == Color::Dark).collect();
    Ok(QrModules { size, dark })
}

impl QrModules {
    /// Side with the quiet zone, in modules.
    pub fn side(&self) -> usize {
        self.size + 2 * QUIET_ZONE
    }

    /// The rows of modules.
    pub fn rows(&self) -> impl Iterator<Item = &[bool]> {
        self.dark.chunks(self.size.max(1))
    }

    /// The `d` attribute of an SVG path that fills the dark modules, one unit per module, for a
    /// `viewBox` of `0 0 side side`; runs of dark modules are one rectangle each.
    pub fn svg_path(&self) -> String {
        let mut path = String::new();
        for (y, row) in self.rows().enumerate() {
            let mut x = 0;
            for run in row.chunk_by(|a, b| a == b) {
                if run.first() == Some(&true) {
                    let (left, top, length) = (x + QUIET_ZONE, y + QUIET_ZONE, run.len());
                    path.push_str(&format!("M{left} {top}h{length}v1h-{length}z"));
                }
                x += run.len();
            }
        }
        path
    }

    /// Grey pixels with the quiet zone, `module` pixels per module: (side in pixels, pixels row by
    /// row, 0 = black).
    pub fn luma(&self, module: usize) -> (usize, Vec<u8>) {
        let module = module.max(1);
        let side = self.side() * module;
        let light_rows = || std::iter::repeat_n(255u8, QUIET_ZONE * module * side);
        let mut pixels: Vec<u8> = light_rows().collect();
        for row in self.rows() {
            let margin = || std::iter::repeat_n(255u8, QUIET_ZONE * module);
            let cells = row
                .iter()
                .flat_map(|dark| std::iter::repeat_n(if *dark { 0u8 } else { 255 }, module));
            let line: Vec<u8> = margin().chain(cells).chain(margin()).collect();
            (0..module).for_each(|_| pixels.extend_from_slice(&line));
        }
        pixels.extend(light_rows());
        (side, pixels)
    }

    /// The same as a PNG file.
    pub fn png(&self, module: usize) -> Result<Vec<u8>, CardCodeError> {
        let (side, pixels) = self.luma(module);
        let side = u32::try_from(side).map_err(|_| CardCodeError::Picture)?;
        let picture =
            image::GrayImage::from_raw(side, side, pixels).ok_or(CardCodeError::Picture)?;
        let mut png = Vec::new();
        picture
            .write_to(&mut Cursor::new(&mut png), image::ImageFormat::Png)
            .map_err(|_| CardCodeError::Picture)?;
        Ok(png)
    }
}
