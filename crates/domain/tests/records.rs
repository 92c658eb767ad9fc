//! The records of the business: who sees them, what a signature covers, what HQ refuses at sight.
use doorstep_domain::{
    asset::{Asset, Component, CustodyError, HandOver, Holder, YearMonth},
    card::{CardProduct, CardStatus, WarrantyCard},
    claim::{CancelOrder, Claim, ClaimError, EndVisit, FileOrder, IssueCard, RecordPayment},
    combined_order::{
        CombinedOrder, Machine, OrderError, OrderEvent, OrderRemedy, OrderState, OrderTerms,
        Parties, Relation, RemovalMode, SignatureError, SignedOrder, Stroke, StrokePoint,
        SubsidyChoice, Totals, amount_change, signature_stands,
    },
    customer::{Consent, ConsentPurpose, Customer, masked_name, masked_phone},
    end_code::{EndCode, Evidence},
    id::*,
    lead::{Lead, LeadError, LeadState, follow_up_day},
    loaner::{Loan, LoanError, LoanReturn, LoanState, LoanerCheck},
    money::Fen,
    org::{
        Bucket, Certificate, CertificateKind, OrgError, OrgKind, OrgTree, OrgUnit, Person, Role,
        access,
    },
    payment::{Payment, PaymentError, PaymentMethod, PaymentPurpose, PaymentStatus, settle},
    site::{GasSupply, GasType, Site},
    task::{Decision, Remedy, Subject, Task, TaskError, TaskKind},
    time::UtcMs,
    visit::Slot,
    warranty::WarrantyTerms,
    words::Words,
    work_order::LegKind,
};
use jiff::civil::date;
use serde_json::Value;
use std::collections::BTreeSet;

const NOW: UtcMs = UtcMs(1_784_000_000_000);

macro_rules! id {
    ($kind:ident, $n:expr) => {
        $kind::new(UtcMs(1), [$n; 10])
    };
}

fn unit(n: u8, kind: OrgKind, parent: Option<u8>) -> OrgUnit {
    OrgUnit {
        id: id!(OrgId, n),
        kind,
        name: format!("unit {n}"),
        parent: parent.map(|p| id!(OrgId, p)),
        region: String::new(),
    }
}

/// HQ 1, dealer 2 with stores 3 and 4, dealer 5 with store 6.
fn tree() -> OrgTree {
    OrgTree::new([
        unit(1, OrgKind::Hq, None),
        unit(2, OrgKind::Dealer, Some(1)),
        unit(3, OrgKind::Store, Some(2)),
        unit(4, OrgKind::Store, Some(2)),
        unit(5, OrgKind::Dealer, Some(1)),
        unit(6, OrgKind::Store, Some(5)),
    ])
    .unwrap()
}

fn person(role: Role, org: u8) -> Person {
    Person {
        id: id!(PersonId, 50),
        org: id!(OrgId, org),
        name: "样例员工".into(),
        role,
        certificates: vec![],
        left_on: None,
    }
}

#[test]
fn access_ends_at_the_own_branch() {
    let (tree, day) = (tree(), date(2026, 7, 15));
    let own = Bucket::person(id!(PersonId, 50));
    let set = |list: &[Bucket]| list.iter().cloned().collect::<BTreeSet<_>>();

    let engineer = person(Role::Engineer, 3);
    let cards = Bucket::cards(id!(OrgId, 3));
    assert_eq!(
        access(&engineer, &tree, day),
        set(&[Bucket::all(), own.clone(), cards.clone()]),
        "an engineer sees no other customer of the store"
    );
    assert_eq!(
        access(&person(Role::Clerk, 3), &tree, day),
        set(&[Bucket::all(), own, cards, Bucket::store(id!(OrgId, 3))])
    );
    let dealer = access(&person(Role::Coordinator, 2), &tree, day);
    assert!(dealer.contains(&Bucket::store(id!(OrgId, 4))));
    assert!(!dealer.contains(&Bucket::store(id!(OrgId, 6))), "not the other dealer's store");
    assert!([2, 4].iter().all(|n| dealer.contains(&Bucket::desk(id!(OrgId, *n)))));
    assert!(!dealer.contains(&Bucket::desk(id!(OrgId, 1))), "nor what waits for the desk above");
    let hq = access(&person(Role::Coordinator, 1), &tree, day);
    assert!([3, 4, 6].iter().all(|n| hq.contains(&Bucket::store(id!(OrgId, *n)))));

    let mut gone = person(Role::Clerk, 3);
    gone.left_on = Some(date(2026, 7, 14));
    assert!(access(&gone, &tree, day).is_empty(), "who has left sees nothing");
    assert!(
        access(&person(Role::Clerk, 99), &tree, day).is_empty(),
        "an unknown unit sees nothing"
    );
}

