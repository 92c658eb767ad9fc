//! The tablet's half of an exchange.

use doorstep_domain::time::UtcMs;
use serde_bytes::{ByteArray, ByteBuf};
use thiserror::Error;
use uuid::Uuid;

use crate::wire::{
    Batch, BatchAnswer, BatchOutcome, Command, Cursor, Hash, Life, PROTOCOL, Page, Push,
    SyncRequest, SyncResponse, WireError, decode, encode, hash,
};
use doorstep_domain::trust::Signed;

/// The most edits and claims one batch carries, so that a batch stays far below the message limit.
pub const BATCH_ITEMS: usize = 500;

/// A batch as it stands in the outbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed {
    /// Its number within the epoch.
    pub number: u64,
    /// Hash of `bytes`.
    pub hash: Hash,
    /// What goes out, byte for byte.
    pub bytes: Vec<u8>,
}

/// What a device knows about its place when it asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// The installation epoch.
    pub epoch: Uuid,
    /// What it holds already.
    pub cursor: Cursor,
    /// The version of its key list.
    pub key_list: u64,
    /// The sum over all it holds.
    pub digest: Option<[u8; 16]>,
}

/// What a response asks the device to do, in this order, in one transaction.
#[derive(Debug)]
pub struct Absorbed {
    /// HQ's clock when it answered.
    pub hq_time: UtcMs,
    /// What became of the batch.
    pub batch: BatchFate,
    /// News to commit with its cursor.
    pub page: Page,
    /// A key list to verify against the root.
    pub keys: Option<Signed>,
    /// HQ's feed is another than the device's cursor is of: everything must be pulled again.
    pub restart_feed: bool,
    /// HQ's feed ends before the device's cursor: a backup of HQ was put in its place.
    pub feed_went_back: bool,
    /// HQ's sums of what the device should hold, when they differ from the device's.
    pub held: Option<Vec<u8>>,
    /// The page mends what was compared.
    pub mending: bool,
    /// HQ's life, when it told.
    pub life: Option<Life>,
}

/// What became of the batch that was sent.
#[derive(Debug, PartialEq, Eq)]
pub enum BatchFate {
    /// None was sent.
    NothingSent,
    /// Settle it with this answer.
    Settled(BatchAnswer),
    /// Take a new epoch and actor, pull again, replay unsent edits.
    Forked {
        /// HQ does not know a batch that it answered: it is HQ that went back.
        hq_went_back: bool,
    },
}

/// Why a response is not believed. The batch stays in the outbox and goes out again.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ResponseError {
    /// HQ speaks a newer protocol.
    #[error("HQ speaks protocol {0}")]
    NewerProtocol(u16),
    /// The answer is not to the batch that was sent.
    #[error("the answer belongs to another batch")]
    WrongBatch,
    /// Not a message.
    #[error(transparent)]
    Wire(#[from] WireError),
}

/// Seals edits and claims under the number and hash that continue the chain.
pub fn seal(
    last: Option<(u64, Hash)>,
    pushes: Vec<Push>,
    commands: Vec<Command>,
) -> Result<Sealed, WireError> {
    let (last_number, previous) = last.unwrap_or_default();
    let number = last_number.saturating_add(1);
    let bytes = encode(&Batch { number, previous, pushes, commands })?;
    Ok(Sealed { number, hash: hash(&bytes), bytes })
}

/// The request for one exchange.
pub fn request(standing: Standing, batch: Option<&Sealed>, want: Vec<Uuid>) -> SyncRequest {
    SyncRequest {
        protocol: PROTOCOL,
        epoch: standing.epoch,
        batch: batch.map(|sealed| ByteBuf::from(sealed.bytes.clone())),
        cursor: standing.cursor,
        key_list: standing.key_list,
        want,
        digest: standing.digest.map(ByteArray::new),
        compare: Vec::new(),
        short_rows: true,
    }
}

/// Checks that a response answers what was asked, and says what to do with it.
pub fn absorb(
    standing: Standing,
    sent: Option<&Sealed>,
    response: SyncResponse,
) -> Result<Absorbed, ResponseError> {
    if response.protocol > PROTOCOL {
        return Err(ResponseError::NewerProtocol(response.protocol));
    }
    let batch = match (sent, response.outcome) {
        (None, BatchOutcome::Nothing) => BatchFate::NothingSent,
        (Some(sealed), BatchOutcome::Answered(bytes)) => {
            let answer: BatchAnswer = decode(&bytes)?;
            if answer.number != sealed.number || answer.hash != sealed.hash {
                return Err(ResponseError::WrongBatch);
            }
            BatchFate::Settled(answer)
        }
        (Some(sealed), BatchOutcome::Forked) => {
            let hq_went_back =
                response.known_batch.is_some_and(|known| known.saturating_add(1) < sealed.number);
            BatchFate::Forked { hq_went_back }
        }
        _ => return Err(ResponseError::WrongBatch),
    };
    let (asked, next) = (standing.cursor, response.page.next);
    let feed_went_back =
        next.generation == asked.generation && (next.rows < asked.rows || next.docs < asked.docs);
    let restart_feed =
        asked.generation != 0 && (next.generation != asked.generation || feed_went_back);
    Ok(Absorbed {
        hq_time: response.hq_time,
        batch,
        page: response.page,
        keys: response.keys,
        restart_feed,
        feed_went_back,
        held: response.held.map(ByteBuf::into_vec),
        mending: response.mending,
        life: response.life,
    })
}
