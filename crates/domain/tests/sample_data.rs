//! What the sample data must satisfy as a whole; each file's own rules are checked when it is read.

use std::collections::BTreeSet;

use doorstep_domain::{
    catalogue::{Catalogue, Category, SpecValue},
    fee::FeeBook,
    inspection::Checklist,
    repair::{RepairBook, RepairLevel},
    scenario::ScenarioBook,
    steps::{ReasonBook, StepBook},
    valuation::ValuationTable,
    vocabulary::{Terms, Vocabulary},
    work_order::{JobKind, LegKind},
};

macro_rules! sample {
    ($kind:ty, $file:literal) => {
        <$kind>::parse(&[($file, include_str!(concat!("../../../data/sample/", $file)))]).unwrap()
    };
}

struct Sample {
    words: Vocabulary,
    catalogue: Catalogue,
    valuation: ValuationTable,
    fees: FeeBook,
    repair: RepairBook,
    checks: Checklist,
    scenarios: ScenarioBook,
    steps: StepBook,
    reasons: ReasonBook,
}

fn sample() -> Sample {
    Sample {
        words: sample!(Vocabulary, "vocabulary.toml"),
        catalogue: sample!(Catalogue, "catalogue.toml"),
        valuation: sample!(ValuationTable, "valuation.toml"),
        fees: sample!(FeeBook, "fees.toml"),
        repair: sample!(RepairBook, "repair.toml"),
        checks: sample!(Checklist, "checklists.toml"),
        scenarios: sample!(ScenarioBook, "scenarios.toml"),
        steps: sample!(StepBook, "steps.toml"),
        reasons: sample!(ReasonBook, "reasons.toml"),
    }
}

#[track_caller]
fn all_known<'a>(what: &str, terms: &Terms, codes: impl IntoIterator<Item = &'a str>) {
    let unknown: Vec<_> = codes.into_iter().filter(|code| !terms.contains_key(*code)).collect();
    assert!(unknown.is_empty(), "{what} not in the vocabulary: {unknown:?}");
}

#[track_caller]
fn all_categories<'a>(data: &Sample, what: &str, codes: impl IntoIterator<Item = &'a Category>) {
    let known = |c: &Category| c.0 == Category::ANY || data.catalogue.category(c).is_some();
    let unknown: Vec<_> = codes.into_iter().filter(|c| !known(c)).collect();
    assert!(unknown.is_empty(), "categories of {what} not in the catalogue: {unknown:?}");
}

#[test]
fn every_set_says_that_it_is_a_sample() {
    let data = sample();
    let marks = [
        data.words.sample,
        data.catalogue.sample,
        data.valuation.sample,
        data.fees.sample,
        data.repair.sample,
        data.checks.sample,
        data.scenarios.sample,
        data.steps.sample,
        data.reasons.sample,
    ];
    assert_eq!(marks, [true; 9]);
    let unmarked = include_str!("../../../data/sample/fees.toml").replace("sample = true\n", "");
    let error = FeeBook::parse(&[("fees.toml", &unmarked)]).unwrap_err();
    assert_eq!(error.flaws[0].field, "sample");
}

#[test]
fn the_sets_are_as_large_as_planned() {
    let data = sample();
    assert_eq!(data.catalogue.categories.len(), 12);
    assert_eq!(data.catalogue.models.len(), 34);
    assert_eq!(data.scenarios.scenarios.len(), 32);
    assert_eq!(data.valuation.deductions.len(), 20);
    assert_eq!(data.fees.fees.len(), 30);
}

#[test]
fn every_word_of_the_catalogue_is_in_the_vocabulary() {
    let data = sample();
    let words = &data.words;
    for model in &data.catalogue.models {
        all_known(&model.sku, &words.brands, [model.brand.as_str()]);
        all_known(&model.sku, &words.subs, [model.sub.as_str()]);
        all_known(&model.sku, &words.features, model.features.iter().map(String::as_str));
        all_known(&model.sku, &words.specs, model.spec.keys().map(String::as_str));
        let facts = data.catalogue.category(&model.category).unwrap();
        assert!(facts.price_fen[0] <= model.list_fen && model.list_fen <= facts.price_fen[1]);
        for name in ["gas", "refrigerant"] {
            if let Some(SpecValue::Text(code)) = model.spec.get(name) {
                all_known(&model.sku, &words.values, [code.as_str()]);
            }
        }
    }
    for facts in &data.catalogue.categories {
        let name = facts.category.0.as_str();
        all_known(name, &words.shots, facts.shots.iter().map(String::as_str));
        all_known(name, &words.fits, facts.fit.iter().map(String::as_str));
        all_known(name, &words.specs, facts.spec.iter().map(String::as_str));
        all_known(name, &words.specs, facts.size_by.iter().map(String::as_str));
    }
}

