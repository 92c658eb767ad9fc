//! A machine: what HQ knows of it, with what was seen at the door on top.

use doorstep_domain::{
    asset::{Asset, YearMonth},
    catalogue::{Catalogue, Category},
    facts::{DocKind, FactView, FieldEdit, Scalar},
    id::{AssetId, WorkOrderId},
    inspection::{SafeLife, SafeLifeFacts, safe_life},
    site::Site,
    time::{Date, UtcMs},
    valuation::{Fault, OldUnit},
    work_order::WorkOrder,
};
use doorstep_store::device;
use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, sync::Arc};
use ts_rs::TS;
use uuid::Uuid;

use crate::{
    app::App,
    bundles,
    error::{ApiError, ApiResult},
    error_code::ErrorCode,
    session,
    usecase::record_state::{self, RecordState},
};

/// The reading that holds a machine's capacity, in the unit its category is sized by.
const CAPACITY: &str = "capacity";
/// Before a machine's identity, in the `steps` section of a work order: it was met at the door.
const MET: &str = "machine/";

/// Which machine.
#[derive(Debug, Serialize, Deserialize, TS)]
pub struct MachineInput {
    /// The machine.
    pub asset: AssetId,
}

/// What was read off a machine; a machine nobody knows yet begins with this.
#[derive(Debug, Serialize, Deserialize, TS)]
pub struct MachineSet {
    /// The machine; absent for a new one.
    #[serde(default)]
    #[ts(optional)]
    pub asset: Option<AssetId>,
    /// The work order it was met at: from then on it is one of that order's machines.
    #[serde(default)]
    #[ts(optional)]
    pub work_order: Option<WorkOrderId>,
    /// Fields of the `identity` section: category, subtype, brand, model, gtin, nameplate_month,
    /// installed_on, purchased_on, commercial.
    #[serde(default)]
    pub identity: BTreeMap<String, Scalar>,
    /// Serials by component part.
    #[serde(default)]
    pub serials: BTreeMap<String, String>,
    /// Capacity in the unit the category is sized by (litres, kilograms, watts, inches).
    #[serde(default)]
    #[ts(optional)]
    pub capacity: Option<i64>,
}

/// A fault seen or taken back.
#[derive(Debug, Serialize, Deserialize, TS)]
pub struct FaultSet {
    /// The machine.
    pub asset: AssetId,
    /// The deduction's code.
    pub code: String,
    /// Whether the machine has it.
    pub present: bool,
}

/// A machine as this device knows it.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct MachineView {
    /// The machine with what was seen at the door on top.
    pub asset: Asset,
    /// Faults with the guided shots taken of them.
    pub faults: Vec<Fault>,
    /// Guided shots taken of the machine, by photo hash.
    pub shots: BTreeMap<String, String>,
    /// Capacity as read.
    pub capacity: Option<i64>,
    /// How long it may safely be used.
    pub safe_life: Option<SafeLife>,
    /// Its warranty cards.
    pub cards: Vec<Uuid>,
    /// Everything written about it.
    pub facts: Option<FactView>,
    /// Where the record stands between this device and HQ.
    pub record: RecordState,
}

/// One machine.
pub async fn machine_view(app: &Arc<App>, input: MachineInput) -> ApiResult<MachineView> {
    let session = app.session().await?;
    let today = session.time().await?.at.shanghai_day();
    let books = bundles::books_on(&session, today).await.ok();
    session
        .db
        .read(move |conn| {
            read_machine(conn, input.asset, books.as_deref().map(|b| &b.catalogue), today)
        })
        .await
}

/// Notes what was read off a machine.
pub async fn machine_set(app: &Arc<App>, input: MachineSet) -> ApiResult<MachineView> {
    let session = app.session().await?;
    let now: UtcMs = session.time().await?.device;
    let asset = input.asset.unwrap_or_else(|| AssetId::new(now, session.noise()));
    let mut edits: Vec<FieldEdit> = input
        .identity
        .into_iter()
        .map(|(key, value)| FieldEdit { section: "identity".into(), key, value })
        .collect();
    edits.extend(
        input
            .serials
            .into_iter()
            .map(|(part, serial)| FieldEdit::new("components", part, serial.trim().to_owned())),
    );
    edits.extend(input.capacity.map(|value| FieldEdit::new("readings", CAPACITY, value)));
    let mut records = Vec::new();
    if !edits.is_empty() {
        records.push((DocKind::Asset, asset.0, edits));
    }
    // A machine of which nothing is noted exists only if it is known already.
    if let Some(order) = input.work_order
        && (input.asset.is_some() || !records.is_empty())
    {
        let met = FieldEdit::new("steps", format!("{MET}{asset}"), true);
        records.push((DocKind::WorkOrder, order.0, vec![met]));
    }
    if records.is_empty() {
        return Err(ApiError::bad_request("nothing to note"));
    }
    session.edit_all(records).await?;
    machine_view(app, MachineInput { asset }).await
}

