//! What text the bytes of a QR code are.
//!
//! A QR code's byte segments carry no charset unless an ECI names one (ISO/IEC 18004 §7.3.2).
//! Labels in the field use UTF-8, GBK (Chinese makers) and Shift-JIS (the standard's own kanji
//! mode). Bytes that fit none of them stay bytes.

use encoding_rs::{GB18030, SHIFT_JIS};
use serde::{Deserialize, Serialize};

/// How a label's bytes became text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Charset {
    /// ASCII or valid UTF-8.
    Utf8,
    /// GBK / GB 18030, recognised by its common characters.
    Gbk,
    /// Shift-JIS, recognised by kana and common kanji.
    ShiftJis,
    /// The code itself names its charset (ECI).
    Declared,
    /// Not decidable: the text is the bytes as hexadecimal digits.
    Unknown,
}

/// Decodes undeclared bytes; undecidable ones come back as lower-case hex.
pub(crate) fn decode(bytes: &[u8]) -> (String, Charset) {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if let Ok(text) = std::str::from_utf8(bytes) {
        return (text.to_owned(), Charset::Utf8);
    }
    let chinese = GB18030.decode_without_bom_handling_and_without_replacement(bytes);
    let japanese = SHIFT_JIS.decode_without_bom_handling_and_without_replacement(bytes);
    let chinese = chinese.map(|text| (chinese_score(bytes), text.into_owned(), Charset::Gbk));
    let japanese =
        japanese.map(|text| (japanese_score(bytes), text.into_owned(), Charset::ShiftJis));
    match (chinese, japanese) {
        (Some(a), Some(b)) if a.0 == b.0 => unknown(bytes),
        (Some(a), Some(b)) => believed(if a.0 > b.0 { a } else { b }, bytes),
        (Some(only), None) | (None, Some(only)) => believed(only, bytes),
        (None, None) => unknown(bytes),
    }
}

fn believed((score, text, charset): (i32, String, Charset), bytes: &[u8]) -> (String, Charset) {
    let readable =
        !text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t' | '\u{1d}'));
    if score > 0 && readable { (text, charset) } else { unknown(bytes) }
}

fn unknown(bytes: &[u8]) -> (String, Charset) {
    (hex::encode(bytes), Charset::Unknown)
}

/// Two points for each of GB 2312's 3,755 frequent characters (lead bytes B0–D7), one for the
/// rarer ones and for full-width signs, minus two for what only the GBK extension has.
fn chinese_score(bytes: &[u8]) -> i32 {
    pairs(bytes, |lead| lead >= 0x81)
        .map(|pair| match pair {
            (_, None) => 0,
            (0xb0..=0xd7, Some(0xa1..=0xfe)) => 2,
            (0xa1..=0xa3 | 0xd8..=0xf7, Some(0xa1..=0xfe)) => 1,
            _ => -2,
        })
        .sum()
}

/// Two points for kana and for JIS level 1 kanji (lead bytes 88–97), one for signs, minus one for
/// half-width katakana, which Chinese text read as Shift-JIS is full of.
fn japanese_score(bytes: &[u8]) -> i32 {
    pairs(bytes, |lead| matches!(lead, 0x81..=0x9f | 0xe0..=0xfc))
        .map(|pair| match pair {
            (0xa1..=0xdf, None) => -1,
            (_, None) => 0,
            (0x82, Some(0x9f..=0xf1)) | (0x83, Some(0x40..=0x96)) | (0x88..=0x97, Some(_)) => 2,
            (0x81 | 0x82, Some(_)) => 1,
            (0x98..=0x9f, Some(_)) => 0,
            _ => -1,
        })
        .sum()
}

/// Walks double-byte text: single bytes as `(byte, None)`, pairs as `(lead, Some(trail))`.
fn pairs(bytes: &[u8], is_lead: impl Fn(u8) -> bool) -> impl Iterator<Item = (u8, Option<u8>)> {
    let mut rest = bytes.iter().copied();
    std::iter::from_fn(move || {
        let lead = rest.next()?;
        Some((lead, if is_lead(lead) { rest.next() } else { None }))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_three_charsets_of_the_field_come_out_as_text() {
        for text in
            ["型号：BCD-215", "海尔冰箱", "美的空调 KFR-35GW", "生产日期2019年4月", "格力电器"]
        {
            let (gbk, _, _) = encoding_rs::GBK.encode(text);
            assert_eq!(decode(&gbk), (text.to_owned(), Charset::Gbk));
            assert_eq!(decode(text.as_bytes()), (text.to_owned(), Charset::Utf8));
        }
        for text in ["製造番号", "冷蔵庫の型名", "エアコン", "洗濯機 NA-VX"] {
            let (sjis, _, _) = SHIFT_JIS.encode(text);
            assert_eq!(decode(&sjis), (text.to_owned(), Charset::ShiftJis));
        }
    }

    #[test]
    fn undecidable_bytes_stay_bytes() {
        let noise = [0x00, 0xff, 0x81, 0x10, 0xfe];
        assert_eq!(decode(&noise), ("00ff8110fe".to_owned(), Charset::Unknown));
        assert_eq!(decode(&[]), (String::new(), Charset::Utf8));
    }

    #[test]
    fn a_byte_order_mark_is_not_text() {
        assert_eq!(decode("\u{feff}abc".as_bytes()).0, "abc");
    }
}
