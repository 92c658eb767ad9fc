//! A visit: one crew at one address in one slot, carrying several work orders.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{
    end_code::EndCode,
    id::{CustomerId, OrgId, PersonId, SiteId, VisitId, WorkOrderId},
    time::UtcMs,
    words::Words,
    work_order::{LegState, WorkOrder},
};

/// An agreed stretch of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Slot {
    /// First instant.
    pub start: UtcMs,
    /// Last instant.
    pub end: UtcMs,
}

impl Slot {
    /// `2026-07-15 08:00–10:00` in Asia/Shanghai; the end carries its own day when that differs.
    pub fn text(&self) -> String {
        let (start, end) = (self.start.shanghai_text(), self.end.shanghai_text());
        let minutes = |text: &str| text.chars().take(16).collect::<String>();
        let clock = |text: &str| text.chars().skip(11).take(5).collect::<String>();
        if self.start.shanghai_day() == self.end.shanghai_day() {
            format!("{}–{}", minutes(&start), clock(&end))
        } else {
            format!("{} – {}", minutes(&start), minutes(&end))
        }
    }
}

/// Where a visit stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum VisitState {
    /// On the list.
    Planned,
    /// The crew is on its way.
    SetOff,
    /// The crew is at the address.
    Arrived,
    /// Work has begun.
    Working,
    /// Over, everything tried.
    Finished,
    /// Broken off, with a code.
    Ended {
        /// Why.
        code: EndCode,
    },
    /// Cancelled by HQ.
    Cancelled,
}

impl VisitState {
    /// The state in both languages.
    pub fn words(self) -> Words {
        match self {
            VisitState::Planned => Words::new("已安排", "Planned"),
            VisitState::SetOff => Words::new("已出发", "On the way"),
            VisitState::Arrived => Words::new("已到达", "Arrived"),
            VisitState::Working => Words::new("服务中", "Working"),
            VisitState::Finished => Words::new("已完工", "Finished"),
            VisitState::Ended { code } => code.words(),
            VisitState::Cancelled => Words::new("已取消", "Cancelled"),
        }
    }

    /// Whether nothing more can happen.
    pub fn is_over(self) -> bool {
        matches!(self, VisitState::Finished | VisitState::Ended { .. } | VisitState::Cancelled)
    }
}

/// What can happen to a visit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum VisitStep {
    /// The crew leaves for the address.
    SetOff,
    /// The crew is there.
    Arrive,
    /// Work begins.
    Begin,
    /// Everything was tried.
    Finish,
    /// Broken off.
    End {
        /// Why; never [`EndCode::Done`], which is what finishing says.
        code: EndCode,
    },
    /// HQ calls it off before work began.
    Cancel,
}

impl VisitStep {
    /// The step in both languages.
    pub fn words(self) -> Words {
        match self {
            VisitStep::SetOff => Words::new("出发", "set off"),
            VisitStep::Arrive => Words::new("到达", "arrive"),
            VisitStep::Begin => Words::new("开始服务", "begin work"),
            VisitStep::Finish => Words::new("完工", "finish"),
            VisitStep::End { code } => {
                let code = code.words();
                Words::new(format!("结束（{}）", code.zh), format!("end ({})", code.en))
            }
            VisitStep::Cancel => Words::new("取消", "be cancelled"),
        }
    }
}

impl VisitStep {
    /// The key under which a step is noted in the `events` section of the visit's first work
    /// order, with its UTC ms as value. Steps that end a visit are claims and have none.
    pub fn fact_key(self) -> Option<&'static str> {
        match self {
            VisitStep::SetOff => Some("visit.set_off"),
            VisitStep::Arrive => Some("visit.arrived"),
            VisitStep::Begin => Some("visit.working"),
            VisitStep::Finish | VisitStep::End { .. } | VisitStep::Cancel => None,
        }
    }

    /// The steps that are noted as facts, in the order in which they happen.
    pub const FACTS: [VisitStep; 3] = [VisitStep::SetOff, VisitStep::Arrive, VisitStep::Begin];
}

/// A step, by whom and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct VisitEvent {
    /// What.
    pub step: VisitStep,
    /// When, by the device that saw it.
    pub at: UtcMs,
    /// Who.
    pub by: PersonId,
}

