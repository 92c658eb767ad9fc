//! A grey picture in memory and the few pixel operations the readers need.
#![allow(clippy::disallowed_types, reason = "pixels, never money")]

use rxing::common::BitMatrix;

/// Grey levels, row by row, 0 = black.
#[derive(Debug, Clone)]
pub(crate) struct Plane {
    width: usize,
    height: usize,
    px: Vec<u8>,
}

/// A rectangle of pixels within a plane.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Window {
    pub(crate) left: usize,
    pub(crate) top: usize,
    pub(crate) width: usize,
    pub(crate) height: usize,
}

impl Plane {
    /// `None` unless `px` holds exactly `width` × `height` bytes and is not empty.
    pub(crate) fn new(width: usize, height: usize, px: Vec<u8>) -> Option<Plane> {
        (width > 0 && height > 0 && width.checked_mul(height) == Some(px.len())).then_some(Plane {
            width,
            height,
            px,
        })
    }

    pub(crate) fn width(&self) -> usize {
        self.width
    }

    pub(crate) fn height(&self) -> usize {
        self.height
    }

    pub(crate) fn area(&self) -> usize {
        self.px.len()
    }

    pub(crate) fn long_side(&self) -> usize {
        self.width.max(self.height)
    }

    pub(crate) fn pixels(&self) -> &[u8] {
        &self.px
    }

    fn rows(&self) -> impl Iterator<Item = &[u8]> {
        self.px.chunks_exact(self.width)
    }

    /// The pixel at (x, y), the edge repeated beyond the border.
    fn at(&self, x: isize, y: isize) -> u8 {
        let x = x.clamp(0, self.width as isize - 1) as usize;
        let y = y.clamp(0, self.height as isize - 1) as usize;
        self.px.get(y * self.width + x).copied().unwrap_or(255)
    }

    /// Grey levels at `count` points from (x, y) on, (dx, dy) apart, interpolated between pixels.
    /// All points must lie within [0, width − 1) × [0, height − 1); those that do not are left out.
    pub(crate) fn sample(
        &self,
        (x, y): (f32, f32),
        (dx, dy): (f32, f32),
        count: usize,
        levels: &mut Vec<f32>,
    ) {
        const ONE: f32 = 65_536.0;
        let (mut fx, mut fy) = ((x * ONE) as i64, (y * ONE) as i64);
        let (step_x, step_y) = ((dx * ONE) as i64, (dy * ONE) as i64);
        for _ in 0..count {
            let start = (fy >> 16) as usize * self.width + (fx >> 16) as usize;
            let below = start + self.width;
            if let (Some([a, b]), Some([c, d])) =
                (self.px.get(start..start + 2), self.px.get(below..below + 2))
            {
                let (tx, ty) = ((fx >> 8 & 255) as i32, (fy >> 8 & 255) as i32);
                let upper = (i32::from(*a) << 8) + (i32::from(*b) - i32::from(*a)) * tx;
                let lower = (i32::from(*c) << 8) + (i32::from(*d) - i32::from(*c)) * tx;
                let level = (upper << 8) + (lower - upper) * ty;
                levels.push(level as f32 / ONE);
            }
            fx += step_x;
            fy += step_y;
        }
    }

    /// Shrinks by a whole factor, each new pixel the mean of `factor`² old ones.
    pub(crate) fn shrunk(&self, factor: usize) -> Option<Plane> {
        if factor < 2 {
            return Some(self.clone());
        }
        let (width, height) = (self.width / factor, self.height / factor);
        let mut px = Vec::with_capacity(width * height);
        let mut sums = vec![0u32; width];
        let area = (factor * factor) as u32;
        for band in self.px.chunks_exact(self.width * factor) {
            sums.fill(0);
            for row in band.chunks_exact(self.width) {
                for (sum, cell) in sums.iter_mut().zip(row.chunks_exact(factor)) {
                    *sum += cell.iter().map(|&v| u32::from(v)).sum::<u32>();
                }
            }
            px.extend(sums.iter().map(|sum| ((sum + area / 2) / area) as u8));
        }
        Plane::new(width, height, px)
    }

    /// Enlarges one window by a whole factor with linear interpolation.
    pub(crate) fn enlarged(&self, window: Window, factor: usize) -> Option<Plane> {
        let (width, height) = (window.width * factor, window.height * factor);
        let mut px = Vec::with_capacity(width.checked_mul(height)?);
        // Positions in 1/256 of a pixel; the centre of a new pixel maps into the old grid.
        let position = |i: usize| ((2 * i + 1) * 128 / factor) as isize - 128;
        for y in 0..height {
            let fy = position(y);
            let (row, ty) = (fy.div_euclid(256), fy.rem_euclid(256));
            let row = row + window.top as isize;
            for x in 0..width {
                let fx = position(x);
                let (column, tx) = (fx.div_euclid(256), fx.rem_euclid(256));
                let column = column + window.left as isize;
                let mix = |y: isize| {
                    isize::from(self.at(column, y)) * (256 - tx)
                        + isize::from(self.at(column + 1, y)) * tx
                };
                px.push(((mix(row) * (256 - ty) + mix(row + 1) * ty + 32_768) >> 16) as u8);
            }
        }
        Plane::new(width, height, px)
    }

