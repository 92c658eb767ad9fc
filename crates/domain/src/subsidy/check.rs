//! What makes a rule book unusable.

use crate::money::{BasisPoints, Fen};
use crate::subsidy::pack::{ItemRule, PackRelation, RulePack};
use crate::subsidy::rules::RuleBook;
use crate::vocabulary::{Checked, Flaws};

/// Longest validity of a quote that is not a slip of the finger.
const MAX_QUOTE_DAYS: u16 = 90;

impl Checked for RuleBook {
    fn check(&self, flaws: &mut Flaws) {
        if self.version.trim().is_empty() {
            flaws.field("version", "is needed");
        }
        if self.valid.to.is_some_and(|to| to < self.valid.from) {
            flaws.field("valid", "must run from an earlier to a later day");
        }
        if !(1..=MAX_QUOTE_DAYS).contains(&self.policy.quote_valid_days) {
            flaws.field("policy", "quote_valid_days is needed, from 1 to 90");
        }
        flaws.unique("packs", self.packs.iter().map(|pack| pack.id.as_str()));
        for (index, pack) in self.packs.iter().enumerate() {
            self.check_pack(pack, &mut |field: &str, problem: &str| {
                flaws.at("packs", index, &pack.id, field, problem);
            });
        }
    }
}

impl RuleBook {
    fn check_pack(&self, pack: &RulePack, flaw: &mut dyn FnMut(&str, &str)) {
        if pack.id.trim().is_empty() || pack.source.trim().is_empty() {
            flaw("id", "a pack needs an id and a source");
        }
        if pack.zh.trim().is_empty() || pack.en.trim().is_empty() {
            flaw("zh", "the name is needed in both languages");
        }
        if pack.entitlement_zh.is_empty() != pack.entitlement_en.is_empty() {
            flaw("entitlement_zh", "the text is needed in both languages");
        }
        if pack.valid.to.is_some_and(|to| to < pack.valid.from) {
            flaw("valid", "must run from an earlier to a later day");
        }
        if pack.regions.is_empty() || pack.regions.iter().any(|region| !region.is_well_formed()) {
            flaw("regions", "needs region codes such as CN, CN-31 or CN-37-01");
        }
        if !pack.relation.names().iter().all(|id| *id != pack.id && self.pack(id).is_some()) {
            flaw("relation", "names a pack that does not exist, or the pack itself");
        }
        if !matches!(pack.relation, PackRelation::Stands) && pack.relation.names().is_empty() {
            flaw("relation", "names no pack");
        }
        if pack.pays() == pack.items.is_empty() {
            flaw("item", "a pack that pays needs items; one that only restricts has none");
        }
        if !pack.pays() && (pack.quantity_total.is_some() || pack.amount_total_fen.is_some()) {
            flaw("quantity_total", "a pack that only restricts has no limits of its own");
        }
        if pack.quantity_total == Some(0) || pack.amount_total_fen.is_some_and(out_of_range) {
            flaw("quantity_total", "limits per person must be above zero");
        }
        if pack.old_units.iter().any(|rule| rule.old.is_empty()) {
            flaw("old_units", "must name the old categories");
        }
        if pack.same_person.len() == 1 {
            flaw("same_person", "needs at least two roles");
        }
        let mut groups = std::collections::BTreeMap::new();
        for rule in &pack.items {
            check_item(rule, flaw);
            if *groups.entry(&rule.group).or_insert(rule.quantity) != rule.quantity {
                flaw("item.quantity", "differs between rules that are counted together");
            }
        }
    }
}

fn check_item(rule: &ItemRule, flaw: &mut dyn FnMut(&str, &str)) {
    if rule.group.trim().is_empty() || rule.categories.is_empty() {
        flaw("item", "needs a group and categories");
    }
    if rule.rate_bp.is_some() != rule.grade_rate_bp.is_empty() {
        flaw("item.rate_bp", "give either rate_bp or grade_rate_bp");
    }
    if rule.unlabelled_rate_bp.is_some() && rule.grade_rate_bp.is_empty() {
        flaw("item.unlabelled_rate_bp", "only makes sense beside grade_rate_bp");
    }
    let rates = rule.rate_bp.iter().chain(&rule.grade_rate_bp).chain(&rule.unlabelled_rate_bp);
    for rate in rates {
        if !(BasisPoints(0)..=BasisPoints::WHOLE).contains(rate) {
            flaw("item.rate_bp", "must lie between 0 and 10000 basis points");
        }
    }
    if !rule.grade_rate_bp.is_sorted_by(|better, worse| better >= worse) {
        flaw("item.grade_rate_bp", "a worse grade cannot earn more");
    }
    if rule.cap_fen.is_some_and(|cap| cap < Fen::ZERO || !cap.is_plausible()) {
        flaw("item.cap_fen", "must not be negative or absurd");
    }
    if rule.price_ceiling_fen.is_some_and(out_of_range) {
        flaw("item.price_ceiling_fen", "must be above zero");
    }
    if rule.cap_fen.is_none() && rule.price_ceiling_fen.is_none() {
        flaw("item.cap_fen", "needs a cap or a price ceiling");
    }
    if rule.quantity == Some(0) {
        flaw("item.quantity", "must be above zero");
    }
}

fn out_of_range(limit: Fen) -> bool {
    limit <= Fen::ZERO || !limit.is_plausible()
}
