//! Claims: how they travel, and what HQ refuses at sight.

use doorstep_domain::{
    card::{CardProduct, CardStatus, WarrantyCard},
    claim::{CancelOrder, Claim, ClaimError, EndVisit, FileOrder, IssueCard, RecordPayment},
    combined_order::SignatureError,
    end_code::{EndCode, Evidence},
    id::*,
    money::Fen,
    payment::{PaymentPurpose, PaymentStatus},
    time::UtcMs,
    warranty::WarrantyTerms,
};
use jiff::civil::date;
use serde_json::Value;

use super::{NOW, payment_and_loaner::payment, signature::signed};

fn card() -> WarrantyCard {
    WarrantyCard {
        id: id!(CardId, 1),
        store: id!(OrgId, 3),
        status: CardStatus::Provisional,
        issued_at: UtcMs::shanghai_midnight(date(2026, 7, 15)),
        issued_by: Some(id!(PersonId, 1)),
        asset: None,
        customer: None,
        category: "ac".into(),
        brand: "样例甲".into(),
        model: "KF-35".into(),
        gtin: Some("2000000000015".into()),
        serials: vec!["IN1".into(), "OUT1".into()],
        invoice_date: Some(date(2026, 7, 15)),
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

#[test]
fn a_card_payload_carries_both_serials_and_falls_back_to_the_model() {
    let mut card = card();
    let payload = card.payload(7);
    assert_eq!((payload.kid, payload.card), (7, card.id));
    assert_eq!(payload.product, CardProduct::Gtin("2000000000015".into()));
    assert_eq!(payload.serials, ["IN1", "OUT1"]);
    assert_eq!(payload.issued_on, date(2026, 7, 15));
    card.gtin = None;
    assert_eq!(card.payload(7).product, CardProduct::Model("KF-35".into()));
}

fn file_order() -> FileOrder {
    FileOrder {
        store: id!(OrgId, 3),
        signed: signed(),
        quote_text: "{}".into(),
        filed_at: NOW,
        receipt: "R1".into(),
    }
}

#[test]
fn claims_travel_as_tagged_json() {
    let claims = [
        Claim::OrderFile(Box::new(file_order())),
        Claim::OrderCancel(CancelOrder {
            order: id!(OrderId, 1),
            reason: "客户取消".into(),
            at: NOW,
        }),
        Claim::CardIssue(Box::new(IssueCard {
            card: card(),
            provisional_qr: None,
            new_customer: None,
        })),
        Claim::PaymentRecord(Box::new(RecordPayment {
            payment: payment(Fen(1), PaymentPurpose::Deposit),
        })),
    ];
    for claim in claims {
        let text = serde_json::to_string(&claim).unwrap();
        let value: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(value["claim"], serde_json::to_value(claim.kind()).unwrap());
        assert!(claim.subject().is_some());
        assert_eq!(serde_json::from_str::<Claim>(&text).unwrap(), claim);
        assert_eq!(claim.check(), Ok(()));
    }
}

#[test]
fn a_field_unknown_to_this_version_does_not_stop_a_claim() {
    let mut value = serde_json::to_value(Claim::OrderFile(Box::new(file_order()))).unwrap();
    value["from_the_future"] = Value::from(1);
    assert!(serde_json::from_value::<Claim>(value).is_ok());
}

#[test]
fn a_device_cannot_claim_what_is_hqs() {
    let mut own = card();
    own.status = CardStatus::Final;
    let issue = |card| {
        Claim::CardIssue(Box::new(IssueCard { card, provisional_qr: None, new_customer: None }))
    };
    assert_eq!(issue(own).check(), Err(ClaimError::OnlyHq));
    let mut blank = card();
    blank.serials = vec![" ".into()];
    assert_eq!(issue(blank).check(), Err(ClaimError::NoSerial));

    let mut paid = payment(Fen(1), PaymentPurpose::Deposit);
    paid.status = PaymentStatus::Matched { at: NOW, statement: "mine".into() };
    let record = Claim::PaymentRecord(Box::new(RecordPayment { payment: paid }));
    assert_eq!(record.check(), Err(ClaimError::OnlyHq));

    let mut forged = file_order();
    forged.signed.terms.totals.certain = Fen(1);
    assert_eq!(
        Claim::OrderFile(Box::new(forged)).check(),
        Err(ClaimError::Signature(SignatureError::TermsChanged))
    );
    let mut absurd = file_order();
    absurd.signed.terms.totals.certain = Fen(i64::MIN);
    assert_eq!(Claim::OrderFile(Box::new(absurd)).check(), Err(ClaimError::Amount));
}

#[test]
fn a_visit_ends_with_its_evidence() {
    let end = |code, note: &str, evidence: &[Evidence]| {
        Claim::VisitEnd(EndVisit {
            visit: id!(VisitId, 1),
            code,
            note: note.into(),
            evidence: evidence.to_vec(),
            at: NOW,
        })
        .check()
    };
    assert_eq!(end(EndCode::Done, "", &[]), Ok(()));
    assert_eq!(end(EndCode::RefusedSign, "", &[Evidence::Photo]), Err(ClaimError::Evidence));
    assert_eq!(end(EndCode::RefusedSign, "不同意金额", &[Evidence::Photo]), Ok(()));
    assert_eq!(end(EndCode::NoShow, "", &[Evidence::PhotoDoor]), Err(ClaimError::Evidence));
}
