//! What somebody must come back to: leads on their day, tasks before their deadline.

use doorstep_domain::{
    id::*,
    lead::{Lead, LeadError, LeadState, follow_up_day},
    task::{Decision, Remedy, Subject, Task, TaskError, TaskKind},
    time::UtcMs,
    words::Words,
};
use jiff::civil::date;

use super::NOW;

#[test]
fn a_lead_is_asked_again_on_its_day() {
    let today = date(2026, 7, 15);
    let mut lead = Lead {
        id: id!(LeadId, 1),
        store: id!(OrgId, 3),
        customer: id!(CustomerId, 4),
        work_order: None,
        asset: None,
        wants: Some("washer".into()),
        quote: None,
        reason: "ask_family".into(),
        note: String::new(),
        follow_up_on: follow_up_day(today, 3),
        saved_at: NOW,
        saved_by: id!(PersonId, 1),
        state: LeadState::Open,
    };
    assert!(!lead.is_due(date(2026, 7, 17)));
    assert!(lead.is_due(date(2026, 7, 18)));
    assert_eq!(lead.put_off(date(2026, 7, 14), today), Err(LeadError::PastDay));
    lead.put_off(date(2026, 8, 1), today).unwrap();
    assert!(!lead.is_due(date(2026, 7, 18)));
    lead.close(LeadState::Won { order: id!(OrderId, 1) }).unwrap();
    assert!(!lead.is_due(date(2027, 1, 1)));
    assert_eq!(lead.close(LeadState::Lost), Err(LeadError::Closed));
}

#[test]
fn a_task_is_decided_once_and_only_as_offered() {
    let mut task = Task::raise(
        id!(TaskId, 1),
        id!(OrgId, 3),
        TaskKind::OrderRefused,
        Subject::Order(id!(OrderId, 1)),
        Words::new("额度已用", "entitlement used"),
        (NOW, NOW.plus_ms(UtcMs::DAY)),
    );
    let decide = |remedy| Decision { remedy, by: id!(PersonId, 1), at: NOW, note: String::new() };
    assert!(task.is_overdue(NOW.plus_ms(UtcMs::DAY + 1)));
    assert_eq!(task.decide(decide(Remedy::VoidCard)), Err(TaskError::NotOffered(Remedy::VoidCard)));
    task.decide(decide(Remedy::Honour)).unwrap();
    assert_eq!(task.decide(decide(Remedy::Cancel)), Err(TaskError::AlreadyDecided));
    assert!(!task.is_overdue(NOW.plus_ms(UtcMs::DAY + 1)));
}
