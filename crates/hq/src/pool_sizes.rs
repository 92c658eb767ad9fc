//! How much there is, from a TOML file an admin writes (docs/hq.md).

use std::collections::BTreeSet;

use doorstep_domain::{
    catalogue::Catalogue,
    id::OrgId,
    lease::{Pool, Resource},
    org::{OrgKind, OrgUnit},
    time::{Date, UtcMs},
    valuation::ValuationTable,
    visit::Slot,
    words::Words,
};
use doorstep_store::{error::StoreError, ledger::people};
use rusqlite::Connection;
use serde::Deserialize;
use thiserror::Error;

use crate::{pools, reference};

/// Every store, in a file of sizes.
const EVERY: &str = "*";

/// Why a file of sizes is not taken.
#[derive(Debug, Error)]
pub enum SizesError {
    /// It is not the TOML that `docs/hq.md` describes.
    #[error("the file is not readable: {0}")]
    Unreadable(#[from] toml::de::Error),
    /// There is no such store.
    #[error("there is no store {0:?}")]
    NoSuchStore(String),
    /// The catalogue or the valuation table in force does not know this.
    #[error("{0:?} is not published")]
    NotPublished(String),
    /// The ledger.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A file of sizes: what is not named in it stays as it is.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SizesFile {
    #[serde(default)]
    sample: bool,
    #[serde(default)]
    stock: Vec<StockEntry>,
    #[serde(default)]
    slot: Vec<SlotEntry>,
    #[serde(default)]
    bonus: Vec<BonusEntry>,
}

/// Units of a model at a store: all that came in less what left by other ways than orders.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct StockEntry {
    store: String,
    sku: String,
    units: i64,
}

/// Another number of visits for one window than the published one.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SlotEntry {
    store: String,
    day: Date,
    from_min: u16,
    to_min: u16,
    visits: i64,
}

/// Another budget than the published one.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct BonusEntry {
    id: String,
    fen: i64,
}

/// Takes a file of sizes in and returns the pools it named, as they stand then. An amount below
/// what is promised and used already becomes just that.
///
/// # Errors
/// [`SizesError`]; nothing is kept of a file that is refused, if the caller rolls back.
pub fn take_file(conn: &Connection, text: &str, now: UtcMs) -> Result<Vec<Pool>, SizesError> {
    let file: SizesFile = toml::from_str(text)?;
    tracing::info!(sample = file.sample, "taking in pool sizes");
    let units = people::units(conn)?;
    let day = now.shanghai_day();
    let mut set = Vec::new();
    if !file.stock.is_empty() {
        let catalogue = reference::book_in_force(conn, "catalogue", day, Catalogue::from_json)?;
        for entry in file.stock {
            let model = catalogue.as_ref().and_then(|book| book.model(&entry.sku));
            let Some(model) = model else { return Err(SizesError::NotPublished(entry.sku)) };
            let facts = catalogue.as_ref().and_then(|book| book.category(&model.category));
            let name = facts.map(|facts| facts.name.clone()).unwrap_or_default();
            for store in stores(&units, &entry.store)? {
                let resource = Resource::Stock { store, sku: entry.sku.clone() };
                set.push(pools::set_amount(conn, &resource, name.clone(), entry.units, now)?);
            }
        }
    }
    for entry in file.slot {
        let at = |minutes: u16| {
            UtcMs::shanghai_midnight(entry.day).plus_ms(i64::from(minutes) * UtcMs::MINUTE)
        };
        let Slot { start, end } = Slot { start: at(entry.from_min), end: at(entry.to_min) };
        for store in stores(&units, &entry.store)? {
            let resource = Resource::Slot { store, start, end };
            set.push(pools::set_amount(conn, &resource, Words::default(), entry.visits, now)?);
        }
    }
    if !file.bonus.is_empty() {
        let table = reference::book_in_force(conn, "valuation", day, ValuationTable::from_json)?;
        let published = table.map(|table| table.bonuses).unwrap_or_default();
        for entry in file.bonus {
            let known = published.iter().find(|bonus| bonus.id == entry.id);
            let Some(known) = known else { return Err(SizesError::NotPublished(entry.id)) };
            let resource = Resource::Bonus { bonus: entry.id };
            set.push(pools::set_amount(conn, &resource, known.name.clone(), entry.fen, now)?);
        }
    }
    Ok(set)
}

/// The stores a text means: `*` for every one, else a name or an identity.
fn stores(units: &[OrgUnit], text: &str) -> Result<BTreeSet<OrgId>, SizesError> {
    let meant = |unit: &&OrgUnit| {
        unit.kind == OrgKind::Store
            && (text == EVERY || unit.name == text || unit.id.to_string() == text)
    };
    let found: BTreeSet<OrgId> = units.iter().filter(meant).map(|unit| unit.id).collect();
    if found.is_empty() { Err(SizesError::NoSuchStore(text.to_owned())) } else { Ok(found) }
}