    /// A copy of one window.
    pub(crate) fn cut(&self, window: Window) -> Option<Plane> {
        let mut px = Vec::with_capacity(window.width * window.height);
        for row in self.rows().skip(window.top).take(window.height) {
            px.extend_from_slice(row.get(window.left..window.left + window.width)?);
        }
        Plane::new(window.width, window.height, px)
    }

    /// The sum of the differences between pixels four apart in a row: high where stripes, modules
    /// or text are.
    pub(crate) fn contrast(&self, window: Window) -> u64 {
        let rows = self.rows().skip(window.top).take(window.height).step_by(4);
        rows.filter_map(|row| row.get(window.left..window.left + window.width))
            .flat_map(|row| row.iter().zip(row.iter().skip(4)).step_by(2))
            .map(|(a, b)| u64::from(a.abs_diff(*b)))
            .sum()
    }

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

    /// Black where a pixel is darker than its surroundings by more than `margin` grey levels.
    pub(crate) fn darker_than_surroundings(&self, radius: usize, margin: i32) -> Option<BitMatrix> {
        let mean = self.box_mean(radius);
        self.black_where(|(value, around)| i32::from(value) + margin < i32::from(around), &mean)
    }

    /// Black below the one threshold that separates the two classes best (Otsu 1979).
    pub(crate) fn black_by_otsu(&self) -> Option<BitMatrix> {
        let threshold = otsu(&self.px);
        self.black_where(|(value, _)| value <= threshold, self)
    }

    fn black_where(&self, black: impl Fn((u8, u8)) -> bool, other: &Plane) -> Option<BitMatrix> {
        let width = u32::try_from(self.width).ok()?;
        let mut bits = BitMatrix::new(width, u32::try_from(self.height).ok()?).ok()?;
        for ((y, row), beside) in (0u32..).zip(self.rows()).zip(other.rows()) {
            for ((x, &value), &around) in (0u32..).zip(row).zip(beside) {
                if black((value, around)) {
                    bits.set(x, y);
                }
            }
        }
        Some(bits)
    }

    /// Turned upright as the Exif orientation (1–8, TIFF 6.0 tag 274) says.
    pub(crate) fn upright(self, orientation: u32) -> Plane {
        match orientation {
            2 => self.mirrored(),
            3 => self.turned_over(),
            4 => self.turned_over().mirrored(),
            5 => self.flipped_diagonally(),
            6 => self.flipped_diagonally().mirrored(),
            7 => self.flipped_diagonally().turned_over(),
            8 => self.mirrored().flipped_diagonally(),
            _ => self,
        }
    }

    fn mirrored(mut self) -> Plane {
        self.px.chunks_exact_mut(self.width).for_each(<[u8]>::reverse);
        self
    }

    fn turned_over(mut self) -> Plane {
        self.px.reverse();
        self
    }

    fn flipped_diagonally(self) -> Plane {
        Plane { px: transposed(&self.px, self.width), width: self.height, height: self.width }
    }
}

/// Rows become columns; worked in blocks so that both sides stay in the cache.
fn transposed(px: &[u8], width: usize) -> Vec<u8> {
    const BLOCK: usize = 32;
    let height = px.len() / width.max(1);
    let mut out = vec![0u8; px.len()];
    for top in (0..height).step_by(BLOCK) {
        for left in (0..width).step_by(BLOCK) {
            for x in left..(left + BLOCK).min(width) {
                let rows = BLOCK.min(height - top);
                let start = x * height + top;
                let target = out.get_mut(start..start + rows).unwrap_or_default();
                let source = px.get(top * width + x..).unwrap_or_default();
                for (to, from) in target.iter_mut().zip(source.iter().step_by(width)) {
                    *to = *from;
                }
            }
        }
    }
    out
}

/// For each count of pixels, its reciprocal in 1/2³², rounded up: multiplying by it is dividing by
/// the count, exactly for sums of bytes over fewer than 4,096 pixels.
fn reciprocals(radius: usize) -> Vec<u64> {
    (0..=2 * radius as u64 + 1).map(|count| (1 << 32) / count.max(1) + 1).collect()
}

/// The largest radius of a running mean for which [`reciprocals`] are exact.
const MAX_RADIUS: usize = 2047;

