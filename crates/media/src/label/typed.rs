//! A code typed by hand, or by a USB scanner that types.

use doorstep_domain::words::Words;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::parse::{bar, parse};
use super::{LabelFormat, LabelKind, gtin};

/// Why a typed code is not accepted.
#[derive(Debug, Clone, PartialEq, Eq, Error, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TypedError {
    /// Nothing but spaces.
    #[error("nothing typed")]
    Empty,
    /// A product code with the wrong number of digits.
    #[error("{0} digits instead of 13")]
    Digits(usize),
    /// The last digit does not follow from the others.
    #[error("check digit {typed} instead of {expected}")]
    CheckDigit {
        /// As typed.
        typed: char,
        /// As it should be for the first twelve digits.
        expected: u8,
    },
}

impl TypedError {
    /// The code that crosses to screens.
    pub fn code(&self) -> &'static str {
        match self {
            TypedError::Empty => "code_empty",
            TypedError::Digits(_) => "code_digits",
            TypedError::CheckDigit { .. } => "code_check_digit",
        }
    }

    /// What a person reads.
    pub fn words(&self) -> Words {
        match self {
            TypedError::Empty => Words::new("请输入编码", "Type the code."),
            TypedError::Digits(count) => Words::new(
                format!("商品码应为 13 位数字，现为 {count} 位"),
                format!("A product code has 13 digits; this one has {count}."),
            ),
            TypedError::CheckDigit { typed, expected } => Words::new(
                format!(
                    "校验位不符：末位是 {typed}，按前 12 位应为 {expected}。请逐位核对；若是机身码，请填在机身码一栏"
                ),
                format!(
                    "The check digit does not match: the last digit is {typed}, but the first twelve need {expected}. Compare digit by digit. A serial number belongs in the serial field."
                ),
            ),
        }
    }
}

/// Says what a typed code is.
///
/// Full-width characters, spaces and hyphens between digits are forgiven. Thirteen digits are held
/// to be a product code and must have the right check digit: one mistyped digit is always found,
/// two neighbours exchanged nearly always.
pub fn typed(text: &str) -> Result<LabelKind, TypedError> {
    let narrow: String = text.trim().chars().map(narrow).collect();
    if narrow.is_empty() {
        return Err(TypedError::Empty);
    }
    let digits: String = narrow.chars().filter(|c| !matches!(c, ' ' | '-')).collect();
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        let upper = digits.to_ascii_uppercase();
        let read = bar(&upper).unwrap_or_else(|| parse(LabelFormat::Qr, &narrow));
        return Ok(read);
    }
    if let Some(gtin14) = gtin::gtin14(&digits) {
        return Ok(LabelKind::Gtin { gtin14 });
    }
    match digits.len() {
        13 => Err(wrong_check_digit(&digits)),
        // 69 is GS1 China: a product code with a digit lost or doubled.
        11 | 12 | 14 if digits.starts_with("69") => Err(TypedError::Digits(digits.len())),
        _ => Ok(bar(&digits).unwrap_or(LabelKind::Unknown { text: digits })),
    }
}

fn wrong_check_digit(digits: &str) -> TypedError {
    let body: String = digits.chars().take(12).collect();
    let typed = digits.chars().last().unwrap_or_default();
    TypedError::CheckDigit { typed, expected: gtin::check_digit(&body).unwrap_or_default() }
}

/// Full-width letters, digits and signs (U+FF01–U+FF5E), and the full-width space, as ASCII.
fn narrow(c: char) -> char {
    match c {
        '\u{3000}' => ' ',
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c).wrapping_sub(0xfee0)).unwrap_or(c),
        _ => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_right_code_is_accepted_however_it_is_spaced() {
        let gtin = LabelKind::Gtin { gtin14: "06901234567892".into() };
        for text in
            ["6901234567892", " 6 901234 567892 ", "690-1234-56789-2", "６９０１２３４５６７８９２"]
        {
            assert_eq!(typed(text), Ok(gtin.clone()), "{text}");
        }
    }

    #[test]
    fn a_wrong_check_digit_says_which_digit_was_expected() {
        let error = typed("6901234567890").unwrap_err();
        assert_eq!(error, TypedError::CheckDigit { typed: '0', expected: 2 });
        assert!(error.words().zh.contains("应为 2") && error.words().en.contains("need 2"));
    }

    #[test]
    fn a_lost_digit_is_named() {
        assert_eq!(typed("690123456789"), Err(TypedError::Digits(12)));
        assert_eq!(typed("　"), Err(TypedError::Empty));
        assert!(TypedError::Digits(12).words().en.contains("12"));
    }

    #[test]
    fn serial_numbers_and_addresses_are_taken_too() {
        assert!(matches!(typed("aa8xs0e0000bc74k6412"), Ok(LabelKind::HaierBar(_))));
        assert!(matches!(typed("1234567890"), Ok(LabelKind::GreeSteelCode { .. })));
        let link = "http://c.dzbxk.com/Ab";
        assert_eq!(typed(link), Ok(LabelKind::CardProvider { opaque: "Ab".into() }));
        assert_eq!(typed("X-12 9"), Ok(LabelKind::Unknown { text: "X-12 9".into() }));
    }

    proptest! {
        #[test]
        fn any_single_wrong_digit_of_a_product_code_is_found(
            body in "69[0-9]{10}", at in 0usize..13, by in 1u8..10,
        ) {
            let mut code = format!("{body}{}", gtin::check_digit(&body).unwrap()).into_bytes();
            code[at] = b'0' + (code[at] - b'0' + by) % 10;
            let wrong = String::from_utf8(code).unwrap();
            let refused = matches!(typed(&wrong), Err(TypedError::CheckDigit { .. }));
            prop_assert!(refused);
        }

        #[test]
        fn nothing_typed_panics(text in "\\PC*") {
            let _ = typed(&text);
        }
    }
}