#[test]
fn units_that_form_no_tree_are_refused() {
    let hq = || unit(1, OrgKind::Hq, None);
    assert_eq!(OrgTree::new([]), Err(OrgError::Root));
    assert_eq!(OrgTree::new([hq(), unit(2, OrgKind::Hq, None)]), Err(OrgError::Root));
    assert_eq!(OrgTree::new([hq(), hq()]), Err(OrgError::Twice(id!(OrgId, 1))));
    let loop_of_two = [hq(), unit(2, OrgKind::Store, Some(3)), unit(3, OrgKind::Store, Some(2))];
    assert_eq!(OrgTree::new(loop_of_two), Err(OrgError::Misplaced(id!(OrgId, 2))));
    assert_eq!(
        OrgTree::new([hq(), unit(2, OrgKind::Dealer, Some(9))]),
        Err(OrgError::Misplaced(id!(OrgId, 2)))
    );
}

#[test]
fn an_expired_certificate_is_no_certificate() {
    let mut holder = person(Role::Engineer, 3);
    holder.certificates =
        vec![Certificate { kind: CertificateKind::Gas, valid_until: date(2026, 7, 15) }];
    assert!(holder.holds(CertificateKind::Gas, date(2026, 7, 15)));
    assert!(!holder.holds(CertificateKind::Gas, date(2026, 7, 16)));
    let demanded = BTreeSet::from([CertificateKind::Gas, CertificateKind::Height]);
    assert_eq!(
        holder.lacks(&demanded, date(2026, 7, 15)),
        BTreeSet::from([CertificateKind::Height])
    );
}

#[test]
fn names_and_phones_are_masked() {
    for (name, masked) in [("王小明", "王*"), ("欧阳", "欧*"), ("王", "*"), ("", ""), ("Li", "L*")]
    {
        assert_eq!(masked_name(name), masked);
    }
    for (phone, masked) in [
        ("13856781234", "138****1234"),
        ("+86 138-5678-1234", "138****1234"),
        ("021-5555 1234", "****1234"),
        ("12345", "*****"),
        ("", ""),
    ] {
        assert_eq!(masked_phone(phone), masked);
    }
    let customer = Customer {
        id: id!(CustomerId, 1),
        store: id!(OrgId, 3),
        name: "王小明".into(),
        phones: vec!["13856781234".into()],
        address: "样例路 1 号".into(),
        consents: vec![],
    };
    let shown = serde_json::to_string(&customer.masked()).unwrap();
    assert!(!shown.contains("小明") && !shown.contains("5678") && !shown.contains("样例路"));
}

#[test]
fn the_latest_word_on_consent_counts() {
    let said = |given, at| Consent {
        purpose: ConsentPurpose::Photos,
        given,
        at: UtcMs(at),
        recorded_by: id!(PersonId, 1),
        notice: "1".into(),
    };
    let mut customer = Customer {
        id: id!(CustomerId, 1),
        store: id!(OrgId, 3),
        name: String::new(),
        phones: vec![],
        address: String::new(),
        consents: vec![said(false, 20), said(true, 10)],
    };
    assert!(!customer.consents_to(ConsentPurpose::Photos), "withdrawn later, recorded first");
    customer.consents.push(said(true, 30));
    assert!(customer.consents_to(ConsentPurpose::Photos));
    assert!(!customer.consents_to(ConsentPurpose::Marketing), "never asked is no");
}

fn site() -> Site {
    Site {
        id: id!(SiteId, 1),
        customer: id!(CustomerId, 1),
        region: "CN-31".into(),
        address: String::new(),
        floor: None,
        lift: None,
        narrowest_turn_mm: None,
        gas: None,
        circuit_amps: None,
        access_rules: vec![],
    }
}

