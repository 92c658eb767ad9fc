//! `doorstep-hq quote` from outside: rules are data, so an edited rule file changes the answer of
//! the same program; and whatever is wrong with the input comes back as one JSON object in both
//! languages.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use doorstep_domain::quote::Quote;
use doorstep_tests::{binaries, folders::copy_folder, hq::data_files};
use serde_json::{Value, json};
use tempfile::TempDir;

/// A folder with a copy of the reference data and a place for requests.
struct Desk {
    folder: TempDir,
}

impl Desk {
    fn new() -> Desk {
        let folder = tempfile::tempdir().unwrap();
        for part in ["rules", "sample"] {
            copy_folder(&data_files().join(part), &folder.path().join("data").join(part));
        }
        Desk { folder }
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Rewrites one data file.
    fn edit(&self, file: &str, change: impl Fn(&str) -> String) {
        let path = self.data().join(file);
        let before = fs::read_to_string(&path).unwrap();
        let after = change(&before);
        assert_ne!(before, after, "the edit of {file} changes something");
        fs::write(path, after).unwrap();
    }

    fn quote_text(&self, text: &str) -> Output {
        let file = self.folder.path().join("request.json");
        fs::write(&file, text).unwrap();
        self.quote_file(&file)
    }

    fn quote_file(&self, file: &Path) -> Output {
        Command::new(binaries::path("doorstep-hq"))
            .arg("quote")
            .arg(file)
            .arg("--data-files")
            .arg(self.data())
            .output()
            .unwrap()
    }

    fn quote(&self, request: &Value) -> Quote {
        quoted(&self.quote_text(&request.to_string()))
    }

    fn refused(&self, request: &Value) -> Value {
        refused(&self.quote_text(&request.to_string()))
    }
}

/// The quote printed, its hash checked over the very text.
fn quoted(output: &Output) -> Quote {
    let text = String::from_utf8(output.stdout.clone()).unwrap();
    assert!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
    Quote::from_json(&text).unwrap()
}

/// The error printed: exit 1, one object, a code, Chinese in `zh` and none in `en`.
fn refused(output: &Output) -> Value {
    let text = String::from_utf8(output.stdout.clone()).unwrap();
    assert_eq!(output.status.code(), Some(1), "{text}");
    let answer: Value = serde_json::from_str(&text).unwrap();
    let fields = answer.as_object().unwrap();
    assert_eq!(fields.len(), 1, "nothing beside the error: {text}");
    let error = fields["error"].clone();
    let part = |name: &str| error[name].as_str().unwrap_or_default().trim().to_owned();
    let is_han = |letter: char| ('\u{4e00}'..='\u{9fff}').contains(&letter);
    let code = part("code");
    assert!(!code.is_empty() && code.chars().all(|c| c.is_ascii_lowercase() || c == '_'), "{text}");
    assert!(part("zh").chars().any(is_han), "{text}");
    assert!(part("en").contains(' ') && !part("en").chars().any(is_han), "{text}");
    error
}

/// A refrigerator (grade 1, final price 5,399.00) and a television (grade 1, 6,499.00).
fn two_machines() -> Value {
    json!({
        "sale_day": "2026-07-15",
        "place": { "region": "CN-41-01" },
        "new": [
            { "line": "fridge", "sku": "S-BX-520",
              "discounts": [{ "kind": "merchant", "amount": 60_000 }] },
            { "line": "tv", "sku": "S-TV-75" },
        ],
    })
}

fn subsidies(quote: &Quote) -> Vec<(&str, i64)> {
    quote.items.iter().map(|item| (item.line.as_str(), item.subsidy.0)).collect()
}

/// Sets the cap in one group's terms of a rule file.
fn with_cap(text: &str, group: &str, fen: i64) -> String {
    let start = text.find(&format!("group = \"{group}\"")).unwrap();
    let (before, terms) = text.split_at(start);
    before.to_owned() + &terms.replacen("cap_fen = 150000", &format!("cap_fen = {fen}"), 1)
}

#[test]
fn an_edited_rule_file_changes_the_answer_of_the_same_program() {
    let desk = Desk::new();
    let before = desk.quote(&two_machines());
    assert_eq!(subsidies(&before), [("fridge", 80_985), ("tv", 97_485)]);
    assert_eq!(before.totals.if_approved.government_subsidy.0, 178_470);

    desk.edit("rules/cn-2026.toml", |text| with_cap(text, "fridge", 50_000));
    let capped = desk.quote(&two_machines());
    assert_eq!(subsidies(&capped), [("fridge", 50_000), ("tv", 97_485)], "the other kind stays");
    assert_eq!(capped.totals.if_approved.balance.0, 1_189_800 - 147_485);
    assert_eq!(capped.totals.certain, before.totals.certain, "without the subsidy nothing changes");
    assert_ne!(capped.hash, before.hash);

    desk.edit("rules/cn-2026.toml", |text| text.replace("[1500]", "[1000]"));
    assert_eq!(subsidies(&desk.quote(&two_machines())), [("fridge", 50_000), ("tv", 64_990)]);
}

#[test]
fn a_new_rule_file_is_a_new_programme() {
    let desk = Desk::new();
    let pack = r#"
        sample = true
        version = "SAMPLE-RULES-2026-07"
        valid = { from = "2007-12-01", to = "2026-12-31" }

        [[packs]]
        id = "henan-2026-test"
        zh = "测试补贴"
        en = "test subsidy"
        valid = { from = "2026-07-01", to = "2026-07-31" }
        regions = ["CN-41"]
        relation = { replaces = ["CN-2026"] }
        source = "made up by this test"
        confidence = "invented"

        [[packs.item]]
        group = "tv"
        categories = ["tv"]
        rate_bp = 100
        cap_fen = 100000
    "#;
    fs::write(desk.data().join("rules/henan-2026-test.toml"), pack).unwrap();
    let quote = desk.quote(&two_machines());
    assert_eq!(subsidies(&quote), [("fridge", 0), ("tv", 6_499)]);
}

#[test]
fn the_published_example_comes_out_byte_by_byte_from_file_and_standard_input() {
    let desk = Desk::new();
    let example = data_files().join("examples/quote-trade-in.json");
    let printed = desk.quote_file(&example);
    let kept = fs::read_to_string(data_files().join("examples/quote-trade-in.quote.json"));
    let kept: Value = serde_json::from_str(&kept.unwrap()).unwrap();
    assert_eq!(serde_json::to_value(quoted(&printed)).unwrap(), kept);
    assert_eq!(printed.stdout, desk.quote_file(&example).stdout, "the same again");

    let mut child = Command::new(binaries::path("doorstep-hq"))
        .args(["quote", "-"])
        .env("DOORSTEP_DATA", desk.data())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    input.write_all(&fs::read(example).unwrap()).unwrap();
    drop(input);
    assert_eq!(child.wait_with_output().unwrap().stdout, printed.stdout);
}

#[test]
fn what_cannot_be_meant_is_refused_in_both_languages() {
    let desk = Desk::new();
    let with = |pointer: &str, value: Value| {
        let mut request = two_machines();
        *request.pointer_mut(pointer).unwrap() = value;
        request
    };
    let unknown_sku = desk.refused(&with("/new/0/sku", json!("S-NONE-1")));
    assert!(unknown_sku["en"].as_str().unwrap().contains("S-NONE-1"));
    assert!(unknown_sku["zh"].as_str().unwrap().contains("S-NONE-1"));
    for amount in [-1, 0, 599_901, 10_000_000_001_i64, i64::MAX] {
        desk.refused(&with("/new/0/discounts/0/amount", json!(amount)));
    }
    desk.refused(&with("/place/region", json!("Shanghai")));
    desk.refused(&with("/new/1/line", json!("fridge")));
    desk.refused(&with("/new", json!([])));
}

#[test]
fn reference_data_that_has_run_out_is_refused_and_not_stretched() {
    let desk = Desk::new();
    let mut request = two_machines();
    request["old"] = json!([{ "line": "o", "category": "tv", "size": "m", "age_months": 80 }]);
    assert_eq!(desk.quote(&request).totals.certain.old_value.0, 12_000);

    desk.edit("sample/valuation.toml", |text| {
        text.replace("to = \"2026-09-30\"", "to = \"2026-07-14\"")
    });
    let expired = desk.refused(&request);
    assert!(expired["en"].as_str().unwrap().contains("2026-07-15"), "{expired}");
    assert!(expired["zh"].as_str().unwrap().contains("2026-07-15"), "{expired}");

    request["sale_day"] = json!("2027-01-01");
    desk.refused(&request);
}

#[test]
fn text_that_is_no_request_is_refused() {
    let desk = Desk::new();
    for text in ["", "{", "[]", "null", "好", r#"{ "new": [] }"#, r#"{ "sale_day": "2026-02-30" }"#]
    {
        refused(&desk.quote_text(text));
    }
    let fraction = two_machines().to_string().replace("60000", "60000.5");
    refused(&desk.quote_text(&fraction));
    let file = desk.folder.path().join("bytes.json");
    fs::write(&file, [0xff, 0xfe, 0x00, 0x7b]).unwrap();
    refused(&desk.quote_file(&file));
}

#[test]
fn missing_files_and_damaged_data_are_refused() {
    let desk = Desk::new();
    refused(&desk.quote_file(&desk.folder.path().join("nothing.json")));
    refused(&desk.quote_file(desk.folder.path()));

    desk.edit("rules/cn-2026.toml", |text| text.replace("cap_fen = 150000", "cap_fen = -1"));
    let flawed = desk.refused(&two_machines());
    assert!(flawed["en"].as_str().unwrap().contains("cn-2026.toml"), "names the file: {flawed}");

    fs::remove_dir_all(desk.data().join("rules")).unwrap();
    desk.refused(&two_machines());
    fs::remove_dir_all(desk.data()).unwrap();
    desk.refused(&two_machines());
}
