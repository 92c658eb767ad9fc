//! Reading EAN-13 and Code 128 along scan lines at every angle.
//!
//! A line over a page of text or a grille is full of stripes, and a decoder asked often enough
//! will read something into them. So a read counts only if the stripes stand free between quiet
//! zones, have exactly the number of elements of their symbology, characters of even width, a
//! right check digit, and if several scan lines agree with each other.
#![allow(clippy::disallowed_types, reason = "pixels, never money")]

use rxing::DecodeHints;
use rxing::common::BitArray;
use rxing::oned::{Code128Reader, EAN13Reader, OneDReader};

use super::LabelFormat;
use super::plane::Plane;
use super::profile::{Edges, Line, edges};

/// A barcode as read, with the ends of the scan line that read it.
#[derive(Debug, Clone)]
pub(crate) struct LinearRead {
    pub(crate) format: LabelFormat,
    pub(crate) text: String,
    pub(crate) ends: [(f32, f32); 2],
}

/// Scan directions in degrees, 15 apart: a code four times as wide as it is high is still crossed
/// from end to end by a line 7.5° off its axis. Upright and lying codes come first: they are the
/// most frequent, and the direction that reads a code first also says where it lies.
const ANGLES: [usize; 12] = [0, 90, 15, 165, 75, 105, 30, 150, 60, 120, 45, 135];
/// Scan lines that must agree before a read is believed.
const VOTES: usize = 3;
/// Distances in pixels of the further lines tried on either side of one that read something.
const PROBES: [f32; 8] = [1.5, -1.5, 3.0, -3.0, 4.5, -4.5, 6.5, -6.5];
/// Grey-level swings that count as an edge: a clean print first, then a pale or blurred one.
const SWINGS: [f32; 2] = [36.0, 12.0];
/// EAN-13: guard 3, six digits of 4, middle 5, six digits of 4, guard 3 (GS1 General
/// Specifications §5.2).
const EAN_ELEMENTS: usize = 59;
/// Code 128: characters of six elements, the stop has seven (ISO/IEC 15417); start, two data
/// characters, check and stop are the least that carries four printable characters.
const CODE128_MIN_ELEMENTS: usize = 31;
/// A label longer than this in elements is no label (80 characters of Code 128).
const MAX_ELEMENTS: usize = 6 * 84 + 1;
/// Bits per module in the row handed to the decoder.
const BITS_PER_MODULE: f32 = 8.0;
/// Quiet zone in the row handed to the decoder, in modules.
const QUIET_MODULES: usize = 12;
/// A light run so many times the mean element ends a code. A quiet zone has at least 7 modules, the
/// widest element 4, and the mean over a stretch of elements 1.5 to 1.9. The lower bound, for labels
/// cut off at 5 modules, comes second: where elements are narrow it comes close to the widest.
const QUIET_RATIOS: [f32; 2] = [3.0, 2.6];
/// Elements over which the mean is taken: enough that the narrow guards of EAN-13 do not make its
/// own widest element look like a quiet zone.
const MEAN_WINDOW: usize = 16;

/// Reads every barcode in a picture, `spacing` pixels between the scan lines of one direction.
pub(crate) fn read_all(plane: &Plane, spacing: usize) -> Vec<LinearRead> {
    let mut scan = Scan::default();
    let mut found: Vec<LinearRead> = Vec::new();
    for degrees in ANGLES {
        for line in lines(plane, degrees, spacing) {
            for read in scan.line(plane, &line) {
                let known = found.iter().any(|f| f.format == read.format && f.text == read.text);
                if !known && scan.confirmed(plane, &line, &read) {
                    found.push(read);
                }
            }
        }
    }
    found
}

