//! Filing a combined removal-install order: executed once as signed, or refused with a task whose
//! ways out are to honour it, to quote again, or to cancel.

use doorstep_domain::{
    claim::FileOrder,
    combined_order::{CombinedOrder, OrderEvent, OrderRemedy, OrderState},
    decision::Decision,
    id::{OrderId, TaskId},
    org::Bucket,
    task::{Subject, TaskKind},
    time::UtcMs,
    words::Words,
};
use doorstep_store::{
    error::{Result, StoreError},
    ledger::{
        feed::{self, Stream},
        orders::{self, Amounts, LedgerOrder, LedgerState},
        settings,
    },
};
use doorstep_sync::wire::Command;
use serde_json::json;

use super::{
    super::{
        Desk,
        draw::{self, Shortage},
        order_check::{self, Objection, amounts, read_quote},
    },
    executed, id_taken, legs, outside, raise, refused,
};
use crate::records::{self, kind};

/// The ways out of an order that HQ cannot execute.
const REMEDIES: [OrderRemedy; 3] = [OrderRemedy::Honour, OrderRemedy::ReQuote, OrderRemedy::Cancel];
/// A refused order is decided well before the visit it is about, but never in less than this.
const SHORTEST_TASK_MS: i64 = 2 * 60 * UtcMs::MINUTE;

/// Files an order.
pub(super) fn file(desk: &Desk<'_>, command: &Command, file: &FileOrder) -> Result<Decision> {
    let terms = &file.signed.terms;
    if let Some(refusal) = outside(desk, file.store) {
        return Ok(refusal);
    }
    for id in [terms.parties.buyer.0, terms.site.0] {
        if !desk.caller.sees(desk.conn, id)? {
            return Ok(refused("not_allowed", []));
        }
    }
    let work_order = terms.work_order.0;
    let known = !feed::buckets_of_id(desk.conn, work_order)?.is_empty();
    if known && !desk.caller.sees(desk.conn, work_order)? {
        return Ok(refused("not_allowed", []));
    }
    if let Some(taken) = id_taken(desk, terms.order.0, kind::ORDER)? {
        return Ok(taken);
    }
    if let Some(taken) = id_taken(desk, work_order, kind::WORK_ORDER)? {
        return Ok(taken);
    }
    if orders::get(desk.conn, terms.order)?.is_some() {
        return Ok(refused("order_already_filed", []));
    }
    match order_check::check(desk, command, file)? {
        Ok(sound) => {
            let amends = sound.quote.request.amends.as_deref();
            let older = amended(desk, file, amends)?;
            let priced = (&sound.quote, &*sound.books);
            if let Err(objection) = draw::take(desk, file, priced, older, Shortage::Objects)? {
                return refuse(desk, command, file, &objection);
            }
            let number = carry_out(desk, file, amounts(&sound.quote))?;
            for used in &sound.uses {
                orders::add_subsidy_use(desk.conn, used)?;
            }
            replace_amended(desk, file, amends)?;
            Ok(executed(json!({ "order": terms.order, "number": number })))
        }
        Err(objection) => refuse(desk, command, file, &objection),
    }
}

/// Gives the order its number, attaches its legs and publishes it as executed.
fn carry_out(desk: &Desk<'_>, file: &FileOrder, amounts: Amounts) -> Result<String> {
    let number = next_number(desk)?;
    let terms = &file.signed.terms;
    legs::attach(desk, file)?;
    ledger_order(desk, file, amounts, LedgerState::Executed, Some(number.clone()))?;
    let mut order = pending(file);
    apply(&mut order, OrderEvent::Execute { number: number.clone() })?;
    publish(desk, &order, terms.order)?;
    Ok(number)
}

/// `DS-20260715-0001`, counted by the day HQ executes on.
fn next_number(desk: &Desk<'_>) -> Result<String> {
    let day = desk.now.shanghai_day().strftime("%Y%m%d").to_string();
    let count = settings::next_number(desk.conn, &format!("order:{day}"))?;
    Ok(format!("DS-{day}-{count:04}"))
}

fn refuse(
    desk: &Desk<'_>,
    command: &Command,
    file: &FileOrder,
    objection: &Objection,
) -> Result<Decision> {
    let terms = &file.signed.terms;
    let reason = objection.words.clone();
    let soonest = desk.now.plus_ms(SHORTEST_TASK_MS);
    let deadline = desk.now.plus_ms(UtcMs::DAY).min(terms.slot.start).max(soonest);
    let about = (Subject::Order(terms.order), reason.clone());
    let task = raise(desk, command.key, file.store, TaskKind::OrderRefused, about, Some(deadline))?;
    let amounts = read_quote(file).map(|quote| amounts(&quote)).unwrap_or_default();
    ledger_order(desk, file, amounts, LedgerState::Refused, None)?;
    let mut order = pending(file);
    let event = OrderEvent::Refuse { reason, task, remedies: REMEDIES.to_vec() };
    apply(&mut order, event)?;
    publish(desk, &order, terms.order)?;
    Ok(refused_with_task(objection, task))
}

fn refused_with_task(objection: &Objection, task: TaskId) -> Decision {
    let params = [("zh", &objection.words.zh), ("en", &objection.words.en)];
    Decision::Refused {
        code: objection.code.to_owned(),
        params: params.into_iter().map(|(name, text)| (name.to_owned(), text.clone())).collect(),
        task: Some(task),
    }
}

