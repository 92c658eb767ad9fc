//! The warranty by law: published dates, and what must hold for every card.
use doorstep_domain::{
    card::{CardStatus, WarrantyCard},
    id::{CardId, OrgId},
    time::{Date, UtcMs},
    warranty::{
        Coverage, ExchangeGround, Exclusion, Extension, MachineUse, Repair, RepairDelay, Scope,
        StartBasis, VoidReason, WarrantyTerms, YearMode, end_of, start_of, verdict,
    },
};
use jiff::{ToSpan, civil::date};
use proptest::prelude::*;

fn card(invoice: Option<Date>) -> WarrantyCard {
    WarrantyCard {
        id: CardId::new(UtcMs(1), [1; 10]),
        store: OrgId::new(UtcMs(1), [2; 10]),
        status: CardStatus::Final,
        issued_at: UtcMs(1),
        issued_by: None,
        asset: None,
        customer: None,
        category: "fridge".into(),
        brand: "样例甲".into(),
        model: "BX-1".into(),
        gtin: None,
        serials: vec!["SN1".into()],
        invoice_date: invoice,
        invoice_number: None,
        nameplate_month: None,
        installed_on: None,
        exchanged_on: None,
        terms: WarrantyTerms::default(),
        repairs: vec![],
        exclusions: vec![],
        replaced_by: None,
    }
}

fn repair(received: Date, days: i32) -> Repair {
    Repair {
        received_on: received,
        returned_on: Some(received + days.days()),
        fixed: true,
        delay: None,
        authorised: true,
        fault: String::new(),
    }
}

fn end(card: &WarrantyCard, scope: Scope, today: Date) -> Date {
    end_of(card, scope, today).expect("the start is known").0
}

#[test]
fn years_count_as_published() {
    for (mode, start, months, last) in [
        (YearMode::Civil, date(2024, 2, 29), 12, date(2025, 2, 28)),
        (YearMode::Civil, date(2024, 2, 29), 48, date(2028, 2, 29)),
        (YearMode::Civil, date(2024, 1, 15), 12, date(2025, 1, 15)),
        (YearMode::Civil, date(2026, 8, 31), 6, date(2027, 2, 28)),
        (YearMode::Days365, date(2014, 8, 12), 12, date(2015, 8, 12)),
        (YearMode::Days365, date(2024, 1, 15), 12, date(2025, 1, 14)),
        (YearMode::Days365, date(2026, 1, 1), 6, date(2026, 7, 2)),
    ] {
        assert_eq!(mode.end(start, months), last, "{mode:?} {start} + {months} months");
    }
}

#[test]
fn whole_unit_one_year_and_main_parts_three() {
    let card = card(Some(date(2024, 5, 10)));
    let last_day = verdict(&card, date(2025, 5, 10), None);
    assert_eq!(last_day.whole_unit, Coverage::Covered { until: date(2025, 5, 10) });
    let day_after = verdict(&card, date(2025, 5, 11), None);
    assert_eq!(day_after.whole_unit, Coverage::Ended { on: date(2025, 5, 10) });
    assert_eq!(day_after.main_parts, Coverage::Covered { until: date(2027, 5, 10) });
    assert!(day_after.reasons.iter().any(|why| why.zh.contains("2025-05-10")), "says when");
}

#[test]
fn seven_days_to_return_and_fifteen_to_exchange() {
    let card = card(Some(date(2026, 7, 1)));
    let on = |day| {
        let found = verdict(&card, day, None);
        (found.refund_until, found.exchange_until)
    };
    let (seventh, fifteenth) = (date(2026, 7, 8), date(2026, 7, 16));
    assert_eq!(on(seventh), (Some(seventh), Some(fifteenth)));
    assert_eq!(on(date(2026, 7, 9)), (None, Some(fifteenth)));
    assert_eq!(on(fifteenth), (None, Some(fifteenth)));
    assert_eq!(on(date(2026, 7, 17)), (None, None));
}

#[test]
fn ten_days_under_repair_end_the_term_ten_days_later() {
    let mut card = card(Some(date(2025, 3, 1)));
    card.repairs = vec![repair(date(2025, 6, 1), 10)];
    let found = verdict(&card, date(2026, 3, 11), None);
    assert_eq!(found.whole_unit, Coverage::Covered { until: date(2026, 3, 11) });
    assert_eq!(found.main_parts, Coverage::Covered { until: date(2028, 3, 11) });
    assert_eq!(found.repair_days, 10);

    card.repairs.push(repair(date(2025, 6, 5), 10));
    assert_eq!(end(&card, Scope::WholeUnit, date(2026, 1, 1)), date(2026, 3, 15), "overlap once");
    card.repairs.push(repair(date(2026, 3, 10), 4));
    assert_eq!(
        end(&card, Scope::WholeUnit, date(2026, 4, 1)),
        date(2026, 3, 19),
        "a repair within the moved term counts"
    );
    card.repairs.push(repair(date(2026, 3, 20), 30));
    assert_eq!(
        end(&card, Scope::WholeUnit, date(2026, 6, 1)),
        date(2026, 3, 19),
        "a repair after the whole unit's end does not move it"
    );
    assert_eq!(
        end(&card, Scope::MainParts, date(2026, 6, 1)),
        date(2028, 3, 1) + 48.days(),
        "but it moves the main parts', whose term still runs"
    );
}

