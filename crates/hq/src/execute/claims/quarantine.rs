//! A coordinator's word on refused changes.

use doorstep_domain::{
    claim::HandleQuarantine,
    decision::Decision,
    quarantine::{Handled, Handling, Quarantined, reason_words},
};
use doorstep_store::{
    error::{Result, StoreError},
    ledger::{documents, people},
};
use doorstep_sync::wire::{DocRefusal, Push, decode};
use serde_json::json;

use super::{
    super::{
        Desk,
        facts::{self, Admission, TriedAhead},
        scratch::Rights,
    },
    executed, refused, refused_for,
};
use crate::{
    access::Caller,
    records::{self, kind},
};

/// Releases or discards refused changes, once. A release that HQ must refuse again leaves the entry
/// open, with today's reason.
pub(super) fn handle(desk: &Desk<'_>, claim: &HandleQuarantine) -> Result<Decision> {
    let id = claim.entry;
    let known: Option<Quarantined> = records::load(desk.conn, kind::QUARANTINE, id.0)?;
    let Some(mut entry) = known else {
        return Ok(refused("quarantine_unknown", []));
    };
    if !desk.caller.sees(desk.conn, id.0)? {
        return Ok(refused("quarantine_unknown", []));
    }
    if entry.handled.is_some() {
        return Ok(refused("quarantine_handled", []));
    }
    if claim.handling == Handling::Release
        && let Err(refusal) = release(desk, &entry)?
    {
        let words = reason_words(&refusal.code);
        entry.code = refusal.code;
        records::update(desk.conn, kind::QUARANTINE, id.0, &entry)?;
        return Ok(refused_for("still_refused", &words));
    }
    entry.handled = Some(Handled {
        handling: claim.handling,
        by: desk.caller.person.id,
        at: desk.now,
        note: claim.note.trim().to_owned(),
    });
    records::update(desk.conn, kind::QUARANTINE, id.0, &entry)?;
    Ok(executed(json!({ "entry": id, "handling": claim.handling })))
}

/// Tries the changes again. The coordinator answers for access to the record, which must be within
/// the coordinator's own, and for the field's writer; size, shape and safety are judged as ever.
/// Every device hears of them, the one that wrote them too: it has put its copy back since.
fn release(desk: &Desk<'_>, entry: &Quarantined) -> Result<std::result::Result<(), DocRefusal>> {
    let bytes = documents::refused_bytes(desk.conn, entry.id)?
        .ok_or(StoreError::Missing("refused changes"))?;
    let push: Push = decode(&bytes)
        .map_err(|error| StoreError::Unreadable { what: "push", detail: error.to_string() })?;
    let writer = people::person(desk.conn, entry.person)?.ok_or(StoreError::Missing("person"))?;
    let writer = Caller::of(desk.conn, entry.device, writer, desk.now)?;
    let known = facts::known_buckets(desk, &push)?;
    if !known.is_empty() && known.is_disjoint(&desk.caller.buckets) {
        let detail = "outside the coordinator's access".to_owned();
        return Ok(Err(DocRefusal { doc: push.doc, code: "not_allowed".to_owned(), detail }));
    }
    let buckets = if known.is_empty() { writer.own_buckets() } else { known };
    let theirs = Desk { caller: &writer, ..*desk };
    let admission = Admission { rights: Rights::Vouched, buckets, from_device: false };
    Ok(facts::store(&theirs, &mut TriedAhead::default(), &push, &admission)?.map(|_| ()))
}
