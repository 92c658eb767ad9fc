//! The signed QR code of a warranty card, which proves a card genuine without a network.
//!
//! A card's fields are signed with ed25519 under a key of the key list ([`KeyList`]) and printed
//! as base45 text (RFC 9285), which a QR code stores in its compact alphanumeric mode. "Genuine"
//! means signed under a valid key; whether HQ has since changed the card is another question.

mod error;
mod packed;
mod picture;
#[cfg(test)]
mod tests;
mod wire;

use doorstep_domain::card::{CardStatus, WarrantyCard};
use doorstep_domain::id::CardId;
use doorstep_domain::time::{Date, UtcMs};
use doorstep_domain::trust::{KeyList, KeyUse, Kid};
use doorstep_domain::warranty::{MachineUse, Scope};
use ed25519_dalek::{Signature, Signer, SigningKey};
use serde::{Deserialize, Serialize};

pub use error::CardCodeError;
pub use picture::{MAX_VERSION, QUIET_ZONE, QrModules, modules};

/// How the text of every card code begins; signed along with the content, so that a signature made
/// for something else is no card.
pub const PREFIX: &str = "DSC:";
/// The most bytes a card may have, signature included: with the prefix, what 221 alphanumeric
/// characters hold, the capacity of QR version 8 at level M (ISO/IEC 18004 table 7). A card with
/// one serial number of 20 characters has 114.
pub const MAX_BYTES: usize = 144;

/// Which product a card is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CardProduct {
    /// Its GTIN; comes back padded to 14 digits.
    Gtin(String),
    /// Its model, at most 63 characters, where there is no GTIN.
    Model(String),
    /// Known at HQ by the card's id only.
    Unstated,
}

/// What a card code says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CardFields {
    /// The key that signs it.
    pub kid: Kid,
    /// The card.
    pub card: CardId,
    /// The product.
    pub product: CardProduct,
    /// Serial numbers of the parts, at least one, each of at most 63 characters.
    pub serials: Vec<String>,
    /// Day of the invoice, from which the warranty counts; 2000 to 2179.
    pub invoice_date: Date,
    /// Day the machine was installed, from which its safe life counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub install_date: Option<Date>,
    /// Months covered for the whole unit.
    pub whole_months: u8,
    /// Months covered for the main parts.
    pub main_parts_months: u8,
    /// Issued by a store without a network (临时卡), not yet final.
    pub provisional: bool,
    /// For a business, not a household: other terms apply.
    pub commercial: bool,
    /// When it was signed; kept to the second.
    pub issued_at: UtcMs,
}

impl CardFields {
    /// What the code of this card says, signed under `kid`. A card without an invoice date counts
    /// from the day it was issued.
    pub fn of(card: &WarrantyCard, kid: Kid) -> CardFields {
        let months = |scope| u8::try_from(card.terms.months(scope)).unwrap_or(u8::MAX);
        let product = match (&card.gtin, card.model.is_empty()) {
            (Some(gtin), _) => CardProduct::Gtin(gtin.clone()),
            (None, false) => CardProduct::Model(card.model.clone()),
            (None, true) => CardProduct::Unstated,
        };
        CardFields {
            kid,
            card: card.id,
            product,
            serials: card.serials.clone(),
            invoice_date: card.invoice_date.unwrap_or_else(|| card.issued_at.shanghai_day()),
            install_date: card.installed_on,
            whole_months: months(Scope::WholeUnit),
            main_parts_months: months(Scope::MainParts),
            provisional: card.status == CardStatus::Provisional,
            commercial: card.terms.machine_use == MachineUse::Commercial,
            issued_at: card.issued_at,
        }
    }

    /// What the signing key must be listed for.
    pub fn key_use(&self) -> KeyUse {
        if self.provisional { KeyUse::ProvisionalCard } else { KeyUse::Card }
    }
}

/// A card code that proved genuine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenedCard {
    /// What it says.
    pub fields: CardFields,
    /// The version of the key list that vouched for it, to be shown with the date of the last sync.
    pub key_list_version: u64,
    /// It says it was issued later than `now`: this device's clock or the issuer's is wrong.
    pub issued_ahead: bool,
}

/// Signs a card under the key its `kid` names and gives the text for its QR code.
///
/// Fails with [`CardCodeError::Field`] if a field cannot be carried and with
/// [`CardCodeError::TooLarge`] if all of them together do not fit [`MAX_BYTES`].
pub fn sign(card: &CardFields, key: &SigningKey) -> Result<String, CardCodeError> {
    let mut bytes = wire::write(card)?;
    let signature = key.sign(&signed_bytes(&bytes));
    bytes.extend(signature.to_bytes());
    if bytes.len() > MAX_BYTES {
        return Err(CardCodeError::TooLarge { bytes: bytes.len() });
    }
    Ok(format!("{PREFIX}{}", base45::encode(&bytes)))
}

/// Opens the text of a card code and proves it genuine against the key list this device holds.
///
/// The key is checked first, so that a card under an unknown or revoked key is refused as such;
/// then the signature. `now` only serves [`OpenedCard::issued_ahead`]: a card stays genuine after
/// its key has run out, if it was issued before.
pub fn open(text: &str, keys: &KeyList, now: UtcMs) -> Result<OpenedCard, CardCodeError> {
    let body = text.trim().strip_prefix(PREFIX).ok_or(CardCodeError::NotOurs)?;
    let bytes = base45::decode(body).map_err(|_| CardCodeError::Damaged)?;
    if bytes.first().is_some_and(|version| *version != wire::VERSION) {
        return Err(CardCodeError::UnknownVersion(bytes.first().copied().unwrap_or_default()));
    }
    let (signed, signature) = bytes
        .len()
        .checked_sub(wire::SIGNATURE_BYTES)
        .and_then(|at| bytes.split_at_checked(at))
        .ok_or(CardCodeError::Damaged)?;
    let signature = Signature::from_slice(signature).map_err(|_| CardCodeError::Damaged)?;
    let fields = wire::read(signed)?;
    let key = keys
        .key(fields.kid, fields.key_use(), fields.issued_at)
        .map_err(|error| CardCodeError::of_key(error, fields.kid))?;
    key.verify_strict(&signed_bytes(signed), &signature).map_err(|_| CardCodeError::Altered)?;
    let issued_ahead = fields.issued_at > now;
    Ok(OpenedCard { fields, key_list_version: keys.version, issued_ahead })
}

fn signed_bytes(content: &[u8]) -> Vec<u8> {
    [PREFIX.as_bytes(), content].concat()
}
