//! Haier, Midea and third-party warranty cards.

use serde::{Deserialize, Serialize};

use super::{Address, LabelKind};

/// Characters of the code in Haier's QR.
const HAIER_OPAQUE_CHARS: usize = 71;
/// Haier's 20-character serial numbers with a letter first exist since this year; 24-digit ones
/// are older or doubtful.
const HAIER_SINCE: i16 = 2004;

/// Haier's serial number: 20 characters on a Code 128.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HaierBar {
    /// All 20 characters.
    pub serial: String,
    /// Last digit of the production year.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub year_digit: Option<u8>,
    /// Month of production, 1 to 9; letters that follow 9 are not documented and left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub month: Option<u8>,
    /// The years the digit can mean, one in each decade since 2004: the serial number does not say
    /// which. Years to come are among them; [`HaierBar::years_until`] strikes them out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub years: Vec<i16>,
}

impl HaierBar {
    /// The possible production years up to `this_year`.
    pub fn years_until(&self, this_year: i16) -> Vec<i16> {
        self.years.iter().copied().filter(|year| *year <= this_year).collect()
    }
}

/// Midea's QR with the serial number in plain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MideaPlain {
    /// The 32 characters of the serial number (TSN).
    pub tsn: String,
    /// Two characters for the category, such as `C0`.
    pub category: String,
    /// Eight characters for the model (SN8).
    pub sn8: String,
    /// The connection mode as printed; 999 marks a machine without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mode: Option<String>,
    /// Whether the machine can be connected to an app; absent if the label does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub smart: Option<bool>,
}

/// Midea's QR with an enciphered serial number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MideaCipher {
    /// The cipher text as it stands.
    pub cd: String,
    /// The name of the machine's own wireless network, such as `midea_e3_0036`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ssid: Option<String>,
    /// The category taken from the network name, such as `E3`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
}

/// `http://oid.haier.com/oid?ewm=…`. The code itself contains `=` and `$`, so everything after the
/// first `ewm=` belongs to it.
pub(super) fn haier_qr(address: &Address) -> Option<LabelKind> {
    if address.host != "oid.haier.com" || address.path != "oid" {
        return None;
    }
    let opaque = address.query.strip_prefix("ewm=").filter(|code| !code.is_empty())?;
    let complete = opaque.chars().count() == HAIER_OPAQUE_CHARS;
    Some(LabelKind::HaierQr { opaque: opaque.to_owned(), complete })
}

/// `http://c.dzbxk.com/…`, a provider of electronic warranty cards for several makers.
pub(super) fn card_provider(address: &Address) -> Option<LabelKind> {
    if address.host != "c.dzbxk.com" {
        return None;
    }
    let query = if address.query.is_empty() { "" } else { "?" };
    Some(LabelKind::CardProvider { opaque: format!("{}{query}{}", address.path, address.query) })
}

/// 20 letters and digits, the first a letter. Of the last nine the third is the year's last digit
/// and the fourth the month, as in `BC74K6412` for April 2007.
pub(super) fn haier_bar(text: &str) -> Option<HaierBar> {
    let bytes = text.as_bytes();
    let letters_and_digits = bytes.iter().all(u8::is_ascii_alphanumeric);
    let letter_first = bytes.first().is_some_and(u8::is_ascii_uppercase);
    if bytes.len() != 20 || !letters_and_digits || !letter_first {
        return None;
    }
    let digit = |index: usize| bytes.get(index)?.checked_sub(b'0').filter(|d| *d < 10);
    let year_digit = digit(13);
    let month = digit(14).filter(|month| *month > 0);
    let years = year_digit.map(years_ending_in).unwrap_or_default();
    Some(HaierBar { serial: text.to_owned(), year_digit, month, years })
}

fn years_ending_in(digit: u8) -> Vec<i16> {
    (HAIER_SINCE..HAIER_SINCE + 30).filter(|year| year % 10 == i16::from(digit)).collect()
}

pub(super) fn midea_plain(address: &Address) -> Option<MideaPlain> {
    if !address.is_under("midea.com") {
        return None;
    }
    let tsn = address.parameter("tsn")?;
    if tsn.len() != 32 || !tsn.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return None;
    }
    let mode = address.parameter("mode").filter(|mode| !mode.is_empty());
    Some(MideaPlain {
        tsn: tsn.to_owned(),
        category: tsn.get(4..6)?.to_owned(),
        sn8: tsn.get(9..17)?.to_owned(),
        mode: mode.map(str::to_owned),
        smart: mode.map(|mode| mode != "999"),
    })
}

