//! The lists and words of the reference data in force, so that no screen keeps copies of its own.

use doorstep_domain::{
    catalogue::{Category, CategoryFacts},
    end_code::{EndCode, Evidence},
    fee::FeeRule,
    repair::{RepairBook, RepairLevel, SparePart},
    steps::{LostReason, ReasonBook, SlotWindow, StepBook},
    valuation::Deduction,
    vocabulary::Vocabulary,
    words::Words,
};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use ts_rs::TS;

use crate::{app::App, bundles, error::ApiResult};

/// What to list.
#[derive(Debug, Default, Serialize, Deserialize, TS)]
pub struct ReferenceInput {
    /// Only what concerns this category.
    #[serde(default)]
    #[ts(optional)]
    pub category: Option<String>,
}

/// How large a repair is.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct LevelOption {
    /// The level.
    pub level: RepairLevel,
    /// In words.
    pub words: Words,
}

/// Something an ending must be recorded with.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct EvidenceOption {
    /// Which.
    pub evidence: Evidence,
    /// In words.
    pub words: Words,
}

/// A way for a visit to end.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct EndOption {
    /// The code.
    pub code: EndCode,
    /// In words.
    pub words: Words,
    /// What it must be recorded with.
    pub evidence: Vec<EvidenceOption>,
}

/// The lists of the data in force today.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct ReferenceView {
    /// Every code's words.
    pub vocabulary: Vocabulary,
    /// Categories with their parts, size classes and guided photos.
    pub categories: Vec<CategoryFacts>,
    /// Faults that an old machine may have; what they take off stands in the appraisal.
    pub deductions: Vec<Deduction>,
    /// Spare parts.
    pub parts: Vec<SparePart>,
    /// Sizes of a repair.
    pub levels: Vec<LevelOption>,
    /// Fees that may be charged.
    pub fees: Vec<FeeRule>,
    /// Why a customer may say no.
    pub lost: Vec<LostReason>,
    /// How a visit may end.
    pub ends: Vec<EndOption>,
    /// What the customer is asked to prepare.
    pub prepare: Vec<Words>,
    /// When visits may be planned.
    pub windows: Vec<SlotWindow>,
}

/// The lists and words of the reference data in force today.
pub async fn reference_view(app: &Arc<App>, input: ReferenceInput) -> ApiResult<ReferenceView> {
    let session = app.session().await?;
    let today = session.time().await?.at.shanghai_day();
    let books = bundles::books_on(&session, today).await?;
    let category = input.category.map(Category);
    let concerns = move |listed: &[Category]| {
        category.as_ref().is_none_or(|category| category.is_among(listed))
    };
    session
        .db
        .read(move |conn| {
            let repair = bundles::book_on(conn, "repair", today, RepairBook::from_json)?;
            let steps = bundles::book_on(conn, "steps", today, StepBook::from_json)?;
            let categories = books.catalogue.categories.iter();
            Ok(ReferenceView {
                vocabulary: bundles::book_on(conn, "vocabulary", today, Vocabulary::from_json)?,
                categories: categories
                    .filter(|facts| concerns(std::slice::from_ref(&facts.category)))
                    .cloned()
                    .collect(),
                deductions: kept(&books.valuation.deductions, |fault| concerns(&fault.categories)),
                parts: kept(&repair.parts, |part| concerns(&part.categories)),
                levels: [RepairLevel::Minor, RepairLevel::Medium, RepairLevel::Major]
                    .map(|level| LevelOption { level, words: level.words() })
                    .to_vec(),
                fees: kept(&books.fees.fees, |fee| concerns(&fee.categories)),
                lost: bundles::book_on(conn, "reasons", today, ReasonBook::from_json)?.lost,
                ends: EndCode::ALL.map(end_option).to_vec(),
                prepare: steps
                    .prepare
                    .iter()
                    .filter(|item| concerns(&item.categories))
                    .map(|item| item.words.clone())
                    .collect(),
                windows: steps.windows,
            })
        })
        .await
}

fn kept<T: Clone>(list: &[T], keep: impl Fn(&T) -> bool) -> Vec<T> {
    list.iter().filter(|item| keep(item)).cloned().collect()
}

fn end_option(code: EndCode) -> EndOption {
    let evidence = code.evidence().iter();
    EndOption {
        code,
        words: code.words(),
        evidence: evidence
            .map(|evidence| EvidenceOption { evidence: *evidence, words: evidence.words() })
            .collect(),
    }
}
