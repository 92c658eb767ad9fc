//! Draws sales at random, the same ones for the same seed, and close to where rules bite: around
//! caps, ceilings and first and last days, with several machines of one kind.

use super::sale::{
    BUYER, Customer, Entitlement, Fault, NewMachine, OldMachine, SELLER, Sale, Used,
};

/// Marsaglia's xorshift64 with his constants 13, 7, 17 (Journal of Statistical Software 8, 2003).
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Dice {
        Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// A number from `low` to `high`, both included.
    fn between(&mut self, low: i64, high: i64) -> i64 {
        let span = u64::try_from(high - low).unwrap() + 1;
        low + i64::try_from((self.next() >> 11) % span).unwrap()
    }

    fn chance(&mut self, percent: i64) -> bool {
        self.between(1, 100) <= percent
    }

    fn one_of<T: Copy>(&mut self, choices: &[T]) -> T {
        let last = i64::try_from(choices.len()).unwrap() - 1;
        choices[usize::try_from(self.between(0, last)).unwrap()]
    }

    fn shuffle<T>(&mut self, things: &mut [T]) {
        for place in (1..things.len()).rev() {
            let other = self.between(0, i64::try_from(place).unwrap());
            things.swap(place, usize::try_from(other).unwrap());
        }
    }
}

const PLAIN_REGIONS: [&str; 5] = ["CN", "CN-34-01", "CN-44-03", "CN-51-17", "CN-41"];
const RULED_REGIONS: [&str; 9] = [
    "CN-11",
    "CN-11-08",
    "CN-31",
    "CN-31-15",
    "CN-37-01",
    "CN-44-01",
    "CN-44-01-06",
    "CN-99-01",
    "CN-41-01",
];
/// First and last days and their neighbours.
const EDGE_DAYS: [&str; 20] = [
    "2009-06-01",
    "2010-01-01",
    "2011-12-31",
    "2012-01-01",
    "2022-03-31",
    "2022-04-01",
    "2022-12-31",
    "2023-01-01",
    "2024-08-25",
    "2024-09-01",
    "2024-09-02",
    "2024-09-06",
    "2024-09-07",
    "2024-12-31",
    "2025-01-01",
    "2025-01-19",
    "2025-01-20",
    "2025-12-31",
    "2026-01-01",
    "2026-12-31",
];
/// Sorted as text, not as numbers: `a10` comes before `a9`.
const LINES: [&str; 7] = ["A", "a1", "a10", "a9", "b", "冰箱", "z"];
const CATEGORIES: [&str; 22] = [
    "fridge",
    "freezer",
    "washer",
    "tv",
    "ac",
    "pc",
    "water_heater",
    "stove",
    "hood",
    "microwave",
    "water_purifier",
    "dishwasher",
    "rice_cooker",
    "phone",
    "tablet",
    "watch",
    "band",
    "smart_glasses",
    "garment_care",
    "sofa",
    "coffee_machine",
    "robot_vacuum",
];
const OLD_CATEGORIES: [&str; 8] =
    ["fridge", "washer", "tv", "ac", "pc", "water_heater", "hood", "dishwasher"];
const QUOTAS: [&str; 9] = [
    "CN-2009",
    "CN-2024",
    "CN-2025",
    "CN-2025-D",
    "CN-2026",
    "CN-2026-D",
    "CN-RURAL",
    "city-2026-top-up-sample",
    "zhengzhou-2022",
];
/// (number, category, sub, article number, grade, list price) of catalogue articles.
const ARTICLES: [(&str, &str, &str, &str, u8, i64); 5] = [
    ("S-BX-520", "fridge", "multi_door", "2000000000305", 1, 599_900),
    ("S-XG-100", "washer", "front_load", "2000000000503", 1, 259_900),
    ("S-TV-43", "tv", "lcd", "2000000000701", 2, 139_900),
    ("S-KF-72L1", "ac", "cabinet_3p", "2000000001302", 1, 649_900),
    ("S-PC-L16", "pc", "laptop", "2000000001609", 1, 699_900),
];

