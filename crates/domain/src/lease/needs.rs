//! What an order takes from pools: the same list on the tablet and at HQ.

use std::collections::BTreeMap;

use super::Resource;
use crate::{
    catalogue::Catalogue,
    id::OrgId,
    quote::{DiscountKind, Quote},
    valuation::ValuationTable,
    visit::Slot,
    words::Words,
};

/// Something an order takes from a pool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Need {
    /// What of.
    pub resource: Resource,
    /// What the reference data calls it.
    pub name: Words,
    /// How much: pieces, visits or fen.
    pub amount: i64,
}

/// What an order on this quote takes: a unit of each new machine at its store, a place on the van
/// in the published window of its slot (`window`; none where the slot is in no window), and every
/// published trade-in bonus it counts on. In the order of [`Resource`], equal ones added up.
pub fn needs(
    quote: &Quote,
    store: OrgId,
    window: Option<Slot>,
    catalogue: &Catalogue,
    valuation: &ValuationTable,
) -> Vec<Need> {
    let mut sums: BTreeMap<Resource, (Words, i64)> = BTreeMap::new();
    let mut add = |resource: Resource, name: Words, amount: i64| {
        let (_, sum) = sums.entry(resource).or_insert((name, 0));
        *sum = sum.saturating_add(amount);
    };
    for item in &quote.items {
        if let Some(sku) = &item.sku {
            let name = catalogue.category(&item.category).map(|facts| facts.name.clone());
            let stock = Resource::Stock { store, sku: sku.clone() };
            add(stock, name.unwrap_or_default(), 1);
        }
    }
    if let Some(Slot { start, end }) = window {
        add(Resource::Slot { store, start, end }, Words::default(), 1);
    }
    for discount in quote.request.new.iter().flat_map(|item| &item.discounts) {
        let published = valuation.bonuses.iter().find(|bonus| bonus.id == discount.id);
        if let (DiscountKind::TradeInBonus, Some(bonus)) = (discount.kind, published) {
            let resource = Resource::Bonus { bonus: bonus.id.clone() };
            add(resource, bonus.name.clone(), discount.amount.0);
        }
    }
    let need = |(resource, (name, amount))| Need { resource, name, amount };
    sums.into_iter().map(need).collect()
}
