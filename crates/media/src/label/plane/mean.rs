//! Running means, and blur taken back with them.

use super::Plane;

impl Plane {
    /// The mean over a square of (2 × `radius` + 1)² pixels around each pixel, cut at the border.
    pub(crate) fn box_mean(&self, radius: usize) -> Plane {
        let across = mean_along_rows(&self.px, self.width, radius);
        Plane { px: mean_down_columns(&across, self.width, radius), ..*self }
    }

    /// Blur of about `radius` pixels taken back (van Cittert's iteration): what blurring the guess
    /// again takes away from it is added, a few times over.
    pub(crate) fn deblurred(&self, radius: usize) -> Plane {
        const ROUNDS: usize = 5;
        let mut guess = self.clone();
        for _ in 0..ROUNDS {
            // Two box means come close to a Gaussian.
            let again = guess.box_mean(radius).box_mean(radius);
            for ((value, seen), blurred) in guess.px.iter_mut().zip(&self.px).zip(&again.px) {
                let next = i16::from(*value) + i16::from(*seen) - i16::from(*blurred);
                *value = next.clamp(0, 255) as u8;
            }
        }
        guess
    }
}

/// For each count of pixels, its reciprocal in 1/2³², rounded up: multiplying by it is dividing by
/// the count, exactly for sums of bytes over fewer than 4,096 pixels.
fn reciprocals(radius: usize) -> Vec<u64> {
    (0..=2 * radius as u64 + 1).map(|count| (1 << 32) / count.max(1) + 1).collect()
}

/// The largest radius of a running mean for which [`reciprocals`] are exact.
const MAX_RADIUS: usize = 2047;

/// A running mean within each row, from the differences of running sums.
fn mean_along_rows(px: &[u8], width: usize, radius: usize) -> Vec<u8> {
    let mut out = Vec::with_capacity(px.len());
    let radius = radius.min(MAX_RADIUS);
    let reciprocals = reciprocals(radius);
    let pixels_around = |x: usize| x.min(radius) + 1 + (width - 1 - x).min(radius);
    let shares: Vec<u64> = (0..width)
        .map(|x| reciprocals.get(pixels_around(x)).copied().unwrap_or_default())
        .collect();
    // Before each pixel the sum of all pixels left of it. The first and the last sum stand once
    // more for each pixel of the radius, so that the windows at the border are cut off by themselves.
    let mut sums: Vec<u32> = Vec::with_capacity(width + 1 + 2 * radius);
    for row in px.chunks_exact(width.max(1)) {
        sums.clear();
        sums.resize(radius + 1, 0);
        let mut sum = 0u32;
        sums.extend(row.iter().map(|&value| {
            sum = sum.wrapping_add(u32::from(value));
            sum
        }));
        sums.resize(sums.len() + radius, sum);
        let ends = sums.get(2 * radius + 1..).unwrap_or_default();
        // In a row of millions the sums wrap round; their differences are right all the same.
        out.extend(
            sums.iter().zip(ends).zip(&shares).map(|((from, to), share)| {
                ((u64::from(to.wrapping_sub(*from)) * share) >> 32) as u8
            }),
        );
    }
    out
}

/// A running mean within each column, all columns of a row at once.
fn mean_down_columns(px: &[u8], width: usize, radius: usize) -> Vec<u8> {
    let mut out = Vec::with_capacity(px.len());
    let radius = radius.min(MAX_RADIUS);
    let reciprocals = reciprocals(radius);
    let mut sums = vec![0u32; width];
    let mut count = 0;
    let add = |sums: &mut [u32], row: &[u8]| {
        sums.iter_mut().zip(row).for_each(|(sum, &value)| *sum += u32::from(value));
    };
    let mut entering = px.chunks_exact(width.max(1));
    for row in entering.by_ref().take(radius) {
        add(&mut sums, row);
        count += 1;
    }
    let leaving = std::iter::repeat_n(None, radius + 1)
        .chain(px.chunks_exact(width.max(1)).map(Some))
        .take(px.len() / width.max(1));
    for gone in leaving {
        if let Some(row) = entering.next() {
            add(&mut sums, row);
            count += 1;
        }
        if let Some(row) = gone {
            sums.iter_mut().zip(row).for_each(|(sum, &value)| *sum -= u32::from(value));
            count -= 1;
        }
        let reciprocal = reciprocals.get(count).copied().unwrap_or_default();
        out.extend(sums.iter().map(|sum| ((u64::from(*sum) * reciprocal) >> 32) as u8));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_running_mean_equals_the_plain_mean() {
        let (width, height) = (37usize, 41usize);
        let px = (0..width * height).map(|v| (v * v / 7) as u8).collect();
        let plane = Plane::new(width, height, px).unwrap();
        // Windows narrower than the picture, about as wide, wider, and the bound.
        for radius in [0, 1, 3, 17, 18, 19, 36, 37, 60, 5000] {
            let mean = plane.box_mean(radius);
            let around = |at: usize, size: usize| at - at.min(radius)..(at + radius + 1).min(size);
            for y in 0..height {
                for x in 0..width {
                    let row_mean = |y: usize| {
                        let cells: Vec<u32> = around(x, width)
                            .map(|x| u32::from(plane.pixels()[y * width + x]))
                            .collect();
                        cells.iter().sum::<u32>() / cells.len() as u32
                    };
                    let rows: Vec<u32> = around(y, height).map(row_mean).collect();
                    let expected = rows.iter().sum::<u32>() / rows.len() as u32;
                    let found = u32::from(mean.pixels()[y * width + x]);
                    assert_eq!(found, expected, "radius {radius} at {x},{y}");
                }
            }
        }
    }
}
