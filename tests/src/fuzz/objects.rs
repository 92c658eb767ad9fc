//! Real objects to begin with, and the keys they are signed and sealed with.

use doorstep_domain::{
    facts::{DocKind, FieldEdit},
    id::{CardId, CommandKey, DeviceId, PersonId},
    time::UtcMs,
    trust::{KeyList, KeyUse, ListedKey, Signed},
};
use doorstep_media::card_code::{CardFields, CardProduct};
use doorstep_store::{device::EditRecord, rescue::UnsentWork, vault::RawKey};
use doorstep_sync::{
    auth::EnrolTicket,
    client::{Standing, request, seal},
    wire::{
        BatchAnswer, BatchOutcome, Command, CommandAnswer, Cursor, DocReceipt, DocRefusal,
        FeedItem, Life, PROTOCOL, Page, Push, SyncRequest, SyncResponse,
    },
};
use ed25519_dalek::SigningKey;
use serde_bytes::{ByteArray, ByteBuf};
use serde_json::json;
use uuid::Uuid;

use crate::poison::seeds::seeds;

/// When everything here happens.
pub const NOW: UtcMs = UtcMs(1_784_088_000_000);
/// HQ's secret for rescue files.
pub const HQ_SECRET: [u8; 32] = [5; 32];

/// The root key of the fuzzer's HQ.
pub fn root() -> SigningKey {
    SigningKey::from_bytes(&[9; 32])
}

/// The key that signs its bundles and cards.
pub fn signer() -> SigningKey {
    SigningKey::from_bytes(&[8; 32])
}

/// Its key list: 1 bundles, 2 cards, 3 provisional cards.
pub fn keys() -> KeyList {
    let listed = |kid, purpose| ListedKey {
        kid,
        purpose,
        public: hex::encode(signer().verifying_key().to_bytes()),
        not_before: UtcMs(0),
        not_after: UtcMs(i64::MAX),
        revoked_at: None,
    };
    KeyList {
        version: 3,
        issued_at: NOW,
        keys: vec![
            listed(1, KeyUse::Bundle),
            listed(2, KeyUse::Card),
            listed(3, KeyUse::ProvisionalCard),
        ],
    }
}

/// The device's own key.
pub fn device_key() -> RawKey {
    RawKey::from_bytes([42; 32])
}

fn push() -> Push {
    let seed = seeds(5).swap_remove(3);
    Push { doc: seed.id, kind: seed.kind, changes: vec![ByteBuf::from(seed.plain)] }
}

fn command() -> Command {
    Command {
        key: CommandKey(Uuid::from_u128(7)),
        person: PersonId(Uuid::from_u128(8)),
        claim: claims().swap_remove(0).1,
        made_at: NOW,
        estimated_at: NOW,
    }
}

/// Sealed batches.
pub fn batches() -> Vec<Vec<u8>> {
    let first = seal(None, vec![push()], vec![command()]).expect("a batch");
    let next = seal(Some((1, first.hash)), vec![], vec![command()]).expect("a batch");
    vec![first.bytes, next.bytes]
}

/// Requests with and without a batch.
pub fn requests() -> Vec<SyncRequest> {
    let cursor = Cursor { generation: 281_474_976_710_655, rows: 70_000, docs: 3, held: 2 };
    let standing =
        Standing { epoch: Uuid::from_u128(5), cursor, key_list: 2, digest: Some([9; 16]) };
    let sealed = seal(None, vec![push()], vec![command()]).expect("a batch");
    vec![
        request(standing, None, vec![Uuid::from_u128(1)]),
        request(standing, Some(&sealed), Vec::new()),
    ]
}

/// HQ's answer to a batch.
pub fn answer() -> BatchAnswer {
    let sealed = seal(None, vec![push()], vec![command()]).expect("a batch");
    BatchAnswer {
        number: 1,
        hash: sealed.hash,
        executed_at: NOW,
        received: vec![DocReceipt { doc: Uuid::from_u128(1), heads: ByteBuf::from(vec![7; 32]) }],
        refused: vec![DocRefusal {
            doc: Uuid::from_u128(2),
            code: "field_not_allowed".to_owned(),
            detail: "review/p1 may not be written by this person".to_owned(),
        }],
        commands: vec![CommandAnswer {
            key: CommandKey(Uuid::from_u128(7)),
            decision: r#"{"decision":"executed","result":{"lead":null}}"#.to_owned(),
        }],
    }
}

/// HQ's answers with every kind of news.
pub fn responses() -> Vec<SyncResponse> {
    let answer = doorstep_sync::wire::encode(&answer()).expect("an answer");
    let seed = seeds(5).swap_remove(3);
    let items = vec![
        FeedItem::Row {
            kind: "visit".to_owned(),
            id: Uuid::from_u128(3),
            version: 9,
            body: "{}".to_owned(),
        },
        FeedItem::Doc {
            id: seed.id,
            kind: seed.kind,
            bytes: ByteBuf::from(seed.base),
            heads: ByteBuf::from(vec![1; 64]),
        },
        FeedItem::Gone { kind: "customer".to_owned(), id: Uuid::from_u128(4) },
    ];
    let next = Cursor { generation: 7, rows: 12, docs: 13, held: 13 };
    let response = |outcome, items: Vec<FeedItem>, keys| SyncResponse {
        protocol: PROTOCOL,
        hq_time: NOW,
        outcome,
        page: Page { items, next, more: false },
        keys,
        held: Some(ByteBuf::from(vec![3; 16])),
        mending: false,
        life: Some(Life { id: 77, lost_after: Some(NOW) }),
        known_batch: Some(4),
    };
    vec![
        response(BatchOutcome::Nothing, Vec::new(), None),
        response(
            BatchOutcome::Answered(ByteBuf::from(answer)),
            items,
            Some(signed_keys(&key_lists()[0])),
        ),
        response(BatchOutcome::Forked, Vec::new(), None),
    ]
}

