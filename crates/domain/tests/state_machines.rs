//! Visits, legs, orders, cards and loans: no step that the rules forbid, no leg that moves another.
use doorstep_domain::{
    card::CardStatus,
    combined_order::OrderRemedy,
    end_code::{EndCode, NextStep},
    id::{CustomerId, IdNoise, LegId, OrgId, PersonId, SiteId, VisitId, WorkOrderId},
    time::UtcMs,
    visit::{Slot, Visit, VisitEvent, VisitState, VisitStep},
    work_order::{JobKind, Leg, LegEnding, LegKind, LegState, LegStep, WorkOrder, WorkOrderState},
};
use proptest::prelude::*;

fn noise(n: u8) -> IdNoise {
    [n; 10]
}

fn visit() -> Visit {
    Visit {
        id: VisitId::new(UtcMs(1), noise(1)),
        store: OrgId::new(UtcMs(1), noise(2)),
        slot: Slot { start: UtcMs(0), end: UtcMs(60 * UtcMs::MINUTE) },
        crew: vec![PersonId::new(UtcMs(1), noise(3))],
        customer: CustomerId::new(UtcMs(1), noise(4)),
        site: SiteId::new(UtcMs(1), noise(5)),
        work_orders: vec![],
        state: VisitState::Planned,
        log: vec![],
    }
}

fn event(step: VisitStep, minute: i64) -> VisitEvent {
    VisitEvent { step, at: UtcMs(minute * UtcMs::MINUTE), by: PersonId::new(UtcMs(1), noise(3)) }
}

fn leg(n: u8, kind: LegKind) -> Leg {
    Leg {
        id: LegId::new(UtcMs(1), noise(n)),
        kind,
        category: "fridge".into(),
        asset: None,
        gtin: None,
        visit: Some(VisitId::new(UtcMs(1), noise(1))),
        state: LegState::Open,
    }
}

fn ending(code: EndCode) -> LegEnding {
    LegEnding {
        code,
        at: UtcMs(9),
        by: PersonId::new(UtcMs(1), noise(3)),
        note: String::new(),
        evidence: vec![],
    }
}

fn order() -> WorkOrder {
    WorkOrder {
        id: WorkOrderId::new(UtcMs(1), noise(6)),
        number: None,
        job: JobKind::TradeIn,
        store: OrgId::new(UtcMs(1), noise(2)),
        customer: CustomerId::new(UtcMs(1), noise(4)),
        site: SiteId::new(UtcMs(1), noise(5)),
        requested_at: UtcMs(0),
        complaint: String::new(),
        order: None,
        grown_from: None,
        legs: vec![leg(11, LegKind::Remove), leg(12, LegKind::Deliver), leg(13, LegKind::Install)],
        cancelled_at: None,
    }
}

#[test]
fn a_visit_runs_its_course() {
    let mut visit = visit();
    for step in [VisitStep::SetOff, VisitStep::Arrive, VisitStep::Begin, VisitStep::Finish] {
        visit.apply(&event(step, 5)).unwrap();
    }
    assert_eq!(visit.state, VisitState::Finished);
    let refused = visit.apply(&event(VisitStep::Cancel, 6)).unwrap_err();
    assert!(refused.words().zh.contains("已完工") && refused.words().en.contains("Finished"));
    assert_eq!(visit.log.len(), 4, "a refused step leaves no trace");
}

#[test]
fn lateness_is_measured_from_the_end_of_the_slot() {
    let mut visit = visit();
    let minute = |n: i64| UtcMs(n * UtcMs::MINUTE);
    assert_eq!(visit.late_by_ms(minute(60)), None);
    assert_eq!(visit.late_words(minute(72), 10).unwrap().zh, "超时 12 分");
    assert_eq!(visit.late_words(minute(69), 10), None, "within the grace");
    visit.apply(&event(VisitStep::Arrive, 65)).unwrap();
    assert_eq!(visit.late_by_ms(minute(900)), Some(5 * UtcMs::MINUTE), "stops at the door");

    let mut called_off = self::visit();
    called_off.apply(&event(VisitStep::Cancel, 10)).unwrap();
    assert_eq!(called_off.late_by_ms(minute(900)), None);
    let mut broken_off = self::visit();
    broken_off.apply(&event(VisitStep::End { code: EndCode::WrongAddr }, 50)).unwrap();
    assert_eq!(broken_off.late_by_ms(minute(900)), None, "ended before it was late");
}

