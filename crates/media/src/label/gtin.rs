//! GTIN-8, -12, -13 and -14 and their check digit (GS1 General Specifications §7.9).

/// The check digit for the digits before it: weights 3 and 1 alternate, 3 at the right end.
/// `None` if `body` holds anything but digits.
pub fn check_digit(body: &str) -> Option<u8> {
    let mut sum = 0u32;
    for (index, byte) in body.bytes().rev().enumerate() {
        let digit = u32::from(byte.checked_sub(b'0').filter(|d| *d < 10)?);
        sum = sum.wrapping_add(if index % 2 == 0 { 3 * digit } else { digit });
    }
    u8::try_from((10 - sum % 10) % 10).ok()
}

/// Whether the last digit is the right check digit for a number of 8, 12, 13 or 14 digits.
pub fn check_digit_holds(digits: &str) -> bool {
    if !matches!(digits.len(), 8 | 12 | 13 | 14) {
        return false;
    }
    let Some((body, last)) = digits.split_at_checked(digits.len() - 1) else { return false };
    check_digit(body).is_some_and(|check| last.parse() == Ok(check))
}

/// The number padded with zeros to the 14 digits in which GTINs are compared and stored, or
/// `None` if its length or check digit is wrong.
pub fn gtin14(digits: &str) -> Option<String> {
    check_digit_holds(digits).then(|| format!("{digits:0>14}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_numbers_hold_and_any_wrong_digit_fails() {
        for good in ["6901234567892", "09521234543213", "96385074", "036000291452"] {
            assert!(check_digit_holds(good), "{good}");
            for index in 0..good.len() {
                let mut wrong = good.as_bytes().to_vec();
                wrong[index] = b'0' + (wrong[index] - b'0' + 1) % 10;
                assert!(!check_digit_holds(std::str::from_utf8(&wrong).unwrap()));
            }
        }
    }

    #[test]
    fn shorter_numbers_are_padded() {
        assert_eq!(gtin14("6901234567892").as_deref(), Some("06901234567892"));
        assert_eq!(gtin14("96385074").as_deref(), Some("00000096385074"));
        assert_eq!(gtin14("6901234567893"), None);
        assert_eq!(gtin14("69012345六"), None);
    }
}
