mod files;

use files::{QUARTERS, jpeg, png, quarters, tiff, with_exif};
use image::{DynamicImage, RgbImage};
use proptest::prelude::*;

use super::*;

fn opened(bytes: &[u8]) -> DynamicImage {
    image::load_from_memory(bytes).unwrap()
}

fn close(picture: &DynamicImage, x: u32, y: u32, color: [u8; 3]) {
    let seen = picture.to_rgb8().get_pixel(x, y).0;
    let far = seen.iter().zip(color).any(|(a, b)| a.abs_diff(b) > 14);
    assert!(!far, "at {x},{y}: {seen:?} instead of {color:?}");
}

fn quarter_centres(picture: &DynamicImage) {
    let (w, h) = (picture.width(), picture.height());
    for (at, color) in (0u32..).zip(QUARTERS) {
        close(picture, w / 4 + (at % 2) * w / 2, h / 4 + (at / 2) * h / 2, color);
    }
}

#[test]
fn a_photo_is_brought_to_size_and_addressed_by_its_hash() {
    let photo = intake(&jpeg(&quarters(3000, 2000)), &IntakeLimits::NAMEPLATE).unwrap();
    assert_eq!((photo.width, photo.height), (2048, 1365));
    let kept = opened(&photo.jpeg);
    assert_eq!((kept.width(), kept.height()), (2048, 1365));
    quarter_centres(&kept);
    let thumbnail = opened(&photo.thumbnail);
    assert_eq!((thumbnail.width(), thumbnail.height()), (256, 171));
    quarter_centres(&thumbnail);
    assert_eq!(photo.sha256, hex_digest(&photo.jpeg));
    assert_eq!(photo.sha256.len(), 64);
    let overview = intake(&jpeg(&quarters(2000, 3000)), &IntakeLimits::OVERVIEW).unwrap();
    assert_eq!((overview.width, overview.height), (683, 1024));
}

#[test]
fn a_small_photo_is_not_enlarged_and_the_same_bytes_give_the_same_photo() {
    let source = jpeg(&quarters(640, 480));
    let once = intake(&source, &IntakeLimits::NAMEPLATE).unwrap();
    assert_eq!((once.width, once.height), (640, 480));
    assert_eq!(once.source_bytes, source.len() as u64);
    assert_eq!(once, intake(&source, &IntakeLimits::NAMEPLATE).unwrap());
}

/// Where row `r` and column `c` of the stored picture belong in the upright one of `w` × `h`
/// (CIPA DC-008, tag 0112: which side the zeroth row and column are).
fn upright_place(orientation: u16, r: u32, c: u32, w: u32, h: u32) -> (u32, u32) {
    match orientation {
        1 => (c, r),
        2 => (w - 1 - c, r),
        3 => (w - 1 - c, h - 1 - r),
        4 => (c, h - 1 - r),
        5 => (r, c),
        6 => (w - 1 - r, c),
        7 => (w - 1 - r, h - 1 - c),
        _ => (r, h - 1 - c),
    }
}

#[test]
fn all_eight_orientations_come_out_upright() {
    let (w, h) = (96, 64);
    let upright = quarters(w, h);
    for orientation in 1..=8 {
        let (stored_w, stored_h) = if orientation < 5 { (w, h) } else { (h, w) };
        let stored = RgbImage::from_fn(stored_w, stored_h, |c, r| {
            let (x, y) = upright_place(orientation, r, c, w, h);
            *upright.get_pixel(x, y)
        });
        let file = with_exif(&jpeg(&stored), &tiff(orientation, false));
        let photo = intake(&file, &IntakeLimits::NAMEPLATE).unwrap();
        assert_eq!((photo.width, photo.height), (w, h), "orientation {orientation}");
        quarter_centres(&opened(&photo.jpeg));
        quarter_centres(&opened(&photo.thumbnail));
    }
}

#[test]
fn time_and_place_move_from_the_file_to_the_record() {
    let file = with_exif(&jpeg(&quarters(64, 64)), &tiff(1, true));
    let photo = intake(&file, &IntakeLimits::NAMEPLATE).unwrap();
    assert_eq!(photo.capture.taken_at_text.as_deref(), Some("2026-07-15 10:42:07 +08:00"));
    // 31° 12' 34.56" and 121° 35' 7.89".
    assert_eq!(photo.capture.latitude_micro, Some(31_209_600));
    assert_eq!(photo.capture.longitude_micro, Some(121_585_525));
    for bytes in [&photo.jpeg, &photo.thumbnail] {
        assert!(!bytes.windows(4).any(|w| w == b"Exif" || w == b"2026"), "metadata is left");
    }
}

#[test]
fn damaged_metadata_costs_the_record_not_the_photo() {
    let whole = tiff(1, true);
    for cut in 0..whole.len() {
        let file = with_exif(&jpeg(&quarters(32, 32)), &whole[..cut]);
        let photo = intake(&file, &IntakeLimits::NAMEPLATE).unwrap();
        assert_eq!((photo.width, photo.height), (32, 32), "metadata cut at {cut}");
    }
}

