//! Hostile pictures, hasty fingers and guessed PINs: each is told in both languages, nothing
//! earlier is harmed, and the app goes on.

use doorstep_tests::{
    device::{Device, PIN},
    pictures::{self, front_of},
    said::in_both_languages,
    shop::{SETTLE, Shop},
    story::{STEPS, Silence, Step},
};
use image::{GrayImage, ImageFormat};
use serde_json::{Value, json};
use std::io::Cursor;

/// What a tablet may hold in memory at its worst: a 64-megapixel photo with room to work on it.
const MEMORY_KIB: u64 = 900 << 10;

fn grey_png(width: u32, height: u32) -> Vec<u8> {
    let mut file = Cursor::new(Vec::new());
    GrayImage::new(width, height).write_to(&mut file, ImageFormat::Png).expect("PNG is written");
    file.into_inner()
}

/// A PNG whose header announces another size than its data have.
fn png_announcing(width: u32, height: u32, of: &[u8]) -> Vec<u8> {
    let mut file = of.to_vec();
    file[16..20].copy_from_slice(&width.to_be_bytes());
    file[20..24].copy_from_slice(&height.to_be_bytes());
    let sum = crc32(&file[12..29]);
    file[29..33].copy_from_slice(&sum.to_be_bytes());
    file
}

/// As the PNG specification (W3C, annex D) has it.
fn crc32(bytes: &[u8]) -> u32 {
    let step = |sum: u32, _| if sum & 1 == 1 { 0xEDB8_8320 ^ (sum >> 1) } else { sum >> 1 };
    !bytes.iter().fold(!0u32, |sum, byte| (0..8).fold(sum ^ u32::from(*byte), step))
}

/// A JPEG whose frame header (SOF0, or SOF2 where progressive) announces 65,500 × 65,500.
fn jpeg_announcing_too_much() -> Vec<u8> {
    let mut file = pictures::room(1, 320, 240);
    let frame = file.windows(2).position(|pair| pair == [0xFF, 0xC0] || pair == [0xFF, 0xC2]);
    let at = frame.expect("a frame header") + 5;
    file[at..at + 4].copy_from_slice(&[0xFF, 0xDC, 0xFF, 0xDC]);
    file
}

fn heic() -> Vec<u8> {
    let mut file = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic".to_vec();
    file.extend([0x5A; 4_000]);
    file
}

/// Files nobody can make a picture of.
fn bad_files() -> Vec<(&'static str, Vec<u8>)> {
    let whole = pictures::room(2, 800, 600);
    let half = whole[..whole.len() / 2].to_vec();
    let small = grey_png(64, 64);
    let mut torn = small.clone();
    let middle = torn.len() / 2;
    torn[middle] ^= 0xFF;
    vec![
        ("nothing", Vec::new()),
        ("a note", "明天上午九点".as_bytes().to_vec()),
        ("a PDF", b"%PDF-1.7\n1 0 obj\n".to_vec()),
        ("HEIC", heic()),
        ("half a JPEG", half),
        ("the head of a JPEG", whole[..20].to_vec()),
        ("a JPEG of 65500 × 65500", jpeg_announcing_too_much()),
        ("a PNG with a wrong byte", torn),
        ("a PNG of 60000 × 60000", png_announcing(60_000, 60_000, &small)),
        ("a PNG that has less than it says", png_announcing(4_000, 4_000, &small)),
        ("81 megapixels in a few KB", grey_png(9_000, 9_000)),
    ]
}

