//! What happened, line by line, and what it adds up to.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// How often what happened.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Counts(pub BTreeMap<String, u64>);

impl Counts {
    /// Once more.
    pub fn add(&mut self, what: &str) {
        self.add_many(what, 1);
    }

    /// So many times more.
    pub fn add_many(&mut self, what: &str, times: u64) {
        match self.0.get_mut(what) {
            Some(count) => *count += times,
            None => {
                self.0.insert(what.to_owned(), times);
            }
        }
    }

    /// Both together.
    pub fn take_in(&mut self, other: &Counts) {
        for (what, times) in &other.0 {
            self.add_many(what, *times);
        }
    }
}

/// The story of one seed.
#[derive(Default)]
pub struct Trace {
    hash: Sha256,
    lines: Vec<String>,
    loud: bool,
    /// What happened how often.
    pub counts: Counts,
}

impl Trace {
    /// A story that is printed while it happens.
    pub fn loud(loud: bool) -> Trace {
        Trace { loud, ..Trace::default() }
    }

    /// Adds a line.
    pub fn say(&mut self, line: String) {
        self.hash.update(line.as_bytes());
        self.hash.update(b"\n");
        if self.loud {
            println!("{:>4}  {line}", self.lines.len());
        }
        self.lines.push(line);
    }

    /// The last lines.
    pub fn tail(&self, count: usize) -> &[String] {
        &self.lines[self.lines.len().saturating_sub(count)..]
    }

    /// SHA-256 over every line so far.
    pub fn sum(&self) -> String {
        hex::encode(self.hash.clone().finalize())
    }
}
