//! The vault file: a key in wrapping.

use crate::durable;
use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::{fs, io, path::Path};
use zeroize::Zeroizing;

use super::{RawKey, VaultError};

/// The file in the profile folder.
pub const VAULT_FILE: &str = "vault.json";

/// The format this program writes, and the newest it can read.
const VERSION: u32 = 1;

/// What one guess of a PIN costs: the parameters of Argon2id (RFC 9106).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct KdfCost {
    /// Memory in KiB.
    pub memory_kib: u32,
    /// Passes over the memory.
    pub passes: u32,
    /// Lanes.
    pub lanes: u32,
}

impl KdfCost {
    /// Memory and passes of the second recommended option of RFC 9106 §4 (64 MiB, 3 passes). One
    /// lane instead of four: the lanes are computed one after another here, so more of them would
    /// help only an attacker with more processors.
    pub const RECOMMENDED: KdfCost = KdfCost { memory_kib: 64 * 1024, passes: 3, lanes: 1 };

    /// A file asking for more than this is not ours: it would only exhaust the tablet's memory.
    const CEILING: KdfCost = KdfCost { memory_kib: 1024 * 1024, passes: 64, lanes: 16 };

    fn is_affordable(&self) -> bool {
        self.memory_kib <= Self::CEILING.memory_kib
            && self.passes <= Self::CEILING.passes
            && self.lanes <= Self::CEILING.lanes
    }
}

/// Random bytes for one wrapping, from the host's secure random source; never used twice.
#[derive(Debug, Clone, Copy)]
pub struct WrapNoise {
    /// Salt of Argon2id.
    pub salt: [u8; 16],
    /// Nonce of XChaCha20-Poly1305.
    pub nonce: [u8; 24],
}

/// A secret that the operating system keeps, by the name under which it is found again.
pub(super) struct Factor {
    pub(super) keystore: String,
    pub(super) secret: Zeroizing<Vec<u8>>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct VaultFile {
    version: u32,
    cost: KdfCost,
    salt: String,
    nonce: String,
    wrapped_key: String,
    /// The keystore whose secret is needed beside the PIN.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) keystore: Option<KeystoreMark>,
    /// SHA-256 over every other field: accidental damage is told apart from a wrong PIN by it, and
    /// it says nothing about either secret.
    check: String,
}

/// Which keystore takes part, and how to know that it still holds the same secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct KeystoreMark {
    pub(super) name: String,
    /// A hash of the secret. It can be public because the secret is 32 random bytes.
    mark: String,
}

