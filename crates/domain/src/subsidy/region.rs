//! Places as codes, because rules hang on administrative regions.

use serde::{Deserialize, Serialize};
use std::fmt;

/// An administrative region: `CN`, then pairs of digits of the division code of GB/T 2260,
/// coarse to fine: `CN-31` Shanghai, `CN-37-01` Jinan, `CN-51-17-25` Quxian.
///
/// It is what the payer or recipient says, never a position measured by the device.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(transparent)]
pub struct Region(pub String);

impl Region {
    /// Whether `place` lies in this region or is this region.
    pub fn covers(&self, place: &Region) -> bool {
        place
            .0
            .strip_prefix(self.0.as_str())
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
    }

    /// Whether the code is `CN` followed by at most three pairs of digits.
    pub fn is_well_formed(&self) -> bool {
        let mut parts = self.0.split('-');
        parts.next() == Some("CN")
            && self.0.len() <= "CN-00-00-00".len()
            && parts.all(|pair| pair.len() == 2 && pair.bytes().all(|b| b.is_ascii_digit()))
    }
}

impl Default for Region {
    /// The whole country.
    fn default() -> Self {
        Region("CN".to_owned())
    }
}

impl From<&str> for Region {
    fn from(code: &str) -> Self {
        Region(code.to_owned())
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_region_covers_its_parts_and_not_its_namesakes() {
        let jinan = Region::from("CN-37-01");
        assert!(Region::from("CN").covers(&jinan));
        assert!(Region::from("CN-37").covers(&jinan));
        assert!(jinan.covers(&Region::from("CN-37-01-02")));
        assert!(!jinan.covers(&Region::from("CN-37")), "the province is not in the city");
        assert!(!Region::from("CN-3").covers(&jinan), "half a code is no region");
    }

    #[test]
    fn codes_are_checked() {
        for good in ["CN", "CN-11", "CN-51-17-25"] {
            assert!(Region::from(good).is_well_formed(), "{good}");
        }
        for bad in ["", "cn", "CN-", "CN-1", "CN-AB", "CN-11-22-33-44", "US-11", "CN11"] {
            assert!(!Region::from(bad).is_well_formed(), "{bad}");
        }
    }
}
