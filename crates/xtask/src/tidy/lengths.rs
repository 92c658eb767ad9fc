//! Files that grow long are named, so that someone asks whether they still do one thing.

use std::path::Path;

use super::Findings;
use crate::failure::Result;
use crate::workspace::Workspace;

const LONG: usize = 400;

/// Counts the lines of every source file; long ones are notes, never violations.
pub(super) fn check(workspace: &Workspace) -> Result<Findings> {
    let mut long = Vec::new();
    let mut sources = 0;
    for file in workspace.files()?.into_iter().filter(|file| is_source(file)) {
        sources += 1;
        let lines = workspace.text_of(&file)?.unwrap_or_default().lines().count();
        if lines > LONG {
            long.push((lines, file));
        }
    }
    long.sort();
    let notes = long.iter().rev().map(|(lines, file)| format!("{lines} lines: {}", file.display()));
    Ok(Findings {
        looked_at: format!("{sources} source files, {} over {LONG} lines", long.len()),
        violations: Vec::new(),
        notes: notes.collect(),
    })
}

fn is_source(file: &Path) -> bool {
    let extension = file.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    let generated = file.components().any(|part| part.as_os_str() == "generated");
    ["rs", "ts", "tsx", "css", "sql"].contains(&extension) && !generated
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_file_is_noted_and_a_generated_one_is_not() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(folder.path().join("generated")).unwrap();
        for name in ["long.rs", "generated/long.ts"] {
            std::fs::write(folder.path().join(name), "\n".repeat(LONG + 1)).unwrap();
        }
        std::fs::write(folder.path().join("short.rs"), "\n".repeat(LONG)).unwrap();
        let findings = check(&Workspace::at(folder.path())).unwrap();
        assert_eq!(findings.notes, ["401 lines: long.rs"]);
        assert!(findings.looked_at.starts_with("2 source files"));
    }
}
