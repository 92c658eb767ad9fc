//! Regional packs that replace, top up or restrict the national one.

use doorstep_domain::catalogue::Category;
use doorstep_domain::quote::LineKind;
use doorstep_domain::subsidy::RefusalCode as Code;
use serde_json::json;

use super::cases::{books_with, codes, machine, quote, quote_with, sale, subsidy, verdict};

fn packs(quote: &doorstep_domain::quote::Quote) -> Vec<&str> {
    let lines = quote.lines_of(LineKind::Subsidy);
    lines.map(|line| line.rule.as_str()).collect()
}

#[test]
fn a_replacing_pack_takes_the_national_ones_place_in_its_region_only() {
    let at =
        |region| quote(sale("2025-03-01", region, vec![machine("1", "fridge", 3_000, Some(1))]));
    assert_eq!(packs(&at("CN-37-01")), ["jinan-2025"]);
    assert_eq!(packs(&at("CN-37-01-05")), ["jinan-2025"], "a district of Jinan");
    assert_eq!(packs(&at("CN-37-02")), ["CN-2025"], "the next city");
    assert!(at("CN-37-01").verdicts.iter().all(|v| v.pack != "CN-2025"));
}

#[test]
fn quxian_pays_ten_percent() {
    let quote = quote(sale("2025-03-01", "CN-51-17-25", vec![machine("1", "tv", 3_000, Some(1))]));
    assert_eq!((packs(&quote), subsidy(&quote)), (vec!["quxian-2025"], 30_000));
}

#[test]
fn jiangsu_adds_kinds_beside_the_national_ones() {
    let new = vec![machine("1", "smart_toilet", 3_000, None), machine("2", "tv", 3_000, Some(1))];
    let quote = quote(sale("2026-03-01", "CN-32-05", new));
    assert_eq!(packs(&quote), ["jiangsu-2026", "CN-2026"]);
    assert_eq!(subsidy(&quote), 90_000);
}

#[test]
fn a_citys_own_list_stands_beside_the_national_pack() {
    let new = vec![machine("1", "water_purifier", 3_000, Some(1))];
    let quote = quote(sale("2024-10-01", "CN-31", new));
    assert_eq!(packs(&quote), ["shanghai-2024-own"]);
    assert_eq!(codes(&quote, "1", "CN-2024"), [Code::CategoryNotListed]);
}

#[test]
fn where_two_programmes_list_an_article_it_takes_the_better() {
    let jiangsu = |rate: &str| {
        let mut books = books_with("rules/jiangsu-2026.toml", "rate_bp = 1500", rate);
        let own = books.rules.packs.iter_mut().find(|pack| pack.id == "jiangsu-2026").unwrap();
        own.items[0].categories.push(Category::new("tv"));
        quote_with(sale("2026-03-01", "CN-32", vec![machine("1", "tv", 3_000, Some(1))]), &books)
    };
    let better = jiangsu("rate_bp = 1600");
    assert_eq!((packs(&better), subsidy(&better)), (vec!["jiangsu-2026"], 48_000));
    assert_eq!(codes(&better, "1", "CN-2026"), [Code::OtherPackChosen]);
    assert_eq!(packs(&jiangsu("rate_bp = 1500")), ["CN-2026"], "equal: the first by id");
}

#[test]
fn a_top_up_follows_its_programme_and_has_a_total_of_its_own() {
    let fridge = machine("1", "fridge", 4_000, Some(1));
    let washer = machine("2", "washer", 5_000, Some(1));
    let tv = machine("3", "tv", 5_000, Some(1));
    let all = quote(sale("2026-07-15", "CN-99-01", vec![fridge, washer, tv]));
    // 15 % each; 5 % on top for refrigerator and washer, together at most 400.
    let each: Vec<i64> = all.items.iter().map(|item| item.subsidy.0).collect();
    assert_eq!(each, [60_000 + 20_000, 75_000 + 20_000, 75_000]);
    let top_up = "city-2026-top-up-sample";
    assert_eq!(verdict(&all, "2", top_up).potential.0, 25_000);
    assert_eq!(verdict(&all, "2", top_up).granted.0, 20_000, "what was left of 400");

    let grade_two = machine("1", "fridge", 4_000, Some(2));
    let refused = quote(sale("2026-07-15", "CN-99-01", vec![grade_two]));
    assert_eq!(codes(&refused, "1", "CN-2026"), [Code::EnergyGrade]);
    assert_eq!(codes(&refused, "1", top_up), [Code::NothingToTopUp]);

    let mut used = sale("2026-07-15", "CN-99-01", vec![machine("1", "fridge", 4_000, Some(1))]);
    used["customer"] = json!({ "prior_uses": [{ "quota": "CN-2026", "group": "fridge" }] });
    let used = quote(used);
    assert_eq!(codes(&used, "1", top_up), [Code::NothingToTopUp]);
    assert_eq!(subsidy(&used), 0);
}

#[test]
fn a_free_pickup_ban_strikes_the_fee_in_both_totals_and_keeps_it_visible() {
    let at = |region: &str, grade: u8| {
        let mut sale =
            sale("2026-07-15", region, vec![machine("n1", "fridge", 4_000, Some(grade))]);
        sale["old"] =
            json!([{ "line": "o1", "category": "fridge", "size": "m", "age_months": 108 }]);
        sale["fees"] = json!([{ "line": "o1", "rule": "move.stairs.down", "kg": 70 }]);
        sale["fee_facts"] = json!({ "floor": 6 });
        quote(sale)
    };
    let elsewhere = at("CN-41", 1);
    assert_eq!(elsewhere.totals.certain.fees.0, 4_000);
    let in_city = at("CN-99-01", 1);
    assert_eq!(in_city.totals.certain.fees.0, 0);
    assert_eq!(in_city.totals.if_approved.fees.0, 0, "approval does not change the fees");
    let fee = in_city.lines_of(LineKind::Fee).next().unwrap();
    assert_eq!(fee.listed.unwrap().0, 4_000);
    assert!(fee.struck.as_ref().unwrap().zh.contains("免费上门收旧"));
    assert_eq!(at("CN-99-01", 2).totals.certain.fees.0, 4_000, "no programme, no ban");
}

#[test]
fn the_engineer_hears_how_long_an_entitlement_lasts() {
    let new = vec![machine("1", "fridge", 3_000, Some(1))];
    let beijing = quote(sale("2026-07-15", "CN-11-05", new.clone()));
    assert_eq!(beijing.entitlements[0].rule, "beijing-2026");
    assert!(beijing.entitlements[0].words.zh.contains("周日24:00"));
    assert!(quote(sale("2026-07-15", "CN-41", new)).entitlements.is_empty());
}

#[test]
fn a_day_outside_every_programme_gives_a_plain_price() {
    let quote = quote(sale("2024-08-01", "CN-41", vec![machine("1", "tv", 3_000, Some(1))]));
    assert!(quote.verdicts.is_empty());
    assert_eq!(quote.totals.certain, quote.totals.if_approved);
}
