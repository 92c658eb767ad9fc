//! The window: one web view with the built screens inside, over the core.
//!
//! It passes the screens' calls to [`doorstep_app::App`] and adds what only a window can do: a file
//! dialog, the camera's permission, its place on the monitor, a farewell that brings the rescue
//! file up to date. It holds no business. `docs/window.md` describes it from outside.

mod address;
mod commands;
mod failure_page;
mod farewell;
mod logs;
#[cfg(all(debug_assertions, target_os = "linux"))]
mod mock_camera;
mod options;
mod origin;
#[cfg(target_os = "linux")]
mod page_process;
#[cfg(desktop)]
mod placement;
mod screens;
mod start;

use clap::Parser;
use tauri::Manager;

use options::Options;

/// Opens the window. On a desktop the process ends with it: 0 after a farewell, 1 when it could not
/// start, 2 for a wrong command line, 3 when the profile is in use.
#[allow(clippy::disallowed_types, reason = "Tauri's macros write a map that nothing of ours reads")]
#[cfg_attr(mobile, tauri::mobile_entry_point)]
pub fn run() {
    // A tablet's system starts the app without a command line of its own.
    let options = if cfg!(mobile) { Options::default() } else { Options::parse() };
    start::require_a_display();
    let built = failure_page::served_by(tauri::Builder::default())
        .plugin(tauri_plugin_dialog::init())
        .plugin(tauri_plugin_fs::init())
        .plugin(tauri_plugin_opener::Builder::new().open_js_links_on_click(false).build())
        .invoke_handler(tauri::generate_handler![
            commands::rpc,
            commands::save_file,
            commands::open_address
        ])
        .setup(move |app| {
            start::start(app, &options)
                .or_else(|failure| failure_page::show(app.handle(), *failure))?;
            app.manage(farewell::Ready);
            Ok(())
        })
        .build(tauri::generate_context!());
    match built {
        Ok(app) => app.run(|_, _| {}),
        Err(error) => start::give_up(&error),
    }
}
