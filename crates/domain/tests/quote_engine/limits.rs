//! Pieces and yuan per person, and old units that open one item each.

use doorstep_domain::books::Books;
use doorstep_domain::subsidy::RefusalCode as Code;
use serde_json::{Value, json};

use super::cases::{books_with, codes, machine, old, quote, quote_with, sale, subsidised, subsidy};

fn of(category: &str, grade: Option<u8>, prices: &[i64]) -> Vec<Value> {
    let lines = prices.iter().enumerate();
    lines.map(|(i, yuan)| machine(&format!("{i:02}"), category, *yuan, grade)).collect()
}

#[test]
fn three_air_conditioners_in_2025_and_one_in_2026() {
    let prices = [3_000, 3_100, 3_200, 3_300];
    let in_2025 = quote(sale("2025-07-15", "CN-41", of("ac", Some(1), &prices)));
    assert_eq!(subsidised(&in_2025), ["01", "02", "03"], "the three dearest");
    assert_eq!(subsidy(&in_2025), 62_000 + 64_000 + 66_000);
    let in_2026 = quote(sale("2026-07-15", "CN-41", of("ac", Some(1), &prices)));
    assert_eq!(subsidised(&in_2026), ["03"]);
    assert_eq!(codes(&in_2026, "00", "CN-2026"), [Code::OtherItemChosen]);
}

#[test]
fn equal_items_are_served_by_line_id() {
    let quote = quote(sale("2026-07-15", "CN-41", of("tv", Some(1), &[3_000, 3_000, 3_000])));
    assert_eq!(subsidised(&quote), ["00"]);
}

#[test]
fn what_was_used_before_counts_within_the_programme_only() {
    let with = |day: &str, quota: &str| {
        let mut sale = sale(day, "CN-41", of("fridge", Some(1), &[3_000]));
        sale["customer"] = json!({ "prior_uses": [{ "quota": quota, "group": "fridge" }] });
        quote(sale)
    };
    assert_eq!(codes(&with("2025-07-15", "CN-2025"), "00", "CN-2025"), [Code::QuantityUsed]);
    assert_eq!(subsidy(&with("2025-07-15", "CN-2024")), 60_000, "2024 does not block 2025");
}

#[test]
fn watch_and_band_are_one_kind() {
    let watch = machine("1", "watch", 1_000, None);
    let band = machine("2", "band", 2_000, None);
    let quote = quote(sale("2025-07-15", "CN-31", vec![watch, band]));
    assert_eq!(subsidised(&quote), ["2"]);
}

/// A valuation table that covers the years of the older programmes.
fn old_books() -> Books {
    let from = "valid = { from = \"2026-07-01\"";
    books_with("sample/valuation.toml", from, "valid = { from = \"2009-01-01\"")
}

#[test]
fn cn_2009_pairs_each_new_machine_with_an_old_one_of_any_kind() {
    let new = vec![machine("1", "tv", 3_000, None), machine("2", "ac", 3_400, None)];
    let mut sale = sale("2010-07-01", "CN-41", new);
    sale["old"] = json!([old("o1", "washer")]);
    let one = quote_with(sale.clone(), &old_books());
    assert_eq!(subsidised(&one), ["2"], "one old unit goes where it brings more: 340 over 300");
    assert_eq!(one.items[1].opened_by.as_deref(), Some("o1"));
    assert_eq!(codes(&one, "1", "CN-2009"), [Code::OldUnitGiven]);

    sale["old"] = json!([old("o2", "pc"), old("o1", "washer")]);
    let two = quote_with(sale, &old_books());
    assert_eq!(subsidised(&two), ["1", "2"]);
    let opened: Vec<_> = two.items.iter().map(|item| item.opened_by.as_deref()).collect();
    assert_eq!(opened, [Some("o1"), Some("o2")]);
}

