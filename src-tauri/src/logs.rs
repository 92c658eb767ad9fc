//! The log: one file a day in the profile, a week of them. It holds no personal data: the core logs
//! codes and identities only, and of a panic only the place is kept, not its words.

use std::{
    io,
    path::{Path, PathBuf},
};
use tracing_appender::rolling::{RollingFileAppender, Rotation};
use tracing_subscriber::EnvFilter;

/// Files kept, today's among them.
const DAYS: usize = 7;

/// Begins the log and returns its folder. `RUST_LOG` chooses what is logged, else `info`.
pub(crate) fn begin(profile: &Path) -> io::Result<PathBuf> {
    let folder = profile.join("logs");
    std::fs::create_dir_all(&folder)?;
    let file = RollingFileAppender::builder()
        .rotation(Rotation::DAILY)
        .filename_prefix("doorstep")
        .filename_suffix("log")
        .max_log_files(DAYS)
        .build(&folder)
        .map_err(io::Error::other)?;
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt().with_env_filter(filter).with_ansi(false).with_writer(file).init();
    log_panics();
    Ok(folder)
}

fn log_panics() {
    let told_before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        let thread = std::thread::current().name().unwrap_or("unnamed").to_owned();
        tracing::error!(place, thread, "panic");
        told_before(panic);
    }));
}
