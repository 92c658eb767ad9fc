//! The page lives in a process of the web view's. When that ends, by a fault or for want of memory,
//! the core in ours has lost nothing: the page is loaded again and stands where it stood.

use tauri::WebviewWindow;
use webkit2gtk::WebViewExt;

/// Loads the page again whenever its process has ended.
pub(crate) fn outlive(window: &WebviewWindow) -> tauri::Result<()> {
    window.with_webview(|webview| {
        webview.inner().connect_web_process_terminated(|view, reason| {
            tracing::error!(?reason, "the page's process ended; the page is loaded again");
            view.reload();
        });
    })
}
