//! Downscaling: a separable Lanczos filter in 14-bit fixed point.
//!
//! Written here because the fast general-purpose crates instantiate themselves for every pixel
//! type inside the crate that calls them; two plain loops over bytes are vectorised by the
//! compiler and cost no build time.

/// Fraction bits of a weight. 255 × 2¹⁴ × the filter's overshoot stays far inside an `i32`.
const BITS: u32 = 14;
/// Half, for rounding.
const HALF: i32 = 1 << (BITS - 1);
/// Lobes of the Lanczos window on each side.
const LOBES: f64 = 3.0;
/// Bytes worked on at a time, so that the running sums stay in the first-level cache.
const BLOCK: usize = 2048;

/// Which source positions one target position is made of.
struct Taps {
    first: usize,
    /// Sixteen bits wide, so that the compiler can multiply many at once.
    weights: Vec<i16>,
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
    /// The raster at a smaller size, `CHANNELS` bytes a pixel. Sizes of zero give no bytes.
    pub(super) fn scaled<const CHANNELS: usize>(&self, width: usize, height: usize) -> Vec<u8> {
        if self.width == 0 || self.height == 0 || width == 0 || height == 0 {
            return Vec::new();
        }
        let rows = fewer_rows(self.bytes, self.width * CHANNELS, &taps(self.height, height));
        fewer_columns::<CHANNELS>(&rows, self.width * CHANNELS, &taps(self.width, width))
    }
}

fn fewer_rows<'a>(bytes: &'a [u8], stride: usize, taps: &[Taps]) -> Vec<u8> {
    let mut out = Vec::with_capacity(taps.len() * stride);
    let mut sums = [0i32; BLOCK];
    for tap in taps {
        for from in (0..stride).step_by(BLOCK) {
            let to = (from + BLOCK).min(stride);
            sums.fill(HALF);
            let part = |row: &'a [u8]| row.get(from..to).unwrap_or_default();
            let mut rows = bytes.chunks_exact(stride).skip(tap.first).map(part);
            // Two rows at a time halve the traffic with the sums.
            let (pairs, odd) = tap.weights.as_chunks::<2>();
            for &[upper, lower] in pairs {
                let (Some(above), Some(below)) = (rows.next(), rows.next()) else { break };
                for ((sum, &a), &b) in sums.iter_mut().zip(above).zip(below) {
                    *sum += i32::from(upper) * i32::from(a) + i32::from(lower) * i32::from(b);
                }
            }
            for (&weight, row) in odd.iter().zip(rows) {
                for (sum, &byte) in sums.iter_mut().zip(row) {
                    *sum += i32::from(weight) * i32::from(byte);
                }
            }
            out.extend(sums.iter().take(to - from).map(|&sum| byte(sum)));
        }
    }
    out
}

fn fewer_columns<const CHANNELS: usize>(bytes: &[u8], stride: usize, taps: &[Taps]) -> Vec<u8> {
    let rows = bytes.len() / stride;
    let mut out = Vec::with_capacity(rows * taps.len() * CHANNELS);
    for row in bytes.chunks_exact(stride) {
        let (pixels, _) = row.as_chunks::<CHANNELS>();
        for tap in taps {
            let mut sums = [HALF; CHANNELS];
            let near = pixels.get(tap.first..).unwrap_or_default();
            for (pixel, &weight) in near.iter().zip(&tap.weights) {
                for (sum, &byte) in sums.iter_mut().zip(pixel) {
                    *sum += i32::from(weight) * i32::from(byte);
                }
            }
            out.extend(sums.map(byte));
        }
    }
    out
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
            Taps { first, weights }
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
