//! Bugs planted for the simulation are compiled into nothing else: only its package turns the
//! feature on, and no package does by default.

use std::path::Path;

use toml::{Table, Value};

use super::Findings;
use crate::failure::{Failure, Result};
use crate::workspace::Workspace;

const FEATURE: &str = "planted";
/// The simulation's own manifest.
const SIMULATION: &str = "tests/sim/Cargo.toml";

/// Reads every `Cargo.toml` of the repository.
pub(super) fn check(workspace: &Workspace) -> Result<Findings> {
    let mut findings = Findings::default();
    let (mut manifests, mut by_simulation) = (0, false);
    for file in workspace.files()?.iter().filter(|file| file.ends_with("Cargo.toml")) {
        manifests += 1;
        let text = workspace.text_of(file)?.unwrap_or_default();
        let manifest: Table = text
            .parse()
            .map_err(|error| Failure::Found(format!("{}: not TOML: {error}", file.display())))?;
        let turned_on = manifest.iter().any(|(_, value)| turns_on(value));
        if file == Path::new(SIMULATION) {
            by_simulation = turned_on;
        } else if turned_on {
            findings.violations.push(format!("{} turns {FEATURE} on", file.display()));
        }
    }
    findings.looked_at = format!("{manifests} manifests");
    if !by_simulation {
        findings.violations.push(format!("{SIMULATION} does not turn {FEATURE} on"));
    }
    Ok(findings)
}

/// Whether any list of features in it, of a dependency or of a feature, names the planted bugs.
fn turns_on(value: &Value) -> bool {
    match value {
        Value::String(text) => text == FEATURE || text.ends_with(&format!("/{FEATURE}")),
        Value::Array(values) => values.iter().any(turns_on),
        Value::Table(table) => table.values().any(turns_on),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> bool {
        text.parse::<Table>().unwrap().values().any(turns_on)
    }

    #[test]
    fn every_way_to_turn_it_on_is_found() {
        assert!(found("[dependencies]\na = { path = 'a', features = ['planted'] }"));
        assert!(found("[features]\ndefault = ['planted']"));
        assert!(found("[features]\nsim = ['doorstep-domain/planted']"));
    }

    #[test]
    fn declaring_it_passes() {
        assert!(!found("[features]\nplanted = []\nts = ['dep:ts-rs']"));
    }
}
