//! What lists and search read: derived from HQ's rows, rebuildable at any time.

use doorstep_domain::{
    asset::Asset,
    card::WarrantyCard,
    combined_order::CombinedOrder,
    customer::Customer,
    time::{Date, UtcMs},
    visit::Visit,
    work_order::WorkOrder,
};
use rusqlite::{Connection, Transaction, params};
use serde::de::DeserializeOwned;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

use super::rows::row;
use crate::{
    error::{Result, StoreError},
    search,
};

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
/// know.
pub type Unreadable = BTreeMap<String, u32>;

/// Rows whose projections must be brought up to date.
#[derive(Debug, Default)]
pub(super) struct Touched(BTreeSet<(String, Uuid)>);

impl Touched {
    pub(super) fn row(&mut self, kind: &str, id: Uuid) {
        self.0.insert((kind.to_owned(), id));
    }
}

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
    let mut touched = Touched::default();
    let mut statement = tx.prepare("SELECT kind, id FROM hq_row ORDER BY kind, id")?;
    let mut found = statement.query([])?;
    while let Some(row) = found.next()? {
        touched.row(&row.get::<_, String>(0)?, row.get(1)?);
    }
    refresh(tx, &touched)
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
    tx.execute_batch("DELETE FROM agenda; DELETE FROM link; DELETE FROM search_row;")?;
    tx.execute("DELETE FROM search_word", [])?;
    Ok(())
}

/// Derives the projections of the touched rows, and of cards and machines whose customer changed.
pub(super) fn refresh(tx: &Transaction<'_>, touched: &Touched) -> Result<Unreadable> {
    let mut unreadable = Unreadable::new();
    let mut searchable = touched.0.clone();
    for (kind, id) in &touched.0 {
        tx.prepare_cached("DELETE FROM link WHERE kind = ?1 AND id = ?2")?
            .execute(params![kind, id])?;
        let parents = parents(tx, kind, *id)?;
        if parents.is_empty() && matches!(kind.as_str(), "visit" | "order") {
            unread(tx, kind, *id, &mut unreadable)?;
        }
        for parent in parents {
            tx.prepare_cached("INSERT OR IGNORE INTO link (parent, kind, id) VALUES (?1, ?2, ?3)")?
                .execute(params![parent, kind, id])?;
        }
        if kind == "visit" {
            place_in_agenda(tx, *id)?;
        }
    }
    for (kind, id) in &touched.0 {
        if kind == "customer" {
            for child in ["card", "asset", "work_order"] {
                searchable.extend(linked(tx, *id, child)?.into_iter().map(|id| (child.into(), id)));
            }
        }
    }
    for (kind, id) in &searchable {
        let found = index(tx, kind, *id)?;
        if !found && matches!(kind.as_str(), "customer" | "card" | "asset" | "work_order") {
            unread(tx, kind, *id, &mut unreadable)?;
        }
    }
    Ok(unreadable)
}

/// Counts a row that is here and that no projection could read.
fn unread(conn: &Connection, kind: &str, id: Uuid, unreadable: &mut Unreadable) -> Result<()> {
    if row(conn, kind, id)?.is_some() {
        *unreadable.entry(kind.to_owned()).or_default() += 1;
    }
    Ok(())
}

fn place_in_agenda(tx: &Transaction<'_>, id: Uuid) -> Result<()> {
    tx.prepare_cached("DELETE FROM agenda WHERE visit = ?1")?.execute([id])?;
    if let Some(visit) = record::<Visit>(tx, "visit", id)? {
        tx.prepare_cached(
            "INSERT INTO agenda (visit, day, starts_at, ends_at) VALUES (?1, ?2, ?3, ?4)",
        )?
        .execute(params![
            id,
            visit.slot.start.shanghai_day().to_string(),
            visit.slot.start.0,
            visit.slot.end.0
        ])?;
    }
    Ok(())
}

