//! Setting right what this device holds, and an HQ that was restored from a backup.
//!
//! The sums of what is held travel with each request. Where HQ's differ, the device counts its own
//! anew and lists the parts that differ; HQ answers with what is missing, different or too much.
//!
//! An HQ that was restored has lost what it acknowledged since the backup. As long as a device holds
//! it, it goes back: changes of documents, executed claims under their keys, photos by their hashes.

use doorstep_domain::{
    facts::{DocKind, FactView, FieldEdit},
    rights::may_write,
    time::UtcMs,
};
use doorstep_store::{
    device::{self, Offer},
    held::{Sums, part_of},
};
use doorstep_sync::{
    Document,
    client::{Absorbed, BatchFate},
    document::Heads,
    wire::{COMPARE_LIMIT, FeedItem, HeldItem, HeldPart, Life},
};
use rusqlite::{Connection, Transaction};
use serde_bytes::ByteArray;
use std::collections::BTreeMap;
use uuid::Uuid;

use crate::{
    error::ApiResult,
    host::Host,
    identity::{Epoch, Identity},
    session::{self, Session},
};

/// Setting: the life of HQ's ledger that this device knows.
const LIFE: &str = "life";
/// Setting: own and HQ's total when they were last set right; the same pair again means that setting
/// right does not help.
const MENDED: &str = "mended";
/// What is held is counted anew this often.
const AUDIT_EVERY_MS: i64 = 60 * UtcMs::MINUTE;
/// So many documents are loaded and compared with their heads each time, 0.3 ms each.
const AUDIT_DOCUMENTS: u32 = 500;

/// How far the counting of what is held has come.
#[derive(Debug, Default)]
pub(crate) struct Audit {
    last: Option<UtcMs>,
    checked_to: Uuid,
}

/// One sum over everything held.
pub(crate) fn digest(conn: &Connection) -> ApiResult<[u8; 16]> {
    Ok(device::held(conn)?.total().to_be_bytes())
}

/// Everything held in the parts that differ.
pub(crate) fn listing(conn: &Connection, wrong: &[u8]) -> ApiResult<Vec<HeldPart>> {
    let mut parts: BTreeMap<u8, Vec<HeldItem>> =
        wrong.iter().map(|part| (*part, Vec::new())).collect();
    if parts.is_empty() {
        return Ok(Vec::new());
    }
    for item in device::held_in(conn, &parts.keys().copied().collect())? {
        let head = u64::try_from(item.mark >> 64).unwrap_or_default().to_be_bytes();
        let listed =
            HeldItem { doc: item.doc, kind: item.kind, id: item.id, mark: ByteArray::new(head) };
        if let Some(items) = parts.get_mut(&part_of(item.id)) {
            items.push(listed);
        }
    }
    Ok(parts.into_iter().map(|(part, items)| HeldPart { part, items }).collect())
}

/// The parts to have compared after HQ said that its sums differ; none when counting anew settled
/// it, or when the same difference was set right before and came back.
pub(crate) fn wrong_parts(tx: &Transaction<'_>, hq: Option<Vec<u8>>) -> ApiResult<Vec<u8>> {
    let Some(hq) = hq.as_deref().and_then(Sums::from_bytes) else { return Ok(Vec::new()) };
    device::recount_held(tx)?;
    let own = device::held(tx)?;
    let pair = format!("{:032x} {:032x}", own.total(), hq.total());
    if device::setting::<String>(tx, MENDED)?.as_ref() == Some(&pair) {
        tracing::warn!("what HQ says this device should hold cannot be reached");
        return Ok(Vec::new());
    }
    device::put_setting(tx, MENDED, &pair)?;
    let wrong: Vec<u8> = own.differing(&hq).into_iter().take(COMPARE_LIMIT).collect();
    tracing::warn!(parts = wrong.len(), "this device does not hold what it should");
    Ok(wrong)
}