impl VaultFile {
    pub(super) fn load(folder: &Path) -> Result<VaultFile, VaultError> {
        let bytes = fs::read(folder.join(VAULT_FILE)).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => VaultError::Missing,
            _ => VaultError::from(error),
        })?;
        let version = serde_json::from_slice::<Versioned>(&bytes)
            .map_err(|_| VaultError::Damaged { reason: "it is not a vault file" })?
            .version;
        if version > VERSION {
            return Err(VaultError::Newer { found: version, supported: VERSION });
        }
        let file: VaultFile = serde_json::from_slice(&bytes).map_err(|_| VaultError::Damaged {
            reason: "a field is missing or of the wrong kind",
        })?;
        if file.check != file.reckoned_check() {
            return Err(VaultError::Damaged { reason: "its check value does not match" });
        }
        if !file.cost.is_affordable() {
            return Err(VaultError::Damaged { reason: "it asks for too much memory or time" });
        }
        Ok(file)
    }

    pub(super) fn store(&self, folder: &Path) -> Result<(), VaultError> {
        let text = serde_json::to_vec_pretty(self)
            .map_err(|error| VaultError::Io(io::Error::other(error)))?;
        Ok(durable::replace(&folder.join(VAULT_FILE), &text)?)
    }

    pub(super) fn wrap(
        key: &RawKey,
        pin: &[u8],
        factor: Option<&Factor>,
        cost: KdfCost,
        noise: &WrapNoise,
    ) -> Result<VaultFile, VaultError> {
        let kek = key_encryption_key(pin, factor, cost, &noise.salt)?;
        let keystore = factor.map(|factor| KeystoreMark {
            name: factor.keystore.clone(),
            mark: mark_of(&factor.secret),
        });
        let wrapped = XChaCha20Poly1305::new((&*kek).into())
            .encrypt(
                &XNonce::from(noise.nonce),
                Payload { msg: key.expose(), aad: &aad(keystore.as_ref()) },
            )
            .map_err(|_| VaultError::Kdf("the cipher refused the key".to_owned()))?;
        let mut file = VaultFile {
            version: VERSION,
            cost,
            salt: hex::encode(noise.salt),
            nonce: hex::encode(noise.nonce),
            wrapped_key: hex::encode(wrapped),
            keystore,
            check: String::new(),
        };
        file.check = file.reckoned_check();
        Ok(file)
    }

    /// The key, or nothing when the PIN is wrong.
    pub(super) fn unwrap(
        &self,
        pin: &[u8],
        factor: Option<&Factor>,
    ) -> Result<Option<RawKey>, VaultError> {
        let damaged = |_| VaultError::Damaged { reason: "a field is not of the right length" };
        let mut salt = [0; 16];
        hex::decode_to_slice(&self.salt, &mut salt).map_err(damaged)?;
        let mut nonce = [0; 24];
        hex::decode_to_slice(&self.nonce, &mut nonce).map_err(damaged)?;
        let mut wrapped = [0; 48];
        hex::decode_to_slice(&self.wrapped_key, &mut wrapped).map_err(damaged)?;

        let kek = key_encryption_key(pin, factor, self.cost, &salt)?;
        let opened = XChaCha20Poly1305::new((&*kek).into()).decrypt(
            &XNonce::from(nonce),
            Payload { msg: &wrapped, aad: &aad(self.keystore.as_ref()) },
        );
        let Ok(opened) = opened.map(Zeroizing::new) else { return Ok(None) };
        Ok(<[u8; 32]>::try_from(opened.as_slice()).ok().map(RawKey::from_bytes))
    }

    /// Whether a keystore still holds the secret that this file was wrapped with.
    pub(super) fn knows(&self, factor: &Factor) -> bool {
        self.keystore.as_ref().is_some_and(|keystore| keystore.mark == mark_of(&factor.secret))
    }

    fn reckoned_check(&self) -> String {
        let mut hash = Sha256::new();
        let KdfCost { memory_kib, passes, lanes } = self.cost;
        for number in [self.version, memory_kib, passes, lanes] {
            hash.update(number.to_be_bytes());
        }
        let (name, mark) = match &self.keystore {
            Some(keystore) => (keystore.name.as_str(), keystore.mark.as_str()),
            None => ("", ""),
        };
        for text in [&self.salt, &self.nonce, &self.wrapped_key, name, mark] {
            hash.update((text.len() as u64).to_be_bytes());
            hash.update(text);
        }
        hex::encode(hash.finalize())
    }
}

#[derive(Deserialize)]
struct Versioned {
    version: u32,
}

/// Argon2id over the PIN, with the keystore's secret as the secret value K of RFC 9106 §3.1.
fn key_encryption_key(
    pin: &[u8],
    factor: Option<&Factor>,
    cost: KdfCost,
    salt: &[u8; 16],
) -> Result<Zeroizing<[u8; 32]>, VaultError> {
    let refused = |error: argon2::Error| VaultError::Kdf(error.to_string());
    let params =
        argon2::Params::new(cost.memory_kib, cost.passes, cost.lanes, Some(32)).map_err(refused)?;
    let (algorithm, version) = (argon2::Algorithm::Argon2id, argon2::Version::V0x13);
    let argon2 = match factor {
        Some(factor) => argon2::Argon2::new_with_secret(&factor.secret, algorithm, version, params)
            .map_err(refused)?,
        None => argon2::Argon2::new(algorithm, version, params),
    };
    let mut kek = Zeroizing::new([0; 32]);
    argon2.hash_password_into(pin, salt, kek.as_mut_slice()).map_err(refused)?;
    Ok(kek)
}

fn mark_of(secret: &[u8]) -> String {
    let mut hash = Sha256::new();
    hash.update(b"doorstep keystore mark");
    hash.update(secret);
    hex::encode(hash.finalize())
}

fn aad(keystore: Option<&KeystoreMark>) -> Vec<u8> {
    let mut aad = b"doorstep vault 1\0".to_vec();
    if let Some(keystore) = keystore {
        aad.extend_from_slice(keystore.mark.as_bytes());
    }
    aad
}
