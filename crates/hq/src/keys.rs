//! What HQ signs with, and the key list that says so.
//!
//! The root's secret lies alone in `root.key`; it is needed only when the key list changes and
//! belongs offline otherwise (docs: move the file away after `init`, bring it back for
//! `revoke-key`). The working keys lie in `keys.json`. Both files are readable by their owner only.

use doorstep_domain::{
    time::UtcMs,
    trust::{KeyList, KeyUse, Kid, ListedKey, Signed, TrustError, public_key},
};
use doorstep_store::{error::StoreError, ledger::settings};
use ed25519_dalek::SigningKey;
use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::home::Home;

const ROOT: &str = "root.key";
const WORKING: &str = "keys.json";
/// Setting: the key list as the root signed it.
const KEY_LIST: &str = "key_list";
/// Setting: the root's public key, 64 hex digits.
const ROOT_PUBLIC: &str = "root_public";
/// How long a working key may sign: ten years, as long as the longest part warranty on the market.
const KEY_LIFE_MS: i64 = 3_653 * UtcMs::DAY;

/// Why keys cannot be used.
#[derive(Debug, Error)]
pub enum KeyError {
    /// The root's secret is not here.
    #[error("root.key is not in the data folder; bring it back to change the key list")]
    RootAway,
    /// A key file is not what HQ wrote.
    #[error("unreadable key: {0}")]
    Unreadable(String),
    /// There is no key of this name, or none for this use.
    #[error("there is no key {0}")]
    NoSuchKey(String),
    /// The key list is not believed.
    #[error(transparent)]
    Trust(#[from] TrustError),
    /// The ledger.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A file or the random source.
    #[error("{0}")]
    File(String),
}

/// A secret with the name it signs under.
#[derive(Clone, Serialize, Deserialize)]
struct WorkingKey {
    kid: Kid,
    secret: String,
}

/// The working keys as stored.
#[derive(Clone, Serialize, Deserialize)]
struct WorkingKeys {
    bundle: WorkingKey,
    card: WorkingKey,
    /// X25519, for sealed rescue files.
    rescue: String,
}

/// A key ready to sign.
pub struct Signer {
    /// The name it signs under.
    pub kid: Kid,
    /// The secret.
    pub key: SigningKey,
}

/// Makes all keys and the first key list if there are none.
pub(crate) fn ensure(home: &Home, conn: &Connection, now: UtcMs) -> Result<(), KeyError> {
    if settings::get(conn, KEY_LIST)?.is_some() {
        return Ok(());
    }
    let root = match read(home, ROOT)? {
        Some(text) => signing_key(text.trim())?,
        None => SigningKey::from_bytes(&random(home)?),
    };
    write(home, ROOT, &hex::encode(root.to_bytes()))?;
    let working = WorkingKeys {
        bundle: WorkingKey { kid: 1, secret: hex::encode(random::<32>(home)?) },
        card: WorkingKey { kid: 2, secret: hex::encode(random::<32>(home)?) },
        rescue: hex::encode(random::<32>(home)?),
    };
    store_working(home, &working)?;
    let keys = vec![
        listed_working(&working.bundle, KeyUse::Bundle, now)?,
        listed_working(&working.card, KeyUse::Card, now)?,
    ];
    settings::put(conn, ROOT_PUBLIC, &hex::encode(root.verifying_key().to_bytes()))?;
    store_list(conn, &root, &KeyList { version: 1, issued_at: now, keys })
}

/// The key list as signed by the root.
///
/// # Errors
/// [`KeyError`].
pub fn signed_list(conn: &Connection) -> Result<Signed, KeyError> {
    let text = settings::get(conn, KEY_LIST)?
        .ok_or_else(|| KeyError::Unreadable("there is no key list".to_owned()))?;
    serde_json::from_str(&text).map_err(|error| KeyError::Unreadable(error.to_string()))
}

/// The key list, verified against the root.
///
/// # Errors
/// [`KeyError`].
pub fn list(conn: &Connection) -> Result<KeyList, KeyError> {
    Ok(KeyList::open(&signed_list(conn)?, &public_key(&root_public(conn)?)?, 0)?)
}

/// The version of the key list. Its signature is not checked: whoever receives the list does that.
///
/// # Errors
/// [`KeyError`].
pub fn list_version(conn: &Connection) -> Result<u64, KeyError> {
    let list: KeyList = serde_json::from_str(&signed_list(conn)?.payload)
        .map_err(|error| KeyError::Unreadable(error.to_string()))?;
    Ok(list.version)
}

/// The root's public key, 64 hex digits, which enrolment tickets carry.
///
/// # Errors
/// [`KeyError`].
pub fn root_public(conn: &Connection) -> Result<String, KeyError> {
    settings::get(conn, ROOT_PUBLIC)?
        .ok_or_else(|| KeyError::Unreadable("there is no root".to_owned()))
}

/// The key that signs bundles.
///
/// # Errors
/// [`KeyError`].
pub fn bundle_signer(home: &Home) -> Result<Signer, KeyError> {
    signer(&working(home)?.bundle)
}

/// The key that signs final warranty cards.
///
/// # Errors
/// [`KeyError`].
pub fn card_signer(home: &Home) -> Result<Signer, KeyError> {
    signer(&working(home)?.card)
}

/// The secret that opens rescue files.
///
/// # Errors
/// [`KeyError`].
pub fn rescue_secret(home: &Home) -> Result<[u8; 32], KeyError> {
    secret_bytes(&working(home)?.rescue)
}

/// HQ's X25519 public key for sealed rescue files, 64 hex digits.
///
/// # Errors
/// [`KeyError`].
pub fn rescue_public(home: &Home) -> Result<String, KeyError> {
    let secret = crypto_box::SecretKey::from_bytes(rescue_secret(home)?);
    Ok(hex::encode(secret.public_key().as_bytes()))
}

/// Withdraws a key and, when it was one HQ signs with, puts a new one in its place. Returns its use;
/// what it signed must then be signed anew, and a store whose key it was needs another.
///
/// # Errors
/// [`KeyError::RootAway`] without the root's secret; [`KeyError::NoSuchKey`].
pub fn revoke(home: &Home, conn: &Connection, kid: Kid, now: UtcMs) -> Result<KeyUse, KeyError> {
    let root = root_secret(home)?;
    let mut list = list(conn)?;
    let next = next_kid(&list);
    let key = list
        .keys
        .iter_mut()
        .find(|key| key.kid == kid)
        .ok_or_else(|| KeyError::NoSuchKey(kid.to_string()))?;
    key.revoked_at = Some(key.revoked_at.unwrap_or(now));
    let purpose = key.purpose;
    let mut working = working(home)?;
    let fresh = WorkingKey { kid: next, secret: hex::encode(random::<32>(home)?) };
    let in_use = match purpose {
        KeyUse::Bundle => Some(&mut working.bundle),
        KeyUse::Card => Some(&mut working.card),
        KeyUse::ProvisionalCard => None,
    };
    if let Some(in_use) = in_use.filter(|in_use| in_use.kid == kid) {
        list.keys.push(listed_working(&fresh, purpose, now)?);
        *in_use = fresh;
        store_working(home, &working)?;
    }
    publish(conn, &root, list, now)?;
    Ok(purpose)
}

/// Puts another key on the list and returns the name it signs under.
///
/// # Errors
/// [`KeyError::RootAway`] without the root's secret.
pub(crate) fn certify(
    home: &Home,
    conn: &Connection,
    purpose: KeyUse,
    public: String,
    now: UtcMs,
) -> Result<Kid, KeyError> {
    let root = root_secret(home)?;
    let mut list = list(conn)?;
    let kid = next_kid(&list);
    list.keys.push(listed(kid, public, purpose, now));
    publish(conn, &root, list, now)?;
    Ok(kid)
}

/// Signs a changed list under the next version.
fn publish(
    conn: &Connection,
    root: &SigningKey,
    mut list: KeyList,
    now: UtcMs,
) -> Result<(), KeyError> {
    list.version = list.version.saturating_add(1);
    list.issued_at = now;
    store_list(conn, root, &list)
}

fn root_secret(home: &Home) -> Result<SigningKey, KeyError> {
    signing_key(read(home, ROOT)?.ok_or(KeyError::RootAway)?.trim())
}

fn next_kid(list: &KeyList) -> Kid {
    list.keys.iter().map(|key| key.kid).max().unwrap_or_default().saturating_add(1)
}

fn listed_working(key: &WorkingKey, purpose: KeyUse, now: UtcMs) -> Result<ListedKey, KeyError> {
    let public = hex::encode(signing_key(&key.secret)?.verifying_key().to_bytes());
    Ok(listed(key.kid, public, purpose, now))
}

fn listed(kid: Kid, public: String, purpose: KeyUse, now: UtcMs) -> ListedKey {
    // A card taken over from elsewhere may be dated before HQ's own first day.
    let not_before = now.plus_ms(-KEY_LIFE_MS);
    let not_after = now.plus_ms(KEY_LIFE_MS);
    ListedKey { kid, purpose, public, not_before, not_after, revoked_at: None }
}

fn store_list(conn: &Connection, root: &SigningKey, list: &KeyList) -> Result<(), KeyError> {
    let payload =
        serde_json::to_string(list).map_err(|error| KeyError::Unreadable(error.to_string()))?;
    let signed = serde_json::to_string(&Signed::seal(0, root, payload))
        .map_err(|error| KeyError::Unreadable(error.to_string()))?;
    Ok(settings::put(conn, KEY_LIST, &signed)?)
}

fn working(home: &Home) -> Result<WorkingKeys, KeyError> {
    let text = read(home, WORKING)?
        .ok_or_else(|| KeyError::Unreadable(format!("{WORKING} is missing")))?;
    serde_json::from_str(&text).map_err(|error| KeyError::Unreadable(error.to_string()))
}

fn store_working(home: &Home, keys: &WorkingKeys) -> Result<(), KeyError> {
    let text =
        serde_json::to_string(keys).map_err(|error| KeyError::Unreadable(error.to_string()))?;
    write(home, WORKING, &text)
}

fn signer(key: &WorkingKey) -> Result<Signer, KeyError> {
    Ok(Signer { kid: key.kid, key: signing_key(&key.secret)? })
}

fn signing_key(text: &str) -> Result<SigningKey, KeyError> {
    Ok(SigningKey::from_bytes(&secret_bytes(text)?))
}

fn secret_bytes(text: &str) -> Result<[u8; 32], KeyError> {
    let mut bytes = [0; 32];
    hex::decode_to_slice(text, &mut bytes).map_err(|e| KeyError::Unreadable(e.to_string()))?;
    Ok(bytes)
}

/// Random bytes for a key.
pub(crate) fn random<const N: usize>(home: &Home) -> Result<[u8; N], KeyError> {
    home.random().map_err(|error| KeyError::File(error.to_string()))
}

fn read(home: &Home, name: &str) -> Result<Option<String>, KeyError> {
    home.read(name).map_err(|error| KeyError::File(error.to_string()))
}

fn write(home: &Home, name: &str, text: &str) -> Result<(), KeyError> {
    home.write_secret(name, text).map_err(|error| KeyError::File(error.to_string()))
}
