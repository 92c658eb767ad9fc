//! The end: the core locks, which brings the rescue file up to date, then the process goes.

use doorstep_app::App;
use std::{sync::Arc, time::Duration};
use tauri::{AppHandle, Manager, WebviewWindow};

/// How long the core may take. Nothing saved is lost after that either: a record is durable the
/// moment it says so; only the rescue file is a little older.
const LONGEST: Duration = Duration::from_secs(10);

/// Takes the window away at once and ends the process when the core has locked.
pub(crate) fn leave(window: &WebviewWindow) {
    if let Err(error) = window.hide() {
        tracing::warn!(%error, "the window did not hide");
    }
    let app = window.app_handle().clone();
    tauri::async_runtime::spawn(async move {
        if let Some(core) = app.try_state::<Arc<App>>() {
            match tokio::time::timeout(LONGEST, core.lock()).await {
                Ok(Ok(())) => tracing::info!("closed"),
                Ok(Err(error)) => {
                    tracing::error!(code = ?error.code, detail = error.detail, "closed unlocked");
                }
                Err(_) => tracing::error!("the core did not lock in time"),
            }
        }
        app.exit(0);
    });
}

/// Told to the app once its window stands and knows how to end: closed earlier, the process would
/// end with 0 whatever there was to say.
pub(crate) struct Ready;

/// SIGTERM and SIGINT close every window as a person would.
pub(crate) fn on_signals(app: &AppHandle) {
    #[cfg(all(unix, desktop))]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let app = app.clone();
        tauri::async_runtime::spawn(async move {
            let heard = (signal(SignalKind::terminate()), signal(SignalKind::interrupt()));
            let (Ok(mut terminate), Ok(mut interrupt)) = heard else {
                return tracing::warn!("signals are not heard");
            };
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
            // A signal may come before the first window can say goodbye.
            while app.try_state::<Ready>().is_none() {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            for window in app.webview_windows().into_values() {
                if let Err(error) = window.close() {
                    tracing::warn!(%error, "a window did not close");
                }
            }
        });
    }
    #[cfg(not(all(unix, desktop)))]
    let _ = app;
}
