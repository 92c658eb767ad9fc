//! What was measured, as Markdown.

use std::time::Duration;

use crate::meter::Traffic;

/// One piece of work done by one system.
#[derive(Debug, Clone)]
pub struct Figure {
    /// Which work.
    pub work: &'static str,
    /// Which system.
    pub who: String,
    /// Each measured round.
    pub walls: Vec<Duration>,
    /// Of one round.
    pub traffic: Option<Traffic>,
    /// Of one round, at the server.
    pub cpu: Option<Duration>,
    /// The server's peak, bytes.
    pub server_peak: Option<u64>,
    /// The client's peak, bytes.
    pub client_peak: Option<u64>,
    /// Records held at both ends afterwards; their hashes were equal.
    pub held: Option<usize>,
}

impl Figure {
    /// A figure of which only times are known yet.
    pub fn of(work: &'static str, who: &str, walls: Vec<Duration>) -> Figure {
        let who = who.to_owned();
        Figure {
            work,
            who,
            walls,
            traffic: None,
            cpu: None,
            server_peak: None,
            client_peak: None,
            held: None,
        }
    }

    /// The middle of the rounds.
    pub fn wall(&self) -> Duration {
        middle(self.walls.clone())
    }
}

/// The middle of several times; zero of none.
pub fn middle(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

/// A target beside what was measured.
#[derive(Debug, Clone)]
pub struct Goal {
    work: String,
    target: String,
    ours: String,
    peer: String,
    ratio: String,
    met: Option<bool>,
}

/// Collects figures and goals, and prints them.
#[derive(Debug, Default)]
pub struct Report {
    /// What was measured.
    pub figures: Vec<Figure>,
    goals: Vec<Goal>,
    /// Sentences below the tables.
    pub notes: Vec<String>,
}

impl Report {
    /// A goal: `met` is absent where there is nothing to compare with.
    pub fn goal(
        &mut self,
        work: &str,
        target: impl Into<String>,
        ours: impl Into<String>,
        peer: impl Into<String>,
        ratio: Option<f64>,
        met: Option<bool>,
    ) {
        let ratio = ratio.map_or_else(|| "–".to_owned(), |ratio| format!("{ratio:.2} ×"));
        let (work, target, ours, peer) = (work.to_owned(), target.into(), ours.into(), peer.into());
        let goal = Goal { work, target, ours, peer, ratio, met };
        // Whoever watches a long run, or one that fails later, sees what is known so far.
        eprintln!("{goal:?}");
        self.goals.push(goal);
    }

    /// Our time must be at most `limit` times a peer's.
    pub fn beside(
        &mut self,
        work: &str,
        target: &str,
        ours: Duration,
        peer: Option<(&str, Duration)>,
        limit: f64,
    ) {
        let Some((name, theirs)) = peer else {
            return self.goal(work, target, time(ours), "not run", None, None);
        };
        let ratio = ours.as_secs_f64() / theirs.as_secs_f64().max(1e-9);
        let peer = format!("{name} {}", time(theirs));
        self.goal(work, target, time(ours), peer, Some(ratio), Some(ratio <= limit));
    }

    /// Keeps a figure.
    pub fn keep(&mut self, figure: Figure) {
        eprintln!("{}, {}: {}", figure.work, figure.who, time(figure.wall()));
        self.figures.push(figure);
    }

    /// The figure of this work by this system.
    pub fn find(&self, work: &str, who: &str) -> Option<&Figure> {
        self.figures.iter().find(|one| one.work == work && one.who.starts_with(who))
    }

    /// Both tables and the notes.
    pub fn print(&self) {
        println!("| work | target | ours | peer | ratio | met |\n|---|---|--:|--:|--:|---|");
        for goal in &self.goals {
            let met = match goal.met {
                Some(true) => "yes",
                Some(false) => "**no**",
                None => "–",
            };
            let Goal { work, target, ours, peer, ratio, .. } = goal;
            println!("| {work} | {target} | {ours} | {peer} | {ratio} | {met} |");
        }
        println!(
            "\n| work | system | wall, median (fastest–slowest) | up | down | turns | server CPU | \
             server peak | client peak | records at both ends |\n|---|---|--:|--:|--:|--:|--:|--:|--:|--:|"
        );
        for one in &self.figures {
            let dash = || "–".to_owned();
            let fastest = one.walls.iter().min().copied().unwrap_or_default();
            let slowest = one.walls.iter().max().copied().unwrap_or_default();
            println!(
                "| {} | {} | {} ({}–{}) | {} | {} | {} | {} | {} | {} | {} |",
                one.work,
                one.who,
                time(one.wall()),
                time(fastest),
                time(slowest),
                one.traffic.map_or_else(dash, |t| bytes(t.up)),
                one.traffic.map_or_else(dash, |t| bytes(t.down)),
                one.traffic.map_or_else(dash, |t| t.turns.to_string()),
                one.cpu.map_or_else(dash, time),
                one.server_peak.map_or_else(dash, bytes),
                one.client_peak.map_or_else(dash, bytes),
                one.held.map_or_else(dash, |held| held.to_string()),
            );
        }
        for note in &self.notes {
            println!("\n{note}");
        }
    }
}

/// `1.23 s`, `12.3 ms`, `45 µs`.
pub fn time(time: Duration) -> String {
    let seconds = time.as_secs_f64();
    if seconds >= 1.0 {
        format!("{seconds:.2} s")
    } else if seconds >= 0.001 {
        format!("{:.1} ms", seconds * 1e3)
    } else {
        format!("{:.0} µs", seconds * 1e6)
    }
}

/// `1.2 MB`, `12.3 KB`, `345 B`.
pub fn bytes(count: u64) -> String {
    let amount = count as f64;
    if amount >= 1e6 {
        format!("{:.2} MB", amount / 1e6)
    } else if amount >= 1e3 {
        format!("{:.1} KB", amount / 1e3)
    } else {
        format!("{count} B")
    }
}
