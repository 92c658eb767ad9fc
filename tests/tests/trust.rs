//! Reference data is believed only under a key HQ's root vouches for, and only on its days.

use doorstep_domain::time::UtcMs;
use doorstep_tests::{
    device::Device,
    folders::copy_folder,
    hq::{Hq, data_files},
    notes::note,
    pictures,
    said::in_both_languages,
    shop::{SETTLE, Shop},
};
use rusqlite::{Connection, OptionalExtension};
use serde_json::{Value, json};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// From the story's day to 1 October 2026: the sample valuation ends on 30 September.
const TO_OCTOBER_MS: i64 = 78 * UtcMs::DAY;

/// A copy of the reference data in which a tap costs `fen` under a version of its own.
fn data_with_tap_at(folder: &Path, fen: u32) -> PathBuf {
    let copy = folder.join(format!("data-{fen}"));
    for part in ["rules", "sample"] {
        copy_folder(&data_files().join(part), &copy.join(part));
    }
    let file = copy.join("sample/fees.toml");
    let before = fs::read_to_string(&file).expect("fees");
    let after = before
        .replace("\"SAMPLE-FEES-2026\"", &format!("\"SAMPLE-FEES-2026-{fen}\""))
        .replace("fen = 3500\nsource", &format!("fen = {fen}\nsource"));
    assert!(after.contains(&format!("fen = {fen}\n")), "the tap has its price");
    fs::write(&file, after).expect("written");
    copy
}

fn publish(hq: &Hq, files: &Path) -> String {
    hq.admin(&["publish", files.to_str().expect("UTF-8")])
}

/// What a tap costs on this device, in fen.
async fn tap(tablet: &Device, shop: &Shop) -> i64 {
    let quote = json!({
        "work_order": shop.job.work_order,
        "new": [{ "line": "new-1", "sku": "S-DR-60" }],
        "fees": [{ "line": "new-1", "rule": "wp.faucet", "quantity_milli": 1_000 }],
    });
    let quote = tablet.call("quote_make", quote).await;
    quote["quote"]["totals"]["certain"]["fees"].as_i64().expect("fen")
}

fn warned(state: &Value) -> Vec<&Value> {
    let all = state["warnings"].as_array().expect("warnings").iter();
    all.filter(|warning| warning["code"] == "signature_bad").collect()
}

/// A setting of HQ's ledger, changed behind HQ's back.
fn set_in_ledger(hq: &Hq, name: &str, value: &str) {
    let ledger = Connection::open(hq.data().join("ledger.sqlite")).expect("the ledger");
    let rows = ledger.execute("UPDATE setting SET value = ?2 WHERE name = ?1", [name, value]);
    assert_eq!(rows.expect("written"), 1, "there is a setting {name}");
}

