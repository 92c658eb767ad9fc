//! A grey picture in memory and the few pixel operations the readers need.
#![allow(clippy::disallowed_types, reason = "pixels, never money")]

mod black;
mod mean;
mod upright;

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
}

#[cfg(test)]
mod tests {
    use super::*;

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
