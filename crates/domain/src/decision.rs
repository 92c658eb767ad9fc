//! HQ's decision on a claim, as it travels back and is repeated for ever.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::id::TaskId;

/// What became of a claim.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "decision", rename_all = "snake_case")]
pub enum Decision {
    /// HQ carried it out, once.
    Executed {
        /// What there is to know about it: an order's number, a card's code; an object, often empty.
        result: serde_json::Value,
    },
    /// HQ did not carry it out.
    Refused {
        /// An error code of the catalogue; what the screen acts on.
        code: String,
        /// What the code's sentence names.
        #[serde(default)]
        params: BTreeMap<String, String>,
        /// The task in which a person decides what follows.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "ts", ts(optional))]
        task: Option<TaskId>,
    },
}

impl Decision {
    /// Whether HQ carried the claim out.
    pub fn is_executed(&self) -> bool {
        matches!(self, Decision::Executed { .. })
    }
}
