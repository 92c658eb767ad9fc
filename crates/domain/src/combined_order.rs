//! The combined removal-install order (合并单): what the customer signed and what became of it.

mod signature;

pub use crate::order_terms::{Machine, OrderTerms, Parties, RemovalMode, SubsidyChoice, Totals};
pub use signature::{
    AmountChange, Relation, Signature, SignatureError, SignedOrder, Stroke, StrokePoint,
    amount_change, signature_stands,
};

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{
    id::{OrderId, OrgId, QuoteId, TaskId},
    time::UtcMs,
    words::Words,
};

/// What can be done about a signed order that HQ cannot execute.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum OrderRemedy {
    /// Carry it out as signed, at the merchant's cost.
    Honour,
    /// Offer a new quote, to be signed anew.
    ReQuote,
    /// Cancel at no cost to the customer.
    Cancel,
}

/// Where an order stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum OrderState {
    /// Signed, on this device only.
    Pending,
    /// HQ has it and has not yet executed it.
    Received,
    /// HQ executed it, once.
    Executed {
        /// HQ's order number.
        number: String,
    },
    /// HQ could not execute it as signed; somebody decides.
    Refused {
        /// Why.
        reason: Words,
        /// The task in which it is decided.
        task: TaskId,
        /// What may be decided.
        remedies: Vec<OrderRemedy>,
    },
    /// A newly signed order took its place.
    Replaced {
        /// By which.
        by: OrderId,
    },
    /// Cancelled.
    Cancelled {
        /// Why.
        reason: Words,
    },
}

impl OrderState {
    /// The state in both languages, as the record's own line says it.
    pub fn words(&self) -> Words {
        match self {
            OrderState::Pending => Words::new("仅在本机", "On this device"),
            OrderState::Received => Words::new("总部已收到", "Received by HQ"),
            OrderState::Executed { number } => Words::new(
                format!("总部已收到，订单号 {number}"),
                format!("Received by HQ, order {number}"),
            ),
            OrderState::Refused { reason, .. } => Words::new(
                format!("需要处理：{}", reason.zh),
                format!("Needs action: {}", reason.en),
            ),
            OrderState::Replaced { .. } => Words::new("已改签新单", "Replaced by a new order"),
            OrderState::Cancelled { .. } => Words::new("已取消", "Cancelled"),
        }
    }
}

/// What can happen to an order. All but the cancellation of an unsent one are HQ's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum OrderEvent {
    /// HQ has it.
    Receive,
    /// HQ executes it, or honours it after a refusal.
    Execute {
        /// HQ's order number.
        number: String,
    },
    /// HQ cannot execute it as signed.
    Refuse {
        /// Why.
        reason: Words,
        /// The task.
        task: TaskId,
        /// What may be decided.
        remedies: Vec<OrderRemedy>,
    },
    /// A new order was signed in its place.
    Replace {
        /// By which.
        by: OrderId,
    },
    /// Cancelled.
    Cancel {
        /// Why.
        reason: Words,
    },
}

/// A filed order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct CombinedOrder {
    /// Identity, the same as in the terms.
    pub id: OrderId,
    /// The store responsible.
    pub store: OrgId,
    /// What was signed.
    pub signed: SignedOrder,
    /// Where it stands.
    pub state: OrderState,
    /// When it was filed on the device.
    pub filed_at: UtcMs,
    /// The receipt number the customer got at the door.
    pub receipt: String,
}

/// Why an event is refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum OrderError {
    /// The state does not allow it.
    #[error("an order that is \"{}\" cannot {}", .from.en, .event.en)]
    NotAllowed {
        /// The state.
        from: Words,
        /// The event.
        event: Words,
    },
    /// The task does not offer this way out.
    #[error("this remedy was not offered")]
    RemedyNotOffered(OrderRemedy),
}

impl OrderError {
    /// The refusal in both languages.
    pub fn words(&self) -> Words {
        let zh = match self {
            OrderError::NotAllowed { from, event } => {
                format!("“{}”的订单不能“{}”", from.zh, event.zh)
            }
            OrderError::RemedyNotOffered(_) => "没有提供这种处理方式".to_owned(),
        };
        Words::new(zh, self.to_string())
    }
}

impl OrderEvent {
    fn words(&self) -> Words {
        match self {
            OrderEvent::Receive => Words::new("接收", "be received"),
            OrderEvent::Execute { .. } => Words::new("执行", "be executed"),
            OrderEvent::Refuse { .. } => Words::new("退回", "be refused"),
            OrderEvent::Replace { .. } => Words::new("改签", "be replaced"),
            OrderEvent::Cancel { .. } => Words::new("取消", "be cancelled"),
        }
    }

    fn remedy(&self) -> Option<OrderRemedy> {
        match self {
            OrderEvent::Execute { .. } => Some(OrderRemedy::Honour),
            OrderEvent::Replace { .. } => Some(OrderRemedy::ReQuote),
            OrderEvent::Cancel { .. } => Some(OrderRemedy::Cancel),
            OrderEvent::Receive | OrderEvent::Refuse { .. } => None,
        }
    }
}

impl CombinedOrder {
    /// Takes one event, or refuses and changes nothing.
    ///
    /// `pending → received → executed`, or refused with remedies; HQ may receive and decide at
    /// once. A refused order ends only by a remedy that was offered. Executed orders can still be
    /// replaced (an add-on, signed anew) or cancelled. Replaced and cancelled orders stay so, and
    /// an executed order is never executed again.
    pub fn apply(&mut self, event: OrderEvent) -> Result<(), OrderError> {
        use OrderState::{Executed, Pending, Received, Refused};
        if let (Refused { remedies, .. }, Some(remedy)) = (&self.state, event.remedy())
            && !remedies.contains(&remedy)
        {
            return Err(OrderError::RemedyNotOffered(remedy));
        }
        self.state = match (&self.state, event) {
            (Pending, OrderEvent::Receive) => Received,
            (Pending | Received | Refused { .. }, OrderEvent::Execute { number }) => {
                Executed { number }
            }
            (Pending | Received, OrderEvent::Refuse { reason, task, remedies }) => {
                Refused { reason, task, remedies }
            }
            (Refused { .. } | Executed { .. }, OrderEvent::Replace { by }) => {
                OrderState::Replaced { by }
            }
            (
                Pending | Received | Refused { .. } | Executed { .. },
                OrderEvent::Cancel { reason },
            ) => OrderState::Cancelled { reason },
            (from, event) => {
                return Err(OrderError::NotAllowed { from: from.words(), event: event.words() });
            }
        };
        Ok(())
    }

    /// HQ's number, once executed.
    pub fn number(&self) -> Option<&str> {
        match &self.state {
            OrderState::Executed { number } => Some(number),
            _ => None,
        }
    }

    /// The quote it rests on.
    pub fn quote(&self) -> QuoteId {
        self.signed.terms.quote
    }
}
