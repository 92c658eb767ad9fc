//! A sample business, the same for the same arguments: two stores with their people, households
//! with machines and warranty cards, and visits from a given day on. Everything is invented.
//!
//! The first visit of the first engineer is the door job: an old 418-litre refrigerator bought in
//! 2015, with its card, whose owner has asked about a trade-in.

mod households;
mod names;
mod staff;

use doorstep_domain::{
    catalogue::Catalogue,
    id::{PersonId, VisitId, WorkOrderId},
    org::{OrgUnit, Role},
    time::{Date, UtcMs},
    visit::{Slot, Visit, VisitState},
    vocabulary::Vocabulary,
    work_order::{JobKind, Leg, LegKind, LegState, WorkOrder},
};
use doorstep_store::{
    error::{Result, StoreError},
    ledger::{bundles, settings},
};
use rusqlite::Connection;
use serde_json::{Value, json};

use crate::{
    home::Home,
    records::{self, derived_id},
    staff::StaffError,
};
use households::Household;
pub use names::{Names, NamesError};

/// Starts of the five slots of a day, in hours; each is two hours long.
const SLOT_HOURS: [i64; 5] = [8, 10, 13, 15, 17];
const HOUR_MS: i64 = 60 * UtcMs::MINUTE;
/// Jobs in turn; the first visit of all is the trade-in of the door job.
const JOBS: [JobKind; 5] = [
    JobKind::TradeIn,
    JobKind::Repair,
    JobKind::Installation,
    JobKind::Inspection,
    JobKind::Removal,
];

/// Builds the business around `visits` visits of households with these names, from `day` on, and
/// returns what scripts need.
///
/// # Errors
/// Errors of the ledger and the keys; published catalogue and vocabulary are needed.
pub fn build(
    home: &Home,
    conn: &Connection,
    names: &Names,
    day: Date,
    visits: u32,
) -> std::result::Result<Value, StaffError> {
    settings::put(conn, "sample", "true")?;
    let goods = Goods {
        catalogue: parse(latest(conn, "catalogue")?, Catalogue::from_json)?,
        vocabulary: parse(latest(conn, "vocabulary")?, Vocabulary::from_json)?,
        names,
    };
    let start = UtcMs::shanghai_midnight(day);
    let staff = staff::build(home, conn, day, start)?;
    for store in &staff.stores {
        households::loaners(conn, store, &goods, start)?;
    }
    let mut first = None;
    for number in 0..visits {
        let place = Place::of(number, &staff);
        let household = households::build(home, conn, place.store, number, &goods, start)?;
        let visit = plan(conn, number, &place, &household, &goods, start)?;
        first = first.or(Some(visit));
    }
    Ok(json!({
        "day": day.to_string(),
        "visits": visits,
        "stores": staff.stores.iter().map(|unit| json!({ "id": unit.id, "name": unit.name })).collect::<Vec<_>>(),
        "people": staff.people.iter().map(|person| json!({
            "id": person.id, "name": person.name, "role": person.role, "org": person.org,
        })).collect::<Vec<_>>(),
        "door_job": first,
    }))
}

/// What the sample stores sell, what it is called, and who buys it.
struct Goods<'a> {
    catalogue: Catalogue,
    vocabulary: Vocabulary,
    names: &'a Names,
}

/// Who does a visit, and when.
struct Place<'a> {
    store: &'a OrgUnit,
    engineer: PersonId,
    day: i64,
    slot: i64,
}

