//! Why a customer did not trade in today, and after how long something is late.

use serde::{Deserialize, Serialize};

use crate::{
    time::DayRange,
    vocabulary::{Checked, DataError, Flaws, SourceFile, read, read_json},
    words::Words,
};

/// Why a customer did not trade in today; goes to HQ as a fact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct LostReason {
    /// The reason's code.
    pub code: String,
    /// What people call it.
    pub name: Words,
    /// Days until asking again; absent for never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub follow_up_days: Option<u32>,
    /// Whether the customer's wish is noted with it.
    #[serde(default)]
    pub wish: bool,
}

/// After how long something counts as late.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct WarnThreshold {
    /// What is waited for.
    pub id: String,
    /// What people call it.
    pub name: Words,
    /// Minutes.
    pub minutes: u32,
    /// Where the limit comes from.
    pub source: String,
}

/// Published reasons and time limits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ReasonBook {
    /// The published version.
    pub version: String,
    /// The days on which it applies.
    pub valid: DayRange,
    /// Whether the data is invented for demonstration.
    pub sample: bool,
    /// Why there was no trade-in.
    #[serde(default)]
    pub lost: Vec<LostReason>,
    /// Time limits.
    #[serde(default)]
    pub warn: Vec<WarnThreshold>,
}

impl ReasonBook {
    /// Reads and checks the reasons' data files.
    pub fn parse(files: &[SourceFile<'_>]) -> Result<ReasonBook, DataError> {
        read(files)
    }

    /// Reads and checks a published bundle.
    pub fn from_json(json: &str) -> Result<ReasonBook, DataError> {
        read_json(json)
    }

    /// The reason with this code.
    pub fn lost_reason(&self, code: &str) -> Option<&LostReason> {
        self.lost.iter().find(|reason| reason.code == code)
    }

    /// After how many minutes something is late.
    pub fn minutes(&self, id: &str) -> Option<u32> {
        self.warn.iter().find(|limit| limit.id == id).map(|limit| limit.minutes)
    }
}

impl Checked for ReasonBook {
    fn check(&self, flaws: &mut Flaws) {
        flaws.unique("lost", self.lost.iter().map(|reason| reason.code.as_str()));
        flaws.unique("warn", self.warn.iter().map(|limit| limit.id.as_str()));
        for (index, reason) in self.lost.iter().enumerate() {
            flaws.words("lost", index, &reason.code, "name", &reason.name);
        }
        for (index, limit) in self.warn.iter().enumerate() {
            flaws.words("warn", index, &limit.id, "name", &limit.name);
            if limit.minutes == 0 {
                flaws.at("warn", index, &limit.id, "minutes", "must be above zero");
            }
        }
    }
}
