//! Conflicts: fields that people wrote at the same time, neither knowing of the other.
//!
//! Every value is kept, and whoever is at the door goes on working with the one that is shown. The
//! desk settles it by writing the field once more, on top of all of them: the decision is a fact
//! like any other, and it stands in the record with its author.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    facts::{DocKind, Scalar},
    id::{ConflictId, PersonId},
    time::UtcMs,
};

/// One value of a field, with who wrote it and when.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Written {
    /// By the clock of the device it was written on, to the second.
    pub at: UtcMs,
    /// By whom, as the change itself says; absent for HQ's own.
    pub by: Option<PersonId>,
    /// What was written.
    pub value: Scalar,
}

/// A field whose rivals changed: several values while people disagree, one once it is settled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dispute {
    /// The section of the document.
    pub section: String,
    /// The key within it.
    pub key: String,
    /// Different values only, the oldest first.
    pub values: Vec<Written>,
}

/// How a conflict ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Settled {
    /// The value that holds.
    pub value: Scalar,
    /// Who decided.
    pub by: PersonId,
    /// When HQ took the decision in.
    pub at: UtcMs,
    /// The values it was decided among.
    pub among: Vec<Written>,
}

/// A field of a record that people wrote differently; HQ keeps one row for each such field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Conflict {
    /// Follows from record and field, so a field has one conflict at a time.
    pub id: ConflictId,
    /// The kind of record.
    pub kind: DocKind,
    /// The record.
    #[cfg_attr(feature = "ts", ts(type = "string"))]
    pub record: Uuid,
    /// The section of its document.
    pub section: String,
    /// The key within it.
    pub key: String,
    /// The values people disagree about; none once it is settled.
    pub values: Vec<Written>,
    /// When HQ learnt of it, the latest time.
    pub raised_at: UtcMs,
    /// How it ended each time, the latest last.
    #[serde(default)]
    pub settled: Vec<Settled>,
}

impl Conflict {
    /// Whether somebody has to decide.
    pub fn is_open(&self) -> bool {
        !self.values.is_empty()
    }

    /// People disagree, or disagree about other values than before.
    pub fn dispute(&mut self, values: Vec<Written>, now: UtcMs) {
        if !self.is_open() {
            self.raised_at = now;
        }
        self.values = values;
    }

    /// Somebody wrote a value in knowledge of all the others.
    pub fn settle(&mut self, value: Scalar, by: PersonId, now: UtcMs) {
        let among = std::mem::take(&mut self.values);
        self.settled.push(Settled { value, by, at: now, among });
    }
}
