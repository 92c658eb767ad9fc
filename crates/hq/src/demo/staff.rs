//! The sample organisation: HQ, a dealer, two stores and their people.

use doorstep_domain::{
    id::{OrgId, PersonId},
    org::{Certificate, CertificateKind, OrgKind, OrgUnit, Person, Role},
    time::{Date, UtcMs},
};
use rusqlite::Connection;

use crate::{
    home::Home,
    records::derived_id,
    staff::{self, StaffError},
};

/// Everybody there is.
pub(super) struct Staff {
    pub(super) root: OrgUnit,
    pub(super) stores: Vec<OrgUnit>,
    pub(super) people: Vec<Person>,
}

/// By store: engineers, then the clerk.
const NAMES: [([&str; 3], &str); 2] =
    [(["周晓琳", "陈志强", "马超"], "林静"), (["郭敏", "何伟", "曾帆"], "罗艳")];

/// Writes units and people, and publishes them.
pub(super) fn build(
    home: &Home,
    conn: &Connection,
    day: Date,
    now: UtcMs,
) -> Result<Staff, StaffError> {
    let root = unit(OrgKind::Hq, "样例总部", None, "CN");
    let dealer = unit(OrgKind::Dealer, "样例经销商", Some(root.id), "CN-31");
    let stores = vec![
        unit(OrgKind::Store, "样例一店", Some(dealer.id), "CN-31"),
        unit(OrgKind::Store, "样例二店", Some(dealer.id), "CN-31"),
    ];
    let mut people = vec![person("沈婷", dealer.id, Role::Coordinator, day)];
    for (store, (engineers, clerk)) in stores.iter().zip(NAMES) {
        people.extend(engineers.iter().map(|name| person(name, store.id, Role::Engineer, day)));
        people.push(person(clerk, store.id, Role::Clerk, day));
    }
    let mut units = vec![root.clone(), dealer];
    units.extend(stores.iter().cloned());
    staff::write(home, conn, &units, &people, now)?;
    Ok(Staff { root, stores, people })
}

fn unit(kind: OrgKind, name: &str, parent: Option<OrgId>, region: &str) -> OrgUnit {
    let id = OrgId(derived_id(&["demo unit", name]));
    OrgUnit { id, kind, name: name.to_owned(), parent, region: region.to_owned() }
}

fn person(name: &str, org: OrgId, role: Role, day: Date) -> Person {
    let next_year = Date::new(day.year().saturating_add(1), day.month(), 1).unwrap_or(day);
    let certificates = if role == Role::Engineer {
        [CertificateKind::Electrician, CertificateKind::Refrigeration]
            .map(|kind| Certificate { kind, valid_until: next_year })
            .to_vec()
    } else {
        Vec::new()
    };
    let id = PersonId(derived_id(&["demo person", name]));
    Person { id, org, name: name.to_owned(), role, certificates, left_on: None }
}
