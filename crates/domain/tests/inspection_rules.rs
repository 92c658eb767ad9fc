//! Findings, severities and safe life under the sample checklist.

use std::collections::BTreeSet;

use doorstep_domain::{
    catalogue::{Catalogue, Category},
    inspection::{
        Answer, CheckKind, CheckResult, Checklist, ClockStart, InspectionReport, InspectionSubject,
        SafeLife, SafeLifeFacts, Severity, judge, safe_life,
    },
    site::GasType,
    time::Date,
};
use jiff::civil::date;
use proptest::prelude::*;

fn checklist() -> Checklist {
    let text = include_str!("../../../data/sample/checklists.toml");
    Checklist::parse(&[("checklists.toml", text)]).unwrap()
}

fn catalogue() -> Catalogue {
    let text = include_str!("../../../data/sample/catalogue.toml");
    Catalogue::parse(&[("catalogue.toml", text)]).unwrap()
}

fn machine(category: &str, sub: &str) -> InspectionSubject {
    InspectionSubject { category: Category::new(category), sub: sub.to_owned(), safe_life: None }
}

fn answer(check: &str, result: CheckResult) -> Answer {
    Answer { check: check.to_owned(), result }
}

fn inspect(subject: &InspectionSubject, answers: &[Answer], photos: &[&str]) -> InspectionReport {
    let photos = photos.iter().map(|shot| (*shot).to_owned()).collect();
    judge(&checklist(), subject, answers, &photos)
}

/// Every check of a machine answered as it should be.
fn all_well(subject: &InspectionSubject) -> Vec<Answer> {
    checklist()
        .checks_for(&subject.category, &subject.sub)
        .map(|check| {
            let result = match check.kind {
                CheckKind::Pass => CheckResult::Pass,
                CheckKind::Reading => CheckResult::Reading(check.warn.or(check.stop).unwrap()),
                CheckKind::Choice => {
                    let good = check.choices.iter().find(|choice| !choice.bad).unwrap();
                    CheckResult::Choice(good.code.clone())
                }
                CheckKind::Photo => CheckResult::Photographed,
            };
            answer(&check.id, result)
        })
        .collect()
}

fn all_shots(subject: &InspectionSubject) -> BTreeSet<String> {
    let list = checklist();
    list.checks_for(&subject.category, &subject.sub).filter_map(|c| c.photo.clone()).collect()
}

#[test]
fn a_sound_machine_has_no_findings() {
    for facts in &catalogue().categories {
        for sub in ["", "gas", "electric"] {
            let subject = machine(&facts.category.0, sub);
            let answers = all_well(&subject);
            let report = judge(&checklist(), &subject, &answers, &all_shots(&subject));
            assert_eq!(report.findings, [], "{} {sub}", facts.category.0);
            assert!(report.is_complete() && !report.stop_use && !report.alarm);
            let bare = judge(&checklist(), &subject, &answers, &BTreeSet::new());
            assert_eq!(bare.is_complete(), all_shots(&subject).is_empty(), "photos are asked for");
        }
    }
}

#[test]
fn an_unvented_heater_stops_use_and_comes_first() {
    let answers = [
        answer("gh.flow", CheckResult::Reading(7)),
        answer("gas.hose", CheckResult::Fail),
        answer("gh.flueless", CheckResult::Fail),
    ];
    let report = inspect(&machine("water_heater", "gas"), &answers, &["front", "hose"]);
    let found: Vec<_> = report.findings.iter().map(|f| (f.check.as_str(), f.severity)).collect();
    assert_eq!(
        found,
        [
            ("gh.flueless", Severity::StopUse),
            ("gas.hose", Severity::FixFirst),
            ("gh.flow", Severity::Advise)
        ]
    );
    assert!(report.stop_use);
    assert!(!report.alarm, "dangerous to use, but nobody needs to leave the room");
    assert!(!report.is_complete());
    assert!(report.unanswered.contains(&"gas.smell".to_owned()));
    assert_eq!(
        report.findings[2].words.en,
        "Stable outlet temperature: 7 K measured, should be at most 3 K"
    );
}

