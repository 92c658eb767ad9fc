//! Short texts in few bytes: serial numbers and models.
//!
//! One header byte (two bits alphabet, six bits length), then the text as one big number in the
//! smallest alphabet that holds it. Twenty letters and digits take 13 bytes instead of 20. Each
//! text has exactly one encoding, so bytes that decode but differ are refused.

/// The longest text, in characters (in bytes for [`Alphabet::Utf8`]).
pub(super) const MAX_LENGTH: usize = 63;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Alphabet {
    Digits,
    UpperAlphanumeric,
    Printable,
    Utf8,
}

impl Alphabet {
    const ALL: [Alphabet; 4] =
        [Alphabet::Digits, Alphabet::UpperAlphanumeric, Alphabet::Printable, Alphabet::Utf8];

    fn tag(self) -> u8 {
        match self {
            Alphabet::Digits => 0,
            Alphabet::UpperAlphanumeric => 1,
            Alphabet::Printable => 2,
            Alphabet::Utf8 => 3,
        }
    }

    fn base(self) -> u16 {
        match self {
            Alphabet::Digits => 10,
            Alphabet::UpperAlphanumeric => 36,
            Alphabet::Printable => 95,
            Alphabet::Utf8 => 256,
        }
    }

    /// The place of a byte in the alphabet.
    fn value(self, byte: u8) -> Option<u8> {
        match (self, byte) {
            (Alphabet::Digits | Alphabet::UpperAlphanumeric, b'0'..=b'9') => Some(byte - b'0'),
            (Alphabet::UpperAlphanumeric, b'A'..=b'Z') => Some(byte - b'A' + 10),
            (Alphabet::Printable, b' '..=b'~') => Some(byte - b' '),
            (Alphabet::Utf8, _) => Some(byte),
            _ => None,
        }
    }

    fn byte(self, value: u8) -> u8 {
        match (self, value) {
            (Alphabet::Digits | Alphabet::UpperAlphanumeric, 0..=9) => b'0' + value,
            (Alphabet::UpperAlphanumeric, _) => value - 10 + b'A',
            (Alphabet::Printable, _) => value + b' ',
            _ => value,
        }
    }

    /// Bytes that hold any number of `length` places: the least n with 256ⁿ ≥ baseˡᵉⁿᵍᵗʰ.
    fn bytes_for(self, length: usize) -> usize {
        let mut largest = vec![0u8; length];
        for _ in 0..length {
            multiply_add(&mut largest, self.base(), self.base() - 1);
        }
        largest.iter().skip_while(|b| **b == 0).count()
    }
}

/// Appends `text`; `None` if it is empty or longer than [`MAX_LENGTH`].
pub(super) fn put(out: &mut Vec<u8>, text: &str) -> Option<()> {
    let alphabet =
        Alphabet::ALL.into_iter().find(|a| text.bytes().all(|b| a.value(b).is_some()))?;
    if text.is_empty() || text.len() > MAX_LENGTH {
        return None;
    }
    let mut number = vec![0u8; alphabet.bytes_for(text.len())];
    for byte in text.bytes() {
        multiply_add(&mut number, alphabet.base(), u16::from(alphabet.value(byte)?));
    }
    out.push(alphabet.tag() << 6 | u8::try_from(text.len()).ok()?);
    out.extend(number);
    Some(())
}

/// Takes one text off the front; `None` for anything [`put`] does not write.
pub(super) fn take(rest: &mut &[u8]) -> Option<String> {
    let (header, tail) = rest.split_first()?;
    let alphabet = Alphabet::ALL.into_iter().find(|a| a.tag() == header >> 6)?;
    let length = usize::from(header & 0x3f);
    let (number, tail) = tail.split_at_checked(alphabet.bytes_for(length))?;
    let mut number = number.to_vec();
    let mut bytes = Vec::with_capacity(length);
    for _ in 0..length {
        bytes.push(alphabet.byte(divide(&mut number, alphabet.base())));
    }
    bytes.reverse();
    let text = String::from_utf8(bytes).ok()?;
    let mut again = Vec::new();
    put(&mut again, &text)?;
    if !rest.starts_with(&again) {
        return None;
    }
    *rest = tail;
    Some(text)
}

/// `number` := `number` × `base` + `add`, big-endian; the caller made room for the result.
fn multiply_add(number: &mut [u8], base: u16, add: u16) {
    let mut carry = u32::from(add);
    for byte in number.iter_mut().rev() {
        carry += u32::from(*byte) * u32::from(base);
        *byte = (carry & 0xff) as u8;
        carry >>= 8;
    }
}

/// `number` := `number` / `base`, big-endian; returns the remainder.
fn divide(number: &mut [u8], base: u16) -> u8 {
    let mut remainder = 0u32;
    for byte in number.iter_mut() {
        let value = remainder << 8 | u32::from(*byte);
        *byte = (value / u32::from(base)) as u8;
        remainder = value % u32::from(base);
    }
    remainder as u8
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn packed(text: &str) -> Vec<u8> {
        let mut out = Vec::new();
        put(&mut out, text).unwrap();
        out
    }

    #[test]
    fn each_alphabet_is_as_short_as_it_can_be() {
        assert_eq!(packed("0000000001").len(), 1 + 5);
        assert_eq!(packed("AA8XS0E0000BC74K6412").len(), 1 + 13);
        assert_eq!(packed("0000C03116420010F152421000071YK6").len(), 1 + 21);
        assert_eq!(packed("BCD-215").len(), 1 + 6);
        assert_eq!(packed("冰箱").len(), 1 + 6);
    }

    #[test]
    fn empty_and_overlong_texts_are_refused() {
        assert!(put(&mut Vec::new(), "").is_none());
        assert!(put(&mut Vec::new(), &"1".repeat(64)).is_none());
        assert!(take(&mut &[][..]).is_none());
        assert!(take(&mut &[0x00][..]).is_none());
    }

    proptest! {
        #[test]
        fn what_goes_in_comes_out(text in prop_oneof!["[0-9]{1,63}", "[0-9A-Z]{1,63}", "[ -~]{1,63}", "\\PC{1,15}"]) {
            prop_assume!(text.len() <= MAX_LENGTH);
            let mut bytes = packed(&text);
            bytes.push(0xaa);
            let mut rest = bytes.as_slice();
            prop_assert_eq!(take(&mut rest), Some(text));
            prop_assert_eq!(rest, &[0xaa][..]);
        }

        #[test]
        fn any_bytes_are_refused_or_are_the_one_encoding(bytes in prop::collection::vec(any::<u8>(), 0..70)) {
            let mut rest = bytes.as_slice();
            if let Some(text) = take(&mut rest) {
                let again = packed(&text);
                prop_assert_eq!(&bytes[..bytes.len() - rest.len()], again.as_slice());
            }
        }
    }
}
