//! What lists and search read: derived from HQ's rows, rebuildable at any time.

use doorstep_domain::{
    asset::Asset,
    card::WarrantyCard,
    combined_order::CombinedOrder,
    customer::Customer,
    time::Date,
    visit::{Slot, Visit},
    work_order::WorkOrder,
};
use rusqlite::{Connection, Transaction, params};
use serde::de::DeserializeOwned;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

use super::searching;
use crate::error::{Result, StoreError};

/// A visit of one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AgendaRow {
    /// The visit.
    pub visit: Uuid,
    /// Start of its slot, UTC ms.
    pub starts_at: i64,
    /// End of its slot, UTC ms.
    pub ends_at: i64,
}

/// How many rows of each kind this version cannot read: a newer HQ wrote them in words it does not
/// know. They are in no list; their rows are kept and stop nothing else.
pub type Unreadable = BTreeMap<String, u32>;

/// The visits of a calendar day in Asia/Shanghai, by start.
pub fn agenda(conn: &Connection, day: Date) -> Result<Vec<AgendaRow>> {
    conn.prepare_cached(
        "SELECT visit, starts_at, ends_at FROM agenda WHERE day = ?1 ORDER BY starts_at, visit",
    )?
    .query_map([day.to_string()], |row| {
        Ok(AgendaRow { visit: row.get(0)?, starts_at: row.get(1)?, ends_at: row.get(2)? })
    })?
    .map(|row| row.map_err(StoreError::from))
    .collect()
}

/// How many visits each day holds, from `from` on.
pub fn agenda_days(conn: &Connection, from: Date) -> Result<Vec<(String, u32)>> {
    conn.prepare_cached(
        "SELECT day, count(*) FROM agenda WHERE day >= ?1 GROUP BY day ORDER BY day",
    )?
    .query_map([from.to_string()], |row| Ok((row.get(0)?, row.get(1)?)))?
    .map(|row| row.map_err(StoreError::from))
    .collect()
}

/// The records of `kind` that belong to `parent`.
pub fn linked(conn: &Connection, parent: Uuid, kind: &str) -> Result<Vec<Uuid>> {
    conn.prepare_cached("SELECT id FROM link WHERE parent = ?1 AND kind = ?2 ORDER BY id")?
        .query_map(params![parent, kind], |row| row.get(0))?
        .map(|row| row.map_err(StoreError::from))
        .collect()
}

