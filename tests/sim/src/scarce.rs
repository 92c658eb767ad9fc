//! What must hold of goods, places on the van and bonuses, of which there are few.

use doorstep_domain::{
    claim::{Claim, FileOrder},
    decision::Decision,
    time::UtcMs,
};
use doorstep_store::ledger::leases;
use rusqlite::{Connection, params};

use crate::{
    template::GOODS,
    world::{Verdict, World},
};

fn broken(error: impl std::fmt::Display) -> String {
    format!("the oracle cannot read: {error}")
}

/// What is leased and used of every pool is what its leases and orders come to; that it is not more
/// than there is, the ledger refuses by itself.
pub fn adds_up(conn: &Connection) -> Verdict {
    match leases::broken_pools(conn).map_err(broken)?.first() {
        None => Ok(()),
        Some(pool) => Err(format!("pool {pool} is not what its leases and orders come to")),
    }
}

/// No store has sold more than it has.
pub fn is_not_oversold(world: &mut World<'_>) -> Verdict {
    let jobs = world.template.jobs.clone();
    for job in jobs {
        for goods in GOODS {
            let sql = "SELECT count(*) FROM combined_order
                       WHERE state = 'executed' AND instr(filed, ?1) AND instr(filed, ?2)";
            let named = params![goods.sku, job.store.to_string()];
            let sold: i64 =
                world.hq.probe().query_row(sql, named, |row| row.get(0)).map_err(broken)?;
            if sold > goods.units {
                return Err(format!("{sold} of {} {} are sold", goods.units, goods.sku));
            }
        }
    }
    Ok(())
}

/// An order whose goods, place and bonus were all reserved for longer than it took to reach HQ is
/// not refused for want of them. Old copies and clones promise what was promised already, and two
/// devices of one person may sell to the same household: these are left out.
pub fn is_as_promised(world: &mut World<'_>) -> Verdict {
    if world.hq_restored || world.copied {
        return Ok(());
    }
    let conn = world.hq.probe();
    let sql = "SELECT claim, decision, decided_at FROM command
               WHERE kind = 'order_file' AND executed = 0";
    let mut statement = conn.prepare(sql).map_err(broken)?;
    let mut rows = statement.query([]).map_err(broken)?;
    let mut kept = 0;
    while let Some(row) = rows.next().map_err(broken)? {
        let text: String = row.get(0).map_err(broken)?;
        let decision: String = row.get(1).map_err(broken)?;
        let at = UtcMs(row.get(2).map_err(broken)?);
        let Ok(Claim::OrderFile(file)) = serde_json::from_str(&text) else { continue };
        let Ok(Decision::Refused { code, .. }) = serde_json::from_str(&decision) else { continue };
        let short = ["stock_short", "slot_full", "bonus_spent"].contains(&code.as_str());
        if short && was_promised(&file, at) && !is_resold(conn, &file)? {
            return Err(format!("what was reserved is refused: {decision}"));
        }
        kept += 1;
    }
    drop(rows);
    drop(statement);
    world.trace.counts.add_many("orders refused", kept);
    Ok(())
}

fn was_promised(file: &FileOrder, at: UtcMs) -> bool {
    let reserved = &file.signed.terms.reservations;
    reserved.iter().all(|one| one.lease.is_some() && one.until.is_some_and(|until| at < until))
}

/// Whether another order of the same work order was executed.
fn is_resold(conn: &Connection, file: &FileOrder) -> Verdict<bool> {
    let sql = "SELECT count(*) FROM combined_order WHERE number IS NOT NULL AND work_order = ?1";
    let id = file.signed.terms.work_order.0;
    let others: i64 = conn.query_row(sql, [id], |row| row.get(0)).map_err(broken)?;
    Ok(others > 0)
}
