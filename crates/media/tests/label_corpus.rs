//! The label bench's pictures at a strength where every code must read, and its pictures without
//! labels, a few of each.
#![allow(
    clippy::disallowed_types,
    clippy::expect_used,
    clippy::indexing_slicing,
    dead_code,
    missing_docs,
    unreachable_pub,
    reason = "tests draw pixels; the bench uses the rest of the corpus"
)]

#[path = "../examples/label_bench/corpus.rs"]
mod corpus;
#[path = "../examples/label_bench/empty.rs"]
mod empty;
#[path = "../examples/label_bench/paint.rs"]
mod paint;
#[path = "../examples/label_bench/symbol.rs"]
mod symbol;

use corpus::{Damage, FAMILIES, sample};
use doorstep_media::label::{
    LabelFormat, LabelKind, LabelReading, parse, read_image, read_luma, report,
};
use paint::{Canvas, Pose};
use symbol::Symbol;

fn read(canvas: &Canvas) -> LabelReading {
    read_luma(canvas.width as u32, canvas.height as u32, &canvas.px)
}

#[test]
fn every_kind_of_damage_at_a_moderate_strength_reads_exactly() {
    for damage in Damage::ALL {
        let families = if damage == Damage::Several { 1 } else { FAMILIES };
        for family in 0..families {
            let sample = sample(damage, damage.moderate(), family, 1000 + family as u64);
            let reading = match sample.jpeg {
                Some(quality) => read_image(&sample.canvas.jpeg(quality)),
                None => read(&sample.canvas),
            };
            let mut found: Vec<_> =
                reading.labels.iter().map(|l| (l.format, l.text.clone())).collect();
            let mut expected: Vec<_> =
                sample.expected.iter().map(|e| (e.format, e.text.clone())).collect();
            found.sort();
            expected.sort();
            assert_eq!(found, expected, "{damage:?}, family {family}");
        }
    }
}

#[test]
fn pictures_without_a_label_give_none_within_the_bound() {
    for kind in 0..empty::KINDS.len() {
        for seed in 0..if kind % 4 == 0 { 2 } else { 1 } {
            let reading = read(&empty::picture(kind, seed));
            assert_eq!(reading.labels, [], "{} {seed}", empty::KINDS[kind]);
            assert!(reading.passes <= LabelReading::MAX_PASSES);
            assert_eq!(reading.error, None);
        }
    }
}

#[test]
fn positions_are_where_the_codes_are() {
    let qr = Symbol::qr("http://c.dzbxk.com/POSITION");
    let bars = Symbol::ean13("6901234567892");
    let mut canvas = Canvas::surface(1200, 600, 180.0, 30.0);
    let pose =
        Pose { x: 300.0, y: 300.0, module: 5.0, degrees: 0.0, tilt: 0.0, shear: 0.0, curve: 0.0 };
    canvas.print(&qr, pose);
    canvas.print(&bars, Pose { x: 850.0, module: 3.0, ..pose });
    let reading = read(&canvas);
    for (format, x) in [(LabelFormat::Qr, 300), (LabelFormat::Ean13, 850)] {
        let label = reading.labels.iter().find(|l| l.format == format).expect("both read");
        let count = label.position.len() as i32;
        let middle = label.position.iter().map(|p| p.x).sum::<i32>() / count;
        assert!((middle - x).abs() <= 6, "{format:?} at {middle}");
    }
}

#[test]
fn the_text_of_any_charset_comes_out_of_the_picture() {
    for (bytes, text) in [
        (encoding_rs::GBK.encode("型号：BCD-215 海尔冰箱").0, "型号：BCD-215 海尔冰箱"),
        (encoding_rs::SHIFT_JIS.encode("製造番号 エアコン").0, "製造番号 エアコン"),
        ("美的空调 KFR-35GW".as_bytes().into(), "美的空调 KFR-35GW"),
    ] {
        let label = only_label(&qr_of_bytes(&bytes));
        assert_eq!(label.text, text);
        assert_eq!(label.raw_hex.is_some(), std::str::from_utf8(&bytes).is_err());
    }
    let noise = [0x00, 0xff, 0x81, 0x10, 0xfe];
    let label = only_label(&qr_of_bytes(&noise));
    assert_eq!((label.text.as_str(), label.raw_hex.as_deref()), ("00ff8110fe", Some("00ff8110fe")));
}

fn only_label(canvas: &Canvas) -> doorstep_media::label::Label {
    let mut labels = read(canvas).labels;
    assert_eq!(labels.len(), 1);
    labels.remove(0)
}

fn qr_of_bytes(bytes: &[u8]) -> Canvas {
    let code = qrcode::QrCode::new(bytes).expect("fits");
    let side = code.width();
    let dark = code.to_colors();
    let mut canvas = Canvas::surface(side * 6 + 80, side * 6 + 80, 230.0, 10.0);
    for (place, color) in dark.iter().enumerate() {
        if *color == qrcode::Color::Dark {
            let (x, y) = (place % side * 6 + 43, place / side * 6 + 43);
            canvas.patch(x as f32, y as f32, 6.0, 6.0, 20);
        }
    }
    canvas
}

