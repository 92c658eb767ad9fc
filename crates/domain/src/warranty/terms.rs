//! What is promised, what was repaired, and on what grounds cover is refused.

use jiff::ToSpan;
use serde::{Deserialize, Serialize};

use super::days_between;
use crate::{time::Date, words::Words};

/// What a term in years means in days.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum YearMode {
    /// The same day of a later month, or that month's last day (Civil Code, article 202).
    #[default]
    Civil,
    /// 365 days to a year, as some makers' electronic cards count; months pro rata, cut to days.
    Days365,
}

impl YearMode {
    /// The last day of a term of `months` that starts on `start`.
    pub fn end(self, start: Date, months: u16) -> Date {
        match self {
            YearMode::Civil => start.saturating_add(i32::from(months).months()),
            YearMode::Days365 => {
                start.saturating_add((i32::from(months).saturating_mul(365) / 12).days())
            }
        }
    }
}

/// How the machine is used.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum MachineUse {
    /// In a household.
    #[default]
    Household,
    /// In a business; consumer law does not apply and makers promise less.
    Commercial,
}

/// What a promise covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// The whole machine.
    WholeUnit,
    /// The main parts of the category.
    MainParts,
}

impl Scope {
    /// The scope in both languages.
    pub fn words(self) -> Words {
        match self {
            Scope::WholeUnit => Words::new("整机", "Whole unit"),
            Scope::MainParts => Words::new("主要部件", "Main parts"),
        }
    }
}

/// Cover bought or given beyond the term (延保); it begins where the term ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Extension {
    /// What it covers.
    pub scope: Scope,
    /// For how many months.
    pub months: u16,
    /// Who answers for it.
    #[serde(default)]
    pub company: String,
    /// Whom to call.
    #[serde(default)]
    pub phone: String,
}

/// What is promised, in months.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct WarrantyTerms {
    /// Whole machine.
    pub whole_unit_months: u16,
    /// Main parts.
    pub main_parts_months: u16,
    /// Whole machine and main parts alike when used for business.
    pub commercial_months: u16,
    /// How years become days.
    #[serde(default)]
    pub year_mode: YearMode,
    /// How the machine is used.
    #[serde(default)]
    pub machine_use: MachineUse,
    /// Cover beyond the term.
    #[serde(default)]
    pub extensions: Vec<Extension>,
}

impl Default for WarrantyTerms {
    /// The legal terms of household appliances: whole unit one year, main parts three; half a year
    /// in a business, which is a common maker's promise and not law.
    fn default() -> Self {
        WarrantyTerms {
            whole_unit_months: 12,
            main_parts_months: 36,
            commercial_months: 6,
            year_mode: YearMode::Civil,
            machine_use: MachineUse::Household,
            extensions: Vec::new(),
        }
    }
}

impl WarrantyTerms {
    /// Months promised for a scope, extensions included.
    pub fn months(&self, scope: Scope) -> u16 {
        let base = match (self.machine_use, scope) {
            (MachineUse::Commercial, _) => self.commercial_months,
            (MachineUse::Household, Scope::WholeUnit) => self.whole_unit_months,
            (MachineUse::Household, Scope::MainParts) => self.main_parts_months,
        };
        self.extensions
            .iter()
            .filter(|extension| extension.scope == scope)
            .fold(base, |sum, extension| sum.saturating_add(extension.months))
    }
}

/// Why a repair takes long.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum RepairDelay {
    /// The maker has not supplied a part.
    WaitingPart,
    /// The repairer's own fault.
    Repairer,
}

/// One repair.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Repair {
    /// The day the machine was handed in or the fault reported.
    #[cfg_attr(feature = "ts", ts(type = "string"))]
    pub received_on: Date,
    /// The day the owner had it back; absent while it is under repair.
    #[serde(default)]
    #[cfg_attr(feature = "ts", ts(type = "string | null"))]
    pub returned_on: Option<Date>,
    /// Whether it then worked; `false` counts towards an exchange.
    #[serde(default = "yes")]
    pub fixed: bool,
    /// Why it took long.
    #[serde(default)]
    pub delay: Option<RepairDelay>,
    /// Whether an authorised repairer did it; others neither extend the term nor count.
    #[serde(default = "yes")]
    pub authorised: bool,
    /// The fault, in the engineer's words.
    #[serde(default)]
    pub fault: String,
}

fn yes() -> bool {
    true
}

impl Repair {
    /// Days the owner was without the machine up to `today`; never negative.
    pub fn days_out(&self, today: Date) -> i32 {
        days_between(self.received_on, self.returned_on.unwrap_or(today)).max(0)
    }
}

/// A ground on which cover is refused (三包 provisions on what is not covered).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum VoidReason {
    /// Damage by wrong use, care or storage.
    Misuse,
    /// Damage by an unauthorised repair.
    UnauthorisedRepair,
    /// Neither voucher nor invoice.
    NoVoucher,
    /// The machine is not the one on the card.
    ModelMismatch,
    /// The card was altered.
    Altered,
    /// Force majeure.
    ForceMajeure,
}

impl VoidReason {
    /// The ground in both languages.
    pub fn words(self) -> Words {
        match self {
            VoidReason::Misuse => {
                Words::new("使用、维护或保管不当造成损坏", "Damaged by wrong use or care")
            }
            VoidReason::UnauthorisedRepair => {
                Words::new("非授权维修造成损坏", "Damaged by an unauthorised repair")
            }
            VoidReason::NoVoucher => {
                Words::new("没有三包凭证和发票", "Neither warranty voucher nor invoice")
            }
            VoidReason::ModelMismatch => {
                Words::new("凭证型号与机器不符", "The machine is not the one on the card")
            }
            VoidReason::Altered => Words::new("凭证被涂改", "The card was altered"),
            VoidReason::ForceMajeure => Words::new("不可抗力造成损坏", "Damaged by force majeure"),
        }
    }
}

/// Cover refused by HQ.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Exclusion {
    /// The ground.
    pub reason: VoidReason,
    /// What it takes away; absent means everything.
    #[serde(default)]
    pub scope: Option<Scope>,
    /// From which day.
    #[cfg_attr(feature = "ts", ts(type = "string"))]
    pub recorded_on: Date,
}
