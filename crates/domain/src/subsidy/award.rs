//! From items and programmes to verdicts and awards: looks at each pair, then distributes.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

use crate::money::{BasisPoints, Fen};
use crate::subsidy::assignment::{
    Grant, ItemGrants, ItemOptions, Limits, Payment, TooManyCombinations, best,
};
use crate::subsidy::customer::CustomerKind;
use crate::subsidy::eligibility::{Article, Offer, Sale, assess};
use crate::subsidy::pack::RulePack;
use crate::subsidy::refusal::{Refusal, RefusalCode};
use crate::subsidy::rules::InForce;

/// What one programme says to one item of the quote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct SubsidyVerdict {
    /// The item.
    pub line: String,
    /// The programme.
    pub pack: String,
    /// What it would pay for this item alone; zero where it refuses.
    pub potential: Fen,
    /// What it is estimated to pay in this quote.
    pub granted: Fen,
    /// Why it pays nothing; empty where it pays.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub refusals: Vec<Refusal>,
}

/// One programme's estimated payment for one item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Award<'a> {
    /// Position of the item.
    pub item: usize,
    /// The programme with what restricts it.
    pub program: &'a InForce<'a>,
    /// The rate applied.
    pub rate: BasisPoints,
    /// The cap per piece, where there is one.
    pub cap: Option<Fen>,
    /// min(rate × base, cap), rounded.
    pub potential: Fen,
    /// What is paid: less than `potential` where the yuan per person ran out.
    pub amount: Fen,
    /// Position of the old unit that opens it.
    pub old_unit: Option<usize>,
}

/// What the programmes say to the whole quote.
#[derive(Debug, Clone, Default)]
pub struct Awards<'a> {
    /// By item, then by programme.
    pub verdicts: Vec<SubsidyVerdict>,
    /// By item, then by programme.
    pub awards: Vec<Award<'a>>,
}

/// Judges `articles` (line id and facts, in the order of their line ids) under the programmes in
/// force.
///
/// # Errors
/// [`TooManyCombinations`] where the rules interlock beyond reason.
pub fn judge<'a>(
    articles: &[(String, Article)],
    programs: &'a [InForce<'a>],
    sale: &Sale<'_>,
) -> Result<Awards<'a>, TooManyCombinations> {
    let offers: Vec<Vec<Result<Offer<'a>, Vec<Refusal>>>> = articles
        .iter()
        .map(|(_, article)| programs.iter().map(|p| assess(article, p, sale)).collect())
        .collect();
    let book = LimitBook::of(programs, sale);
    let options: Vec<ItemOptions> = articles
        .iter()
        .zip(&offers)
        .map(|((_, article), offers)| ItemOptions {
            ceiling: article.final_price,
            sets: payment_sets(programs, offers, &book),
        })
        .collect();
    let grants = best(&options, &book.limits)?;
    let mut result = Awards::default();
    for (item, (((line, _), offers), granted)) in
        articles.iter().zip(offers).zip(&grants).enumerate()
    {
        for (place, (program, offer)) in programs.iter().zip(offers).enumerate() {
            let grant = granted.grants.iter().find(|grant| grant.pack == place);
            let potential = offer.as_ref().map_or(Fen::ZERO, |offer| offer.amount);
            let refusals = match (&offer, grant) {
                (Err(refusals), _) => refusals.clone(),
                (Ok(_), Some(_)) => Vec::new(),
                (Ok(offer), None) => vec![book.why_not(programs, program, offer, granted, &grants)],
            };
            if let (Ok(offer), Some(grant)) = (&offer, grant) {
                result.awards.push(Award {
                    item,
                    program,
                    rate: offer.rate,
                    cap: offer.item_rule.cap_fen,
                    potential,
                    amount: grant.amount,
                    old_unit: granted.old_unit,
                });
            }
            result.verdicts.push(SubsidyVerdict {
                line: line.clone(),
                pack: program.pack.id.clone(),
                potential,
                granted: grant.map_or(Fen::ZERO, |grant| grant.amount),
                refusals,
            });
        }
    }
    Ok(result)
}

