//! Issuing a warranty card: HQ claims its serials, makes it final and signs its QR text.

use std::collections::BTreeSet;

use doorstep_domain::{
    card::{CardStatus, WarrantyCard},
    claim::{Claim, IssueCard},
    customer::{Customer, digits_of},
    decision::Decision,
    id::{CardId, CustomerId},
    org::Bucket,
    task::{Subject, TaskKind},
    trust::Kid,
    words::Words,
};
use doorstep_media::card_code::{self, CardCodeError, CardFields, OpenedCard};
use doorstep_store::{
    error::{Result, StoreError},
    ledger::{customers, orders, rows},
};
use doorstep_sync::wire::Command;
use ed25519_dalek::SigningKey;
use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{super::Desk, executed, id_taken, outside, raise, refused, refused_for};
use crate::{
    home::Home,
    keys,
    records::{self, kind},
};

/// The row beside a final card: what its QR says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CardCodeRow {
    /// The card.
    pub card: CardId,
    /// The text of the QR.
    pub text: String,
    /// The key that signed it.
    pub kid: Kid,
}

/// Issues a card.
pub(super) fn issue(desk: &Desk<'_>, command: &Command, claim: &IssueCard) -> Result<Decision> {
    let card = &claim.card;
    if let Some(refusal) = outside(desk, card.store) {
        return Ok(refusal);
    }
    if let Err(error) = Claim::CardIssue(Box::new(claim.clone())).check() {
        return Ok(refused_for("card_unsound", &error.words()));
    }
    if records::load::<WarrantyCard>(desk.conn, kind::CARD, card.id.0)?.is_some() {
        return Ok(refused("card_already_issued", []));
    }
    let customer = claim.new_customer.as_ref().map(|customer| (customer.id.0, kind::CUSTOMER));
    for (id, kind) in [Some((card.id.0, kind::CARD)), customer].into_iter().flatten() {
        if let Some(taken) = id_taken(desk, id, kind)? {
            return Ok(taken);
        }
    }
    if let Some(refusal) = counter_code_of_another(desk, claim)? {
        return Ok(refusal);
    }
    let mut card = card.clone();
    if let Some(customer) = &claim.new_customer {
        card.customer = Some(known_or_new(desk, customer)?);
    }
    let serials: BTreeSet<String> = card
        .serials
        .iter()
        .map(|serial| serial.trim().to_owned())
        .filter(|serial| !serial.is_empty())
        .collect();
    for serial in &serials {
        if let Some(holder) = orders::claim_serial(desk.conn, serial, card.id)? {
            orders::free_serials(desk.conn, card.id)?;
            return duplicate(desk, command, &card, serial, holder);
        }
    }
    card.become_status(CardStatus::Final)
        .map_err(|error| StoreError::Unreadable { what: "card", detail: error.to_string() })?;
    records::put_card(desk.conn, &card, desk.now)?;
    let text = publish_code(desk, &card)?;
    Ok(executed(json!({ "card": card.id, "text": text })))
}

/// Refuses a card whose code from the counter says something else, or is not the store's. A code
/// under a key that was withdrawn meanwhile does not count against the card: HQ signs its own now.
fn counter_code_of_another(desk: &Desk<'_>, claim: &IssueCard) -> Result<Option<Decision>> {
    let Some(text) = &claim.provisional_qr else { return Ok(None) };
    let keys = keys::list(desk.conn)
        .map_err(|error| StoreError::Unreadable { what: "key list", detail: error.to_string() })?;
    let card = &claim.card;
    let says_the_same = |opened: &OpenedCard| {
        let (said, meant) = (&opened.fields, CardFields::of(card, opened.fields.kid));
        said.provisional
            && said.card == meant.card
            && said.serials == meant.serials
            && said.invoice_date == meant.invoice_date
            && said.whole_months == meant.whole_months
            && said.main_parts_months == meant.main_parts_months
    };
    Ok(match card_code::open(text, &keys, desk.now) {
        Ok(opened) if says_the_same(&opened) => None,
        Ok(_) => Some(refused_for("card_unsound", &CardCodeError::Altered.words())),
        Err(CardCodeError::RevokedKey(_) | CardCodeError::OutsideValidity(_)) => None,
        Err(error) => Some(refused_for("card_unsound", &error.words())),
    })
}

