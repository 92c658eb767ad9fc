//! One automerge document per record, seen only as sections of keyed scalars.

use automerge::{
    ActorId, AutoCommit, Change, ChangeHash, ObjId, ObjType, ROOT, ReadDoc, ScalarValue, Value,
    ValueRef, transaction::CommitOptions, transaction::Transactable,
};
use doorstep_domain::{
    conflict::Written,
    facts::{DocKind, Fact, FactView, FieldEdit, Scalar},
    time::UtcMs,
};
use std::collections::{BTreeMap, BTreeSet};
use thiserror::Error;
use uuid::Uuid;

use crate::guard::guarded;

/// Who writes: 16 random bytes per installation epoch, never reused after a restore, because one
/// actor must be one linear stream of changes.
pub type Actor = [u8; 16];

/// The newest changes of a document: hashes of 32 bytes, sorted and joined.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Heads(pub Vec<u8>);

/// Why a document or a change is not usable.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum DocumentError {
    /// The bytes are not a document or change automerge can read.
    #[error("unreadable document: {0}")]
    Unreadable(String),
    /// automerge panicked on the bytes.
    #[error("the document library panicked: {0}")]
    Panicked(String),
    /// The document has not the shape of its kind.
    #[error("malformed document: {0}")]
    Malformed(String),
    /// The section does not exist in this document.
    #[error("no section {0}")]
    NoSection(String),
    /// A change depends on changes that are missing here.
    #[error("changes are missing before this one")]
    MissingChanges,
    /// The changes begin a document that exists already; the two would never become one.
    #[error("the document was begun by somebody else")]
    BegunTwice,
}

/// A loaded document. Loading costs about 0.3 ms and 27 KB, so only the one being edited is held.
#[derive(Clone)]
pub struct Document {
    id: Uuid,
    kind: DocKind,
    pub(crate) inner: AutoCommit,
}

/// What a document costs whoever loads it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Size {
    pub(crate) operations: u64,
    pub(crate) changes: u64,
}

impl Heads {
    fn from_hashes(mut hashes: Vec<ChangeHash>) -> Heads {
        hashes.sort_unstable();
        Heads(hashes.iter().flat_map(|hash| hash.0).collect())
    }

    fn to_hashes(&self) -> Vec<ChangeHash> {
        self.0.as_chunks::<32>().0.iter().map(|bytes| ChangeHash(*bytes)).collect()
    }
}

impl Document {
    /// A new document with every section of its kind, and the bytes of its first change.
    ///
    /// All maps are made in this one change: two devices that each create the same map would lose
    /// one of the two.
    pub fn create(
        kind: DocKind,
        id: Uuid,
        actor: Actor,
        author: &str,
        at: UtcMs,
    ) -> Result<(Document, Vec<u8>), DocumentError> {
        guarded(|| {
            let mut inner = AutoCommit::new().with_actor(ActorId::from(actor.to_vec()));
            for section in kind.sections() {
                inner.put_object(ROOT, *section, ObjType::Map).map_err(unreadable)?;
            }
            let mut document = Document { id, kind, inner };
            let about = [
                FieldEdit::new("about", "id", id.to_string()),
                FieldEdit::new("about", "kind", kind.name()),
            ];
            for edit in &about {
                let section = document.section(&edit.section)?;
                document
                    .inner
                    .put(&section, edit.key.as_str(), to_automerge(&edit.value))
                    .map_err(unreadable)?;
            }
            let options =
                CommitOptions::default().with_message(author).with_time(at.0.div_euclid(1000));
            document.inner.commit_with(options);
            let changes = document.inner.get_changes(&[]);
            let change = changes.iter().flat_map(|change| change.raw_bytes().to_vec()).collect();
            Ok((document, change))
        })
    }

