//! The one list of words that catalogue, checklists, valuation and scenarios share, and how
//! reference data is read.
//!
//! A word is a short code in the data and a text in both languages on the screen. Data that uses a
//! code outside the vocabulary is refused when HQ publishes it, so a screen never shows a bare code.

mod reading;

pub(crate) use reading::{Checked, Flaws, read, read_json};
pub use reading::{DataError, Flaw, SourceFile};

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{time::DayRange, words::Words};

/// Codes of one kind with their texts.
pub type Terms = BTreeMap<String, Words>;

/// What a condition's field holds, and so which operators and values make sense.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum FieldKind {
    /// A category of the catalogue.
    Category,
    /// Free short text, such as a refrigerant or a sub-category.
    Text,
    /// A whole number.
    Number,
    /// Yes or no.
    Flag,
    /// Findings of today's inspection: identities of checks.
    Findings,
    /// What is known of the household: words of [`Vocabulary::home_tags`].
    HomeTags,
    /// What the customer asked for: words of [`Vocabulary::asks`].
    Asks,
}

/// A field a condition may name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub struct FieldTerm {
    /// What the field holds.
    pub kind: FieldKind,
    /// What a person calls it, for "why is this suggested".
    pub words: Words,
}

/// Every code that reference data may use, by kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Vocabulary {
    /// The published version.
    pub version: String,
    /// The days on which it applies.
    pub valid: DayRange,
    /// Whether the data is invented for demonstration.
    pub sample: bool,
    /// What may be known of a household.
    #[serde(default)]
    pub home_tags: Terms,
    /// What a customer may ask for.
    #[serde(default)]
    pub asks: Terms,
    /// What a model may offer.
    #[serde(default)]
    pub features: Terms,
    /// Brands.
    #[serde(default)]
    pub brands: Terms,
    /// Sub-categories of machines.
    #[serde(default)]
    pub subs: Terms,
    /// Guided photos.
    #[serde(default)]
    pub shots: Terms,
    /// Measures of a machine; the code ends in its unit where it has one.
    #[serde(default)]
    pub specs: Terms,
    /// What an engineer measures or asks about the place.
    #[serde(default)]
    pub fits: Terms,
    /// Short values that specs and conditions use, such as refrigerants and gas types.
    #[serde(default)]
    pub values: Terms,
    /// Fields of the condition language.
    #[serde(default)]
    pub fields: BTreeMap<String, FieldTerm>,
}

impl Vocabulary {
    /// Reads and checks the vocabulary's data files.
    pub fn parse(files: &[SourceFile<'_>]) -> Result<Vocabulary, DataError> {
        read(files)
    }

    /// Reads and checks a published bundle.
    pub fn from_json(json: &str) -> Result<Vocabulary, DataError> {
        read_json(json)
    }

    /// The text for a code of one kind; the bare code in both languages when the vocabulary is
    /// older than the data, so that nothing becomes invisible.
    pub fn text(terms: &Terms, code: &str) -> Words {
        terms.get(code).cloned().unwrap_or_else(|| Words::new(code, code))
    }
}

impl Checked for Vocabulary {
    fn check(&self, flaws: &mut Flaws) {
        let kinds: [(&str, &Terms); 9] = [
            ("home_tags", &self.home_tags),
            ("asks", &self.asks),
            ("features", &self.features),
            ("brands", &self.brands),
            ("subs", &self.subs),
            ("shots", &self.shots),
            ("specs", &self.specs),
            ("fits", &self.fits),
            ("values", &self.values),
        ];
        for (kind, terms) in kinds {
            for (index, (code, words)) in terms.iter().enumerate() {
                flaws.words(kind, index, code, "", words);
            }
        }
        for (index, (name, field)) in self.fields.iter().enumerate() {
            flaws.words("fields", index, name, "words", &field.words);
        }
    }
}
