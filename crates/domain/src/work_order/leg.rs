//! The legs of a work order: each ends on its own, with its own code.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{
    end_code::{EndCode, Evidence, NextStep},
    id::{AssetId, LegId, PersonId, VisitId},
    time::UtcMs,
    words::Words,
};

/// What one leg does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum LegKind {
    /// Take the old machine out and away.
    Remove,
    /// Bring the new machine in.
    Deliver,
    /// Connect and test the new machine.
    Install,
    /// Repair the machine in place.
    Repair,
    /// Look at the machine and report.
    Inspect,
}

impl LegKind {
    /// The leg in both languages, short enough for a list row.
    pub fn words(self) -> Words {
        match self {
            LegKind::Remove => Words::new("取旧", "Remove"),
            LegKind::Deliver => Words::new("送新", "Deliver"),
            LegKind::Install => Words::new("安装", "Install"),
            LegKind::Repair => Words::new("维修", "Repair"),
            LegKind::Inspect => Words::new("检测", "Inspect"),
        }
    }
}

/// How one leg ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct LegEnding {
    /// With what code.
    pub code: EndCode,
    /// When.
    pub at: UtcMs,
    /// Who said so.
    pub by: PersonId,
    /// In the person's own words.
    #[serde(default)]
    pub note: String,
    /// What was recorded with it.
    #[serde(default)]
    pub evidence: Vec<Evidence>,
}

impl LegEnding {
    /// What the code demands and the ending lacks; a written note counts as one.
    pub fn missing_evidence(&self) -> Vec<Evidence> {
        self.code
            .evidence()
            .iter()
            .copied()
            .filter(|needed| match needed {
                Evidence::Note => self.note.trim().is_empty(),
                other => !self.evidence.contains(other),
            })
            .collect()
    }
}

/// Where one leg stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum LegState {
    /// Nobody has begun.
    Open,
    /// Work is going on.
    Started {
        /// Since when.
        at: UtcMs,
    },
    /// Installed but not yet powered (已安装待通电): a refrigerator rests before power, and a
    /// timed call closes the leg.
    Resting {
        /// When power may be switched on.
        until: UtcMs,
    },
    /// Over, well or not.
    Ended(LegEnding),
}

impl LegState {
    /// The state in both languages.
    pub fn words(&self) -> Words {
        match self {
            LegState::Open => Words::new("未开始", "Not started"),
            LegState::Started { .. } => Words::new("进行中", "In progress"),
            LegState::Resting { .. } => {
                Words::new("已安装待通电", "Installed, waiting before power")
            }
            LegState::Ended(ending) => ending.code.words(),
        }
    }

    /// The code the leg ended with.
    pub fn code(&self) -> Option<EndCode> {
        match self {
            LegState::Ended(ending) => Some(ending.code),
            _ => None,
        }
    }
}

/// One leg of a work order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Leg {
    /// Identity.
    pub id: LegId,
    /// What it does.
    pub kind: LegKind,
    /// Category of the machine, by the catalogue's name.
    pub category: String,
    /// The machine; absent for a new one whose serial is not yet bound.
    #[serde(default)]
    pub asset: Option<AssetId>,
    /// GTIN of a new machine, digits.
    #[serde(default)]
    pub gtin: Option<String>,
    /// The visit it is planned for.
    #[serde(default)]
    pub visit: Option<VisitId>,
    /// Where it stands.
    pub state: LegState,
}

/// What can happen to one leg.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum LegStep {
    /// Work begins.
    Start {
        /// When.
        at: UtcMs,
    },
    /// Installed; power has to wait.
    Rest {
        /// When power may be switched on.
        until: UtcMs,
    },
    /// Over.
    End(LegEnding),
    /// HQ plans a leg that nobody has begun, or a failed one again.
    Reopen {
        /// For which visit.
        visit: Option<VisitId>,
    },
}

impl LegStep {
    fn words(&self) -> Words {
        match self {
            LegStep::Start { .. } => Words::new("开始", "start"),
            LegStep::Rest { .. } => Words::new("静置待通电", "rest before power"),
            LegStep::End(ending) => {
                let code = ending.code.words();
                Words::new(format!("结束（{}）", code.zh), format!("end ({})", code.en))
            }
            LegStep::Reopen { .. } => Words::new("重新安排", "plan again"),
        }
    }
}

/// Why a step is refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum WorkOrderError {
    /// The order has no such leg.
    #[error("the work order has no leg {0}")]
    NoSuchLeg(LegId),
    /// The order was cancelled.
    #[error("the work order is cancelled")]
    Cancelled,
    /// The leg's state does not allow the step.
    #[error("a leg that is \"{}\" cannot {}", .from.en, .step.en)]
    NotAllowed {
        /// The leg's state.
        from: Words,
        /// The step.
        step: Words,
    },
    /// Only an installation rests before power.
    #[error("only an installation rests before power")]
    RestsOnlyInstalled,
}

impl WorkOrderError {
    /// The refusal in both languages.
    pub fn words(&self) -> Words {
        let zh = match self {
            WorkOrderError::NoSuchLeg(_) => "工单里没有这一段".to_owned(),
            WorkOrderError::Cancelled => "工单已取消".to_owned(),
            WorkOrderError::NotAllowed { from, step } => {
                format!("“{}”的一段不能“{}”", from.zh, step.zh)
            }
            WorkOrderError::RestsOnlyInstalled => "只有安装需要静置后通电".to_owned(),
        };
        Words::new(zh, self.to_string())
    }
}

impl Leg {
    /// Takes one step, or refuses and changes nothing.
    ///
    /// `open → started → (resting →) ended`. A leg that never started cannot end as done. A
    /// failed leg whose code allows another try can be planned again, and so can one that nobody
    /// has begun; a done or closed one cannot.
    pub fn apply(&mut self, step: &LegStep) -> Result<(), WorkOrderError> {
        let next = match (&self.state, step) {
            (LegState::Open, LegStep::Start { at }) => LegState::Started { at: *at },
            (LegState::Started { .. }, LegStep::Rest { until }) => {
                if self.kind != LegKind::Install {
                    return Err(WorkOrderError::RestsOnlyInstalled);
                }
                LegState::Resting { until: *until }
            }
            (LegState::Open, LegStep::End(ending)) if ending.code != EndCode::Done => {
                LegState::Ended(ending.clone())
            }
            (LegState::Started { .. } | LegState::Resting { .. }, LegStep::End(ending)) => {
                LegState::Ended(ending.clone())
            }
            (LegState::Open, LegStep::Reopen { visit }) => {
                self.visit = *visit;
                LegState::Open
            }
            (LegState::Ended(ending), LegStep::Reopen { visit })
                if ending.code.next_step() != NextStep::Close =>
            {
                self.visit = *visit;
                LegState::Open
            }
            (from, step) => {
                return Err(WorkOrderError::NotAllowed { from: from.words(), step: step.words() });
            }
        };
        self.state = next;
        Ok(())
    }
}
