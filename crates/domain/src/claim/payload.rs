//! What each kind of claim carries.

use serde::{Deserialize, Serialize};

use crate::{
    card::WarrantyCard,
    combined_order::SignedOrder,
    customer::Customer,
    end_code::{EndCode, Evidence},
    id::{LeaseId, LoanId, OrderId, OrgId, PersonId, QuarantineId, TaskId, VisitId, WorkOrderId},
    lead::Lead,
    lease::LeaseAsk,
    loaner::{Loan, LoanReturn},
    payment::Payment,
    quarantine::Handling,
    task::Decision,
    time::UtcMs,
    visit::{Slot, VisitStep},
};

/// Files a signed combined order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct FileOrder {
    /// The store responsible.
    pub store: OrgId,
    /// What was signed.
    pub signed: SignedOrder,
    /// The quote snapshot, byte for byte: what the quote hash covers and HQ computes again.
    pub quote_text: String,
    /// When it was filed.
    pub filed_at: UtcMs,
    /// The receipt number the customer got at the door.
    pub receipt: String,
}

/// Cancels an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct CancelOrder {
    /// Which.
    pub order: OrderId,
    /// Why, in the person's own words.
    pub reason: String,
    /// When.
    pub at: UtcMs,
}

/// Issues a warranty card: claims its serials.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct IssueCard {
    /// The card, still provisional.
    pub card: WarrantyCard,
    /// The QR text the customer got, when the store's key signed one at the counter.
    #[serde(default)]
    pub provisional_qr: Option<String>,
    /// A customer nobody has met before, with at least a phone number; the card names the same
    /// identity. HQ keeps the one it has when it knows the number already.
    #[serde(default)]
    pub new_customer: Option<Customer>,
}

/// Records a payment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct RecordPayment {
    /// The payment, still unconfirmed.
    pub payment: Payment,
}

/// Saves a lead, new or changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct SaveLead {
    /// The lead.
    pub lead: Lead,
}

/// Lends a loaner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct IssueLoaner {
    /// The loan.
    pub loan: Loan,
}

/// Takes a loaner back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ReturnLoaner {
    /// Which loan.
    pub loan: LoanId,
    /// The return.
    pub back: LoanReturn,
}

/// Ends a visit, finished or broken off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct EndVisit {
    /// Which.
    pub visit: VisitId,
    /// [`EndCode::Done`] finishes it; any other code breaks it off.
    pub code: EndCode,
    /// In the person's own words.
    #[serde(default)]
    pub note: String,
    /// What was recorded with it.
    #[serde(default)]
    pub evidence: Vec<Evidence>,
    /// When.
    pub at: UtcMs,
}

impl EndVisit {
    /// The visit's step that this claim asks for.
    pub fn step(&self) -> VisitStep {
        match self.code {
            EndCode::Done => VisitStep::Finish,
            code => VisitStep::End { code },
        }
    }
}

/// Asks for another slot (改约申请).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct RescheduleVisit {
    /// Which visit.
    pub visit: VisitId,
    /// The slot the customer would like.
    pub wish: Slot,
    /// Why, in the person's own words.
    #[serde(default)]
    pub reason: String,
}

/// Plans a visit: a new one, or another crew or slot for one that is not over (派工、改派、改约).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct PlanVisit {
    /// Which; an identity HQ does not know yet makes a new visit.
    pub visit: VisitId,
    /// The work orders a new visit carries, all of one household; a known visit keeps its own.
    #[serde(default)]
    pub work_orders: Vec<WorkOrderId>,
    /// Who goes; the first leads. Empty takes the visit off everybody's list.
    pub crew: Vec<PersonId>,
    /// When.
    pub slot: Slot,
}

/// Asks HQ to hold scarce things for this device (预留). What is not free is not granted; the rest is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct TakeLeases {
    /// The store whose work it is for.
    pub store: OrgId,
    /// The visit it is for, if for one.
    #[serde(default)]
    pub visit: Option<VisitId>,
    /// What to hold.
    pub asks: Vec<LeaseAsk>,
}

/// Names leases of this device, to renew them or to give back what is left of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct NamedLeases {
    /// Which.
    pub leases: Vec<LeaseId>,
}

/// Decides a task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct DecideTask {
    /// Which.
    pub task: TaskId,
    /// How.
    pub decision: Decision,
}

/// Releases or discards changes that HQ refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct HandleQuarantine {
    /// Which.
    pub entry: QuarantineId,
    /// What to do.
    pub handling: Handling,
    /// Why, in the person's own words.
    #[serde(default)]
    pub note: String,
}
