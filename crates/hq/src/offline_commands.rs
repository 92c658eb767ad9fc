//! Commands for support staff and scripts that need no data folder of HQ: pricing a quote request,
//! reading labels.

use std::{
    fs,
    io::{self, Read},
    path::{Path, PathBuf},
};

use doorstep_domain::{
    quote::{QuoteRequest, price},
    words::Words,
};
use doorstep_media::label;
use doorstep_store::rescue::{self, UnsentWork};
use serde_json::{Value, json};

use crate::reference;

/// The folder of reference data when none is named: `DOORSTEP_DATA`, else `data`.
pub fn default_data_files() -> PathBuf {
    std::env::var_os("DOORSTEP_DATA").map_or_else(|| PathBuf::from("data"), PathBuf::from)
}

/// Prices a `QuoteRequest` (JSON in a file, `-` for standard input) and returns the explained
/// quote, or `{"error": {"code", "zh", "en"}}`.
///
/// # Errors
/// The error object.
pub fn quote(file: &Path, data: &Path) -> Result<Value, Value> {
    let text = read_text(file).map_err(|error| {
        let words = Words::new(format!("无法读取：{error}"), format!("cannot be read: {error}"));
        error_object("file_unreadable", &words)
    })?;
    let request: QuoteRequest = serde_json::from_str(&text).map_err(|error| {
        let words = Words::new(
            format!("报价请求格式不对：{error}"),
            format!("the request is not readable: {error}"),
        );
        error_object("request_unreadable", &words)
    })?;
    let books = reference::read_books(data)
        .map_err(|error| error_object("data_unusable", &error.words()))?;
    let quote =
        price(&request, &books).map_err(|error| error_object("quote_refused", &error.words()))?;
    serde_json::to_value(&quote).map_err(|error| {
        error_object("internal", &Words::new(error.to_string(), error.to_string()))
    })
}

/// Reads the labels of one picture file; a file that cannot be read is reported like a picture that
/// shows nothing readable.
pub fn labels(file: &Path) -> Value {
    let name = file.to_string_lossy();
    match fs::read(file) {
        Ok(bytes) => label::report(&name, &bytes),
        Err(error) => {
            let words =
                Words::new(format!("无法读取：{error}"), format!("cannot be read: {error}"));
            let fault = json!({ "code": "file_unreadable", "zh": words.zh, "en": words.en });
            json!({ "file": name, "labels": [], "error": fault })
        }
    }
}

/// The unsent work in a rescue file as people read it: fields instead of document bytes, claims as
/// they were made. A device's own secrets are left out.
///
/// # Errors
/// What is wrong with the file, in English.
pub fn rescued(file: &[u8], hq_secret: &[u8; 32]) -> Result<Value, String> {
    let work = unsealed(file, hq_secret).map_err(|words| words.en)?;
    let edits: Vec<Value> = work
        .edits
        .iter()
        .map(|edit| {
            json!({
                "kind": edit.kind, "id": edit.doc, "author": edit.author,
                "made_at": edit.made_at, "fields": edit.edits, "refusal": edit.refusal,
            })
        })
        .collect();
    let claims: Vec<Value> = work
        .commands
        .iter()
        .map(|command| {
            let claim: Value = serde_json::from_str(&command.claim).unwrap_or(Value::Null);
            json!({
                "key": command.key, "person": command.person,
                "made_at": command.made_at, "claim": claim,
            })
        })
        .collect();
    Ok(json!({ "edits": edits, "claims": claims }))
}

/// What a rescue file holds, opened with HQ's own key.
pub(crate) fn unsealed(file: &[u8], hq_secret: &[u8; 32]) -> Result<UnsentWork, Words> {
    let plain = rescue::open_with_hq_secret(file, hq_secret).map_err(|error| error.words())?;
    UnsentWork::from_bytes(&plain).map_err(|error| error.words())
}

fn read_text(file: &Path) -> io::Result<String> {
    if file == Path::new("-") {
        let mut text = String::new();
        io::stdin().read_to_string(&mut text)?;
        Ok(text)
    } else {
        fs::read_to_string(file)
    }
}

fn error_object(code: &str, words: &Words) -> Value {
    json!({ "error": { "code": code, "zh": words.zh, "en": words.en } })
}
