//! The add-on at the door: delta first, new total, one signature.

use doorstep_domain::quote::{AddOnError, Quote, add_on, reprice};
use serde_json::{Value, json};

use super::cases::{books, quote, request};

fn with_pipe(id: &str, milli: Option<i64>) -> Value {
    let fees = milli.map(|milli| {
        json!({ "line": "n1", "rule": "ac.pipe.r410a_r32", "quantity_milli": milli, "cool_w": 3_500,
                "photos": ["pipe_tape"] })
    });
    json!({ "id": id, "sale_day": "2026-07-15", "place": { "region": "CN-41" },
        "new": [{ "line": "n1", "sku": "S-KF-35G1" }],
        "fees": fees.into_iter().collect::<Vec<_>>() })
}

const FIRST: &str = "01900000-0000-7000-8000-000000000001";
const SECOND: &str = "01900000-0000-7000-8000-000000000002";

fn original() -> Quote {
    quote(with_pipe(FIRST, None))
}

#[test]
fn the_delta_comes_first_and_the_hash_covers_all() {
    let original = original();
    let changed = add_on(&original, &request(with_pipe(SECOND, Some(4_350))), &books()).unwrap();
    assert_eq!(changed.delta.certain.0, 14_850, "1.35 m × 110.00");
    assert_eq!(changed.delta.if_approved.0, 14_850);
    assert_eq!(changed.new_total.certain, changed.quote.totals.certain.balance);
    assert_eq!(changed.added.len(), 1);
    assert!(changed.removed.is_empty());
    assert_eq!(changed.quote.request.amends.as_deref(), Some(original.hash.as_str()));
    assert_eq!(reprice(&changed.quote, &books()), Ok(()));

    let mut other = changed.quote.clone();
    other.request.amends = Some("0".repeat(64));
    assert!(!other.verify_hash(), "the new hash covers the old one");
}

#[test]
fn taking_something_away_is_a_negative_delta() {
    let original = quote(with_pipe(FIRST, Some(4_350)));
    let changed = add_on(&original, &request(with_pipe(SECOND, None)), &books()).unwrap();
    assert_eq!(changed.delta.certain.0, -14_850);
    assert_eq!((changed.added.len(), changed.removed.len()), (0, 1));
}

#[test]
fn a_subsidised_change_moves_the_two_totals_differently() {
    let mut second = with_pipe(SECOND, None);
    second["new"][0]["discounts"] = json!([{ "kind": "merchant", "amount": 100_000 }]);
    let changed = add_on(&original(), &request(second), &books()).unwrap();
    assert_eq!(changed.delta.certain.0, -100_000);
    assert_eq!(changed.delta.if_approved.0, -85_000, "the subsidy shrinks with its base");
}

#[test]
fn a_damaged_expired_or_same_original_is_refused() {
    let second = || request(with_pipe(SECOND, Some(4_350)));
    let mut forged = original();
    forged.totals.certain.balance.0 += 1;
    assert_eq!(add_on(&forged, &second(), &books()), Err(AddOnError::OriginalChanged));

    let mut late = with_pipe(SECOND, None);
    late["sale_day"] = json!("2026-07-23");
    let expired = add_on(&original(), &request(late), &books());
    assert!(matches!(expired, Err(AddOnError::OriginalExpired(_))));

    let same = add_on(&original(), &request(with_pipe(FIRST, None)), &books());
    assert_eq!(same, Err(AddOnError::SameId));
}
