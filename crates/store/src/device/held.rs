//! What HQ told this device to hold, as sums kept in the transaction of every change.
//!
//! Wholly derived: [`count_held`] makes them again from the rows and documents themselves, which is
//! how a loss that nobody noticed shows.

use std::collections::BTreeSet;

use doorstep_domain::facts::DocKind;
use rusqlite::{Connection, OptionalExtension, Transaction, params};
use uuid::Uuid;

use super::{documents::doc_kind, projection};
use crate::{
    error::{Result, StoreError},
    held::{Sums, doc_mark, part_of, row_mark},
};

/// The row kind of a reference bundle, which lies in a table of its own.
const BUNDLE: &str = "bundle";

/// One item held, for a list that HQ compares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldItem {
    /// Whether it is a document; else a row.
    pub doc: bool,
    /// Row or document kind.
    pub kind: String,
    /// Its identity.
    pub id: Uuid,
    /// Its mark.
    pub mark: u128,
}

/// The sums while a transaction changes what is held.
#[derive(Debug)]
pub(super) struct Held {
    sums: Sums,
    stored: Sums,
}

impl Held {
    pub(super) fn open(conn: &Connection) -> Result<Held> {
        let sums = held(conn)?;
        Ok(Held { stored: sums.clone(), sums })
    }

    /// One item as it was and as it is now.
    pub(super) fn swap(&mut self, id: Uuid, before: Option<u128>, after: Option<u128>) {
        self.sums.toggle(id, before.unwrap_or(0) ^ after.unwrap_or(0));
    }

    pub(super) fn keep(self, tx: &Transaction<'_>) -> Result<()> {
        if self.sums == self.stored { Ok(()) } else { store(tx, &self.sums) }
    }
}

/// The sums as kept.
pub fn held(conn: &Connection) -> Result<Sums> {
    let bytes: Option<Vec<u8>> = conn
        .prepare_cached("SELECT sums FROM held WHERE one = 1")?
        .query_row([], |row| row.get(0))
        .optional()?;
    match bytes {
        None => Ok(Sums::default()),
        Some(bytes) => Sums::from_bytes(&bytes)
            .ok_or_else(|| StoreError::unreadable("sums", format!("{} bytes", bytes.len()))),
    }
}

/// The sums made anew from what is here. Reads every row, so it is for checks only.
pub fn count_held(conn: &Connection) -> Result<Sums> {
    let mut sums = Sums::default();
    each(conn, |item| sums.toggle(item.id, item.mark))?;
    Ok(sums)
}

/// Puts the sums right from what is here, and says whether they were wrong.
pub fn recount_held(tx: &Transaction<'_>) -> Result<bool> {
    let (kept, counted) = (held(tx).unwrap_or_default(), count_held(tx)?);
    if kept == counted {
        return Ok(false);
    }
    store(tx, &counted)?;
    Ok(true)
}

/// Everything held in some parts.
pub fn held_in(conn: &Connection, parts: &BTreeSet<u8>) -> Result<Vec<HeldItem>> {
    let mut items = Vec::new();
    each(conn, |item| {
        if parts.contains(&part_of(item.id)) {
            items.push(item);
        }
    })?;
    Ok(items)
}

/// Notes the heads at which HQ has a document, as a receipt tells; a document that is not here
/// changes nothing.
pub fn tell_document(tx: &Transaction<'_>, id: Uuid, heads: &[u8]) -> Result<()> {
    let mut held = Held::open(tx)?;
    let Some((kind, before)) = told(tx, id)? else { return Ok(()) };
    held.swap(id, before, Some(doc_mark(kind, id, heads)));
    tx.prepare_cached("UPDATE doc SET told = ?2 WHERE id = ?1")?.execute(params![id, heads])?;
    held.keep(tx)
}

/// Forgets a row, so that HQ's version of it is taken whatever it is.
pub fn forget_row(tx: &Transaction<'_>, kind: &str, id: Uuid) -> Result<()> {
    let mut held = Held::open(tx)?;
    if let Some(row) = remove_row(tx, kind, id)? {
        held.swap(id, Some(row.mark(kind, id)), None);
        projection::displace(tx, kind, id, &row.body)?;
    }
    held.keep(tx)
}

/// Notes which row of HQ a bundle came by.
pub fn note_bundle(
    tx: &Transaction<'_>,
    (kind, version): (&str, &str),
    id: Uuid,
    mark: u128,
) -> Result<()> {
    let mut held = Held::open(tx)?;
    let before: Option<Option<[u8; 16]>> = tx
        .prepare_cached("SELECT mark FROM bundle WHERE kind = ?1 AND version = ?2")?
        .query_row([kind, version], |row| row.get(0))
        .optional()?;
    held.swap(id, before.flatten().map(u128::from_be_bytes), Some(mark));
    tx.prepare_cached("UPDATE bundle SET item = ?3, mark = ?4 WHERE kind = ?1 AND version = ?2")?
        .execute(params![kind, version, id, mark.to_be_bytes()])?;
    held.keep(tx)
}