#[test]
fn a_site_says_what_is_known_and_no_more() {
    let mut site = site();
    assert!(site.chips().is_empty());
    assert_eq!(site.carried_storeys(), None);
    site.floor = Some(6);
    assert_eq!(site.carried_storeys(), None, "nobody asked for a lift");
    site.lift = Some(false);
    site.gas = Some(GasSupply {
        kind: GasType::Natural,
        converted_on: Some(date(2020, 5, 1)),
        before: Some(GasType::Manufactured),
    });
    assert_eq!(site.carried_storeys(), Some(5));
    let chips: Vec<String> = site.chips().into_iter().map(|chip| chip.zh).collect();
    assert_eq!(chips, ["6层无电梯", "天然气"]);
    for (floor, lift, storeys) in
        [(6, Some(true), Some(0)), (1, None, Some(0)), (-2, Some(false), Some(2))]
    {
        (site.floor, site.lift) = (Some(floor), lift);
        assert_eq!(site.carried_storeys(), storeys, "floor {floor}");
    }
    let gas = site.gas.unwrap();
    assert_eq!(gas.on(date(2020, 4, 30)), Some(GasType::Manufactured));
    assert_eq!(gas.on(date(2020, 5, 1)), Some(GasType::Natural));

    assert_eq!(site.passes_turn(700, 700, 1_800), None);
    site.narrowest_turn_mm = Some(690);
    assert_eq!(site.passes_turn(700, 700, 1_800), Some(false));
    assert_eq!(site.passes_turn(600, 690, 1_800), Some(true));
}

#[test]
fn a_machine_goes_from_hand_to_hand_by_its_serials() {
    let owner = Holder::Customer(id!(CustomerId, 1));
    let (van, depot) = (Holder::Van("样A·001".into()), Holder::Depot("东仓".into()));
    let recycler = Holder::Recycler("样例回收".into());
    let part =
        |part: &str, serial: &str| Component { part: part.into(), serial: Some(serial.into()) };
    let mut asset = Asset {
        id: id!(AssetId, 1),
        category: "ac".into(),
        subtype: None,
        brand: String::new(),
        model: String::new(),
        gtin: None,
        components: vec![part("indoor", "IN1"), part("outdoor", "OUT1")],
        owner: Some(id!(CustomerId, 1)),
        site: None,
        nameplate_month: None,
        installed_on: None,
        purchased_on: None,
        commercial: false,
        custody: vec![],
    };
    let step = |from: &Holder, to: &Holder, serials: &[&str]| HandOver {
        from: from.clone(),
        to: to.clone(),
        at: NOW,
        by: id!(PersonId, 1),
        serials: serials.iter().map(|serial| (*serial).to_owned()).collect(),
    };
    let both = ["IN1", "OUT1"];
    assert_eq!(
        asset.hand_over(step(&owner, &van, &["IN1"])),
        Err(CustodyError::SerialMissing { serial: "OUT1".into() })
    );
    assert_eq!(
        asset.hand_over(step(&owner, &van, &["IN1", "OUT1", "X"])),
        Err(CustodyError::ForeignSerial { serial: "X".into() })
    );
    assert_eq!(
        asset.hand_over(step(&depot, &van, &both)),
        Err(CustodyError::HeldByAnother { holder: owner.clone() })
    );
    assert!(asset.hand_over(step(&owner, &recycler, &both)).is_err(), "never past the van");
    assert!(asset.custody.is_empty(), "a refusal leaves no trace");

    asset.hand_over(step(&owner, &van, &both)).unwrap();
    asset.hand_over(step(&van, &owner, &both)).unwrap();
    for (from, to) in [(&owner, &van), (&van, &depot), (&depot, &recycler)] {
        asset.hand_over(step(from, to, &both)).unwrap();
    }
    assert_eq!(asset.holder(), Some(recycler.clone()));
    let back = asset.hand_over(step(&recycler, &depot, &both)).unwrap_err();
    assert!(back.words().zh.contains("样例回收"), "nothing returns from the recycler");
}

