//! The count of wrong PINs, kept outside the database because it matters before the key is known.
//!
//! A try is counted before it is checked, so killing the program in the middle gains nothing.
//! Someone who can replace this file can also copy the vault and guess elsewhere; against that only
//! the cost of Argon2id and the second factor help, not this delay.

use crate::durable;
use doorstep_domain::time::UtcMs;
use serde::{Deserialize, Serialize};
use std::{
    fs::{self, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
};

/// The file in the profile folder.
pub const ATTEMPTS_FILE: &str = "vault-attempts.json";

/// Wrong PINs that cost no waiting, before the delays begin.
pub const FREE_ATTEMPTS: u32 = 5;

/// Waiting after the fifth, sixth, … wrong PIN, in milliseconds; the last one repeats. The house's
/// own ladder: at an hour for each further try, a million PINs take over a century on the device.
pub const DELAYS_MS: [i64; 5] =
    [30_000, UtcMs::MINUTE, 5 * UtcMs::MINUTE, 15 * UtcMs::MINUTE, 60 * UtcMs::MINUTE];

/// The record is padded to this many bytes, so that it can be overwritten in place, inside one disk
/// sector, when the disk has no room for a second copy.
const RECORD_BYTES: usize = 256;

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Attempts {
    /// Wrong PINs since the last right one.
    failures: u32,
    /// Waiting left at `seen_ms`.
    wait_ms: i64,
    /// The clock when the waiting was last reckoned.
    seen_ms: i64,
}

impl Attempts {
    /// The count as of `now`. A missing file is a count of zero; one that cannot be understood
    /// counts as a first delay, so that damage never helps a guesser.
    pub(super) fn load(folder: &Path, now: UtcMs) -> io::Result<Attempts> {
        let bytes = match fs::read(file_in(folder)) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
            Err(error) => return Err(error),
        };
        let stored = if bytes.is_empty() {
            Attempts::default()
        } else {
            serde_json::from_slice(&bytes).unwrap_or(Attempts {
                failures: FREE_ATTEMPTS,
                wait_ms: delay_after(FREE_ATTEMPTS),
                seen_ms: now.0,
            })
        };
        Ok(stored.reckoned(now))
    }

    /// Waiting left, in milliseconds; 0 when a PIN may be tried.
    pub(super) fn wait_ms(&self) -> i64 {
        self.wait_ms
    }

    /// Wrong PINs that may still be typed before a delay.
    pub(super) fn left(&self) -> u32 {
        FREE_ATTEMPTS.saturating_sub(self.failures)
    }

    /// Wrong PINs since the last right one.
    pub(super) fn failures(&self) -> u32 {
        self.failures
    }

    /// Counts a try that is about to be made, on disk, before it is made.
    pub(super) fn count(self, folder: &Path, now: UtcMs) -> io::Result<Attempts> {
        let failures = self.failures.saturating_add(1);
        let counted = Attempts { failures, wait_ms: delay_after(failures), seen_ms: now.0 };
        counted.store(folder)?;
        Ok(counted)
    }

    /// Forgets all wrong PINs after a right one.
    pub(super) fn clear(folder: &Path, now: UtcMs) -> io::Result<()> {
        Attempts { seen_ms: now.0, ..Attempts::default() }.store(folder)
    }

    /// Waiting shrinks by the time that passed. A clock set back starts the whole delay again.
    fn reckoned(self, now: UtcMs) -> Attempts {
        let passed = now.0.saturating_sub(self.seen_ms);
        let wait_ms = match passed {
            _ if self.wait_ms <= 0 => 0,
            ..0 => delay_after(self.failures),
            passed => self.wait_ms.saturating_sub(passed).max(0),
        };
        Attempts { wait_ms, seen_ms: now.0, ..self }
    }

    /// Writes the waiting as reckoned, so that a clock set back is remembered.
    pub(super) fn store(&self, folder: &Path) -> io::Result<()> {
        let mut record = serde_json::to_vec(self).map_err(io::Error::other)?;
        record.resize(RECORD_BYTES, b' ');
        let path = file_in(folder);
        match durable::replace(&path, &record) {
            Err(error) if durable::is_no_space(&error) && path.exists() => {
                let mut file = OpenOptions::new().write(true).open(&path)?;
                file.write_all(&record)?;
                file.sync_all()
            }
            other => other,
        }
    }
}

fn delay_after(failures: u32) -> i64 {
    let Some(step) = failures.checked_sub(FREE_ATTEMPTS) else { return 0 };
    let step = usize::try_from(step).unwrap_or(usize::MAX).min(DELAYS_MS.len() - 1);
    DELAYS_MS.get(step).copied().unwrap_or(0)
}

fn file_in(folder: &Path) -> PathBuf {
    folder.join(ATTEMPTS_FILE)
}
