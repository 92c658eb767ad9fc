//! The calculation, from top to bottom in the order the programmes prescribe.

use std::collections::BTreeSet;

use crate::books::{Books, BundleKind};
use crate::catalogue::Category;
use crate::fee::{FeeContext, charge};
use crate::money::Fen;
use crate::quote::check::{check_request, kinds_used};
use crate::quote::error::QuoteError;
use crate::quote::line::{LineKind, QuoteLine};
use crate::quote::lines;
use crate::quote::request::{DiscountKind, QuoteItem, QuoteRequest};
use crate::quote::snapshot::{EntitlementNote, ItemPrice, OldCredit, Quote, SCHEMA};
use crate::quote::totals::{QuoteSettlement, QuoteTotals};
use crate::subsidy::eligibility::{Article, Sale};
use crate::subsidy::{Award, BonusTreatment, InForce, judge};
use crate::time::Date;
use crate::valuation::appraise;
use crate::words::Words;
use crate::work_order::LegKind;

/// Prices a request: list → discounts → final price → subsidy → old-machine value → fees.
///
/// Pure and total over its inputs: the same request (in whatever order its lines stand) and the
/// same books give the same bytes. A subsidy that is not granted is no error but a verdict with its
/// reasons.
///
/// # Errors
/// [`QuoteError`] where the request is unclear or absurd, reference data does not cover the sale
/// day, or a machine or fee has no price.
pub fn price(request: &QuoteRequest, books: &Books) -> Result<Quote, QuoteError> {
    let request = request.clone().in_fixed_order();
    check_request(&request, books)?;
    let day = request.sale_day;
    let region = &request.place.region;
    let mut quote_lines = Vec::new();

    let bonus = books.rules.bonus_treatment(day, region);
    let mut items = Vec::with_capacity(request.new.len());
    for item in &request.new {
        items.push(price_item(item, books, bonus, &mut quote_lines)?);
    }

    let programs = books.rules.in_force(day, region);
    let old_categories: Vec<Category> = request.old.iter().map(|u| u.category.clone()).collect();
    let sale = Sale { day, customer: &request.customer, old_units: &old_categories };
    let articles: Vec<(String, Article)> =
        items.iter().map(|item| (item.line.clone(), article(item))).collect();
    let judged = judge(&articles, &programs, &sale)?;
    for award in &judged.awards {
        let Some(item) = items.get_mut(award.item) else { continue };
        item.subsidy = item.subsidy.plus(award.amount).ok_or(QuoteError::Overflow)?;
        let opened_by = award.old_unit.and_then(|unit| request.old.get(unit));
        item.opened_by = item.opened_by.take().or_else(|| opened_by.map(|unit| unit.line.clone()));
        quote_lines.push(lines::subsidy(award, item));
    }

    let mut old = Vec::with_capacity(request.old.len());
    for unit in &request.old {
        let appraisal = appraise(&books.valuation, unit)
            .map_err(|error| QuoteError::Valuation { line: unit.line.clone(), error })?;
        quote_lines.extend(lines::appraisal(&appraisal, &books.valuation));
        old.push(OldCredit {
            line: unit.line.clone(),
            category: unit.category.clone(),
            state: appraisal.state,
            value: appraisal.value,
            refused: appraisal.refused,
        });
    }
    let context = fee_context(&request, &judged.awards);
    quote_lines.extend(charge(&books.fees, &context, &request.fees)?.into_iter().map(lines::fee));
    quote_lines.extend(request.deposits.iter().map(lines::deposit));
    quote_lines.sort_by_key(|line| group_of(line.kind));

    let totals = totals(&quote_lines)?;
    let used = kinds_used(&request);
    let mut quote = Quote {
        schema: SCHEMA,
        bundles: books.versions(),
        sample: used.iter().any(|kind| books.is_sample(*kind)),
        entitlements: entitlement_notes(&judged.awards),
        valid_until: valid_until(day, books, &used, &judged.awards),
        verdicts: judged.verdicts,
        payout_mode: books.rules.policy.payout,
        hash: String::new(),
        items,
        old,
        lines: quote_lines,
        totals,
        request,
    };
    quote.check_identities()?;
    quote.hash = quote.content_hash().map_err(|e| QuoteError::Unwritable(e.to_string()))?;
    Ok(quote)
}

/// Old values and their steps stay together, machine by machine; else the kinds follow each other.
fn group_of(kind: LineKind) -> LineKind {
    match kind {
        LineKind::OldDeduction => LineKind::OldValue,
        other => other,
    }
}

fn price_item(
    item: &QuoteItem,
    books: &Books,
    bonus: BonusTreatment,
    quote_lines: &mut Vec<QuoteLine>,
) -> Result<ItemPrice, QuoteError> {
    let mut priced = identify(item, books)?;
    quote_lines.push(lines::list_price(&priced, &books.catalogue.version));
    let mut bonuses = Fen::ZERO;
    for discount in &item.discounts {
        let raises_old_value =
            discount.kind == DiscountKind::TradeInBonus && bonus == BonusTreatment::OldValue;
        quote_lines.push(lines::discount(&item.line, discount, raises_old_value));
        let part = if raises_old_value { &mut bonuses } else { &mut priced.final_price };
        *part = part.minus(discount.amount).ok_or(QuoteError::Overflow)?;
    }
    let over = priced.final_price.plus(bonuses).is_none_or(|left| left < Fen::ZERO);
    if over {
        return Err(QuoteError::OverDiscount(item.line.clone()));
    }
    Ok(priced)
}

