//! What a crew sees because of a visit: the visit itself, customer, household, work orders with their
//! documents, the machines, filed orders, photos and papers.

use std::collections::BTreeSet;

use doorstep_domain::{
    facts::DocKind, id::PersonId, org::Bucket, visit::Visit, work_order::WorkOrder,
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

/// One thing that a visit shows to its crew.
pub(crate) type Item = (Stream, String, Uuid);

/// Writes a visit, and opens what its crew needs to see.
///
/// # Errors
/// Errors of the ledger.
pub fn put_visit(conn: &Connection, visit: &Visit) -> Result<()> {
    let buckets = records::store_and(visit.store, visit.crew.iter().copied());
    records::put(conn, kind::VISIT, visit.id.0, &buckets, visit)?;
    visits::set(conn, visit.id, &visit.work_orders)?;
    visits::crew_sees(conn, visit.id)?;
    let crew: BTreeSet<Bucket> = visit.crew.iter().copied().map(Bucket::person).collect();
    for item in shown_by(conn, visit)? {
        let held = feed::buckets_of(conn, item.0, &item.1, item.2)?;
        publish(conn, &item, &held, held.union(&crew).cloned().collect())?;
    }
    Ok(())
}

/// A visit changed its crew: whoever is no longer in it loses what only this visit showed.
///
/// # Errors
/// Errors of the ledger.
pub(crate) fn leave(conn: &Connection, visit: &Visit, gone: &BTreeSet<PersonId>) -> Result<()> {
    let mut still_shown: BTreeSet<(Item, PersonId)> = BTreeSet::new();
    for (id, _) in visits::with_crew(conn)? {
        let other = records::load::<Visit>(conn, kind::VISIT, id.0)?;
        let Some(other) = other.filter(|other| other.id != visit.id) else { continue };
        let both: Vec<PersonId> =
            other.crew.iter().copied().filter(|person| gone.contains(person)).collect();
        if both.is_empty() {
            continue;
        }
        for item in shown_by(conn, &other)? {
            still_shown.extend(both.iter().map(|person| (item.clone(), *person)));
        }
    }
    for item in shown_by(conn, visit)? {
        let leaves = |person: &&PersonId| !still_shown.contains(&(item.clone(), **person));
        let buckets = gone.iter().filter(leaves).map(|person| Bucket::person(*person)).collect();
        take_away(conn, &item, &buckets)?;
    }
    Ok(())
}

/// What a visit shows to its crew.
pub(crate) fn shown_by(conn: &Connection, visit: &Visit) -> Result<BTreeSet<Item>> {
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

/// Takes an item away from some buckets.
pub(crate) fn take_away(conn: &Connection, item: &Item, gone: &BTreeSet<Bucket>) -> Result<()> {
    let held = feed::buckets_of(conn, item.0, &item.1, item.2)?;
    publish(conn, item, &held, held.difference(gone).cloned().collect())
}

/// Publishes an item to other buckets than those that hold it; the same ones change nothing.
fn publish(
    conn: &Connection,
    (stream, kind, id): &Item,
    held: &BTreeSet<Bucket>,
    wanted: BTreeSet<Bucket>,
) -> Result<()> {
    if wanted == *held {
        return Ok(());
    }
    match stream {
        Stream::Row => {
            if let Some(row) = rows::get(conn, kind, *id)? {
                rows::put(conn, kind, *id, &wanted, &row.body)?;
            }
        }
        Stream::Doc => {
            if let Some(stored) = documents::get(conn, *id)? {
                documents::publish(conn, stored.kind, *id, &wanted)?;
            }
        }
    }
    Ok(())
}
