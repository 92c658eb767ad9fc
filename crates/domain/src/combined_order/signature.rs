//! The signature under an order's terms: what it needs, what it covers, and when it no longer stands.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{
    money::Fen,
    order_terms::{OrderTerms, Totals},
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