#[test]
fn grey_and_cmyk_jpegs_keep_their_colours() {
    let grey: Vec<u8> = (0..64 * 64).map(|i| if i % 64 < 32 { 40 } else { 200 }).collect();
    let mut bytes = Vec::new();
    jpeg_encoder::Encoder::new(&mut bytes, 95)
        .encode(&grey, 64, 64, jpeg_encoder::ColorType::Luma)
        .unwrap();
    let photo = intake(&bytes, &IntakeLimits::NAMEPLATE).unwrap();
    close(&opened(&photo.jpeg), 10, 32, [40; 3]);
    close(&opened(&photo.jpeg), 54, 32, [200; 3]);

    // Cyan ink in full, no other: cyan.
    let cmyk: Vec<u8> = (0..64 * 64).flat_map(|_| [255u8, 0, 0, 0]).collect();
    let mut bytes = Vec::new();
    jpeg_encoder::Encoder::new(&mut bytes, 95)
        .encode(&cmyk, 64, 64, jpeg_encoder::ColorType::Cmyk)
        .unwrap();
    let photo = intake(&bytes, &IntakeLimits::NAMEPLATE).unwrap();
    close(&opened(&photo.jpeg), 32, 32, [0, 255, 255]);
}

#[test]
fn pngs_of_every_kind_become_plain_photos() {
    let side = 16u32;
    let rows = |pixel: &[u8]| -> Vec<u8> {
        (0..side).flat_map(|_| [&[0u8][..], &pixel.repeat(side as usize)].concat()).collect()
    };
    type Case = (&'static str, u8, u8, &'static [u8], Vec<u8>, [u8; 3]);
    let cases: [Case; 6] = [
        ("RGB", 8, 2, &[], rows(&[10, 120, 230]), [10, 120, 230]),
        ("16-bit RGB", 16, 2, &[], rows(&[10, 0, 120, 0, 230, 0]), [10, 120, 230]),
        ("16-bit grey", 16, 0, &[], rows(&[99, 0]), [99, 99, 99]),
        ("palette", 8, 3, &[1, 2, 3, 10, 120, 230], rows(&[1]), [10, 120, 230]),
        ("clear RGBA", 8, 6, &[], rows(&[10, 120, 230, 0]), [255, 255, 255]),
        ("half clear grey", 8, 4, &[], rows(&[0, 128]), [127, 127, 127]),
    ];
    for (name, depth, color, palette, scanlines, expected) in cases {
        let file = png((side, side), depth, color, palette, &scanlines);
        let photo =
            intake(&file, &IntakeLimits::NAMEPLATE).unwrap_or_else(|e| panic!("{name}: {e}"));
        close(&opened(&photo.jpeg), 8, 8, expected);
    }
}

#[test]
fn other_kinds_are_refused_whatever_they_are_called() {
    let cases: [(&[u8], RefusedFormat); 9] = [
        (b"\0\0\0\x18ftypheic\0\0\0\0", RefusedFormat::Heif),
        (b"\0\0\0\x1cftypavif\0\0\0\0", RefusedFormat::Heif),
        (b"\0\0\0\x18ftypmp42\0\0\0\0", RefusedFormat::Video),
        (b"RIFF\x24\0\0\0WEBPVP8 ", RefusedFormat::Webp),
        (b"GIF89a\x01\0\x01\0", RefusedFormat::Gif),
        (b"II*\0\x08\0\0\0", RefusedFormat::Tiff),
        (b"%PDF-1.7\n", RefusedFormat::Pdf),
        (b"BM\x36\0\0\0", RefusedFormat::Bmp),
        (b"hello", RefusedFormat::Unknown),
    ];
    for (bytes, expected) in cases {
        let refused = intake(bytes, &IntakeLimits::NAMEPLATE).unwrap_err();
        assert_eq!(refused, PhotoError::Format(expected));
        let words = refused.words();
        assert!(!words.zh.is_empty() && !words.en.is_empty(), "{expected:?}");
    }
    assert_eq!(intake(&[], &IntakeLimits::NAMEPLATE).unwrap_err(), PhotoError::Empty);
    assert!(RefusedFormat::Heif.words().zh.contains("兼容性最佳"));
}

