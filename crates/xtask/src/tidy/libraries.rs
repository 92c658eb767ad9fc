//! Every third-party library has its reason, and the reason is looked at again with every change
//! of version.

use std::collections::BTreeSet;
use std::path::Path;

use super::Findings;
use crate::failure::Result;
use crate::workspace::{Package, Workspace};

/// A Markdown table whose rows begin with the library and its version.
const TABLE: &str = "docs/adr/libraries.md";

/// Compares what the manifests name with the rows of the table.
pub(super) fn check(workspace: &Workspace) -> Result<Findings> {
    let table = workspace.text_of(Path::new(TABLE))?.unwrap_or_default();
    Ok(compare(&workspace.packages()?, &table))
}

/// A library and the version asked for.
type Library = (String, String);

fn compare(packages: &[Package], table: &str) -> Findings {
    let (named, listed) = (named_in(packages), listed_in(table));
    let unlisted = named.difference(&listed).map(|(name, version)| {
        format!("{TABLE} has no row for {name} {version}: say why it is here")
    });
    let unused = listed
        .difference(&named)
        .map(|(name, version)| format!("{TABLE} has {name} {version}, which no package names"));
    Findings {
        looked_at: format!("{} libraries, {} rows in {TABLE}", named.len(), listed.len()),
        violations: unlisted.chain(unused).collect(),
        notes: Vec::new(),
    }
}

fn named_in(packages: &[Package]) -> BTreeSet<Library> {
    let ours = |name: &str| packages.iter().any(|package| package.name == name);
    packages
        .iter()
        .flat_map(|package| &package.dependencies)
        .filter(|dependency| !ours(&dependency.name))
        .map(|dependency| {
            let version = dependency.requirement.trim_start_matches(['=', '^']);
            (dependency.name.clone(), version.to_owned())
        })
        .collect()
}

fn listed_in(table: &str) -> BTreeSet<Library> {
    let rows = table.lines().filter_map(|line| line.strip_prefix("| "));
    let cells = rows.filter_map(|row| {
        let mut cells = row.split('|').map(str::trim);
        Some((cells.next()?, cells.next()?))
    });
    cells
        .filter(|(_, version)| version.starts_with(|first: char| first.is_ascii_digit()))
        .map(|(name, version)| (name.to_owned(), version.to_owned()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::Dependency;

    fn packages() -> Vec<Package> {
        let dependency = |name: &str, requirement: &str| Dependency {
            name: name.to_owned(),
            requirement: requirement.to_owned(),
        };
        let dependencies = vec![
            dependency("serde", "=1.0.229"),
            dependency("rustls", "^0.23"),
            dependency("b", "*"),
        ];
        let package = |name: &str, dependencies| Package {
            name: name.to_owned(),
            dependencies,
            examples: Vec::new(),
        };
        vec![package("a", dependencies), package("b", Vec::new())]
    }

    #[test]
    fn a_table_that_agrees_passes() {
        let table = "| library | version | why |\n|---|---|---|\n| rustls | 0.23 | TLS |\n| serde | 1.0.229 | data |\n";
        let findings = compare(&packages(), table);
        assert_eq!(findings.violations, Vec::<String>::new());
        assert!(findings.looked_at.starts_with("2 libraries, 2 rows"));
    }

    #[test]
    fn missing_outdated_and_unused_rows_are_found() {
        let table = "| serde | 1.0.100 | data |\n| left-pad | 1.3.0 | ? |\n";
        let violations = compare(&packages(), table).violations;
        let named: Vec<bool> = ["rustls 0.23", "serde 1.0.229", "left-pad 1.3.0", "serde 1.0.100"]
            .iter()
            .map(|words| violations.iter().any(|violation| violation.contains(words)))
            .collect();
        assert_eq!((violations.len(), named), (4, vec![true; 4]));
    }
}
