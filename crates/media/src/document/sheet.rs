//! Pages as lists of marks, and how they become a PDF.
//!
//! Marks are recorded first and written at the end, because only then the number of pages is
//! known. Measures are PDF points (1/72 inch) from the upper left corner of an A4 page.

use krilla::color::rgb;
use krilla::geom::{PathBuilder, Point, Rect};
use krilla::metadata::Metadata;
use krilla::page::PageSettings;
use krilla::paint::{Fill, LineCap, LineJoin, Stroke};
use krilla::surface::Surface;
use krilla::text::{GlyphId, KrillaGlyph};
use krilla::{Document, SerializeSettings};

use super::DocumentError;
use super::font::{Face, Fonts};
use super::shape::{Cluster, width};

/// A4 width (ISO 216) in points.
pub(crate) const PAGE_WIDTH: f32 = 595.28;
/// A4 height (ISO 216) in points.
pub(crate) const PAGE_HEIGHT: f32 = 841.89;

/// A colour, red, green and blue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Ink(pub(crate) u8, pub(crate) u8, pub(crate) u8);

impl Ink {
    /// Running text.
    pub(crate) const TEXT: Ink = Ink(0x13, 0x20, 0x1E);
    /// Labels and notes.
    pub(crate) const QUIET: Ink = Ink(0x3F, 0x4E, 0x4B);
    /// Headings and totals: deep pine.
    pub(crate) const PINE: Ink = Ink(0x0A, 0x51, 0x55);
    /// Thin lines.
    pub(crate) const LINE: Ink = Ink(0xC3, 0xCE, 0xCA);
    /// Ground of headings within tables.
    pub(crate) const SUNKEN: Ink = Ink(0xEE, 0xF3, 0xF1);
    /// Ground of the first total.
    pub(crate) const PINE_SOFT: Ink = Ink(0xDC, 0xEF, 0xEE);
    /// What waits for a person: sample, provisional.
    pub(crate) const AMBER: Ink = Ink(0x76, 0x41, 0x00);
    /// Black, for codes that machines read.
    pub(crate) const BLACK: Ink = Ink(0, 0, 0);
}

/// One thing drawn on a page.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Mark {
    /// Shaped text from `x` on a baseline.
    Text { x: f32, baseline: f32, size: f32, ink: Ink, clusters: Vec<Cluster> },
    /// A straight line.
    Line { from: (f32, f32), to: (f32, f32), thickness: f32, ink: Ink },
    /// Filled rectangles (x, y, width, height) of one colour.
    Filled { rects: Vec<(f32, f32, f32, f32)>, ink: Ink },
    /// The outline of a rectangle.
    Framed { x: f32, y: f32, width: f32, height: f32, thickness: f32, ink: Ink },
    /// Pen strokes, each through its points.
    Strokes { strokes: Vec<Vec<(f32, f32)>>, thickness: f32, ink: Ink },
}

/// The pages of a document in the making.
#[derive(Debug, Default)]
pub(crate) struct Sheets {
    pub(crate) pages: Vec<Vec<Mark>>,
}

impl Sheets {
    /// Starts a page.
    pub(crate) fn start_page(&mut self) {
        self.pages.push(Vec::new());
    }

    /// Draws on the current page.
    pub(crate) fn draw(&mut self, mark: Mark) {
        if self.pages.is_empty() {
            self.start_page();
        }
        if let Some(page) = self.pages.last_mut() {
            page.push(mark);
        }
    }

    /// Writes the PDF. The same marks give the same bytes: there is no clock and no random id.
    pub(crate) fn pdf(
        &self,
        fonts: &Fonts,
        title: &str,
        language: &str,
    ) -> Result<Vec<u8>, DocumentError> {
        let mut document = Document::new_with(SerializeSettings::default());
        document.set_metadata(
            Metadata::new()
                .title(title.to_owned())
                .language(language.to_owned())
                .creator("Doorstep".to_owned()),
        );
        let settings = PageSettings::from_wh(PAGE_WIDTH, PAGE_HEIGHT)
            .ok_or_else(|| DocumentError::Writing("the page has no size".to_owned()))?;
        for marks in &self.pages {
            let mut page = document.start_page_with(settings.clone());
            let mut surface = page.surface();
            for mark in marks {
                put(mark, &mut surface, fonts)?;
            }
            surface.finish();
            page.finish();
        }
        document.finish().map_err(|e| DocumentError::Writing(format!("{e:?}")))
    }
}

