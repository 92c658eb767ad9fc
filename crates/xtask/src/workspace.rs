//! The repository: where it is, its packages, its files, and how cargo is called in it.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::failure::{Failure, Result};
use crate::ignored::Ignored;
use crate::process;

/// The repository that this program was built from.
pub(crate) struct Workspace {
    root: PathBuf,
    /// Whether our own packages are compiled by clippy's driver, which lints what it compiles.
    linted: bool,
    /// Whether cargo is kept from writing what would make a second build of our packages faster.
    built_once: bool,
}

/// A package of the workspace, as `cargo metadata` tells it.
#[derive(Debug)]
pub(crate) struct Package {
    /// Its name in `Cargo.toml`.
    pub(crate) name: String,
    /// The packages it names directly, of any kind (normal, dev, build).
    pub(crate) dependencies: Vec<Dependency>,
    /// The names of its example targets.
    pub(crate) examples: Vec<String>,
}

/// A package named by another.
#[derive(Debug)]
pub(crate) struct Dependency {
    /// Its name in the registry or the workspace.
    pub(crate) name: String,
    /// The versions asked for, as cargo writes them: `=1.2.3`, `^0.23`, `*` for a path.
    pub(crate) requirement: String,
}

impl Workspace {
    /// The workspace two folders above this crate.
    pub(crate) fn of_this_build() -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2);
        Workspace {
            root: root.unwrap_or(Path::new(".")).to_owned(),
            linted: false,
            built_once: false,
        }
    }

    /// The same workspace, its packages linted whenever cargo compiles one. `cargo clippy` would
    /// check every dependency a second time beside the build: six minutes on two cores.
    ///
    /// Where nobody has built our packages for development yet, as on a machine that tests a change
    /// once, they are compiled without incremental data: a fifth less work.
    pub(crate) fn linted(&self) -> Result<Self> {
        let incremental = self.target_directory()?.join("debug/incremental");
        let entries = std::fs::read_dir(incremental).into_iter().flatten().flatten();
        let built =
            |entry: std::fs::DirEntry| entry.file_name().to_string_lossy().starts_with("doorstep");
        let built_once = !entries.into_iter().any(built);
        Ok(Workspace { root: self.root.clone(), linted: true, built_once })
    }

    /// A workspace elsewhere, for tests.
    #[cfg(test)]
    pub(crate) fn at(root: &Path) -> Self {
        Workspace { root: root.to_owned(), linted: false, built_once: false }
    }

    /// An absolute path from one relative to the root.
    pub(crate) fn path(&self, relative: &str) -> PathBuf {
        self.root.join(relative)
    }

    /// `cargo` at the root, without standard input.
    ///
    /// What `cargo run` told this program about itself is taken out of the environment: some build
    /// scripts would rebuild when they see it change.
    pub(crate) fn cargo(&self, arguments: &[&str]) -> Command {
        let mut command = self.program(std::env::var_os("CARGO").unwrap_or("cargo".into()));
        command.args(arguments);
        for (name, _) in std::env::vars_os() {
            let text = name.to_string_lossy();
            if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") {
                command.env_remove(&name);
            }
        }
        if self.linted {
            command.env("RUSTC_WORKSPACE_WRAPPER", "clippy-driver");
        }
        if self.built_once {
            command.env("CARGO_INCREMENTAL", "0");
        }
        command
    }

    /// Any program at the root, without standard input.
    pub(crate) fn program(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        command.current_dir(&self.root).stdin(Stdio::null());
        command
    }

    /// The packages of the workspace.
    pub(crate) fn packages(&self) -> Result<Vec<Package>> {
        packages_in(&self.metadata()?)
    }

    /// Where cargo puts what it builds.
    pub(crate) fn target_directory(&self) -> Result<PathBuf> {
        let metadata = self.metadata()?;
        Ok(PathBuf::from(text(&metadata, "target_directory")?))
    }

    fn metadata(&self) -> Result<Value> {
        let arguments = ["metadata", "--format-version", "1", "--no-deps"];
        let json = process::output(&mut self.cargo(&arguments))?;
        serde_json::from_str(&json)
            .map_err(|error| Failure::Found(format!("cargo metadata is not JSON: {error}")))
    }

    /// All files of the repository, relative to the root, sorted; what `.gitignore` leaves out is
    /// not among them.
    pub(crate) fn files(&self) -> Result<Vec<PathBuf>> {
        let ignored = self.ignored()?;
        let mut files = Vec::new();
        let mut folders = vec![self.root.clone()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(&folder).map_err(Failure::file(&folder))? {
                let entry = entry.map_err(Failure::file(&folder))?;
                let name = entry.file_name();
                if ignored.leaves_out(&name.to_string_lossy(), folder == self.root) {
                    continue;
                }
                let path = entry.path();
                let kind = entry.file_type().map_err(Failure::file(&path))?;
                if kind.is_dir() {
                    folders.push(path);
                } else if kind.is_file() {
                    files.push(path.strip_prefix(&self.root).unwrap_or(&path).to_owned());
                }
            }
        }
        files.sort();
        Ok(files)
    }

    fn ignored(&self) -> Result<Ignored> {
        let path = self.path(".gitignore");
        if !path.exists() {
            return Ok(Ignored::default());
        }
        Ignored::parse(&std::fs::read_to_string(&path).map_err(Failure::file(&path))?)
    }

    /// The text of a file given relative to the root; `None` when it is not UTF-8.
    pub(crate) fn text_of(&self, relative: &Path) -> Result<Option<String>> {
        let path = self.root.join(relative);
        let bytes = std::fs::read(&path).map_err(Failure::file(&path))?;
        Ok(String::from_utf8(bytes).ok())
    }
}

