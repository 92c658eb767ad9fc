//! Work that is not yet a claim: quotes made here, unfinished input, strokes of a signature.

use doorstep_domain::{id::QuoteId, time::UtcMs};
use rusqlite::{Connection, OptionalExtension, Transaction, params};
use uuid::Uuid;

use crate::error::{Result, StoreError};

/// Keeps an immutable quote snapshot; the same quote twice changes nothing.
pub fn save_quote(
    tx: &Transaction<'_>,
    id: QuoteId,
    work_order: Option<Uuid>,
    made_at: UtcMs,
    hash: &str,
    body: &str,
) -> Result<()> {
    tx.prepare_cached(
        "INSERT INTO quote (id, work_order, made_at, hash, body) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (id) DO NOTHING",
    )?
    .execute(params![id.0, work_order, made_at.0, hash, body])?;
    Ok(())
}

/// One quote as JSON, with its work order.
pub fn quote(conn: &Connection, id: QuoteId) -> Result<Option<(String, Option<Uuid>)>> {
    Ok(conn
        .prepare_cached("SELECT body, work_order FROM quote WHERE id = ?1")?
        .query_row([id.0], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?)
}

/// The quotes made for a work order as JSON, newest first.
pub fn quotes_of(conn: &Connection, work_order: Uuid) -> Result<Vec<String>> {
    texts(
        conn,
        "SELECT body FROM quote WHERE work_order = ?1 ORDER BY made_at DESC, id DESC",
        params![work_order],
    )
}

/// Writes unfinished input of one screen.
pub fn put_draft(tx: &Transaction<'_>, kind: &str, id: Uuid, body: &str, at: UtcMs) -> Result<()> {
    tx.prepare_cached(
        "INSERT INTO draft (kind, id, body, updated_at) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (kind, id) DO UPDATE
         SET body = excluded.body, updated_at = excluded.updated_at",
    )?
    .execute(params![kind, id, body, at.0])?;
    Ok(())
}

/// Unfinished input of one screen.
pub fn draft(conn: &Connection, kind: &str, id: Uuid) -> Result<Option<String>> {
    Ok(conn
        .prepare_cached("SELECT body FROM draft WHERE kind = ?1 AND id = ?2")?
        .query_row(params![kind, id], |row| row.get(0))
        .optional()?)
}

/// All unfinished input of a kind, newest first.
pub fn drafts(conn: &Connection, kind: &str) -> Result<Vec<String>> {
    texts(
        conn,
        "SELECT body FROM draft WHERE kind = ?1 ORDER BY updated_at DESC, id",
        params![kind],
    )
}

/// Forgets unfinished input once it has become something.
pub fn remove_draft(tx: &Transaction<'_>, kind: &str, id: Uuid) -> Result<()> {
    tx.prepare_cached("DELETE FROM draft WHERE kind = ?1 AND id = ?2")?
        .execute(params![kind, id])?;
    Ok(())
}

/// Makes one stroke of a signature durable; number 0 is the first. A repeated number replaces it.
pub fn add_stroke(tx: &Transaction<'_>, work_order: Uuid, number: u32, body: &str) -> Result<()> {
    tx.prepare_cached(
        "INSERT INTO signature_stroke (work_order, number, body) VALUES (?1, ?2, ?3)
         ON CONFLICT (work_order, number) DO UPDATE SET body = excluded.body",
    )?
    .execute(params![work_order, number, body])?;
    Ok(())
}

/// The strokes drawn so far, in order.
pub fn strokes(conn: &Connection, work_order: Uuid) -> Result<Vec<String>> {
    texts(
        conn,
        "SELECT body FROM signature_stroke WHERE work_order = ?1 ORDER BY number",
        params![work_order],
    )
}

/// Clears the pad.
pub fn clear_strokes(tx: &Transaction<'_>, work_order: Uuid) -> Result<()> {
    tx.prepare_cached("DELETE FROM signature_stroke WHERE work_order = ?1")?
        .execute([work_order])?;
    Ok(())
}

fn texts(conn: &Connection, sql: &str, values: impl rusqlite::Params) -> Result<Vec<String>> {
    conn.prepare_cached(sql)?
        .query_map(values, |row| row.get(0))?
        .map(|row| row.map_err(StoreError::from))
        .collect()
}
