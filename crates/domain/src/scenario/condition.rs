//! The condition language of reference data: `field op value`.
//!
//! It is deliberately small. A condition on something unknown is false, whatever its operator, so
//! nothing is ever suggested, paid or waived because a question was not asked.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    str::FromStr,
};

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{
    catalogue::{Catalogue, Category},
    inspection::Checklist,
    vocabulary::{FieldKind, Vocabulary},
    words::Words,
};

/// How a condition compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Operator {
    /// `=`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Below,
    /// `<=`
    AtMost,
    /// `>`
    Above,
    /// `>=`
    AtLeast,
    /// `has`: a set contains the word.
    Has,
}

impl Operator {
    const ALL: [(&'static str, Operator); 7] = [
        ("=", Operator::Equal),
        ("!=", Operator::NotEqual),
        ("<", Operator::Below),
        ("<=", Operator::AtMost),
        (">", Operator::Above),
        (">=", Operator::AtLeast),
        ("has", Operator::Has),
    ];

    /// The operator as the data writes it.
    pub fn text(self) -> &'static str {
        Operator::ALL.iter().find(|(_, op)| *op == self).map_or("=", |(text, _)| text)
    }
}

/// One condition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(feature = "ts", ts(type = "string"))]
#[serde(try_from = "String", into = "String")]
pub struct Condition {
    /// The field it looks at.
    pub field: String,
    /// How it compares.
    pub op: Operator,
    /// What it compares with.
    pub value: String,
}

/// Why a text is not a condition.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ConditionError {
    /// Not three words.
    #[error("`{0}` is not `field op value`")]
    Shape(String),
    /// The middle word is no operator.
    #[error("`{0}` is not an operator")]
    Operator(String),
}

impl FromStr for Condition {
    type Err = ConditionError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut words = text.split_whitespace();
        let (Some(field), Some(op), Some(value), None) =
            (words.next(), words.next(), words.next(), words.next())
        else {
            return Err(ConditionError::Shape(text.to_owned()));
        };
        let (_, op) = Operator::ALL
            .into_iter()
            .find(|(written, _)| *written == op)
            .ok_or_else(|| ConditionError::Operator(op.to_owned()))?;
        Ok(Condition { field: field.to_owned(), op, value: value.to_owned() })
    }
}

impl TryFrom<String> for Condition {
    type Error = ConditionError;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Condition> for String {
    fn from(condition: Condition) -> Self {
        condition.to_string()
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.field, self.op.text(), self.value)
    }
}

/// What is known in one field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(untagged)]
pub enum Known {
    /// Yes or no.
    Flag(bool),
    /// A whole number.
    Number(i64),
    /// One word.
    Word(String),
    /// Several words.
    Words(BTreeSet<String>),
}

impl fmt::Display for Known {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Known::Flag(flag) => flag.fmt(f),
            Known::Number(number) => number.fmt(f),
            Known::Word(word) => word.fmt(f),
            Known::Words(words) => {
                f.write_str(&words.iter().map(String::as_str).collect::<Vec<_>>().join(", "))
            }
        }
    }
}

/// What is known of the machine, the household and the wish, by field name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(transparent)]
pub struct Situation(pub BTreeMap<String, Known>);

impl Situation {
    /// Sets a yes-or-no field.
    pub fn flag(mut self, field: &str, value: bool) -> Self {
        self.0.insert(field.to_owned(), Known::Flag(value));
        self
    }

    /// Sets a number.
    pub fn number(mut self, field: &str, value: i64) -> Self {
        self.0.insert(field.to_owned(), Known::Number(value));
        self
    }

    /// Sets a word.
    pub fn word(mut self, field: &str, value: impl Into<String>) -> Self {
        self.0.insert(field.to_owned(), Known::Word(value.into()));
        self
    }

    /// Adds a word to a set.
    pub fn with(mut self, field: &str, word: impl Into<String>) -> Self {
        let word = word.into();
        match self.0.get_mut(field) {
            Some(Known::Words(words)) => {
                words.insert(word);
            }
            _ => {
                self.0.insert(field.to_owned(), Known::Words(BTreeSet::from([word])));
            }
        }
        self
    }

    /// What is known in a field.
    pub fn known(&self, field: &str) -> Option<&Known> {
        self.0.get(field)
    }
}

/// Where the names of codes are found.
#[derive(Debug, Clone, Copy)]
pub struct Glossary<'a> {
    /// Names of fields, household tags, wishes, sub-categories and short values.
    pub vocabulary: &'a Vocabulary,
    /// Names of categories.
    pub catalogue: &'a Catalogue,
    /// Names of findings.
    pub checklist: &'a Checklist,
}

