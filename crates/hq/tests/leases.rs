//! Leases at HQ: granted to one device, used by the order that names them, back when they are over.

use crate::common::{self, Device, World, books, code, order, quote};
use doorstep_domain::{
    claim::{CancelOrder, Claim, DecideTask, FileOrder, NamedLeases, TakeLeases},
    combined_order::{Relation, SignedOrder},
    decision::Decision,
    id::{LeaseId, OrgId, VisitId},
    lease::{Lease, LeaseAsk, Pool, Reservation, Resource},
    quote::{Quote, price},
    task::{Decision as TaskDecision, Remedy},
    time::UtcMs,
    visit::Slot,
    words::Words,
};
use doorstep_hq::{digest::digest, pool_sizes, pools};
use doorstep_store::ledger::leases;

const SALE_DAY: &str = "2026-07-15";
const SKU: &str = "S-XG-100";
const HOUR_MS: i64 = 60 * UtcMs::MINUTE;

fn store(world: &World) -> OrgId {
    world.door("store").to_string().parse().unwrap()
}

fn unit(world: &World) -> Resource {
    Resource::Stock { store: store(world), sku: SKU.to_owned() }
}

/// So many units of the model in the quote, in every store.
fn stock(world: &World, units: i64) {
    let conn = world.home.connect(world.now()).unwrap();
    let text = format!("[[stock]]\nstore = \"*\"\nsku = \"{SKU}\"\nunits = {units}\n");
    pool_sizes::take_file(&conn, &text, world.now()).unwrap();
}

fn pool(world: &World, resource: &Resource) -> Pool {
    let conn = world.home.connect(world.now()).unwrap();
    pools::pool_of(&conn, resource, world.now()).unwrap().expect("there is such a pool")
}

/// Free, leased, used.
fn counts(world: &World, resource: &Resource) -> (i64, i64, i64) {
    let pool = pool(world, resource);
    (pool.free(), pool.leased, pool.used)
}

fn ask(resource: &Resource, amount: i64) -> LeaseAsk {
    LeaseAsk { lease: LeaseId(common::fresh()), resource: resource.clone(), amount }
}

fn taking(world: &World, visit: Option<VisitId>, asks: &[LeaseAsk]) -> Claim {
    Claim::LeaseTake(TakeLeases { store: store(world), visit, asks: asks.to_vec() })
}

async fn take(
    world: &World,
    device: &mut Device,
    resource: &Resource,
    amount: i64,
) -> Option<Lease> {
    let ask = ask(resource, amount);
    let decision = device.claim(world, &taking(world, None, std::slice::from_ref(&ask))).await;
    assert!(decision.is_executed(), "{decision:?}");
    device.row("lease", ask.lease.0)
}

/// The order on a quote whose terms name leases.
fn order_on(world: &World, quote: &Quote, held: &[&Lease]) -> FileOrder {
    let mut file = order(world, quote);
    let mut terms = file.signed.terms.clone();
    terms.reservations = held
        .iter()
        .map(|lease| Reservation {
            resource: lease.resource.clone(),
            name: Words::default(),
            amount: lease.granted,
            lease: Some(lease.id),
            until: Some(lease.expires_at),
        })
        .collect();
    let signature = file.signed.signature.clone();
    file.signed = SignedOrder::sign(
        terms.with_sentence(),
        &signature.name,
        Relation::Buyer,
        signature.strokes,
        world.now(),
    )
    .unwrap();
    file
}

fn filing(file: &FileOrder) -> Claim {
    Claim::OrderFile(Box::new(file.clone()))
}

/// What a cut quote for another person would be: no subsidy, so that no quota stands in the way.
fn plain_quote() -> Quote {
    let mut request = quote(&books(), SALE_DAY).request;
    request.id = doorstep_domain::id::QuoteId(common::fresh());
    request.customer.kind = serde_json::from_str("\"legal\"").unwrap();
    price(&request, &books()).unwrap()
}

fn assert_sound(world: &World) {
    let conn = world.home.connect(world.now()).unwrap();
    let digest = digest(&conn).unwrap();
    assert_eq!(digest["broken_pools"], serde_json::json!([]));
}

