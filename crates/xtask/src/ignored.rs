//! What the repository's `.gitignore` leaves out, so that a walk over its files needs no git.

use crate::failure::{Failure, Result};

/// The patterns of one `.gitignore` at the root: names, with a leading `/` only at the root, with
/// a trailing `*` any name that begins so, with a trailing `/` only folders (taken for any entry).
#[derive(Debug, Default)]
pub(crate) struct Ignored {
    patterns: Vec<Pattern>,
}

#[derive(Debug)]
struct Pattern {
    only_at_root: bool,
    start: String,
    whole: bool,
}

impl Ignored {
    /// Reads the patterns.
    ///
    /// # Errors
    /// [`Failure::Found`] for a form that is not understood; a walk must not guess.
    pub(crate) fn parse(gitignore: &str) -> Result<Self> {
        let lines = gitignore.lines().map(str::trim);
        let patterns = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
        Ok(Ignored { patterns: patterns.map(Pattern::parse).collect::<Result<_>>()? })
    }

    /// Whether an entry of this name is left out; `at_root` says where it stands.
    pub(crate) fn leaves_out(&self, name: &str, at_root: bool) -> bool {
        name == ".git" || self.patterns.iter().any(|pattern| pattern.matches(name, at_root))
    }
}

impl Pattern {
    fn parse(line: &str) -> Result<Self> {
        let (only_at_root, rest) =
            line.strip_prefix('/').map_or((false, line), |rest| (true, rest));
        let rest = rest.strip_suffix('/').unwrap_or(rest);
        let (start, whole) = rest.strip_suffix('*').map_or((rest, true), |start| (start, false));
        if start.is_empty() || start.contains(['/', '*', '?', '[', '!', '\\']) {
            return Err(Failure::Found(format!(
                ".gitignore: {line:?} is a form that xtask does not read; see ignored.rs"
            )));
        }
        Ok(Pattern { only_at_root, start: start.to_owned(), whole })
    }

    fn matches(&self, name: &str, at_root: bool) -> bool {
        let here = at_root || !self.only_at_root;
        let named = if self.whole { name == self.start } else { name.starts_with(&self.start) };
        here && named
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_starts_and_the_root_are_told_apart() {
        let ignored = Ignored::parse("# build\n/target\n/target-*\nnode_modules/\n").unwrap();
        assert!(ignored.leaves_out("target", true));
        assert!(ignored.leaves_out("target-x", true));
        assert!(!ignored.leaves_out("target", false));
        assert!(!ignored.leaves_out("targets", true));
        assert!(ignored.leaves_out("node_modules", false));
        assert!(ignored.leaves_out(".git", true));
    }

    #[test]
    fn a_form_that_is_not_understood_is_refused() {
        for pattern in ["a/b", "*.log", "!keep", "/"] {
            assert!(Ignored::parse(pattern).is_err(), "{pattern}");
        }
    }
}
