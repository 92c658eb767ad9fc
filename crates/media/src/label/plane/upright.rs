//! Turning a picture the way the camera was held.

use super::Plane;

impl Plane {
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
}
