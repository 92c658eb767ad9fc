//! How an installation keeps its key: wrapped by a PIN and, where there is one, by the operating
//! system's keystore.
//!
//! The key itself ([`RawKey`]) never changes while an installation lives; changing the PIN or the
//! keystore only wraps it anew. Two small files lie beside the database: [`VAULT_FILE`] with the
//! wrapped key and [`ATTEMPTS_FILE`] with the count of wrong PINs. A six-digit PIN has only a
//! million values, so against somebody who copied the profile folder the PIN alone buys days; the
//! keystore's secret is what makes a copied folder useless.

mod attempts;
mod file;
mod key;
mod pin;
#[cfg(test)]
mod tests;

pub use attempts::{ATTEMPTS_FILE, DELAYS_MS, FREE_ATTEMPTS};
pub use file::{KdfCost, VAULT_FILE, WrapNoise};
pub use key::RawKey;
pub use pin::{MAX_DIGITS, MIN_DIGITS, Pin, PinRefusal};

use attempts::Attempts;
use doorstep_domain::{time::UtcMs, words::Words};
use file::{Factor, VaultFile};
use std::{
    io,
    path::{Path, PathBuf},
};
use zeroize::Zeroizing;

use crate::durable;

/// The operating system's place for secrets, supplied by the host. It holds one secret per profile.
pub trait Keystore {
    /// A stable name that the vault file records and the settings show, such as `secret-service`.
    fn name(&self) -> &str;
    /// The secret of this profile, or nothing when none was ever saved.
    ///
    /// # Errors
    /// The keystore cannot be reached or refuses.
    fn load(&self) -> Result<Option<Vec<u8>>, KeystoreError>;
    /// Keeps the secret of this profile.
    ///
    /// # Errors
    /// As [`Keystore::load`].
    fn save(&self, secret: &[u8]) -> Result<(), KeystoreError>;
}

/// The keystore's own words on why it failed; for the log.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct KeystoreError(pub String);

/// A keystore to bind a vault to, with the secret to save if it holds none yet.
pub struct Binding<'a> {
    /// The keystore.
    pub keystore: &'a dyn Keystore,
    /// 32 bytes from the host's secure random source.
    pub new_secret: Zeroizing<[u8; 32]>,
}

/// What a lock screen and the settings may know without a PIN.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VaultState {
    /// The keystore in use beside the PIN.
    pub keystore: Option<String>,
    /// Wrong PINs since the last right one.
    pub failures: u32,
    /// Wrong PINs that may still be typed before a delay.
    pub attempts_left: u32,
    /// Waiting before the next try, in milliseconds.
    pub wait_ms: i64,
}

/// The vault of one profile folder.
#[derive(Debug, Clone)]
pub struct Vault {
    folder: PathBuf,
}

impl Vault {
    /// The vault in a profile folder, whether or not it exists yet.
    pub fn in_folder(folder: impl Into<PathBuf>) -> Vault {
        Vault { folder: folder.into() }
    }

    /// The profile folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Whether a vault file is there, readable or not.
    pub fn exists(&self) -> bool {
        self.folder.join(VAULT_FILE).exists()
    }

    /// Wraps a new installation's key.
    ///
    /// # Errors
    /// [`VaultError::AlreadyExists`] rather than losing an earlier key; keystore, disk and
    /// parameter errors.
    pub fn create(
        &self,
        key: &RawKey,
        pin: &Pin,
        binding: Option<Binding<'_>>,
        cost: KdfCost,
        noise: &WrapNoise,
    ) -> Result<(), VaultError> {
        if self.exists() {
            return Err(VaultError::AlreadyExists);
        }
        let factor = binding.map(bound).transpose()?;
        VaultFile::wrap(key, pin.as_bytes(), factor.as_ref(), cost, noise)?.store(&self.folder)
    }

    /// The key, for the right PIN and, if the vault is bound to one, the keystore's secret.
    ///
    /// # Errors
    /// [`VaultError::WrongPin`] and [`VaultError::Wait`] are the lock screen's ordinary answers;
    /// keystore trouble and a damaged vault are found before a try is counted.
    pub fn unlock(
        &self,
        pin: &str,
        keystore: Option<&dyn Keystore>,
        now: UtcMs,
    ) -> Result<RawKey, VaultError> {
        let file = VaultFile::load(&self.folder)?;
        let factor = factor_of(&file, keystore)?;
        let attempts = Attempts::load(&self.folder, now)?;
        if attempts.wait_ms() > 0 {
            attempts.store(&self.folder)?;
            return Err(VaultError::Wait { ms: attempts.wait_ms() });
        }
        let counted = attempts.count(&self.folder, now)?;
        match file.unwrap(pin::normal(pin).as_bytes(), factor.as_ref()) {
            Ok(Some(key)) => {
                Attempts::clear(&self.folder, now)?;
                Ok(key)
            }
            Ok(None) => Err(VaultError::WrongPin {
                attempts_left: counted.left(),
                wait_ms: counted.wait_ms(),
            }),
            // No memory for Argon2id, say: nothing was learnt about the PIN.
            Err(error) => {
                attempts.store(&self.folder)?;
                Err(error)
            }
        }
    }

