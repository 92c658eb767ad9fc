//! What a signature under an order covers, and what voids it.

use doorstep_domain::{
    combined_order::{
        Machine, OrderTerms, Parties, Relation, RemovalMode, SignatureError, SignedOrder, Stroke,
        StrokePoint, SubsidyChoice, Totals, amount_change, signature_stands,
    },
    id::*,
    money::Fen,
    time::UtcMs,
    visit::Slot,
    words::Words,
};
use jiff::civil::date;
use serde_json::Value;

fn terms() -> OrderTerms {
    OrderTerms {
        order: id!(OrderId, 1),
        work_order: id!(WorkOrderId, 2),
        site: id!(SiteId, 3),
        parties: Parties {
            buyer: id!(CustomerId, 4),
            payer: Relation::Buyer,
            applicant: Relation::Buyer,
            recipient: Relation::Family,
        },
        quote: id!(QuoteId, 5),
        quote_hash: "ab".repeat(32),
        totals: Totals { certain: Fen(540_600), if_approved: Fen(459_615) },
        if_refused: SubsidyChoice::CancelFree,
        old: Some(Machine {
            asset: Some(id!(AssetId, 6)),
            category: "fridge".into(),
            category_words: Words::new("冰箱", "refrigerator"),
            model: "BX-200".into(),
            gtin: "2000000000015".into(),
            serials: vec!["SN00123456".into()],
        }),
        new: vec![Machine {
            asset: None,
            category: "washer".into(),
            category_words: Words::new("洗衣机", "washing machine"),
            model: "XY-10".into(),
            gtin: "2000000000022".into(),
            serials: vec![],
        }],
        removal: RemovalMode::OneVisit,
        slot: Slot {
            start: UtcMs::shanghai_midnight(date(2026, 7, 16)).plus_ms(8 * 60 * UtcMs::MINUTE),
            end: UtcMs::shanghai_midnight(date(2026, 7, 16)).plus_ms(10 * 60 * UtcMs::MINUTE),
        },
        binding_until: UtcMs::shanghai_midnight(date(2026, 7, 20)),
        free_until_loading: true,
        reservations: vec![],
        sentence: Words::default(),
    }
    .with_sentence()
}

fn strokes() -> Vec<Stroke> {
    let point = |x, y, t| StrokePoint { x, y, t };
    vec![Stroke(vec![point(100, 200, 0), point(4_000, 900, 40)])]
}

pub(super) fn signed() -> SignedOrder {
    let at = UtcMs::shanghai_midnight(date(2026, 7, 15));
    SignedOrder::sign(terms(), "王小明", Relation::Buyer, strokes(), at).unwrap()
}

#[test]
fn the_sentence_above_the_line_says_everything_in_both_languages() {
    let sentence = terms().sentence;
    for needed in [
        "洗衣机 XY-10",
        "冰箱 BX-200（机身码尾号 123456）",
        "同一次上门",
        "确定应付 ¥5,406.00",
        "¥4,596.15",
        "免费取消",
        "2026-07-16 08:00–10:00",
        "2026-07-20 00:00:00",
        "重新签字",
    ] {
        assert!(sentence.zh.contains(needed), "{needed} in {}", sentence.zh);
    }
    for needed in ["washing machine XY-10", "¥5,406.00", "¥4,596.15", "one visit", "cancel free"]
    {
        assert!(sentence.en.contains(needed), "{needed} in {}", sentence.en);
    }
    let mut payout = terms();
    payout.totals = Totals { certain: Fen(-8_000), if_approved: Fen(-8_000) };
    let sentence = payout.binding_sentence();
    assert!(sentence.zh.contains("商家付给我 ¥80.00") && !sentence.zh.contains("补贴"));
}

