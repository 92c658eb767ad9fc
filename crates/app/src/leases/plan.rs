//! What to ask of HQ, renew and give back, by what today's visits may still sell.

use doorstep_domain::{
    books::Books,
    claim::{Claim, NamedLeases, TakeLeases},
    combined_order::OrderState,
    decision::Decision,
    id::{LeaseId, VisitId},
    lease::{Lease, LeaseAsk, LeaseBook, Resource, needs},
    quote::Quote,
    time::UtcMs,
    visit::{Slot, Visit},
    work_order::{JobKind, WorkOrder},
};
use doorstep_store::device::{self, CommandRecord};
use rusqlite::Connection;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use super::{LOOK_BACK, chosen_slot, held, policy_at, window};
use crate::{
    bundles,
    error::ApiResult,
    host::id_noise,
    session::{self, Session, required_row},
    usecase::{
        ordering::{self, FiledOrder},
        signing,
        visit_record::visit_as_known,
    },
};

/// Quotes set side by side for one customer, as many as the screens show: what the older of them
/// take is kept, and not asked for again.
const OPTIONS: usize = 3;

/// Asks for, renews and gives back what the day needs; tells whether there is anything to send. To
/// be called when HQ was just reached.
pub(crate) async fn keep(session: &Session) -> ApiResult<bool> {
    let now = session.time().await?.at;
    let Ok(books) = bundles::books_on(session, now.shanghai_day()).await else { return Ok(false) };
    let host = Arc::clone(&session.host);
    let claims = session
        .db
        .read(move |conn| plan(conn, &books, now, &|| LeaseId::new(now, id_noise(host.as_ref()))))
        .await?;
    if claims.is_empty() {
        return Ok(false);
    }
    let host = Arc::clone(&session.host);
    session
        .db
        .write(move |tx, _| {
            for claim in &claims {
                session::add_claim(tx, claim, host.as_ref())?;
            }
            Ok(())
        })
        .await?;
    session.outbox_changed.notify_one();
    Ok(true)
}

/// What to ask of HQ now.
fn plan(
    conn: &Connection,
    books: &Books,
    now: UtcMs,
    new_id: &dyn Fn() -> LeaseId,
) -> ApiResult<Vec<Claim>> {
    let Some(policy) = policy_at(conn, now)? else { return Ok(Vec::new()) };
    let visits = own_visits(conn, now)?;
    let held = held(conn, now)?;
    let asked = Asked::read(conn, &policy, now)?;
    let mut claims = Vec::new();
    let mut kept = BTreeSet::new();
    for day in visits.iter().filter(|day| day.sells) {
        let wanted = wanted(conn, books, &policy, (day, OPTIONS), now)?;
        kept.extend(wanted.into_keys().map(|resource| (day.visit.id, resource)));
    }
    let needed = |lease: &Lease| {
        lease.visit.is_none_or(|visit| kept.contains(&(visit, lease.resource.clone())))
    };
    let done: Vec<LeaseId> = held
        .iter()
        .filter(|held| held.rest > 0 && !needed(&held.lease))
        .map(|held| held.lease.id)
        .filter(|id| asked.own.contains(id) && !asked.returning.contains(id))
        .collect();
    let due: Vec<LeaseId> = held
        .iter()
        .map(|held| &held.lease)
        .filter(|lease| needed(lease) && lease.rest() > 0)
        .filter(|lease| {
            policy.is_renewal_due(lease.expires_at, now)
                && policy.expiry(&lease.resource, now) > lease.expires_at
                && !asked.renewing.contains(&lease.id)
        })
        .map(|lease| lease.id)
        .collect();
    for (leases, claim) in
        [(done, Claim::LeaseReturn as fn(_) -> _), (due, Claim::LeaseRenew as fn(_) -> _)]
    {
        if !leases.is_empty() {
            claims.push(claim(NamedLeases { leases }));
        }
    }
    for day in visits.iter().filter(|day| day.sells) {
        let asks: Vec<LeaseAsk> = wanted(conn, books, &policy, (day, 1), now)?
            .into_iter()
            .filter(|(resource, amount)| {
                let own = held.iter().filter(|held| {
                    held.lease.visit == Some(day.visit.id) && held.lease.resource == *resource
                });
                own.map(|held| held.rest).sum::<i64>() < *amount
                    && !asked.has_asked(day.visit.id, resource)
            })
            .map(|(resource, amount)| LeaseAsk { lease: new_id(), resource, amount })
            .collect();
        if !asks.is_empty() {
            let take = TakeLeases { store: day.visit.store, visit: Some(day.visit.id), asks };
            claims.push(Claim::LeaseTake(take));
        }
    }
    Ok(claims)
}

/// A visit of the person's own today.
struct DayVisit {
    visit: Visit,
    order: Option<WorkOrder>,
    /// An order may still come of it.
    sells: bool,
}

fn own_visits(conn: &Connection, now: UtcMs) -> ApiResult<Vec<DayVisit>> {
    let person = session::required_identity(conn)?.person_id();
    let mut visits = Vec::new();
    for row in device::agenda(conn, now.shanghai_day())? {
        let visit = visit_as_known(conn, row.visit)?;
        if visit.state.is_over() || !visit.crew.contains(&person) {
            continue;
        }
        let first = visit.work_orders.first();
        let order: Option<WorkOrder> =
            first.and_then(|id| required_row(conn, "work_order", id.0).ok());
        let sells = match &order {
            Some(order) => ordering::orders_of(conn, order.id)?.iter().all(is_void),
            None => false,
        };
        visits.push(DayVisit { visit, order, sells });
    }
    Ok(visits)
}

