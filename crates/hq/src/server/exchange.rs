//! `POST /v1/sync`: one exchange of a device with HQ.

use std::sync::Arc;

use axum::{
    body::Body,
    extract::{Request, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use doorstep_domain::{
    facts::DocKind,
    planted::{Bug, planted},
    time::UtcMs,
    trust::Signed,
};
use doorstep_store::{
    error::StoreError,
    ledger::{
        chain::{self, Link},
        documents,
        feed::{self, News, NewsPage, PageRequest, Stream},
        people,
    },
};
use doorstep_sync::{
    client::BATCH_ITEMS,
    server::{Chain, Verdict, judge},
    short_row::shorten,
    wire::{
        Batch, BatchOutcome, Cursor, FeedItem, Greeting, MESSAGE_LIMIT, PROTOCOL, Page,
        SyncRequest, SyncResponse, WANT_LIMIT, encode, pack, unpack,
    },
};
use rusqlite::{Connection, TransactionBehavior};
use serde_bytes::{ByteArray, ByteBuf};

use super::{
    Hq, held,
    refusal::Refused,
    verify::{Claimed, read_body},
};
use crate::{
    access::Caller,
    execute::{
        Desk, execute,
        facts::{Trial, TriedAhead},
    },
    home::{Home, oldest_protocol},
    keys,
};

/// The most items of one page.
pub(super) const PAGE_ITEMS: usize = 5_000;
/// A page ends after so many bytes, as they will be on the line.
const PAGE_BYTES: usize = 2 * 1024 * 1024;
/// How often HQ notes that it hears of a device that brings nothing.
const SEEN_EVERY_MS: i64 = UtcMs::MINUTE;

pub(super) async fn sync(State(hq): State<Arc<Hq>>, request: Request) -> Result<Response, Refused> {
    let (parts, body) = request.into_parts();
    let body = read_body(body, MESSAGE_LIMIT).await?;
    let claimed = Claimed::of(&parts, &body)?;
    let now = hq.now();
    let answer = hq.blocking(move |hq| exchange(hq, &claimed, &body, now)).await?;
    let kind = [(header::CONTENT_TYPE, "application/octet-stream")];
    Ok((StatusCode::OK, kind, Body::from(answer)).into_response())
}

/// A request that HQ understands; the protocol is told apart even where the rest cannot be read.
fn read(body: &[u8], oldest: u16) -> Result<SyncRequest, Refused> {
    let request = unpack::<SyncRequest>(body);
    let greeting = || unpack::<Greeting>(body).map_or(PROTOCOL, |greeting| greeting.protocol);
    let protocol = request.as_ref().map_or_else(|_| greeting(), |request| request.protocol);
    let speaks = format!("HQ answers {oldest} to {PROTOCOL}");
    if protocol > PROTOCOL {
        return Err(Refused::bad_request("protocol_newer", speaks));
    }
    if protocol < oldest {
        return Err(Refused::bad_request("protocol_older", speaks));
    }
    Ok(request?)
}

/// Takes in what the device brings, then reads what it lacks. Only the first needs the ledger for
/// itself; a device that brings nothing is answered at once.
fn exchange(hq: &Hq, claimed: &Claimed, body: &[u8], now: UtcMs) -> Result<Vec<u8>, Refused> {
    let (request, answer) = hq.read(|conn| {
        let caller = claimed.verify(conn, now)?;
        let request = read(body, oldest_protocol(conn)?)?;
        let last = people::device(conn, caller.device)?.and_then(|device| device.last_seen);
        let seen = last.is_some_and(|last| now.0 - last.0 < SEEN_EVERY_MS);
        let answer = (seen && request.batch.is_none())
            .then(|| respond(hq, conn, &caller, &request, BatchOutcome::Nothing, now))
            .transpose()?;
        Ok((request, answer))
    })?;
    if let Some(answer) = answer {
        return Ok(pack(&answer)?);
    }
    let outcome = match &request.batch {
        Some(sealed) => take_batch(hq, claimed, &request, sealed, now)?,
        None => hq.write(|conn| {
            let caller = claimed.caller(conn, now)?;
            people::saw_device(conn, caller.device, now)?;
            Ok::<_, Refused>(BatchOutcome::Nothing)
        })?,
    };
    // Read after the commit, so that the page holds what the batch just caused.
    let answer =
        hq.read(|conn| respond(hq, conn, &claimed.caller(conn, now)?, &request, outcome, now))?;
    Ok(pack(&answer)?)
}

fn respond(
    hq: &Hq,
    conn: &Connection,
    caller: &Caller,
    request: &SyncRequest,
    outcome: BatchOutcome,
    now: UtcMs,
) -> Result<SyncResponse, Refused> {
    let known_batch = match &outcome {
        BatchOutcome::Forked => {
            Some(chain::last(conn, caller.device, request.epoch)?.map_or(0, |link| link.number))
        }
        _ => None,
    };
    let keys = newer_keys(conn, request)?;
    let place = Place::of(conn, caller, request)?;
    let life = (!place.known).then(|| Home::life(conn)).transpose()?;
    let asks_nothing_else = request.batch.is_none() && request.want.is_empty();
    let mending = place.known && asks_nothing_else && !request.compare.is_empty();
    let page = if mending {
        held::mend(conn, caller, request)?
    } else {
        page_for(hq, conn, caller, request, &outcome, &place)?
    };
    let page = if request.short_rows { with_short_rows(page) } else { page };
    let held = held::differing(conn, caller, request, &page)?.filter(|_| place.known && !mending);
    Ok(SyncResponse {
        protocol: PROTOCOL,
        hq_time: now,
        outcome,
        page,
        keys,
        held,
        mending,
        life,
        known_batch,
    })
}

fn newer_keys(conn: &Connection, request: &SyncRequest) -> Result<Option<Signed>, Refused> {
    let newer = keys::list_version(conn)? > request.key_list;
    Ok(newer.then(|| keys::signed_list(conn)).transpose()?)
}

/// Where a device stands in its feed.
struct Place {
    /// The feed of its person in this life of the ledger.
    generation: u64,
    /// The cursor belongs to it. A cursor past its end does not: it was given out by a ledger that
    /// has since been replaced by a backup of itself.
    known: bool,
}

impl Place {
    fn of(conn: &Connection, caller: &Caller, request: &SyncRequest) -> Result<Place, Refused> {
        let generation = caller.feed_generation(&Home::generation(conn)?);
        let (cursor, newest) = (request.cursor, feed::last_stamp(conn)?);
        let known =
            cursor.generation == generation && cursor.rows <= newest && cursor.docs <= newest;
        let known = known || planted(Bug::IgnoreGeneration);
        Ok(Place { generation, known })
    }
}

/// Judges a batch and executes it once. Its pushes are tried out before the ledger is locked for it.
fn take_batch(
    hq: &Hq,
    claimed: &Claimed,
    request: &SyncRequest,
    sealed: &[u8],
    now: UtcMs,
) -> Result<BatchOutcome, Refused> {
    let trial = hq.read(|conn| {
        let caller = claimed.caller(conn, now)?;
        match judge(&chain_of(conn, &caller, request)?, sealed)? {
            Verdict::Execute(batch, _) => {
                check_size(&batch)?;
                Ok(Trial::of(conn, &caller, &batch.pushes, now)?)
            }
            Verdict::Repeat | Verdict::Forked => Ok(Trial::default()),
        }
    })?;
    let ahead = trial.run(&hq.scratch);
    hq.write(|conn| {
        let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let caller = claimed.caller(&tx, now)?;
        let outcome = execute_once(hq, &tx, &caller, request, ahead, sealed, now)?;
        people::saw_device(&tx, caller.device, now)?;
        if planted(Bug::AnswerWithoutCommit) {
            tx.rollback()?;
        } else {
            tx.commit()?;
        }
        Ok(outcome)
    })
}

fn chain_of(
    conn: &Connection,
    caller: &Caller,
    request: &SyncRequest,
) -> Result<Chain, StoreError> {
    let link = chain::last(conn, caller.device, request.epoch)?;
    Ok(link.map_or_else(Chain::default, |link| Chain {
        number: link.number,
        hash: ByteArray::new(link.hash),
        answer: link.answer,
    }))
}

fn check_size(batch: &Batch) -> Result<(), Refused> {
    if batch.pushes.len().saturating_add(batch.commands.len()) > 4 * BATCH_ITEMS {
        return Err(Refused::too_large());
    }
    Ok(())
}

fn execute_once(
    hq: &Hq,
    tx: &Connection,
    caller: &Caller,
    request: &SyncRequest,
    ahead: TriedAhead,
    sealed: &[u8],
    now: UtcMs,
) -> Result<BatchOutcome, Refused> {
    let state = chain_of(tx, caller, request)?;
    match judge(&state, sealed)? {
        Verdict::Repeat => Ok(BatchOutcome::Answered(ByteBuf::from(state.answer))),
        Verdict::Forked => {
            tracing::info!(device = %caller.device, "a chain forked");
            Ok(BatchOutcome::Forked)
        }
        Verdict::Execute(batch, hash) => {
            check_size(&batch)?;
            let desk = Desk {
                conn: tx,
                home: &hq.home,
                scratch: &hq.scratch,
                shelf: &hq.shelf,
                caller,
                epoch: request.epoch,
                now,
            };
            let answer = encode(&execute(&desk, ahead, &batch, hash)?)?;
            let link = Link { number: batch.number, hash: *hash, answer };
            chain::extend(tx, caller.device, request.epoch, &link)?;
            Ok(BatchOutcome::Answered(ByteBuf::from(link.answer)))
        }
    }
}

/// The page after the device's cursor. A cursor of another feed counts as none. A device that just
/// showed that it stands on its chain holds all its own changes, so they are left out; one that sent
/// no batch may have been restored, and gets them again.
fn page_for(
    hq: &Hq,
    conn: &Connection,
    caller: &Caller,
    request: &SyncRequest,
    outcome: &BatchOutcome,
    &Place { generation, known }: &Place,
) -> Result<Page, Refused> {
    let stands = matches!(outcome, BatchOutcome::Answered(_)) || planted(Bug::LeaveOutOwn);
    let page = feed::page(
        conn,
        &PageRequest {
            buckets: caller.buckets.clone(),
            rows: if known { request.cursor.rows } else { 0 },
            docs: if known { request.cursor.docs } else { 0 },
            held: if known { request.cursor.held } else { 0 },
            items: hq.page_items,
            bytes: PAGE_BYTES,
            own: stands.then_some((caller.device, request.epoch)),
        },
    )?;
    let NewsPage { items, rows, docs, held, more } = page;
    let mut answered = wanted(conn, caller, request)?;
    answered.extend(items.into_iter().map(item));
    let items = answered;
    Ok(Page { items, next: Cursor { generation, rows, docs, held }, more })
}

/// Documents the device asked for in full, as far as HQ has them and the person may see them; one
/// left out tells the device that HQ has none.
fn wanted(
    conn: &Connection,
    caller: &Caller,
    request: &SyncRequest,
) -> Result<Vec<FeedItem>, Refused> {
    let mut items = Vec::new();
    for id in request.want.iter().take(WANT_LIMIT) {
        let Some(stored) = documents::get(conn, *id)? else { continue };
        let buckets = feed::buckets_of(conn, Stream::Doc, stored.kind.name(), *id)?;
        if buckets.is_disjoint(&caller.buckets) {
            continue;
        }
        items.push(FeedItem::Doc {
            id: *id,
            kind: stored.kind,
            bytes: ByteBuf::from(stored.snapshot),
            heads: ByteBuf::from(stored.heads),
        });
    }
    Ok(items)
}

fn with_short_rows(mut page: Page) -> Page {
    for item in &mut page.items {
        if let FeedItem::Row { id, body, .. } = item {
            *body = shorten(*id, std::mem::take(body));
        }
    }
    page
}

pub(super) fn item(news: News) -> FeedItem {
    match news {
        News::Row { kind, id, version, body } => FeedItem::Row { kind, id, version, body },
        News::Doc { kind, id, bytes, heads } => {
            let kind: DocKind = kind;
            FeedItem::Doc { id, kind, bytes: ByteBuf::from(bytes), heads: ByteBuf::from(heads) }
        }
        News::Gone { kind, id } => FeedItem::Gone { kind, id },
    }
}
