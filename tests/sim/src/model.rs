//! What the people of a story were told: edits and claims their screens called saved, and what HQ
//! said about them.

use memchr::memmem;
use rusqlite::Connection;
use std::collections::{BTreeMap, BTreeSet};

use crate::device::Device;

/// Text that stands for one edit or claim and is found again in whatever holds it.
pub type Token = String;

/// First instant of planned slots; each plan takes the next ms, which makes it a token.
pub const PLAN_BASE: i64 = 1_790_000_000_000;

/// Something a screen called saved.
#[derive(Debug, Clone)]
pub struct Saved {
    /// The device.
    pub slot: usize,
    /// Whether it is a claim.
    pub claim: bool,
}

/// What a claim's decision was when HQ first told it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// Which claim.
    pub kind: String,
    /// The decision.
    pub decision: String,
    /// When.
    pub at: i64,
    /// What was claimed.
    pub tokens: BTreeSet<Token>,
}

/// What HQ's ledger holds of the story.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ledger {
    /// Edits in documents.
    pub edits: BTreeSet<Token>,
    /// Decisions by claim.
    pub decisions: BTreeMap<Vec<u8>, Told>,
    /// The newest change read.
    stamp: i64,
    /// Refused pushes read.
    refused: BTreeSet<Vec<u8>>,
    /// Edits refused, whose bytes HQ keeps.
    pub refused_edits: BTreeSet<Token>,
}

/// What was saved and what may be missing.
#[derive(Debug, Default)]
pub struct Model {
    /// Everything a screen called saved.
    pub saved: BTreeMap<Token, Saved>,
    /// What HQ confirmed, as last read.
    pub ledger: Ledger,
    /// What an old copy of a profile or of the ledger may have taken away.
    pub forgiven: BTreeSet<Token>,
    next: u64,
}

impl Model {
    /// A new token.
    pub fn token(&mut self) -> Token {
        self.next += 1;
        format!("tk{:06}", self.next)
    }

    /// A new instant for a plan, which is its token.
    pub fn plan_start(&mut self) -> i64 {
        self.next += 1;
        PLAN_BASE + i64::try_from(self.next).unwrap_or(0)
    }
}

/// Every token in some bytes.
pub fn tokens_in(bytes: &[u8]) -> BTreeSet<Token> {
    let mut found = BTreeSet::new();
    let take = |from: usize, head: &[u8], length: usize| {
        let piece = bytes.get(from..from + length)?;
        let digits = piece.strip_prefix(head)?;
        digits.iter().all(u8::is_ascii_digit).then(|| String::from_utf8_lossy(piece).into_owned())
    };
    for (head, length) in [(&b"tk"[..], 8), (b"1790", 13)] {
        found.extend(memmem::find_iter(bytes, head).filter_map(|from| take(from, head, length)));
    }
    found
}

impl Ledger {
    /// Reads on; what is known already is not read again.
    pub fn read_on(&mut self, conn: &Connection) -> rusqlite::Result<()> {
        let mut changes =
            conn.prepare_cached("SELECT stamp, bytes FROM doc_change WHERE stamp > ?1")?;
        let mut rows = changes.query([self.stamp])?;
        let mut newest = self.stamp;
        while let Some(row) = rows.next()? {
            newest = newest.max(row.get(0)?);
            self.edits.extend(tokens_in(&row.get::<_, Vec<u8>>(1)?));
        }
        self.stamp = newest;
        let mut refused = conn.prepare_cached("SELECT id, bytes FROM refused_push")?;
        let mut rows = refused.query([])?;
        while let Some(row) = rows.next()? {
            if !self.refused.insert(row.get(0)?) {
                continue;
            }
            self.refused_edits.extend(tokens_in(&row.get::<_, Vec<u8>>(1)?));
        }
        let mut claims =
            conn.prepare_cached("SELECT key, decision, decided_at, claim, kind FROM command")?;
        let mut rows = claims.query([])?;
        while let Some(row) = rows.next()? {
            let told = Told {
                kind: row.get(4)?,
                decision: row.get(1)?,
                at: row.get(2)?,
                tokens: tokens_in(row.get::<_, String>(3)?.as_bytes()),
            };
            self.decisions.insert(row.get(0)?, told);
        }
        Ok(())
    }

    /// Everything from the beginning.
    pub fn read(conn: &Connection) -> rusqlite::Result<Ledger> {
        let mut ledger = Ledger::default();
        ledger.read_on(conn)?;
        Ok(ledger)
    }

    /// Whether HQ holds what this token stands for.
    pub fn holds(&self, token: &str) -> bool {
        self.edits.contains(token)
            || self.decisions.values().any(|told| told.tokens.contains(token))
    }

    /// The first thing that `later` lacks or tells otherwise.
    pub fn contradicted_by(&self, later: &Ledger) -> Option<String> {
        if let Some(lost) = self.edits.difference(&later.edits).next() {
            return Some(format!("HQ held the edit {lost} and does no more"));
        }
        for (key, told) in &self.decisions {
            match later.decisions.get(key) {
                None => return Some(format!("HQ decided claim {:?} and forgot it", told.tokens)),
                Some(other) if other != told => {
                    return Some(format!(
                        "HQ decided claim {:?} twice: {} at {}, then {} at {}",
                        told.tokens, told.decision, told.at, other.decision, other.at
                    ));
                }
                Some(_) => {}
            }
        }
        None
    }
}

/// What a device's outbox holds.
#[derive(Debug, Default)]
pub struct Outbox {
    /// Tokens of edits, refused ones included, and of claims, decided ones included.
    pub tokens: BTreeSet<Token>,
    /// Decisions it was told, by claim.
    pub decisions: BTreeMap<Vec<u8>, String>,
}

impl Outbox {
    /// Reads a device's outbox from beside its process.
    pub fn read(device: &Device) -> rusqlite::Result<Outbox> {
        let conn = look_into(device)?;
        let mut outbox = Outbox::default();
        let mut edits = conn.prepare("SELECT edits FROM outbox_edit")?;
        let mut rows = edits.query([])?;
        while let Some(row) = rows.next()? {
            outbox.tokens.extend(tokens_in(row.get::<_, String>(0)?.as_bytes()));
        }
        let mut claims = conn.prepare("SELECT key, claim, decision FROM outbox_command")?;
        let mut rows = claims.query([])?;
        while let Some(row) = rows.next()? {
            outbox.tokens.extend(tokens_in(row.get::<_, String>(1)?.as_bytes()));
            if let Some(decision) = row.get(2)? {
                outbox.decisions.insert(row.get(0)?, decision);
            }
        }
        Ok(outbox)
    }
}

/// A connection that reads a device's database from beside its process.
pub fn look_into(device: &Device) -> rusqlite::Result<Connection> {
    let path = device.database();
    doorstep_store::open::open_reader(path.as_ref(), Some(&crate::template::key()))
        .map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))
}