/// Executes a refused order as signed after all, at the merchant's cost.
pub(super) fn honour(desk: &Desk<'_>, id: OrderId) -> Result<Option<String>> {
    let Some((ledger, file)) = filed(desk, id)? else { return Ok(None) };
    if ledger.state != LedgerState::Refused
        || orders::executed_on(desk.conn, ledger.quote)?.is_some()
    {
        return Ok(None);
    }
    let Some(mut order) = records::load::<CombinedOrder>(desk.conn, kind::ORDER, id.0)? else {
        return Ok(None);
    };
    if let Ok(quote) = read_quote(&file)
        && let Some(books) = desk.shelf.books(desk.conn, &quote.bundles)?
    {
        let older = amended(desk, &file, quote.request.amends.as_deref())?;
        let _ = draw::take(desk, &file, (&quote, &books), older, Shortage::IsHonoured)?;
    }
    let number = next_number(desk)?;
    legs::attach(desk, &file)?;
    apply(&mut order, OrderEvent::Execute { number: number.clone() })?;
    set_state(desk, &ledger, LedgerState::Executed, Some(number.clone()))?;
    publish(desk, &order, id)?;
    Ok(Some(number))
}

/// The ledger's order with the claim it was filed by.
pub(super) fn filed(desk: &Desk<'_>, id: OrderId) -> Result<Option<(LedgerOrder, FileOrder)>> {
    let Some(ledger) = orders::get(desk.conn, id)? else { return Ok(None) };
    let file = serde_json::from_str(&ledger.filed)
        .map_err(|error| StoreError::Unreadable { what: "order", detail: error.to_string() })?;
    Ok(Some((ledger, file)))
}

/// Moves an order of the ledger on.
pub(super) fn set_state(
    desk: &Desk<'_>,
    order: &LedgerOrder,
    state: LedgerState,
    number: Option<String>,
) -> Result<()> {
    let number = number.or_else(|| order.number.clone());
    orders::put(desk.conn, &LedgerOrder { state, number, decided_at: desk.now, ..order.clone() })
}

/// The executed order of the same work order that a quote amends.
fn amended(desk: &Desk<'_>, file: &FileOrder, amends: Option<&str>) -> Result<Option<OrderId>> {
    let terms = &file.signed.terms;
    let orders = orders::of_work_order(desk.conn, terms.work_order)?;
    let is_meant = |order: &&LedgerOrder| {
        order.id != terms.order
            && order.state == LedgerState::Executed
            && amends == Some(order.quote_hash.as_str())
    };
    Ok(orders.iter().find(is_meant).map(|order| order.id))
}

/// An order that amends another takes its place; so does one signed anew for the same work order
/// after a refusal.
fn replace_amended(desk: &Desk<'_>, file: &FileOrder, amends: Option<&str>) -> Result<()> {
    let terms = &file.signed.terms;
    let amended = amended(desk, file, amends)?;
    for older in orders::of_work_order(desk.conn, terms.work_order)? {
        let replaced = amended == Some(older.id) || older.state == LedgerState::Refused;
        if older.id == terms.order || !replaced {
            continue;
        }
        let held: Option<CombinedOrder> = records::load(desk.conn, kind::ORDER, older.id.0)?;
        if let Some(mut order) = held
            && order.apply(OrderEvent::Replace { by: terms.order }).is_ok()
        {
            set_state(desk, &older, LedgerState::Replaced, None)?;
            orders::release_subsidies(desk.conn, older.id)?;
            records::update(desk.conn, kind::ORDER, older.id.0, &order)?;
        }
    }
    Ok(())
}

fn pending(file: &FileOrder) -> CombinedOrder {
    CombinedOrder {
        id: file.signed.terms.order,
        store: file.store,
        signed: file.signed.clone(),
        state: OrderState::Pending,
        filed_at: file.filed_at,
        receipt: file.receipt.clone(),
    }
}

fn apply(order: &mut CombinedOrder, event: OrderEvent) -> Result<()> {
    order
        .apply(event)
        .map_err(|error| StoreError::Unreadable { what: "order", detail: error.to_string() })
}

fn ledger_order(
    desk: &Desk<'_>,
    file: &FileOrder,
    amounts: Amounts,
    state: LedgerState,
    number: Option<String>,
) -> Result<()> {
    let terms = &file.signed.terms;
    let filed = serde_json::to_string(file)
        .map_err(|error| StoreError::Unreadable { what: "order", detail: error.to_string() })?;
    orders::put(
        desk.conn,
        &LedgerOrder {
            id: terms.order,
            number,
            quote: terms.quote,
            quote_hash: terms.quote_hash.clone(),
            work_order: terms.work_order,
            amounts,
            state,
            filed,
            filed_by: desk.caller.person.id,
            decided_at: desk.now,
        },
    )
}

/// Publishes an order to its store, its filer and everybody the work order is shown to.
fn publish(desk: &Desk<'_>, order: &CombinedOrder, id: OrderId) -> Result<()> {
    let work_order = order.signed.terms.work_order.0;
    let mut buckets = feed::buckets_of(desk.conn, Stream::Row, kind::WORK_ORDER, work_order)?;
    buckets.extend(feed::buckets_of(desk.conn, Stream::Row, kind::ORDER, id.0)?);
    buckets.extend([Bucket::store(order.store), Bucket::person(desk.caller.person.id)]);
    records::put(desk.conn, kind::ORDER, id.0, &buckets, order)
}

/// What a person said when cancelling, in both languages.
pub(super) fn said(reason: &str) -> Words {
    Words::new(reason, reason)
}
