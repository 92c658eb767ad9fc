//! Totals, payouts, bonuses, and requests that cannot be meant.

use doorstep_domain::books::BundleKind;
use doorstep_domain::quote::{LineKind, QuoteError, price};
use doorstep_domain::subsidy::PayoutMode;
use serde_json::{Value, json};

use super::cases::{books, books_with, machine, quote, quote_with, request, sale, subsidy};

fn refused(value: Value) -> QuoteError {
    let error = price(&request(value), &books()).unwrap_err();
    let words = error.words();
    assert!(!words.zh.is_empty() && !words.en.is_empty());
    error
}

#[test]
fn a_negative_balance_is_a_payout_and_the_invoice_stays_positive() {
    let mut cheap = sale("2026-07-15", "CN-41", vec![machine("n1", "rice_cooker", 50, None)]);
    cheap["old"] = json!([{ "line": "o1", "category": "ac", "size": "l", "age_months": 12 }]);
    let quote = quote(cheap);
    let certain = &quote.totals.certain;
    assert_eq!(certain.invoice_total.0, 5_000);
    assert_eq!((certain.to_collect.0, certain.payout.0), (0, 90_000));
    assert_eq!(quote.payout_mode, PayoutMode::TransferAfterHq);
}

#[test]
fn an_old_machine_alone_is_a_payout() {
    let quote = quote(json!({ "sale_day": "2026-07-15",
        "old": [{ "line": "o1", "category": "washer", "size": "m", "age_months": 12 }] }));
    assert_eq!(quote.totals.certain.payout.0, 35_000);
    assert!(quote.verdicts.is_empty());
}

#[test]
fn deposits_are_set_off_in_both_totals() {
    let mut paid = sale("2026-07-15", "CN-41", vec![machine("n1", "fridge", 3_000, Some(1))]);
    paid["deposits"] = json!([{ "reference": "R-1", "amount": 20_000 }]);
    let quote = quote(paid);
    assert_eq!(quote.totals.certain.to_collect.0, 280_000);
    assert_eq!(quote.totals.if_approved.to_collect.0, 280_000 - 45_000);
}

#[test]
fn every_discount_comes_off_before_the_base() {
    let mut fridge = machine("n1", "fridge", 5_000, Some(1));
    fridge["discounts"] = json!([
        { "kind": "bank", "amount": 10_000 }, { "kind": "merchant", "amount": 20_000 },
        { "kind": "brand", "amount": 30_000 }, { "kind": "trade_in_bonus", "amount": 40_000 },
    ]);
    let quote = quote(sale("2026-07-15", "CN-41", vec![fridge]));
    assert_eq!(quote.items[0].final_price.0, 400_000);
    assert_eq!(subsidy(&quote), 60_000);
}

#[test]
fn policy_decides_whether_a_bonus_is_a_discount_or_old_value() {
    let request = || {
        let mut fridge = machine("n1", "fridge", 5_000, Some(1));
        fridge["discounts"] = json!([{ "kind": "trade_in_bonus", "id": "b", "amount": 40_000 }]);
        sale("2026-07-15", "CN-41", vec![fridge])
    };
    let policy = "trade_in_bonus = \"discount\"    # before";
    let raised = "trade_in_bonus = \"old_value\"    # before";
    let house = books_with("rules/policy.toml", policy, raised);
    assert_eq!(
        quote_with(request(), &house).totals.certain.invoice_total.0,
        460_000,
        "the 2026 pack itself asks for a discount and wins over the house"
    );
    let mut open = house;
    for pack in &mut open.rules.packs {
        pack.trade_in_bonus = None;
    }
    let quote = quote_with(request(), &open);
    assert_eq!(quote.totals.certain.invoice_total.0, 500_000);
    assert_eq!(quote.totals.certain.old_value.0, 40_000);
    assert_eq!(subsidy(&quote), 75_000, "15 % of the undiminished price");
    assert_eq!(quote.lines_of(LineKind::OldBonus).count(), 1);
}

#[test]
fn the_packs_rounding_applies_once_to_the_share() {
    let request = || {
        let mut phone = machine("1", "phone", 1_000, None);
        phone["facts"]["list_fen"] = json!(99_999);
        sale("2026-07-15", "CN-41", vec![phone])
    };
    assert_eq!(subsidy(&quote(request())), 15_000, "149.9985 half up to the fen");
    let with = |mode: &str| {
        let to = format!("id = \"CN-2026-D\"\nrounding = \"{mode}\"");
        let books = books_with("rules/cn-2026-d.toml", "id = \"CN-2026-D\"", &to);
        subsidy(&quote_with(request(), &books))
    };
    assert_eq!(with("down_fen"), 14_999);
    assert_eq!(with("down_yuan"), 14_900);
    assert_eq!(with("half_up_yuan"), 15_000);
}

#[test]
fn discounts_beyond_the_price_are_refused() {
    let mut gift = machine("n1", "fridge", 3_000, Some(1));
    gift["discounts"] = json!([{ "kind": "merchant", "amount": 300_001 }]);
    let error = refused(sale("2026-07-15", "CN-41", vec![gift]));
    assert_eq!(error, QuoteError::OverDiscount("n1".into()));
}

