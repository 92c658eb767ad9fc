//! The feed: which bucket hears of what, in the order of one counter, and pages of it.
//!
//! Rows and documents are two streams, so that a new tablet has its lists before the documents
//! behind them. Serving a page reads stored bytes only; no document is ever loaded for it.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use doorstep_domain::{
    facts::DocKind,
    id::DeviceId,
    org::Bucket,
    planted::{Bug, planted},
};
use rusqlite::{Connection, params};
use uuid::Uuid;

use super::{Key, documents, rows, to_i64, to_u64};
use crate::error::Result;

/// One of the two streams.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stream {
    /// Authoritative rows.
    Row,
    /// Documents.
    Doc,
}

impl Stream {
    pub(super) fn name(self) -> &'static str {
        match self {
            Stream::Row => "row",
            Stream::Doc => "doc",
        }
    }
}

/// One piece of news.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum News {
    /// A row.
    Row {
        /// Its kind.
        kind: String,
        /// Its identity.
        id: Uuid,
        /// Rises with each change.
        version: u64,
        /// JSON.
        body: String,
    },
    /// A document: changes, or all of it.
    Doc {
        /// Its kind.
        kind: DocKind,
        /// Its identity.
        id: Uuid,
        /// automerge bytes.
        bytes: Vec<u8>,
        /// HQ's heads with them.
        heads: Vec<u8>,
    },
    /// The reader may no longer hold this.
    Gone {
        /// Row or document kind.
        kind: String,
        /// Its identity.
        id: Uuid,
    },
}

/// What a reader asks for.
#[derive(Debug, Clone)]
pub struct PageRequest {
    /// What the reader may see.
    pub buckets: BTreeSet<Bucket>,
    /// Rows up to this stamp are held.
    pub rows: u64,
    /// Documents up to this stamp were read.
    pub docs: u64,
    /// Documents up to this stamp are held: the reader had come to the end of the news there.
    pub held: u64,
    /// The most items.
    pub items: usize,
    /// The page ends after the item that exceeds this many bytes, as they will be on the line.
    pub bytes: usize,
    /// An installation epoch that is known to hold all its own changes; they are left out.
    pub own: Option<(DeviceId, Uuid)>,
}

/// A page of news.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewsPage {
    /// The items, in order.
    pub items: Vec<News>,
    /// Rows up to here are held once the page is committed.
    pub rows: u64,
    /// Documents up to here are read once the page is committed.
    pub docs: u64,
    /// Documents up to here are held once the page is committed.
    pub held: u64,
    /// Whether there is more at once.
    pub more: bool,
}

struct Entry {
    kind: String,
    id: Uuid,
    since: u64,
    gone: bool,
}

/// The newest stamp.
pub fn last_stamp(conn: &Connection) -> Result<u64> {
    let last: i64 = conn
        .prepare_cached("SELECT last FROM stamp WHERE id = 1")?
        .query_row([], |row| row.get(0))?;
    Ok(to_u64(last))
}

/// The buckets that hear of an item today.
pub fn buckets_of(
    conn: &Connection,
    stream: Stream,
    kind: &str,
    id: Uuid,
) -> Result<BTreeSet<Bucket>> {
    let mut statement = conn.prepare_cached(
        // Left to itself, SQLite reads the whole stream by the primary key.
        "SELECT bucket FROM feed INDEXED BY feed_by_item
         WHERE id = ?1 AND stream = ?2 AND kind = ?3 AND gone = 0",
    )?;
    let found = statement.query_map(params![Key(id), stream.name(), kind], |row| row.get(0))?;
    found.map(|bucket| Ok(Bucket(bucket?))).collect()
}

/// The buckets that hear of anything with this identity, row or document of any kind.
pub fn buckets_of_id(conn: &Connection, id: Uuid) -> Result<BTreeSet<Bucket>> {
    let mut statement = conn.prepare_cached(
        "SELECT bucket FROM feed INDEXED BY feed_by_item WHERE id = ?1 AND gone = 0",
    )?;
    let found = statement.query_map([Key(id)], |row| row.get(0))?;
    found.map(|bucket| Ok(Bucket(bucket?))).collect()
}

