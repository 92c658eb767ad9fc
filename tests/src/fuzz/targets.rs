//! The decoders.

use doorstep_domain::{
    books::{Books, BundleKind},
    catalogue::Catalogue,
    claim::Claim,
    facts::DocKind,
    fee::FeeBook,
    org::Role,
    rights::may_write,
    subsidy::RuleBook,
    trust::{KeyList, KeyUse, Signed},
    valuation::ValuationTable,
};
use doorstep_media::{
    card_code,
    label::{self, LabelFormat},
    photo::{self, IntakeLimits},
};
use doorstep_store::rescue::{self, RescueNoise, UnsentWork};
use doorstep_sync::{
    Document,
    admission::admit,
    auth::{EnrolRequest, EnrolResponse, EnrolTicket},
    server::{Chain, judge},
    wire::{Batch, BatchAnswer, Greeting, SyncRequest, SyncResponse, decode, encode, unpack},
};
use ed25519_dalek::Signer;
use serde::{Serialize, de::DeserializeOwned};
use std::sync::OnceLock;

use super::{Target, objects};
use crate::{
    pictures,
    poison::{
        Seed,
        chunk::{opened, sealed},
        seeds::seeds,
        verdict::{Kept, harm, push},
    },
};

/// Every decoder of bytes that come from outside.
pub static TARGETS: [Target; 16] = [
    Target {
        name: "sync_request",
        seeds: || numbered(objects::requests().iter().map(plain)),
        dress: zipped,
        run: |bytes| {
            let _ = unpack::<Greeting>(bytes);
            unpack::<SyncRequest>(bytes).is_ok()
        },
    },
    Target {
        name: "sync_response",
        seeds: || numbered(objects::responses().iter().map(plain)),
        dress: zipped,
        run: |bytes| {
            let _ = unpack::<Greeting>(bytes);
            stable::<SyncResponse>(unpack(bytes).ok())
        },
    },
    Target {
        name: "batch",
        seeds: || numbered(objects::batches()),
        dress: as_is,
        run: |bytes| {
            let _ = judge(&Chain::default(), bytes);
            stable::<Batch>(decode(bytes).ok())
        },
    },
    Target {
        name: "batch_answer",
        seeds: || numbered([plain(&objects::answer())]),
        dress: as_is,
        run: |bytes| stable::<BatchAnswer>(decode(bytes).ok()),
    },
    Target {
        name: "enrol_ticket",
        seeds: || numbered(objects::tickets().into_iter().map(String::into_bytes)),
        dress: as_is,
        run: |bytes| {
            let Some(ticket) = EnrolTicket::from_text(&String::from_utf8_lossy(bytes)) else {
                return false;
            };
            ticket.pin.len() == 64 && ticket.root.len() == 64
        },
    },
    Target {
        name: "enrol_messages",
        seeds: || numbered([objects::enrolment().into_bytes()]),
        dress: as_is,
        run: |bytes| {
            serde_json::from_slice::<EnrolResponse>(bytes).is_ok()
                || serde_json::from_slice::<EnrolRequest>(bytes).is_ok()
        },
    },
    Target { name: "change", seeds: change_seeds, dress: |bytes| with_type(bytes, 1), run: change },
    Target {
        name: "document",
        seeds: document_seeds,
        dress: |bytes| with_type(bytes, 0),
        run: |bytes| {
            let opened = Document::open(DocKind::WorkOrder, uuid::Uuid::nil(), bytes, []);
            opened.is_ok_and(|document| document.view().is_ok())
        },
    },
    Target {
        name: "card_code",
        seeds: || numbered(card_contents()),
        dress: signed_card,
        run: |bytes| {
            let keys = objects::keys();
            card_code::open(&String::from_utf8_lossy(bytes), &keys, objects::NOW).is_ok()
        },
    },
    Target {
        name: "label_text",
        seeds: label_texts,
        dress: as_is,
        run: |bytes| {
            let text = String::from_utf8_lossy(bytes);
            for format in [LabelFormat::Qr, LabelFormat::Ean13, LabelFormat::Code128] {
                let _ = label::parse(format, &text);
            }
            let _ = label::typed(&text);
            true
        },
    },
    Target {
        name: "label_picture",
        seeds: picture_seeds,
        dress: as_is,
        run: |bytes| label::read_image(bytes).error.is_none(),
    },
    Target {
        name: "photo",
        seeds: picture_seeds,
        dress: as_is,
        run: |bytes| photo::intake(bytes, &IntakeLimits::OVERVIEW).is_ok(),
    },
    Target {
        name: "key_list",
        seeds: || numbered(objects::key_lists().into_iter().map(String::into_bytes)),
        dress: |bytes| plain_json(&objects::signed_keys(&String::from_utf8_lossy(bytes))),
        run: |bytes| {
            let Ok(signed) = serde_json::from_slice::<Signed>(bytes) else { return false };
            let Ok(list) = KeyList::open(&signed, &objects::root().verifying_key(), 0) else {
                return false;
            };
            let _ = list.verify(&signed, KeyUse::Bundle, objects::NOW);
            true
        },
    },
    Target {
        name: "bundle",
        seeds: bundle_seeds,
        dress: |bytes| {
            let payload = String::from_utf8_lossy(bytes).into_owned();
            plain_json(&Signed::seal(1, &objects::signer(), payload))
        },
        run: bundle,
    },
    Target {
        name: "claim",
        seeds: || {
            objects::claims().into_iter().map(|(name, claim)| (name, claim.into_bytes())).collect()
        },
        dress: as_is,
        run: |bytes| {
            let Ok(claim) = serde_json::from_slice::<Claim>(bytes) else { return false };
            let _ = (claim.check(), claim.subject(), claim.kind());
            true
        },
    },
    Target {
        name: "rescue",
        seeds: || numbered([objects::unsent()]),
        dress: in_rescue_file,
        run: |bytes| {
            let _ = rescue::open_with_key(bytes, &objects::device_key());
            let Ok(content) = rescue::open_with_hq_secret(bytes, &objects::HQ_SECRET) else {
                return false;
            };
            let told = doorstep_hq::offline_commands::rescued(bytes, &objects::HQ_SECRET);
            UnsentWork::from_bytes(&content).is_ok() && told.is_ok()
        },
    },
];

