//! Cutting text into the words of the index.
//!
//! No input can become query syntax, and the tokenizer of FTS5 has nothing left to decide:
//! - `aa…` is a run of ASCII letters and digits, `pp…` is pinyin;
//! - one or two common Chinese characters stand for themselves, too short for the prefix index, which
//!   would only grow by them;
//! - any other one or two characters are written as code points, `c1f600`.

use super::{Entry, readings};
use std::collections::BTreeSet;

/// Digits of a phone number by which people ask for it.
const PHONE_TAIL: usize = 4;
/// Characters of a serial number by which people ask for it.
const SERIAL_TAIL: usize = 6;
/// Words of one typed term that go to the index; what is longer is told apart by the row.
const MAX_WORDS: usize = 24;

/// Lower case, full-width ASCII made plain: the form in which text is kept for checking and asked
/// for.
pub(super) fn normal(text: &str) -> String {
    text.chars()
        .map(|character| match character {
            '\u{FF01}'..='\u{FF5E}' => {
                char::from_u32(u32::from(character) - 0xFEE0).unwrap_or(character)
            }
            '\u{3000}' => ' ',
            _ => character,
        })
        .flat_map(char::to_lowercase)
        .collect()
}

/// The text of an entry as hits are checked against it: one line for each field, the name first.
pub(super) fn row_text(entry: &Entry<'_>) -> String {
    let fields = [entry.name, entry.phone, entry.address, entry.model];
    let lines: Vec<String> = fields
        .into_iter()
        .chain(entry.serials.iter().copied())
        .map(|field| normal(field).replace(['\n', '\r'], " "))
        .collect();
    lines.join("\n")
}

/// The words under which an entry is found.
pub(super) fn words(entry: &Entry<'_>) -> String {
    let mut words = BTreeSet::new();
    let name = normal(entry.name);
    for run in runs(&name) {
        match run {
            // A name is found by its middle too, as a Chinese one is.
            Run::Ascii(run) => {
                words.extend((0..run.len()).filter_map(|at| run.get(at..)).map(ascii_word));
            }
            Run::Other(run) => add_characters(&run, &mut words),
        }
    }
    words.extend(readings::spoken(&name).into_iter().map(|typed| format!("pp{typed}")));
    for field in [entry.phone, entry.address, entry.model] {
        add_field(&normal(field), &mut words);
    }
    add_tail(&normal(entry.phone), PHONE_TAIL, &mut words);
    for serial in entry.serials {
        let serial = normal(serial);
        add_field(&serial, &mut words);
        add_tail(&serial, SERIAL_TAIL, &mut words);
    }
    Vec::from_iter(words).join(" ")
}

/// One term as typed, without white space.
pub(super) struct Term {
    text: String,
}

impl Term {
    /// The terms of a query.
    pub(super) fn all_of(query: &str) -> Vec<Term> {
        normal(query).split_whitespace().map(|text| Term { text: text.to_owned() }).collect()
    }

    /// The FTS5 expression that finds at least every entry this term matches; nothing when the term
    /// holds no word.
    pub(super) fn expression(&self) -> Option<String> {
        let runs = runs(&self.text);
        let last = runs.len().checked_sub(1)?;
        let mut parts = Vec::new();
        for (at, run) in runs.iter().enumerate() {
            match run {
                Run::Ascii(run) if at == last && self.text.ends_with(run.as_str()) => {
                    // Only a term of letters alone can be pinyin.
                    if self.is_letters() {
                        parts.push(format!("(\"aa{run}\"* OR \"pp{run}\"*)"));
                    } else {
                        parts.push(format!("\"aa{run}\"*"));
                    }
                }
                Run::Ascii(run) => parts.push(format!("\"aa{run}\"")),
                Run::Other(run) => parts.extend(asked_characters(run)),
            }
        }
        parts.truncate(MAX_WORDS);
        Some(parts.join(" AND "))
    }

    /// Whether an entry's [row text](row_text) really holds the term, or its name is read so.
    pub(super) fn matches(&self, row_text: &str) -> bool {
        row_text.contains(&self.text)
            || (self.is_letters()
                && row_text.lines().next().is_some_and(|name| {
                    readings::spoken(name).iter().any(|typed| typed.starts_with(&self.text))
                }))
    }

    fn is_letters(&self) -> bool {
        self.text.bytes().all(|byte| byte.is_ascii_lowercase())
    }
}

enum Run {
    /// ASCII letters and digits.
    Ascii(String),
    /// Any other characters but white space and ASCII punctuation.
    Other(Vec<char>),
}

fn runs(text: &str) -> Vec<Run> {
    let mut runs = Vec::new();
    for character in text.chars() {
        let continued = runs.last_mut();
        if character.is_ascii_alphanumeric() {
            match continued {
                Some(Some(Run::Ascii(run))) => run.push(character),
                _ => runs.push(Some(Run::Ascii(character.to_string()))),
            }
        } else if character.is_ascii() || character.is_whitespace() {
            runs.push(None);
        } else {
            match continued {
                Some(Some(Run::Other(run))) => run.push(character),
                _ => runs.push(Some(Run::Other(vec![character]))),
            }
        }
    }
    runs.into_iter().flatten().collect()
}

fn ascii_word(run: &str) -> String {
    format!("aa{run}")
}

fn characters_word(characters: &[char]) -> String {
    // The block as of Unicode 1.1: letters in every version of the tokenizer's tables.
    if characters.iter().all(|character| ('\u{4E00}'..='\u{9FA5}').contains(character)) {
        characters.iter().collect()
    } else {
        characters.iter().map(|&character| format!("c{:x}", u32::from(character))).collect()
    }
}

/// Single characters and pairs.
fn add_characters(run: &[char], words: &mut BTreeSet<String>) {
    words.extend(run.chunks(1).chain(run.windows(2)).map(characters_word));
}

/// The fewest words that every text with this run has: the pairs, or the only character.
fn asked_characters(run: &[char]) -> Vec<String> {
    let asked = run.windows(run.len().clamp(1, 2));
    let words: BTreeSet<String> = asked.map(characters_word).collect();
    words.into_iter().map(|word| format!("\"{word}\"")).collect()
}

/// Runs whole; a run of letters and digits also from each place where one turns into the other, so
/// that `602WK` is found in `BCD602WK`.
fn add_field(field: &str, words: &mut BTreeSet<String>) {
    for run in runs(field) {
        match run {
            Run::Ascii(run) => {
                words.insert(ascii_word(&run));
                let bytes = run.as_bytes();
                for (at, (before, after)) in bytes.iter().zip(bytes.iter().skip(1)).enumerate() {
                    if before.is_ascii_digit() != after.is_ascii_digit() {
                        words.extend(run.get(at + 1..).map(ascii_word));
                    }
                }
            }
            Run::Other(run) => add_characters(&run, words),
        }
    }
}

/// The end of a field's letters and digits, whatever separates them.
fn add_tail(field: &str, length: usize, words: &mut BTreeSet<String>) {
    let packed: String = field.chars().filter(char::is_ascii_alphanumeric).collect();
    if let Some(start) = packed.len().checked_sub(length) {
        words.extend(packed.get(start..).map(ascii_word));
    }
}
