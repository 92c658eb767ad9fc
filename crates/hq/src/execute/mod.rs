//! What one batch causes, inside one transaction: facts taken in, then claims decided in order.
//!
//! Each push and each claim runs inside its own savepoint behind `catch_unwind`: what goes wrong
//! with one is undone and refused alone. Only a failing disk or database stops the whole batch,
//! which the device then sends again.

pub mod claims;
mod conflicts;
mod draw;
pub mod facts;
mod field_events;
mod isolate;
mod order_check;
mod projection;
pub(crate) mod quarantine;
pub mod scratch;
pub mod shelf;

use doorstep_domain::time::UtcMs;
use doorstep_store::error::Result;
use doorstep_sync::wire::{Batch, BatchAnswer, Hash};
use rusqlite::Connection;
use uuid::Uuid;

use crate::{access::Caller, home::Home};

pub use facts::LATE_WORK_MS;

/// Where a batch is worked on: the open transaction, HQ's keys and books, who sent it, and when.
#[derive(Clone, Copy)]
pub struct Desk<'a> {
    /// The open transaction.
    pub conn: &'a Connection,
    /// HQ's data folder, for its keys.
    pub home: &'a Home,
    /// Where changes are tried out.
    pub scratch: &'a scratch::Scratch,
    /// The books of every bundle version used lately.
    pub shelf: &'a shelf::Shelf,
    /// Who sent the batch.
    pub caller: &'a Caller,
    /// The installation epoch it belongs to.
    pub epoch: Uuid,
    /// HQ's clock.
    pub now: UtcMs,
}

/// Executes a batch, whose pushes may have been tried `ahead`, and says what became of each part.
///
/// # Errors
/// Only errors that concern the whole ledger; the caller rolls everything back.
pub fn execute(
    desk: &Desk<'_>,
    mut ahead: facts::TriedAhead,
    batch: &Batch,
    hash: Hash,
) -> Result<BatchAnswer> {
    let mut answer = BatchAnswer {
        number: batch.number,
        hash,
        executed_at: desk.now,
        received: Vec::new(),
        refused: Vec::new(),
        commands: Vec::new(),
    };
    for push in &batch.pushes {
        match facts::take(desk, &mut ahead, push)? {
            Ok(receipt) => answer.received.push(receipt),
            Err(refusal) => answer.refused.push(refusal),
        }
    }
    for command in &batch.commands {
        answer.commands.push(claims::decide(desk, command)?);
    }
    tracing::info!(
        device = %desk.caller.device,
        number = batch.number,
        received = answer.received.len(),
        refused = answer.refused.len(),
        commands = answer.commands.len(),
        "executed a batch"
    );
    Ok(answer)
}
