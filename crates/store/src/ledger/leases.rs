//! Pools, what is leased out of them, and what orders took. The tables refuse a pool of which more
//! is out than there is, whoever writes it.

use doorstep_domain::{
    id::{DeviceId, LeaseId, OrderId, PoolId},
    lease::{Lease, Pool},
    time::UtcMs,
};
use rusqlite::{Connection, params};
use uuid::Uuid;

use super::{Key, from_json, to_json};
use crate::error::{Result, StoreError};

/// What an order took of one pool.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Draw {
    /// The pool.
    pub pool: PoolId,
    /// Taken of what it holds.
    pub amount: i64,
    /// Honoured beyond that.
    pub beyond: i64,
}

const POOL_COLUMNS: &str = "id, resource, name, amount, leased, used, beyond";

/// One pool.
pub fn pool(conn: &Connection, id: PoolId) -> Result<Option<Pool>> {
    Ok(pools_where(conn, "id = ?1", [Key(id.0)])?.into_iter().next())
}

/// Every pool, by identity.
pub fn pools(conn: &Connection) -> Result<Vec<Pool>> {
    pools_where(conn, "1", [])
}

/// Pools that have been useless since before `then`, by identity.
pub fn past_pools(conn: &Connection, then: UtcMs) -> Result<Vec<Pool>> {
    pools_where(conn, "useful_until IS NOT NULL AND useful_until < ?1", [then.0])
}

fn pools_where(
    conn: &Connection,
    condition: &str,
    values: impl rusqlite::Params,
) -> Result<Vec<Pool>> {
    let sql = format!("SELECT {POOL_COLUMNS} FROM pool WHERE {condition} ORDER BY id");
    let mut statement = conn.prepare_cached(&sql)?;
    let rows = statement.query_map(values, |row| {
        let texts = (row.get::<_, String>(1)?, row.get::<_, String>(2)?);
        let counts = [row.get(3)?, row.get(4)?, row.get(5)?, row.get::<_, i64>(6)?];
        Ok((PoolId(row.get::<_, Key>(0)?.0), texts, counts))
    })?;
    rows.map(|row| {
        let (id, (resource, name), [amount, leased, used, beyond]) = row?;
        let resource = from_json("pool", &resource)?;
        Ok(Pool { id, resource, name: from_json("pool", &name)?, amount, leased, used, beyond })
    })
    .collect()
}

/// Writes a pool, new or changed.
///
/// # Errors
/// The database refuses a pool of which more is leased and used than there is.
pub fn put_pool(conn: &Connection, pool: &Pool) -> Result<()> {
    conn.prepare_cached(
        "INSERT INTO pool (id, resource, name, amount, leased, used, beyond, useful_until)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
         ON CONFLICT (id) DO UPDATE SET name = excluded.name, amount = excluded.amount,
         leased = excluded.leased, used = excluded.used, beyond = excluded.beyond",
    )?
    .execute(params![
        Key(pool.id.0),
        to_json("pool", &pool.resource)?,
        to_json("pool", &pool.name)?,
        pool.amount,
        pool.leased,
        pool.used,
        pool.beyond,
        pool.resource.useful_until().map(|at| at.0),
    ])?;
    Ok(())
}

/// Forgets a pool with its ended leases and what was taken of it.
///
/// # Errors
/// The database refuses while a lease of it is named elsewhere.
pub fn forget_pool(conn: &Connection, id: PoolId) -> Result<()> {
    for sql in [
        "DELETE FROM pool_draw WHERE pool = ?1",
        "DELETE FROM lease WHERE pool = ?1",
        "DELETE FROM pool WHERE id = ?1",
    ] {
        conn.prepare_cached(sql)?.execute([Key(id.0)])?;
    }
    Ok(())
}

/// One lease, held or ended.
pub fn lease(conn: &Connection, id: LeaseId) -> Result<Option<Lease>> {
    Ok(leases_where(conn, "id = ?1", [Key(id.0)])?.into_iter().next())
}

