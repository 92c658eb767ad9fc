//! Times photo intake on a 12-megapixel JPEG, beside `vipsthumbnail` where it is installed:
//! `cargo run --release -p doorstep-media --example photo_bench [rounds]`.
//!
//! The comparison is of whole jobs: ours from bytes to bytes including EXIF, hash and thumbnail;
//! theirs as a process from file to file, its start-up (also timed alone) included.

#![allow(
    clippy::disallowed_types,
    clippy::disallowed_methods,
    reason = "a benchmark measures time"
)]

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use doorstep_media::photo::{IntakeLimits, intake};

const WIDTH: u16 = 4000;
const HEIGHT: u16 = 3000;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let rounds = std::env::args().nth(1).and_then(|n| n.parse().ok()).unwrap_or(9usize);
    let folder = tempfile::tempdir()?;
    let source = folder.path().join("source.jpg");
    let bytes = picture()?;
    std::fs::write(&source, &bytes)?;

    println!(
        "Source: {WIDTH} × {HEIGHT}, {} KB. Median (fastest–slowest) of {rounds} rounds.\n",
        bytes.len() / 1000
    );
    println!("| job | time | output |");
    println!("|---|---|---|");
    for (name, limits) in
        [("2048 px", IntakeLimits::NAMEPLATE), ("1024 px", IntakeLimits::OVERVIEW)]
    {
        let mut size = 0;
        let times = timed(rounds, || {
            size = intake(&bytes, &limits)?.jpeg.len();
            Ok(())
        })?;
        println!("| photo::intake, {name} | {times} | {} KB |", size / 1000);
        if installed() {
            let target = folder.path().join("vips.jpg");
            let times = timed(rounds, || vips(&source, &target, limits.long_side))?;
            let size = std::fs::metadata(&target)?.len();
            println!("| vipsthumbnail, {name} | {times} | {} KB |", size / 1000);
        }
    }
    if installed() {
        let times = timed(rounds, || {
            Command::new("vipsthumbnail").arg("--version").output()?;
            Ok(())
        })?;
        println!("| vipsthumbnail, start-up alone | {times} | |");
    } else {
        println!("\nvipsthumbnail is not installed: nothing to compare with.");
    }
    Ok(())
}

fn installed() -> bool {
    Command::new("vipsthumbnail").arg("--version").output().is_ok_and(|o| o.status.success())
}

fn vips(source: &Path, target: &Path, side: u32) -> Result<(), Box<dyn std::error::Error>> {
    let status = Command::new("vipsthumbnail")
        .arg(source)
        .args(["--size", &side.to_string(), "-o"])
        .arg(format!("{}[Q=85,strip]", target.display()))
        .status()?;
    if status.success() { Ok(()) } else { Err("vipsthumbnail failed".into()) }
}

fn timed(
    rounds: usize,
    mut job: impl FnMut() -> Result<(), Box<dyn std::error::Error>>,
) -> Result<String, Box<dyn std::error::Error>> {
    job()?;
    let mut times = Vec::new();
    for _ in 0..rounds.max(1) {
        let start = Instant::now();
        job()?;
        times.push(start.elapsed());
    }
    times.sort();
    let at = |index: usize| times.get(index).copied().unwrap_or(Duration::ZERO).as_millis();
    Ok(format!("{} ms ({}–{})", at(times.len() / 2), at(0), at(times.len() - 1)))
}

/// A scene with soft light, hard edges and sensor noise, the same on each run.
fn picture() -> Result<Vec<u8>, Box<dyn std::error::Error>> {
    let (width, height) = (i32::from(WIDTH), i32::from(HEIGHT));
    let mut noise = 0x9E37_79B9u32;
    let mut pixels = Vec::with_capacity(usize::from(WIDTH) * usize::from(HEIGHT) * 3);
    for y in 0..height {
        for x in 0..width {
            noise ^= noise << 13;
            noise ^= noise >> 17;
            noise ^= noise << 5;
            let grain = i32::try_from(noise & 15)? - 8;
            let light = 60 + 120 * x / width + 50 * y / height;
            let panel = if (x / 310 + y / 270) % 3 == 0 { 45 } else { 0 };
            let print =
                if (x / 14 + y / 22) % 5 == 0 && x > width / 3 && y > height / 2 { -90 } else { 0 };
            let base = light + panel + print + grain;
            for tint in [0, -8 + 20 * y / height, -20 + 40 * x / width] {
                pixels.push(u8::try_from((base + tint).clamp(0, 255))?);
            }
        }
    }
    let mut bytes = Vec::new();
    jpeg_encoder::Encoder::new(&mut bytes, 92).encode(
        &pixels,
        WIDTH,
        HEIGHT,
        jpeg_encoder::ColorType::Rgb,
    )?;
    Ok(bytes)
}
