//! What a device should hold, as sums kept with every change.
//!
//! Items are summed by their audience, the exact set of buckets that hears of them. A device hears
//! of an item once, through however many of its buckets, so its sums are those of all audiences that
//! share a bucket with it: exact, and made of nothing outside its access.

use std::collections::{BTreeMap, BTreeSet};

use doorstep_domain::org::Bucket;
use rusqlite::{Connection, OptionalExtension, params};
use uuid::Uuid;

use super::{
    Key, documents,
    feed::{self, News, Stream},
    rows,
};
use crate::{
    error::Result,
    held::{Sums, doc_mark, part_of, row_mark},
};

/// An item as a device lists it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Item {
    /// Row or document.
    pub stream: Stream,
    /// Its kind.
    pub kind: String,
    /// Its identity.
    pub id: Uuid,
}

/// One sum of one audience, as a BLOB of 16 bytes.
fn stored(sum: u128) -> [u8; 16] {
    sum.to_be_bytes()
}

/// An item changed: its mark leaves the audience it had and enters the one it has now.
pub(super) fn moved(
    conn: &Connection,
    id: Uuid,
    before: Option<(&BTreeSet<Bucket>, u128)>,
    after: (&BTreeSet<Bucket>, u128),
) -> Result<()> {
    match before {
        Some((buckets, mark)) if buckets == after.0 => {
            return toggle(conn, buckets, id, mark ^ after.1, 0);
        }
        Some((buckets, mark)) => toggle(conn, buckets, id, mark, -1)?,
        None => {}
    }
    toggle(conn, after.0, id, after.1, 1)
}

fn toggle(
    conn: &Connection,
    buckets: &BTreeSet<Bucket>,
    id: Uuid,
    marks: u128,
    items: i64,
) -> Result<()> {
    if buckets.is_empty() {
        return Ok(());
    }
    let (audience, total) = audience(conn, buckets)?;
    let left: i64 = conn
        .prepare_cached(
            "UPDATE audience SET total = ?2, items = items + ?3 WHERE id = ?1 RETURNING items",
        )?
        .query_row(params![audience, stored(total ^ marks), items], |row| row.get(0))?;
    if left == 0 {
        conn.prepare_cached("DELETE FROM audience WHERE id = ?1")?.execute([audience])?;
        return Ok(());
    }
    let part = part_of(id);
    let sum: Option<[u8; 16]> = conn
        .prepare_cached("SELECT sum FROM audience_part WHERE audience = ?1 AND part = ?2")?
        .query_row(params![audience, part], |row| row.get(0))
        .optional()?;
    let sum = sum.map_or(0, u128::from_be_bytes) ^ marks;
    conn.prepare_cached(
        "INSERT INTO audience_part (audience, part, sum) VALUES (?1, ?2, ?3)
         ON CONFLICT (audience, part) DO UPDATE SET sum = excluded.sum",
    )?
    .execute(params![audience, part, stored(sum)])?;
    Ok(())
}

