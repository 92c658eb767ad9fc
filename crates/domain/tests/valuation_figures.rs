//! Valuation and depreciation against published or worked figures, to the fen.

use std::sync::LazyLock;

use doorstep_domain::{
    catalogue::{Catalogue, Category},
    money::{BasisPoints, Fen, Rounding},
    scenario::Situation,
    valuation::{
        Fault, MachineState, NewItem, OldUnit, ValuationError, ValuationTable, appraise, bonuses,
        depreciation::{actual_cash_value, statutory_refund},
    },
};
use proptest::prelude::*;

static TABLE: LazyLock<ValuationTable> = LazyLock::new(|| {
    let text = include_str!("../../../data/sample/valuation.toml");
    ValuationTable::parse(&[("valuation.toml", text)]).unwrap()
});

fn table() -> ValuationTable {
    TABLE.clone()
}

fn catalogue() -> Catalogue {
    let text = include_str!("../../../data/sample/catalogue.toml");
    Catalogue::parse(&[("catalogue.toml", text)]).unwrap()
}

fn fault(code: &str, photos: &[&str]) -> Fault {
    Fault { code: code.to_owned(), photos: photos.iter().map(|p| (*p).to_owned()).collect() }
}

fn old(category: &str, size: &str, years: u32, faults: Vec<Fault>) -> OldUnit {
    OldUnit {
        line: "old1".to_owned(),
        category: Category::new(category),
        sub: String::new(),
        model: None,
        size: size.to_owned(),
        age_months: years * 12,
        faults,
    }
}

#[test]
fn a_dented_and_rusted_refrigerator() {
    let catalogue = catalogue();
    let fridge = Category::new("fridge");
    let size = OldUnit::size_class(&catalogue, &fridge, Some(418)).unwrap();
    let faults = vec![fault("door_dent", &["front"]), fault("rust", &["defect"])];
    let appraisal = appraise(&table(), &old("fridge", &size, 9, faults)).unwrap();
    assert_eq!(appraisal.base, Fen(18_000));
    let lines: Vec<_> = appraisal.lines.iter().map(|l| (l.code.as_str(), l.amount.0)).collect();
    assert_eq!(lines, [("door_dent", -2_000), ("rust", -2_700)]);
    assert_eq!(appraisal.value, Fen(13_300));
    assert!(appraisal.sample, "a sample table says so on every appraisal");
}

#[test]
fn no_photo_no_deduction() {
    let faults = vec![fault("door_dent", &["nameplate"]), fault("noise", &[])];
    let appraisal = appraise(&table(), &old("fridge", "l", 9, faults)).unwrap();
    assert_eq!(appraisal.value, Fen(18_000 - 2_700), "noise needs no photo, the dent does");
    assert_eq!(appraisal.refused.len(), 1);
    assert_eq!(appraisal.refused[0].photo, "front");
    assert!(appraisal.refused[0].words.zh.contains("没有照片"));

    let silent =
        appraise(&table(), &old("fridge", "l", 9, vec![fault("not_cooling", &[])])).unwrap();
    assert_eq!(
        silent.state,
        MachineState::Working,
        "a base is not lowered without its photo either"
    );
}

#[test]
fn a_missing_key_part_outweighs_a_dead_machine() {
    let faults = vec![fault("not_working", &["defect"]), fault("no_compressor", &["defect"])];
    let appraisal = appraise(&table(), &old("ac", "s", 1, faults)).unwrap();
    assert_eq!(appraisal.state, MachineState::Incomplete);
    assert_eq!(appraisal.value, Fen(4_000));
    assert_eq!(appraisal.lines.len(), 2, "both faults are named");
}

#[test]
fn each_line_is_rounded_down_to_whole_yuan() {
    // 3-5 years, small washer: base 100.00; yellowed 8 % of a 65.00 base is 5.20, so 5.00.
    let yellow = vec![fault("yellowed", &["front"])];
    let appraisal = appraise(&table(), &old("washer", "s", 7, yellow)).unwrap();
    assert_eq!(appraisal.base, Fen(6_500));
    assert_eq!(appraisal.lines[0].amount, Fen(-500));
}

#[test]
fn age_bands_include_their_last_month() {
    let at = |months| {
        let unit = OldUnit { age_months: months, ..old("tv", "l", 0, vec![]) };
        appraise(&table(), &unit).unwrap().value.0
    };
    assert_eq!([at(0), at(36), at(37), at(120), at(121)], [80_000, 80_000, 50_000, 12_000, 6_000]);
}

#[test]
fn a_models_own_price_comes_last_and_respects_the_floor() {
    let named = |model: &str, faults| OldUnit {
        model: Some(model.to_owned()),
        ..old("ac", "s", 9, faults)
    };
    let appraisal = appraise(&table(), &named("SAMPLE-KF-35-2016", vec![])).unwrap();
    assert_eq!(appraisal.value, Fen(28_000));
    assert_eq!(appraisal.lines[0].amount, Fen(12_000));
    let dead = vec![fault("not_working", &["defect"])];
    let dead = appraise(&table(), &named("SAMPLE-KF-35-2016", dead)).unwrap();
    assert_eq!(dead.value, Fen(10_000), "the price holds for the state it names");

    let mut low = table();
    low.overrides[0].fen = Fen::ZERO;
    let low = appraise(&low, &named("SAMPLE-KF-35-2016", vec![])).unwrap();
    assert_eq!(low.value, Fen(4_000));
}