#[tokio::test]
async fn the_last_unit_is_held_by_one_tablet_and_an_order_without_it_becomes_a_task() {
    let world = World::new();
    stock(&world, 1);
    let (mut first, mut second) = (world.device("周晓琳").await, world.device("陈志强").await);
    let lease = take(&world, &mut first, &unit(&world), 1).await.expect("granted");
    assert!(take(&world, &mut second, &unit(&world), 1).await.is_none(), "there was one");
    assert_eq!(counts(&world, &unit(&world)), (0, 1, 0));

    let mut clerk = world.device("林静").await;
    let without = order_on(&world, &plain_quote(), &[]);
    let refused = clerk.claim(&world, &filing(&without)).await;
    assert_eq!(code(&refused), "stock_short");
    let Decision::Refused { task: Some(task), params, .. } = refused else { panic!("no task") };
    assert!(params["en"].contains("S-XG-100"), "{params:?}");

    // A coordinator honours the other one: the pool is not touched, what is lacking is counted.
    let mut desk = world.device("沈婷").await;
    let honour = Claim::TaskDecide(DecideTask {
        task,
        decision: TaskDecision {
            remedy: Remedy::Honour,
            by: desk.person,
            at: world.now(),
            note: String::new(),
        },
    });
    assert!(desk.claim(&world, &honour).await.is_executed());
    assert_eq!(counts(&world, &unit(&world)), (0, 1, 0));
    assert_eq!(pool(&world, &unit(&world)).beyond, 1);
    assert_sound(&world);

    let with = order_on(&world, &plain_quote(), &[&lease]);
    assert!(first.claim(&world, &filing(&with)).await.is_executed(), "what is held is held");
    assert_eq!(counts(&world, &unit(&world)), (0, 0, 1));
    let cancel = Claim::OrderCancel(CancelOrder {
        order: without.signed.terms.order,
        reason: "客户取消".to_owned(),
        at: world.now(),
    });
    assert!(desk.claim(&world, &cancel).await.is_executed());
    assert_eq!(pool(&world, &unit(&world)).beyond, 0);
    assert_sound(&world);
}

#[tokio::test]
async fn an_expired_lease_goes_back_and_its_order_takes_what_is_free_now() {
    let world = World::new();
    stock(&world, 1);
    let mut device = world.device("周晓琳").await;
    let lease = take(&world, &mut device, &unit(&world), 1).await.unwrap();
    let signed_in_time = order_on(&world, &plain_quote(), &[&lease]);
    let again = order_on(&world, &plain_quote(), &[&lease]);
    world.pass(lease.expires_at.0 - world.now().0);
    assert_eq!(counts(&world, &unit(&world)), (1, 0, 0), "HQ's clock ended it");
    let late = device.claim(&world, &filing(&signed_in_time)).await;
    assert!(late.is_executed(), "there is still one: {late:?}");
    assert_eq!(counts(&world, &unit(&world)), (0, 0, 1));
    let too_late = device.claim(&world, &filing(&again)).await;
    assert_eq!(code(&too_late), "stock_short");
    assert!(matches!(too_late, Decision::Refused { task: Some(_), .. }), "never a silent no");
    assert!(device.row::<Lease>("lease", lease.id.0).is_none(), "the tablet holds it no more");
    assert_sound(&world);
}

#[tokio::test]
async fn what_is_renewed_lasts_longer_and_what_is_returned_is_free_at_once() {
    let world = World::new();
    stock(&world, 2);
    let (mut first, mut second) = (world.device("周晓琳").await, world.device("陈志强").await);
    let lease = take(&world, &mut first, &unit(&world), 2).await.unwrap();
    let named = NamedLeases { leases: vec![lease.id] };
    // Nobody renews or returns what another device holds.
    for claim in [Claim::LeaseReturn(named.clone()), Claim::LeaseRenew(named.clone())] {
        assert!(second.claim(&world, &claim).await.is_executed());
    }
    assert_eq!(counts(&world, &unit(&world)), (0, 2, 0));

    world.pass(HOUR_MS);
    assert!(first.claim(&world, &Claim::LeaseRenew(named.clone())).await.is_executed());
    let renewed: Lease = first.row("lease", lease.id.0).unwrap();
    assert_eq!(renewed.expires_at, lease.expires_at.plus_ms(HOUR_MS));
    world.pass(lease.expires_at.0 - world.now().0);
    assert_eq!(counts(&world, &unit(&world)), (0, 2, 0), "the first expiry no longer counts");

    let file = order_on(&world, &plain_quote(), &[&renewed]);
    assert!(first.claim(&world, &filing(&file)).await.is_executed());
    assert_eq!(counts(&world, &unit(&world)), (0, 1, 1));
    assert!(first.claim(&world, &Claim::LeaseReturn(named)).await.is_executed());
    assert_eq!(counts(&world, &unit(&world)), (1, 0, 1), "what was used stays used");
    assert_sound(&world);
}

