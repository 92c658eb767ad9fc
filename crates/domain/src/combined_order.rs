//! The combined removal-install order (合并单): what the customer signed and what became of it.

use serde::{Deserialize, Serialize};
use thiserror::Error;

pub use crate::order_terms::{Machine, OrderTerms, Parties, RemovalMode, SubsidyChoice, Totals};
use crate::{
    id::{OrderId, OrgId, QuoteId, TaskId},
    money::Fen,
    time::UtcMs,
    words::Words,
};

/// Who someone is to the buyer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Relation {
    /// The buyer in person.
    #[default]
    #[serde(rename = "self")]
    Buyer,
    /// Of the buyer's family.
    Family,
    /// Somebody the buyer sent.
    Proxy,
}

impl Relation {
    /// The relation in both languages.
    pub fn words(self) -> Words {
        match self {
            Relation::Buyer => Words::new("本人", "The buyer"),
            Relation::Family => Words::new("家属", "Family"),
            Relation::Proxy => Words::new("代签", "Proxy"),
        }
    }

    /// The name under which a signature covers it; never changes.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Relation::Buyer => "self",
            Relation::Family => "family",
            Relation::Proxy => "proxy",
        }
    }
}

/// A point of the pen: position in 1/100 mm from the pad's top left, and milliseconds since the
/// first point of the signature. Integers, so that the same drawing has the same bytes everywhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct StrokePoint {
    /// To the right.
    pub x: i32,
    /// Down.
    pub y: i32,
    /// Milliseconds.
    pub t: u32,
}

/// One stroke, pen down to pen up.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(transparent)]
pub struct Stroke(pub Vec<StrokePoint>);

/// A signature and what it signs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Signature {
    /// The signer's typed name.
    pub name: String,
    /// Who the signer is to the buyer.
    pub relation: Relation,
    /// When.
    pub signed_at: UtcMs,
    /// The drawing.
    pub strokes: Vec<Stroke>,
    /// [`OrderTerms::digest`] of what stood above the line: SHA-256, 64 hex digits.
    pub signed_digest: String,
}

/// Why a signature is not taken.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SignatureError {
    /// No name was typed.
    #[error("the signer's name is missing")]
    NoName,
    /// Nothing was drawn.
    #[error("nothing was drawn")]
    NoStroke,
    /// The binding time had passed.
    #[error("the offer was no longer binding when it was signed")]
    Expired,
    /// It signs something else: an amount or a term changed.
    #[error("the terms changed after signing: sign again")]
    TermsChanged,
}

impl SignatureError {
    /// The refusal in both languages.
    pub fn words(&self) -> Words {
        let zh = match self {
            SignatureError::NoName => "请填写签字人姓名",
            SignatureError::NoStroke => "请先签字",
            SignatureError::Expired => "签字时报价已过有效期",
            SignatureError::TermsChanged => "签字后内容有变，请重新签字",
        };
        Words::new(zh, self.to_string())
    }
}

/// Terms with the signature under them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct SignedOrder {
    /// What was agreed.
    pub terms: OrderTerms,
    /// Who agreed.
    pub signature: Signature,
}

impl SignedOrder {
    /// Puts a signature under terms: a name, at least one stroke, before the offer lapses.
    pub fn sign(
        terms: OrderTerms,
        name: &str,
        relation: Relation,
        strokes: Vec<Stroke>,
        signed_at: UtcMs,
    ) -> Result<SignedOrder, SignatureError> {
        let signed_digest = terms.digest();
        let name = name.trim().to_owned();
        let signature = Signature { name, relation, signed_at, strokes, signed_digest };
        let order = SignedOrder { terms, signature };
        order.check()?;
        Ok(order)
    }

    /// Whether the signature is whole and signs exactly these terms; HQ asks this of every order.
    pub fn check(&self) -> Result<(), SignatureError> {
        if self.signature.name.trim().is_empty() {
            return Err(SignatureError::NoName);
        }
        if !self.signature.strokes.iter().any(|stroke| stroke.0.len() >= 2) {
            return Err(SignatureError::NoStroke);
        }
        if self.signature.signed_at > self.terms.binding_until {
            return Err(SignatureError::Expired);
        }
        if self.signature.signed_digest != self.terms.digest() {
            return Err(SignatureError::TermsChanged);
        }
        Ok(())
    }
}

/// Whether the customer's signature still stands for `totals`: both amounts are those signed, and
/// the terms are untouched. Approval or refusal of the subsidy changes neither amount, so it needs
/// no new signature.
pub fn signature_stands(order: &SignedOrder, totals: &Totals) -> bool {
    order.terms.totals == *totals && order.check().is_ok()
}

/// By how much the totals moved since signing; `None` when neither moved.
pub fn amount_change(order: &SignedOrder, totals: &Totals) -> Option<AmountChange> {
    let signed = &order.terms.totals;
    let change = AmountChange {
        certain: totals.certain.minus(signed.certain)?,
        if_approved: totals.if_approved.minus(signed.if_approved)?,
    };
    (change.certain != Fen::ZERO || change.if_approved != Fen::ZERO).then_some(change)
}

/// A movement of both totals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct AmountChange {
    /// Of the certain total.
    pub certain: Fen,
    /// Of the total if the subsidy is approved.
    pub if_approved: Fen,
}

impl AmountChange {
    /// `金额已变 +¥120.00，请重新签字`.
    pub fn words(&self) -> Words {
        let moved = if self.certain == Fen::ZERO { self.if_approved } else { self.certain };
        let sign = if moved < Fen::ZERO { "−" } else { "+" };
        let size = if moved < Fen::ZERO { moved.negated() } else { moved };
        Words::new(
            format!("金额已变 {sign}¥{size}，请重新签字"),
            format!("Amount changed by {sign}¥{size}: sign again"),
        )
    }
}

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