#[test]
fn what_the_table_does_not_know_is_refused() {
    let refused = |category, size, code: &str| {
        let faults = vec![fault(code, &["front_on", "defect"])];
        appraise(&table(), &old(category, size, 1, faults)).unwrap_err()
    };
    assert!(matches!(refused("piano", "m", "rust"), ValuationError::NoRow { .. }));
    assert!(matches!(refused("fridge", "l", "panel_lines"), ValuationError::NotApplicable { .. }));
    assert_eq!(refused("fridge", "l", "haunted"), ValuationError::UnknownFault("haunted".into()));
    assert!(refused("fridge", "l", "haunted").words().zh.contains("haunted"));
}

#[test]
fn actual_cash_value_matches_published_calculators() {
    let acv = |yuan: i64, rate, years: u32| {
        actual_cash_value(Fen(yuan * 100), BasisPoints(rate), years * 12, Rounding::HalfUpFen)
    };
    assert_eq!(acv(300, 1_100, 5), Some(Fen(13_500)), "microwave");
    assert_eq!(acv(75, 667, 4), Some(Fen(5_499)), "space heater");
    assert_eq!(acv(300, 1_100, 50), Some(Fen(3_000)), "never more than 90 % lost");
    assert_eq!(acv(300, -1, 5), None);
    let sample = table();
    let microwave = sample.depreciation.iter().find(|row| row.category.0 == "microwave").unwrap();
    assert_eq!(microwave.annual, BasisPoints(1_100));
}

#[test]
fn statutory_refund_leaves_out_days_in_repair() {
    let sample = table();
    let ac = sample.depreciation.iter().find(|row| row.category.0 == "ac").unwrap();
    let daily = ac.daily.unwrap();
    let refund = statutory_refund(Fen(300_000), daily, 200, 15, Rounding::HalfUpFen).unwrap();
    assert_eq!(refund.fee, Fen(55_500));
    assert_eq!(refund.refund, Fen(244_500));
    assert_eq!(refund.days, 185);
    let whole = statutory_refund(Fen(300_000), daily, 5_000, 0, Rounding::HalfUpFen).unwrap();
    assert_eq!(whole.refund, Fen::ZERO, "the fee never exceeds the price");
}

#[test]
fn bonuses_are_lines_of_their_own() {
    let item = |line: &str, sku: &str, category: &str, yuan: i64| NewItem {
        line: line.to_owned(),
        sku: sku.to_owned(),
        category: Category::new(category),
        price: Fen(yuan * 100),
    };
    let items = [
        item("1", "S-YJ-18", "hood", 1_399),
        item("2", "S-XW-15", "dishwasher", 4_999),
        item("3", "S-KF-35G1", "ac", 2_999),
    ];
    let earned = |old: &Situation| {
        bonuses(&table(), &items, old)
            .into_iter()
            .map(|line| (line.id, line.line, line.amount.0))
            .collect::<Vec<_>>()
    };
    let young = Situation::default().number("old.safe_left_m", 5);
    let kitchen = ("b_kitchen".to_owned(), "2".to_owned(), 20_000);
    let model = ("b_model".to_owned(), "3".to_owned(), 30_000);
    assert_eq!(earned(&young), [kitchen.clone(), model.clone()]);
    assert_eq!(
        earned(&Situation::default()),
        [kitchen.clone(), model.clone()],
        "unknown age earns nothing"
    );
    let past = Situation::default().number("old.safe_left_m", 0);
    assert_eq!(earned(&past), [kitchen, ("b_over_age".to_owned(), "2".to_owned(), 10_000), model]);
    let cheap = [item("1", "S-YJ-18", "hood", 1_399)];
    assert!(bonuses(&table(), &cheap, &young).is_empty(), "below the least price");
}

fn any_faults() -> impl Strategy<Value = (String, Vec<Fault>)> {
    let table = table();
    let categories: Vec<_> = table.values.iter().map(|row| row.category.0.clone()).collect();
    proptest::sample::select(categories).prop_flat_map(move |category| {
        let here = Category::new(category.clone());
        let faults: Vec<_> = table
            .deductions
            .iter()
            .filter(|d| here.is_among(&d.categories))
            .map(|d| Fault { code: d.code.clone(), photos: d.photo.iter().cloned().collect() })
            .collect();
        let most = faults.len();
        let chosen = proptest::sample::subsequence(faults, 0..=most).prop_shuffle();
        (Just(category), chosen)
    })
}

proptest! {
    #[test]
    fn the_order_of_faults_does_not_matter(
        (category, faults) in any_faults(),
        months in 0..300u32,
    ) {
        let table = table();
        let size = table.values.iter().find(|row| row.category.0 == category).unwrap().size.clone();
        let unit = OldUnit { age_months: months, ..old(&category, &size, 0, faults.clone()) };
        let mut turned = faults;
        turned.reverse();
        turned.extend(turned.clone());
        let other = OldUnit { faults: turned, ..unit.clone() };
        prop_assert_eq!(appraise(&table, &unit).unwrap(), appraise(&table, &other).unwrap());
    }

    #[test]
    fn lines_add_up_and_the_floor_holds(
        (category, faults) in any_faults(),
        months in 0..300u32,
    ) {
        let table = table();
        for row in table.values.iter().filter(|row| row.category.0 == category) {
            let unit = OldUnit { age_months: months, ..old(&category, &row.size, 0, faults.clone()) };
            let appraisal = appraise(&table, &unit).unwrap();
            let sum = Fen::sum(appraisal.lines.iter().map(|line| line.amount)).unwrap();
            prop_assert_eq!(appraisal.base.plus(sum), Some(appraisal.value));
            prop_assert!(appraisal.value >= row.floor);
            prop_assert!(appraisal.value <= row.working[0]);
        }
    }
}