#[test]
fn negative_and_absurd_amounts_are_refused() {
    for amount in [-1, 0, 10_000_000_001, i64::MAX, i64::MIN] {
        let mut wrong = machine("n1", "fridge", 3_000, Some(1));
        wrong["discounts"] = json!([{ "kind": "merchant", "amount": amount }]);
        let error = refused(sale("2026-07-15", "CN-41", vec![wrong]));
        assert_eq!(error, QuoteError::Amount { line: "n1".into(), what: "discount" }, "{amount}");

        let mut wrong = machine("n1", "fridge", 3_000, Some(1));
        wrong["facts"]["list_fen"] = json!(amount);
        let error = refused(sale("2026-07-15", "CN-41", vec![wrong]));
        assert_eq!(error, QuoteError::Amount { line: "n1".into(), what: "list_fen" }, "{amount}");

        let mut wrong = sale("2026-07-15", "CN-41", vec![machine("n1", "tv", 3_000, Some(1))]);
        wrong["deposits"] = json!([{ "reference": "R-1", "amount": amount }]);
        let expected = QuoteError::Amount { line: "R-1".into(), what: "deposit" };
        assert_eq!(refused(wrong), expected, "{amount}");
    }
}

#[test]
fn a_published_bonus_cannot_be_raised() {
    let request = |amount| {
        json!({ "sale_day": "2026-07-15", "new": [{ "line": "n1", "sku": "S-KF-35G1", "discounts":
            [{ "kind": "trade_in_bonus", "id": "b_model", "amount": amount }] }] })
    };
    assert_eq!(quote(request(30_000)).items[0].final_price.0, 269_900);
    let error = refused(request(30_001));
    assert!(matches!(error, QuoteError::BonusTooHigh { .. }), "{error}");
}

#[test]
fn unclear_requests_are_refused() {
    let day = "2026-07-15";
    assert_eq!(refused(json!({ "sale_day": day })), QuoteError::Empty);
    let unknown = json!({ "sale_day": day, "new": [{ "line": "n1", "sku": "NONE" }] });
    let expected = QuoteError::UnknownSku { line: "n1".into(), sku: "NONE".into() };
    assert_eq!(refused(unknown), expected);
    let neither = json!({ "sale_day": day, "new": [{ "line": "n1" }] });
    assert_eq!(refused(neither), QuoteError::SkuOrFacts("n1".into()));
    let tv = |line: &str| machine(line, "tv", 3_000, Some(1));
    let twice = sale(day, "CN-41", vec![tv("n1"), tv("n1")]);
    assert_eq!(refused(twice), QuoteError::LineId("n1".into()));
    let blank = sale(day, "CN-41", vec![tv("")]);
    assert_eq!(refused(blank), QuoteError::LineId(String::new()));
    let lines = |count: i32| (0..count).map(|i| tv(&format!("n{i:02}"))).collect::<Vec<_>>();
    assert_eq!(quote(sale(day, "CN-41", lines(20))).items.len(), 20);
    let many = refused(sale(day, "CN-41", lines(21)));
    assert_eq!(many, QuoteError::TooMany { what: "new", most: 20 });
    let nowhere = refused(sale(day, "Beijing", vec![tv("n1")]));
    assert_eq!(nowhere, QuoteError::Region("Beijing".into()));
}

#[test]
fn reference_data_must_cover_the_sale_day() {
    let by_sku =
        |day: &str| json!({ "sale_day": day, "new": [{ "line": "n1", "sku": "S-TV-43" }] });
    let error = refused(by_sku("2026-06-30"));
    assert!(
        matches!(error, QuoteError::OutsideValidity { kind: BundleKind::Catalogue, .. }),
        "{error}"
    );
    let error = refused(sale("2027-01-01", "CN", vec![machine("n1", "tv", 3_000, Some(1))]));
    assert!(matches!(error, QuoteError::OutsideValidity { kind: BundleKind::Rules, .. }));
    let mut old = sale("2026-10-01", "CN", vec![machine("n1", "tv", 3_000, Some(1))]);
    old["old"] = json!([{ "line": "o1", "category": "tv", "size": "m", "age_months": 60 }]);
    let error = refused(old);
    assert!(matches!(error, QuoteError::OutsideValidity { kind: BundleKind::Valuation, .. }));
}

#[test]
fn a_quote_binds_no_longer_than_what_it_rests_on() {
    let at = |day: &str, grade| {
        let tv = machine("n1", "tv", 3_000, Some(grade));
        quote(sale(day, "CN", vec![tv])).valid_until.to_string()
    };
    assert_eq!(at("2026-07-15", 1), "2026-07-22", "the policy's seven days");
    assert_eq!(at("2024-12-28", 1), "2024-12-31", "the programme ends");
    assert_eq!(at("2024-12-28", 3), "2025-01-04", "no programme counted on");
    let old = json!({ "sale_day": "2026-09-28",
        "old": [{ "line": "o1", "category": "tv", "size": "m", "age_months": 60 }] });
    assert_eq!(quote(old).valid_until.to_string(), "2026-09-30", "the valuation table ends");
}

#[test]
fn what_a_fault_or_fee_lacks_comes_back_in_words() {
    let fault = refused(json!({ "sale_day": "2026-07-15", "old": [
        { "line": "o1", "category": "tv", "size": "m", "age_months": 60, "faults": [{ "code": "ghost" }] },
    ]}));
    assert!(matches!(fault, QuoteError::Valuation { .. }), "{fault}");
    let fee =
        refused(json!({ "sale_day": "2026-07-15", "fees": [{ "line": "v", "rule": "ghost" }] }));
    assert!(matches!(fee, QuoteError::Fee(_)), "{fee}");
}
