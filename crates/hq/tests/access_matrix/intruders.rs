//! What opens nothing: foreign identities, hashes, actors and devices, and requests sent again.

use axum::http::{Method, StatusCode};
use doorstep_domain::{
    facts::{DocKind, FieldEdit},
    time::UtcMs,
};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use uuid::Uuid;

use super::household::{Household, lead, payment};
use crate::common::{Device, World, code, fresh};

#[tokio::test]
async fn a_record_named_after_anothers_opens_nothing() {
    let household = Household::new().await;
    let world = &household.world;
    let mut stranger = world.device("何伟").await;
    let (order, card) = (world.door("work_order"), stranger.rows_of::<Value>("card").remove(0));
    let own_store = card["store"].clone();
    let own_visit = stranger.rows_of::<Value>("visit").remove(0);
    let mut issued = card.clone();
    issued["id"] = json!(order);
    issued["serials"] = json!(["ALIAS1"]);
    issued["status"] = json!("provisional");
    let mut lead = lead(world, &stranger, order);
    (lead["store"], lead["customer"]) = (own_store.clone(), own_visit["customer"].clone());
    let mut paid = payment(world, &stranger, order, Value::Null);
    paid["store"] = own_store;
    paid["loan"] = json!(fresh());
    for claim in [
        json!({ "claim": "card_issue", "card": issued }),
        json!({ "claim": "lead_save", "lead": lead }),
        json!({ "claim": "payment_record", "payment": paid }),
    ] {
        let kind = claim["claim"].clone();
        let decision = stranger.claim(world, &serde_json::from_value(claim).unwrap()).await;
        assert_eq!(code(&decision), "id_taken", "{kind}");
    }
    // A document under the identity of a bundle, which everybody hears of, or of a foreign customer.
    let bundle = stranger.rows.keys().find(|(kind, _)| kind == "bundle").unwrap().1;
    for id in [bundle, world.door("customer"), world.door("store"), order] {
        for kind in [DocKind::Asset, DocKind::Card, DocKind::WorkOrder] {
            let (_, change) =
                doorstep_sync::Document::create(kind, id, *fresh().as_bytes(), "x", world.now())
                    .unwrap();
            let changes = vec![serde_bytes::ByteBuf::from(change)];
            let push = doorstep_sync::wire::Push { doc: id, kind, changes };
            let answer = stranger.sync(world, vec![push], vec![]).await.unwrap();
            assert_eq!(answer.refused[0].code, "not_allowed", "{kind:?} as {id}");
        }
        if id != order {
            let told = stranger.announce(world, id, &"ab".repeat(32), 5).await;
            assert_eq!(told.code(), "subject_unknown", "a photo of {id}");
        }
    }
    let path = format!("/v1/media/{}", household.photo("photo_order").0);
    let got = stranger.call(world, Method::GET, &path, &[], vec![]).await;
    assert_eq!(got.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_hash_of_a_photo_is_not_the_photo() {
    let household = Household::new().await;
    let world = &household.world;
    let stranger = world.device("何伟").await;
    let own: Value = stranger.rows_of::<Value>("work_order").remove(0);
    let own: Uuid = own["id"].as_str().unwrap().parse().unwrap();
    let (hash, _) = household.photo("photo_order");
    let told = stranger.announce(world, own, hash, "photo_order".len() * 50).await;
    assert_eq!((told.status, told.code().as_str()), (StatusCode::CONFLICT, "medium_elsewhere"));
    let path = format!("/v1/media/{hash}");
    let got = stranger.call(world, Method::GET, &path, &[], vec![]).await;
    assert_eq!(got.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn nobody_writes_under_another_devices_actor() {
    let world = World::new();
    let (mut victim, mut thief) = (world.device("周晓琳").await, world.device("林静").await);
    let order = world.door("work_order");
    let actor = [0xac; 16];
    let written = |device: &Device, key: &str| {
        let chunks = &device.docs[&order];
        let (first, later) = chunks.split_first().unwrap();
        let later = later.iter().map(Vec::as_slice);
        let mut document =
            doorstep_sync::Document::open(DocKind::WorkOrder, order, first, later).unwrap();
        document.write_as(actor);
        let edits = [FieldEdit::new("notes", key, "x")];
        let (_, change) = document.edit(&edits, "x", world.now()).unwrap();
        let changes = vec![serde_bytes::ByteBuf::from(change.clone())];
        (doorstep_sync::wire::Push { doc: order, kind: DocKind::WorkOrder, changes }, change)
    };
    let (push, change) = written(&victim, "v1/text");
    assert!(victim.sync(&world, vec![push], vec![]).await.unwrap().refused.is_empty());
    victim.docs.get_mut(&order).unwrap().push(change);
    thief.sync(&world, vec![], vec![]).await;
    let (push, _) = written(&thief, "t1/text");
    let answer = thief.sync(&world, vec![push], vec![]).await.unwrap();
    assert_eq!(
        answer.refused[0].code, "document_refused",
        "it would take the victim's next number"
    );
    let (push, _) = written(&victim, "v2/text");
    assert!(victim.sync(&world, vec![push], vec![]).await.unwrap().refused.is_empty());
}

#[tokio::test]
async fn replayed_reordered_and_redirected_requests_change_nothing() {
    let world = World::new();
    let device = world.device("周晓琳").await;
    let order = world.door("work_order");
    let note = |key: &str| [FieldEdit::new("notes", key, "x")];
    let first = device
        .seal(vec![device.edit(DocKind::WorkOrder, order, &note("1/text"), world.now())], vec![]);
    let body = |batch: &doorstep_sync::client::Sealed| {
        let standing = doorstep_sync::client::Standing {
            epoch: device.epoch,
            cursor: device.cursor,
            key_list: 0,
            digest: None,
        };
        doorstep_sync::wire::pack(&doorstep_sync::client::request(standing, Some(batch), vec![]))
            .unwrap()
    };
    let ahead =
        doorstep_sync::client::seal(Some((first.number, first.hash)), vec![], vec![]).unwrap();
    let sent = |bytes: Vec<u8>| device.signed(&world, Method::POST, "/v1/sync", &[], bytes);
    let outcome = |bytes: &[u8]| {
        doorstep_sync::wire::unpack::<doorstep_sync::wire::SyncResponse>(bytes).unwrap().outcome
    };
    let digest = || doorstep_hq::digest::digest(&world.home.connect(world.now()).unwrap()).unwrap();

    let before = digest();
    let early = world.send(sent(body(&ahead))).await;
    assert_eq!(outcome(&early.body), doorstep_sync::wire::BatchOutcome::Forked, "the second first");
    assert_eq!(digest(), before);
    let (parts, _) = sent(body(&first)).into_parts();
    let captured =
        || axum::http::Request::from_parts(parts.clone(), axum::body::Body::from(body(&first)));
    let answered = world.send(captured()).await;
    let done = digest();
    assert_ne!(done, before);
    for _ in 0..3 {
        let again = world.send(captured()).await;
        assert_eq!(outcome(&again.body), outcome(&answered.body), "the same answer");
    }
    assert_eq!(digest(), done, "nothing twice");
    for (what, path, method) in
        [("another path", "/v1/media", Method::POST), ("another method", "/v1/sync", Method::PUT)]
    {
        let mut moved = captured();
        *moved.uri_mut() = path.parse().unwrap();
        *moved.method_mut() = method;
        let refused = world.send(moved).await;
        assert!(!refused.status.is_success(), "{what}: {}", refused.status);
    }
    world.pass(doorstep_sync::auth::WINDOW_MS + UtcMs::MINUTE);
    assert_eq!(world.send(captured()).await.code(), "clock_skew", "captured long ago");
    assert_eq!(digest(), done);
}

#[tokio::test]
async fn a_lost_copied_or_unknown_device_is_answered_nothing() {
    let household = Household::new().await;
    let world = &household.world;
    let lost = world.device("周晓琳").await;
    let mut copied = Device::new(lost.person);
    copied.id = lost.id;
    let unknown = Device::new(lost.person);
    let (hash, subject) = household.photo("photo_order");
    let media = format!("/v1/media/{hash}");
    let doors = [
        (Method::POST, "/v1/sync".to_owned()),
        (Method::POST, "/v1/media".to_owned()),
        (Method::HEAD, media.clone()),
        (Method::PATCH, media.clone()),
        (Method::GET, media),
    ];
    let conn = world.home.connect(world.now()).unwrap();
    doorstep_store::ledger::people::revoke_device(&conn, lost.id, world.now()).unwrap();
    let mut seen = BTreeSet::new();
    for (method, path) in &doors {
        for (who, device, status) in [
            ("lost", &lost, StatusCode::FORBIDDEN),
            ("copied", &copied, StatusCode::UNAUTHORIZED),
            ("unknown", &unknown, StatusCode::UNAUTHORIZED),
        ] {
            let heard = match (method.as_str(), path.as_str()) {
                ("POST", "/v1/media") => device.announce(world, subject, hash, 10).await,
                ("PATCH", _) => device.piece(world, hash, 0, b"x").await,
                _ => device.call(world, method.clone(), path, &[], vec![]).await,
            };
            assert_eq!(heard.status, status, "{who} {method} {path}");
            assert!(heard.body.len() < 200, "{who} {method} {path} hears a refusal only");
            seen.insert(who);
        }
        let bare = axum::http::Request::builder().method(method.clone()).uri(path);
        let heard = world.send(bare.body(axum::body::Body::empty()).unwrap()).await;
        assert_eq!(heard.status, StatusCode::UNAUTHORIZED, "unsigned {method} {path}");
    }
    assert_eq!(seen.len(), 3);
}
