//! The core of one installation.

use std::{path::Path, sync::Arc};
use tokio::sync::RwLock;

use crate::{
    background::{self, Background},
    error::{ApiError, ApiResult},
    error_code::ErrorCode,
    host::SharedHost,
    profile::Profile,
    session::Session,
};
use doorstep_store::vault::RawKey;

/// One installation: a profile folder, and its work once somebody has unlocked it.
pub struct App {
    pub(crate) profile: Profile,
    pub(crate) host: SharedHost,
    state: RwLock<Option<Running>>,
}

/// An opened store with its background. Locking shuts the screens out and nothing else: what was
/// saved goes on to HQ while the process lives, so the key stays in memory until the process ends.
struct Running {
    session: Arc<Session>,
    locked: bool,
    _background: Option<Background>,
}

impl App {
    /// Takes a profile folder; fails with `profile_in_use` when another process holds it.
    pub fn open(folder: &Path, host: SharedHost) -> ApiResult<Arc<App>> {
        let profile = Profile::take(folder)?;
        Ok(Arc::new(App { profile, host, state: RwLock::new(None) }))
    }

    /// The unlocked profile.
    pub(crate) async fn session(&self) -> ApiResult<Arc<Session>> {
        let state = self.state.read().await;
        match state.as_ref() {
            Some(running) if !running.locked => Ok(Arc::clone(&running.session)),
            _ => Err(ApiError::new(ErrorCode::Locked)),
        }
    }

    /// Lets the screens in with a key that proved right, opening the store and starting the
    /// background if they are not there yet.
    pub(crate) async fn begin(self: &Arc<App>, key: RawKey) -> ApiResult<Arc<Session>> {
        let mut state = self.state.write().await;
        if let Some(running) = state.as_mut() {
            running.locked = false;
            return Ok(Arc::clone(&running.session));
        }
        let app = Arc::clone(self);
        let session = tokio::task::spawn_blocking(move || {
            let opened = app.profile.open_store(&key, app.host.as_ref())?;
            let rescue = app.profile.rescue_path();
            Ok::<_, ApiError>(Session::new(opened, key, rescue, Arc::clone(&app.host)))
        })
        .await
        .map_err(ApiError::internal)??;
        let session = Arc::new(session);
        let background = self.host.runs_background().then(|| Background::start(&session));
        *state =
            Some(Running { session: Arc::clone(&session), locked: false, _background: background });
        Ok(session)
    }

    /// Locks the profile and brings the rescue file up to date.
    pub async fn lock(&self) -> ApiResult<()> {
        let session = match self.state.write().await.as_mut() {
            Some(running) => {
                running.locked = true;
                Arc::clone(&running.session)
            }
            None => return Ok(()),
        };
        background::write_rescue_file(&session).await
    }
}
