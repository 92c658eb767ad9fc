//! What a request must satisfy before anything is computed.

use std::collections::BTreeSet;

use crate::books::{Books, BundleKind};
use crate::money::Fen;
use crate::quote::error::QuoteError;
use crate::quote::request::{DiscountKind, QuoteItem, QuoteRequest};

/// New machines per quote; a household needs fewer.
const MOST_NEW: usize = 20;
/// Old machines per quote; also bounds the pairing of old units with new items.
const MOST_OLD: usize = 20;
/// Fees per quote.
const MOST_FEES: usize = 100;
/// Deposits, discounts of a line, and prior uses and entitlements of a customer.
const MOST_SMALL: usize = 50;
/// Characters of a line id.
const LONGEST_ID: usize = 64;

/// Refuses what cannot be meant: too many lines, unclear lines, absurd amounts.
pub(super) fn check_request(request: &QuoteRequest, books: &Books) -> Result<(), QuoteError> {
    if request.new.is_empty() && request.old.is_empty() && request.fees.is_empty() {
        return Err(QuoteError::Empty);
    }
    check_counts(request)?;
    if !request.place.region.is_well_formed() {
        return Err(QuoteError::Region(request.place.region.0.clone()));
    }
    let mut seen = BTreeSet::new();
    let ids = request.new.iter().map(|i| &i.line).chain(request.old.iter().map(|u| &u.line));
    for id in ids {
        let length = id.chars().count();
        if length == 0 || length > LONGEST_ID || !seen.insert(id) {
            return Err(QuoteError::LineId(id.chars().take(LONGEST_ID).collect()));
        }
    }
    for item in &request.new {
        check_item(item, books)?;
    }
    for deposit in &request.deposits {
        if !is_price(deposit.amount) {
            let line = deposit.reference.clone();
            return Err(QuoteError::Amount { line, what: "deposit" });
        }
    }
    for used in &request.customer.prior_uses {
        if used.amount < Fen::ZERO || !used.amount.is_plausible() {
            let line = used.quota.clone();
            return Err(QuoteError::Amount { line, what: "prior_uses" });
        }
    }
    check_validity(request, books)
}

fn check_counts(request: &QuoteRequest) -> Result<(), QuoteError> {
    let discounts = request.new.iter().map(|item| item.discounts.len()).max().unwrap_or(0);
    let counts = [
        ("new", request.new.len(), MOST_NEW),
        ("old", request.old.len(), MOST_OLD),
        ("fees", request.fees.len(), MOST_FEES),
        ("deposits", request.deposits.len(), MOST_SMALL),
        ("discounts", discounts, MOST_SMALL),
        ("prior_uses", request.customer.prior_uses.len(), MOST_SMALL),
        ("entitlements", request.customer.entitlements.len(), MOST_SMALL),
    ];
    match counts.into_iter().find(|(_, count, most)| count > most) {
        Some((what, _, most)) => Err(QuoteError::TooMany { what, most }),
        None => Ok(()),
    }
}

fn check_item(item: &QuoteItem, books: &Books) -> Result<(), QuoteError> {
    let amount = |what| QuoteError::Amount { line: item.line.clone(), what };
    if item.sku.is_some() == item.facts.is_some() {
        return Err(QuoteError::SkuOrFacts(item.line.clone()));
    }
    if item.facts.as_ref().is_some_and(|facts| !is_price(facts.list_fen)) {
        return Err(amount("list_fen"));
    }
    for discount in &item.discounts {
        if !is_price(discount.amount) {
            return Err(amount("discount"));
        }
        let published = books.valuation.bonuses.iter().find(|bonus| bonus.id == discount.id);
        let is_bonus = discount.kind == DiscountKind::TradeInBonus;
        if is_bonus && published.is_some_and(|bonus| discount.amount > bonus.fen) {
            return Err(QuoteError::BonusTooHigh {
                line: item.line.clone(),
                bonus: discount.id.clone(),
            });
        }
    }
    Ok(())
}

fn is_price(amount: Fen) -> bool {
    amount > Fen::ZERO && amount.is_plausible()
}

fn check_validity(request: &QuoteRequest, books: &Books) -> Result<(), QuoteError> {
    let day = request.sale_day;
    match kinds_used(request).into_iter().find(|kind| !books.validity(*kind).contains(day)) {
        Some(kind) => Err(QuoteError::OutsideValidity { kind, day }),
        None => Ok(()),
    }
}

/// The kinds of reference data the request draws on; only these must cover the sale day, so that
/// support staff can work out an old programme with today's fee book.
pub(super) fn kinds_used(request: &QuoteRequest) -> Vec<BundleKind> {
    let by_sku = request.new.iter().any(|item| item.sku.is_some());
    let used = [
        (BundleKind::Catalogue, by_sku),
        (BundleKind::Valuation, !request.old.is_empty()),
        (BundleKind::Fees, !request.fees.is_empty()),
        (BundleKind::Rules, true),
    ];
    used.into_iter().filter(|(_, used)| *used).map(|(kind, _)| kind).collect()
}
