//! Searching bytes for things that must not be in them.

use aho_corasick::AhoCorasick;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use crate::folders::files;

/// Byte sequences to look for, each with what it is.
#[derive(Default)]
pub struct Needles(BTreeMap<Vec<u8>, String>);

impl Needles {
    /// Looks for these bytes too. Fewer than five would turn up in random bytes by chance.
    pub fn add(&mut self, what: &str, bytes: &[u8]) {
        assert!(bytes.len() >= 5, "{what}: {} bytes are found by chance", bytes.len());
        self.0.entry(bytes.to_owned()).or_insert_with(|| what.to_owned());
    }

    /// Looks for a text in UTF-8, and in UTF-16LE where it is long enough.
    pub fn add_text(&mut self, what: &str, text: &str) {
        self.add(what, text.as_bytes());
        let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        if wide.len() >= 6 {
            self.add(&format!("{what} as UTF-16"), &wide);
        }
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// All of them one after the other: what a search must find whole.
    pub fn all(&self) -> Vec<u8> {
        self.0.keys().flatten().copied().collect()
    }

    /// What of it is in these bytes.
    pub fn in_bytes(&self, bytes: &[u8]) -> BTreeSet<String> {
        self.found_in(bytes, &self.search())
    }

    fn search(&self) -> AhoCorasick {
        AhoCorasick::new(self.0.keys()).expect("a search for a few hundred texts")
    }

    fn found_in(&self, bytes: &[u8], search: &AhoCorasick) -> BTreeSet<String> {
        let whats: Vec<&String> = self.0.values().collect();
        let found = search.find_overlapping_iter(bytes);
        found.map(|hit| whats[hit.pattern().as_usize()].clone()).collect()
    }

    /// What of it is in the files of a folder, by name of the file.
    pub fn in_folder(&self, folder: &Path) -> BTreeSet<String> {
        let search = self.search();
        let of_file = |path: &PathBuf| {
            let found = self.found_in(&fs::read(path).unwrap_or_default(), &search);
            found.into_iter().map(|what| format!("{}: {what}", path.display())).collect::<Vec<_>>()
        };
        files(folder).iter().flat_map(of_file).collect()
    }
}