/// Whether anybody ever heard of anything with this identity.
pub fn is_known(conn: &Connection, id: Uuid) -> Result<bool> {
    Ok(conn
        .prepare_cached("SELECT 1 FROM feed INDEXED BY feed_by_item WHERE id = ?1 LIMIT 1")?
        .exists([Key(id)])?)
}

/// Whether an identity stands for something else than a `kind`. Access hangs on identities, so one
/// identity must never stand for two things: whoever named a record of its own after another's
/// would see that one too.
pub fn stands_for_another(conn: &Connection, id: Uuid, kind: &str) -> Result<bool> {
    Ok(conn
        .prepare_cached(
            "SELECT 1 FROM feed INDEXED BY feed_by_item WHERE id = ?1 AND kind <> ?2 LIMIT 1",
        )?
        .exists(params![Key(id), kind])?)
}

/// The rows of a kind that a bucket hears of today.
pub fn rows_in(conn: &Connection, bucket: &Bucket, kind: &str) -> Result<Vec<Uuid>> {
    let mut statement = conn.prepare_cached(
        "SELECT id FROM feed WHERE stream = 'row' AND bucket = ?1 AND kind = ?2 AND gone = 0",
    )?;
    let found = statement.query_map(params![bucket.0, kind], |row| row.get::<_, Key>(0))?;
    found.map(|key| Ok(key?.0)).collect()
}

/// Moves an item to a new stamp in exactly these buckets and returns the stamp. A bucket that heard
/// of it before and is not named keeps a `gone` entry, so that its readers remove the item.
pub fn publish(
    conn: &Connection,
    stream: Stream,
    kind: &str,
    id: Uuid,
    buckets: &BTreeSet<Bucket>,
) -> Result<u64> {
    let stamp: i64 = conn
        .prepare_cached("UPDATE stamp SET last = last + 1 WHERE id = 1 RETURNING last")?
        .query_row([], |row| row.get(0))?;
    let held = buckets_of(conn, stream, kind, id)?;
    for bucket in held.difference(buckets) {
        conn.prepare_cached(
            "UPDATE feed SET stamp = ?5, gone = 1
             WHERE id = ?1 AND stream = ?2 AND kind = ?3 AND bucket = ?4",
        )?
        .execute(params![Key(id), stream.name(), kind, bucket.0, stamp])?;
    }
    for bucket in buckets {
        conn.prepare_cached(
            "INSERT INTO feed (id, stream, kind, bucket, stamp, since, gone)
             VALUES (?1, ?2, ?3, ?4, ?5, ?5, 0)
             ON CONFLICT (id, stream, kind, bucket) DO UPDATE
             SET stamp = ?5, since = CASE gone WHEN 1 THEN ?5 ELSE since END, gone = 0",
        )?
        .execute(params![Key(id), stream.name(), kind, bucket.0, stamp])?;
    }
    Ok(to_u64(stamp))
}

/// The next page for a reader: rows first, then documents.
pub fn page(conn: &Connection, request: &PageRequest) -> Result<NewsPage> {
    let newest = last_stamp(conn)?;
    let mut page = NewsPage {
        items: Vec::new(),
        rows: request.rows,
        docs: request.docs,
        held: request.held,
        more: false,
    };
    let mut room = Room { items: request.items, bytes: request.bytes };
    page.more = !fill(conn, request, Stream::Row, newest, &mut room, &mut page)?
        || !fill(conn, request, Stream::Doc, newest, &mut room, &mut page)?;
    if !page.more {
        page.held = page.docs;
    }
    Ok(page)
}

struct Room {
    items: usize,
    bytes: usize,
}

/// A document is hardly ever smaller: no more entries are read than may find room.
const LEAST_DOCUMENT_BYTES: usize = 1024;

impl Room {
    /// The most items of a stream that may fit.
    fn items_of(&self, stream: Stream) -> usize {
        match stream {
            Stream::Row => self.items,
            Stream::Doc => self.items.min(self.bytes / LEAST_DOCUMENT_BYTES),
        }
    }
}

