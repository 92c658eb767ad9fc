//! From the start of a process to today's list: the core, and a minimal program that opens the same
//! encrypted file and reads the same rows.

use doorstep_app::{App, host::SystemHost};
use doorstep_domain::time::UtcMs;
use doorstep_store::vault::Vault;
use doorstep_tests::{
    device::PIN,
    story::{DAY, offset_to_story_day},
};
use rusqlite::{Connection, OpenFlags};
use serde_json::json;
use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Command, Stdio},
    sync::Arc,
    time::{Duration, Instant},
};

use crate::figures::{median, ms, ratio};

/// Role of a child: the whole core.
pub const CORE: &str = "core";
/// Role of a child: the bare query.
pub const BARE: &str = "bare";
/// Role of a child: nothing at all.
pub const EMPTY: &str = "empty";
const ROUNDS: usize = 21;

/// The rows that today's list is made of.
const LIST: &str = "SELECT v.body, 'visit' FROM agenda a
        CROSS JOIN hq_row v ON v.kind = 'visit' AND v.id = a.visit WHERE a.day = ?1
    UNION ALL SELECT p.body, p.kind FROM agenda a
        CROSS JOIN hq_row v ON v.kind = 'visit' AND v.id = a.visit
        CROSS JOIN hq_row p ON p.kind = 'customer' AND p.id = unhex(v.body ->> 'customer', '-')
        WHERE a.day = ?1
    UNION ALL SELECT p.body, p.kind FROM agenda a
        CROSS JOIN hq_row v ON v.kind = 'visit' AND v.id = a.visit
        CROSS JOIN hq_row p ON p.kind = 'site' AND p.id = unhex(v.body ->> 'site', '-')
        WHERE a.day = ?1
    UNION ALL SELECT p.body, p.kind FROM agenda a
        CROSS JOIN hq_row v ON v.kind = 'visit' AND v.id = a.visit
        CROSS JOIN hq_row p ON p.kind = 'work_order' AND p.id = unhex(v.body ->> '$.work_orders[0]', '-')
        WHERE a.day = ?1";

/// What the processes took.
pub struct Measured {
    core: Duration,
    /// The bare query.
    pub bare: Duration,
    empty: Duration,
    pin: Duration,
    listed: usize,
    rows: usize,
}

/// Measures both in turn and prints the comparison.
pub fn compare(profile: &Path) {
    let measured = measure(profile);
    let ours = measured.without_pin();
    let Measured { core, bare, empty, pin, listed, rows } = measured;
    println!("Medians of {ROUNDS} processes each, in turn; the file lies in the system's cache.\n");
    println!("| from the start of the process | |\n|---|--:|");
    println!("| core: profile, PIN, store, today's list ({listed} visits) | {} |", ms(core));
    println!("| of which the PIN (Argon2id, 64 MiB, slow on purpose) | {} |", ms(pin));
    println!("| core without the PIN | {} |", ms(ours));
    println!("| bare: open the same file with the key, read the same {rows} rows | {} |", ms(bare));
    println!("| an empty process of the same program | {} |", ms(empty));
    println!("| **core without the PIN, beside bare** | **{}** |", ratio(ours, bare));
}

impl Measured {
    /// The core without the PIN.
    pub fn without_pin(&self) -> Duration {
        self.core.saturating_sub(self.pin)
    }
}

/// Measures the processes in turn.
pub fn measure(profile: &Path) -> Measured {
    let vault = Vault::in_folder(profile);
    let now = UtcMs(offset_to_story_day());
    let pin = || {
        let started = Instant::now();
        let key = vault.unlock(PIN, None, now).expect("the PIN is right");
        (started.elapsed(), key)
    };
    let key = hex::encode(pin().1.expose());
    let profile = profile.to_str().expect("a plain path");
    let (mut core, mut bare, mut empty) = (Vec::new(), Vec::new(), Vec::new());
    let mut pins = Vec::new();
    for _ in 0..ROUNDS {
        pins.push(pin().0);
        core.push(run(&[CORE, profile]));
        bare.push(run(&[BARE, profile, &key]));
        empty.push(run(&[EMPTY]));
    }
    let (rows, listed) = (bare[0].1, core[0].1);
    let whole = |runs: &[(Duration, usize)]| median(runs.iter().map(|run| run.0).collect());
    let (core, bare, empty) = (whole(&core), whole(&bare), whole(&empty));
    Measured { core, bare, empty, pin: median(pins), listed, rows }
}

fn run(arguments: &[&str]) -> (Duration, usize) {
    let program = std::env::current_exe().expect("this program");
    let started = Instant::now();
    let mut child = Command::new(program)
        .args(arguments)
        .stdout(Stdio::piped())
        .spawn()
        .expect("this program runs again");
    let mut text = String::new();
    let output = child.stdout.take().expect("piped");
    BufReader::new(output).read_line(&mut text).expect("it tells");
    let took = started.elapsed();
    let ended = child.wait().expect("it ends");
    assert!(ended.success(), "{arguments:?}: {ended}");
    (took, text.trim().parse().expect("a number"))
}

/// The core, as a shell starts it.
pub fn core(profile: &str) {
    crate::runtime().block_on(async {
        let host = SystemHost { clock_offset_ms: offset_to_story_day() };
        let app = App::open(Path::new(profile), Arc::new(host)).expect("the profile is free");
        app.call("unlock", json!({ "pin": PIN })).await.expect("the PIN is right");
        let list = app.call("today", json!({ "day": DAY })).await.expect("a list");
        println!("{}", crate::count(&list["visits"]));
        // Told, but not in the figure: a writer cut off by the end of `main` may end in a signal.
        app.call("lock", json!({})).await.expect("locked");
    });
}

/// The least a program can do for the same rows.
pub fn bare(profile: &str, key: &str) {
    let file = Path::new(profile).join("doorstep.db");
    let conn = Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY).expect("a file");
    conn.pragma_update(None, "key", format!("x'{key}'")).expect("a key");
    let mut statement = conn.prepare(LIST).expect("the tables are there");
    let rows = statement.query_map([DAY], |row| Ok(row.get::<_, String>(0)?.len())).expect("rows");
    println!("{}", rows.filter(|row| row.as_ref().is_ok_and(|bytes| *bytes > 0)).count());
}
