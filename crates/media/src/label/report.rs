//! The machine-readable report of one picture.

use serde_json::{Value, json};

use super::{LabelReading, parse, read_image};

/// Reads one picture file and reports what its labels say:
///
/// `{"file", "labels": [{"format", "text", "charset", "kind", "fields", "guess", "position"}],
/// "error": null | {"code", "zh", "en"}}`; `raw_hex` is added where a code's bytes are not UTF-8.
/// The same bytes always give the same report.
pub fn report(file: &str, bytes: &[u8]) -> Value {
    of_reading(file, &read_image(bytes))
}

fn of_reading(file: &str, reading: &LabelReading) -> Value {
    let labels: Vec<Value> = reading
        .labels
        .iter()
        .map(|label| {
            let kind = parse(label.format, &label.text);
            let mut entry = json!({
                "format": label.format,
                "text": label.text,
                "charset": label.charset,
                "position": label.position,
                "guess": kind.is_guess(),
            });
            if let (Value::Object(entry), Ok(Value::Object(kind))) =
                (&mut entry, serde_json::to_value(&kind))
            {
                entry.extend(kind);
                entry.extend(label.raw_hex.iter().map(|hex| ("raw_hex".to_owned(), json!(hex))));
            }
            entry
        })
        .collect();
    let error = reading.error.as_ref().map(|error| {
        let words = error.words();
        json!({ "code": error.code(), "zh": words.zh, "en": words.en })
    });
    json!({ "file": file, "labels": labels, "error": error })
}
