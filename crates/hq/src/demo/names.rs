//! Invented names, numbers and addresses of the sample households. The words are data of the
//! sample business, read from its folder; the program carries none of them.

use std::path::{Path, PathBuf};

use serde::Deserialize;
use thiserror::Error;

/// Where the words lie below the folder of reference data.
const FILE: &str = "sample/households.toml";

/// Why the sample households cannot be named.
#[derive(Debug, Error)]
pub enum NamesError {
    /// The file cannot be read.
    #[error("{path}: {error}")]
    File {
        /// Which.
        path: PathBuf,
        /// What the system says.
        error: std::io::Error,
    },
    /// It is not what it should be.
    #[error("{path}: {error}")]
    Content {
        /// Which.
        path: PathBuf,
        /// What is wrong.
        error: toml::de::Error,
    },
}

/// What sample households are called and where they live.
#[derive(Debug, Deserialize)]
pub struct Names {
    surnames: Vec<String>,
    given: Vec<String>,
    /// Names that are not a surname with a given name behind it.
    whole: Vec<String>,
    roads: Vec<String>,
}

impl Names {
    /// Reads the words from a folder of reference data.
    ///
    /// # Errors
    /// [`NamesError`] when the folder has no readable `sample/households.toml`.
    pub fn read(folder: &Path) -> Result<Names, NamesError> {
        let path = folder.join(FILE);
        let text = std::fs::read_to_string(&path)
            .map_err(|error| NamesError::File { path: path.clone(), error })?;
        toml::from_str(&text).map_err(|error| NamesError::Content { path, error })
    }

    /// The name of a running number. Numbers far apart may share a name, as people do.
    pub(super) fn customer(&self, number: u32) -> String {
        if number % 37 == 36 {
            return super::at(&self.whole, number / 37).unwrap_or_default();
        }
        let surname = super::at(&self.surnames, number).unwrap_or_default();
        let given = super::at(&self.given, number.wrapping_mul(7).wrapping_add(number / 28));
        format!("{surname}{}", given.unwrap_or_default())
    }

    /// An invented address.
    pub(super) fn address(&self, number: u32) -> String {
        let road = super::at(&self.roads, number).unwrap_or_default();
        let (lane, house, floor) = (number % 180 + 1, number % 23 + 1, number % 17 + 1);
        format!("{road}{lane}弄{house}号{floor:02}{:02}室（样例）", number % 4 + 1)
    }
}

/// An invented mobile number.
pub(super) fn phone(number: u32) -> String {
    let tail = u64::from(number).wrapping_mul(7_919).wrapping_add(20_130_001) % 100_000_000;
    format!("1{}{tail:08}", 30 + number % 10)
}