fn identify(item: &QuoteItem, books: &Books) -> Result<ItemPrice, QuoteError> {
    let unclear = || QuoteError::SkuOrFacts(item.line.clone());
    let (category, sub, gtin, energy_grade, list) = match &item.sku {
        Some(sku) => {
            let model = books.catalogue.model(sku).ok_or_else(|| QuoteError::UnknownSku {
                line: item.line.clone(),
                sku: sku.clone(),
            })?;
            (&model.category, &model.sub, &model.gtin, model.energy_grade, model.list_fen)
        }
        None => {
            let facts = item.facts.as_ref().ok_or_else(unclear)?;
            (&facts.category, &facts.sub, &facts.gtin, facts.energy_grade, facts.list_fen)
        }
    };
    let name = books.catalogue.category(category).map(|facts| facts.name.clone());
    let name = name.unwrap_or_else(|| Words::new(category.0.as_str(), category.0.as_str()));
    let words = match &item.sku {
        Some(sku) => Words::new(format!("{} {sku}", name.zh), format!("{} {sku}", name.en)),
        None => name,
    };
    Ok(ItemPrice {
        line: item.line.clone(),
        sku: item.sku.clone(),
        category: category.clone(),
        sub: sub.clone(),
        gtin: gtin.clone(),
        energy_grade,
        words,
        list,
        final_price: list,
        subsidy: Fen::ZERO,
        opened_by: None,
    })
}

fn article(item: &ItemPrice) -> Article {
    Article {
        category: item.category.clone(),
        sub: item.sub.clone(),
        gtin: item.gtin.clone(),
        energy_grade: item.energy_grade,
        final_price: item.final_price,
    }
}

/// A fee is forbidden by the programmes that this quote counts on. Both totals use the same fees:
/// whether the subsidy is approved later does not change what the work cost.
fn fee_context(request: &QuoteRequest, awards: &[Award<'_>]) -> FeeContext {
    let facts = &request.fee_facts;
    let forbidden: BTreeSet<String> = awards
        .iter()
        .flat_map(|award| award.program.conditions())
        .flat_map(|pack| pack.forbids.iter().cloned())
        .collect();
    FeeContext {
        channel: request.place.channel,
        floor: facts.floor,
        has_lift: facts.has_lift,
        distance_m: facts.distance_m,
        trade_in: !request.old.is_empty() && !request.new.is_empty(),
        one_visit: request.removal.is_some_and(|mode| {
            // The visits that carry both legs: removal and installation on one trip.
            mode.visits()
                .iter()
                .any(|legs| legs.contains(&LegKind::Remove) && legs.contains(&LegKind::Install))
        }),
        forbidden,
        certificates: facts.certificates.clone(),
        charged_before: facts.charged_before.clone(),
    }
}

fn totals(quote_lines: &[QuoteLine]) -> Result<QuoteTotals, QuoteError> {
    let sum = |kinds: &[LineKind]| {
        let of_kind = quote_lines.iter().filter(|line| kinds.contains(&line.kind));
        Fen::sum(of_kind.map(|line| line.amount)).ok_or(QuoteError::Overflow)
    };
    let list = sum(&[LineKind::ListPrice])?;
    let discounts = sum(&[LineKind::Discount])?.negated();
    let invoice = list.minus(discounts).ok_or(QuoteError::Overflow)?;
    let subsidy = sum(&[LineKind::Subsidy])?.negated();
    let old = sum(&[LineKind::OldValue, LineKind::OldDeduction, LineKind::OldBonus])?.negated();
    let fees = sum(&[LineKind::Fee])?;
    let deposits = sum(&[LineKind::Deposit])?.negated();
    let settle = |subsidy| {
        QuoteSettlement::of(invoice, subsidy, fees, old, deposits).ok_or(QuoteError::Overflow)
    };
    Ok(QuoteTotals { list, discounts, certain: settle(Fen::ZERO)?, if_approved: settle(subsidy)? })
}

fn entitlement_notes(awards: &[Award<'_>]) -> Vec<EntitlementNote> {
    let packs: BTreeSet<(&str, &str, &str)> = awards
        .iter()
        .flat_map(|award| award.program.conditions())
        .filter(|pack| !pack.entitlement_zh.is_empty())
        .map(|pack| (pack.id.as_str(), pack.entitlement_zh.as_str(), pack.entitlement_en.as_str()))
        .collect();
    packs
        .into_iter()
        .map(|(rule, zh, en)| EntitlementNote { rule: rule.to_owned(), words: Words::new(zh, en) })
        .collect()
}

/// The policy's days, but never beyond the reference data used or a programme counted on.
fn valid_until(day: Date, books: &Books, used: &[BundleKind], awards: &[Award<'_>]) -> Date {
    let days = i64::from(books.rules.policy.quote_valid_days);
    let policy = day.checked_add(jiff::Span::new().days(days)).unwrap_or(day);
    let books_end = used.iter().filter_map(|kind| books.validity(*kind).to);
    let programs: Vec<&InForce<'_>> = awards.iter().map(|award| award.program).collect();
    let programs_end =
        programs.iter().flat_map(|program| program.conditions()).filter_map(|pack| pack.valid.to);
    books_end.chain(programs_end).fold(policy, Date::min)
}
