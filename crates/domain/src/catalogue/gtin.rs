//! Global Trade Item Numbers, the 13-digit article numbers under which subsidies are claimed.

/// First digits of numbers free for use inside a company (GS1 General Specifications §1.4.5,
/// restricted circulation): samples use them so that no real article is named.
pub const SAMPLE_PREFIX: &str = "200";

/// Whether `text` is a GTIN-8, -12, -13 or -14 with a right check digit.
///
/// From the right, digits weigh 3, 1, 3, 1, …; with the check digit the weighted sum is a multiple
/// of ten (GS1 General Specifications §7.9).
pub fn is_valid(text: &str) -> bool {
    matches!(text.len(), 8 | 12 | 13 | 14)
        && text.bytes().all(|b| b.is_ascii_digit())
        && weighted_sum(text.bytes().rev(), 1).is_multiple_of(10)
}

/// The check digit that completes `body`, or `None` when `body` is not 7, 11, 12 or 13 digits.
pub fn check_digit(body: &str) -> Option<u8> {
    if !matches!(body.len(), 7 | 11 | 12 | 13) || !body.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let rest = weighted_sum(body.bytes().rev(), 3) % 10;
    u8::try_from((10 - rest) % 10).ok()
}

/// Whether the number is one of the product's invented articles.
pub fn is_sample(text: &str) -> bool {
    text.starts_with(SAMPLE_PREFIX)
}

fn weighted_sum(digits: impl Iterator<Item = u8>, first: u32) -> u32 {
    digits
        .zip([first, 4 - first].into_iter().cycle())
        .map(|(digit, weight)| u32::from(digit.saturating_sub(b'0')) * weight)
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_right_numbers_from_wrong_ones() {
        assert!(is_valid("6901234567892"));
        assert!(is_valid("09521234543213"));
        assert!(is_valid("2000000000107"));
        assert!(!is_valid("6901234567893"));
        assert!(!is_valid("690123456789２"));
        assert!(!is_valid("690123456789"), "a GTIN-12 has a check digit of its own");
    }

    #[test]
    fn the_check_digit_completes_a_number() {
        assert_eq!(check_digit("690123456789"), Some(2));
        assert_eq!(check_digit("200000000010"), Some(7));
        assert_eq!(check_digit("20000000001"), Some(1), "UPC-A bodies have eleven digits");
        assert_eq!(check_digit("2000"), None);
    }
}
