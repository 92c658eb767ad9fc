//! One machine's appraisal.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{Deduction, MachineState, ModelOverride, ValuationError, ValuationTable, ValueRow};
use crate::{
    catalogue::{Catalogue, Category},
    money::Fen,
    words::Words,
};

/// Code of the line that lifts a value to the row's floor.
pub const FLOOR: &str = "floor";
/// Code of the line by which a model treated apart differs from the table.
pub const OVERRIDE: &str = "override";

/// A fault found on the old machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Fault {
    /// The deduction's code.
    pub code: String,
    /// The guided shots taken of it, by the catalogue's shot names.
    #[serde(default)]
    pub photos: Vec<String>,
}

/// The machine to be appraised.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct OldUnit {
    /// The line of the quote it stands on.
    pub line: String,
    /// Its category.
    pub category: Category,
    /// Its sub-category, as far as known.
    #[serde(default)]
    pub sub: String,
    /// Its model as the nameplate names it, if legible.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub model: Option<String>,
    /// Its size class, from [`OldUnit::size_class`] or as the engineer judged it.
    pub size: String,
    /// Its age in whole months.
    pub age_months: u32,
    /// The faults found.
    #[serde(default)]
    pub faults: Vec<Fault>,
}

impl OldUnit {
    /// The size class of a measure read from the nameplate, such as litres or watts; `None` when
    /// the category is unknown or needs a measure that is missing.
    pub fn size_class(
        catalogue: &Catalogue,
        category: &Category,
        measure: Option<i64>,
    ) -> Option<String> {
        catalogue.category(category)?.size_class(measure).map(str::to_owned)
    }
}

/// One step from base to value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct AppraisalLine {
    /// The deduction's code, [`FLOOR`] or [`OVERRIDE`].
    pub code: String,
    /// What it is, for the customer.
    pub words: Words,
    /// In fen: negative for a deduction, zero for a fault that chose the base, positive where the
    /// floor or a model's own price lifts the value.
    pub amount: Fen,
    /// The guided shot that shows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub photo: Option<String>,
}

/// A fault that takes nothing off, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct RefusedDeduction {
    /// The deduction's code.
    pub code: String,
    /// The shot that is missing.
    pub photo: String,
    /// The reason for the customer and the engineer.
    pub words: Words,
}

/// The result: `base` plus all lines is `value`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Appraisal {
    /// The line of the quote it stands on.
    pub line: String,
    /// The state the machine is bought in.
    pub state: MachineState,
    /// The table's value for that state, in fen.
    pub base: Fen,
    /// How the base was found.
    pub base_words: Words,
    /// The way from base to value.
    pub lines: Vec<AppraisalLine>,
    /// What the old machine is worth, in fen.
    pub value: Fen,
    /// Faults without their photo: named, not deducted.
    pub refused: Vec<RefusedDeduction>,
    /// The valuation table's version.
    pub version: String,
    /// Whether the figures are invented for demonstration.
    pub sample: bool,
    /// Where the figures come from.
    pub source: Words,
}

/// Appraises one machine.
///
/// `value = max(floor, base − Σ fixed − Σ base × permille / 1000)`. Every share is taken from the
/// base and each line is rounded by itself, so the order of faults does not matter; a fault named
/// twice counts once. A fault whose guided photo is missing deducts nothing and is listed as
/// refused. A model's own price, where the table has one, comes last.
///
/// # Errors
/// When the table lacks the row or the fault, or the fault does not occur in this category.
pub fn appraise(table: &ValuationTable, unit: &OldUnit) -> Result<Appraisal, ValuationError> {
    let row = table.row(&unit.category, &unit.size).ok_or_else(|| ValuationError::NoRow {
        category: unit.category.clone(),
        size: unit.size.clone(),
    })?;
    let (proven, refused) = sort_faults(table, unit)?;
    let state = proven.values().filter_map(|d| d.makes).max().unwrap_or(MachineState::Working);
    let base = base_value(table, row, unit, state)?;
    let overflow = || ValuationError::Overflow(unit.line.clone());

    let mut lines = Vec::new();
    for deduction in proven.values() {
        let amount = deducted(table, deduction, base).ok_or_else(overflow)?;
        lines.push(AppraisalLine {
            code: deduction.code.clone(),
            words: deduction.name.clone(),
            amount: amount.negated(),
            photo: deduction.photo.clone(),
        });
    }
    let mut value =
        lines.iter().try_fold(base, |value, line| value.plus(line.amount)).ok_or_else(overflow)?;
    if value < row.floor {
        let lift = row.floor.minus(value).ok_or_else(overflow)?;
        lines.push(floor_line(lift));
        value = row.floor;
    }
    if let Some(special) = model_override(table, unit, state) {
        let target = special.fen.max(row.floor);
        let amount = target.minus(value).ok_or_else(overflow)?;
        let words = special.reason.clone();
        lines.push(AppraisalLine { code: OVERRIDE.to_owned(), words, amount, photo: None });
        value = target;
    }
    Ok(Appraisal {
        line: unit.line.clone(),
        state,
        base,
        base_words: base_words(unit, state),
        lines,
        value,
        refused,
        version: table.version.clone(),
        sample: table.sample,
        source: table.source.clone(),
    })
}

