//! What a device holds beside what it should hold.

use std::collections::{BTreeMap, BTreeSet};

use doorstep_store::ledger::{
    feed::Stream,
    held::{self, Item},
};
use doorstep_sync::wire::{COMPARE_LIMIT, Page, SyncRequest};
use rusqlite::Connection;
use serde_bytes::ByteBuf;

use super::{
    exchange::{PAGE_ITEMS, item},
    refusal::Refused,
};
use crate::access::Caller;

/// HQ's sums, when the device has everything HQ has to tell, waits for no answer, and yet its
/// digest is another. Equal digests cost one look at each audience.
pub(super) fn differing(
    conn: &Connection,
    caller: &Caller,
    request: &SyncRequest,
    page: &Page,
) -> Result<Option<ByteBuf>, Refused> {
    let Some(digest) = request.digest.filter(|_| request.batch.is_none()) else { return Ok(None) };
    let at_the_end = page.items.is_empty() && !page.more;
    if !at_the_end || held::total(conn, &caller.buckets)?.to_be_bytes() == *digest {
        return Ok(None);
    }
    tracing::info!(device = %caller.device, "a device does not hold what it should");
    Ok(Some(ByteBuf::from(held::sums(conn, &caller.buckets)?.to_bytes())))
}

/// The page that puts a device right in the parts it listed; its cursor stays.
pub(super) fn mend(
    conn: &Connection,
    caller: &Caller,
    request: &SyncRequest,
) -> Result<Page, Refused> {
    let listed: Vec<_> = request.compare.iter().take(COMPARE_LIMIT).collect();
    let parts: BTreeSet<u8> = listed.iter().map(|held| held.part).collect();
    let theirs: BTreeMap<Item, [u8; 8]> = listed
        .into_iter()
        .flat_map(|held| &held.items)
        .map(|held| {
            let stream = if held.doc { Stream::Doc } else { Stream::Row };
            (Item { stream, kind: held.kind.clone(), id: held.id }, *held.mark)
        })
        .collect();
    let news = held::corrections(conn, &caller.buckets, &parts, &theirs, PAGE_ITEMS)?;
    tracing::info!(device = %caller.device, items = news.len(), "mending what a device holds");
    let items = news.into_iter().map(item).collect();
    Ok(Page { items, next: request.cursor, more: false })
}