/// Drops every projection and derives it again from HQ's rows.
pub fn rebuild(tx: &Transaction<'_>) -> Result<Unreadable> {
    clear(tx)?;
    let (mut all, mut unreadable) = (BTreeSet::new(), Unreadable::new());
    let mut statement = tx.prepare("SELECT kind, id, body FROM hq_row ORDER BY kind, id")?;
    let mut found = statement.query([])?;
    while let Some(row) = found.next()? {
        let (kind, id, body): (String, Uuid, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
        if !place(tx, &kind, id, &body)? {
            *unreadable.entry(kind.clone()).or_default() += 1;
        }
        all.insert((kind, id));
    }
    searching::index_all(tx, &all)?;
    Ok(unreadable)
}

/// A hash over every projection, for comparing a live database with a rebuilt one.
pub fn digest(conn: &Connection) -> Result<String> {
    let mut hash = Sha256::new();
    for sql in [
        "SELECT hex(visit) || day || starts_at || ends_at FROM agenda ORDER BY visit",
        "SELECT hex(parent) || kind || hex(id) FROM link ORDER BY parent, kind, id",
        "SELECT kind || entry_id || text || updated_at FROM search_row ORDER BY kind, entry_id",
    ] {
        let mut statement = conn.prepare(sql)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            hash.update(row.get::<_, String>(0)?.as_bytes());
            hash.update(b"\n");
        }
        hash.update(b"--\n");
    }
    Ok(hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

pub(super) fn clear(tx: &Transaction<'_>) -> Result<()> {
    tx.execute_batch(
        "DELETE FROM agenda; DELETE FROM link; DELETE FROM search_row; DELETE FROM search_due;",
    )?;
    tx.execute("DELETE FROM search_word", [])?;
    Ok(())
}

/// Puts a row that has no place yet into lists: its day, and the records it belongs to. `false` when
/// this version cannot read it.
pub(super) fn place(tx: &Transaction<'_>, kind: &str, id: Uuid, body: &str) -> Result<bool> {
    let Some(Place { parents, slot }) = Place::of(kind, body) else { return Ok(false) };
    let mut link =
        tx.prepare_cached("INSERT OR IGNORE INTO link (parent, kind, id) VALUES (?1, ?2, ?3)")?;
    for parent in parents {
        link.execute(params![parent, kind, id])?;
    }
    if let Some(slot) = slot {
        tx.prepare_cached(
            "INSERT OR REPLACE INTO agenda (visit, day, starts_at, ends_at)
             VALUES (?1, ?2, ?3, ?4)",
        )?
        .execute(params![
            id,
            slot.start.shanghai_day().to_string(),
            slot.start.0,
            slot.end.0
        ])?;
    }
    Ok(true)
}

/// Takes a row with this body out of every list.
pub(super) fn displace(tx: &Transaction<'_>, kind: &str, id: Uuid, body: &str) -> Result<()> {
    let Some(Place { parents, slot }) = Place::of(kind, body) else { return Ok(()) };
    let mut link =
        tx.prepare_cached("DELETE FROM link WHERE parent = ?1 AND kind = ?2 AND id = ?3")?;
    for parent in parents {
        link.execute(params![parent, kind, id])?;
    }
    if slot.is_some() {
        tx.prepare_cached("DELETE FROM agenda WHERE visit = ?1")?.execute([id])?;
    }
    Ok(())
}

/// Where a row belongs.
#[derive(Default)]
struct Place {
    /// The records it is listed under.
    parents: Vec<Uuid>,
    /// When a visit takes place.
    slot: Option<Slot>,
}

impl Place {
    /// `None` for a row in words that this version does not know.
    fn of(kind: &str, body: &str) -> Option<Place> {
        let parents = match kind {
            "customer" => read::<Customer>(body).map(|_| Vec::new())?,
            "visit" => return read(body).map(Place::of_visit),
            "work_order" => {
                let order: WorkOrder = read(body)?;
                let assets = order.legs.iter().filter_map(|leg| leg.asset).map(|asset| asset.0);
                [order.customer.0, order.site.0].into_iter().chain(assets).collect()
            }
            "asset" => {
                let asset: Asset = read(body)?;
                asset.owner.map(|o| o.0).into_iter().chain(asset.site.map(|s| s.0)).collect()
            }
            "card" => {
                let card: WarrantyCard = read(body)?;
                card.customer.map(|c| c.0).into_iter().chain(card.asset.map(|a| a.0)).collect()
            }
            "order" => {
                let order: CombinedOrder = read(body)?;
                let terms = &order.signed.terms;
                vec![terms.work_order.0, terms.parties.buyer.0]
            }
            _ => loose_parents(&read(body)?),
        };
        Some(Place { parents, slot: None })
    }

    fn of_visit(visit: Visit) -> Place {
        let orders = visit.work_orders.iter().map(|order| order.0);
        let parents = [visit.customer.0, visit.site.0].into_iter().chain(orders).collect();
        Place { parents, slot: Some(visit.slot) }
    }
}

/// Rows of later kinds name what they belong to in these fields.
fn loose_parents(body: &Value) -> Vec<Uuid> {
    ["subject", "work_order", "order", "card", "customer"]
        .iter()
        .filter_map(|field| body.get(*field)?.as_str()?.parse().ok())
        .collect()
}

fn read<T: DeserializeOwned>(body: &str) -> Option<T> {
    serde_json::from_str(body).ok()
}
