//! Time and place as the camera noted them.

use exif::{Exif, In, Rational, Reader, Tag, Value};
use serde::{Deserialize, Serialize};

/// What the camera wrote about the moment of capture. A note, never proof: phones let people
/// change both, and the region of a rule is never taken from here.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Capture {
    /// `2026-07-15 10:42:07`, followed by ` +08:00` where the camera knew its time zone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub taken_at_text: Option<String>,
    /// Latitude in millionths of a degree, north positive (WGS 84).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub latitude_micro: Option<i64>,
    /// Longitude in millionths of a degree, east positive (WGS 84).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub longitude_micro: Option<i64>,
}

/// Reads the record from raw EXIF data (CIPA DC-008); whatever is unreadable stays absent.
pub(super) fn read(raw: Vec<u8>) -> Capture {
    let mut reader = Reader::new();
    reader.continue_on_error(true);
    let exif = match reader.read_raw(raw) {
        Ok(exif) => exif,
        Err(exif::Error::PartialResult(partial)) => partial.into_inner().0,
        Err(_) => return Capture::default(),
    };
    let latitude = coordinate(&exif, Tag::GPSLatitude, Tag::GPSLatitudeRef, b'S', 90);
    let longitude = coordinate(&exif, Tag::GPSLongitude, Tag::GPSLongitudeRef, b'W', 180);
    // Half a position is none.
    let position = latitude.zip(longitude);
    Capture {
        taken_at_text: taken_at(&exif),
        latitude_micro: position.map(|(latitude, _)| latitude),
        longitude_micro: position.map(|(_, longitude)| longitude),
    }
}

fn taken_at(exif: &Exif) -> Option<String> {
    let moment = ascii(exif, Tag::DateTimeOriginal)
        .or_else(|| ascii(exif, Tag::DateTimeDigitized))
        .or_else(|| ascii(exif, Tag::DateTime))?;
    let digits = |text: &[u8]| text.iter().all(u8::is_ascii_digit);
    let &[y0, y1, y2, y3, b':', m0, m1, b':', d0, d1, b' ', h0, h1, b':', n0, n1, b':', s0, s1] =
        moment
    else {
        return None;
    };
    let shown =
        [y0, y1, y2, y3, b'-', m0, m1, b'-', d0, d1, b' ', h0, h1, b':', n0, n1, b':', s0, s1];
    // A camera whose clock was never set writes zeros or spaces.
    if !digits(&[y0, y1, y2, y3, m0, m1, d0, d1, h0, h1, n0, n1, s0, s1])
        || [y0, y1, y2, y3] == *b"0000"
    {
        return None;
    }
    let mut text: String = shown.iter().copied().map(char::from).collect();
    if let Some(zone @ &[b'+' | b'-', z0, z1, b':', z2, z3]) = ascii(exif, Tag::OffsetTimeOriginal)
        && digits(&[z0, z1, z2, z3])
    {
        text.push(' ');
        text.extend(zone.iter().copied().map(char::from));
    }
    Some(text)
}

fn ascii(exif: &Exif, tag: Tag) -> Option<&[u8]> {
    match &exif.get_field(tag, In::PRIMARY)?.value {
        Value::Ascii(parts) => parts.first().map(|part| part.trim_ascii()),
        _ => None,
    }
}

fn coordinate(exif: &Exif, tag: Tag, reference: Tag, negative: u8, limit: i64) -> Option<i64> {
    let Value::Rational(parts) = &exif.get_field(tag, In::PRIMARY)?.value else { return None };
    let [degrees, minutes, seconds] = parts.as_slice() else { return None };
    let micro = micro(degrees, 1)? + micro(minutes, 60)? + micro(seconds, 3600)?;
    if micro > limit * 1_000_000 {
        return None;
    }
    let sign = ascii(exif, reference)?.first()?.to_ascii_uppercase();
    Some(if sign == negative { -micro } else { micro })
}

/// A rational part of a degree (`per_degree` to the degree) in millionths of a degree.
fn micro(part: &Rational, per_degree: i64) -> Option<i64> {
    let denominator = i64::from(part.denom).checked_mul(per_degree)?;
    i64::from(part.num)
        .checked_mul(1_000_000)?
        .checked_add(denominator / 2)?
        .checked_div(denominator)
}
