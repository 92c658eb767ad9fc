//! The auditors' copy: the photo with order, time and place written into the picture. The original
//! stays untouched beside it.

use ab_glyph_rasterizer::{Point, Rasterizer, point};
use image::{Rgb, RgbImage};
use rustybuzz::ttf_parser::{GlyphId, OutlineBuilder};

use super::{IntakeLimits, PhotoError, decode, format, guard, rendition};
use crate::document::font::{Fonts, Weight};
use crate::document::shape::{Cluster, shape};
use crate::document::wrap::lines as cut_to_lines;

/// The text is this fraction of the longer side high, in pixels of one em.
const TEXT_FRACTION: u32 = 44;
/// Below this size Chinese strokes run together.
const SMALLEST_TEXT: u32 = 14;
/// Share of the picture's height the text may cover, in percent.
const MOST_COVERED: u32 = 40;
/// How much of the picture's light shows through the band, of 255.
const BAND_LIGHT: u32 = 92;

/// Writes `lines` on a dark band along the lower edge of a JPEG and gives a new JPEG.
///
/// Long lines wrap; characters that no embedded font has are written as their code.
///
/// # Errors
/// [`PhotoError::TooMuchText`] when the text would cover more than 40 % of the picture, and the
/// errors of [`super::intake`] for bytes that are no photo.
pub fn watermark(jpeg: &[u8], lines: &[String]) -> Result<Vec<u8>, PhotoError> {
    let limits = IntakeLimits::NAMEPLATE;
    if jpeg.len() > limits.max_file_bytes {
        return Err(PhotoError::FileTooLarge { bytes: jpeg.len(), limit: limits.max_file_bytes });
    }
    let format = format::detect(jpeg)?;
    guard::contained(|| {
        let decoded = decode::decode(jpeg, format, &limits)?;
        let mut picture = rendition::upright(decoded.pixels, decoded.orientation).into_rgb8();
        let fonts = Fonts::embedded()
            .ok_or_else(|| PhotoError::Encoding("the embedded fonts cannot be read".to_owned()))?;
        write_band(&mut picture, lines, fonts)?;
        rendition::encoded(&picture.into(), limits.quality)
    })
}

fn write_band(picture: &mut RgbImage, lines: &[String], fonts: &Fonts) -> Result<(), PhotoError> {
    let (width, height) = picture.dimensions();
    let size = (width.max(height) / TEXT_FRACTION).max(SMALLEST_TEXT);
    let padding = size * 2 / 3;
    let leading = size * 3 / 2;
    let room = width.saturating_sub(2 * padding).max(size);
    let rows: Vec<Vec<Cluster>> = lines
        .iter()
        .flat_map(|line| {
            let clusters = shape(line, fonts, Weight::Regular);
            cut_to_lines(&clusters, em(size), em(room))
        })
        .collect();
    if rows.is_empty() {
        return Ok(());
    }
    let count = u32::try_from(rows.len()).unwrap_or(u32::MAX);
    let band = count.saturating_mul(leading).saturating_add(padding);
    if u64::from(band) * 100 > u64::from(height) * u64::from(MOST_COVERED) {
        return Err(PhotoError::TooMuchText);
    }
    let top = height - band;
    for y in top..height {
        for x in 0..width {
            let pixel = picture.get_pixel_mut(x, y);
            *pixel = Rgb(pixel.0.map(|v| blended(0, v, BAND_LIGHT)));
        }
    }
    for (row, clusters) in (0u32..).zip(&rows) {
        let line_top = top + padding / 2 + row * leading;
        write_line(picture, clusters, fonts, (padding, line_top), (size, leading));
    }
    Ok(())
}

/// `over` laid on `under` with an opacity of `light` in 255.
fn blended(under: u8, over: u8, light: u32) -> u8 {
    let mixed = (u32::from(under) * (255 - light) + u32::from(over) * light + 127) / 255;
    u8::try_from(mixed).unwrap_or(u8::MAX)
}

fn write_line(
    picture: &mut RgbImage,
    clusters: &[Cluster],
    fonts: &Fonts,
    at: (u32, u32),
    (size, leading): (u32, u32),
) {
    let wide = usize::try_from(picture.width().saturating_sub(at.0)).unwrap_or(0);
    let mut canvas = Rasterizer::new(wide, usize::try_from(leading).unwrap_or(0));
    let baseline = em(leading) / 2.0 + em(size) * 0.38;
    let mut x = 0.0;
    for cluster in clusters {
        let Some(font) = fonts.get(cluster.face) else { continue };
        let scale = em(size) / em(font.shaper.units_per_em().unsigned_abs());
        for glyph in &cluster.glyphs {
            let Ok(id) = u16::try_from(glyph.id) else { continue };
            let mut pen = Pen {
                canvas: &mut canvas,
                origin: (x + glyph.x_offset * em(size), baseline - glyph.y_offset * em(size)),
                scale,
                start: point(0.0, 0.0),
                here: point(0.0, 0.0),
            };
            font.shaper.outline_glyph(GlyphId(id), &mut pen);
            x += glyph.advance * em(size);
        }
    }
    canvas.for_each_pixel_2d(|dx, dy, coverage| {
        let light = coverage.clamp(0.0, 1.0) * 255.0;
        if light >= 1.0
            && let Some(pixel) = picture.get_pixel_mut_checked(at.0 + dx, at.1 + dy)
        {
            *pixel = Rgb(pixel.0.map(|v| blended(v, 255, light as u32)));
        }
    });
}

fn em(pixels: u32) -> f32 {
    pixels as f32
}

/// Draws an outline in font units onto the canvas, whose y points down.
struct Pen<'a> {
    canvas: &'a mut Rasterizer,
    origin: (f32, f32),
    scale: f32,
    start: Point,
    here: Point,
}

impl Pen<'_> {
    fn place(&self, x: f32, y: f32) -> Point {
        point(self.origin.0 + x * self.scale, self.origin.1 - y * self.scale)
    }
}

impl OutlineBuilder for Pen<'_> {
    fn move_to(&mut self, x: f32, y: f32) {
        self.start = self.place(x, y);
        self.here = self.start;
    }

    fn line_to(&mut self, x: f32, y: f32) {
        let to = self.place(x, y);
        self.canvas.draw_line(self.here, to);
        self.here = to;
    }

    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        let (bend, to) = (self.place(x1, y1), self.place(x, y));
        self.canvas.draw_quad(self.here, bend, to);
        self.here = to;
    }

    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        let (one, two, to) = (self.place(x1, y1), self.place(x2, y2), self.place(x, y));
        self.canvas.draw_cubic(self.here, one, two, to);
        self.here = to;
    }

    fn close(&mut self) {
        self.canvas.draw_line(self.here, self.start);
        self.here = self.start;
    }
}
