//! Realistic work from a fixed seed: orders of some sixty fields in Chinese with their households
//! and visits, inspections of machines and warranty cards, each record with a document of thirty
//! edits by three people, two of whom write at the same time.

use doorstep_domain::{
    asset::{Asset, Component},
    card::{CardStatus, WarrantyCard},
    customer::{Consent, ConsentPurpose, Customer},
    facts::{DocKind, FieldEdit, Scalar},
    id::{
        AssetId, CardId, CustomerId, LegId, OrgId, PersonId, SiteId, VisitId, WorkOrderId, uuid_v7,
    },
    org::Bucket,
    site::{GasSupply, GasType, Site},
    time::UtcMs,
    visit::{Slot, Visit, VisitState},
    warranty::WarrantyTerms,
    work_order::{JobKind, Leg, LegKind, LegState, WorkOrder},
};
use serde::Serialize;
use serde_json::json;
use std::collections::BTreeSet;
use uuid::Uuid;

use crate::{
    words::{self as text, Dice},
    writing::{Written, finish},
};

/// Every so many orders bring an inspected machine and a warranty card.
const MACHINE_EVERY: u32 = 10;
/// Orders of one household.
const ORDERS_OF_A_HOUSEHOLD: u32 = 2;
/// 2026-07-15 00:00 in Asia/Shanghai, the day of the story, UTC ms.
pub const DAY_START: i64 = 1_784_044_800_000;
const HOUR: i64 = 60 * UtcMs::MINUTE;
/// Visits of one day.
const VISITS_A_DAY: u32 = 100;

/// A row as HQ publishes it.
#[derive(Debug, Clone, Serialize)]
pub struct Row {
    /// Its kind.
    pub kind: &'static str,
    /// Its identity.
    pub id: Uuid,
    /// The record as JSON.
    pub body: String,
}

/// A record with its rows and its document.
#[derive(Debug, Clone)]
pub struct Record {
    /// What the document is about.
    pub kind: DocKind,
    /// Its identity, and its document's.
    pub id: Uuid,
    /// The visit, of an order.
    pub visit: Option<Uuid>,
    /// Who hears of it.
    pub buckets: BTreeSet<Bucket>,
    /// The rows that come with it.
    pub rows: Vec<Row>,
    /// The document.
    pub snapshot: Vec<u8>,
    /// Its heads.
    pub heads: Vec<u8>,
    /// Its view as JSON.
    pub view: String,
    /// The last change alone.
    pub change: Vec<u8>,
    /// The same fields and text for a peer, as JSON.
    pub json: String,
}

/// For whom the work is made.
#[derive(Debug, Clone)]
pub struct Shop {
    /// The store.
    pub store: OrgId,
    /// Its engineer.
    pub engineer: PersonId,
    /// Its clerk.
    pub clerk: PersonId,
}

/// The records of `count` orders, numbered from `first` on: the same for the same arguments,
/// whatever else is made.
pub fn make(shop: &Shop, first: u32, count: u32) -> Vec<Record> {
    (first..first + count).flat_map(|number| of_number(shop, number)).collect()
}

fn of_number(shop: &Shop, number: u32) -> Vec<Record> {
    let mut records = vec![order(shop, number)];
    if number.is_multiple_of(MACHINE_EVERY) {
        let machine = machine(shop, number);
        records.push(inspection(shop, number, &machine));
        records.push(card(shop, number, &machine));
    }
    records
}

/// The day of an order's visit, `YYYY-MM-DD`.
pub fn day_of(number: u32) -> String {
    midnight_of(number).shanghai_day().to_string()
}

fn midnight_of(number: u32) -> UtcMs {
    UtcMs(DAY_START).plus_ms(i64::from(number / VISITS_A_DAY) * UtcMs::DAY)
}

/// The identity of one thing of one number; in the order of numbers, as tablets make them.
fn id(what: u8, number: u32) -> Uuid {
    let mut dice = Dice::of(&[u64::from(what), u64::from(number), 7]);
    uuid_v7(UtcMs(DAY_START - 30 * UtcMs::DAY + i64::from(number) * 100), dice.bytes())
}

