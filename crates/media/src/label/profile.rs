//! From grey levels along a line to dark and light runs.
#![allow(clippy::disallowed_types, reason = "pixels, never money")]

use super::plane::Plane;

/// A straight line over a picture, sampled once per pixel.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Line {
    pub(crate) x: f32,
    pub(crate) y: f32,
    pub(crate) dx: f32,
    pub(crate) dy: f32,
    pub(crate) length: usize,
}

impl Line {
    /// The point `t` pixels along the line.
    pub(crate) fn point(&self, t: f32) -> (f32, f32) {
        (self.x + self.dx * t, self.y + self.dy * t)
    }

    /// The same line moved sideways by `distance` pixels.
    pub(crate) fn beside(&self, distance: f32) -> Line {
        Line { x: self.x - self.dy * distance, y: self.y + self.dx * distance, ..*self }
    }

    /// The grey levels along the line within the picture and where on the line they begin.
    pub(crate) fn levels(&self, plane: &Plane, levels: &mut Vec<f32>) -> usize {
        levels.clear();
        let (from, to) = self.inside(plane);
        if to <= from {
            return 0;
        }
        let first = from.ceil() as usize;
        let count = (to.floor() as usize).saturating_sub(first);
        plane.sample(self.point(first as f32), (self.dx, self.dy), count, levels);
        first
    }

    /// The stretch of the line that lies within the picture, a pixel short of its border.
    fn inside(&self, plane: &Plane) -> (f32, f32) {
        let within = |start: f32, step: f32, size: usize| {
            let (low, high) = ((1.0 - start) / step, (size as f32 - 2.0 - start) / step);
            match step.abs() < 1e-6 {
                true if start < 1.0 || start > size as f32 - 2.0 => (0.0, 0.0),
                true => (0.0, f32::MAX),
                false => (low.min(high), low.max(high)),
            }
        };
        let across = within(self.x, self.dx, plane.width());
        let down = within(self.y, self.dy, plane.height());
        (across.0.max(down.0).max(0.0), across.1.min(down.1).min(self.length as f32))
    }
}

/// Where along the samples the level crosses from light to dark or back, alternating.
#[derive(Debug, Default, Clone)]
pub(crate) struct Edges {
    /// Positions in samples, rising.
    pub(crate) at: Vec<f32>,
    /// Whether the first edge goes from light to dark.
    pub(crate) darkens_first: bool,
}

/// Finds the edges of a profile: between each two successive extremes that differ by at least
/// `swing` grey levels, the place where the level passes half way between them.
///
/// Half way between *neighbouring* extremes follows uneven light and keeps narrow bars that blur
/// has lifted far above black, where one threshold for the whole line would lose them.
pub(crate) fn edges(levels: &[f32], swing: f32, edges: &mut Edges) {
    edges.at.clear();
    let Some(&first) = levels.first() else { return };
    let (mut low, mut high) = ((0, first), (0, first));
    let mut rising = None;
    let mut last = (0, first);
    for (index, &level) in levels.iter().enumerate() {
        if level > high.1 {
            high = (index, level);
        }
        if level < low.1 {
            low = (index, level);
        }
        let turned_down = rising != Some(false) && high.1 - level >= swing;
        let turned_up = rising != Some(true) && level - low.1 >= swing;
        if turned_down {
            if rising.is_some() {
                edges.at.extend(crossing(levels, last, high));
            } else {
                edges.darkens_first = true;
            }
            (last, rising, low) = (high, Some(false), (index, level));
        } else if turned_up {
            if rising.is_some() {
                edges.at.extend(crossing(levels, last, low));
            } else {
                edges.darkens_first = false;
            }
            (last, rising, high) = (low, Some(true), (index, level));
        }
    }
    match rising {
        Some(true) => edges.at.extend(crossing(levels, last, high)),
        Some(false) => edges.at.extend(crossing(levels, last, low)),
        None => {}
    }
}

fn crossing(levels: &[f32], from: (usize, f32), to: (usize, f32)) -> Option<f32> {
    let middle = (from.1 + to.1) / 2.0;
    let stretch = levels.get(from.0..=to.0)?;
    let mut before = from.1;
    for (step, &level) in stretch.iter().enumerate().skip(1) {
        if (level >= middle) != (from.1 >= middle) {
            let part = if level == before { 0.0 } else { (middle - before) / (level - before) };
            return Some((from.0 + step) as f32 - 1.0 + part);
        }
        before = level;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edges_lie_half_way_between_neighbouring_extremes() {
        let mut found = Edges::default();
        // Light, a dark bar, light again, then a shallow bar that one threshold at 100 would miss.
        let levels = [200.0, 200.0, 0.0, 0.0, 0.0, 200.0, 200.0, 140.0, 140.0, 200.0, 200.0];
        edges(&levels, 30.0, &mut found);
        assert!(found.darkens_first);
        assert_eq!(found.at, [1.5, 4.5, 6.5, 8.5]);
    }

    #[test]
    fn a_line_is_cut_to_the_picture_and_keeps_its_positions() {
        let ramp: Vec<u8> = (0..20 * 10).map(|i| (i % 20 * 10) as u8).collect();
        let plane = Plane::new(20, 10, ramp).unwrap();
        let mut levels = Vec::new();
        let line = Line { x: -5.0, y: 4.0, dx: 1.0, dy: 0.0, length: 40 };
        let first = line.levels(&plane, &mut levels);
        assert_eq!((first, levels.len()), (6, 17));
        assert!(levels.iter().enumerate().all(|(i, v)| (v - 10.0 * (i + 1) as f32).abs() < 0.1));
        let outside = Line { y: 40.0, ..line };
        outside.levels(&plane, &mut levels);
        assert!(levels.is_empty());
    }

    #[test]
    fn ripple_below_the_swing_makes_no_edge() {
        let mut found = Edges::default();
        edges(&[100.0, 110.0, 95.0, 108.0, 101.0], 30.0, &mut found);
        assert!(found.at.is_empty());
    }

    #[test]
    fn a_line_beside_another_is_parallel_and_at_that_distance() {
        let line = Line { x: 10.0, y: 10.0, dx: 0.6, dy: 0.8, length: 5 };
        let beside = line.beside(5.0);
        assert_eq!((beside.x, beside.y), (6.0, 13.0));
        assert_eq!((beside.dx, beside.dy), (0.6, 0.8));
    }
}
