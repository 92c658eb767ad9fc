//! Whether a request is the device's own, as `doorstep_sync::auth` says.

use axum::{
    body::{Body, Bytes},
    http::{HeaderMap, StatusCode, request::Parts},
};
use doorstep_domain::{id::DeviceId, time::UtcMs};
use doorstep_store::ledger::people;
use doorstep_sync::auth::{self, WINDOW_MS, signed_text};
use rusqlite::Connection;

use super::refusal::Refused;
use crate::{access::Caller, enrolment::verify};

/// What the device's headers claim.
#[derive(Debug, Clone)]
pub(crate) struct Claimed {
    device: DeviceId,
    at: UtcMs,
    signature: String,
    text: String,
}

/// Reads a body up to `limit` bytes.
pub(crate) async fn read_body(body: Body, limit: usize) -> Result<Bytes, Refused> {
    axum::body::to_bytes(body, limit).await.map_err(|error| {
        let cut = std::error::Error::source(&error)
            .is_some_and(|source| source.to_string().contains("length limit"));
        if cut {
            Refused::too_large()
        } else {
            Refused::bad_request("message_unreadable", "the body was cut")
        }
    })
}

impl Claimed {
    /// Reads the headers of a request with its body.
    pub(crate) fn of(parts: &Parts, body: &[u8]) -> Result<Claimed, Refused> {
        let unsigned =
            || Refused::new(StatusCode::UNAUTHORIZED, "bad_signature", "the request is not signed");
        let device = header(&parts.headers, auth::DEVICE).ok_or_else(unsigned)?;
        let at = header(&parts.headers, auth::TIME).ok_or_else(unsigned)?;
        let signature = header(&parts.headers, auth::SIGNATURE).ok_or_else(unsigned)?;
        let at = UtcMs(at.parse().map_err(|_| unsigned())?);
        let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
        Ok(Claimed {
            device: device.parse().map_err(|_| unsigned())?,
            at,
            signature: signature.to_owned(),
            text: signed_text(parts.method.as_str(), path, at, body),
        })
    }

    /// Checks the claim against the ledger: known device, right signature, not revoked, its time
    /// within the window, its person still working here. The signature comes before everything that
    /// would tell a stranger something.
    pub(crate) fn verify(&self, conn: &Connection, now: UtcMs) -> Result<Caller, Refused> {
        let refuse = |status, code| Err(Refused::new(status, code, ""));
        let Some(device) = people::device(conn, self.device)? else {
            return refuse(StatusCode::UNAUTHORIZED, "device_unknown");
        };
        if !verify(&device.public_key, self.text.as_bytes(), &self.signature) {
            return refuse(StatusCode::UNAUTHORIZED, "bad_signature");
        }
        self.caller(conn, now)
    }

    /// Who is behind a claim whose signature proved right, as the ledger stands by now.
    pub(crate) fn caller(&self, conn: &Connection, now: UtcMs) -> Result<Caller, Refused> {
        let refuse = |status, code| Err(Refused::new(status, code, ""));
        let Some(device) = people::device(conn, self.device)? else {
            return refuse(StatusCode::UNAUTHORIZED, "device_unknown");
        };
        if device.revoked_at.is_some() {
            return refuse(StatusCode::FORBIDDEN, "device_revoked");
        }
        if now.0.abs_diff(self.at.0) > WINDOW_MS.unsigned_abs() {
            return refuse(StatusCode::UNAUTHORIZED, "clock_skew");
        }
        let Some(person) = people::person(conn, device.person)? else {
            return refuse(StatusCode::FORBIDDEN, "person_left");
        };
        let caller = Caller::of(conn, device.id, person, now)?;
        if !caller.is_active() {
            return refuse(StatusCode::FORBIDDEN, "person_left");
        }
        Ok(caller)
    }
}

/// One header as text.
pub(crate) fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}
