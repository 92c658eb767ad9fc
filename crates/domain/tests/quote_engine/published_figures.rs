//! Figures that newspapers and cities published, computed by the repository's rule packs.

use serde_json::json;

use super::cases::{machine, quote, sale, subsidy};

/// A television in Henan, 2024: list 18,999, the shop takes 999 off, 20 % would be 3,600 but the
/// cap is 2,000; paid 16,000 (redcensor.com).
#[test]
fn v1_television_at_the_cap() {
    let mut tv = machine("1", "tv", 18_999, Some(1));
    tv["discounts"] = json!([{ "kind": "merchant", "amount": 99_900 }]);
    let quote = quote(sale("2024-10-01", "CN-41", vec![tv]));
    assert_eq!(quote.items[0].final_price.0, 1_800_000);
    assert_eq!(subsidy(&quote), 200_000);
    assert_eq!(quote.totals.if_approved.to_collect.0, 1_600_000);
    assert_eq!(quote.totals.certain.to_collect.0, 1_800_000);
}

/// A laptop in Shanghai, 2024: paid 7,999 after "almost 2,000" (shine.cn 2409085412). The base of
/// 9,999 is inferred; the published figure is in whole yuan.
#[test]
fn v3_laptop_base_inferred() {
    let quote = quote(sale("2024-09-08", "CN-31", vec![machine("1", "pc", 9_999, Some(1))]));
    assert_eq!(subsidy(&quote), 199_980);
    assert_eq!(quote.totals.if_approved.to_collect.0, 799_920);
    assert_eq!(quote.totals.if_approved.to_collect.0 / 100, 7_999, "the published whole yuan");
}

/// A grade-1 refrigerator in Jinan, 2025: 5,000 earns 1,000 (city's questions and answers).
#[test]
fn v5_refrigerator_in_jinan() {
    let quote = quote(sale("2025-03-01", "CN-37-01", vec![machine("1", "fridge", 5_000, Some(1))]));
    assert_eq!(subsidy(&quote), 100_000);
    assert_eq!(quote.totals.if_approved.to_collect.0, 400_000);
}

/// A phone in Jinan, 2025: 4,000 would earn 600, the cap is 500 (same source).
#[test]
fn v6_phone_in_jinan_at_the_cap() {
    let quote = quote(sale("2025-03-01", "CN-37-01", vec![machine("1", "phone", 4_000, None)]));
    assert_eq!(subsidy(&quote), 50_000);
    assert_eq!(quote.totals.if_approved.to_collect.0, 350_000);
}

/// A coffee machine in Shanghai, November 2024: 15 %, 973 off (lwxsd.com 2024-11-26). The base is
/// inferred: 6,490 gives 973.50; the published figure is in whole yuan.
#[test]
fn v7_coffee_machine_base_inferred() {
    let machine = machine("1", "coffee_machine", 6_490, None);
    let quote = quote(sale("2024-11-26", "CN-31", vec![machine]));
    assert_eq!(subsidy(&quote), 97_350);
    assert_eq!(subsidy(&quote) / 100, 973, "the published whole yuan");
}

/// The quote screen's example, all from the sample data: refrigerator 5,999 less 600, the old one
/// worth 133, carried up four paid floors for 140: 5,406.00 certain, 4,596.15 if approved.
#[test]
fn the_quote_screens_example() {
    let quote = quote(json!({
        "sale_day": "2026-07-15",
        "place": { "region": "CN-41" },
        "new": [{ "line": "n1", "sku": "S-BX-520",
                  "discounts": [{ "kind": "merchant", "amount": 60_000 }] }],
        "old": [{ "line": "o1", "category": "fridge", "size": "l", "age_months": 108, "faults": [
            { "code": "door_dent", "photos": ["front"] }, { "code": "rust", "photos": ["defect"] },
        ]}],
        "fees": [{ "line": "n1", "rule": "move.stairs.up", "kg": 95 }],
        "fee_facts": { "floor": 6 },
        "removal": "one_visit",
    }));
    assert_eq!(quote.totals.certain.invoice_total.0, 539_900);
    assert_eq!(quote.totals.certain.old_value.0, 13_300);
    assert_eq!(quote.totals.certain.fees.0, 14_000);
    assert_eq!(quote.totals.certain.to_collect.0, 540_600);
    assert_eq!(subsidy(&quote), 80_985);
    assert_eq!(quote.totals.if_approved.to_collect.0, 459_615);
    assert_eq!(quote.valid_until.to_string(), "2026-07-22");
    assert!(quote.sample);
}
