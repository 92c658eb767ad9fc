//! What is reserved and until when: for the quote in front of the customer, for the day, and for
//! the desk that keeps the pools.

use doorstep_domain::{
    catalogue::Category,
    id::{AssetId, PersonId, QuoteId, VisitId, WorkOrderId},
    lease::{Lease, Pool, Reservation, Resource},
    org::{OrgUnit, Person},
    scenario::Situation,
    time::UtcMs,
    valuation::{NewItem, bonuses},
    visit::{Slot, Visit},
    words::Words,
    work_order::WorkOrder,
};
use doorstep_store::device;
use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use ts_rs::TS;

pub use super::access::Nothing;
use crate::{
    app::App,
    bundles,
    error::ApiResult,
    leases::{self, Held},
    session::{self, required_row},
    usecase::{machines, quoting::stored_quote},
};

/// The guarantees of which quote.
#[derive(Debug, Serialize, Deserialize, TS)]
pub struct GuaranteesInput {
    /// The quote.
    pub quote: QuoteId,
    /// The slot chosen; the one drafted or offered first if absent.
    #[serde(default)]
    #[ts(optional)]
    pub slot: Option<Slot>,
}

/// One thing the order would take.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct Guarantee {
    /// What, how much, under which lease and until when.
    pub reservation: Reservation,
    /// What, in words.
    pub what: Words,
    /// Whether it is reserved, in words.
    pub standing: Words,
    /// The last instant at which the order may be signed for it to count, by HQ's clock.
    pub sign_before: Option<UtcMs>,
}

/// What an order on a quote would take, and what of it is guaranteed.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct GuaranteesView {
    /// Each thing; empty where HQ leases nothing.
    pub guarantees: Vec<Guarantee>,
    /// Whether the policy is sample data.
    pub sample: bool,
}

/// A lease this device holds.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct HeldLease {
    /// The lease as HQ granted it.
    pub lease: Lease,
    /// What this device may still promise of it.
    pub rest: i64,
    /// The rest in words.
    pub what: Words,
    /// The last instant at which it may be promised, by HQ's clock.
    pub promise_until: UtcMs,
}

/// The leases this device holds.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct LeasesView {
    /// Those that end first come first.
    pub leases: Vec<HeldLease>,
}

/// The bonuses of which choice.
#[derive(Debug, Serialize, Deserialize, TS)]
pub struct BonusesInput {
    /// The work order.
    pub work_order: WorkOrderId,
    /// The new machines chosen, in the order of the quote's lines.
    pub skus: Vec<String>,
    /// The old machine handed in.
    pub old: AssetId,
}

/// A bonus the choice earns.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct EarnedBonus {
    /// The bonus.
    pub id: String,
    /// Which of the new machines earns it: its place among those chosen.
    pub place: u32,
    /// What people call it.
    pub name: Words,
    /// How much, fen.
    pub amount: i64,
    /// Whether this device holds a lease that covers it now.
    pub held: bool,
    /// Whether it may be promised on a lease only.
    pub only_leased: bool,
}

/// The bonuses a choice earns.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct BonusesView {
    /// In the order of the valuation table.
    pub bonuses: Vec<EarnedBonus>,
}

/// Who holds a part of a pool.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct PoolHolder {
    /// Who.
    pub person: PersonId,
    /// By name.
    pub name: String,
    /// How much is still held: pieces, visits or fen.
    pub rest: i64,
    /// Until when, by HQ's clock.
    pub until: UtcMs,
    /// For which visit.
    pub visit: Option<VisitId>,
}

/// One pool on the desk.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct PoolRow {
    /// The pool as HQ keeps it.
    pub pool: Pool,
    /// What it is of.
    pub what: Words,
    /// The store's name; absent for what all stores share.
    pub store: Option<String>,
    /// What is neither leased nor used.
    pub free: i64,
    /// Who holds what is leased, those whose lease ends first before others.
    pub holders: Vec<PoolHolder>,
}

/// Every pool of the person's stores.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct PoolsView {
    /// The scarcest first, kind by kind.
    pub pools: Vec<PoolRow>,
}

/// What an order on a quote would take, and what of it is guaranteed until when.
pub async fn guarantees(app: &Arc<App>, input: GuaranteesInput) -> ApiResult<GuaranteesView> {
    let session = app.session().await?;
    let now = session.time().await?.at;
    let books = bundles::books_on(&session, now.shanghai_day()).await?;
    session
        .db
        .read(move |conn| {
            let Some(policy) = leases::policy_at(conn, now)? else {
                return Ok(GuaranteesView { guarantees: Vec::new(), sample: false });
            };
            let (quote, _, work_order) = stored_quote(conn, input.quote)?;
            let order: WorkOrder = required_row(conn, "work_order", work_order.0)?;
            let slot = match (input.slot, visit_of(conn, &order)?) {
                (Some(slot), _) => slot,
                (None, Some(visit)) => leases::chosen_slot(conn, &order, &visit)?,
                (None, None) => return Ok(GuaranteesView { guarantees: vec![], sample: false }),
            };
            let reserved = leases::reservations(conn, (&quote, &books), &order, slot, now)?;
            let told = |reservation: Reservation| Guarantee {
                what: reservation.what(),
                standing: reservation.standing(),
                sign_before: reservation.until.map(|until| policy.promise_until(until)),
                reservation,
            };
            let guarantees = reserved.into_iter().map(told).collect();
            Ok(GuaranteesView { guarantees, sample: policy.sample })
        })
        .await
}

fn visit_of(conn: &Connection, order: &WorkOrder) -> ApiResult<Option<Visit>> {
    match super::visit_record::visit_of(conn, order.id)? {
        Some(visit) => Ok(Some(required_row(conn, "visit", visit.0)?)),
        None => Ok(None),
    }
}