#[test]
fn every_category_and_size_has_a_value() {
    let data = sample();
    for facts in &data.catalogue.categories {
        for size in &facts.sizes {
            let row = data.valuation.row(&facts.category, &size.key);
            assert!(row.is_some(), "no value for {} {}", facts.category.0, size.key);
        }
    }
    let sizes: usize = data.catalogue.categories.iter().map(|facts| facts.sizes.len()).sum();
    assert_eq!(data.valuation.values.len(), sizes, "and no row is left over");
    for model in &data.catalogue.models {
        assert!(data.catalogue.size_of(model).is_some(), "{} has no size class", model.sku);
    }
}

#[test]
fn valuation_names_only_what_exists() {
    let data = sample();
    for deduction in &data.valuation.deductions {
        all_categories(&data, &deduction.code, &deduction.categories);
        all_known(&deduction.code, &data.words.shots, deduction.photo.as_deref());
    }
    for bonus in &data.valuation.bonuses {
        all_categories(&data, &bonus.id, &bonus.categories);
        assert!(bonus.skus.iter().all(|sku| data.catalogue.model(sku).is_some()), "{}", bonus.id);
        let problem = bonus.need.as_ref().and_then(|need| need.problem(&data.words));
        assert_eq!(problem, None, "{}", bonus.id);
    }
    all_categories(&data, "depreciation", data.valuation.depreciation.iter().map(|d| &d.category));
}

#[test]
fn fees_and_repairs_name_only_what_exists() {
    let data = sample();
    for rule in &data.fees.fees {
        all_known(&rule.id, &data.words.shots, rule.photo.as_deref());
    }
    all_categories(&data, "labour", data.repair.labour.iter().map(|row| &row.category));
    for part in &data.repair.parts {
        all_categories(&data, &part.id, &part.categories);
    }
    for add_on in &data.repair.add_ons {
        all_categories(&data, &add_on.id, &add_on.categories);
        if let Some(entitlement) = &add_on.entitlement {
            let service = entitlement.service.as_str();
            let exists = service == "inspection" || data.fees.rule(service).is_some();
            assert!(exists, "{} entitles to {service}, which nobody offers", add_on.id);
        }
    }
    for loaner in &data.repair.loaners {
        all_categories(&data, &loaner.id, &loaner.categories);
        all_known(&loaner.id, &data.words.fits, loaner.needs.iter().map(String::as_str));
    }
    let levels = [RepairLevel::Minor, RepairLevel::Medium, RepairLevel::Major];
    for model in &data.catalogue.models {
        for level in levels {
            let row = data.repair.labour(&model.category, &model.sub, level);
            assert!(row.is_some(), "no {level:?} labour for {}", model.sku);
        }
    }
}

#[test]
fn checks_and_steps_name_only_what_exists() {
    let data = sample();
    for check in &data.checks.checks {
        all_categories(&data, &check.id, &check.categories);
        all_known(&check.id, &data.words.shots, check.photo.as_deref());
        all_known(&check.id, &data.words.subs, check.sub.as_deref());
    }
    for template in &data.steps.templates {
        all_categories(&data, &template.id, &template.category);
        for step in &template.steps {
            all_known(&step.id, &data.words.shots, step.photos.iter().map(String::as_str));
            all_known(&step.id, &data.words.subs, step.sub.as_deref());
        }
    }
    let jobs = [
        JobKind::TradeIn,
        JobKind::Repair,
        JobKind::Installation,
        JobKind::Removal,
        JobKind::Inspection,
    ];
    assert!(jobs.iter().all(|job| data.steps.visit_steps(*job).is_some()));
    let legs =
        [LegKind::Remove, LegKind::Deliver, LegKind::Install, LegKind::Repair, LegKind::Inspect];
    for facts in &data.catalogue.categories {
        for leg in legs {
            let steps = data.steps.leg_steps(leg, &facts.category, "");
            assert!(steps.is_some_and(|mut s| s.next().is_some()), "{leg:?} {}", facts.category.0);
        }
        let checks = data.checks.checks_for(&facts.category, "").count();
        assert!(checks > 0, "nothing to check on {}", facts.category.0);
    }
}