/// The audience of exactly these buckets with its total, made if need be.
fn audience(conn: &Connection, buckets: &BTreeSet<Bucket>) -> Result<(i64, u128)> {
    let name = buckets.iter().map(|bucket| bucket.0.as_str()).collect::<Vec<_>>().join("\n");
    let known: Option<(i64, [u8; 16])> = conn
        .prepare_cached("SELECT id, total FROM audience WHERE name = ?1")?
        .query_row([&name], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    if let Some((id, total)) = known {
        return Ok((id, u128::from_be_bytes(total)));
    }
    let id: i64 = conn
        .prepare_cached("INSERT INTO audience (name, total) VALUES (?1, ?2) RETURNING id")?
        .query_row(params![name, stored(0)], |row| row.get(0))?;
    for bucket in buckets {
        conn.prepare_cached("INSERT INTO audience_bucket (bucket, audience) VALUES (?1, ?2)")?
            .execute(params![bucket.0, id])?;
    }
    Ok((id, 0))
}

/// The audiences that share a bucket with these, each with its total.
fn audiences(conn: &Connection, buckets: &BTreeSet<Bucket>) -> Result<BTreeMap<i64, u128>> {
    let mut statement = conn.prepare_cached(
        "SELECT id, total FROM audience_bucket JOIN audience ON id = audience WHERE bucket = ?1",
    )?;
    let mut found = BTreeMap::new();
    for bucket in buckets {
        let mut rows = statement.query([&bucket.0])?;
        while let Some(row) = rows.next()? {
            found.insert(row.get(0)?, u128::from_be_bytes(row.get(1)?));
        }
    }
    Ok(found)
}

/// One sum over everything a reader of these buckets should hold. Reads one entry per audience.
pub fn total(conn: &Connection, buckets: &BTreeSet<Bucket>) -> Result<u128> {
    Ok(audiences(conn, buckets)?.values().fold(0, |total, sum| total ^ sum))
}

/// The sums of everything a reader of these buckets should hold.
pub fn sums(conn: &Connection, buckets: &BTreeSet<Bucket>) -> Result<Sums> {
    let mut statement =
        conn.prepare_cached("SELECT part, sum FROM audience_part WHERE audience = ?1")?;
    let mut sums = Sums::default();
    for audience in audiences(conn, buckets)?.keys() {
        let mut rows = statement.query([audience])?;
        while let Some(row) = rows.next()? {
            sums.toggle_part(row.get(0)?, u128::from_be_bytes(row.get(1)?));
        }
    }
    Ok(sums)
}

/// The same, counted from the items themselves: what [`sums`] must always equal.
pub fn counted(conn: &Connection, buckets: &BTreeSet<Bucket>) -> Result<Sums> {
    let mut sums = Sums::default();
    for item in expected(conn, buckets, None)? {
        if let Some(mark) = mark_of(conn, &item)? {
            sums.toggle(item.id, mark);
        }
    }
    Ok(sums)
}

/// What puts a reader right in some parts: everything it lacks or holds differently, in full, and
/// before that what it should not hold. `theirs` are its items in these parts with the heads of
/// their marks. Costs a scan of what the reader may see, so it is for mending only.
pub fn corrections(
    conn: &Connection,
    buckets: &BTreeSet<Bucket>,
    parts: &BTreeSet<u8>,
    theirs: &BTreeMap<Item, [u8; 8]>,
    most: usize,
) -> Result<Vec<News>> {
    let expected = expected(conn, buckets, Some(parts))?;
    let surplus = theirs.keys().filter(|item| !expected.contains(item));
    let surplus: Vec<&Item> = surplus.filter(|item| parts.contains(&part_of(item.id))).collect();
    let mut news: Vec<News> =
        surplus.iter().map(|item| News::Gone { kind: item.kind.clone(), id: item.id }).collect();
    for item in &expected {
        // What goes takes row and document of its identity along.
        let falls = surplus.iter().any(|gone| gone.id == item.id && gone.kind == item.kind);
        let held = theirs.get(item).filter(|_| !falls);
        if news.len() >= most {
            break;
        }
        if mark_of(conn, item)?.is_some_and(|mark| held != Some(&head_of(mark))) {
            news.extend(whole(conn, item)?);
        }
    }
    Ok(news)
}

/// The first eight bytes of a mark: enough to list items by.
pub fn head_of(mark: u128) -> [u8; 8] {
    u64::try_from(mark >> 64).unwrap_or_default().to_be_bytes()
}

fn expected(
    conn: &Connection,
    buckets: &BTreeSet<Bucket>,
    parts: Option<&BTreeSet<u8>>,
) -> Result<BTreeSet<Item>> {
    let mut statement = conn.prepare_cached(
        "SELECT kind, id FROM feed WHERE stream = ?1 AND bucket = ?2 AND gone = 0",
    )?;
    let mut found = BTreeSet::new();
    for stream in [Stream::Row, Stream::Doc] {
        for bucket in buckets {
            let mut rows = statement.query(params![stream.name(), bucket.0])?;
            while let Some(row) = rows.next()? {
                let id = row.get::<_, Key>(1)?.0;
                if parts.is_none_or(|parts| parts.contains(&part_of(id))) {
                    found.insert(Item { stream, kind: row.get(0)?, id });
                }
            }
        }
    }
    Ok(found)
}

fn mark_of(conn: &Connection, item: &Item) -> Result<Option<u128>> {
    Ok(match item.stream {
        Stream::Row => rows::get(conn, &item.kind, item.id)?
            .map(|row| row_mark(&item.kind, item.id, row.version, &row.body)),
        Stream::Doc => documents::get(conn, item.id)?
            .map(|stored| doc_mark(stored.kind, item.id, &stored.heads)),
    })
}

fn whole(conn: &Connection, item: &Item) -> Result<Option<News>> {
    match item.stream {
        Stream::Row => feed::row_news(conn, item.kind.clone(), item.id),
        Stream::Doc => documents::news(conn, item.id, None, None),
    }
}