fn order(shop: &Shop, number: u32) -> Record {
    let mut dice = Dice::of(&[1, u64::from(number)]);
    let household = number / ORDERS_OF_A_HOUSEHOLD;
    let (customer, site) = home(shop, household);
    let visit_id = VisitId(id(b'v', number));
    let order_id = WorkOrderId(id(b'w', number));
    let gtin = dice.digits(13);
    let leg = |kind, part: u8, category: &str| Leg {
        id: LegId(id(part, number)),
        kind,
        category: category.to_owned(),
        asset: None,
        gtin: Some(gtin.clone()),
        visit: Some(visit_id),
        state: LegState::Open,
    };
    let order = WorkOrder {
        id: order_id,
        number: Some(format!("WO-{number:07}")),
        job: [JobKind::TradeIn, JobKind::Repair, JobKind::Installation][number as usize % 3],
        store: shop.store,
        customer: customer.id,
        site: site.id,
        requested_at: UtcMs(DAY_START - 2 * UtcMs::DAY + i64::from(number) * 1000),
        complaint: text::sentence(&mut dice),
        order: None,
        grown_from: None,
        legs: vec![leg(LegKind::Remove, b'1', "fridge"), leg(LegKind::Install, b'2', "washer")],
        cancelled_at: None,
    };
    let start = midnight_of(number).plus_ms((8 + i64::from(number % 5) * 2) * HOUR);
    let visit = Visit {
        id: visit_id,
        store: shop.store,
        slot: Slot { start, end: start.plus_ms(2 * HOUR) },
        crew: vec![shop.engineer],
        customer: customer.id,
        site: site.id,
        work_orders: vec![order_id],
        state: VisitState::Planned,
        log: Vec::new(),
    };
    let mut rows = Vec::new();
    if number.is_multiple_of(ORDERS_OF_A_HOUSEHOLD) {
        rows.push(row("customer", customer.id.0, &customer));
        rows.push(row("site", site.id.0, &site));
    }
    rows.push(row("work_order", order_id.0, &order));
    rows.push(row("visit", visit_id.0, &visit));
    let parts = json!({ "customer": customer, "site": site, "work_order": order, "visit": visit });
    let facts = order_facts(&mut dice, &customer, &site);
    let buckets = BTreeSet::from([Bucket::store(shop.store)]);
    let written = Written { kind: DocKind::WorkOrder, id: order_id.0, facts, buckets, rows };
    Record { visit: Some(visit_id.0), ..finish(shop, number, written, parts) }
}

fn home(shop: &Shop, household: u32) -> (Customer, Site) {
    let mut dice = Dice::of(&[2, u64::from(household)]);
    let at = UtcMs(DAY_START - 9 * UtcMs::DAY);
    let consent = |purpose| Consent {
        purpose,
        given: true,
        at,
        recorded_by: shop.clerk,
        notice: "2026-1".to_owned(),
    };
    let address = text::address(&mut dice);
    let customer = Customer {
        id: CustomerId(id(b'c', household * ORDERS_OF_A_HOUSEHOLD)),
        store: shop.store,
        name: text::name(&mut dice),
        phones: vec![format!("13{}", dice.digits(9))],
        address: address.clone(),
        consents: vec![consent(ConsentPurpose::Service), consent(ConsentPurpose::Photos)],
    };
    let site = Site {
        id: SiteId(id(b's', household * ORDERS_OF_A_HOUSEHOLD)),
        customer: customer.id,
        region: "310115".to_owned(),
        address,
        floor: Some(1 + i16::try_from(dice.below(30)).unwrap_or(0)),
        lift: Some(dice.below(3) > 0),
        narrowest_turn_mm: Some(700 + u32::try_from(dice.below(300)).unwrap_or(0)),
        gas: Some(GasSupply { kind: GasType::Natural, converted_on: None, before: None }),
        circuit_amps: Some(16),
        access_rules: vec![text::sentence(&mut dice)],
    };
    (customer, site)
}

fn machine(shop: &Shop, number: u32) -> Asset {
    let mut dice = Dice::of(&[3, u64::from(number)]);
    let (customer, site) = home(shop, number / ORDERS_OF_A_HOUSEHOLD);
    Asset {
        id: AssetId(id(b'a', number)),
        category: "fridge".to_owned(),
        subtype: None,
        brand: text::brand(&mut dice),
        model: format!("BCD-{}W", dice.digits(3)),
        gtin: Some(dice.digits(13)),
        components: vec![Component { part: "body".to_owned(), serial: Some(dice.digits(16)) }],
        owner: Some(customer.id),
        site: Some(site.id),
        nameplate_month: None,
        installed_on: None,
        purchased_on: None,
        commercial: false,
        custody: Vec::new(),
    }
}