/// A row as kept, without its identity.
#[derive(Debug)]
pub(super) struct HeldRow<T> {
    pub(super) version: u64,
    pub(super) body: T,
}

impl<T: AsRef<str>> HeldRow<T> {
    /// What it adds to the sums.
    pub(super) fn mark(&self, kind: &str, id: Uuid) -> u128 {
        row_mark(kind, id, self.version, self.body.as_ref())
    }
}

/// Deletes a row and gives what it was.
pub(super) fn remove_row(
    tx: &Transaction<'_>,
    kind: &str,
    id: Uuid,
) -> Result<Option<HeldRow<String>>> {
    Ok(tx
        .prepare_cached("DELETE FROM hq_row WHERE kind = ?1 AND id = ?2 RETURNING version, body")?
        .query_row(params![kind, id], |row| Ok(HeldRow { version: row.get(0)?, body: row.get(1)? }))
        .optional()?)
}

/// A row, if it is here.
pub(super) fn row_held(
    tx: &Transaction<'_>,
    kind: &str,
    id: Uuid,
) -> Result<Option<HeldRow<String>>> {
    Ok(tx
        .prepare_cached("SELECT version, body FROM hq_row WHERE kind = ?1 AND id = ?2")?
        .query_row(params![kind, id], |row| Ok(HeldRow { version: row.get(0)?, body: row.get(1)? }))
        .optional()?)
}

/// A document's kind and its mark, if HQ told of it; `None` when it is not here.
pub(super) fn told(tx: &Transaction<'_>, id: Uuid) -> Result<Option<(DocKind, Option<u128>)>> {
    let found: Option<(String, Option<Vec<u8>>)> = tx
        .prepare_cached("SELECT kind, told FROM doc WHERE id = ?1")?
        .query_row([id], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let Some((kind, heads)) = found else { return Ok(None) };
    let kind = doc_kind(&kind)?;
    Ok(Some((kind, heads.map(|heads| doc_mark(kind, id, &heads)))))
}

/// The heads HQ told of a document in this life of its ledger.
pub(super) fn told_heads(tx: &Transaction<'_>, id: Uuid) -> Result<Option<Vec<u8>>> {
    let found: Option<Option<Vec<u8>>> = tx
        .prepare_cached("SELECT told FROM doc WHERE id = ?1")?
        .query_row([id], |row| row.get(0))
        .optional()?;
    Ok(found.flatten())
}

/// Nothing is held any more, as far as HQ told.
pub(super) fn nothing_held(tx: &Transaction<'_>) -> Result<()> {
    tx.execute("UPDATE doc SET told = NULL", [])?;
    tx.execute("UPDATE bundle SET mark = NULL", [])?;
    store(tx, &Sums::default())
}

fn store(tx: &Transaction<'_>, sums: &Sums) -> Result<()> {
    tx.prepare_cached(
        "INSERT INTO held (one, sums) VALUES (1, ?1)
         ON CONFLICT (one) DO UPDATE SET sums = excluded.sums",
    )?
    .execute([sums.to_bytes()])?;
    Ok(())
}

fn each(conn: &Connection, mut visit: impl FnMut(HeldItem)) -> Result<()> {
    let mut statement = conn.prepare("SELECT kind, id, version, body FROM hq_row")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let (kind, id): (String, Uuid) = (row.get(0)?, row.get(1)?);
        let body = row.get_ref(3)?.as_str().map_err(rusqlite::Error::from)?;
        let mark = row_mark(&kind, id, row.get(2)?, body);
        visit(HeldItem { doc: false, kind, id, mark });
    }
    let mut statement = conn.prepare("SELECT kind, id, told FROM doc WHERE told IS NOT NULL")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let (kind, id): (String, Uuid) = (row.get(0)?, row.get(1)?);
        let heads: Vec<u8> = row.get(2)?;
        let mark = doc_mark(doc_kind(&kind)?, id, &heads);
        visit(HeldItem { doc: true, kind, id, mark });
    }
    let mut statement = conn.prepare("SELECT item, mark FROM bundle WHERE mark IS NOT NULL")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let mark = u128::from_be_bytes(row.get(1)?);
        visit(HeldItem { doc: false, kind: BUNDLE.to_owned(), id: row.get(0)?, mark });
    }
    Ok(())
}