/// Adds one stream's news; `true` when the reader is then up to date with it.
fn fill(
    conn: &Connection,
    request: &PageRequest,
    stream: Stream,
    newest: u64,
    room: &mut Room,
    page: &mut NewsPage,
) -> Result<bool> {
    let after = match stream {
        Stream::Row => request.rows,
        Stream::Doc => request.docs,
    };
    let most = room.items_of(stream);
    let (entries, whole) = entries_after(conn, stream, &request.buckets, after, most)?;
    let mut reached = after;
    for (stamp, entries) in entries {
        if room.items == 0 || room.bytes == 0 {
            set_cursor(page, stream, if planted(Bug::SkipAtPageBorder) { stamp } else { reached });
            return Ok(false);
        }
        if let Some(news) = news_of(conn, request, stream, after, &entries)? {
            room.items -= 1;
            room.bytes = room.bytes.saturating_sub(weight(&news));
            page.items.push(news);
        }
        reached = stamp;
    }
    set_cursor(page, stream, if whole { newest.max(after) } else { reached });
    Ok(whole)
}

fn set_cursor(page: &mut NewsPage, stream: Stream, stamp: u64) {
    match stream {
        Stream::Row => page.rows = stamp,
        Stream::Doc => page.docs = stamp,
    }
}

/// About what an item takes on the line: rows shrink there to a sixth; a document, which is packed by
/// its own columns, takes at most its length.
fn weight(news: &News) -> usize {
    match news {
        News::Row { body, .. } => body.len() / 6,
        News::Doc { bytes, .. } => bytes.len(),
        News::Gone { .. } => 16,
    }
}

/// Entries of all the buckets after a stamp, joined by stamp (which belongs to one item), and
/// whether these are all. Each bucket is read in its own order with a limit, so the cost does not
/// grow with what lies behind the page; where a bucket was cut, stamps beyond its cut are left out.
fn entries_after(
    conn: &Connection,
    stream: Stream,
    buckets: &BTreeSet<Bucket>,
    after: u64,
    limit: usize,
) -> Result<(BTreeMap<u64, Vec<Entry>>, bool)> {
    let limit = limit.saturating_add(1);
    let mut joined: BTreeMap<u64, Vec<Entry>> = BTreeMap::new();
    let mut cut = None;
    let mut statement = conn.prepare_cached(
        "SELECT stamp, kind, id, since, gone FROM feed
         WHERE stream = ?1 AND bucket = ?2 AND stamp > ?3 ORDER BY stamp LIMIT ?4",
    )?;
    for bucket in buckets {
        let found = statement.query_map(
            params![
                stream.name(),
                bucket.0,
                to_i64(after),
                i64::try_from(limit).unwrap_or(i64::MAX)
            ],
            |row| {
                let entry = Entry {
                    kind: row.get(1)?,
                    id: row.get::<_, Key>(2)?.0,
                    since: to_u64(row.get(3)?),
                    gone: row.get::<_, i64>(4)? != 0,
                };
                Ok((to_u64(row.get(0)?), entry))
            },
        )?;
        let (mut count, mut last) = (0, 0);
        for entry in found {
            let (stamp, entry) = entry?;
            joined.entry(stamp).or_default().push(entry);
            count += 1;
            last = stamp;
        }
        if count >= limit {
            cut = Some(cut.map_or(last, |earlier: u64| earlier.min(last)));
        }
    }
    if let Some(cut) = cut {
        joined.retain(|stamp, _| *stamp <= cut);
    }
    Ok((joined, cut.is_none()))
}

fn news_of(
    conn: &Connection,
    request: &PageRequest,
    stream: Stream,
    after: u64,
    entries: &[Entry],
) -> Result<Option<News>> {
    let Some(first) = entries.first() else { return Ok(None) };
    let (kind, id) = (first.kind.clone(), first.id);
    if entries.iter().all(|entry| entry.gone) {
        let held_elsewhere = !buckets_of(conn, stream, &kind, id)?.is_disjoint(&request.buckets);
        let was_held = entries.iter().any(|entry| entry.since <= after);
        return Ok((was_held && !held_elsewhere).then_some(News::Gone { kind, id }));
    }
    match stream {
        Stream::Row => row_news(conn, kind, id),
        Stream::Doc => {
            let held = request.held;
            let holds_older = entries.iter().any(|entry| !entry.gone && entry.since <= held);
            let known = holds_older.then_some(held);
            documents::news(conn, id, known, request.own)
        }
    }
}

pub(super) fn row_news(conn: &Connection, kind: String, id: Uuid) -> Result<Option<News>> {
    let row = rows::get(conn, &kind, id)?;
    Ok(row.map(|row| News::Row { kind, id, version: row.version, body: row.body }))
}
