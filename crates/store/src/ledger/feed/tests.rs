//! Documents that move behind the page a reader is at.

use doorstep_domain::time::UtcMs;

use super::*;
use crate::{
    ledger::{
        SCHEMA,
        documents::{Accepted, Stored},
    },
    open::open_plain,
};

fn write(conn: &Connection, id: u128, whole: &[u8], change: &[u8]) {
    let after = Stored {
        kind: DocKind::Asset,
        snapshot: whole.to_vec(),
        heads: Vec::new(),
        view: String::new(),
    };
    let accepted = Accepted { after: &after, changes: change, origin: None };
    let buckets = BTreeSet::from([Bucket::all()]);
    documents::put(conn, Uuid::from_u128(id), &accepted, &buckets).unwrap();
}

fn read(conn: &Connection, docs: u64, held: u64) -> NewsPage {
    let buckets = BTreeSet::from([Bucket::all()]);
    let (rows, items, bytes) = (0, 1, 1 << 20);
    page(conn, &PageRequest { buckets, rows, docs, held, items, bytes, own: None }).unwrap()
}

fn bytes_of(page: &NewsPage) -> &[u8] {
    match page.items.as_slice() {
        [News::Doc { bytes, .. }] => bytes,
        other => panic!("one document expected: {other:?}"),
    }
}

#[test]
fn a_document_that_moves_behind_the_page_being_read_comes_whole() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.sqlite");
    let conn = open_plain(&path, &SCHEMA, UtcMs(0)).unwrap().connection;
    write(&conn, 1, b"A", b"a");
    write(&conn, 2, b"B", b"b");
    // The first document moves behind the second before a new reader comes to it.
    write(&conn, 1, b"A2", b"a2");
    let first = read(&conn, 0, 0);
    assert_eq!((bytes_of(&first), first.more), (b"B".as_slice(), true));
    let second = read(&conn, first.docs, first.held);
    assert_eq!((bytes_of(&second), second.more), (b"A2".as_slice(), false));

    // A reader who was at the end misses neither change of a document that moves twice.
    write(&conn, 1, b"A3", b"a3");
    write(&conn, 2, b"B2", b"b2");
    let third = read(&conn, second.docs, second.held);
    assert_eq!((bytes_of(&third), third.more), (b"a3".as_slice(), true));
    write(&conn, 2, b"B3", b"b3");
    let fourth = read(&conn, third.docs, third.held);
    assert_eq!((bytes_of(&fourth), fourth.more), (b"b2b3".as_slice(), false));
}