/// Every set of payments an item may take: one programme that stands alone, with any top-ups of it,
/// the fullest first.
fn payment_sets(
    programs: &[InForce<'_>],
    offers: &[Result<Offer<'_>, Vec<Refusal>>],
    book: &LimitBook,
) -> Vec<Vec<Payment>> {
    let payments: Vec<Option<Payment>> = programs
        .iter()
        .zip(offers)
        .enumerate()
        .map(|(place, (program, offer))| {
            offer.as_ref().ok().map(|offer| book.payment(place, program, offer))
        })
        .collect();
    let mut sets = Vec::new();
    for (base, payment) in programs.iter().zip(&payments) {
        let Some(payment) = payment.as_ref().filter(|_| base.tops_up().is_empty()) else {
            continue;
        };
        let mut of_base = vec![vec![payment.clone()]];
        for (top, extra) in programs.iter().zip(&payments) {
            let Some(extra) = extra.as_ref().filter(|_| top.tops_up().contains(&base.pack.id))
            else {
                continue;
            };
            let with_extra: Vec<Vec<Payment>> = of_base
                .iter()
                .map(|set| set.iter().cloned().chain([extra.clone()]).collect())
                .collect();
            of_base = with_extra.into_iter().chain(of_base).collect();
        }
        sets.extend(of_base);
    }
    sets
}

/// The limits per person of all programmes in force, less what the customer has already had.
struct LimitBook {
    limits: Limits,
    /// (quota, group or none for the total) → counter.
    counters: BTreeMap<(String, Option<String>), usize>,
    /// quota → budget.
    budgets: BTreeMap<String, usize>,
}

impl LimitBook {
    fn of(programs: &[InForce<'_>], sale: &Sale<'_>) -> LimitBook {
        let customer = sale.customer;
        let mut pieces: BTreeMap<(String, Option<String>), u32> = BTreeMap::new();
        let mut yuan: BTreeMap<String, Fen> = BTreeMap::new();
        for pack in programs.iter().map(|program| program.pack) {
            let quota = pack.quota_id();
            let total = match customer.kind {
                CustomerKind::Natural => pack.quantity_total,
                CustomerKind::Legal => pack.legal_persons.map(|terms| terms.quantity_total),
            };
            if let Some(total) = total {
                let left = total.saturating_sub(customer.pieces_used_in_all(quota));
                lower(&mut pieces, (quota.to_owned(), None), left);
            }
            for rule in &pack.items {
                if let Some(quantity) = rule.quantity {
                    let left = quantity.saturating_sub(customer.pieces_used(quota, &rule.group));
                    lower(&mut pieces, (quota.to_owned(), Some(rule.group.clone())), left);
                }
            }
            if let Some(most) = pack.amount_total_fen {
                let left = Fen(most.0.saturating_sub(customer.amount_used(quota).0).max(0));
                lower(&mut yuan, quota.to_owned(), left);
            }
        }
        LimitBook {
            limits: Limits {
                pieces: pieces.values().copied().collect(),
                budgets: yuan.values().copied().collect(),
            },
            counters: pieces.into_keys().enumerate().map(|(place, key)| (key, place)).collect(),
            budgets: yuan.into_keys().enumerate().map(|(place, key)| (key, place)).collect(),
        }
    }

    fn payment(&self, place: usize, program: &InForce<'_>, offer: &Offer<'_>) -> Payment {
        let quota = program.pack.quota_id();
        Payment {
            pack: place,
            amount: offer.amount,
            counters: self.counters_of(quota, offer).map(|(_, counter)| counter).collect(),
            budget: self.budgets.get(quota).copied(),
            old_units: offer
                .old_units
                .as_ref()
                .map(|units| units.iter().fold(0, |mask, unit| mask | 1u32 << (unit % 32))),
        }
    }

    fn counters_of(
        &self,
        quota: &str,
        offer: &Offer<'_>,
    ) -> impl Iterator<Item = (RefusalCode, usize)> {
        let find = |group: Option<&str>| {
            self.counters.get(&(quota.to_owned(), group.map(str::to_owned))).copied()
        };
        let group = find(Some(&offer.item_rule.group)).map(|c| (RefusalCode::QuantityUsed, c));
        let total = find(None).map(|c| (RefusalCode::TotalQuantityUsed, c));
        group.into_iter().chain(total)
    }

    /// Why an item that a programme would pay for goes without it.
    fn why_not(
        &self,
        programs: &[InForce<'_>],
        program: &InForce<'_>,
        offer: &Offer<'_>,
        granted: &ItemGrants,
        all: &[ItemGrants],
    ) -> Refusal {
        let pack_at = |place: usize| programs.get(place).map(|program| program.pack);
        let pack = program.pack;
        let topped_up = program.tops_up();
        let received: Vec<&RulePack> =
            granted.grants.iter().filter_map(|grant: &Grant| pack_at(grant.pack)).collect();
        if !topped_up.is_empty() {
            if !received.iter().any(|pack| topped_up.contains(&pack.id)) {
                return Refusal::nothing_to_top_up(pack);
            }
        } else if let Some(other) = received.first() {
            return Refusal::other_pack(pack, other);
        }
        for (code, counter) in self.counters_of(pack.quota_id(), offer) {
            if self.limits.pieces.get(counter) == Some(&0) {
                return Refusal::plain(code, pack);
            }
        }
        if let Some(budget) = self.budgets.get(pack.quota_id()) {
            let drawn: i64 = all
                .iter()
                .flat_map(|item| &item.grants)
                .filter(|g| pack_at(g.pack).is_some_and(|p| p.quota_id() == pack.quota_id()))
                .map(|g| g.amount.0)
                .sum();
            if self.limits.budgets.get(*budget).is_some_and(|left| left.0 <= drawn) {
                return Refusal::plain(RefusalCode::AmountUsed, pack);
            }
        }
        let units_gone = offer.old_units.as_ref().is_some_and(|units| {
            units.iter().all(|unit| all.iter().any(|item| item.old_unit == Some(*unit)))
        });
        let code =
            if units_gone { RefusalCode::OldUnitGiven } else { RefusalCode::OtherItemChosen };
        Refusal::plain(code, pack)
    }
}

fn lower<K: Ord, V: Ord + Copy>(limits: &mut BTreeMap<K, V>, key: K, limit: V) {
    let entry = limits.entry(key).or_insert(limit);
    *entry = (*entry).min(limit);
}