fn numbered(objects: impl IntoIterator<Item = Vec<u8>>) -> Vec<(String, Vec<u8>)> {
    (1..).zip(objects).map(|(number, bytes): (u32, _)| (number.to_string(), bytes)).collect()
}

fn as_is(bytes: &[u8]) -> Vec<u8> {
    bytes.to_vec()
}

fn zipped(bytes: &[u8]) -> Vec<u8> {
    zstd::bulk::compress(bytes, 3).expect("compressed")
}

fn plain<T: Serialize>(message: &T) -> Vec<u8> {
    encode(message).expect("a message")
}

fn plain_json<T: Serialize>(value: &T) -> Vec<u8> {
    serde_json::to_vec(value).expect("JSON")
}

/// What was accepted can be written, and reads the same again.
fn stable<T: Serialize + DeserializeOwned>(accepted: Option<T>) -> bool {
    let Some(message) = accepted else { return false };
    let bytes = plain(&message);
    assert_eq!(plain(&decode::<T>(&bytes).expect("what we wrote")), bytes);
    true
}

/// The first byte is the chunk's type, so that a mutation may change it too.
fn with_type(bytes: &[u8], usual: u8) -> Vec<u8> {
    match bytes.split_first() {
        Some((kind, content)) => sealed(*kind, content),
        None => sealed(usual, &[]),
    }
}

fn untyped(chunk: &[u8]) -> Vec<u8> {
    let (kind, content) = opened(chunk);
    [&[kind], content].concat()
}

/// The one document that all mutated changes are made on.
fn base() -> &'static Seed {
    static BASE: OnceLock<Seed> = OnceLock::new();
    BASE.get_or_init(|| seeds(5).swap_remove(20))
}

fn change_seeds() -> Vec<(String, Vec<u8>)> {
    let seeds = seeds(5);
    numbered([20, 0].map(|at| untyped(&seeds[at].plain)))
}

fn change(bytes: &[u8]) -> bool {
    let seed = base();
    let allowed = |section: &str, key: &str, _settling: bool| {
        may_write(Role::Engineer, seed.kind, section, key)
    };
    match admit(&push(seed, bytes.to_vec()), Some(&seed.base), &allowed) {
        Ok(taken) => {
            let kept =
                Kept { snapshot: &taken.snapshot, view: &taken.view, changes: &taken.changes };
            harm(seed, &kept).expect("what is taken does no harm");
            true
        }
        Err(_) => false,
    }
}

