//! Enrolling, unlocking, locking.

use doorstep_domain::{id::DeviceId, org::Person, trust::KeyList};
use doorstep_sync::auth::EnrolTicket;
use ed25519_dalek::SigningKey;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use ts_rs::TS;

use crate::{
    app::App,
    error::{ApiError, ApiResult},
    error_code::ErrorCode,
    host::{id_noise, random_bytes},
    identity::{self, Epoch, Identity},
    salvage::Salvage,
    session::{self, Session},
    transport,
};

/// A command that needs no input.
#[derive(Debug, Default, Serialize, Deserialize, TS)]
pub struct Nothing {}

/// Where the installation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Nothing has been set up.
    New,
    /// A PIN is needed.
    Locked,
    /// Unlocked, but HQ does not know the device yet.
    NotEnrolled,
    /// Ready for work.
    Ready,
}

/// What the first screen needs to know.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct AppStatus {
    /// Where the installation stands.
    pub stage: Stage,
    /// Whose device it is, once unlocked.
    pub person: Option<Person>,
    /// The device's identity, once unlocked.
    pub device: Option<DeviceId>,
    /// What else than the PIN guards the key; absent where the system has no keystore.
    pub keystore: Option<String>,
    /// Waiting before the next PIN, in ms.
    pub wait_ms: i64,
    /// Wrong PINs that may still be typed before a delay.
    pub attempts_left: u32,
    /// A damaged database was found at the start: where it lies and what was carried over.
    pub salvaged: Option<Salvage>,
    /// The product's version.
    pub version: String,
}

/// A first start: the ticket from HQ's QR, and the PIN the person chose.
#[derive(Debug, Serialize, Deserialize, TS)]
pub struct EnrolInput {
    /// The text of the ticket's QR.
    pub ticket: String,
    /// The new PIN; on a device set up before, its PIN.
    pub pin: String,
    /// A name for the device.
    pub device_name: String,
}

/// A PIN.
#[derive(Debug, Serialize, Deserialize, TS)]
pub struct PinInput {
    /// As typed.
    pub pin: String,
}

/// Another PIN.
#[derive(Debug, Serialize, Deserialize, TS)]
pub struct PinChange {
    /// The PIN so far.
    pub old: String,
    /// The PIN from now on.
    pub new: String,
}

/// Where the installation stands.
pub async fn app_status(app: &Arc<App>, _: Nothing) -> ApiResult<AppStatus> {
    let lock = app.profile.vault().state(app.host.now()).ok();
    let session = app.session().await.ok();
    let identity = match &session {
        Some(session) => session.db.read(Identity::load).await?,
        None => None,
    };
    let stage = match (&session, &identity) {
        (Some(_), Some(_)) => Stage::Ready,
        (Some(_), None) => Stage::NotEnrolled,
        (None, _) if app.profile.vault().exists() => Stage::Locked,
        (None, _) => Stage::New,
    };
    Ok(AppStatus {
        stage,
        person: identity.as_ref().map(|identity| identity.person.clone()),
        device: identity.as_ref().map(|identity| identity.device),
        keystore: lock.as_ref().and_then(|lock| lock.keystore.clone()),
        wait_ms: lock.as_ref().map_or(0, |lock| lock.wait_ms),
        attempts_left: lock.as_ref().map_or(0, |lock| lock.attempts_left),
        salvaged: session.and_then(|session| session.salvaged.clone()),
        version: env!("CARGO_PKG_VERSION").to_owned(),
    })
}

/// Sets the PIN of a new installation, asks HQ to enrol it, and pulls the first data. A device
/// whose ticket failed keeps its PIN and tries again with the next ticket.
pub async fn enrol(app: &Arc<App>, input: EnrolInput) -> ApiResult<AppStatus> {
    let ticket = EnrolTicket::from_text(&input.ticket)
        .ok_or_else(|| ApiError::new(ErrorCode::EnrolCodeInvalid))?;
    let session = session_for_enrolment(app, input.pin).await?;
    if session.db.read(Identity::load).await?.is_some() {
        return Err(ApiError::new(ErrorCode::AlreadyEnrolled));
    }
    let host = Arc::clone(&app.host);
    let device = DeviceId::new(host.now(), id_noise(host.as_ref()));
    let key = SigningKey::from_bytes(&random_bytes(host.as_ref()));
    let answer = transport::enrol(host.as_ref(), &ticket, device, &key, &input.device_name).await?;
    let identity = Identity::new(device, &key, &ticket, &answer);
    let keys: KeyList = identity.open_keys(&answer.keys, 0)?;
    session
        .db
        .write(move |tx, _| {
            identity.store(tx)?;
            identity::store_keys(tx, &keys)?;
            Epoch::begin(host.as_ref()).store(tx)?;
            session::note_hq_time(tx, answer.hq_time, host.as_ref())
        })
        .await?;
    session.poke.notify_one();
    app_status(app, Nothing {}).await
}

async fn session_for_enrolment(app: &Arc<App>, pin: String) -> ApiResult<Arc<Session>> {
    if let Ok(session) = app.session().await {
        return Ok(session);
    }
    if app.profile.vault().exists() {
        unlock(app, PinInput { pin }).await?;
        return app.session().await;
    }
    let worker = Arc::clone(app);
    let key =
        tokio::task::spawn_blocking(move || worker.profile.create_key(&pin, worker.host.as_ref()))
            .await
            .map_err(ApiError::internal)??;
    app.begin(key).await
}

/// Unlocks with the PIN.
pub async fn unlock(app: &Arc<App>, input: PinInput) -> ApiResult<AppStatus> {
    if app.session().await.is_err() {
        let worker = Arc::clone(app);
        let key = tokio::task::spawn_blocking(move || {
            worker.profile.unlock(&input.pin, worker.host.now())
        })
        .await
        .map_err(ApiError::internal)??;
        app.begin(key).await?;
    }
    app_status(app, Nothing {}).await
}

/// Locks; unsent work stays in the outbox and in the rescue file.
pub async fn lock(app: &Arc<App>, _: Nothing) -> ApiResult<AppStatus> {
    app.lock().await?;
    app_status(app, Nothing {}).await
}

/// Changes the PIN.
pub async fn pin_change(app: &Arc<App>, input: PinChange) -> ApiResult<AppStatus> {
    let worker = Arc::clone(app);
    tokio::task::spawn_blocking(move || {
        worker.profile.change_pin(&input.old, &input.new, worker.host.as_ref())
    })
    .await
    .map_err(ApiError::internal)??;
    app_status(app, Nothing {}).await
}
