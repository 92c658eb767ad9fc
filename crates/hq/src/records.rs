//! Authoritative rows: their kinds, the buckets each belongs to, and the documents beside them.

use std::collections::BTreeSet;

use doorstep_domain::{
    asset::Asset,
    card::WarrantyCard,
    customer::{Customer, digits_of},
    facts::DocKind,
    id::{DeviceId, OrgId, PersonId},
    org::Bucket,
    site::Site,
    time::UtcMs,
    work_order::WorkOrder,
};
use doorstep_store::{
    error::{Result, StoreError},
    ledger::{
        customers,
        documents::{self, Accepted, Stored},
        feed::{self, Stream},
        rows, settings,
    },
};
use doorstep_sync::Document;
use rusqlite::Connection;
use serde::{Serialize, de::DeserializeOwned};
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// The kinds of row, as they travel.
pub mod kind {
    /// `domain::visit::Visit`.
    pub const VISIT: &str = "visit";
    /// `domain::work_order::WorkOrder`.
    pub const WORK_ORDER: &str = "work_order";
    /// `domain::customer::Customer`.
    pub const CUSTOMER: &str = "customer";
    /// `domain::site::Site`.
    pub const SITE: &str = "site";
    /// `domain::asset::Asset`.
    pub const ASSET: &str = "asset";
    /// `domain::card::WarrantyCard`.
    pub const CARD: &str = "card";
    /// `{card, text, kid}`: the text of a final card's QR.
    pub const CARD_CODE: &str = "card_code";
    /// `domain::combined_order::CombinedOrder`.
    pub const ORDER: &str = "order";
    /// `domain::task::Task`.
    pub const TASK: &str = "task";
    /// `domain::conflict::Conflict`.
    pub const CONFLICT: &str = "conflict";
    /// `domain::quarantine::Quarantined`.
    pub const QUARANTINE: &str = "quarantine";
    /// `domain::payment::Payment`.
    pub const PAYMENT: &str = "payment";
    /// `domain::lead::Lead`.
    pub const LEAD: &str = "lead";
    /// `domain::loaner::Loan`.
    pub const LOAN: &str = "loan";
    /// `domain::org::Person`, for colleagues.
    pub const PERSON: &str = "person";
    /// `domain::org::OrgUnit`.
    pub const ORG_UNIT: &str = "org_unit";
    /// `{kid, store, secret}`: the key with which a store signs provisional cards.
    pub const STORE_KEY: &str = "store_key";
    /// `{kind, version, valid, signed}`: a signed reference bundle.
    pub const BUNDLE: &str = "bundle";
    /// `domain::lease::Pool`.
    pub const POOL: &str = "pool";
    /// `domain::lease::Lease`, while it is held.
    pub const LEASE: &str = "lease";
    /// `{hash, subject, kind, label, mime, bytes, received_at}`: a photo or paper HQ holds.
    pub const MEDIA: &str = "media";
}

/// Setting: the actor under which HQ creates documents, 32 hex digits.
const ACTOR: &str = "actor";

