//! Units and people: who sees what, and which certificates hold.

use doorstep_domain::{
    id::*,
    org::{
        Bucket, Certificate, CertificateKind, OrgError, OrgKind, OrgTree, OrgUnit, Person, Role,
        access,
    },
};
use jiff::civil::date;
use std::collections::BTreeSet;

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