#[test]
fn an_exif_orientation_turns_the_picture_upright() {
    let symbol = Symbol::code128("AA8XS0E0000BC74K6412");
    let mut canvas = Canvas::surface(1000, 500, 200.0, 20.0);
    let pose =
        Pose { x: 300.0, y: 200.0, module: 2.0, degrees: 0.0, tilt: 0.0, shear: 0.0, curve: 0.0 };
    canvas.print(&symbol, pose);
    let jpeg = canvas.jpeg(90);
    // Orientation 6: the camera was turned, the picture is to be turned a quarter clockwise.
    let exif = b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0";
    let length = (exif.len() as u16 + 2).to_be_bytes();
    let turned = [&jpeg[..2], &[0xff, 0xe1], &length, exif.as_slice(), &jpeg[2..]].concat();
    let reading = read_image(&turned);
    assert_eq!((reading.width, reading.height), (500, 1000));
    let label = &reading.labels[0];
    assert_eq!(label.text, "AA8XS0E0000BC74K6412");
    // The code's middle, at (300, 200) in the file, lies at (500 - 200, 300) upright; its bars are
    // about 210 pixels long and the scan line may cross them anywhere.
    let [from, to] = [label.position[0], label.position[1]];
    assert!((from.x - to.x).abs() < 40, "the code runs downwards: {from:?} {to:?}");
    assert!((200..400).contains(&from.x), "within the bars: {from:?}");
    assert!(((from.y + to.y) / 2 - 300).abs() < 10, "around the middle: {from:?} {to:?}");
}

#[test]
fn the_report_says_what_a_label_is_and_why_a_file_gave_none() {
    let text = "http://qrcode.midea.com/index.html?v=3&type=1&mode=005&tsn=0000C03116420010F152421000071YK6";
    let mut canvas = Canvas::surface(500, 500, 200.0, 20.0);
    let pose =
        Pose { x: 250.0, y: 250.0, module: 6.0, degrees: 3.0, tilt: 0.0, shear: 0.0, curve: 0.0 };
    canvas.print(&Symbol::qr(text), pose);
    let good = report("plate.jpg", &canvas.jpeg(85));
    assert_eq!(good["file"], "plate.jpg");
    assert_eq!(good["error"], serde_json::Value::Null);
    let label = &good["labels"][0];
    assert_eq!(label["format"], "qr");
    assert_eq!(label["text"], text);
    assert_eq!(label["kind"], "midea_plain");
    assert_eq!(label["fields"]["sn8"], "6420010F");
    assert_eq!(label["guess"], false);
    let bad = report("notes.txt", b"not a picture");
    assert_eq!(bad["labels"], serde_json::json!([]));
    assert_eq!(bad["error"]["code"], "not_a_picture");
    assert!(bad["error"]["zh"].as_str().is_some_and(|zh| !zh.is_ascii()));
}

#[test]
fn pictures_that_break_decoders_break_nothing_else() {
    // Sizes at and below what decoders expect, and pixels that are all one or all noise.
    let mut dice = paint::Dice::new(5);
    for (width, height) in [(1, 1), (1, 400), (400, 1), (2, 2), (7, 7), (39, 41), (640, 3)] {
        for level in [0.0, 128.0, 255.0] {
            let mut canvas = Canvas::surface(width, height, level, 0.0);
            assert_eq!(read(&canvas).labels, []);
            canvas.noise(200.0, &mut dice);
            assert_eq!(read(&canvas).labels, []);
        }
    }
    assert!(read_luma(3, 3, &[0; 8]).error.is_some());
    assert!(read_luma(0, 0, &[]).error.is_some());
}

#[test]
fn the_same_picture_gives_the_same_answer() {
    let sample = sample(Damage::Several, 4, 0, 3);
    assert_eq!(read(&sample.canvas), read(&sample.canvas));
}

#[test]
fn cut_and_bent_files_end_in_an_error_or_a_reading() {
    let sample = sample(Damage::Scale, 300, 0, 9);
    let jpeg = sample.canvas.jpeg(80);
    let mut dice = paint::Dice::new(77);
    for _ in 0..25 {
        let mut bent = jpeg.clone();
        for _ in 0..6 {
            let at = dice.below(bent.len());
            bent[at] = dice.below(256) as u8;
        }
        bent.truncate(1 + dice.below(bent.len()));
        let reading = read_image(&bent);
        for label in reading.labels {
            assert_eq!(label.text, sample.expected[0].text, "a damaged file gave another text");
        }
    }
}

#[test]
fn a_code_from_the_corpus_is_what_it_is_taken_for() {
    let text = corpus::symbol(1, 4).expected.text;
    assert!(matches!(parse(LabelFormat::Qr, &text), LabelKind::DoorstepCard { .. }));
    assert!(matches!(
        parse(LabelFormat::Ean13, &corpus::symbol(2, 4).expected.text),
        LabelKind::Gtin { .. }
    ));
}
