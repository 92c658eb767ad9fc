//! One search box over everything on the device.
//!
//! FTS5 has no tokenizer that finds a Chinese name by two of its characters, so the words of the
//! index are made here. The index keeps no text of its own; a hit is checked against
//! `search_row`, which makes the answer what `LIKE '%…%'` over the name would give, plus pinyin. The
//! row number *is* the recency (milliseconds, moved up past a number already taken), so reading stops
//! at the newest hits.
//!
//! ```
//! use doorstep_domain::time::UtcMs;
//! use doorstep_store::search::{self, Entry};
//!
//! let connection = rusqlite::Connection::open_in_memory()?;
//! connection.execute_batch(search::SCHEMA)?;
//! let card = Entry {
//!     kind: "card",
//!     id: "0190",
//!     name: "曾伟明",
//!     phone: "13800138000",
//!     updated_at: UtcMs(1_790_000_000_000),
//!     ..Entry::default()
//! };
//! search::index(&connection, &card)?;
//! for query in ["伟", "曾伟", "zwm", "zengwei", "伟明 138", "8000"] {
//!     assert_eq!(search::find(&connection, query, 20)?.len(), 1, "{query}");
//! }
//! # Ok::<(), rusqlite::Error>(())
//! ```

mod readings;
mod segment;
#[cfg(test)]
mod tests;

use doorstep_domain::time::UtcMs;
use rusqlite::{Connection, OptionalExtension, Row, params};
use segment::Term;

/// The tables, for a migration. `prefix` covers the two letters of a class and one to three
/// typed characters.
pub const SCHEMA: &str = include_str!("../../../../migrations/device/0002_search.sql");

/// What is found and by what. Fields that an entry does not have are empty.
#[derive(Debug, Clone, Copy, Default)]
pub struct Entry<'a> {
    /// What it is, such as `card`; with `id` it names the entry.
    pub kind: &'a str,
    /// Its identity within the kind.
    pub id: &'a str,
    /// Name of the person: found by any characters, by pinyin and by initials.
    pub name: &'a str,
    /// Phone number: found by its beginning and its last 4 digits.
    pub phone: &'a str,
    /// Address: found by any Chinese characters.
    pub address: &'a str,
    /// Brand and model.
    pub model: &'a str,
    /// Serial numbers: each found by its beginning and its last 6 characters.
    pub serials: &'a [&'a str],
    /// When it last mattered; the newest is shown first.
    pub updated_at: UtcMs,
}

/// An entry found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// What it is.
    pub kind: String,
    /// Its identity.
    pub id: String,
    /// When it last mattered.
    pub updated_at: UtcMs,
}

/// Puts an entry into the index, in place of an older state of it. Part of the caller's transaction.
///
/// # Errors
/// SQLite's errors.
pub fn index(connection: &Connection, entry: &Entry<'_>) -> rusqlite::Result<()> {
    let text = segment::row_text(entry);
    let known = connection
        .prepare_cached(
            "SELECT text, updated_at FROM search_row WHERE kind = ?1 AND entry_id = ?2",
        )?
        .query_row(params![entry.kind, entry.id], |row| {
            Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?))
        })
        .optional()?;
    if known.is_some_and(|(known, updated_at)| known == text && updated_at == entry.updated_at.0) {
        return Ok(());
    }
    remove(connection, entry.kind, entry.id)?;
    let id = free_row(connection, entry.updated_at.0.max(1))?;
    connection
        .prepare_cached(
            "INSERT INTO search_row (id, kind, entry_id, text, updated_at)
             VALUES (?1, ?2, ?3, ?4, ?5)",
        )?
        .execute(params![id, entry.kind, entry.id, text, entry.updated_at.0])?;
    connection
        .prepare_cached("INSERT INTO search_word (rowid, words) VALUES (?1, ?2)")?
        .execute(params![id, segment::words(entry)])?;
    Ok(())
}

/// Puts many entries into the index. They go in oldest first, whatever their order here: the index
/// is then built in large pieces, many times faster than one by one.
///
/// # Errors
/// SQLite's errors.
pub fn index_all<'a>(
    connection: &Connection,
    entries: impl IntoIterator<Item = Entry<'a>>,
) -> rusqlite::Result<()> {
    let mut entries = Vec::from_iter(entries);
    entries.sort_by_key(|entry| entry.updated_at);
    entries.iter().try_for_each(|entry| index(connection, entry))
}

