//! What a change does: to automerge alone, and to HQ and its devices once HQ took it.

use std::panic::{AssertUnwindSafe, catch_unwind};

use automerge::{AutoCommit, Change};
use doorstep_domain::{
    facts::{FactView, FieldEdit},
    org::Role,
    rights::may_write,
    time::UtcMs,
};
use doorstep_sync::{
    Document, DocumentError,
    admission::{self, Admitted},
    wire::Push,
};
use serde_bytes::ByteBuf;

use super::Seed;

/// What automerge alone makes of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Alone {
    /// An error.
    Refuses,
    /// A panic.
    Panics,
    /// It takes it, and the saved document loads to the same heads.
    Accepts,
    /// It takes it, and the saved document does not load.
    DoesNotLoad,
}

/// Asks automerge alone, as a server without our checks would.
pub fn alone(seed: &Seed, change: &[u8]) -> Alone {
    let taken = catch_unwind(|| {
        let mut document = AutoCommit::load(&seed.base).ok()?;
        let change = Change::from_bytes(change.to_vec()).ok()?;
        document.apply_changes([change]).ok()?;
        Some(document)
    });
    let Ok(taken) = taken else { return Alone::Panics };
    let Some(mut document) = taken else { return Alone::Refuses };
    let loads = catch_unwind(AssertUnwindSafe(|| {
        let saved = document.save();
        AutoCommit::load(&saved).is_ok_and(|mut again| again.get_heads() == document.get_heads())
    }));
    if loads.unwrap_or(false) { Alone::Accepts } else { Alone::DoesNotLoad }
}

/// A push of one change to a seed's document.
pub fn push(seed: &Seed, change: Vec<u8>) -> Push {
    Push { doc: seed.id, kind: seed.kind, changes: vec![ByteBuf::from(change)] }
}

/// What HQ keeps after it took a change.
pub struct Kept<'a> {
    /// The document.
    pub snapshot: &'a [u8],
    /// Its view.
    pub view: &'a FactView,
    /// What the other devices get.
    pub changes: &'a [u8],
}

/// The harm that a change does after an engineer's device got it into HQ; `None` when there is none.
///
/// # Errors
/// What harm it is.
pub fn harm(seed: &Seed, kept: &Kept<'_>) -> Result<(), String> {
    let done = catch_unwind(AssertUnwindSafe(|| look(seed, kept)));
    done.unwrap_or_else(|_| Err("somebody panics".to_owned()))
}

fn look(seed: &Seed, kept: &Kept<'_>) -> Result<(), String> {
    let open = |bytes: &[u8]| Document::open(seed.kind, seed.id, bytes, []);
    let mut stored = open(kept.snapshot).map_err(said("the stored document does not load"))?;
    if stored.view().map_err(said("no view"))? != *kept.view {
        return Err("the stored document shows something else".to_owned());
    }
    // A device that holds the document receives the change alone.
    let mut device = open(&seed.base)
        .and_then(|held| held.take(kept.changes))
        .map_err(said("an honest device cannot take it"))?;
    if device.heads() != stored.heads() || device.view().ok().as_ref() != Some(kept.view) {
        return Err("an honest device sees something else than HQ".to_owned());
    }
    check_rights(seed, kept.view)?;
    // Work goes on: by somebody who has the change, and by somebody who wrote at the same time.
    let before = open(&seed.base).map_err(said("the base"))?;
    for (who, held) in [("after", device), ("beside", before)] {
        let again = carry_on(seed, held, kept.snapshot)
            .map_err(|error| format!("work {who} it is not taken: {error}"))?;
        if again.view.text("notes", "honest/text") != Some("还能写") {
            return Err(format!("work {who} it is lost"));
        }
    }
    Ok(())
}

/// An honest edit of a device that holds `held`, taken in by HQ, which holds `stored`.
fn carry_on(seed: &Seed, mut held: Document, stored: &[u8]) -> Result<Admitted, String> {
    held.write_as([0x77; 16]);
    let edits = [FieldEdit::new("notes", "honest/text", "还能写")];
    let at = UtcMs(1_784_100_000_000);
    let (mut after, change) = held.edit(&edits, "honest", at).map_err(|error| error.to_string())?;
    let saved = after.save();
    Document::open(seed.kind, seed.id, &saved, []).map_err(|error| error.to_string())?;
    let allowed = |section: &str, key: &str, _settling: bool| {
        may_write(Role::Engineer, seed.kind, section, key)
    };
    admission::admit(&push(seed, change), Some(stored), &allowed).map_err(|error| error.to_string())
}

fn said(what: &'static str) -> impl Fn(DocumentError) -> String {
    move |error| format!("{what}: {error}")
}

fn check_rights(seed: &Seed, after: &FactView) -> Result<(), String> {
    let before = Document::open(seed.kind, seed.id, &seed.base, [])
        .and_then(|document| document.view())
        .map_err(|error| error.to_string())?;
    let sections = before.sections.keys().chain(after.sections.keys());
    for section in sections {
        let (old, new) = (before.sections.get(section), after.sections.get(section));
        let keys = old.into_iter().chain(new).flat_map(|fields| fields.keys());
        for key in keys {
            let differs = old.and_then(|f| f.get(key)) != new.and_then(|f| f.get(key));
            if differs && !may_write(Role::Engineer, seed.kind, section, key) {
                return Err(format!("{section}/{key} was written without the right to it"));
            }
        }
    }
    Ok(())
}
