//! The merchant's trade-in bonuses.

use serde::{Deserialize, Serialize};

use super::{Bonus, ValuationTable};
use crate::{catalogue::Category, money::Fen, scenario::Situation, words::Words};

/// A new machine on the quote, as far as a bonus looks at it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct NewItem {
    /// The line of the quote it stands on.
    pub line: String,
    /// Its number in the catalogue.
    pub sku: String,
    /// Its category.
    pub category: Category,
    /// Its price in fen before the bonus.
    pub price: Fen,
}

/// A bonus that was earned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct BonusLine {
    /// The bonus's identity, under which its budget is leased.
    pub id: String,
    /// The new machine that earned it.
    pub line: String,
    /// What people call it.
    pub words: Words,
    /// The amount in fen, positive.
    pub amount: Fen,
    /// The valuation table's version.
    pub version: String,
}

/// The bonuses one traded-in machine earns: each rule once, on the dearest new machine that
/// satisfies it (the first listed among equals), never more than that machine costs.
///
/// `old` is what is known of the old machine (`old.cat`, `old.safe_left_m`, …); a rule whose
/// condition looks at something unknown is not earned. Whether the budget still holds the amount is
/// the lease's question, not this function's.
pub fn bonuses(table: &ValuationTable, items: &[NewItem], old: &Situation) -> Vec<BonusLine> {
    let mut lines = Vec::new();
    for bonus in &table.bonuses {
        if bonus.need.as_ref().is_some_and(|need| !need.holds(old)) {
            continue;
        }
        let dearest = items
            .iter()
            .filter(|item| earns(bonus, item))
            .reduce(|best, item| if item.price > best.price { item } else { best });
        if let Some(item) = dearest {
            lines.push(BonusLine {
                id: bonus.id.clone(),
                line: item.line.clone(),
                words: bonus.name.clone(),
                amount: bonus.fen.min(item.price),
                version: table.version.clone(),
            });
        }
    }
    lines
}

fn earns(bonus: &Bonus, item: &NewItem) -> bool {
    let listed = item.category.is_among(&bonus.categories) || bonus.skus.contains(&item.sku);
    let dear_enough = bonus.min_price_fen.is_none_or(|least| item.price >= least);
    listed && dear_enough && item.price > Fen::ZERO
}