/// Takes an entry out of the index; one that is not there is no error.
///
/// # Errors
/// SQLite's errors.
pub fn remove(connection: &Connection, kind: &str, id: &str) -> rusqlite::Result<()> {
    let row: Option<i64> = connection
        .prepare_cached("DELETE FROM search_row WHERE kind = ?1 AND entry_id = ?2 RETURNING id")?
        .query_row([kind, id], |row| row.get(0))
        .optional()?;
    if let Some(row) = row {
        connection.prepare_cached("DELETE FROM search_word WHERE rowid = ?1")?.execute([row])?;
    }
    Ok(())
}

/// Merges the index after a bulk load. Costs about as much as a tenth of the load.
///
/// # Errors
/// SQLite's errors.
pub fn merge(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute("INSERT INTO search_word (search_word) VALUES ('optimize')", []).map(|_| ())
}

/// The newest entries of any kind that match every term of `query`, at most `limit`. Nothing typed
/// finds nothing.
///
/// # Errors
/// SQLite's errors; no query is one.
pub fn find(connection: &Connection, query: &str, limit: usize) -> rusqlite::Result<Vec<Hit>> {
    find_kinds(connection, &[], query, limit)
}

/// As [`find`], among the kinds named only; an empty list means all.
///
/// # Errors
/// As [`find`].
pub fn find_kinds(
    connection: &Connection,
    kinds: &[&str],
    query: &str,
    limit: usize,
) -> rusqlite::Result<Vec<Hit>> {
    let terms = Term::all_of(query);
    if terms.is_empty() || limit == 0 {
        return Ok(Vec::new());
    }
    let expressions: Vec<String> = terms.iter().filter_map(Term::expression).collect();
    // Punctuation alone is in no index; it is looked for in every row, newest first.
    let (sql, parameters) = if expressions.is_empty() {
        ("SELECT kind, entry_id, text, updated_at FROM search_row ORDER BY id DESC", Vec::new())
    } else {
        (
            "SELECT row.kind, row.entry_id, row.text, row.updated_at
             FROM search_word AS word CROSS JOIN search_row AS row ON row.id = word.rowid
             WHERE word.search_word MATCH ?1 ORDER BY word.rowid DESC",
            vec![expressions.join(" AND ")],
        )
    };
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query(rusqlite::params_from_iter(parameters))?;
    let mut hits = Vec::new();
    while let Some(row) = rows.next()? {
        if is_hit(row, kinds, &terms)? {
            hits.push(Hit { kind: row.get(0)?, id: row.get(1)?, updated_at: UtcMs(row.get(3)?) });
            if hits.len() == limit {
                break;
            }
        }
    }
    // Entries of one instant may have pushed one another past a neighbour.
    hits.sort_by_key(|hit| std::cmp::Reverse(hit.updated_at));
    Ok(hits)
}

fn is_hit(row: &Row<'_>, kinds: &[&str], terms: &[Term]) -> rusqlite::Result<bool> {
    let kind = row.get_ref(0)?.as_str()?;
    if !kinds.is_empty() && !kinds.contains(&kind) {
        return Ok(false);
    }
    let text = row.get_ref(2)?.as_str()?;
    Ok(terms.iter().all(|term| term.matches(text)))
}

/// A row number at `wanted`, or past the numbers taken from there on: doubling steps to one that is
/// free, then halving back to the first found behind a taken one. Entries of one instant thus move
/// up by about as many milliseconds as there are of them.
fn free_row(connection: &Connection, wanted: i64) -> rusqlite::Result<i64> {
    let mut taken = connection.prepare_cached("SELECT 1 FROM search_row WHERE id = ?1")?;
    let mut is_taken = |id: i64| taken.exists([id]);
    if !is_taken(wanted)? {
        return Ok(wanted);
    }
    let (mut below, mut step) = (wanted, 1_i64);
    while let Some(mut above) = wanted.checked_add(step) {
        if is_taken(above)? {
            below = above;
            step = step.saturating_mul(2);
            continue;
        }
        while above - below > 1 {
            let middle = below + (above - below) / 2;
            if is_taken(middle)? { below = middle } else { above = middle }
        }
        return Ok(above);
    }
    // Only dates at the end of the calendar come here; a number before all others serves as well.
    connection.query_row("SELECT min(id) - 1 FROM search_row", [], |row| row.get(0))
}