/// Clears the way for what sets things right: rows are taken whatever is held. Documents are
/// compared, so that what HQ lacks of them goes back to it instead of being lost on both sides.
pub(crate) fn make_way(tx: &Transaction<'_>, items: &[FeedItem]) -> ApiResult<()> {
    for item in items {
        match item {
            FeedItem::Row { kind, id, .. } => device::forget_row(tx, kind, *id)?,
            FeedItem::Doc { id, .. } | FeedItem::Gone { id, .. } => device::begin_offer(tx, *id)?,
        }
    }
    Ok(())
}

/// Counts anew what is held and loads some documents, after the first exchange of a run and then
/// every hour. Says whether something was found, which the next exchange sets right.
pub(crate) async fn audit(session: &Session) -> ApiResult<bool> {
    let now = session.time().await?.at;
    let mut audit = session.audit.lock().await;
    if audit.last.is_some_and(|last| now.0 < last.plus_ms(AUDIT_EVERY_MS).0) {
        return Ok(false);
    }
    let from = audit.checked_to;
    let (miscounted, broken, checked_to) = session
        .db
        .read_beside(move |conn| {
            let miscounted = device::held(conn).unwrap_or_default() != device::count_held(conn)?;
            let page = device::told_documents(conn, from, AUDIT_DOCUMENTS)?;
            let broken: Vec<Uuid> =
                page.iter().filter(|doc| !is_whole(conn, doc)).map(|doc| doc.id).collect();
            let full = page.len() == usize::try_from(AUDIT_DOCUMENTS).unwrap_or(usize::MAX);
            let last = page.last().filter(|_| full).map_or(Uuid::nil(), |doc| doc.id);
            Ok((miscounted, broken, last))
        })
        .await?;
    (audit.last, audit.checked_to) = (Some(now), checked_to);
    let found = miscounted || !broken.is_empty();
    if found {
        tracing::warn!(miscounted, documents = broken.len(), "something held here was lost");
        session
            .db
            .write(move |tx, open| {
                *open = None;
                for doc in broken {
                    // Somebody may have written to it in the meantime.
                    if device::edits_of(tx, doc)?.is_empty() {
                        device::forget_document(tx, doc)?;
                    }
                }
                device::recount_held(tx)?;
                Ok(())
            })
            .await?;
    }
    Ok(found)
}

/// Whether a document without unsent edits loads to the heads HQ told.
fn is_whole(conn: &Connection, doc: &device::ToldDocument) -> bool {
    let loaded = session::load(conn, doc.id).ok().flatten();
    loaded.is_some_and(|mut document| document.heads().0 == doc.heads)
}

/// What HQ says of its own past.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Restored {
    /// What HQ acknowledged later may be lost; `None`: anything may.
    lost_after: Option<UtcMs>,
}

/// Whether the answer shows that HQ was restored from a backup: it lives another life, its feed ends
/// before this device's cursor, or it does not know a batch it answered.
pub(crate) fn restored(tx: &Transaction<'_>, absorbed: &Absorbed) -> ApiResult<Option<Restored>> {
    let known: Option<u64> = device::setting(tx, LIFE)?;
    if let Some(life) = absorbed.life {
        device::put_setting(tx, LIFE, &life.id)?;
    }
    let unmarked = absorbed.feed_went_back
        || matches!(absorbed.batch, BatchFate::Forked { hq_went_back: true });
    Ok(match absorbed.life {
        Some(Life { id, lost_after }) if known.is_some_and(|known| known != id) => {
            Some(Restored { lost_after })
        }
        _ => unmarked.then_some(Restored { lost_after: None }),
    })
}

/// Sets aside what HQ may have lost, before everything is pulled again.
pub(crate) fn begin_offers(tx: &Transaction<'_>, restored: Restored) -> ApiResult<()> {
    tracing::warn!("HQ was restored from a backup: offering what it may have lost");
    Ok(device::begin_offers(tx, restored.lost_after)?)
}

/// A document as a restored HQ has it.
pub(crate) struct Theirs<'a> {
    pub(crate) doc: Uuid,
    pub(crate) kind: DocKind,
    pub(crate) bytes: &'a [u8],
    pub(crate) heads: &'a [u8],
}