/// The records a row belongs to.
fn parents(conn: &Connection, kind: &str, id: Uuid) -> Result<Vec<Uuid>> {
    Ok(match kind {
        "visit" => record::<Visit>(conn, kind, id)?.map_or_else(Vec::new, |visit| {
            let mut parents = vec![visit.customer.0, visit.site.0];
            parents.extend(visit.work_orders.iter().map(|order| order.0));
            parents
        }),
        "work_order" => record::<WorkOrder>(conn, kind, id)?.map_or_else(Vec::new, |order| {
            let assets = order.legs.iter().filter_map(|leg| leg.asset).map(|asset| asset.0);
            [order.customer.0, order.site.0].into_iter().chain(assets).collect()
        }),
        "asset" => record::<Asset>(conn, kind, id)?.map_or_else(Vec::new, |asset| {
            asset.owner.map(|o| o.0).into_iter().chain(asset.site.map(|s| s.0)).collect()
        }),
        "card" => record::<WarrantyCard>(conn, kind, id)?.map_or_else(Vec::new, |card| {
            card.customer.map(|c| c.0).into_iter().chain(card.asset.map(|a| a.0)).collect()
        }),
        "order" => record::<CombinedOrder>(conn, kind, id)?.map_or_else(Vec::new, |order| {
            let terms = &order.signed.terms;
            vec![terms.work_order.0, terms.parties.buyer.0]
        }),
        _ => loose_parents(conn, kind, id)?,
    })
}

/// Rows of later kinds name what they belong to in these fields.
fn loose_parents(conn: &Connection, kind: &str, id: Uuid) -> Result<Vec<Uuid>> {
    let Some(body) = record::<Value>(conn, kind, id)? else { return Ok(Vec::new()) };
    Ok(["subject", "work_order", "order", "card", "customer"]
        .iter()
        .filter_map(|field| body.get(*field)?.as_str()?.parse().ok())
        .collect())
}

/// Whose record it is, and what else it is found by.
#[derive(Default)]
struct Words {
    name: String,
    phone: String,
    address: String,
    model: String,
    serials: Vec<String>,
    recency: i64,
}

/// Writes what a record is found by; tells whether there is anything.
fn index(tx: &Transaction<'_>, kind: &str, id: Uuid) -> Result<bool> {
    let id_text = id.to_string();
    let Some(words) = words_of(tx, kind, id)? else {
        search::remove(tx, kind, &id_text)?;
        return Ok(false);
    };
    let serials: Vec<&str> = words.serials.iter().map(String::as_str).collect();
    search::index(
        tx,
        &search::Entry {
            kind,
            id: &id_text,
            name: &words.name,
            phone: &words.phone,
            address: &words.address,
            model: &words.model,
            serials: &serials,
            updated_at: UtcMs(words.recency),
        },
    )?;
    Ok(true)
}

fn words_of(conn: &Connection, kind: &str, id: Uuid) -> Result<Option<Words>> {
    Ok(match kind {
        "customer" => match record::<Customer>(conn, kind, id)? {
            Some(_) => Some(of_customer(conn, Some(id))?),
            None => None,
        },
        "card" => match record::<WarrantyCard>(conn, kind, id)? {
            Some(card) => Some(Words {
                model: format!("{} {}", card.brand, card.model),
                serials: card.serials,
                recency: card.issued_at.0,
                ..of_customer(conn, card.customer.map(|customer| customer.0))?
            }),
            None => None,
        },
        "asset" => match record::<Asset>(conn, kind, id)? {
            Some(asset) => Some(Words {
                model: format!("{} {}", asset.brand, asset.model),
                serials: asset.serials().into_iter().collect(),
                ..of_customer(conn, asset.owner.map(|owner| owner.0))?
            }),
            None => None,
        },
        "work_order" => match record::<WorkOrder>(conn, kind, id)? {
            Some(order) => Some(Words {
                serials: order.number.into_iter().collect(),
                recency: order.requested_at.0,
                ..of_customer(conn, Some(order.customer.0))?
            }),
            None => None,
        },
        _ => None,
    })
}

fn of_customer(conn: &Connection, customer: Option<Uuid>) -> Result<Words> {
    let known = match customer {
        Some(customer) => record::<Customer>(conn, "customer", customer)?,
        None => None,
    };
    Ok(known.map_or_else(Words::default, |customer| Words {
        name: customer.name,
        phone: customer.phones.join(" "),
        address: customer.address,
        ..Words::default()
    }))
}

/// A record that cannot be read (a newer HQ wrote it in words this version does not know) is in no
/// list; its row is kept and stops nothing else.
fn record<T: DeserializeOwned>(conn: &Connection, kind: &str, id: Uuid) -> Result<Option<T>> {
    Ok(row(conn, kind, id)?.and_then(|row| row.record().ok()))
}