#[tokio::test]
async fn a_resent_batch_uses_a_lease_once_and_a_cancelled_order_frees_it() {
    let mut world = World::new();
    stock(&world, 2);
    let mut device = world.device("周晓琳").await;
    let lease = take(&world, &mut device, &unit(&world), 2).await.unwrap();
    let file = order_on(&world, &plain_quote(), &[&lease]);
    let sealed = device.seal(vec![], vec![device.command(&world, &filing(&file))]);
    // HQ dies between commit and answer; the same bytes come again, twice.
    let _lost = device.exchange(&world, Some(&sealed)).await;
    world.restart();
    for _ in 0..2 {
        let answer = device.exchange(&world, Some(&sealed)).await;
        device.take(&answer);
    }
    device.last = Some((sealed.number, sealed.hash));
    assert_eq!(counts(&world, &unit(&world)), (0, 1, 1));

    let asks = [ask(&unit(&world), 1)];
    let taking = taking(&world, None, &asks);
    let command = device.command(&world, &taking);
    let sealed = device.seal(vec![], vec![command]);
    for _ in 0..2 {
        let answer = device.exchange(&world, Some(&sealed)).await;
        device.take(&answer);
    }
    device.last = Some((sealed.number, sealed.hash));
    assert_eq!(counts(&world, &unit(&world)), (0, 1, 1), "nothing is free");

    let cancel = Claim::OrderCancel(CancelOrder {
        order: file.signed.terms.order,
        reason: "客户取消".to_owned(),
        at: world.now(),
    });
    assert!(device.claim(&world, &cancel).await.is_executed());
    assert_eq!(counts(&world, &unit(&world)), (1, 1, 0));
    assert_sound(&world);
}

#[tokio::test]
async fn a_window_takes_so_many_visits_and_no_more() {
    let world = World::new();
    let mut device = world.device("周晓琳").await;
    let midnight = UtcMs::shanghai_midnight("2026-07-17".parse().unwrap());
    let start = midnight.plus_ms(13 * HOUR_MS);
    let window = Slot { start, end: start.plus_ms(2 * HOUR_MS) };
    let place = Resource::Slot { store: store(&world), start, end: window.end };
    let text =
        "[[slot]]\nstore = \"*\"\nday = \"2026-07-17\"\nfrom_min = 780\nto_min = 900\nvisits = 2\n";
    let conn = world.home.connect(world.now()).unwrap();
    pool_sizes::take_file(&conn, text, world.now()).unwrap();
    let lease = take(&world, &mut device, &place, 1).await.unwrap();
    let with_slot = |held: &[&Lease]| {
        let mut file = order_on(&world, &plain_quote(), held);
        file.signed.terms.slot = window;
        let signature = file.signed.signature.clone();
        let terms = file.signed.terms.clone().with_sentence();
        file.signed = SignedOrder::sign(
            terms,
            &signature.name,
            Relation::Buyer,
            signature.strokes,
            world.now(),
        )
        .unwrap();
        file
    };
    assert!(
        device.claim(&world, &filing(&with_slot(&[]))).await.is_executed(),
        "one place is free"
    );
    assert_eq!(code(&device.claim(&world, &filing(&with_slot(&[]))).await), "slot_full");
    assert!(device.claim(&world, &filing(&with_slot(&[&lease]))).await.is_executed());
    assert_eq!(counts(&world, &place), (0, 0, 2));

    // Nobody makes up windows: outside the published ones, or too far ahead, there is nothing.
    for from in [midnight.plus_ms(12 * HOUR_MS), start.plus_ms(90 * UtcMs::DAY)] {
        let odd =
            Resource::Slot { store: store(&world), start: from, end: from.plus_ms(2 * HOUR_MS) };
        assert!(take(&world, &mut device, &odd, 1).await.is_none());
    }
    assert_sound(&world);
}

/// A quote with a trade-in bonus.
fn with_bonus(fen: i64) -> Quote {
    let mut request = plain_quote().request;
    request.new[0].discounts = serde_json::from_value(serde_json::json!([
        { "kind": "trade_in_bonus", "id": "b_over_age", "amount": fen },
    ]))
    .unwrap();
    price(&request, &books()).unwrap()
}

