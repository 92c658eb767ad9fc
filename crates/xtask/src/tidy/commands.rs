//! Every command of the application is named in a test that enters by the command table.

use std::collections::BTreeSet;
use std::path::Path;

use super::Findings;
use crate::failure::Result;
use crate::workspace::Workspace;

const TABLE: &str = "crates/app/src/table.rs";

/// Reads the names in the `commands! { … }` block and looks for each in the test files.
pub(super) fn check(workspace: &Workspace) -> Result<Findings> {
    let Some(table) = read_if_there(workspace, TABLE)? else {
        return Ok(Findings { looked_at: format!("no {TABLE}"), ..Findings::default() });
    };
    let mut words = BTreeSet::new();
    for file in workspace.files()?.into_iter().filter(|file| is_test(file)) {
        let text = workspace.text_of(&file)?.unwrap_or_default();
        words.extend(identifiers(&text).map(str::to_owned));
    }
    Ok(commands_named_in_tests(&table, &words))
}

fn read_if_there(workspace: &Workspace, relative: &str) -> Result<Option<String>> {
    if !workspace.path(relative).exists() {
        return Ok(None);
    }
    workspace.text_of(Path::new(relative))
}

/// Rust files of the tests package and of any crate's `tests` folder.
fn is_test(file: &Path) -> bool {
    let parts: Vec<_> = file.iter().filter_map(|part| part.to_str()).collect();
    let in_tests = matches!(parts.as_slice(), ["tests", ..] | ["crates", _, "tests", ..]);
    in_tests && file.extension().is_some_and(|extension| extension == "rs")
}

fn commands_named_in_tests(table: &str, words: &BTreeSet<String>) -> Findings {
    let commands = commands_in(table);
    let violations = if commands.is_empty() {
        vec![format!("{TABLE} has no commands! {{ … }} block with an entry")]
    } else {
        commands
            .iter()
            .filter(|command| !words.contains(**command))
            .map(|command| format!("no test names the command {command}"))
            .collect()
    };
    let looked_at = format!("{} commands", commands.len());
    Findings { looked_at, violations, notes: Vec::new() }
}

/// The names of the entries `name(Request) -> Answer, …;` in the block. Comments are left out.
fn commands_in(table: &str) -> Vec<&str> {
    let Some((_, block)) = table.split_once("commands! {") else { return Vec::new() };
    let block = block.split_once("\n}").map_or(block, |(inside, _)| inside);
    block
        .lines()
        .filter_map(|line| line.trim().split_once('('))
        .map(|(name, _)| name)
        .filter(|name| !name.is_empty() && identifiers(name).next() == Some(name))
        .collect()
}

fn identifiers(text: &str) -> impl Iterator<Item = &str> {
    text.split(|character: char| !character.is_alphanumeric() && character != '_')
        .filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIXTURE: &str = "\
use crate::api;

commands! {
    /// Accepts a quote (both totals are signed).
    quote_accept(QuoteAccept) -> QuoteView, invalidates [Quotes, Orders];
    today_list() -> TodayList;
    // order_cancel(OrderCancel) -> OrderView;
}

fn after(call: u8) -> u8 { call }
";

    fn words(text: &str) -> BTreeSet<String> {
        identifiers(text).map(str::to_owned).collect()
    }

    #[test]
    fn entries_are_read_without_comments_and_code_after_the_block() {
        assert_eq!(commands_in(FIXTURE), ["quote_accept", "today_list"]);
    }

    #[test]
    fn a_command_that_no_test_names_is_found() {
        let tested = words("let view = host.call(\"today_list\", quote_accepted);");
        let findings = commands_named_in_tests(FIXTURE, &tested);
        assert_eq!(findings.violations, ["no test names the command quote_accept"]);
    }

    #[test]
    fn a_table_without_entries_is_found() {
        assert_eq!(commands_named_in_tests("fn nothing() {}", &words("")).violations.len(), 1);
    }

    #[test]
    fn test_files_are_told_from_sources() {
        assert!(is_test(Path::new("tests/src/door.rs")));
        assert!(is_test(Path::new("crates/app/tests/quote.rs")));
        assert!(!is_test(Path::new("crates/app/src/table.rs")));
    }
}
