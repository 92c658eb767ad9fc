//! Which scenarios fire for which household, and why.

use doorstep_domain::{
    catalogue::Catalogue,
    inspection::Checklist,
    scenario::{
        Condition, Glossary, NoticeLine, Operator, ScenarioBook, ScenarioMatch, Situation, notices,
        suggest,
    },
    vocabulary::Vocabulary,
};
use proptest::prelude::*;

fn book() -> ScenarioBook {
    let text = include_str!("../../../data/sample/scenarios.toml");
    ScenarioBook::parse(&[("scenarios.toml", text)]).unwrap()
}

fn words() -> Vocabulary {
    let text = include_str!("../../../data/sample/vocabulary.toml");
    Vocabulary::parse(&[("vocabulary.toml", text)]).unwrap()
}

struct Names {
    words: Vocabulary,
    catalogue: Catalogue,
    checklist: Checklist,
}

impl Names {
    fn load() -> Names {
        let catalogue = include_str!("../../../data/sample/catalogue.toml");
        let checklist = include_str!("../../../data/sample/checklists.toml");
        Names {
            words: words(),
            catalogue: Catalogue::parse(&[("catalogue.toml", catalogue)]).unwrap(),
            checklist: Checklist::parse(&[("checklists.toml", checklist)]).unwrap(),
        }
    }

    fn glossary(&self) -> Glossary<'_> {
        let Names { words: vocabulary, catalogue, checklist } = self;
        Glossary { vocabulary, catalogue, checklist }
    }
}

fn suggestions(situation: &Situation) -> Vec<ScenarioMatch> {
    suggest(&book(), &Names::load().glossary(), situation)
}

fn remarks(situation: &Situation) -> Vec<NoticeLine> {
    notices(&book(), &Names::load().glossary(), situation)
}

/// A situation in which exactly the conditions of one scenario were made true.
fn satisfying(conditions: &[&Condition]) -> Situation {
    conditions.iter().fold(Situation::default(), |situation, condition| {
        let (field, value) = (condition.field.as_str(), condition.value.as_str());
        match (condition.op, value.parse::<i64>()) {
            (Operator::Has, _) => situation.with(field, value),
            (Operator::Above, Ok(n)) => situation.number(field, n + 1),
            (Operator::Below, Ok(n)) => situation.number(field, n - 1),
            (_, Ok(n)) => situation.number(field, n),
            (Operator::NotEqual, _) => situation.word(field, format!("not {value}")),
            _ if value == "true" || value == "false" => situation.flag(field, value == "true"),
            _ => situation.word(field, value),
        }
    })
}

#[test]
fn every_scenario_fires_for_some_household() {
    let (book, names) = (book(), Names::load());
    for scenario in &book.scenarios {
        let mut needed: Vec<_> = scenario.when.iter().collect();
        needed.extend(scenario.any.first());
        let mut situation = satisfying(&needed);
        if situation.known("old.cat").is_none() {
            situation = situation.word("old.cat", "fridge");
        }
        let found = suggest(&book, &names.glossary(), &situation);
        let own = found.iter().find(|found| found.id == scenario.id);
        let own = own.unwrap_or_else(|| panic!("{} never fires", scenario.id));
        assert_eq!(own.why.len(), needed.len(), "{} names each reason", scenario.id);
        assert_ne!(own.category.0, "same");
        for why in &own.why {
            for bare in ["old.", "home.", "want.", "gh.", "ac.", "_"] {
                assert!(!why.words.en.contains(bare), "{}: {}", own.id, why.words.en);
            }
        }
    }
}

#[test]
fn nothing_fires_on_an_empty_household() {
    assert_eq!(suggestions(&Situation::default()), []);
    assert_eq!(remarks(&Situation::default()), []);
}

#[test]
fn danger_comes_first_and_shows_no_price() {
    let situation = Situation::default()
        .word("old.cat", "water_heater")
        .word("old.sub", "gas")
        .number("old.safe_left_m", -7)
        .with("finding", "gh.flueless")
        .with("home.tag", "big_family")
        .with("ask", "hot_water");
    let found = suggestions(&situation);
    let ids: Vec<_> = found.iter().map(|found| found.id.as_str()).collect();
    assert_eq!(ids, ["s01", "s02", "s25"]);
    let prices: Vec<_> = found.iter().map(|found| found.may_show_price).collect();
    assert_eq!(prices, [false, false, true]);
    let why: Vec<_> = found[0].why.iter().map(|why| why.words.en.as_str()).collect();
    assert_eq!(
        why,
        ["Old machine: Water heater", "Type: Gas", "Months of safe life left: -7 (<= 0)"]
    );
    assert_eq!(found[1].why[1].words.zh, "检测发现：不合格：非直排式");
}

