//! The published fee book.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize, de::IntoDeserializer};

use crate::{
    catalogue::Category,
    end_code::EndCode,
    money::Fen,
    org::CertificateKind,
    time::DayRange,
    vocabulary::{Checked, DataError, Flaws, SourceFile, read, read_json},
    words::Words,
};

/// Where the machine was bought; makers settle some fees differently by channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum PurchaseChannel {
    /// In a store.
    Store,
    /// From an online platform's own stock.
    Platform,
    /// Elsewhere online.
    OtherOnline,
}

impl PurchaseChannel {
    /// What people call it.
    pub fn words(self) -> Words {
        match self {
            PurchaseChannel::Store => Words::new("门店", "store"),
            PurchaseChannel::Platform => Words::new("平台自营", "platform"),
            PurchaseChannel::OtherOnline => Words::new("其他网购", "other online shop"),
        }
    }
}

/// What is counted. Quantities are whole thousandths of it, so a metre counts in millimetres.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum FeeUnit {
    /// Length.
    Metre,
    /// Complete machines.
    Set,
    /// Charged once per visit; a quantity only picks the tier.
    Visit,
    /// Holes drilled.
    Hole,
    /// Pieces.
    Piece,
    /// Distance one way.
    KilometreOneWay,
    /// Floors carried.
    Floor,
}

impl FeeUnit {
    /// The unit's name.
    pub fn words(self) -> Words {
        match self {
            FeeUnit::Metre => Words::new("米", "m"),
            FeeUnit::Set => Words::new("套", "set"),
            FeeUnit::Visit => Words::new("次", "visit"),
            FeeUnit::Hole => Words::new("孔", "hole"),
            FeeUnit::Piece => Words::new("件", "piece"),
            FeeUnit::KilometreOneWay => Words::new("公里（单程）", "km one way"),
            FeeUnit::Floor => Words::new("层", "floor"),
        }
    }
}

/// The measure that picks a tier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum TierMeasure {
    /// Cooling capacity in watts.
    CoolW,
    /// Tenths of a horsepower.
    Hp10,
    /// Weight in kilograms.
    Kg,
    /// Screen diagonal in inches.
    Inch,
    /// The floor of the home.
    Floor,
    /// How many, in whole units.
    Quantity,
}

impl TierMeasure {
    /// What people call it.
    pub fn words(self) -> Words {
        match self {
            TierMeasure::CoolW => Words::new("制冷量（瓦）", "cooling capacity in watts"),
            TierMeasure::Hp10 => Words::new("匹数（0.1匹）", "tenths of a horsepower"),
            TierMeasure::Kg => Words::new("重量（公斤）", "weight in kg"),
            TierMeasure::Inch => Words::new("屏幕英寸", "screen size in inches"),
            TierMeasure::Floor => Words::new("楼层", "floor"),
            TierMeasure::Quantity => Words::new("数量", "quantity"),
        }
    }
}

/// One price step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct FeeTier {
    /// Largest measure of this tier; absent for the last, open one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub upto: Option<i64>,
    /// Only for machines bought there; absent for all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub channel: Option<PurchaseChannel>,
    /// Price of one unit, in fen.
    pub fen: Fen,
}

/// What a cap adds up over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum CapScope {
    /// Everything charged to one household under this rule, earlier visits included.
    Household,
}

/// When a fee is not asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Waiver {
    /// The old machine is traded in.
    TradeIn,
    /// Removal and installation happen on one visit.
    OneVisit,
}

/// One fee. Prices are `fen`, or `tiers` picked by `tier_by`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct FeeRule {
    /// The rule's identity.
    pub id: String,
    /// What people call it.
    pub name: Words,
    /// Machines it may arise with; `*` for every category.
    pub categories: Vec<Category>,
    /// What is counted.
    pub unit: FeeUnit,
    /// Price of one unit, in fen, where it does not depend on a measure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub fen: Option<Fen>,
    /// The measure that picks a tier; tiers by channel alone have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub tier_by: Option<TierMeasure>,
    /// Prices by measure or channel, ascending.
    #[serde(default)]
    pub tiers: Vec<FeeTier>,
    /// No price is known above the last tier: HQ must be asked.
    #[serde(default)]
    pub closed: bool,
    /// Only for machines bought there; empty for all.
    #[serde(default)]
    pub channels: Vec<PurchaseChannel>,
    /// Free thousandths of the unit.
    #[serde(default)]
    pub free_milli: i64,
    /// A quantity above the free one counts as at least this.
    #[serde(default)]
    pub min_milli: i64,
    /// A started step counts as a whole one; 0 for no steps.
    #[serde(default)]
    pub step_milli: i64,
    /// Nothing is charged below this; from it on, the whole quantity is.
    #[serde(default)]
    pub from_milli: i64,
    /// Price of every unit after the first of this rule, in fen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub next_fen: Option<Fen>,
    /// The most this rule may charge within `cap_per`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub cap_fen: Option<Fen>,
    /// What the cap adds up over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub cap_per: Option<CapScope>,
    /// The price of one unit may be agreed up to this, with a reason and a photo.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub max_fen: Option<Fen>,
    /// The certificate whoever does the work must hold, a code of [`CertificateKind`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub certificate: Option<String>,
    /// The photo that proves the quantity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub photo: Option<String>,
    /// A ban of [`FeeBook::bans`]; a rule pack that declares it makes this fee free.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub banned_by: Option<String>,
    /// When the fee is not asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub waived_if: Option<Waiver>,
    /// Only charged when the earlier visit ended like this, codes of [`EndCode`]; empty for any.
    #[serde(default)]
    pub only_reasons: Vec<String>,
    /// Two people are needed above this weight.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub crew_above_kg: Option<i64>,
    /// What the price includes, for the customer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub note: Option<Words>,
    /// Where the price comes from.
    pub source: String,
}

