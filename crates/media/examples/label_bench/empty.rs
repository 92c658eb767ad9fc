//! Pictures without any label, from which nothing may be read.

use super::paint::{Canvas, Dice};

/// Kinds of pictures without a label.
pub const KINDS: [&str; 6] = ["text page", "screen", "grille", "tiles", "stripes", "noise"];

/// One picture of a kind.
pub fn picture(kind: usize, seed: u64) -> Canvas {
    let mut dice = Dice::new(seed * 97 + kind as u64);
    // Every fifth one is as large as a phone's photo.
    let (width, height) = if seed % 5 == 4 { (4000, 3000) } else { (1600, 1200) };
    let mut canvas = Canvas::surface(width, height, 225.0, 40.0);
    match kind {
        0 => text_page(&mut canvas, &mut dice),
        1 => screen(&mut canvas, &mut dice),
        2 => grille(&mut canvas, &mut dice),
        3 => tiles(&mut canvas, &mut dice),
        4 => stripes(&mut canvas, &mut dice),
        _ => noise(&mut canvas, &mut dice),
    }
    if dice.below(2) == 0 {
        canvas.blur(dice.between(0.4, 1.2));
    }
    canvas.noise(dice.between(1.0, 8.0), &mut dice);
    canvas
}

fn fill(canvas: &mut Canvas, left: f32, top: f32, width: f32, height: f32, level: u8) {
    let (x1, y1) = ((left + width).max(0.0) as usize, (top + height).max(0.0) as usize);
    for y in top.max(0.0) as usize..y1.min(canvas.height) {
        for x in left.max(0.0) as usize..x1.min(canvas.width) {
            canvas.px[y * canvas.width + x] = level;
        }
    }
}

/// Lines of signs, each of a few strokes in a square: as dense as Chinese print.
fn text_page(canvas: &mut Canvas, dice: &mut Dice) {
    let em = dice.between(14.0, 44.0);
    let (right, bottom) = (canvas.width as f32 - em, canvas.height as f32 - em);
    let mut y = em;
    while y < bottom {
        let mut x = em + if dice.below(6) == 0 { 2.0 * em } else { 0.0 };
        let end = right - if dice.below(5) == 0 { dice.between(0.0, right / 2.0) } else { 0.0 };
        while x < end {
            for _ in 0..3 + dice.below(7) {
                let thick = (em * dice.between(0.06, 0.11)).max(1.0);
                let long = em * dice.between(0.3, 0.9);
                let (sx, sy) = (dice.between(0.0, 0.9) * em, dice.between(0.0, 0.9) * em);
                let flat = dice.below(2) == 0;
                let (w, h) =
                    if flat { (long.min(em - sx), thick) } else { (thick, long.min(em - sy)) };
                fill(canvas, x + sx, y + sy, w, h, 30);
            }
            x += em * if dice.below(12) == 0 { 2.0 } else { 1.08 };
        }
        y += em * 1.6;
    }
}

/// Windows, buttons, tables and a keyboard of squares within squares, which look like the corners
/// of QR codes.
fn screen(canvas: &mut Canvas, dice: &mut Dice) {
    for _ in 0..40 {
        let (x, y) = (dice.unit() * canvas.width as f32, dice.unit() * canvas.height as f32);
        let side = dice.between(20.0, 160.0);
        let levels = [20u8, 240, 30, 200, 90];
        let square = dice.below(2) == 0;
        for ring in 0..2 + dice.below(3) {
            let inset = ring as f32 * side / 7.0;
            let wide = if square { side } else { side * 3.0 };
            let (w, h) = (wide - 2.0 * inset, side - 2.0 * inset);
            if h > 0.0 {
                fill(canvas, x + inset, y + inset, w, h, levels[ring % levels.len()]);
            }
        }
    }
    let rows = canvas.height;
    for y in (0..rows).step_by(3) {
        for pixel in &mut canvas.px[y * canvas.width..(y + 1) * canvas.width] {
            *pixel = (u16::from(*pixel) * 9 / 10) as u8;
        }
    }
}

/// Equal slats, in one direction or as a mesh.
fn grille(canvas: &mut Canvas, dice: &mut Dice) {
    let pitch = dice.between(5.0, 40.0);
    let slat = pitch * dice.between(0.3, 0.7);
    let (sin, cos) = dice.between(-0.6, 0.6).sin_cos();
    let mesh = dice.below(2) == 0;
    for y in 0..canvas.height {
        for x in 0..canvas.width {
            let u = (x as f32 * cos + y as f32 * sin).rem_euclid(pitch) < slat;
            let v = mesh && (y as f32 * cos - x as f32 * sin).rem_euclid(pitch) < slat;
            if u || v {
                canvas.px[y * canvas.width + x] = 45;
            }
        }
    }
}

/// Wall tiles with joints and some dark ones.
fn tiles(canvas: &mut Canvas, dice: &mut Dice) {
    let side = dice.between(24.0, 180.0);
    let joint = (side * 0.05).max(2.0);
    let mut y = 0.0;
    while y < canvas.height as f32 {
        let mut x = 0.0;
        while x < canvas.width as f32 {
            let level = if dice.below(3) == 0 { 40 } else { 200 + dice.below(40) as u8 };
            fill(canvas, x, y, side - joint, side - joint, level);
            x += side;
        }
        y += side;
    }
}

/// Groups of stripes one to four modules wide between quiet zones, as a bar code has them, but at
/// random: rows with the very element counts of EAN-13 and Code 128 among them.
fn stripes(canvas: &mut Canvas, dice: &mut Dice) {
    let mut y = 10.0;
    while y < canvas.height as f32 - 60.0 {
        let high = dice.between(30.0, 120.0);
        let mut x = 30.0;
        while x < canvas.width as f32 - 100.0 {
            let module = dice.between(2.0, 5.0);
            let elements = match dice.below(3) {
                0 => 59,
                1 => 6 * (5 + dice.below(12)) + 1,
                _ => 20 + dice.below(80),
            };
            for element in 0..elements {
                let width = module * (1 + dice.below(4)) as f32;
                if element % 2 == 0 {
                    fill(canvas, x, y, width, high, 35);
                }
                x += width;
            }
            x += 12.0 * module;
        }
        y += high + 25.0;
    }
}

/// Dark and light squares at random, as fine as the modules of a code: gravel, fabric, leaves.
fn noise(canvas: &mut Canvas, dice: &mut Dice) {
    let grain = dice.between(1.5, 12.0);
    let dark = 2 + dice.below(4);
    let mut y = 0.0;
    while y < canvas.height as f32 {
        let mut x = 0.0;
        while x < canvas.width as f32 {
            if dice.below(6) < dark {
                fill(canvas, x, y, grain, grain, 20 + dice.below(70) as u8);
            }
            x += grain;
        }
        y += grain;
    }
}
