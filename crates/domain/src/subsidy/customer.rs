//! What a subsidy asks about the customer, without a name, a number or an address.

use serde::{Deserialize, Serialize};

use crate::money::Fen;
use crate::subsidy::pack::PartyRole;
use crate::time::Date;

/// Who buys, in law.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum CustomerKind {
    /// A natural person.
    #[default]
    Natural,
    /// A company or institution.
    Legal,
}

/// Who plays which part, as labels that only say who is the same: every role defaults to
/// `customer`; another person gets another label, and [`SaleParties::UNKNOWN`] says nobody has asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(default)]
pub struct SaleParties {
    /// Whose name is on the invoice.
    pub buyer: String,
    /// Who pays.
    pub payer: String,
    /// Who applies for the subsidy.
    pub applicant: String,
    /// Who receives the goods.
    pub recipient: String,
    /// Who hands in the old machines.
    pub seller: String,
    /// Who signs at the door.
    pub signer: String,
}

impl SaleParties {
    /// The label of a person nobody has asked about yet.
    pub const UNKNOWN: &'static str = "unknown";

    /// The label in a role.
    pub fn label(&self, role: PartyRole) -> &str {
        match role {
            PartyRole::Buyer => &self.buyer,
            PartyRole::Payer => &self.payer,
            PartyRole::Applicant => &self.applicant,
            PartyRole::Recipient => &self.recipient,
            PartyRole::Seller => &self.seller,
            PartyRole::Signer => &self.signer,
        }
    }
}

impl Default for SaleParties {
    fn default() -> Self {
        let customer = || "customer".to_owned();
        SaleParties {
            buyer: customer(),
            payer: customer(),
            applicant: customer(),
            recipient: customer(),
            seller: customer(),
            signer: customer(),
        }
    }
}

/// Pieces and yuan a person has already had under a programme; a refunded piece counts too.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct PriorUse {
    /// The programme: a pack's quota id.
    pub quota: String,
    /// The group of articles.
    pub group: String,
    /// Pieces.
    #[serde(default = "one")]
    pub quantity: u32,
    /// Subsidy received, in fen.
    #[serde(default)]
    pub amount: Fen,
}

fn one() -> u32 {
    1
}

/// How a customer stands with a programme's own app.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum EntitlementState {
    /// Drawn and not used.
    Held,
    /// Can still be drawn.
    #[default]
    NotDrawn,
    /// Barred, for instance after too many entitlements left unused.
    Barred,
}

/// What is known about an entitlement for one group of articles.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Entitlement {
    /// The programme: a pack's quota id.
    pub quota: String,
    /// The group of articles.
    pub group: String,
    /// How it stands.
    #[serde(default)]
    pub state: EntitlementState,
    /// The last day of an entitlement already drawn.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(type = "string", optional))]
    pub expires: Option<Date>,
}

/// What the rules ask about the customer. The defaults are one natural person in every role who
/// has had nothing yet; HQ may know of earlier uses that a tablet cannot know.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(default)]
pub struct CustomerFacts {
    /// Natural or legal person.
    pub kind: CustomerKind,
    /// A rural household by its register.
    pub rural: bool,
    /// Who plays which part.
    pub parties: SaleParties,
    /// What was already received.
    pub prior_uses: Vec<PriorUse>,
    /// Entitlements that are known about.
    pub entitlements: Vec<Entitlement>,
}

impl CustomerFacts {
    /// Pieces of one group already received under a programme.
    pub fn pieces_used(&self, quota: &str, group: &str) -> u32 {
        let same = |used: &&PriorUse| used.quota == quota && used.group == group;
        self.prior_uses.iter().filter(same).fold(0, |sum, used| sum.saturating_add(used.quantity))
    }

    /// Pieces of all groups already received under a programme.
    pub fn pieces_used_in_all(&self, quota: &str) -> u32 {
        let same = |used: &&PriorUse| used.quota == quota;
        self.prior_uses.iter().filter(same).fold(0, |sum, used| sum.saturating_add(used.quantity))
    }

    /// Fen already received under a programme, saturating.
    pub fn amount_used(&self, quota: &str) -> Fen {
        let same = |used: &&PriorUse| used.quota == quota;
        Fen(self
            .prior_uses
            .iter()
            .filter(same)
            .fold(0i64, |sum, used| sum.saturating_add(used.amount.0)))
    }

    /// What is known of the entitlement for a group of articles.
    pub fn entitlement(&self, quota: &str, group: &str) -> Option<&Entitlement> {
        self.entitlements.iter().find(|e| e.quota == quota && e.group == group)
    }
}