/// Something a rule pack may forbid to charge for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct FeeBan {
    /// The reason printed beside the struck-out fee.
    pub words: Words,
    /// The rule it rests on.
    pub source: String,
}

/// A published fee book.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct FeeBook {
    /// The published version.
    pub version: String,
    /// The days on which it applies.
    pub valid: DayRange,
    /// Whether the data is invented for demonstration.
    pub sample: bool,
    /// What rule packs may forbid to charge for, by code.
    #[serde(default)]
    pub bans: BTreeMap<String, FeeBan>,
    /// The fees.
    #[serde(default)]
    pub fees: Vec<FeeRule>,
}

impl FeeBook {
    /// Reads and checks the fee book's data files.
    pub fn parse(files: &[SourceFile<'_>]) -> Result<FeeBook, DataError> {
        read(files)
    }

    /// Reads and checks a published bundle.
    pub fn from_json(json: &str) -> Result<FeeBook, DataError> {
        read_json(json)
    }

    /// The rule with this identity.
    pub fn rule(&self, id: &str) -> Option<&FeeRule> {
        self.fees.iter().find(|rule| rule.id == id)
    }
}

impl Checked for FeeBook {
    fn check(&self, flaws: &mut Flaws) {
        flaws.unique("fees", self.fees.iter().map(|rule| rule.id.as_str()));
        for (index, (code, ban)) in self.bans.iter().enumerate() {
            flaws.words("bans", index, code, "words", &ban.words);
        }
        for (index, rule) in self.fees.iter().enumerate() {
            let id = rule.id.as_str();
            flaws.words("fees", index, id, "name", &rule.name);
            if let Some(note) = &rule.note {
                flaws.words("fees", index, id, "note", note);
            }
            let mut flaw = |field: &str, problem: &str| flaws.at("fees", index, id, field, problem);
            if rule.categories.is_empty() {
                flaw("categories", "names no machine; `*` stands for every category");
            }
            check_prices(rule, &mut flaw);
            check_quantities(rule, &mut flaw);
            if rule.certificate.as_deref().is_some_and(|code| !is_code::<CertificateKind>(code)) {
                flaw("certificate", "is not a certificate the product knows");
            }
            if rule.only_reasons.iter().any(|code| !is_code::<EndCode>(code)) {
                flaw("only_reasons", "is not how a visit can end");
            }
            if rule.banned_by.as_ref().is_some_and(|ban| !self.bans.contains_key(ban)) {
                flaw("banned_by", "is not one of this book's bans");
            }
        }
    }
}

/// Whether `code` is how the data writes one of `T`'s values.
fn is_code<T: for<'de> Deserialize<'de>>(code: &str) -> bool {
    T::deserialize(IntoDeserializer::<serde::de::value::Error>::into_deserializer(code)).is_ok()
}

fn check_prices(rule: &FeeRule, flaw: &mut impl FnMut(&str, &str)) {
    if rule.fen.is_some() != rule.tiers.is_empty() {
        flaw("tiers", "needs either one price or tiers");
    }
    let prices = [rule.fen, rule.next_fen, rule.cap_fen, rule.max_fen];
    let mut prices = prices.into_iter().flatten().chain(rule.tiers.iter().map(|tier| tier.fen));
    if prices.any(|price| price < Fen::ZERO || !price.is_plausible()) {
        flaw("fen", "must not be negative");
    }
    if rule.tier_by.is_none() && rule.tiers.iter().any(|tier| tier.upto.is_some()) {
        flaw("tier_by", "is needed to pick a tier");
    }
    let channels =
        [PurchaseChannel::Store, PurchaseChannel::Platform, PurchaseChannel::OtherOnline];
    for channel in channels {
        let seen = rule.tiers.iter().filter(|tier| tier.channel.is_none_or(|c| c == channel));
        let uptos: Vec<_> = seen.clone().map(|tier| tier.upto.unwrap_or(i64::MAX)).collect();
        if !uptos.is_sorted_by(|a, b| a < b) {
            flaw("tiers", "must ascend, with at most one open tier");
        }
        let open = uptos.last().is_none_or(|last| *last == i64::MAX);
        if open == rule.closed && !uptos.is_empty() {
            flaw("closed", "must be set exactly where the last tier has a limit");
        }
        if rule.tier_by == Some(TierMeasure::Quantity) && !seen.map(|t| t.fen).is_sorted() {
            flaw("tiers", "more must not cost less");
        }
    }
    if rule.cap_fen.is_some() != rule.cap_per.is_some() {
        flaw("cap_per", "goes with cap_fen");
    }
    let listed = rule.fen.into_iter().chain(rule.tiers.iter().map(|tier| tier.fen)).max();
    if rule.max_fen.is_some_and(|max| listed.is_some_and(|listed| max < listed)) {
        flaw("max_fen", "is below the listed price");
    }
}

fn check_quantities(rule: &FeeRule, flaw: &mut impl FnMut(&str, &str)) {
    let quantities = [
        ("free_milli", rule.free_milli),
        ("min_milli", rule.min_milli),
        ("step_milli", rule.step_milli),
        ("from_milli", rule.from_milli),
    ];
    for (field, milli) in quantities {
        if !(0..=1_000_000_000).contains(&milli) {
            flaw(field, "is out of range");
        }
    }
}
