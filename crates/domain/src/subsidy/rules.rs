//! The published set of rule packs with the house's own price policy.

use serde::{Deserialize, Serialize};

use crate::subsidy::pack::{BonusTreatment, PackRelation, RulePack};
use crate::subsidy::region::Region;
use crate::time::{Date, DayRange};
use crate::vocabulary::{DataError, SourceFile, read, read_json};

/// How a negative amount to collect reaches the customer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum PayoutMode {
    /// By transfer, once HQ has received the old machine.
    #[default]
    TransferAfterHq,
    /// As a voucher for a later purchase.
    Voucher,
}

/// The house's own rules of quoting.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct PricePolicy {
    /// Days a quote binds after the sale day; cut short where reference data ends earlier.
    pub quote_valid_days: u16,
    /// What a merchant's trade-in bonus is, unless a rule pack in force says otherwise.
    #[serde(default)]
    pub trade_in_bonus: BonusTreatment,
    /// How a negative amount to collect is paid out.
    #[serde(default)]
    pub payout: PayoutMode,
}

/// A published set of subsidy rules.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct RuleBook {
    /// The published version.
    pub version: String,
    /// The sale days it can price; it keeps old programmes, so this reaches far back.
    pub valid: DayRange,
    /// Whether the data is for demonstration. Rules transcribed from copies are: nobody may rely
    /// on them before HQ has read the notice itself.
    pub sample: bool,
    /// The house's own rules of quoting.
    #[serde(default)]
    pub policy: PricePolicy,
    /// The programmes.
    #[serde(default)]
    pub packs: Vec<RulePack>,
}

/// A pack that pays on a given day in a given place, with what restricts it there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InForce<'a> {
    /// The pack.
    pub pack: &'a RulePack,
    /// Packs that add conditions to it.
    pub restricted_by: Vec<&'a RulePack>,
}

impl<'a> InForce<'a> {
    /// The pack and everything that restricts it: all whose conditions count.
    pub fn conditions(&self) -> impl Iterator<Item = &'a RulePack> {
        std::iter::once(self.pack).chain(self.restricted_by.iter().copied())
    }

    /// Whether an old unit must be handed in.
    pub fn needs_old_unit(&self) -> bool {
        self.conditions().any(|pack| !pack.old_units.is_empty())
    }

    /// The packs it tops up, empty for a pack that stands alone.
    pub fn tops_up(&self) -> &'a [String] {
        match &self.pack.relation {
            PackRelation::TopsUp(ids) => ids,
            _ => &[],
        }
    }
}

impl RuleBook {
    /// Reads and checks the rule files: each opens with the same `sample`, `version` and `valid`,
    /// one holds `[policy]`, any may hold `[[packs]]`.
    ///
    /// # Errors
    /// Every flaw found, with file and field.
    pub fn parse(files: &[SourceFile<'_>]) -> Result<RuleBook, DataError> {
        read(files)
    }

    /// Reads and checks a published bundle.
    ///
    /// # Errors
    /// Every flaw found.
    pub fn from_json(json: &str) -> Result<RuleBook, DataError> {
        read_json(json)
    }

    /// The pack with this id.
    pub fn pack(&self, id: &str) -> Option<&RulePack> {
        self.packs.iter().find(|pack| pack.id == id)
    }

    /// The packs that pay on `day` in `place`, by id, with replaced packs left out and
    /// restrictions attached.
    pub fn in_force(&self, day: Date, place: &Region) -> Vec<InForce<'_>> {
        let here: Vec<&RulePack> = self
            .packs
            .iter()
            .filter(|pack| pack.valid.contains(day))
            .filter(|pack| pack.regions.iter().any(|region| region.covers(place)))
            .collect();
        let replaced = |pack: &RulePack| {
            here.iter().any(|other| {
                matches!(&other.relation, PackRelation::Replaces(ids) if ids.contains(&pack.id))
            })
        };
        let mut paying: Vec<InForce<'_>> = here
            .iter()
            .copied()
            .filter(|pack| pack.pays() && !replaced(pack))
            .map(|pack| InForce { pack, restricted_by: restrictions(&here, pack) })
            .collect();
        paying.sort_by(|a, b| a.pack.id.cmp(&b.pack.id));
        paying
    }

    /// What a merchant's trade-in bonus is on `day` in `place`. Where several programmes in force
    /// speak of it, a discount wins: it never overstates a subsidy.
    pub fn bonus_treatment(&self, day: Date, place: &Region) -> BonusTreatment {
        let in_force = self.in_force(day, place);
        in_force
            .iter()
            .flat_map(InForce::conditions)
            .filter_map(|pack| pack.trade_in_bonus)
            .min()
            .unwrap_or(self.policy.trade_in_bonus)
    }
}

fn restrictions<'a>(here: &[&'a RulePack], pack: &RulePack) -> Vec<&'a RulePack> {
    let mut found: Vec<&RulePack> = here
        .iter()
        .copied()
        .filter(
            |other| matches!(&other.relation, PackRelation::Restricts(ids) if ids.contains(&pack.id)),
        )
        .collect();
    found.sort_by(|a, b| a.id.cmp(&b.id));
    found
}
