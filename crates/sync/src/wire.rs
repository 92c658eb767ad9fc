//! What the bytes between a device and HQ mean.
//!
//! Messages are MessagePack maps with named fields, so that a newer side may add fields an older
//! one skips, compressed with zstd by the transport. Identities travel as 16 bytes.

use doorstep_domain::{
    facts::DocKind,
    id::{CommandKey, PersonId},
    time::UtcMs,
    trust::Signed,
};
use serde::{
    Deserialize, Deserializer, Serialize,
    de::{DeserializeOwned, Error as _, SeqAccess, Visitor},
};
use serde_bytes::{ByteArray, ByteBuf};
use sha2::{Digest, Sha256};
use std::{fmt, marker::PhantomData};
use thiserror::Error;
use uuid::Uuid;

pub use crate::feed_item::FeedItem;

/// The version of this protocol. A side that meets a higher one keeps its work and asks for an
/// update; it never guesses.
pub const PROTOCOL: u16 = 1;

/// The oldest protocol that HQ still answers. It rises when a message, a document kind or a kind of
/// feed item comes that an older side could not pass over; fields, row kinds and words inside a row
/// may come without.
pub const OLDEST_PROTOCOL: u16 = 1;

/// The most a decoded message may hold, in bytes. A page of rows is about 12 MiB at most.
pub const MESSAGE_LIMIT: usize = 16 * 1024 * 1024;

/// A SHA-256 hash.
pub type Hash = ByteArray<32>;

/// The place of a device in HQ's feed. Rows and documents are two streams, so that a new tablet
/// has its lists before the documents behind them have arrived.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    /// Which life of HQ's database the numbers belong to; a restored HQ has another.
    pub generation: u64,
    /// Rows up to here are held.
    pub rows: u64,
    /// Documents up to here have been read.
    pub docs: u64,
    /// Documents up to here are held for certain: where `docs` stood when a page was last the end of
    /// the news. Between two pages a document may move behind the next one, so having read past its
    /// old place does not mean having it. 0 from a device that does not know of it.
    #[serde(default)]
    pub held: u64,
}

/// What a device sends.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SyncRequest {
    /// [`PROTOCOL`] of the sender.
    pub protocol: u16,
    /// The installation epoch whose batches are numbered here.
    pub epoch: Uuid,
    /// A sealed [`Batch`], byte for byte as written to the outbox; absent when nothing waits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub batch: Option<ByteBuf>,
    /// What the device holds already.
    pub cursor: Cursor,
    /// The version of the key list the device holds.
    pub key_list: u64,
    /// Documents the device wants again in full, because HQ refused its changes to them.
    #[serde(
        default,
        skip_serializing_if = "Vec::is_empty",
        deserialize_with = "at_most::<WANT_LIMIT, _, _>"
    )]
    pub want: Vec<Uuid>,
    /// One sum over everything HQ told the device to hold; absent while nothing is held.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<ByteArray<16>>,
    /// Parts in which the sums differed, with everything the device holds there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub compare: Vec<HeldPart>,
    /// Whether the sender understands rows without their identity inside ([`crate::short_row`]).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub short_rows: bool,
}

/// What every message of every version says: read alone when the rest cannot be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Greeting {
    /// The protocol of the sender.
    pub protocol: u16,
}

/// The most documents one request may want.
pub const WANT_LIMIT: usize = 100;
/// The most parts one request may have compared.
pub const COMPARE_LIMIT: usize = 8;

/// What a device holds in one part of the identities.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldPart {
    /// Which part.
    pub part: u8,
    /// Every row and document in it.
    pub items: Vec<HeldItem>,
}

/// One row or document as it is held.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldItem {
    /// Whether it is a document; else a row.
    pub doc: bool,
    /// Row or document kind.
    pub kind: String,
    /// Its identity.
    pub id: Uuid,
    /// The head of the mark of what is held.
    pub mark: ByteArray<8>,
}
/// The most pushes, and the most claims, that one batch may carry. A device seals 500 of both
/// together.
pub const BATCH_LIMIT: usize = 2_000;
/// The most changes one push may carry: a batch of edits that are all about one document.
pub const CHANGES_LIMIT: usize = 500;

/// Edits and claims under one number; sealed once, re-sent unchanged.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Batch {
    /// 1, 2, 3… within the epoch.
    pub number: u64,
    /// Hash of the sealed bytes of the batch before; zero for the first.
    pub previous: Hash,
    /// Changes to documents.
    #[serde(deserialize_with = "at_most::<BATCH_LIMIT, _, _>")]
    pub pushes: Vec<Push>,
    /// Claims for HQ to decide, in the order they were made.
    #[serde(deserialize_with = "at_most::<BATCH_LIMIT, _, _>")]
    pub commands: Vec<Command>,
}

/// Changes to one document.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Push {
    /// The document.
    pub doc: Uuid,
    /// Its kind; decides its sections.
    pub kind: DocKind,
    /// Uncompressed automerge changes in the order they were made.
    #[serde(deserialize_with = "at_most::<CHANGES_LIMIT, _, _>")]
    pub changes: Vec<ByteBuf>,
}

/// One claim for HQ to decide, exactly once per key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Command {
    /// The idempotency key.
    pub key: CommandKey,
    /// Who made the claim.
    pub person: PersonId,
    /// The claim as JSON; HQ reads it as `domain::claim::Claim`.
    pub claim: String,
    /// The device's clock when it was made.
    pub made_at: UtcMs,
    /// HQ's time as the device estimated it then.
    pub estimated_at: UtcMs,
}