#[test]
fn removal_fails_while_delivery_and_installation_succeed() {
    let mut order = order();
    let [remove, deliver, install] = [order.legs[0].id, order.legs[1].id, order.legs[2].id];
    order.apply(remove, &LegStep::End(ending(EndCode::NotReady))).unwrap();
    for id in [deliver, install] {
        order.apply(id, &LegStep::Start { at: UtcMs(5) }).unwrap();
        order.apply(id, &LegStep::End(ending(EndCode::Done))).unwrap();
    }
    assert_eq!(order.state(), WorkOrderState::Waiting, "the removal waits for another date");
    let again = VisitId::new(UtcMs(2), noise(9));
    order.apply(remove, &LegStep::Reopen { visit: Some(again) }).unwrap();
    assert_eq!(order.state(), WorkOrderState::InProgress);
    order.apply(remove, &LegStep::Start { at: UtcMs(6) }).unwrap();
    order.apply(remove, &LegStep::End(ending(EndCode::Done))).unwrap();
    assert_eq!(order.state(), WorkOrderState::Done);
}

#[test]
fn an_order_is_as_its_legs_are() {
    let with = |codes: [Option<EndCode>; 3]| {
        let mut order = order();
        for (leg, code) in order.legs.iter_mut().zip(codes) {
            if let Some(code) = code {
                leg.state = LegState::Ended(ending(code));
            }
        }
        order.state()
    };
    use EndCode::{Done, NoShow, NotFit, Refused, Unsafe, WaitPart};
    assert_eq!(with([None, None, None]), WorkOrderState::Open);
    assert_eq!(with([Some(Done), None, None]), WorkOrderState::InProgress);
    assert_eq!(with([Some(Done), Some(Done), Some(Refused)]), WorkOrderState::PartlyDone);
    assert_eq!(with([Some(Refused); 3]), WorkOrderState::NotDone);
    assert_eq!(with([Some(Done), Some(WaitPart), None]), WorkOrderState::Waiting);
    assert_eq!(with([Some(NoShow); 3]), WorkOrderState::Waiting);
    assert_eq!(with([Some(Done), Some(WaitPart), Some(Unsafe)]), WorkOrderState::NeedsDecision);
    assert_eq!(with([Some(Done), Some(NotFit), None]), WorkOrderState::NeedsDecision);
}

#[test]
fn a_refrigerator_rests_before_power() {
    let mut install = leg(1, LegKind::Install);
    install.apply(&LegStep::Rest { until: UtcMs(9) }).unwrap_err();
    install.apply(&LegStep::Start { at: UtcMs(1) }).unwrap();
    install.apply(&LegStep::Rest { until: UtcMs(9) }).unwrap();
    install.apply(&LegStep::End(ending(EndCode::Done))).unwrap();
    let mut remove = leg(2, LegKind::Remove);
    remove.apply(&LegStep::Start { at: UtcMs(1) }).unwrap();
    remove.apply(&LegStep::Rest { until: UtcMs(9) }).unwrap_err();
}

#[test]
fn a_repair_becomes_a_trade_in_and_brings_its_machine() {
    let mut repair = order();
    repair.job = JobKind::Repair;
    repair.legs = vec![leg(21, LegKind::Repair)];
    repair.legs[0].asset = Some("018f3f6e-0000-7000-8000-000000000001".parse().unwrap());
    let ids = (
        WorkOrderId::new(UtcMs(2), noise(30)),
        [31, 32, 33].map(|n| LegId::new(UtcMs(2), noise(n))),
    );
    let grown = repair.grow_trade_in(&repair.legs[0], ("washer".into(), None), ids, UtcMs(2));
    assert_eq!(grown.grown_from, Some(repair.id));
    assert_eq!((grown.site, grown.customer), (repair.site, repair.customer));
    assert_eq!(grown.legs[0].asset, repair.legs[0].asset, "the same machine leaves");
    assert_eq!((grown.legs[0].kind, grown.legs[0].category.as_str()), (LegKind::Remove, "fridge"));
    assert_eq!((grown.legs[2].kind, grown.legs[2].category.as_str()), (LegKind::Install, "washer"));
}

#[test]
fn every_code_either_closes_decides_or_waits() {
    for code in EndCode::ALL {
        let next = code.next_step();
        let kinds = [next == NextStep::Close, next.is_decision(), next.is_waiting()];
        assert_eq!(kinds.iter().filter(|yes| **yes).count(), 1, "{code:?}");
        assert!(!code.words().zh.is_empty() && !code.words().en.is_empty(), "{code:?}");
    }
}

#[test]
fn a_card_never_comes_back_from_void() {
    use CardStatus::{Final, Provisional, Void};
    let allowed = [(Provisional, Final), (Provisional, Void), (Final, Void)];
    for from in [Provisional, Final, Void] {
        for to in [Provisional, Final, Void] {
            let mut card: doorstep_domain::card::WarrantyCard =
                serde_json::from_value(serde_json::json!({
                    "id": "018f3f6e-0000-7000-8000-000000000001",
                    "store": "018f3f6e-0000-7000-8000-000000000002",
                    "status": from, "issued_at": 1, "category": "tv", "brand": "", "model": "",
                    "serials": ["1"],
                    "terms": {"whole_unit_months": 12, "main_parts_months": 36,
                              "commercial_months": 6}
                }))
                .unwrap();
            let moved = card.become_status(to).is_ok();
            assert_eq!(moved, allowed.contains(&(from, to)), "{from:?} to {to:?}");
            assert_eq!(card.status, if moved { to } else { from });
        }
    }
}

