//! Photos: resumed where they stopped, counted only with the right hash, seen by whoever may.

use crate::common::World;
use axum::http::{Method, StatusCode};
use doorstep_domain::facts::{DocKind, FieldEdit};
use doorstep_hq::server::MediaRow;
use sha2::{Digest, Sha256};

fn photo() -> (Vec<u8>, String) {
    let bytes: Vec<u8> = (0..100_000u32).map(|number| (number % 251) as u8).collect();
    let hash = hex::encode(Sha256::digest(&bytes));
    (bytes, hash)
}

#[tokio::test]
async fn an_upload_goes_on_where_it_stopped_and_the_clerk_sees_it() {
    let mut world = World::new();
    let (mut device, mut clerk) = (world.device("周晓琳").await, world.device("林静").await);
    let (bytes, hash) = photo();
    let subject = world.door("work_order");
    let created = device.announce(&world, subject, &hash, bytes.len()).await;
    assert_eq!(created.status, StatusCode::CREATED, "{}", created.text());
    let path = created.header("location").to_owned();
    assert_eq!(path, format!("/v1/media/{hash}"));
    assert_eq!(
        device.piece(&world, &hash, 0, &bytes[..40_000]).await.header("upload-offset"),
        "40000"
    );

    // The answer was lost and HQ started again: the device asks, a wrong offset is told.
    world.restart();
    let wrong = device.piece(&world, &hash, 0, &bytes[..40_000]).await;
    assert_eq!((wrong.status, wrong.code().as_str()), (StatusCode::CONFLICT, "wrong_offset"));
    let head = device.call(&world, Method::HEAD, &path, &[], vec![]).await;
    assert_eq!((head.status, head.header("upload-offset")), (StatusCode::OK, "40000"));
    let before = device.call(&world, Method::GET, &path, &[], vec![]).await;
    assert_eq!(before.status, StatusCode::NOT_FOUND);
    let done = device.piece(&world, &hash, 40_000, &bytes[40_000..]).await;
    assert_eq!((done.status, done.header("upload-offset")), (StatusCode::NO_CONTENT, "100000"));

    clerk.sync(&world, vec![], vec![]).await;
    let rows: Vec<MediaRow> = clerk.rows_of("media");
    assert_eq!(rows.len(), 1);
    assert_eq!(
        (rows[0].hash.as_str(), rows[0].subject, rows[0].bytes),
        (hash.as_str(), subject, 100_000)
    );
    let got = clerk.call(&world, Method::GET, &path, &[], vec![]).await;
    assert_eq!(got.body, bytes);
    device.sync(&world, vec![], vec![]).await;
    assert_eq!(device.rows_of::<MediaRow>("media"), rows, "the device has its receipt");

    // The same bytes for the machine as well: nothing is sent twice.
    let again = device.announce(&world, world.door("asset"), &hash, bytes.len()).await;
    assert_eq!((again.status, again.header("upload-offset")), (StatusCode::CREATED, "100000"));
    clerk.sync(&world, vec![], vec![]).await;
    assert_eq!(clerk.rows_of::<MediaRow>("media").len(), 2);
}

