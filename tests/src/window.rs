//! The window as a process of its own, on a profile that a device enrolled before.

use std::{
    path::Path,
    process::{Child, Command},
};

use crate::binaries;

/// A running window; killed when dropped.
pub struct Window {
    child: Child,
}

impl Window {
    /// Opens a window on a profile folder, its wall clock wrong by `offset_ms`. It needs a display.
    pub fn open(profile: &Path, offset_ms: i64) -> Window {
        let mut command = Command::new(binaries::path("doorstep"));
        command.arg("--profile").arg(profile).arg(format!("--clock-offset-ms={offset_ms}"));
        Window { child: command.spawn().expect("doorstep starts") }
    }

    /// Whether the person has not closed it yet.
    pub fn is_open(&mut self) -> bool {
        self.child.try_wait().is_ok_and(|ended| ended.is_none())
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
