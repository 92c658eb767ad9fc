//! One exchange with HQ: seal, send, absorb, commit.

use doorstep_domain::{
    planted::{Bug, planted},
    trust::Signed,
};
use doorstep_store::device::{
    self, CommandRecord, DocumentRefusal, EditRecord, FeedEntry, SealedBatch, Settlement,
};
use doorstep_sync::{
    client::{self, Absorbed, BATCH_ITEMS, BatchFate, Sealed, Standing},
    wire::{BatchAnswer, Command, Cursor, HeldPart, Page, Push, SyncResponse, WANT_LIMIT},
};
use rusqlite::{Connection, Transaction};
use serde_bytes::{ByteArray, ByteBuf};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};
use uuid::Uuid;

use crate::{
    database::OpenDocument,
    error::{ApiError, ApiResult},
    error_code::ErrorCode,
    host::Host,
    identity::{self, Epoch, Identity},
    news,
    reconcile::{self, Offering},
    session::{self, RESET, Session},
};

const CURSOR: &str = "cursor";

/// Everything one request needs, read in one transaction.
struct Outgoing {
    standing: Standing,
    sealed: Option<Sealed>,
    want: Vec<Uuid>,
    compare: Vec<HeldPart>,
}

/// What a commit leaves to do.
#[derive(Default)]
struct Left {
    /// Something waits to be sent or asked for.
    waiting: bool,
    /// Parts of what is held that differ from HQ's.
    wrong: Vec<u8>,
    /// Things received that were not believed.
    warnings: Vec<ApiError>,
}