/// A sale at random.
pub(crate) fn draw(dice: &mut Dice) -> Sale {
    let day = draw_day(dice);
    let region =
        if dice.chance(30) { dice.one_of(&PLAIN_REGIONS) } else { ruled_region(dice, &day) };
    // Few kinds among many machines, so that pieces run short.
    let mut kinds: Vec<&'static str> = Vec::new();
    for _ in 0..dice.between(1, 4) {
        let common = dice.chance(60);
        let some: &[&'static str] = if common { &CATEGORIES[..8] } else { &CATEGORIES };
        kinds.push(dice.one_of(some));
    }
    if region.starts_with("CN-31") && dice.chance(30) {
        kinds.push(dice.one_of(&["sofa", "coffee_machine", "water_purifier"]));
    }
    let mut lines = LINES;
    dice.shuffle(&mut lines);
    let wants_old = day.as_str() < "2012" || region == "CN-41-01" || dice.chance(25);
    let most = if wants_old { 5 } else { 7 };
    let machines = usize::try_from(dice.between(1, most)).unwrap();
    let new: Vec<NewMachine> =
        lines[..machines].iter().map(|line| draw_machine(dice, line, &kinds, &day)).collect();
    let old = if wants_old { draw_old(dice) } else { Vec::new() };
    Sale {
        customer: draw_customer(dice, &kinds, &day),
        deposits: (0..dice.between(0, 2)).map(|_| dice.between(1, 100_000)).collect(),
        dismantle: dice.chance(40),
        day,
        region,
        new,
        old,
    }
}

fn draw_day(dice: &mut Dice) -> String {
    if dice.chance(20) {
        return dice.one_of(&EDGE_DAYS).to_owned();
    }
    let (year, first_month) = dice.one_of(&[
        (2009, 6),
        (2010, 1),
        (2011, 1),
        (2022, 3),
        (2024, 9),
        (2024, 9),
        (2025, 1),
        (2025, 1),
        (2026, 1),
        (2026, 1),
        (2026, 7),
    ]);
    format!("{year}-{:02}-{:02}", dice.between(first_month, 12), dice.between(1, 28))
}

/// A region with rules of its own, mostly one whose rules are in force.
fn ruled_region(dice: &mut Dice, day: &str) -> &'static str {
    match &day[..4] {
        "2022" if dice.chance(80) => "CN-41-01",
        "2024" if dice.chance(80) => dice.one_of(&["CN-31", "CN-44-01", "CN-44-01-06", "CN-99-01"]),
        "2025" if dice.chance(80) => dice.one_of(&["CN-31-15", "CN-37-01", "CN-99-01"]),
        "2026" if dice.chance(80) => dice.one_of(&["CN-11", "CN-11-08", "CN-99-01", "CN-99-01"]),
        _ => dice.one_of(&RULED_REGIONS),
    }
}

fn draw_machine(
    dice: &mut Dice,
    line: &'static str,
    kinds: &[&'static str],
    day: &str,
) -> NewMachine {
    let in_catalogue = day >= "2026-07-01" && dice.chance(30);
    let mut machine = if in_catalogue {
        let (sku, category, sub, gtin, grade, list) = dice.one_of(&ARTICLES);
        let grade = Some(grade);
        NewMachine { line, sku: Some(sku), category, sub, gtin, grade, list, discounts: Vec::new() }
    } else {
        let category = dice.one_of(kinds);
        NewMachine {
            line,
            sku: None,
            category,
            sub: if category == "ac" { dice.one_of(&["wall_1_5p", "cabinet_3p"]) } else { "" },
            gtin: draw_gtin(dice),
            grade: dice.one_of(&[Some(1), Some(1), Some(1), Some(2), Some(2), Some(3), None]),
            list: draw_price(dice),
            discounts: Vec::new(),
        }
    };
    let mut rest = machine.list;
    for _ in 0..dice.one_of(&[0, 0, 1, 1, 2, 3]) {
        let kind = dice.one_of(&["merchant", "brand", "bank", "trade_in_bonus"]);
        let fen = match dice.between(1, 20) {
            1 => rest,
            2 if dice.chance(30) => rest + 1,
            3..=8 => rest - dice.one_of(&[600_000, 400_000, 1_000_000, 333_333]),
            _ => dice.between(1, machine.list / 3 + 1).min(rest),
        };
        if fen > 0 {
            machine.discounts.push((kind, fen));
            rest -= fen;
        }
    }
    machine
}

fn draw_gtin(dice: &mut Dice) -> &'static str {
    if dice.chance(70) {
        return dice.one_of(&["6901234567892", "4006381333931"]);
    }
    // None; a wrong check digit; eight, twelve and fourteen digits; letters.
    dice.one_of(&[
        "",
        "6901234567891",
        "96385074",
        "036000291452",
        "16901234567899",
        "69012345678AB",
    ])
}

