//! Refused changes: kept byte for byte, shown to the coordinators of whoever sent them.

use std::collections::BTreeSet;

use doorstep_domain::{
    facts::{FactView, Scalar},
    id::QuarantineId,
    org::Bucket,
    quarantine::{FIELDS_SHOWN, Quarantined, QuarantinedField, VALUE_SHOWN},
};
use doorstep_store::{
    error::{Result, StoreError},
    ledger::{
        documents::{self, RefusedPush},
        people,
    },
};
use doorstep_sync::wire::{DocRefusal, Push, encode};

use super::{Desk, scratch::Rights};
use crate::records::{self, derived_id, kind};

/// The most bytes HQ keeps of one device's refused changes: some hundred times the largest document.
/// Beyond it a refusal stands as ever, and the tablet still keeps its own copy.
const KEPT_BYTES: u64 = 128 * 1024 * 1024;

/// Keeps refused changes and shows them to the coordinators of the person's unit. The same bytes
/// again are the same entry, whatever became of it.
pub(crate) fn keep(desk: &Desk<'_>, push: &Push, refused: &DocRefusal) -> Result<()> {
    let bytes = encode(push)
        .map_err(|error| StoreError::Unreadable { what: "push", detail: error.to_string() })?;
    let device = desk.caller.device;
    if documents::refused_bytes_of(desk.conn, device)? > KEPT_BYTES {
        tracing::error!(%device, "refused changes of this device are no longer kept");
        return Ok(());
    }
    let hash = hex::encode(*doorstep_sync::wire::hash(&bytes));
    let id = derived_id(&["quarantine", &device.to_string(), &hash]);
    let new = documents::keep_refused(
        desk.conn,
        &RefusedPush {
            id: QuarantineId(id),
            device,
            doc: push.doc,
            code: &refused.code,
            detail: &refused.detail,
            bytes: &bytes,
            at: desk.now,
        },
    )?;
    if !new {
        return Ok(());
    }
    let name = people::device(desk.conn, device)?.map(|device| device.name);
    let entry = Quarantined {
        id: QuarantineId(id),
        device,
        device_name: name.unwrap_or_default(),
        person: desk.caller.person.id,
        kind: push.kind,
        record: push.doc,
        code: refused.code.clone(),
        bytes: bytes.len() as u64,
        changes: u32::try_from(push.changes.len()).unwrap_or(u32::MAX),
        fields: look(desk, push, &refused.code)?,
        refused_at: desk.now,
        handled: None,
    };
    let desks = BTreeSet::from([Bucket::desk(desk.caller.person.org)]);
    records::put(desk.conn, kind::QUARANTINE, id, &desks, &entry)
}

/// What refused changes would set, read in the scratch worker. `None` where access was not the
/// reason: changes that the worker refused once are not given to it again.
fn look(desk: &Desk<'_>, push: &Push, code: &str) -> Result<Option<Vec<QuarantinedField>>> {
    if !matches!(code, "not_allowed" | "field_not_allowed") {
        return Ok(None);
    }
    let current = documents::get(desk.conn, push.doc)?;
    let snapshot = current.as_ref().map(|held| held.snapshot.as_slice());
    let Ok(tried) = desk.scratch.admit(push, Rights::Look, snapshot) else { return Ok(None) };
    let Ok(after) = serde_json::from_str::<FactView>(&tried.view) else { return Ok(None) };
    let before: Option<FactView> =
        current.as_ref().and_then(|held| serde_json::from_str(&held.view).ok());
    let fields = tried.touched.iter().filter(|(section, _)| section != "about");
    let field = |(section, key): &(String, String)| QuarantinedField {
        section: clipped(section),
        key: clipped(key),
        before: before.as_ref().and_then(|view| value_in(view, section, key)),
        after: value_in(&after, section, key),
    };
    Ok(Some(fields.take(FIELDS_SHOWN).map(field).collect()))
}

fn value_in(view: &FactView, section: &str, key: &str) -> Option<Scalar> {
    Some(match view.get(section, key)? {
        Scalar::Text(text) => Scalar::Text(clipped(text)),
        other => other.clone(),
    })
}

fn clipped(text: &str) -> String {
    let mut short: String = text.chars().take(VALUE_SHOWN).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}
