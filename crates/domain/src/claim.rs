//! Claims: what only HQ can decide. They wait in the outbox under an idempotency key, and HQ
//! executes each exactly once.
//!
//! A claim travels as JSON text: its tag lies beside its fields.

mod payload;

pub use payload::{
    CancelOrder, DecideTask, EndVisit, FileOrder, HandleQuarantine, IssueCard, IssueLoaner,
    NamedLeases, PlanVisit, RecordPayment, RescheduleVisit, ReturnLoaner, SaveLead, TakeLeases,
};

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{
    card::CardStatus,
    combined_order::SignatureError,
    customer::{Customer, is_phone},
    end_code::Evidence,
    lease::LeaseAsk,
    loaner::LoanError,
    money::Fen,
    payment::{PaymentError, PaymentStatus},
    task::Subject,
    visit::Slot,
    words::Words,
};

/// A claim.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "claim", rename_all = "snake_case")]
pub enum Claim {
    /// File a signed combined order.
    OrderFile(Box<FileOrder>),
    /// Cancel an order.
    OrderCancel(CancelOrder),
    /// Issue a warranty card.
    CardIssue(Box<IssueCard>),
    /// Record a payment.
    PaymentRecord(Box<RecordPayment>),
    /// Save a lead.
    LeadSave(Box<SaveLead>),
    /// Lend a loaner.
    LoanerIssue(Box<IssueLoaner>),
    /// Take a loaner back.
    LoanerReturn(ReturnLoaner),
    /// End a visit.
    VisitEnd(EndVisit),
    /// Ask for another slot.
    VisitReschedule(RescheduleVisit),
    /// Plan a visit.
    VisitPlan(PlanVisit),
    /// Decide a task.
    TaskDecide(DecideTask),
    /// Hold scarce things for this device.
    LeaseTake(TakeLeases),
    /// Hold them for longer.
    LeaseRenew(NamedLeases),
    /// Give back what is left.
    LeaseReturn(NamedLeases),
    /// Release or discard refused changes.
    QuarantineHandle(HandleQuarantine),
}

/// The kinds of claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum ClaimKind {
    /// File a signed combined order.
    OrderFile,
    /// Cancel an order.
    OrderCancel,
    /// Issue a warranty card.
    CardIssue,
    /// Record a payment.
    PaymentRecord,
    /// Save a lead.
    LeadSave,
    /// Lend a loaner.
    LoanerIssue,
    /// Take a loaner back.
    LoanerReturn,
    /// End a visit.
    VisitEnd,
    /// Ask for another slot.
    VisitReschedule,
    /// Plan a visit.
    VisitPlan,
    /// Decide a task.
    TaskDecide,
    /// Hold scarce things for this device.
    LeaseTake,
    /// Hold them for longer.
    LeaseRenew,
    /// Give back what is left.
    LeaseReturn,
    /// Release or discard refused changes.
    QuarantineHandle,
}

