use super::*;
use crate::label::{LabelFormat, LabelKind, parse, read_image, read_luma};
use doorstep_domain::trust::ListedKey;
use proptest::prelude::*;
use uuid::Uuid;

const ISSUED: UtcMs = UtcMs(1_784_000_000_000);
const CARD_KID: Kid = 3;
const STORE_KID: Kid = 4;

fn key(seed: u8) -> SigningKey {
    SigningKey::from_bytes(&[seed; 32])
}

fn listed(kid: Kid, purpose: KeyUse, seed: u8) -> ListedKey {
    ListedKey {
        kid,
        purpose,
        public: hex::encode(key(seed).verifying_key().to_bytes()),
        not_before: ISSUED.plus_ms(-UtcMs::DAY),
        not_after: ISSUED.plus_ms(UtcMs::DAY),
        revoked_at: None,
    }
}

fn keys() -> KeyList {
    KeyList {
        version: 9,
        issued_at: ISSUED,
        keys: vec![
            listed(CARD_KID, KeyUse::Card, 1),
            listed(STORE_KID, KeyUse::ProvisionalCard, 2),
            listed(5, KeyUse::Bundle, 3),
        ],
    }
}

fn card() -> CardFields {
    CardFields {
        kid: CARD_KID,
        card: CardId(Uuid::from_bytes([7; 16])),
        product: CardProduct::Gtin("06901234567892".into()),
        serials: vec!["AA8XS0E0000BC74K6412".into()],
        invoice_date: "2026-07-10".parse().unwrap(),
        install_date: "2026-07-14".parse().ok(),
        whole_months: 12,
        main_parts_months: 36,
        provisional: false,
        commercial: false,
        issued_at: ISSUED,
    }
}

fn bytes_of(text: &str) -> Vec<u8> {
    base45::decode(text.strip_prefix(PREFIX).unwrap()).unwrap()
}

fn text_of(bytes: &[u8]) -> String {
    format!("{PREFIX}{}", base45::encode(bytes))
}

#[test]
fn a_signed_card_opens_with_every_field() {
    let opened = open(&sign(&card(), &key(1)).unwrap(), &keys(), ISSUED).unwrap();
    assert_eq!(opened, OpenedCard { fields: card(), key_list_version: 9, issued_ahead: false });
}

#[test]
fn a_provisional_card_opens_under_the_stores_key_only() {
    let provisional = CardFields { provisional: true, kid: STORE_KID, ..card() };
    assert!(open(&sign(&provisional, &key(2)).unwrap(), &keys(), ISSUED).is_ok());
    let borrowed = CardFields { kid: CARD_KID, ..provisional };
    let refused = open(&sign(&borrowed, &key(1)).unwrap(), &keys(), ISSUED);
    assert_eq!(refused.unwrap_err(), CardCodeError::WrongUse(CARD_KID));
    let promoted = CardFields { kid: STORE_KID, ..card() };
    let refused = open(&sign(&promoted, &key(2)).unwrap(), &keys(), ISSUED);
    assert_eq!(refused.unwrap_err(), CardCodeError::WrongUse(STORE_KID));
}

#[test]
fn every_single_bit_change_is_refused() {
    let bytes = bytes_of(&sign(&card(), &key(1)).unwrap());
    for bit in 0..bytes.len() * 8 {
        let mut changed = bytes.clone();
        changed[bit / 8] ^= 1 << (bit % 8);
        let error = open(&text_of(&changed), &keys(), ISSUED).unwrap_err();
        let in_signature = bit / 8 >= bytes.len() - wire::SIGNATURE_BYTES;
        assert!(!in_signature || error == CardCodeError::Altered, "bit {bit}: {error}");
    }
}

#[test]
fn every_shortened_or_lengthened_code_is_refused() {
    let bytes = bytes_of(&sign(&card(), &key(1)).unwrap());
    for length in 0..bytes.len() {
        assert!(open(&text_of(&bytes[..length]), &keys(), ISSUED).is_err(), "{length} bytes");
    }
    assert!(open(&text_of(&[bytes, vec![0]].concat()), &keys(), ISSUED).is_err());
}

