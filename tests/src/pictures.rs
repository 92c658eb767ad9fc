//! Pictures as a camera would take them: a card's QR lying somewhere on a table, rooms without
//! any label. Deterministic.

use base64::{Engine, engine::general_purpose::STANDARD};
use doorstep_media::card_code;
use image::{GrayImage, ImageFormat, Luma, Rgb, RgbImage, imageops};
use serde_json::{Value, json};
use std::io::Cursor;

/// A JPEG of a table with the QR of `text` on it, 1600 × 1200.
pub fn card_on_a_table(text: &str) -> Vec<u8> {
    let modules = card_code::modules(text).expect("the code fits a QR");
    let (side, luma) = modules.luma(8);
    let side = u32::try_from(side).expect("small");
    on_a_table(&GrayImage::from_raw(side, side, luma).expect("square"))
}

/// A JPEG of a table with an enrolment ticket on it, 1600 × 1200.
pub fn ticket_on_a_table(text: &str) -> Vec<u8> {
    let code = qrcode::QrCode::new(text).expect("the ticket fits a QR");
    let quiet = 4;
    let modules = u32::try_from(code.width()).expect("small");
    on_a_table(&GrayImage::from_fn((modules + 2 * quiet) * 8, (modules + 2 * quiet) * 8, |x, y| {
        let at = |pixel: u32| (pixel / 8).checked_sub(quiet).filter(|module| *module < modules);
        let dark = at(x)
            .zip(at(y))
            .is_some_and(|(x, y)| code[(x as usize, y as usize)] == qrcode::Color::Dark);
        Luma([if dark { 20 } else { 240 }])
    }))
}

fn on_a_table(code: &GrayImage) -> Vec<u8> {
    let mut table = GrayImage::from_fn(1600, 1200, |x, y| Luma([150 + grain(x, y) / 4]));
    imageops::overlay(&mut table, code, 500, 320);
    let soft = imageops::blur(&table, 0.8);
    jpeg(&RgbImage::from_fn(1600, 1200, |x, y| {
        let Luma([grey]) = *soft.get_pixel(x, y);
        Rgb([grey, grey, grey.saturating_sub(8)])
    }))
}

/// A JPEG of a room, different for every seed, `width` × `height`.
pub fn room(seed: u32, width: u32, height: u32) -> Vec<u8> {
    jpeg(&RgbImage::from_fn(width, height, |x, y| {
        let wall = (x * 90 / width.max(1) + y * 70 / height.max(1)) as u8;
        let noise = grain(x.wrapping_add(seed * 7919), y) / 8;
        let shade = wall.saturating_add(60).saturating_add(noise);
        Rgb([shade, shade.saturating_sub(6), shade.saturating_sub((seed % 40) as u8)])
    }))
}

/// A JPEG that compresses badly, different for every seed, `width` × `height`.
pub fn grainy(seed: u32, width: u32, height: u32) -> Vec<u8> {
    jpeg(&RgbImage::from_fn(width, height, |x, y| {
        let at = |shift: u32| grain(x.wrapping_add(seed * 7919 + shift), y.wrapping_add(shift));
        Rgb([at(0), at(1_000), at(2_000)])
    }))
}

/// What `photo_add` is given to keep a picture as a record's front view.
pub fn front_of(kind: &str, subject: &str, picture: &[u8]) -> Value {
    json!({ "subject": subject, "kind": kind, "shot": "front", "image": base64(picture) })
}

/// Bytes as base64, the form in which pictures cross the command table.
pub fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// Base64 as bytes.
pub fn bytes(base64: &str) -> Vec<u8> {
    STANDARD.decode(base64).expect("base64")
}

fn jpeg(picture: &RgbImage) -> Vec<u8> {
    let mut file = Cursor::new(Vec::new());
    picture.write_to(&mut file, ImageFormat::Jpeg).expect("JPEG is written");
    file.into_inner()
}

fn grain(x: u32, y: u32) -> u8 {
    let mixed = x.wrapping_mul(0x9E37_79B1) ^ y.wrapping_mul(0x85EB_CA77);
    ((mixed ^ (mixed >> 15)).wrapping_mul(0x2C1B_3C6D) >> 24) as u8
}
