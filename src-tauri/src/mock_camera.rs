//! WebKit's mock camera, for tests on machines without one. Release builds do not have it.

use tauri::WebviewWindow;
use webkit2gtk::{SettingsExt, WebViewExt};

/// Gives the window's page two cameras that show a moving picture.
pub(crate) fn give_to(window: &WebviewWindow) -> tauri::Result<()> {
    window.with_webview(|webview| {
        if let Some(settings) = webview.inner().settings() {
            settings.set_enable_mock_capture_devices(true);
        }
    })
}
