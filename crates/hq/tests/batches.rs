//! Batches: each executed once, answered with the same bytes, and never blocked by one bad part.

use crate::common::{World, code, fresh};
use doorstep_domain::{
    claim::{Claim, SaveLead},
    facts::{DocKind, FactView, FieldEdit},
    id::LeadId,
    lead::{Lead, LeadState},
    visit::{Visit, VisitState},
};
use doorstep_hq::digest::digest;
use doorstep_store::ledger::documents;
use doorstep_sync::wire::{BatchAnswer, BatchOutcome, SyncResponse, decode, unpack};

pub(crate) fn lead(world: &World, by: doorstep_domain::id::PersonId) -> Claim {
    Claim::LeadSave(Box::new(SaveLead {
        lead: Lead {
            id: LeadId(fresh()),
            store: world.door("store").to_string().parse().unwrap(),
            customer: world.door("customer").to_string().parse().unwrap(),
            work_order: None,
            asset: None,
            wants: Some("washer".to_owned()),
            quote: None,
            reason: "price".to_owned(),
            note: String::new(),
            follow_up_on: world.now().shanghai_day(),
            saved_at: world.now(),
            saved_by: by,
            state: LeadState::Open,
        },
    }))
}

#[tokio::test]
async fn a_repeated_batch_is_answered_with_the_same_bytes_and_executed_once() {
    let mut world = World::new();
    let mut device = world.device("周晓琳").await;
    let order = world.door("work_order");
    let edits = [FieldEdit::new("notes", "n1", "门口有台阶")];
    let push = device.edit(DocKind::WorkOrder, order, &edits, world.now());
    let command = device.command(&world, &lead(&world, device.person));
    let sealed = device.seal(vec![push], vec![command]);
    let outcome = |bytes: &[u8]| unpack::<SyncResponse>(bytes).unwrap().outcome;
    let first = outcome(&device.exchange(&world, Some(&sealed)).await.body);
    let conn = world.home.connect(world.now()).unwrap();
    let after = digest(&conn).unwrap();
    world.pass(5_000);
    world.restart();
    let second = outcome(&device.exchange(&world, Some(&sealed)).await.body);
    assert_eq!(first, second);
    assert_eq!(digest(&conn).unwrap(), after);
    assert_eq!(after["claims"]["executed"], 1);
    let BatchOutcome::Answered(bytes) = first else { panic!("not answered") };
    let answer: BatchAnswer = decode(&bytes).unwrap();
    assert_eq!((answer.received.len(), answer.refused.len()), (1, 0));
    device.last = Some((sealed.number, sealed.hash));
    let again = device.claim(&world, &lead(&world, device.person)).await;
    assert!(again.is_executed());
}

#[tokio::test]
async fn a_restored_device_forks_and_its_replayed_claim_is_not_executed_twice() {
    let world = World::new();
    let mut device = world.device("周晓琳").await;
    let mut backup = device.clone();
    let claim = device.command(&world, &lead(&world, device.person));
    device.sync(&world, vec![], vec![claim.clone()]).await.unwrap();
    let other = backup.command(&world, &lead(&world, device.person));
    let sealed = backup.seal(vec![], vec![other]);
    let answer = backup.exchange(&world, Some(&sealed)).await;
    assert_eq!(backup.take(&answer).outcome, BatchOutcome::Forked);
    backup.epoch = fresh();
    backup.last = None;
    let answer = backup.sync(&world, vec![], vec![claim]).await.unwrap();
    assert!(answer.commands[0].decision.contains("executed"));
    let conn = world.home.connect(world.now()).unwrap();
    assert_eq!(digest(&conn).unwrap()["claims"]["executed"], 1);
}

#[tokio::test]
async fn a_refused_field_blocks_nothing_else_and_is_kept() {
    let world = World::new();
    let mut device = world.device("周晓琳").await;
    let (order, asset) = (world.door("work_order"), world.door("asset"));
    let foul = [FieldEdit::new("review", "p1", "ok")];
    let good = [FieldEdit::new("notes", "n1", "压缩机异响")];
    let pushes = vec![
        device.edit(DocKind::WorkOrder, order, &foul, world.now()),
        device.edit(DocKind::Asset, asset, &good, world.now()),
    ];
    let command = device.command(&world, &lead(&world, device.person));
    let answer = device.sync(&world, pushes, vec![command]).await.unwrap();
    assert_eq!(answer.refused.len(), 1);
    assert_eq!(
        (answer.refused[0].doc, answer.refused[0].code.as_str()),
        (order, "field_not_allowed")
    );
    assert_eq!(answer.received[0].doc, asset);
    assert!(answer.commands[0].decision.contains("executed"));
    let conn = world.home.connect(world.now()).unwrap();
    assert_eq!(documents::refused_count(&conn).unwrap(), 1);
    let held = documents::get(&conn, asset).unwrap().unwrap();
    let view: FactView = serde_json::from_str(&held.view).unwrap();
    assert_eq!(view.text("notes", "n1"), Some("压缩机异响"));
}

#[tokio::test]
async fn garbage_in_a_push_is_refused_alone() {
    let world = World::new();
    let mut device = world.device("周晓琳").await;
    let order = world.door("work_order");
    let mut push =
        device.edit(DocKind::WorkOrder, order, &[FieldEdit::new("notes", "n", "x")], world.now());
    for at in [20, 40, 60] {
        push.changes[0][at] ^= 0x55;
    }
    let answer = device.sync(&world, vec![push], vec![]).await.unwrap();
    assert_eq!(answer.refused[0].code, "document_refused");
    assert!(device.claim(&world, &lead(&world, device.person)).await.is_executed());
}

#[tokio::test]
async fn field_events_move_the_visit_and_reach_the_clerk() {
    let world = World::new();
    let mut device = world.device("周晓琳").await;
    let mut clerk = world.device("林静").await;
    let (order, visit) = (world.door("work_order"), world.door("visit"));
    let t = world.now().0;
    let edits = [
        FieldEdit::new("events", "visit.set_off", t - 3000),
        FieldEdit::new("events", "visit.arrived", t - 2000),
        FieldEdit::new("events", "visit.working", t - 1000),
        FieldEdit::new("contact", "phone2", "13900001111"),
    ];
    let push = device.edit(DocKind::WorkOrder, order, &edits, world.now());
    device.sync(&world, vec![push], vec![]).await.unwrap();
    clerk.sync(&world, vec![], vec![]).await;
    let seen: Visit = clerk.row("visit", visit).unwrap();
    assert_eq!(seen.state, VisitState::Working);
    assert_eq!(seen.log.len(), 3);
    let customer: doorstep_domain::customer::Customer =
        clerk.row("customer", world.door("customer")).unwrap();
    assert_eq!(customer.phones.get(1).map(String::as_str), Some("13900001111"));
    assert_eq!(clerk.docs[&order].len(), 2, "the clerk got the change after the snapshot");
    assert_eq!(device.docs[&order].len(), 1, "the device did not get its own change back");
}

#[tokio::test]
async fn a_key_used_for_another_claim_is_refused() {
    let world = World::new();
    let mut device = world.device("周晓琳").await;
    let first = device.command(&world, &lead(&world, device.person));
    let mut second = device.command(&world, &lead(&world, device.person));
    second.key = first.key;
    let answer = device.sync(&world, vec![], vec![first, second]).await.unwrap();
    let decisions: Vec<_> = answer
        .commands
        .iter()
        .map(|answer| serde_json::from_str(&answer.decision).unwrap())
        .collect();
    assert_eq!((code(&decisions[0]), code(&decisions[1])), ("executed", "key_reused"));
}