#[test]
fn a_machine_under_repair_keeps_its_cover() {
    let mut card = card(Some(date(2025, 3, 1)));
    let mut open = repair(date(2026, 2, 20), 0);
    open.returned_on = None;
    card.repairs = vec![open];
    let found = verdict(&card, date(2026, 3, 30), None);
    assert!(found.whole_unit.is_covered(), "the term does not run out in the workshop");
}

#[test]
fn strangers_repairs_move_nothing() {
    let mut card = card(Some(date(2025, 3, 1)));
    let mut strange = repair(date(2025, 6, 1), 10);
    (strange.authorised, strange.fixed) = (false, false);
    card.repairs = vec![strange.clone(), strange];
    let found = verdict(&card, date(2025, 7, 1), None);
    assert_eq!(found.whole_unit, Coverage::Covered { until: date(2026, 3, 1) });
    assert_eq!(found.exchange_due, vec![]);
}

#[test]
fn without_an_invoice_the_month_after_the_nameplate_starts_it() {
    let mut card = card(None);
    assert_eq!(verdict(&card, date(2026, 1, 1), None).whole_unit, Coverage::Unknown);
    card.nameplate_month = Some("2025-12".parse().unwrap());
    assert_eq!(start_of(&card), Some((date(2026, 1, 1), StartBasis::Nameplate)));
    let found = verdict(&card, date(2026, 1, 3), None);
    assert_eq!(found.whole_unit, Coverage::Covered { until: date(2027, 1, 1) });
    assert_eq!((found.refund_until, found.exchange_until), (None, None), "no dated sale");
    card.invoice_date = Some(date(2026, 2, 2));
    assert_eq!(start_of(&card), Some((date(2026, 2, 2), StartBasis::Invoice)), "invoice wins");
}

#[test]
fn the_installation_starts_no_warranty() {
    let mut card = card(Some(date(2025, 3, 1)));
    card.installed_on = Some(date(2025, 9, 1));
    assert_eq!(start_of(&card), Some((date(2025, 3, 1), StartBasis::Invoice)));
}

#[test]
fn an_exchange_starts_afresh() {
    let mut card = card(Some(date(2025, 3, 1)));
    let mut failed = repair(date(2025, 4, 1), 5);
    failed.fixed = false;
    let mut unreturned = failed.clone();
    unreturned.returned_on = None;
    card.repairs = vec![failed.clone(), failed, unreturned];
    assert_eq!(
        verdict(&card, date(2025, 5, 1), None).exchange_due,
        vec![ExchangeGround::FailedRepairs]
    );
    card.exchanged_on = Some(date(2025, 5, 2));
    let found = verdict(&card, date(2025, 12, 1), None);
    assert_eq!(found.start_basis, Some(StartBasis::Exchange));
    assert_eq!(found.whole_unit, Coverage::Covered { until: date(2026, 5, 2) });
    assert_eq!(found.exchange_due, vec![], "the old machine's repairs are done with");
}

#[test]
fn long_waits_earn_an_exchange_only_past_the_limit() {
    for (delay, limit, ground) in [
        (RepairDelay::WaitingPart, 90, ExchangeGround::PartWait),
        (RepairDelay::Repairer, 30, ExchangeGround::RepairerDelay),
    ] {
        let mut card = card(Some(date(2025, 3, 1)));
        let mut waiting = repair(date(2025, 4, 1), 0);
        (waiting.returned_on, waiting.delay) = (None, Some(delay));
        card.repairs = vec![waiting];
        let due = |days: i32| verdict(&card, date(2025, 4, 1) + days.days(), None).exchange_due;
        assert_eq!(due(limit), vec![], "{delay:?} on the last day");
        assert_eq!(due(limit + 1), vec![ground], "{delay:?} the day after");
    }
}

#[test]
fn business_use_has_the_shorter_term_and_no_consumer_rights() {
    let mut card = card(Some(date(2026, 1, 31)));
    card.terms.machine_use = MachineUse::Commercial;
    let found = verdict(&card, date(2026, 2, 1), None);
    assert_eq!(found.whole_unit, Coverage::Covered { until: date(2026, 7, 31) });
    assert_eq!(found.main_parts, found.whole_unit);
    assert_eq!((found.refund_until, found.exchange_until), (None, None));
    card.terms.commercial_months = 12;
    assert!(verdict(&card, date(2027, 1, 31), None).whole_unit.is_covered());
}