/// Key lists as the root signs them.
pub fn key_lists() -> Vec<String> {
    let mut revoked = keys();
    revoked.keys[0].revoked_at = Some(NOW);
    [keys(), revoked].iter().map(|list| serde_json::to_string(list).expect("JSON")).collect()
}

/// A text under the root's signature.
pub fn signed_keys(payload: &str) -> Signed {
    Signed::seal(0, &root(), payload.to_owned())
}

/// Enrolment tickets.
pub fn tickets() -> Vec<String> {
    ["hq.example:8443", "[2001:db8::1]:443"]
        .map(|address| {
            let ticket = EnrolTicket {
                address: address.to_owned(),
                pin: "ab".repeat(32),
                code: "0123456789ABCDEF".to_owned(),
                root: hex::encode(root().verifying_key().to_bytes()),
            };
            ticket.to_text()
        })
        .to_vec()
}

/// A request to be enrolled.
pub fn enrolment() -> String {
    json!({
        "code": "0123456789ABCDEF", "device": DeviceId(Uuid::from_u128(6)),
        "public_key": "cd".repeat(32), "name": "王芳的平板", "proof": "ef".repeat(64),
    })
    .to_string()
}

/// Claims as JSON, by name.
pub fn claims() -> Vec<(String, String)> {
    let id = Uuid::from_u128(0x0190_0000);
    let slot = json!({ "start": NOW.0, "end": NOW.0 + 7_200_000 });
    [
        json!({ "claim": "order_cancel", "order": id, "reason": "客户改主意", "at": NOW.0 }),
        json!({ "claim": "visit_end", "visit": id, "code": "no_show", "note": "", "evidence": ["photo_door"], "at": NOW.0 }),
        json!({ "claim": "visit_reschedule", "visit": id, "wish": slot, "reason": "下午" }),
        json!({ "claim": "visit_plan", "visit": id, "work_orders": [id], "crew": [id], "slot": slot }),
        json!({ "claim": "lead_save", "lead": {
            "id": id, "store": id, "customer": id, "reason": "price", "note": "等补贴", "follow_up_on": "2026-07-20",
            "saved_at": NOW.0, "saved_by": id, "state": "open" } }),
        json!({ "claim": "payment_record", "payment": {
            "id": id, "store": id, "order": id, "customer": id, "purpose": "deposit", "amount": 10_000,
            "method": "cash", "paid_at": NOW.0, "recorded_by": id, "status": "unconfirmed" } }),
        json!({ "claim": "task_decide", "task": id,
            "decision": { "remedy": "call_customer", "by": id, "at": NOW.0, "note": "" } }),
    ]
    .into_iter()
    .map(|claim| (claim["claim"].as_str().expect("named").to_owned(), claim.to_string()))
    .collect()
}

/// What card codes say.
pub fn cards() -> Vec<CardFields> {
    let card = CardFields {
        kid: 2,
        card: CardId(Uuid::from_u128(0x0190_1234)),
        product: CardProduct::Gtin("02000000000206".to_owned()),
        serials: vec!["SBX418B000001".to_owned()],
        invoice_date: "2015-06-18".parse().expect("a day"),
        install_date: Some("2015-06-19".parse().expect("a day")),
        whole_months: 12,
        main_parts_months: 36,
        provisional: false,
        commercial: false,
        issued_at: UtcMs(NOW.0 - NOW.0 % 1_000),
    };
    let model = CardProduct::Model("S-XH-100".to_owned());
    let serials = vec!["A1".to_owned(), "机身-2".to_owned()];
    vec![
        card.clone(),
        CardFields {
            kid: 3,
            product: model,
            provisional: true,
            serials,
            install_date: None,
            ..card.clone()
        },
        CardFields { product: CardProduct::Unstated, commercial: true, ..card },
    ]
}

/// Unsent work as a rescue file holds it.
pub fn unsent() -> Vec<u8> {
    let seed = seeds(5).swap_remove(3);
    let edit = EditRecord {
        seq: 4,
        doc: seed.id,
        kind: DocKind::WorkOrder,
        change: seed.plain,
        edits: vec![
            FieldEdit::new("notes", "n1/text", "门口有台阶"),
            FieldEdit::new("site", "floor", 6),
        ],
        author: Uuid::from_u128(8).to_string(),
        made_at: NOW,
        batch: None,
        refusal: Some("field_not_allowed".to_owned()),
    };
    let command: doorstep_store::device::CommandRecord = serde_json::from_value(json!({
        "key": Uuid::from_u128(7), "kind": "order_cancel", "subject": Uuid::from_u128(9),
        "person": Uuid::from_u128(8), "claim": claims()[0].1, "made_at": NOW.0, "estimated_at": NOW.0,
        "batch": 3, "decision": null, "decided_at": null,
    }))
    .expect("a claim");
    let work = UnsentWork {
        settings: vec![("keys".to_owned(), key_lists().swap_remove(0))],
        edits: vec![edit],
        commands: vec![command],
        media: Vec::new(),
    };
    work.to_bytes().expect("bytes")
}

/// The zero hash, where a batch is the first.
pub fn no_hash() -> ByteArray<32> {
    ByteArray::new([0; 32])
}