#[test]
fn carbon_monoxide_is_an_alarm_from_the_stop_limit_on() {
    let at = |ppm| {
        let answers = [answer("gas.ambient_co", CheckResult::Reading(ppm))];
        inspect(&machine("stove", "built_in"), &answers, &["meter"])
    };
    assert_eq!(at(9).findings, []);
    assert_eq!(at(10).findings[0].severity, Severity::FixFirst);
    assert!(!at(35).stop_use, "the limit itself is the last acceptable reading");
    assert!(at(36).stop_use && at(36).alarm);
}

#[test]
fn low_readings_are_bad_where_the_check_says_so() {
    let vent = |cm2| {
        let answers = [answer("st.vent", CheckResult::Reading(cm2))];
        inspect(&machine("stove", ""), &answers, &[]).findings.len()
    };
    assert_eq!([vent(79), vent(80), vent(200)], [1, 0, 0]);
    let insulation = [answer("ac.insul", CheckResult::Reading(1))];
    assert!(inspect(&machine("ac", ""), &insulation, &[]).stop_use);
}

#[test]
fn the_sub_category_filters_and_doubt_asks_for_more() {
    let asked = |sub: &str| {
        inspect(&machine("water_heater", sub), &[], &[])
            .unanswered
            .into_iter()
            .collect::<BTreeSet<_>>()
    };
    assert!(asked("gas").contains("gh.flue") && !asked("gas").contains("eh.earth"));
    assert!(asked("electric").contains("eh.earth") && !asked("electric").contains("gh.flue"));
    assert!(asked("").contains("gh.flue") && asked("").contains("eh.earth"));

    let answers = [answer("gh.flue", CheckResult::Fail), answer("no.such", CheckResult::Pass)];
    let report = inspect(&machine("water_heater", "electric"), &answers, &[]);
    assert_eq!(report.findings, []);
    assert_eq!(report.ignored, ["gh.flue", "no.such"]);
}

#[test]
fn an_answer_of_the_wrong_kind_leaves_the_check_open() {
    let wrong = [
        answer("gh.room", CheckResult::Choice("roof".to_owned())),
        answer("gh.flue_co", CheckResult::Pass),
        answer("gh.flue", CheckResult::NotChecked("  ".to_owned())),
        answer("gh.shared", CheckResult::NotChecked("吊顶封死".to_owned())),
    ];
    let report = inspect(&machine("water_heater", "gas"), &wrong, &[]);
    for id in ["gh.room", "gh.flue_co", "gh.flue"] {
        assert!(report.unanswered.contains(&id.to_owned()), "{id}");
    }
    assert_eq!(report.not_checked["gh.shared"], "吊顶封死");
    assert!(report.missing_photos.is_empty(), "what was not checked needs no photo");
}

#[test]
fn two_answers_count_as_the_worse_one() {
    let both = [CheckResult::Pass, CheckResult::Fail];
    for order in [[0, 1], [1, 0]] {
        let answers = order.map(|i: usize| answer("fr.earth", both[i].clone()));
        assert!(inspect(&machine("fridge", ""), &answers, &[]).stop_use);
    }
}

#[test]
fn the_product_judges_age_itself() {
    let aged = |ends: Date, months_left| {
        let life = SafeLife { ends, months_left, ..heater(GasType::Natural, date(2026, 7, 15)) };
        let subject = InspectionSubject { safe_life: Some(life), ..machine("water_heater", "gas") };
        inspect(&subject, &[answer("gh.age", CheckResult::Pass)], &[])
    };
    let past = aged(date(2026, 7, 15), 0);
    assert_eq!(past.findings[0].check, "gh.age");
    assert_eq!(past.findings[0].severity, Severity::FixFirst);
    assert!(past.findings[0].words.zh.contains("2026-07-15"));
    assert_eq!(aged(date(2026, 7, 16), 1).findings, []);
    let unknown = inspect(&machine("water_heater", "gas"), &[], &[]);
    assert!(unknown.unanswered.contains(&"gh.age".to_owned()), "without dates a person answers");
}

