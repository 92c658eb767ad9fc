//! What goes with a record that this device may no longer hold: photos and papers that HQ has,
//! quotes, strokes, drafts and receipts. What HQ has not received stays until it has.

use rusqlite::{Transaction, params};
use uuid::Uuid;

use crate::error::Result;

/// Forgets what belongs to a record that is gone. The files of forgotten photos are unreadable from
/// then on, because their keys lie here; the next start removes them.
pub(super) fn forget(tx: &Transaction<'_>, id: Uuid) -> Result<()> {
    for sql in [
        "DELETE FROM media WHERE subject = ?1 AND received_at IS NOT NULL",
        "DELETE FROM outbox_command WHERE subject = ?1 AND decision IS NOT NULL
         AND (decision ->> 'decision' <> 'refused' OR dismissed_at IS NOT NULL)",
        "DELETE FROM quote WHERE work_order = ?1 AND NOT EXISTS (
             SELECT 1 FROM outbox_command WHERE kind = 'order_file' AND decision IS NULL)",
        "DELETE FROM signature_stroke WHERE work_order = ?1",
        "DELETE FROM draft WHERE id = ?1",
    ] {
        tx.prepare_cached(sql)?.execute(params![id])?;
    }
    Ok(())
}
