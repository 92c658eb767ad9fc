//! The warranty by law and by promise: 三包.
//!
//! Sources: Provisions on Repair, Replacement and Return of Certain Goods (部分商品修理更换退货责任
//! 规定): 7 and 15 days, terms from the invoice date less the days under repair, exchange after two
//! failed repairs or too long a wait, a fresh term after an exchange. Terms in years and days:
//! Civil Code, articles 201 and 202: the first day does not count, and a month without the
//! corresponding day ends on its last.
//!
//! This is the warranty's clock only. The safe life runs from the installation and is judged apart.

use jiff::Span;

mod answer;
mod terms;

use answer::reasons;
pub use answer::{Coverage, ExchangeGround, StartBasis, Verdict};
pub use terms::{
    Exclusion, Extension, MachineUse, Repair, RepairDelay, Scope, VoidReason, WarrantyTerms,
    YearMode,
};

use crate::{
    card::{CardStatus, WarrantyCard},
    time::{Date, UtcMs},
};

/// Days in which the buyer may return the machine.
pub const REFUND_DAYS: u16 = 7;
/// Days in which the buyer may have it exchanged.
pub const EXCHANGE_DAYS: u16 = 15;
/// Failed repairs after which the machine is exchanged.
pub const FAILED_REPAIRS: usize = 2;
/// Days from hand-in after which waiting for a part gives a right to exchange.
pub const PART_WAIT_DAYS: i32 = 90;
/// Days from hand-in after which the repairer's own delay gives a right to exchange.
pub const REPAIRER_DELAY_DAYS: i32 = 30;

/// The day the term starts, and why: an exchange, else the invoice, else the first day of the
/// month after the nameplate's.
pub fn start_of(card: &WarrantyCard) -> Option<(Date, StartBasis)> {
    let sold = card.invoice_date.map(|day| (day, StartBasis::Invoice)).or_else(|| {
        card.nameplate_month.map(|month| (month.next().first_day(), StartBasis::Nameplate))
    });
    match (card.exchanged_on, sold) {
        (Some(exchange), Some((start, _))) if exchange < start => sold,
        (Some(exchange), _) => Some((exchange, StartBasis::Exchange)),
        (None, sold) => sold,
    }
}

/// The last covered day of `scope` and by how many days repairs moved it later.
///
/// A repair received while the term (as already moved) runs moves its end by the days the owner
/// was without the machine; days of overlapping repairs count once; an open repair counts up to
/// `today`. A repair from before the start belongs to an earlier term.
pub fn end_of(card: &WarrantyCard, scope: Scope, today: Date) -> Option<(Date, i32)> {
    let (start, _) = start_of(card)?;
    let planned = card.terms.year_mode.end(start, card.terms.months(scope));
    let mut repairs: Vec<&Repair> =
        card.repairs.iter().filter(|each| each.authorised && each.received_on >= start).collect();
    repairs.sort_by_key(|repair| (repair.received_on, repair.returned_on.unwrap_or(today)));

    let mut moved = 0i32;
    let mut counted_to = start;
    for repair in repairs {
        if repair.received_on > later_by(planned, moved) {
            break;
        }
        let back = repair.returned_on.unwrap_or(today);
        let from = repair.received_on.max(counted_to);
        moved = moved.saturating_add(days_between(from, back).max(0));
        counted_to = counted_to.max(back);
    }
    Some((later_by(planned, moved), moved))
}

/// What `card` is worth on `today`. `last_sync` is when this device last heard from HQ and is
/// shown with the answer.
pub fn verdict(card: &WarrantyCard, today: Date, last_sync: Option<UtcMs>) -> Verdict {
    let start = start_of(card);
    let whole_unit = coverage(card, Scope::WholeUnit, today);
    let main_parts = coverage(card, Scope::MainParts, today);
    let window =
        |days: u16| window_until(card, start, days, today).filter(|_| whole_unit.is_covered());
    let exchange_due = if whole_unit.is_covered() || main_parts.is_covered() {
        exchange_grounds(card, today)
    } else {
        Vec::new()
    };
    let mut verdict = Verdict {
        start: start.map(|(day, _)| day),
        start_basis: start.map(|(_, basis)| basis),
        whole_unit,
        main_parts,
        refund_until: window(REFUND_DAYS),
        exchange_until: window(EXCHANGE_DAYS),
        exchange_due,
        repair_days: end_of(card, Scope::WholeUnit, today).map_or(0, |(_, moved)| moved),
        reasons: Vec::new(),
        as_of: last_sync,
    };
    verdict.reasons = reasons(card, &verdict, today);
    verdict
}

fn coverage(card: &WarrantyCard, scope: Scope, today: Date) -> Coverage {
    if card.status == CardStatus::Void {
        return Coverage::CardVoid;
    }
    let excluded = card.exclusions.iter().find(|exclusion| {
        exclusion.recorded_on <= today && exclusion.scope.is_none_or(|only| only == scope)
    });
    match (end_of(card, scope, today), excluded) {
        (None, _) => Coverage::Unknown,
        (Some((end, _)), _) if today > end => Coverage::Ended { on: end },
        (Some(_), Some(exclusion)) => Coverage::Excluded { reason: exclusion.reason },
        (Some((end, _)), None) => Coverage::Covered { until: end },
    }
}

/// The last day of a 7 or 15 day right, while it stands. It needs a dated sale or exchange, and
/// consumer law protects household use only.
fn window_until(
    card: &WarrantyCard,
    start: Option<(Date, StartBasis)>,
    days: u16,
    today: Date,
) -> Option<Date> {
    let (start, basis) = start?;
    if basis == StartBasis::Nameplate || card.terms.machine_use == MachineUse::Commercial {
        return None;
    }
    let until = later_by(start, i32::from(days));
    (start <= today && today <= until).then_some(until)
}

/// Grounds for an exchange among the repairs of the present term.
fn exchange_grounds(card: &WarrantyCard, today: Date) -> Vec<ExchangeGround> {
    let (Some((start, _)), Some((end, _))) =
        (start_of(card), end_of(card, Scope::MainParts, today))
    else {
        return Vec::new();
    };
    if card.terms.machine_use == MachineUse::Commercial {
        return Vec::new();
    }
    let present = || {
        card.repairs.iter().filter(|repair| {
            repair.authorised && repair.received_on >= start && repair.received_on <= end
        })
    };
    let mut grounds = Vec::new();
    let failed = present().filter(|repair| !repair.fixed && repair.returned_on.is_some()).count();
    if failed >= FAILED_REPAIRS {
        grounds.push(ExchangeGround::FailedRepairs);
    }
    let waited = |delay, limit| {
        present().any(|repair| repair.delay == Some(delay) && repair.days_out(today) > limit)
    };
    if waited(RepairDelay::WaitingPart, PART_WAIT_DAYS) {
        grounds.push(ExchangeGround::PartWait);
    }
    if waited(RepairDelay::Repairer, REPAIRER_DELAY_DAYS) {
        grounds.push(ExchangeGround::RepairerDelay);
    }
    grounds
}

fn later_by(day: Date, days: i32) -> Date {
    let span = Span::new().try_days(days).unwrap_or_else(|_| Span::new());
    day.saturating_add(span)
}

/// Whole days from one day to another; negative when the second is earlier.
fn days_between(from: Date, to: Date) -> i32 {
    from.duration_until(to)
        .as_hours()
        .checked_div(24)
        .map_or(0, |days| i32::try_from(days).unwrap_or(i32::MAX))
}
