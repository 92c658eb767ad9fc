//! From grey to black and white.
#![allow(clippy::disallowed_types, reason = "pixels, never money")]

use rxing::common::BitMatrix;

use super::Plane;

impl Plane {
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

    #[test]
    fn one_threshold_separates_two_levels() {
        let px = [40u8, 44, 200, 210, 41, 205].repeat(10);
        let bits = Plane::new(6, 10, px).unwrap().black_by_otsu().unwrap();
        let row: Vec<bool> = (0..6).map(|x| bits.get(x, 4)).collect();
        assert_eq!(row, [true, true, false, false, true, false]);
    }

    #[test]
    fn uneven_light_does_not_hide_a_dark_line() {
        // Light from 250 down to 60, and a line darker than its surroundings by 30 throughout.
        let px = (0..20).flat_map(|y| {
            (0..96u8).map(move |x| 250 - 2 * x.min(95) - if y % 10 == 5 { 30 } else { 0 })
        });
        let plane = Plane::new(96, 20, px.collect()).unwrap();
        let bits = plane.darker_than_surroundings(4, 4).unwrap();
        assert!((0..96).all(|x| bits.get(x, 5) && !bits.get(x, 9)));
        let single = plane.black_by_otsu().unwrap();
        assert!(single.get(95, 9), "one threshold takes the shade for black");
    }
}