#[test]
fn months_read_and_print() {
    let month: YearMonth = "2019-12".parse().unwrap();
    assert_eq!(month.to_string(), "2019-12");
    assert_eq!(month.next().first_day(), date(2020, 1, 1));
    assert_eq!(month.last_day(), date(2019, 12, 31));
    for bad in ["2019", "2019-13", "2019-00", "19-12", "2019-1", "2019-012", "+019-01", "-1"] {
        assert!(bad.parse::<YearMonth>().is_err(), "{bad}");
    }
}

fn terms() -> OrderTerms {
    OrderTerms {
        order: id!(OrderId, 1),
        work_order: id!(WorkOrderId, 2),
        site: id!(SiteId, 3),
        parties: Parties {
            buyer: id!(CustomerId, 4),
            payer: Relation::Buyer,
            applicant: Relation::Buyer,
            recipient: Relation::Family,
        },
        quote: id!(QuoteId, 5),
        quote_hash: "ab".repeat(32),
        totals: Totals { certain: Fen(540_600), if_approved: Fen(459_615) },
        if_refused: SubsidyChoice::CancelFree,
        old: Some(Machine {
            asset: Some(id!(AssetId, 6)),
            category: "fridge".into(),
            category_words: Words::new("冰箱", "refrigerator"),
            model: "BX-200".into(),
            gtin: "2000000000015".into(),
            serials: vec!["SN00123456".into()],
        }),
        new: vec![Machine {
            asset: None,
            category: "washer".into(),
            category_words: Words::new("洗衣机", "washing machine"),
            model: "XY-10".into(),
            gtin: "2000000000022".into(),
            serials: vec![],
        }],
        removal: RemovalMode::OneVisit,
        slot: Slot {
            start: UtcMs::shanghai_midnight(date(2026, 7, 16)).plus_ms(8 * 60 * UtcMs::MINUTE),
            end: UtcMs::shanghai_midnight(date(2026, 7, 16)).plus_ms(10 * 60 * UtcMs::MINUTE),
        },
        binding_until: UtcMs::shanghai_midnight(date(2026, 7, 20)),
        free_until_loading: true,
        reservations: vec![],
        sentence: Words::default(),
    }
    .with_sentence()
}

fn strokes() -> Vec<Stroke> {
    let point = |x, y, t| StrokePoint { x, y, t };
    vec![Stroke(vec![point(100, 200, 0), point(4_000, 900, 40)])]
}

fn signed() -> SignedOrder {
    let at = UtcMs::shanghai_midnight(date(2026, 7, 15));
    SignedOrder::sign(terms(), "王小明", Relation::Buyer, strokes(), at).unwrap()
}

#[test]
fn the_sentence_above_the_line_says_everything_in_both_languages() {
    let sentence = terms().sentence;
    for needed in [
        "洗衣机 XY-10",
        "冰箱 BX-200（机身码尾号 123456）",
        "同一次上门",
        "确定应付 ¥5,406.00",
        "¥4,596.15",
        "免费取消",
        "2026-07-16 08:00–10:00",
        "2026-07-20 00:00:00",
        "重新签字",
    ] {
        assert!(sentence.zh.contains(needed), "{needed} in {}", sentence.zh);
    }
    for needed in ["washing machine XY-10", "¥5,406.00", "¥4,596.15", "one visit", "cancel free"]
    {
        assert!(sentence.en.contains(needed), "{needed} in {}", sentence.en);
    }
    let mut payout = terms();
    payout.totals = Totals { certain: Fen(-8_000), if_approved: Fen(-8_000) };
    let sentence = payout.binding_sentence();
    assert!(sentence.zh.contains("商家付给我 ¥80.00") && !sentence.zh.contains("补贴"));
}

