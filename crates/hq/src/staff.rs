//! The organisation and its people: written from a TOML file, published to those who work there.

use std::collections::{BTreeMap, BTreeSet};

use doorstep_domain::{
    id::{OrgId, PersonId},
    org::{Bucket, Certificate, OrgKind, OrgTree, OrgUnit, Person, Role},
    time::{Date, UtcMs},
};
use doorstep_store::{error::StoreError, ledger::people};
use rusqlite::Connection;
use serde::Deserialize;
use thiserror::Error;

use crate::{
    home::Home,
    keys::KeyError,
    records::{self, derived_id, kind},
    store_keys,
};

/// Why a staff file is not taken.
#[derive(Debug, Error)]
pub enum StaffError {
    /// It is not the TOML that `docs/hq.md` describes.
    #[error("the staff file is not readable: {0}")]
    Unreadable(#[from] toml::de::Error),
    /// A unit or person names a unit that is neither in the file nor known.
    #[error("{who} names the unit {unit:?}, which there is not")]
    NoSuchUnit {
        /// The code of who names it.
        who: String,
        /// The code that is named.
        unit: String,
    },
    /// The units do not form HQ → dealer → store.
    #[error(transparent)]
    Organisation(#[from] doorstep_domain::org::OrgError),
    /// A store needs a key that cannot be certified.
    #[error(transparent)]
    Keys(#[from] KeyError),
    /// The ledger.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A staff file: who is not named in it stays as he or she is.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct StaffFile {
    #[serde(default)]
    unit: Vec<UnitEntry>,
    #[serde(default)]
    person: Vec<PersonEntry>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct UnitEntry {
    code: String,
    kind: OrgKind,
    name: String,
    parent: Option<String>,
    region: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct PersonEntry {
    code: String,
    unit: String,
    name: String,
    role: Role,
    #[serde(default)]
    certificates: Vec<Certificate>,
    left_on: Option<Date>,
}

/// Takes a staff file in and says how many units and people it named. Codes are the business's own
/// and stand for the same unit or person each time.
///
/// # Errors
/// [`StaffError`]; nothing is kept of a file that is refused, if the caller rolls back.
pub fn take_file(
    home: &Home,
    conn: &Connection,
    text: &str,
    now: UtcMs,
) -> Result<(usize, usize), StaffError> {
    let file: StaffFile = toml::from_str(text)?;
    let known: BTreeSet<OrgId> = people::units(conn)?.iter().map(|unit| unit.id).collect();
    let coded: BTreeMap<&str, OrgId> =
        file.unit.iter().map(|unit| (unit.code.as_str(), unit_id(&unit.code))).collect();
    let find = |who: &str, code: &str| {
        let id = coded.get(code).copied().unwrap_or_else(|| unit_id(code));
        let there = coded.contains_key(code) || known.contains(&id);
        there
            .then_some(id)
            .ok_or_else(|| StaffError::NoSuchUnit { who: who.to_owned(), unit: code.to_owned() })
    };
    let mut units = Vec::with_capacity(file.unit.len());
    for unit in &file.unit {
        let parent = unit.parent.as_deref().map(|code| find(&unit.code, code)).transpose()?;
        units.push(OrgUnit {
            id: unit_id(&unit.code),
            kind: unit.kind,
            name: unit.name.clone(),
            parent,
            region: unit.region.clone(),
        });
    }
    let mut persons = Vec::with_capacity(file.person.len());
    for person in file.person {
        persons.push(Person {
            id: PersonId(derived_id(&["person", &person.code])),
            org: find(&person.code, &person.unit)?,
            name: person.name,
            role: person.role,
            certificates: person.certificates,
            left_on: person.left_on,
        });
    }
    write(home, conn, &units, &persons, now)?;
    Ok((units.len(), persons.len()))
}

fn unit_id(code: &str) -> OrgId {
    OrgId(derived_id(&["unit", code]))
}

/// Writes and publishes units and people, and gives every store its key for provisional cards.
///
/// # Errors
/// [`StaffError`].
pub(crate) fn write(
    home: &Home,
    conn: &Connection,
    units: &[OrgUnit],
    persons: &[Person],
    now: UtcMs,
) -> Result<(), StaffError> {
    for unit in units {
        people::put_unit(conn, unit)?;
        records::put(conn, kind::ORG_UNIT, unit.id.0, &[Bucket::all()].into(), unit)?;
    }
    let tree = OrgTree::new(people::units(conn)?)?;
    for person in persons {
        people::put_person(conn, person)?;
        // Colleagues of the same stores may know each other's names.
        let buckets = tree.stores_within(person.org).into_iter().map(Bucket::cards).collect();
        records::put(conn, kind::PERSON, person.id.0, &buckets, person)?;
    }
    Ok(store_keys::ensure(home, conn, now)?)
}
