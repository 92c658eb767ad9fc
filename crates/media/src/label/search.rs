//! The order in which a picture is tried: cheap and likely first, and an end to it.
//!
//! Every picture gets an overview and, if it is large, a pass at full resolution. Only where that
//! found nothing, or saw the corners of a QR code it could not read, the dearer attempts follow:
//! other scales, other thresholds, sharpening, enlarged details. There is no clock: the number of
//! passes is bounded, so the same picture gives the same answer on every machine.
#![allow(clippy::disallowed_types, reason = "pixels, never money")]

use rxing::common::{BitMatrix, HybridBinarizer};
use rxing::{BinaryBitmap, Luma8LuminanceSource};

use super::charset::Charset;
use super::guard::guarded;
use super::linear::{self, LinearRead};
use super::matrix::{self, QrPass, QrRead, Suspect};
use super::plane::{Plane, Window};
use super::{Label, LabelError, LabelFormat, LabelReading, Pixel};

/// Passes of a decoder one picture may cost.
pub(super) const MAX_PASSES: u32 = 96;
/// The overview has at most this many pixels on its long side.
const OVERVIEW_SIDE: usize = 1600;
/// Full resolution means at most this many pixels; larger pictures are halved first.
const DETAIL_PIXELS: usize = 24_000_000;
/// Pictures up to this side are also tried enlarged.
const SMALL_SIDE: usize = 1000;
/// Side of the tiles a large picture is cut into, in pixels; neighbours overlap by half.
const TILE_SIDE: usize = 640;
/// Only this many tiles, those with the most contrast, are enlarged.
const MAX_TILES: usize = 6;
/// Side of the views in which unread codes are looked at again, in pixels.
const SUSPECT_SIDE: usize = 900;
/// Unread codes looked at again in detail.
const MAX_SUSPECTS: usize = 4;

/// A rendition of the picture and how its pixels map back.
struct View {
    plane: Plane,
    /// Pixels of the picture per pixel of the view.
    scale: f32,
    left: f32,
    top: f32,
}

/// How grey becomes black and white.
#[derive(Clone, Copy)]
enum Threshold {
    /// Block-wise mean with neighbours smoothed: the standard choice.
    Blocks,
    /// Darker than the mean around it, for uneven light: radius in pixels.
    Around(usize),
    /// Blur of so many pixels taken back first.
    Deblurred(usize),
    /// One level for the whole view.
    Single,
}

/// How long a picture is tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Effort {
    /// Everything there is: a photo is all one has.
    Thorough,
    /// The overview only: of a live camera the next frame comes at once.
    Glance,
}

pub(super) fn search(picture: Plane, effort: Effort) -> LabelReading {
    let mut search = Search {
        effort,
        labels: Vec::new(),
        suspects: Vec::new(),
        passes: 0,
        panicked: false,
        picture,
    };
    search.run();
    search.reading()
}

struct Search {
    effort: Effort,
    picture: Plane,
    labels: Vec<Label>,
    suspects: Vec<Suspect>,
    passes: u32,
    panicked: bool,
}

impl Search {
    fn run(&mut self) {
        let overview = self.picture.long_side().div_ceil(OVERVIEW_SIDE).max(1);
        let detail = if self.picture.area() > DETAIL_PIXELS { 2 } else { 1 };
        let Some(view) = self.view(overview) else { return };
        self.plain(&view, 8);
        if self.effort == Effort::Glance {
            return;
        }
        if detail < overview
            && let Some(full) = self.view(detail)
        {
            self.plain(&full, 12);
        }
        if self.labels.is_empty() {
            self.other_thresholds(&view);
            self.other_scales(overview, detail);
        }
        self.suspects_in_detail();
        if self.labels.is_empty() {
            self.tiles(detail);
            self.suspects_in_detail();
        }
    }

    fn plain(&mut self, view: &View, spacing: usize) {
        self.matrix(view, Threshold::Blocks);
        self.linear(view, spacing);
    }

    fn other_thresholds(&mut self, view: &View) {
        let side = view.plane.long_side();
        self.matrix(view, Threshold::Around((side / 40).max(6)));
        for radius in [1, 2, 4] {
            if !self.labels.is_empty() {
                return;
            }
            let plane = view.plane.deblurred(radius);
            let sharp = View { plane, ..*view };
            self.matrix(&sharp, Threshold::Around(radius * 10));
            self.matrix(&sharp, Threshold::Blocks);
            self.linear(&sharp, 8);
        }
        if self.labels.is_empty() {
            self.matrix(view, Threshold::Around((side / 120).max(4)));
            self.matrix(view, Threshold::Single);
            let smooth = View { plane: view.plane.box_mean(1), ..*view };
            self.linear(&smooth, 8);
        }
    }

