//! One exchange with HQ: seal, send, absorb, commit.

use doorstep_domain::{
    planted::{Bug, planted},
    trust::Signed,
};
use doorstep_store::device::{
    self, DocumentRefusal, EditRecord, FeedEntry, SealedBatch, Settlement,
};
use doorstep_sync::{
    Document,
    client::{self, Absorbed, BATCH_ITEMS, BatchFate, Sealed, Standing},
    wire::{BatchAnswer, Command, Cursor, FeedItem, Push, SyncResponse, WANT_LIMIT},
};
use rusqlite::{Connection, Transaction};
use serde_bytes::{ByteArray, ByteBuf};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};
use uuid::Uuid;

use crate::{
    bundles,
    database::OpenDocument,
    error::{ApiError, ApiResult},
    error_code::ErrorCode,
    host::Host,
    identity::{self, Epoch, Identity},
    session::{self, Session},
};

const CURSOR: &str = "cursor";
/// Documents whose local version must give way to HQ's, because HQ refused a change in it.
const RESET: &str = "reset";

/// Everything one request needs, read in one transaction.
struct Outgoing {
    standing: Standing,
    sealed: Option<Sealed>,
    want: Vec<Uuid>,
}

/// Exchanges with HQ until nothing waits and nothing is news. An error leaves everything as it was:
/// the sealed batch goes out again, byte for byte.
pub(crate) async fn run(session: &Session) -> ApiResult<()> {
    let identity = session.identity().await?;
    let mut ahead = None;
    loop {
        let outgoing = prepare(session).await?;
        let response = match ahead.take() {
            Some(response) if outgoing.only_asks() => response,
            _ => ask(session, &outgoing).await?,
        };
        let absorbed = client::absorb(outgoing.standing, outgoing.sealed.as_ref(), response)
            .map_err(|e| match e {
                client::ResponseError::NewerProtocol(_) => ApiError::new(ErrorCode::UpdateNeeded),
                other => ApiError::new(ErrorCode::HqAnswerUnreadable).detail(other),
            })?;
        let (hq_time, more) = (absorbed.hq_time, absorbed.page.more);
        let sent = outgoing.sealed.is_some();
        let next = outgoing.after(&absorbed).filter(|_| session.host.runs_background());
        let committed = commit(session, &identity, absorbed, outgoing.want);
        let waiting = match next {
            // The next page is on its way while this one is committed. Should the commit fail, the
            // page is dropped: the cursor that asked for it is not true.
            Some(next) => {
                let (waiting, response) = tokio::join!(committed, ask(session, &next));
                let waiting = waiting?;
                ahead = Some(response?);
                waiting
            }
            None => committed.await?,
        };
        session.sync.succeeded(hq_time);
        if sent {
            session.outbox_changed.notify_one();
        }
        if !more && !waiting {
            return Ok(());
        }
    }
}

impl Outgoing {
    /// Whether nothing goes up and nothing is wanted: only the next page is asked for.
    fn only_asks(&self) -> bool {
        self.sealed.is_none() && self.want.is_empty()
    }

    /// The question that follows when this answer only brings a page with more behind it.
    fn after(&self, absorbed: &Absorbed) -> Option<Outgoing> {
        let asks_on = absorbed.page.more
            && !absorbed.restart_feed
            && absorbed.keys.is_none()
            && !matches!(absorbed.batch, BatchFate::Forked)
            && self.want.is_empty();
        let standing = Standing { cursor: absorbed.page.next, ..self.standing };
        asks_on.then_some(Outgoing { standing, sealed: None, want: Vec::new() })
    }
}

async fn ask(session: &Session, outgoing: &Outgoing) -> ApiResult<SyncResponse> {
    let request =
        client::request(outgoing.standing, outgoing.sealed.as_ref(), outgoing.want.clone());
    let at = session.time().await?.at;
    session.line().await?.exchange(&request, at).await
}

async fn prepare(session: &Session) -> ApiResult<Outgoing> {
    session.db.write(move |tx, _| seal_waiting(tx)).await
}

