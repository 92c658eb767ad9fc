//! One case for every reason a programme can give that does not depend on other items.

use doorstep_domain::subsidy::RefusalCode as Code;
use serde_json::json;

use super::cases::{codes, machine, old, quote, sale, subsidy, verdict};

#[test]
fn category_not_listed() {
    let quote = quote(sale("2026-07-15", "CN-41", vec![machine("1", "hood", 3_000, Some(1))]));
    assert_eq!(codes(&quote, "1", "CN-2026"), [Code::CategoryNotListed]);
    assert_eq!(subsidy(&quote), 0);
    assert_eq!(quote.totals.certain, quote.totals.if_approved);
}

#[test]
fn energy_grade_in_the_words_of_the_screen() {
    let quote = quote(sale("2026-07-15", "CN-41", vec![machine("1", "fridge", 3_000, Some(2))]));
    assert_eq!(codes(&quote, "1", "CN-2026"), [Code::EnergyGrade]);
    let words = &verdict(&quote, "1", "CN-2026").refusals[0].words;
    assert_eq!(words.zh, "2级能效：2026年国补不适用");
    assert_eq!(words.en, "Grade 2: no 2026 national subsidy");
}

#[test]
fn grade_two_earns_less_than_grade_one_before_2026() {
    let earned = |grade| {
        let fridge = machine("1", "fridge", 3_000, Some(grade));
        subsidy(&quote(sale("2024-10-01", "CN-41", vec![fridge])))
    };
    assert_eq!((earned(1), earned(2), earned(3)), (60_000, 45_000, 0));
}

#[test]
fn energy_label_missing_except_where_a_city_pays_the_rate_of_grade_two() {
    let at = |region| quote(sale("2025-03-01", region, vec![machine("1", "pc", 4_000, None)]));
    assert_eq!(codes(&at("CN-41"), "1", "CN-2025"), [Code::EnergyLabelMissing]);
    assert_eq!(subsidy(&at("CN-37-01")), 60_000, "Jinan: at most the rate of grade 2");
}

#[test]
fn price_ceiling_of_the_rural_programme() {
    let at = |yuan| {
        let mut sale = sale("2010-06-01", "CN-41", vec![machine("1", "washer", yuan, None)]);
        sale["customer"] = json!({ "rural": true });
        quote(sale)
    };
    assert_eq!(subsidy(&at(3_500)), 45_500, "the ceiling itself still counts");
    let above = at(3_501);
    assert_eq!(codes(&above, "1", "CN-RURAL"), [Code::PriceCeiling]);
    assert_eq!(
        verdict(&above, "1", "CN-RURAL").refusals[0].words.en,
        "Final price above ¥3,500.00: no rural appliance subsidy"
    );
}

#[test]
fn a_cabinet_air_conditioner_has_a_ceiling_of_its_own() {
    let at = |sub: &str| {
        let mut ac = machine("1", "ac", 5_000, None);
        ac["facts"]["sub"] = json!(sub);
        let mut sale = sale("2010-06-01", "CN-41", vec![ac]);
        sale["customer"] = json!({ "rural": true });
        subsidy(&quote(sale))
    };
    assert_eq!((at("cabinet_3p"), at("wall_1_5p")), (65_000, 0));
}

#[test]
fn a_discount_may_bring_an_article_under_the_ceiling() {
    let mut phone = machine("1", "phone", 6_200, None);
    phone["discounts"] = json!([{ "kind": "brand", "amount": 20_000 }]);
    assert_eq!(subsidy(&quote(sale("2026-07-15", "CN-41", vec![phone]))), 50_000);
    let dear = quote(sale("2026-07-15", "CN-41", vec![machine("1", "phone", 6_001, None)]));
    assert_eq!(codes(&dear, "1", "CN-2026-D"), [Code::PriceCeiling]);
}

#[test]
fn gtin_of_thirteen_digits_with_a_right_check_digit_in_shanghai() {
    let with = |region: &str, gtin: &str| {
        let mut fridge = machine("1", "fridge", 3_000, Some(1));
        fridge["facts"]["gtin"] = json!(gtin);
        quote(sale("2024-10-01", region, vec![fridge]))
    };
    for wrong in ["", "69012345", "6901234567893", "06901234567892"] {
        let quote = with("CN-31", wrong);
        assert_eq!(codes(&quote, "1", "CN-2024"), [Code::GtinMissing], "{wrong:?}");
        assert_eq!(verdict(&quote, "1", "CN-2024").refusals[0].rule, "shanghai-2024");
    }
    assert_eq!(subsidy(&with("CN-31", "6901234567892")), 60_000);
    assert_eq!(subsidy(&with("CN-41", "")), 60_000, "elsewhere no article number is asked");
}

#[test]
fn legal_person() {
    let mut sale = sale("2026-07-15", "CN-41", vec![machine("1", "fridge", 3_000, Some(1))]);
    sale["customer"] = json!({ "kind": "legal" });
    assert_eq!(codes(&quote(sale), "1", "CN-2026"), [Code::LegalPerson]);
}

#[test]
fn not_rural() {
    let quote = quote(sale("2010-06-01", "CN-41", vec![machine("1", "tv", 2_000, None)]));
    assert_eq!(codes(&quote, "1", "CN-RURAL"), [Code::NotRural]);
}