#[test]
fn a_right_signature_under_a_key_not_to_be_believed_has_its_own_error() {
    let code = |kid| sign(&CardFields { kid, ..card() }, &key(1)).unwrap();
    assert_eq!(open(&code(77), &keys(), ISSUED).unwrap_err(), CardCodeError::UnknownKey(77));
    let mut revoked = keys();
    revoked.keys[0].revoked_at = Some(ISSUED.plus_ms(UtcMs::DAY));
    let refused = open(&code(CARD_KID), &revoked, ISSUED).unwrap_err();
    assert_eq!(refused, CardCodeError::RevokedKey(CARD_KID));
    assert_eq!(open(&code(5), &keys(), ISSUED).unwrap_err(), CardCodeError::WrongUse(5));
    let mut unreadable = keys();
    unreadable.keys[0].public = "zz".into();
    let refused = open(&code(CARD_KID), &unreadable, ISSUED).unwrap_err();
    assert_eq!(refused, CardCodeError::UnreadableKey(CARD_KID));
}

#[test]
fn the_day_of_issue_must_lie_within_the_keys_validity_but_now_need_not() {
    let late = CardFields { issued_at: ISSUED.plus_ms(2 * UtcMs::DAY), ..card() };
    let refused = open(&sign(&late, &key(1)).unwrap(), &keys(), ISSUED).unwrap_err();
    assert_eq!(refused, CardCodeError::OutsideValidity(CARD_KID));
    let code = sign(&card(), &key(1)).unwrap();
    assert!(open(&code, &keys(), ISSUED.plus_ms(4000 * UtcMs::DAY)).is_ok());
    assert!(open(&code, &keys(), ISSUED.plus_ms(-1)).unwrap().issued_ahead);
}

#[test]
fn another_key_under_the_same_name_is_an_alteration() {
    let forged = sign(&card(), &key(9)).unwrap();
    assert_eq!(open(&forged, &keys(), ISSUED).unwrap_err(), CardCodeError::Altered);
}

#[test]
fn what_is_not_ours_or_newer_is_said_so() {
    let err = |text: &str| open(text, &keys(), ISSUED).unwrap_err();
    assert_eq!(err("http://oid.haier.com/oid?ewm=D"), CardCodeError::NotOurs);
    assert_eq!(err("DSC:"), CardCodeError::Damaged);
    assert_eq!(err("DSC:???"), CardCodeError::Damaged);
    let mut newer = bytes_of(&sign(&card(), &key(1)).unwrap());
    newer[0] = 2;
    assert_eq!(err(&text_of(&newer)), CardCodeError::UnknownVersion(2));
}

#[test]
fn typical_cards_fit_version_8_at_level_m() {
    let version = |card: &CardFields| {
        let text = sign(card, &key(1)).unwrap();
        assert!(bytes_of(&text).len() <= MAX_BYTES);
        (modules(&text).unwrap().size - 17) / 4
    };
    assert_eq!(bytes_of(&sign(&card(), &key(1)).unwrap()).len(), 114);
    assert!(version(&card()) <= 8);
    let split = vec!["AA8XS0E0000BC74K6412".into(), "AB9YS0E0001BC74K7733".into()];
    assert!(version(&CardFields { serials: split, ..card() }) <= 8);
    let midea = vec!["0000C03116420010F152421000071YK6".into(); 2];
    assert!(version(&CardFields { serials: midea, ..card() }) <= 8);
    let model = CardProduct::Model("BCD-502WLCFPM4G9U1".into());
    assert!(version(&CardFields { product: model, commercial: true, ..card() }) <= 8);
    assert!(
        version(&CardFields { product: CardProduct::Unstated, install_date: None, ..card() }) <= 7
    );
}

#[test]
fn too_much_content_is_refused_with_its_size() {
    let serials = vec!["0000C03116420010F152421000071YK6".into(); 3];
    let error = sign(&CardFields { serials, ..card() }, &key(1)).unwrap_err();
    assert_eq!(error, CardCodeError::TooLarge { bytes: 166 });
    assert!(error.words().en.contains("166"));
    assert!(matches!(modules(&"A".repeat(222)), Err(CardCodeError::TooLarge { .. })));
    assert!(modules(&"A".repeat(221)).is_ok());
}