/// The machines a work order is about: those its legs name, then those met at the door.
pub(crate) fn machines_of(order: &WorkOrder, facts: Option<&FactView>) -> Vec<AssetId> {
    let on_paper = order.legs.iter().filter_map(|leg| leg.asset);
    let met = facts
        .into_iter()
        .flat_map(|facts| facts.section("steps"))
        .filter_map(|(key, _)| key.strip_prefix(MET)?.parse().ok());
    let mut machines = Vec::new();
    for asset in on_paper.chain(met) {
        if !machines.contains(&asset) {
            machines.push(asset);
        }
    }
    machines
}

/// Notes a fault, or takes it back.
pub async fn fault_set(app: &Arc<App>, input: FaultSet) -> ApiResult<MachineView> {
    let session = app.session().await?;
    let edits = vec![FieldEdit::new("faults", input.code, input.present)];
    session.edit(DocKind::Asset, input.asset.0, edits).await?;
    machine_view(app, MachineInput { asset: input.asset }).await
}

/// A machine from HQ's row and this device's document.
pub(crate) fn read_machine(
    conn: &Connection,
    id: AssetId,
    catalogue: Option<&Catalogue>,
    today: Date,
) -> ApiResult<MachineView> {
    let facts = session::view_document(conn, id.0)?;
    let known: Option<Asset> =
        device::row(conn, "asset", id.0)?.map(|row| row.record()).transpose()?;
    if known.is_none() && facts.is_none() {
        return Err(ApiError::not_found("asset"));
    }
    let mut asset = known.unwrap_or_else(|| Asset::blank(id));
    if let Some(facts) = &facts {
        asset = asset.seen_at_the_door(facts);
    }
    let shots = shots_of(facts.as_ref());
    let faults = faults_of(facts.as_ref(), &shots);
    let gas = match asset.site {
        Some(site) => device::row(conn, "site", site.0)?
            .and_then(|row| row.record::<Site>().ok())
            .and_then(|site| site.gas)
            .map(|gas| gas.kind),
        None => None,
    };
    let life = catalogue.and_then(|catalogue| {
        let facts = SafeLifeFacts {
            category: Category(asset.category.clone()),
            sub: asset.subtype.clone().unwrap_or_default(),
            gas,
            installed: asset.installed_on,
            bought: asset.purchased_on,
            made: asset.nameplate_month.map(YearMonth::first_day),
            label_years: None,
        };
        safe_life(catalogue, &facts, today)
    });
    let capacity = facts.as_ref().and_then(|f| f.get("readings", CAPACITY)?.as_int());
    Ok(MachineView {
        asset,
        faults,
        shots,
        capacity,
        safe_life: life,
        cards: device::linked(conn, id.0, "card")?,
        facts,
        record: record_state::of(conn, &[id.0])?,
    })
}

/// Photo hash → guided shot.
fn shots_of(facts: Option<&FactView>) -> BTreeMap<String, String> {
    let Some(facts) = facts else { return BTreeMap::new() };
    facts
        .section("photos")
        .filter_map(|(key, value)| {
            let hash = key.strip_suffix("/shot")?;
            Some((hash.to_owned(), value.as_text()?.to_owned()))
        })
        .collect()
}

fn faults_of(facts: Option<&FactView>, shots: &BTreeMap<String, String>) -> Vec<Fault> {
    let Some(facts) = facts else { return Vec::new() };
    let mut photos: Vec<String> = shots.values().cloned().collect();
    photos.sort();
    photos.dedup();
    facts
        .section("faults")
        .filter(|(_, present)| **present == Scalar::Bool(true))
        .map(|(code, _)| Fault { code: code.to_owned(), photos: photos.clone() })
        .collect()
}

/// The machine as the valuation asks for it, on a line of a quote.
pub(crate) fn old_unit(
    machine: &MachineView,
    catalogue: &Catalogue,
    line: String,
    today: Date,
) -> ApiResult<OldUnit> {
    let asset = &machine.asset;
    let category = Category(asset.category.clone());
    let listed = catalogue
        .model(&asset.model)
        .or_else(|| asset.gtin.as_deref().and_then(|gtin| catalogue.model_by_gtin(gtin)));
    let measure = machine.capacity.or_else(|| catalogue.size_measure(listed?));
    let size = OldUnit::size_class(catalogue, &category, measure).ok_or_else(|| {
        ApiError::new(ErrorCode::QuoteRefused).param("missing", "capacity").detail("no size class")
    })?;
    Ok(OldUnit {
        line,
        category,
        sub: asset.subtype.clone().unwrap_or_default(),
        model: Some(asset.model.clone()).filter(|model| !model.is_empty()),
        size,
        age_months: age_months(asset, today).ok_or_else(|| {
            ApiError::new(ErrorCode::QuoteRefused)
                .param("missing", "age")
                .detail("no date is known")
        })?,
        faults: machine.faults.clone(),
    })
}

/// Whole months since first use: installation, else purchase, else the nameplate's month.
fn age_months(asset: &Asset, today: Date) -> Option<u32> {
    let from = asset
        .installed_on
        .or(asset.purchased_on)
        .or_else(|| asset.nameplate_month.map(YearMonth::first_day))?;
    let months = (i32::from(today.year()) - i32::from(from.year())) * 12 + i32::from(today.month())
        - i32::from(from.month())
        - i32::from(today.day() < from.day());
    u32::try_from(months.max(0)).ok()
}
