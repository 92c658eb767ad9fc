//! Painting symbols into grey pictures, and damaging the pictures.

use super::symbol::Symbol;

/// A small seeded generator (splitmix64), so that the corpus is the same everywhere.
#[derive(Debug, Clone)]
pub struct Dice(u64);

impl Dice {
    /// The same seed rolls the same numbers.
    pub fn new(seed: u64) -> Dice {
        Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x5eed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// From 0 up to 1.
    pub fn unit(&mut self) -> f32 {
        (self.next() >> 40) as f32 / (1u64 << 24) as f32
    }

    /// From `low` up to `high`.
    pub fn between(&mut self, low: f32, high: f32) -> f32 {
        low + (high - low) * self.unit()
    }

    /// From 0 to `count` − 1.
    pub fn below(&mut self, count: usize) -> usize {
        (self.next() % count.max(1) as u64) as usize
    }

    /// Normally distributed around 0 with deviation 1 (sum of twelve).
    pub fn normal(&mut self) -> f32 {
        (0..12).map(|_| self.unit()).sum::<f32>() - 6.0
    }
}

/// A grey picture under construction.
#[derive(Debug, Clone)]
pub struct Canvas {
    /// Pixels across.
    pub width: usize,
    /// Pixels down.
    pub height: usize,
    /// Row by row, 0 = black.
    pub px: Vec<u8>,
}

/// Where and how a symbol lies in a picture.
#[derive(Debug, Clone, Copy)]
pub struct Pose {
    /// Centre of the symbol in pixels.
    pub x: f32,
    /// Centre of the symbol in pixels.
    pub y: f32,
    /// Pixels per module at the centre.
    pub module: f32,
    /// Turned by so many degrees.
    pub degrees: f32,
    /// Perspective: how much smaller the far side is than the near one, 0 = seen straight on.
    pub tilt: f32,
    /// Slant of the vertical edges: 0.2 moves the top by a fifth of the height.
    pub shear: f32,
    /// Bent around an upright cylinder, seen from the front: degrees its width takes up.
    pub curve: f32,
}

impl Canvas {
    /// A surface of even light falling off to one side.
    pub fn surface(width: usize, height: usize, level: f32, falloff: f32) -> Canvas {
        let mut px = Vec::with_capacity(width * height);
        for y in 0..height {
            for x in 0..width {
                let along = (x as f32 / width as f32 + y as f32 / height as f32) / 2.0;
                px.push((level - falloff * along).clamp(0.0, 255.0) as u8);
            }
        }
        Canvas { width, height, px }
    }

    /// Calls `level` for each pixel within `radius` of (x, y), and mixes the result in.
    fn each(&mut self, x: f32, y: f32, radius: f32, mut level: impl FnMut(f32, f32, u8) -> u8) {
        let top = (y - radius).max(0.0) as usize;
        let left = (x - radius).max(0.0) as usize;
        let bottom = ((y + radius).max(0.0) as usize).min(self.height);
        let right = ((x + radius).max(0.0) as usize).min(self.width);
        for row in top..bottom {
            for column in left..right {
                let pixel = &mut self.px[row * self.width + column];
                *pixel = level(column as f32 + 0.5, row as f32 + 0.5, *pixel);
            }
        }
    }

    /// Prints a symbol on white paper; 16 samples per pixel.
    pub fn print(&mut self, symbol: &Symbol, pose: Pose) {
        let (across, down) = (symbol.width as f32, symbol.height as f32);
        let radius = pose.module * across.hypot(down) * (0.55 + pose.tilt / 2.0 + pose.shear);
        let (sin, cos) = pose.degrees.to_radians().sin_cos();
        let bend = pose.curve.to_radians() / (across * pose.module);
        let unrolled = |u: f32| if bend > 0.0 { (u * bend).asin() / bend } else { u };
        self.each(pose.x, pose.y, radius, |x, y, before| {
            let mut sum = 0u32;
            for sample in 0..16 {
                let sx = x - pose.x + (sample % 4) as f32 / 4.0 - 0.375;
                let sy = y - pose.y + (sample / 4) as f32 / 4.0 - 0.375;
                let (u, v) = (sx * cos + sy * sin, sy * cos - sx * sin);
                // Undo the perspective along v, then the shear.
                let depth = 1.0 - pose.tilt * v / (pose.module * down);
                let (u, v) = (u / depth, v / depth);
                let mx = unrolled(u - pose.shear * v) / pose.module + across / 2.0;
                let my = v / pose.module + down / 2.0;
                let on_paper =
                    depth > 0.1 && (0.0..across).contains(&mx) && (0.0..down).contains(&my);
                sum += match (on_paper, on_paper && symbol.is_dark(mx, my)) {
                    (true, true) => 25,
                    (true, false) => 235,
                    _ => u32::from(before),
                };
            }
            (sum / 16) as u8
        });
    }

