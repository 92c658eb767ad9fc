//! The exact optimum, checked against trying everything.

use doorstep_domain::money::Fen;
use doorstep_domain::subsidy::assignment::{
    ItemOptions, Limits, Payment, TooManyCombinations, best,
};
use proptest::prelude::*;

/// The best total by trying every combination of sets.
fn brute_force(items: &[ItemOptions], limits: &Limits) -> i64 {
    fn go(items: &[ItemOptions], pieces: &[u32], budgets: &[Fen], demands: &mut Vec<u32>) -> i64 {
        let Some((item, rest)) = items.split_first() else { return 0 };
        let mut most = go(rest, pieces, budgets, demands);
        for set in &item.sets {
            let (mut pieces, mut budgets) = (pieces.to_vec(), budgets.to_vec());
            let Some(total) = pay(item, set, &mut pieces, &mut budgets) else { continue };
            let demand = set.iter().filter_map(|p| p.old_units).reduce(|a, b| a & b);
            demands.extend(demand);
            if matched(demands, 0) {
                most = most.max(total + go(rest, &pieces, &budgets, demands));
            }
            if demand.is_some() {
                demands.pop();
            }
        }
        most
    }
    go(items, &limits.pieces, &limits.budgets, &mut Vec::new())
}

fn pay(
    item: &ItemOptions,
    set: &[Payment],
    pieces: &mut [u32],
    budgets: &mut [Fen],
) -> Option<i64> {
    let mut room = item.ceiling.0;
    let mut total = 0;
    for payment in set {
        for &counter in &payment.counters {
            pieces[counter] = pieces[counter].checked_sub(1)?;
        }
        let left = payment.budget.map_or(i64::MAX, |b| budgets[b].0);
        let amount = payment.amount.0.min(room).min(left);
        if amount <= 0 {
            return None;
        }
        room -= amount;
        if let Some(b) = payment.budget {
            budgets[b].0 -= amount;
        }
        total += amount;
    }
    Some(total)
}

/// Whether every demand finds a unit of its own, by trying all.
fn matched(demands: &[u32], taken: u32) -> bool {
    let Some((first, rest)) = demands.split_first() else { return true };
    (0..32).any(|unit| {
        let bit = 1u32 << unit;
        first & bit != 0 && taken & bit == 0 && matched(rest, taken | bit)
    })
}

fn payment(pack: usize) -> impl Strategy<Value = Payment> {
    let old = prop::option::weighted(0.4, 0u32..8);
    let counters = prop::collection::btree_set(0usize..4, 0..3);
    (1i64..40, counters, prop::option::weighted(0.5, 0usize..2), old).prop_map(
        move |(amount, counters, budget, old_units)| Payment {
            pack,
            amount: Fen(amount),
            counters: counters.into_iter().collect(),
            budget,
            old_units,
        },
    )
}

fn item() -> impl Strategy<Value = ItemOptions> {
    let set = prop_oneof![
        3 => payment(0).prop_map(|p| vec![p]),
        1 => (payment(0), payment(1)).prop_map(|(base, top)| vec![base, top]),
    ];
    (prop::collection::vec(set, 0..4), 1i64..60).prop_map(|(sets, ceiling)| {
        // A top-up may always be left away: every set comes with the set of its first payment.
        let alone: Vec<Vec<Payment>> =
            sets.iter().filter(|s| s.len() > 1).map(|s| s[..1].to_vec()).collect();
        ItemOptions { ceiling: Fen(ceiling), sets: sets.into_iter().chain(alone).collect() }
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn no_other_distribution_pays_more(
        items in prop::collection::vec(item(), 0..6),
        pieces in prop::collection::vec(0u32..4, 4),
        budgets in prop::collection::vec(0i64..80, 2),
    ) {
        let limits = Limits { pieces, budgets: budgets.into_iter().map(Fen).collect() };
        let grants = best(&items, &limits).unwrap();
        let total: i64 = grants.iter().flat_map(|g| &g.grants).map(|g| g.amount.0).sum();
        prop_assert_eq!(total, brute_force(&items, &limits));
        let mut units: Vec<usize> = grants.iter().filter_map(|g| g.old_unit).collect();
        let count = units.len();
        units.sort();
        units.dedup();
        prop_assert_eq!(units.len(), count, "an old unit opens one item only");
    }
}

/// Twenty items that two programmes list in `groups` groups each, one piece per group.
fn crowded(groups: usize, budgets: Vec<Fen>) -> (Vec<ItemOptions>, Limits) {
    let payment = |i: usize, pack: usize| Payment {
        pack,
        amount: Fen(10_000 + (i as i64) * 997 % 5_000 + pack as i64 * 13),
        counters: vec![pack * groups + i % groups],
        budget: (pack < budgets.len()).then_some(pack),
        old_units: None,
    };
    let items = (0..20).map(|i| ItemOptions {
        ceiling: Fen(1_000_000),
        sets: (0..2).map(|pack| vec![payment(i, pack)]).collect(),
    });
    (items.collect(), Limits { pieces: vec![1; 2 * groups], budgets })
}

#[test]
fn twenty_items_under_two_overlapping_programmes() {
    let (items, limits) = crowded(4, vec![Fen(30_000)]);
    let grants = best(&items, &limits).unwrap();
    let served = grants.iter().filter(|g| !g.grants.is_empty()).count();
    assert_eq!(served, 3 + 4, "30,000 of the first in three pieces, four of the second");
}

#[test]
fn rules_made_to_explode_are_refused_instead_of_hanging() {
    let (items, limits) = crowded(9, vec![Fen(61_003), Fen(50_009)]);
    assert_eq!(best(&items, &limits), Err(TooManyCombinations));
}
