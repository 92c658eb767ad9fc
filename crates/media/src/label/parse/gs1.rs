//! GS1 Digital Link: a web address whose path carries GS1 application identifiers (GS1 Digital
//! Link Standard: URI Syntax).

use doorstep_domain::time::Date;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

use super::Address;
use crate::label::gtin;

/// What a Digital Link says of a product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gs1Link {
    /// AI 01, padded to 14 digits; its check digit holds.
    pub gtin14: String,
    /// AI 22, consumer product variant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variant: Option<String>,
    /// AI 10, batch or lot.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lot: Option<String>,
    /// AI 21, serial number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub serial: Option<String>,
    /// AI 235, third-party controlled serial number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub third_party_serial: Option<String>,
    /// AI 17, expiry day; day 00 means the last day of the month. The two-digit year is taken to
    /// be in this century.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expiry: Option<Date>,
    /// Whether the identifiers stand in the order the standard demands: 01, 22, 10, 21, 235.
    pub in_order: bool,
}

/// Key qualifiers of a GTIN in the order of the standard, with the most characters each may have.
const QUALIFIERS: [(&str, usize); 4] = [("22", 20), ("10", 20), ("21", 20), ("235", 28)];

/// `None` unless the path holds `/01/` and a GTIN whose check digit holds, followed by nothing but
/// its qualifiers. The check digit is what tells a link from an address that happens to contain
/// `/01/`.
pub(super) fn link(address: &Address) -> Option<Gs1Link> {
    let mut segments = address.path.trim_end_matches('/').split('/').skip_while(|s| *s != "01");
    segments.next()?;
    let gtin14 = gtin::gtin14(segments.next()?)?;
    let mut values: BTreeMap<&str, String> = BTreeMap::new();
    let mut in_order = true;
    let mut before = None;
    while let Some(identifier) = segments.next() {
        let place = QUALIFIERS.iter().position(|(name, _)| *name == identifier)?;
        let (name, longest) = QUALIFIERS.get(place)?;
        let value = percent_decoded(segments.next()?)?;
        if value.is_empty() || value.chars().count() > *longest {
            return None;
        }
        in_order &= before.is_none_or(|b| b < place);
        before = Some(place);
        if values.insert(name, value).is_some() {
            return None;
        }
    }
    Some(Gs1Link {
        gtin14,
        variant: values.remove("22"),
        lot: values.remove("10"),
        serial: values.remove("21"),
        third_party_serial: values.remove("235"),
        expiry: address.parameter("17").and_then(expiry),
        in_order,
    })
}

/// `YYMMDD`.
fn expiry(text: &str) -> Option<Date> {
    if text.len() != 6 || !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let year = 2000 + text.get(0..2)?.parse::<i16>().ok()?;
    let month = text.get(2..4)?.parse::<i8>().ok()?;
    match text.get(4..6)?.parse::<i8>().ok()? {
        0 => Some(Date::new(year, month, 1).ok()?.last_of_month()),
        day => Date::new(year, month, day).ok(),
    }
}

/// Percent-encoding undone (RFC 3986 §2.1); `None` if it is broken or gives no UTF-8.
fn percent_decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let digit = |b: Option<u8>| char::from(b?).to_digit(16);
        let (high, low) = (digit(rest.next())?, digit(rest.next())?);
        bytes.push(u8::try_from(high * 16 + low).ok()?);
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::label::{LabelFormat, LabelKind, parse};

    fn read(text: &str) -> Option<Gs1Link> {
        match parse(LabelFormat::Qr, text) {
            LabelKind::Gs1Link(link) => Some(link),
            _ => None,
        }
    }

    #[test]
    fn the_published_example_reads() {
        let link = read("https://id.gs1.org/01/09521234543213/10/ABC123/21/12345").unwrap();
        assert_eq!(link.gtin14, "09521234543213");
        assert_eq!((link.lot.as_deref(), link.serial.as_deref()), (Some("ABC123"), Some("12345")));
        assert!(link.in_order);
    }

    #[test]
    fn all_identifiers_a_path_before_them_and_percent_encoding() {
        let text = "https://maker.example/cn/p/01/6901234567892/22/2A/10/L%2F1/21/S%20n/235/T1?17=261200&x=1";
        let link = read(text).unwrap();
        assert_eq!(link.gtin14, "06901234567892");
        assert_eq!(link.variant.as_deref(), Some("2A"));
        assert_eq!((link.lot.as_deref(), link.serial.as_deref()), (Some("L/1"), Some("S n")));
        assert_eq!(link.third_party_serial.as_deref(), Some("T1"));
        assert_eq!(link.expiry, Date::new(2026, 12, 31).ok());
    }

    #[test]
    fn a_wrong_order_is_read_and_said() {
        assert!(!read("https://a.example/01/09521234543213/21/1/10/2").unwrap().in_order);
    }

    #[test]
    fn what_only_looks_like_a_link_is_none() {
        for text in [
            "https://a.example/01/09521234543214",
            "https://a.example/2024/01/12345678/news",
            "https://a.example/01/09521234543213/99/1",
            "https://a.example/01/09521234543213/10",
            "https://a.example/01/09521234543213/10/a/10/b",
            "https://a.example/01/09521234543213/10/%zz",
            "https://a.example/01/09521234543213/10/123456789012345678901",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn an_impossible_expiry_is_left_out() {
        assert_eq!(read("https://a.example/01/09521234543213?17=260231").unwrap().expiry, None);
        let day = read("https://a.example/01/09521234543213?17=260228").unwrap().expiry;
        assert_eq!(day, Date::new(2026, 2, 28).ok());
    }
}
