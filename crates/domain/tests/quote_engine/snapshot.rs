//! The snapshot: hash, repeatability, comparison at HQ.

use std::collections::BTreeMap;

use doorstep_domain::books::{Books, BundleKind};
use doorstep_domain::money::Fen;
use doorstep_domain::quote::{BrokenIdentity, Mismatch, Quote, UnreadableQuote, reprice};
use serde_json::{Value, json};

use super::cases::{books, books_with, quote, quote_with};

fn visit() -> Value {
    json!({
        "sale_day": "2026-07-15",
        "place": { "region": "CN-11" },
        "new": [
            { "line": "n1", "sku": "S-BX-520", "discounts": [
                { "kind": "merchant", "amount": 60_000 }, { "kind": "bank", "amount": 5_000 }] },
            { "line": "n2", "sku": "S-XG-100" },
        ],
        "old": [
            { "line": "o1", "category": "fridge", "size": "l", "age_months": 108, "faults": [
                { "code": "rust", "photos": ["defect"] }, { "code": "door_dent", "photos": ["front"] }] },
            { "line": "o2", "category": "ac", "size": "s", "age_months": 130 },
        ],
        "fees": [
            { "line": "n1", "rule": "move.stairs.up", "kg": 95 },
            { "line": "o2", "rule": "ac.high" },
            { "line": "o1", "rule": "ac.high" },
        ],
        "fee_facts": { "floor": 12 },
        "removal": "one_visit",
        "deposits": [{ "reference": "R-2", "amount": 10_000 }, { "reference": "R-1", "amount": 20_000 }],
    })
}

#[test]
fn the_order_of_entry_leaves_no_trace() {
    let mut turned = visit();
    for list in ["new", "old", "fees", "deposits"] {
        turned[list].as_array_mut().unwrap().reverse();
    }
    turned["new"][1]["discounts"].as_array_mut().unwrap().reverse();
    turned["old"][1]["faults"].as_array_mut().unwrap().reverse();
    let (one, other) = (quote(visit()), quote(turned));
    let bytes = |quote: &Quote| serde_json::to_vec(quote).unwrap();
    assert_eq!(bytes(&one), bytes(&other));
}

#[test]
fn a_quote_survives_the_journey_as_json() {
    let quote = quote(visit());
    let text = serde_json::to_string_pretty(&quote).unwrap();
    let back: Quote = serde_json::from_str(&text).unwrap();
    assert_eq!(back, quote);
    assert!(back.verify_hash());
    assert_eq!(reprice(&back, &books()), Ok(()));
}

#[test]
fn a_quote_written_by_an_earlier_build_still_verifies() {
    // Fails when a field is renamed, dropped or added without `skip_serializing_if`: quotes
    // already signed would no longer verify. Add optional fields, or raise the schema.
    let text = include_str!("../../../../data/examples/quote-trade-in.quote.json");
    let written = Quote::from_json(text).unwrap();
    assert!(written.verify_hash());

    let request = include_str!("../../../../data/examples/quote-trade-in.json");
    let priced = quote(serde_json::from_str(request).unwrap());
    assert_eq!(priced.totals, written.totals, "the example shows what the sample data give");
}

#[test]
fn a_quote_from_a_newer_build_verifies_by_its_own_text() {
    let mut newer = serde_json::to_value(quote(visit())).unwrap();
    newer["items"][0]["colour"] = json!("white");
    let text = newer.to_string();
    assert!(matches!(Quote::from_json(&text), Err(UnreadableQuote::Hash)), "not hashed with it");
    // sha256 over the sorted text without the hash, as the newer build would have written it.
    newer.as_object_mut().unwrap().remove("hash");
    let sorted = newer.to_string();
    newer["hash"] = json!(hex::encode(<sha2::Sha256 as sha2::Digest>::digest(sorted.as_bytes())));
    let read = Quote::from_json(&newer.to_string()).unwrap();
    assert_eq!(read.items, quote(visit()).items);
}

#[test]
fn every_field_is_under_the_hash() {
    let quote = quote(visit());
    let whole = serde_json::to_value(&quote).unwrap();
    let mut changed = 0;
    for path in leaves(&whole, String::new()) {
        if path == "/hash" {
            continue;
        }
        let mut forged = whole.clone();
        let leaf = forged.pointer_mut(&path).unwrap();
        *leaf = match &*leaf {
            Value::Number(n) => json!(n.as_i64().unwrap() + 1),
            Value::Bool(b) => json!(!b),
            Value::String(s) => json!(format!("{s}x")),
            other => panic!("{path}: {other}"),
        };
        // Some texts cannot be forged at all: a day or a kind stays readable or the quote does not.
        if let Ok(forged) = serde_json::from_value::<Quote>(forged) {
            assert!(!forged.verify_hash(), "{path} is not under the hash");
            changed += 1;
        }
    }
    assert!(changed > 200, "only {changed} fields tried");
}

