//! What the text of a label says.

mod gs1;
mod maker;

use serde::{Deserialize, Serialize};

use super::{LabelFormat, gtin};
use crate::card_code;

pub use gs1::Gs1Link;
pub use maker::{HaierBar, MideaCipher, MideaPlain};

/// What a label is, with what could be taken from its text. Whatever is not recognised with
/// reason stays [`LabelKind::Unknown`] with its whole text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "fields", rename_all = "snake_case")]
pub enum LabelKind {
    /// A warranty card of this product; open it with [`card_code::open`].
    DoorstepCard {
        /// The whole text.
        text: String,
    },
    /// A product number: EAN-13 and its shorter and longer relatives.
    Gtin {
        /// Padded to 14 digits, the form to compare and store.
        gtin14: String,
    },
    /// A web address that carries a GTIN, batch or serial (GS1 Digital Link URI syntax).
    Gs1Link(Gs1Link),
    /// Haier's QR code: only Haier can read the code in it.
    HaierQr {
        /// The code as it stands, `$` and `=` included.
        opaque: String,
        /// Whether it has the 71 characters such codes have.
        complete: bool,
    },
    /// Haier's bar code: the serial number.
    HaierBar(HaierBar),
    /// A link to a third-party electronic warranty card (电子保修卡).
    CardProvider {
        /// The address behind the host name, not interpreted.
        opaque: String,
    },
    /// Midea's QR code with the serial number in plain.
    MideaPlain(MideaPlain),
    /// Midea's QR code with an enciphered serial number, which only Midea can read.
    MideaCipher(MideaCipher),
    /// A 13-digit bar code that is no EAN-13: the form of Gree's serial number. Guessed from its
    /// length, no prefix names the maker.
    GreeBarcode {
        /// The 13 digits.
        digits: String,
    },
    /// A 10-digit code: the form of Gree's steel code (钢码). Guessed from its length.
    GreeSteelCode {
        /// The 10 digits.
        digits: String,
    },
    /// Anything else.
    Unknown {
        /// The whole text.
        text: String,
    },
}

impl LabelKind {
    /// Whether only the length of the text speaks for this kind, so that a person must confirm it.
    pub fn is_guess(&self) -> bool {
        matches!(self, LabelKind::GreeBarcode { .. } | LabelKind::GreeSteelCode { .. })
    }
}

/// Says what a decoded text is. Never fails: what is not recognised is [`LabelKind::Unknown`].
///
/// The forms of Haier, Midea and Gree are those seen on machines and in public code; makers
/// publish no specification.
pub fn parse(format: LabelFormat, text: &str) -> LabelKind {
    let recognised = match format {
        LabelFormat::Qr => qr(text),
        LabelFormat::Ean13 => gtin::gtin14(text).map(|gtin14| LabelKind::Gtin { gtin14 }),
        LabelFormat::Code128 => bar(text),
    };
    recognised.unwrap_or_else(|| LabelKind::Unknown { text: text.to_owned() })
}

fn qr(text: &str) -> Option<LabelKind> {
    if text.starts_with(card_code::PREFIX) {
        return Some(LabelKind::DoorstepCard { text: text.to_owned() });
    }
    let address = Address::read(text)?;
    maker::haier_qr(&address)
        .or_else(|| maker::card_provider(&address))
        .or_else(|| maker::midea_plain(&address).map(LabelKind::MideaPlain))
        .or_else(|| maker::midea_cipher(&address).map(LabelKind::MideaCipher))
        .or_else(|| gs1::link(&address).map(LabelKind::Gs1Link))
}

/// What a text from a bar code, or typed from under one, is.
pub(super) fn bar(text: &str) -> Option<LabelKind> {
    let digits = || text.to_owned();
    let all_digits = text.bytes().all(|b| b.is_ascii_digit());
    match text.len() {
        10 if all_digits => Some(LabelKind::GreeSteelCode { digits: digits() }),
        13 if all_digits => Some(LabelKind::GreeBarcode { digits: digits() }),
        _ => maker::haier_bar(text).map(LabelKind::HaierBar),
    }
}

