//! A card's code at the table: believed only whole, unchanged, and under a key HQ vouches for;
//! every refusal with its own reason in both languages.

use doorstep_domain::{time::UtcMs, trust::Kid};
use doorstep_media::card_code::{self, CardFields, CardProduct};
use doorstep_tests::{
    device::Device,
    pictures,
    shop::{SETTLE, Shop},
    story::START,
};
use ed25519_dalek::SigningKey;
use serde_json::{Value, json};
use std::{collections::BTreeMap, fs};

const PREFIX: &str = "DSC:";
const SIGNATURE_BYTES: usize = 64;

fn payload(text: &str) -> Vec<u8> {
    base45::decode(text.strip_prefix(PREFIX).expect("a card's text")).expect("base45")
}

fn text_of(payload: &[u8]) -> String {
    format!("{PREFIX}{}", base45::encode(payload))
}

async fn typed(tablet: &Device, text: &str) -> Value {
    tablet.call("code_typed", json!({ "text": text })).await
}

/// The reason why a text is not believed; it must be told in both languages and show no card.
async fn refusal(tablet: &Device, text: &str) -> String {
    let seen = typed(tablet, text).await;
    assert!(seen["card"].is_null() && seen["proof"].is_null(), "believed: {text} {seen}");
    assert_eq!(seen["matches"], json!([]), "nothing is looked up by what is not believed");
    reason(&seen["card_error"])
}

fn reason(error: &Value) -> String {
    assert_eq!(error["code"], "card_not_believed", "{error}");
    let (zh, en) = (error["words"]["zh"].as_str(), error["words"]["en"].as_str());
    let (zh, en) = (zh.expect("zh"), en.expect("en"));
    assert!(zh.chars().any(|c| c > '\u{2e80}'), "Chinese words: {zh}");
    assert!(en.is_ascii() && en.contains(' '), "English words: {en}");
    error["params"]["reason"].as_str().expect("a reason").to_owned()
}

/// A secret of HQ, as its data folder holds it.
fn secret_of(shop: &Shop, which: &str) -> (Kid, SigningKey) {
    let text = fs::read_to_string(shop.hq.data().join("keys.json")).expect("HQ's keys");
    let keys: Value = serde_json::from_str(&text).expect("JSON");
    let digits = keys[which]["secret"].as_str().expect("a secret");
    let byte = |at: usize| u8::from_str_radix(&digits[2 * at..2 * at + 2], 16).expect("hex");
    let kid = keys[which]["kid"].as_u64().expect("a kid");
    (Kid::try_from(kid).expect("small"), SigningKey::from_bytes(&std::array::from_fn(byte)))
}