    /// Loads a snapshot and the changes that came after it.
    pub fn open<'a>(
        kind: DocKind,
        id: Uuid,
        snapshot: &[u8],
        later: impl IntoIterator<Item = &'a [u8]>,
    ) -> Result<Document, DocumentError> {
        guarded(|| {
            let mut inner = AutoCommit::load(snapshot).map_err(unreadable)?;
            for bytes in later {
                inner.load_incremental(bytes).map_err(unreadable)?;
            }
            Ok(Document { id, kind, inner })
        })
    }

    /// A document with nothing in it yet, to receive changes made elsewhere.
    pub fn empty(kind: DocKind, id: Uuid) -> Document {
        Document { id, kind, inner: AutoCommit::new() }
    }

    /// What the document is about.
    pub fn id(&self) -> Uuid {
        self.id
    }

    /// Which kind of record it belongs to.
    pub fn kind(&self) -> DocKind {
        self.kind
    }

    /// From now on changes are written under this actor.
    pub fn write_as(&mut self, actor: Actor) {
        self.inner.set_actor(ActorId::from(actor.to_vec()));
    }

    /// Sets fields in one change and returns its bytes; an empty result means that every field
    /// already had the value. The author is recorded in the change.
    pub fn edit(
        mut self,
        edits: &[FieldEdit],
        author: &str,
        at: UtcMs,
    ) -> Result<(Document, Vec<u8>), DocumentError> {
        guarded(move || {
            let change = self.write(edits, author, at)?;
            Ok((self, change))
        })
    }

    fn write(
        &mut self,
        edits: &[FieldEdit],
        author: &str,
        at: UtcMs,
    ) -> Result<Vec<u8>, DocumentError> {
        let before = self.inner.get_heads();
        for edit in edits {
            let section = self.section(&edit.section)?;
            let key = edit.key.as_str();
            let values = distinct(&self.inner.get_all(&section, key).map_err(unreadable)?);
            if values.len() == 1 && values.contains(&edit.value) {
                continue;
            }
            // Given the value it shows, automerge would only delete the rivals: the decision would
            // have no author, and another person's decision made meanwhile would win in silence. So
            // a value that nobody gave stands there for a moment. It is set, not deleted: HQ takes
            // no deletion, because what is left of one differs between devices.
            if values.len() > 1
                && let Some(nobodys) = (0..).map(Scalar::Int).find(|one| !values.contains(one))
            {
                self.inner.put(&section, key, to_automerge(&nobodys)).map_err(unreadable)?;
            }
            self.inner.put(&section, key, to_automerge(&edit.value)).map_err(unreadable)?;
        }
        let options =
            CommitOptions::default().with_message(author).with_time(at.0.div_euclid(1000));
        if self.inner.commit_with(options).is_none() {
            return Ok(Vec::new());
        }
        Ok(self.inner.get_changes(&before).iter().flat_map(|c| c.raw_bytes().to_vec()).collect())
    }

    /// Takes in the bytes of changes or of a whole snapshot; what is known already changes nothing.
    pub fn take(mut self, bytes: &[u8]) -> Result<Document, DocumentError> {
        guarded(move || {
            self.inner.load_incremental(bytes).map_err(unreadable)?;
            if self.inner.get_missing_deps(&[]).is_empty() {
                Ok(self)
            } else {
                Err(DocumentError::MissingChanges)
            }
        })
    }

    /// The newest changes.
    pub fn heads(&mut self) -> Heads {
        Heads::from_hashes(self.inner.get_heads())
    }

    /// The whole document as bytes.
    pub fn save(&mut self) -> Vec<u8> {
        self.inner.save()
    }

    /// Every change that somebody at `heads` lacks, one by one, each plain and in an order in which
    /// they can be applied.
    pub fn changes_beyond(mut self, heads: &Heads) -> Result<Vec<Vec<u8>>, DocumentError> {
        guarded(move || {
            let changes = self.inner.get_changes(&heads.to_hashes());
            Ok(changes.iter().map(|change| change.raw_bytes().to_vec()).collect())
        })
    }

    /// The whole document as bytes that nothing is deflated in: how many there are says how large it
    /// is, and a page of many documents compresses better.
    pub(crate) fn save_plain(&mut self) -> Vec<u8> {
        self.inner.save_nocompress()
    }

    /// How large the document is: operations ever made, and changes.
    pub(crate) fn size(&mut self) -> Size {
        let stats = self.inner.stats();
        Size { operations: stats.num_ops, changes: stats.num_changes }
    }

    /// The bytes of every change after `heads` (not `save_incremental`, which repeats the whole
    /// history right after a load).
    pub fn changes_since(&mut self, heads: &Heads) -> Vec<u8> {
        self.inner.save_after(&heads.to_hashes())
    }

    /// The document as plain data, rivals included.
    pub fn view(&self) -> Result<FactView, DocumentError> {
        guarded(|| {
            let mut sections = BTreeMap::new();
            for item in self.inner.map_range(&ROOT, ..) {
                let name = item.key.to_string();
                if !matches!(item.value, ValueRef::Object(ObjType::Map)) || item.conflict {
                    return Err(DocumentError::Malformed(format!("{name} is not one section")));
                }
                sections.insert(name, self.fields(&item.id())?);
            }
            Ok(FactView { id: self.id, kind: self.kind, sections })
        })
    }

    fn fields(&self, section: &ObjId) -> Result<BTreeMap<String, Fact>, DocumentError> {
        let mut fields = BTreeMap::new();
        for item in self.inner.map_range(section, ..) {
            let key = item.key.to_string();
            let ValueRef::Scalar(scalar) = &item.value else {
                return Err(DocumentError::Malformed(format!("{key} is not a scalar")));
            };
            let value = from_automerge(&scalar.to_owned().into())
                .ok_or_else(|| DocumentError::Malformed(format!("{key} has a foreign type")))?;
            let rivals =
                if item.conflict { self.rivals(section, &key, &value)? } else { Vec::new() };
            fields.insert(key, Fact { value, rivals });
        }
        Ok(fields)
    }

    fn rivals(
        &self,
        section: &ObjId,
        key: &str,
        winner: &Scalar,
    ) -> Result<Vec<Scalar>, DocumentError> {
        let all = self.inner.get_all(section, key).map_err(unreadable)?;
        Ok(distinct(&all).into_iter().filter(|value| value != winner).collect())
    }

    /// The different values of one field with who wrote each first and when, the oldest first: one
    /// where nobody disagrees, none where it was never set.
    pub fn written(&self, section: &str, key: &str) -> Result<Vec<Written>, DocumentError> {
        guarded(|| {
            let mut written = Vec::new();
            let section = self.section(section)?;
            for (value, operation) in self.inner.get_all(&section, key).map_err(unreadable)? {
                let Value::Scalar(scalar) = &value else { continue };
                let Some(value) = from_automerge(scalar) else { continue };
                let change = self
                    .inner
                    .hash_for_opid(&operation)
                    .and_then(|hash| ReadDoc::get_change_by_hash(&self.inner, &hash));
                let (by, at) = change.as_ref().map_or((None, 0), |change| {
                    (change.message().and_then(|author| author.parse().ok()), change.timestamp())
                });
                written.push(Written { at: UtcMs(at.saturating_mul(1000)), by, value });
            }
            written.sort_unstable();
            let mut known = BTreeSet::new();
            written.retain(|one| known.insert(one.value.clone()));
            Ok(written)
        })
    }

    /// Whether people disagreed about a field in what the writer of these changes had before them.
    /// The changes must have been applied.
    pub fn was_disputed(
        &self,
        changes: &[impl AsRef<[u8]>],
        section: &str,
        key: &str,
    ) -> Result<bool, DocumentError> {
        guarded(|| {
            let changes = parsed(changes)?;
            let own: BTreeSet<ChangeHash> = changes.iter().map(Change::hash).collect();
            let seen: BTreeSet<ChangeHash> =
                changes.iter().flat_map(|change| change.deps().iter().copied()).collect();
            let seen: Vec<ChangeHash> = seen.difference(&own).copied().collect();
            let section = self.section(section)?;
            let all = self.inner.get_all_at(&section, key, &seen).map_err(unreadable)?;
            Ok(distinct(&all).len() > 1)
        })
    }

    /// Whether the document holds this change, given as its bytes.
    pub fn holds(&self, change: &[u8]) -> Result<bool, DocumentError> {
        guarded(|| {
            let change = Change::from_bytes(change.to_vec()).map_err(unreadable)?;
            Ok(ReadDoc::get_change_by_hash(&self.inner, &change.hash()).is_some())
        })
    }

    fn section(&self, name: &str) -> Result<ObjId, DocumentError> {
        match self.inner.get(ROOT, name).map_err(unreadable)? {
            Some((Value::Object(ObjType::Map), id)) => Ok(id),
            _ => Err(DocumentError::NoSection(name.to_owned())),
        }
    }
}