#[test]
fn half_of_the_value_is_not_above_half() {
    let repair = |permille, warranty: &str| {
        let situation = Situation::default()
            .word("old.cat", "tv")
            .number("repair.permille", permille)
            .word("warranty", warranty);
        suggestions(&situation).iter().any(|found| found.id == "s11")
    };
    assert!(repair(501, "out"));
    assert!(!repair(500, "out"));
    assert!(!repair(501, "in"), "under warranty the customer pays nothing");
    let unknown = Situation::default().word("old.cat", "tv").number("repair.permille", 900);
    let found = suggestions(&unknown);
    assert!(found.iter().all(|f| f.id != "s11"), "an unknown warranty is no reason to sell");
}

#[test]
fn unless_holds_a_scenario_back() {
    let old = Situation::default().word("old.cat", "fridge").number("old.safe_left_m", 0);
    let fires = |situation| suggestions(situation).iter().any(|f| f.id == "s13");
    assert!(fires(&old));
    assert!(!fires(&old.clone().word("warranty", "in")));
}

#[test]
fn notices_come_on_top() {
    let moving = Situation::default().with("ask", "moving").number("subsidy.days_left", 7);
    let lines = remarks(&moving);
    let ids: Vec<_> = lines.iter().map(|line| line.id.as_str()).collect();
    assert_eq!(ids, ["moving", "subsidy_window"]);
    assert_eq!(lines[1].why[0].zh, "补贴剩余天数：7 (<= 7)");
}

#[test]
fn pressure_and_absolute_claims_are_refused() {
    let text = include_str!("../../../data/sample/scenarios.toml");
    for (honest, pressing) in [
        ("内漏补不住", "内漏补不住，国家级专家说"),
        ("先量门洞", "先量门洞，最好的"),
        ("I would not spend that money.", "This is your last chance."),
    ] {
        let broken = text.replacen(honest, pressing, 1);
        assert_ne!(broken, text);
        let error = ScenarioBook::parse(&[("scenarios.toml", &broken)]).unwrap_err();
        assert!(error.flaws.iter().any(|f| f.problem.contains("must not hold")), "{error}");
    }
    let long = text.replacen("先量门洞", &"先量门洞再说。".repeat(9), 1);
    let error = ScenarioBook::parse(&[("scenarios.toml", &long)]).unwrap_err();
    assert!(error.to_string().contains("60 characters"), "{error}");
}

#[test]
fn a_condition_outside_the_vocabulary_is_named() {
    let words = words();
    let problem = |text: &str| text.parse::<Condition>().unwrap().problem(&words);
    assert_eq!(problem("old.age_y >= 5"), None);
    assert_eq!(problem("home.tag has pet"), None);
    assert!(problem("old.colour = red").is_some());
    assert!(problem("home.tag has dragon").is_some());
    assert!(problem("home.tag = pet").is_some());
    assert!(problem("old.age_y >= five").is_some());
    assert!(problem("old.cat > fridge").is_some());
    assert!("old.age_y >=".parse::<Condition>().is_err());
    assert!("old.age_y ~ 5".parse::<Condition>().is_err());
}

proptest! {
    #[test]
    fn conditions_read_back_as_written(
        field in "[a-z]{1,8}(\\.[a-z_]{1,8})?",
        op in proptest::sample::select(vec!["=", "!=", "<", "<=", ">", ">=", "has"]),
        value in "[a-z0-9_-]{1,8}",
    ) {
        let text = format!("{field} {op} {value}");
        prop_assert_eq!(text.parse::<Condition>().unwrap().to_string(), text);
    }

    #[test]
    fn knowing_nothing_of_a_field_makes_no_condition_true(
        op in proptest::sample::select(vec!["=", "!=", "<", "<=", ">", ">=", "has"]),
        value in -9..9i64,
    ) {
        let condition: Condition = format!("old.age_y {op} {value}").parse().unwrap();
        prop_assert!(!condition.holds(&Situation::default().number("old.grade", value)));
    }

    #[test]
    fn numbers_compare_as_numbers(found in -20..20i64, bound in -20..20i64) {
        let situation = Situation::default().number("old.age_y", found);
        let holds = |op: &str| {
            format!("old.age_y {op} {bound}").parse::<Condition>().unwrap().holds(&situation)
        };
        prop_assert_eq!(holds("<"), found < bound);
        prop_assert_eq!(holds(">="), found >= bound);
        prop_assert_eq!(holds("="), found == bound);
        prop_assert_eq!(holds("!="), found != bound);
    }
}