fn document_seeds() -> Vec<(String, Vec<u8>)> {
    let seeds = seeds(5);
    numbered([0, 20].map(|at| untyped(&seeds[at].base)))
}

fn card_contents() -> Vec<Vec<u8>> {
    let signer = objects::signer();
    objects::cards()
        .iter()
        .map(|card| {
            let text = card_code::sign(card, &signer).expect("a card");
            let body = text.strip_prefix(card_code::PREFIX).expect("our prefix");
            let mut bytes = base45::decode(body).expect("base45");
            bytes.truncate(bytes.len() - 64);
            bytes
        })
        .collect()
}

fn signed_card(content: &[u8]) -> Vec<u8> {
    let signed = [card_code::PREFIX.as_bytes(), content].concat();
    let signature = objects::signer().sign(&signed).to_bytes();
    let body = base45::encode([content, &signature].concat());
    [card_code::PREFIX.as_bytes(), body.as_bytes()].concat()
}

fn label_texts() -> Vec<(String, Vec<u8>)> {
    let card = String::from_utf8(signed_card(&card_contents()[0])).expect("base45");
    [
        ("gtin", "2000000000206"),
        ("gs1", "]C10102000000000206211234ABC"),
        ("gs1_brackets", "(01)02000000000206(21)SBX418B000001"),
        ("digital_link", "https://example.com/01/02000000000206/21/SBX418B000001?m=S-BX-418"),
        ("maker", "型号:S-BX-418;序列号:SBX418B000001;日期:201506"),
        ("serial", "SBX418B000001"),
        ("ticket", "doorstep://enrol?a=hq:1&p=00&c=11&r=22"),
        ("card", &card),
    ]
    .map(|(name, text)| (name.to_owned(), text.as_bytes().to_vec()))
    .to_vec()
}

fn picture_seeds() -> Vec<(String, Vec<u8>)> {
    use image::{GrayImage, ImageFormat, Luma};
    let mut png = std::io::Cursor::new(Vec::new());
    let grey = GrayImage::from_fn(48, 32, |x, y| Luma([(x * 5 + y * 3) as u8]));
    grey.write_to(&mut png, ImageFormat::Png).expect("PNG is written");
    let jpeg = pictures::room(3, 64, 48);
    // An Exif block that says "turned by 90 degrees" (orientation 6).
    let exif =
        b"\xff\xe1\x00\x22Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";
    let turned = [&jpeg[..2], exif, &jpeg[2..]].concat();
    [("png", png.into_inner()), ("jpeg", jpeg), ("turned", turned)]
        .map(|(name, bytes)| (name.to_owned(), bytes))
        .to_vec()
}

fn bundle_seeds() -> Vec<(String, Vec<u8>)> {
    let books = doorstep_hq::reference::read_books(&crate::hq::data_files()).expect("the books");
    let bundles = books.to_bundles().expect("bundles");
    bundles.into_iter().map(|(kind, text)| (kind.name().to_owned(), text.into_bytes())).collect()
}

fn bundle(bytes: &[u8]) -> bool {
    let Ok(signed) = serde_json::from_slice::<Signed>(bytes) else { return false };
    let keys = objects::keys();
    let Ok(text) = keys.verify(&signed, KeyUse::Bundle, objects::NOW) else { return false };
    let one = Catalogue::from_json(text).is_ok()
        || ValuationTable::from_json(text).is_ok()
        || FeeBook::from_json(text).is_ok()
        || RuleBook::from_json(text).is_ok();
    let all = BundleKind::ALL.into_iter().map(|kind| (kind, text.to_owned())).collect();
    let _ = Books::from_bundles(&all);
    one
}

fn in_rescue_file(content: &[u8]) -> Vec<u8> {
    let noise =
        RescueNoise { content_key: [1; 32], ephemeral: [2; 32], wrap: [3; 24], content: [4; 24] };
    let public = rescue_public();
    rescue::seal(content, &public, &objects::device_key(), &noise).expect("sealed")
}

/// X25519 public key of [`objects::HQ_SECRET`].
fn rescue_public() -> [u8; 32] {
    *crypto_box::SecretKey::from_bytes(objects::HQ_SECRET).public_key().as_bytes()
}
