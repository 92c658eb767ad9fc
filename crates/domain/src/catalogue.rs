//! What the shop sells and what it needs to know of each kind of machine.

pub mod gtin;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    money::Fen,
    time::DayRange,
    vocabulary::{Checked, DataError, Flaws, SourceFile, read, read_json},
    words::Words,
};

/// A kind of machine, such as `fridge`; the catalogue says which exist.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(transparent)]
pub struct Category(pub String);

impl Category {
    /// In a data row: holds for every category.
    pub const ANY: &'static str = "*";

    /// A category by its code.
    pub fn new(code: impl Into<String>) -> Category {
        Category(code.into())
    }

    /// Whether a row listing `categories` holds for this one; `*` holds for all.
    pub fn is_among(&self, categories: &[Category]) -> bool {
        categories.iter().any(|c| c.0 == Category::ANY || c == self)
    }
}

/// One measure or property of a model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(untagged)]
pub enum SpecValue {
    /// A whole number in the unit that the spec's name ends with.
    Number(i64),
    /// A code, such as a refrigerant or gas type.
    Text(String),
}

/// A model on sale.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Model {
    /// The shop's own number.
    pub sku: String,
    /// The kind of machine.
    pub category: Category,
    /// The sub-category, such as `front_load`.
    pub sub: String,
    /// The brand, a word of the vocabulary.
    pub brand: String,
    /// The 13-digit article number; subsidies are claimed under it.
    pub gtin: String,
    /// Grade on the energy or water label, 1 best; absent where the machine carries no label.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub energy_grade: Option<u8>,
    /// List price in fen, before any discount.
    pub list_fen: Fen,
    /// Measures and properties by name.
    #[serde(default)]
    pub spec: BTreeMap<String, SpecValue>,
    /// What it offers, words of the vocabulary.
    #[serde(default)]
    pub features: Vec<String>,
}

impl Model {
    /// A numeric measure, if the model states it.
    pub fn number(&self, spec: &str) -> Option<i64> {
        match self.spec.get(spec) {
            Some(SpecValue::Number(number)) => Some(*number),
            _ => None,
        }
    }

    /// A textual property, if the model states it.
    pub fn text(&self, spec: &str) -> Option<&str> {
        match self.spec.get(spec) {
            Some(SpecValue::Text(text)) => Some(text),
            _ => None,
        }
    }
}

/// A part that carries its own serial number; written `indoor`, or `monitor?` when a machine may
/// come without it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(feature = "ts", ts(type = "string"))]
#[serde(from = "String", into = "String")]
pub struct SerialComponent {
    /// The part's code.
    pub part: String,
    /// Whether a complete machine may lack it.
    pub optional: bool,
}

impl From<String> for SerialComponent {
    fn from(text: String) -> Self {
        match text.strip_suffix('?') {
            Some(part) => SerialComponent { part: part.to_owned(), optional: true },
            None => SerialComponent { part: text, optional: false },
        }
    }
}

impl From<SerialComponent> for String {
    fn from(component: SerialComponent) -> Self {
        if component.optional { format!("{}?", component.part) } else { component.part }
    }
}

/// One size class, up to and including a measure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct SizeClass {
    /// The class's code: `s`, `m` or `l`.
    pub key: String,
    /// Largest measure still in this class; absent for the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub upto: Option<i64>,
}

/// For how many years a category may be used safely.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct SafeLifeTerm {
    /// Years from first purchase or first installation.
    pub years: u32,
    /// Shorter term on manufactured gas (GB 17905-2008).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub manufactured_gas_years: Option<u32>,
    /// The standard or series that names the term.
    pub source: Words,
}

/// What holds for every machine of a category.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct CategoryFacts {
    /// Which category.
    pub category: Category,
    /// What people call it.
    pub name: Words,
    /// Its safe life; absent where no term was found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub safe_life: Option<SafeLifeTerm>,
    /// Parts with serial numbers of their own; one warranty card covers them all.
    pub serials: Vec<SerialComponent>,
    /// The part under the longer main-part warranty.
    pub main_part: Words,
    /// Measures a model states.
    pub spec: Vec<String>,
    /// What is measured or asked at the place before a sale.
    #[serde(default)]
    pub fit: Vec<String>,
    /// The standard of its energy or water label.
    pub energy_standard: String,
    /// Lowest and highest list price in the sample range, in fen.
    pub price_fen: [Fen; 2],
    /// Size classes in ascending order.
    pub sizes: Vec<SizeClass>,
    /// Specs that decide the size class, first stated one wins; empty where there is one class.
    #[serde(default)]
    pub size_by: Vec<String>,
    /// Guided photos, in the order they are taken.
    pub shots: Vec<String>,
}