fn draw_price(dice: &mut Dice) -> i64 {
    match dice.between(1, 10) {
        // Around what the caps and ceilings of the programmes make of a price.
        1..=3 => {
            let edge = dice.one_of(&[
                200_000, 250_000, 300_000, 350_000, 400_000, 500_000, 600_000, 700_000, 1_000_000,
                1_333_333, 333_333,
            ]);
            edge + dice.between(-3, 3)
        }
        // Prices as shops write them, few enough that some are equal.
        4..=6 => dice.one_of(&[89_900, 299_900, 399_900, 599_900, 1_899_900]),
        7 => dice.between(1, 20),
        _ => dice.between(10_000, 1_800_000),
    }
}

fn draw_old(dice: &mut Dice) -> Vec<OldMachine> {
    let lines = ["o1", "o2", "o3", "o4"];
    let count = usize::try_from(dice.between(0, 4)).unwrap();
    lines[..count]
        .iter()
        .map(|line| OldMachine {
            line,
            category: dice.one_of(&OLD_CATEGORIES),
            months: u32::try_from(dice.one_of(&[0, 36, 37, 60, 61, 96, 97, 120, 121, 200]))
                .unwrap(),
            fault: dice.one_of(&[Fault::None, Fault::Dead, Fault::Rust, Fault::RustUnproven]),
        })
        .collect()
}

fn draw_customer(dice: &mut Dice, kinds: &[&'static str], day: &str) -> Customer {
    let mut parties = ["customer"; 6];
    if dice.chance(25) {
        for _ in 0..dice.between(1, 3) {
            let role = dice.one_of(&[0, 1, 2, 3, 4, 5]);
            parties[role] = dice.one_of(&["customer", "other", "unknown", "unknown"]);
        }
    }
    if dice.chance(3) {
        parties[BUYER] = "unknown";
        parties[SELLER] = "unknown";
    }
    let mut used = Vec::new();
    for _ in 0..dice.one_of(&[0, 0, 0, 1, 2, 3]) {
        used.push(Used {
            quota: draw_quota(dice, day),
            group: super::notices::kind_of(dice.one_of(kinds)),
            pieces: u32::try_from(dice.one_of(&[0, 1, 1, 1, 2, 4, 49])).unwrap(),
            fen: dice.one_of(&[0, 0, 25_000, 100_000, 1_300_000, 1_600_000, 1_700_000]),
        });
    }
    let mut entitlements: Vec<Entitlement> = Vec::new();
    for _ in 0..dice.one_of(&[0, 0, 0, 1, 2]) {
        let (quota, group) = (draw_quota(dice, day), super::notices::kind_of(dice.one_of(kinds)));
        if entitlements.iter().any(|e| e.quota == quota && e.group == group) {
            continue;
        }
        let state = dice.one_of(&["held", "held", "not_drawn", "barred"]);
        let expires = match dice.between(1, 4) {
            1 => None,
            2 => Some(day.to_owned()),
            3 => Some("2009-01-01".to_owned()),
            _ => Some("2027-06-30".to_owned()),
        };
        entitlements.push(Entitlement { quota, group, state, expires });
    }
    Customer { company: dice.chance(6), rural: dice.chance(50), parties, used, entitlements }
}

/// Mostly the quota of the year, sometimes another year's, which must not matter.
fn draw_quota(dice: &mut Dice, day: &str) -> &'static str {
    let of_the_year: Vec<&'static str> =
        QUOTAS.iter().copied().filter(|quota| quota.contains(&day[..4])).collect();
    if of_the_year.is_empty() || dice.chance(20) {
        dice.one_of(&QUOTAS)
    } else {
        dice.one_of(&of_the_year)
    }
}
