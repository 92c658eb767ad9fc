//! Rich documents, and the changes that were made on them.

use automerge::Change;
use doorstep_domain::{
    facts::{DocKind, FieldEdit},
    time::UtcMs,
};
use doorstep_sync::{Document, document::Actor};
use uuid::Uuid;

use crate::dice::Dice;

/// Edits of one document.
const EDITS: usize = 36;
/// Every how many edits two people write at the same time.
const TOGETHER: usize = 6;

/// One change and the document it was made on.
#[derive(Debug, Clone)]
pub struct Seed {
    /// What the document is about.
    pub kind: DocKind,
    /// Its identity.
    pub id: Uuid,
    /// The saved document before the change.
    pub base: Vec<u8>,
    /// The change, a plain chunk.
    pub plain: Vec<u8>,
    /// The same, deflated where automerge would deflate it.
    pub deflated: Vec<u8>,
}

/// The changes of three documents, made by several people, some of them at the same time.
pub fn seeds(seed: u64) -> Vec<Seed> {
    let mut dice = Dice::new(seed);
    let kinds = [DocKind::WorkOrder, DocKind::Asset, DocKind::Card];
    kinds.into_iter().flat_map(|kind| history(kind, &mut dice)).collect()
}

/// A field that an engineer may write, by number.
fn field(kind: DocKind, number: usize) -> (&'static str, String) {
    let item = Uuid::from_u128(0x5eed_0000 + (number % 7) as u128);
    let (section, key) = match (kind, number % 8) {
        (DocKind::WorkOrder, 0) => ("events", "visit.arrived".to_owned()),
        (DocKind::WorkOrder, 1) => ("contact", "phone".to_owned()),
        (DocKind::WorkOrder, 2) => ("site", "floor".to_owned()),
        (DocKind::WorkOrder, 3) => ("steps", format!("step{}", number % 11)),
        (DocKind::WorkOrder, 4) => ("fit", "door_mm".to_owned()),
        (DocKind::WorkOrder, 5) => ("photos", format!("{item}/hash")),
        (DocKind::Asset, 0 | 1) => ("checks", format!("cord.{}", number % 9)),
        (DocKind::Asset, 2) => ("readings", "suction_kpa".to_owned()),
        (DocKind::Asset, 3) => ("identity", "brand".to_owned()),
        (DocKind::Asset, 4) => ("components", "body/serial".to_owned()),
        (DocKind::Asset, 5) => ("faults", format!("{item}/code")),
        (DocKind::Card, 0..=3) => ("repairs", format!("{item}/part")),
        (DocKind::Card, 4 | 5) => ("photos", format!("{item}/shot")),
        _ => ("notes", format!("{item}/text")),
    };
    (section, key)
}

fn edit(kind: DocKind, number: usize, dice: &mut Dice) -> FieldEdit {
    const TEXTS: [&str; 5] =
        ["压缩机异响，制冷差", "门口有台阶，需两人搬", "客户要求下午到", "SBX418B000001", "ok"];
    let (section, key) = field(kind, number);
    match dice.below(4) {
        0 => FieldEdit::new(section, key, i64::try_from(dice.roll() >> 20).unwrap_or(0)),
        1 => FieldEdit::new(section, key, dice.below(2) == 0),
        _ => FieldEdit::new(section, key, format!("{} {number}", dice.pick(&TEXTS))),
    }
}

fn history(kind: DocKind, dice: &mut Dice) -> Vec<Seed> {
    let id = Uuid::from_bytes(dice.bytes16());
    let actors: [Actor; 4] = std::array::from_fn(|_| dice.bytes16());
    let at = |number: usize| UtcMs(1_784_088_000_000).plus_ms(60_000 * number as i64);
    let (mut document, _) =
        Document::create(kind, id, actors[0], "hq", at(0)).expect("a new document");
    let mut made = Vec::new();
    let mut write = |document: Document, actor: Actor, number: usize, edits: &[FieldEdit]| {
        let mut document = document;
        let base = document.save();
        document.write_as(actor);
        let (after, change) = document.edit(edits, "somebody", at(number)).expect("an edit");
        if !change.is_empty() {
            let mut parsed = Change::from_bytes(change.clone()).expect("a change");
            let deflated = parsed.bytes().into_owned();
            made.push(Seed { kind, id, base, plain: change.clone(), deflated });
        }
        (after, change)
    };
    // One form filled in as a whole, then edits one or two fields at a time.
    let whole: Vec<FieldEdit> = (0..60).map(|number| edit(kind, number, dice)).collect();
    (document, _) = write(document, actors[1], 1, &whole);
    for number in 2..EDITS {
        let count = 1 + dice.below(3);
        let edits: Vec<FieldEdit> = (0..count).map(|n| edit(kind, number + n * 5, dice)).collect();
        if number % TOGETHER == 0 {
            let saved = document.save();
            let other = Document::open(kind, id, &saved, []).expect("it loads");
            let theirs: Vec<FieldEdit> =
                edits.iter().map(|e| FieldEdit::new(&e.section, &e.key, "另一人所写")).collect();
            let (_, change) = write(other, actors[3], number, &theirs);
            (document, _) = write(document, actors[2], number, &edits);
            document = document.take(&change).expect("their change");
        } else {
            (document, _) = write(document, actors[1 + number % 3], number, &edits);
        }
    }
    made
}