    /// Coarser views average noise and blur away; finer ones show what the overview lost.
    fn other_scales(&mut self, overview: usize, detail: usize) {
        let side = self.picture.long_side();
        let coarser = [overview * 2, overview * 4].into_iter().filter(|f| side / f >= 200);
        let finer = [overview / 2, overview / 3].into_iter().filter(|f| *f > detail);
        for factor in coarser.chain(finer) {
            let Some(view) = self.view(factor) else { continue };
            self.plain(&view, 6);
            if self.labels.is_empty() {
                self.matrix(&view, Threshold::Around((view.plane.long_side() / 40).max(6)));
            }
        }
        if side <= SMALL_SIDE && self.labels.is_empty() {
            let whole = Window {
                left: 0,
                top: 0,
                width: self.picture.width(),
                height: self.picture.height(),
            };
            self.enlarged(whole, if side <= SMALL_SIDE / 2 { 3 } else { 2 });
        }
    }

    fn suspects_in_detail(&mut self) {
        for suspect in std::mem::take(&mut self.suspects).into_iter().take(MAX_SUSPECTS) {
            let known = self.labels.len();
            let Some(window) = self.window_around(&suspect) else { continue };
            let Some(view) = self.closer(window) else { continue };
            let side = view.plane.long_side();
            for threshold in [
                Threshold::Blocks,
                Threshold::Single,
                Threshold::Around(side / 12),
                Threshold::Deblurred(side / 150),
                Threshold::Deblurred(side / 80),
                Threshold::Around(side / 30),
            ] {
                self.matrix(&view, threshold);
                if self.labels.len() > known {
                    break;
                }
            }
        }
    }

    fn window_around(&self, suspect: &Suspect) -> Option<Window> {
        let half = suspect.side / 2.0;
        let left = (suspect.x - half).max(0.0) as usize;
        let top = (suspect.y - half).max(0.0) as usize;
        let width = (suspect.side as usize).min(self.picture.width().checked_sub(left)?);
        let height = (suspect.side as usize).min(self.picture.height().checked_sub(top)?);
        (width > 20 && height > 20).then_some(Window { left, top, width, height })
    }

    /// Enlarges the parts of a large picture that have the most contrast.
    fn tiles(&mut self, detail: usize) {
        if self.picture.long_side() <= SMALL_SIDE {
            return;
        }
        let side = TILE_SIDE * detail;
        let mut tiles: Vec<(u64, Window)> = Vec::new();
        for top in (0..self.picture.height()).step_by(side / 2) {
            for left in (0..self.picture.width()).step_by(side / 2) {
                let width = side.min(self.picture.width() - left);
                let height = side.min(self.picture.height() - top);
                let window = Window { left, top, width, height };
                if width >= side / 2 && height >= side / 2 {
                    tiles.push((self.picture.contrast(window), window));
                }
            }
        }
        tiles.sort_by_key(|(contrast, _)| std::cmp::Reverse(*contrast));
        for (_, window) in tiles.into_iter().take(MAX_TILES) {
            if !self.labels.is_empty() {
                return;
            }
            self.enlarged(window, 2);
        }
    }

    fn enlarged(&mut self, window: Window, factor: usize) {
        if let Some(view) = self.enlargement(window, factor) {
            self.plain(&view, 8 * factor);
        }
    }

    /// A window brought to about [`SUSPECT_SIDE`] pixels: enlarged if it is small, and not more
    /// pixels than that if it is large.
    fn closer(&self, window: Window) -> Option<View> {
        let long = window.width.max(window.height).max(1);
        let view = self.enlargement(window, (SUSPECT_SIDE / long).clamp(1, 4))?;
        let coarser = long / SUSPECT_SIDE;
        let plane = view.plane.shrunk(coarser)?;
        Some(View { plane, scale: view.scale * coarser.max(1) as f32, ..view })
    }

    fn view(&self, factor: usize) -> Option<View> {
        let plane = self.picture.shrunk(factor)?;
        Some(View { plane, scale: factor as f32, left: 0.0, top: 0.0 })
    }

