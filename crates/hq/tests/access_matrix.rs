//! Who may write what and who receives what, as tables to be read by eye: they are written here once
//! more, not computed from the product's own. E = engineer, C = clerk, K = coordinator.

use crate::common::{self, Device, World, code, fresh};
use axum::http::{Method, StatusCode};
use doorstep_domain::{
    claim::Claim,
    facts::{DocKind, FieldEdit},
    time::UtcMs,
};
use doorstep_hq::{execute::claims::card::CardCodeRow, server::MediaRow};
use doorstep_sync::wire::FeedItem;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use uuid::Uuid;

/// Kind, section, key, who may write it.
const FIELDS: &str = "
    work_order about    id                 ---
    work_order about    kind               ---
    work_order steps    identify           E--
    work_order events   visit.arrived      E--
    work_order events   leg.1.end          E--
    work_order fit      door_mm            EC-
    work_order notes    n1/text            ECK
    work_order photos   p1/hash            EC-
    work_order contact  name               ECK
    work_order contact  phone              ECK
    work_order contact  phone2             ECK
    work_order contact  address            ECK
    work_order contact  call_before        ECK
    work_order contact  price              ---
    work_order site     floor              ECK
    work_order site     lift               ECK
    work_order site     narrowest_turn_mm  ECK
    work_order site     gas                ECK
    work_order site     gas_converted_on   ECK
    work_order site     circuit_amps       ECK
    work_order site     access             ECK
    work_order site     region             ---
    work_order lost     reason             EC-
    work_order review   p1                 --K
    asset      about    id                 ---
    asset      identity category           EC-
    asset      identity subtype            EC-
    asset      identity brand              EC-
    asset      identity model              EC-
    asset      identity gtin               EC-
    asset      identity nameplate_month    EC-
    asset      identity installed_on       EC-
    asset      identity purchased_on       EC-
    asset      identity commercial         EC-
    asset      identity owner              ---
    asset      components body/serial      EC-
    asset      custody  c1/by              EC-
    asset      checks   cord.frayed        E--
    asset      readings suction_kpa        E--
    asset      faults   f1/code            E--
    asset      notes    n1/text            ECK
    asset      photos   p1/hash            EC-
    card       about    kind               ---
    card       repairs  r1/part            E--
    card       notes    n1/text            ECK
    card       photos   p1/hash            EC-
";

/// Claim, who may make it at all.
const CLAIMS: &str = "
    order_file       EC-
    order_cancel     ECK
    card_issue       EC-
    payment_record   ECK
    lead_save        ECK
    loaner_issue     EC-
    loaner_return    EC-
    visit_end        E--
    visit_reschedule ECK
    visit_plan       --K
    task_decide      -CK
";

/// What of one household with an order reaches whom. Columns: its crew, an engineer of the same
/// store, the store's clerk, the coordinator above, an engineer and the clerk of another store.
const SEEN: &str = "
    row visit       y - y y - -
    row work_order  y - y y - -
    row customer    y - y y - -
    row site        y - y y - -
    row asset       y y y y - -
    row card        y y y y - -
    row card_code   y y y y - -
    row order       y - y y - -
    row payment     y - y y - -
    row lead        y - y y - -
    row task        y - y y - -
    row store_key   - - y y - -
    row photo_order y - y y - -
    row photo_asset y y y y - -
    row photo_card  y y y y - -
    row mate        y y y y - -
    row unit        y y y y y y
    row bundle      y y y y y y
    doc work_order  y - y y - -
    doc asset       y y y y - -
    doc card        y y y y - -
    get photo_order y - y y - -
    get photo_asset y y y y - -
    get photo_card  y y y y - -
    put work_order  y - y y - -
    put asset       y y y y - -
    put card        y y y y - -
    end visit       y - - - - -
    log order       y - y y - -
";
const VIEWERS: [&str; 6] = ["周晓琳", "陈志强", "林静", "沈婷", "何伟", "罗艳"];
const ROLES: [(char, &str); 3] = [('E', "周晓琳"), ('C', "林静"), ('K', "沈婷")];

fn lines(table: &str) -> impl Iterator<Item = Vec<&str>> {
    table.lines().map(|line| line.split_whitespace().collect::<Vec<_>>()).filter(|l| !l.is_empty())
}

fn doc_of(world: &World, kind: &str) -> (DocKind, Uuid) {
    (DocKind::from_name(kind).unwrap(), world.door(kind))
}