impl<'a> Place<'a> {
    /// Visits fill the first slot of every engineer, then the second, then the next day.
    fn of(number: u32, staff: &'a staff::Staff) -> Place<'a> {
        let engineers: Vec<_> =
            staff.people.iter().filter(|person| person.role == Role::Engineer).collect();
        let crews = engineers.len().max(1);
        let at = usize::try_from(number).unwrap_or_default();
        let engineer = engineers.get(at % crews);
        let round = at / crews;
        let store = engineer
            .and_then(|person| staff.stores.iter().find(|unit| unit.id == person.org))
            .unwrap_or(&staff.root);
        let whole = |number: usize| i64::try_from(number).unwrap_or_default();
        Place {
            store,
            engineer: engineer.map_or(PersonId(uuid::Uuid::nil()), |person| person.id),
            day: whole(round / SLOT_HOURS.len()),
            slot: SLOT_HOURS.get(round % SLOT_HOURS.len()).copied().unwrap_or(8),
        }
    }
}

fn plan(
    conn: &Connection,
    number: u32,
    place: &Place<'_>,
    household: &Household,
    goods: &Goods<'_>,
    start: UtcMs,
) -> Result<Value> {
    let job = at(&JOBS, number).unwrap_or(JobKind::TradeIn);
    let visit_id = VisitId(derived_id(&["demo visit", &number.to_string()]));
    let order = WorkOrder {
        id: WorkOrderId(derived_id(&["demo work order", &number.to_string()])),
        number: Some(format!("WO-{:05}", number.saturating_add(1))),
        job,
        store: place.store.id,
        customer: household.customer.id,
        site: household.site.id,
        requested_at: start.plus_ms(-2 * UtcMs::DAY),
        complaint: complaint(job).to_owned(),
        order: None,
        grown_from: None,
        legs: legs(job, number, household, goods, visit_id),
        cancelled_at: None,
    };
    records::put_work_order(conn, &order, &[place.engineer].into(), start)?;
    let begin = start.plus_ms(place.day * UtcMs::DAY + place.slot * HOUR_MS);
    let visit = Visit {
        id: visit_id,
        store: place.store.id,
        slot: Slot { start: begin, end: begin.plus_ms(2 * HOUR_MS) },
        crew: vec![place.engineer],
        customer: household.customer.id,
        site: household.site.id,
        work_orders: vec![order.id],
        state: VisitState::Planned,
        log: Vec::new(),
    };
    crate::sight::put_visit(conn, &visit)?;
    Ok(json!({
        "visit": visit.id,
        "work_order": order.id,
        "engineer": place.engineer,
        "asset": household.asset.id,
        "card": household.card.id,
        "card_text": household.card_text,
        "serials": household.card.serials,
        "customer": household.customer.id,
        "site": household.site.id,
        "store": place.store.id,
    }))
}

fn legs(
    job: JobKind,
    number: u32,
    household: &Household,
    goods: &Goods<'_>,
    visit: VisitId,
) -> Vec<Leg> {
    let kinds: &[LegKind] = match job {
        JobKind::TradeIn | JobKind::Inspection => &[LegKind::Inspect],
        JobKind::Repair => &[LegKind::Repair],
        JobKind::Installation => &[LegKind::Deliver, LegKind::Install],
        JobKind::Removal => &[LegKind::Remove],
    };
    let bought = at(&goods.catalogue.models, number.saturating_add(4));
    kinds
        .iter()
        .map(|kind| {
            let is_new = matches!(kind, LegKind::Deliver | LegKind::Install);
            let model = bought.as_ref().filter(|_| is_new);
            let id = derived_id(&["demo leg", &number.to_string(), &format!("{kind:?}")]);
            Leg {
                id: doorstep_domain::id::LegId(id),
                kind: *kind,
                category: model
                    .map_or_else(|| household.asset.category.clone(), |m| m.category.0.clone()),
                asset: (!is_new).then_some(household.asset.id),
                gtin: model.map(|model| model.gtin.clone()),
                visit: Some(visit),
                state: LegState::Open,
            }
        })
        .collect()
}

fn complaint(job: JobKind) -> &'static str {
    match job {
        JobKind::TradeIn => "旧机器用了很多年，想看看以旧换新",
        JobKind::Repair => "不制冷，声音大",
        JobKind::Installation => "新机送货安装",
        JobKind::Inspection => "想做一次安全检测",
        JobKind::Removal => "旧机器不要了，请上门拉走",
    }
}

/// The element of a list that a running number falls on, in turn.
fn at<T: Clone>(list: &[T], number: u32) -> Option<T> {
    let number = usize::try_from(number).unwrap_or_default();
    list.get(number.checked_rem(list.len())?).cloned()
}

fn latest(conn: &Connection, kind: &str) -> Result<String> {
    let found = bundles::list(conn)?.into_iter().rfind(|(held, _)| held == kind);
    let (kind, version) = found.ok_or(StoreError::Missing("published reference data"))?;
    let bundle = bundles::get(conn, &kind, &version)?;
    Ok(bundle.ok_or(StoreError::Missing("bundle"))?.signed.payload)
}

fn parse<T, E: std::fmt::Display>(
    text: String,
    read: impl FnOnce(&str) -> std::result::Result<T, E>,
) -> Result<T> {
    read(&text)
        .map_err(|error| StoreError::Unreadable { what: "bundle", detail: error.to_string() })
}