/// The leases of a pool that have not ended, by identity.
pub fn held_of(conn: &Connection, pool: PoolId) -> Result<Vec<Lease>> {
    leases_where(conn, "pool = ?1 AND ended = 0", [Key(pool.0)])
}

/// The leases of a device that have not ended, by identity.
pub fn held_by(conn: &Connection, device: DeviceId) -> Result<Vec<Lease>> {
    leases_where(conn, "device = ?1 AND ended = 0", [Key(device.0)])
}

/// The leases whose time has run out and that have not ended, by identity.
pub fn due(conn: &Connection, now: UtcMs) -> Result<Vec<Lease>> {
    leases_where(conn, "expires_at <= ?1 AND ended = 0", [now.0])
}

fn leases_where(
    conn: &Connection,
    condition: &str,
    values: impl rusqlite::Params,
) -> Result<Vec<Lease>> {
    let sql = format!("SELECT body FROM lease WHERE {condition} ORDER BY id");
    let mut statement = conn.prepare_cached(&sql)?;
    let rows = statement.query_map(values, |row| row.get::<_, String>(0))?;
    rows.map(|body| from_json("lease", &body?)).collect()
}

/// Writes a lease, new or changed.
pub fn put_lease(conn: &Connection, lease: &Lease) -> Result<()> {
    conn.prepare_cached(
        "INSERT INTO lease (id, pool, device, expires_at, rest, ended, body)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
         ON CONFLICT (id) DO UPDATE SET expires_at = excluded.expires_at, rest = excluded.rest,
         ended = excluded.ended, body = excluded.body",
    )?
    .execute(params![
        Key(lease.id.0),
        Key(lease.pool.0),
        Key(lease.device.0),
        lease.expires_at.0,
        lease.rest(),
        i64::from(lease.ended.is_some()),
        to_json("lease", lease)?,
    ])?;
    Ok(())
}

/// Notes what an order took of a pool; an order takes once of each.
pub fn add_draw(conn: &Connection, order: OrderId, draw: &Draw) -> Result<()> {
    conn.prepare_cached(
        "INSERT INTO pool_draw (order_id, pool, amount, beyond) VALUES (?1, ?2, ?3, ?4)",
    )?
    .execute(params![Key(order.0), Key(draw.pool.0), draw.amount, draw.beyond])?;
    Ok(())
}

/// Forgets what an order took and returns it, by pool.
pub fn take_draws(conn: &Connection, order: OrderId) -> Result<Vec<Draw>> {
    let mut statement = conn.prepare_cached(
        "SELECT pool, amount, beyond FROM pool_draw WHERE order_id = ?1 ORDER BY pool",
    )?;
    let rows = statement.query_map([Key(order.0)], |row| {
        let pool = PoolId(row.get::<_, Key>(0)?.0);
        Ok(Draw { pool, amount: row.get(1)?, beyond: row.get(2)? })
    })?;
    let draws = rows.map(|row| row.map_err(StoreError::from)).collect::<Result<Vec<Draw>>>()?;
    conn.prepare_cached("DELETE FROM pool_draw WHERE order_id = ?1")?.execute([Key(order.0)])?;
    Ok(draws)
}

/// Pools whose counters are not what their leases and draws come to: leased = what the leases that
/// have not ended still hold, used and beyond = what orders took.
pub fn broken_pools(conn: &Connection) -> Result<Vec<Uuid>> {
    let mut statement = conn.prepare_cached(
        "SELECT id FROM pool
         WHERE leased <> (SELECT coalesce(sum(rest), 0) FROM lease
                          WHERE lease.pool = pool.id AND ended = 0)
            OR used <> (SELECT coalesce(sum(pool_draw.amount), 0) FROM pool_draw
                        WHERE pool_draw.pool = pool.id)
            OR beyond <> (SELECT coalesce(sum(pool_draw.beyond), 0) FROM pool_draw
                          WHERE pool_draw.pool = pool.id)
         ORDER BY id",
    )?;
    let rows = statement.query_map([], |row| Ok(row.get::<_, Key>(0)?.0))?;
    rows.map(|row| row.map_err(StoreError::from)).collect()
}
