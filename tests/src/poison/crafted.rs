//! Changes that are sound for automerge and that no honest device writes: each would do harm in its
//! own way if it were taken.

use automerge::{
    ActorId, AutoCommit, Change, ExpandedChange, ObjType, ROOT, ReadDoc, ScalarValue,
    legacy::OpType, transaction::Transactable,
};
use std::num::NonZeroU64;

use super::{
    Seed,
    chunk::{opened, sealed},
};
use crate::dice::leb128;

/// Who writes them.
const ACTOR: [u8; 16] = [0xee; 16];

/// Named hostile changes on a seed's document.
pub fn crafted(seed: &Seed) -> Vec<(&'static str, Vec<u8>)> {
    let mut all = vec![
        (
            "a map inside a section",
            written(seed, |d, notes| drop(d.put_object(notes, "x", ObjType::Map))),
        ),
        (
            "a list inside a section",
            written(seed, |d, notes| drop(d.put_object(notes, "x", ObjType::List))),
        ),
        ("a text object", written(seed, |d, notes| drop(d.put_object(notes, "x", ObjType::Text)))),
        ("a counter", written(seed, |d, notes| drop(d.put(notes, "x", ScalarValue::counter(1))))),
        ("a fraction", written(seed, |d, notes| drop(d.put(notes, "x", 0.5)))),
        ("bytes", written(seed, |d, notes| drop(d.put(notes, "x", vec![0u8; 64])))),
        ("a time", written(seed, |d, notes| drop(d.put(notes, "x", ScalarValue::Timestamp(1))))),
        ("a new section", written(seed, |d, _| drop(d.put_object(ROOT, "prices", ObjType::Map)))),
        (
            "a section made anew",
            written(seed, |d, _| drop(d.put_object(ROOT, "notes", ObjType::Map))),
        ),
        ("a section taken away", written(seed, |d, _| drop(d.delete(ROOT, "notes")))),
        ("a scalar beside the sections", written(seed, |d, _| drop(d.put(ROOT, "state", "done")))),
        (
            "another identity",
            written(seed, |d, _| {
                let about = section(d, "about");
                drop(d.put(&about, "id", "00000000-0000-0000-0000-000000000000"));
            }),
        ),
        (
            "a field of another role",
            written(seed, |d, _| {
                let (name, key) = forbidden(seed);
                let section = section(d, name);
                drop(d.put(&section, key, "ok"));
            }),
        ),
        (
            "a key of 10,000 letters",
            written(seed, |d, notes| drop(d.put(notes, "k".repeat(10_000), 1))),
        ),
        ("an empty key", written(seed, |d, notes| drop(d.put(notes, "", 1)))),
    ];
    let honest = written(seed, |d, notes| drop(d.put(notes, "x", "y")));
    for (name, first) in [
        ("counting on from 4,000 million", u64::from(u32::MAX) - 1),
        ("counting on from a million", 1_000_000),
    ] {
        all.push((
            name,
            altered(&honest, |change| change.start_op = NonZeroU64::new(first).expect("not 0")),
        ));
    }
    all.push((
        "the sequence number 4,294,967,297",
        altered(&honest, |change| change.seq = (1 << 32) + 1),
    ));
    all.push(("a change without operations", altered(&honest, |change| change.operations.clear())));
    all.push(("a hidden map behind a scalar", hidden_map(seed)));
    all.push(("an overwritten field of another role", takes_another_away(seed)));
    all.push(("ten thousand million operations in a few bytes", many_rows(&honest)));
    all.push(("a deflated change of 3 MB", deflated(seed)));
    all.push(("something behind the change", [&honest[..], b"DSC"].concat()));
    all.push(("two changes in one", [&honest[..], &honest[..]].concat()));
    all
}

/// A section of every kind that no engineer may write.
fn forbidden(seed: &Seed) -> (&'static str, &'static str) {
    match seed.kind {
        doorstep_domain::facts::DocKind::WorkOrder => ("review", "p1"),
        _ => ("about", "kind"),
    }
}

fn load(seed: &Seed) -> AutoCommit {
    AutoCommit::load(&seed.base).expect("a seed").with_actor(ActorId::from(ACTOR.to_vec()))
}

