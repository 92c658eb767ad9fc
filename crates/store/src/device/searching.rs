//! The search index over HQ's rows: brought up to date with them, or after a bulk of them.

use doorstep_domain::{
    asset::Asset, card::WarrantyCard, customer::Customer, time::UtcMs, work_order::WorkOrder,
};
use rusqlite::{Connection, Transaction, params};
use std::collections::BTreeSet;
use uuid::Uuid;

use super::{
    projection::linked,
    rows::{record, row},
};
use crate::{error::Result, search};

/// Kinds of row that are found by words.
const SEARCHED: [&str; 4] = ["customer", "card", "asset", "work_order"];
/// More rows than these at once, and their words are made later: a new tablet has its lists seconds
/// before it can be searched.
const AT_ONCE: usize = 256;

/// Brings the index up to date with rows that changed, or notes that it is due. What is gone is not
/// to be found from now on, however much else there is to do.
pub(super) fn refresh(tx: &Transaction<'_>, changed: &BTreeSet<(String, Uuid)>) -> Result<()> {
    if changed.len() <= AT_ONCE {
        return index_all(tx, changed);
    }
    let mut note =
        tx.prepare_cached("INSERT OR IGNORE INTO search_due (kind, id) VALUES (?1, ?2)")?;
    for (kind, id) in changed.iter().filter(|(kind, _)| SEARCHED.contains(&kind.as_str())) {
        if row(tx, kind, *id)?.is_none() {
            search::remove(tx, kind, &id.to_string())?;
        }
        note.execute(params![kind, id])?;
    }
    Ok(())
}

/// Makes the words of at most `limit` rows that are due; `true` while there are more.
///
/// # Errors
/// SQLite's errors and unreadable rows.
pub fn index_due(tx: &Transaction<'_>, limit: usize) -> Result<bool> {
    let due: BTreeSet<(String, Uuid)> = tx
        .prepare_cached("SELECT kind, id FROM search_due ORDER BY kind, id LIMIT ?1")?
        .query_map([limit], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    index_all(tx, &due)?;
    let mut done = tx.prepare_cached("DELETE FROM search_due WHERE kind = ?1 AND id = ?2")?;
    for (kind, id) in &due {
        done.execute(params![kind, id])?;
    }
    Ok(due.len() == limit)
}

/// Whether words are still to be made.
///
/// # Errors
/// SQLite's errors.
pub fn search_is_due(conn: &Connection) -> Result<bool> {
    Ok(conn.prepare_cached("SELECT 1 FROM search_due LIMIT 1")?.exists([])?)
}

/// Makes the words of rows, and of the records of each customer among them. Oldest first, which
/// builds the index in large pieces.
pub(super) fn index_all(tx: &Transaction<'_>, rows: &BTreeSet<(String, Uuid)>) -> Result<()> {
    let mut all = rows.clone();
    for (_, id) in rows.iter().filter(|(kind, _)| kind == "customer") {
        for child in ["card", "asset", "work_order"] {
            all.extend(linked(tx, *id, child)?.into_iter().map(|id| (child.to_owned(), id)));
        }
    }
    let mut found = Vec::new();
    for (kind, id) in &all {
        match words_of(tx, kind, *id)? {
            Some(words) => found.push((kind.as_str(), id.to_string(), words)),
            None => search::remove(tx, kind, &id.to_string())?,
        }
    }
    let serials: Vec<Vec<&str>> = found
        .iter()
        .map(|(_, _, words)| words.serials.iter().map(String::as_str).collect())
        .collect();
    let entries = found.iter().zip(&serials).map(|((kind, id, words), serials)| search::Entry {
        kind,
        id,
        name: &words.name,
        phone: &words.phone,
        address: &words.address,
        model: &words.model,
        serials,
        updated_at: UtcMs(words.recency),
    });
    Ok(search::index_all(tx, entries)?)
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
