//! The search over partial decisions.

use std::collections::{BTreeMap, BTreeSet};

use thiserror::Error;

use super::matching::{first_pairing, is_possible};
use super::{Grant, ItemGrants, ItemOptions, Limits, Payment};
use crate::money::Fen;

/// Partial decisions kept at once; quotes of twenty items under published rules stay in the
/// hundreds, so only rule data made to explode comes here.
const MAX_STATES: usize = 10_000;

/// The rule data allows more combinations than a tablet should go through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the rules allow too many combinations for this quote")]
pub struct TooManyCombinations;

/// What a partial decision has used of everything that can still bind.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Used {
    pieces: BTreeMap<usize, u32>,
    demands: Vec<u32>,
}

/// A partial decision.
#[derive(Debug, Clone, Default)]
struct Partial {
    total: i64,
    /// Fen drawn per budget that can still bind.
    drawn: BTreeMap<usize, i64>,
    /// The chosen set per item so far; `sets.len()` stands for nothing.
    choices: Vec<usize>,
}

/// The best distribution, one entry per item in the order given.
///
/// # Errors
/// [`TooManyCombinations`] where the limits interlock beyond reason.
pub fn best(
    items: &[ItemOptions],
    limits: &Limits,
) -> Result<Vec<ItemGrants>, TooManyCombinations> {
    let binding = Binding::of(items, limits);
    let mut states: BTreeMap<Used, Vec<Partial>> = BTreeMap::new();
    states.insert(Used::default(), vec![Partial::default()]);
    for (position, item) in items.iter().enumerate() {
        let mut next: BTreeMap<Used, Vec<Partial>> = BTreeMap::new();
        for (used, partials) in &states {
            for (choice, set) in choices(item) {
                let Some(mut after) = binding.take(used, set, limits) else { continue };
                binding.forget(&mut after, position);
                for partial in partials {
                    if let Some(grown) = binding.grow(partial, item, choice, set, limits, position)
                    {
                        binding.keep(next.entry(after.clone()).or_default(), grown);
                    }
                }
            }
        }
        if next.values().map(Vec::len).sum::<usize>() > MAX_STATES {
            return Err(TooManyCombinations);
        }
        states = next;
    }
    let winner = states
        .into_values()
        .flatten()
        .min_by(|a, b| b.total.cmp(&a.total).then_with(|| a.choices.cmp(&b.choices)));
    Ok(settle(items, limits, &winner.unwrap_or_default().choices))
}

/// Every set of an item with its position, and nothing at the end.
fn choices(item: &ItemOptions) -> impl Iterator<Item = (usize, &[Payment])> {
    let nothing = std::iter::once((item.sets.len(), [].as_slice()));
    item.sets.iter().map(Vec::as_slice).enumerate().chain(nothing)
}

/// Which limits can bind at all, and until which item.
struct Binding {
    /// Counter → last item that may raise it.
    counters: BTreeMap<usize, usize>,
    /// Budget → last item that may draw on it.
    budgets: BTreeMap<usize, usize>,
    /// Budgets whose end also ends a top-up: what is lost there is not bounded by what is drawn.
    coupled: BTreeSet<usize>,
    /// The last item that may need an old unit.
    last_demand: Option<usize>,
}

impl Binding {
    fn of(items: &[ItemOptions], limits: &Limits) -> Binding {
        let mut raised: BTreeMap<usize, (u32, usize)> = BTreeMap::new();
        let mut drawn: BTreeMap<usize, (i64, usize)> = BTreeMap::new();
        let mut last_demand = None;
        for (position, item) in items.iter().enumerate() {
            let payments = || item.sets.iter().flatten();
            for payment in payments() {
                for &counter in &payment.counters {
                    let entry = raised.entry(counter).or_insert((0, position));
                    *entry = (entry.0.saturating_add(1), position);
                }
                if let Some(budget) = payment.budget {
                    let entry = drawn.entry(budget).or_insert((0, position));
                    *entry = (entry.0.saturating_add(payment.amount.0), position);
                }
            }
            if payments().any(|payment| payment.old_units.is_some()) {
                last_demand = Some(position);
            }
        }
        let coupled = items
            .iter()
            .flat_map(|item| &item.sets)
            .filter(|set| set.len() > 1)
            .flat_map(|set| set.iter().filter_map(|payment| payment.budget))
            .collect();
        let pieces = |counter: usize| limits.pieces.get(counter).copied().unwrap_or(0);
        let fen = |budget: usize| limits.budgets.get(budget).map_or(0, |left| left.0);
        Binding {
            counters: raised
                .into_iter()
                .filter(|(counter, (most, _))| *most > pieces(*counter))
                .map(|(counter, (_, last))| (counter, last))
                .collect(),
            budgets: drawn
                .into_iter()
                .filter(|(budget, (most, _))| *most > fen(*budget))
                .map(|(budget, (_, last))| (budget, last))
                .collect(),
            coupled,
            last_demand,
        }
    }

