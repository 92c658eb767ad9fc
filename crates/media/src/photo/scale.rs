//! Downscaling: a separable Lanczos filter in 14-bit fixed point.
//!
//! Written here because the fast general-purpose crates instantiate themselves for every pixel
//! type inside the crate that calls them; plain loops over small arrays are vectorised by the
//! compiler and cost no build time.

use std::num::NonZero;
use std::thread;

/// Fraction bits of a weight. 255 × 2¹⁴ × the filter's overshoot stays far inside an `i32`, and is
/// exact in an `f32`.
const BITS: u32 = 14;
/// Half, for rounding.
const HALF: i32 = 1 << (BITS - 1);
/// Lobes of the Lanczos window on each side. Two ring less at hard edges than three and need a third
/// fewer products.
const LOBES: f64 = 2.0;
/// Bytes of a row summed at a time: their sums fit the registers of every processor.
const AT_ONCE: usize = 16;
/// Decoding and encoding have one thread; more than these few here would only wait for memory.
const MAX_THREADS: usize = 4;

/// Which source positions one target position is made of.
struct Taps {
    first: usize,
    /// Sixteen bits wide, so that the compiler can multiply many at once.
    weights: Vec<i16>,
    /// The same weights as fractions.
    shares: Vec<f32>,
}

/// Rows of interleaved 8-bit channels.
pub(super) struct Raster<'a> {
    /// Row by row, without padding.
    pub(super) bytes: &'a [u8],
    /// Width in pixels.
    pub(super) width: usize,
    /// Height in pixels.
    pub(super) height: usize,
}

impl Raster<'_> {
    /// The raster at a smaller size, `CHANNELS` bytes a pixel. Sizes of zero give no bytes. The
    /// result does not depend on the number of threads.
    pub(super) fn scaled<const CHANNELS: usize>(&self, width: usize, height: usize) -> Vec<u8> {
        if self.width == 0 || self.height == 0 || width == 0 || height == 0 {
            return Vec::new();
        }
        let rows: Vec<&[u8]> = self.bytes.chunks_exact(self.width * CHANNELS).collect();
        let (down, across) = (taps(self.height, height), taps(self.width, width));
        let mut out = vec![0; width * height * CHANNELS];
        let threads = thread::available_parallelism().map_or(1, NonZero::get).min(MAX_THREADS);
        let band = height.div_ceil(threads);
        thread::scope(|scope| {
            for (down, out) in down.chunks(band).zip(out.chunks_mut(band * width * CHANNELS)) {
                let (rows, across) = (&rows, &across);
                scope.spawn(move || scaled_band::<CHANNELS>(rows, down, across, out));
            }
        });
        out
    }
}

fn scaled_band<const CHANNELS: usize>(
    rows: &[&[u8]],
    down: &[Taps],
    across: &[Taps],
    out: &mut [u8],
) {
    let mut blend = vec![0; rows.first().map_or(0, |row| row.len())];
    let mut lanes = Vec::with_capacity(blend.len() / CHANNELS);
    for (taps, line) in down.iter().zip(out.chunks_exact_mut(across.len() * CHANNELS)) {
        blend_rows(rows.get(taps.first..).unwrap_or_default(), &taps.weights, &mut blend);
        fewer_columns::<CHANNELS>(&blend, across, &mut lanes, line);
    }
}

/// The weighted sum of the first rows, one for each weight.
fn blend_rows(rows: &[&[u8]], weights: &[i16], out: &mut [u8]) {
    let sources: Vec<_> = rows
        .iter()
        .zip(weights)
        .map(|(row, &weight)| (row.as_chunks::<AT_ONCE>(), weight))
        .collect();
    let (blocks, rest) = out.as_chunks_mut::<AT_ONCE>();
    for (at, block) in blocks.iter_mut().enumerate() {
        let mut sums = [HALF; AT_ONCE];
        for ((source, _), weight) in &sources {
            for (sum, &value) in sums.iter_mut().zip(source.get(at).into_iter().flatten()) {
                *sum += i32::from(*weight) * i32::from(value);
            }
        }
        *block = sums.map(byte);
    }
    for (at, target) in rest.iter_mut().enumerate() {
        let values = sources.iter().map(|((_, rest), weight)| (rest.get(at), weight));
        *target = byte(values.fold(HALF, |sum, (value, weight)| {
            sum + i32::from(*weight) * value.map_or(0, |v| i32::from(*v))
        }));
    }
}