/// An identity derived from what it stands for, the same each time (UUID version 8, RFC 9562 §5.8).
pub fn derived_id(parts: &[&str]) -> Uuid {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    let digest: [u8; 32] = hash.finalize().into();
    let mut bytes = [0; 16];
    for (to, from) in bytes.iter_mut().zip(digest) {
        *to = from;
    }
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

/// Writes a record as a row into exactly these buckets.
pub fn put<T: Serialize>(
    conn: &Connection,
    kind: &str,
    id: Uuid,
    buckets: &BTreeSet<Bucket>,
    record: &T,
) -> Result<()> {
    let body = serde_json::to_string(record)
        .map_err(|error| StoreError::Unreadable { what: "record", detail: error.to_string() })?;
    rows::put(conn, kind, id, buckets, &body)?;
    Ok(())
}

/// Writes a changed record into the buckets its row has already.
pub fn update<T: Serialize>(conn: &Connection, kind: &str, id: Uuid, record: &T) -> Result<()> {
    let buckets = feed::buckets_of(conn, Stream::Row, kind, id)?;
    put(conn, kind, id, &buckets, record)
}

/// One record.
pub fn load<T: DeserializeOwned>(conn: &Connection, kind: &str, id: Uuid) -> Result<Option<T>> {
    rows::record(conn, kind, id)
}

/// A store and some of its people.
pub fn store_and(store: OrgId, people: impl IntoIterator<Item = PersonId>) -> BTreeSet<Bucket> {
    people.into_iter().map(Bucket::person).chain([Bucket::store(store)]).collect()
}

/// Writes a work order with its document, for its store and the given people.
pub fn put_work_order(
    conn: &Connection,
    order: &WorkOrder,
    people: &BTreeSet<PersonId>,
    at: UtcMs,
) -> Result<()> {
    let mut buckets = feed::buckets_of(conn, Stream::Row, kind::WORK_ORDER, order.id.0)?;
    buckets.extend(store_and(order.store, people.iter().copied()));
    put(conn, kind::WORK_ORDER, order.id.0, &buckets, order)?;
    ensure_document(conn, DocKind::WorkOrder, order.id.0, &buckets, at)
}

/// Writes a machine with its document. Machines lie with the cards: an engineer may meet any of
/// the store's.
pub fn put_asset(conn: &Connection, asset: &Asset, store: OrgId, at: UtcMs) -> Result<()> {
    let mut buckets = feed::buckets_of(conn, Stream::Row, kind::ASSET, asset.id.0)?;
    buckets.insert(Bucket::cards(store));
    put(conn, kind::ASSET, asset.id.0, &buckets, asset)?;
    ensure_document(conn, DocKind::Asset, asset.id.0, &buckets, at)
}

/// Writes a warranty card with its document.
pub fn put_card(conn: &Connection, card: &WarrantyCard, at: UtcMs) -> Result<()> {
    let mut buckets = feed::buckets_of(conn, Stream::Row, kind::CARD, card.id.0)?;
    buckets.insert(Bucket::cards(card.store));
    put(conn, kind::CARD, card.id.0, &buckets, card)?;
    ensure_document(conn, DocKind::Card, card.id.0, &buckets, at)
}

/// Writes a customer, to be found again by any of the phone numbers.
pub fn put_customer(conn: &Connection, customer: &Customer) -> Result<()> {
    let phones: Vec<String> = customer.phones.iter().map(|phone| digits_of(phone)).collect();
    customers::set_phones(conn, customer.store, customer.id, &phones)?;
    let buckets = BTreeSet::from([Bucket::store(customer.store)]);
    put(conn, kind::CUSTOMER, customer.id.0, &buckets, customer)
}

/// Writes a household.
pub fn put_site(conn: &Connection, site: &Site, store: OrgId) -> Result<()> {
    put(conn, kind::SITE, site.id.0, &BTreeSet::from([Bucket::store(store)]), site)
}

/// Creates the document of a record if there is none. HQ does it before any device can: two devices
/// that each created it would each make its sections, and one half would be lost.
fn ensure_document(
    conn: &Connection,
    kind: DocKind,
    id: Uuid,
    buckets: &BTreeSet<Bucket>,
    at: UtcMs,
) -> Result<()> {
    if documents::get(conn, id)?.is_some() {
        return documents::publish(conn, kind, id, buckets);
    }
    let unreadable = |detail: String| StoreError::Unreadable { what: "new document", detail };
    let (mut document, changes) = Document::create(kind, id, actor(conn)?, "hq", at)
        .map_err(|error| unreadable(error.to_string()))?;
    let view = document.view().map_err(|error| unreadable(error.to_string()))?;
    let after = Stored {
        kind,
        snapshot: document.save(),
        heads: document.heads().0,
        view: serde_json::to_string(&view).map_err(|error| unreadable(error.to_string()))?,
    };
    let accepted = Accepted { after: &after, changes: &changes, origin: None };
    documents::put(conn, id, &accepted, buckets)?;
    Ok(())
}

/// HQ writes each document at most once, as its first change, so one actor serves for all.
fn actor(conn: &Connection) -> Result<[u8; 16]> {
    let text = match settings::get(conn, ACTOR)? {
        Some(text) => text,
        None => {
            let life = settings::get(conn, "generation")?.unwrap_or_default();
            let text = derived_id(&["actor", &life]).simple().to_string();
            settings::put(conn, ACTOR, &text)?;
            text
        }
    };
    let mut actor = [0; 16];
    hex::decode_to_slice(&text, &mut actor)
        .map_err(|error| StoreError::Unreadable { what: "actor", detail: error.to_string() })?;
    documents::claim_actor(conn, &actor, DeviceId(Uuid::nil()))?;
    Ok(actor)
}