    /// Wraps the key anew under another PIN; the keystore stays as it is. Returns the key.
    ///
    /// # Errors
    /// As [`Vault::unlock`] for the old PIN; on any error the old PIN still holds.
    pub fn change_pin(
        &self,
        old: &str,
        new: &Pin,
        keystore: Option<&dyn Keystore>,
        cost: KdfCost,
        noise: &WrapNoise,
        now: UtcMs,
    ) -> Result<RawKey, VaultError> {
        let key = self.unlock(old, keystore, now)?;
        let factor = factor_of(&VaultFile::load(&self.folder)?, keystore)?;
        VaultFile::wrap(&key, new.as_bytes(), factor.as_ref(), cost, noise)?.store(&self.folder)?;
        Ok(key)
    }

    /// Binds the vault to a keystore, or to none, under the same PIN. Returns the key.
    ///
    /// # Errors
    /// As [`Vault::unlock`]; on any error the former binding still holds.
    pub fn rebind(
        &self,
        pin: &str,
        keystore: Option<&dyn Keystore>,
        binding: Option<Binding<'_>>,
        cost: KdfCost,
        noise: &WrapNoise,
        now: UtcMs,
    ) -> Result<RawKey, VaultError> {
        let key = self.unlock(pin, keystore, now)?;
        let factor = binding.map(bound).transpose()?;
        let pin = pin::normal(pin);
        VaultFile::wrap(&key, pin.as_bytes(), factor.as_ref(), cost, noise)?.store(&self.folder)?;
        Ok(key)
    }

    /// What the lock screen and the settings show.
    ///
    /// # Errors
    /// A vault that is missing, damaged or newer than this program.
    pub fn state(&self, now: UtcMs) -> Result<VaultState, VaultError> {
        let file = VaultFile::load(&self.folder)?;
        let attempts = Attempts::load(&self.folder, now)?;
        Ok(VaultState {
            keystore: file.keystore.map(|keystore| keystore.name),
            failures: attempts.failures(),
            attempts_left: attempts.left(),
            wait_ms: attempts.wait_ms(),
        })
    }
}

/// The secret of a keystore, saved first if there was none. A secret already there is kept: another
/// wrapping may depend on it.
fn bound(binding: Binding<'_>) -> Result<Factor, VaultError> {
    let name = binding.keystore.name().to_owned();
    let failed = |error: KeystoreError| VaultError::Keystore { name: name.clone(), error };
    let secret = match binding.keystore.load().map_err(failed)? {
        Some(secret) => Zeroizing::new(secret),
        None => {
            binding.keystore.save(binding.new_secret.as_slice()).map_err(failed)?;
            Zeroizing::new(binding.new_secret.to_vec())
        }
    };
    Ok(Factor { keystore: name, secret })
}

/// The factor that a vault file asks for.
fn factor_of(
    file: &VaultFile,
    keystore: Option<&dyn Keystore>,
) -> Result<Option<Factor>, VaultError> {
    let Some(wanted) = &file.keystore else { return Ok(None) };
    let name = wanted.name.clone();
    let keystore = match keystore {
        Some(keystore) if keystore.name() == name => keystore,
        _ => return Err(VaultError::KeystoreMissing { name }),
    };
    let secret = match keystore.load() {
        Ok(Some(secret)) => Zeroizing::new(secret),
        Ok(None) => return Err(VaultError::KeystoreMissing { name }),
        Err(error) => return Err(VaultError::Keystore { name, error }),
    };
    let factor = Factor { keystore: name, secret };
    if file.knows(&factor) {
        Ok(Some(factor))
    } else {
        Err(VaultError::KeystoreChanged { name: factor.keystore })
    }
}

