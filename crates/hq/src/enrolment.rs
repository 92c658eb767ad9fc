//! Enrolment: one-time codes for people, and devices that redeem them.

use doorstep_domain::{
    id::{DeviceId, PersonId},
    time::UtcMs,
    trust::public_key,
};
use doorstep_store::{
    error::StoreError,
    ledger::people::{self, Device, Redeemed},
};
use doorstep_sync::auth::{EnrolRequest, EnrolTicket};
use ed25519_dalek::{Signature, Verifier};
use rusqlite::Connection;
use sha2::{Digest, Sha256};

use crate::{
    home::{Home, HomeError},
    keys, tls,
};

/// How long a code can be used: ten minutes.
pub const CODE_LIFE_MS: i64 = 10 * UtcMs::MINUTE;
/// Characters of a code that nobody confuses when reading it aloud (Crockford's base 32).
const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// 16 letters of 32: 80 bits, beyond guessing in ten minutes.
const CODE_LETTERS: usize = 16;

/// Why a device is not enrolled.
#[derive(Debug)]
pub enum EnrolRefusal {
    /// The code is unknown, used up or too old.
    Code,
    /// The device does not hold the key it names.
    Proof,
    /// The identity belongs to another key already.
    Taken,
}

/// Makes a ticket that enrols one device of a person.
///
/// # Errors
/// [`HomeError`].
pub fn ticket(
    home: &Home,
    conn: &Connection,
    person: PersonId,
    address: &str,
    now: UtcMs,
) -> Result<EnrolTicket, HomeError> {
    let dice: [u8; CODE_LETTERS] =
        home.random().map_err(|error| HomeError::File { path: "random source".into(), error })?;
    let code: String = dice
        .iter()
        .filter_map(|byte| LETTERS.get(usize::from(byte % 32)))
        .map(|letter| char::from(*letter))
        .collect();
    people::add_enrolment(conn, &hash(&code), person, now.plus_ms(CODE_LIFE_MS))?;
    Ok(EnrolTicket {
        address: address.to_owned(),
        pin: tls::pin(home)?,
        code,
        root: keys::root_public(conn)?,
    })
}

/// Binds a device's key to the person the code was made for.
///
/// # Errors
/// The inner result says why the device is refused.
pub fn enrol(
    conn: &Connection,
    request: &EnrolRequest,
    now: UtcMs,
) -> Result<Result<PersonId, EnrolRefusal>, StoreError> {
    if !proves(request) {
        return Ok(Err(EnrolRefusal::Proof));
    }
    if people::device(conn, request.device)?.is_some() {
        return Ok(Err(EnrolRefusal::Taken));
    }
    let Redeemed::For(person) = people::redeem(conn, &hash(request.code.trim()), now)? else {
        return Ok(Err(EnrolRefusal::Code));
    };
    let device = Device {
        id: request.device,
        person,
        public_key: request.public_key.to_ascii_lowercase(),
        name: request.name.chars().take(80).collect(),
        revoked_at: None,
        last_seen: None,
    };
    people::add_device(conn, &device, now)?;
    Ok(Ok(person))
}

fn proves(request: &EnrolRequest) -> bool {
    let text = EnrolRequest::proof_text(&request.code, request.device);
    verify(&request.public_key, text.as_bytes(), &request.proof)
}

/// Whether `signature` (128 hex digits) over `bytes` was made with the key.
pub(crate) fn verify(public: &str, bytes: &[u8], signature: &str) -> bool {
    let mut raw = [0; 64];
    let Ok(key) = public_key(public) else { return false };
    hex::decode_to_slice(signature, &mut raw).is_ok()
        && key.verify(bytes, &Signature::from_bytes(&raw)).is_ok()
}

fn hash(code: &str) -> String {
    hex::encode(Sha256::digest(format!("doorstep enrolment code\n{code}")))
}

/// The identity under which a device may be looked up from the command line.
///
/// # Errors
/// The text is no identity.
pub fn device_id(text: &str) -> Result<DeviceId, uuid::Error> {
    text.parse()
}