fn leaves(value: &Value, at: String) -> Vec<String> {
    match value {
        Value::Object(fields) => {
            fields.iter().flat_map(|(key, v)| leaves(v, format!("{at}/{key}"))).collect()
        }
        Value::Array(list) => {
            list.iter().enumerate().flat_map(|(i, v)| leaves(v, format!("{at}/{i}"))).collect()
        }
        Value::Null => vec![],
        _ => vec![at],
    }
}

#[test]
fn repricing_names_the_first_line_that_differs() {
    let books = books();
    let mut forged = quote(visit());
    let place = forged.lines.iter().position(|line| line.rule == "rust").unwrap();
    forged.lines[place].amount = Fen(forged.lines[place].amount.0 - 100);
    assert_eq!(reprice(&forged, &books), Err(Mismatch::Hash));
    forged.hash = forged.content_hash().unwrap();
    let Err(Mismatch::Line { place: found, quoted, computed }) = reprice(&forged, &books) else {
        panic!("a resealed forgery must be found by computing");
    };
    assert_eq!(found, place);
    assert_eq!(computed.unwrap().amount.0 - quoted.unwrap().amount.0, 100);
}

#[test]
fn repricing_finds_a_missing_line_and_a_longer_validity() {
    let mut short = quote(visit());
    short.lines.pop();
    short.hash = short.content_hash().unwrap();
    assert!(matches!(reprice(&short, &books()), Err(Mismatch::Line { quoted: None, .. })));
    let mut longer = quote(visit());
    longer.valid_until = longer.valid_until.tomorrow().unwrap();
    longer.hash = longer.content_hash().unwrap();
    assert_eq!(reprice(&longer, &books()), Err(Mismatch::Part("valid_until")));
}

#[test]
fn repricing_wants_the_versions_the_quote_names() {
    let quote = quote(visit());
    let newer =
        books_with("sample/fees.toml", "version = \"SAMPLE-FEES-2026\"", "version = \"F2\"");
    let Err(Mismatch::Version { kind, named, held }) = reprice(&quote, &newer) else {
        panic!("other versions are another question");
    };
    assert_eq!((kind, named.as_str(), held.as_str()), ("fees", "SAMPLE-FEES-2026", "F2"));
}

#[test]
fn same_versions_with_other_content_are_found_by_line() {
    let quote = quote(visit());
    let altered = books_with("sample/fees.toml", "upto = 90, fen = 2000", "upto = 90, fen = 2100");
    let result = reprice(&quote, &altered);
    assert_eq!(result, Ok(()), "that tier is not used here");
    let altered =
        books_with("rules/cn-2026.toml", "grade_rate_bp = [1500]", "grade_rate_bp = [1400]");
    let Err(mismatch @ Mismatch::Line { .. }) = reprice(&quote, &altered) else {
        panic!("a changed rate must show");
    };
    assert!(mismatch.words().zh.contains("2026年国补"), "{}", mismatch.words().zh);
    assert!(mismatch.to_string().contains("CN-2026"), "{mismatch}");
}

#[test]
fn broken_totals_are_noticed() {
    let good = quote(visit());
    let mut broken = good.clone();
    broken.totals.certain.customer_consideration.0 += 1;
    assert_eq!(broken.check_identities(), Err(BrokenIdentity::Invoice("certain")));
    let mut broken = good.clone();
    broken.totals.if_approved.to_collect.0 -= 1;
    assert_eq!(broken.check_identities(), Err(BrokenIdentity::Balance("if approved")));
    let mut broken = good.clone();
    broken.lines[0].amount.0 += 1;
    assert_eq!(broken.check_identities(), Err(BrokenIdentity::Lines("list prices")));
    let mut broken = good;
    broken.totals.if_approved.fees.0 += 100;
    broken.totals.if_approved.balance.0 += 100;
    broken.totals.if_approved.to_collect.0 += 100;
    assert_eq!(broken.check_identities(), Err(BrokenIdentity::TwoTotals));
}

#[test]
fn published_bundles_price_the_same_quote() {
    let books = books();
    let bundles: BTreeMap<BundleKind, String> = books.to_bundles().unwrap();
    let again = Books::from_bundles(&bundles).unwrap();
    assert_eq!(again, books);
    assert_eq!(again.to_bundles().unwrap(), bundles, "publishing is repeatable byte for byte");
    assert_eq!(quote_with(visit(), &again), quote(visit()));
    let mut fewer = bundles;
    fewer.remove(&BundleKind::Fees);
    assert!(Books::from_bundles(&fewer).is_err());
}
