//! Pools and leases: whatever happens in whatever order, nothing is spent twice.

use doorstep_domain::{
    id::{DeviceId, LeaseId, OrderId, OrgId, PersonId, PoolId},
    lease::{Ending, Lease, LeaseBook, LeaseError, LeaseUse, Pool, Reservation, Resource},
    steps::StepBook,
    time::UtcMs,
    visit::Slot,
    words::Words,
};
use proptest::prelude::*;
use uuid::Uuid;

fn id(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

fn stock() -> Resource {
    Resource::Stock { store: OrgId(id(1)), sku: "S-XH-100".into() }
}

fn pool(amount: i64) -> Pool {
    Pool::new(PoolId(id(9)), stock(), Words::new("洗衣机", "Washing machine"), amount)
}

fn lease(number: u128, granted: i64, now: UtcMs, lasts: i64) -> Lease {
    Lease {
        id: LeaseId(id(number)),
        pool: PoolId(id(9)),
        resource: stock(),
        name: Words::default(),
        store: OrgId(id(1)),
        device: DeviceId(id(2)),
        person: PersonId(id(3)),
        visit: None,
        granted,
        uses: Vec::new(),
        taken_at: now,
        expires_at: now.plus_ms(lasts),
        ended: None,
    }
}

/// What can happen, to which of the leases, by how much.
#[derive(Debug, Clone, Copy)]
enum Event {
    Take { amount: i64, lasts: i64 },
    Use { which: usize, amount: i64 },
    UseFree { amount: i64 },
    Release,
    Return { which: usize },
    Expire { which: usize },
    Renew { which: usize, lasts: i64 },
    Resize { amount: i64 },
    Pass { ms: i64 },
}

fn events() -> impl Strategy<Value = Event> {
    let amount = -2..12i64;
    let which = 0..8usize;
    prop_oneof![
        3 => (amount.clone(), 1..50i64).prop_map(|(amount, lasts)| Event::Take { amount, lasts }),
        3 => (which.clone(), amount.clone())
            .prop_map(|(which, amount)| Event::Use { which, amount }),
        2 => amount.clone().prop_map(|amount| Event::UseFree { amount }),
        1 => Just(Event::Release),
        1 => which.clone().prop_map(|which| Event::Return { which }),
        1 => which.clone().prop_map(|which| Event::Expire { which }),
        1 => (which, 1..50i64).prop_map(|(which, lasts)| Event::Renew { which, lasts }),
        1 => (0..30i64).prop_map(|amount| Event::Resize { amount }),
        2 => (0..40i64).prop_map(|ms| Event::Pass { ms }),
    ]
}

proptest! {
    /// A second book beside the pool: what leases hold, and what orders got. They agree after
    /// every event, nothing is negative, and what orders got never exceeds what there was.
    #[test]
    fn no_interleaving_overspends_a_pool(start in 0..25i64, steps in prop::collection::vec(events(), 0..120)) {
        let mut pool = pool(start);
        let mut leases: Vec<Lease> = Vec::new();
        let mut got: Vec<i64> = Vec::new();
        let mut now = UtcMs(1_000);
        for (number, step) in steps.into_iter().enumerate() {
            let free_before = pool.free();
            let count = leases.len().max(1);
            match step {
                Event::Pass { ms } => now = now.plus_ms(ms),
                Event::Take { amount, lasts } => {
                    let wanted = lease(100 + number as u128, amount, now, lasts);
                    let taken = pool.take(&wanted);
                    prop_assert_eq!(taken.is_ok(), amount > 0 && amount <= free_before);
                    if taken.is_ok() { leases.push(wanted); }
                }
                Event::Use { which, amount } => if let Some(held) = leases.get_mut(which % count) {
                    let (held_before, holds) = (held.rest(), held.holds_at(now));
                    let used = LeaseUse { order: OrderId(id(number as u128)), amount };
                    let done = pool.use_lease(held, used, now);
                    prop_assert_eq!(done.is_ok(), holds && amount > 0 && amount <= held_before);
                    if done.is_ok() { got.push(amount); }
                    prop_assert_eq!(pool.free(), free_before, "a lease is used without touching what is free");
                },
                Event::UseFree { amount } => {
                    let done = pool.use_free(amount);
                    prop_assert_eq!(done.is_ok(), amount > 0 && amount <= free_before);
                    if done.is_ok() { got.push(amount); }
                }
                Event::Release => if let Some(amount) = got.pop() { pool.release(amount); },
                Event::Return { which } => if let Some(held) = leases.get_mut(which % count) {
                    let rest = held.rest();
                    let was_held = held.ended.is_none();
                    let done = pool.give_back(held);
                    prop_assert_eq!(done, if was_held { Ok(rest) } else { Err(LeaseError::Ended) });
                    prop_assert_eq!(pool.free(), free_before + if was_held { rest } else { 0 });
                },
                Event::Expire { which } => if let Some(held) = leases.get_mut(which % count) {
                    let due = held.ended.is_none() && now >= held.expires_at;
                    prop_assert_eq!(pool.expire(held, now).is_ok(), due);
                },
                Event::Renew { which, lasts } => if let Some(held) = leases.get_mut(which % count) {
                    let (before, holds) = (held.expires_at, held.holds_at(now));
                    let done = pool.renew(held, now.plus_ms(lasts), now);
                    prop_assert_eq!(done.is_ok(), holds);
                    prop_assert!(held.expires_at >= before, "renewing never shortens");
                },
                Event::Resize { amount } => {
                    let set = pool.resize(amount);
                    prop_assert!(set >= pool.leased + pool.used, "what is promised stands");
                }
            }
            let held: i64 = leases.iter().map(Lease::rest).sum();
            let spent: i64 = got.iter().sum();
            prop_assert!(pool.is_sound(), "{:?}", pool);
            prop_assert_eq!(pool.leased, held);
            prop_assert_eq!(pool.used, spent);
            prop_assert_eq!(pool.free() + pool.leased + pool.used, pool.amount);
        }
    }
}

#[test]
fn the_last_unit_goes_to_one_device_and_comes_back_when_it_is_not_used() {
    let now = UtcMs(1_000);
    let mut pool = pool(1);
    let mut first = lease(100, 1, now, 60_000);
    pool.take(&first).unwrap();
    assert_eq!(pool.take(&lease(101, 1, now, 60_000)), Err(LeaseError::Short { free: 0 }));
    assert_eq!(pool.use_free(1), Err(LeaseError::Short { free: 0 }));
    let late = now.plus_ms(60_000);
    let used = LeaseUse { order: OrderId(id(7)), amount: 1 };
    assert_eq!(pool.use_lease(&mut first, used, late), Err(LeaseError::Expired));
    assert_eq!(pool.expire(&mut first, late), Ok(1));
    assert_eq!(first.ended, Some(Ending::Expired));
    pool.use_free(1).unwrap();
    assert_eq!((pool.free(), pool.leased, pool.used), (0, 0, 1));
}

#[test]
fn a_lease_of_another_pool_changes_nothing() {
    let now = UtcMs(1_000);
    let (mut own, before) = (pool(5), pool(5));
    let mut foreign = Lease { pool: PoolId(id(8)), ..lease(100, 1, now, 60_000) };
    let used = LeaseUse { order: OrderId(id(7)), amount: 1 };
    assert_eq!(own.take(&foreign), Err(LeaseError::Foreign));
    assert_eq!(own.use_lease(&mut foreign, used, now), Err(LeaseError::Foreign));
    assert_eq!(own.give_back(&mut foreign), Err(LeaseError::Foreign));
    assert_eq!(own, before);
}

#[test]
fn the_sample_policy_is_sound_and_a_lease_of_a_van_ends_before_the_van_leaves() {
    let text = include_str!("../../../data/sample/leases.toml");
    let book = LeaseBook::parse(&[("leases.toml", text)]).unwrap();
    assert!(book.sample, "invented figures say so");
    let now = UtcMs(1_784_075_400_000);
    let start = now.plus_ms(3_600_000);
    let slot = Resource::Slot { store: OrgId(id(1)), start, end: start.plus_ms(7_200_000) };
    assert_eq!(book.expiry(&slot, now), start);
    assert_eq!(book.expiry(&stock(), now), now.plus_ms(i64::from(book.lease_s) * 1_000));
    assert!(book.promise_until(start) < start, "a margin for the tablet's clock");

    let wrong = text.replace("renew_s = 10800", "renew_s = 21600");
    let flaws = LeaseBook::parse(&[("leases.toml", &wrong)]).unwrap_err();
    assert!(flaws.to_string().contains("margin_s < renew_s < lease_s"), "{flaws}");
}

#[test]
fn a_slot_belongs_to_the_published_window_it_begins_in() {
    let text = include_str!("../../../data/sample/steps.toml");
    let steps = StepBook::parse(&[("steps.toml", text)]).unwrap();
    let midnight = UtcMs::shanghai_midnight("2026-07-16".parse().unwrap());
    let at = |minutes: i64| midnight.plus_ms(minutes * UtcMs::MINUTE);
    let window = Slot { start: at(480), end: at(600) };
    assert_eq!(steps.window_of(window), Some(window));
    assert_eq!(steps.window_of(Slot { start: at(599), end: at(700) }), Some(window));
    assert_eq!(steps.window_of(Slot { start: at(730), end: at(770) }), None, "a lunch break");
}

#[test]
fn what_is_reserved_is_told_apart_from_what_hq_must_confirm() {
    let need = doorstep_domain::lease::Need {
        resource: stock(),
        name: Words::new("洗衣机", "Washing machine"),
        amount: 1,
    };
    let until = UtcMs(1_784_075_400_000);
    let held = Reservation::held(need.clone(), LeaseId(id(4)), until);
    let open = Reservation::unconfirmed(need);
    let words = doorstep_domain::lease::reservation_words(&[held, open]);
    assert!(words.zh.contains("洗衣机 S-XH-100 1 台（至 2026-07-15 08:30）"), "{}", words.zh);
    assert!(words.zh.contains("待总部确认：洗衣机 S-XH-100 1 台。"), "{}", words.zh);
    assert!(words.en.contains("1 × Washing machine S-XH-100 (until 2026-07-15 08:30)"));
    assert!(words.en.contains("To be confirmed by HQ"));
    assert_eq!(doorstep_domain::lease::reservation_words(&[]), Words::default());
}
