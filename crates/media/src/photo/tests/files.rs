//! Photo files made by hand, so that a test says exactly what is in them.

use image::{Rgb, RgbImage};

/// Red, green, blue and white quarters, from the upper left by rows.
pub(super) const QUARTERS: [[u8; 3]; 4] =
    [[200, 30, 30], [30, 180, 30], [30, 30, 200], [240, 240, 240]];

/// A picture of four quarters that shows how it is turned.
pub(super) fn quarters(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        let at = usize::from(x >= width / 2) + 2 * usize::from(y >= height / 2);
        Rgb(QUARTERS[at])
    })
}

/// A baseline JPEG.
pub(super) fn jpeg(picture: &RgbImage) -> Vec<u8> {
    let mut bytes = Vec::new();
    jpeg_encoder::Encoder::new(&mut bytes, 92)
        .encode(
            picture.as_raw(),
            picture.width() as u16,
            picture.height() as u16,
            jpeg_encoder::ColorType::Rgb,
        )
        .unwrap();
    bytes
}

/// The JPEG with an EXIF segment right behind its start marker.
pub(super) fn with_exif(jpeg: &[u8], tiff: &[u8]) -> Vec<u8> {
    let length = u16::try_from(2 + 6 + tiff.len()).unwrap().to_be_bytes();
    [&jpeg[..2], &[0xFF, 0xE1], &length, b"Exif\0\0", tiff, &jpeg[2..]].concat()
}

/// A TIFF structure with an orientation and, if asked, capture time and a place in Shanghai.
pub(super) fn tiff(orientation: u16, time_and_place: bool) -> Vec<u8> {
    let mut directory = vec![entry(0x0112, 3, 1, u32::from(orientation).to_le_bytes())];
    if !time_and_place {
        return [head().as_slice(), &ifd(&directory)].concat();
    }
    // Main directory of three entries, then the EXIF and GPS directories, then their values.
    let exif_at = 8 + 2 + 3 * 12 + 4;
    let gps_at = exif_at + 2 + 2 * 12 + 4;
    let values_at = gps_at + 2 + 4 * 12 + 4;
    let moment = b"2026:07:15 10:42:07\0";
    let zone = b"+08:00\0";
    let zone_at = values_at + moment.len() as u32;
    let latitude_at = zone_at + zone.len() as u32 + 1;
    let longitude_at = latitude_at + 24;
    directory.push(entry(0x8769, 4, 1, exif_at.to_le_bytes()));
    directory.push(entry(0x8825, 4, 1, gps_at.to_le_bytes()));
    let exif = [
        entry(0x9003, 2, moment.len() as u32, values_at.to_le_bytes()),
        entry(0x9011, 2, zone.len() as u32, zone_at.to_le_bytes()),
    ];
    let gps = [
        entry(1, 2, 2, *b"N\0\0\0"),
        entry(2, 5, 3, latitude_at.to_le_bytes()),
        entry(3, 2, 2, *b"E\0\0\0"),
        entry(4, 5, 3, longitude_at.to_le_bytes()),
    ];
    let rationals = |parts: [(u32, u32); 3]| -> Vec<u8> {
        parts.iter().flat_map(|(n, d)| [n.to_le_bytes(), d.to_le_bytes()].concat()).collect()
    };
    [
        head().as_slice(),
        &ifd(&directory),
        &ifd(&exif),
        &ifd(&gps),
        moment,
        zone,
        &[0],
        &rationals([(31, 1), (12, 1), (3456, 100)]),
        &rationals([(121, 1), (35, 1), (789, 100)]),
    ]
    .concat()
}

fn head() -> [u8; 8] {
    *b"II*\0\x08\0\0\0"
}

fn entry(tag: u16, kind: u16, count: u32, value: [u8; 4]) -> [u8; 12] {
    let mut bytes = [0; 12];
    bytes[..2].copy_from_slice(&tag.to_le_bytes());
    bytes[2..4].copy_from_slice(&kind.to_le_bytes());
    bytes[4..8].copy_from_slice(&count.to_le_bytes());
    bytes[8..].copy_from_slice(&value);
    bytes
}

fn ifd(entries: &[[u8; 12]]) -> Vec<u8> {
    let mut bytes = u16::try_from(entries.len()).unwrap().to_le_bytes().to_vec();
    bytes.extend(entries.concat());
    bytes.extend([0; 4]);
    bytes
}

/// A PNG of the given header and scan lines (each with its filter byte), stored uncompressed.
pub(super) fn png(
    (width, height): (u32, u32),
    depth: u8,
    color: u8,
    palette: &[u8],
    scanlines: &[u8],
) -> Vec<u8> {
    let header =
        [&width.to_be_bytes()[..], &height.to_be_bytes(), &[depth, color, 0, 0, 0]].concat();
    let mut bytes = b"\x89PNG\r\n\x1A\n".to_vec();
    bytes.extend(chunk(b"IHDR", &header));
    if !palette.is_empty() {
        bytes.extend(chunk(b"PLTE", palette));
    }
    bytes.extend(chunk(b"IDAT", &stored(scanlines)));
    bytes.extend(chunk(b"IEND", &[]));
    bytes
}

fn chunk(name: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let body = [name.as_slice(), data].concat();
    let length = u32::try_from(data.len()).unwrap().to_be_bytes();
    [length.as_slice(), &body, &crc(&body).to_be_bytes()].concat()
}

/// CRC-32 as PNG uses it (ISO/IEC 15948, annex D).
fn crc(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0u32, |crc, &byte| {
        (0..8).fold(crc ^ u32::from(byte), |crc, _| {
            (crc >> 1) ^ if crc & 1 == 1 { 0xEDB8_8320 } else { 0 }
        })
    })
}

/// A zlib stream of stored blocks (RFC 1950, RFC 1951).
fn stored(data: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0x78, 0x01];
    let blocks: Vec<&[u8]> = data.chunks(65_535).collect();
    for (at, block) in blocks.iter().enumerate() {
        let length = block.len() as u16;
        bytes.push(u8::from(at + 1 == blocks.len()));
        bytes.extend(length.to_le_bytes());
        bytes.extend((!length).to_le_bytes());
        bytes.extend(*block);
    }
    let (a, b) = data.iter().fold((1u32, 0u32), |(a, b), &byte| {
        let a = (a + u32::from(byte)) % 65_521;
        (a, (a + b) % 65_521)
    });
    bytes.extend((b << 16 | a).to_be_bytes());
    bytes
}
