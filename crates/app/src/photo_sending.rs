//! When photos may go to HQ: by the person's choice and the network in use. Records never wait.

use doorstep_domain::time::UtcMs;
use doorstep_store::device;
use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicBool, Ordering},
};
use ts_rs::TS;

use crate::{
    error::{ApiError, ApiResult},
    host::Host,
    session::Session,
};

const SENDING: &str = "photo_sending";
/// The system is asked about the network at most this often; asking may start a program.
const ASK_EVERY_MS: i64 = 20_000;

/// Over which networks photos go.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum PhotoSending {
    /// Over any.
    Always,
    /// Not over one that the system says is paid by volume.
    #[default]
    Unmetered,
    /// Only when the person says so.
    OnRequest,
}

/// The switch in force, what the network is, and one leave to send now.
#[derive(Debug, Default)]
pub(crate) struct PhotoGate {
    now: AtomicBool,
    network: Mutex<Option<(UtcMs, Option<bool>)>>,
}

impl PhotoGate {
    /// Everything that waits may go now, whatever the network.
    pub(crate) fn open_once(&self) {
        self.now.store(true, Ordering::SeqCst);
    }

    /// Nothing waits any more.
    pub(crate) fn close(&self) {
        self.now.store(false, Ordering::SeqCst);
    }

    /// Whether the network in use is paid by volume.
    fn metered(&self, host: &dyn Host) -> Option<bool> {
        let now = host.now();
        let mut known = self.network.lock().unwrap_or_else(PoisonError::into_inner);
        match *known {
            Some((at, answer)) if (now.0 - at.0).abs() < ASK_EVERY_MS => answer,
            _ => {
                let answer = host.metered();
                *known = Some((now, answer));
                answer
            }
        }
    }
}

/// The person's choice.
pub(crate) fn chosen(conn: &Connection) -> ApiResult<PhotoSending> {
    Ok(device::setting(conn, SENDING)?.unwrap_or_default())
}

/// Keeps the person's choice.
pub(crate) fn choose(conn: &Connection, sending: PhotoSending) -> ApiResult<()> {
    Ok(device::put_setting(conn, SENDING, &sending)?)
}

/// Whether photos that wait must go on waiting.
pub(crate) async fn held_back(session: &Session) -> ApiResult<bool> {
    if session.photo_gate.now.load(Ordering::SeqCst) {
        return Ok(false);
    }
    match session.db.read(chosen).await? {
        PhotoSending::Always => Ok(false),
        PhotoSending::OnRequest => Ok(true),
        PhotoSending::Unmetered => {
            let (gate, host) = (Arc::clone(&session.photo_gate), Arc::clone(&session.host));
            let asked = tokio::task::spawn_blocking(move || gate.metered(host.as_ref()));
            Ok(asked.await.map_err(ApiError::internal)? == Some(true))
        }
    }
}