#[test]
fn an_extension_begins_where_the_term_ends() {
    let mut card = card(Some(date(2024, 2, 29)));
    card.terms.extensions.push(Extension {
        scope: Scope::WholeUnit,
        months: 36,
        company: String::new(),
        phone: String::new(),
    });
    assert_eq!(end(&card, Scope::WholeUnit, date(2025, 1, 1)), date(2028, 2, 29));
    assert_eq!(end(&card, Scope::MainParts, date(2025, 1, 1)), date(2027, 2, 28));
}

#[test]
fn refused_cover_names_its_ground() {
    let mut card = card(Some(date(2026, 1, 1)));
    card.exclusions.push(Exclusion {
        reason: VoidReason::UnauthorisedRepair,
        scope: Some(Scope::MainParts),
        recorded_on: date(2026, 2, 1),
    });
    let before = verdict(&card, date(2026, 1, 31), None);
    assert!(before.main_parts.is_covered());
    let after = verdict(&card, date(2026, 2, 1), Some(UtcMs(77)));
    assert_eq!(after.main_parts, Coverage::Excluded { reason: VoidReason::UnauthorisedRepair });
    assert!(after.whole_unit.is_covered());
    assert_eq!(after.as_of, Some(UtcMs(77)));
    assert!(after.reasons.iter().any(|why| why.en.contains("unauthorised repair")));

    card.status = CardStatus::Void;
    let void = verdict(&card, date(2026, 2, 1), None);
    assert_eq!((void.whole_unit, void.main_parts), (Coverage::CardVoid, Coverage::CardVoid));
    assert_eq!((void.refund_until, void.exchange_due), (None, vec![]));
}

prop_compose! {
    fn any_day()(offset in 0i32..4_000) -> Date {
        date(2016, 1, 1) + offset.days()
    }
}

prop_compose! {
    fn any_repair()(day in any_day(), days in 0i32..200, open in any::<bool>(),
                    fixed in any::<bool>(), authorised in any::<bool>()) -> Repair {
        let mut made = repair(day, days);
        if open {
            made.returned_on = None;
        }
        Repair { fixed, authorised, ..made }
    }
}

prop_compose! {
    fn any_card()(invoice in any_day(), repairs in prop::collection::vec(any_repair(), 0..6),
                  days365 in any::<bool>(), commercial in any::<bool>()) -> WarrantyCard {
        let mut made = card(Some(invoice));
        made.repairs = repairs;
        made.terms.year_mode = if days365 { YearMode::Days365 } else { YearMode::Civil };
        if commercial {
            made.terms.machine_use = MachineUse::Commercial;
        }
        made
    }
}

proptest! {
    #[test]
    fn repairs_never_bring_the_end_forward(card in any_card(), today in any_day()) {
        let mut bare = card.clone();
        bare.repairs.clear();
        for scope in [Scope::WholeUnit, Scope::MainParts] {
            prop_assert!(end(&card, scope, today) >= end(&bare, scope, today));
        }
    }

    #[test]
    fn more_days_under_repair_never_end_it_sooner(
        card in any_card(), today in any_day(), which in any::<prop::sample::Index>(),
        more in 0i32..120,
    ) {
        prop_assume!(!card.repairs.is_empty());
        let mut longer = card.clone();
        let at = which.index(longer.repairs.len());
        let back = longer.repairs[at].returned_on.unwrap_or(today);
        longer.repairs[at].returned_on = Some(back + more.days());
        for scope in [Scope::WholeUnit, Scope::MainParts] {
            prop_assert!(end(&longer, scope, today) >= end(&card, scope, today));
        }
    }

    #[test]
    fn one_more_repair_never_ends_it_sooner(
        card in any_card(), another in any_repair(), today in any_day(),
    ) {
        let mut more = card.clone();
        more.repairs.push(another);
        for scope in [Scope::WholeUnit, Scope::MainParts] {
            prop_assert!(end(&more, scope, today) >= end(&card, scope, today));
        }
    }

    #[test]
    fn the_order_of_writing_repairs_does_not_matter(card in any_card(), today in any_day()) {
        let mut turned = card.clone();
        turned.repairs.reverse();
        prop_assert_eq!(
            verdict(&turned, today, None).whole_unit,
            verdict(&card, today, None).whole_unit
        );
    }

    #[test]
    fn days_moved_are_days_without_the_machine(card in any_card(), today in any_day()) {
        let (start, _) = start_of(&card).unwrap();
        for scope in [Scope::WholeUnit, Scope::MainParts] {
            let (end, moved) = end_of(&card, scope, today).unwrap();
            let without = |day: Date| card.repairs.iter().any(|repair| {
                repair.authorised
                    && repair.received_on >= start
                    && repair.received_on <= end
                    && repair.received_on <= day
                    && day < repair.returned_on.unwrap_or(today)
            });
            let counted = start.series(1.day()).take(4_600).filter(|day| without(*day)).count();
            prop_assert_eq!(counted, usize::try_from(moved).unwrap());
        }
    }
}
