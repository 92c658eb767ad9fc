//! What people at the desk decide: conflicts, refused changes, work that comes late.

use crate::common::{Device, World, code, fresh};
use doorstep_domain::{
    claim::{Claim, HandleQuarantine, PlanVisit},
    conflict::Conflict,
    facts::{DocKind, FactView, FieldEdit, Scalar},
    id::{QuarantineId, VisitId},
    quarantine::{Handling, Quarantined},
    time::UtcMs,
    visit::Visit,
};
use doorstep_store::ledger::documents;
use doorstep_sync::{Document, wire::Push};
use serde_bytes::ByteBuf;

const HOUR_MS: i64 = 3_600_000;
/// As HQ has it.
const LATE_MS: i64 = doorstep_hq::execute::LATE_WORK_MS;

fn seal_check(value: &str) -> [FieldEdit; 1] {
    [FieldEdit::new("checks", "fr.seal", value)]
}

fn conflicts(device: &Device) -> Vec<Conflict> {
    device.rows_of("conflict")
}

fn fact(world: &World, doc: uuid::Uuid, section: &str, key: &str) -> (Scalar, usize) {
    let conn = world.home.connect(world.now()).unwrap();
    let held = documents::get(&conn, doc).unwrap().unwrap();
    let view: FactView = serde_json::from_str(&held.view).unwrap();
    let fact = &view.sections[section][key];
    (fact.value.clone(), fact.rivals.len())
}

/// Two engineers of the store answer one check differently, neither knowing of the other.
async fn two_answers(world: &World) -> (Device, Device) {
    let (mut first, mut second) = (world.device("周晓琳").await, world.device("马超").await);
    let asset = world.door("asset");
    let pass = first.edit(DocKind::Asset, asset, &seal_check("pass"), world.now());
    let fail = second.edit(DocKind::Asset, asset, &seal_check("fail"), world.now().plus_ms(1000));
    first.sync(world, vec![pass], vec![]).await.unwrap();
    second.sync(world, vec![fail], vec![]).await.unwrap();
    (first, second)
}

#[tokio::test]
async fn both_values_are_listed_with_author_and_time_and_a_clerk_settles() {
    let world = World::new();
    let mut clerk = world.device("林静").await;
    let mut stranger = world.device("罗艳").await;
    let (mut first, second) = two_answers(&world).await;
    let asset = world.door("asset");
    clerk.sync(&world, vec![], vec![]).await;
    let open = conflicts(&clerk);
    assert_eq!(open.len(), 1);
    let values: Vec<_> =
        open[0].values.iter().map(|one| (one.value.clone(), one.by, one.at)).collect();
    let second_at = |at: UtcMs| UtcMs(at.0.div_euclid(1000) * 1000);
    assert_eq!(
        values,
        [
            ("pass".into(), Some(first.person), second_at(world.now())),
            ("fail".into(), Some(second.person), second_at(world.now().plus_ms(1000))),
        ]
    );
    stranger.sync(&world, vec![], vec![]).await;
    assert!(conflicts(&stranger).is_empty(), "another store's desk");

    // The engineer is not blocked, and a clerk does not otherwise write checks.
    let goes_on = first.edit(
        DocKind::Asset,
        asset,
        &[FieldEdit::new("checks", "fr.hose", "pass")],
        world.now(),
    );
    assert!(first.sync(&world, vec![goes_on], vec![]).await.unwrap().refused.is_empty());
    let foul = [FieldEdit::new("checks", "fr.hose", "fail")];
    let foul = clerk.edit(DocKind::Asset, asset, &foul, world.now());
    let answer = clerk.sync(&world, vec![foul], vec![]).await.unwrap();
    assert_eq!(answer.refused[0].code, "field_not_allowed", "nobody disagrees about this one");

    let settle = clerk.edit(DocKind::Asset, asset, &seal_check("fail"), world.now());
    let answer = clerk.sync(&world, vec![settle], vec![]).await.unwrap();
    assert!(answer.refused.is_empty(), "{:?}", answer.refused);
    assert_eq!(fact(&world, asset, "checks", "fr.seal"), ("fail".into(), 0));
    let row = &conflicts(&clerk)[0];
    assert!(!row.is_open());
    assert_eq!((row.settled[0].by, row.settled[0].at), (clerk.person, world.now()));
    assert_eq!(row.settled[0].among.len(), 2, "what it was decided among stays: {row:?}");
}