/// One pixel in four lanes, which one instruction adds and multiplies. Weights are multiples of
/// 2⁻¹⁴ and values whole, so every sum here is exact and the same on each machine.
type Lanes = [f32; 4];

/// One row with fewer pixels; `lanes` is room to work in.
fn fewer_columns<const CHANNELS: usize>(
    row: &[u8],
    across: &[Taps],
    lanes: &mut Vec<Lanes>,
    out: &mut [u8],
) {
    lanes.clear();
    lanes.extend(row.as_chunks::<CHANNELS>().0.iter().map(|pixel| {
        let mut lanes = [0.0; 4];
        for (lane, &byte) in lanes.iter_mut().zip(pixel) {
            *lane = f32::from(byte);
        }
        lanes
    }));
    for (taps, pixel) in across.iter().zip(out.as_chunks_mut::<CHANNELS>().0) {
        let mut sums: Lanes = [0.5; 4];
        let near = lanes.get(taps.first..).unwrap_or_default();
        for (lanes, &share) in near.iter().zip(&taps.shares) {
            for (sum, &value) in sums.iter_mut().zip(lanes) {
                *sum += share * value;
            }
        }
        for (byte, sum) in pixel.iter_mut().zip(sums) {
            *byte = sum as u8;
        }
    }
}

fn byte(sum: i32) -> u8 {
    u8::try_from((sum >> BITS).clamp(0, 255)).unwrap_or(u8::MAX)
}

/// The taps of every target position. Weights of one position add up to exactly one, so a flat
/// surface keeps its value.
fn taps(source: usize, target: usize) -> Vec<Taps> {
    let ratio = source as f64 / target as f64;
    let stretch = ratio.max(1.0);
    (0..target)
        .map(|position| {
            let centre = (position as f64 + 0.5) * ratio;
            let first = (centre - LOBES * stretch).floor().max(0.0) as usize;
            let end = ((centre + LOBES * stretch).ceil() as usize).min(source);
            let raw: Vec<f64> =
                (first..end).map(|at| lanczos((at as f64 + 0.5 - centre) / stretch)).collect();
            let total: f64 = raw.iter().sum();
            let one = 1i16 << BITS;
            let mut weights: Vec<i16> =
                raw.iter().map(|w| (w / total * f64::from(one)).round() as i16).collect();
            let missing = one - weights.iter().sum::<i16>();
            if let Some(largest) = weights.iter_mut().max() {
                *largest += missing;
            }
            let shares = weights.iter().map(|&w| f32::from(w) / f32::from(one)).collect();
            Taps { first, weights, shares }
        })
        .collect()
}

fn lanczos(x: f64) -> f64 {
    let sinc = |x: f64| {
        let angle = x * std::f64::consts::PI;
        if angle.abs() < 1e-9 { 1.0 } else { angle.sin() / angle }
    };
    if x.abs() < LOBES { sinc(x) * sinc(x / LOBES) } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flat_surface_keeps_its_value() {
        for (width, height) in [(1, 1), (7, 3), (100, 75)] {
            let bytes = vec![183u8; 301 * 199 * 3];
            let raster = Raster { bytes: &bytes, width: 301, height: 199 };
            let small = raster.scaled::<3>(width, height);
            assert_eq!(small, vec![183u8; width * height * 3], "{width} × {height}");
        }
    }

    #[test]
    fn a_ramp_stays_a_ramp() {
        let bytes: Vec<u8> = (0..64).flat_map(|_| 0..=255u8).collect();
        let raster = Raster { bytes: &bytes, width: 256, height: 64 };
        let small = raster.scaled::<1>(64, 16);
        for row in small.chunks_exact(64) {
            for (x, &value) in row.iter().enumerate().skip(4).take(56) {
                let expected = 4 * i32::try_from(x).unwrap() + 2;
                assert!((i32::from(value) - expected).abs() <= 1, "{x}: {value}, not {expected}");
            }
        }
    }

    #[test]
    fn fine_stripes_become_grey_instead_of_coarse_stripes() {
        let bytes: Vec<u8> = (0..100 * 100).map(|i| if i % 2 == 0 { 0 } else { 255 }).collect();
        let raster = Raster { bytes: &bytes, width: 100, height: 100 };
        let small = raster.scaled::<1>(30, 30);
        assert!(small.iter().all(|v| (110..=145).contains(v)), "{small:?}");
    }
}
