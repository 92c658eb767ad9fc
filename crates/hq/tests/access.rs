//! No device receives and none can write a byte outside its person's access.

use crate::common::{self, NOON, World, checked_sums, code, fresh};
use doorstep_domain::{
    card::{CardStatus, WarrantyCard},
    claim::{Claim, EndVisit, IssueCard},
    customer::Customer,
    end_code::EndCode,
    facts::{DocKind, FieldEdit},
    id::{CardId, CustomerId},
    org::Person,
    task::{Task, TaskKind},
    time::UtcMs,
    trust::KeyList,
    visit::Visit,
    work_order::WorkOrder,
};
use doorstep_hq::{
    execute::claims::card::CardCodeRow, keys, reference::BundleRow, store_keys::StoreKeyRow,
};
use doorstep_media::card_code::{self, CardCodeError, CardFields};
use doorstep_store::ledger::{people, rows};

#[tokio::test]
async fn every_page_stays_within_the_store_and_the_crew() {
    let world = World::new();
    let names = ["周晓琳", "林静", "何伟", "罗艳", "沈婷"];
    let conn = world.home.connect(world.now()).unwrap();
    let tree = people::tree(&conn).unwrap();
    let all: Vec<Visit> =
        rows::of_kind(&conn, "visit").unwrap().iter().map(|row| row.record().unwrap()).collect();
    for name in names {
        let device = world.device(name).await;
        let person = people::person(&conn, device.person).unwrap().unwrap();
        let stores = tree.stores_within(person.org);
        let is_engineer = person.role == doorstep_domain::org::Role::Engineer;
        let expected: Vec<&Visit> = all
            .iter()
            .filter(|visit| {
                visit.crew.contains(&person.id) || (!is_engineer && stores.contains(&visit.store))
            })
            .collect();
        let seen: Vec<Visit> = device.rows_of("visit");
        assert_eq!(seen.iter().collect::<Vec<_>>(), expected, "{name}");
        let customers: Vec<Customer> = device.rows_of("customer");
        assert_eq!(customers.len(), expected.len(), "{name}");
        let orders: Vec<WorkOrder> = device.rows_of("work_order");
        assert_eq!(orders.len(), expected.len(), "{name}");
        for card in device.rows_of::<WarrantyCard>("card") {
            assert!(stores.contains(&card.store), "{name}");
        }
        for colleague in device.rows_of::<Person>("person") {
            let near = stores.contains(&colleague.org)
                || stores.iter().any(|store| tree.is_within(*store, colleague.org));
            assert!(near, "{name} sees {}", colleague.name);
        }
        for order in &orders {
            assert!(device.docs.contains_key(&order.id.0), "{name} has the facts of its work");
        }
        let count = device.docs.keys().filter(|id| all.iter().any(|v| v.work_orders[0].0 == **id));
        assert_eq!(count.count(), expected.len(), "{name} has no other facts");
        assert!(device.rows_of::<BundleRow>("bundle").len() >= 4);
    }
}

#[tokio::test]
async fn a_person_of_another_store_cannot_write() {
    let world = World::new();
    let owner = world.device("周晓琳").await;
    let mut stranger = world.device("何伟").await;
    let order = world.door("work_order");
    let edits = [FieldEdit::new("notes", "n1", "x")];
    let push = owner.edit(DocKind::WorkOrder, order, &edits, world.now());
    let end = Claim::VisitEnd(EndVisit {
        visit: world.door("visit").to_string().parse().unwrap(),
        code: EndCode::WrongAddr,
        note: String::new(),
        evidence: Vec::new(),
        at: world.now(),
    });
    let quote = common::quote(&common::books(), "2026-07-15");
    let file = Claim::OrderFile(Box::new(common::order(&world, &quote)));
    let commands = vec![stranger.command(&world, &end), stranger.command(&world, &file)];
    let answer = stranger.sync(&world, vec![push], commands).await.unwrap();
    assert_eq!(answer.refused[0].code, "not_allowed");
    let decisions: Vec<_> = answer
        .commands
        .iter()
        .map(|answer| serde_json::from_str(&answer.decision).unwrap())
        .collect();
    assert_eq!((code(&decisions[0]), code(&decisions[1])), ("visit_unknown", "not_allowed"));
    let conn = world.home.connect(world.now()).unwrap();
    let visit: Visit = rows::record(&conn, "visit", world.door("visit")).unwrap().unwrap();
    assert!(!visit.state.is_over());
}

