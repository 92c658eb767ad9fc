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
use doorstep_store::ledger::{
    chain::{self, Link},
    documents,
    feed::{self, News, NewsPage, PageRequest, Stream},
    people,
};
use doorstep_sync::{
    client::BATCH_ITEMS,
    server::{Chain, Verdict, judge},
    wire::{
        BatchOutcome, Cursor, FeedItem, Greeting, MESSAGE_LIMIT, PROTOCOL, Page, SyncRequest,
        SyncResponse, WANT_LIMIT, encode, pack, unpack,
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
    execute::{Desk, execute},
    home::{Home, oldest_protocol},
    keys,
};

/// The most items and bytes of one page.
pub(super) const PAGE_ITEMS: usize = 1_000;
const PAGE_BYTES: usize = 2 * 1024 * 1024;

pub(super) async fn sync(State(hq): State<Arc<Hq>>, request: Request) -> Result<Response, Refused> {
    let (parts, body) = request.into_parts();
    let body = read_body(body, MESSAGE_LIMIT).await?;
    let claimed = Claimed::of(&parts, &body)?;
    let now = hq.now();
    let answer = hq
        .on_ledger(move |hq, conn| {
            let caller = claimed.verify(conn, now)?;
            let request = read(&body, oldest_protocol(conn)?)?;
            Ok(pack(&exchange(hq, conn, &caller, &request, now)?)?)
        })
        .await?;
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

fn exchange(
    hq: &Hq,
    conn: &mut Connection,
    caller: &Caller,
    request: &SyncRequest,
    now: UtcMs,
) -> Result<SyncResponse, Refused> {
    let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let outcome = match &request.batch {
        None => BatchOutcome::Nothing,
        Some(sealed) => take_batch(hq, &tx, caller, request, sealed, now)?,
    };
    people::saw_device(&tx, caller.device, now)?;
    if planted(Bug::AnswerWithoutCommit) {
        tx.rollback()?;
    } else {
        tx.commit()?;
    }

    // Read after the commit, so that the page holds what the batch just caused.
    let tx = conn.transaction()?;
    let known_batch = match &outcome {
        BatchOutcome::Forked => {
            Some(chain::last(&tx, caller.device, request.epoch)?.map_or(0, |link| link.number))
        }
        _ => None,
    };
    let keys = newer_keys(&tx, request)?;
    let place = Place::of(&tx, caller, request)?;
    let life = (!place.known).then(|| Home::life(&tx)).transpose()?;
    let asks_nothing_else = request.batch.is_none() && request.want.is_empty();
    let mending = place.known && asks_nothing_else && !request.compare.is_empty();
    let page = if mending {
        held::mend(&tx, caller, request)?
    } else {
        page_for(hq, &tx, caller, request, &outcome, &place)?
    };
    let held = held::differing(&tx, caller, request, &page)?.filter(|_| place.known && !mending);
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
    let held = keys::list(conn)?;
    Ok((held.version > request.key_list).then(|| keys::signed_list(conn)).transpose()?)
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

fn take_batch(
    hq: &Hq,
    tx: &Connection,
    caller: &Caller,
    request: &SyncRequest,
    sealed: &[u8],
    now: UtcMs,
) -> Result<BatchOutcome, Refused> {
    let link = chain::last(tx, caller.device, request.epoch)?;
    let state = link.map_or_else(Chain::default, |link| Chain {
        number: link.number,
        hash: ByteArray::new(link.hash),
        answer: link.answer,
    });
    match judge(&state, sealed)? {
        Verdict::Repeat => Ok(BatchOutcome::Answered(ByteBuf::from(state.answer))),
        Verdict::Forked => {
            tracing::info!(device = %caller.device, "a chain forked");
            Ok(BatchOutcome::Forked)
        }
        Verdict::Execute(batch, hash) => {
            if batch.pushes.len().saturating_add(batch.commands.len()) > 4 * BATCH_ITEMS {
                return Err(Refused::too_large());
            }
            let desk = Desk {
                conn: tx,
                home: &hq.home,
                scratch: &hq.scratch,
                shelf: &hq.shelf,
                caller,
                epoch: request.epoch,
                now,
            };
            let answer = encode(&execute(&desk, &batch, hash)?)?;
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