/// Who offers what HQ lost, and where from.
pub(crate) struct Offering<'a> {
    pub(crate) tx: &'a Transaction<'a>,
    pub(crate) identity: &'a Identity,
    pub(crate) epoch: &'a Epoch,
    pub(crate) host: &'a dyn Host,
}

impl Offering<'_> {
    /// Offers what HQ lacks of a document; `false` when the document is to be taken as any other:
    /// it is not to be compared, or HQ lacks nothing and was `asked` for it in full.
    pub(crate) fn compare(&self, theirs: &Theirs<'_>, asked: bool) -> ApiResult<bool> {
        let tx = self.tx;
        let Some(known) = device::open_offer(tx, theirs.doc)? else { return Ok(false) };
        device::end_offer(tx, theirs.doc)?;
        let Ok(Some(mut own)) = session::load(tx, theirs.doc) else {
            device::replace_document(tx, theirs.doc, theirs.kind, theirs.bytes, theirs.heads)?;
            device::make_stale(tx, theirs.doc)?;
            return Ok(true);
        };
        let same = own.heads().0 == theirs.heads;
        if same && !asked {
            device::tell_document(tx, theirs.doc, theirs.heads)?;
        }
        if same || known == theirs.heads {
            // HQ lacks nothing that it ever had. This device may: a receipt tells of heads with
            // changes of others that had yet to come.
            return Ok(same && !asked);
        }
        let hq = Document::open(theirs.kind, theirs.doc, theirs.bytes, [])?;
        let edits = self.writable_differences(&own.view()?, Some(&hq.view()?));
        let merged = hq.take(&own.save()).and_then(|merged| merged.view().map(|_| merged));
        let Ok(mut merged) = merged else {
            // The two cannot become one document: what this person may write is written anew.
            self.add(theirs.doc, theirs.kind, &[Vec::new()], &edits)?;
            device::make_stale(tx, theirs.doc)?;
            return Ok(true);
        };
        let snapshot = merged.save();
        device::replace_document(tx, theirs.doc, theirs.kind, &snapshot, theirs.heads)?;
        let changes = merged.changes_beyond(&Heads(theirs.heads.to_vec()))?;
        if !changes.is_empty() {
            self.add(theirs.doc, theirs.kind, &changes, &edits)?;
        }
        Ok(true)
    }

    /// Once everything is pulled: documents that HQ did not name are offered whole.
    pub(crate) fn rest(&self) -> ApiResult<()> {
        for doc in device::open_offers(self.tx)? {
            device::end_offer(self.tx, doc)?;
            let Ok(Some(own)) = session::load(self.tx, doc) else { continue };
            let kind = own.kind();
            let edits = self.writable_differences(&own.view()?, None);
            let changes = own.changes_beyond(&Heads::default())?;
            self.add(doc, kind, &changes, &edits)?;
        }
        Ok(())
    }

    fn add(
        &self,
        doc: Uuid,
        kind: DocKind,
        changes: &[Vec<u8>],
        edits: &[FieldEdit],
    ) -> ApiResult<()> {
        let (author, made_at) = (&*self.identity.author(), self.host.now());
        let epoch = self.epoch.id;
        let offer = Offer { doc, kind, changes, edits, author, made_at, epoch };
        Ok(device::add_offer(self.tx, &offer)?)
    }

    /// What this person may write and HQ has not, or has otherwise.
    fn writable_differences(&self, own: &FactView, hq: Option<&FactView>) -> Vec<FieldEdit> {
        let role = self.identity.person.role;
        let mut edits = Vec::new();
        for (section, fields) in &own.sections {
            for (key, fact) in fields {
                let same = hq.and_then(|hq| hq.get(section, key)) == Some(&fact.value);
                if !same && may_write(role, own.kind, section, key) {
                    edits.push(FieldEdit::new(section.clone(), key.clone(), fact.value.clone()));
                }
            }
        }
        edits
    }
}