#[tokio::test]
async fn bytes_with_another_hash_are_discarded() {
    let world = World::new();
    let device = world.device("周晓琳").await;
    let (mut bytes, hash) = photo();
    bytes[5] ^= 1;
    device.announce(&world, world.door("work_order"), &hash, bytes.len()).await;
    let refused = device.piece(&world, &hash, 0, &bytes).await;
    assert_eq!((refused.status.as_u16(), refused.code().as_str()), (460, "checksum_mismatch"));
    let path = format!("/v1/media/{hash}");
    let head = device.call(&world, Method::HEAD, &path, &[], vec![]).await;
    assert_eq!(head.status, StatusCode::NOT_FOUND);
    bytes[5] ^= 1;
    device.announce(&world, world.door("work_order"), &hash, bytes.len()).await;
    assert_eq!(device.piece(&world, &hash, 0, &bytes).await.status, StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn another_store_neither_sends_nor_sees() {
    let world = World::new();
    let (device, stranger) = (world.device("周晓琳").await, world.device("罗艳").await);
    let (bytes, hash) = photo();
    let subject = world.door("work_order");
    let refused = stranger.announce(&world, subject, &hash, bytes.len()).await;
    assert_eq!(
        (refused.status, refused.code().as_str()),
        (StatusCode::NOT_FOUND, "subject_unknown")
    );
    device.announce(&world, subject, &hash, bytes.len()).await;
    let put = stranger.piece(&world, &hash, 0, &bytes).await;
    assert_eq!(put.status, StatusCode::NOT_FOUND);
    device.piece(&world, &hash, 0, &bytes).await;
    let path = format!("/v1/media/{hash}");
    let got = stranger.call(&world, Method::GET, &path, &[], vec![]).await;
    assert_eq!(got.status, StatusCode::NOT_FOUND);
    let odd = device.call(&world, Method::GET, "/v1/media/..%2Froot.key", &[], vec![]).await;
    assert_eq!(odd.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_body_cut_at_any_byte_leaves_nothing_and_any_length_can_be_gone_on_from() {
    let world = World::new();
    let device = world.device("周晓琳").await;
    let bytes: Vec<u8> = (0..120u8).map(|number| number.wrapping_mul(7)).collect();
    let subject = world.door("work_order");
    for cut in 0..bytes.len() {
        let mut bytes = bytes.clone();
        bytes[0] = u8::try_from(cut).unwrap();
        let hash = hex::encode(Sha256::digest(&bytes));
        device.announce(&world, subject, &hash, bytes.len()).await;
        let broken = device.broken_piece(&world, &hash, &bytes, cut).await;
        assert!(!broken.status.is_success(), "{cut}");
        let path = format!("/v1/media/{hash}");
        let head = device.call(&world, Method::HEAD, &path, &[], vec![]).await;
        assert_eq!(head.header("upload-offset"), "0", "{cut}: nothing of a broken body counts");
        let first = device.piece(&world, &hash, 0, &bytes[..cut]).await;
        assert_eq!(first.header("upload-offset"), cut.to_string());
        let rest = device.piece(&world, &hash, cut, &bytes[cut..]).await;
        assert_eq!(rest.status, StatusCode::NO_CONTENT, "{cut}");
        let got = device.call(&world, Method::GET, &path, &[], vec![]).await;
        assert_eq!(got.body, bytes, "{cut}");
    }
}

#[tokio::test]
async fn a_photo_whose_record_has_left_the_tablet_is_still_taken_from_it_and_from_nobody_else() {
    let world = World::new();
    let (mut device, stranger) = (world.device("周晓琳").await, world.device("罗艳").await);
    let (bytes, hash) = photo();
    let subject = world.door("work_order");
    let edit = [FieldEdit::new("photos", format!("{hash}/shot"), "front")];
    let push = device.edit(DocKind::WorkOrder, subject, &edit, world.now());
    device.sync(&world, vec![push], vec![]).await.unwrap();
    let conn = world.home.connect(world.now()).unwrap();
    for table in ["row", "doc"] {
        let hidden = "UPDATE feed SET gone = 1 WHERE id = ?1 AND stream = ?2";
        conn.execute(hidden, rusqlite::params![subject.as_bytes(), table]).unwrap();
    }
    let refused = stranger.announce(&world, subject, &hash, bytes.len()).await;
    assert_eq!(refused.status, StatusCode::NOT_FOUND);
    let other = hex::encode(Sha256::digest(b"never named"));
    let refused = device.announce(&world, subject, &other, 11).await;
    assert_eq!(refused.status, StatusCode::NOT_FOUND);
    let created = device.announce(&world, subject, &hash, bytes.len()).await;
    assert_eq!(created.status, StatusCode::CREATED, "{}", created.text());
    assert_eq!(device.piece(&world, &hash, 0, &bytes).await.status, StatusCode::NO_CONTENT);
    let path = format!("/v1/media/{hash}");
    let got = device.call(&world, Method::GET, &path, &[], vec![]).await;
    assert_eq!(got.status, StatusCode::NOT_FOUND, "sending is no leave to see");
}