#[test]
fn scenarios_name_only_what_exists() {
    let data = sample();
    assert_eq!(data.scenarios.problems(&data.words), []);
    for scenario in &data.scenarios.scenarios {
        all_known(&scenario.id, &data.words.subs, scenario.sub.as_deref());
        all_known(&scenario.id, &data.words.features, scenario.features.iter().map(String::as_str));
        if scenario.category.0 != "same" {
            all_categories(&data, &scenario.id, [&scenario.category]);
        }
        for condition in scenario.when.iter().chain(&scenario.any).chain(&scenario.unless) {
            match condition.field.as_str() {
                "finding" => {
                    let check = data.checks.check(&condition.value);
                    assert!(check.is_some(), "{}: {condition}", scenario.id);
                }
                "old.cat" | "want.cat" => {
                    all_categories(&data, &scenario.id, [&Category::new(condition.value.clone())]);
                }
                "old.sub" => all_known(&scenario.id, &data.words.subs, [condition.value.as_str()]),
                "old.refrigerant" | "warranty" => {
                    all_known(&scenario.id, &data.words.values, [condition.value.as_str()]);
                }
                _ => {}
            }
        }
    }
}

#[test]
fn every_set_survives_publication() {
    let data = sample();
    macro_rules! round_trip {
        ($kind:ty, $set:expr) => {
            let json = serde_json::to_string(&$set).unwrap();
            assert_eq!(<$kind>::from_json(&json).unwrap(), $set);
        };
    }
    round_trip!(Vocabulary, data.words);
    round_trip!(Catalogue, data.catalogue);
    round_trip!(ValuationTable, data.valuation);
    round_trip!(FeeBook, data.fees);
    round_trip!(RepairBook, data.repair);
    round_trip!(Checklist, data.checks);
    round_trip!(ScenarioBook, data.scenarios);
    round_trip!(StepBook, data.steps);
    round_trip!(ReasonBook, data.reasons);
}

#[test]
fn an_older_tablet_reads_a_newer_bundle() {
    let data = sample();
    let mut json = serde_json::to_value(&data.fees).unwrap();
    json["fees"][0]["invented_later"] = serde_json::json!({ "a": 1 });
    let read = FeeBook::from_json(&json.to_string()).unwrap();
    assert_eq!(read, data.fees);
    json["fees"][0]["tiers"] = serde_json::json!([]);
    let error = FeeBook::from_json(&json.to_string()).unwrap_err();
    assert_eq!(error.flaws[0].field, "fees[ac.pipe.r410a_r32].tiers", "but never a broken one");
}

#[test]
fn a_catalogue_in_several_files_is_one_set() {
    let text = include_str!("../../../data/sample/catalogue.toml");
    let (models, categories) = text.split_at(text.find("\n[[categories]]").unwrap());
    let heading = "sample = true\nversion = \"SAMPLE-CATALOGUE-2026\"\n\
                   valid = { from = \"2026-07-01\" }\n";
    let categories = format!("{heading}{categories}");
    let categories = categories.as_str();
    let parts = [("a.toml", categories), ("b.toml", models)];
    assert_eq!(Catalogue::parse(&parts).unwrap(), sample().catalogue);

    let wrong = models
        .replace("2000000000107", "2000000000108")
        .replace("list_fen = 329900", "list_fen = 0");
    let error = Catalogue::parse(&[("a.toml", categories), ("b.toml", &wrong)]).unwrap_err();
    assert!(error.flaws.iter().all(|flaw| flaw.file == "b.toml"), "{error}");
    let fields: BTreeSet<_> = error.flaws.iter().map(|flaw| flaw.field.as_str()).collect();
    assert!(fields.contains("models[S-BX-185].gtin"));
    assert!(fields.contains("models[S-BX-418].list_fen"));

    let other = models.replace("SAMPLE-CATALOGUE-2026", "SAMPLE-CATALOGUE-2027");
    let error = Catalogue::parse(&[("a.toml", categories), ("b.toml", &other)]).unwrap_err();
    assert_eq!(
        (error.flaws[0].file.as_str(), error.flaws[0].field.as_str()),
        ("b.toml", "version")
    );
}
