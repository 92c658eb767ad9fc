//! Filing the combined order: executed once to the same fen, or refused with a task.

use crate::common::{self, World, books, code, order, quote};
use doorstep_domain::{
    claim::{Claim, DecideTask, FileOrder},
    combined_order::{CombinedOrder, OrderState},
    decision::Decision,
    id::CommandKey,
    quote::Quote,
    task::{Decision as TaskDecision, Remedy, Task},
    time::UtcMs,
    visit::Visit,
    work_order::{LegKind, WorkOrder},
};
use doorstep_hq::{digest::digest, reference};
use doorstep_store::ledger::orders;

const SALE_DAY: &str = "2026-07-15";

fn filing(file: &FileOrder) -> Claim {
    Claim::OrderFile(Box::new(file.clone()))
}

#[tokio::test]
async fn a_signed_order_is_executed_once_and_the_clerk_sees_both_legs() {
    let world = World::new();
    let (mut device, mut clerk) = (world.device("周晓琳").await, world.device("林静").await);
    let file = order(&world, &quote(&books(), SALE_DAY));
    let decision = device.claim(&world, &filing(&file)).await;
    let Decision::Executed { result } = &decision else { panic!("{decision:?}") };
    assert_eq!(result["number"], "DS-20260715-0001");

    clerk.sync(&world, vec![], vec![]).await;
    let id = file.signed.terms.order;
    let held: CombinedOrder = clerk.row("order", id.0).unwrap();
    assert_eq!(held.number(), Some("DS-20260715-0001"));
    let work: WorkOrder = clerk.row("work_order", world.door("work_order")).unwrap();
    let kinds: Vec<LegKind> = work.legs.iter().map(|leg| leg.kind).collect();
    for kind in [LegKind::Deliver, LegKind::Remove, LegKind::Install] {
        assert_eq!(kinds.iter().filter(|held| **held == kind).count(), 1, "{kinds:?}");
    }
    let planned = work.legs.iter().find(|leg| leg.kind == LegKind::Remove).unwrap();
    let visit: Visit = clerk.row("visit", planned.visit.unwrap().0).unwrap();
    assert_eq!(visit.slot, file.signed.terms.slot);
    assert_eq!(device.row::<CombinedOrder>("order", id.0), Some(held));

    let conn = world.home.connect(world.now()).unwrap();
    let ledger = orders::get(&conn, id).unwrap().unwrap();
    assert!(ledger.amounts.subsidy.0 > 0, "the sample quote counts on a subsidy");
    assert_eq!(digest(&conn).unwrap()["broken_identities"].as_array().unwrap().len(), 0);
}

#[tokio::test]
async fn the_same_quote_is_never_executed_twice() {
    let world = World::new();
    let mut device = world.device("周晓琳").await;
    let quote = quote(&books(), SALE_DAY);
    let file = order(&world, &quote);
    assert!(device.claim(&world, &filing(&file)).await.is_executed());
    assert_eq!(code(&device.claim(&world, &filing(&file)).await), "order_already_filed");
    let other = order(&world, &quote);
    assert_eq!(code(&device.claim(&world, &filing(&other)).await), "quote_used");
    let conn = world.home.connect(world.now()).unwrap();
    assert_eq!(orders::executed_count(&conn).unwrap(), 1);
}

#[tokio::test]
async fn one_fen_altered_is_refused_with_a_task_that_can_be_honoured() {
    let world = World::new();
    let (mut device, mut clerk) = (world.device("周晓琳").await, world.device("沈婷").await);
    let mut quote = quote(&books(), SALE_DAY);
    quote.lines[0].amount.0 -= 1;
    quote.totals.list.0 -= 1;
    for part in [&mut quote.totals.certain, &mut quote.totals.if_approved] {
        part.invoice_total.0 -= 1;
        part.customer_consideration.0 -= 1;
        part.balance.0 -= 1;
        part.to_collect.0 -= 1;
    }
    quote.hash = quote.content_hash().unwrap();
    let file = order(&world, &quote);
    let decision = device.claim(&world, &filing(&file)).await;
    assert_eq!(code(&decision), "quote_differs");
    let Decision::Refused { task: Some(task), .. } = decision else { panic!("no task") };
    let held: CombinedOrder = device.row("order", file.signed.terms.order.0).unwrap();
    assert!(matches!(held.state, OrderState::Refused { task: named, .. } if named == task));

    clerk.sync(&world, vec![], vec![]).await;
    let seen: Task = clerk.row("task", task.0).unwrap();
    assert_eq!(seen.remedies, vec![Remedy::Honour, Remedy::ReQuote, Remedy::Cancel]);
    let decide = |by| {
        Claim::TaskDecide(DecideTask {
            task,
            decision: TaskDecision {
                remedy: Remedy::Honour,
                by,
                at: world.now(),
                note: String::new(),
            },
        })
    };
    let by_engineer = device.claim(&world, &decide(device.person)).await;
    assert_eq!(code(&by_engineer), "not_allowed");
    assert!(clerk.claim(&world, &decide(clerk.person)).await.is_executed());
    let honoured: CombinedOrder = clerk.row("order", file.signed.terms.order.0).unwrap();
    assert_eq!(honoured.number(), Some("DS-20260715-0001"));
    assert_eq!(code(&clerk.claim(&world, &decide(clerk.person)).await), "task_not_decidable");
}