type Proven<'a> = BTreeMap<&'a str, &'a Deduction>;

fn sort_faults<'a>(
    table: &'a ValuationTable,
    unit: &OldUnit,
) -> Result<(Proven<'a>, Vec<RefusedDeduction>), ValuationError> {
    let mut shots: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for fault in &unit.faults {
        shots.entry(&fault.code).or_default().extend(fault.photos.iter().map(String::as_str));
    }
    let mut proven = Proven::new();
    let mut refused = Vec::new();
    for (code, taken) in shots {
        let deduction =
            table.deduction(code).ok_or_else(|| ValuationError::UnknownFault(code.to_owned()))?;
        if !unit.category.is_among(&deduction.categories) {
            let category = unit.category.clone();
            return Err(ValuationError::NotApplicable { code: code.to_owned(), category });
        }
        match &deduction.photo {
            Some(shot) if !taken.contains(shot.as_str()) => {
                refused.push(refusal(deduction, shot));
            }
            _ => {
                proven.insert(&deduction.code, deduction);
            }
        }
    }
    Ok((proven, refused))
}

fn refusal(deduction: &Deduction, shot: &str) -> RefusedDeduction {
    let name = &deduction.name;
    RefusedDeduction {
        code: deduction.code.clone(),
        photo: shot.to_owned(),
        words: Words::new(
            format!("{}：没有照片，不扣款。", name.zh),
            format!("{}: not deducted, because there is no photo of it.", name.en),
        ),
    }
}

fn base_value(
    table: &ValuationTable,
    row: &ValueRow,
    unit: &OldUnit,
    state: MachineState,
) -> Result<Fen, ValuationError> {
    match state {
        MachineState::Dead => Ok(row.dead),
        MachineState::Incomplete => Ok(row.incomplete),
        MachineState::Working => {
            let band = table.age_band(unit.age_months);
            row.working.get(band).copied().ok_or_else(|| ValuationError::NoRow {
                category: unit.category.clone(),
                size: unit.size.clone(),
            })
        }
    }
}

fn deducted(table: &ValuationTable, deduction: &Deduction, base: Fen) -> Option<Fen> {
    let fixed = match deduction.fen {
        Some(fen) => table.rounding.scale(fen, 1, 1)?,
        None => Fen::ZERO,
    };
    let share = match deduction.permille {
        Some(permille) => table.rounding.scale(base, permille, 1000)?,
        None => Fen::ZERO,
    };
    fixed.plus(share)
}

fn floor_line(lift: Fen) -> AppraisalLine {
    AppraisalLine {
        code: FLOOR.to_owned(),
        words: Words::new("保底：不低于最低回收价", "Floor: never below the lowest value"),
        amount: lift,
        photo: None,
    }
}

fn model_override<'a>(
    table: &'a ValuationTable,
    unit: &OldUnit,
    state: MachineState,
) -> Option<&'a ModelOverride> {
    let model = unit.model.as_deref()?;
    table.overrides.iter().find(|entry| entry.model == model && entry.state == state)
}

fn base_words(unit: &OldUnit, state: MachineState) -> Words {
    let (years, months) = (unit.age_months / 12, unit.age_months % 12);
    match state {
        MachineState::Working => Words::new(
            format!("能正常使用，机龄{years}年{months}个月"),
            format!("Working, {years} years and {months} months old"),
        ),
        MachineState::Dead => Words::new("整机齐全，不能使用", "Complete, but does not work"),
        MachineState::Incomplete => Words::new("缺少关键部件", "A key part is missing"),
    }
}