/// The customer the store knows under this phone number, else the new one.
fn known_or_new(desk: &Desk<'_>, customer: &Customer) -> Result<CustomerId> {
    for phone in &customer.phones {
        if let Some(known) = customers::by_phone(desk.conn, customer.store, &digits_of(phone))? {
            return Ok(known);
        }
    }
    if records::load::<Customer>(desk.conn, kind::CUSTOMER, customer.id.0)?.is_none() {
        records::put_customer(desk.conn, customer)?;
    }
    Ok(customer.id)
}

/// Two cards claim one serial: the later one stays provisional, and a person decides.
fn duplicate(
    desk: &Desk<'_>,
    command: &Command,
    card: &WarrantyCard,
    serial: &str,
    holder: CardId,
) -> Result<Decision> {
    records::put_card(desk.conn, card, desk.now)?;
    let reason = Words::new(
        format!("机身码 {serial} 已在保修卡 {holder} 上登记"),
        format!("serial {serial} is on card {holder} already"),
    );
    let about = (Subject::Card(card.id), reason);
    let task = raise(desk, command.key, card.store, TaskKind::DuplicateSerial, about, None)?;
    Ok(match refused("serial_taken", [("serial", serial.to_owned())]) {
        Decision::Refused { code, params, .. } => {
            Decision::Refused { code, params, task: Some(task) }
        }
        executed @ Decision::Executed { .. } => executed,
    })
}

/// Makes a card void and frees its serials.
pub(super) fn make_void(desk: &Desk<'_>, id: CardId) -> Result<bool> {
    let Some(mut card) = records::load::<WarrantyCard>(desk.conn, kind::CARD, id.0)? else {
        return Ok(false);
    };
    if card.become_status(CardStatus::Void).is_err() {
        return Ok(false);
    }
    orders::free_serials(desk.conn, id)?;
    records::update(desk.conn, kind::CARD, id.0, &card)?;
    Ok(true)
}

fn publish_code(desk: &Desk<'_>, card: &WarrantyCard) -> Result<Option<String>> {
    let signer = keys::card_signer(desk.home)
        .map_err(|error| StoreError::Unreadable { what: "card key", detail: error.to_string() })?;
    sign_and_publish(desk.conn, card, signer.kid, &signer.key)
}

/// Signs a final card's QR text and publishes it beside the card; `None` when the card has more
/// serials than fit a code, which is then known at HQ by its record only.
///
/// # Errors
/// Errors of the ledger.
pub fn sign_and_publish(
    conn: &Connection,
    card: &WarrantyCard,
    kid: Kid,
    key: &SigningKey,
) -> Result<Option<String>> {
    let text = match card_code::sign(&CardFields::of(card, kid), key) {
        Ok(text) => text,
        Err(error) => {
            tracing::warn!(card = %card.id, code = error.code(), "a card has no code");
            return Ok(None);
        }
    };
    let row = CardCodeRow { card: card.id, text: text.clone(), kid };
    let buckets = BTreeSet::from([Bucket::cards(card.store)]);
    records::put(conn, kind::CARD_CODE, card.id.0, &buckets, &row)?;
    Ok(Some(text))
}

/// Signs every final card's code anew after the card key was withdrawn.
///
/// # Errors
/// Errors of the ledger, and a card key that cannot be used.
pub fn sign_all_again(home: &Home, conn: &Connection) -> Result<()> {
    let signer = keys::card_signer(home)
        .map_err(|error| StoreError::Unreadable { what: "card key", detail: error.to_string() })?;
    for row in rows::of_kind(conn, kind::CARD)? {
        let card: WarrantyCard = row.record()?;
        if card.status == CardStatus::Final {
            sign_and_publish(conn, &card, signer.kid, &signer.key)?;
        }
    }
    Ok(())
}