/// Every way to change one leaf of a JSON value, with the path of the leaf.
fn changed_leaves(value: &Value) -> Vec<(String, Value)> {
    match value {
        Value::Object(map) => map
            .iter()
            .flat_map(|(key, inner)| {
                changed_leaves(inner).into_iter().map(move |(path, changed)| {
                    let mut whole = map.clone();
                    whole.insert(key.clone(), changed);
                    (format!("{key}.{path}"), Value::Object(whole))
                })
            })
            .collect(),
        Value::Array(list) => list
            .iter()
            .enumerate()
            .flat_map(|(at, inner)| {
                changed_leaves(inner).into_iter().map(move |(path, changed)| {
                    let mut whole = list.clone();
                    whole[at] = changed;
                    (format!("{at}.{path}"), Value::Array(whole))
                })
            })
            .collect(),
        Value::Number(number) => {
            vec![(String::new(), Value::from(number.as_i64().unwrap() + 1))]
        }
        Value::Bool(flag) => vec![(String::new(), Value::from(!flag))],
        Value::String(text) => {
            let other = match text.as_str() {
                "self" => "proxy".to_owned(),
                "family" => "self".to_owned(),
                "cancel_free" => "go_on".to_owned(),
                "one_visit" => "separate".to_owned(),
                uuid if uuid.len() == 36 => "018f3f6e-0000-7000-8000-000000000001".to_owned(),
                plain => format!("{plain}!"),
            };
            vec![(String::new(), Value::from(other))]
        }
        Value::Null => vec![],
    }
}

#[test]
fn a_change_of_any_field_voids_the_signature() {
    let signed = signed();
    let leaves = changed_leaves(&serde_json::to_value(&signed.terms).unwrap());
    assert!(leaves.len() >= 25, "the walk reaches every field: {}", leaves.len());
    for (path, changed) in leaves {
        let terms: OrderTerms = serde_json::from_value(changed).unwrap();
        let forged = SignedOrder { terms, signature: signed.signature.clone() };
        assert_ne!(forged.check(), Ok(()), "{path} is covered by the signature");
    }
    let mut without = signed.clone();
    without.terms.old = None;
    assert_eq!(without.check(), Err(SignatureError::TermsChanged));
    let mut one_more = signed;
    one_more.terms.new.push(one_more.terms.new[0].clone());
    assert_eq!(one_more.check(), Err(SignatureError::TermsChanged));
}

/// Computed apart from this code, from the description at `OrderTerms::digest`.
#[test]
fn the_digest_does_not_change_with_the_code() {
    let mut terms = terms();
    terms.sentence = Words::new("句", "sentence");
    assert_eq!(
        terms.digest(),
        "21ff05cf6664e14fa023d026f0cf7f5d62129665aebc45058a2f4242593264d4",
        "signatures already given rest on these bytes"
    );
}

#[test]
fn no_fields_run_into_each_other() {
    let (mut one, mut two) = (terms(), terms());
    one.new[0].serials = vec!["AB".into(), "C".into()];
    two.new[0].serials = vec!["A".into(), "BC".into()];
    assert_ne!(one.digest(), two.digest());
    two.new[0].serials = vec!["AB\nserial:1:C".into()];
    assert_ne!(one.digest(), two.digest());
}

#[test]
fn a_signature_needs_name_stroke_and_time() {
    let at = UtcMs::shanghai_midnight(date(2026, 7, 15));
    let sign = |name: &str, strokes, at| {
        SignedOrder::sign(terms(), name, Relation::Family, strokes, at).map(|_| ())
    };
    assert_eq!(sign(" ", strokes(), at), Err(SignatureError::NoName));
    assert_eq!(sign("王", vec![], at), Err(SignatureError::NoStroke));
    let dot = vec![Stroke(vec![StrokePoint { x: 1, y: 1, t: 0 }])];
    assert_eq!(sign("王", dot, at), Err(SignatureError::NoStroke));
    let until = terms().binding_until;
    assert_eq!(sign("王", strokes(), until), Ok(()));
    assert_eq!(sign("王", strokes(), until.plus_ms(1)), Err(SignatureError::Expired));
}

#[test]
fn any_change_of_amount_needs_a_new_signature() {
    let order = signed();
    let same = order.terms.totals;
    assert!(signature_stands(&order, &same));
    assert_eq!(amount_change(&order, &same), None);
    let dearer = Totals { certain: Fen(552_600), if_approved: Fen(471_615) };
    assert!(!signature_stands(&order, &dearer));
    let change = amount_change(&order, &dearer).unwrap();
    assert_eq!(change.words().zh, "金额已变 +¥120.00，请重新签字");
    let only_subsidy = Totals { if_approved: Fen(459_614), ..same };
    assert!(!signature_stands(&order, &only_subsidy), "both totals are signed");
    assert!(amount_change(&order, &only_subsidy).unwrap().words().zh.contains("−¥0.01"));
}
