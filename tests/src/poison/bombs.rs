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
    let zeros = |bytes: usize| zstd::bulk::compress(&vec![0; bytes], 19).expect("compressed");
    vec![
        ("a gigabyte of zeros in a few KB", zeros(1 << 30), "message_too_large"),
        ("a message of just the limit that is none", zeros(MESSAGE_LIMIT), "message_unreadable"),
        ("a frame without its size, a gigabyte long", streamed(1 << 30), "message_unreadable"),
        ("lists in lists, a million deep", nested(1_000_000), "message_unreadable"),
        ("a million empty changes", empty_changes(speaker, 1_000_000), "message_unreadable"),
        (
            "a million empty changes in the batch's place of claims",
            empty_claims(speaker),
            "message_unreadable",
        ),
    ]
}

/// Zeros as a frame that does not say how long it is.
fn streamed(bytes: usize) -> Vec<u8> {
    let mut frame = zstd::stream::Encoder::new(Vec::new(), 3).expect("an encoder");
    frame.include_contentsize(false).expect("set");
    std::io::copy(&mut std::io::Read::take(std::io::repeat(0), bytes as u64), &mut frame)
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

fn empty_changes(speaker: &Speaker, count: usize) -> Vec<u8> {
    let changes = vec![ByteBuf::new(); count];
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
