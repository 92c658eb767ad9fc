//! The key of an installation.

use hkdf::Hkdf;
use sha2::Sha256;
use std::fmt;
use zeroize::Zeroizing;

/// The 32 random bytes from which one installation's database and files are encrypted.
///
/// They are the raw SQLCipher key; every other use takes a key [derived](RawKey::derive) for that
/// use alone. The bytes are wiped from memory when the value is dropped and never printed.
#[derive(Clone)]
pub struct RawKey(Zeroizing<[u8; 32]>);

impl RawKey {
    /// A key of 32 bytes from the host's secure random source.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        RawKey(Zeroizing::new(bytes))
    }

    /// The bytes themselves, for the cipher that needs them.
    pub fn expose(&self) -> &[u8; 32] {
        &self.0
    }

    /// A key for one purpose, by HKDF-SHA-256 (RFC 5869) without salt: the input is already
    /// uniform. Different purposes give unrelated keys.
    pub fn derive(&self, purpose: &str) -> Zeroizing<[u8; 32]> {
        let mut key = Zeroizing::new([0; 32]);
        // RFC 5869 §2.3 refuses only outputs over 255 hash lengths; this one has one.
        let expanded =
            Hkdf::<Sha256>::new(None, self.expose()).expand(purpose.as_bytes(), key.as_mut_slice());
        debug_assert!(expanded.is_ok());
        key
    }
}

impl fmt::Debug for RawKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RawKey(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn purposes_give_unrelated_keys_and_nothing_is_printed() {
        let key = RawKey::from_bytes([0xab; 32]);
        assert_ne!(*key.derive("one"), *key.derive("two"));
        assert_ne!(*key.derive("one"), [0; 32]);
        assert_eq!(*key.derive("one"), *key.clone().derive("one"));
        let printed = format!("{key:?}");
        assert!(!printed.contains("171") && !printed.contains("ab"), "{printed}");
    }
}