    /// Gaussian blur with deviation `sigma` in pixels.
    pub fn blur(&mut self, sigma: f32) {
        let reach = (3.0 * sigma).ceil() as usize;
        let weight = |d: usize| (-((d * d) as f32) / (2.0 * sigma * sigma)).exp();
        let kernel: Vec<f32> = (0..=2 * reach).map(|i| weight(i.abs_diff(reach))).collect();
        self.convolve(&kernel, 1, 0);
        self.convolve(&kernel, 0, 1);
    }

    /// Smear over `length` pixels, across or down.
    pub fn smear(&mut self, length: usize, down: bool) {
        let kernel = vec![1.0; length.max(1)];
        if down { self.convolve(&kernel, 0, 1) } else { self.convolve(&kernel, 1, 0) }
    }

    fn convolve(&mut self, kernel: &[f32], dx: isize, dy: isize) {
        let total: f32 = kernel.iter().sum();
        let reach = kernel.len() as isize / 2;
        let source = self.px.clone();
        for y in 0..self.height as isize {
            for x in 0..self.width as isize {
                let mut sum = 0.0;
                for (i, weight) in kernel.iter().enumerate() {
                    let d = i as isize - reach;
                    let sx = (x + d * dx).clamp(0, self.width as isize - 1) as usize;
                    let sy = (y + d * dy).clamp(0, self.height as isize - 1) as usize;
                    sum += weight * f32::from(source[sy * self.width + sx]);
                }
                self.px[y as usize * self.width + x as usize] = (sum / total) as u8;
            }
        }
    }

    /// Sensor noise with deviation `sigma` in grey levels.
    pub fn noise(&mut self, sigma: f32, dice: &mut Dice) {
        for pixel in &mut self.px {
            *pixel = (f32::from(*pixel) + sigma * dice.normal()).clamp(0.0, 255.0) as u8;
        }
    }

    /// A reflection: white in the middle, fading out at `radius`.
    pub fn glare(&mut self, x: f32, y: f32, radius: f32) {
        self.each(x, y, radius, |px, py, before| {
            let away = (px - x).hypot(py - y) / radius;
            let light = (1.6 * (1.0 - away)).clamp(0.0, 1.0);
            (f32::from(before) * (1.0 - light) + 255.0 * light) as u8
        });
    }

    /// Grey levels squeezed into `share` of their range, around a middle grey.
    pub fn flatten(&mut self, share: f32) {
        for pixel in &mut self.px {
            *pixel = (128.0 + (f32::from(*pixel) - 128.0) * share) as u8;
        }
    }

    /// Light on dark.
    pub fn invert(&mut self) {
        self.px.iter_mut().for_each(|pixel| *pixel = 255 - *pixel);
    }

    /// A grey patch, as of dirt or a finger.
    pub fn patch(&mut self, x: f32, y: f32, width: f32, height: f32, level: u8) {
        self.each(x, y, width.max(height) / 2.0, |px, py, before| {
            let inside = (px - x).abs() < width / 2.0 && (py - y).abs() < height / 2.0;
            if inside { level } else { before }
        });
    }

    /// A JPEG file of that quality.
    pub fn jpeg(&self, quality: u8) -> Vec<u8> {
        let mut bytes = Vec::new();
        let encoder = image::codecs::jpeg::JpegEncoder::new_with_quality(&mut bytes, quality);
        let (width, height) = (self.width as u32, self.height as u32);
        image::ImageEncoder::write_image(
            encoder,
            &self.px,
            width,
            height,
            image::ExtendedColorType::L8,
        )
        .expect("a picture in memory can be encoded");
        bytes
    }
}
