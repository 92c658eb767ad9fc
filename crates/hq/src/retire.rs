//! Finished work leaves the tablets of its crew: some days after a visit is over, what the crew saw
//! only for that visit goes from the crew's feed (customer, household, work order, machine's
//! document, order, photos). The store keeps it.
//!
//! Personal data is to be kept no longer than its purpose needs (Personal Information Protection
//! Law, article 19); the days left serve questions on the phone and uploads still on their way.

use std::collections::BTreeSet;

use doorstep_domain::{
    facts::DocKind, id::PersonId, org::Bucket, time::UtcMs, visit::Visit, work_order::WorkOrder,
};
use doorstep_store::{
    error::Result,
    ledger::{
        documents,
        feed::{self, Stream},
        orders, rows, uploads, visits,
    },
};
use rusqlite::Connection;
use uuid::Uuid;

use crate::records::{self, derived_id, kind};

/// How long the crew keeps the work after HQ saw that the visit is over: seven days.
pub const KEEP_MS: i64 = 7 * UtcMs::DAY;

/// One thing that a visit shows to its crew.
type Item = (Stream, String, Uuid);

/// Takes the work of visits long over away from their crews; returns how many visits.
///
/// # Errors
/// Errors of the ledger.
pub fn run(conn: &Connection, now: UtcMs) -> Result<usize> {
    let mut open = Vec::new();
    let mut done = Vec::new();
    for (id, over_since) in visits::with_crew(conn)? {
        let Some(visit) = records::load::<Visit>(conn, kind::VISIT, id.0)? else { continue };
        match over_since {
            Some(since) if now.0 >= since.plus_ms(KEEP_MS).0 => done.push(visit),
            None if visit.state.is_over() => {
                visits::note_over(conn, id, now)?;
                open.push(visit);
            }
            _ => open.push(visit),
        }
    }
    if done.is_empty() {
        return Ok(0);
    }
    let mut still_shown: BTreeSet<(Item, PersonId)> = BTreeSet::new();
    for visit in &open {
        for item in shown_by(conn, visit)? {
            still_shown.extend(visit.crew.iter().map(|person| (item.clone(), *person)));
        }
    }
    for visit in &done {
        for item in shown_by(conn, visit)? {
            let leaves = |person: &&PersonId| !still_shown.contains(&(item.clone(), **person));
            let gone: BTreeSet<Bucket> =
                visit.crew.iter().filter(leaves).map(|person| Bucket::person(*person)).collect();
            take_away(conn, &item, &gone)?;
        }
        visits::crew_has_left(conn, visit.id)?;
    }
    tracing::info!(visits = done.len(), "finished work left its crews");
    Ok(done.len())
}

/// What a visit shows to its crew.
fn shown_by(conn: &Connection, visit: &Visit) -> Result<BTreeSet<Item>> {
    let row = |kind: &str, id: Uuid| (Stream::Row, kind.to_owned(), id);
    let doc = |kind: DocKind, id: Uuid| (Stream::Doc, kind.name().to_owned(), id);
    let mut items = BTreeSet::from([
        row(kind::VISIT, visit.id.0),
        row(kind::CUSTOMER, visit.customer.0),
        row(kind::SITE, visit.site.0),
    ]);
    for id in &visit.work_orders {
        items.extend([row(kind::WORK_ORDER, id.0), doc(DocKind::WorkOrder, id.0)]);
        items.extend(orders::of_work_order(conn, *id)?.iter().map(|o| row(kind::ORDER, o.id.0)));
        let order: Option<WorkOrder> = records::load(conn, kind::WORK_ORDER, id.0)?;
        let assets: BTreeSet<Uuid> =
            order.iter().flat_map(|o| &o.legs).filter_map(|leg| Some(leg.asset?.0)).collect();
        for asset in &assets {
            items.extend([row(kind::ASSET, *asset), doc(DocKind::Asset, *asset)]);
        }
        for subject in assets.iter().chain([&id.0]) {
            for hash in uploads::received_for(conn, *subject)? {
                items.insert(row(kind::MEDIA, derived_id(&["media", &hash, &subject.to_string()])));
            }
        }
    }
    Ok(items)
}

fn take_away(conn: &Connection, (stream, kind, id): &Item, gone: &BTreeSet<Bucket>) -> Result<()> {
    let held = feed::buckets_of(conn, *stream, kind, *id)?;
    let left: BTreeSet<Bucket> = held.difference(gone).cloned().collect();
    if left == held {
        return Ok(());
    }
    match stream {
        Stream::Row => {
            if let Some(row) = rows::get(conn, kind, *id)? {
                rows::put(conn, kind, *id, &left, &row.body)?;
            }
        }
        Stream::Doc => {
            if let Some(stored) = documents::get(conn, *id)? {
                documents::publish(conn, stored.kind, *id, &left)?;
            }
        }
    }
    Ok(())
}