impl Glossary<'_> {
    fn text(&self, kind: FieldKind, code: &str) -> Option<Words> {
        let words = self.vocabulary;
        match kind {
            FieldKind::Category => {
                self.catalogue.category(&Category::new(code)).map(|facts| facts.name.clone())
            }
            FieldKind::Findings => self.checklist.check(code).map(|check| check.failure()),
            FieldKind::HomeTags => words.home_tags.get(code).cloned(),
            FieldKind::Asks => words.asks.get(code).cloned(),
            FieldKind::Text | FieldKind::Flag => {
                words.values.get(code).or_else(|| words.subs.get(code)).cloned()
            }
            FieldKind::Number => None,
        }
    }
}

fn plain(text: &str) -> Words {
    Words::new(text, text)
}

impl Condition {
    /// Whether the condition is true of a situation; false when its field is unknown.
    pub fn holds(&self, situation: &Situation) -> bool {
        match situation.known(&self.field) {
            None => false,
            Some(Known::Flag(flag)) => self.compares(Some(flag.cmp(&(self.value == "true")))),
            Some(Known::Number(number)) => {
                self.compares(self.value.parse().ok().map(|value: i64| number.cmp(&value)))
            }
            Some(Known::Word(word)) => match self.op {
                Operator::Equal => *word == self.value,
                Operator::NotEqual => *word != self.value,
                _ => false,
            },
            Some(Known::Words(words)) => self.op == Operator::Has && words.contains(&self.value),
        }
    }

    fn compares(&self, ordering: Option<std::cmp::Ordering>) -> bool {
        let Some(ordering) = ordering else { return false };
        match self.op {
            Operator::Equal => ordering.is_eq(),
            Operator::NotEqual => ordering.is_ne(),
            Operator::Below => ordering.is_lt(),
            Operator::AtMost => ordering.is_le(),
            Operator::Above => ordering.is_gt(),
            Operator::AtLeast => ordering.is_ge(),
            Operator::Has => false,
        }
    }

    /// The condition as a person reads it, with the value found in this situation.
    pub fn explained(&self, situation: &Situation, glossary: &Glossary<'_>) -> Words {
        let Some(known) = situation.known(&self.field) else {
            return plain(&self.to_string());
        };
        let field = glossary.vocabulary.fields.get(&self.field);
        let name = field.map_or_else(|| plain(&self.field), |field| field.words.clone());
        let found = match known {
            Known::Words(_) => self.value.clone(),
            other => other.to_string(),
        };
        let found = field
            .and_then(|field| glossary.text(field.kind, &found))
            .unwrap_or_else(|| plain(&found));
        let bound = match (self.op, known) {
            (Operator::Equal | Operator::Has, _) | (_, Known::Flag(_) | Known::Word(_)) => {
                String::new()
            }
            (op, _) => format!(" ({} {})", op.text(), self.value),
        };
        Words::new(
            format!("{}：{}{bound}", name.zh, found.zh),
            format!("{}: {}{bound}", name.en, found.en),
        )
    }

    /// What is wrong with the condition under a vocabulary, if anything.
    pub fn problem(&self, vocabulary: &Vocabulary) -> Option<String> {
        let Some(field) = vocabulary.fields.get(&self.field) else {
            return Some(format!("`{}` is not a field of the vocabulary", self.field));
        };
        let set = matches!(field.kind, FieldKind::Findings | FieldKind::HomeTags | FieldKind::Asks);
        if set != (self.op == Operator::Has) {
            return Some(format!("`{self}`: `has` goes with sets of words, and only with them"));
        }
        let fits = match field.kind {
            FieldKind::Number => self.value.parse::<i64>().is_ok(),
            FieldKind::Flag => matches!(self.value.as_str(), "true" | "false"),
            FieldKind::HomeTags => vocabulary.home_tags.contains_key(&self.value),
            FieldKind::Asks => vocabulary.asks.contains_key(&self.value),
            FieldKind::Category | FieldKind::Text | FieldKind::Findings => true,
        };
        let ordered = !matches!(self.op, Operator::Equal | Operator::NotEqual | Operator::Has);
        match (fits, ordered && field.kind != FieldKind::Number) {
            (false, _) => Some(format!("`{self}`: the value does not fit the field")),
            (_, true) => Some(format!("`{self}`: only numbers can be compared by size")),
            _ => None,
        }
    }
}
