//! The merchant's valuation table.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{
    catalogue::Category,
    money::{BasisPoints, Fen, Rounding},
    scenario::Condition,
    time::DayRange,
    vocabulary::{Checked, DataError, Flaws, SourceFile, read, read_json},
    words::Words,
};

/// What state a machine is bought in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum MachineState {
    /// It runs.
    Working,
    /// Complete, but it does not run.
    Dead,
    /// A key part is missing, so a dismantler earns little with it.
    Incomplete,
}

/// What machines of one category and size class are worth, in fen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ValueRow {
    /// The category.
    pub category: Category,
    /// The size class of the catalogue.
    pub size: String,
    /// Value of a working machine in each age band of the table.
    pub working: Vec<Fen>,
    /// Value of a complete machine that does not run.
    pub dead: Fen,
    /// Value when a key part is missing.
    pub incomplete: Fen,
    /// No deduction goes below this.
    pub floor: Fen,
}

/// A fault and what it takes off. Exactly one of `makes`, `fen` and `permille` is stated.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Deduction {
    /// The fault's code.
    pub code: String,
    /// What people call it.
    pub name: Words,
    /// Where it can occur; `*` for every category.
    pub categories: Vec<Category>,
    /// The fault changes the machine's state instead of deducting.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub makes: Option<MachineState>,
    /// A fixed deduction in fen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub fen: Option<Fen>,
    /// A deduction in thousandths of the base.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub permille: Option<i64>,
    /// The guided photo without which nothing is deducted; absent for what no photo can show.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub photo: Option<String>,
}

/// What the merchant pays for one model in one state, whatever the table says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ModelOverride {
    /// The old machine's model as its nameplate names it.
    pub model: String,
    /// The state it holds for.
    pub state: MachineState,
    /// The value in fen; deductions are already in it, the row's floor still holds.
    pub fen: Fen,
    /// Why this model is treated apart.
    pub reason: Words,
}

/// A merchant's trade-in bonus: a line of its own, paid from a budget.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Bonus {
    /// The bonus's identity.
    pub id: String,
    /// What people call it.
    pub name: Words,
    /// New machines that earn it; `*` for every category.
    #[serde(default)]
    pub categories: Vec<Category>,
    /// New models that earn it by name.
    #[serde(default)]
    pub skus: Vec<String>,
    /// The amount in fen.
    pub fen: Fen,
    /// The new machine must cost at least this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub min_price_fen: Option<Fen>,
    /// A condition on the old machine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub need: Option<Condition>,
    /// The budget HQ leases shares of to tablets.
    pub budget_fen: Fen,
}

/// Published loss of value per year, and per day where consumer law sets a refund deduction.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct DepreciationRow {
    /// The category.
    pub category: Category,
    /// Share of the replacement cost lost per year of age.
    pub annual: BasisPoints,
    /// Share of the invoice price deducted per day of use when a machine is returned (三包).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub daily: Option<BasisPoints>,
    /// Where the rates were published.
    pub source: String,
}

/// A published valuation table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ValuationTable {
    /// The published version.
    pub version: String,
    /// The days on which it applies.
    pub valid: DayRange,
    /// Whether the data is invented for demonstration.
    pub sample: bool,
    /// How each deduction becomes whole.
    pub rounding: Rounding,
    /// Last month of each age band, ascending; one open band follows.
    pub age_bands: Vec<u32>,
    /// Values by category and size.
    #[serde(default)]
    pub values: Vec<ValueRow>,
    /// Faults and deductions.
    #[serde(default)]
    pub deductions: Vec<Deduction>,
    /// Models treated apart.
    #[serde(default)]
    pub overrides: Vec<ModelOverride>,
    /// Trade-in bonuses.
    #[serde(default)]
    pub bonuses: Vec<Bonus>,
    /// Published depreciation rates.
    #[serde(default)]
    pub depreciation: Vec<DepreciationRow>,
    /// Where the values come from.
    pub source: Words,
}

/// Why a machine cannot be appraised.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ValuationError {
    /// The table has no row for this category and size.
    #[error("the valuation table has no row for {} of size {size}", .category.0)]
    NoRow {
        /// The category asked for.
        category: Category,
        /// The size class asked for.
        size: String,
    },
    /// The fault is not in the table.
    #[error("fault {0} is not in the valuation table")]
    UnknownFault(String),
    /// The fault does not occur in this category.
    #[error("fault {code} does not apply to {}", .category.0)]
    NotApplicable {
        /// The fault.
        code: String,
        /// The category.
        category: Category,
    },
    /// An amount does not fit.
    #[error("the valuation of {0} is too large")]
    Overflow(String),
}

impl ValuationError {
    /// The refusal for people.
    pub fn words(&self) -> Words {
        match self {
            ValuationError::NoRow { category, size } => Words::new(
                format!("估价表里没有这一类（{}，{size}），请交总部估价。", category.0),
                format!("No value for {} of size {size}; please ask HQ.", category.0),
            ),
            ValuationError::UnknownFault(code) => Words::new(
                format!("估价表里没有这个故障：{code}。"),
                format!("The valuation table does not know this fault: {code}."),
            ),
            ValuationError::NotApplicable { code, category } => Words::new(
                format!("故障 {code} 不适用于 {}。", category.0),
                format!("Fault {code} does not apply to {}.", category.0),
            ),
            ValuationError::Overflow(line) => Words::new(
                format!("旧机 {line} 的估价超出范围。"),
                format!("The valuation of {line} is out of range."),
            ),
        }
    }
}

