//! Whether HQ takes a device's changes into a document.
//!
//! Every byte from a device is treated as hostile: sizes are capped before anything is parsed, the
//! changes are applied to a scratch copy, each operation must be one that an honest edit has, the
//! result must have the shape of its kind, every field it sets or touches must be one the writer may
//! write, and the saved bytes must load again to the same view under the same heads. Only then are
//! they stored; devices only ever receive stored bytes.

use std::collections::BTreeSet;

use doorstep_domain::{conflict::Dispute, facts::FactView, refusal::DOCUMENT_BEGUN_TWICE};
use thiserror::Error;

use crate::{
    Document, DocumentError, Heads,
    chunk::{self, ChunkError},
    document::{Actor, Size},
    guard::guarded,
    strict,
    wire::{CHANGES_LIMIT, Push},
};

/// The most bytes one change may have. A change of one edit has about 120.
const CHANGE_BYTES_LIMIT: usize = 256 * 1024;
/// The most a document may hold, undeflated. A rich one after 1,000 edits has 28 KB saved and about
/// 5,000 operations.
const SIZE_LIMIT: Size = Size { operations: 100_000, changes: 20_000 };
/// The same in bytes as saved.
const BYTES_LIMIT: usize = 1024 * 1024;

/// Changes that HQ may store.
#[derive(Debug)]
pub struct Admitted {
    /// The document after the changes.
    pub snapshot: Vec<u8>,
    /// Its heads.
    pub heads: Heads,
    /// Its view.
    pub view: FactView,
    /// The changes alone, for devices that hold the document already.
    pub changes: Vec<u8>,
    /// Who wrote the changes.
    pub actors: BTreeSet<Actor>,
    /// Fields whose value or rivals differ from before, as `(section, key)`.
    pub touched: Vec<(String, String)>,
    /// Touched fields about which people disagree, or disagreed before.
    pub disputes: Vec<Dispute>,
}

/// Why HQ refuses a push; the code is what the device's screen acts on.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum AdmissionError {
    /// Too many or too large changes.
    #[error("change {index} is over the limit")]
    TooLarge {
        /// Position of the change in the push.
        index: usize,
    },
    /// A chunk that is not a plain change.
    #[error("change {index} is not a plain change")]
    NotPlain {
        /// Position of the change in the push.
        index: usize,
    },
    /// The document library or the shape check refuses the result.
    #[error(transparent)]
    Document(#[from] DocumentError),
    /// The document states another identity or kind than the push.
    #[error("the document is not what it says")]
    WrongIdentity,
    /// The writer may not write this field.
    #[error("{section}/{key} may not be written by this person")]
    NotAllowed {
        /// The section.
        section: String,
        /// The key.
        key: String,
    },
    /// The saved document does not load to the same view, or the changes lead a device elsewhere.
    #[error("the document differs after loading, or where its changes are applied")]
    Unstable,
}

impl AdmissionError {
    /// The error code that travels to the device.
    pub fn code(&self) -> &'static str {
        match self {
            AdmissionError::TooLarge { .. } => "document_too_large",
            AdmissionError::NotAllowed { .. } => "field_not_allowed",
            AdmissionError::Document(DocumentError::BegunTwice) => DOCUMENT_BEGUN_TWICE,
            AdmissionError::NotPlain { .. }
            | AdmissionError::Document(_)
            | AdmissionError::WrongIdentity
            | AdmissionError::Unstable => "document_refused",
        }
    }
}

/// Applies a push to a scratch copy of `current` (snapshot bytes; `None` for a new document) and
/// checks everything about the result. `may_write` is the table of rights: it hears section and key,
/// and whether the writer had rival values of the field in sight and so was settling a conflict.
pub fn admit(
    push: &Push,
    current: Option<&[u8]>,
    may_write: &dyn Fn(&str, &str, bool) -> bool,
) -> Result<Admitted, AdmissionError> {
    check_sizes(push)?;
    guarded(|| Ok(try_out(push, current, may_write)))?
}

