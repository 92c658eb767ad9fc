//! Claims, executed once per key; the decision is repeated for ever.

use doorstep_domain::{
    id::{CommandKey, DeviceId, PersonId, TaskId},
    planted::{Bug, planted},
    time::UtcMs,
};
use rusqlite::{Connection, OptionalExtension, params};

use super::{Key, feed, to_i64, to_u64};
use crate::error::Result;

/// A claim with HQ's decision on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decided {
    /// The idempotency key.
    pub key: CommandKey,
    /// From which device.
    pub device: DeviceId,
    /// By whom.
    pub person: PersonId,
    /// Its kind, as the claim's tag.
    pub kind: String,
    /// The claim's text.
    pub claim: String,
    /// The decision as JSON.
    pub decision: String,
    /// Whether it was executed.
    pub executed: bool,
    /// When it was decided.
    pub decided_at: UtcMs,
}

/// The decision under a key.
pub fn find(conn: &Connection, key: CommandKey) -> Result<Option<Decided>> {
    if planted(Bug::SkipClaimDedupe) {
        conn.execute("DELETE FROM command WHERE key = ?1", [Key(key.0)])?;
    }
    Ok(conn
        .prepare_cached(
            "SELECT device, person, kind, claim, decision, executed, decided_at
             FROM command WHERE key = ?1",
        )?
        .query_row([Key(key.0)], |row| {
            Ok(Decided {
                key,
                device: DeviceId(row.get::<_, Key>(0)?.0),
                person: PersonId(row.get::<_, Key>(1)?.0),
                kind: row.get(2)?,
                claim: row.get(3)?,
                decision: row.get(4)?,
                executed: row.get::<_, i64>(5)? != 0,
                decided_at: UtcMs(row.get(6)?),
            })
        })
        .optional()?)
}

/// Records a decision; a key already decided is refused by the database.
pub fn record(conn: &Connection, decided: &Decided) -> Result<()> {
    let stamp = feed::last_stamp(conn)?;
    conn.prepare_cached(
        "INSERT INTO command
         (key, device, person, kind, claim, decision, executed, decided_at, stamp)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    )?
    .execute(params![
        Key(decided.key.0),
        Key(decided.device.0),
        Key(decided.person.0),
        decided.kind,
        decided.claim,
        decided.decision,
        i64::from(decided.executed),
        decided.decided_at.0,
        to_i64(stamp)
    ])?;
    Ok(())
}

/// Remembers which claim a task grew out of.
pub fn set_task_origin(conn: &Connection, task: TaskId, command: CommandKey) -> Result<()> {
    conn.prepare_cached("INSERT OR REPLACE INTO task_origin (task, command) VALUES (?1, ?2)")?
        .execute(params![Key(task.0), Key(command.0)])?;
    Ok(())
}

/// The claim a task grew out of.
pub fn task_origin(conn: &Connection, task: TaskId) -> Result<Option<Decided>> {
    let key: Option<Key> = conn
        .prepare_cached("SELECT command FROM task_origin WHERE task = ?1")?
        .query_row([Key(task.0)], |row| row.get(0))
        .optional()?;
    match key {
        Some(key) => find(conn, CommandKey(key.0)),
        None => Ok(None),
    }
}

/// How many claims were executed and how many refused.
pub fn counts(conn: &Connection) -> Result<(u64, u64)> {
    let (executed, all): (i64, i64) =
        conn.query_row("SELECT coalesce(sum(executed), 0), count(*) FROM command", [], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?;
    Ok((to_u64(executed), to_u64(all.saturating_sub(executed))))
}
