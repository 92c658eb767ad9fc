//! Whether a programme pays for an item, looked at alone: every condition that does not depend on
//! the other items of the quote. All reasons are collected, so a person hears them at once.

use crate::catalogue::{Category, gtin};
use crate::money::{BasisPoints, Fen};
use crate::subsidy::customer::{CustomerFacts, CustomerKind, EntitlementState, SaleParties};
use crate::subsidy::pack::{ItemRule, PartyRole, RulePack};
use crate::subsidy::refusal::{Refusal, RefusalCode};
use crate::subsidy::rules::InForce;
use crate::time::Date;

/// A new machine as the rules see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Article {
    /// Its category.
    pub category: Category,
    /// Its sub-category.
    pub sub: String,
    /// Its article number.
    pub gtin: String,
    /// The grade on its label.
    pub energy_grade: Option<u8>,
    /// The final sale price: the base.
    pub final_price: Fen,
}

/// Everything about the sale that is the same for each item.
#[derive(Debug, Clone, Copy)]
pub struct Sale<'a> {
    /// The sale day.
    pub day: Date,
    /// The customer.
    pub customer: &'a CustomerFacts,
    /// Categories of the old units handed in, by position.
    pub old_units: &'a [Category],
}

/// What a programme would pay for an item alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer<'a> {
    /// The terms that apply.
    pub item_rule: &'a ItemRule,
    /// The rate for this label.
    pub rate: BasisPoints,
    /// min(rate × final price, cap), rounded by the pack's mode.
    pub amount: Fen,
    /// Positions of the old units that would open it; `None` where none is needed.
    pub old_units: Option<Vec<usize>>,
}

/// Looks at one item under one programme.
///
/// # Errors
/// Every reason for which the programme does not pay, at least one.
pub fn assess<'a>(
    article: &Article,
    program: &InForce<'a>,
    sale: &Sale<'_>,
) -> Result<Offer<'a>, Vec<Refusal>> {
    let pack = program.pack;
    let mut refusals = Vec::new();
    for conditions in program.conditions() {
        check_customer(conditions, sale.customer, &mut refusals);
        if conditions.gtin13 && !(article.gtin.len() == 13 && gtin::is_valid(&article.gtin)) {
            refusals.push(Refusal::plain(RefusalCode::GtinMissing, conditions));
        }
    }
    let Some(item_rule) = pack.item_rule(&article.category, &article.sub, sale.day) else {
        refusals.insert(0, Refusal::plain(RefusalCode::CategoryNotListed, pack));
        return Err(refusals);
    };
    check_entitlement(pack, item_rule, sale, &mut refusals);
    if let Some(ceiling) = item_rule.price_ceiling_fen.filter(|&top| article.final_price > top) {
        refusals.push(Refusal::price_ceiling(pack, ceiling));
    }
    let old_units = usable_old_units(article, program, sale, &mut refusals);
    match rate_for(item_rule, article.energy_grade, pack) {
        Err(refusal) => refusals.push(refusal),
        Ok(rate) => {
            let amount = amount_of(pack, item_rule, rate, article.final_price);
            if amount <= Fen::ZERO {
                refusals.push(Refusal::plain(RefusalCode::NothingToPay, pack));
            }
            if refusals.is_empty() {
                return Ok(Offer { item_rule, rate, amount, old_units });
            }
        }
    }
    Err(refusals)
}

/// min(rate × base, cap), rounded once by the pack's mode, and never above rate, cap or base.
fn amount_of(pack: &RulePack, rule: &ItemRule, rate: BasisPoints, base: Fen) -> Fen {
    let share = pack.rounding.share(base, rate).unwrap_or(Fen::ZERO);
    share.min(rule.cap_fen.unwrap_or(share)).min(base)
}

fn rate_for(rule: &ItemRule, grade: Option<u8>, pack: &RulePack) -> Result<BasisPoints, Refusal> {
    if let Some(rate) = rule.rate_bp {
        return Ok(rate);
    }
    match grade {
        Some(grade) => {
            let place = usize::from(grade).checked_sub(1);
            let rate = place.and_then(|place| rule.grade_rate_bp.get(place));
            rate.copied().ok_or_else(|| Refusal::energy_grade(pack, grade))
        }
        None => rule
            .unlabelled_rate_bp
            .ok_or_else(|| Refusal::plain(RefusalCode::EnergyLabelMissing, pack)),
    }
}

fn check_customer(pack: &RulePack, customer: &CustomerFacts, refusals: &mut Vec<Refusal>) {
    if customer.kind == CustomerKind::Legal && pack.pays() && pack.legal_persons.is_none() {
        refusals.push(Refusal::plain(RefusalCode::LegalPerson, pack));
    }
    if pack.rural_only && !customer.rural {
        refusals.push(Refusal::plain(RefusalCode::NotRural, pack));
    }
    if pack.seller_is_buyer {
        let roles = [PartyRole::Buyer, PartyRole::Seller];
        let otherwise = Refusal::plain(RefusalCode::SellerNotBuyer, pack);
        refusals.extend(not_one_person(pack, &roles, &customer.parties, otherwise));
    }
    let otherwise = Refusal::not_same_person(pack, &pack.same_person);
    refusals.extend(not_one_person(pack, &pack.same_person, &customer.parties, otherwise));
}

/// Why roles that one person must play may not be played by one: nobody has asked about some of
/// them (two unknown people are not known to be the same), or, with the refusal given, they differ.
fn not_one_person(
    pack: &RulePack,
    roles: &[PartyRole],
    parties: &SaleParties,
    otherwise: Refusal,
) -> Option<Refusal> {
    let is_unknown = |role: &PartyRole| parties.label(*role) == SaleParties::UNKNOWN;
    let unknown: Vec<PartyRole> = roles.iter().copied().filter(is_unknown).collect();
    if !unknown.is_empty() {
        return Some(Refusal::person_unknown(pack, &unknown));
    }
    let mut labels = roles.iter().map(|role| parties.label(*role));
    let first = labels.next()?;
    labels.any(|label| label != first).then_some(otherwise)
}

fn check_entitlement(
    pack: &RulePack,
    rule: &ItemRule,
    sale: &Sale<'_>,
    refusals: &mut Vec<Refusal>,
) {
    let Some(known) = sale.customer.entitlement(pack.quota_id(), &rule.group) else { return };
    match (known.state, known.expires) {
        (EntitlementState::Barred, _) => {
            refusals.push(Refusal::plain(RefusalCode::EntitlementBarred, pack));
        }
        (EntitlementState::Held, Some(last)) if last < sale.day => {
            refusals.push(Refusal::entitlement_expired(pack, last));
        }
        _ => {}
    }
}

/// The old units every condition accepts for this article; a refusal where one is needed and none
/// fits.
fn usable_old_units(
    article: &Article,
    program: &InForce<'_>,
    sale: &Sale<'_>,
    refusals: &mut Vec<Refusal>,
) -> Option<Vec<usize>> {
    let needing: Vec<&RulePack> =
        program.conditions().filter(|pack| !pack.old_units.is_empty()).collect();
    let first = needing.first()?;
    let fits = |old: &Category| needing.iter().all(|p| p.old_opens(old, &article.category));
    let usable: Vec<usize> = sale
        .old_units
        .iter()
        .enumerate()
        .filter(|(_, old)| fits(old))
        .map(|(position, _)| position)
        .collect();
    if sale.old_units.is_empty() {
        refusals.push(Refusal::plain(RefusalCode::OldUnitMissing, first));
    } else if usable.is_empty() {
        refusals.push(Refusal::plain(RefusalCode::OldUnitKind, first));
    }
    Some(usable)
}