fn fields(kid: Kid) -> CardFields {
    CardFields {
        kid,
        card: "019f0000-0000-7000-8000-000000000001".parse().expect("an id"),
        product: CardProduct::Gtin("2000000000602".into()),
        serials: vec!["SXH100Z900777".into()],
        invoice_date: "2026-07-01".parse().expect("a date"),
        install_date: None,
        whole_months: 12,
        main_parts_months: 36,
        provisional: false,
        commercial: false,
        issued_at: START.plus_ms(-UtcMs::DAY),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_single_bit_of_a_card_counts() {
    let shop = Shop::open(2);
    let tablet = shop.tablet().await;
    let genuine = payload(&shop.job.card_text);
    let seen = typed(&tablet, &text_of(&genuine)).await;
    assert_eq!(seen["proof"]["words"]["en"], "Genuine", "unchanged it is believed: {seen}");

    let content = genuine.len() - SIGNATURE_BYTES;
    let mut reasons: BTreeMap<String, u32> = BTreeMap::new();
    for bit in 0..genuine.len() * 8 {
        let mut changed = genuine.clone();
        changed[bit / 8] ^= 1 << (bit % 8);
        let reason = refusal(&tablet, &text_of(&changed)).await;
        match bit / 8 {
            0 => assert_eq!(reason, "card_unknown_version", "bit {bit}"),
            at if at >= content => assert_eq!(reason, "card_altered", "bit {bit}"),
            _ => {}
        }
        *reasons.entry(reason).or_default() += 1;
    }
    let told = |reason: &str| reasons.get(reason).copied().unwrap_or(0);
    assert!(told("card_altered") > 512 && told("card_unknown_key") >= 14, "{reasons:?}");
    let all: u32 = reasons.values().sum();
    assert_eq!(all as usize, genuine.len() * 8, "every bit was tried");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_card_cut_short_or_of_another_version_or_kind_is_refused_with_its_own_reason() {
    let shop = Shop::open(2);
    let tablet = shop.tablet().await;
    let genuine = payload(&shop.job.card_text);
    for length in 1..genuine.len() {
        let reason = refusal(&tablet, &text_of(&genuine[..length])).await;
        assert!(["card_damaged", "card_altered"].contains(&reason.as_str()), "{length}: {reason}");
    }
    for length in PREFIX.len() + 1..shop.job.card_text.len() {
        let cut: String = shop.job.card_text.chars().take(length).collect();
        refusal(&tablet, &cut).await;
    }
    let longer = [genuine.as_slice(), &[0]].concat();
    assert_eq!(refusal(&tablet, &text_of(&longer)).await, "card_damaged");

    let (kid, card_key) = secret_of(&shop, "card");
    let (bundle_kid, bundle_key) = secret_of(&shop, "bundle");
    let signed = |fields: &CardFields, key| card_code::sign(fields, key).expect("a card");
    let mut good = fields(kid);
    let seen = typed(&tablet, &signed(&good, &card_key)).await;
    assert_eq!(seen["proof"]["words"]["zh"], "真卡", "the fields are sound: {seen}");

    let stranger = SigningKey::from_bytes(&[7; 32]);
    let unknown = refusal(&tablet, &signed(&fields(9_999), &stranger)).await;
    assert_eq!(unknown, "card_unknown_key", "a right signature of somebody unknown");
    assert_eq!(refusal(&tablet, &signed(&good, &stranger)).await, "card_altered");
    let misused = refusal(&tablet, &signed(&fields(bundle_kid), &bundle_key)).await;
    assert_eq!(misused, "card_wrong_use", "the key of the price books signs no card");
    good.provisional = true;
    assert_eq!(refusal(&tablet, &signed(&good, &card_key)).await, "card_wrong_use");
    let mut old = fields(kid);
    old.issued_at = START.plus_ms(-20 * 365 * UtcMs::DAY);
    assert_eq!(refusal(&tablet, &signed(&old, &card_key)).await, "card_outside_validity");

    // A later version may be signed as rightly as can be: this program does not know what it says.
    let mut later = payload(&signed(&fields(kid), &card_key));
    later[0] = 2;
    let seen = typed(&tablet, &text_of(&later)).await;
    assert_eq!(reason(&seen["card_error"]), "card_unknown_version");
    let said = seen["card_error"]["words"]["en"].as_str().expect("words");
    assert!(said.contains("version 2") && said.contains("Update"), "what to do is said: {said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_key_is_not_believed_once_the_device_has_heard_of_it() {
    let shop = Shop::open(2);
    let tablet = shop.tablet().await;
    let (kid, _) = secret_of(&shop, "card");
    let before = shop.job.card_text.clone();
    shop.hq.admin(&["revoke-key", &kid.to_string()]);
    let seen = typed(&tablet, &before).await;
    assert!(seen["card_error"].is_null(), "not yet heard of: {seen}");

    tablet.sync_until_settled(SETTLE).await;
    assert_eq!(refusal(&tablet, &before).await, "card_revoked_key");
    let card = tablet.call("card_view", json!({ "card": shop.job.card })).await;
    let now = card["code"].as_str().expect("HQ signed it anew").to_owned();
    assert_ne!(now, before);
    let seen = typed(&tablet, &now).await;
    assert_eq!(seen["card"]["card"]["id"], shop.job.card.as_str(), "under the new key: {seen}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_expired_card_is_genuine_and_said_to_be_over() {
    let shop = Shop::open(2);
    let tablet = shop.tablet().await;
    let seen = typed(&tablet, &shop.job.card_text).await;
    assert_eq!(seen["proof"]["words"]["en"], "Genuine");
    let verdict = &seen["card"]["verdict"];
    let ends = |scope: &str| verdict[scope]["ended"]["on"].as_str().map(str::to_owned);
    assert_eq!(ends("whole_unit").as_deref(), Some("2016-06-18"), "a year from 2015: {verdict}");
    assert_eq!(ends("main_parts").as_deref(), Some("2018-06-18"), "three years: {verdict}");

    let fresh = json!({ "gtin": "2000000000602", "serials": ["SXH100Z900778"] });
    let clerk = shop.laptop().await;
    let card = clerk.call("card_issue", fresh).await;
    assert!(!card["verdict"]["whole_unit"]["covered"].is_null(), "a control: {}", card["verdict"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn labels_nobody_knows_and_damaged_ones_are_kept_as_they_are() {
    let shop = Shop::open(2);
    let tablet = shop.tablet().await;
    for text in ["X-12 9@ü", "HTTP://NOBODY.EXAMPLE/Q?A=1", "机身 0042", "[)>06S1"] {
        let seen = typed(&tablet, text).await;
        assert_eq!(seen["labels"][0]["text"], text, "as typed");
        let kind = &seen["labels"][0]["kind"];
        assert!(kind.to_string().contains("unknown"), "{text} is {kind}");
        assert!(kind.to_string().contains(text), "kept raw: {kind}");
        assert!(seen["card_error"].is_null() && seen["card"].is_null(), "no card: {seen}");
    }
    let cut: String = shop.job.card_text.chars().take(40).collect();
    for text in ["NOBODY KNOWS 0042", cut.as_str()] {
        let photo = pictures::card_on_a_table(text);
        let seen = tablet.call("label_scan", json!({ "image": pictures::base64(&photo) })).await;
        assert_eq!(seen["labels"][0]["text"], text, "as the picture has it: {seen}");
    }
    let torn = pictures::room(3, 800, 600);
    let scan = json!({ "image": pictures::base64(&torn) });
    let refused = tablet.try_call("label_scan", scan).await.unwrap_err();
    assert_eq!(refused["code"], "label_not_found");
    assert!(refused["words"]["zh"].as_str().is_some_and(|words| words.contains("手工输入")));
}