fn facts(category: &str, sub: &str) -> SafeLifeFacts {
    SafeLifeFacts {
        category: Category::new(category),
        sub: sub.to_owned(),
        gas: None,
        installed: None,
        bought: None,
        made: None,
        label_years: None,
    }
}

fn heater(gas: GasType, today: Date) -> SafeLife {
    let facts = SafeLifeFacts {
        gas: Some(gas),
        bought: Some(date(2018, 6, 1)),
        installed: Some(date(2018, 7, 15)),
        ..facts("water_heater", "gas")
    };
    safe_life(&catalogue(), &facts, today).unwrap()
}

#[test]
fn the_clock_starts_at_installation() {
    let life = heater(GasType::Natural, date(2026, 7, 14));
    assert_eq!((life.years, life.ends), (8, date(2026, 7, 15)));
    assert_eq!(life.start, ClockStart::Installed);
    assert_eq!(life.months_left, 1, "a started month counts whole");
    assert_eq!(heater(GasType::Natural, date(2026, 7, 15)).months_left, 0);
    assert_eq!(heater(GasType::Natural, date(2026, 9, 20)).months_left, -2);
    assert_eq!(heater(GasType::Natural, date(2025, 7, 15)).months_left, 12);
    assert_eq!(heater(GasType::Natural, date(2025, 7, 14)).months_left, 13);
}

#[test]
fn manufactured_gas_shortens_a_heaters_life() {
    let life = heater(GasType::Manufactured, date(2024, 7, 14));
    assert_eq!((life.years, life.ends), (6, date(2024, 7, 15)));
    let electric = SafeLifeFacts {
        gas: Some(GasType::Manufactured),
        bought: Some(date(2018, 6, 1)),
        ..facts("water_heater", "electric")
    };
    let life = safe_life(&catalogue(), &electric, date(2024, 1, 1)).unwrap();
    assert_eq!(life.years, 8, "an electric heater burns nothing");
    assert_eq!(life.start, ClockStart::Bought);
}

#[test]
fn without_papers_the_nameplate_counts_from_the_next_month() {
    let old = SafeLifeFacts { made: Some(date(2015, 12, 20)), ..facts("fridge", "") };
    let life = safe_life(&catalogue(), &old, date(2026, 1, 1)).unwrap();
    assert_eq!((life.starts, life.ends), (date(2016, 1, 1), date(2026, 1, 1)));
    assert_eq!(life.months_left, 0);
    assert!(life.basis.zh.contains("铭牌") && life.basis.en.contains("nameplate"));
}

#[test]
fn a_label_lengthens_but_never_shortens() {
    let labelled = |years| {
        let bought = Some(date(2018, 1, 1));
        let facts = SafeLifeFacts { bought, label_years: Some(years), ..facts("washer", "") };
        safe_life(&catalogue(), &facts, date(2026, 1, 1)).unwrap().years
    };
    assert_eq!([labelled(5), labelled(8), labelled(12)], [8, 8, 12]);
}

#[test]
fn no_term_or_no_date_means_no_answer() {
    let tv = SafeLifeFacts { bought: Some(date(2010, 1, 1)), ..facts("tv", "") };
    assert_eq!(safe_life(&catalogue(), &tv, date(2026, 1, 1)), None);
    assert_eq!(safe_life(&catalogue(), &facts("fridge", ""), date(2026, 1, 1)), None);
}

proptest! {
    #[test]
    fn months_left_are_positive_exactly_before_the_end(
        year in 2005..2026i16, month in 1..=12i8, day in 1..=31i8, later in 0..9_000i64,
    ) {
        let bought = Date::new(year, month, day.min(28)).unwrap();
        let today = bought.checked_add(jiff::Span::new().days(later)).unwrap();
        let facts = SafeLifeFacts { bought: Some(bought), ..facts("fridge", "") };
        let life = safe_life(&catalogue(), &facts, today).unwrap();
        prop_assert_eq!(life.months_left > 0, today < life.ends);
    }
}
