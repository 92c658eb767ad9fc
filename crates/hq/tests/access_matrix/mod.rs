//! Who may write what and who receives what, as tables to be read by eye: they are written here once
//! more, not computed from the product's own. E = engineer, C = clerk, K = coordinator.

mod household;
mod intruders;
mod readers;
mod writers;

fn lines(table: &str) -> impl Iterator<Item = Vec<&str>> {
    table.lines().map(|line| line.split_whitespace().collect::<Vec<_>>()).filter(|l| !l.is_empty())
}
