//! Reading every QR code in one black-and-white picture.
#![allow(clippy::disallowed_types, reason = "pixels, never money")]

use rxing::common::cpp_essentials::DecoderResult;
use rxing::common::{BitMatrix, DetectorRXingResult};
use rxing::qrcode::cpp_port::decoder::Decode;
use rxing::qrcode::cpp_port::detector::{
    FindFinderPatterns, FinderPatternSet, GenerateFinderPatternSets, SampleQR,
};

use super::charset::{self, Charset};

/// A QR code as read, with its corners in pixels of the picture it was read from.
#[derive(Debug, Clone)]
pub(crate) struct QrRead {
    pub(crate) text: String,
    pub(crate) charset: Charset,
    pub(crate) bytes: Vec<u8>,
    pub(crate) corners: Vec<(f32, f32)>,
}

/// What one pass over a picture gave.
#[derive(Debug, Default)]
pub(crate) struct QrPass {
    pub(crate) read: Vec<QrRead>,
    /// Where three finder patterns stand as in a QR code that could not be read, most plausible
    /// first: centre and extent in pixels.
    pub(crate) suspects: Vec<Suspect>,
}

/// The neighbourhood of an unread code.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Suspect {
    pub(crate) x: f32,
    pub(crate) y: f32,
    /// Side of a square that holds the code with its quiet zone.
    pub(crate) side: f32,
}

/// Sets of three finder patterns tried per pass: a page full of look-alikes must not run away.
const MAX_SETS: usize = 160;
const MAX_SUSPECTS: usize = 3;

/// Finds and decodes every QR code. Black modules are `true` in `bits`.
pub(crate) fn read_all(bits: &BitMatrix) -> QrPass {
    let mut pass = QrPass::default();
    let mut patterns = FindFinderPatterns(bits, true, 0);
    let mut used: Vec<rxing::Point> = Vec::new();
    for set in GenerateFinderPatternSets(&mut patterns).iter().take(MAX_SETS) {
        let centres = [set.tl.p, set.tr.p, set.bl.p];
        if centres.iter().any(|centre| used.contains(centre)) {
            continue;
        }
        let Ok(sampled) = SampleQR(bits, set) else { continue };
        match Decode(sampled.getBits()) {
            Ok(decoded) if decoded.isValid() => {
                used.extend(centres);
                let corners = sampled.getPoints().iter().map(|p| (p.x, p.y)).collect();
                pass.read.extend(text_of(&decoded, corners));
            }
            _ if pass.suspects.len() < MAX_SUSPECTS => pass.suspects.push(suspect(set)),
            _ => {}
        }
    }
    let read = std::mem::take(&mut pass.suspects);
    pass.suspects = read.into_iter().filter(|s| !pass.read.iter().any(|r| r.holds(s))).collect();
    pass
}

impl QrRead {
    fn holds(&self, suspect: &Suspect) -> bool {
        let (min_x, max_x) = span(self.corners.iter().map(|c| c.0));
        let (min_y, max_y) = span(self.corners.iter().map(|c| c.1));
        (min_x..max_x).contains(&suspect.x) && (min_y..max_y).contains(&suspect.y)
    }
}

fn span(values: impl Iterator<Item = f32>) -> (f32, f32) {
    values.fold((f32::MAX, f32::MIN), |(low, high), v| (low.min(v), high.max(v)))
}

fn suspect(set: &FinderPatternSet) -> Suspect {
    let (tr, bl) = (set.tr.p, set.bl.p);
    let across = ((tr.x - bl.x).powi(2) + (tr.y - bl.y).powi(2)).sqrt();
    let pattern = set.tl.size.max(set.tr.size).max(set.bl.size) as f32;
    // The diagonal between the two outer centres, plus a finder pattern and a quiet zone each side.
    Suspect { x: (tr.x + bl.x) / 2.0, y: (tr.y + bl.y) / 2.0, side: across + 3.0 * pattern }
}

fn text_of(decoded: &DecoderResult<bool>, corners: Vec<(f32, f32)>) -> Option<QrRead> {
    let bytes = decoded.content().bytes().to_vec();
    let (text, charset) = if decoded.content().has_eci {
        (decoded.text(), Charset::Declared)
    } else {
        charset::decode(&bytes)
    };
    (!text.trim().is_empty()).then_some(QrRead { text, charset, bytes, corners })
}