#[test]
fn bombs_are_refused_by_their_header() {
    let huge = png((60_000, 60_000), 8, 2, &[], &[]);
    assert!(matches!(
        intake(&huge, &IntakeLimits::NAMEPLATE),
        Err(PhotoError::TooManyPixels { width: 60_000, height: 60_000, .. })
    ));
    let deep = png((8_000, 5_000), 16, 6, &[], &[]);
    assert!(matches!(
        intake(&deep, &IntakeLimits::NAMEPLATE),
        Err(PhotoError::TooMuchMemory { .. })
    ));

    let small = jpeg(&quarters(64, 64));
    let frame = small.windows(2).position(|w| w == [0xFF, 0xC0]).unwrap();
    for (width, height) in [(65_500u16, 65_500u16), (8_000, 7_000)] {
        let mut bomb = small.clone();
        bomb[frame + 5..frame + 7].copy_from_slice(&height.to_be_bytes());
        bomb[frame + 7..frame + 9].copy_from_slice(&width.to_be_bytes());
        let refused = intake(&bomb, &IntakeLimits::NAMEPLATE).unwrap_err();
        assert!(
            matches!(refused, PhotoError::TooManyPixels { .. } | PhotoError::Damaged(_)),
            "{width} × {height}: {refused:?}"
        );
    }
    let limits = IntakeLimits { max_file_bytes: 100, ..IntakeLimits::NAMEPLATE };
    assert!(matches!(intake(&small, &limits), Err(PhotoError::FileTooLarge { limit: 100, .. })));
}

#[test]
fn a_file_cut_anywhere_is_refused() {
    let picture = quarters(320, 240);
    let mut scanlines = Vec::new();
    for row in picture.as_raw().chunks(320 * 3) {
        scanlines.push(0);
        scanlines.extend(row);
    }
    let whole_png = png((320, 240), 8, 2, &[], &scanlines);
    let whole_jpeg = with_exif(&jpeg(&picture), &tiff(6, true));
    for whole in [whole_jpeg, whole_png] {
        assert!(intake(&whole, &IntakeLimits::NAMEPLATE).is_ok());
        for fiftieth in 0..50 {
            let part = &whole[..whole.len() * fiftieth / 50];
            assert!(intake(part, &IntakeLimits::NAMEPLATE).is_err(), "{fiftieth}/50 was accepted");
        }
    }
}

#[test]
fn a_watermark_writes_below_and_leaves_the_rest() {
    let source = intake(&jpeg(&quarters(1200, 900)), &IntakeLimits::NAMEPLATE).unwrap();
    let lines = [
        "订单 SH20260715-00318 · 2026-07-15 10:42:07".to_owned(),
        "上海市浦东新区张江镇 · 𠮷\u{378}".to_owned(),
    ];
    let marked = opened(&watermark(&source.jpeg, &lines).unwrap());
    assert_eq!((marked.width(), marked.height()), (1200, 900));
    close(&marked, 300, 225, QUARTERS[0]);
    close(&marked, 900, 225, QUARTERS[1]);
    let (before, after) = (opened(&source.jpeg).to_luma8(), marked.to_luma8());
    // White letters on the darkened blue quarter, and the band darker than it was.
    let band = 820..890;
    let bright = band.clone().flat_map(|y| (20..580).map(move |x| (x, y)));
    let letters = bright.filter(|(x, y)| after.get_pixel(*x, *y).0[0] > 200).count();
    assert!((1_500..20_000).contains(&letters), "{letters} bright pixels");
    assert!(after.get_pixel(1190, 895).0[0] < before.get_pixel(1190, 895).0[0] / 2);
    assert!(!watermark(&source.jpeg, &[]).unwrap().is_empty());
}

#[test]
fn a_watermark_never_hides_the_photo() {
    let source = jpeg(&quarters(120, 60));
    let lines = vec!["订单号与时间地点很长很长很长很长".to_owned(); 4];
    assert_eq!(watermark(&source, &lines), Err(PhotoError::TooMuchText));
    assert!(watermark(b"not a photo", &lines).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn random_bytes_never_panic(
        start in prop::sample::select(vec![&[][..], &[0xFF, 0xD8, 0xFF, 0xE0], b"\x89PNG\r\n\x1A\n"]),
        rest in prop::collection::vec(any::<u8>(), 0..600),
    ) {
        let bytes = [start, &rest].concat();
        prop_assert!(intake(&bytes, &IntakeLimits::OVERVIEW).is_err());
    }

    #[test]
    fn a_photo_with_changed_bytes_is_refused_or_stays_within_its_limits(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12),
        as_png in any::<bool>(),
    ) {
        let picture = quarters(48, 40);
        let mut bytes = if as_png {
            let rows: Vec<u8> = picture.as_raw().chunks(48 * 3).flat_map(|r| [&[0u8][..], r].concat()).collect();
            png((48, 40), 8, 2, &[], &rows)
        } else {
            with_exif(&jpeg(&picture), &tiff(3, true))
        };
        for (at, value) in changes {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        if let Ok(photo) = intake(&bytes, &IntakeLimits { max_pixels: 1_000_000, ..IntakeLimits::OVERVIEW }) {
            prop_assert!(photo.width.max(photo.height) <= 1024);
            prop_assert_eq!(photo.sha256, hex_digest(&photo.jpeg));
        }
    }
}
