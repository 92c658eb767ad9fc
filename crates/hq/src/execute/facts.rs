//! Taking in a device's changes to a document.

use std::collections::{BTreeMap, BTreeSet};

use doorstep_domain::{
    facts::FactView,
    id::DeviceId,
    org::Bucket,
    refusal::{DOCUMENT_BEGUN_TWICE, NOT_ALLOWED},
    time::UtcMs,
};
use doorstep_store::{
    error::{Result, StoreError},
    ledger::{
        documents::{self, Accepted, Stored},
        feed::{self, Stream},
    },
};
use doorstep_sync::wire::{DocReceipt, DocRefusal, Push};
use rusqlite::Connection;
use serde_bytes::ByteBuf;
use uuid::Uuid;

use super::{
    Desk, conflicts,
    isolate::{Ended, isolated},
    projection, quarantine,
    scratch::{HARMFUL_PUSHES, Question, Refused, Rights, Scratch, Tried},
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
#[derive(Default)]
pub struct TriedAhead(BTreeMap<Uuid, (Vec<u8>, std::result::Result<Tried, Refused>)>);

impl Trial {
    /// Takes the documents of these pushes from the ledger.
    ///
    /// # Errors
    /// Errors of the ledger.
    pub fn of(conn: &Connection, caller: &Caller, pushes: &[Push], now: UtcMs) -> Result<Trial> {
        let mut trial = Trial::default();
        if did_harm(conn, caller.device, now)? {
            return Ok(trial);
        }
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
            let rights = Rights::Of(caller.person.role);
            trial.questions.push(Question { push: push.clone(), rights, snapshot });
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

/// How long the pushes of a device that did harm go untried after the first that did: an hour.
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
    ahead: &mut TriedAhead,
    push: &Push,
) -> Result<std::result::Result<DocReceipt, DocRefusal>> {
    let refused = match isolated(desk.conn, || take_own(desk, ahead, push))? {
        Ended::With(Ok(receipt)) => return Ok(Ok(receipt)),
        Ended::With(Err(refusal)) => refusal,
        Ended::Undone(detail) => refusal(push, "document_refused", detail),
    };
    // What only came too early comes again.
    if refused.code != DOCUMENT_BEGUN_TWICE {
        quarantine::keep(desk, push, &refused)?;
    }
    Ok(Err(refused))
}

/// On the word of the person who sent it.
fn take_own(
    desk: &Desk<'_>,
    ahead: &mut TriedAhead,
    push: &Push,
) -> Result<std::result::Result<DocReceipt, DocRefusal>> {
    let Some(buckets) = buckets_for(desk, push)? else {
        return Ok(Err(refusal(push, NOT_ALLOWED, "outside the person's access")));
    };
    let in_sight = !buckets.is_disjoint(&desk.caller.buckets);
    let rights = Rights::Of(desk.caller.person.role);
    let taken = store(desk, ahead, push, &Admission { rights, buckets, from_device: true })?;
    Ok(taken.map_err(|refused| {
        if refused.code == DOCUMENT_BEGUN_TWICE && !in_sight {
            // The version to write on is no longer for this person.
            return refusal(push, NOT_ALLOWED, "outside the person's access");
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

/// Tries changes of the desk's caller out, unless that was done `ahead` under the same rights, and
/// stores them. Changes that HQ holds already change nothing.
pub(super) fn store(
    desk: &Desk<'_>,
    ahead: &mut TriedAhead,
    push: &Push,
    admission: &Admission,
) -> Result<std::result::Result<DocReceipt, DocRefusal>> {
    let standing = documents::standing(desk.conn, push.doc)?;
    if standing.as_ref().is_some_and(|(kind, _)| *kind != push.kind) {
        return Ok(Err(refusal(push, "document_refused", "of another kind")));
    }
    if did_harm(desk.conn, desk.caller.device, desk.now)? {
        return Ok(Err(refusal(push, "document_refused", "not tried: this device did harm")));
    }
    let before = standing.map(|(_, heads)| heads).unwrap_or_default();
    let tried = match ahead.take(push.doc, &before) {
        Some(tried) => tried,
        None => {
            let current = documents::get(desk.conn, push.doc)?;
            let snapshot = current.as_ref().map(|held| held.snapshot.as_slice());
            desk.scratch.admit(push, admission.rights, snapshot)
        }
    };
    let tried = match tried {
        Ok(tried) => tried,
        Err(refused) => return Ok(Err(refusal(push, &refused.code, refused.detail))),
    };
    for actor in &tried.actors {
        if !documents::claim_actor(desk.conn, actor, desk.caller.device)? {
            return Ok(Err(refusal(push, "document_refused", "written in another's name")));
        }
    }
    let heads = tried.heads.into_vec();
    if before == heads {
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

/// Whether pushes of this device go untried.
fn did_harm(conn: &Connection, device: DeviceId, now: UtcMs) -> Result<bool> {
    let since = now.plus_ms(-HARMFUL_MS);
    Ok(documents::harmful_pushes(conn, device, since)? >= HARMFUL_PUSHES)
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
