//! Taking in a device's changes to a document.

use std::collections::BTreeSet;

use doorstep_domain::{facts::FactView, org::Bucket};
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
    let current = documents::get(desk.conn, push.doc)?;
    if current.as_ref().is_some_and(|held| held.kind != push.kind) {
        return Ok(Err(refusal(push, "document_refused", "of another kind")));
    }
    let Some(buckets) = buckets_for(desk, push)? else {
        return Ok(Err(refusal(push, "not_allowed", "outside the person's access")));
    };
    let snapshot = current.as_ref().map(|held| held.snapshot.as_slice());
    let tried = match desk.scratch.admit(push, desk.caller.person.role, snapshot) {
        Ok(tried) => tried,
        Err(refused) => return Ok(Err(refusal(push, &refused.code, refused.detail))),
    };
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
/// who made it. `None` when that is outside the person's access.
fn buckets_for(desk: &Desk<'_>, push: &Push) -> Result<Option<BTreeSet<Bucket>>> {
    let held = feed::buckets_of(desk.conn, Stream::Doc, push.kind.name(), push.doc)?;
    let known = if held.is_empty() { feed::buckets_of_id(desk.conn, push.doc)? } else { held };
    if known.is_empty() {
        return Ok(Some(desk.caller.own_buckets()));
    }
    Ok((!known.is_disjoint(&desk.caller.buckets)).then_some(known))
}

fn refusal(push: &Push, code: &str, detail: impl Into<String>) -> DocRefusal {
    DocRefusal { doc: push.doc, code: code.to_owned(), detail: detail.into() }
}