#[tokio::test]
async fn a_person_who_moves_gets_the_new_store_and_loses_the_old() {
    let world = World::new();
    let mut clerk = world.device("林静").await;
    let before = clerk.cursor.generation;
    let conn = world.home.connect(world.now()).unwrap();
    let mut person = people::person(&conn, clerk.person).unwrap().unwrap();
    person.org = people::person(&conn, world.person("罗艳")).unwrap().unwrap().org;
    people::put_person(&conn, &person).unwrap();
    clerk.rows.clear();
    clerk.sync(&world, vec![], vec![]).await;
    assert_ne!(clerk.cursor.generation, before, "the device is told to start over");
    let visits: Vec<Visit> = clerk.rows_of("visit");
    assert!(!visits.is_empty() && visits.iter().all(|visit| visit.store == person.org));
    person.left_on = world.now().shanghai_day().yesterday().ok();
    people::put_person(&conn, &person).unwrap();
    assert_eq!(clerk.exchange(&world, None).await.code(), "person_left");
}

#[tokio::test]
async fn a_final_card_proves_genuine_and_its_serial_is_taken() {
    let world = World::new();
    let mut device = world.device("周晓琳").await;
    let old: WarrantyCard = device.row("card", world.door("card")).unwrap();
    let row: CardCodeRow = device.row("card_code", world.door("card")).unwrap();
    let conn = world.home.connect(world.now()).unwrap();
    let root = doorstep_domain::trust::public_key(&keys::root_public(&conn).unwrap()).unwrap();
    let list = KeyList::open(&keys::signed_list(&conn).unwrap(), &root, 0).unwrap();
    let opened = card_code::open(&row.text, &list, world.now()).unwrap();
    assert_eq!((opened.fields.card, &opened.fields.serials), (old.id, &old.serials));

    let mut card = WarrantyCard { id: CardId(fresh()), status: CardStatus::Provisional, ..old };
    let issue = |card: &WarrantyCard| {
        Claim::CardIssue(Box::new(IssueCard {
            card: card.clone(),
            provisional_qr: None,
            new_customer: None,
        }))
    };
    assert_eq!(code(&device.claim(&world, &issue(&card)).await), "serial_taken");
    let mut clerk = world.device("林静").await;
    clerk.sync(&world, vec![], vec![]).await;
    let tasks: Vec<Task> = clerk.rows_of("task");
    assert!(tasks.iter().any(|task| task.kind == TaskKind::DuplicateSerial));
    card.id = CardId(fresh());
    card.serials = vec!["NEW-0001".to_owned()];
    assert!(device.claim(&world, &issue(&card)).await.is_executed());
    let issued: WarrantyCard = device.row("card", card.id.0).unwrap();
    assert_eq!(issued.status, CardStatus::Final);
    let text = device.row::<CardCodeRow>("card_code", card.id.0).unwrap().text;
    assert!(card_code::open(&text, &list, world.now()).is_ok());
}

#[tokio::test]
async fn published_bundles_verify_under_the_key_list_also_after_a_revocation() {
    let world = World::new();
    let mut device = world.device("周晓琳").await;
    let conn = world.home.connect(world.now()).unwrap();
    let verified = |list: &KeyList, bundles: &[BundleRow]| {
        bundles
            .iter()
            .filter(|bundle| {
                let purpose = doorstep_domain::trust::KeyUse::Bundle;
                list.verify(&bundle.signed, purpose, world.now()).is_ok()
            })
            .count()
    };
    let before: Vec<BundleRow> = device.rows_of("bundle");
    let list = keys::list(&conn).unwrap();
    assert_eq!(verified(&list, &before), before.len());
    keys::revoke(&world.home, &conn, before[0].signed.kid, world.now()).unwrap();
    doorstep_hq::reference::sign_again(&world.home, &conn).unwrap();
    let list = keys::list(&conn).unwrap();
    assert_eq!(verified(&list, &before), 0);
    device.sync(&world, vec![], vec![]).await;
    let after: Vec<BundleRow> = device.rows_of("bundle");
    assert_eq!((verified(&list, &after), after.len()), (before.len(), before.len()));
}

#[tokio::test]
async fn finished_work_leaves_its_crew_after_a_week_and_stays_with_the_store() {
    let world = World::new();
    let mut engineer = world.device("周晓琳").await;
    let mut clerk = world.device("林静").await;
    let visit: Visit = engineer.row("visit", world.door("visit")).unwrap();
    let customer = visit.customer.0;
    let end = Claim::VisitEnd(EndVisit {
        visit: visit.id,
        code: EndCode::Refused,
        note: "customer changed his mind".to_owned(),
        evidence: EndCode::Refused.evidence().to_vec(),
        at: world.now(),
    });
    assert!(engineer.claim(&world, &end).await.is_executed());
    let conn = world.home.connect(world.now()).unwrap();
    let mut left = Vec::new();
    for days in [0, 6, 7] {
        let at = NOON.plus_ms(days * UtcMs::DAY);
        left.push(doorstep_hq::retire::run(&conn, at).unwrap());
    }
    assert_eq!(left, [0, 0, 1], "seven days after HQ saw that the visit was over");
    engineer.sync(&world, vec![], vec![]).await;
    clerk.sync(&world, vec![], vec![]).await;
    for (kind, id) in [
        ("visit", world.door("visit")),
        ("customer", customer),
        ("site", visit.site.0),
        ("work_order", world.door("work_order")),
    ] {
        let gone = engineer.gone.contains(&(kind.to_owned(), id));
        assert!(gone, "the {kind} leaves the tablet");
        assert!(clerk.row::<serde_json::Value>(kind, id).is_some(), "the {kind} stays at the desk");
    }
    checked_sums(&world);
    let other = engineer.rows_of::<Visit>("visit").into_iter().find(|held| held.id != visit.id);
    let other = other.expect("the engineer has more work");
    assert!(engineer.row::<serde_json::Value>("customer", other.customer.0).is_some());
}