fn any_code() -> impl Strategy<Value = EndCode> {
    prop::sample::select(EndCode::ALL.to_vec())
}

fn any_visit_step() -> impl Strategy<Value = VisitStep> {
    prop_oneof![
        Just(VisitStep::SetOff),
        Just(VisitStep::Arrive),
        Just(VisitStep::Begin),
        Just(VisitStep::Finish),
        Just(VisitStep::Cancel),
        any_code().prop_map(|code| VisitStep::End { code }),
    ]
}

fn any_leg_step() -> impl Strategy<Value = LegStep> {
    prop_oneof![
        3 => (0i64..9).prop_map(|at| LegStep::Start { at: UtcMs(at) }),
        1 => (0i64..9).prop_map(|at| LegStep::Rest { until: UtcMs(at) }),
        3 => any_code().prop_map(|code| LegStep::End(ending(code))),
        1 => Just(LegStep::Reopen { visit: None }),
    ]
}

/// How far along a visit is; every accepted step goes up.
fn rank(state: VisitState) -> u8 {
    match state {
        VisitState::Planned => 0,
        VisitState::SetOff => 1,
        VisitState::Arrived => 2,
        VisitState::Working => 3,
        VisitState::Finished | VisitState::Ended { .. } | VisitState::Cancelled => 4,
    }
}

proptest! {
    #[test]
    fn a_visit_only_goes_forward(steps in prop::collection::vec(any_visit_step(), 0..12)) {
        let mut visit = visit();
        for (minute, step) in (0i64..).zip(steps) {
            let before = visit.clone();
            match visit.apply(&event(step, minute)) {
                Ok(()) => {
                    prop_assert!(rank(visit.state) > rank(before.state));
                    prop_assert_ne!(visit.state, VisitState::Ended { code: EndCode::Done });
                    prop_assert!(
                        visit.state != VisitState::Finished || before.state == VisitState::Working
                    );
                    prop_assert_eq!(visit.log.len(), before.log.len() + 1);
                }
                Err(refused) => {
                    prop_assert_eq!(&visit, &before, "a refusal changes nothing");
                    prop_assert!(!refused.words().zh.is_empty());
                }
            }
        }
    }

    #[test]
    fn legs_do_not_touch_each_other(
        steps in prop::collection::vec((0usize..3, any_leg_step()), 0..30),
    ) {
        let mut together = order();
        let mut apart = order().legs;
        for (which, step) in steps {
            let id = apart[which].id;
            let alone = apart[which].apply(&step);
            let before = together.clone();
            prop_assert_eq!(together.apply(id, &step), alone.clone());
            for (index, leg) in together.legs.iter().enumerate() {
                if index != which {
                    prop_assert_eq!(leg, &before.legs[index]);
                }
            }
            prop_assert_eq!(&together.legs, &apart);
        }
    }

    #[test]
    fn a_leg_is_done_only_after_it_started_and_stays_done(
        steps in prop::collection::vec(any_leg_step(), 0..20),
    ) {
        let mut leg = leg(1, LegKind::Install);
        for step in steps {
            let before = leg.clone();
            let taken = leg.apply(&step).is_ok();
            if !taken {
                prop_assert_eq!(&leg, &before);
            }
            if leg.state.code() == Some(EndCode::Done) && before.state.code().is_none() {
                let worked = matches!(
                    before.state, LegState::Started { .. } | LegState::Resting { .. });
                prop_assert!(worked, "nothing is done that was not begun");
            }
            if before.state.code() == Some(EndCode::Done) {
                prop_assert!(!taken, "done is done");
            }
        }
    }

    #[test]
    fn a_cancelled_order_takes_no_step(which in 0usize..3, step in any_leg_step()) {
        let mut order = order();
        order.cancelled_at = Some(UtcMs(1));
        let before = order.clone();
        prop_assert!(order.apply(before.legs[which].id, &step).is_err());
        prop_assert_eq!(order.state(), WorkOrderState::Cancelled);
        prop_assert_eq!(order, before);
    }
}

#[test]
fn remedies_keep_their_wire_names() {
    let names = serde_json::to_value([OrderRemedy::Honour, OrderRemedy::ReQuote]).unwrap();
    assert_eq!(names, serde_json::json!(["honour", "re_quote"]));
}
