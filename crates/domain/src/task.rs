//! Tasks: what only a person can decide, with the ways out, a deadline and a caller.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{
    id::{
        AssetId, CardId, DeviceId, LeadId, LoanId, OrderId, OrgId, PaymentId, PersonId, TaskId,
        VisitId, WorkOrderId,
    },
    time::UtcMs,
    words::Words,
};

/// What a task is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// A combined order.
    Order(OrderId),
    /// A work order.
    WorkOrder(WorkOrderId),
    /// A visit.
    Visit(VisitId),
    /// A warranty card.
    Card(CardId),
    /// A machine.
    Asset(AssetId),
    /// A payment.
    Payment(PaymentId),
    /// A loan.
    Loan(LoanId),
    /// A lead.
    Lead(LeadId),
    /// A device.
    Device(DeviceId),
}

impl Subject {
    /// The identity of the record, whatever kind it is.
    pub fn uuid(self) -> uuid::Uuid {
        match self {
            Subject::Order(id) => id.0,
            Subject::WorkOrder(id) => id.0,
            Subject::Visit(id) => id.0,
            Subject::Card(id) => id.0,
            Subject::Asset(id) => id.0,
            Subject::Payment(id) => id.0,
            Subject::Loan(id) => id.0,
            Subject::Lead(id) => id.0,
            Subject::Device(id) => id.0,
        }
    }
}

/// A way out of a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Remedy {
    /// Carry out what was signed, at the merchant's cost.
    Honour,
    /// Offer a new quote, to be signed anew.
    ReQuote,
    /// Cancel at no cost to the customer.
    Cancel,
    /// Plan another visit.
    PlanVisit,
    /// Give the work to somebody else.
    Reassign,
    /// Call the customer.
    CallCustomer,
    /// Ask for a photo again (补拍).
    RetakePhoto,
    /// Take it as it is.
    Accept,
    /// Refuse it.
    Reject,
    /// Make the card void.
    VoidCard,
    /// Correct the serial on one of the cards.
    CorrectSerial,
}

impl Remedy {
    /// The remedy in both languages.
    pub fn words(self) -> Words {
        match self {
            Remedy::Honour => Words::new("按签字内容履行", "Honour as signed"),
            Remedy::ReQuote => Words::new("重新报价", "Quote again"),
            Remedy::Cancel => Words::new("免费取消", "Cancel free of charge"),
            Remedy::PlanVisit => Words::new("重新安排上门", "Plan another visit"),
            Remedy::Reassign => Words::new("改派", "Reassign"),
            Remedy::CallCustomer => Words::new("联系客户", "Call the customer"),
            Remedy::RetakePhoto => Words::new("补拍照片", "Ask for the photo again"),
            Remedy::Accept => Words::new("接受", "Accept"),
            Remedy::Reject => Words::new("拒绝", "Reject"),
            Remedy::VoidCard => Words::new("作废此卡", "Void the card"),
            Remedy::CorrectSerial => Words::new("更正机身码", "Correct the serial"),
        }
    }
}

/// Why somebody has to decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum TaskKind {
    /// HQ could not execute a signed order.
    OrderRefused,
    /// A visit or leg ended in a way that needs a coordinator.
    VisitProblem,
    /// The customer asked for another slot.
    SlotWish,
    /// Two cards claim one serial.
    DuplicateSerial,
    /// A payment was not found.
    PaymentUnmatched,
    /// Evidence is missing or unreadable.
    Evidence,
    /// A loaner is overdue or damaged.
    Loaner,
    /// A lead is due.
    LeadDue,
    /// A device is silent and may hold unsent work.
    SilentDevice,
}

impl TaskKind {
    /// The kind in both languages.
    pub fn words(self) -> Words {
        match self {
            TaskKind::OrderRefused => {
                Words::new("已签订单无法执行", "A signed order cannot be executed")
            }
            TaskKind::VisitProblem => Words::new("上门有问题", "A visit had a problem"),
            TaskKind::SlotWish => Words::new("改约申请", "Request for another slot"),
            TaskKind::DuplicateSerial => Words::new("机身码重复", "Duplicate serial"),
            TaskKind::PaymentUnmatched => Words::new("款项对不上", "Payment not found"),
            TaskKind::Evidence => Words::new("资料待补", "Evidence missing"),
            TaskKind::Loaner => Words::new("备用机逾期或损坏", "Loaner overdue or damaged"),
            TaskKind::LeadDue => Words::new("意向待跟进", "Lead due"),
            TaskKind::SilentDevice => Words::new("设备久未联系", "Silent device"),
        }
    }

