//! Our figures beside the peers', and both beside the targets.

use std::time::Duration;

use crate::{
    DELTA, FIRST, NOTHING,
    many::verification,
    ours, peers,
    rows::Bench,
    table::{Report, bytes, time},
};

impl Bench {
    /// The goals that name peers.
    pub fn compare(&mut self, done: &[(&'static str, Result<peers::Done, String>)]) {
        let wall = |work: &str, who: &str| -> Option<Duration> {
            let found = done.iter().find(|(name, _)| *name == who)?.1.as_ref().ok()?;
            Some(found.figures.iter().find(|one| one.work == work)?.wall())
        };
        let cpu = |who: &str| -> Option<Duration> {
            let found = done.iter().find(|(name, _)| *name == who)?.1.as_ref().ok()?;
            found.figures.iter().find(|one| one.work == NOTHING)?.cpu
        };
        let one = verification(&self.near);
        let report = &mut self.report;
        let mine = |report: &Report, work: &str, who: &str| {
            report.find(work, who).cloned().expect("our own row")
        };
        let listed = mine(report, FIRST, "Doorstep, list").wall();
        let complete = mine(report, FIRST, "Doorstep, complete").wall();
        let named = |who: &'static str, wall: Option<Duration>| wall.map(|wall| (who, wall));
        let anki = wall(FIRST, "Anki");
        report.beside("first sync: list usable", "≤ Anki", listed, named("Anki", anki), 1.0);
        let work = "first sync: every document complete";
        report.beside(work, "≤ 3 × Anki", complete, named("Anki", anki), 3.0);
        let slower = [("PouchDB", "≥ 2 × faster", 0.5), ("samod", "≥ 25 × faster", 0.04)];
        for (who, target, limit) in slower {
            report.beside(work, target, complete, named(who, wall(FIRST, who)), limit);
        }
        let nothing = mine(report, NOTHING, "Doorstep");
        let turns = nothing.traffic.map_or(0, |traffic| traffic.turns);
        report.goal(
            "nothing changed",
            "1 round trip",
            turns.to_string(),
            "–",
            None,
            Some(turns == 1),
        );
        let used = nothing.cpu.unwrap_or_default();
        report.beside("nothing changed: HQ's CPU", "≤ Anki", used, named("Anki", cpu("Anki")), 1.0);
        let delta = mine(report, DELTA, "Doorstep");
        let traffic = delta.traffic.unwrap_or_default();
        let ours = format!("{} turns, {}", traffic.turns, bytes(traffic.up + traffic.down));
        let fits = traffic.turns <= 2 && traffic.up + traffic.down <= 25_000;
        report.goal("a day's delta", "≤ 2 round trips, ≤ 25 KB", ours, "–", None, Some(fits));
        let verifying = one * u32::try_from(ours::CHANGED).unwrap_or(1);
        let limit = wall(DELTA, "Anki").map(|anki| anki * 2 + verifying);
        let target = format!("≤ 2 × Anki + verifying 20 documents ({})", time(verifying));
        report.beside("a day's delta", &target, delta.wall(), named("limit", limit), 1.0);
        let short = delta.wall() <= Duration::from_millis(60);
        report.goal("a day's delta", "≤ 60 ms", time(delta.wall()), "–", None, Some(short));
        for work in ["growth: nothing new", "growth: 20 up and 20 down"] {
            let cpu = |held| report.find(work, held).and_then(|one| one.cpu);
            let ends = (cpu("Doorstep, 1,000"), cpu("Doorstep, 100,000"));
            let (Some(few), Some(many)) = ends else { continue };
            let ratio = many.as_secs_f64() / few.as_secs_f64();
            let target = "HQ's CPU follows what changed, not what is held";
            let peer = format!("1,000 held: {}", time(few));
            let ours = format!("100,000 held: {}", time(many));
            report.goal(work, target, ours, peer, Some(ratio), Some(ratio <= 1.25));
        }
        for (name, done) in done {
            match done {
                Ok(done) => {
                    done.figures.iter().cloned().for_each(|figure| report.keep(figure));
                    report.notes.push(format!("{name}: {}.", done.versions));
                    report.notes.extend(done.not_run.iter().cloned());
                }
                Err(why) => report.notes.push(format!("{name}: not run: {why}")),
            }
        }
    }
}
