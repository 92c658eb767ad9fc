//! Which loaner is out: one customer at a time, by constraint.

use doorstep_domain::id::{AssetId, LoanId};
use rusqlite::{Connection, params};

use super::Key;
use crate::error::Result;

/// Lends a machine; the loan that has it when that is another.
pub fn lend(conn: &Connection, asset: AssetId, loan: LoanId) -> Result<Option<LoanId>> {
    conn.prepare_cached("INSERT OR IGNORE INTO loaner_out (asset, loan) VALUES (?1, ?2)")?
        .execute(params![Key(asset.0), Key(loan.0)])?;
    let holder: Key = conn
        .prepare_cached("SELECT loan FROM loaner_out WHERE asset = ?1")?
        .query_row([Key(asset.0)], |row| row.get(0))?;
    Ok((holder.0 != loan.0).then_some(LoanId(holder.0)))
}

/// Takes a machine back.
pub fn take_back(conn: &Connection, loan: LoanId) -> Result<()> {
    conn.prepare_cached("DELETE FROM loaner_out WHERE loan = ?1")?.execute([Key(loan.0)])?;
    Ok(())
}
