//! Times photo intake on a 12-megapixel JPEG, beside `vipsthumbnail` where it is installed:
//! `cargo run --release -p doorstep-media --example photo_bench [rounds]`.
//!
//! The comparison is of whole jobs: ours from bytes to bytes including orientation, hash and
//! thumbnail; theirs as a process from file to file. What the process costs without the photo is
//! timed on a picture of 16 × 16 pixels. The jobs take turns, in reverse order every other round,
//! so that a busy moment of the machine falls on all of them.

#![allow(
    clippy::disallowed_types,
    clippy::disallowed_methods,
    reason = "a benchmark measures time"
)]

use std::hint::black_box;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use doorstep_media::photo::{IntakeLimits, Photo, intake};
use jpeg_encoder::{ColorType, Encoder, SamplingFactor};
use sha2::{Digest, Sha256};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

const WIDTH: u16 = 4000;
const HEIGHT: u16 = 3000;
/// As phones save their photos.
const SOURCE_QUALITY: u8 = 92;
const ROUNDS: usize = 15;

/// Something to time, and how many bytes it gave.
struct Job<'a> {
    name: String,
    run: Box<dyn FnMut() -> Result<usize> + 'a>,
    times: Vec<Duration>,
    bytes: usize,
}

fn main() -> Result<()> {
    let rounds = std::env::args().nth(1).and_then(|n| n.parse().ok()).unwrap_or(ROUNDS).max(1);
    let folder = tempfile::tempdir()?;
    let bytes = encoded(&scene(WIDTH, HEIGHT)?, WIDTH, HEIGHT)?;
    let photo = intake(&bytes, &IntakeLimits::NAMEPLATE)?;

    println!(
        "Source: {WIDTH} × {HEIGHT}, {} KB. Median (fastest–slowest) of {rounds} rounds, the jobs taking turns.\n",
        bytes.len() / 1000
    );
    let mut jobs = intakes(&bytes);
    let peers = if installed() { peers(folder.path(), &bytes)? } else { Vec::new() };
    let alone = peers.is_empty();
    jobs.extend(peers);
    take_turns(&mut jobs, rounds)?;
    table("job", &jobs);
    if alone {
        println!("\nvipsthumbnail is not installed: nothing to compare with.");
    }

    println!("\nWhere the time of an intake to 2048 px goes; scaling is the rest.\n");
    let mut stages = stages(&bytes, &photo)?;
    take_turns(&mut stages, rounds)?;
    table("stage", &stages);
    Ok(())
}

fn intakes(bytes: &[u8]) -> Vec<Job<'_>> {
    let job = |(name, limits): (&str, IntakeLimits)| {
        Job::new(name, move || Ok(intake(bytes, &limits)?.jpeg.len()))
    };
    let sizes = [
        ("photo::intake, 2048 px", IntakeLimits::NAMEPLATE),
        ("photo::intake, 1024 px", IntakeLimits::OVERVIEW),
    ];
    sizes.into_iter().map(job).collect()
}

fn peers(folder: &Path, bytes: &[u8]) -> Result<Vec<Job<'static>>> {
    let (large, tiny) = (folder.join("large.jpg"), folder.join("tiny.jpg"));
    std::fs::write(&large, bytes)?;
    std::fs::write(&tiny, encoded(&scene(16, 16)?, 16, 16)?)?;
    let runs = [
        ("vipsthumbnail, 2048 px", &large, 2048),
        ("vipsthumbnail, 1024 px", &large, 1024),
        ("vipsthumbnail, a picture of 16 × 16", &tiny, 16),
    ];
    Ok(runs
        .into_iter()
        .map(|(name, source, side)| {
            let (source, target) = (source.clone(), folder.join(format!("{side}.jpg")));
            Job::new(name, move || vips(&source, &target, side))
        })
        .collect())
}