#[test]
fn fields_that_cannot_be_carried_are_named() {
    let field = |card: CardFields| match sign(&card, &key(1)) {
        Err(CardCodeError::Field(name)) => name,
        other => panic!("{other:?}"),
    };
    assert_eq!(field(CardFields { serials: vec![], ..card() }), "serials");
    assert_eq!(field(CardFields { serials: vec![String::new()], ..card() }), "serials");
    assert_eq!(field(CardFields { product: CardProduct::Gtin("123".into()), ..card() }), "gtin");
    assert_eq!(
        field(CardFields { product: CardProduct::Model("x".repeat(64)), ..card() }),
        "model"
    );
    assert_eq!(field(CardFields { issued_at: UtcMs(-1), ..card() }), "issued_at");
    let old = "1999-12-31".parse().unwrap();
    assert_eq!(field(CardFields { invoice_date: old, ..card() }), "invoice_date");
    assert_eq!(field(CardFields { install_date: Some(old), ..card() }), "install_date");
}

#[test]
fn a_rendered_card_reads_back_from_its_picture() {
    let text = sign(&card(), &key(1)).unwrap();
    let code = modules(&text).unwrap();
    let (side, pixels) = code.luma(4);
    let reading = read_luma(side as u32, side as u32, &pixels);
    assert_eq!(reading.labels.len(), 1);
    assert_eq!(reading.labels[0].text, text);
    assert_eq!(parse(LabelFormat::Qr, &text), LabelKind::DoorstepCard { text: text.clone() });
    assert!(open(&reading.labels[0].text, &keys(), ISSUED).is_ok());
    let from_png = read_image(&code.png(3).unwrap());
    assert_eq!(from_png.labels[0].text, text);
}

#[test]
fn the_svg_path_covers_exactly_the_dark_modules() {
    let code = modules("DSC:0").unwrap();
    let path = code.svg_path();
    let mut covered = 0;
    for run in path.split('M').skip(1) {
        let length: usize = run.split(['h', 'v']).nth(1).unwrap().parse().unwrap();
        covered += length;
    }
    assert_eq!(covered, code.dark.iter().filter(|dark| **dark).count());
    assert!(path.starts_with("M4 4h7v1h-7z"), "the first finder pattern: {path}");
}

#[test]
fn every_error_speaks_both_languages_under_its_own_code() {
    let errors = [
        CardCodeError::NotOurs,
        CardCodeError::Damaged,
        CardCodeError::UnknownVersion(2),
        CardCodeError::UnknownKey(1),
        CardCodeError::RevokedKey(1),
        CardCodeError::OutsideValidity(1),
        CardCodeError::WrongUse(1),
        CardCodeError::UnreadableKey(1),
        CardCodeError::Altered,
        CardCodeError::TooLarge { bytes: 1 },
        CardCodeError::Field("serials"),
        CardCodeError::Picture,
    ];
    let codes: std::collections::BTreeSet<_> = errors.iter().map(CardCodeError::code).collect();
    assert_eq!(codes.len(), errors.len());
    for error in &errors {
        let words = error.words();
        assert!(!words.zh.is_ascii() && words.en.is_ascii(), "{error:?}");
    }
}

proptest! {
    #[test]
    fn any_text_is_refused_without_a_panic(text in "\\PC*", body in "[0-9A-Z $%*+./:-]{0,300}") {
        prop_assert!(open(&text, &keys(), ISSUED).is_err());
        let prefixed = format!("{PREFIX}{body}");
        prop_assert!(open(&prefixed, &keys(), ISSUED).is_err());
    }

    #[test]
    fn any_fields_come_back(
        days in 0i64..65_000, whole in any::<u8>(), main in any::<u8>(), commercial in any::<bool>(),
        serial in "[0-9A-Z]{1,24}", model in "[ -~]{1,18}", seconds in 1_783_950_000u32..1_784_040_000,
    ) {
        let day = UtcMs((days + 10_957) * UtcMs::DAY).shanghai_day();
        let fields = CardFields {
            product: CardProduct::Model(model), serials: vec![serial], invoice_date: day,
            install_date: None, whole_months: whole, main_parts_months: main, commercial,
            issued_at: UtcMs(i64::from(seconds) * 1000), ..card()
        };
        let opened = open(&sign(&fields, &key(1)).unwrap(), &keys(), ISSUED);
        prop_assert_eq!(opened.map(|o| o.fields), Ok(fields));
    }
}
