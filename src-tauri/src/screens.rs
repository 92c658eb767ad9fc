//! The window with the screens.

use std::path::Path;
use tauri::{
    App, WebviewUrl, WebviewWindow, WindowEvent,
    webview::{NewWindowResponse, PermissionKind, PermissionResponse, WebviewWindowBuilder},
};

use crate::{farewell, origin};

/// The window's name, as `capabilities/screens.json` knows it.
pub(crate) const LABEL: &str = "screens";

/// Opens the window where it was last. It shows the screens and nothing else: it goes to no other
/// address, opens no other window, downloads nothing by itself, and grants the camera alone.
///
/// What the web view keeps (language, theme) lies in the profile too, so that two profiles share
/// nothing.
pub(crate) fn open(app: &App, folder: &Path) -> tauri::Result<WebviewWindow> {
    let builder = WebviewWindowBuilder::new(app, LABEL, WebviewUrl::App("index.html".into()))
        .data_directory(folder.join("web"))
        .on_navigation(origin::is_ours)
        .on_new_window(|_, _| NewWindowResponse::Deny)
        .on_download(|_, _| false)
        .on_permission_request(|webview, kind| {
            permission(kind, webview.url().is_ok_and(|url| origin::is_ours(&url)))
        });
    #[cfg(desktop)]
    let builder = builder
        .title("Doorstep 上门换新")
        .inner_size(1280.0, 800.0)
        .min_inner_size(360.0, 560.0)
        .visible(false);
    let window = builder.build()?;
    #[cfg(target_os = "linux")]
    crate::page_process::outlive(&window)?;
    #[cfg(desktop)]
    {
        crate::placement::restore(&window, folder);
        window.show()?;
    }
    let (leaving, folder) = (window.clone(), folder.to_owned());
    window.on_window_event(move |event| {
        if let WindowEvent::CloseRequested { api, .. } = event {
            api.prevent_close();
            #[cfg(desktop)]
            crate::placement::remember(&leaving, &folder);
            #[cfg(mobile)]
            let _ = &folder;
            farewell::leave(&leaving);
        }
    });
    Ok(window)
}

/// The camera for the screens; nothing for anyone else, and nothing else for them.
fn permission(kind: PermissionKind, asked_by_us: bool) -> PermissionResponse {
    match kind {
        PermissionKind::Camera if asked_by_us => PermissionResponse::Allow,
        _ => PermissionResponse::Deny,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_camera_is_granted_and_only_to_the_screens() {
        use PermissionKind::{Camera, Geolocation, Microphone, Notifications, Other};
        let granted = |kind, ours| matches!(permission(kind, ours), PermissionResponse::Allow);
        assert!(granted(Camera, true));
        assert!(!granted(Camera, false));
        for kind in [Microphone, Geolocation, Notifications, Other] {
            assert!(!granted(kind, true), "{kind:?}");
        }
    }
}
