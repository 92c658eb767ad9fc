//! Finished work leaves the tablets of its crew: some days after a visit is over, what the crew saw
//! only for that visit goes from the crew's feed (customer, household, work order, machine's
//! document, order, photos). The store keeps it.
//!
//! Personal data is to be kept no longer than its purpose needs (Personal Information Protection
//! Law, article 19); the days left serve questions on the phone and uploads still on their way.

use doorstep_domain::{time::UtcMs, visit::Visit};
use doorstep_store::{
    error::Result,
    ledger::{documents, visits},
};
use rusqlite::Connection;

use crate::{
    execute::LATE_WORK_MS,
    records::{self, kind},
    sight::Shown,
};

/// How long the crew keeps the work after HQ saw that the visit is over: seven days.
pub const KEEP_MS: i64 = 7 * UtcMs::DAY;

/// Takes the work of visits long over away from their crews; returns how many visits.
///
/// # Errors
/// Errors of the ledger.
pub fn run(conn: &Connection, now: UtcMs) -> Result<usize> {
    documents::forget_lost_sight(conn, now.plus_ms(-LATE_WORK_MS))?;
    let mut open = Vec::new();
    let mut done = Vec::new();
    for (id, over_since) in visits::with_crew(conn)? {
        let Some(visit) = records::load::<Visit>(conn, kind::VISIT, id.0)? else { continue };
        match over_since {
            Some(since) if now.0 >= since.plus_ms(KEEP_MS).0 => done.push(visit),
            None if visit.state.is_over() => {
                visits::note_over(conn, id, now)?;
                open.push(visit);
            }
            _ => open.push(visit),
        }
    }
    if done.is_empty() {
        return Ok(0);
    }
    let mut shown = Shown::default();
    for visit in &open {
        shown.add(conn, visit, &visit.crew)?;
    }
    for visit in &done {
        shown.hide_the_rest_of(conn, visit, &visit.crew, now)?;
        visits::crew_has_left(conn, visit.id)?;
    }
    tracing::info!(visits = done.len(), "finished work left its crews");
    Ok(done.len())
}