#[tokio::test]
async fn two_desks_that_settle_at_once_both_stand_until_somebody_decides_again() {
    let world = World::new();
    let (mut clerk, mut desk) = (world.device("林静").await, world.device("沈婷").await);
    two_answers(&world).await;
    let asset = world.door("asset");
    clerk.sync(&world, vec![], vec![]).await;
    desk.sync(&world, vec![], vec![]).await;
    let by_clerk = clerk.edit(DocKind::Asset, asset, &seal_check("pass"), world.now());
    let by_desk = desk.edit(DocKind::Asset, asset, &seal_check("fail"), world.now());
    for (device, push) in [(&mut clerk, by_clerk), (&mut desk, by_desk)] {
        let answer = device.sync(&world, vec![push], vec![]).await.unwrap();
        assert!(answer.refused.is_empty(), "{:?}", answer.refused);
    }
    clerk.sync(&world, vec![], vec![]).await;
    let row = &conflicts(&clerk)[0];
    assert_eq!(row, &conflicts(&desk)[0], "both desks see the same");
    let by: Vec<_> = row.values.iter().map(|one| one.by).collect();
    assert!(by.contains(&Some(clerk.person)) && by.contains(&Some(desk.person)), "{row:?}");
    assert_eq!(row.settled.len(), 1, "the first decision is not forgotten");
}

#[tokio::test]
async fn the_same_decision_by_two_desks_and_the_same_value_by_two_people_are_no_conflict() {
    let world = World::new();
    let (mut clerk, mut desk) = (world.device("林静").await, world.device("沈婷").await);
    two_answers(&world).await;
    let asset = world.door("asset");
    clerk.sync(&world, vec![], vec![]).await;
    desk.sync(&world, vec![], vec![]).await;
    let by_clerk = clerk.edit(DocKind::Asset, asset, &seal_check("fail"), world.now());
    let by_desk = desk.edit(DocKind::Asset, asset, &seal_check("fail"), world.now());
    clerk.sync(&world, vec![by_clerk], vec![]).await;
    desk.sync(&world, vec![by_desk], vec![]).await;
    assert!(conflicts(&desk).iter().all(|row| !row.is_open()));

    let order = world.door("work_order");
    let same = [FieldEdit::new("contact", "phone", "13700000001")];
    let one = clerk.edit(DocKind::WorkOrder, order, &same, world.now());
    let other = desk.edit(DocKind::WorkOrder, order, &same, world.now());
    clerk.sync(&world, vec![one], vec![]).await;
    desk.sync(&world, vec![other], vec![]).await;
    assert_eq!(conflicts(&desk).len(), 1, "only the one settled before");
}

fn entries(device: &Device) -> Vec<Quarantined> {
    device.rows_of("quarantine")
}

fn handle(entry: QuarantineId, handling: Handling) -> Claim {
    Claim::QuarantineHandle(HandleQuarantine {
        entry, handling, note: "已电话核实".to_owned()
    })
}