impl CategoryFacts {
    /// The size class of a measure; the only class needs no measure. `None` when the measure is
    /// needed and missing.
    pub fn size_class(&self, measure: Option<i64>) -> Option<&str> {
        if let [only] = self.sizes.as_slice() {
            return Some(&only.key);
        }
        let measure = measure?;
        let fits = |size: &&SizeClass| size.upto.is_none_or(|upto| measure <= upto);
        self.sizes.iter().find(fits).map(|size| size.key.as_str())
    }
}

/// A published catalogue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Catalogue {
    /// The published version.
    pub version: String,
    /// The days on which it applies.
    pub valid: DayRange,
    /// Whether the data is invented for demonstration.
    pub sample: bool,
    /// Facts of each category.
    #[serde(default)]
    pub categories: Vec<CategoryFacts>,
    /// Models on sale.
    #[serde(default)]
    pub models: Vec<Model>,
}

impl Catalogue {
    /// Reads and checks the catalogue's data files.
    pub fn parse(files: &[SourceFile<'_>]) -> Result<Catalogue, DataError> {
        read(files)
    }

    /// Reads and checks a published bundle.
    pub fn from_json(json: &str) -> Result<Catalogue, DataError> {
        read_json(json)
    }

    /// The model with this number.
    pub fn model(&self, sku: &str) -> Option<&Model> {
        self.models.iter().find(|model| model.sku == sku)
    }

    /// The model with this article number; a GTIN-14 padded with a zero finds its GTIN-13.
    pub fn model_by_gtin(&self, gtin: &str) -> Option<&Model> {
        let bare = |text: &str| text.trim_start_matches('0').to_owned();
        self.models.iter().find(|model| bare(&model.gtin) == bare(gtin))
    }

    /// The facts of a category.
    pub fn category(&self, category: &Category) -> Option<&CategoryFacts> {
        self.categories.iter().find(|facts| facts.category == *category)
    }

    /// The measure that decides a model's size class, if its category has one.
    pub fn size_measure(&self, model: &Model) -> Option<i64> {
        let facts = self.category(&model.category)?;
        facts.size_by.iter().find_map(|spec| model.number(spec))
    }

    /// The size class of a model.
    pub fn size_of(&self, model: &Model) -> Option<&str> {
        self.category(&model.category)?.size_class(self.size_measure(model))
    }
}

impl Checked for Catalogue {
    fn check(&self, flaws: &mut Flaws) {
        flaws.unique("categories", self.categories.iter().map(|c| c.category.0.as_str()));
        flaws.unique("models", self.models.iter().map(|m| m.sku.as_str()));
        for (index, facts) in self.categories.iter().enumerate() {
            check_category(facts, index, flaws);
        }
        for (index, model) in self.models.iter().enumerate() {
            self.check_model(model, index, flaws);
        }
    }
}

impl Catalogue {
    fn check_model(&self, model: &Model, index: usize, flaws: &mut Flaws) {
        let mut flaw = |field: &str, problem: &str| {
            flaws.at("models", index, &model.sku, field, problem);
        };
        if !(model.gtin.len() == 13 && gtin::is_valid(&model.gtin)) {
            flaw("gtin", "is not a 13-digit number with a right check digit");
        }
        if self.sample && !gtin::is_sample(&model.gtin) {
            flaw("gtin", "a sample article must use prefix 200, which no real article has");
        }
        if model.energy_grade.is_some_and(|grade| !(1..=5).contains(&grade)) {
            flaw("energy_grade", "must be 1 to 5");
        }
        if model.list_fen <= Fen::ZERO || !model.list_fen.is_plausible() {
            flaw("list_fen", "must be a price above zero");
        }
        match self.category(&model.category) {
            None => flaw("category", "is not a category of this catalogue"),
            Some(facts) if facts.size_class(self.size_measure(model)).is_none() => {
                flaw("spec", "lacks the measure that decides the size class");
            }
            Some(_) => {}
        }
    }
}

fn check_category(facts: &CategoryFacts, index: usize, flaws: &mut Flaws) {
    let name = facts.category.0.as_str();
    flaws.words("categories", index, name, "name", &facts.name);
    flaws.words("categories", index, name, "main_part", &facts.main_part);
    if let Some(term) = &facts.safe_life {
        flaws.words("categories", index, name, "safe_life.source", &term.source);
    }
    let mut flaw = |field: &str, problem: &str| {
        flaws.at("categories", index, name, field, problem);
    };
    if facts.serials.iter().all(|component| component.optional) {
        flaw("serials", "needs at least one part that every machine has");
    }
    if facts.price_fen[0] > facts.price_fen[1] {
        flaw("price_fen", "must run from low to high");
    }
    let uptos: Vec<_> = facts.sizes.iter().map(|size| size.upto.unwrap_or(i64::MAX)).collect();
    if !uptos.is_sorted_by(|a, b| a < b) || uptos.last() != Some(&i64::MAX) {
        flaw("sizes", "must ascend and end without a limit");
    }
    if facts.sizes.len() > 1 && facts.size_by.is_empty() {
        flaw("size_by", "is needed where there are several sizes");
    }
}