pub(super) fn midea_cipher(address: &Address) -> Option<MideaCipher> {
    if !address.is_under("midea.com") {
        return None;
    }
    let cd = address.parameter("cd").filter(|cd| !cd.is_empty())?;
    let ssid = address.parameter("ssid").filter(|ssid| !ssid.is_empty());
    let category = ssid.and_then(|ssid| {
        let (brand, rest) = ssid.split_once('_')?;
        let (category, _) = rest.split_once('_')?;
        let hex = category.len() == 2 && category.bytes().all(|b| b.is_ascii_hexdigit());
        (hex && brand.eq_ignore_ascii_case("midea")).then(|| category.to_ascii_uppercase())
    });
    Some(MideaCipher { cd: cd.to_owned(), ssid: ssid.map(str::to_owned), category })
}

#[cfg(test)]
mod tests {
    use super::super::parse;
    use super::*;
    use crate::label::LabelFormat;

    const HAIER: &str = "http://oid.haier.com/oid?ewm=D006iM$MFTKA$AM$M$cM$KM$KKM$=$AM$Kv=Y$AM$$K$KA$KKM$FATMAK$FK=$KMKKYKKL4";

    #[test]
    fn the_haier_code_is_kept_whole_with_its_equals_signs() {
        let LabelKind::HaierQr { opaque, complete } = parse(LabelFormat::Qr, HAIER) else {
            panic!("not recognised");
        };
        assert!(complete);
        assert_eq!(opaque.len(), 71);
        assert!(opaque.starts_with("D006iM$") && opaque.ends_with("$FK=$KMKKYKKL4"));
    }

    #[test]
    fn a_cut_haier_code_is_said_to_be_incomplete() {
        let cut = HAIER.strip_suffix("KKL4").unwrap();
        assert!(matches!(parse(LabelFormat::Qr, cut), LabelKind::HaierQr { complete: false, .. }));
    }

    #[test]
    fn haier_serial_gives_month_and_the_years_of_every_decade() {
        let LabelKind::HaierBar(bar) = parse(LabelFormat::Code128, "AA8XS0E0000BC74K6412") else {
            panic!("not recognised");
        };
        assert_eq!((bar.year_digit, bar.month), (Some(7), Some(4)));
        assert_eq!(bar.years, [2007, 2017, 2027]);
        assert_eq!(bar.years_until(2026), [2007, 2017]);
        let LabelKind::HaierBar(old) = parse(LabelFormat::Code128, "AA8XS0E0000BC2AK6412") else {
            panic!("not recognised");
        };
        assert_eq!((old.month, old.years_until(2026)), (None, vec![2012, 2022]));
    }

    #[test]
    fn other_twenty_characters_are_no_haier_serial() {
        for text in ["1A8XS0E0000BC74K6412", "AA8XS0E0000BC74K641", "AA8XS0E0000BC74K641-"] {
            assert!(haier_bar(text).is_none(), "{text}");
        }
    }

    #[test]
    fn midea_plain_gives_category_and_model() {
        let text = "http://qrcode.midea.com/index.html?v=3&type=x&mode=005&tsn=0000C03116420010F152421000071YK6";
        let LabelKind::MideaPlain(plain) = parse(LabelFormat::Qr, text) else {
            panic!("not recognised");
        };
        assert_eq!((plain.category.as_str(), plain.sn8.as_str()), ("C0", "6420010F"));
        assert_eq!((plain.mode.as_deref(), plain.smart), (Some("005"), Some(true)));
        let LabelKind::MideaPlain(plain) = parse(LabelFormat::Qr, &text.replace("005", "999"))
        else {
            panic!("not recognised");
        };
        assert_eq!(plain.smart, Some(false));
    }

    #[test]
    fn midea_cipher_is_kept_and_its_network_name_read() {
        let text = "https://qrcode.midea.com/midea_e3/index.html?cd=eDSuskxUt1aZ3P0x-zb9qMXGQ0h1-DdJmEsfv2wJ&SSID=midea_e3_0036";
        let LabelKind::MideaCipher(cipher) = parse(LabelFormat::Qr, text) else {
            panic!("not recognised");
        };
        assert_eq!(cipher.cd, "eDSuskxUt1aZ3P0x-zb9qMXGQ0h1-DdJmEsfv2wJ");
        assert_eq!(cipher.ssid.as_deref(), Some("midea_e3_0036"));
        assert_eq!(cipher.category.as_deref(), Some("E3"));
    }

    #[test]
    fn third_party_cards_are_known_by_their_host() {
        assert_eq!(
            parse(LabelFormat::Qr, "http://c.dzbxk.com/a/1?b=2"),
            LabelKind::CardProvider { opaque: "a/1?b=2".into() }
        );
    }
}