/// Parallel lines across the whole picture in one direction, from the middle outwards.
fn lines(plane: &Plane, degrees: usize, spacing: usize) -> Vec<Line> {
    let (width, height) = (plane.width() as f32, plane.height() as f32);
    let (dy, dx) = (degrees as f32).to_radians().sin_cos();
    let along = width * dx.abs() + height * dy.abs();
    let across = width * dy.abs() + height * dx.abs();
    let middle = Line {
        x: width / 2.0 - dx * along / 2.0,
        y: height / 2.0 - dy * along / 2.0,
        dx,
        dy,
        length: along as usize,
    };
    let count = (across / 2.0 / spacing as f32) as usize;
    let outwards = (0..=count).map(|n| (n * spacing) as f32);
    let both = outwards.flat_map(|d| if d == 0.0 { vec![0.25] } else { vec![d, -d] });
    both.map(|distance| middle.beside(distance)).collect()
}

#[derive(Default)]
struct Scan {
    levels: Vec<f32>,
    edges: Edges,
}

impl Scan {
    /// Everything that one line reads.
    fn line(&mut self, plane: &Plane, line: &Line) -> Vec<LinearRead> {
        let first = line.levels(plane, &mut self.levels) as f32;
        let mut reads: Vec<LinearRead> = Vec::new();
        for swing in SWINGS {
            edges(&self.levels, swing, &mut self.edges);
            for (dark_is_bar, quiet_ratio) in
                QUIET_RATIOS.into_iter().flat_map(|ratio| [(true, ratio), (false, ratio)])
            {
                for block in blocks(&self.edges, dark_is_bar, quiet_ratio) {
                    let Some((format, text)) = decode(block) else { continue };
                    if reads.iter().any(|r| r.text == text) {
                        continue;
                    }
                    let (Some(start), Some(end)) = (block.first(), block.last()) else { continue };
                    let ends = [line.point(first + start), line.point(first + end)];
                    reads.push(LinearRead { format, text, ends });
                }
            }
        }
        reads
    }

    /// Whether enough neighbouring lines read the same, and more than read anything else there.
    fn confirmed(&mut self, plane: &Plane, line: &Line, read: &LinearRead) -> bool {
        let (mut same, mut other) = (1, 0);
        for distance in PROBES {
            for probe in self.line(plane, &line.beside(distance)) {
                if probe.text == read.text {
                    same += 1;
                } else if probe.overlaps(read) {
                    other += 1;
                }
            }
        }
        same >= VOTES && same > 2 * other
    }
}

impl LinearRead {
    fn overlaps(&self, other: &LinearRead) -> bool {
        let [a, b] = other.ends;
        let [c, d] = self.ends;
        let length = (a.0 - b.0).hypot(a.1 - b.1);
        let apart = ((a.0 + b.0 - c.0 - d.0) / 2.0).hypot((a.1 + b.1 - c.1 - d.1) / 2.0);
        apart < length / 2.0
    }
}

/// The stretches of edges between two quiet zones that have the element count of a symbology.
fn blocks(edges: &Edges, dark_is_bar: bool, quiet_ratio: f32) -> impl Iterator<Item = &[f32]> {
    let at = &edges.at;
    // Bars begin at edges of this parity.
    let parity = usize::from(edges.darkens_first != dark_is_bar);
    let mut start = parity;
    std::iter::from_fn(move || {
        while start + CODE128_MIN_ELEMENTS < at.len() + 1 {
            let end = block_end(at, start, quiet_ratio);
            let block = at.get(start..=end).unwrap_or_default();
            start = end + 1;
            let elements = block.len().saturating_sub(1);
            let fits = elements == EAN_ELEMENTS
                || (elements % 6 == 1 && (CODE128_MIN_ELEMENTS..=MAX_ELEMENTS).contains(&elements));
            if fits {
                return Some(block);
            }
        }
        None
    })
}

/// The edge after which the code that begins at edge `start` is followed by a quiet zone. Bars
/// begin at `start`, so light runs begin at odd distances from it.
fn block_end(at: &[f32], start: usize, quiet_ratio: f32) -> usize {
    let mut end = start + 1;
    while let (Some(&here), Some(&next)) = (at.get(end), at.get(end + 1)) {
        let back = (end - start).min(MEAN_WINDOW);
        let ahead = (at.len() - 2 - end).min(MEAN_WINDOW);
        let mean_back = at.get(end - back).map(|from| (here - from) / back as f32);
        let mean_ahead = at.get(end + 1 + ahead).map(|to| (to - next) / ahead as f32);
        let wide_enough = |mean: Option<f32>, elements: usize| {
            elements == MEAN_WINDOW && mean.is_some_and(|mean| next - here > quiet_ratio * mean)
        };
        // Either side may be the code; text on the other side must not hide its quiet zone.
        if wide_enough(mean_back, back) || wide_enough(mean_ahead, ahead) {
            return end;
        }
        end += 2;
    }
    end.min(at.len().saturating_sub(1))
}

