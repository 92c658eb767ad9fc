//! What must hold for any quote.

use std::sync::LazyLock;

use doorstep_domain::books::Books;
use doorstep_domain::money::{BasisPoints, Fen};
use doorstep_domain::quote::{Quote, price, reprice};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::cases::{books, request};

static BOOKS: LazyLock<Books> = LazyLock::new(books);

const DAYS: [&str; 5] = ["2010-07-01", "2022-06-01", "2024-10-01", "2025-07-15", "2026-07-15"];
const REGIONS: [&str; 8] =
    ["CN", "CN-11", "CN-31", "CN-32-05", "CN-37-01", "CN-41-01", "CN-44-01", "CN-99-01"];
const KINDS: [&str; 8] = ["fridge", "washer", "ac", "tv", "pc", "hood", "phone", "watch"];

fn new_items() -> impl Strategy<Value = Vec<Value>> {
    let item = (0..KINDS.len(), 1i64..2_000_000, prop::option::of(1u8..=3), 0i64..100);
    prop::collection::vec(item, 0..8).prop_map(|items| {
        let item = |(i, (kind, fen, grade, off)): (usize, (usize, i64, Option<u8>, i64))| {
            let discount = fen * off / 100;
            let discounts = if discount > 0 {
                json!([{ "kind": "merchant", "amount": discount }])
            } else {
                json!([])
            };
            json!({ "line": format!("n{i:02}"), "discounts": discounts, "facts": {
                "category": KINDS[kind], "gtin": "6901234567892", "energy_grade": grade,
                "list_fen": fen } })
        };
        items.into_iter().enumerate().map(item).collect()
    })
}

fn sales() -> impl Strategy<Value = Value> {
    let extras = (0..3usize, any::<bool>(), 0i64..50_000, 1i64..20);
    (0..DAYS.len(), 0..REGIONS.len(), new_items(), extras).prop_map(
        |(day, region, new, (olds, rural, deposit, floor))| {
            let mut value = json!({
                "sale_day": DAYS[day], "place": { "region": REGIONS[region] }, "new": new,
                "customer": { "rural": rural }, "fee_facts": { "floor": floor },
            });
            if DAYS[day].starts_with("2026") {
                let old = |i| {
                    json!({ "line": format!("o{i}"), "category": "washer", "size": "m",
                                      "age_months": 30 })
                };
                value["old"] = (0..olds).map(old).collect();
                value["fees"] = json!([{ "line": "v", "rule": "move.stairs.down", "kg": 70 }]);
            }
            if deposit > 0 {
                value["deposits"] = json!([{ "reference": "R", "amount": deposit }]);
            }
            value
        },
    )
}

fn quoted(value: &Value) -> Option<Quote> {
    let empty = value["new"].as_array().unwrap().is_empty() && value.get("fees").is_none();
    let result = price(&request(value.clone()), &BOOKS);
    assert_eq!(result.is_err(), empty, "{result:?}");
    result.ok()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn money_adds_up_and_the_hash_holds(value in sales()) {
        let Some(quote) = quoted(&value) else { return Ok(()) };
        prop_assert_eq!(quote.check_identities(), Ok(()));
        let t = &quote.totals;
        for s in [&t.certain, &t.if_approved] {
            prop_assert_eq!(s.invoice_total.0, s.customer_consideration.0 + s.government_subsidy.0);
            let cash = s.customer_consideration.0 + s.fees.0 - s.old_value.0 - s.deposits.0;
            prop_assert_eq!(s.to_collect.0 - s.payout.0, cash);
        }
        prop_assert!(quote.verify_hash());
        prop_assert_eq!(reprice(&quote, &BOOKS), Ok(()));
    }

    #[test]
    fn a_subsidy_exceeds_neither_rate_nor_cap_nor_price(value in sales()) {
        let Some(quote) = quoted(&value) else { return Ok(()) };
        for verdict in quote.verdicts.iter().filter(|v| v.granted > Fen::ZERO) {
            let item = quote.items.iter().find(|i| i.line == verdict.line).unwrap();
            let pack = BOOKS.rules.pack(&verdict.pack).unwrap();
            let rule = pack
                .item_rule(&item.category, &item.sub, quote.request.sale_day)
                .expect("only listed articles are paid for");
            let rates = rule.rate_bp.iter().chain(&rule.grade_rate_bp).chain(&rule.unlabelled_rate_bp);
            let rate = rates.copied().max().unwrap_or(BasisPoints(0));
            prop_assert!(verdict.granted <= pack.rounding.share(item.final_price, rate).unwrap());
            prop_assert!(rule.cap_fen.is_none_or(|cap| verdict.granted <= cap));
        }
        for item in &quote.items {
            prop_assert!(Fen::ZERO <= item.subsidy && item.subsidy <= item.final_price);
        }
    }

    #[test]
    fn the_order_of_lines_does_not_matter(value in sales(), seed in any::<u64>()) {
        let Some(quote) = quoted(&value) else { return Ok(()) };
        let mut turned = value.clone();
        for list in ["new", "old", "fees"] {
            if let Some(entries) = turned.get_mut(list).and_then(Value::as_array_mut) {
                let len = entries.len().max(1);
                entries.rotate_left(seed as usize % len % len.max(1));
                entries.reverse();
            }
        }
        prop_assert_eq!(quoted(&turned).unwrap(), quote);
    }

    #[test]
    fn within_one_grade_a_dearer_machine_never_earns_less(
        fen in 1i64..2_000_000, more in 0i64..500_000, kind in 0..6usize, grade in 1u8..=2,
        day in 2..DAYS.len(),
    ) {
        let earned = |fen: i64| {
            let value = json!({ "sale_day": DAYS[day], "place": { "region": "CN-41" }, "new": [
                { "line": "n", "facts": { "category": KINDS[kind], "energy_grade": grade,
                  "list_fen": fen } }] });
            quoted(&value).unwrap().totals.if_approved.government_subsidy
        };
        prop_assert!(earned(fen) <= earned(fen + more));
    }

    #[test]
    fn one_more_machine_never_lowers_the_subsidy(value in sales()) {
        let Some(all) = quoted(&value) else { return Ok(()) };
        let mut fewer = value.clone();
        if fewer["new"].as_array_mut().unwrap().pop().is_none() {
            return Ok(());
        }
        if let Some(fewer) = quoted(&fewer) {
            let of = |quote: &Quote| quote.totals.if_approved.government_subsidy;
            prop_assert!(of(&fewer) <= of(&all));
        }
    }
}
