//! What a paper does not give away.

/// A telephone number with its middle hidden: `138****5678`. Papers lie about on counters, so they
/// are masked here, whatever the caller passes; an already masked number stays as it is.
pub(super) fn masked_phone(phone: &str) -> String {
    let place = |character: char| character.is_ascii_digit() || character == '*';
    let digits = phone.chars().filter(|c| place(*c)).count();
    if digits < 7 {
        return phone.to_owned();
    }
    let mut seen = 0;
    phone
        .chars()
        .map(|character| {
            if !place(character) {
                return character;
            }
            seen += 1;
            if seen + 8 > digits && seen + 4 <= digits { '*' } else { character }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_of_a_number_is_hidden() {
        assert_eq!(masked_phone("13812345678"), "138****5678");
        assert_eq!(masked_phone("+86 138 1234 5678"), "+86 138 **** 5678");
        assert_eq!(masked_phone("021-6123 4567"), "021-**** 4567");
        assert_eq!(masked_phone("138****5678"), "138****5678");
        assert_eq!(masked_phone(""), "");
    }
}