/// The steps of an intake that can be done alone through public interfaces.
fn stages<'a>(bytes: &'a [u8], photo: &'a Photo) -> Result<Vec<Job<'a>>> {
    let (kept, thumbnail) =
        (image::load_from_memory(&photo.jpeg)?, image::load_from_memory(&photo.thumbnail)?);
    let encode = |image: image::DynamicImage| -> Box<dyn FnMut() -> Result<usize>> {
        Box::new(move || {
            let (width, height) = (image.width().try_into()?, image.height().try_into()?);
            let mut out = Vec::new();
            let mut encoder = Encoder::new(&mut out, IntakeLimits::NAMEPLATE.quality);
            encoder.set_sampling_factor(SamplingFactor::F_2_2);
            encoder.encode(image.as_bytes(), width, height, ColorType::Rgb)?;
            Ok(out.len())
        })
    };
    Ok(vec![
        Job::new("whole intake", || Ok(intake(bytes, &IntakeLimits::NAMEPLATE)?.jpeg.len())),
        Job::new("decode", || {
            Ok(image::load_from_memory_with_format(bytes, image::ImageFormat::Jpeg)?
                .as_bytes()
                .len())
        }),
        Job::new("encode", encode(kept)),
        Job::new("encode the thumbnail", encode(thumbnail)),
        Job::new("SHA-256 of the result", || {
            black_box(Sha256::digest(&photo.jpeg));
            Ok(photo.jpeg.len())
        }),
    ])
}

impl<'a> Job<'a> {
    fn new(name: &str, run: impl FnMut() -> Result<usize> + 'a) -> Job<'a> {
        Job { name: name.to_owned(), run: Box::new(run), times: Vec::new(), bytes: 0 }
    }

    fn once(&mut self) -> Result<Duration> {
        let start = Instant::now();
        self.bytes = (self.run)()?;
        Ok(start.elapsed())
    }
}

/// One round to warm up, then `rounds` that count.
fn take_turns(jobs: &mut [Job<'_>], rounds: usize) -> Result<()> {
    for job in jobs.iter_mut() {
        job.once()?;
    }
    for round in 0..rounds {
        let mut order: Vec<&mut Job<'_>> = jobs.iter_mut().collect();
        if round % 2 == 1 {
            order.reverse();
        }
        for job in order {
            let time = job.once()?;
            job.times.push(time);
        }
    }
    Ok(())
}

fn table(what: &str, jobs: &[Job<'_>]) {
    println!("| {what} | time | output |");
    println!("|---|---|---|");
    for job in jobs {
        let mut times = job.times.clone();
        times.sort();
        let at = |index: usize| times.get(index).map_or(0.0, Duration::as_secs_f64) * 1000.0;
        let (median, low, high) = (at(times.len() / 2), at(0), at(times.len() - 1));
        println!(
            "| {} | {median:.1} ms ({low:.1}–{high:.1}) | {} KB |",
            job.name,
            job.bytes / 1000
        );
    }
}

fn installed() -> bool {
    Command::new("vipsthumbnail").arg("--version").output().is_ok_and(|o| o.status.success())
}

fn vips(source: &Path, target: &Path, side: u32) -> Result<usize> {
    let status = Command::new("vipsthumbnail")
        .arg(source)
        // ">": never enlarge.
        .args(["--size", &format!("{side}>"), "-o"])
        .arg(format!("{}[Q={},strip]", target.display(), IntakeLimits::NAMEPLATE.quality))
        .status()?;
    if !status.success() {
        return Err("vipsthumbnail failed".into());
    }
    Ok(std::fs::metadata(target)?.len().try_into()?)
}

/// A scene with soft light, hard edges and sensor noise, the same on each run.
fn scene(width: u16, height: u16) -> Result<Vec<u8>> {
    let (width, height) = (i32::from(width), i32::from(height));
    let mut noise = 0x9E37_79B9u32;
    let mut pixels = Vec::new();
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
    Ok(pixels)
}

/// A JPEG as phones write it: colour at half the resolution.
fn encoded(pixels: &[u8], width: u16, height: u16) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, SOURCE_QUALITY);
    encoder.set_sampling_factor(SamplingFactor::F_2_2);
    encoder.encode(pixels, width, height, ColorType::Rgb)?;
    Ok(bytes)
}