/// What this device holds on lease.
pub async fn lease_list(app: &Arc<App>, _: Nothing) -> ApiResult<LeasesView> {
    let session = app.session().await?;
    let now = session.time().await?.at;
    session
        .db
        .read(move |conn| {
            let Some(policy) = leases::policy_at(conn, now)? else {
                return Ok(LeasesView { leases: Vec::new() });
            };
            let mut held = leases::held(conn, now)?;
            held.sort_by_key(|held| (held.lease.expires_at, held.lease.id));
            let shown = |Held { lease, rest }: Held| HeldLease {
                what: lease.resource.amount_words(&lease.name, rest),
                promise_until: policy.promise_until(lease.expires_at),
                rest,
                lease,
            };
            let open = held.into_iter().filter(|held| held.rest > 0);
            Ok(LeasesView { leases: open.map(shown).collect() })
        })
        .await
}

/// The merchant's bonuses that the choice earns, and which of them this device can promise.
pub async fn bonus_list(app: &Arc<App>, input: BonusesInput) -> ApiResult<BonusesView> {
    let session = app.session().await?;
    let now = session.time().await?.at;
    let today = now.shanghai_day();
    let books = bundles::books_on(&session, today).await?;
    session
        .db
        .read(move |conn| {
            let machine = machines::read_machine(conn, input.old, Some(&books.catalogue), today)?;
            let mut old = Situation::default().word("old.cat", machine.asset.category.clone());
            if let Some(life) = &machine.safe_life {
                old = old.number("old.safe_left_m", life.months_left);
            }
            let items: Vec<NewItem> = input
                .skus
                .iter()
                .enumerate()
                .filter_map(|(place, sku)| {
                    let model = books.catalogue.model(sku)?;
                    Some(NewItem {
                        line: place.to_string(),
                        sku: sku.clone(),
                        category: Category(model.category.0.clone()),
                        price: model.list_fen,
                    })
                })
                .collect();
            let policy = leases::policy_at(conn, now)?;
            let held = leases::held(conn, now)?;
            let covered = |bonus: &str, amount: i64| {
                let resource = Resource::Bonus { bonus: bonus.to_owned() };
                let wanted = (&resource, amount);
                policy.as_ref().is_some_and(|policy| leases::covers(&held, policy, wanted, now))
            };
            let strict = |bonus: &String| {
                policy.as_ref().is_some_and(|policy| policy.only_leased.contains(bonus))
            };
            let earned =
                bonuses(&books.valuation, &items, &old).into_iter().map(|line| EarnedBonus {
                    held: covered(&line.id, line.amount.0),
                    only_leased: strict(&line.id),
                    place: line.line.parse().unwrap_or(0),
                    name: line.words,
                    amount: line.amount.0,
                    id: line.id,
                });
            Ok(BonusesView { bonuses: earned.collect() })
        })
        .await
}

/// Every pool of the person's stores, with who holds what of it until when.
pub async fn pool_list(app: &Arc<App>, _: Nothing) -> ApiResult<PoolsView> {
    let session = app.session().await?;
    let now = session.time().await?.at;
    session
        .db
        .read(move |conn| {
            let leases: Vec<Lease> = device::rows_of_kind(conn, "lease")?
                .iter()
                .map(|row| Ok(row.record()?))
                .collect::<ApiResult<_>>()?;
            let mut pools = Vec::new();
            for row in device::rows_of_kind(conn, "pool")? {
                let pool: Pool = row.record()?;
                if pool.resource.useful_until().is_none_or(|last| now < last) {
                    pools.push(pool_row(conn, pool, &leases, now)?);
                }
            }
            pools.sort_by(|a, b| {
                let key =
                    |row: &PoolRow| (kind_of(&row.pool.resource), row.pool.resource.useful_until());
                (key(a), a.free, &a.pool.resource).cmp(&(key(b), b.free, &b.pool.resource))
            });
            Ok(PoolsView { pools })
        })
        .await
}

fn kind_of(resource: &Resource) -> u8 {
    match resource {
        Resource::Stock { .. } => 0,
        Resource::Slot { .. } => 1,
        Resource::Bonus { .. } => 2,
    }
}

fn pool_row(conn: &Connection, pool: Pool, leases: &[Lease], now: UtcMs) -> ApiResult<PoolRow> {
    let name = |person: PersonId| {
        session::required_row::<Person>(conn, "person", person.0)
            .map_or_else(|_| person.to_string(), |person| person.name)
    };
    let mut holders: Vec<PoolHolder> = leases
        .iter()
        .filter(|lease| lease.pool == pool.id && lease.holds_at(now) && lease.rest() > 0)
        .map(|lease| PoolHolder {
            person: lease.person,
            name: name(lease.person),
            rest: lease.rest(),
            until: lease.expires_at,
            visit: lease.visit,
        })
        .collect();
    holders.sort_by_key(|holder| (holder.until, holder.person));
    let store = pool.resource.store().map(|store| {
        session::required_row::<OrgUnit>(conn, "org_unit", store.0)
            .map_or_else(|_| String::new(), |unit| unit.name)
    });
    let what = match &pool.resource {
        Resource::Stock { sku, .. } => {
            Words::new(format!("{} {sku}", pool.name.zh), format!("{} {sku}", pool.name.en))
        }
        Resource::Slot { start, end, .. } => {
            let slot = Slot { start: *start, end: *end }.text();
            Words::new(slot.as_str(), slot.as_str())
        }
        Resource::Bonus { .. } => pool.name.clone(),
    };
    Ok(PoolRow { free: pool.free(), what, store, holders, pool })
}
