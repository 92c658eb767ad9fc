//! Repair beside trade-in: what the old machine is worth, what mending it would cost, what fits.

use doorstep_domain::{
    catalogue::Model,
    id::AssetId,
    inspection::Checklist,
    repair::{
        PartUse, RepairBook, RepairCover, RepairEstimate, RepairLevel, RepairRequest, estimate,
    },
    scenario::{Glossary, ScenarioBook, ScenarioMatch, Situation, suggest},
    time::Date,
    valuation::{Appraisal, appraise},
    vocabulary::Vocabulary,
    warranty,
    words::Words,
};
use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use ts_rs::TS;

use crate::{
    app::App,
    bundles,
    error::{ApiError, ApiResult},
    error_code::ErrorCode,
    session,
    usecase::{
        inspecting::{self, InspectionView},
        machines,
    },
};

/// A repair to be priced.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct RepairInput {
    /// How large the job is.
    pub level: RepairLevel,
    /// Parts used.
    #[serde(default)]
    pub parts: Vec<PartUse>,
}

/// Which machine, and which repair to set beside its value.
#[derive(Debug, Serialize, Deserialize, TS)]
pub struct OfferInput {
    /// The machine.
    pub asset: AssetId,
    /// A repair to price; absent when there is nothing to mend.
    #[serde(default)]
    #[ts(optional)]
    pub repair: Option<RepairInput>,
}

/// Both ways side by side.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct OfferView {
    /// The inspection it rests on.
    pub inspection: InspectionView,
    /// What the old machine is worth, with each deduction named; absent behind a stop-use gate.
    pub appraisal: Option<Appraisal>,
    /// What the repair would cost.
    pub repair: Option<RepairEstimate>,
    /// Why a figure is missing.
    pub missing: Vec<Words>,
    /// Whether the warranty covers the whole unit today.
    pub in_warranty: bool,
    /// What fits this household and machine, with the reasons.
    pub scenarios: Vec<ScenarioMatch>,
}

/// What to list.
#[derive(Debug, Default, Serialize, Deserialize, TS)]
pub struct CatalogueInput {
    /// Only this category.
    #[serde(default)]
    #[ts(optional)]
    pub category: Option<String>,
}

/// Machines for sale.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct CatalogueView {
    /// The catalogue's version.
    pub version: String,
    /// Whether the figures are sample data.
    pub sample: bool,
    /// The models.
    pub models: Vec<Model>,
}

/// Repair beside trade-in, without a network.
pub async fn offer_view(app: &Arc<App>, input: OfferInput) -> ApiResult<OfferView> {
    let session = app.session().await?;
    let today = session.time().await?.at.shanghai_day();
    let books = bundles::books_on(&session, today).await?;
    session
        .db
        .read(move |conn| {
            let machine = machines::read_machine(conn, input.asset, Some(&books.catalogue), today)?;
            let in_warranty = covered_today(conn, &machine.cards, today)?;
            let inspection = inspecting::inspect(conn, machine, today)?;
            let mut missing = Vec::new();
            let appraisal = if inspection.open_stop_use {
                missing.push(doorstep_domain::steps::Gate::NoOpenStopUse.refusal());
                None
            } else {
                machines::old_unit(&inspection.machine, &books.catalogue, "old-1".into(), today)
                    .and_then(|unit| {
                        appraise(&books.valuation, &unit)
                            .map_err(|e| ApiError::saying(ErrorCode::QuoteRefused, e.words()))
                    })
                    .map_err(|e| missing.push(e.words))
                    .ok()
            };
            let repair = match &input.repair {
                Some(wanted) if !inspection.open_stop_use => {
                    price_repair(conn, wanted, &inspection, appraisal.as_ref(), in_warranty, today)
                        .map_err(|e| missing.push(e.words))
                        .ok()
                }
                _ => None,
            };
            let situation = situation_of(&inspection, repair.as_ref(), in_warranty);
            let scenarios = fitting(conn, &situation, &books.catalogue, today)?;
            Ok(OfferView { inspection, appraisal, repair, missing, in_warranty, scenarios })
        })
        .await
}

/// Machines for sale today.
pub async fn catalogue_list(app: &Arc<App>, input: CatalogueInput) -> ApiResult<CatalogueView> {
    let session = app.session().await?;
    let today = session.time().await?.at.shanghai_day();
    let books = bundles::books_on(&session, today).await?;
    let wanted = |model: &&Model| {
        input.category.as_ref().is_none_or(|category| model.category.0 == *category)
    };
    Ok(CatalogueView {
        version: books.catalogue.version.clone(),
        sample: books.catalogue.sample,
        models: books.catalogue.models.iter().filter(wanted).cloned().collect(),
    })
}

fn covered_today(conn: &Connection, cards: &[uuid::Uuid], today: Date) -> ApiResult<bool> {
    for card in cards {
        let card = session::required_row(conn, "card", *card)?;
        let verdict = warranty::verdict(&card, today, session::last_hq_time(conn)?);
        if verdict.whole_unit.is_covered() {
            return Ok(true);
        }
    }
    Ok(false)
}

fn price_repair(
    conn: &Connection,
    wanted: &RepairInput,
    inspection: &InspectionView,
    appraisal: Option<&Appraisal>,
    in_warranty: bool,
    today: Date,
) -> ApiResult<RepairEstimate> {
    let book = bundles::book_on(conn, "repair", today, RepairBook::from_json)?;
    let asset = &inspection.machine.asset;
    let request = RepairRequest {
        category: doorstep_domain::catalogue::Category(asset.category.clone()),
        sub: asset.subtype.clone().unwrap_or_default(),
        cool_w: (asset.category == "ac").then_some(inspection.machine.capacity).flatten(),
        level: wanted.level,
        parts: wanted.parts.clone(),
        cover: if in_warranty { RepairCover::WholeUnit } else { RepairCover::None },
        value: appraisal.map(|appraisal| appraisal.value),
    };
    estimate(&book, &request).map_err(|e| ApiError::saying(ErrorCode::QuoteRefused, e.words()))
}

/// What is known of household and machine, in the words of the scenarios.
fn situation_of(
    inspection: &InspectionView,
    repair: Option<&RepairEstimate>,
    in_warranty: bool,
) -> Situation {
    let asset = &inspection.machine.asset;
    let mut situation = Situation::default()
        .word("old.cat", asset.category.clone())
        .word("warranty", if in_warranty { "in" } else { "out" });
    if let Some(sub) = &asset.subtype {
        situation = situation.word("old.sub", sub.clone());
    }
    if let Some(life) = &inspection.machine.safe_life {
        situation = situation.number("old.safe_left_m", life.months_left);
    }
    if let Some(permille) = repair.and_then(|repair| repair.permille_of_value) {
        situation = situation.number("repair.permille", permille);
    }
    for finding in &inspection.report.findings {
        situation = situation.with("finding", finding.check.clone());
    }
    situation
}

fn fitting(
    conn: &Connection,
    situation: &Situation,
    catalogue: &doorstep_domain::catalogue::Catalogue,
    today: Date,
) -> ApiResult<Vec<ScenarioMatch>> {
    let book = bundles::book_on(conn, "scenarios", today, ScenarioBook::from_json)?;
    let vocabulary = bundles::book_on(conn, "vocabulary", today, Vocabulary::from_json)?;
    let checklist = bundles::book_on(conn, "checklists", today, Checklist::from_json)?;
    let glossary = Glossary { vocabulary: &vocabulary, catalogue, checklist: &checklist };
    Ok(suggest(&book, &glossary, situation))
}
