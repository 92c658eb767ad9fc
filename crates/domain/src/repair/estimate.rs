//! One repair's estimate.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::{LabourRow, RepairBook, RepairLevel, SparePart};
use crate::{catalogue::Category, money::Fen, org::CertificateKind, words::Words};

/// What the warranty pays for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum RepairCover {
    /// Nothing, or nothing known.
    None,
    /// Main parts and the labour of fitting them.
    MainParts,
    /// Everything.
    WholeUnit,
}

/// A part to be fitted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct PartUse {
    /// The part.
    pub part: String,
    /// How many.
    pub quantity: u32,
}

/// The repair in question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct RepairRequest {
    /// The machine's category.
    pub category: Category,
    /// Its sub-category, as far as known.
    #[serde(default)]
    pub sub: String,
    /// Its cooling capacity in watts, if it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub cool_w: Option<i64>,
    /// How deep the repair goes; labour is charged once, at this level.
    pub level: RepairLevel,
    /// Parts to be fitted.
    #[serde(default)]
    pub parts: Vec<PartUse>,
    /// What the warranty pays for.
    pub cover: RepairCover,
    /// What the machine is worth today, in fen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub value: Option<Fen>,
}

/// What a line stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum RepairLineKind {
    /// Work.
    Labour,
    /// A part.
    Part,
}

/// One line of the estimate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct RepairLine {
    /// Work or part.
    pub kind: RepairLineKind,
    /// The part's identity, or the level of labour.
    pub id: String,
    /// What people call it.
    pub words: Words,
    /// How many.
    pub quantity: u32,
    /// What it costs without warranty, in fen.
    pub listed: Fen,
    /// What the customer pays, in fen.
    pub amount: Fen,
    /// Why the customer pays nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub covered: Option<Words>,
    /// Warranty on the new part, in months; zero for labour.
    pub term_months: u32,
    /// Whether the old part must come back.
    pub return_old: bool,
}

/// The estimate, shown beside the trade-in value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct RepairEstimate {
    /// Labour first, then the parts.
    pub lines: Vec<RepairLine>,
    /// What it costs without warranty, in fen.
    pub listed_total: Fen,
    /// What the customer pays, in fen.
    pub total: Fen,
    /// What the customer pays in thousandths of the machine's value, rounded up so that anything
    /// above half reads as above 500; absent when the value is unknown or zero.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub permille_of_value: Option<i64>,
    /// The certificate the repairer must hold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub certificate: Option<CertificateKind>,
    /// The repair book's version.
    pub version: String,
    /// Whether the figures are invented for demonstration.
    pub sample: bool,
}

/// Why a repair cannot be estimated.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum RepairError {
    /// The book has no labour for this machine and level.
    #[error("the repair book has no labour for {}", .0.0)]
    NoLabour(Category),
    /// Labour depends on a capacity nobody has read.
    #[error("labour for {} depends on its cooling capacity", .0.0)]
    CapacityMissing(Category),
    /// The book has no such part.
    #[error("the repair book has no part {0}")]
    UnknownPart(String),
    /// The part does not fit this category.
    #[error("part {part} does not fit {}", .category.0)]
    DoesNotFit {
        /// The part.
        part: String,
        /// The category.
        category: Category,
    },
    /// An amount does not fit.
    #[error("the estimate is too large")]
    Overflow,
}

impl RepairError {
    /// The refusal for people.
    pub fn words(&self) -> Words {
        match self {
            RepairError::NoLabour(category) => Words::new(
                format!("价目表里没有{}的这一档维修工费，请问总部。", category.0),
                format!("The price list has no such labour for {}; please ask HQ.", category.0),
            ),
            RepairError::CapacityMissing(_) => Words::new(
                "请先填写铭牌上的制冷量，工费按制冷量分档。",
                "Enter the cooling capacity from the nameplate first: labour depends on it.",
            ),
            RepairError::UnknownPart(part) => Words::new(
                format!("配件表里没有 {part}。"),
                format!("The parts list has no {part}."),
            ),
            RepairError::DoesNotFit { part, category } => Words::new(
                format!("配件 {part} 不适用于 {}。", category.0),
                format!("Part {part} does not fit {}.", category.0),
            ),
            RepairError::Overflow => {
                Words::new("维修金额超出范围。", "The repair amount is out of range.")
            }
        }
    }
}

