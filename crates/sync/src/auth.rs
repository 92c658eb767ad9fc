//! How a device proves that a request is its own.
//!
//! Enrolment binds the device's ed25519 key to a person. Every later request carries the device's
//! id, HQ's time as the device estimates it, and a signature over method, path, time and body: a
//! copied token alone is worth nothing, and an altered body is refused. Requests are idempotent
//! (batches by number, uploads by offset), so a replay inside the window repeats an answer and
//! changes nothing.

use doorstep_domain::{id::DeviceId, time::UtcMs};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt::Write as _;

/// Header: the device's id.
pub const DEVICE: &str = "x-doorstep-device";
/// Header: HQ's time in UTC ms as the sender knows it; HQ's own clock in every answer.
pub const TIME: &str = "x-doorstep-time";
/// Header: ed25519 signature over [`signed_text`], 128 hex digits.
pub const SIGNATURE: &str = "x-doorstep-signature";

/// How far a request's time may lie from HQ's clock, in ms. A device whose clock is wrong learns
/// HQ's time from the refusal and asks again.
pub const WINDOW_MS: i64 = 10 * UtcMs::MINUTE;

/// What a device signs: method, path with query, time and the SHA-256 of the body, a line each.
pub fn signed_text(method: &str, path: &str, at: UtcMs, body: &[u8]) -> String {
    let mut text = format!("doorstep-request-1\n{method}\n{path}\n{}\n", at.0);
    for byte in Sha256::digest(body) {
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// What HQ shows as a QR to enrol a device: where it is, how to recognise it, and a code that
/// works once within ten minutes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnrolTicket {
    /// `host:port` of HQ.
    pub address: String,
    /// SHA-256 of HQ's certificate (DER), 64 hex digits.
    pub pin: String,
    /// The one-time code.
    pub code: String,
    /// The root's ed25519 public key, 64 hex digits, which the device pins for good.
    pub root: String,
}

impl EnrolTicket {
    /// The text of the QR.
    pub fn to_text(&self) -> String {
        let EnrolTicket { address, pin, code, root } = self;
        format!("doorstep://enrol?a={address}&p={pin}&c={code}&r={root}")
    }

    /// Reads the text of the QR; `None` when it is no enrolment ticket.
    pub fn from_text(text: &str) -> Option<EnrolTicket> {
        let query = text.trim().strip_prefix("doorstep://enrol?")?;
        let field = |name: &str| {
            query
                .split('&')
                .filter_map(|pair| pair.split_once('='))
                .find(|(key, _)| *key == name)
                .map(|(_, value)| value.to_owned())
        };
        let hex64 = |text: String| {
            (text.len() == 64 && text.bytes().all(|b| b.is_ascii_hexdigit())).then_some(text)
        };
        Some(EnrolTicket {
            address: field("a").filter(|address| !address.is_empty())?,
            pin: hex64(field("p")?)?,
            code: field("c").filter(|code| !code.is_empty())?,
            root: hex64(field("r")?)?,
        })
    }
}

/// `POST /v1/enrol`, as JSON.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct EnrolRequest {
    /// The one-time code of the ticket.
    pub code: String,
    /// The identity the device gave itself.
    pub device: DeviceId,
    /// Its ed25519 public key, 64 hex digits.
    pub public_key: String,
    /// A name people recognise it by.
    pub name: String,
    /// Signature over `doorstep-enrol-1\n<code>\n<device>`, proof that it holds the key.
    pub proof: String,
}

impl EnrolRequest {
    /// What `proof` signs.
    pub fn proof_text(code: &str, device: DeviceId) -> String {
        format!("doorstep-enrol-1\n{code}\n{device}")
    }
}

/// HQ's answer to an enrolment, as JSON.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct EnrolResponse {
    /// Whose device it is now (`domain::org::Person`).
    pub person: doorstep_domain::org::Person,
    /// The key list, signed by the root.
    pub keys: doorstep_domain::trust::Signed,
    /// HQ's X25519 public key for sealed rescue files, 64 hex digits.
    pub rescue_key: String,
    /// HQ's clock.
    pub hq_time: UtcMs,
}

/// A refusal over HTTP, as JSON with a 4xx or 5xx status.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// An error code of the catalogue (`device_revoked`, `clock_skew`, `bad_signature`…).
    pub code: String,
    /// For the log.
    #[serde(default)]
    pub detail: String,
}
