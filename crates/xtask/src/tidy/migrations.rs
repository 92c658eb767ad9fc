//! Released migrations keep their bytes: databases in the field have already run them.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use super::Findings;
use crate::failure::{Failure, Result};
use crate::workspace::Workspace;

/// The list, in the form that `sha256sum` reads; paths are relative to the folder.
const LIST: &str = "migrations/released.sha256";
const FOLDER: &str = "migrations";

/// SHA-256 in hexadecimal by path.
type Hashes = BTreeMap<String, String>;

/// Every listed migration must be there and unchanged.
pub(super) fn check(workspace: &Workspace) -> Result<Findings> {
    let released = released(workspace)?;
    Ok(compare(&released, &present(workspace)?))
}

/// Adds the hashes of new migrations to the list; refuses while a released one has changed.
pub(super) fn freeze(workspace: &Workspace) -> Result<()> {
    let mut released = released(workspace)?;
    let present = present(workspace)?;
    let violations = compare(&released, &present).violations;
    if !violations.is_empty() {
        return Err(Failure::Found(violations.join("\n")));
    }
    let before = released.len();
    released.extend(present);
    let list: String = released.iter().map(|(path, hash)| format!("{hash}  {path}\n")).collect();
    let path = workspace.path(LIST);
    std::fs::write(&path, list).map_err(Failure::file(&path))?;
    println!("{LIST}: {} migrations, {} of them new", released.len(), released.len() - before);
    Ok(())
}

fn compare(released: &Hashes, present: &Hashes) -> Findings {
    let mut findings = Findings::default();
    for (path, hash) in released {
        match present.get(path) {
            None => findings.violations.push(format!("{FOLDER}/{path} was released and is gone")),
            Some(now) if now != hash => findings.violations.push(format!(
                "{FOLDER}/{path} was released and has changed; put the change into a new file"
            )),
            Some(_) => {}
        }
    }
    let open: Vec<&str> =
        present.keys().filter(|path| !released.contains_key(*path)).map(String::as_str).collect();
    if !open.is_empty() {
        findings.notes.push(format!("not released yet: {}", open.join(", ")));
    }
    findings.looked_at = format!("{} released of {} migrations", released.len(), present.len());
    findings
}

fn released(workspace: &Workspace) -> Result<Hashes> {
    let path = workspace.path(LIST);
    if !path.exists() {
        return Ok(Hashes::new());
    }
    parse(&std::fs::read_to_string(&path).map_err(Failure::file(&path))?)
}

fn parse(list: &str) -> Result<Hashes> {
    list.lines()
        .map(|line| match line.split_once("  ") {
            Some((hash, path)) if hash.len() == 64 => Ok((path.to_owned(), hash.to_owned())),
            _ => Err(Failure::Found(format!("{LIST}: not a hash and a path: {line:?}"))),
        })
        .collect()
}

fn present(workspace: &Workspace) -> Result<Hashes> {
    let mut hashes = Hashes::new();
    for file in workspace.files()? {
        let Ok(relative) = file.strip_prefix(FOLDER) else { continue };
        if file.extension().is_some_and(|extension| extension == "sql") {
            let path = workspace.path(FOLDER).join(relative);
            let bytes = std::fs::read(&path).map_err(Failure::file(&path))?;
            hashes.insert(relative.display().to_string(), hex::encode(Sha256::digest(&bytes)));
        }
    }
    Ok(hashes)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A repository of one migration.
    fn repository(sql: &str) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(folder.path().join("migrations/device")).unwrap();
        write(&folder, sql);
        folder
    }

    fn write(folder: &tempfile::TempDir, sql: &str) {
        std::fs::write(folder.path().join("migrations/device/0001_start.sql"), sql).unwrap();
    }

    #[test]
    fn a_changed_released_migration_is_found() {
        let folder = repository("CREATE TABLE a(b INTEGER) STRICT;\n");
        let workspace = Workspace::at(folder.path());
        freeze(&workspace).unwrap();
        assert!(check(&workspace).unwrap().violations.is_empty());

        write(&folder, "CREATE TABLE a(b TEXT) STRICT;\n");
        let violations = check(&workspace).unwrap().violations;
        assert_eq!(violations.len(), 1);
        assert!(
            violations.first().unwrap().contains("0001_start.sql was released and has changed")
        );
        assert!(freeze(&workspace).is_err(), "a change cannot be frozen over");
    }

    #[test]
    fn a_removed_released_migration_is_found() {
        let folder = repository("SELECT 1;\n");
        let workspace = Workspace::at(folder.path());
        freeze(&workspace).unwrap();
        std::fs::remove_file(folder.path().join("migrations/device/0001_start.sql")).unwrap();
        assert_eq!(check(&workspace).unwrap().violations.len(), 1);
    }

    #[test]
    fn an_unreleased_migration_is_only_noted() {
        let folder = repository("SELECT 1;\n");
        let findings = check(&Workspace::at(folder.path())).unwrap();
        assert!(findings.violations.is_empty());
        assert_eq!(findings.notes, ["not released yet: device/0001_start.sql"]);
        assert_eq!(findings.looked_at, "0 released of 1 migrations");
    }

    #[test]
    fn a_broken_list_is_refused() {
        assert!(parse("abc  device/0001.sql\n").is_err());
    }
}