impl ValuationTable {
    /// Reads and checks the valuation's data files.
    pub fn parse(files: &[SourceFile<'_>]) -> Result<ValuationTable, DataError> {
        read(files)
    }

    /// Reads and checks a published bundle.
    pub fn from_json(json: &str) -> Result<ValuationTable, DataError> {
        read_json(json)
    }

    /// The row for a category and size class.
    pub fn row(&self, category: &Category, size: &str) -> Option<&ValueRow> {
        self.values.iter().find(|row| row.category == *category && row.size == size)
    }

    /// The deduction for a fault.
    pub fn deduction(&self, code: &str) -> Option<&Deduction> {
        self.deductions.iter().find(|deduction| deduction.code == code)
    }

    /// Which age band a machine falls into; a band's last month still belongs to it.
    pub fn age_band(&self, age_months: u32) -> usize {
        self.age_bands.iter().take_while(|upto| age_months > **upto).count()
    }
}

impl Checked for ValuationTable {
    fn check(&self, flaws: &mut Flaws) {
        if !self.age_bands.is_sorted_by(|a, b| a < b) {
            flaws.field("age_bands", "must ascend");
        }
        flaws.unique("deductions", self.deductions.iter().map(|d| d.code.as_str()));
        flaws.unique("bonuses", self.bonuses.iter().map(|b| b.id.as_str()));
        let names: Vec<_> =
            self.values.iter().map(|row| format!("{}.{}", row.category.0, row.size)).collect();
        flaws.unique("values", names.iter().map(String::as_str));
        for (index, (row, name)) in self.values.iter().zip(&names).enumerate() {
            self.check_row(row, index, name, flaws);
        }
        for (index, deduction) in self.deductions.iter().enumerate() {
            check_deduction(deduction, index, flaws);
        }
        for (index, bonus) in self.bonuses.iter().enumerate() {
            flaws.words("bonuses", index, &bonus.id, "name", &bonus.name);
            if bonus.fen <= Fen::ZERO || bonus.budget_fen < bonus.fen {
                flaws.at("bonuses", index, &bonus.id, "fen", "must be above zero, within budget");
            }
            if bonus.categories.is_empty() && bonus.skus.is_empty() {
                flaws.at("bonuses", index, &bonus.id, "categories", "earns on nothing");
            }
        }
        for (index, entry) in self.overrides.iter().enumerate() {
            flaws.words("overrides", index, &entry.model, "reason", &entry.reason);
            if entry.fen < Fen::ZERO || !entry.fen.is_plausible() {
                flaws.at("overrides", index, &entry.model, "fen", "must not be negative");
            }
        }
        for (index, row) in self.depreciation.iter().enumerate() {
            let rates = [Some(row.annual), row.daily];
            if rates.iter().flatten().any(|rate| rate.0 <= 0 || *rate > BasisPoints::WHOLE) {
                flaws.at("depreciation", index, &row.category.0, "annual", "must be 1 to 10000");
            }
        }
    }
}

impl ValuationTable {
    fn check_row(&self, row: &ValueRow, index: usize, name: &str, flaws: &mut Flaws) {
        if row.working.len() != self.age_bands.len() + 1 {
            flaws.at("values", index, name, "working", "needs one value for each age band");
        }
        if !row.working.is_sorted_by(|a, b| a >= b) {
            flaws.at("values", index, name, "working", "must not rise with age");
        }
        if row.working.last().is_some_and(|last| row.dead > *last) {
            flaws.at("values", index, name, "dead", "must not exceed the oldest working value");
        }
        if !(Fen::ZERO <= row.floor && row.floor <= row.incomplete && row.incomplete <= row.dead) {
            flaws.at("values", index, name, "floor", "needs 0 ≤ floor ≤ incomplete ≤ dead");
        }
        if row.working.iter().any(|value| !value.is_plausible()) {
            flaws.at("values", index, name, "working", "is out of range");
        }
    }
}

fn check_deduction(deduction: &Deduction, index: usize, flaws: &mut Flaws) {
    let code = deduction.code.as_str();
    flaws.words("deductions", index, code, "name", &deduction.name);
    let stated = [deduction.makes.is_some(), deduction.fen.is_some(), deduction.permille.is_some()];
    if stated.iter().filter(|stated| **stated).count() != 1 {
        flaws.at("deductions", index, code, "", "needs exactly one of makes, fen and permille");
    }
    if deduction.makes == Some(MachineState::Working) {
        flaws.at("deductions", index, code, "makes", "a fault cannot make a machine work");
    }
    if deduction.fen.is_some_and(|fen| fen <= Fen::ZERO || !fen.is_plausible()) {
        flaws.at("deductions", index, code, "fen", "must be above zero");
    }
    if deduction.permille.is_some_and(|permille| !(1..=1000).contains(&permille)) {
        flaws.at("deductions", index, code, "permille", "must be 1 to 1000");
    }
}
