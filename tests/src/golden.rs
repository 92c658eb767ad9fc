//! What this version writes, kept for every later version to read: messages, documents, cards, a
//! rescue file, and the folders of a tablet with unsent work and of its HQ.
//!
//! `cargo run -p doorstep-tests --example golden` writes `tests/golden/v1` anew, which is right only
//! until the version is released; afterwards a new version gets a folder of its own.

use doorstep_domain::trust::{KeyList, Signed};
use doorstep_media::card_code;
use doorstep_store::rescue::{self, UnsentWork};
use doorstep_sync::{
    Document,
    auth::EnrolTicket,
    wire::{Batch, BatchAnswer, SyncRequest, SyncResponse, decode, encode, pack, unpack},
};
use serde::Serialize;
use serde_json::{Value, json};
use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
};

use crate::{
    fuzz::{TARGETS, objects},
    poison::seeds::seeds,
};

/// Where the golden tablet's HQ listens: its address is in the tablet.
pub const HQ_ADDRESS: SocketAddr =
    SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 28_917);
/// What the engineer noted without a network before the tablet was kept.
pub const UNSENT_NOTE: &str = "门口有狗，先打电话";

/// The folder of the first version.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("golden/v1")
}

/// Messages and files by name, as bytes on the line or on the disk.
pub fn messages() -> Vec<(String, Vec<u8>)> {
    let mut all = Vec::new();
    let mut add = |kind: &str, number: usize, bytes: Vec<u8>| {
        all.push((format!("{kind}.{number}"), bytes));
    };
    for (number, request) in objects::requests().iter().enumerate() {
        add("request", number, pack(request).expect("a message"));
    }
    for (number, response) in objects::responses().iter().enumerate() {
        add("response", number, pack(response).expect("a message"));
    }
    for (number, batch) in objects::batches().into_iter().enumerate() {
        add("batch", number, batch);
    }
    add("answer", 0, encode(&objects::answer()).expect("a message"));
    for kind in ["card_code", "key_list", "enrol_ticket", "rescue"] {
        let target = TARGETS.iter().find(|target| target.name == kind).expect("a target");
        for (number, (_, content)) in (target.seeds)().iter().enumerate() {
            add(kind, number, (target.dress)(content));
        }
    }
    let seeds = seeds(5);
    for (number, at) in [0, seeds.len() / 2, seeds.len() - 1].into_iter().enumerate() {
        let seed = &seeds[at];
        let head = [&[seed.kind as u8][..], seed.id.as_bytes()].concat();
        add("document", number, [head, seed.base.clone()].concat());
    }
    all
}

/// What a message says, as JSON.
pub fn meaning(name: &str, bytes: &[u8]) -> Value {
    let kind = name.split('.').next().unwrap_or_default();
    let text = || String::from_utf8_lossy(bytes).into_owned();
    match kind {
        "request" => said(&unpack::<SyncRequest>(bytes).expect("a request")),
        "response" => said(&unpack::<SyncResponse>(bytes).expect("a response")),
        "batch" => said(&decode::<Batch>(bytes).expect("a batch")),
        "answer" => said(&decode::<BatchAnswer>(bytes).expect("an answer")),
        "card_code" => {
            said(&card_code::open(&text(), &objects::keys(), objects::NOW).expect("a card"))
        }
        "key_list" => {
            let signed: Signed = serde_json::from_slice(bytes).expect("signed");
            said(&KeyList::open(&signed, &objects::root().verifying_key(), 0).expect("a key list"))
        }
        "enrol_ticket" => {
            let ticket = EnrolTicket::from_text(&text()).expect("a ticket");
            json!([ticket.address, ticket.pin, ticket.code, ticket.root])
        }
        "rescue" => {
            let by_hq = rescue::open_with_hq_secret(bytes, &objects::HQ_SECRET).expect("by HQ");
            let by_device =
                rescue::open_with_key(bytes, &objects::device_key()).expect("by itself");
            assert_eq!(by_hq, by_device);
            said(&UnsentWork::from_bytes(&by_hq).expect("work"))
        }
        "document" => {
            use doorstep_domain::facts::DocKind;
            let kinds = [DocKind::WorkOrder, DocKind::Asset, DocKind::Card];
            let id = uuid::Uuid::from_slice(&bytes[1..17]).expect("an identity");
            let document = Document::open(kinds[usize::from(bytes[0])], id, &bytes[17..], []);
            let mut document = document.expect("a document");
            json!({ "view": document.view().expect("a view"), "heads": hex::encode(document.heads().0) })
        }
        other => panic!("{other}"),
    }
}

fn said<T: Serialize>(message: &T) -> Value {
    serde_json::to_value(message).expect("JSON")
}
