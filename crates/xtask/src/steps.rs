//! Steps of a task, shown as they begin and end.

use std::time::{Duration, Instant};

use crate::failure::Result;

/// One step: what it is called and what it does.
pub(crate) struct Step<'a> {
    name: &'static str,
    work: Box<dyn FnOnce() -> Result<()> + 'a>,
}

impl<'a> Step<'a> {
    /// A step that is done by calling `work` once.
    pub(crate) fn new(name: &'static str, work: impl FnOnce() -> Result<()> + 'a) -> Self {
        Step { name, work: Box::new(work) }
    }
}

/// Does the steps in order and stops at the first that fails; prints each with its time.
pub(crate) fn run(steps: Vec<Step<'_>>) -> Result<()> {
    let total = steps.len();
    let started = now();
    for (number, step) in (1..).zip(steps) {
        let name = step.name;
        println!("[{number}/{total}] {name}");
        let began = now();
        let outcome = (step.work)();
        let end = if outcome.is_ok() { "" } else { ", failed" };
        println!("[{number}/{total}] {name} … {}{end}", in_words(began.elapsed()));
        outcome?;
    }
    println!("[{total}/{total}] in all … {}", in_words(started.elapsed()));
    Ok(())
}

/// Elapsed time for a person: tenths of a second while short, then minutes.
fn in_words(elapsed: Duration) -> String {
    match elapsed.as_secs() {
        seconds @ 0..10 => format!("{seconds}.{} s", elapsed.subsec_millis() / 100),
        seconds @ 10..60 => format!("{seconds} s"),
        seconds => format!("{} min {:02} s", seconds / 60, seconds % 60),
    }
}

#[allow(clippy::disallowed_methods, reason = "a task tells a person how long it takes")]
fn now() -> Instant {
    Instant::now()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::failure::Failure;

    #[test]
    fn times_read_well() {
        assert_eq!(in_words(Duration::from_millis(1_250)), "1.2 s");
        assert_eq!(in_words(Duration::from_secs(41)), "41 s");
        assert_eq!(in_words(Duration::from_secs(125)), "2 min 05 s");
    }

    #[test]
    fn a_failed_step_stops_the_ones_after_it() {
        let mut reached = false;
        let steps = vec![
            Step::new("fails", || Err(Failure::Found("broken".to_owned()))),
            Step::new("never", || {
                reached = true;
                Ok(())
            }),
        ];
        assert!(run(steps).is_err());
        assert!(!reached);
    }
}