/// A running mean within each row.
fn mean_along_rows(px: &[u8], width: usize, radius: usize) -> Vec<u8> {
    let mut out = Vec::with_capacity(px.len());
    let radius = radius.min(MAX_RADIUS);
    let reciprocals = reciprocals(radius);
    for row in px.chunks_exact(width.max(1)) {
        let mut sum: u64 = row.iter().take(radius).map(|&v| u64::from(v)).sum();
        let mut count = row.len().min(radius);
        let mut entering = row.iter().skip(radius);
        for index in 0..row.len() {
            if let Some(&value) = entering.next() {
                sum += u64::from(value);
                count += 1;
            }
            if let Some(&value) = index.checked_sub(radius + 1).and_then(|gone| row.get(gone)) {
                sum -= u64::from(value);
                count -= 1;
            }
            let reciprocal = reciprocals.get(count).copied().unwrap_or_default();
            out.push(((sum * reciprocal) >> 32) as u8);
        }
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

/// The grey level that splits the picture into two classes with the largest variance between them.
fn otsu(px: &[u8]) -> u8 {
    let mut histogram = [0u64; 256];
    for &value in px {
        if let Some(count) = histogram.get_mut(usize::from(value)) {
            *count += 1;
        }
    }
    let total: u64 = px.len() as u64;
    let sum: u64 = (0u64..).zip(&histogram).map(|(level, count)| level * count).sum();
    let (mut below, mut below_sum, mut best, mut threshold) = (0u64, 0u64, 0f64, 127u8);
    for (level, count) in (0u8..=255).zip(&histogram) {
        below += count;
        below_sum += u64::from(level) * count;
        if below == 0 || below == total {
            continue;
        }
        let above = total - below;
        let gap = below_sum as f64 / below as f64 - (sum - below_sum) as f64 / above as f64;
        let between = below as f64 * above as f64 * gap * gap;
        if between > best {
            (best, threshold) = (between, level);
        }
    }
    threshold
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbered(width: usize, height: usize) -> Plane {
        Plane::new(width, height, (0..width * height).map(|v| v as u8).collect()).unwrap()
    }

    #[test]
    fn every_exif_orientation_comes_upright() {
        // A 3 × 2 picture as the camera stores it, and what each orientation means upright.
        let upright = |orientation| {
            let plane = numbered(3, 2).upright(orientation);
            (plane.width(), plane.pixels().to_vec())
        };
        assert_eq!(upright(1), (3, vec![0, 1, 2, 3, 4, 5]));
        assert_eq!(upright(2), (3, vec![2, 1, 0, 5, 4, 3]));
        assert_eq!(upright(3), (3, vec![5, 4, 3, 2, 1, 0]));
        assert_eq!(upright(4), (3, vec![3, 4, 5, 0, 1, 2]));
        assert_eq!(upright(5), (2, vec![0, 3, 1, 4, 2, 5]));
        assert_eq!(upright(6), (2, vec![3, 0, 4, 1, 5, 2]));
        assert_eq!(upright(7), (2, vec![5, 2, 4, 1, 3, 0]));
        assert_eq!(upright(8), (2, vec![2, 5, 1, 4, 0, 3]));
    }

    #[test]
    fn the_running_mean_equals_the_plain_mean() {
        let plane = numbered(37, 41);
        let mean = plane.box_mean(3);
        for (x, y) in [(0, 0), (5, 7), (36, 40), (18, 0)] {
            let row_mean = |y: usize| {
                let cells: Vec<u32> = (x - x.min(3)..=(x + 3).min(36))
                    .map(|x| u32::from(plane.pixels()[y * 37 + x]))
                    .collect();
                cells.iter().sum::<u32>() / cells.len() as u32
            };
            let rows: Vec<u32> = (y - y.min(3)..=(y + 3).min(40)).map(row_mean).collect();
            let expected = rows.iter().sum::<u32>() / rows.len() as u32;
            assert_eq!(u32::from(mean.pixels()[y * 37 + x]), expected, "at {x},{y}");
        }
    }

    #[test]
    fn shrinking_averages_and_drops_the_odd_rest() {
        let plane = Plane::new(5, 3, vec![0, 10, 20, 30, 99, 10, 20, 30, 40, 99, 9, 9, 9, 9, 9]);
        let half = plane.unwrap().shrunk(2).unwrap();
        assert_eq!((half.width(), half.height(), half.pixels()), (2, 1, &[10u8, 30][..]));
    }

    #[test]
    fn a_wrong_buffer_length_is_no_plane() {
        assert!(Plane::new(3, 3, vec![0; 8]).is_none());
        assert!(Plane::new(0, 3, vec![]).is_none());
    }
}
