//! The published policy: how long leases last, and what a tablet holds ahead.

use serde::{Deserialize, Serialize};

use super::Resource;
use crate::{
    time::{DayRange, UtcMs},
    vocabulary::{Checked, DataError, Flaws, SourceFile, read, read_json},
};

/// The longest lease: one day, in seconds. A tablet that is lost holds what it has this long.
const LONGEST_S: u32 = 86_400;

/// What a tablet asks for at each trade-in visit of the day before anything is chosen.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Ahead {
    /// A place on the van in the window that is offered first: the visit's own, a day later.
    #[serde(default)]
    pub slot: bool,
    /// One unit of each of these models.
    #[serde(default)]
    pub models: Vec<String>,
    /// These bonuses, once each.
    #[serde(default)]
    pub bonuses: Vec<String>,
}

/// The published lease policy. Times are seconds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct LeaseBook {
    /// The published version.
    pub version: String,
    /// The days on which it applies.
    pub valid: DayRange,
    /// Whether the data is invented for demonstration.
    pub sample: bool,
    /// How long a lease lasts from when it is granted or renewed.
    pub lease_s: u32,
    /// A tablet promises nothing on a lease with less than this left: its clock is an estimate.
    pub margin_s: u32,
    /// A lease with less than this left is renewed while HQ can be reached.
    pub renew_s: u32,
    /// What HQ could not grant is asked for again after this.
    pub ask_again_s: u32,
    /// The most that one device may hold of one pool: pieces, visits, or times a bonus; so that no
    /// device keeps everything from the others.
    pub most_held: u32,
    /// How many visits a store's vans can take in one published window.
    pub slot_visits: u32,
    /// Bonuses that a tablet may promise on a lease only; any other may be promised without one, to
    /// be confirmed by HQ. Each must be asked for ahead: no quote can ask for it.
    #[serde(default)]
    pub only_leased: Vec<String>,
    /// What is asked for ahead.
    #[serde(default)]
    pub ahead: Ahead,
}

impl LeaseBook {
    /// Reads and checks the policy's data files.
    pub fn parse(files: &[SourceFile<'_>]) -> Result<LeaseBook, DataError> {
        read(files)
    }

    /// Reads and checks a published bundle.
    pub fn from_json(json: &str) -> Result<LeaseBook, DataError> {
        read_json(json)
    }

    /// Until when a lease of this lasts that HQ grants or renews now.
    pub fn expiry(&self, resource: &Resource, now: UtcMs) -> UtcMs {
        let full = now.plus_ms(i64::from(self.lease_s) * 1_000);
        resource.useful_until().map_or(full, |last| full.min(last))
    }

    /// The last instant at which a tablet may promise on a lease that ends then.
    pub fn promise_until(&self, expires_at: UtcMs) -> UtcMs {
        expires_at.plus_ms(-i64::from(self.margin_s) * 1_000)
    }

    /// Whether a lease that ends then is due to be renewed.
    pub fn is_renewal_due(&self, expires_at: UtcMs, now: UtcMs) -> bool {
        expires_at.plus_ms(-i64::from(self.renew_s) * 1_000) <= now
    }
}

impl Checked for LeaseBook {
    fn check(&self, flaws: &mut Flaws) {
        if self.lease_s == 0 || self.lease_s > LONGEST_S {
            flaws.field("lease_s", "must be above zero and at most a day");
        }
        if self.margin_s >= self.renew_s || self.renew_s >= self.lease_s {
            flaws.field("renew_s", "needs margin_s < renew_s < lease_s");
        }
        if self.ask_again_s == 0 || self.most_held == 0 {
            flaws.field("ask_again_s", "ask_again_s and most_held must be above zero");
        }
        flaws.unique("only_leased", self.only_leased.iter().map(String::as_str));
        if !self.only_leased.iter().all(|id| self.ahead.bonuses.contains(id)) {
            flaws.field("only_leased", "must be among ahead.bonuses, or nobody ever gets one");
        }
        flaws.unique("ahead.models", self.ahead.models.iter().map(String::as_str));
        flaws.unique("ahead.bonuses", self.ahead.bonuses.iter().map(String::as_str));
    }
}