fn packages_in(metadata: &Value) -> Result<Vec<Package>> {
    list(metadata, "packages")?
        .iter()
        .map(|package| {
            let dependencies = list(package, "dependencies")?;
            let examples = list(package, "targets")?.iter().filter(|target| {
                target
                    .get("kind")
                    .and_then(Value::as_array)
                    .is_some_and(|kinds| kinds.iter().any(|kind| kind.as_str() == Some("example")))
            });
            Ok(Package {
                name: text(package, "name")?,
                dependencies: dependencies.iter().map(dependency_in).collect::<Result<_>>()?,
                examples: examples.map(|one| text(one, "name")).collect::<Result<_>>()?,
            })
        })
        .collect()
}

fn dependency_in(dependency: &Value) -> Result<Dependency> {
    Ok(Dependency { name: text(dependency, "name")?, requirement: text(dependency, "req")? })
}

fn list<'a>(value: &'a Value, key: &str) -> Result<&'a Vec<Value>> {
    value
        .get(key)
        .and_then(Value::as_array)
        .ok_or_else(|| Failure::Found(format!("cargo metadata has no list {key:?}")))
}

fn text(value: &Value, key: &str) -> Result<String> {
    value
        .get(key)
        .and_then(Value::as_str)
        .map(str::to_owned)
        .ok_or_else(|| Failure::Found(format!("cargo metadata has no text {key:?}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_git_ignores_is_not_ours() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(".gitignore"), "/target-*\nnode_modules\n").unwrap();
        for path in ["src/a.rs", "target-x/b.rs", "ui/node_modules/c.ts", ".git/config"] {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "").unwrap();
        }
        let files = Workspace::at(folder.path()).files().unwrap();
        assert_eq!(files, [PathBuf::from(".gitignore"), PathBuf::from("src/a.rs")]);
    }

    #[test]
    fn packages_are_read_from_metadata() {
        let metadata = serde_json::json!({"packages": [{
            "name": "a",
            "dependencies": [{"name": "b", "req": "=1.0.0", "kind": "dev"}],
            "targets": [{"kind": ["lib"], "name": "a"}, {"kind": ["example"], "name": "e"}],
        }]});
        let packages = packages_in(&metadata).unwrap();
        let package = packages.first().unwrap();
        let dependency = package.dependencies.first().unwrap();
        assert_eq!((&*dependency.name, &*dependency.requirement), ("b", "=1.0.0"));
        assert_eq!(package.examples, ["e"]);
    }
}
