//! One published subsidy programme as data.

use serde::{Deserialize, Serialize};

use crate::catalogue::Category;
use crate::money::{BasisPoints, Fen, Rounding};
use crate::subsidy::region::Region;
use crate::time::{Date, DayRange};
use crate::words::Words;

/// How sure the house is of a transcribed rule.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Confidence {
    /// The text of the source, or a copy of it, was read.
    Verified,
    /// Read, but in a weak source.
    Weak,
    /// Read in part; some figures are inferred from examples or from the national pack.
    Inferred,
    /// Made up for training and tests.
    #[default]
    Invented,
}

/// How a pack stands to the packs it names; they are named by [`RulePack::id`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum PackRelation {
    /// On its own feet. One item takes one such pack at most.
    #[default]
    Stands,
    /// In its region it takes the place of the named packs, whole.
    Replaces(Vec<String>),
    /// Paid in addition, on items that receive one of the named packs.
    TopsUp(Vec<String>),
    /// Pays nothing itself; adds its conditions and forbidden fees to the named packs.
    Restricts(Vec<String>),
}

impl PackRelation {
    /// The packs named, empty for a pack that stands on its own.
    pub fn names(&self) -> &[String] {
        match self {
            PackRelation::Stands => &[],
            PackRelation::Replaces(ids)
            | PackRelation::TopsUp(ids)
            | PackRelation::Restricts(ids) => ids,
        }
    }
}

/// What a merchant's trade-in bonus does to the subsidy base.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum BonusTreatment {
    /// A discount, taken off before the base. The 2026 notice computes on the price
    /// 扣除各环节优惠后 (after the discounts of every party), so this is the default.
    #[default]
    Discount,
    /// A higher value of the old machine, credited after the subsidy.
    OldValue,
}

/// A part someone plays in a purchase; some programmes want several played by one person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum PartyRole {
    /// Whose name is on the invoice.
    Buyer,
    /// Who pays.
    Payer,
    /// Who applies for the subsidy.
    Applicant,
    /// Who receives the goods.
    Recipient,
    /// Who hands in the old machine.
    Seller,
    /// Who signs at the door.
    Signer,
}

impl PartyRole {
    /// The role in both languages.
    pub fn words(self) -> Words {
        match self {
            PartyRole::Buyer => Words::new("购买人", "buyer"),
            PartyRole::Payer => Words::new("付款人", "payer"),
            PartyRole::Applicant => Words::new("申领人", "applicant"),
            PartyRole::Recipient => Words::new("收货人", "recipient"),
            PartyRole::Seller => Words::new("交旧人", "seller of the old machine"),
            PartyRole::Signer => Words::new("签字人", "signer"),
        }
    }
}

/// Which old units open which new categories. A pack without any needs no old unit.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct OldMatch {
    /// Old categories accepted.
    pub old: Vec<Category>,
    /// New categories they open; empty = every category of the pack.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub new: Vec<Category>,
}

/// Terms for legal persons; a pack without them is for natural persons.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct LegalPersons {
    /// Pieces in total, all categories together.
    pub quantity_total: u32,
}

/// The terms for one group of articles, counted together per person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ItemRule {
    /// The name under which pieces are counted; rules with the same group share its pieces.
    pub group: String,
    /// First sale day of these terms, where they came later than the pack.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(type = "string", optional))]
    pub from: Option<Date>,
    /// Categories of the catalogue that belong here.
    pub categories: Vec<Category>,
    /// Beginnings of [`crate::catalogue::Model::sub`]; empty = every kind within the categories.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub subs: Vec<String>,
    /// The rate whatever the label says. Exactly one of `rate_bp` and `grade_rate_bp` is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub rate_bp: Option<BasisPoints>,
    /// Rates by energy or water grade, grade 1 first; a grade beyond the list is refused.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub grade_rate_bp: Vec<BasisPoints>,
    /// The rate of an article without a label, where grades count; without it such an article is
    /// refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub unlabelled_rate_bp: Option<BasisPoints>,
    /// The most one piece receives; absent where only the price ceiling bounds it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub cap_fen: Option<Fen>,
    /// Pieces per person in this group; absent where only the pack's total counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub quantity: Option<u32>,
    /// A final price above this makes the article ineligible.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub price_ceiling_fen: Option<Fen>,
}