/// Why a claim is refused before anything is looked up.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ClaimError {
    /// The signature does not stand.
    #[error(transparent)]
    Signature(#[from] SignatureError),
    /// The payment record is not whole.
    #[error(transparent)]
    Payment(#[from] PaymentError),
    /// The loan is not sound.
    #[error(transparent)]
    Loan(#[from] LoanError),
    /// An amount is out of range.
    #[error("an amount is out of range")]
    Amount,
    /// Only HQ sets this.
    #[error("only HQ makes a card final or confirms a payment")]
    OnlyHq,
    /// A card without a serial claims nothing.
    #[error("the card names no serial")]
    NoSerial,
    /// The new customer of a card is not the card's, not the store's, or cannot be called.
    #[error("the customer's phone number is not right")]
    Customer,
    /// The slot ends before it starts.
    #[error("the slot ends before it starts")]
    Slot,
    /// Nothing is asked for, too much at once, or an amount that is not above zero.
    #[error("what is to be reserved is not said rightly")]
    Leases,
    /// What the ending must be recorded with is missing.
    #[error("the ending lacks its evidence")]
    Evidence,
}

impl ClaimError {
    /// The refusal in both languages.
    pub fn words(&self) -> Words {
        let zh = match self {
            ClaimError::Signature(inner) => return inner.words(),
            ClaimError::Payment(inner) => return inner.words(),
            ClaimError::Loan(inner) => return inner.words(),
            ClaimError::Amount => "金额超出范围",
            ClaimError::OnlyHq => "只有总部可以转为正式卡或确认收款",
            ClaimError::NoSerial => "保修卡没有机身码",
            ClaimError::Customer => "客户电话不对",
            ClaimError::Slot => "结束时间早于开始时间",
            ClaimError::Leases => "要预留的内容不对",
            ClaimError::Evidence => "缺少这种结束方式需要的资料",
        };
        Words::new(zh, self.to_string())
    }
}

impl Claim {
    /// Its kind, for rights and for the outbox's list.
    pub fn kind(&self) -> ClaimKind {
        match self {
            Claim::OrderFile(_) => ClaimKind::OrderFile,
            Claim::OrderCancel(_) => ClaimKind::OrderCancel,
            Claim::CardIssue(_) => ClaimKind::CardIssue,
            Claim::PaymentRecord(_) => ClaimKind::PaymentRecord,
            Claim::LeadSave(_) => ClaimKind::LeadSave,
            Claim::LoanerIssue(_) => ClaimKind::LoanerIssue,
            Claim::LoanerReturn(_) => ClaimKind::LoanerReturn,
            Claim::VisitEnd(_) => ClaimKind::VisitEnd,
            Claim::VisitReschedule(_) => ClaimKind::VisitReschedule,
            Claim::VisitPlan(_) => ClaimKind::VisitPlan,
            Claim::TaskDecide(_) => ClaimKind::TaskDecide,
            Claim::LeaseTake(_) => ClaimKind::LeaseTake,
            Claim::LeaseRenew(_) => ClaimKind::LeaseRenew,
            Claim::LeaseReturn(_) => ClaimKind::LeaseReturn,
            Claim::QuarantineHandle(_) => ClaimKind::QuarantineHandle,
        }
    }

    /// The record it is about; `None` for a task or a quarantine entry, which are about something
    /// else, and for leases, which are no record's own business.
    pub fn subject(&self) -> Option<Subject> {
        match self {
            Claim::OrderFile(file) => Some(Subject::Order(file.signed.terms.order)),
            Claim::OrderCancel(cancel) => Some(Subject::Order(cancel.order)),
            Claim::CardIssue(issue) => Some(Subject::Card(issue.card.id)),
            Claim::PaymentRecord(record) => Some(Subject::Payment(record.payment.id)),
            Claim::LeadSave(save) => Some(Subject::Lead(save.lead.id)),
            Claim::LoanerIssue(issue) => Some(Subject::Loan(issue.loan.id)),
            Claim::LoanerReturn(back) => Some(Subject::Loan(back.loan)),
            Claim::VisitEnd(end) => Some(Subject::Visit(end.visit)),
            Claim::VisitReschedule(wish) => Some(Subject::Visit(wish.visit)),
            Claim::VisitPlan(plan) => Some(Subject::Visit(plan.visit)),
            Claim::TaskDecide(_)
            | Claim::QuarantineHandle(_)
            | Claim::LeaseTake(_)
            | Claim::LeaseRenew(_)
            | Claim::LeaseReturn(_) => None,
        }
    }

    /// Whether the claim is sound in itself, before HQ looks anything up.
    pub fn check(&self) -> Result<(), ClaimError> {
        match self {
            Claim::OrderFile(file) => {
                let totals = file.signed.terms.totals;
                if !totals.certain.is_plausible() || !totals.if_approved.is_plausible() {
                    return Err(ClaimError::Amount);
                }
                check_slot(&file.signed.terms.slot)?;
                Ok(file.signed.check()?)
            }
            Claim::CardIssue(issue) => {
                if issue.card.status != CardStatus::Provisional {
                    return Err(ClaimError::OnlyHq);
                }
                if !issue.card.serials.iter().any(|serial| !serial.trim().is_empty()) {
                    return Err(ClaimError::NoSerial);
                }
                let belongs = |customer: &Customer| {
                    issue.card.customer == Some(customer.id)
                        && issue.card.store == customer.store
                        && customer.phones.first().is_some_and(|phone| is_phone(phone))
                };
                let sound = issue.new_customer.as_ref().is_none_or(belongs);
                if sound { Ok(()) } else { Err(ClaimError::Customer) }
            }
            Claim::PaymentRecord(record) => {
                if record.payment.status != PaymentStatus::Unconfirmed {
                    return Err(ClaimError::OnlyHq);
                }
                Ok(record.payment.check()?)
            }
            Claim::LoanerIssue(issue) => Ok(issue.loan.check_issue()?),
            Claim::VisitEnd(end) => {
                let missing = end.code.evidence().iter().any(|needed| match needed {
                    Evidence::Note => end.note.trim().is_empty(),
                    other => !end.evidence.contains(other),
                });
                if missing { Err(ClaimError::Evidence) } else { Ok(()) }
            }
            Claim::VisitReschedule(wish) => check_slot(&wish.wish),
            Claim::VisitPlan(plan) => check_slot(&plan.slot),
            Claim::LeaseTake(take) => {
                let sound = |ask: &LeaseAsk| ask.amount > 0 && Fen(ask.amount).is_plausible();
                check_leases(take.asks.len(), take.asks.iter().all(sound))
            }
            Claim::LeaseRenew(named) | Claim::LeaseReturn(named) => {
                check_leases(named.leases.len(), true)
            }
            Claim::OrderCancel(_)
            | Claim::LeadSave(_)
            | Claim::LoanerReturn(_)
            | Claim::TaskDecide(_)
            | Claim::QuarantineHandle(_) => Ok(()),
        }
    }
}

/// The most leases one claim names; a day's visits need far fewer.
const MOST_LEASES: usize = 64;

fn check_leases(count: usize, sound: bool) -> Result<(), ClaimError> {
    if sound && (1..=MOST_LEASES).contains(&count) { Ok(()) } else { Err(ClaimError::Leases) }
}

fn check_slot(slot: &Slot) -> Result<(), ClaimError> {
    if slot.start < slot.end { Ok(()) } else { Err(ClaimError::Slot) }
}
