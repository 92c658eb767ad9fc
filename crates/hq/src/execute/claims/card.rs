//! Issuing a warranty card: HQ claims its serials, makes it final and signs its QR text.

use std::collections::BTreeSet;

use doorstep_domain::{
    card::{CardStatus, WarrantyCard},
    claim::{Claim, IssueCard},
    decision::Decision,
    id::CardId,
    org::Bucket,
    task::{Subject, TaskKind},
    time::UtcMs,
    trust::Kid,
    words::Words,
};
use doorstep_media::card_code::{self, CardFields, CardProduct};
use doorstep_store::{
    error::{Result, StoreError},
    ledger::{orders, rows},
};
use doorstep_sync::wire::Command;
use ed25519_dalek::SigningKey;
use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{super::Desk, executed, outside, raise, refused, refused_for};
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
    let serials: BTreeSet<String> = card
        .serials
        .iter()
        .map(|serial| serial.trim().to_owned())
        .filter(|serial| !serial.is_empty())
        .collect();
    for serial in &serials {
        if let Some(holder) = orders::claim_serial(desk.conn, serial, card.id)? {
            orders::free_serials(desk.conn, card.id)?;
            return duplicate(desk, command, card, serial, holder);
        }
    }
    let mut card = card.clone();
    card.become_status(CardStatus::Final)
        .map_err(|error| StoreError::Unreadable { what: "card", detail: error.to_string() })?;
    records::put_card(desk.conn, &card, desk.now)?;
    let text = publish_code(desk, &card)?;
    Ok(executed(json!({ "card": card.id, "text": text })))
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
    let text = match card_code::sign(&fields(card, kid), key) {
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

fn fields(card: &WarrantyCard, kid: Kid) -> CardFields {
    use doorstep_domain::warranty::{MachineUse, Scope};
    let months = |scope| u8::try_from(card.terms.months(scope)).unwrap_or(u8::MAX);
    let product = match &card.gtin {
        Some(gtin) => CardProduct::Gtin(gtin.clone()),
        None => CardProduct::Model(card.model.clone()),
    };
    let issued_at = UtcMs(card.issued_at.0);
    CardFields {
        kid,
        card: card.id,
        product,
        serials: card.serials.clone(),
        invoice_date: card.invoice_date.unwrap_or_else(|| issued_at.shanghai_day()),
        install_date: card.installed_on,
        whole_months: months(Scope::WholeUnit),
        main_parts_months: months(Scope::MainParts),
        provisional: false,
        commercial: card.terms.machine_use == MachineUse::Commercial,
        issued_at,
    }
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