#[tokio::test]
async fn a_store_signs_provisional_cards_that_everybody_believes_until_its_key_is_revoked() {
    let world = World::new();
    let engineer = world.device("周晓琳").await;
    assert!(engineer.rows_of::<StoreKeyRow>("store_key").is_empty(), "tablets get lost");
    let mut device = world.device("林静").await;
    let held: Vec<StoreKeyRow> = device.rows_of("store_key");
    assert_eq!(held.len(), 1, "the key of the own store and no other");
    let conn = world.home.connect(world.now()).unwrap();
    let old: WarrantyCard = device.row("card", world.door("card")).unwrap();
    let card = WarrantyCard {
        id: CardId(fresh()),
        status: CardStatus::Provisional,
        serials: vec!["PROV-0001".to_owned()],
        issued_at: world.now(),
        ..old
    };
    let mut secret = [0; 32];
    hex::decode_to_slice(&held[0].secret, &mut secret).unwrap();
    let key = ed25519_dalek::SigningKey::from_bytes(&secret);
    let text = card_code::sign(&CardFields::of(&card, held[0].kid), &key).unwrap();
    let opened = card_code::open(&text, &keys::list(&conn).unwrap(), world.now()).unwrap();
    assert!(opened.fields.provisional);

    let issue = |serial: &str, qr: &str| {
        let card = WarrantyCard { serials: vec![serial.to_owned()], ..card.clone() };
        let provisional_qr = Some(qr.to_owned());
        Claim::CardIssue(Box::new(IssueCard { card, provisional_qr, new_customer: None }))
    };
    let other = device.claim(&world, &issue("PROV-0002", &text)).await;
    assert_eq!(code(&other), "card_unsound", "the code says another serial");
    assert!(device.claim(&world, &issue("PROV-0001", &text)).await.is_executed());

    keys::revoke(&world.home, &conn, held[0].kid, world.now()).unwrap();
    doorstep_hq::store_keys::ensure(&world.home, &conn, world.now()).unwrap();
    let refused = card_code::open(&text, &keys::list(&conn).unwrap(), world.now()).unwrap_err();
    assert_eq!(refused, CardCodeError::RevokedKey(held[0].kid));
    device.sync(&world, vec![], vec![]).await;
    let renewed: Vec<StoreKeyRow> = device.rows_of("store_key");
    assert_ne!(renewed[0].kid, held[0].kid, "the store has another key");
}

#[tokio::test]
async fn a_new_customer_of_a_card_is_the_one_the_store_knows_by_phone() {
    let world = World::new();
    let mut clerk = world.device("林静").await;
    let old: WarrantyCard = clerk.row("card", world.door("card")).unwrap();
    let known: Customer = clerk.row("customer", old.customer.unwrap().0).unwrap();
    let issue = |serial: &str, phone: &str| {
        let id = CustomerId(fresh());
        let card = WarrantyCard {
            id: CardId(fresh()),
            status: CardStatus::Provisional,
            serials: vec![serial.to_owned()],
            customer: Some(id),
            ..old.clone()
        };
        let new_customer = Some(Customer {
            id,
            store: card.store,
            name: "新客".to_owned(),
            phones: vec![phone.to_owned()],
            address: String::new(),
            consents: Vec::new(),
        });
        (
            card.id,
            Claim::CardIssue(Box::new(IssueCard { card, provisional_qr: None, new_customer })),
        )
    };
    let (card, claim) = issue("CUST-0001", &format!("+86 {}", known.phones[0]));
    assert!(clerk.claim(&world, &claim).await.is_executed());
    assert_eq!(clerk.row::<WarrantyCard>("card", card.0).unwrap().customer, Some(known.id));
    let (card, claim) = issue("CUST-0002", "13900009999");
    assert!(clerk.claim(&world, &claim).await.is_executed());
    let stranger = clerk.row::<WarrantyCard>("card", card.0).unwrap().customer.unwrap();
    assert_eq!(clerk.row::<Customer>("customer", stranger.0).unwrap().name, "新客");
    let (_, claim) = issue("CUST-0003", "12345");
    assert_eq!(code(&clerk.claim(&world, &claim).await), "card_unsound");
}
