//! Which visits carry a work order.

use doorstep_domain::id::{VisitId, WorkOrderId};
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