fn section(document: &AutoCommit, name: &str) -> automerge::ObjId {
    let found = document.get(ROOT, name).expect("readable").expect("a section");
    found.1
}

/// The change that automerge writes for this.
fn written(seed: &Seed, write: impl FnOnce(&mut AutoCommit, &automerge::ObjId)) -> Vec<u8> {
    let mut document = load(seed);
    let notes = section(&document, "notes");
    write(&mut document, &notes);
    document.commit();
    document.get_last_local_change().map_or_else(Vec::new, |change| change.raw_bytes().to_vec())
}

fn altered(change: &[u8], alter: impl FnOnce(&mut ExpandedChange)) -> Vec<u8> {
    let mut expanded = Change::from_bytes(change.to_vec()).expect("a change").decode();
    alter(&mut expanded);
    expanded.hash = None;
    Change::from(expanded).raw_bytes().to_vec()
}

/// A map under a key that has a scalar already, counted so low that the scalar wins: nothing shows.
fn hidden_map(seed: &Seed) -> Vec<u8> {
    let map = written(seed, |d, _| {
        let (name, key) = forbidden(seed);
        let section = section(d, name);
        drop(d.put_object(&section, key, ObjType::Map));
    });
    altered(&map, |change| {
        change.start_op = NonZeroU64::MIN;
        for op in &mut change.operations {
            op.pred = Vec::new().into();
        }
    })
}

/// A note that claims to overwrite what stands in `about`.
fn takes_another_away(seed: &Seed) -> Vec<u8> {
    let about = written(seed, |d, _| {
        let about = section(d, "about");
        drop(d.put(&about, "id", "x"));
    });
    let victim = Change::from_bytes(about).expect("a change").decode().operations[0].pred.clone();
    let note = written(seed, |d, notes| drop(d.put(notes, "x", "y")));
    altered(&note, |change| {
        for op in &mut change.operations {
            if matches!(op.action, OpType::Put(_)) {
                op.pred = victim.clone();
            }
        }
    })
}

/// Every run of the columns made endless.
fn many_rows(honest: &[u8]) -> Vec<u8> {
    let (_, content) = opened(honest);
    let (header, columns) = split_columns(content);
    let many = leb128(10_000_000_000);
    let mut described = leb128(columns.len() as u64);
    let mut data = Vec::new();
    for (specification, bytes) in columns {
        // A run of one value has the length 1 (or 0x7f for one literal); boolean runs count alike.
        let long = match (specification & 0b111, bytes) {
            (7, raw) => raw.to_vec(),
            (4, _) => many.clone(),
            (_, run) => [&many[..], &run[1..]].concat(),
        };
        described.extend(leb128(specification));
        described.extend(leb128(long.len() as u64));
        data.extend(long);
    }
    sealed(1, &[header, &described, &data].concat())
}

/// The header of a change's content, and its columns with their specifications.
fn split_columns(content: &[u8]) -> (&[u8], Vec<(u64, &[u8])>) {
    let mut at = 0;
    let number = |at: &mut usize| {
        let (mut value, mut shift) = (0u64, 0);
        loop {
            let byte = content[*at];
            *at += 1;
            value |= u64::from(byte & 0x7f) << shift;
            shift += 7;
            if byte & 0x80 == 0 {
                return usize::try_from(value).expect("small");
            }
        }
    };
    at += number(&mut at) * 32;
    at += number(&mut at);
    for _ in 0..3 {
        number(&mut at);
    }
    at += number(&mut at);
    for _ in 0..number(&mut at) {
        at += number(&mut at);
    }
    let header = at;
    let described: Vec<(u64, usize)> =
        (0..number(&mut at)).map(|_| (number(&mut at) as u64, number(&mut at))).collect();
    let mut columns = Vec::new();
    for (specification, length) in described {
        columns.push((specification, &content[at..at + length]));
        at += length;
    }
    (&content[..header], columns)
}

/// A long text, deflated to a thousandth.
fn deflated(seed: &Seed) -> Vec<u8> {
    let mut document = load(seed);
    let notes = section(&document, "notes");
    document.put(&notes, "x", "一".repeat(1 << 20)).expect("a note");
    document.commit();
    let mut change = document.get_last_local_change().expect("a change");
    change.bytes().into_owned()
}