/// Why the key is not to be had.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// The PIN is wrong.
    #[error("wrong PIN; {attempts_left} more before a delay, {wait_ms} ms to wait now")]
    WrongPin {
        /// Wrong PINs that may still be typed before a delay.
        attempts_left: u32,
        /// Waiting before the next try, in milliseconds.
        wait_ms: i64,
    },
    /// Too many wrong PINs; nothing was tried.
    #[error("{ms} ms to wait before the next PIN")]
    Wait {
        /// Waiting left, in milliseconds.
        ms: i64,
    },
    /// There is no vault in this folder.
    #[error("there is no vault here")]
    Missing,
    /// A vault is there already.
    #[error("there is a vault here already")]
    AlreadyExists,
    /// The vault file is not as it was written. Its key is lost to this device; the sealed rescue
    /// file and HQ are the way on.
    #[error("the vault file is damaged: {reason}")]
    Damaged {
        /// What is wrong with it.
        reason: &'static str,
    },
    /// A newer program wrote the vault file.
    #[error("the vault file has version {found}; this program reads up to {supported}")]
    Newer {
        /// Version of the file.
        found: u32,
        /// Newest version known here.
        supported: u32,
    },
    /// The vault needs a keystore that this host does not offer, or that has lost its secret.
    #[error("the keystore {name} or its secret is missing")]
    KeystoreMissing {
        /// Name in the vault file.
        name: String,
    },
    /// The keystore holds another secret than the vault was wrapped with.
    #[error("the keystore {name} holds another secret")]
    KeystoreChanged {
        /// Name in the vault file.
        name: String,
    },
    /// The keystore failed.
    #[error("the keystore {name} failed: {error}")]
    Keystore {
        /// Its name.
        name: String,
        /// Its own words.
        error: KeystoreError,
    },
    /// The parameters are not possible, or the memory for them is not there.
    #[error("the key could not be derived: {0}")]
    Kdf(String),
    /// The disk is full.
    #[error("the disk is full")]
    NoSpace,
    /// The file system failed.
    #[error("the vault could not be read or written: {0}")]
    Io(#[source] io::Error),
}

impl From<io::Error> for VaultError {
    fn from(error: io::Error) -> Self {
        if durable::is_no_space(&error) { VaultError::NoSpace } else { VaultError::Io(error) }
    }
}

impl VaultError {
    /// What to tell the person at the lock screen.
    pub fn words(&self) -> Words {
        match self {
            VaultError::WrongPin { attempts_left: 0, wait_ms }
            | VaultError::Wait { ms: wait_ms } => {
                let seconds = wait_ms.saturating_add(999) / 1000;
                Words::new(
                    format!("密码错误次数过多，请等待 {seconds} 秒后再试"),
                    format!("Too many wrong PINs. Try again in {seconds} seconds."),
                )
            }
            VaultError::WrongPin { attempts_left, .. } => Words::new(
                format!("密码不对，还可以试 {attempts_left} 次"),
                format!("Wrong PIN. {attempts_left} more tries before a delay."),
            ),
            VaultError::Missing => {
                Words::new("本机还没有设置密码", "No PIN has been set on this device yet.")
            }
            VaultError::AlreadyExists => {
                Words::new("本机已经设置过密码", "A PIN is already set on this device.")
            }
            VaultError::Damaged { .. } => Words::new(
                "本机的密钥文件已损坏。未上传的工作已加密保存，请联系总部重新登记本机",
                "The key file of this device is damaged. Unsent work is kept in an encrypted \
                 rescue file. Ask HQ to enrol this device again.",
            ),
            VaultError::Newer { .. } => Words::new(
                "密钥文件来自更新的版本，请先更新本程序",
                "The key file is from a newer version. Update this program first.",
            ),
            VaultError::KeystoreMissing { name } | VaultError::KeystoreChanged { name } => {
                Words::new(
                    format!("系统密钥库（{name}）里找不到本机的密钥，请联系总部重新登记本机"),
                    format!(
                        "The system keystore ({name}) does not hold this device's secret. Ask HQ \
                         to enrol this device again."
                    ),
                )
            }
            VaultError::Keystore { name, .. } => Words::new(
                format!("系统密钥库（{name}）暂时打不开，请解锁系统后再试"),
                format!(
                    "The system keystore ({name}) cannot be opened now. Unlock the system and try \
                     again."
                ),
            ),
            VaultError::NoSpace => Words::new(
                "存储空间已满，请先清理出一些空间",
                "The storage is full. Free some space first.",
            ),
            VaultError::Kdf(_) | VaultError::Io(_) => Words::new(
                "无法读取本机的密钥文件，请重启后再试",
                "The key file of this device cannot be read. Restart and try again.",
            ),
        }
    }
}