/// What HQ sends back.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SyncResponse {
    /// [`PROTOCOL`] of HQ.
    pub protocol: u16,
    /// HQ's clock.
    pub hq_time: UtcMs,
    /// What became of the batch.
    pub outcome: BatchOutcome,
    /// News since the cursor.
    pub page: Page,
    /// A newer key list, signed by the root.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keys: Option<Signed>,
    /// HQ's sums of what the device should hold, by part; only when the digests differ.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held: Option<ByteBuf>,
    /// The page is the answer to `compare`: it holds what puts the device right in those parts.
    #[serde(default, skip_serializing_if = "is_false")]
    pub mending: bool,
    /// Which life of HQ's ledger answers; only when the cursor was of none or another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub life: Option<Life>,
    /// With [`BatchOutcome::Forked`]: the last batch of this epoch that HQ knows of, 0 for none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub known_batch: Option<u64>,
}

/// One life of HQ's ledger: it ends when a backup is put in its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Life {
    /// Its number, of 53 bits.
    pub id: u64,
    /// HQ's time of the newest thing in the backup; what was acknowledged later may be lost.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lost_after: Option<UtcMs>,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde hands out a reference")]
fn is_false(flag: &bool) -> bool {
    !flag
}

/// What became of a batch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BatchOutcome {
    /// None was sent.
    Nothing,
    /// Executed now or earlier: the stored bytes of a [`BatchAnswer`].
    Answered(ByteBuf),
    /// The chain of this epoch does not continue here: the device was restored, cloned or rolled
    /// back, and must take a new epoch.
    Forked,
}

/// HQ's answer to one batch, stored and repeated byte for byte.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BatchAnswer {
    /// The batch's number.
    pub number: u64,
    /// Hash of the sealed bytes answered.
    pub hash: Hash,
    /// When HQ executed it.
    pub executed_at: UtcMs,
    /// Documents taken in, with HQ's heads afterwards.
    pub received: Vec<DocReceipt>,
    /// Documents refused; the rest of the batch stands.
    pub refused: Vec<DocRefusal>,
    /// What became of each claim, in the batch's order.
    pub commands: Vec<CommandAnswer>,
}

/// HQ holds these changes for good.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocReceipt {
    /// The document.
    pub doc: Uuid,
    /// HQ's heads, 32 bytes each.
    pub heads: ByteBuf,
}

/// HQ does not take these changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocRefusal {
    /// The document.
    pub doc: Uuid,
    /// An error code the screen acts on.
    pub code: String,
    /// For the log; names the change.
    pub detail: String,
}

/// HQ's decision on one claim.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommandAnswer {
    /// The claim's key.
    pub key: CommandKey,
    /// The decision as JSON (`domain::claim::Decision`).
    pub decision: String,
}

/// News for a device, in HQ's order; committed together with `next`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Page {
    /// The items.
    pub items: Vec<FeedItem>,
    /// Where the device stands once they are committed.
    pub next: Cursor,
    /// Whether there is more at once.
    pub more: bool,
}

/// Reads a list that ends after `LIMIT` items: an empty item takes one byte on the line and many in
/// memory, so a compressed message of a kilobyte could fill half a gigabyte.
fn at_most<'de, const LIMIT: usize, D, T>(source: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    struct Items<const LIMIT: usize, T>(PhantomData<T>);

    impl<'de, const LIMIT: usize, T: Deserialize<'de>> Visitor<'de> for Items<LIMIT, T> {
        type Value = Vec<T>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "at most {LIMIT} items")
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut source: A) -> Result<Vec<T>, A::Error> {
            let mut items = Vec::new();
            while let Some(item) = source.next_element()? {
                if items.len() == LIMIT {
                    return Err(A::Error::invalid_length(LIMIT + 1, &self));
                }
                items.push(item);
            }
            Ok(items)
        }
    }

    source.deserialize_seq(Items::<LIMIT, T>(PhantomData))
}

/// Why a message cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum WireError {
    /// More bytes than [`MESSAGE_LIMIT`], before or after inflation.
    #[error("the message is larger than {MESSAGE_LIMIT} bytes")]
    TooLarge,
    /// Not a message of this protocol.
    #[error("unreadable message: {0}")]
    Unreadable(String),
}

/// The hash that chains batches.
pub fn hash(bytes: &[u8]) -> Hash {
    ByteArray::new(Sha256::digest(bytes).into())
}

/// A message as bytes.
pub fn encode<T: Serialize>(message: &T) -> Result<Vec<u8>, WireError> {
    rmp_serde::to_vec_named(message).map_err(|e| WireError::Unreadable(e.to_string()))
}

/// A message from bytes.
pub fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, WireError> {
    if bytes.len() > MESSAGE_LIMIT {
        return Err(WireError::TooLarge);
    }
    rmp_serde::from_slice(bytes).map_err(|e| WireError::Unreadable(e.to_string()))
}

/// A message as compressed bytes for the line.
pub fn pack<T: Serialize>(message: &T) -> Result<Vec<u8>, WireError> {
    zstd::bulk::compress(&encode(message)?, 3).map_err(|e| WireError::Unreadable(e.to_string()))
}

/// A message from compressed bytes; inflation stops at [`MESSAGE_LIMIT`].
pub fn unpack<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, WireError> {
    if bytes.len() > MESSAGE_LIMIT {
        return Err(WireError::TooLarge);
    }
    let stated = zstd::bulk::Decompressor::upper_bound(bytes).unwrap_or(MESSAGE_LIMIT);
    if stated > MESSAGE_LIMIT {
        return Err(WireError::TooLarge);
    }
    let plain =
        zstd::bulk::decompress(bytes, stated).map_err(|e| WireError::Unreadable(e.to_string()))?;
    decode(&plain)
}