/// Seals what waits, unless a sealed batch still awaits its answer.
fn seal_waiting(tx: &Transaction<'_>) -> ApiResult<Outgoing> {
    let mut epoch = session::required_epoch(tx)?;
    let cursor: Cursor = device::setting(tx, CURSOR)?.unwrap_or_default();
    let key_list = identity::keys(tx)?.map_or(0, |list| list.version);
    let standing = Standing { epoch: epoch.id, cursor, key_list };
    let want = wanted(tx, &epoch)?;
    if let Some(waiting) = device::sealed_batch(tx)? {
        let sealed = Sealed {
            number: waiting.number,
            hash: ByteArray::new(waiting.hash),
            bytes: waiting.bytes,
        };
        return Ok(Outgoing { standing, sealed: Some(sealed), want });
    }
    let (edits, commands) = device::next_unsent(tx, epoch.id, BATCH_ITEMS)?;
    if edits.is_empty() && commands.is_empty() {
        return Ok(Outgoing { standing, sealed: None, want });
    }
    let claims = commands
        .iter()
        .map(|record| Command {
            key: record.key,
            person: record.person,
            claim: record.claim.clone(),
            made_at: record.made_at,
            estimated_at: record.estimated_at,
        })
        .collect();
    let sealed = client::seal(epoch.last, pushes(&edits), claims).map_err(ApiError::internal)?;
    let batch = SealedBatch {
        number: sealed.number,
        hash: sealed.hash.into_array(),
        bytes: sealed.bytes.clone(),
    };
    device::put_batch(tx, &batch, &edits, &commands)?;
    epoch.last = Some((sealed.number, sealed.hash));
    epoch.store(tx)?;
    Ok(Outgoing { standing, sealed: Some(sealed), want })
}

/// Documents to be had again in full: those to reset and those with edits to write again.
fn wanted(conn: &Connection, epoch: &Epoch) -> ApiResult<Vec<Uuid>> {
    let mut want: BTreeSet<Uuid> = device::setting(conn, RESET)?.unwrap_or_default();
    want.extend(device::stale_documents(conn, epoch.id)?);
    Ok(want.into_iter().take(WANT_LIMIT).collect())
}

/// Edits grouped by document, in the order they were made.
fn pushes(edits: &[EditRecord]) -> Vec<Push> {
    let mut by_doc: BTreeMap<Uuid, Push> = BTreeMap::new();
    for edit in edits {
        by_doc
            .entry(edit.doc)
            .or_insert_with(|| Push { doc: edit.doc, kind: edit.kind, changes: Vec::new() })
            .changes
            .push(ByteBuf::from(edit.change.clone()));
    }
    by_doc.into_values().collect()
}

/// Commits answer, news and cursor in one transaction; says whether more waits to be sent.
async fn commit(
    session: &Session,
    identity: &Identity,
    absorbed: Absorbed,
    want: Vec<Uuid>,
) -> ApiResult<bool> {
    let host = Arc::clone(&session.host);
    let identity = identity.clone();
    if planted(Bug::CursorBeforePage) {
        let next = absorbed.page.next;
        session.db.write(move |tx, _| Ok(device::put_setting(tx, CURSOR, &next)?)).await?;
    }
    let (waiting, warnings) = session
        .db
        .write(move |tx, open| {
            // Whatever is open in the editing session may be older than what arrives.
            *open = None;
            apply(tx, open, &identity, absorbed, want, host.as_ref())
        })
        .await?;
    for warning in warnings {
        session.sync.warn(warning);
    }
    Ok(waiting)
}

