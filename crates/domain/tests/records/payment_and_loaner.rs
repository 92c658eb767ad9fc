//! Money and lent machines: whole, judged once, and given back to the fen.

use doorstep_domain::{
    combined_order::Relation,
    id::*,
    loaner::{Loan, LoanError, LoanReturn, LoanState, LoanerCheck},
    money::Fen,
    payment::{Payment, PaymentError, PaymentMethod, PaymentPurpose, PaymentStatus, settle},
    words::Words,
};
use jiff::civil::date;

use super::NOW;

pub(super) fn payment(amount: Fen, purpose: PaymentPurpose) -> Payment {
    Payment {
        id: id!(PaymentId, 1),
        store: id!(OrgId, 3),
        order: Some(id!(OrderId, 1)),
        loan: None,
        customer: id!(CustomerId, 4),
        payer: Relation::Buyer,
        purpose,
        amount,
        method: PaymentMethod::Cash,
        reference: String::new(),
        paid_at: NOW,
        recorded_by: id!(PersonId, 1),
        status: PaymentStatus::Unconfirmed,
    }
}

#[test]
fn payments_must_be_whole() {
    let deposit = payment(Fen(10_000), PaymentPurpose::Deposit);
    assert_eq!(deposit.check(), Ok(()));
    for (amount, purpose) in [
        (Fen(0), PaymentPurpose::Deposit),
        (Fen(-1), PaymentPurpose::Balance),
        (Fen(1), PaymentPurpose::Payout),
        (Fen(i64::MAX), PaymentPurpose::Balance),
    ] {
        assert_eq!(payment(amount, purpose).check(), Err(PaymentError::Amount), "{amount:?}");
    }
    let wechat = Payment { method: PaymentMethod::Wechat, ..deposit.clone() };
    assert_eq!(wechat.check(), Err(PaymentError::NoReference));
    let nowhere = Payment { order: None, ..deposit };
    assert_eq!(nowhere.check(), Err(PaymentError::NoSubject));
}

#[test]
fn only_matched_money_is_confirmed_and_rejected_money_is_none() {
    let matched = || PaymentStatus::Matched { at: NOW, statement: "S1".into() };
    let mut deposit = payment(Fen(10_000), PaymentPurpose::Deposit);
    deposit.judge(matched()).unwrap();
    assert_eq!(deposit.judge(matched()), Err(PaymentError::AlreadyJudged));
    let balance = payment(Fen(30_000), PaymentPurpose::Balance);
    let mut rejected = payment(Fen(5_000), PaymentPurpose::Balance);
    rejected.judge(PaymentStatus::Rejected { reason: Words::new("无", "none") }).unwrap();
    let loaner = payment(Fen(50_000), PaymentPurpose::LoanerDeposit);
    let mut other = payment(Fen(70_000), PaymentPurpose::Balance);
    other.order = Some(id!(OrderId, 8));

    let sums =
        settle(id!(OrderId, 1), Fen(45_000), &[deposit, balance, rejected, loaner, other]).unwrap();
    assert_eq!(
        (sums.confirmed, sums.unconfirmed, sums.outstanding),
        (Fen(10_000), Fen(30_000), Fen(5_000))
    );
}

#[test]
fn a_loaner_goes_and_returns_whole() {
    let good = LoanerCheck { electrically_safe: true, runs: true, complete: true };
    let mut loan = Loan {
        id: id!(LoanId, 1),
        store: id!(OrgId, 3),
        asset: id!(AssetId, 9),
        serial: "L1".into(),
        customer: id!(CustomerId, 4),
        site: id!(SiteId, 3),
        work_order: None,
        deposit: Fen(20_000),
        issued_at: NOW,
        issued_by: id!(PersonId, 1),
        due_on: date(2026, 7, 30),
        check: LoanerCheck { electrically_safe: false, ..good },
        returned: None,
    };
    assert_eq!(loan.check_issue(), Err(LoanError::CheckFailed), "no earth, no loaner");
    loan.check = good;
    assert_eq!(loan.check_issue(), Ok(()));
    assert_eq!(loan.state(date(2026, 7, 30)), LoanState::Out);
    assert_eq!(loan.state(date(2026, 7, 31)), LoanState::Overdue);

    let back = |returned, kept, reason: &str| LoanReturn {
        at: NOW,
        by: id!(PersonId, 1),
        check: good,
        deposit_returned: Fen(returned),
        deposit_kept: Fen(kept),
        reason: reason.into(),
    };
    assert_eq!(loan.take_back(back(15_000, 0, "")), Err(LoanError::DoesNotAddUp));
    assert_eq!(loan.take_back(back(25_000, -5_000, "x")), Err(LoanError::DoesNotAddUp));
    assert_eq!(loan.take_back(back(15_000, 5_000, "")), Err(LoanError::NoReason));
    loan.take_back(back(15_000, 5_000, "缺搁架")).unwrap();
    assert_eq!(loan.take_back(back(20_000, 0, "")), Err(LoanError::AlreadyReturned));
    assert_eq!(loan.state(date(2026, 7, 31)), LoanState::Returned);
}
