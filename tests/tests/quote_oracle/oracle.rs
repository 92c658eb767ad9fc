//! The oracle: tries every way in which the programmes could pay for the machines of a sale and
//! keeps the best. Slow on purpose and without cleverness.

use std::collections::BTreeMap;

use super::notices::{
    Programme, Terms, collection_is_free, conditions_met, opens, programmes, terms, wants_old,
};
use super::sale::{Fault, NewMachine, OldMachine, Sale};

/// One of the two totals, as the quote names its parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Settled {
    pub(crate) invoice_total: i64,
    pub(crate) government_subsidy: i64,
    pub(crate) customer_consideration: i64,
    pub(crate) fees: i64,
    pub(crate) old_value: i64,
    pub(crate) deposits: i64,
    pub(crate) balance: i64,
}

/// What the oracle expects of the quote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Expected {
    /// Per machine in the order of line ids: its line and who pays how much.
    pub(crate) paid: Vec<(&'static str, Vec<(Programme, i64)>)>,
    pub(crate) certain: Settled,
    pub(crate) if_approved: Settled,
}

/// The quote this sale must have; `None` where the discounts of a machine exceed its price.
pub(crate) fn expect(sale: &Sale) -> Option<Expected> {
    let mut machines: Vec<&NewMachine> = sale.new.iter().collect();
    machines.sort_by_key(|machine| machine.line);
    if machines.iter().any(|machine| machine.final_price() < 0) {
        return None;
    }
    let paid: Vec<(&'static str, Vec<(Programme, i64)>)> = machines
        .iter()
        .map(|machine| machine.line)
        .zip(best_distribution(sale, &machines))
        .collect();
    let payments = || paid.iter().flat_map(|(_, payments)| payments);
    let subsidy: i64 = payments().map(|(_, fen)| fen).sum();
    let struck = payments().any(|(programme, _)| collection_is_free(*programme, sale.region));
    let fees = if sale.dismantle && !sale.old.is_empty() && !struck { 4_000 } else { 0 };
    let settle = |government_subsidy: i64| {
        let invoice_total: i64 = machines.iter().map(|machine| machine.final_price()).sum();
        let customer_consideration = invoice_total - government_subsidy;
        let old_value: i64 = sale.old.iter().map(old_value).sum();
        let deposits: i64 = sale.deposits.iter().sum();
        let balance = customer_consideration + fees - old_value - deposits;
        Settled {
            invoice_total,
            government_subsidy,
            customer_consideration,
            fees,
            old_value,
            deposits,
            balance,
        }
    };
    let (certain, if_approved) = (settle(0), settle(subsidy));
    Some(Expected { certain, if_approved, paid })
}

/// What a programme would pay for a machine looked at alone, in fen; zero means nothing.
pub(crate) fn alone(
    programme: Programme,
    machine: &NewMachine,
    sale: &Sale,
) -> Option<(Terms, i64)> {
    let terms = terms(programme, machine, &sale.day)?;
    let base = machine.final_price();
    let too_dear = terms.ceiling_yuan.is_some_and(|yuan| base > yuan * 100);
    let kept_out = sale.customer.entitlements.iter().any(|e| {
        let this_kind = e.quota == programme.quota() && e.group == terms.group;
        let ended = e.state == "held" && e.expires.as_ref().is_some_and(|last| *last < sale.day);
        this_kind && (e.state == "barred" || ended)
    });
    if too_dear || kept_out || !conditions_met(programme, machine, sale) {
        return None;
    }
    // Hundredths of a fen decide: fifty and more round up.
    let hundredths = base * terms.percent;
    let mut fen = hundredths / 100;
    if hundredths % 100 >= 50 {
        fen += 1;
    }
    if let Some(yuan) = terms.cap_yuan {
        fen = fen.min(yuan * 100);
    }
    (fen > 0).then_some((terms, fen))
}

/// A programme with any extra on top of it, as one way to pay for a machine.
type Way = Vec<(Programme, Terms, i64)>;

fn ways(sale: &Sale, machine: &NewMachine) -> Vec<Way> {
    let here = programmes(&sale.day, sale.region);
    let pays = |programme: Programme| {
        alone(programme, machine, sale).map(|(terms, fen)| (programme, terms, fen))
    };
    let mut found = Vec::new();
    for &programme in here.iter().filter(|programme| **programme != Programme::CityTopUp) {
        let Some(main) = pays(programme) else { continue };
        let extra_here = programme == Programme::Cn2026 && here.contains(&Programme::CityTopUp);
        if let Some(extra) = pays(Programme::CityTopUp).filter(|_| extra_here) {
            found.push(vec![main, extra]);
        }
        found.push(vec![main]);
    }
    found
}

/// What is left while trying: pieces and fen per person, old machines not yet handed in.
#[derive(Debug, Clone, Default)]
struct Left {
    pieces: BTreeMap<(&'static str, &'static str), i64>,
    pieces_in_all: BTreeMap<&'static str, i64>,
    fen: BTreeMap<&'static str, i64>,
    old: Vec<Option<&'static str>>,
}

#[derive(Debug, Clone, Default)]
struct Found {
    total: i64,
    paid: Vec<Vec<(Programme, i64)>>,
}

/// The best of all distributions; of equals the one that serves the earlier line, and it by the
/// earlier programme.
fn best_distribution(sale: &Sale, machines: &[&NewMachine]) -> Vec<Vec<(Programme, i64)>> {
    let ways: Vec<Vec<Way>> = machines.iter().map(|machine| ways(sale, machine)).collect();
    let left =
        Left { old: sale.old.iter().map(|old| Some(old.category)).collect(), ..Left::default() };
    let mut best: Option<Found> = None;
    try_machine(sale, machines, &ways, &left, &Found::default(), &mut best);
    best.unwrap().paid
}

fn try_machine(
    sale: &Sale,
    machines: &[&NewMachine],
    ways: &[Vec<Way>],
    left: &Left,
    so_far: &Found,
    best: &mut Option<Found>,
) {
    let place = so_far.paid.len();
    let Some(machine) = machines.get(place) else {
        if best.as_ref().is_none_or(|best| so_far.total > best.total) {
            *best = Some(so_far.clone());
        }
        return;
    };
    for way in &ways[place] {
        for left in handing_in(way, machine, left) {
            if let Some((left, paid)) = pay(sale, way, left) {
                let mut next = so_far.clone();
                next.total += paid.iter().map(|(_, fen)| fen).sum::<i64>();
                next.paid.push(paid);
                try_machine(sale, machines, ways, &left, &next, best);
            }
        }
    }
    let mut without = so_far.clone();
    without.paid.push(Vec::new());
    try_machine(sale, machines, ways, left, &without, best);
}

/// Every way to hand in an old machine where one is wanted.
fn handing_in(way: &Way, machine: &NewMachine, left: &Left) -> Vec<Left> {
    let Some((programme, ..)) = way.iter().find(|(programme, ..)| wants_old(*programme)) else {
        return vec![left.clone()];
    };
    let fits = |old: &Option<&str>| old.is_some_and(|old| opens(*programme, old, machine.category));
    let places = (0..left.old.len()).filter(|place| fits(&left.old[*place]));
    places
        .map(|place| {
            let mut after = left.clone();
            after.old[place] = None;
            after
        })
        .collect()
}

/// Takes the pieces and the fen; `None` where a piece is lacking or nothing would be paid.
fn pay(sale: &Sale, way: &Way, mut left: Left) -> Option<(Left, Vec<(Programme, i64)>)> {
    let customer = &sale.customer;
    let mut paid = Vec::new();
    for (programme, terms, full) in way {
        let quota = programme.quota();
        let used = || customer.used.iter().filter(|used| used.quota == quota);
        if let Some(most) = terms.pieces {
            let before: u32 = used().filter(|u| u.group == terms.group).map(|u| u.pieces).sum();
            let start = i64::from(most) - i64::from(before);
            take_one(left.pieces.entry((quota, terms.group)).or_insert(start))?;
        }
        if let Some(most) = programme.pieces_in_all(customer.company) {
            let before: u32 = used().map(|u| u.pieces).sum();
            let start = i64::from(most) - i64::from(before);
            take_one(left.pieces_in_all.entry(quota).or_insert(start))?;
        }
        let mut fen = *full;
        if let Some(most) = programme.fen_in_all() {
            let start = most - used().map(|u| u.fen).sum::<i64>();
            let rest = left.fen.entry(quota).or_insert(start);
            fen = fen.min(*rest);
            if fen <= 0 {
                return None;
            }
            *rest -= fen;
        }
        paid.push((*programme, fen));
    }
    Some((left, paid))
}

fn take_one(left: &mut i64) -> Option<()> {
    *left -= 1;
    (*left >= 0).then_some(())
}

/// Values of medium machines in yuan: working, by age up to 3, 5, 8, 10 years and over; then dead.
const OLD_VALUES: [(&str, [i64; 5], i64); 8] = [
    ("fridge", [500, 330, 200, 110, 70], 50),
    ("washer", [350, 220, 130, 80, 55], 40),
    ("tv", [350, 220, 120, 60, 35], 20),
    ("ac", [650, 460, 300, 200, 150], 130),
    ("pc", [900, 500, 180, 60, 30], 25),
    ("water_heater", [220, 140, 85, 50, 35], 30),
    ("hood", [160, 100, 60, 35, 22], 20),
    ("dishwasher", [450, 280, 140, 70, 40], 30),
];

/// What an old machine brings, in fen: rust with its photo takes 15 % off, in whole yuan.
fn old_value(old: &OldMachine) -> i64 {
    let (_, working, dead) = OLD_VALUES.iter().find(|(name, ..)| *name == old.category).unwrap();
    let band = [36, 60, 96, 120].iter().filter(|last| old.months > **last).count();
    let yuan = match old.fault {
        Fault::Dead => *dead,
        Fault::Rust => working[band] - working[band] * 15 / 100,
        Fault::None | Fault::RustUnproven => working[band],
    };
    yuan * 100
}