/// A visit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Visit {
    /// Identity.
    pub id: VisitId,
    /// The store responsible.
    pub store: OrgId,
    /// The agreed time.
    pub slot: Slot,
    /// Who goes; the first leads.
    pub crew: Vec<PersonId>,
    /// To whom.
    pub customer: CustomerId,
    /// Where.
    pub site: SiteId,
    /// What for.
    pub work_orders: Vec<WorkOrderId>,
    /// Where it stands.
    pub state: VisitState,
    /// What happened, in the order it was accepted.
    #[serde(default)]
    pub log: Vec<VisitEvent>,
}

/// Why a step is refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum VisitError {
    /// The state does not allow the step.
    #[error("a visit that is \"{}\" cannot {}", .from.words().en, .step.words().en)]
    NotAllowed {
        /// The visit's state.
        from: VisitState,
        /// The step.
        step: VisitStep,
    },
}

impl VisitError {
    /// The refusal in both languages.
    pub fn words(&self) -> Words {
        let VisitError::NotAllowed { from, step } = self;
        let zh = format!("“{}”的上门不能“{}”", from.words().zh, step.words().zh);
        Words::new(zh, self.to_string())
    }
}

impl VisitState {
    /// The state after `step`.
    ///
    /// `planned → set off → arrived → working → finished`; an unrecorded departure may be skipped,
    /// nothing else may. Any visit not over can end with a failure code; HQ can cancel until work
    /// begins.
    pub fn after(self, step: VisitStep) -> Result<VisitState, VisitError> {
        use VisitState::{Arrived, Planned, SetOff, Working};
        match (self, step) {
            (Planned, VisitStep::SetOff) => Ok(SetOff),
            (Planned | SetOff, VisitStep::Arrive) => Ok(Arrived),
            (Arrived, VisitStep::Begin) => Ok(Working),
            (Working, VisitStep::Finish) => Ok(VisitState::Finished),
            (Planned | SetOff | Arrived | Working, VisitStep::End { code })
                if code != EndCode::Done =>
            {
                Ok(VisitState::Ended { code })
            }
            (Planned | SetOff | Arrived, VisitStep::Cancel) => Ok(VisitState::Cancelled),
            (from, step) => Err(VisitError::NotAllowed { from, step }),
        }
    }
}

impl Visit {
    /// Takes one step and logs it, or refuses and changes nothing. Device clocks may disagree, so
    /// an event is never refused for its time.
    pub fn apply(&mut self, event: &VisitEvent) -> Result<(), VisitError> {
        self.state = self.state.after(event.step)?;
        self.log.push(event.clone());
        Ok(())
    }

    /// When the crew arrived.
    pub fn arrived_at(&self) -> Option<UtcMs> {
        self.log.iter().find(|event| event.step == VisitStep::Arrive).map(|event| event.at)
    }

    /// Milliseconds past the end of the slot before somebody arrived, `now` while nobody has;
    /// `None` when not late. A visit broken off before arriving is measured to that moment, and a
    /// cancelled one is never late.
    pub fn late_by_ms(&self, now: UtcMs) -> Option<i64> {
        if self.state == VisitState::Cancelled {
            return None;
        }
        let stop = self.arrived_at().or_else(|| {
            self.state.is_over().then(|| self.log.last().map(|event| event.at)).flatten()
        });
        let late = stop.unwrap_or(now).0.saturating_sub(self.slot.end.0);
        (late > 0).then_some(late)
    }

    /// `超时 12 分` once the visit is at least `grace_min` minutes late.
    pub fn late_words(&self, now: UtcMs, grace_min: i64) -> Option<Words> {
        let minutes = self.late_by_ms(now)? / UtcMs::MINUTE;
        (minutes >= grace_min.max(1))
            .then(|| Words::new(format!("超时 {minutes} 分"), format!("{minutes} min late")))
    }

    /// The legs planned for this visit that have not ended: what stands between it and finishing.
    pub fn unfinished_legs(&self, orders: &[WorkOrder]) -> Vec<Words> {
        orders
            .iter()
            .filter(|order| self.work_orders.contains(&order.id) && order.cancelled_at.is_none())
            .flat_map(|order| &order.legs)
            .filter(|leg| leg.visit == Some(self.id))
            .filter(|leg| matches!(leg.state, LegState::Open | LegState::Started { .. }))
            .map(|leg| {
                let (kind, state) = (leg.kind.words(), leg.state.words());
                Words::new(
                    format!("{}：{}", kind.zh, state.zh),
                    format!("{}: {}", kind.en, state.en),
                )
            })
            .collect()
    }
}
