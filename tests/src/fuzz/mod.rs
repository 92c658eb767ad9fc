//! Mutated bytes for every decoder of outside bytes: seeded, aware of the structure (checksums,
//! compression, signatures and seals are made right again after the mutation), not guided by
//! coverage.
//!
//! The corpus in `tests/fuzz/corpus/<target>` holds real objects as this version writes them, before
//! compression, checksum, signature or seal; each file must stay readable by every later version.

pub mod objects;
mod targets;

pub use targets::TARGETS;

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use crate::dice::{Dice, harm};

/// The longest that one input may keep a decoder busy. Ordinary ones take microseconds; a tests'
/// machine may be busy with other things.
const PATIENCE: Duration = Duration::from_secs(5);

/// A decoder of outside bytes.
pub struct Target {
    /// Its name, and that of its corpus folder.
    pub name: &'static str,
    /// Real objects, named.
    pub seeds: fn() -> Vec<(String, Vec<u8>)>,
    /// Compresses, signs or seals a content, so that the decoder looks inside.
    pub dress: fn(&[u8]) -> Vec<u8>,
    /// Decodes; tells whether the bytes were accepted. Must neither panic nor take long.
    pub run: fn(&[u8]) -> bool,
}

/// What a run came to.
#[derive(Debug, Default, Clone)]
pub struct Report {
    /// Inputs tried.
    pub executions: u64,
    /// Of these, accepted.
    pub accepted: u64,
    /// The longest one input took.
    pub slowest: Duration,
    /// What was found, with the input.
    pub found: Vec<(String, Vec<u8>)>,
}

/// Where the corpus lies.
pub fn corpus_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus")
}

impl Target {
    /// The committed objects, by name.
    pub fn corpus(&self) -> Vec<(String, Vec<u8>)> {
        let folder = corpus_folder().join(self.name);
        let mut files: Vec<PathBuf> = std::fs::read_dir(&folder)
            .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
            .map(|entry| entry.expect("an entry").path())
            .collect();
        files.sort();
        files
            .into_iter()
            .map(|path| {
                let name = path.file_name().expect("a name").to_string_lossy().into_owned();
                (name, std::fs::read(path).expect("readable"))
            })
            .collect()
    }

    /// Decodes one input and notes what came of it.
    pub fn hit(&self, input: &[u8], report: &mut Report) {
        let begun = Instant::now();
        let done = catch_unwind(AssertUnwindSafe(|| (self.run)(input)));
        let took = begun.elapsed();
        report.executions += 1;
        report.slowest = report.slowest.max(took);
        match done {
            Ok(accepted) => report.accepted += u64::from(accepted),
            Err(panic) => report.found.push((said(panic.as_ref()), input.to_vec())),
        }
        if took > PATIENCE {
            report.found.push((format!("took {took:?}"), input.to_vec()));
        }
    }

    /// Mutates the corpus `count` times, or until `deadline`.
    pub fn mutate(&self, seed: u64, count: u64, deadline: Option<Instant>) -> Report {
        let (mut dice, mut report) = (Dice::new(seed), Report::default());
        let corpus: Vec<Vec<u8>> = self.corpus().into_iter().map(|(_, bytes)| bytes).collect();
        while report.executions < count && deadline.is_none_or(|end| Instant::now() < end) {
            let (one, other) = (dice.pick(&corpus).clone(), dice.pick(&corpus));
            let input = mutated(self, one, other, &mut dice);
            self.hit(&input, &mut report);
        }
        report
    }
}

fn mutated(target: &Target, mut bytes: Vec<u8>, other: &[u8], dice: &mut Dice) -> Vec<u8> {
    let outside = dice.below(4) == 0;
    if outside {
        bytes = (target.dress)(&bytes);
    }
    if dice.below(2) == 0 && std::str::from_utf8(&bytes).is_ok() {
        exchange_words(&mut bytes, other, dice);
    } else {
        harm(&mut bytes, other, dice);
    }
    if outside { bytes } else { (target.dress)(&bytes) }
}

/// Puts a word of another text, or one that decoders trip over, in the place of a word.
fn exchange_words(bytes: &mut Vec<u8>, other: &[u8], dice: &mut Dice) {
    const HARD: [&str; 16] = [
        "null",
        "true",
        "0",
        "-1",
        "1e309",
        "-0",
        "18446744073709551616",
        "9223372036854775808",
        "\"\"",
        "\"\\ud800\"",
        "[]",
        "{}",
        "[[[[[[[[",
        "\u{202e}",
        "\u{0}",
        "一",
    ];
    for _ in 0..1 + dice.below(3) {
        let (from, to) = word(bytes, dice);
        let (foreign_from, foreign_to) = word(other, dice);
        let word = match dice.below(3) {
            0 => other[foreign_from..foreign_to].to_vec(),
            1 => HARD[dice.below(HARD.len())].as_bytes().to_vec(),
            _ => bytes[from..to].repeat(dice.below(4)),
        };
        bytes.splice(from..to, word);
    }
}

/// A piece between two marks of punctuation.
fn word(bytes: &[u8], dice: &mut Dice) -> (usize, usize) {
    let is_mark = |byte: &u8| b",:{}[]&=?/\"() ;-".contains(byte);
    let at = dice.below(bytes.len());
    let from = bytes[..at].iter().rposition(is_mark).map_or(0, |mark| mark + 1);
    let to = bytes[at..].iter().position(is_mark).map_or(bytes.len(), |mark| at + mark);
    (from.min(to), to)
}

fn said(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
    format!("panicked: {}", text.unwrap_or("without a word"))
}
