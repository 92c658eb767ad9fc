//! HQ's ledger as the bench fills and reads it, through the store's own functions.

use doorstep_domain::{
    id::{OrgId, PersonId},
    org::{Bucket, Person, Role},
    time::UtcMs,
};
use doorstep_store::{
    ledger::{
        self,
        documents::{self, Accepted, Stored},
        feed::{self, Stream},
        people, rows,
    },
    open::{open_plain, open_reader},
    vault::Vault,
};
use doorstep_sync::Document;
use doorstep_tests::{device::PIN, story::offset_to_story_day};
use rusqlite::Connection;
use sha2::{Digest, Sha256};
use std::{collections::BTreeSet, path::Path};
use uuid::Uuid;

use crate::work::Record;

/// How many there are and what they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// Rows and documents.
    pub count: usize,
    /// Over each row's content and each document's heads.
    pub hash: String,
}

/// The ledger beside a running HQ.
pub fn open(hq: &Path) -> Connection {
    open_plain(&hq.join("ledger.sqlite"), &ledger::SCHEMA, UtcMs(0)).expect("a ledger").connection
}

/// Publishes records with their rows, in one transaction.
pub fn publish(conn: &mut Connection, records: &[Record]) {
    let tx = conn.transaction().expect("free");
    for record in records {
        for row in &record.rows {
            rows::put(&tx, row.kind, row.id, &record.buckets, &row.body).expect("a row");
        }
        put_document(&tx, record.id, record, &record.buckets);
    }
    tx.commit().expect("durable");
}

/// Publishes `count` documents of these records under identities of their own, numbered from
/// `first` on, into one bucket; no rows.
pub fn publish_copies(
    conn: &mut Connection,
    records: &[Record],
    bucket: &str,
    first: u64,
    count: u64,
) {
    const A_TRANSACTION: u64 = 20_000;
    let buckets = BTreeSet::from([Bucket(bucket.to_owned())]);
    for piece in (first..first + count).step_by(usize::try_from(A_TRANSACTION).unwrap_or(1)) {
        let tx = conn.transaction().expect("free");
        for number in piece..(piece + A_TRANSACTION).min(first + count) {
            let record = &records[usize::try_from(number).unwrap_or(0) % records.len()];
            // In the order of numbers, as identities made by tablets are.
            let id = Uuid::from_u64_pair(0x0198_0000_0000_7000 + (number << 16), number);
            put_document(&tx, id, record, &buckets);
        }
        tx.commit().expect("durable");
    }
}

fn put_document(conn: &Connection, id: Uuid, record: &Record, buckets: &BTreeSet<Bucket>) {
    let after = Stored {
        kind: record.kind,
        snapshot: record.snapshot.clone(),
        heads: record.heads.clone(),
        view: record.view.clone(),
    };
    let accepted = Accepted { after: &after, changes: &record.change, origin: None };
    documents::put(conn, id, &accepted, buckets).expect("a document");
}

/// One more note on each of these documents, as if another device had sent it.
pub fn change(conn: &mut Connection, records: &[&Record], text: &str) {
    use doorstep_domain::facts::{FactView, FieldEdit};
    let tx = conn.transaction().expect("free");
    for record in records {
        let held = documents::get(&tx, record.id).expect("readable").expect("there");
        let mut document = Document::open(held.kind, record.id, &held.snapshot, []).expect("ours");
        document.write_as(*record.id.as_bytes());
        let edits = [FieldEdit::new("notes", "hq", text)];
        let (mut document, changes) = document.edit(&edits, "hq", UtcMs(0)).expect("an edit");
        let view: FactView = document.view().expect("ours");
        let after = Stored {
            kind: held.kind,
            snapshot: document.save(),
            heads: document.heads().0,
            view: serde_json::to_string(&view).expect("JSON"),
        };
        let accepted = Accepted { after: &after, changes: &changes, origin: None };
        documents::put(&tx, record.id, &accepted, &record.buckets).expect("stored");
    }
    tx.commit().expect("durable");
}

