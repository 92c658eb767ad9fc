//! A Tauri window with an empty page: what `cargo xtask bench window` compares the product with.
//! Its first argument is the folder for what the web view keeps.

use tauri::{
    WebviewUrl,
    http::{HeaderValue, Response},
    webview::WebviewWindowBuilder,
};

const PAGE: &[u8] = b"<!doctype html><meta charset=utf-8><title>empty</title><p>empty";

#[allow(clippy::disallowed_types, reason = "Tauri's macros write a map that nothing of ours reads")]
fn main() -> tauri::Result<()> {
    let folder = std::env::args_os().nth(1).unwrap_or_default();
    tauri::Builder::default()
        .register_uri_scheme_protocol("empty", |_, _| {
            let mut page = Response::new(PAGE);
            page.headers_mut().insert("Content-Type", HeaderValue::from_static("text/html"));
            page
        })
        .setup(move |app| {
            let page = WebviewUrl::CustomProtocol("empty://localhost/".parse()?);
            WebviewWindowBuilder::new(app, "empty", page)
                .inner_size(1280.0, 800.0)
                .data_directory(folder.into())
                .build()?;
            Ok(())
        })
        .run(tauri::generate_context!("examples/empty_window/tauri.conf.json"))
}
