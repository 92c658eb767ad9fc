//! A disk of a few megabytes that can be filled; making one needs root.

use std::{
    fs::{self, File},
    io::Write,
    path::{Path, PathBuf},
    process::Command,
};

/// A tmpfs of its own; unmounted when dropped.
pub struct SmallDisk {
    folder: PathBuf,
}

impl SmallDisk {
    /// Mounts one on a new folder; `None`, and a word about it, where that is not permitted.
    pub fn mount(folder: &Path, mib: u32) -> Option<SmallDisk> {
        fs::create_dir_all(folder).expect("a folder");
        let size = format!("size={mib}m");
        let done =
            Command::new("mount").args(["-t", "tmpfs", "-o", &size, "none"]).arg(folder).output();
        if done.is_ok_and(|done| done.status.success()) {
            return Some(SmallDisk { folder: folder.to_owned() });
        }
        println!("SKIPPED: this test mounts a small disk, which needs root");
        None
    }

    /// Takes all the space that is left.
    pub fn fill(&self) {
        let mut filler = File::create(self.filler()).expect("a file");
        for size in [1 << 16, 1 << 12, 1 << 6, 1] {
            let piece = vec![0xA5u8; size];
            while filler.write_all(&piece).is_ok() {}
        }
    }

    /// Gives the space back.
    pub fn free(&self) {
        fs::remove_file(self.filler()).expect("the filler lies there");
    }

    fn filler(&self) -> PathBuf {
        self.folder.join("filler")
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.folder).status();
    }
}