/// Whether nothing will be delivered on an order: another may take its place.
fn is_void(filed: &FiledOrder) -> bool {
    use OrderState::{Cancelled, Refused, Replaced};
    matches!(filed.order.state, Refused { .. } | Replaced { .. } | Cancelled { .. })
}

/// What a visit should hold: what its `latest` quotes and the one under drafted terms take, and for
/// a trade-in what the policy says should be there before anything is chosen.
fn wanted(
    conn: &Connection,
    books: &Books,
    policy: &LeaseBook,
    (day, latest): (&DayVisit, usize),
    now: UtcMs,
) -> ApiResult<BTreeMap<Resource, i64>> {
    let mut wanted = BTreeMap::new();
    let Some(order) = &day.order else { return Ok(wanted) };
    let store = order.store;
    let slot = chosen_slot(conn, order, &day.visit)?;
    let window = window(conn, slot, now)?;
    let drafted = signing::draft_terms(conn, order.id)?.map(|terms| terms.quote);
    for (age, body) in device::quotes_of(conn, order.id.0)?.iter().enumerate() {
        let Ok(quote) = Quote::from_json(body) else { continue };
        if age < latest || drafted == Some(quote.request.id) {
            for need in needs(&quote, store, window, &books.catalogue, &books.valuation) {
                let most: &mut i64 = wanted.entry(need.resource).or_insert(0);
                *most = need.amount.max(*most);
            }
        }
    }
    if order.job != JobKind::TradeIn {
        return Ok(wanted);
    }
    let mut ahead = |resource, amount| {
        wanted.entry(resource).or_insert(amount);
    };
    if let (true, Some(Slot { start, end })) = (policy.ahead.slot, window) {
        ahead(Resource::Slot { store, start, end }, 1);
    }
    for sku in &policy.ahead.models {
        ahead(Resource::Stock { store, sku: sku.clone() }, 1);
    }
    for bonus in books.valuation.bonuses.iter().filter(|one| policy.ahead.bonuses.contains(&one.id))
    {
        ahead(Resource::Bonus { bonus: bonus.id.clone() }, bonus.fen.0);
    }
    Ok(wanted)
}

/// What was asked of HQ and is not answered yet, or was answered with no a short while ago.
#[derive(Default)]
struct Asked {
    /// Every lease this installation asked for itself. A copy of its profile that goes on elsewhere
    /// is the same device to HQ, and what that one needs is not given back from here.
    own: BTreeSet<LeaseId>,
    taking: Vec<(VisitId, Resource)>,
    renewing: Vec<LeaseId>,
    returning: Vec<LeaseId>,
}

impl Asked {
    fn read(conn: &Connection, policy: &LeaseBook, now: UtcMs) -> ApiResult<Asked> {
        let patience = i64::from(policy.ask_again_s) * 1_000;
        let mut asked = Asked::default();
        for command in device::latest_commands(conn, "lease_take", LOOK_BACK)? {
            let Ok(Claim::LeaseTake(take)) = serde_json::from_str(&command.claim) else { continue };
            asked.own.extend(take.asks.iter().map(|ask| ask.lease));
            let waits = command.decided_at.is_none_or(|at| now < at.plus_ms(patience));
            if let (true, Some(visit)) = (waits, take.visit) {
                let granted = granted(&command);
                let open = take.asks.into_iter().filter(|ask| !granted.contains(&ask.lease));
                asked.taking.extend(open.map(|ask| (visit, ask.resource)));
            }
        }
        let named = |kind: &str| -> ApiResult<Vec<LeaseId>> {
            let mut ids = Vec::new();
            for command in device::latest_commands(conn, kind, LOOK_BACK)? {
                if let (None, Ok(Claim::LeaseRenew(named) | Claim::LeaseReturn(named))) =
                    (&command.decision, serde_json::from_str(&command.claim))
                {
                    ids.extend(named.leases);
                }
            }
            Ok(ids)
        };
        asked.renewing = named("lease_renew")?;
        asked.returning = named("lease_return")?;
        Ok(asked)
    }

    /// Whether this visit has asked for it and HQ has not answered yet, or said no.
    fn has_asked(&self, visit: VisitId, resource: &Resource) -> bool {
        self.taking.iter().any(|(asked, held)| *asked == visit && held == resource)
    }
}

/// The leases that HQ granted on an ask.
fn granted(command: &CommandRecord) -> Vec<LeaseId> {
    #[derive(serde::Deserialize)]
    struct Granted {
        lease: LeaseId,
    }
    let decision = command.decision.as_deref().map(serde_json::from_str);
    let Some(Ok(Decision::Executed { mut result })) = decision else { return Vec::new() };
    let list = result.get_mut("granted").map(serde_json::Value::take).unwrap_or_default();
    let granted: Vec<Granted> = serde_json::from_value(list).unwrap_or_default();
    granted.into_iter().map(|one| one.lease).collect()
}