/// Exchanges with HQ until nothing waits and nothing is news. An error leaves everything as it was:
/// the sealed batch goes out again, byte for byte.
pub(crate) async fn run(session: &Session) -> ApiResult<()> {
    let identity = session.identity().await?;
    let mut wrong = Vec::new();
    let mut ahead: Option<(Standing, ApiResult<SyncResponse>)> = None;
    loop {
        let outgoing = prepare(session, wrong).await?;
        let response = match ahead.take() {
            Some((asked, response)) if outgoing.only_asks(asked) => response?,
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
        let left = match next {
            // The next page is on its way while this one is committed. Should the commit fail, the
            // page is dropped: the cursor that asked for it is not true. Should the page fail, this
            // exchange has succeeded all the same.
            Some(next) => {
                let (left, response) = tokio::join!(committed, ask(session, &next));
                ahead = Some((next.standing, response));
                left?
            }
            None => committed.await?,
        };
        session.sync.succeeded(hq_time);
        if sent {
            session.outbox_changed.notify_one();
        }
        if !more && !left.waiting && left.wrong.is_empty() {
            return Ok(());
        }
        wrong = left.wrong;
    }
}

impl Outgoing {
    /// Whether it asks for the page after this cursor in this epoch, and for nothing else.
    fn only_asks(&self, asked: Standing) -> bool {
        self.sealed.is_none()
            && self.want.is_empty()
            && self.compare.is_empty()
            && (self.standing.cursor, self.standing.epoch) == (asked.cursor, asked.epoch)
    }

    /// The question that follows when this answer only brings a page with more behind it. What is
    /// held is not compared then: it changes before the answer comes.
    fn after(&self, absorbed: &Absorbed) -> Option<Outgoing> {
        let asks_on = absorbed.page.more
            && !absorbed.restart_feed
            && !absorbed.mending
            && absorbed.keys.is_none()
            && !matches!(absorbed.batch, BatchFate::Forked { .. })
            && self.want.is_empty();
        let standing = Standing { cursor: absorbed.page.next, digest: None, ..self.standing };
        let (sealed, want, compare) = (None, Vec::new(), Vec::new());
        asks_on.then_some(Outgoing { standing, sealed, want, compare })
    }
}

async fn ask(session: &Session, outgoing: &Outgoing) -> ApiResult<SyncResponse> {
    let mut request =
        client::request(outgoing.standing, outgoing.sealed.as_ref(), outgoing.want.clone());
    request.compare = outgoing.compare.clone();
    let at = session.time().await?.at;
    session.line().await?.exchange(&request, at).await
}

async fn prepare(session: &Session, wrong: Vec<u8>) -> ApiResult<Outgoing> {
    session
        .db
        .write(move |tx, _| {
            let mut outgoing = seal_waiting(tx)?;
            if outgoing.sealed.is_none() && outgoing.want.is_empty() {
                outgoing.compare = reconcile::listing(tx, &wrong)?;
            }
            Ok(outgoing)
        })
        .await
}

/// Seals what waits, unless a sealed batch still awaits its answer.
fn seal_waiting(tx: &Transaction<'_>) -> ApiResult<Outgoing> {
    let mut epoch = session::required_epoch(tx)?;
    let cursor: Cursor = device::setting(tx, CURSOR)?.unwrap_or_default();
    let key_list = identity::keys(tx)?.map_or(0, |list| list.version);
    let digest = Some(reconcile::digest(tx)?);
    let standing = Standing { epoch: epoch.id, cursor, key_list, digest };
    let want = wanted(tx, &epoch)?;
    if let Some(waiting) = device::sealed_batch(tx)? {
        let sealed = Sealed {
            number: waiting.number,
            hash: ByteArray::new(waiting.hash),
            bytes: waiting.bytes,
        };
        return Ok(Outgoing { standing, sealed: Some(sealed), want, compare: Vec::new() });
    }
    let (edits, commands) = sendable(tx, epoch.id, BATCH_ITEMS)?;
    if edits.is_empty() && commands.is_empty() {
        return Ok(Outgoing { standing, sealed: None, want, compare: Vec::new() });
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
    Ok(Outgoing { standing, sealed: Some(sealed), want, compare: Vec::new() })
}

/// What may be sealed. Nothing, while documents wait to be compared with those of a restored HQ:
/// edits and claims build on changes that it may not have.
fn sendable(
    conn: &Connection,
    epoch: Uuid,
    limit: usize,
) -> ApiResult<(Vec<EditRecord>, Vec<CommandRecord>)> {
    if device::offers_open(conn)? {
        return Ok((Vec::new(), Vec::new()));
    }
    Ok(device::next_unsent(conn, epoch, limit)?)
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

/// Commits answer, news and cursor in one transaction.
async fn commit(
    session: &Session,
    identity: &Identity,
    absorbed: Absorbed,
    want: Vec<Uuid>,
) -> ApiResult<Left> {
    let host = Arc::clone(&session.host);
    let identity = identity.clone();
    if planted(Bug::CursorBeforePage) {
        let next = absorbed.page.next;
        session.db.write(move |tx, _| Ok(device::put_setting(tx, CURSOR, &next)?)).await?;
    }
    let mut left = session
        .db
        .write(move |tx, open| {
            // Whatever is open in the editing session may be older than what arrives.
            *open = None;
            apply(tx, open, &identity, absorbed, want, host.as_ref())
        })
        .await?;
    for warning in left.warnings.drain(..) {
        session.sync.warn(warning);
    }
    Ok(left)
}

fn apply(
    tx: &Transaction<'_>,
    open: &mut OpenDocument,
    identity: &Identity,
    absorbed: Absorbed,
    want: Vec<Uuid>,
    host: &dyn Host,
) -> ApiResult<Left> {
    let mut warnings = Vec::new();
    session::note_hq_time(tx, absorbed.hq_time, host)?;
    if let Some(signed) = &absorbed.keys {
        warnings.extend(take_keys(tx, identity, signed).err());
    }
    let restored = reconcile::restored(tx, &absorbed)?;
    let forked = matches!(absorbed.batch, BatchFate::Forked { .. });
    match &absorbed.batch {
        BatchFate::NothingSent => {}
        BatchFate::Settled(answer) => settle(tx, answer, restored.is_some(), host)?,
        BatchFate::Forked { .. } => {
            tracing::warn!("HQ does not know this outbox: beginning a new epoch");
            device::fold_back(tx)?;
            let mut epoch = Epoch::begin(host);
            if planted(Bug::ReuseActor) {
                epoch.actor = session::required_epoch(tx)?.actor;
            }
            epoch.store(tx)?;
        }
    }
    if forked || absorbed.restart_feed {
        tracing::warn!("pulling everything again");
        if let Some(restored) = restored {
            reconcile::begin_offers(tx, restored)?;
        }
        start_over(tx)?;
        return Ok(Left { waiting: true, warnings, ..Left::default() });
    }
    let Page { items, next, more } = absorbed.page;
    if absorbed.mending {
        reconcile::make_way(tx, &items)?;
    }
    let mut unanswered: BTreeSet<Uuid> = want.into_iter().collect();
    let entries = news::take(tx, identity, items, &mut unanswered, host, &mut warnings)?;
    for (kind, count) in device::apply_feed(tx, &entries)? {
        let warning = ApiError::new(ErrorCode::UpdateNeeded).param("kind", kind);
        warnings.push(warning.param("count", count));
    }
    for entry in &entries {
        if let FeedEntry::Doc { id, .. } = entry {
            news::forget_refusals_taken_back(tx, *id)?;
        }
    }
    device::put_setting(tx, CURSOR, &next)?;
    for doc in unanswered {
        news::begin_again(tx, open, doc, host)?;
    }
    let epoch = session::required_epoch(tx)?;
    if !more {
        Offering { tx, identity, epoch: &epoch, host }.rest()?;
    }
    let wrong = reconcile::wrong_parts(tx, absorbed.held)?;
    let (edits, commands) = sendable(tx, epoch.id, 1)?;
    let left_over = !edits.is_empty() || !commands.is_empty() || !wanted(tx, &epoch)?.is_empty();
    Ok(Left { waiting: left_over || absorbed.mending, wrong, warnings })
}

fn start_over(tx: &Transaction<'_>) -> ApiResult<()> {
    device::forget_feed(tx)?;
    Ok(device::put_setting(tx, CURSOR, &Cursor::default())?)
}

fn take_keys(tx: &Transaction<'_>, identity: &Identity, signed: &Signed) -> ApiResult<()> {
    let held = identity::keys(tx)?.map_or(0, |list| list.version);
    identity::store_keys(tx, &identity.open_keys(signed, held)?)
}

fn settle(
    tx: &Transaction<'_>,
    answer: &BatchAnswer,
    hq_was_restored: bool,
    host: &dyn Host,
) -> ApiResult<()> {
    let refused: Vec<DocumentRefusal> = answer
        .refused
        .iter()
        .map(|refusal| DocumentRefusal { doc: refusal.doc, code: refusal.code.clone() })
        .collect();
    let received =
        answer.received.iter().map(|receipt| (receipt.doc, receipt.heads.to_vec())).collect();
    let decisions = answer.commands.iter().map(|done| (done.key, done.decision.clone())).collect();
    device::settle(
        tx,
        &Settlement {
            number: answer.number,
            executed_at: answer.executed_at,
            received,
            refused: refused.clone(),
            hq_was_restored,
            decisions,
        },
    )?;
    if !refused.is_empty() {
        // HQ may take the refused changes in after all, so what is written from now on must not
        // continue their actor's stream without them.
        session::required_epoch(tx)?.with_new_actor(host).store(tx)?;
    }
    for refusal in refused {
        tracing::warn!(code = refusal.code, "HQ refused the changes of a document");
        // What was written on top of the refused changes is written again on HQ's version.
        news::ask_in_full(tx, refusal.doc)?;
    }
    Ok(())
}
