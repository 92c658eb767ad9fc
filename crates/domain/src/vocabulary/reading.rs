//! Reading reference data that people edit: TOML in, checked values or every flaw out.
//!
//! A data file opens with `sample`, `version` and `valid`; several files may make up one set and
//! their headings must agree. Reading never stops at the first mistake: whoever edits a price list
//! sees all of them, each with its file and field.

use std::{collections::BTreeMap, fmt};

use serde::{Serialize, de::DeserializeOwned};
use thiserror::Error;

/// A file's name (for messages only) and its text.
pub type SourceFile<'a> = (&'a str, &'a str);

/// One mistake in reference data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flaw {
    /// The file's name as it was passed in; empty when the data came as a published bundle.
    pub file: String,
    /// Where in the file: `models[S-BX-185].gtin`, or `line 12` while the text is not yet readable.
    pub field: String,
    /// What is wrong, in plain English; data is edited by staff of HQ, not shown to customers.
    pub problem: String,
}

impl fmt::Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let file = if self.file.is_empty() { "bundle" } else { &self.file };
        write!(f, "{file}: {}: {}", self.field, self.problem)
    }
}

/// Reference data that must not be used, with every flaw found.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{}", .flaws.iter().map(Flaw::to_string).collect::<Vec<_>>().join("\n"))]
pub struct DataError {
    /// Never empty.
    pub flaws: Vec<Flaw>,
}

impl DataError {
    fn one(file: &str, field: impl Into<String>, problem: impl Into<String>) -> DataError {
        let flaw = Flaw { file: file.to_owned(), field: field.into(), problem: problem.into() };
        DataError { flaws: vec![flaw] }
    }
}

/// Collects the flaws of one set, and knows which file each list entry came from.
#[derive(Debug, Default)]
pub(crate) struct Flaws {
    found: Vec<Flaw>,
    lists: BTreeMap<String, Vec<(String, usize)>>,
}

impl Flaws {
    /// Notes a flaw in entry `index` of `list`; `name` is what the editor calls that entry.
    pub(crate) fn at(
        &mut self,
        list: &str,
        index: usize,
        name: &str,
        field: &str,
        problem: impl Into<String>,
    ) {
        let file = self.file_of(list, index);
        let field = if field.is_empty() {
            format!("{list}[{name}]")
        } else {
            format!("{list}[{name}].{field}")
        };
        self.found.push(Flaw { file, field, problem: problem.into() });
    }

    /// Notes a flaw in a field outside any list.
    pub(crate) fn field(&mut self, field: &str, problem: impl Into<String>) {
        let file = self.file_of(field, 0);
        self.found.push(Flaw { file, field: field.to_owned(), problem: problem.into() });
    }

    /// Notes a missing language in a text.
    pub(crate) fn words(
        &mut self,
        list: &str,
        index: usize,
        name: &str,
        field: &str,
        words: &crate::words::Words,
    ) {
        if words.zh.trim().is_empty() || words.en.trim().is_empty() {
            self.at(list, index, name, field, "text is needed in both languages");
        }
    }

    /// Notes every key that a list uses more than once.
    pub(crate) fn unique<'a>(&mut self, list: &str, keys: impl Iterator<Item = &'a str>) {
        let mut seen = std::collections::BTreeSet::new();
        for (index, key) in keys.enumerate() {
            if !seen.insert(key) {
                self.at(list, index, key, "", "is listed twice");
            }
        }
    }

    fn file_of(&self, list: &str, index: usize) -> String {
        let mut passed = 0;
        for (file, length) in self.lists.get(list).map(Vec::as_slice).unwrap_or_default() {
            passed += length;
            if index < passed {
                return file.clone();
            }
        }
        String::new()
    }

    fn into_result(self) -> Result<(), DataError> {
        if self.found.is_empty() { Ok(()) } else { Err(DataError { flaws: self.found }) }
    }
}

/// A set of reference data that can name its own mistakes.
pub(crate) trait Checked {
    /// Notes everything that makes the set unusable.
    fn check(&self, flaws: &mut Flaws);
}

