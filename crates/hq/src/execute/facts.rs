//! Taking in a device's changes to a document.

use std::collections::BTreeSet;

use doorstep_domain::{facts::FactView, org::Bucket, time::UtcMs};
use doorstep_store::{
    error::{Result, StoreError},
    ledger::{
        documents::{self, Accepted, Stored},
        feed::{self, Stream},
    },
};
use doorstep_sync::wire::{BEGUN_TWICE, DocReceipt, DocRefusal, Push};
use serde_bytes::ByteBuf;

use super::{
    Desk, conflicts,
    isolate::{Ended, isolated},
    projection, quarantine,
    scratch::Rights,
};

/// After so many pushes that ended the process they were tried in, a device's further ones are kept
/// untried for a while: each may cost HQ seconds in which it answers nobody.
const HARMFUL_PUSHES: u64 = 3;
/// How long that lasts after the first of them: an hour.
const HARMFUL_MS: i64 = 60 * UtcMs::MINUTE;

/// For how long HQ takes in work on a record that the person has lost sight of: seven days, as long
/// as crews keep finished work ([`crate::retire::KEEP_MS`]).
///
/// What a tablet wrote without a network after the visit went to somebody else is honest work. HQ
/// counts by its own clock alone: when sight was lost, and when the work arrived. The time a change
/// bears proves nothing, and a tablet that was told of the loss may still hold edits that had no
/// room in the batch before.
pub const LATE_WORK_MS: i64 = 7 * UtcMs::DAY;

/// Stores a push or refuses it; refused bytes are kept for a coordinator.
pub(super) fn take(
    desk: &Desk<'_>,
    push: &Push,
) -> Result<std::result::Result<DocReceipt, DocRefusal>> {
    let refused = match isolated(desk.conn, || take_own(desk, push))? {
        Ended::With(Ok(receipt)) => return Ok(Ok(receipt)),
        Ended::With(Err(refusal)) => refusal,
        Ended::Undone(detail) => refusal(push, "document_refused", detail),
    };
    // What only came too early comes again.
    if refused.code != BEGUN_TWICE {
        quarantine::keep(desk, push, &refused)?;
    }
    Ok(Err(refused))
}

/// On the word of the person who sent it.
fn take_own(desk: &Desk<'_>, push: &Push) -> Result<std::result::Result<DocReceipt, DocRefusal>> {
    let Some(buckets) = buckets_for(desk, push)? else {
        return Ok(Err(refusal(push, "not_allowed", "outside the person's access")));
    };
    let in_sight = !buckets.is_disjoint(&desk.caller.buckets);
    let rights = Rights::Of(desk.caller.person.role);
    let taken = store(desk, push, &Admission { rights, buckets, from_device: true })?;
    Ok(taken.map_err(|refused| {
        if refused.code == BEGUN_TWICE && !in_sight {
            // The version to write on is no longer for this person.
            return refusal(push, "not_allowed", "outside the person's access");
        }
        refused
    }))
}

/// On whose word changes are stored, and where.
pub(super) struct Admission {
    /// What they may touch.
    pub(super) rights: Rights,
    /// The document's buckets afterwards.
    pub(super) buckets: BTreeSet<Bucket>,
    /// Whether the device that sent this batch holds them already.
    pub(super) from_device: bool,
}

/// Tries changes of the desk's caller out and stores them. Changes that HQ holds already change nothing.
pub(super) fn store(
    desk: &Desk<'_>,
    push: &Push,
    admission: &Admission,
) -> Result<std::result::Result<DocReceipt, DocRefusal>> {
    let current = documents::get(desk.conn, push.doc)?;
    if current.as_ref().is_some_and(|held| held.kind != push.kind) {
        return Ok(Err(refusal(push, "document_refused", "of another kind")));
    }
    let since = desk.now.plus_ms(-HARMFUL_MS);
    if documents::harmful_pushes(desk.conn, desk.caller.device, since)? >= HARMFUL_PUSHES {
        return Ok(Err(refusal(push, "document_refused", "not tried: this device did harm")));
    }
    let snapshot = current.as_ref().map(|held| held.snapshot.as_slice());
    let tried = match desk.scratch.admit(push, admission.rights, snapshot) {
        Ok(tried) => tried,
        Err(refused) => return Ok(Err(refusal(push, &refused.code, refused.detail))),
    };
    for actor in &tried.actors {
        if !documents::claim_actor(desk.conn, actor, desk.caller.device)? {
            return Ok(Err(refusal(push, "document_refused", "written in another's name")));
        }
    }
    let heads = tried.heads.into_vec();
    if current.as_ref().is_some_and(|held| held.heads == heads) {
        return Ok(Ok(DocReceipt { doc: push.doc, heads: ByteBuf::from(heads) }));
    }
    let view: FactView = serde_json::from_str(&tried.view)
        .map_err(|error| StoreError::Unreadable { what: "view", detail: error.to_string() })?;
    let after =
        Stored { kind: push.kind, snapshot: tried.snapshot.into_vec(), heads, view: tried.view };
    let origin = admission.from_device.then_some((desk.caller.device, desk.epoch));
    let accepted = Accepted { after: &after, changes: &tried.changes, origin };
    let buckets = &admission.buckets;
    documents::put(desk.conn, push.doc, &accepted, buckets)?;
    projection::apply(desk, &view, &tried.touched, buckets)?;
    conflicts::apply(desk, &view, &tried.disputes, buckets)?;
    Ok(Ok(DocReceipt { doc: push.doc, heads: ByteBuf::from(after.heads) }))
}

/// Where the document belongs: where it is already, else where its record is, else with the person
/// who made it. `None` when that is outside the person's access, and has been for too long, or when
/// the identity is something else's.
fn buckets_for(desk: &Desk<'_>, push: &Push) -> Result<Option<BTreeSet<Bucket>>> {
    let known = known_buckets(desk, push)?;
    if known.is_empty() {
        let taken = feed::is_known(desk.conn, push.doc)?;
        return Ok((!taken).then(|| desk.caller.own_buckets()));
    }
    let allowed = !known.is_disjoint(&desk.caller.buckets) || saw_it_lately(desk, push)?;
    Ok(allowed.then_some(known))
}

/// Where the document is, else where its record is; empty when HQ knows neither.
pub(super) fn known_buckets(desk: &Desk<'_>, push: &Push) -> Result<BTreeSet<Bucket>> {
    let kind = push.kind.name();
    let held = feed::buckets_of(desk.conn, Stream::Doc, kind, push.doc)?;
    if held.is_empty() {
        feed::buckets_of(desk.conn, Stream::Row, kind, push.doc)
    } else {
        Ok(held)
    }
}

fn saw_it_lately(desk: &Desk<'_>, push: &Push) -> Result<bool> {
    let lost = documents::lost_sight(desk.conn, desk.caller.person.id, push.doc)?;
    Ok(lost.is_some_and(|at| desk.now.0 <= at.plus_ms(LATE_WORK_MS).0))
}

fn refusal(push: &Push, code: &str, detail: impl Into<String>) -> DocRefusal {
    DocRefusal { doc: push.doc, code: code.to_owned(), detail: detail.into() }
}
