//! Messages that are small on the line and large once they are read.

use doorstep_sync::{
    client::{Sealed, Standing, request},
    wire::{MESSAGE_LIMIT, encode, hash, pack},
};
use serde::Serialize;
use serde_bytes::{ByteArray, ByteBuf};
use uuid::Uuid;

use crate::speaker::Speaker;

/// Named bodies of `/v1/sync` with the code that HQ must answer.
pub fn bodies(speaker: &Speaker) -> Vec<(&'static str, Vec<u8>, &'static str)> {
    let deep = nested(1_000_000);
    vec![
        ("64 MB of zeros", zeros(1 << 26, true), "message_too_large"),
        ("64 MB of zeros that do not say so", zeros(1 << 26, false), "message_unreadable"),
        (
            "as many zeros as a message may have",
            zeros(MESSAGE_LIMIT as u64, true),
            "message_unreadable",
        ),
        ("lists in lists, a million deep", deep, "message_unreadable"),
        ("a million empty changes", empty_changes(speaker), "message_unreadable"),
        ("a million empty claims", empty_claims(speaker), "message_unreadable"),
    ]
}

/// Compressed zeros, whose frame says how many there are or does not.
fn zeros(count: u64, says_so: bool) -> Vec<u8> {
    let mut frame = zstd::stream::Encoder::new(Vec::new(), 1).expect("an encoder");
    frame.include_contentsize(says_so).expect("set");
    frame.set_pledged_src_size(says_so.then_some(count)).expect("set");
    std::io::copy(&mut std::io::Read::take(std::io::repeat(0), count), &mut frame)
        .expect("compressed");
    frame.finish().expect("a frame")
}

fn nested(depth: usize) -> Vec<u8> {
    zstd::bulk::compress(&vec![0x91; depth], 3).expect("compressed")
}

#[derive(Serialize)]
struct FoulPush {
    doc: Uuid,
    kind: &'static str,
    changes: Vec<ByteBuf>,
}

#[derive(Serialize)]
struct FoulBatch<C> {
    number: u64,
    previous: ByteArray<32>,
    pushes: Vec<FoulPush>,
    commands: Vec<C>,
}

fn empty_changes(speaker: &Speaker) -> Vec<u8> {
    let changes = vec![ByteBuf::new(); 1_000_000];
    let pushes = vec![FoulPush { doc: Uuid::nil(), kind: "asset", changes }];
    with_batch(speaker, &FoulBatch::<()> { pushes, ..empty() })
}

fn empty_claims(speaker: &Speaker) -> Vec<u8> {
    with_batch(speaker, &FoulBatch { commands: vec![(); 1_000_000], ..empty() })
}

fn empty<C>() -> FoulBatch<C> {
    FoulBatch {
        number: 1,
        previous: ByteArray::new([0; 32]),
        pushes: Vec::new(),
        commands: Vec::new(),
    }
}

fn with_batch(speaker: &Speaker, batch: &impl Serialize) -> Vec<u8> {
    let bytes = encode(batch).expect("a batch");
    let sealed = Sealed { number: 1, hash: hash(&bytes), bytes };
    let standing =
        Standing { epoch: speaker.epoch, cursor: speaker.cursor, key_list: 0, digest: None };
    pack(&request(standing, Some(&sealed), Vec::new())).expect("a message")
}