/// Estimates a repair: labour once at its level, then each part.
///
/// Covered lines are shown at what they would cost, and the customer pays zero for them. Under
/// main-part cover the labour is free only if the repair fits main parts and nothing else.
///
/// # Errors
/// When the book lacks labour, capacity step or part.
pub fn estimate(book: &RepairBook, request: &RepairRequest) -> Result<RepairEstimate, RepairError> {
    let row = book
        .labour(&request.category, &request.sub, request.level)
        .ok_or_else(|| RepairError::NoLabour(request.category.clone()))?;
    let parts = request
        .parts
        .iter()
        .map(|used| find_part(book, request, used))
        .collect::<Result<Vec<_>, _>>()?;

    let only_main = !parts.is_empty() && parts.iter().all(|(part, _)| part.main_part);
    let mut lines = vec![labour_line(row, request, only_main)?];
    for (part, quantity) in parts {
        lines.push(part_line(part, quantity, request.cover)?);
    }
    let sum =
        |of: fn(&RepairLine) -> Fen| Fen::sum(lines.iter().map(of)).ok_or(RepairError::Overflow);
    let (listed_total, total) = (sum(|line| line.listed)?, sum(|line| line.amount)?);
    Ok(RepairEstimate {
        listed_total,
        total,
        permille_of_value: permille_up(total, request.value),
        certificate: row.certificate,
        version: book.version.clone(),
        sample: book.sample,
        lines,
    })
}

fn find_part<'a>(
    book: &'a RepairBook,
    request: &RepairRequest,
    used: &PartUse,
) -> Result<(&'a SparePart, u32), RepairError> {
    let part = book.part(&used.part).ok_or_else(|| RepairError::UnknownPart(used.part.clone()))?;
    if !request.category.is_among(&part.categories) {
        let category = request.category.clone();
        return Err(RepairError::DoesNotFit { part: used.part.clone(), category });
    }
    Ok((part, used.quantity))
}

fn labour_line(
    row: &LabourRow,
    request: &RepairRequest,
    only_main_parts: bool,
) -> Result<RepairLine, RepairError> {
    let missing = || RepairError::CapacityMissing(request.category.clone());
    let listed = match row.fen {
        Some(fen) => fen,
        None => {
            let capacity = request.cool_w.ok_or_else(missing)?;
            let fits = |upto: Option<i64>| upto.is_none_or(|upto| capacity <= upto);
            row.tiers
                .iter()
                .find(|tier| fits(tier.upto))
                .map(|tier| tier.fen)
                .ok_or_else(missing)?
        }
    };
    let covered = match request.cover {
        RepairCover::WholeUnit => Some(in_warranty()),
        RepairCover::MainParts if only_main_parts => Some(main_part_warranty()),
        RepairCover::MainParts | RepairCover::None => None,
    };
    Ok(RepairLine {
        kind: RepairLineKind::Labour,
        id: format!("{:?}", row.level).to_lowercase(),
        words: row.level.words(),
        quantity: 1,
        listed,
        amount: if covered.is_some() { Fen::ZERO } else { listed },
        covered,
        term_months: 0,
        return_old: false,
    })
}

fn part_line(
    part: &SparePart,
    quantity: u32,
    cover: RepairCover,
) -> Result<RepairLine, RepairError> {
    let listed = part.fen.times(i64::from(quantity)).ok_or(RepairError::Overflow)?;
    let covered = match cover {
        RepairCover::WholeUnit => Some(in_warranty()),
        RepairCover::MainParts if part.main_part => Some(main_part_warranty()),
        RepairCover::MainParts | RepairCover::None => None,
    };
    Ok(RepairLine {
        kind: RepairLineKind::Part,
        id: part.id.clone(),
        words: part.name.clone(),
        quantity,
        listed,
        amount: if covered.is_some() { Fen::ZERO } else { listed },
        covered,
        term_months: part.term_months,
        return_old: part.return_old,
    })
}

fn in_warranty() -> Words {
    Words::new("保修期内，免费", "In warranty: free")
}

fn main_part_warranty() -> Words {
    Words::new("主要部件保修期内，免费", "Main part in warranty: free")
}

fn permille_up(total: Fen, value: Option<Fen>) -> Option<i64> {
    let value = i128::from(value.filter(|value| *value > Fen::ZERO)?.0);
    let permille = (i128::from(total.0) * 1000 + value - 1) / value;
    i64::try_from(permille).ok()
}

impl RepairEstimate {
    /// Identities of the parts whose old piece must come back.
    pub fn parts_to_return(&self) -> BTreeSet<&str> {
        self.lines.iter().filter(|line| line.return_old).map(|line| line.id.as_str()).collect()
    }
}
