//! How many tests ran, counted from what the runners print.

use std::fmt;

/// Counts over all test programs of a run.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Tally {
    /// Tests that passed.
    pub(crate) passed: u64,
    /// Tests that failed, timed out or could not be run.
    pub(crate) failed: u64,
    /// Tests left out by a filter.
    pub(crate) skipped: u64,
}

impl Tally {
    /// Takes in one line of output. Knows the closing lines of libtest (one for each program), of
    /// cargo-nextest (one for the run) and of Node's runner (one for each count); every other line
    /// counts nothing.
    pub(crate) fn take_in(&mut self, line: &str) {
        let line = line.trim();
        if let Some((what, number)) = line.strip_prefix("ℹ ").and_then(|of| of.split_once(' ')) {
            return self.count_of_node(what, number);
        }
        let counts = if let Some(result) = line.strip_prefix("test result: ") {
            result.split_once(". ").map(|(_, counts)| counts)
        } else if let Some(summary) = line.strip_prefix("Summary [") {
            summary.split_once(" run: ").map(|(_, counts)| counts)
        } else {
            None
        };
        for count in counts.map(without_brackets).unwrap_or_default().split([',', ';']) {
            let Some((number, what)) = count.trim().split_once(' ') else { continue };
            let Ok(number) = number.parse::<u64>() else { continue };
            match what {
                "passed" => self.passed += number,
                "failed" | "timed out" | "exec failed" => self.failed += number,
                "skipped" | "ignored" | "filtered out" => self.skipped += number,
                _ => {}
            }
        }
    }

    fn count_of_node(&mut self, what: &str, number: &str) {
        let Ok(number) = number.parse::<u64>() else { return };
        match what {
            "pass" => self.passed += number,
            "fail" | "cancelled" => self.failed += number,
            "skipped" | "todo" => self.skipped += number,
            _ => {}
        }
    }
}

/// Drops remarks such as `(1 slow, 1 leaky)`.
fn without_brackets(text: &str) -> String {
    let mut depth = 0_u32;
    text.chars()
        .filter(|character| match character {
            '(' => {
                depth += 1;
                false
            }
            ')' => {
                depth = depth.saturating_sub(1);
                false
            }
            _ => depth == 0,
        })
        .collect()
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "tests: {} passed, {} failed, {} skipped", self.passed, self.failed, self.skipped)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(lines: &[&str]) -> Tally {
        let mut tally = Tally::default();
        for line in lines {
            tally.take_in(line);
        }
        tally
    }

    #[test]
    fn nextest_is_counted() {
        let line = "     Summary [  12.3s] 12 tests run: 9 passed (2 slow, 1 leaky), 2 failed, 1 timed out, 4 skipped";
        assert_eq!(tally(&[line]), Tally { passed: 9, failed: 3, skipped: 4 });
        let line = "     Summary [   0.007s] 1 test run: 1 passed, 0 skipped";
        assert_eq!(tally(&[line]), Tally { passed: 1, failed: 0, skipped: 0 });
    }

    #[test]
    fn libtest_is_summed_over_programs() {
        let lines = [
            "test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 2 filtered out; finished in 0.00s",
            "test result: FAILED. 1 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s",
        ];
        assert_eq!(tally(&lines), Tally { passed: 4, failed: 1, skipped: 3 });
    }

    #[test]
    fn nodes_runner_is_summed_over_runs() {
        let lines = [
            "ℹ tests 5",
            "ℹ suites 1",
            "ℹ pass 3",
            "ℹ fail 1",
            "ℹ cancelled 1",
            "ℹ skipped 0",
            "ℹ todo 0",
            "ℹ duration_ms 814.2",
            "ℹ pass 2",
        ];
        assert_eq!(tally(&lines), Tally { passed: 5, failed: 2, skipped: 0 });
    }

    #[test]
    fn other_lines_count_nothing() {
        let lines = ["running 5 tests", "test a ... ok", "3 passed, 4 failed", ""];
        assert_eq!(tally(&lines), Tally::default());
    }
}