impl ItemRule {
    /// Whether an article sold on `day` falls under this rule.
    pub fn covers(&self, category: &Category, sub: &str, day: Date) -> bool {
        self.from.is_none_or(|from| from <= day)
            && self.categories.contains(category)
            && (self.subs.is_empty() || self.subs.iter().any(|start| sub.starts_with(start)))
    }
}

/// One programme in one region for one stretch of days.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct RulePack {
    /// Stable identity, cited by every line and refusal.
    pub id: String,
    /// The programme in Chinese, as refusals name it: 「2026年国补」.
    pub zh: String,
    /// The programme in English, as refusals name it: "2026 national subsidy".
    pub en: String,
    /// Sale days on which it is in force.
    pub valid: DayRange,
    /// Where it is in force; any one suffices.
    pub regions: Vec<Region>,
    /// How it stands to other packs.
    #[serde(default)]
    pub relation: PackRelation,
    /// The programme whose pieces and yuan per person this pack draws on, where that is another
    /// pack's (a city's edition of a national programme); by default its own id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub quota: Option<String>,
    /// Terms by group of articles; none in a pack that only restricts.
    #[serde(default, rename = "item", skip_serializing_if = "Vec::is_empty")]
    pub items: Vec<ItemRule>,
    /// Pieces per natural person, all groups together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub quantity_total: Option<u32>,
    /// Yuan per person, in fen, all groups together; the piece that crosses it receives the rest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub amount_total_fen: Option<Fen>,
    /// Old units needed; each old unit opens one new item.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub old_units: Vec<OldMatch>,
    /// The buyer must also be the one who hands in the old unit.
    #[serde(default)]
    pub seller_is_buyer: bool,
    /// Roles that one and the same person must play.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub same_person: Vec<PartyRole>,
    /// The article needs a 13-digit GTIN with a right check digit.
    #[serde(default)]
    pub gtin13: bool,
    /// Only for rural households.
    #[serde(default)]
    pub rural_only: bool,
    /// Terms for legal persons, where they may take part.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub legal_persons: Option<LegalPersons>,
    /// How a share becomes fen. No official rule was found; the default is half up to the fen.
    #[serde(default)]
    pub rounding: Rounding,
    /// What a merchant's trade-in bonus is under this programme; absent = the house's policy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub trade_in_bonus: Option<BonusTreatment>,
    /// Reasons under which a fee rule may be forbidden (`banned_by` of the fee book).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub forbids: Vec<String>,
    /// How long an entitlement lasts and how it is drawn, for the engineer to say; Chinese.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub entitlement_zh: String,
    /// The same in English.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub entitlement_en: String,
    /// Where the rule was read.
    pub source: String,
    /// How sure the house is.
    pub confidence: Confidence,
    /// What is inferred or left out, for whoever maintains the pack.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}

impl RulePack {
    /// The programme's name as refusals and lines use it.
    pub fn words(&self) -> Words {
        Words::new(self.zh.as_str(), self.en.as_str())
    }

    /// The programme whose pieces and yuan this pack draws on.
    pub fn quota_id(&self) -> &str {
        self.quota.as_deref().unwrap_or(&self.id)
    }

    /// The terms for an article sold on `day`: the first rule that covers it.
    pub fn item_rule(&self, category: &Category, sub: &str, day: Date) -> Option<&ItemRule> {
        self.items.iter().find(|rule| rule.covers(category, sub, day))
    }

    /// Whether the pack pays anything itself.
    pub fn pays(&self) -> bool {
        !matches!(self.relation, PackRelation::Restricts(_))
    }

    /// Whether an old unit of `old` opens a new article of `new` here.
    pub fn old_opens(&self, old: &Category, new: &Category) -> bool {
        self.old_units
            .iter()
            .any(|rule| rule.old.contains(old) && (rule.new.is_empty() || rule.new.contains(new)))
    }
}