#[tokio::test]
async fn a_coordinator_sees_refused_changes_and_releases_or_discards_them_once() {
    let world = World::new();
    let (mut clerk, mut desk) = (world.device("林静").await, world.device("沈婷").await);
    let asset = world.door("asset");
    let push = |value: &str| clerk.edit(DocKind::Asset, asset, &seal_check(value), world.now());
    let (pass, fail) = (push("pass"), push("fail"));
    for push in [pass.clone(), fail, pass] {
        let answer = clerk.sync(&world, vec![push], vec![]).await.unwrap();
        assert_eq!(answer.refused[0].code, "field_not_allowed");
    }
    assert!(entries(&clerk).is_empty(), "access is at stake: the clerk is not told");
    desk.sync(&world, vec![], vec![]).await;
    let waiting = entries(&desk);
    assert_eq!(waiting.len(), 2, "the same bytes twice are one entry");
    let of = |value: &str| {
        let shows = |entry: &&Quarantined| {
            let fields = entry.fields.as_ref().expect("readable");
            fields.len() == 1 && fields[0].after == Some(value.into()) && fields[0].before.is_none()
        };
        waiting.iter().find(shows).expect("what it would write is shown").clone()
    };
    let (pass, fail) = (of("pass"), of("fail"));
    assert_eq!((pass.person, pass.device, pass.changes), (clerk.person, clerk.id, 1));

    let refused = clerk.claim(&world, &handle(pass.id, Handling::Release)).await;
    assert_eq!(code(&refused), "not_allowed");
    assert!(desk.claim(&world, &handle(pass.id, Handling::Release)).await.is_executed());
    assert_eq!(fact(&world, asset, "checks", "fr.seal"), ("pass".into(), 0));
    assert!(desk.claim(&world, &handle(fail.id, Handling::Discard)).await.is_executed());
    let again = desk.claim(&world, &handle(fail.id, Handling::Release)).await;
    assert_eq!(code(&again), "quarantine_handled");
    assert_eq!(fact(&world, asset, "checks", "fr.seal"), ("pass".into(), 0), "discarded for good");
    let handled = entries(&desk).iter().filter(|entry| entry.handled.is_some()).count();
    assert_eq!(handled, 2, "and both are kept, marked");
    let before = clerk.docs[&asset].len();
    clerk.sync(&world, vec![], vec![]).await;
    assert_eq!(clerk.docs[&asset].len(), before + 1, "its writer hears of the released change");
}

#[tokio::test]
async fn no_coordinator_can_release_what_is_not_safe() {
    let world = World::new();
    let (mut tablet, mut desk) = (world.device("周晓琳").await, world.device("沈婷").await);
    let order = world.door("work_order");
    let note = [FieldEdit::new("notes", "n", "x")];
    let mut torn = tablet.edit(DocKind::WorkOrder, order, &note, world.now());
    for at in [20, 40, 60] {
        torn.changes[0][at] ^= 0x55;
    }
    let nobodys = [FieldEdit::new("contact", "price", "1")];
    let nobodys = tablet.edit(DocKind::WorkOrder, order, &nobodys, world.now());
    for push in [torn, nobodys] {
        assert_eq!(tablet.sync(&world, vec![push], vec![]).await.unwrap().refused.len(), 1);
    }
    desk.sync(&world, vec![], vec![]).await;
    for entry in entries(&desk) {
        let decision = desk.claim(&world, &handle(entry.id, Handling::Release)).await;
        assert_eq!(code(&decision), "still_refused", "{entry:?}");
    }
    assert_eq!(entries(&desk).len(), 2);
    assert!(entries(&desk).iter().all(|entry| entry.handled.is_none()), "they stay open");
}

/// The door job's visit goes to somebody else.
async fn give_away(world: &World, desk: &mut Device, to: &str) {
    let visit: Visit = desk.row("visit", world.door("visit")).unwrap();
    let plan = Claim::VisitPlan(PlanVisit {
        visit: VisitId(world.door("visit")),
        work_orders: Vec::new(),
        crew: vec![world.person(to)],
        slot: visit.slot,
    });
    let decision = desk.claim(world, &plan).await;
    assert!(decision.is_executed(), "{decision:?}");
}

fn note_of(device: &Device, world: &World, key: &str) -> Push {
    let note = [FieldEdit::new("notes", key, "当时已在现场")];
    device.edit(DocKind::WorkOrder, world.door("work_order"), &note, world.now())
}

