//! The published repair book.

use serde::{Deserialize, Serialize};

use crate::{
    catalogue::Category,
    money::{Fen, Rounding},
    org::CertificateKind,
    time::DayRange,
    vocabulary::{Checked, DataError, Flaws, SourceFile, read, read_json},
    words::Words,
};

/// How deep a repair goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum RepairLevel {
    /// Capacitor, sensor, drain pan, …
    Minor,
    /// Fan motor, evaporator, welding and charging, …
    Medium,
    /// Compressor, four-way valve, tank, …
    Major,
}

impl RepairLevel {
    /// What people call it.
    pub fn words(self) -> Words {
        match self {
            RepairLevel::Minor => Words::new("小修工费", "Minor repair, labour"),
            RepairLevel::Medium => Words::new("中修工费", "Medium repair, labour"),
            RepairLevel::Major => Words::new("大修工费", "Major repair, labour"),
        }
    }
}

/// One labour price step by cooling capacity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct LabourTier {
    /// Largest capacity in watts; absent for the last, open step.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub upto: Option<i64>,
    /// The price in fen.
    pub fen: Fen,
}

/// Labour for one level of repair; the most specific row holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct LabourRow {
    /// The category, or `*` for those without a row of their own.
    pub category: Category,
    /// The sub-category or its first word: `wall` holds for `wall_1_5p`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub sub: Option<String>,
    /// How deep the repair goes.
    pub level: RepairLevel,
    /// The price in fen, where it does not depend on capacity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub fen: Option<Fen>,
    /// Prices by cooling capacity, ascending, the last open.
    #[serde(default)]
    pub tiers: Vec<LabourTier>,
    /// The certificate the repairer must hold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub certificate: Option<CertificateKind>,
    /// Where the price comes from.
    pub source: String,
}

impl LabourRow {
    /// How specific the row is for a machine: 0 for the general row, `None` if it does not hold.
    pub(super) fn specificity(&self, category: &Category, sub: &str) -> Option<u8> {
        let own = self.category == *category;
        if !own && self.category.0 != Category::ANY {
            return None;
        }
        let sub_weight = match self.sub.as_deref() {
            None => 0,
            Some(prefix) if sub == prefix => 1,
            Some(prefix) if sub.strip_prefix(prefix).is_some_and(|r| r.starts_with('_')) => 1,
            Some(_) => return None,
        };
        Some(u8::from(own) * 2 + sub_weight)
    }
}

/// A spare part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct SparePart {
    /// The part's identity.
    pub id: String,
    /// What people call it.
    pub name: Words,
    /// Machines it fits.
    pub categories: Vec<Category>,
    /// The price in fen.
    pub fen: Fen,
    /// Warranty on the new part, in months.
    pub term_months: u32,
    /// Whether the old part must come back.
    pub return_old: bool,
    /// Whether it is a main part under the longer statutory warranty.
    #[serde(default)]
    pub main_part: bool,
}

/// What a service product entitles to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Entitlement {
    /// The service: a fee rule, or `inspection`.
    pub service: String,
    /// How many times.
    pub count: u32,
    /// Within how many months.
    pub months: u32,
}

/// A service product: cleaning, care, extended warranty, a consumable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct AddOn {
    /// The product's identity.
    pub id: String,
    /// What people call it.
    pub name: Words,
    /// Machines it is offered for; `*` for every category.
    pub categories: Vec<Category>,
    /// The price in fen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub fen: Option<Fen>,
    /// The price in thousandths of the machine's price.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub permille_of_price: Option<i64>,
    /// The least price of one that depends on the machine's price, in fen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub min_fen: Option<Fen>,
    /// What it entitles to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub entitlement: Option<Entitlement>,
    /// Who stands for it, if not the shop.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub provider: Option<Words>,
    /// Not sold: given as thanks for this, such as `referral`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub reward_for: Option<String>,
}

impl AddOn {
    /// The price in fen for a machine that costs `machine`; `None` when it needs that price and
    /// there is none, or on overflow.
    pub fn price(&self, machine: Option<Fen>) -> Option<Fen> {
        if let Some(fen) = self.fen {
            return Some(fen);
        }
        let share = Rounding::HalfUpFen.scale(machine?, self.permille_of_price?, 1000)?;
        Some(share.max(self.min_fen.unwrap_or_default()))
    }
}

/// A kind of machine lent while the customer's own is away.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct LoanerModel {
    /// Its identity.
    pub id: String,
    /// What people call it.
    pub name: Words,
    /// What it stands in for.
    pub categories: Vec<Category>,
    /// The deposit in fen.
    pub deposit_fen: Fen,
    /// What the place must offer, words of the vocabulary's fits.
    #[serde(default)]
    pub needs: Vec<String>,
}