#[test]
fn old_unit_missing_and_of_the_wrong_kind() {
    let tv = || machine("1", "tv", 3_000, None);
    let without = quote(sale("2010-07-01", "CN-41", vec![tv()]));
    assert_eq!(codes(&without, "1", "CN-2009"), [Code::OldUnitMissing]);
    let books = super::cases::books_with(
        "sample/valuation.toml",
        "valid = { from = \"2026-07-01\"",
        "valid = { from = \"2009-01-01\"",
    );
    let mut sale = sale("2010-07-01", "CN-41", vec![tv()]);
    sale["old"] = json!([old("o1", "stove")]);
    let wrong = super::cases::quote_with(sale, &books);
    assert_eq!(codes(&wrong, "1", "CN-2009"), [Code::OldUnitKind]);
}

#[test]
fn seller_is_not_the_buyer() {
    let mut sale = sale("2010-07-01", "CN-41", vec![machine("1", "tv", 3_000, None)]);
    sale["customer"] = json!({ "parties": { "seller": "neighbour" } });
    let codes = codes(&quote(sale), "1", "CN-2009");
    assert_eq!(codes, [Code::SellerNotBuyer, Code::OldUnitMissing], "all reasons at once");
}

#[test]
fn two_unknown_people_are_not_one() {
    for parties in [
        json!({ "seller": "unknown", "buyer": "unknown" }),
        json!({ "seller": "unknown" }),
        json!({ "buyer": "unknown" }),
    ] {
        let mut sale = sale("2010-07-01", "CN-41", vec![machine("1", "tv", 3_000, None)]);
        sale["customer"] = json!({ "parties": parties });
        let codes = codes(&quote(sale), "1", "CN-2009");
        assert_eq!(codes, [Code::PersonUnknown, Code::OldUnitMissing]);
    }
}

#[test]
fn applicant_payer_and_recipient_are_one_person_in_beijing() {
    let with = |region: &str, parties| {
        let mut sale = sale("2026-07-15", region, vec![machine("1", "fridge", 3_000, Some(1))]);
        sale["customer"] = json!({ "parties": parties });
        quote(sale)
    };
    let daughter_pays = with("CN-11", json!({ "payer": "daughter" }));
    assert_eq!(codes(&daughter_pays, "1", "CN-2026"), [Code::NotSamePerson]);
    let refusal = &verdict(&daughter_pays, "1", "CN-2026").refusals[0];
    assert_eq!(refusal.rule, "beijing-2026");
    assert!(refusal.words.zh.contains("申领人、付款人、收货人须为同一人"), "{}", refusal.words.zh);

    let not_asked = with("CN-11", json!({ "payer": "unknown" }));
    assert_eq!(codes(&not_asked, "1", "CN-2026"), [Code::PersonUnknown]);

    let daughter = json!({ "payer": "d", "applicant": "d", "recipient": "d" });
    assert_eq!(subsidy(&with("CN-11", daughter)), 45_000, "one person, if not the buyer");
    assert_eq!(subsidy(&with("CN-12", json!({ "payer": "daughter" }))), 45_000, "only in Beijing");
}

#[test]
fn entitlement_barred_or_expired() {
    let with = |known| {
        let mut sale = sale("2026-07-15", "CN-11", vec![machine("1", "fridge", 3_000, Some(1))]);
        sale["customer"] = json!({ "entitlements": [known] });
        quote(sale)
    };
    let of = |state: &str, expires: &str| json!({ "quota": "CN-2026", "group": "fridge", "state": state, "expires": expires });
    let barred = with(json!({ "quota": "CN-2026", "group": "fridge", "state": "barred" }));
    assert_eq!(codes(&barred, "1", "CN-2026"), [Code::EntitlementBarred]);
    let expired = with(of("held", "2026-07-14"));
    assert_eq!(codes(&expired, "1", "CN-2026"), [Code::EntitlementExpired]);
    assert_eq!(subsidy(&with(of("held", "2026-07-15"))), 45_000, "it still holds on its last day");
}

#[test]
fn nothing_to_pay() {
    let mut gift = machine("1", "fridge", 3_000, Some(1));
    gift["discounts"] = json!([{ "kind": "merchant", "amount": 300_000 }]);
    let quote = quote(sale("2026-07-15", "CN-41", vec![gift]));
    assert_eq!(codes(&quote, "1", "CN-2026"), [Code::NothingToPay]);
}

#[test]
fn every_item_hears_from_every_programme_in_force() {
    let quote = quote(sale(
        "2026-07-15",
        "CN-32-01",
        vec![machine("1", "fridge", 3_000, Some(1)), machine("2", "robot_vacuum", 2_000, None)],
    ));
    let heard: Vec<_> = quote.verdicts.iter().map(|v| (&*v.line, &*v.pack)).collect();
    assert_eq!(
        heard,
        [
            ("1", "CN-2026"),
            ("1", "CN-2026-D"),
            ("1", "jiangsu-2026"),
            ("2", "CN-2026"),
            ("2", "CN-2026-D"),
            ("2", "jiangsu-2026"),
        ]
    );
    for verdict in &quote.verdicts {
        assert_eq!(verdict.refusals.is_empty(), verdict.granted.0 > 0);
    }
}

#[test]
fn the_four_kinds_of_2025_begin_on_the_twentieth_of_january() {
    let on = |day| quote(sale(day, "CN-41", vec![machine("1", "microwave", 1_000, Some(1))]));
    assert_eq!(codes(&on("2025-01-19"), "1", "CN-2025"), [Code::CategoryNotListed]);
    assert_eq!(subsidy(&on("2025-01-20")), 20_000);
}
