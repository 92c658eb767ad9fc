//! No profile may abort on a panic: calls into decoders and documents are caught at one boundary,
//! and catching needs unwinding.

use std::path::Path;

use toml::{Table, Value};

use super::Findings;
use crate::failure::{Failure, Result};
use crate::workspace::Workspace;

/// Reads every `Cargo.toml` and cargo configuration of the repository.
pub(super) fn check(workspace: &Workspace) -> Result<Findings> {
    let mut findings = Findings::default();
    let mut manifests = 0;
    for file in workspace.files()?.iter().filter(|file| is_cargo_settings(file)) {
        manifests += 1;
        let text = workspace.text_of(file)?.unwrap_or_default();
        let settings: Table = text
            .parse()
            .map_err(|error| Failure::Found(format!("{}: not TOML: {error}", file.display())))?;
        if aborts(&settings) {
            findings.violations.push(format!("{} makes panics abort", file.display()));
        }
    }
    findings.looked_at = format!("{manifests} manifests and cargo configurations");
    if manifests == 0 {
        findings.violations.push("no Cargo.toml was found".to_owned());
    }
    Ok(findings)
}

fn is_cargo_settings(file: &Path) -> bool {
    file.ends_with("Cargo.toml") || file.ends_with(".cargo/config.toml")
}

/// Whether any profile sets it, or any list of compiler flags holds it.
fn aborts(settings: &Table) -> bool {
    settings.get("profile").is_some_and(sets_panic_abort)
        || settings.values().any(passes_panic_abort)
}

fn sets_panic_abort(value: &Value) -> bool {
    let Value::Table(table) = value else { return false };
    table.iter().any(|(key, value)| {
        (key == "panic" && value.as_str() == Some("abort")) || sets_panic_abort(value)
    })
}

fn passes_panic_abort(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains("panic=abort"),
        Value::Array(values) => values.iter().any(passes_panic_abort),
        Value::Table(table) => table.values().any(passes_panic_abort),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> bool {
        aborts(&text.parse().unwrap())
    }

    #[test]
    fn aborting_is_found_in_every_spelling() {
        assert!(found("[profile.release]\npanic = \"abort\""));
        assert!(found("[profile]\nrelease = { lto = true, panic = 'abort' }"));
        assert!(found("profile.field.panic = \"abort\""));
        assert!(found("[build]\nrustflags = [\"-C\", \"panic=abort\"]"));
        assert!(found("[target.x86_64-unknown-linux-gnu]\nrustflags = \"-Cpanic=abort\""));
    }

    #[test]
    fn unwinding_passes() {
        assert!(!found("[profile.release]\npanic = \"unwind\""));
        assert!(!found("[lints.clippy]\npanic = \"warn\"\n[profile.dev]\ndebug = 1"));
    }
}