/// A published repair book.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct RepairBook {
    /// The published version.
    pub version: String,
    /// The days on which it applies.
    pub valid: DayRange,
    /// Whether the data is invented for demonstration.
    pub sample: bool,
    /// Labour prices.
    #[serde(default)]
    pub labour: Vec<LabourRow>,
    /// Spare parts.
    #[serde(default)]
    pub parts: Vec<SparePart>,
    /// Service products.
    #[serde(default)]
    pub add_ons: Vec<AddOn>,
    /// Loaners.
    #[serde(default)]
    pub loaners: Vec<LoanerModel>,
}

impl RepairBook {
    /// Reads and checks the repair book's data files.
    pub fn parse(files: &[SourceFile<'_>]) -> Result<RepairBook, DataError> {
        read(files)
    }

    /// Reads and checks a published bundle.
    pub fn from_json(json: &str) -> Result<RepairBook, DataError> {
        read_json(json)
    }

    /// The part with this identity.
    pub fn part(&self, id: &str) -> Option<&SparePart> {
        self.parts.iter().find(|part| part.id == id)
    }

    /// The service product with this identity.
    pub fn add_on(&self, id: &str) -> Option<&AddOn> {
        self.add_ons.iter().find(|add_on| add_on.id == id)
    }

    /// The labour row that holds for a machine: the most specific one.
    pub fn labour(&self, category: &Category, sub: &str, level: RepairLevel) -> Option<&LabourRow> {
        self.labour
            .iter()
            .filter(|row| row.level == level)
            .filter_map(|row| row.specificity(category, sub).map(|weight| (weight, row)))
            .max_by_key(|(weight, _)| *weight)
            .map(|(_, row)| row)
    }

    /// Loaners that stand in for a category.
    pub fn loaners_for<'a>(
        &'a self,
        category: &Category,
    ) -> impl Iterator<Item = &'a LoanerModel> + use<'a> {
        let category = category.clone();
        self.loaners.iter().filter(move |loaner| category.is_among(&loaner.categories))
    }
}

impl Checked for RepairBook {
    fn check(&self, flaws: &mut Flaws) {
        flaws.unique("parts", self.parts.iter().map(|part| part.id.as_str()));
        flaws.unique("add_ons", self.add_ons.iter().map(|add_on| add_on.id.as_str()));
        flaws.unique("loaners", self.loaners.iter().map(|loaner| loaner.id.as_str()));
        for (index, row) in self.labour.iter().enumerate() {
            check_labour(row, index, flaws);
        }
        for (index, part) in self.parts.iter().enumerate() {
            flaws.words("parts", index, &part.id, "name", &part.name);
            if part.fen <= Fen::ZERO || !part.fen.is_plausible() {
                flaws.at("parts", index, &part.id, "fen", "must be above zero");
            }
        }
        for (index, add_on) in self.add_ons.iter().enumerate() {
            flaws.words("add_ons", index, &add_on.id, "name", &add_on.name);
            if let Some(provider) = &add_on.provider {
                flaws.words("add_ons", index, &add_on.id, "provider", provider);
            }
            if add_on.fen.is_some() == add_on.permille_of_price.is_some() {
                let problem = "needs either a price or a share of the machine's price";
                flaws.at("add_ons", index, &add_on.id, "fen", problem);
            }
        }
        for (index, loaner) in self.loaners.iter().enumerate() {
            flaws.words("loaners", index, &loaner.id, "name", &loaner.name);
            if loaner.deposit_fen < Fen::ZERO || !loaner.deposit_fen.is_plausible() {
                flaws.at("loaners", index, &loaner.id, "deposit_fen", "must not be negative");
            }
        }
    }
}

fn check_labour(row: &LabourRow, index: usize, flaws: &mut Flaws) {
    let name = format!("{}.{:?}", row.category.0, row.level).to_lowercase();
    if row.fen.is_some() != row.tiers.is_empty() {
        flaws.at("labour", index, &name, "tiers", "needs either one price or tiers");
    }
    let uptos: Vec<_> = row.tiers.iter().map(|tier| tier.upto.unwrap_or(i64::MAX)).collect();
    if !uptos.is_sorted_by(|a, b| a < b) || uptos.last().is_some_and(|last| *last != i64::MAX) {
        flaws.at("labour", index, &name, "tiers", "must ascend and end without a limit");
    }
    let mut prices = row.fen.into_iter().chain(row.tiers.iter().map(|tier| tier.fen));
    if prices.any(|price| price < Fen::ZERO || !price.is_plausible()) {
        flaws.at("labour", index, &name, "fen", "must not be negative");
    }
}
