//! Rows for fields that people wrote differently: raised with the change that disagrees, settled
//! with the one that was written in knowledge of all values.

use std::collections::BTreeSet;

use doorstep_domain::{
    conflict::{Conflict, Dispute},
    facts::FactView,
    id::ConflictId,
    org::Bucket,
};
use doorstep_store::error::Result;

use super::Desk;
use crate::records::{self, derived_id, kind};

/// Brings the conflict rows of a document up to date with changes of the desk's
/// caller.
pub(super) fn apply(
    desk: &Desk<'_>,
    view: &FactView,
    disputes: &[Dispute],
    buckets: &BTreeSet<Bucket>,
) -> Result<()> {
    for dispute in disputes {
        let id = derived_id(&["conflict", &view.id.to_string(), &dispute.section, &dispute.key]);
        let known: Option<Conflict> = records::load(desk.conn, kind::CONFLICT, id)?;
        let mut conflict = known.unwrap_or_else(|| Conflict {
            id: ConflictId(id),
            kind: view.kind,
            record: view.id,
            section: dispute.section.clone(),
            key: dispute.key.clone(),
            values: Vec::new(),
            raised_at: desk.now,
            settled: Vec::new(),
        });
        match dispute.values.as_slice() {
            [one] if conflict.is_open() => {
                conflict.settle(one.value.clone(), desk.caller.person.id, desk.now);
            }
            [] | [_] => continue,
            several => conflict.dispute(several.to_vec(), desk.now),
        }
        records::put(desk.conn, kind::CONFLICT, id, &desks_of(desk, buckets), &conflict)?;
    }
    Ok(())
}

/// The stores whose document it is; where it is no store's, those of whoever wrote.
fn desks_of(desk: &Desk<'_>, buckets: &BTreeSet<Bucket>) -> BTreeSet<Bucket> {
    let mut stores: BTreeSet<Bucket> = buckets
        .iter()
        .filter_map(|bucket| {
            let store = bucket.0.strip_prefix("store:").or(bucket.0.strip_prefix("cards:"))?;
            Some(Bucket::store(store.parse().ok()?))
        })
        .collect();
    if stores.is_empty() {
        stores.extend(desk.caller.stores.iter().copied().map(Bucket::store));
    }
    stores
}
