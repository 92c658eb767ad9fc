//! The rule files themselves, and what becomes of mistakes in them.

use doorstep_domain::books::{BooksError, BundleKind};
use doorstep_domain::subsidy::{Confidence, PackRelation};

use super::cases::{books, books_from, files};

fn flaws_after(file: &str, from: &str, to: &str) -> String {
    let mut all = files();
    let (_, text) = all.iter_mut().find(|(name, _)| name == file).unwrap();
    assert!(text.contains(from), "{file} does not contain {from:?}");
    *text = text.replacen(from, to, 1);
    let error = books_from(&all).unwrap_err();
    assert!(!error.words().zh.is_empty());
    error.to_string()
}

#[test]
fn every_programme_is_there_with_its_source() {
    let books = books();
    for id in [
        "CN-2009",
        "CN-RURAL",
        "CN-2024",
        "CN-2025",
        "CN-2025-D",
        "CN-2026",
        "CN-2026-D",
        "beijing-2026",
        "jinan-2025",
        "shanghai-2024",
        "zhengzhou-2022",
        "guangzhou-2024",
        "quxian-2025",
        "jiangsu-2026",
        "city-2024-sample",
    ] {
        assert!(books.rules.pack(id).is_some(), "{id}");
    }
    assert!(books.rules.sample, "transcribed rules must not be taken for the notice itself");
    for pack in &books.rules.packs {
        assert!(!pack.source.is_empty(), "{}", pack.id);
        let explained = !pack.note.is_empty() || pack.confidence != Confidence::Inferred;
        assert!(explained, "{} must say what is inferred", pack.id);
    }
}

#[test]
fn packs_named_by_others_share_days_and_place_with_them() {
    let books = books();
    for pack in &books.rules.packs {
        if matches!(pack.relation, PackRelation::Stands) {
            continue;
        }
        let meets = pack.relation.names().iter().any(|id| {
            let other = books.rules.pack(id).unwrap();
            let days = pack.valid.to.is_none_or(|to| other.valid.from <= to)
                && other.valid.to.is_none_or(|to| pack.valid.from <= to);
            let place = pack.regions.iter().all(|r| other.regions.iter().any(|o| o.covers(r)));
            days && place
        });
        assert!(meets, "{} can never act on what it names", pack.id);
    }
}

#[test]
fn mistakes_are_named_with_file_and_field() {
    let file = "rules/cn-2026.toml";
    for (from, to, expected) in [
        ("grade_rate_bp = [1500]", "grade_rate_bp = [10001]", "between 0 and 10000"),
        ("grade_rate_bp = [1500]", "grade_rate_bp = [-1]", "between 0 and 10000"),
        ("grade_rate_bp = [1500]", "grade_rate_bp = [1500, 1600]", "worse grade"),
        ("grade_rate_bp = [1500]", "rate_bp = 1\ngrade_rate_bp = [1500]", "either rate_bp"),
        ("cap_fen = 150000", "cap_fen = -1", "must not be negative"),
        ("cap_fen = 150000\n", "", "needs a cap or a price ceiling"),
        ("quantity = 1", "quantity = 0", "must be above zero"),
        ("to = \"2026-12-31\" }\nregions", "to = \"2025-12-31\" }\nregions", "earlier to a later"),
        ("regions = [\"CN\"]", "regions = [\"China\"]", "region codes"),
        ("regions = [\"CN\"]", "regions = []", "region codes"),
        ("en = \"2026 national subsidy\"", "en = \"\"", "both languages"),
        ("id = \"CN-2026\"", "id = \"CN-2025\"", "listed twice"),
        ("regions = [\"CN\"]", "regions = [\"CN\"]\nsame_person = [\"payer\"]", "two roles"),
        ("regions = [\"CN\"]", "regions = [\"CN\"]\ncapp_fen = 3", "misspelt"),
    ] {
        let error = flaws_after(file, from, to);
        assert!(error.contains(expected), "{to}: {error}");
        assert!(error.contains(file), "{to}: {error}");
    }
}

#[test]
fn text_that_cannot_be_read_is_named_with_its_line() {
    let error =
        flaws_after("rules/cn-2026.toml", "grade_rate_bp = [1500]", "grade_rate_bp = [1500");
    assert!(error.contains("rules/cn-2026.toml: line "), "{error}");
}

#[test]
fn relations_must_name_something() {
    let names = "relation = { restricts = [\"CN-2026\", \"CN-2026-D\"] }";
    let wrong = "relation = { restricts = [\"CN-2099\"] }";
    let error = flaws_after("rules/beijing-2026.toml", names, wrong);
    assert!(error.contains("does not exist"), "{error}");
    let error = flaws_after("rules/beijing-2026.toml", names, "relation = { restricts = [] }");
    assert!(error.contains("names no pack"), "{error}");
    let error = flaws_after("rules/beijing-2026.toml", names, "");
    assert!(error.contains("needs items"), "{error}");
}

#[test]
fn a_forbidden_fee_must_be_known_to_the_fee_book() {
    let error = flaws_after("rules/city-2024-sample.toml", "\"free_pickup\"", "\"free_lunch\"");
    assert!(error.contains("free_lunch"), "{error}");
}

#[test]
fn the_policy_must_say_how_long_a_quote_binds() {
    let error = flaws_after("rules/policy.toml", "quote_valid_days = 7", "quote_valid_days = 0");
    assert!(error.contains("quote_valid_days"), "{error}");
}

#[test]
fn a_missing_kind_is_named() {
    let rest: Vec<_> = files().into_iter().filter(|(name, _)| !name.contains("fees")).collect();
    assert_eq!(books_from(&rest), Err(BooksError::Missing(BundleKind::Fees)));
}