fn try_out(
    push: &Push,
    current: Option<&[u8]>,
    may_write: &dyn Fn(&str, &str, bool) -> bool,
) -> Result<Admitted, AdmissionError> {
    let scratch = match current {
        Some(snapshot) => Document::open(push.kind, push.doc, snapshot, [])?,
        None => Document::empty(push.kind, push.doc),
    };
    let as_held = scratch.clone();
    let before = scratch.view()?;
    let applied = strict::apply(scratch, &push.changes)?;
    let mut merged = applied.document;
    let view = merged.view()?;
    check_identity(push, &view)?;
    let touched = touched_fields(&before, &view);
    // Both: an operation may leave the view as it is, and may take away what it does not name.
    for (section, key) in applied.written.iter().chain(&touched) {
        let fixed_at_birth = current.is_none() && section == "about";
        let allowed = fixed_at_birth
            || may_write(section, key, false)
            || may_write(section, key, true) && merged.was_disputed(&push.changes, section, key)?;
        if !allowed {
            let (section, key) = (section.clone(), key.clone());
            return Err(AdmissionError::NotAllowed { section, key });
        }
    }
    let disputes = disputes(&merged, &touched, &before, &view)?;
    let (snapshot, heads) = (merged.save_plain(), merged.heads());
    let size = merged.size();
    if size.operations > SIZE_LIMIT.operations
        || size.changes > SIZE_LIMIT.changes
        || snapshot.len() > BYTES_LIMIT
    {
        return Err(AdmissionError::TooLarge { index: push.changes.len().saturating_sub(1) });
    }
    let mut again = Document::open(push.kind, push.doc, &snapshot, [])?;
    if again.view()? != view || again.heads() != heads {
        return Err(AdmissionError::Unstable);
    }
    let changes: Vec<u8> = push.changes.iter().flat_map(|change| change.iter().copied()).collect();
    // Whoever holds the document receives the changes alone, and must come to see the same.
    let mut elsewhere = as_held.take(&changes)?;
    if elsewhere.view()? != view || elsewhere.heads() != heads {
        return Err(AdmissionError::Unstable);
    }
    let actors = applied.actors;
    Ok(Admitted { snapshot, heads, view, changes, actors, touched, disputes })
}

/// What stands of the touched fields that had rivals before or have them now.
fn disputes(
    merged: &Document,
    touched: &[(String, String)],
    before: &FactView,
    after: &FactView,
) -> Result<Vec<Dispute>, DocumentError> {
    let disputed = |view: &FactView, section: &str, key: &str| {
        let fact = view.sections.get(section).and_then(|fields| fields.get(key));
        fact.is_some_and(|fact| !fact.rivals.is_empty())
    };
    touched
        .iter()
        .filter(|(section, key)| disputed(before, section, key) || disputed(after, section, key))
        .map(|(section, key)| {
            let values = merged.written(section, key)?;
            Ok(Dispute { section: section.clone(), key: key.clone(), values })
        })
        .collect()
}

fn check_sizes(push: &Push) -> Result<(), AdmissionError> {
    if push.changes.len() > CHANGES_LIMIT {
        return Err(AdmissionError::TooLarge { index: CHANGES_LIMIT });
    }
    for (index, change) in push.changes.iter().enumerate() {
        if change.len() > CHANGE_BYTES_LIMIT {
            return Err(AdmissionError::TooLarge { index });
        }
        chunk::check(change).map_err(|error| match error {
            ChunkError::NotPlain => AdmissionError::NotPlain { index },
            ChunkError::TooManyRows => AdmissionError::TooLarge { index },
        })?;
    }
    Ok(())
}

fn check_identity(push: &Push, view: &FactView) -> Result<(), AdmissionError> {
    let same = view.text("about", "id") == Some(push.doc.to_string().as_str())
        && view.text("about", "kind") == Some(push.kind.name())
        && push.kind.sections().iter().all(|name| view.sections.contains_key(*name));
    if same { Ok(()) } else { Err(AdmissionError::WrongIdentity) }
}

fn touched_fields(before: &FactView, after: &FactView) -> Vec<(String, String)> {
    let mut touched = Vec::new();
    for (section, fields) in &after.sections {
        let old = before.sections.get(section);
        for (key, fact) in fields {
            if old.and_then(|fields| fields.get(key)) != Some(fact) {
                touched.push((section.clone(), key.clone()));
            }
        }
    }
    for (section, fields) in &before.sections {
        let new = after.sections.get(section);
        for key in fields.keys() {
            if new.is_none_or(|fields| !fields.contains_key(key)) {
                touched.push((section.clone(), key.clone()));
            }
        }
    }
    touched
}