fn in_ledger(hq: &Hq, name: &str) -> String {
    let ledger = Connection::open(hq.data().join("ledger.sqlite")).expect("the ledger");
    let found = ledger
        .query_row("SELECT value FROM setting WHERE name = ?1", [name], |row| row.get(0))
        .optional();
    found.expect("read").unwrap_or_else(|| panic!("no setting {name}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn prices_under_a_strangers_key_are_not_used_and_the_old_ones_stay_in_force() {
    let shop = Shop::open(2);
    let stranger = Shop::open(1);
    let tablet = shop.tablet().await;
    tablet.sync_until_settled(SETTLE).await;
    assert_eq!(tap(&tablet, &shop).await, 3_500);

    // Somebody got at HQ's folder, but not at its root key: the signing key is another one.
    let (keys, own) = ("keys.json", fs::read(shop.hq.data().join("keys.json")).expect("keys"));
    fs::copy(stranger.hq.data().join(keys), shop.hq.data().join(keys)).expect("swapped");
    publish(&shop.hq, &data_with_tap_at(shop.rooms.path(), 99));
    fs::write(shop.hq.data().join(keys), own).expect("put back");
    let state = tablet.sync_until_settled(SETTLE).await;
    let warnings = warned(&state);
    assert_eq!(warnings.len(), 1, "one bundle was not believed: {state}");
    assert_eq!(warnings[0]["params"]["bundle"], "fees SAMPLE-FEES-2026-99");
    assert!(in_both_languages(&warnings[0]["words"]).contains("stays in force"));
    assert_eq!(tap(&tablet, &shop).await, 3_500, "the forged price is not used");

    // A control: the same change, rightly signed, is used.
    publish(&shop.hq, &data_with_tap_at(shop.rooms.path(), 9_900));
    tablet.sync_until_settled(SETTLE).await;
    assert_eq!(tap(&tablet, &shop).await, 9_900, "rightly signed prices are used");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_list_of_another_root_is_refused_with_a_warning_and_the_old_one_serves_on() {
    let shop = Shop::open(2);
    let stranger = Shop::open(1);
    let tablet = shop.tablet().await;
    tablet.sync_until_settled(SETTLE).await;
    let own = ["key_list", "root_public"].map(|name| (name, in_ledger(&shop.hq, name)));

    // A stranger's list, newer than the one held, under the stranger's root.
    stranger.hq.admin(&["revoke-key", "1"]);
    for (name, _) in &own {
        set_in_ledger(&shop.hq, name, &in_ledger(&stranger.hq, name));
    }
    let state = tablet.sync().await;
    assert_eq!(warned(&state).len(), 1, "the list is not believed: {state}");
    in_both_languages(&warned(&state)[0]["words"]);
    let card = json!({ "text": shop.job.card_text });
    let seen = tablet.call("code_typed", card.clone()).await;
    assert_eq!(seen["proof"]["words"]["en"], "Genuine", "the old list serves on: {seen}");
    let forged = tablet.call("code_typed", json!({ "text": stranger.job.card_text })).await;
    assert_eq!(forged["card_error"]["code"], "card_not_believed", "theirs is not: {forged}");

    // A control: a newer list of its own root is taken.
    for (name, value) in &own {
        set_in_ledger(&shop.hq, name, value);
    }
    shop.hq.admin(&["revoke-key", "2"]);
    tablet.sync_until_settled(SETTLE).await;
    let seen = tablet.call("code_typed", card).await;
    assert_eq!(seen["card_error"]["params"]["reason"], "card_revoked_key", "{seen}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_expired_price_book_quotes_nothing_and_stops_nothing_else() {
    let mut shop = Shop::open(2);
    let (mut tablet, line) = shop.tablet_on_a_line().await;
    assert_eq!(tap(&tablet, &shop).await, 3_500, "quoted on its days");

    shop.hq.restart_later(TO_OCTOBER_MS);
    line.redirect(shop.hq.address());
    tablet.restart_with_clock_moved(TO_OCTOBER_MS);
    tablet.unlock().await;
    tablet.sync_until_settled(SETTLE).await;
    let day = tablet.call("today", json!({})).await["day"].clone();
    assert_eq!(day, "2026-10-01", "HQ's day has come to the tablet");
    let sale = json!({
        "work_order": shop.job.work_order, "new": [{ "line": "new-1", "sku": "S-DR-60" }],
    });
    let offer = json!({ "asset": shop.job.asset });
    for (command, input) in
        [("quote_make", sale), ("offer_view", offer), ("catalogue_list", json!({}))]
    {
        let error = tablet.try_call(command, input).await.expect_err(command);
        assert_eq!(error["code"], "books_missing", "{command}: {error}");
        assert_eq!(error["params"]["bundle"], "valuation", "{command}: {error}");
        assert!(in_both_languages(&error["words"]).contains("connect"), "what to do: {error}");
    }
    let seen = tablet.call("code_typed", json!({ "text": shop.job.card_text })).await;
    assert_eq!(seen["card"]["card"]["id"], shop.job.card.as_str(), "cards are still read");
    let view = note(&tablet, &shop.job, "价目过期了").await;
    assert!(view["work_orders"][0]["facts"].to_string().contains("价目过期了"));
    let photo = pictures::front_of("asset", &shop.job.asset, &pictures::room(1, 640, 480));
    tablet.call("photo_add", photo).await;
    let state = tablet.sync_until_settled(SETTLE).await;
    assert_eq!(state["refused"], 0, "and everything reaches HQ: {state}");
}
