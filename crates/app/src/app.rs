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

/// One installation: a profile folder, locked or unlocked.
pub struct App {
    pub(crate) profile: Profile,
    pub(crate) host: SharedHost,
    state: RwLock<Option<Unlocked>>,
}

struct Unlocked {
    session: Arc<Session>,
    _background: Background,
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
        let unlocked = state.as_ref().ok_or_else(|| ApiError::new(ErrorCode::Locked))?;
        Ok(Arc::clone(&unlocked.session))
    }

    /// Opens the store with a key that proved right and starts the background.
    pub(crate) async fn begin(self: &Arc<App>, key: RawKey) -> ApiResult<Arc<Session>> {
        let app = Arc::clone(self);
        let session = tokio::task::spawn_blocking(move || {
            let opened = app.profile.open_store(&key, app.host.as_ref())?;
            let rescue = app.profile.rescue_path();
            Ok::<_, ApiError>(Session::new(opened, key, rescue, Arc::clone(&app.host)))
        })
        .await
        .map_err(ApiError::internal)??;
        let session = Arc::new(session);
        let running = Background::start(&session);
        *self.state.write().await =
            Some(Unlocked { session: Arc::clone(&session), _background: running });
        Ok(session)
    }

    /// Locks the profile: the rescue file is brought up to date and the key forgotten.
    pub async fn lock(&self) -> ApiResult<()> {
        let unlocked = self.state.write().await.take();
        if let Some(unlocked) = unlocked {
            background::write_rescue_file(&unlocked.session).await?;
        }
        Ok(())
    }
}
