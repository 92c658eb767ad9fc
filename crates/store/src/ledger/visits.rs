//! Which visits carry a work order, and which visits their crews still see.

use doorstep_domain::{
    id::{VisitId, WorkOrderId},
    time::UtcMs,
};
use rusqlite::{Connection, params};

use super::Key;
use crate::error::{Result, StoreError};

/// Makes `work_orders` exactly those the visit carries.
pub fn set(conn: &Connection, visit: VisitId, work_orders: &[WorkOrderId]) -> Result<()> {
    conn.prepare_cached("DELETE FROM visit_work_order WHERE visit = ?1")?
        .execute([Key(visit.0)])?;
    for order in work_orders {
        conn.prepare_cached(
            "INSERT OR IGNORE INTO visit_work_order (work_order, visit) VALUES (?1, ?2)",
        )?
        .execute(params![Key(order.0), Key(visit.0)])?;
    }
    Ok(())
}

/// The visits that carry a work order, by identity.
pub fn of_work_order(conn: &Connection, order: WorkOrderId) -> Result<Vec<VisitId>> {
    let mut statement = conn.prepare_cached(
        "SELECT visit FROM visit_work_order WHERE work_order = ?1 ORDER BY visit",
    )?;
    let rows = statement.query_map([Key(order.0)], |row| row.get::<_, Key>(0))?;
    rows.map(|row| row.map(|key| VisitId(key.0)).map_err(StoreError::from)).collect()
}

/// Remembers that the crew sees the visit.
pub fn crew_sees(conn: &Connection, visit: VisitId) -> Result<()> {
    conn.prepare_cached("INSERT OR IGNORE INTO visit_crew (visit) VALUES (?1)")?
        .execute([Key(visit.0)])?;
    Ok(())
}

/// The visits that a crew sees, with the time since when HQ knows that they are over.
pub fn with_crew(conn: &Connection) -> Result<Vec<(VisitId, Option<UtcMs>)>> {
    let mut statement =
        conn.prepare_cached("SELECT visit, over_since FROM visit_crew ORDER BY visit")?;
    let rows = statement.query_map([], |row| {
        let visit = VisitId(row.get::<_, Key>(0)?.0);
        Ok((visit, row.get::<_, Option<i64>>(1)?.map(UtcMs)))
    })?;
    rows.map(|row| row.map_err(StoreError::from)).collect()
}

/// Remembers since when HQ knows that a visit is over.
pub fn note_over(conn: &Connection, visit: VisitId, at: UtcMs) -> Result<()> {
    conn.prepare_cached("UPDATE visit_crew SET over_since = ?2 WHERE visit = ?1")?
        .execute(params![Key(visit.0), at.0])?;
    Ok(())
}

/// The crew sees the visit no more.
pub fn crew_has_left(conn: &Connection, visit: VisitId) -> Result<()> {
    conn.prepare_cached("DELETE FROM visit_crew WHERE visit = ?1")?.execute([Key(visit.0)])?;
    Ok(())
}
