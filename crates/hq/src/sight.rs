//! What a crew sees because of a visit: the visit itself, customer, household, work orders with their
//! documents, the machines, filed orders, photos and papers.

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

/// One thing that a visit shows to its crew.
type Item = (Stream, String, Uuid);

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
pub(crate) fn leave(
    conn: &Connection,
    visit: &Visit,
    gone: &BTreeSet<PersonId>,
    now: UtcMs,
) -> Result<()> {
    let mut shown = Shown::default();
    for person in gone {
        for id in feed::rows_in(conn, &Bucket::person(*person), kind::VISIT)? {
            let other = records::load::<Visit>(conn, kind::VISIT, id)?;
            let Some(other) = other.filter(|other| other.id != visit.id) else { continue };
            shown.add(conn, &other, other.crew.iter().filter(|member| *member == person))?;
        }
    }
    shown.hide_the_rest_of(conn, visit, gone, now)
}

/// What some visits show to some people, and must go on showing.
#[derive(Default)]
pub(crate) struct Shown(BTreeSet<(Item, PersonId)>);

impl Shown {
    /// Adds what a visit shows to these people.
    pub(crate) fn add<'a>(
        &mut self,
        conn: &Connection,
        visit: &Visit,
        people: impl IntoIterator<Item = &'a PersonId>,
    ) -> Result<()> {
        let people: Vec<PersonId> = people.into_iter().copied().collect();
        if people.is_empty() {
            return Ok(());
        }
        for item in shown_by(conn, visit)? {
            self.0.extend(people.iter().map(|person| (item.clone(), *person)));
        }
        Ok(())
    }

    /// Takes from these people what the visit showed them and nothing else does, and remembers when
    /// they lost sight of its documents.
    pub(crate) fn hide_the_rest_of<'a>(
        &self,
        conn: &Connection,
        visit: &Visit,
        people: impl IntoIterator<Item = &'a PersonId> + Clone,
        now: UtcMs,
    ) -> Result<()> {
        for item in shown_by(conn, visit)? {
            let held = feed::buckets_of(conn, item.0, &item.1, item.2)?;
            let mut gone = BTreeSet::new();
            for person in people.clone() {
                let bucket = Bucket::person(*person);
                if self.0.contains(&(item.clone(), *person)) || !held.contains(&bucket) {
                    continue;
                }
                if item.0 == Stream::Doc {
                    documents::note_lost_sight(conn, *person, item.2, now)?;
                }
                gone.insert(bucket);
            }
            publish(conn, &item, &held, held.difference(&gone).cloned().collect())?;
        }
        Ok(())
    }
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