#[tokio::test]
async fn work_of_somebody_who_lost_the_visit_offline_is_taken_in_for_a_week() {
    let world = World::new();
    let (mut tablet, mut desk) = (world.device("周晓琳").await, world.device("沈婷").await);
    let order = world.door("work_order");
    give_away(&world, &mut desk, "马超").await;
    world.pass(HOUR_MS);
    let (late, later, latest) = (
        note_of(&tablet, &world, "n1"),
        note_of(&tablet, &world, "n2"),
        note_of(&tablet, &world, "n3"),
    );
    let answer = tablet.sync(&world, vec![late], vec![]).await.unwrap();
    assert!(answer.refused.is_empty(), "{:?}", answer.refused);
    assert_eq!(fact(&world, order, "notes", "n1").0, "当时已在现场".into());
    let gone = |device: &Device| device.gone.contains(&("work_order".to_owned(), order));
    assert!(gone(&tablet), "and the tablet loses the record");
    assert!(tablet.row::<Visit>("visit", world.door("visit")).is_none());

    world.pass(LATE_MS - HOUR_MS);
    let answer = tablet.sync(&world, vec![later], vec![]).await.unwrap();
    assert!(answer.refused.is_empty(), "on the last day");
    world.pass(1);
    let answer = tablet.sync(&world, vec![latest], vec![]).await.unwrap();
    assert_eq!(answer.refused[0].code, "not_allowed", "then a coordinator has to look");
    desk.sync(&world, vec![], vec![]).await;
    let entry = entries(&desk).pop().expect("in quarantine");
    assert!(desk.claim(&world, &handle(entry.id, Handling::Release)).await.is_executed());
    assert_eq!(fact(&world, order, "notes", "n3").0, "当时已在现场".into());

    let mut stranger = world.device("陈志强").await;
    stranger.docs.insert(order, tablet.docs[&order].clone());
    let foul = note_of(&stranger, &world, "n4");
    let answer = stranger.sync(&world, vec![foul], vec![]).await.unwrap();
    assert_eq!(answer.refused[0].code, "not_allowed", "who never saw it writes nothing");
}

#[tokio::test]
async fn who_leaves_one_visit_keeps_what_another_visit_shows() {
    let world = World::new();
    let (mut tablet, mut desk) = (world.device("周晓琳").await, world.device("沈婷").await);
    let order = world.door("work_order");
    let visit: Visit = desk.row("visit", world.door("visit")).unwrap();
    let second = fresh();
    let also = Visit { id: VisitId(second), ..visit };
    doorstep_hq::sight::put_visit(&world.home.connect(world.now()).unwrap(), &also).unwrap();
    give_away(&world, &mut desk, "马超").await;
    tablet.sync(&world, vec![], vec![]).await;
    assert!(tablet.row::<Visit>("visit", world.door("visit")).is_none());
    assert!(tablet.row::<Visit>("visit", second).is_some());
    assert!(!tablet.gone.contains(&("work_order".to_owned(), order)), "the other visit needs it");
}

#[tokio::test]
async fn a_document_begun_before_hqs_version_came_is_no_refused_work() {
    let world = World::new();
    let (_, mut second) = two_answers(&world).await;
    let (asset, author) = (world.door("asset"), second.person.to_string());
    let actor = *fresh().as_bytes();
    let begun = Document::create(DocKind::Asset, asset, actor, &author, world.now());
    let (begun, beginning) = begun.unwrap();
    let (_, edit) = begun.edit(&seal_check("pass"), &author, world.now()).unwrap();
    let changes = vec![ByteBuf::from(beginning), ByteBuf::from(edit)];
    let push = Push { doc: asset, kind: DocKind::Asset, changes };
    let answer = second.sync(&world, vec![push], vec![]).await.unwrap();
    assert_eq!(answer.refused[0].code, "document_begun_twice");
    let mut desk = world.device("沈婷").await;
    desk.sync(&world, vec![], vec![]).await;
    assert!(entries(&desk).is_empty(), "the tablet writes it again, nobody has to look at it");
}

#[tokio::test]
async fn the_beginning_of_a_document_sent_again_changes_nothing() {
    let world = World::new();
    let mut tablet = world.device("周晓琳").await;
    let (asset, author) = (fresh(), tablet.person.to_string());
    let begun = Document::create(DocKind::Asset, asset, *fresh().as_bytes(), &author, world.now());
    let (_, beginning) = begun.unwrap();
    let push = Push { doc: asset, kind: DocKind::Asset, changes: vec![ByteBuf::from(beginning)] };
    let first = tablet.sync(&world, vec![push.clone()], vec![]).await.unwrap();
    let again = tablet.sync(&world, vec![push], vec![]).await.unwrap();
    assert!(again.refused.is_empty(), "{:?}", again.refused);
    assert_eq!(again.received, first.received);
}