#[tokio::test]
async fn altered_text_and_altered_terms_are_told_apart() {
    let world = World::new();
    let mut device = world.device("周晓琳").await;
    let quote = quote(&books(), SALE_DAY);
    let mut altered = order(&world, &quote);
    let mut snapshot: Quote = serde_json::from_str(&altered.quote_text).unwrap();
    snapshot.lines[0].amount.0 += 1;
    altered.quote_text = serde_json::to_string(&snapshot).unwrap();
    assert_eq!(code(&device.claim(&world, &filing(&altered)).await), "quote_altered");
    let mut terms = order(&world, &quote);
    terms.signed.terms.totals.certain.0 += 1;
    assert_eq!(code(&device.claim(&world, &filing(&terms)).await), "signature_void");
}

#[tokio::test]
async fn an_older_bundle_within_its_validity_is_honoured() {
    let world = World::new();
    let mut device = world.device("周晓琳").await;
    let file = order(&world, &quote(&books(), SALE_DAY));
    let newer = tempfile::tempdir().unwrap();
    for (name, text) in reference::read_files(&common::data_files()).unwrap() {
        let path = newer.path().join(&name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        let text = text.replace("SAMPLE-CATALOGUE-2026", "SAMPLE-CATALOGUE-2026-B");
        let text = if name.ends_with("catalogue.toml") {
            text.replace("list_fen = 259900", "list_fen = 279900")
        } else {
            text
        };
        std::fs::write(path, text).unwrap();
    }
    let conn = world.home.connect(world.now()).unwrap();
    let new = reference::publish(&world.home, &conn, newer.path(), world.now()).unwrap();
    assert_eq!(new, [("catalogue".to_owned(), "SAMPLE-CATALOGUE-2026-B".to_owned())]);
    assert!(device.claim(&world, &filing(&file)).await.is_executed());
    let bundles: Vec<reference::BundleRow> = device.rows_of("bundle");
    assert_eq!(bundles.iter().filter(|bundle| bundle.kind == "catalogue").count(), 2);
}

#[tokio::test]
async fn an_order_signed_after_its_quote_expired_is_refused() {
    let world = World::new();
    let mut device = world.device("周晓琳").await;
    let quote = quote(&books(), SALE_DAY);
    world.pass(60 * UtcMs::DAY);
    let late = order(&world, &quote);
    assert_eq!(code(&device.claim(&world, &filing(&late)).await), "quote_expired");
}

#[tokio::test]
async fn an_order_filed_late_but_signed_in_time_is_executed() {
    let world = World::new();
    let mut device = world.device("周晓琳").await;
    let file = order(&world, &quote(&books(), SALE_DAY));
    let command = device.command(&world, &filing(&file));
    world.pass(60 * UtcMs::DAY);
    let answer = device.sync(&world, vec![], vec![command]).await.unwrap();
    assert!(answer.commands[0].decision.contains("executed"), "{:?}", answer.commands);
}

#[tokio::test]
async fn a_subsidy_used_up_elsewhere_is_a_task_and_not_a_silent_loss() {
    let world = World::new();
    let mut device = world.device("周晓琳").await;
    let first = order(&world, &quote(&books(), SALE_DAY));
    assert!(device.claim(&world, &filing(&first)).await.is_executed());
    // One washing machine per person: the second quote cannot know of the first.
    let second = order(&world, &quote(&books(), SALE_DAY));
    let decision = device.claim(&world, &filing(&second)).await;
    assert_eq!(code(&decision), "subsidy_quota_used");
    let cancel = Claim::OrderCancel(doorstep_domain::claim::CancelOrder {
        order: first.signed.terms.order,
        reason: "客户改主意".to_owned(),
        at: world.now(),
    });
    assert!(device.claim(&world, &cancel).await.is_executed());
    let third = order(&world, &quote(&books(), SALE_DAY));
    let again = device.claim(&world, &filing(&third)).await;
    assert!(again.is_executed(), "{again:?}");
}

#[tokio::test]
async fn a_claim_in_another_persons_name_is_refused() {
    let world = World::new();
    let mut device = world.device("周晓琳").await;
    let file = order(&world, &quote(&books(), SALE_DAY));
    let mut command = device.command(&world, &filing(&file));
    command.key = CommandKey(common::fresh());
    command.person = world.person("陈志强");
    let answer = device.sync(&world, vec![], vec![command]).await.unwrap();
    assert!(answer.commands[0].decision.contains("not_allowed"));
}