#[test]
fn cn_2009_gives_five_to_a_person_and_fifty_to_a_company() {
    let olds: Vec<Value> = (0..8).map(|i| old(&format!("o{i}"), "washer")).collect();
    let prices = [1_000, 2_000, 3_000, 4_000, 1_500, 2_500, 3_500, 500];
    let mut sale = sale("2010-07-01", "CN-41", of("tv", None, &prices));
    sale["old"] = json!(olds);
    let person = quote_with(sale.clone(), &old_books());
    assert_eq!(subsidised(&person), ["01", "02", "03", "05", "06"], "the five dearest");
    assert_eq!(subsidy(&person), (200 + 300 + 400 + 250 + 350) * 100);

    sale["customer"] =
        json!({ "prior_uses": [{ "quota": "CN-2009", "group": "pc", "quantity": 4 }] });
    assert_eq!(subsidised(&quote_with(sale.clone(), &old_books())), ["03"], "any kind counts");
    sale["customer"] =
        json!({ "prior_uses": [{ "quota": "CN-2009", "group": "pc", "quantity": 5 }] });
    let used = quote_with(sale.clone(), &old_books());
    assert_eq!(codes(&used, "03", "CN-2009"), [Code::TotalQuantityUsed]);

    sale["customer"] = json!({ "kind": "legal" });
    assert_eq!(subsidised(&quote_with(sale, &old_books())).len(), 8);
}

#[test]
fn in_zhengzhou_a_picky_old_unit_leaves_the_free_one_to_others() {
    let new = vec![machine("1", "stove", 1_000, None), machine("2", "tv", 2_000, None)];
    let mut sale = sale("2022-06-01", "CN-41-01", new);
    sale["old"] = json!([old("o1", "tv"), old("o2", "hood")]);
    let quote = quote_with(sale.clone(), &old_books());
    let opened: Vec<_> = quote.items.iter().map(|item| item.opened_by.as_deref()).collect();
    assert_eq!(opened, [Some("o2"), Some("o1")], "an old hood opens a stove, never a television");
    assert_eq!(subsidy(&quote), 10_000 + 20_000);

    sale["old"] = json!([old("o2", "hood")]);
    let hood_only = quote_with(sale, &old_books());
    assert_eq!(codes(&hood_only, "2", "zhengzhou-2022"), [Code::OldUnitKind]);
}

#[test]
fn the_total_per_person_pays_the_rest_to_the_item_that_crosses_it() {
    let with = |drawn: i64| {
        let new = vec![machine("1", "fridge", 9_000, Some(1)), machine("2", "tv", 9_000, Some(1))];
        let mut sale = sale("2024-10-01", "CN-44-01", new);
        let before = json!({ "quota": "CN-2024", "group": "ac", "quantity": 1, "amount": drawn });
        sale["customer"] = json!({ "prior_uses": [before] });
        quote(sale)
    };
    assert_eq!(subsidy(&with(0)), 360_000);
    let tight = with(1_350_000);
    assert_eq!(subsidy(&tight), 250_000, "16,000 less 13,500");
    let each: Vec<i64> = tight.items.iter().map(|item| item.subsidy.0).collect();
    assert_eq!(each, [180_000, 70_000]);
    let spent = with(1_600_000);
    assert_eq!(codes(&spent, "1", "guangzhou-2024"), [Code::AmountUsed]);
    assert_eq!(subsidy(&spent), 0);
}

#[test]
fn changed_rule_data_changes_the_result() {
    let sale = || sale("2026-07-15", "CN-41", of("ac", Some(1), &[3_000, 3_100]));
    assert_eq!(subsidy(&quote(sale())), 46_500);
    let rate = books_with("rules/cn-2026.toml", "grade_rate_bp = [1500]", "grade_rate_bp = [1000]");
    assert_eq!(subsidy(&quote_with(sale(), &rate)), 31_000);
    let cap = books_with("rules/cn-2026.toml", "cap_fen = 150000", "cap_fen = 20000");
    assert_eq!(subsidy(&quote_with(sale(), &cap)), 20_000);
    let pieces = books_with("rules/cn-2026.toml", "quantity = 1", "quantity = 2");
    assert_eq!(subsidy(&quote_with(sale(), &pieces)), 91_500);
}

#[test]
fn the_largest_quote_is_decided_under_rules_that_pair_old_and_new() {
    let kinds = ["ac", "tv", "fridge", "washer", "hood", "stove", "pc"];
    let line = |i: usize| (format!("n{i:02}"), kinds[i % kinds.len()]);
    let new = (0..20).map(|i| machine(&line(i).0, line(i).1, 3_000 + i as i64, None)).collect();
    let mut sale = sale("2022-06-01", "CN-41-01", new);
    let olds = (0..20).map(|i| old(&format!("o{i:02}"), kinds[(i * 3) % kinds.len()]));
    sale["old"] = json!(olds.collect::<Vec<_>>());
    let quote = quote_with(sale, &old_books());
    assert_eq!(subsidised(&quote), ["n13", "n14", "n15", "n16", "n17", "n18", "n19"]);
}