/// Reads one set from its files: each must parse by itself, name no unknown key and agree with the
/// others' heading; lists are joined in the order given, tables are united.
pub(crate) fn read<T>(files: &[SourceFile<'_>]) -> Result<T, DataError>
where
    T: DeserializeOwned + Serialize + Checked,
{
    let mut flaws = Flaws::default();
    let mut joined = toml::Table::new();
    for &(file, text) in files {
        let table = read_file::<T>(file, text)?;
        for (key, value) in table {
            join(&mut joined, &mut flaws, file, key, value)?;
        }
    }
    let set = T::deserialize(toml::Value::Table(joined))
        .map_err(|e| DataError::one(first_name(files), "heading", e.message()))?;
    set.check(&mut flaws);
    flaws.into_result()?;
    Ok(set)
}

/// Reads one set from a published bundle. Unknown keys are allowed: a newer HQ may know more.
pub(crate) fn read_json<T: DeserializeOwned + Checked>(json: &str) -> Result<T, DataError> {
    let set: T = serde_json::from_str(json).map_err(|e| {
        DataError::one("", format!("line {}, column {}", e.line(), e.column()), e.to_string())
    })?;
    let mut flaws = Flaws::default();
    set.check(&mut flaws);
    flaws.into_result()?;
    Ok(set)
}

fn first_name<'a>(files: &[SourceFile<'a>]) -> &'a str {
    files.first().map_or("", |(name, _)| name)
}

fn read_file<T: DeserializeOwned + Serialize>(
    file: &str,
    text: &str,
) -> Result<toml::Table, DataError> {
    let unreadable = |e: toml::de::Error| {
        let line = e.span().and_then(|span| text.get(..span.start)).map(|before| {
            let number = before.matches('\n').count() + 1;
            format!("line {number}")
        });
        DataError::one(file, line.unwrap_or_else(|| "text".to_owned()), e.message())
    };
    let table: toml::Table = toml::from_str(text).map_err(unreadable)?;
    if !matches!(table.get("sample"), Some(toml::Value::Boolean(_))) {
        return Err(DataError::one(file, "sample", "must say true or false"));
    }
    let set: T = toml::from_str(text).map_err(unreadable)?;
    let known = toml::Value::try_from(&set)
        .map_err(|e| DataError::one(file, "text", format!("cannot be written back: {e}")))?;
    let mut unknown = Vec::new();
    unknown_keys(&toml::Value::Table(table.clone()), &known, "", &mut unknown);
    if unknown.is_empty() {
        return Ok(table);
    }
    let flaw = |field| Flaw {
        file: file.to_owned(),
        field,
        problem: "is not a key of this data; is it misspelt?".to_owned(),
    };
    Err(DataError { flaws: unknown.into_iter().map(flaw).collect() })
}

/// Names every key of `written` that vanished when the set was written back.
fn unknown_keys(written: &toml::Value, known: &toml::Value, path: &str, out: &mut Vec<String>) {
    match (written, known) {
        (toml::Value::Table(written), toml::Value::Table(known)) => {
            for (key, value) in written {
                let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                match known.get(key) {
                    Some(known) => unknown_keys(value, known, &path, out),
                    None => out.push(path),
                }
            }
        }
        (toml::Value::Array(written), toml::Value::Array(known)) => {
            for (index, (written, known)) in written.iter().zip(known).enumerate() {
                unknown_keys(written, known, &format!("{path}[{index}]"), out);
            }
        }
        _ => {}
    }
}

fn join(
    joined: &mut toml::Table,
    flaws: &mut Flaws,
    file: &str,
    key: String,
    value: toml::Value,
) -> Result<(), DataError> {
    let length = match &value {
        toml::Value::Array(entries) => entries.len(),
        _ => 1,
    };
    if key != "valid" {
        flaws.lists.entry(key.clone()).or_default().push((file.to_owned(), length));
    }
    match (joined.get_mut(&key), value) {
        (Some(toml::Value::Array(held)), toml::Value::Array(more)) => held.extend(more),
        (Some(toml::Value::Table(held)), toml::Value::Table(more)) if key != "valid" => {
            for (name, entry) in more {
                if held.insert(name.clone(), entry).is_some() {
                    return Err(DataError::one(file, format!("{key}.{name}"), "is defined twice"));
                }
            }
        }
        (Some(held), value) if *held != value => {
            return Err(DataError::one(file, key, "differs from the other files of this set"));
        }
        (Some(_), _) => {}
        (None, value) => {
            joined.insert(key, value);
        }
    }
    Ok(())
}