/// What HQ holds in these buckets.
pub fn held_by_hq(conn: &Connection, buckets: &BTreeSet<Bucket>) -> Held {
    let list: Vec<String> = buckets.iter().map(|bucket| format!("'{}'", bucket.0)).collect();
    let seen = format!("gone = 0 AND bucket IN ({})", list.join(", "));
    digest(
        conn,
        &format!(
            "SELECT kind, id, CAST(version AS TEXT) || body FROM hq_row AS held
             WHERE kind <> 'bundle' AND EXISTS (SELECT 1 FROM feed INDEXED BY feed_by_item WHERE feed.id = held.id
             AND feed.stream = 'row' AND feed.kind = held.kind AND {seen}) ORDER BY kind, id"
        ),
        &format!(
            "SELECT kind, id, hex(heads) FROM doc AS held WHERE EXISTS (SELECT 1 FROM feed
             INDEXED BY feed_by_item WHERE feed.id = held.id AND feed.stream = 'doc' AND feed.kind = held.kind AND {seen})
             ORDER BY kind, id"
        ),
    )
}

/// A connection to a tablet's store that can only read.
pub fn open_tablet(profile: &Path) -> Connection {
    let now = UtcMs(offset_to_story_day());
    let key = Vault::in_folder(profile).unlock(PIN, None, now).expect("the PIN is right");
    open_reader(&profile.join("doorstep.db"), Some(&key)).expect("its store")
}

/// What a tablet holds.
pub fn held_by_tablet(profile: &Path) -> Held {
    digest(
        &open_tablet(profile),
        "SELECT kind, id, CAST(version AS TEXT) || body FROM hq_row ORDER BY kind, id",
        "SELECT kind, id, hex(heads) FROM doc ORDER BY kind, id",
    )
}

fn digest(conn: &Connection, rows: &str, documents: &str) -> Held {
    let (mut count, mut hash) = (0, Sha256::new());
    for sql in [rows, documents] {
        let mut statement = conn.prepare(sql).expect("SQL");
        let mut found = statement.query([]).expect("rows");
        while let Some(row) = found.next().expect("a row") {
            let (kind, id, what): (String, Vec<u8>, String) =
                (row.get(0).expect("kind"), row.get(1).expect("id"), row.get(2).expect("text"));
            hash.update(kind);
            hash.update(id);
            hash.update(what);
            count += 1;
        }
    }
    Held { count, hash: hex::encode(hash.finalize()) }
}

/// Enrols devices of persons by writing their keys.
pub fn enrol(conn: &mut Connection, devices: &[(PersonId, (Uuid, String))]) {
    let tx = conn.transaction().expect("free");
    for (person, (id, public_key)) in devices {
        let device = people::Device {
            id: doorstep_domain::id::DeviceId(*id),
            person: *person,
            public_key: public_key.clone(),
            name: "bench".to_owned(),
            revoked_at: None,
            last_seen: None,
        };
        people::add_device(&tx, &device, UtcMs(0)).expect("a new device");
    }
    tx.commit().expect("durable");
}

/// Engineers of a unit, each with documents to see besides whoever sees them already.
pub fn engage(conn: &mut Connection, org: OrgId, crew: &[(PersonId, Vec<Uuid>)]) {
    let tx = conn.transaction().expect("free");
    for (id, seen) in crew {
        let (name, role) = ("台架".to_owned(), Role::Engineer);
        let person = Person { id: *id, org, name, role, certificates: Vec::new(), left_on: None };
        people::put_person(&tx, &person).expect("a person");
        for doc in seen {
            let (kind, _) = documents::standing(&tx, *doc).expect("readable").expect("there");
            let mut buckets =
                feed::buckets_of(&tx, Stream::Doc, kind.name(), *doc).expect("readable");
            buckets.insert(Bucket::person(*id));
            documents::publish(&tx, kind, *doc, &buckets).expect("published");
        }
    }
    tx.commit().expect("durable");
}

/// How many changes of devices HQ has stored after this stamp.
pub fn changes_after(conn: &Connection, stamp: u64) -> usize {
    conn.query_row(
        "SELECT count(*) FROM doc_change WHERE stamp > ?1 AND device IS NOT NULL",
        [stamp],
        |row| row.get(0),
    )
    .expect("a number")
}

/// The newest stamp of the feed.
pub fn last_stamp(conn: &Connection) -> u64 {
    ledger::feed::last_stamp(conn).expect("a number")
}
