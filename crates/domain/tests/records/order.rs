//! A filed order: its legs, and what can happen to it.

use doorstep_domain::{
    combined_order::{CombinedOrder, OrderError, OrderEvent, OrderRemedy, OrderState, RemovalMode},
    id::*,
    words::Words,
    work_order::LegKind,
};

use super::{NOW, signature::signed};

#[test]
fn every_removal_mode_brings_installs_and_removes_once() {
    for mode in RemovalMode::ALL {
        let mut legs: Vec<LegKind> = mode.visits().concat();
        legs.sort();
        assert_eq!(legs, [LegKind::Remove, LegKind::Deliver, LegKind::Install], "{mode:?}");
    }
    assert_eq!(RemovalMode::OneVisit.visits().len(), 1);
    let mut words: Vec<Words> = RemovalMode::ALL.iter().map(|mode| mode.words()).collect();
    words.dedup();
    assert_eq!(words.len(), 5, "each is told apart in words");
}

fn filed(state: OrderState) -> CombinedOrder {
    let signed = signed();
    CombinedOrder {
        id: signed.terms.order,
        store: id!(OrgId, 3),
        signed,
        state,
        filed_at: NOW,
        receipt: "R1".into(),
    }
}

#[test]
fn an_order_is_executed_once() {
    let why = || Words::new("原因", "reason");
    let refused = |remedies: &[OrderRemedy]| OrderState::Refused {
        reason: why(),
        task: id!(TaskId, 1),
        remedies: remedies.to_vec(),
    };
    let all = [OrderRemedy::Honour, OrderRemedy::ReQuote, OrderRemedy::Cancel];
    let states = [
        OrderState::Pending,
        OrderState::Received,
        OrderState::Executed { number: "N1".into() },
        refused(&all),
        OrderState::Replaced { by: id!(OrderId, 9) },
        OrderState::Cancelled { reason: why() },
    ];
    let events = [
        OrderEvent::Receive,
        OrderEvent::Execute { number: "N2".into() },
        OrderEvent::Refuse { reason: why(), task: id!(TaskId, 1), remedies: all.to_vec() },
        OrderEvent::Replace { by: id!(OrderId, 9) },
        OrderEvent::Cancel { reason: why() },
    ];
    let allowed = [
        [true, true, true, false, true],
        [false, true, true, false, true],
        [false, false, false, true, true],
        [false, true, false, true, true],
        [false; 5],
        [false; 5],
    ];
    for (state, row) in states.iter().zip(allowed) {
        for (event, expected) in events.iter().zip(row) {
            let mut order = filed(state.clone());
            let taken = order.apply(event.clone());
            assert_eq!(taken.is_ok(), expected, "{state:?} + {event:?}");
            if taken.is_err() {
                assert_eq!(order.state, *state, "a refusal changes nothing");
            }
        }
    }
    let mut only_cancel = filed(refused(&[OrderRemedy::Cancel]));
    assert_eq!(
        only_cancel.apply(OrderEvent::Execute { number: "N".into() }),
        Err(OrderError::RemedyNotOffered(OrderRemedy::Honour))
    );
    only_cancel.apply(OrderEvent::Cancel { reason: why() }).unwrap();
}