#[tokio::test]
async fn every_field_is_written_by_exactly_these_roles() {
    let world = World::new();
    let mut wrong = Vec::new();
    for (letter, name) in ROLES {
        let mut device = world.device(name).await;
        for (number, line) in lines(FIELDS).enumerate() {
            let [kind, section, key, who] = line[..] else { panic!("{line:?}") };
            let (kind, id) = doc_of(&world, kind);
            let value = format!("{name} {number}");
            let push = device.edit(kind, id, &[FieldEdit::new(section, key, value)], world.now());
            let answer = device.sync(&world, vec![push], vec![]).await.unwrap();
            let taken = answer.refused.is_empty();
            if taken != who.contains(letter) {
                wrong.push(format!("{letter} {kind:?} {section}/{key}: taken = {taken}"));
            }
            if let Some(refused) = answer.refused.first() {
                // What a document is about is its identity, which is looked at first.
                let code =
                    if section == "about" { "document_refused" } else { "field_not_allowed" };
                assert_eq!(refused.code, code, "{letter} {section}/{key}");
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

/// Every claim on the door job's own household; what it names may not exist.
fn claims(world: &World, device: &Device) -> Vec<Claim> {
    let (door, now) = (&world.demo["door_job"], world.now().0);
    let slot = json!({ "start": now + 86_400_000, "end": now + 93_600_000 });
    let nobody = fresh();
    let mut card: Value = device.row("card", world.door("card")).unwrap();
    card["id"] = json!(fresh());
    card["serials"] = json!([format!("NEW{}", fresh().simple())]);
    card["status"] = json!("provisional");
    let check = json!({ "electrically_safe": true, "runs": true, "complete": true });
    let loan = json!({
        "id": fresh(), "store": door["store"], "asset": fresh(), "serial": "L1",
        "customer": door["customer"], "site": door["site"], "deposit": 0, "issued_at": now,
        "issued_by": device.person, "due_on": "2026-08-01", "check": check,
    });
    let back = json!({
        "at": now, "by": device.person, "check": check, "deposit_returned": 0, "deposit_kept": 0,
    });
    let quote = common::quote(&common::books(), "2026-07-15");
    let file = Claim::OrderFile(Box::new(common::order(world, &quote)));
    let others = [
        json!({ "claim": "order_cancel", "order": nobody, "reason": "x", "at": now }),
        json!({ "claim": "card_issue", "card": card }),
        json!({ "claim": "payment_record", "payment": payment(world, device, fresh(), json!(nobody)) }),
        json!({ "claim": "lead_save", "lead": lead(world, device, fresh()) }),
        json!({ "claim": "loaner_issue", "loan": loan }),
        json!({ "claim": "loaner_return", "loan": nobody, "back": back }),
        json!({ "claim": "visit_end", "visit": door["visit"], "code": "no_show", "at": now }),
        json!({ "claim": "visit_reschedule", "visit": door["visit"], "wish": slot }),
        json!({ "claim": "visit_plan", "visit": fresh(), "work_orders": [nobody], "crew": [], "slot": slot }),
        json!({
            "claim": "task_decide", "task": nobody,
            "decision": { "remedy": "call_customer", "by": device.person, "at": now },
        }),
    ];
    let others = others.into_iter().map(|value| {
        serde_json::from_value(value.clone()).unwrap_or_else(|error| panic!("{value}: {error}"))
    });
    [file].into_iter().chain(others).collect()
}

fn payment(world: &World, device: &Device, id: Uuid, order: Value) -> Value {
    let door = &world.demo["door_job"];
    json!({
        "id": id, "store": door["store"], "order": order, "customer": door["customer"],
        "purpose": "deposit", "amount": 10_000, "method": "cash", "paid_at": world.now().0,
        "recorded_by": device.person, "status": "unconfirmed",
    })
}

fn lead(world: &World, device: &Device, id: Uuid) -> Value {
    let door = &world.demo["door_job"];
    json!({
        "id": id, "store": door["store"], "customer": door["customer"], "reason": "price",
        "note": "", "follow_up_on": "2026-07-20", "saved_at": world.now().0,
        "saved_by": device.person, "state": "open",
    })
}

#[tokio::test]
async fn every_claim_is_heard_from_exactly_these_roles() {
    let world = World::new();
    let table: Vec<Vec<&str>> = lines(CLAIMS).collect();
    for (letter, name) in ROLES {
        let mut device = world.device(name).await;
        for claim in claims(&world, &device) {
            let kind = serde_json::to_value(claim.kind()).unwrap();
            let row = table.iter().find(|row| kind == row[0]).unwrap_or_else(|| panic!("{kind}"));
            let decision = device.claim(&world, &claim).await;
            let heard = code(&decision) != "not_allowed";
            assert_eq!(heard, row[1].contains(letter), "{letter} {kind}: {}", code(&decision));
        }
    }
}

#[tokio::test]
async fn nobody_claims_or_records_in_another_persons_name() {
    let world = World::new();
    let mut device = world.device("周晓琳").await;
    let mut command = device.command(&world, &claims(&world, &device)[4]);
    command.person = world.person("林静");
    let answer = device.sync(&world, vec![], vec![command]).await.unwrap();
    assert!(answer.commands[0].decision.contains("not_allowed"));

    let mut named = lead(&world, &device, fresh());
    named["saved_by"] = json!(world.person("罗艳"));
    let claim = serde_json::from_value(json!({ "claim": "lead_save", "lead": named })).unwrap();
    assert!(device.claim(&world, &claim).await.is_executed());
    let other = world.device("罗艳").await;
    assert_eq!(other.rows_of::<Value>("lead"), Vec::<Value>::new(), "nor sends them anything");
}

/// The household of the door job with everything that can hang on it.
struct Household {
    world: World,
    order: Uuid,
    payment: Uuid,
    lead: Uuid,
    photos: Vec<(&'static str, String, Uuid)>,
}

impl Household {
    async fn new() -> Household {
        let world = World::new();
        let mut crew = world.device("周晓琳").await;
        let quote = common::quote(&common::books(), "2026-07-15");
        let file = common::order(&world, &quote);
        let order = file.signed.terms.order.0;
        assert!(crew.claim(&world, &Claim::OrderFile(Box::new(file))).await.is_executed());
        let (payment_id, lead_id) = (fresh(), fresh());
        let now = world.now().0;
        let wish = json!({ "start": now + 86_400_000, "end": now + 93_600_000 });
        for claim in [
            json!({ "claim": "payment_record", "payment": payment(&world, &crew, payment_id, json!(order)) }),
            json!({ "claim": "lead_save", "lead": lead(&world, &crew, lead_id) }),
            json!({ "claim": "visit_reschedule", "visit": world.door("visit"), "wish": wish }),
        ] {
            let claim = serde_json::from_value(claim).unwrap();
            let decision = crew.claim(&world, &claim).await;
            assert!(decision.is_executed(), "{}", code(&decision));
        }
        let mut photos = Vec::new();
        for (name, subject) in
            [("photo_order", "work_order"), ("photo_asset", "asset"), ("photo_card", "card")]
        {
            let (bytes, subject) = (name.as_bytes().repeat(50), world.door(subject));
            let hash = hex::encode(Sha256::digest(&bytes));
            crew.announce(&world, subject, &hash, bytes.len()).await;
            let sent = crew.piece(&world, &hash, 0, &bytes).await;
            assert_eq!(sent.status, StatusCode::NO_CONTENT, "{name}: {}", sent.text());
            photos.push((name, hash, subject));
        }
        Household { world, order, payment: payment_id, lead: lead_id, photos }
    }

    fn photo(&self, name: &str) -> (&str, Uuid) {
        let (_, hash, subject) = self.photos.iter().find(|(held, ..)| *held == name).unwrap();
        (hash, *subject)
    }

    /// Whether this person's device has, gets or may do the thing of one line of [`SEEN`].
    async fn may(&self, device: &mut Device, what: &str, name: &str) -> bool {
        let world = &self.world;
        match (what, name) {
            ("row", photo) if photo.starts_with("photo") => {
                let (hash, subject) = self.photo(photo);
                let rows: Vec<MediaRow> = device.rows_of("media");
                rows.iter().any(|row| row.hash == hash && row.subject == subject)
            }
            ("row", "mate") => device.row::<Value>("person", world.person("马超").0).is_some(),
            ("row", "unit") => device.row::<Value>("org_unit", world.door("store")).is_some(),
            ("row", "bundle") => !device.rows_of::<Value>("bundle").is_empty(),
            ("row", "task") => device
                .rows_of::<Value>("task")
                .iter()
                .any(|task| task["subject"]["visit"] == json!(world.door("visit"))),
            ("row", "store_key") => device
                .rows_of::<Value>("store_key")
                .iter()
                .any(|k| k["store"] == json!(world.door("store"))),
            ("row", "order") => device.row::<Value>("order", self.order).is_some(),
            ("row", "payment") => device.row::<Value>("payment", self.payment).is_some(),
            ("row", "lead") => device.row::<Value>("lead", self.lead).is_some(),
            ("row", "card_code") => {
                device.row::<CardCodeRow>("card_code", world.door("card")).is_some()
            }
            ("row", kind) => device.row::<Value>(kind, world.door(kind)).is_some(),
            ("doc", kind) => device.docs.contains_key(&world.door(kind)),
            ("get", photo) => {
                let path = format!("/v1/media/{}", self.photo(photo).0);
                let got = device.call(world, Method::GET, &path, &[], vec![]).await;
                let head = device.call(world, Method::HEAD, &path, &[], vec![]).await;
                assert_eq!(got.status, head.status, "{photo}");
                got.status == StatusCode::OK
            }
            ("put", kind) => {
                let hash = hex::encode(Sha256::digest(fresh().as_bytes()));
                let told = device.announce(world, world.door(kind), &hash, 10).await;
                let part = device.piece(world, &hash, 0, b"01234").await;
                assert_eq!(told.status.is_success(), part.status.is_success(), "{kind}");
                told.status == StatusCode::CREATED
            }
            ("end", "visit") => {
                let visit = world.door("visit");
                let claim =
                    json!({ "claim": "visit_end", "visit": visit, "code": "no_show", "at": 1 });
                let claim = serde_json::from_value(claim).unwrap();
                let decision = device.claim(world, &claim).await;
                // Heard, and sent back for what it lacks.
                code(&decision) == "evidence_missing"
            }
            ("log", "order") => {
                let claim = payment(world, device, fresh(), json!(self.order));
                let claim = json!({ "claim": "payment_record", "payment": claim });
                device.claim(world, &serde_json::from_value(claim).unwrap()).await.is_executed()
            }
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn what_hangs_on_a_household_reaches_exactly_these_people() {
    let household = Household::new().await;
    let mut wrong = Vec::new();
    for (column, name) in VIEWERS.into_iter().enumerate() {
        let mut device = household.world.device(name).await;
        for line in lines(SEEN) {
            let expected = line[2 + column] == "y";
            let may = household.may(&mut device, line[0], line[1]).await;
            if may != expected {
                wrong.push(format!("{name}: {} {} = {may}", line[0], line[1]));
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[tokio::test]
async fn a_visit_moved_to_another_engineer_leaves_the_old_one_nothing() {
    let household = Household::new().await;
    let world = &household.world;
    let (mut old, mut new) = (world.device("周晓琳").await, world.device("陈志强").await);
    let mut desk = world.device("沈婷").await;
    let held = old.clone();
    let now = world.now().0;
    // Both visits of the work order: the one of the sample and the one the order planned.
    let visits: Vec<Value> = desk
        .rows_of::<Value>("visit")
        .into_iter()
        .filter(|visit| visit["work_orders"] == json!([world.door("work_order")]))
        .collect();
    assert_eq!(visits.len(), 2);
    for visit in &visits {
        let plan = json!({
            "claim": "visit_plan", "visit": visit["id"], "crew": [new.person],
            "slot": { "start": now + 3_600_000, "end": now + 7_200_000 },
        });
        let decision = desk.claim(world, &serde_json::from_value(plan).unwrap()).await;
        assert!(decision.is_executed(), "{}", code(&decision));
    }
    old.sync(world, vec![], vec![]).await;
    new.sync(world, vec![], vec![]).await;
    for line in lines(SEEN).filter(|line| line[2..4] == ["y", "-"]) {
        let (what, name) = (line[0], line[1]);
        // What the engineer brought in himself (a lead, a payment, a task) stays his.
        let own = matches!(name, "payment" | "lead" | "task") || (what, name) == ("log", "order");
        // The test's device keeps documents it was told to remove, so the telling counts.
        let left = match what {
            "doc" => !old.gone.contains(&(name.to_owned(), world.door(name))),
            _ => household.may(&mut old, what, name).await,
        };
        assert!(!left || own, "the old engineer still has {what} {name}");
        let arrived = household.may(&mut new, what, name).await;
        assert!(arrived || own, "the new engineer lacks {what} {name}");
    }

    // What the old tablet remembers opens nothing.
    let order = world.door("work_order");
    let mut held = held;
    held.last = old.last;
    let note = |text: &str| {
        let edit = [FieldEdit::new("notes", "n9/text", text)];
        held.edit(DocKind::WorkOrder, order, &edit, world.now())
    };
    let (late, too_late) = (note("x"), note("y"));
    let answer = old.sync(world, vec![late], vec![]).await.unwrap();
    assert!(answer.refused.is_empty(), "work done before the loss was heard of is taken in");
    world.pass(doorstep_hq::execute::LATE_WORK_MS + 1);
    let answer = old.sync(world, vec![too_late], vec![]).await.unwrap();
    assert_eq!(answer.refused[0].code, "not_allowed");
    let standing = doorstep_sync::client::Standing {
        epoch: old.epoch,
        cursor: old.cursor,
        key_list: 0,
        digest: None,
    };
    let want = doorstep_sync::client::request(standing, None, vec![order]);
    let body = doorstep_sync::wire::pack(&want).unwrap();
    let answer = old.call(world, Method::POST, "/v1/sync", &[], body).await;
    let items = old.take(&answer).page.items;
    assert!(!items.iter().any(|item| matches!(item, FeedItem::Doc { id, .. } if *id == order)));
}

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