async fn refused(device: &Device, command: &str, input: Value, what: &str) -> Value {
    let done = device.try_call(command, input).await;
    let error = done.map(|_| ()).expect_err(&format!("{command} refuses {what}"));
    assert!(!error.is_null(), "the app has died of {what} in {command}");
    assert_ne!(error["code"], "internal", "{what} in {command}: {error}");
    in_both_languages(&error["words"]);
    error
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_pictures_are_refused_in_words_and_earlier_photos_are_whole() {
    let shop = Shop::open(2);
    let tablet = shop.tablet().await;
    let asset = &shop.job.asset;
    let kept =
        tablet.call("photo_add", front_of("asset", asset, &pictures::room(1, 800, 600))).await;
    tablet.sync_until_settled(SETTLE).await;
    let listed = json!({ "subject": asset });
    let before = tablet.call("photo_list", listed.clone()).await;
    let bytes = tablet.call("photo_bytes", json!({ "hash": kept["hash"] })).await;

    for (what, file) in bad_files() {
        let error = refused(&tablet, "photo_add", front_of("asset", asset, &file), what).await;
        assert_eq!(error["code"], "photo_refused", "{what}");
        if what == "HEIC" {
            let said = error["words"]["en"].as_str().unwrap_or_default();
            assert!(said.contains("Most Compatible"), "what to do about it: {said}");
        }
        let scan = json!({ "image": pictures::base64(&file) });
        let error = refused(&tablet, "label_scan", scan, what).await;
        // Of half a picture the label reader reads the half that is there.
        let reads = what == "half a JPEG";
        let expected = if reads { "label_not_found" } else { "photo_refused" };
        assert_eq!(error["code"], expected, "{what} as a label");
    }
    let not_base64 = json!({ "subject": asset, "kind": "asset", "shot": "front", "image": "&%" });
    refused(&tablet, "photo_add", not_base64, "no base64").await;
    let frame = json!({ "frame": { "width": 4_000, "height": 3_000, "luma": "AAAA" } });
    let error = refused(&tablet, "label_scan", frame, "a frame without pixels").await;
    assert_eq!(error["code"], "photo_refused");

    assert!(tablet.peak_memory_kib() < MEMORY_KIB, "{} KiB", tablet.peak_memory_kib());
    assert_eq!(tablet.call("photo_list", listed.clone()).await, before, "nothing came, none went");
    let again = tablet.call("photo_bytes", json!({ "hash": kept["hash"] })).await;
    assert_eq!(again, bytes, "byte for byte");
    let good =
        tablet.call("photo_add", front_of("asset", asset, &pictures::room(9, 640, 480))).await;
    assert_eq!(good["about"]["width"], 640, "a good one is still taken in");
    tablet.sync_until_settled(SETTLE).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pictures_with_random_damage_never_end_the_app() {
    let shop = Shop::open(2);
    let tablet = shop.tablet().await;
    let sound =
        [pictures::room(4, 160, 120), pictures::card_on_a_table("NOBODY 1"), grey_png(80, 60)];
    let mut dice = 0x2545_F491u32;
    let mut roll = |below: usize| {
        dice ^= dice << 13;
        dice ^= dice >> 17;
        dice ^= dice << 5;
        dice as usize % below
    };
    let (mut taken, mut turned_away) = (0, 0);
    for round in 0..48 {
        let mut file = sound[round % sound.len()].clone();
        for _ in 0..1 + roll(6) {
            let at = roll(file.len().min(2_000));
            file[at] = u8::try_from(roll(256)).expect("a byte");
        }
        for (command, input) in [
            ("photo_add", front_of("asset", &shop.job.asset, &file)),
            ("label_scan", json!({ "image": pictures::base64(&file) })),
        ] {
            match tablet.try_call(command, input).await {
                Ok(_) => taken += 1,
                Err(error) => {
                    assert!(!error.is_null(), "the app has died in round {round} of {command}");
                    assert_ne!(error["code"], "internal", "round {round}: {error}");
                    in_both_languages(&error["words"]);
                    turned_away += 1;
                }
            }
        }
    }
    assert!(taken > 10 && turned_away > 10, "both happen: {taken} and {turned_away}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_filed_twice_and_by_many_fingers_at_once_is_one_order() {
    let shop = Shop::open(2);
    let tablet = shop.tablet().await;
    for step in STEPS.into_iter().take_while(|step| *step != Step::File) {
        step.play(&tablet, &shop.job, &mut Silence).await;
    }
    let pad = json!({ "work_order": shop.job.work_order });
    let file = json!({ "work_order": shop.job.work_order, "name": "王芳", "relation": "self" });
    let hasty = || tablet.try_call("order_file", file.clone());
    let (a, b, c, d) = tokio::join!(hasty(), hasty(), hasty(), hasty());
    let answers = [a, b, c, d, hasty().await];
    let filed = answers.iter().filter(|answer| answer.is_ok()).count();
    assert_eq!(filed, 1, "one of five took effect: {answers:?}");
    for error in answers.iter().filter_map(|answer| answer.as_ref().err()) {
        assert_eq!(error["code"], "gate_closed", "{error}");
        in_both_languages(&error["words"]);
    }
    tablet.sync_until_settled(SETTLE).await;
    let laptop = shop.laptop().await;
    laptop.sync_until_settled(SETTLE).await;
    for device in [&tablet, &laptop] {
        let view = device.call("order_view", pad.clone()).await;
        assert_eq!(view["orders"].as_array().map(Vec::len), Some(1), "one order: {view}");
        assert_eq!(view["orders"][0]["number"], "DS-20260715-0001");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_pins_cost_more_and_more_waiting_and_a_restart_does_not_help() {
    let shop = Shop::open(2);
    let mut tablet = shop.tablet().await;
    tablet.restart();
    let wrong = json!({ "pin": "913572" });
    for left in (0..5).rev() {
        let error = refused(&tablet, "unlock", wrong.clone(), "a wrong PIN").await;
        assert_eq!(error["code"], "wrong_pin");
        assert_eq!(error["params"]["attempts_left"], left.to_string(), "{error}");
    }
    let wait = |error: &Value| -> i64 {
        assert_eq!(error["code"], "pin_wait", "{error}");
        error["params"]["wait_ms"].as_str().and_then(|ms| ms.parse().ok()).expect("ms")
    };
    let first = wait(&refused(&tablet, "unlock", wrong.clone(), "another PIN").await);
    assert!((20_000..=30_000).contains(&first), "half a minute: {first}");
    let right = json!({ "pin": PIN });
    wait(&refused(&tablet, "unlock", right.clone(), "even the right PIN").await);

    tablet.restart();
    wait(&refused(&tablet, "unlock", right.clone(), "the right PIN after a restart").await);
    let status = tablet.call("app_status", json!({})).await;
    assert!(status["wait_ms"].as_i64() > Some(0), "the lock screen knows: {status}");

    let mut last = first;
    for (minutes, expected) in [(1, 60_000), (2, 300_000), (6, 900_000)] {
        tablet.restart_with_clock_moved(minutes * 60_000);
        let error = refused(&tablet, "unlock", wrong.clone(), "a wrong PIN after waiting").await;
        assert_eq!(error["code"], "wrong_pin", "the wait is over: {error}");
        let next = wait(&refused(&tablet, "unlock", wrong.clone(), "at once again").await);
        assert!(next > last && next > expected - 20_000 && next <= expected, "{last} → {next}");
        last = next;
    }
    tablet.restart_with_clock_moved(-5 * 86_400_000);
    let set_back = wait(&refused(&tablet, "unlock", right.clone(), "a clock set back").await);
    assert!(set_back > 880_000, "a clock set back gains nothing: {set_back}");
    tablet.restart_with_clock_moved(6 * 86_400_000);
    tablet.call("unlock", right).await;
    let status = tablet.call("app_status", json!({})).await;
    assert_eq!((&status["wait_ms"], &status["attempts_left"]), (&json!(0), &json!(5)));
}