/// The different values among those a field has.
fn distinct(all: &[(Value<'_>, ObjId)]) -> BTreeSet<Scalar> {
    all.iter()
        .filter_map(|(value, _)| match value {
            Value::Scalar(scalar) => from_automerge(scalar),
            Value::Object(_) => None,
        })
        .collect()
}

fn parsed(changes: &[impl AsRef<[u8]>]) -> Result<Vec<Change>, DocumentError> {
    changes
        .iter()
        .map(|bytes| Change::from_bytes(bytes.as_ref().to_vec()).map_err(unreadable))
        .collect()
}

fn to_automerge(value: &Scalar) -> ScalarValue {
    match value {
        Scalar::Null => ScalarValue::Null,
        Scalar::Bool(yes) => ScalarValue::Boolean(*yes),
        Scalar::Int(number) => ScalarValue::Int(*number),
        Scalar::Text(text) => ScalarValue::Str(text.as_str().into()),
    }
}

pub(crate) fn from_automerge(value: &ScalarValue) -> Option<Scalar> {
    match value {
        ScalarValue::Null => Some(Scalar::Null),
        ScalarValue::Boolean(yes) => Some(Scalar::Bool(*yes)),
        ScalarValue::Int(number) => Some(Scalar::Int(*number)),
        ScalarValue::Str(text) => Some(Scalar::Text(text.to_string())),
        _ => None,
    }
}

pub(crate) fn unreadable(error: impl std::fmt::Display) -> DocumentError {
    DocumentError::Unreadable(error.to_string())
}