#[tokio::test]
async fn a_bonus_is_never_paid_beyond_its_budget() {
    let world = World::new();
    let (mut first, mut second) = (world.device("周晓琳").await, world.device("陈志强").await);
    let budget = Resource::Bonus { bonus: "b_over_age".to_owned() };
    let conn = world.home.connect(world.now()).unwrap();
    let text = "[[bonus]]\nid = \"b_over_age\"\nfen = 15000\n";
    pool_sizes::take_file(&conn, text, world.now()).unwrap();
    let lease = take(&world, &mut first, &budget, 10_000).await.unwrap();
    assert!(take(&world, &mut second, &budget, 10_000).await.is_none(), "5,000 fen are left");

    let refused = first.claim(&world, &filing(&order_on(&world, &with_bonus(10_000), &[]))).await;
    assert_eq!(code(&refused), "bonus_spent");
    let paid = order_on(&world, &with_bonus(10_000), &[&lease]);
    assert!(first.claim(&world, &filing(&paid)).await.is_executed());
    assert_eq!(counts(&world, &budget), (5_000, 0, 10_000));
    let small = order_on(&world, &with_bonus(5_000), &[&lease]);
    let decision = first.claim(&world, &filing(&small)).await;
    assert!(decision.is_executed(), "a used-up lease does not stand in the way: {decision:?}");
    assert_eq!(counts(&world, &budget), (0, 0, 15_000));
    assert_sound(&world);
}

#[tokio::test]
async fn a_budget_published_anew_never_falls_below_what_is_promised() {
    let world = World::new();
    let mut device = world.device("周晓琳").await;
    let budget = Resource::Bonus { bonus: "b_over_age".to_owned() };
    take(&world, &mut device, &budget, 20_000).await.unwrap();
    assert_eq!(pool(&world, &budget).amount, 3_000_000, "the published budget");
    let conn = world.home.connect(world.now()).unwrap();
    let text = "[[bonus]]\nid = \"b_over_age\"\nfen = 5000\n";
    pool_sizes::take_file(&conn, text, world.now()).unwrap();
    assert_eq!(counts(&world, &budget), (0, 20_000, 0));
    assert_sound(&world);
}

#[tokio::test]
async fn no_device_takes_everything_and_a_withdrawn_one_gives_it_back() {
    let world = World::new();
    stock(&world, 50);
    let mut device = world.device("周晓琳").await;
    assert!(take(&world, &mut device, &unit(&world), 50).await.is_none());
    assert!(take(&world, &mut device, &unit(&world), 6).await.is_some());
    assert!(take(&world, &mut device, &unit(&world), 1).await.is_none(), "the policy says six");
    let stranger = world.device("郭敏").await;
    let mut stranger = stranger;
    let refused = stranger.claim(&world, &taking(&world, None, &[ask(&unit(&world), 1)])).await;
    assert_eq!(code(&refused), "not_allowed", "another store's units");

    let conn = world.home.connect(world.now()).unwrap();
    pools::give_back_all(&conn, device.id).unwrap();
    assert_eq!(counts(&world, &unit(&world)), (50, 0, 0));
    assert_sound(&world);
}

#[tokio::test]
async fn the_sweep_ends_what_is_due_and_forgets_windows_of_the_past() {
    let world = World::new();
    stock(&world, 3);
    let mut device = world.device("周晓琳").await;
    let midnight = UtcMs::shanghai_midnight("2026-07-16".parse().unwrap());
    let start = midnight.plus_ms(8 * HOUR_MS);
    let place = Resource::Slot { store: store(&world), start, end: start.plus_ms(2 * HOUR_MS) };
    take(&world, &mut device, &place, 1).await.unwrap();
    take(&world, &mut device, &unit(&world), 1).await.unwrap();
    world.pass(UtcMs::DAY);
    let conn = world.home.connect(world.now()).unwrap();
    assert_eq!(pools::sweep(&conn, world.now()).unwrap(), 2);
    assert_eq!(pools::sweep(&conn, world.now()).unwrap(), 0);
    world.pass(30 * UtcMs::DAY);
    pools::sweep(&conn, world.now()).unwrap();
    let kept = leases::pools(&conn).unwrap();
    assert!(kept.iter().all(|pool| pool.resource.useful_until().is_none()), "{kept:?}");
    assert_sound(&world);
}

#[tokio::test]
async fn the_desk_sees_every_pool_and_the_engineer_only_the_own_leases() {
    let world = World::new();
    stock(&world, 3);
    let (mut first, mut second) = (world.device("周晓琳").await, world.device("陈志强").await);
    let lease = take(&world, &mut first, &unit(&world), 1).await.unwrap();
    let mut desk = world.device("沈婷").await;
    second.sync(&world, vec![], vec![]).await;
    desk.sync(&world, vec![], vec![]).await;
    let pools: Vec<Pool> = desk.rows_of("pool");
    let seen = pools.iter().find(|pool| pool.resource == unit(&world)).unwrap();
    assert_eq!((seen.amount, seen.leased), (3, 1));
    assert_eq!(desk.row::<Lease>("lease", lease.id.0).unwrap().person, first.person);
    assert!(second.rows_of::<Lease>("lease").is_empty());
    assert!(second.rows_of::<Pool>("pool").is_empty(), "pools are the desk's");
}