/// The parts of a web address, none of them decoded.
struct Address<'a> {
    /// Lower case, without port.
    host: String,
    path: &'a str,
    /// Empty if there is none.
    query: &'a str,
}

impl<'a> Address<'a> {
    /// `None` for anything but http and https.
    fn read(text: &'a str) -> Option<Self> {
        let (scheme, rest) = text.trim().split_once("://")?;
        if !scheme.eq_ignore_ascii_case("http") && !scheme.eq_ignore_ascii_case("https") {
            return None;
        }
        let without_fragment = rest.split_once('#').map_or(rest, |(before, _)| before);
        let (place, query) = without_fragment.split_once('?').unwrap_or((without_fragment, ""));
        let (authority, path) = place.split_once('/').unwrap_or((place, ""));
        let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
        let host = host.split_once(':').map_or(host, |(host, _)| host);
        (!host.is_empty()).then(|| Address { host: host.to_ascii_lowercase(), path, query })
    }

    /// The raw value of the first query parameter of that name.
    fn parameter(&self, name: &str) -> Option<&'a str> {
        self.query
            .split('&')
            .filter_map(|pair| pair.split_once('='))
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    }

    /// Whether the host is `domain` or lies below it.
    fn is_under(&self, domain: &str) -> bool {
        self.host.strip_suffix(domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_fragment_port_or_login_does_not_hide_the_host() {
        let address = Address::read("HTTPS://u:p@Qrcode.Midea.com:443/a/b?x=1&y=2#z").unwrap();
        assert_eq!((address.host.as_str(), address.path), ("qrcode.midea.com", "a/b"));
        assert_eq!(address.parameter("Y"), Some("2"));
        assert!(address.is_under("midea.com") && !address.is_under("dea.com"));
    }

    #[test]
    fn a_look_alike_host_is_nobody() {
        for text in [
            "http://oid.haier.com.evil.example/oid?ewm=ABC",
            "http://evil.example/oid.haier.com/oid?ewm=ABC",
            "http://notmidea.com/index.html?tsn=0000C03116420010F152421000071YK6",
        ] {
            assert_eq!(parse(LabelFormat::Qr, text), LabelKind::Unknown { text: text.into() });
        }
    }

    #[test]
    fn digits_are_gree_only_by_length_and_said_to_be_a_guess() {
        let bar = |text| parse(LabelFormat::Code128, text);
        assert_eq!(bar("1234567890"), LabelKind::GreeSteelCode { digits: "1234567890".into() });
        assert!(!bar("4A12345678901").is_guess());
        assert!(bar("1234567890123").is_guess());
        assert_eq!(bar("12345678901"), LabelKind::Unknown { text: "12345678901".into() });
    }

    #[test]
    fn an_ean_with_a_wrong_check_digit_is_no_product() {
        let ean = |text| parse(LabelFormat::Ean13, text);
        assert_eq!(ean("6901234567892"), LabelKind::Gtin { gtin14: "06901234567892".into() });
        assert_eq!(ean("6901234567893"), LabelKind::Unknown { text: "6901234567893".into() });
    }

    proptest! {
        #[test]
        fn any_text_parses_and_keeps_unknown_whole(text in "\\PC*") {
            for format in [LabelFormat::Qr, LabelFormat::Ean13, LabelFormat::Code128] {
                if let LabelKind::Unknown { text: kept } = parse(format, &text) {
                    prop_assert_eq!(&kept, &text);
                }
            }
        }

        #[test]
        fn near_misses_of_real_payloads_never_panic(
            head in prop::sample::select(vec![
                "http://oid.haier.com/oid?ewm=", "http://qrcode.midea.com/index.html?v=3&tsn=",
                "http://qrcode.midea.com/midea_e3/index.html?cd=", "https://id.gs1.org/01/",
                "http://c.dzbxk.com", "DSC:",
            ]),
            tail in "[0-9A-Za-z$=%/&?.\u{4e00}-\u{4e20}]{0,60}",
        ) {
            let _ = parse(LabelFormat::Qr, &format!("{head}{tail}"));
            let _ = parse(LabelFormat::Code128, &tail);
        }
    }
}