/// Every way to change one leaf of a JSON value, with the path of the leaf.
fn changed_leaves(value: &Value) -> Vec<(String, Value)> {
    match value {
        Value::Object(map) => map
            .iter()
            .flat_map(|(key, inner)| {
                changed_leaves(inner).into_iter().map(move |(path, changed)| {
                    let mut whole = map.clone();
                    whole.insert(key.clone(), changed);
                    (format!("{key}.{path}"), Value::Object(whole))
                })
            })
            .collect(),
        Value::Array(list) => list
            .iter()
            .enumerate()
            .flat_map(|(at, inner)| {
                changed_leaves(inner).into_iter().map(move |(path, changed)| {
                    let mut whole = list.clone();
                    whole[at] = changed;
                    (format!("{at}.{path}"), Value::Array(whole))
                })
            })
            .collect(),
        Value::Number(number) => {
            vec![(String::new(), Value::from(number.as_i64().unwrap() + 1))]
        }
        Value::Bool(flag) => vec![(String::new(), Value::from(!flag))],
        Value::String(text) => {
            let other = match text.as_str() {
                "self" => "proxy".to_owned(),
                "family" => "self".to_owned(),
                "cancel_free" => "go_on".to_owned(),
                "one_visit" => "separate".to_owned(),
                uuid if uuid.len() == 36 => "018f3f6e-0000-7000-8000-000000000001".to_owned(),
                plain => format!("{plain}!"),
            };
            vec![(String::new(), Value::from(other))]
        }
        Value::Null => vec![],
    }
}

#[test]
fn a_change_of_any_field_voids_the_signature() {
    let signed = signed();
    let leaves = changed_leaves(&serde_json::to_value(&signed.terms).unwrap());
    assert!(leaves.len() >= 25, "the walk reaches every field: {}", leaves.len());
    for (path, changed) in leaves {
        let terms: OrderTerms = serde_json::from_value(changed).unwrap();
        let forged = SignedOrder { terms, signature: signed.signature.clone() };
        assert_ne!(forged.check(), Ok(()), "{path} is covered by the signature");
    }
    let mut without = signed.clone();
    without.terms.old = None;
    assert_eq!(without.check(), Err(SignatureError::TermsChanged));
    let mut one_more = signed;
    one_more.terms.new.push(one_more.terms.new[0].clone());
    assert_eq!(one_more.check(), Err(SignatureError::TermsChanged));
}

/// Computed apart from this code, from the description at `OrderTerms::digest`.
#[test]
fn the_digest_does_not_change_with_the_code() {
    let mut terms = terms();
    terms.sentence = Words::new("句", "sentence");
    assert_eq!(
        terms.digest(),
        "21ff05cf6664e14fa023d026f0cf7f5d62129665aebc45058a2f4242593264d4",
        "signatures already given rest on these bytes"
    );
}

#[test]
fn no_fields_run_into_each_other() {
    let (mut one, mut two) = (terms(), terms());
    one.new[0].serials = vec!["AB".into(), "C".into()];
    two.new[0].serials = vec!["A".into(), "BC".into()];
    assert_ne!(one.digest(), two.digest());
    two.new[0].serials = vec!["AB\nserial:1:C".into()];
    assert_ne!(one.digest(), two.digest());
}

#[test]
fn a_signature_needs_name_stroke_and_time() {
    let at = UtcMs::shanghai_midnight(date(2026, 7, 15));
    let sign = |name: &str, strokes, at| {
        SignedOrder::sign(terms(), name, Relation::Family, strokes, at).map(|_| ())
    };
    assert_eq!(sign(" ", strokes(), at), Err(SignatureError::NoName));
    assert_eq!(sign("王", vec![], at), Err(SignatureError::NoStroke));
    let dot = vec![Stroke(vec![StrokePoint { x: 1, y: 1, t: 0 }])];
    assert_eq!(sign("王", dot, at), Err(SignatureError::NoStroke));
    let until = terms().binding_until;
    assert_eq!(sign("王", strokes(), until), Ok(()));
    assert_eq!(sign("王", strokes(), until.plus_ms(1)), Err(SignatureError::Expired));
}

#[test]
fn any_change_of_amount_needs_a_new_signature() {
    let order = signed();
    let same = order.terms.totals;
    assert!(signature_stands(&order, &same));
    assert_eq!(amount_change(&order, &same), None);
    let dearer = Totals { certain: Fen(552_600), if_approved: Fen(471_615) };
    assert!(!signature_stands(&order, &dearer));
    let change = amount_change(&order, &dearer).unwrap();
    assert_eq!(change.words().zh, "金额已变 +¥120.00，请重新签字");
    let only_subsidy = Totals { if_approved: Fen(459_614), ..same };
    assert!(!signature_stands(&order, &only_subsidy), "both totals are signed");
    assert!(amount_change(&order, &only_subsidy).unwrap().words().zh.contains("−¥0.01"));
}

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

fn payment(amount: Fen, purpose: PaymentPurpose) -> Payment {
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
