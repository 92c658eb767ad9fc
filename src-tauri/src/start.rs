//! From the command line to the open window, or to why not.

use doorstep_app::{ApiError, App, ErrorCode, host::SystemHost};
use std::{
    path::{Path, PathBuf},
    sync::Arc,
};
use tauri::Manager;

use crate::{farewell, logs, options::Options, screens};

/// The code of a process that could not start.
const NOT_STARTED: i32 = 1;
/// The code of a second start on a profile that a window holds already.
const IN_USE: i32 = 3;

/// Why the screens were not opened.
#[derive(Debug)]
pub(crate) struct StartFailure {
    /// What happened, in both languages, with a detail.
    pub(crate) error: ApiError,
    /// Where the log lies, if one could be begun.
    pub(crate) log: Option<PathBuf>,
}

impl StartFailure {
    /// What the process ends with.
    pub(crate) fn exit_code(&self) -> i32 {
        if self.error.code == ErrorCode::ProfileInUse { IN_USE } else { NOT_STARTED }
    }
}

/// Takes the profile and opens the screens over it.
pub(crate) fn start(app: &mut tauri::App, options: &Options) -> Result<(), Box<StartFailure>> {
    farewell::on_signals(app.handle());
    let folder = match &options.profile {
        Some(folder) => folder.clone(),
        None => app.path().app_local_data_dir().map_err(|error| {
            let error = ApiError::new(ErrorCode::StorageFailed).detail(error);
            Box::new(StartFailure { error, log: None })
        })?,
    };
    let log = logs::begin(&folder).ok();
    open(app, &folder, options).map_err(|error| {
        tracing::error!(code = ?error.code, detail = error.detail, "not started");
        Box::new(StartFailure { error, log })
    })
}

fn open(app: &mut tauri::App, folder: &Path, options: &Options) -> Result<(), ApiError> {
    let host = SystemHost { clock_offset_ms: options.clock_offset_ms };
    let core = App::open(folder, Arc::new(host))?;
    app.manage(core);
    let window = screens::open(app, folder).map_err(ApiError::internal)?;
    #[cfg(all(debug_assertions, target_os = "linux"))]
    if options.mock_camera {
        crate::mock_camera::give_to(&window).map_err(ApiError::internal)?;
    }
    tracing::info!(version = env!("CARGO_PKG_VERSION"), window = window.label(), "open");
    Ok(())
}

/// Ends the process with a sentence where a window cannot be: GTK would panic without a display.
pub(crate) fn require_a_display() {
    let is_set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    if cfg!(target_os = "linux") && !is_set("DISPLAY") && !is_set("WAYLAND_DISPLAY") {
        eprintln!(
            "没有图形界面，无法打开窗口（DISPLAY 和 WAYLAND_DISPLAY 都没有设置）。\n\
             There is no display to open a window on (neither DISPLAY nor WAYLAND_DISPLAY is set)."
        );
        std::process::exit(NOT_STARTED);
    }
}

/// Ends the process when not even a page with the reason can be shown.
pub(crate) fn give_up(error: &dyn std::error::Error) -> ! {
    tracing::error!(%error, "no window");
    eprintln!("窗口无法打开。\nThe window could not be opened: {error}");
    std::process::exit(NOT_STARTED);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_profile_in_use_has_a_code_of_its_own() {
        let failure = |code| StartFailure { error: ApiError::new(code), log: None };
        assert_eq!(failure(ErrorCode::ProfileInUse).exit_code(), 3);
        assert_eq!(failure(ErrorCode::StorageFailed).exit_code(), 1);
    }
}