    fn enlargement(&self, window: Window, factor: usize) -> Option<View> {
        let plane = match factor {
            1 => self.picture.cut(window)?,
            _ => self.picture.enlarged(window, factor)?,
        };
        let (left, top) = (window.left as f32, window.top as f32);
        Some(View { plane, scale: 1.0 / factor as f32, left, top })
    }

    /// Looks for QR codes, dark on light and light on dark.
    fn matrix(&mut self, view: &View, threshold: Threshold) {
        if self.passes + 2 > MAX_PASSES {
            return;
        }
        self.passes += 2;
        let both = guarded("qr", || {
            let Some(mut bits) = black(&view.plane, threshold) else { return [const { None }; 2] };
            let dark = matrix::read_all(&bits);
            bits.flip_self();
            [Some(dark), Some(matrix::read_all(&bits))]
        });
        match both {
            Ok(passes) => passes.into_iter().flatten().for_each(|pass| self.keep_qr(view, pass)),
            Err(_) => self.panicked = true,
        }
    }

    fn linear(&mut self, view: &View, spacing: usize) {
        if self.passes + 1 > MAX_PASSES {
            return;
        }
        self.passes += 1;
        match guarded("linear", || linear::read_all(&view.plane, spacing)) {
            Ok(reads) => reads.into_iter().for_each(|read| self.keep_linear(view, read)),
            Err(_) => self.panicked = true,
        }
    }

    fn keep_qr(&mut self, view: &View, pass: QrPass) {
        for suspect in pass.suspects {
            let (x, y) = view.back((suspect.x, suspect.y));
            let side = suspect.side * view.scale;
            let near = |s: &Suspect| (s.x - x).hypot(s.y - y) < side / 4.0;
            if !self.suspects.iter().any(near) {
                self.suspects.push(Suspect { x, y, side });
            }
        }
        for QrRead { text, charset, bytes, corners } in pass.read {
            let raw_hex = (charset != Charset::Utf8).then(|| hex::encode(&bytes));
            self.keep(Label {
                format: LabelFormat::Qr,
                text,
                charset,
                raw_hex,
                position: corners.into_iter().map(|c| view.pixel(c)).collect(),
            });
        }
    }

    fn keep_linear(&mut self, view: &View, read: LinearRead) {
        let position = read.ends.iter().map(|end| view.pixel(*end)).collect();
        self.keep(Label {
            format: read.format,
            text: read.text,
            charset: Charset::Utf8,
            raw_hex: None,
            position,
        });
    }

    fn keep(&mut self, label: Label) {
        let same = |known: &Label| known.format == label.format && known.text == label.text;
        if !self.labels.iter().any(same) {
            self.labels.push(label);
        }
    }

    fn reading(self) -> LabelReading {
        let failed = self.panicked && self.labels.is_empty();
        LabelReading {
            width: u32::try_from(self.picture.width()).unwrap_or(u32::MAX),
            height: u32::try_from(self.picture.height()).unwrap_or(u32::MAX),
            labels: self.labels,
            passes: self.passes,
            error: failed.then_some(LabelError::DecoderFailed),
        }
    }
}

impl View {
    fn back(&self, (x, y): (f32, f32)) -> (f32, f32) {
        (x * self.scale + self.left, y * self.scale + self.top)
    }

    fn pixel(&self, point: (f32, f32)) -> Pixel {
        let (x, y) = self.back(point);
        Pixel { x: x.round() as i32, y: y.round() as i32 }
    }
}

fn black(plane: &Plane, threshold: Threshold) -> Option<BitMatrix> {
    match threshold {
        Threshold::Blocks => {
            let (width, height) = (plane.width() as u32, plane.height() as u32);
            let pixels = plane.pixels().to_vec();
            let source = Luma8LuminanceSource::new(pixels, width, height).ok()?;
            let mut bitmap = BinaryBitmap::new(HybridBinarizer::new(source));
            Some(bitmap.get_black_matrix_mut().clone())
        }
        Threshold::Around(radius) => plane.darker_than_surroundings(radius, 4),
        Threshold::Deblurred(radius) => {
            plane.deblurred(radius).darker_than_surroundings(radius * 10, 3)
        }
        Threshold::Single => plane.black_by_otsu(),
    }
}