    /// The ways out that may be offered.
    pub fn remedies(self) -> &'static [Remedy] {
        match self {
            TaskKind::OrderRefused => &[Remedy::Honour, Remedy::ReQuote, Remedy::Cancel],
            TaskKind::VisitProblem => &[
                Remedy::CallCustomer,
                Remedy::PlanVisit,
                Remedy::Reassign,
                Remedy::ReQuote,
                Remedy::Cancel,
            ],
            TaskKind::SlotWish => &[Remedy::PlanVisit, Remedy::CallCustomer, Remedy::Reject],
            TaskKind::DuplicateSerial => {
                &[Remedy::VoidCard, Remedy::CorrectSerial, Remedy::RetakePhoto]
            }
            TaskKind::PaymentUnmatched => &[Remedy::Accept, Remedy::Reject, Remedy::CallCustomer],
            TaskKind::Evidence => &[Remedy::RetakePhoto, Remedy::Accept, Remedy::Reject],
            TaskKind::Loaner => &[Remedy::CallCustomer, Remedy::PlanVisit, Remedy::Accept],
            TaskKind::LeadDue => &[Remedy::CallCustomer, Remedy::PlanVisit, Remedy::Reject],
            TaskKind::SilentDevice => &[Remedy::Reassign, Remedy::Accept],
        }
    }

    /// How soon harm comes of it: 0 today's door, 1 money, 2 data. Inboxes sort by this first.
    pub fn harm(self) -> u8 {
        match self {
            TaskKind::OrderRefused | TaskKind::VisitProblem | TaskKind::SlotWish => 0,
            TaskKind::PaymentUnmatched | TaskKind::Evidence | TaskKind::Loaner => 1,
            TaskKind::DuplicateSerial | TaskKind::LeadDue | TaskKind::SilentDevice => 2,
        }
    }
}

/// What was decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Decision {
    /// Which way out.
    pub remedy: Remedy,
    /// By whom.
    pub by: PersonId,
    /// When.
    pub at: UtcMs,
    /// Why, in the person's own words.
    #[serde(default)]
    pub note: String,
}

/// Something a person must decide.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Task {
    /// Identity.
    pub id: TaskId,
    /// The store concerned.
    pub store: OrgId,
    /// Why.
    pub kind: TaskKind,
    /// About what.
    pub subject: Subject,
    /// What happened, for the person who decides.
    pub reason: Words,
    /// The ways out on offer.
    pub remedies: Vec<Remedy>,
    /// Who calls the customer; absent until somebody takes it.
    #[serde(default)]
    pub caller: Option<PersonId>,
    /// When it was raised.
    pub raised_at: UtcMs,
    /// Until when it must be decided.
    pub deadline: UtcMs,
    /// What was decided.
    #[serde(default)]
    pub decision: Option<Decision>,
}

/// Why a decision is refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum TaskError {
    /// It was not on offer.
    #[error("this remedy was not offered")]
    NotOffered(Remedy),
    /// Somebody has decided already.
    #[error("somebody has already decided")]
    AlreadyDecided,
}

impl TaskError {
    /// The refusal in both languages.
    pub fn words(&self) -> Words {
        let zh = match self {
            TaskError::NotOffered(_) => "没有提供这种处理方式",
            TaskError::AlreadyDecided => "已有人处理",
        };
        Words::new(zh, self.to_string())
    }
}

impl Task {
    /// A new task that offers every way out its kind allows.
    pub fn raise(
        id: TaskId,
        store: OrgId,
        kind: TaskKind,
        subject: Subject,
        reason: Words,
        times: (UtcMs, UtcMs),
    ) -> Task {
        let (raised_at, deadline) = times;
        let remedies = kind.remedies().to_vec();
        Task {
            id,
            store,
            kind,
            subject,
            reason,
            remedies,
            caller: None,
            raised_at,
            deadline,
            decision: None,
        }
    }

    /// Decides, once, for a way out on offer.
    pub fn decide(&mut self, decision: Decision) -> Result<(), TaskError> {
        if self.decision.is_some() {
            return Err(TaskError::AlreadyDecided);
        }
        if !self.remedies.contains(&decision.remedy) {
            return Err(TaskError::NotOffered(decision.remedy));
        }
        self.decision = Some(decision);
        Ok(())
    }

    /// Whether it is still open.
    pub fn is_open(&self) -> bool {
        self.decision.is_none()
    }

    /// Whether it is open past its deadline.
    pub fn is_overdue(&self, now: UtcMs) -> bool {
        self.is_open() && now > self.deadline
    }
}
