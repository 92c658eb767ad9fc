//! What a ledger holds, as counts and one hash, for tests that compare two of them.

use doorstep_store::{
    error::Result,
    ledger::{commands, documents, feed, leases, orders, rows},
};
use rusqlite::Connection;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// Counts of rows by kind, documents, claims and orders, broken money identities and
/// pools (both always empty in a sound ledger), and a SHA-256 over every row and every document's heads.
///
/// # Errors
/// Errors of the ledger.
pub fn digest(conn: &Connection) -> Result<Value> {
    let mut hash = Sha256::new();
    let mut counts = serde_json::Map::new();
    for (kind, count) in rows::counts(conn)? {
        for row in rows::of_kind(conn, &kind)? {
            hash.update(format!("{kind} {} {}\n", row.id, row.body));
        }
        counts.insert(kind, json!(count));
    }
    let heads = documents::heads(conn)?;
    for (id, heads) in &heads {
        hash.update(format!("doc {id} {}\n", hex::encode(heads)));
    }
    let (executed, refused) = commands::counts(conn)?;
    Ok(json!({
        "rows": counts,
        "docs": heads.len(),
        "refused_pushes": documents::refused_count(conn)?,
        "claims": { "executed": executed, "refused": refused },
        "orders_executed": orders::executed_count(conn)?,
        "broken_identities": orders::broken_identities(conn)?,
        "broken_pools": leases::broken_pools(conn)?,
        "stamp": feed::last_stamp(conn)?,
        "sha256": hex::encode(hash.finalize()),
    }))
}
