//! The words of tus 1.0 (<https://tus.io/protocols/resumable-upload>): core and creation.

use std::collections::BTreeMap;

use axum::http::{HeaderMap, HeaderName, StatusCode};
use base64::{Engine, engine::general_purpose::STANDARD};
use uuid::Uuid;

use super::{refusal::Refused, verify::header};

/// The version of the protocol.
pub(super) const VERSION: &str = "1.0.0";
/// Header: the protocol's version.
pub(super) const RESUMABLE: HeaderName = HeaderName::from_static("tus-resumable");
/// Header: how many bytes the server has.
pub(super) const OFFSET: HeaderName = HeaderName::from_static("upload-offset");
/// Header: how many bytes there are.
pub(super) const LENGTH: HeaderName = HeaderName::from_static("upload-length");
/// The largest medium, in bytes.
pub(super) const MAX_LENGTH: u64 = 64 * 1024 * 1024;
/// The largest piece of one PATCH, in bytes.
pub(super) const MAX_PIECE: usize = 8 * 1024 * 1024;

/// What a creation announces.
#[derive(Debug, Clone)]
pub(super) struct Announced {
    pub(super) hash: String,
    pub(super) length: u64,
    pub(super) subject: Uuid,
    pub(super) kind: String,
    pub(super) label: String,
    pub(super) mime: String,
}

/// Refuses another version of the protocol; one that is not named is taken for ours.
pub(super) fn check_version(headers: &HeaderMap) -> Result<(), Refused> {
    match header(headers, RESUMABLE.as_str()) {
        None | Some(VERSION) => Ok(()),
        Some(_) => Err(Refused::new(StatusCode::PRECONDITION_FAILED, "protocol_newer", VERSION)),
    }
}

/// A header that holds a count.
pub(super) fn count(headers: &HeaderMap, name: &HeaderName) -> Result<u64, Refused> {
    header(headers, name.as_str())
        .and_then(|text| text.parse().ok())
        .ok_or_else(|| Refused::bad_request("message_unreadable", format!("{name} is missing")))
}

impl Announced {
    /// Reads `Upload-Length` and `Upload-Metadata`.
    pub(super) fn of(headers: &HeaderMap) -> Result<Announced, Refused> {
        let length = count(headers, &LENGTH)?;
        if length == 0 || length > MAX_LENGTH {
            return Err(Refused::too_large());
        }
        let metadata = metadata(header(headers, "upload-metadata").unwrap_or_default());
        let field = |name: &str| {
            metadata.get(name).filter(|text| text.len() <= 200).cloned().ok_or_else(|| {
                Refused::bad_request("message_unreadable", format!("metadata lacks {name}"))
            })
        };
        let hash = field("hash")?;
        if !is_hash(&hash) {
            return Err(Refused::bad_request("message_unreadable", "not a SHA-256 hash"));
        }
        let subject = field("subject")?
            .parse()
            .map_err(|_| Refused::bad_request("message_unreadable", "not a subject"))?;
        let label = if metadata.contains_key("label") { field("label")? } else { String::new() };
        Ok(Announced { hash, length, subject, kind: field("kind")?, label, mime: field("mime")? })
    }
}

/// 64 lower-case hex digits, so that a hash is a safe file name.
pub(super) fn is_hash(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// `key base64,key base64`; what is not readable is left out.
fn metadata(text: &str) -> BTreeMap<String, String> {
    text.split(',')
        .filter_map(|pair| {
            let (key, value) = pair.trim().split_once(' ').unwrap_or((pair.trim(), ""));
            let value = String::from_utf8(STANDARD.decode(value).ok()?).ok()?;
            Some((key.to_owned(), value))
        })
        .collect()
}
