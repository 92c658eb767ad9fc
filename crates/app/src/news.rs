//! What a page of HQ brings, read: bundles under their signature, documents with edits to write again,
//! and the rest for the store.

use doorstep_domain::planted::{Bug, planted};
use doorstep_store::device::{self, EditRecord, FeedEntry};
use doorstep_sync::{Document, wire::FeedItem};
use rusqlite::Transaction;
use std::collections::BTreeSet;
use uuid::Uuid;

use crate::{
    bundles,
    database::OpenDocument,
    error::{ApiError, ApiResult},
    host::Host,
    identity::{Epoch, Identity},
    reconcile::{Offering, Theirs},
    session::{self, RESET},
};

/// A coordinator may have released what HQ had refused: an edit that has come back among HQ's own
/// changes asks for nobody any more.
pub(crate) fn forget_refusals_taken_back(tx: &Transaction<'_>, id: Uuid) -> ApiResult<()> {
    let mut refused = device::refused_edits(tx, id)?;
    if refused.is_empty() {
        return Ok(());
    }
    let Some(document) = session::load(tx, id)? else { return Ok(()) };
    refused.retain(|edit| document.holds(&edit.change).unwrap_or(false));
    Ok(device::drop_edits(tx, &refused)?)
}

/// Turns news into store entries. Bundles are believed only under a valid signature; a document
/// with edits to replay is replaced by HQ's version and the edits are written again on it.
pub(crate) fn take(
    tx: &Transaction<'_>,
    identity: &Identity,
    items: Vec<FeedItem>,
    unanswered: &mut BTreeSet<Uuid>,
    host: &dyn Host,
    warnings: &mut Vec<ApiError>,
) -> ApiResult<Vec<FeedEntry>> {
    let mut epoch = session::required_epoch(tx)?;
    let offering = device::offers_open(tx)?;
    let edited = device::unsettled_documents(tx)?;
    let mut entries = Vec::with_capacity(items.len());
    for item in items {
        if offering && let FeedItem::Doc { id, kind, bytes, heads } = &item {
            let theirs = Theirs { doc: *id, kind: *kind, bytes, heads };
            let asked = unanswered.contains(id);
            if (Offering { tx, identity, epoch: &epoch, host }).compare(&theirs, asked)? {
                unanswered.remove(id);
                continue;
            }
        }
        match item {
            FeedItem::Row { kind, id, version, body } => {
                if kind == bundles::ROW_KIND {
                    let taken = bundles::take(tx, (id, version, &body), host.now());
                    warnings.extend(taken.err());
                    continue;
                }
                entries.push(FeedEntry::Row { kind, id, version, body });
            }
            FeedItem::Doc { id, kind, bytes, heads } if unanswered.remove(&id) => {
                device::replace_document(tx, id, kind, &bytes, &heads)?;
                let base = Document::open(kind, id, &bytes, [])?;
                let mut stale = device::stale_edits(tx, id, epoch.id)?;
                if planted(Bug::DropStaleEdits) {
                    device::drop_edits(tx, &stale)?;
                    stale.clear();
                }
                replay(tx, base, &stale, &epoch, identity, host)?;
                forget_refusals_taken_back(tx, id)?;
                no_longer_reset(tx, id)?;
            }
            FeedItem::Doc { id, bytes, .. }
                if edited.contains(&id) && !goes_with_own(tx, id, &bytes) =>
            {
                tracing::warn!(
                    "a document with unsent edits does not take HQ's changes: asking for it in full"
                );
                ask_in_full(tx, id)?;
                epoch = epoch.with_new_actor(host);
                epoch.store(tx)?;
            }
            FeedItem::Doc { id, kind, bytes, heads } => {
                let (bytes, heads) = (bytes.into_vec(), heads.into_vec());
                entries.push(FeedEntry::Doc { id, kind, bytes, heads });
            }
            FeedItem::Gone { kind, id } => entries.push(FeedEntry::Gone { kind, id }),
        }
    }
    Ok(entries)
}

/// Whether what HQ sends can become one with what was edited here. A clone of this profile, or an
/// older copy of it, may have used the same numbers of the same actor for other changes, and a damaged
/// document takes nothing: it could not be read until the edits are written again.
fn goes_with_own(tx: &Transaction<'_>, id: Uuid, bytes: &[u8]) -> bool {
    match session::load(tx, id) {
        Ok(Some(own)) => own.take(bytes).is_ok_and(|merged| merged.view().is_ok()),
        Ok(None) => true,
        Err(_) => false,
    }
}

/// Has HQ's whole version take the place of the document's, and unsent edits written again on that.
pub(crate) fn ask_in_full(tx: &Transaction<'_>, doc: Uuid) -> ApiResult<()> {
    device::make_stale(tx, doc)?;
    if planted(Bug::LoseReset) {
        return Ok(());
    }
    let mut reset: BTreeSet<Uuid> = device::setting(tx, RESET)?.unwrap_or_default();
    reset.insert(doc);
    Ok(device::put_setting(tx, RESET, &reset)?)
}

/// Writes edits again, as one change of this epoch on HQ's version of the document.
fn replay(
    tx: &Transaction<'_>,
    mut base: Document,
    stale: &[EditRecord],
    epoch: &Epoch,
    identity: &Identity,
    host: &dyn Host,
) -> ApiResult<()> {
    let edits: Vec<_> = stale.iter().flat_map(|record| record.edits.clone()).collect();
    let author = stale.last().map_or_else(|| identity.author(), |record| record.author.clone());
    let (doc, kind) = (base.id(), base.kind());
    base.write_as(epoch.actor);
    let (mut edited, change) = base.edit(&edits, &author, host.now())?;
    device::drop_edits(tx, stale)?;
    if !change.is_empty() {
        device::record_edit(
            tx,
            &device::LocalEdit {
                doc,
                kind,
                snapshot: Some(&edited.save()),
                change: &change,
                heads: &edited.heads().0,
                edits: &edits,
                author: &author,
                made_at: host.now(),
                epoch: epoch.id,
            },
        )?;
    }
    Ok(())
}

/// A document HQ does not have: what was not refused begins a new one under this epoch. One that is
/// to be offered to a restored HQ waits for that.
pub(crate) fn begin_again(
    tx: &Transaction<'_>,
    open: &mut OpenDocument,
    doc: Uuid,
    host: &dyn Host,
) -> ApiResult<()> {
    if device::open_offer(tx, doc)?.is_some() {
        return Ok(());
    }
    let epoch = session::required_epoch(tx)?;
    let stale = device::stale_edits(tx, doc, epoch.id)?;
    device::drop_edits(tx, &stale)?;
    device::forget_document(tx, doc)?;
    no_longer_reset(tx, doc)?;
    *open = None;
    if let Some(first) = stale.first() {
        let edits: Vec<_> = stale.iter().flat_map(|record| record.edits.clone()).collect();
        session::write_document(tx, open, first.kind, doc, &edits, host)?;
    }
    Ok(())
}

fn no_longer_reset(tx: &Transaction<'_>, doc: Uuid) -> ApiResult<()> {
    let mut reset: BTreeSet<Uuid> = device::setting(tx, RESET)?.unwrap_or_default();
    if reset.remove(&doc) {
        device::put_setting(tx, RESET, &reset)?;
    }
    Ok(())
}