fn apply(
    tx: &Transaction<'_>,
    open: &mut OpenDocument,
    identity: &Identity,
    absorbed: Absorbed,
    want: Vec<Uuid>,
    host: &dyn Host,
) -> ApiResult<(bool, Vec<ApiError>)> {
    let mut warnings = Vec::new();
    session::note_hq_time(tx, absorbed.hq_time, host)?;
    if let Some(signed) = &absorbed.keys {
        warnings.extend(take_keys(tx, identity, signed).err());
    }
    match &absorbed.batch {
        BatchFate::NothingSent => {}
        BatchFate::Settled(answer) => settle(tx, answer)?,
        BatchFate::Forked => {
            tracing::warn!("HQ does not know this outbox: beginning a new epoch");
            device::fold_back(tx)?;
            let mut epoch = Epoch::begin(host);
            if planted(Bug::ReuseActor) {
                epoch.actor = session::required_epoch(tx)?.actor;
            }
            epoch.store(tx)?;
            start_over(tx)?;
            return Ok((true, warnings));
        }
    }
    if absorbed.restart_feed {
        tracing::warn!("HQ's feed is of another life: pulling everything again");
        start_over(tx)?;
        return Ok((true, warnings));
    }
    let mut unanswered: BTreeSet<Uuid> = want.into_iter().collect();
    let items = absorbed.page.items;
    let entries = take_news(tx, identity, items, &mut unanswered, host, &mut warnings)?;
    device::apply_feed(tx, &entries)?;
    device::put_setting(tx, CURSOR, &absorbed.page.next)?;
    for doc in unanswered {
        begin_again(tx, open, doc, host)?;
    }
    let epoch = session::required_epoch(tx)?;
    let (edits, commands) = device::next_unsent(tx, epoch.id, 1)?;
    let waiting = !edits.is_empty() || !commands.is_empty() || !wanted(tx, &epoch)?.is_empty();
    Ok((waiting, warnings))
}

fn start_over(tx: &Transaction<'_>) -> ApiResult<()> {
    device::forget_feed(tx)?;
    Ok(device::put_setting(tx, CURSOR, &Cursor::default())?)
}

fn take_keys(tx: &Transaction<'_>, identity: &Identity, signed: &Signed) -> ApiResult<()> {
    let held = identity::keys(tx)?.map_or(0, |list| list.version);
    identity::store_keys(tx, &identity.open_keys(signed, held)?)
}

fn settle(tx: &Transaction<'_>, answer: &BatchAnswer) -> ApiResult<()> {
    let refused: Vec<DocumentRefusal> = answer
        .refused
        .iter()
        .map(|refusal| DocumentRefusal { doc: refusal.doc, code: refusal.code.clone() })
        .collect();
    let decisions = answer.commands.iter().map(|done| (done.key, done.decision.clone())).collect();
    device::settle(
        tx,
        &Settlement {
            number: answer.number,
            executed_at: answer.executed_at,
            refused: refused.clone(),
            decisions,
        },
    )?;
    for refusal in refused {
        tracing::warn!(code = refusal.code, "HQ refused the changes of a document");
        // What was written on top of the refused changes is written again on HQ's version.
        device::make_stale(tx, refusal.doc)?;
        if planted(Bug::LoseReset) {
            continue;
        }
        let mut reset: BTreeSet<Uuid> = device::setting(tx, RESET)?.unwrap_or_default();
        reset.insert(refusal.doc);
        device::put_setting(tx, RESET, &reset)?;
    }
    Ok(())
}

/// Turns news into store entries. Bundles are believed only under a valid signature; a document
/// with edits to replay is replaced by HQ's version and the edits are written again on it.
fn take_news(
    tx: &Transaction<'_>,
    identity: &Identity,
    items: Vec<FeedItem>,
    unanswered: &mut BTreeSet<Uuid>,
    host: &dyn Host,
    warnings: &mut Vec<ApiError>,
) -> ApiResult<Vec<FeedEntry>> {
    let epoch = session::required_epoch(tx)?;
    let mut entries = Vec::with_capacity(items.len());
    for item in items {
        match item {
            FeedItem::Row { kind, id, version, body } => {
                if kind == bundles::ROW_KIND {
                    warnings.extend(bundles::take(tx, &body, host.now()).err());
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
                no_longer_reset(tx, id)?;
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

/// A document HQ does not have: what was not refused begins a new one under this epoch.
fn begin_again(
    tx: &Transaction<'_>,
    open: &mut OpenDocument,
    doc: Uuid,
    host: &dyn Host,
) -> ApiResult<()> {
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