fn inspection(shop: &Shop, number: u32, machine: &Asset) -> Record {
    let mut dice = Dice::of(&[4, u64::from(number)]);
    let mut facts = Vec::new();
    for check in 0..24 {
        facts.push(fact("checks", &format!("check.{check:02}"), text::verdict(&mut dice)));
        facts.push(fact("readings", &format!("reading.{check:02}"), dice.below(5000)));
    }
    for note in 0..6 {
        facts.push(fact("notes", &format!("{note:02}"), text::sentence(&mut dice)));
        facts.push(fact("faults", &format!("{note:02}"), text::sentence(&mut dice)));
    }
    let rows = vec![row("asset", machine.id.0, machine)];
    let buckets = BTreeSet::from([Bucket::store(shop.store)]);
    let written = Written { kind: DocKind::Asset, id: machine.id.0, facts, buckets, rows };
    finish(shop, number, written, json!({ "asset": machine }))
}

fn card(shop: &Shop, number: u32, machine: &Asset) -> Record {
    let mut dice = Dice::of(&[5, u64::from(number)]);
    let card = WarrantyCard {
        id: CardId(id(b'k', number)),
        store: shop.store,
        status: CardStatus::Final,
        issued_at: UtcMs(DAY_START - 180 * UtcMs::DAY + i64::from(number)),
        issued_by: Some(shop.engineer),
        asset: Some(machine.id),
        customer: machine.owner,
        category: machine.category.clone(),
        brand: machine.brand.clone(),
        model: machine.model.clone(),
        gtin: machine.gtin.clone(),
        serials: machine.serials().into_iter().collect(),
        invoice_date: None,
        invoice_number: Some(dice.digits(20)),
        nameplate_month: None,
        installed_on: None,
        exchanged_on: None,
        terms: WarrantyTerms::default(),
        repairs: Vec::new(),
        exclusions: Vec::new(),
        replaced_by: None,
    };
    let mut facts = Vec::new();
    for repair in 0..10 {
        for part in ["fault", "work", "part", "by", "result"] {
            facts.push(fact("repairs", &format!("{repair:02}/{part}"), text::sentence(&mut dice)));
        }
    }
    for note in 0..10 {
        facts.push(fact("notes", &format!("{note:02}"), text::sentence(&mut dice)));
    }
    let rows = vec![row("card", card.id.0, &card)];
    let buckets = BTreeSet::from([Bucket::store(shop.store)]);
    let written = Written { kind: DocKind::Card, id: card.id.0, facts, buckets, rows };
    finish(shop, number, written, json!({ "card": card }))
}

/// Sixty facts of an order: contact and site by the clerk, the rest at the door.
fn order_facts(dice: &mut Dice, customer: &Customer, site: &Site) -> Vec<FieldEdit> {
    let mut facts = vec![
        fact("contact", "name", customer.name.as_str()),
        fact("contact", "phone", customer.phones.first().map_or("", String::as_str)),
        fact("contact", "address", customer.address.as_str()),
        fact("contact", "phone2", format!("021-{}", dice.digits(8))),
        fact("contact", "call_before", true),
        fact("site", "floor", i64::from(site.floor.unwrap_or(1))),
        fact("site", "lift", site.lift.unwrap_or(true)),
        fact("site", "narrowest_turn_mm", i64::from(site.narrowest_turn_mm.unwrap_or(700))),
        fact("site", "gas", "natural"),
        fact("site", "circuit_amps", 16),
        fact("site", "access", text::sentence(dice)),
    ];
    for step in 0..20 {
        facts.push(fact("steps", &format!("step.{step:02}"), text::verdict(dice)));
    }
    for part in 0..8 {
        facts.push(fact("fit", &format!("fit.{part}"), 300 + dice.below(1700)));
    }
    for photo in 0..4 {
        facts.push(fact("photos", &format!("{photo}/hash"), dice.digits(32)));
        facts.push(fact("photos", &format!("{photo}/shot"), text::shot(dice)));
        facts.push(fact("photos", &format!("{photo}/at"), DAY_START + dice.below(86_400_000)));
    }
    for note in 0..9 {
        facts.push(fact("notes", &format!("{note:02}"), text::sentence(dice)));
    }
    facts
}

fn fact(section: &str, key: &str, value: impl Into<Scalar>) -> FieldEdit {
    FieldEdit::new(section, key, value)
}

fn row<T: Serialize>(kind: &'static str, id: Uuid, record: &T) -> Row {
    Row { kind, id, body: serde_json::to_string(record).expect("a record is JSON") }
}