fn put(mark: &Mark, surface: &mut Surface<'_>, fonts: &Fonts) -> Result<(), DocumentError> {
    match mark {
        Mark::Text { x, baseline, size, ink, clusters } => {
            fill(surface, *ink);
            put_text(surface, fonts, (*x, *baseline), *size, clusters)?;
        }
        Mark::Line { from, to, thickness, ink } => {
            stroke(surface, *ink, *thickness);
            let mut path = PathBuilder::new();
            path.move_to(from.0, from.1);
            path.line_to(to.0, to.1);
            finish(path, surface);
        }
        Mark::Filled { rects, ink } => {
            fill(surface, *ink);
            let mut path = PathBuilder::new();
            for (x, y, width, height) in rects {
                if let Some(rect) = Rect::from_xywh(*x, *y, *width, *height) {
                    path.push_rect(rect);
                }
            }
            finish(path, surface);
        }
        Mark::Framed { x, y, width, height, thickness, ink } => {
            stroke(surface, *ink, *thickness);
            let mut path = PathBuilder::new();
            if let Some(rect) = Rect::from_xywh(*x, *y, *width, *height) {
                path.push_rect(rect);
            }
            finish(path, surface);
        }
        Mark::Strokes { strokes, thickness, ink } => {
            stroke(surface, *ink, *thickness);
            let mut path = PathBuilder::new();
            for points in strokes {
                trace(&mut path, points);
            }
            finish(path, surface);
        }
    }
    Ok(())
}

fn fill(surface: &mut Surface<'_>, ink: Ink) {
    surface.set_stroke(None);
    surface.set_fill(Some(Fill { paint: color(ink).into(), ..Fill::default() }));
}

fn stroke(surface: &mut Surface<'_>, ink: Ink, thickness: f32) {
    surface.set_fill(None);
    surface.set_stroke(Some(Stroke {
        paint: color(ink).into(),
        width: thickness,
        line_cap: LineCap::Round,
        line_join: LineJoin::Round,
        ..Stroke::default()
    }));
}

fn color(ink: Ink) -> rgb::Color {
    rgb::Color::new(ink.0, ink.1, ink.2)
}

fn finish(path: PathBuilder, surface: &mut Surface<'_>) {
    if let Some(path) = path.finish() {
        surface.draw_path(&path);
    }
}

/// A smooth line through the points: each point bends a curve that runs between the middles of its
/// neighbours. One point alone is a dot.
fn trace(path: &mut PathBuilder, points: &[(f32, f32)]) {
    let Some(&(x, y)) = points.first() else { return };
    path.move_to(x, y);
    let middle = |a: (f32, f32), b: (f32, f32)| (f32::midpoint(a.0, b.0), f32::midpoint(a.1, b.1));
    for pair in points.windows(2).skip(1) {
        if let &[bend, next] = pair {
            let to = middle(bend, next);
            path.quad_to(bend.0, bend.1, to.0, to.1);
        }
    }
    let &(end_x, end_y) = points.last().unwrap_or(&(x, y));
    path.line_to(if points.len() == 1 { end_x + 0.01 } else { end_x }, end_y);
}

/// One call for each run of the same font, placed by the widths that were measured.
fn put_text(
    surface: &mut Surface<'_>,
    fonts: &Fonts,
    at: (f32, f32),
    size: f32,
    clusters: &[Cluster],
) -> Result<(), DocumentError> {
    let mut x = at.0;
    for run in clusters.chunk_by(|a, b| a.face == b.face) {
        let face = run.first().map_or(Face::Regular, |cluster| cluster.face);
        let font = fonts.get(face).ok_or(DocumentError::Fonts)?;
        let mut text = String::new();
        let mut glyphs = Vec::new();
        for cluster in run {
            let start = text.len();
            text.push_str(&cluster.text);
            glyphs.extend(cluster.glyphs.iter().map(|glyph| {
                KrillaGlyph::new(
                    GlyphId::new(glyph.id),
                    glyph.advance,
                    glyph.x_offset,
                    glyph.y_offset,
                    0.0,
                    start..text.len(),
                    None,
                )
            }));
        }
        surface.draw_glyphs(Point::from_xy(x, at.1), &glyphs, font.pdf.clone(), &text, size, false);
        x += width(run, size);
    }
    Ok(())
}
