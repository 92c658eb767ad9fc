//! Who may talk to HQ at all.

use crate::common::{Device, World};
use axum::http::{Method, StatusCode};
use doorstep_domain::time::UtcMs;
use doorstep_hq::enrolment::CODE_LIFE_MS;
use doorstep_store::ledger::people;
use doorstep_sync::auth;

#[tokio::test]
async fn a_code_enrols_one_device_once() {
    let world = World::new();
    let code = world.code_for("周晓琳");
    let (first, second) =
        (Device::new(world.person("周晓琳")), Device::new(world.person("周晓琳")));
    assert_eq!(first.enrol(&world, &code).await.status, StatusCode::OK);
    let again = second.enrol(&world, &code).await;
    assert_eq!(
        (again.status, again.code().as_str()),
        (StatusCode::FORBIDDEN, "enrol_code_invalid")
    );
    assert_eq!(again.header(auth::TIME), world.now().0.to_string());
    assert_eq!(first.enrol(&world, &world.code_for("周晓琳")).await.code(), "device_taken");
}

#[tokio::test]
async fn an_old_code_and_a_false_proof_enrol_nothing() {
    let world = World::new();
    let device = Device::new(world.person("周晓琳"));
    let code = world.code_for("周晓琳");
    let request = serde_json::json!({
        "code": code, "device": device.id, "name": "x",
        "public_key": hex::encode(device.key.verifying_key().to_bytes()),
        "proof": "00".repeat(64),
    });
    let body = serde_json::to_vec(&request).unwrap();
    let post = axum::http::Request::post("/v1/enrol").body(body.into()).unwrap();
    assert_eq!(world.send(post).await.code(), "bad_signature");
    world.pass(CODE_LIFE_MS + 1);
    assert_eq!(device.enrol(&world, &code).await.code(), "enrol_code_invalid");
}

#[tokio::test]
async fn only_a_known_unrevoked_device_with_its_own_signature_is_heard() {
    let world = World::new();
    let device = world.device("周晓琳").await;
    let mut stranger = Device::new(device.person);
    assert_eq!(stranger.exchange(&world, None).await.code(), "device_unknown");
    stranger.id = device.id;
    assert_eq!(stranger.exchange(&world, None).await.code(), "bad_signature");

    let altered = device.signed(&world, Method::POST, "/v1/sync", &[], vec![1, 2, 3]);
    let (parts, _) = altered.into_parts();
    let altered = axum::http::Request::from_parts(parts, vec![1, 2, 4].into());
    assert_eq!(world.send(altered).await.code(), "bad_signature");

    let conn = world.home.connect(world.now()).unwrap();
    assert!(people::revoke_device(&conn, device.id, world.now()).unwrap());
    let refused = device.exchange(&world, None).await;
    assert_eq!(
        (refused.status, refused.code().as_str()),
        (StatusCode::FORBIDDEN, "device_revoked")
    );
}

#[tokio::test]
async fn a_wrong_clock_learns_the_time_from_the_refusal() {
    let world = World::new();
    let mut device = world.device("周晓琳").await;
    device.skew_ms = auth::WINDOW_MS + 1;
    let refused = device.exchange(&world, None).await;
    assert_eq!(refused.code(), "clock_skew");
    let hq_time = UtcMs(refused.header(auth::TIME).parse().unwrap());
    device.skew_ms = hq_time.0 - world.now().0;
    assert_eq!(device.exchange(&world, None).await.status, StatusCode::OK);
}

#[tokio::test]
async fn oversized_and_newer_messages_are_named_as_such() {
    let world = World::new();
    let device = world.device("周晓琳").await;
    let huge = vec![0; doorstep_sync::wire::MESSAGE_LIMIT + 1];
    let answer = device.call(&world, Method::POST, "/v1/sync", &[], huge).await;
    assert_eq!(answer.code(), "message_too_large");
    let standing = doorstep_sync::client::Standing {
        epoch: device.epoch,
        cursor: device.cursor,
        key_list: 0,
        digest: None,
    };
    let mut request = doorstep_sync::client::request(standing, None, vec![]);
    request.protocol = 99;
    let body = doorstep_sync::wire::pack(&request).unwrap();
    let answer = device.call(&world, Method::POST, "/v1/sync", &[], body).await;
    assert_eq!(answer.code(), "protocol_newer");
}