    /// What is used after a set is chosen; `None` where pieces or old units do not suffice.
    fn take(&self, used: &Used, set: &[Payment], limits: &Limits) -> Option<Used> {
        let mut after = used.clone();
        for counter in set.iter().flat_map(|payment| &payment.counters) {
            if self.counters.contains_key(counter) {
                let count = after.pieces.entry(*counter).or_insert(0);
                *count += 1;
                if *count > limits.pieces.get(*counter).copied().unwrap_or(0) {
                    return None;
                }
            }
        }
        if let Some(demand) = demand_of(set) {
            let place = after.demands.partition_point(|other| *other <= demand);
            after.demands.insert(place, demand);
            if !is_possible(&after.demands) {
                return None;
            }
        }
        Some(after)
    }

    /// Drops what no later item can touch, so that equal futures meet in one state.
    fn forget(&self, used: &mut Used, position: usize) {
        used.pieces.retain(|counter, _| self.counters.get(counter).is_some_and(|l| *l > position));
        if self.last_demand.is_none_or(|last| last <= position) {
            used.demands.clear();
        }
    }

    /// The partial decision with one more item; `None` where a payment would come to nothing, since
    /// it would use up a piece in vain.
    fn grow(
        &self,
        partial: &Partial,
        item: &ItemOptions,
        choice: usize,
        set: &[Payment],
        limits: &Limits,
        position: usize,
    ) -> Option<Partial> {
        let mut grown = partial.clone();
        let mut room = item.ceiling.0;
        for payment in set {
            let left =
                payment.budget.filter(|budget| self.budgets.contains_key(budget)).map(|budget| {
                    let whole = limits.budgets.get(budget).map_or(0, |fen| fen.0);
                    whole - grown.drawn.get(&budget).copied().unwrap_or(0)
                });
            let amount = payment.amount.0.min(room).min(left.unwrap_or(i64::MAX));
            if amount <= 0 {
                return None;
            }
            room -= amount;
            grown.total = grown.total.saturating_add(amount);
            if let (Some(budget), Some(_)) = (payment.budget, left) {
                *grown.drawn.entry(budget).or_insert(0) += amount;
            }
        }
        grown.drawn.retain(|budget, _| self.budgets.get(budget).is_some_and(|l| *l > position));
        grown.choices.push(choice);
        Some(grown)
    }

    /// Adds a partial decision unless another is at least as good whatever follows; drops those it
    /// beats.
    fn keep(&self, rivals: &mut Vec<Partial>, newcomer: Partial) {
        if rivals.iter().any(|rival| self.dominates(rival, &newcomer)) {
            return;
        }
        rivals.retain(|rival| !self.dominates(&newcomer, rival));
        rivals.push(newcomer);
    }

    /// Whether `a` ends at least as well as `b` whatever follows. Whoever has drawn more from a
    /// budget can lose no more than the difference later on, unless a top-up hangs on it.
    fn dominates(&self, a: &Partial, b: &Partial) -> bool {
        let drawn = |partial: &Partial, budget| partial.drawn.get(budget).copied().unwrap_or(0);
        let more = |budget| (drawn(a, budget) - drawn(b, budget)).max(0);
        if a.drawn.keys().any(|budget| self.coupled.contains(budget) && more(budget) > 0) {
            return false;
        }
        let behind: i64 = a.drawn.keys().map(more).sum();
        let ahead = a.total - b.total;
        ahead > behind || (ahead == behind && a.choices <= b.choices)
    }
}

/// The grants of the chosen sets, with budgets drawn in order and old units paired.
fn settle(items: &[ItemOptions], limits: &Limits, chosen: &[usize]) -> Vec<ItemGrants> {
    let mut budgets = limits.budgets.clone();
    let sets: Vec<&[Payment]> = items
        .iter()
        .zip(chosen)
        .map(|(item, choice)| item.sets.get(*choice).map_or([].as_slice(), Vec::as_slice))
        .collect();
    let demands: Vec<u32> = sets.iter().filter_map(|set| demand_of(set)).collect();
    let mut units = first_pairing(&demands).unwrap_or_default().into_iter();
    let mut result = Vec::with_capacity(items.len());
    for (item, set) in items.iter().zip(sets) {
        let mut room = item.ceiling;
        let mut grants = Vec::with_capacity(set.len());
        for payment in set {
            let left = payment.budget.and_then(|budget| budgets.get_mut(budget));
            let amount =
                payment.amount.min(room).min(left.as_deref().copied().unwrap_or(Fen(i64::MAX)));
            if let Some(left) = left {
                left.0 -= amount.0;
            }
            room.0 -= amount.0;
            grants.push(Grant { pack: payment.pack, amount });
        }
        let old_unit = demand_of(set).and_then(|_| units.next());
        result.push(ItemGrants { grants, old_unit });
    }
    result
}

/// The old units that open a whole set: one unit serves every payment for the item.
fn demand_of(set: &[Payment]) -> Option<u32> {
    set.iter().filter_map(|payment| payment.old_units).reduce(|a, b| a & b)
}
