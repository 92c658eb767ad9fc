//! Which package may name which: the rooms of the product and their only doors.

use super::Findings;
use crate::failure::Result;
use crate::workspace::{Package, Workspace};

/// What a package of ours may name among the packages of ours.
enum Allowed {
    Only(&'static [&'static str]),
    /// The tests enter by every public door.
    AllButTasks,
}

/// `domain ← {media, sync, store} ← app ← {window, host}`, and HQ beside app on the same three.
fn allowed(package: &str) -> Option<Allowed> {
    const LOWER: &[&str] =
        &["doorstep-domain", "doorstep-media", "doorstep-sync", "doorstep-store"];
    Some(match package {
        "doorstep-domain" | "xtask" => Allowed::Only(&[]),
        "doorstep-media" | "doorstep-sync" | "doorstep-store" => {
            Allowed::Only(&["doorstep-domain"])
        }
        "doorstep-app" | "doorstep-hq" => Allowed::Only(LOWER),
        "doorstep-host" | "doorstep" | "doorstep-tauri" => Allowed::Only(&["doorstep-app"]),
        "doorstep-tests" | "doorstep-sim" => Allowed::AllButTasks,
        _ => return None,
    })
}

/// Only the window names the windowing framework, so that the window can be replaced.
fn names_window_framework(dependency: &str) -> bool {
    matches!(dependency, "tauri" | "wry" | "tao") || dependency.starts_with("tauri-")
}

/// Checks all edges, those of tests and build scripts included.
pub(super) fn check(workspace: &Workspace) -> Result<Findings> {
    Ok(check_packages(&workspace.packages()?))
}

fn check_packages(packages: &[Package]) -> Findings {
    let ours = |name: &str| packages.iter().any(|package| package.name == name);
    let mut findings = Findings::default();
    let mut edges = 0;
    for Package { name, dependencies, .. } in packages {
        let Some(allowed) = allowed(name) else {
            findings
                .violations
                .push(format!("package {name} has no place in the dependency order"));
            continue;
        };
        for dependency in dependencies.iter().map(|dependency| &dependency.name) {
            if ours(dependency) {
                edges += 1;
                let fine = match allowed {
                    Allowed::Only(few) => few.contains(&dependency.as_str()),
                    Allowed::AllButTasks => dependency != "xtask",
                };
                if !fine {
                    findings.violations.push(format!("{name} must not depend on {dependency}"));
                }
            }
            let is_window = matches!(name.as_str(), "doorstep" | "doorstep-tauri");
            if names_window_framework(dependency) && !is_window {
                findings.violations.push(format!("{name} must not name {dependency}"));
            }
        }
    }
    findings.looked_at = format!("{edges} edges between {} packages", packages.len());
    if packages.is_empty() {
        findings.violations.push("the workspace has no package".to_owned());
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::Dependency;

    fn package(name: &str, dependencies: &[&str]) -> Package {
        Package {
            name: name.to_owned(),
            dependencies: dependencies
                .iter()
                .map(|name| Dependency { name: (*name).to_owned(), requirement: "*".to_owned() })
                .collect(),
            examples: Vec::new(),
        }
    }

    fn violations(packages: &[Package]) -> Vec<String> {
        check_packages(packages).violations
    }

    #[test]
    fn the_allowed_order_passes() {
        let packages = [
            package("doorstep-domain", &["serde"]),
            package("doorstep-store", &["doorstep-domain", "rusqlite"]),
            package("doorstep-app", &["doorstep-store", "doorstep-domain"]),
            package("doorstep-hq", &["doorstep-store", "doorstep-domain"]),
            package("doorstep", &["doorstep-app", "tauri", "tauri-build"]),
            package("doorstep-tests", &["doorstep-hq", "doorstep-app"]),
            package("xtask", &["serde_json"]),
        ];
        assert_eq!(violations(&packages), Vec::<String>::new());
        assert_eq!(check_packages(&packages).looked_at, "8 edges between 7 packages");
    }

    #[test]
    fn hq_on_app_is_found() {
        let packages = [package("doorstep-app", &[]), package("doorstep-hq", &["doorstep-app"])];
        assert_eq!(violations(&packages), ["doorstep-hq must not depend on doorstep-app"]);
    }

    #[test]
    fn sideways_and_upward_edges_are_found() {
        let packages = [
            package("doorstep-domain", &["doorstep-sync"]),
            package("doorstep-sync", &["doorstep-domain"]),
            package("doorstep-store", &["doorstep-sync"]),
            package("xtask", &["doorstep-domain"]),
        ];
        assert_eq!(violations(&packages).len(), 3);
    }

    #[test]
    fn the_window_framework_elsewhere_is_found() {
        let found = violations(&[package("doorstep-app", &["tauri-plugin-dialog"])]);
        assert_eq!(found, ["doorstep-app must not name tauri-plugin-dialog"]);
    }

    #[test]
    fn an_unknown_package_is_found() {
        assert_eq!(violations(&[package("doorstep-misc", &[])]).len(), 1);
    }
}
