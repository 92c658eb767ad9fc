//! Facts: what whoever was there saw and wrote down, merged field by field.
//!
//! A document holds a fixed set of sections made in its first change; each section is one flat map
//! from key to scalar. Nothing is ever nested deeper and nothing is a list: two people who each add
//! a sub-map or append to a list at the same time would lose one of the two, while keyed scalars
//! merge one by one and keep every rival value. A thing with several fields uses keys such as
//! `<photo id>/hash` and `<photo id>/shot`.

use serde::{
    Deserialize, Deserializer, Serialize,
    de::{self, Unexpected, Visitor},
};
use std::{collections::BTreeMap, fmt};
use uuid::Uuid;

/// What a document is about; also the unit of access.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum DocKind {
    /// The facts of one work order.
    WorkOrder,
    /// The facts of one machine.
    Asset,
    /// The facts around one warranty card.
    Card,
}

impl DocKind {
    /// The name on the wire and in the store.
    pub fn name(self) -> &'static str {
        match self {
            DocKind::WorkOrder => "work_order",
            DocKind::Asset => "asset",
            DocKind::Card => "card",
        }
    }

    /// Reads the name back.
    pub fn from_name(name: &str) -> Option<DocKind> {
        [DocKind::WorkOrder, DocKind::Asset, DocKind::Card].into_iter().find(|k| k.name() == name)
    }

    /// The sections a document of this kind is created with. Additive only: a section, once
    /// released, keeps its name and meaning.
    pub fn sections(self) -> &'static [&'static str] {
        match self {
            DocKind::WorkOrder => &[
                "about", "steps", "events", "fit", "notes", "photos", "contact", "site", "lost",
                "review",
            ],
            DocKind::Asset => &[
                "about",
                "identity",
                "components",
                "custody",
                "checks",
                "readings",
                "faults",
                "notes",
                "photos",
            ],
            DocKind::Card => &["about", "repairs", "notes", "photos"],
        }
    }
}

/// One value of a fact.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(untagged)]
pub enum Scalar {
    /// Taken back: the key is known, its value withdrawn.
    Null,
    /// Yes or no.
    Bool(bool),
    /// A whole number in the unit the key names.
    Int(i64),
    /// Text, replaced as a whole.
    Text(String),
}

/// By hand, because trying one kind after the other costs an error message for each that it is not.
impl<'de> Deserialize<'de> for Scalar {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Scalar, D::Error> {
        deserializer.deserialize_any(AnyScalar)
    }
}

struct AnyScalar;

impl Visitor<'_> for AnyScalar {
    type Value = Scalar;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("nothing, yes or no, a whole number, or text")
    }

    fn visit_unit<E>(self) -> Result<Scalar, E> {
        Ok(Scalar::Null)
    }

    fn visit_none<E>(self) -> Result<Scalar, E> {
        Ok(Scalar::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Scalar, E> {
        Ok(Scalar::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Scalar, E> {
        Ok(Scalar::Int(value))
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Scalar, E> {
        let number = i64::try_from(value);
        number.map(Scalar::Int).map_err(|_| E::invalid_value(Unexpected::Unsigned(value), &self))
    }

    fn visit_str<E>(self, value: &str) -> Result<Scalar, E> {
        Ok(Scalar::Text(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Scalar, E> {
        Ok(Scalar::Text(value))
    }
}

impl Scalar {
    /// The text, if it is one.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Scalar::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The number, if it is one.
    pub fn as_int(&self) -> Option<i64> {
        match self {
            Scalar::Int(number) => Some(*number),
            _ => None,
        }
    }
}

impl From<&str> for Scalar {
    fn from(text: &str) -> Self {
        Scalar::Text(text.to_owned())
    }
}

impl From<String> for Scalar {
    fn from(text: String) -> Self {
        Scalar::Text(text)
    }
}

impl From<i64> for Scalar {
    fn from(number: i64) -> Self {
        Scalar::Int(number)
    }
}

impl From<bool> for Scalar {
    fn from(yes: bool) -> Self {
        Scalar::Bool(yes)
    }
}

/// One field set by one person; replayable on another version of the document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct FieldEdit {
    /// One of [`DocKind::sections`].
    pub section: String,
    /// The key within the section.
    pub key: String,
    /// The new value.
    pub value: Scalar,
}

impl FieldEdit {
    /// A field edit from its three parts.
    pub fn new(
        section: impl Into<String>,
        key: impl Into<String>,
        value: impl Into<Scalar>,
    ) -> Self {
        FieldEdit { section: section.into(), key: key.into(), value: value.into() }
    }
}

/// One fact as it stands: the value every device shows, and the rivals it won against.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Fact {
    /// The value shown.
    pub value: Scalar,
    /// Values written at the same time by others; never dropped in silence.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rivals: Vec<Scalar>,
}

/// A document as plain data: the same documents give the same view on every device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct FactView {
    /// The document, which bears the identity of what it is about.
    #[cfg_attr(feature = "ts", ts(type = "string"))]
    pub id: Uuid,
    /// What it is about.
    pub kind: DocKind,
    /// Section → key → fact.
    pub sections: BTreeMap<String, BTreeMap<String, Fact>>,
}

impl FactView {
    /// The value of one field, `None` where it was never set or was taken back.
    pub fn get(&self, section: &str, key: &str) -> Option<&Scalar> {
        let fact = self.sections.get(section)?.get(key)?;
        (fact.value != Scalar::Null).then_some(&fact.value)
    }

    /// The text of one field.
    pub fn text(&self, section: &str, key: &str) -> Option<&str> {
        self.get(section, key)?.as_text()
    }

    /// All fields of a section that have a value.
    pub fn section(&self, section: &str) -> impl Iterator<Item = (&str, &Scalar)> {
        self.sections
            .get(section)
            .into_iter()
            .flatten()
            .filter(|(_, fact)| fact.value != Scalar::Null)
            .map(|(key, fact)| (key.as_str(), &fact.value))
    }

    /// Every field where people disagreed.
    pub fn conflicts(&self) -> impl Iterator<Item = (&str, &str, &Fact)> {
        self.sections.iter().flat_map(|(section, fields)| {
            fields
                .iter()
                .filter(|(_, fact)| !fact.rivals.is_empty())
                .map(move |(key, fact)| (section.as_str(), key.as_str(), fact))
        })
    }
}
