//! What a card is worth on a day, in dates and in words.

use serde::{Deserialize, Serialize};

use super::{MachineUse, Scope, VoidReason};
use crate::{
    card::{CardStatus, WarrantyCard},
    time::{Date, UtcMs},
    words::Words,
};

/// Where the start of the term comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum StartBasis {
    /// The invoice.
    Invoice,
    /// No invoice: the month after the nameplate's.
    Nameplate,
    /// An exchange under warranty.
    Exchange,
}

/// Whether something is covered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Coverage {
    /// Covered through a last day.
    Covered {
        /// The last covered day.
        #[cfg_attr(feature = "ts", ts(type = "string"))]
        until: Date,
    },
    /// The term is over.
    Ended {
        /// The last covered day.
        #[cfg_attr(feature = "ts", ts(type = "string"))]
        on: Date,
    },
    /// The term may run, but HQ refused cover.
    Excluded {
        /// On what ground.
        reason: VoidReason,
    },
    /// The card is void.
    CardVoid,
    /// Neither invoice nor nameplate month is known.
    Unknown,
}

impl Coverage {
    /// Whether it is covered.
    pub fn is_covered(self) -> bool {
        matches!(self, Coverage::Covered { .. })
    }
}

/// Why the machine is to be exchanged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum ExchangeGround {
    /// Two repairs did not help.
    FailedRepairs,
    /// More than 90 days for a part.
    PartWait,
    /// More than 30 days by the repairer's fault.
    RepairerDelay,
}

impl ExchangeGround {
    /// The ground in both languages.
    pub fn words(self) -> Words {
        match self {
            ExchangeGround::FailedRepairs => Words::new(
                "两次修理仍不能正常使用，可换货",
                "Two repairs did not help: exchange is due",
            ),
            ExchangeGround::PartWait => Words::new(
                "送修超过90天没有配件，可换货",
                "Over 90 days without a part: exchange is due",
            ),
            ExchangeGround::RepairerDelay => Words::new(
                "修理方原因超过30天未修好，可换货",
                "Over 30 days by the repairer's fault: exchange is due",
            ),
        }
    }
}

/// What a card is worth on a day, as far as this device knows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Verdict {
    /// The first day of the term.
    #[serde(default)]
    #[cfg_attr(feature = "ts", ts(type = "string | null"))]
    pub start: Option<Date>,
    /// Where that day comes from.
    #[serde(default)]
    pub start_basis: Option<StartBasis>,
    /// The whole machine.
    pub whole_unit: Coverage,
    /// The main parts.
    pub main_parts: Coverage,
    /// The last day for a refund while that right still stands.
    #[serde(default)]
    #[cfg_attr(feature = "ts", ts(type = "string | null"))]
    pub refund_until: Option<Date>,
    /// The last day for an exchange without a reason from repairs, while that right still stands.
    #[serde(default)]
    #[cfg_attr(feature = "ts", ts(type = "string | null"))]
    pub exchange_until: Option<Date>,
    /// Grounds on which an exchange is due now.
    #[serde(default)]
    pub exchange_due: Vec<ExchangeGround>,
    /// Days by which repairs moved the whole unit's end later.
    pub repair_days: i32,
    /// Everything a person should know beside the dates.
    pub reasons: Vec<Words>,
    /// When this device last heard from HQ; a later repair or refusal is not known here.
    #[serde(default)]
    pub as_of: Option<UtcMs>,
}

/// Everything a person should know beside the dates.
pub(super) fn reasons(card: &WarrantyCard, verdict: &Verdict, today: Date) -> Vec<Words> {
    let mut reasons = Vec::new();
    match verdict.start_basis {
        Some(StartBasis::Nameplate) => reasons.push(Words::new(
            "没有发票：自铭牌日期的次月起算，7天退货、15天换货需要发票",
            "No invoice: counted from the month after the nameplate date; the 7 and 15 day rights need an invoice",
        )),
        Some(StartBasis::Exchange) => reasons.push(Words::new(
            "已换货：保修自换货之日重新起算",
            "Exchanged: the warranty restarted on the day of the exchange",
        )),
        Some(StartBasis::Invoice) => {}
        None => reasons.push(Words::new(
            "没有发票日期和铭牌日期，无法判断保修期",
            "Neither invoice nor nameplate date is known, so the term cannot be told",
        )),
    }
    for (scope, coverage) in
        [(Scope::WholeUnit, verdict.whole_unit), (Scope::MainParts, verdict.main_parts)]
    {
        let name = scope.words();
        match coverage {
            Coverage::Ended { on } => reasons.push(Words::new(
                format!("{}保修已于{on}到期", name.zh),
                format!("{} cover ended on {on}", name.en),
            )),
            Coverage::Excluded { reason } => {
                let why = reason.words();
                reasons.push(Words::new(
                    format!("{}不予保修：{}", name.zh, why.zh),
                    format!("{} not covered: {}", name.en, why.en),
                ));
            }
            Coverage::Covered { .. } | Coverage::CardVoid | Coverage::Unknown => {}
        }
    }
    if verdict.repair_days > 0 {
        let days = verdict.repair_days;
        reasons.push(Words::new(
            format!("修理占用{days}天，到期日顺延{days}天"),
            format!("{days} days under repair: the end moved {days} days later"),
        ));
    }
    if card.repairs.iter().any(|repair| repair.received_on <= today && repair.returned_on.is_none())
    {
        reasons.push(Words::new(
            "正在修理：到期日仍在顺延",
            "Under repair now: the end is still moving",
        ));
    }
    if card.terms.machine_use == MachineUse::Commercial {
        reasons.push(Words::new(
            "商用：按商用期限保修，不适用三包退换",
            "Business use: the shorter business term, without the consumer rights to return or exchange",
        ));
    }
    if card.status != CardStatus::Final {
        reasons.push(card.status.words());
    }
    reasons.extend(verdict.exchange_due.iter().map(|ground| ground.words()));
    reasons
}
