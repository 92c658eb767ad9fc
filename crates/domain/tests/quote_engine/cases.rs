//! The repository's reference data and short ways to ask for a quote.

use std::path::Path;
use std::sync::LazyLock;

use doorstep_domain::books::Books;
use doorstep_domain::money::Fen;
use doorstep_domain::quote::{Quote, QuoteRequest, price};
use doorstep_domain::subsidy::{RefusalCode, SubsidyVerdict};
use serde_json::{Value, json};

/// Every data file of the repository as (path below `data`, text).
pub(crate) fn files() -> Vec<(String, String)> {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data");
    let mut found = Vec::new();
    for folder in ["sample", "rules"] {
        for entry in std::fs::read_dir(data.join(folder)).unwrap() {
            let path = entry.unwrap().path();
            let name = format!("{folder}/{}", path.file_name().unwrap().to_str().unwrap());
            found.push((name, std::fs::read_to_string(&path).unwrap()));
        }
    }
    found
}

/// The books read from those files.
pub(crate) fn books() -> Books {
    static BOOKS: LazyLock<Books> = LazyLock::new(|| books_from(&files()).unwrap());
    BOOKS.clone()
}

/// The books read from altered files.
pub(crate) fn books_from(
    files: &[(String, String)],
) -> Result<Books, doorstep_domain::books::BooksError> {
    let files: Vec<(&str, &str)> = files.iter().map(|(n, t)| (n.as_str(), t.as_str())).collect();
    Books::parse(&files)
}

/// The books with one text in one file replaced.
pub(crate) fn books_with(file: &str, from: &str, to: &str) -> Books {
    let mut all = files();
    let (_, text) = all.iter_mut().find(|(name, _)| name == file).unwrap();
    assert!(text.contains(from), "{file} does not contain {from:?}");
    *text = text.replace(from, to);
    books_from(&all).unwrap()
}

/// A new machine given by its facts, price in yuan.
pub(crate) fn machine(line: &str, category: &str, yuan: i64, grade: Option<u8>) -> Value {
    json!({ "line": line, "facts": {
        "category": category, "gtin": "6901234567892", "energy_grade": grade, "list_fen": yuan * 100,
    }})
}

/// A working medium old machine.
pub(crate) fn old(line: &str, category: &str) -> Value {
    json!({ "line": line, "category": category, "size": "m", "age_months": 108 })
}

/// A request for machines sold on a day in a region.
pub(crate) fn sale(day: &str, region: &str, new: Vec<Value>) -> Value {
    json!({ "sale_day": day, "place": { "region": region }, "new": new })
}

/// A request read from JSON.
pub(crate) fn request(value: Value) -> QuoteRequest {
    serde_json::from_value(value).unwrap()
}

/// The quote for a request, with its identities and hash checked.
pub(crate) fn quote(value: Value) -> Quote {
    quote_with(value, &books())
}

/// The same with other books.
pub(crate) fn quote_with(value: Value, books: &Books) -> Quote {
    let quote = price(&request(value), books).unwrap();
    quote.check_identities().unwrap();
    assert!(quote.verify_hash(), "a fresh quote bears its own hash");
    quote
}

/// The estimated subsidy of a quote in fen.
pub(crate) fn subsidy(quote: &Quote) -> i64 {
    quote.totals.if_approved.government_subsidy.0
}

/// Which lines receive a subsidy.
pub(crate) fn subsidised(quote: &Quote) -> Vec<&str> {
    let paid = quote.items.iter().filter(|item| item.subsidy > Fen::ZERO);
    paid.map(|item| item.line.as_str()).collect()
}

/// What one programme says to one line.
pub(crate) fn verdict<'a>(quote: &'a Quote, line: &str, pack: &str) -> &'a SubsidyVerdict {
    let here = |v: &&SubsidyVerdict| v.line == line && v.pack == pack;
    quote.verdicts.iter().find(here).unwrap_or_else(|| panic!("no verdict of {pack} on {line}"))
}

/// The reasons one programme gives for refusing one line.
pub(crate) fn codes(quote: &Quote, line: &str, pack: &str) -> Vec<RefusalCode> {
    let refusals = &verdict(quote, line, pack).refusals;
    for refusal in refusals {
        assert!(!refusal.words.zh.is_empty() && !refusal.words.en.is_empty());
    }
    refusals.iter().map(|refusal| refusal.code).collect()
}
