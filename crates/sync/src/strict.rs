//! Taking changes of an untrusted writer apart, operation by operation.
//!
//! What the view shows is not enough to judge a change by: automerge also accepts operations that
//! nobody sees yet (a map behind a scalar that wins against it, a counter, a mark), and a change
//! that begins its count so high that no honest edit fits behind it. Honest edits only ever set
//! scalars in the sections of the document, or make the sections in its first change.

use std::collections::{BTreeMap, BTreeSet};

use automerge::{
    ActorId, AutoCommit, Change, ObjType, ROOT, ReadDoc,
    legacy::{Key, ObjectId, Op, OpType},
};

use crate::{
    DocumentError,
    document::{Actor, Document, from_automerge, unreadable},
    guard::guarded,
};

/// The longest key of a field, in bytes; the longest of ours has about 60.
const KEY_BYTES_LIMIT: usize = 200;

/// A document with changes of an untrusted writer in it.
pub(crate) struct Applied {
    /// The document after them.
    pub(crate) document: Document,
    /// Every field their operations set, as `(section, key)`.
    pub(crate) written: BTreeSet<(String, String)>,
    /// Who wrote them.
    pub(crate) actors: BTreeSet<Actor>,
}

/// Applies whole plain change chunks whose every operation is one an honest edit has. Chunks that the
/// document holds already are passed over: they were judged when they came.
pub(crate) fn apply(
    mut document: Document,
    changes: &[impl AsRef<[u8]>],
) -> Result<Applied, DocumentError> {
    guarded(move || {
        let mut parsed: Vec<Change> = changes
            .iter()
            .map(|bytes| Change::from_bytes(bytes.as_ref().to_vec()).map_err(unreadable))
            .collect::<Result<_, _>>()?;
        parsed.retain(|change| document.inner.get_change_by_hash(&change.hash()).is_none());
        let mut reading = Reading::of(&mut document)?;
        for change in &parsed {
            reading.change(change)?;
        }
        let Reading { written, actors, .. } = reading;
        document.inner.apply_changes(parsed).map_err(unreadable)?;
        if !document.inner.get_missing_deps(&[]).is_empty() {
            return Err(DocumentError::MissingChanges);
        }
        Ok(Applied { document, written, actors })
    })
}

/// An operation by its counter and actor.
type OpName = (u64, ActorId);

struct Reading {
    /// The sections by the operation that made each.
    sections: BTreeMap<OpName, String>,
    /// Sections that may still be made; none in a document that exists.
    to_make: BTreeSet<&'static str>,
    /// Whether the document was there before these changes.
    exists: bool,
    /// The highest counter so far.
    last: u64,
    written: BTreeSet<(String, String)>,
    actors: BTreeSet<Actor>,
}

impl Reading {
    fn of(document: &mut Document) -> Result<Reading, DocumentError> {
        let mut sections = BTreeMap::new();
        for item in document.inner.map_range(&ROOT, ..) {
            if let automerge::ObjId::Id(counter, actor, _) = item.id() {
                sections.insert((counter, actor), item.key.to_string());
            }
        }
        let is_new = document.inner.get_heads().is_empty();
        let to_make = if is_new {
            document.kind().sections().iter().copied().collect()
        } else {
            BTreeSet::new()
        };
        let last = last_counter(&mut document.inner)?;
        let (written, actors) = (BTreeSet::new(), BTreeSet::new());
        Ok(Reading { sections, to_make, exists: !is_new, last, written, actors })
    }

    fn change(&mut self, change: &Change) -> Result<(), DocumentError> {
        let refuse = |why: &str| Err(DocumentError::Malformed(why.to_owned()));
        let first = change.start_op().get();
        if first > self.last.saturating_add(1) {
            return refuse("a change counts on from where nobody has been");
        }
        self.last = self.last.max(change.max_op());
        let Ok(actor) = Actor::try_from(change.actor_id().to_bytes()) else {
            return refuse("an actor is not 16 bytes long");
        };
        self.actors.insert(actor);
        if change.is_empty() {
            return refuse("a change without operations");
        }
        for (place, op) in (first..).zip(change.decode().operations) {
            self.operation((place, change.actor_id().clone()), op)?;
        }
        Ok(())
    }

    fn operation(&mut self, name: OpName, op: Op) -> Result<(), DocumentError> {
        let refuse = |why: &str| Err(DocumentError::Malformed(why.to_owned()));
        let Key::Map(key) = &op.key else { return refuse("a list is written") };
        if op.insert || key.len() > KEY_BYTES_LIMIT {
            return refuse("a key is none of ours");
        }
        match (&op.obj, &op.action) {
            (ObjectId::Root, OpType::Make(ObjType::Map)) if self.to_make.remove(key.as_str()) => {
                self.sections.insert(name, key.to_string());
                Ok(())
            }
            (ObjectId::Root, OpType::Make(ObjType::Map)) if self.exists => {
                Err(DocumentError::BegunTwice)
            }
            (ObjectId::Id(object), OpType::Put(value)) if from_automerge(value).is_some() => {
                let object = (object.counter(), object.actor().clone());
                match self.sections.get(&object) {
                    Some(section) => {
                        self.written.insert((section.clone(), key.to_string()));
                        Ok(())
                    }
                    None => refuse("something outside the sections is written"),
                }
            }
            _ => refuse("an operation is none that an edit has"),
        }
    }
}

/// The highest counter of a document: a change follows everything it depends on, so some head has
/// it.
fn last_counter(inner: &mut AutoCommit) -> Result<u64, DocumentError> {
    let mut last = 0;
    for head in inner.get_heads() {
        let meta = inner.get_change_meta_by_hash(&head);
        let meta = meta.ok_or_else(|| DocumentError::Malformed("a head is missing".to_owned()))?;
        last = last.max(meta.max_op);
    }
    Ok(last)
}
