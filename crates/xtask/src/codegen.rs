//! `cargo xtask codegen`: the TypeScript types of the command table, committed and compared.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::failure::{Failure, Result};
use crate::process;
use crate::workspace::Workspace;

/// Where the types are committed.
const COMMITTED: &str = "ui/src/generated";
/// The example of `doorstep-app` that writes them.
const GENERATOR: &str = "codegen";

/// Writes the types anew; files that are no longer generated are removed.
pub(crate) fn write(workspace: &Workspace) -> Result<()> {
    let files = generate(workspace)?;
    let committed = workspace.path(COMMITTED);
    if committed.exists() {
        std::fs::remove_dir_all(&committed).map_err(Failure::file(&committed))?;
    }
    for (relative, text) in &files {
        let path = committed.join(relative);
        let folder = path.parent().unwrap_or(&committed);
        std::fs::create_dir_all(folder).map_err(Failure::file(folder))?;
        std::fs::write(&path, text).map_err(Failure::file(&path))?;
    }
    println!("codegen: wrote {} files to {COMMITTED}", files.len());
    Ok(())
}

/// Checks that the committed types are those of the code.
pub(crate) fn check(workspace: &Workspace) -> Result<()> {
    let committed = workspace.path(COMMITTED);
    if !committed.exists() {
        println!("codegen: skipped, {COMMITTED} does not exist");
        return Ok(());
    }
    let generated = generate(workspace)?;
    let differences = differences(&generated, &read_all(&committed)?);
    println!("codegen: compared {} files", generated.len());
    if differences.is_empty() {
        return Ok(());
    }
    let list = differences.join("\n  ");
    Err(Failure::Found(format!(
        "{COMMITTED} is not what the code generates; run `cargo xtask codegen`:\n  {list}"
    )))
}

/// Runs the generator into a fresh folder. It takes the folder as its only argument.
fn generate(workspace: &Workspace) -> Result<BTreeMap<PathBuf, String>> {
    let folder = workspace.target_directory()?.join("codegen");
    if folder.exists() {
        std::fs::remove_dir_all(&folder).map_err(Failure::file(&folder))?;
    }
    std::fs::create_dir_all(&folder).map_err(Failure::file(&folder))?;
    // Built with the whole workspace, so that the dependencies of every other step are used again.
    let build = ["build", "--quiet", "--locked", "--workspace", "--example", GENERATOR];
    process::run(&mut workspace.cargo(&build))?;
    let generator = workspace.target_directory()?.join("debug/examples").join(GENERATOR);
    process::run(workspace.program(generator).arg(&folder))?;
    let files = read_all(&folder)?;
    if files.is_empty() {
        return Err(Failure::Found(format!("the generator wrote nothing to {}", folder.display())));
    }
    Ok(files.into_iter().map(|(path, text)| (path, formatted(&text))).collect())
}

/// One form whatever the generator's habits: no trailing blanks, one newline at the end.
fn formatted(text: &str) -> String {
    let mut formatted: String =
        text.trim_end().lines().map(|line| format!("{}\n", line.trim_end())).collect();
    if formatted.is_empty() {
        formatted.push('\n');
    }
    formatted
}

fn read_all(folder: &Path) -> Result<BTreeMap<PathBuf, String>> {
    let mut files = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(current) = folders.pop() {
        for entry in std::fs::read_dir(&current).map_err(Failure::file(&current))? {
            let path = entry.map_err(Failure::file(&current))?.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let text = std::fs::read_to_string(&path).map_err(Failure::file(&path))?;
                let relative = path.strip_prefix(folder).unwrap_or(&path).to_owned();
                files.insert(relative, text);
            }
        }
    }
    Ok(files)
}

fn differences(
    generated: &BTreeMap<PathBuf, String>,
    committed: &BTreeMap<PathBuf, String>,
) -> Vec<String> {
    let missing_or_changed =
        generated.iter().filter_map(|(path, text)| match committed.get(path) {
            None => Some(format!("{}: not committed", path.display())),
            Some(other) if other != text => Some(format!("{}: differs", path.display())),
            Some(_) => None,
        });
    let stale = committed
        .keys()
        .filter(|path| !generated.contains_key(*path))
        .map(|path| format!("{}: no longer generated", path.display()));
    missing_or_changed.chain(stale).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(files: &[(&str, &str)]) -> BTreeMap<PathBuf, String> {
        files.iter().map(|(path, text)| (PathBuf::from(path), (*text).to_owned())).collect()
    }

    #[test]
    fn equal_sets_do_not_differ() {
        let set = files(&[("Quote.ts", "export type Quote = 1;\n")]);
        assert!(differences(&set, &set).is_empty());
    }

    #[test]
    fn changed_missing_and_stale_files_are_named() {
        let generated = files(&[("A.ts", "1"), ("B.ts", "2")]);
        let committed = files(&[("A.ts", "9"), ("C.ts", "3")]);
        let found = differences(&generated, &committed);
        assert_eq!(found, ["A.ts: differs", "B.ts: not committed", "C.ts: no longer generated"]);
    }

    #[test]
    fn formatting_is_stable() {
        let once = formatted("a  \nb\n\n\n");
        assert_eq!(once, "a\nb\n");
        assert_eq!(formatted(&once), once);
    }
}
