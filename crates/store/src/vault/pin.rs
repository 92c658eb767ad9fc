//! What makes a PIN fit to guard a tablet.

use doorstep_domain::words::Words;
use std::fmt;
use zeroize::Zeroizing;

/// Fewest digits. Six is the house's decision, for gloved hands at a door; NIST SP 800-63B
/// (revision 3) asks eight characters of a password that a person chooses, so the keystore's secret should stand beside it.
pub const MIN_DIGITS: usize = 6;
/// Most digits. Longer ones are typed wrong more than they protect.
pub const MAX_DIGITS: usize = 16;

/// PINs that are tried first by anybody who guesses, beyond those a rule already finds: paths on the
/// keypad and homophones, a choice of the house. That new secrets are compared with a list of common,
/// repeated and sequential ones is from NIST SP 800-63B.
const COMMON: [&str; 14] = [
    "123321",
    "112233",
    "147258",
    "147852",
    "159357",
    "159753",
    "258369",
    "789456",
    "520131",
    "131452",
    "5201314",
    "1314520",
    "147258369",
    "112358",
];

/// A PIN that a person has chosen and the rules accept. Never printed, wiped on drop.
#[derive(Clone)]
pub struct Pin(Zeroizing<String>);

impl Pin {
    /// Accepts a new PIN. Full-width digits, as a Chinese keyboard may give, count as digits.
    ///
    /// # Errors
    /// The first rule that refuses it.
    pub fn accept(text: &str) -> Result<Pin, PinRefusal> {
        let pin = normal(text);
        if !pin.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(PinRefusal::NotDigits);
        }
        match pin.len() {
            0..MIN_DIGITS => Err(PinRefusal::TooShort),
            MIN_DIGITS..=MAX_DIGITS if is_guessable(&pin) => Err(PinRefusal::TooSimple),
            MIN_DIGITS..=MAX_DIGITS => Ok(Pin(pin)),
            _ => Err(PinRefusal::TooLong),
        }
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl fmt::Debug for Pin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pin(..)")
    }
}

/// Why a new PIN is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PinRefusal {
    /// Fewer than [`MIN_DIGITS`].
    #[error("the PIN has fewer than {MIN_DIGITS} digits")]
    TooShort,
    /// More than [`MAX_DIGITS`].
    #[error("the PIN has more than {MAX_DIGITS} digits")]
    TooLong,
    /// Something other than digits.
    #[error("the PIN has characters that are not digits")]
    NotDigits,
    /// One digit repeated, a run up or down, a short group repeated, or a well-known PIN.
    #[error("the PIN is among the first that anybody would guess")]
    TooSimple,
}

impl PinRefusal {
    /// What to tell the person who chose it.
    pub fn words(self) -> Words {
        match self {
            PinRefusal::TooShort => Words::new(
                format!("密码至少 {MIN_DIGITS} 位数字"),
                format!("Use at least {MIN_DIGITS} digits."),
            ),
            PinRefusal::TooLong => Words::new(
                format!("密码最多 {MAX_DIGITS} 位数字"),
                format!("Use at most {MAX_DIGITS} digits."),
            ),
            PinRefusal::NotDigits => Words::new("密码只能是数字", "Use digits only."),
            PinRefusal::TooSimple => Words::new(
                "这个密码太容易猜到，请换一个",
                "This PIN is too easy to guess. Choose another.",
            ),
        }
    }
}

/// What was typed, with full-width digits made plain and surrounding blanks dropped.
pub(super) fn normal(text: &str) -> Zeroizing<String> {
    let mut pin = String::with_capacity(text.len());
    for typed in text.trim().chars() {
        pin.push(match typed {
            '０'..='９' => {
                char::from_u32(u32::from(typed) - u32::from('０') + u32::from('0')).unwrap_or(typed)
            }
            _ => typed,
        });
    }
    Zeroizing::new(pin)
}

fn is_guessable(pin: &str) -> bool {
    let digits = pin.as_bytes();
    let steps_by = |step: u8| {
        digits.iter().zip(digits.iter().skip(1)).all(|(a, b)| (a - b'0' + step) % 10 == b - b'0')
    };
    let repeats_every = |width: usize| {
        digits.len() > width && digits.iter().zip(digits.iter().skip(width)).all(|(a, b)| a == b)
    };
    steps_by(1) || steps_by(9) || (1..=3).any(repeats_every) || COMMON.contains(&pin)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn guessable_pins_are_refused_and_others_are_not() {
        for pin in ["000000", "123456", "654321", "890123", "121212", "123123", "5201314", "112233"]
        {
            assert_eq!(Pin::accept(pin).unwrap_err(), PinRefusal::TooSimple, "{pin}");
        }
        assert_eq!(Pin::accept("83920").unwrap_err(), PinRefusal::TooShort);
        assert_eq!(Pin::accept("8392o1").unwrap_err(), PinRefusal::NotDigits);
        assert_eq!(Pin::accept("83920174652038471").unwrap_err(), PinRefusal::TooLong);
        for pin in ["839201", "４８２９１７", " 102938 ", "1234567809"] {
            assert!(Pin::accept(pin).is_ok(), "{pin}");
        }
        assert_eq!(Pin::accept("４８２９１７").unwrap().as_bytes(), b"482917");
        assert_eq!(format!("{:?}", Pin::accept("839201").unwrap()), "Pin(..)");
    }
}
