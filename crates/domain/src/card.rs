//! The electronic warranty card of a machine.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{
    asset::YearMonth,
    id::{AssetId, CardId, CustomerId, OrgId, PersonId},
    time::{Date, UtcMs},
    trust::Kid,
    warranty::{Exclusion, Repair, WarrantyTerms},
    words::Words,
};

/// How far a card may be relied on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum CardStatus {
    /// Issued without a network (临时卡); HQ has not claimed the serials yet.
    Provisional,
    /// HQ claimed the serials: no other card has them.
    Final,
    /// Withdrawn; promises nothing.
    Void,
}

impl CardStatus {
    /// The status in both languages.
    pub fn words(self) -> Words {
        match self {
            CardStatus::Provisional => Words::new("临时卡，待总部登记", "Provisional, awaiting HQ"),
            CardStatus::Final => Words::new("正式卡", "Final"),
            CardStatus::Void => Words::new("已作废", "Void"),
        }
    }
}

/// A warranty card. It names no customer by name, so it may travel further than customers do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct WarrantyCard {
    /// Identity, also in the QR code.
    pub id: CardId,
    /// The store that issued it.
    pub store: OrgId,
    /// How far it may be relied on.
    pub status: CardStatus,
    /// When it was issued.
    pub issued_at: UtcMs,
    /// Who issued it; absent for cards taken over from elsewhere.
    #[serde(default)]
    pub issued_by: Option<PersonId>,
    /// The machine, once there is a record of it.
    #[serde(default)]
    pub asset: Option<AssetId>,
    /// The owner, by identity only.
    #[serde(default)]
    pub customer: Option<CustomerId>,
    /// Category, by the catalogue's name.
    pub category: String,
    /// Brand as printed.
    pub brand: String,
    /// Model as printed.
    pub model: String,
    /// GTIN, digits.
    #[serde(default)]
    pub gtin: Option<String>,
    /// Serials of the covered parts (a split air conditioner has two).
    pub serials: Vec<String>,
    /// The invoice's date: where the warranty starts.
    #[serde(default)]
    #[cfg_attr(feature = "ts", ts(type = "string | null"))]
    pub invoice_date: Option<Date>,
    /// The invoice's number.
    #[serde(default)]
    pub invoice_number: Option<String>,
    /// Month of manufacture: decides the start when there is no invoice.
    #[serde(default)]
    pub nameplate_month: Option<YearMonth>,
    /// First installation: starts the safe life, never the warranty.
    #[serde(default)]
    #[cfg_attr(feature = "ts", ts(type = "string | null"))]
    pub installed_on: Option<Date>,
    /// The day the machine was exchanged under warranty, which restarts it.
    #[serde(default)]
    #[cfg_attr(feature = "ts", ts(type = "string | null"))]
    pub exchanged_on: Option<Date>,
    /// What is promised.
    pub terms: WarrantyTerms,
    /// Repairs since purchase.
    #[serde(default)]
    pub repairs: Vec<Repair>,
    /// Grounds on which HQ refused cover.
    #[serde(default)]
    pub exclusions: Vec<Exclusion>,
    /// The card that took its place.
    #[serde(default)]
    pub replaced_by: Option<CardId>,
}

/// Why a card's status cannot change so.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum CardError {
    /// The card is not in a state for it.
    #[error("the card is \"{}\" and cannot become \"{}\"", .from.words().en, .to.words().en)]
    NotAllowed {
        /// The status it has.
        from: CardStatus,
        /// The status asked for.
        to: CardStatus,
    },
}

impl CardError {
    /// The refusal in both languages.
    pub fn words(&self) -> Words {
        let CardError::NotAllowed { from, to } = self;
        let zh = format!("保修卡是“{}”，不能改为“{}”", from.words().zh, to.words().zh);
        Words::new(zh, self.to_string())
    }
}

impl WarrantyCard {
    /// Moves the card on: provisional → final, and either → void. Nothing comes back from void,
    /// and a final card never becomes provisional again.
    pub fn become_status(&mut self, to: CardStatus) -> Result<(), CardError> {
        match (self.status, to) {
            (CardStatus::Provisional, CardStatus::Final | CardStatus::Void)
            | (CardStatus::Final, CardStatus::Void) => {
                self.status = to;
                Ok(())
            }
            (from, to) => Err(CardError::NotAllowed { from, to }),
        }
    }

    /// What the card's QR code says, under the key that is to sign it.
    pub fn payload(&self, kid: Kid) -> CardPayload {
        CardPayload {
            version: CardPayload::VERSION,
            kid,
            card: self.id,
            product: match &self.gtin {
                Some(gtin) => CardProduct::Gtin(gtin.clone()),
                None => CardProduct::Model(self.model.clone()),
            },
            serials: self.serials.clone(),
            issued_on: self.issued_at.shanghai_day(),
            invoice_date: self.invoice_date,
            installed_on: self.installed_on,
            terms: self.terms.clone(),
        }
    }
}

/// What names the product on a card's QR code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum CardProduct {
    /// GTIN, digits.
    Gtin(String),
    /// Model as printed, where the machine has no GTIN.
    Model(String),
}

/// The facts a card's QR code carries and its signature covers. How they become bytes is the
/// encoder's business.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct CardPayload {
    /// Layout version.
    pub version: u8,
    /// The signing key's short name.
    pub kid: Kid,
    /// The card.
    pub card: CardId,
    /// The product.
    pub product: CardProduct,
    /// Serials of the covered parts.
    pub serials: Vec<String>,
    /// The day of issue: the signing key must be valid on it.
    #[cfg_attr(feature = "ts", ts(type = "string"))]
    pub issued_on: Date,
    /// The invoice's date.
    #[serde(default)]
    #[cfg_attr(feature = "ts", ts(type = "string | null"))]
    pub invoice_date: Option<Date>,
    /// First installation.
    #[serde(default)]
    #[cfg_attr(feature = "ts", ts(type = "string | null"))]
    pub installed_on: Option<Date>,
    /// What is promised.
    pub terms: WarrantyTerms,
}

impl CardPayload {
    /// The layout written today.
    pub const VERSION: u8 = 1;
}
