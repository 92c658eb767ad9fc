//! The core must build for Android and iOS: no desktop-only crate in its dependency graph there.

use std::collections::BTreeSet;

use super::Findings;
use crate::failure::Result;
use crate::process;
use crate::workspace::Workspace;

const MOBILE_TARGET: &str = "aarch64-linux-android";

/// Crates that bind the desktop's window system, its web view, its bus or its tray.
const DESKTOP_ONLY: [&str; 15] = [
    "atk",
    "cairo-",
    "dbus",
    "gdk",
    "gio",
    "glib",
    "gtk",
    "javascriptcore-rs",
    "libdbus",
    "pango",
    "soup3",
    "wayland-",
    "webkit2gtk",
    "x11",
    "zbus",
];

/// Packages that run on a tablet's system; those not in the workspace are passed over.
const MOBILE: [&str; 3] = ["doorstep-app", "doorstep", "doorstep-tauri"];

/// Resolves the graph for Android without building it.
pub(super) fn check(workspace: &Workspace) -> Result<Findings> {
    let mut findings = Findings::default();
    let mut looked_at = Vec::new();
    for package in workspace.packages()? {
        if !MOBILE.contains(&package.name.as_str()) {
            continue;
        }
        let arguments = ["tree", "--locked", "-p", &package.name, "-e", "normal"];
        let form = ["--target", MOBILE_TARGET, "--prefix", "none", "--format", "{p}"];
        let tree = process::output(&mut workspace.cargo(&[&arguments[..], &form].concat()))?;
        let crates = crates_in(&tree);
        looked_at.push(format!("{} crates under {}", crates.len(), package.name));
        findings.violations.extend(
            crates
                .iter()
                .filter(|name| is_desktop_only(name))
                .map(|name| format!("{} draws in {name} on {MOBILE_TARGET}", package.name)),
        );
    }
    findings.looked_at = looked_at.join(", ");
    if looked_at.is_empty() {
        findings.violations.push("no package for tablets was found".to_owned());
    }
    Ok(findings)
}

fn crates_in(tree: &str) -> BTreeSet<&str> {
    tree.lines().filter_map(|line| line.split_whitespace().next()).collect()
}

fn is_desktop_only(name: &str) -> bool {
    DESKTOP_ONLY.iter().any(|start| name.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn desktop_crates_are_found_in_a_tree() {
        let tree = "doorstep v0.1.0\nserde v1.0.0\nwebkit2gtk-sys v2.0.2\nserde v1.0.0 (*)\n";
        let crates = crates_in(tree);
        assert_eq!(crates.len(), 3);
        let found: Vec<_> = crates.into_iter().filter(|name| is_desktop_only(name)).collect();
        assert_eq!(found, ["webkit2gtk-sys"]);
    }
}
