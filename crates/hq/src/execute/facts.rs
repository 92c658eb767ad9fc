//! Taking in a device's changes to a document.

use std::collections::BTreeSet;

use doorstep_domain::{facts::FactView, org::Bucket, time::UtcMs};
use doorstep_store::{
    error::{Result, StoreError},
    ledger::{
        documents::{self, Accepted, RefusedPush, Stored},
        feed::{self, Stream},
    },
};
use doorstep_sync::wire::{DocReceipt, DocRefusal, Push};
use serde_bytes::ByteBuf;

use super::{
    Desk,
    isolate::{Ended, isolated},
    projection,
};

/// After so many pushes that ended the process they were tried in, a device's further ones are kept
/// untried for a while: each may cost HQ seconds in which it answers nobody.
const HARMFUL_PUSHES: u64 = 3;
/// How long that lasts after the first of them: an hour.
const HARMFUL_MS: i64 = 60 * UtcMs::MINUTE;

/// Stores a push or refuses it; refused bytes are kept for a coordinator.
pub(super) fn take(
    desk: &Desk<'_>,
    push: &Push,
) -> Result<std::result::Result<DocReceipt, DocRefusal>> {
    let refused = match isolated(desk.conn, || store(desk, push))? {
        Ended::With(Ok(receipt)) => return Ok(Ok(receipt)),
        Ended::With(Err(refusal)) => refusal,
        Ended::Undone(detail) => refusal(push, "document_refused", detail),
    };
    let bytes: Vec<u8> = push.changes.iter().flat_map(|change| change.iter().copied()).collect();
    documents::keep_refused(
        desk.conn,
        &RefusedPush {
            device: desk.caller.device,
            doc: push.doc,
            code: &refused.code,
            detail: &refused.detail,
            bytes: &bytes,
            at: desk.now,
        },
    )?;
    Ok(Err(refused))
}

fn store(desk: &Desk<'_>, push: &Push) -> Result<std::result::Result<DocReceipt, DocRefusal>> {
    let Some(buckets) = buckets_for(desk, push)? else {
        return Ok(Err(refusal(push, "not_allowed", "outside the person's access")));
    };
    let current = documents::get(desk.conn, push.doc)?;
    if current.as_ref().is_some_and(|held| held.kind != push.kind) {
        return Ok(Err(refusal(push, "document_refused", "of another kind")));
    }
    let since = desk.now.plus_ms(-HARMFUL_MS);
    if documents::harmful_pushes(desk.conn, desk.caller.device, since)? >= HARMFUL_PUSHES {
        return Ok(Err(refusal(push, "document_refused", "not tried: this device did harm")));
    }
    let snapshot = current.as_ref().map(|held| held.snapshot.as_slice());
    let tried = match desk.scratch.admit(push, desk.caller.person.role, snapshot) {
        Ok(tried) => tried,
        Err(refused) => return Ok(Err(refusal(push, &refused.code, refused.detail))),
    };
    for actor in &tried.actors {
        if !documents::claim_actor(desk.conn, actor, desk.caller.device)? {
            return Ok(Err(refusal(push, "document_refused", "written in another's name")));
        }
    }
    let view: FactView = serde_json::from_str(&tried.view)
        .map_err(|error| StoreError::Unreadable { what: "view", detail: error.to_string() })?;
    let after = Stored {
        kind: push.kind,
        snapshot: tried.snapshot.into_vec(),
        heads: tried.heads.into_vec(),
        view: tried.view,
    };
    let origin = Some((desk.caller.device, desk.epoch));
    let accepted = Accepted { after: &after, changes: &tried.changes, origin };
    documents::put(desk.conn, push.doc, &accepted, &buckets)?;
    projection::apply(desk, &view, &tried.touched, &buckets)?;
    Ok(Ok(DocReceipt { doc: push.doc, heads: ByteBuf::from(after.heads) }))
}

/// Where the document belongs: where it is already, else where its record is, else with the person
/// who made it. `None` when that is outside the person's access, or its identity is something else's.
fn buckets_for(desk: &Desk<'_>, push: &Push) -> Result<Option<BTreeSet<Bucket>>> {
    let kind = push.kind.name();
    let held = feed::buckets_of(desk.conn, Stream::Doc, kind, push.doc)?;
    let known = if held.is_empty() {
        feed::buckets_of(desk.conn, Stream::Row, kind, push.doc)?
    } else {
        held
    };
    if known.is_empty() {
        let taken = feed::is_known(desk.conn, push.doc)?;
        return Ok((!taken).then(|| desk.caller.own_buckets()));
    }
    Ok((!known.is_disjoint(&desk.caller.buckets)).then_some(known))
}

fn refusal(push: &Push, code: &str, detail: impl Into<String>) -> DocRefusal {
    DocRefusal { doc: push.doc, code: code.to_owned(), detail: detail.into() }
}
