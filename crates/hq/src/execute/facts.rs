//! Taking in a device's changes to a document.

use std::collections::{BTreeMap, BTreeSet};

use doorstep_domain::{facts::FactView, org::Bucket};
use doorstep_store::{
    error::{Result, StoreError},
    ledger::{
        documents::{self, Accepted, RefusedPush, Stored},
        feed::{self, Stream},
    },
};
use doorstep_sync::wire::{DocReceipt, DocRefusal, Push};
use rusqlite::Connection;
use serde_bytes::ByteBuf;
use uuid::Uuid;

use super::{
    Desk,
    isolate::{Ended, isolated},
    projection,
    scratch::{Question, Refused, Scratch, Tried},
};
use crate::access::Caller;

/// Pushes beside the documents they are to be tried on, as the ledger held them a moment ago.
#[derive(Default)]
pub struct Trial {
    heads: BTreeMap<Uuid, Vec<u8>>,
    questions: Vec<Question>,
}

/// Pushes tried out before the ledger was locked for them: by document, the heads they were tried
/// on and what came of it. Holds only for as long as those are still the document's heads.
pub struct TriedAhead(BTreeMap<Uuid, (Vec<u8>, std::result::Result<Tried, Refused>)>);

impl Trial {
    /// Takes the documents of these pushes from the ledger.
    ///
    /// # Errors
    /// Errors of the ledger.
    pub fn of(conn: &Connection, caller: &Caller, pushes: &[Push]) -> Result<Trial> {
        let mut trial = Trial::default();
        for push in pushes {
            let held = documents::get(conn, push.doc)?;
            // A second push for one document stands on the first; it is tried when its turn comes.
            let is_second = trial.heads.contains_key(&push.doc);
            if is_second || held.as_ref().is_some_and(|held| held.kind != push.kind) {
                continue;
            }
            let (heads, snapshot) =
                held.map(|held| (held.heads, ByteBuf::from(held.snapshot))).unzip();
            trial.heads.insert(push.doc, heads.unwrap_or_default());
            let role = caller.person.role;
            trial.questions.push(Question { push: push.clone(), role, snapshot });
        }
        Ok(trial)
    }

    /// Tries them: nearly all the work of a batch, for which nobody has to wait here.
    pub fn run(mut self, scratch: &Scratch) -> TriedAhead {
        let answers = scratch.admit_all(&self.questions);
        let tried = self.questions.into_iter().zip(answers).filter_map(|(question, answer)| {
            let heads = self.heads.remove(&question.push.doc)?;
            Some((question.push.doc, (heads, answer)))
        });
        TriedAhead(tried.collect())
    }
}

impl TriedAhead {
    fn take(&mut self, doc: Uuid, heads: &[u8]) -> Option<std::result::Result<Tried, Refused>> {
        self.0.remove(&doc).filter(|(on, _)| on == heads).map(|(_, tried)| tried)
    }
}

/// Stores a push or refuses it; refused bytes are kept for a coordinator.
pub(super) fn take(
    desk: &Desk<'_>,
    ahead: &mut TriedAhead,
    push: &Push,
) -> Result<std::result::Result<DocReceipt, DocRefusal>> {
    let refused = match isolated(desk.conn, || store(desk, ahead, push))? {
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

fn store(
    desk: &Desk<'_>,
    ahead: &mut TriedAhead,
    push: &Push,
) -> Result<std::result::Result<DocReceipt, DocRefusal>> {
    let standing = documents::standing(desk.conn, push.doc)?;
    if standing.as_ref().is_some_and(|(kind, _)| *kind != push.kind) {
        return Ok(Err(refusal(push, "document_refused", "of another kind")));
    }
    let Some(buckets) = buckets_for(desk, push)? else {
        return Ok(Err(refusal(push, "not_allowed", "outside the person's access")));
    };
    let heads = standing.map(|(_, heads)| heads).unwrap_or_default();
    let tried = match ahead.take(push.doc, &heads) {
        Some(tried) => tried,
        None => {
            let current = documents::get(desk.conn, push.doc)?;
            let snapshot = current.as_ref().map(|held| held.snapshot.as_slice());
            desk.scratch.admit(push, desk.caller.person.role, snapshot)
        }
    };
    let tried = match tried {
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
