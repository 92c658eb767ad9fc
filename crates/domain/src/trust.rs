//! Who may be believed offline: the root key, the key list it signs, and what the listed keys sign.
//!
//! A device pins only the root's public key. The root (kept offline) signs a small [`KeyList`];
//! listed keys sign reference bundles and warranty cards. So "genuine" can be said without a
//! network, and a leaked key can be revoked without touching a device.

use ed25519_dalek::{Signature, Signer, SigningKey, Verifier, VerifyingKey};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::time::UtcMs;

/// A short name for a key, unique within the key list; small because card QRs carry it.
pub type Kid = u16;

/// What a listed key may sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyUse {
    /// Reference bundles: catalogue, price book, rules.
    Bundle,
    /// Final warranty cards.
    Card,
    /// Provisional warranty cards (临时卡) issued by a store without a network.
    ProvisionalCard,
}

/// One key HQ vouches for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListedKey {
    /// The key's short name.
    pub kid: Kid,
    /// What it may sign.
    pub purpose: KeyUse,
    /// ed25519 public key, 64 hex digits.
    pub public: String,
    /// Signatures made before this instant are not believed.
    pub not_before: UtcMs,
    /// Signatures made after this instant are not believed.
    pub not_after: UtcMs,
    /// When the key was revoked; nothing it signed is believed from then on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoked_at: Option<UtcMs>,
}

/// Every key HQ vouches for, under one version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyList {
    /// Rises by one with each change; a device never goes back to a lower one.
    pub version: u64,
    /// When the root signed it.
    pub issued_at: UtcMs,
    /// The keys, revoked ones included so that a device learns of the revocation.
    pub keys: Vec<ListedKey>,
}

/// Exact bytes with a detached ed25519 signature over them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signed {
    /// The signer; 0 stands for the root itself.
    pub kid: Kid,
    /// The signed text, byte for byte.
    pub payload: String,
    /// 128 hex digits.
    pub signature: String,
}

/// Why a signature is not believed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum TrustError {
    /// No such key in the list this device holds.
    #[error("key {0} is not in the key list")]
    UnknownKey(Kid),
    /// The key was withdrawn.
    #[error("key {0} has been revoked")]
    RevokedKey(Kid),
    /// The key is not valid at the time of signing.
    #[error("key {0} is outside its validity")]
    OutsideValidity(Kid),
    /// The key may not sign this kind of thing.
    #[error("key {0} may not sign this")]
    WrongUse(Kid),
    /// The bytes and the signature do not belong together.
    #[error("the signature does not match")]
    BadSignature,
    /// The key list or key is not readable.
    #[error("unreadable: {0}")]
    Unreadable(String),
    /// The key list is older than the one already held.
    #[error("key list {offered} is older than {held}")]
    RolledBack {
        /// The version offered.
        offered: u64,
        /// The version held.
        held: u64,
    },
}

impl KeyList {
    /// Reads a key list that the root signed.
    ///
    /// `held` is the version the device already believes; an older list is refused, so that a
    /// revocation cannot be undone by replaying an old list.
    pub fn open(signed: &Signed, root: &VerifyingKey, held: u64) -> Result<KeyList, TrustError> {
        verify_bytes(root, signed.payload.as_bytes(), &signed.signature)?;
        let list: KeyList = serde_json::from_str(&signed.payload)
            .map_err(|e| TrustError::Unreadable(e.to_string()))?;
        if list.version < held {
            return Err(TrustError::RolledBack { offered: list.version, held });
        }
        Ok(list)
    }

    /// The key `kid`, if it may sign `purpose` for something dated `signed_at`.
    pub fn key(
        &self,
        kid: Kid,
        purpose: KeyUse,
        signed_at: UtcMs,
    ) -> Result<VerifyingKey, TrustError> {
        let listed =
            self.keys.iter().find(|key| key.kid == kid).ok_or(TrustError::UnknownKey(kid))?;
        if listed.revoked_at.is_some() {
            return Err(TrustError::RevokedKey(kid));
        }
        if listed.purpose != purpose {
            return Err(TrustError::WrongUse(kid));
        }
        if signed_at < listed.not_before || signed_at > listed.not_after {
            return Err(TrustError::OutsideValidity(kid));
        }
        public_key(&listed.public)
    }

    /// Checks bytes signed by a listed key and returns the payload.
    pub fn verify<'a>(
        &self,
        signed: &'a Signed,
        purpose: KeyUse,
        signed_at: UtcMs,
    ) -> Result<&'a str, TrustError> {
        let key = self.key(signed.kid, purpose, signed_at)?;
        verify_bytes(&key, signed.payload.as_bytes(), &signed.signature)?;
        Ok(&signed.payload)
    }
}

impl Signed {
    /// Signs a payload under a key's short name.
    pub fn seal(kid: Kid, key: &SigningKey, payload: String) -> Signed {
        let signature = hex::encode(key.sign(payload.as_bytes()).to_bytes());
        Signed { kid, payload, signature }
    }
}

/// Reads a public key from 64 hex digits.
pub fn public_key(text: &str) -> Result<VerifyingKey, TrustError> {
    let mut bytes = [0u8; 32];
    hex::decode_to_slice(text, &mut bytes).map_err(|e| TrustError::Unreadable(e.to_string()))?;
    VerifyingKey::from_bytes(&bytes).map_err(|e| TrustError::Unreadable(e.to_string()))
}

fn verify_bytes(key: &VerifyingKey, bytes: &[u8], signature: &str) -> Result<(), TrustError> {
    let mut raw = [0u8; 64];
    hex::decode_to_slice(signature, &mut raw).map_err(|_| TrustError::BadSignature)?;
    key.verify(bytes, &Signature::from_bytes(&raw)).map_err(|_| TrustError::BadSignature)
}
