//! One file of the screens speaks to the window; all others would run in a plain browser.

use std::path::Path;

use super::Findings;
use crate::failure::Result;
use crate::workspace::Workspace;

const WINDOW_FILE: &str = "ui/src/platform/tauri.ts";
const WINDOW_PACKAGES: &str = "@tauri-apps/";

/// Looks at every script of the screens.
pub(super) fn check(workspace: &Workspace) -> Result<Findings> {
    if !workspace.path("ui").exists() {
        return Ok(Findings { looked_at: "no ui folder".to_owned(), ..Findings::default() });
    }
    let mut scripts = Vec::new();
    for file in workspace.files()?.into_iter().filter(|file| is_script(file)) {
        let text = workspace.text_of(&file)?.unwrap_or_default();
        scripts.push((file.display().to_string(), text));
    }
    Ok(check_scripts(&scripts))
}

fn is_script(file: &Path) -> bool {
    let extension = file.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    file.starts_with("ui/src") && ["ts", "tsx", "js", "jsx", "mjs"].contains(&extension)
}

fn check_scripts(scripts: &[(String, String)]) -> Findings {
    let violations = scripts
        .iter()
        .filter(|(path, text)| path != WINDOW_FILE && text.contains(WINDOW_PACKAGES))
        .map(|(path, _)| format!("{path} imports the window's packages; only {WINDOW_FILE} may"))
        .collect();
    let looked_at = format!("{} scripts", scripts.len());
    Findings { looked_at, violations, notes: Vec::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_import_outside_the_window_file_is_found() {
        let script = |path: &str| {
            (path.to_owned(), "import { invoke } from '@tauri-apps/api/core';".to_owned())
        };
        let findings = check_scripts(&[script(WINDOW_FILE), script("ui/src/screens/Today.tsx")]);
        assert_eq!(findings.violations.len(), 1);
        assert!(findings.violations.first().unwrap().starts_with("ui/src/screens/Today.tsx"));
    }
}
