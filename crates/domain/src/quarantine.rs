//! Quarantine: changes HQ refused, kept until a coordinator has looked at them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    facts::{DocKind, Scalar},
    id::{DeviceId, PersonId, QuarantineId},
    refusal::refusal_words,
    time::UtcMs,
    words::Words,
};

/// The most fields of refused changes that are shown, and the most characters of one value: enough
/// to know what it is about, and a bound on what a hostile device can put on a screen.
pub const FIELDS_SHOWN: usize = 40;
/// See [`FIELDS_SHOWN`].
pub const VALUE_SHOWN: usize = 200;

/// A field that refused changes would set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct QuarantinedField {
    /// The section of the document.
    pub section: String,
    /// The key within it.
    pub key: String,
    /// What HQ held when the changes were refused.
    pub before: Option<Scalar>,
    /// What they would make of it.
    pub after: Option<Scalar>,
}

/// What a coordinator does about refused changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Handling {
    /// Try again with today's records and rights; where access was the reason, the coordinator
    /// answers for it.
    Release,
    /// Never take them in. They are kept.
    Discard,
}

impl Handling {
    /// What was done, in both languages.
    pub fn words(self) -> Words {
        match self {
            Handling::Release => Words::new("已放行", "Released"),
            Handling::Discard => Words::new("已作废", "Discarded"),
        }
    }
}

/// Why HQ refused changes, told to whoever decides about them and not to whoever wrote them.
pub fn reason_words(code: &str) -> Words {
    match code {
        "not_allowed" => {
            Words::new("写的人现在看不到这条记录", "Whoever wrote this does not see the record now")
        }
        "field_not_allowed" => {
            Words::new("其中有写的人不能改的内容", "It changes something its writer may not change")
        }
        "document_too_large" => Words::new("太大，总部不收", "Too large for HQ to take in"),
        "document_refused" => {
            Words::new("改动有问题，无法采用", "The changes are not sound and cannot be used")
        }
        other => refusal_words(other, &BTreeMap::new()),
    }
}

/// What was decided about refused changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Handled {
    /// What.
    pub handling: Handling,
    /// By whom.
    pub by: PersonId,
    /// When.
    pub at: UtcMs,
    /// Why, in the person's own words.
    #[serde(default)]
    pub note: String,
}

/// Changes to one document that HQ refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Quarantined {
    /// Follows from device and bytes: the same bytes again are the same entry.
    pub id: QuarantineId,
    /// The device they came from.
    pub device: DeviceId,
    /// What people call the device.
    pub device_name: String,
    /// Whose device it is.
    pub person: PersonId,
    /// The kind of record.
    pub kind: DocKind,
    /// The record.
    #[cfg_attr(feature = "ts", ts(type = "string"))]
    pub record: Uuid,
    /// Why HQ refused them, the latest time it tried.
    pub code: String,
    /// How many bytes they have.
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    pub bytes: u64,
    /// How many changes they are.
    pub changes: u32,
    /// What they would change, as far as that could be read safely.
    pub fields: Option<Vec<QuarantinedField>>,
    /// When HQ refused them first.
    pub refused_at: UtcMs,
    /// What a coordinator decided.
    #[serde(default)]
    pub handled: Option<Handled>,
}
