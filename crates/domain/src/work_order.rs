//! What is to be done: a work order with legs that end one by one.

use serde::{Deserialize, Serialize};

mod leg;

pub use crate::end_code::{EndCode, Evidence, NextStep};
pub use leg::{Leg, LegEnding, LegKind, LegState, LegStep, WorkOrderError};

use crate::{
    id::{CustomerId, LegId, OrderId, OrgId, SiteId, WorkOrderId},
    time::UtcMs,
    words::Words,
};

/// Why the work order exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum JobKind {
    /// An old machine leaves and a new one comes.
    TradeIn,
    /// A repair.
    Repair,
    /// A new machine without an old one.
    Installation,
    /// An old machine without a new one.
    Removal,
    /// A safety check.
    Inspection,
}

impl JobKind {
    /// The job in both languages.
    pub fn words(self) -> Words {
        match self {
            JobKind::TradeIn => Words::new("以旧换新", "Trade-in"),
            JobKind::Repair => Words::new("维修", "Repair"),
            JobKind::Installation => Words::new("送装", "Delivery and installation"),
            JobKind::Removal => Words::new("回收", "Removal"),
            JobKind::Inspection => Words::new("安全检测", "Safety inspection"),
        }
    }
}

/// Where the whole order stands; always derived from the legs, never stored apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum WorkOrderState {
    /// Nothing has begun.
    Open,
    /// Some leg is being worked on, or some are done and others open.
    InProgress,
    /// A leg waits for a part, goods or a new appointment.
    Waiting,
    /// A leg waits for somebody's decision.
    NeedsDecision,
    /// Every leg is done.
    Done,
    /// Every leg is over for good, some done and some not.
    PartlyDone,
    /// Every leg is over for good, none done.
    NotDone,
    /// HQ cancelled it.
    Cancelled,
}

impl WorkOrderState {
    /// The state in both languages.
    pub fn words(self) -> Words {
        match self {
            WorkOrderState::Open => Words::new("待服务", "Open"),
            WorkOrderState::InProgress => Words::new("服务中", "In progress"),
            WorkOrderState::Waiting => Words::new("等待中", "Waiting"),
            WorkOrderState::NeedsDecision => Words::new("待决定", "Needs a decision"),
            WorkOrderState::Done => Words::new("已完成", "Done"),
            WorkOrderState::PartlyDone => Words::new("部分完成", "Partly done"),
            WorkOrderState::NotDone => Words::new("未完成", "Not done"),
            WorkOrderState::Cancelled => Words::new("已取消", "Cancelled"),
        }
    }
}

/// A work order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct WorkOrder {
    /// Identity.
    pub id: WorkOrderId,
    /// HQ's number, once HQ has given one.
    #[serde(default)]
    pub number: Option<String>,
    /// Why it exists.
    pub job: JobKind,
    /// The store responsible.
    pub store: OrgId,
    /// For whom.
    pub customer: CustomerId,
    /// Where.
    pub site: SiteId,
    /// When the customer asked.
    pub requested_at: UtcMs,
    /// What the customer said.
    #[serde(default)]
    pub complaint: String,
    /// The filed removal-install order it carries out.
    #[serde(default)]
    pub order: Option<OrderId>,
    /// The repair or inspection this trade-in grew out of.
    #[serde(default)]
    pub grown_from: Option<WorkOrderId>,
    /// The legs, in the order they are usually done.
    pub legs: Vec<Leg>,
    /// When HQ cancelled it.
    #[serde(default)]
    pub cancelled_at: Option<UtcMs>,
}

impl WorkOrder {
    /// One leg.
    pub fn leg(&self, id: LegId) -> Option<&Leg> {
        self.legs.iter().find(|leg| leg.id == id)
    }

    /// Takes one step of one leg and touches no other leg.
    pub fn apply(&mut self, leg: LegId, step: &LegStep) -> Result<(), WorkOrderError> {
        if self.cancelled_at.is_some() {
            return Err(WorkOrderError::Cancelled);
        }
        self.legs
            .iter_mut()
            .find(|each| each.id == leg)
            .ok_or(WorkOrderError::NoSuchLeg(leg))?
            .apply(step)
    }

    /// Where the order stands. A decision outweighs work, work outweighs waiting.
    pub fn state(&self) -> WorkOrderState {
        if self.cancelled_at.is_some() {
            return WorkOrderState::Cancelled;
        }
        let ended: Vec<EndCode> = self.legs.iter().filter_map(|leg| leg.state.code()).collect();
        let next = |wanted: fn(NextStep) -> bool| ended.iter().any(|code| wanted(code.next_step()));
        let done = ended.iter().filter(|code| **code == EndCode::Done).count();
        let under_way = self
            .legs
            .iter()
            .any(|leg| matches!(leg.state, LegState::Started { .. } | LegState::Resting { .. }));

        if next(NextStep::is_decision) {
            WorkOrderState::NeedsDecision
        } else if under_way {
            WorkOrderState::InProgress
        } else if next(NextStep::is_waiting) {
            WorkOrderState::Waiting
        } else if ended.len() < self.legs.len() {
            if ended.is_empty() { WorkOrderState::Open } else { WorkOrderState::InProgress }
        } else if self.legs.is_empty() {
            WorkOrderState::Open
        } else if done == ended.len() {
            WorkOrderState::Done
        } else if done > 0 {
            WorkOrderState::PartlyDone
        } else {
            WorkOrderState::NotDone
        }
    }

    /// The trade-in that grows out of this order with one tap: same customer, same place, and the
    /// same machine to remove, so its serials, photos and findings come along.
    ///
    /// `bought` is the category and GTIN of the new machine (any category); `ids` name the new
    /// order and its remove, deliver and install legs.
    pub fn grow_trade_in(
        &self,
        old: &Leg,
        bought: (String, Option<String>),
        ids: (WorkOrderId, [LegId; 3]),
        at: UtcMs,
    ) -> WorkOrder {
        let (id, [remove, deliver, install]) = ids;
        let (category, gtin) = bought;
        let new_leg = |id, kind| Leg {
            id,
            kind,
            category: category.clone(),
            asset: None,
            gtin: gtin.clone(),
            visit: old.visit,
            state: LegState::Open,
        };
        let taken_away = Leg {
            id: remove,
            kind: LegKind::Remove,
            category: old.category.clone(),
            asset: old.asset,
            gtin: old.gtin.clone(),
            visit: old.visit,
            state: LegState::Open,
        };
        WorkOrder {
            id,
            number: None,
            job: JobKind::TradeIn,
            store: self.store,
            customer: self.customer,
            site: self.site,
            requested_at: at,
            complaint: self.complaint.clone(),
            order: None,
            grown_from: Some(self.id),
            legs: vec![
                taken_away,
                new_leg(deliver, LegKind::Deliver),
                new_leg(install, LegKind::Install),
            ],
            cancelled_at: None,
        }
    }
}
