//! How a record's document is written: thirty edits by three people, two of whom write at the same
//! time.

use doorstep_domain::{
    facts::{DocKind, FieldEdit, Scalar},
    org::Bucket,
    time::UtcMs,
};
use doorstep_sync::{Document, document::Actor};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use uuid::Uuid;

use crate::{
    words::Dice,
    work::{DAY_START, Record, Row, Shop},
};

/// Edits of one document, the creation included.
const EDITS: usize = 30;

/// A record whose document is still to be written.
pub struct Written {
    pub kind: DocKind,
    pub id: Uuid,
    pub facts: Vec<FieldEdit>,
    pub buckets: BTreeSet<Bucket>,
    pub rows: Vec<Row>,
}

/// Writes the document edit by edit and puts the record together.
pub fn finish(shop: &Shop, number: u32, written: Written, parts: Value) -> Record {
    let Written { kind, id, facts, buckets, rows } = written;
    let (mut document, change) = write(shop, number, kind, id, &facts);
    let view = document.view().expect("a document of ours");
    let mut json = Map::new();
    json.insert("id".to_owned(), json!(id));
    json.insert("kind".to_owned(), json!(kind));
    json.extend(parts.as_object().cloned().unwrap_or_default());
    for (section, fields) in &view.sections {
        let plain: Map<String, Value> =
            fields.iter().map(|(key, fact)| (key.clone(), json!(fact.value))).collect();
        json.insert(section.clone(), plain.into());
    }
    Record {
        kind,
        id,
        visit: None,
        buckets,
        rows,
        snapshot: document.save(),
        heads: document.heads().0,
        view: serde_json::to_string(&view).expect("a view is JSON"),
        change,
        json: Value::from(json).to_string(),
    }
}

/// Thirty edits in turn by clerk and engineer; the last five are a helper's, made on a copy taken at
/// half time and merged at the end. Returns the helper's last change too.
fn write(
    shop: &Shop,
    number: u32,
    kind: DocKind,
    id: Uuid,
    facts: &[FieldEdit],
) -> (Document, Vec<u8>) {
    let mut dice = Dice::of(&[6, u64::from(number), kind as u64]);
    let actors: [Actor; 3] = [dice.bytes(), dice.bytes(), dice.bytes()];
    let names = [shop.clerk.to_string(), shop.engineer.to_string(), format!("{}+", shop.engineer)];
    let pieces: Vec<&[FieldEdit]> = facts.chunks(facts.len().div_ceil(EDITS - 1).max(1)).collect();
    let edit = |document: Document, who: usize, turn: usize| {
        let piece = pieces[(turn - 1) % pieces.len()];
        let edits: Vec<_> = piece.iter().map(|f| seen_again(f, turn > pieces.len())).collect();
        let mut document = document;
        document.write_as(actors[who]);
        document.edit(&edits, &names[who], at(turn)).expect("an edit of ours")
    };
    let (mut document, _) = Document::create(kind, id, actors[0], &names[0], at(0)).expect("new");
    let (half, helper) = (EDITS / 2, EDITS - EDITS / 6);
    for turn in 1..half {
        document = edit(document, turn % 2, turn).0;
    }
    let mut copy = Document::open(kind, id, &document.save(), []).expect("a copy");
    let common = copy.heads();
    for turn in half..helper {
        document = edit(document, turn % 2, turn).0;
    }
    let mut last = Vec::new();
    for turn in helper..EDITS {
        (copy, last) = edit(copy, 2, turn);
    }
    (document.take(&copy.changes_since(&common)).expect("the helper's edits"), last)
}

fn at(turn: usize) -> UtcMs {
    UtcMs(DAY_START).plus_ms(i64::try_from(turn).unwrap_or(0) * UtcMs::MINUTE)
}

/// A field as it is written the first time, or corrected later.
fn seen_again(fact: &FieldEdit, again: bool) -> FieldEdit {
    let value = match &fact.value {
        Scalar::Text(text) if again => Scalar::Text(format!("{text}（复核）")),
        Scalar::Int(number) if again => Scalar::Int(number + 1),
        value => value.clone(),
    };
    FieldEdit::new(fact.section.as_str(), fact.key.as_str(), value)
}
