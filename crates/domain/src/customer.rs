//! The customer of record, masked by default, with consent on record.

use serde::{Deserialize, Serialize};

use crate::{
    id::{CustomerId, OrgId, PersonId},
    time::UtcMs,
};

/// What a customer agreed to. Consent is asked for each purpose on its own (Personal Information
/// Protection Law, article 14).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum ConsentPurpose {
    /// Name, phone and address for the visit.
    Service,
    /// Photos inside the home.
    Photos,
    /// Passing the data to the subsidy authority.
    Subsidy,
    /// Calls and messages about offers.
    Marketing,
}

/// A consent given or withdrawn.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Consent {
    /// For what.
    pub purpose: ConsentPurpose,
    /// `true` given, `false` withdrawn.
    pub given: bool,
    /// When.
    pub at: UtcMs,
    /// Who recorded it.
    pub recorded_by: PersonId,
    /// The version of the notice the customer was shown.
    pub notice: String,
}

/// A customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Customer {
    /// Identity.
    pub id: CustomerId,
    /// The store that serves the customer.
    pub store: OrgId,
    /// Full name.
    pub name: String,
    /// Phone numbers, the one to call first in front.
    #[serde(default)]
    pub phones: Vec<String>,
    /// Postal address in one line.
    #[serde(default)]
    pub address: String,
    /// Consents in the order they were recorded.
    #[serde(default)]
    pub consents: Vec<Consent>,
}

/// A customer as screens show one until somebody asks for more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct MaskedCustomer {
    /// Identity.
    pub id: CustomerId,
    /// `王*`.
    pub name: String,
    /// `138****1234`.
    pub phones: Vec<String>,
}

impl Customer {
    /// The customer with name and phones masked; the address is left out.
    pub fn masked(&self) -> MaskedCustomer {
        MaskedCustomer {
            id: self.id,
            name: masked_name(&self.name),
            phones: self.phones.iter().map(|phone| masked_phone(phone)).collect(),
        }
    }

    /// Whether the latest word on `purpose` is a yes.
    pub fn consents_to(&self, purpose: ConsentPurpose) -> bool {
        self.consents
            .iter()
            .filter(|consent| consent.purpose == purpose)
            .max_by_key(|consent| consent.at)
            .is_some_and(|latest| latest.given)
    }
}

/// The first character and one star, whatever the length: `王*`. A name of one character is
/// hidden whole.
pub fn masked_name(name: &str) -> String {
    let mut letters = name.trim().chars();
    match (letters.next(), letters.next()) {
        (None, _) => String::new(),
        (Some(_), None) => "*".to_owned(),
        (Some(first), Some(_)) => format!("{first}*"),
    }
}

/// A phone number as it is compared: digits only, without the country code 86 of a mainland mobile
/// number.
pub fn digits_of(phone: &str) -> String {
    let digits: String = phone.chars().filter(char::is_ascii_digit).collect();
    match digits.strip_prefix("86") {
        Some(rest) if rest.len() == 11 && rest.starts_with('1') => rest.to_owned(),
        _ => digits,
    }
}

/// Whether a number can be called: a mainland mobile number (11 digits, 1 and 3 to 9 in front), or a
/// landline of seven to twelve digits with its area code.
pub fn is_phone(phone: &str) -> bool {
    let digits = digits_of(phone);
    match (digits.len(), digits.strip_prefix('1')) {
        (11, Some(rest)) => rest.starts_with(|second: char| ('3'..='9').contains(&second)),
        (7..=12, None) => true,
        _ => false,
    }
}

/// `138****1234` for a mainland mobile number (with or without +86), `****1234` for other numbers
/// of seven digits and more, only stars for shorter ones.
pub fn masked_phone(phone: &str) -> String {
    let digits: Vec<char> = digits_of(phone).chars().collect();
    let tail: String = digits.iter().skip(digits.len().saturating_sub(4)).collect();
    if digits.len() == 11 && digits.first() == Some(&'1') {
        let head: String = digits.iter().take(3).collect();
        format!("{head}****{tail}")
    } else if digits.len() >= 7 {
        format!("****{tail}")
    } else {
        "*".repeat(digits.len())
    }
}