/// Decodes the edges of one free-standing block, forwards and backwards.
fn decode(block: &[f32]) -> Option<(LabelFormat, String)> {
    let forwards: Vec<f32> = block.iter().zip(block.iter().skip(1)).map(|(a, b)| b - a).collect();
    let backwards: Vec<f32> = forwards.iter().rev().copied().collect();
    [forwards, backwards].iter().find_map(|runs| decode_runs(runs))
}

fn decode_runs(runs: &[f32]) -> Option<(LabelFormat, String)> {
    let total: f32 = runs.iter().sum();
    let hints = DecodeHints::default();
    if runs.len() == EAN_ELEMENTS && even_characters(runs, &EAN_CHARACTERS) {
        let row = row(runs, total / 95.0)?;
        let read = EAN13Reader.decode_row(0, &row, &hints).ok()?;
        let text = read.getText().to_owned();
        return super::gtin::check_digit_holds(&text).then_some((LabelFormat::Ean13, text));
    }
    let characters = runs.len() / 6;
    let plan = std::iter::repeat_n((6, 11.0), characters.saturating_sub(1)).chain([(7, 13.0)]);
    if even_characters(runs, &plan.collect::<Vec<_>>()) {
        let row = row(runs, total / (11 * characters + 2) as f32)?;
        let read = Code128Reader.decode_row(0, &row, &hints).ok()?;
        let text = read.getText().to_owned();
        // The decoder must have used every character of the block, none skipped at its start.
        let complete = read.getRawBytes().len() == characters;
        return (complete && plausible(&text)).then_some((LabelFormat::Code128, text));
    }
    None
}

/// Elements and modules of each character of EAN-13.
const EAN_CHARACTERS: [(usize, f32); 15] = {
    let mut plan = [(4, 7.0); 15];
    plan[0] = (3, 3.0);
    plan[7] = (5, 5.0);
    plan[14] = (3, 3.0);
    plan
};

/// Whether neighbouring characters have nearly the same width per module: perspective changes it
/// slowly, stripes that are no barcode change it at once.
fn even_characters(runs: &[f32], plan: &[(usize, f32)]) -> bool {
    let mut rest = runs;
    let mut before = None;
    for &(elements, modules) in plan {
        let Some((character, further)) = rest.split_at_checked(elements) else { return false };
        rest = further;
        let module = character.iter().sum::<f32>() / modules;
        // Guards are short, and ink spread weighs on them most.
        let slack = if modules < 7.0 { 1.6 } else { 1.35 };
        if before.is_some_and(|b: f32| module > b * slack || b > module * slack) {
            return false;
        }
        before = Some(module);
    }
    true
}

/// Label text as makers print it: at least four characters, all of them printable ASCII.
fn plausible(text: &str) -> bool {
    text.len() >= 4 && text.bytes().all(|b| (0x20..0x7f).contains(&b)) && !text.trim().is_empty()
}

/// A clean row for the decoder, scaled so that a module has [`BITS_PER_MODULE`] bits.
fn row(runs: &[f32], module: f32) -> Option<BitArray> {
    // Below this an element of one module cannot be told from one of two.
    if module < 0.8 {
        return None;
    }
    let quiet = QUIET_MODULES * BITS_PER_MODULE as usize;
    let scale = BITS_PER_MODULE / module;
    let total: f32 = runs.iter().sum();
    let mut row = BitArray::with_size(2 * quiet + (total * scale) as usize + 1);
    let mut position = quiet as f32;
    for (index, run) in runs.iter().enumerate() {
        let next = position + run * scale;
        if index % 2 == 0 {
            (position.round() as usize..next.round() as usize).for_each(|bit| row.set(bit));
        }
        position = next;
    }
    Some(row)
}
