//! Words that tie the repository to one machine: folders of a person's disk, hosts of registries.

use std::path::Path;

use super::Findings;
use crate::failure::Result;
use crate::workspace::Workspace;

/// Written in two halves, so that this file does not hold what it looks for.
const FORBIDDEN: [&str; 9] = [
    concat!("/wo", "rk/"),
    concat!("/fa", "rm/"),
    concat!("/ro", "ot/"),
    concat!("/ho", "me/"),
    concat!("static.crates", ".io"),
    concat!("index.crates", ".io"),
    concat!("registry.npm", "js"),
    concat!("py", "pi.org"),
    concat!("deb.debian", ".org"),
];

/// A folder beside the repository, which a clone does not have. Screens may well have a folder of
/// that name inside theirs.
const NEIGHBOUR: &str = concat!("../sha", "red");

/// Lock files name where packages came from; they are not prose.
const LOCK_FILES: [&str; 2] = ["Cargo.lock", "package-lock.json"];

/// Reads every text file of the repository.
pub(super) fn check(workspace: &Workspace) -> Result<Findings> {
    let mut findings = Findings::default();
    let (mut texts, mut binaries) = (0, 0);
    for file in workspace.files()? {
        if LOCK_FILES.iter().any(|name| file.ends_with(name)) {
            continue;
        }
        match workspace.text_of(&file)? {
            Some(text) => {
                texts += 1;
                findings.violations.extend(forbidden_in(&file, &text));
            }
            None => binaries += 1,
        }
    }
    findings.looked_at = format!("{texts} text files ({binaries} binary ones passed over)");
    Ok(findings)
}

fn forbidden_in(file: &Path, text: &str) -> Vec<String> {
    let neighbour = (!file.starts_with("ui")).then_some(NEIGHBOUR);
    (1..)
        .zip(text.lines())
        .flat_map(|(number, line)| {
            FORBIDDEN
                .into_iter()
                .chain(neighbour)
                .filter(|words| line.contains(words))
                .map(move |words| format!("{}:{number} holds {words:?}", file.display()))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn machine_paths_and_hosts_are_found_with_their_line() {
        let text = ["fine", FORBIDDEN[0], FORBIDDEN[6]].join("\n");
        let found = forbidden_in(Path::new("docs/a.md"), &text);
        assert_eq!(found.len(), 2);
        assert!(found.first().unwrap().starts_with("docs/a.md:2 "));
    }

    #[test]
    fn ordinary_words_pass() {
        let text = "a work order, network/socket, /work-orders, https://example.org/homes/";
        assert!(forbidden_in(Path::new("docs/a.md"), text).is_empty());
    }

    #[test]
    fn screens_may_share_a_folder_of_their_own() {
        let import = format!("import x from '{NEIGHBOUR}/x'");
        assert!(forbidden_in(Path::new("ui/src/a.ts"), &import).is_empty());
        assert_eq!(forbidden_in(Path::new("crates/a.rs"), &import).len(), 1);
    }
}
