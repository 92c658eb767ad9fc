//! Who works where, what each may see and what each may write.
//!
//! The tree is HQ → dealer → store; every person belongs to one unit. Access hangs on the tree:
//! [`access`] names the buckets a person's device receives, [`crate::rights`] what it may write.

use serde::{Deserialize, Serialize};
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};
use thiserror::Error;

use crate::{
    id::{OrgId, PersonId},
    time::Date,
    words::Words,
};

/// The level of an organisation unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum OrgKind {
    /// Headquarters, the single root.
    Hq,
    /// A dealer (经销商), directly under HQ.
    Dealer,
    /// A store (门店), under a dealer or directly under HQ.
    Store,
}

/// One unit of the organisation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct OrgUnit {
    /// Identity.
    pub id: OrgId,
    /// Level.
    pub kind: OrgKind,
    /// Display name.
    pub name: String,
    /// The unit above; absent for HQ only.
    #[serde(default)]
    pub parent: Option<OrgId>,
    /// Region code that price and subsidy scopes refer to.
    #[serde(default)]
    pub region: String,
}

/// What a member of staff does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Works at the customer's door.
    Engineer,
    /// Works at the counter of a store.
    Clerk,
    /// Plans visits and decides what must be decided.
    Coordinator,
}

impl Role {
    /// The role in both languages.
    pub fn words(self) -> Words {
        match self {
            Role::Engineer => Words::new("工程师", "Engineer"),
            Role::Clerk => Words::new("店员", "Clerk"),
            Role::Coordinator => Words::new("调度员", "Coordinator"),
        }
    }
}

/// A permit that some work demands by law.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum CertificateKind {
    /// Work at height (高处作业).
    Height,
    /// Low-voltage electrical work (低压电工作业).
    Electrician,
    /// Gas appliance installation and repair (燃气器具安装维修).
    Gas,
    /// Welding and hot work (焊接与热切割作业).
    HotWork,
    /// Refrigeration and air-conditioning work (制冷与空调作业).
    Refrigeration,
}

impl CertificateKind {
    /// The certificate in both languages.
    pub fn words(self) -> Words {
        match self {
            CertificateKind::Height => Words::new("高处作业证", "Work at height certificate"),
            CertificateKind::Electrician => Words::new("电工证", "Electrician certificate"),
            CertificateKind::Gas => Words::new("燃气证", "Gas certificate"),
            CertificateKind::HotWork => Words::new("动火（焊接）证", "Hot work certificate"),
            CertificateKind::Refrigeration => Words::new("制冷作业证", "Refrigeration certificate"),
        }
    }
}

/// A certificate that a person holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Certificate {
    /// What it permits.
    pub kind: CertificateKind,
    /// Last day of validity.
    #[cfg_attr(feature = "ts", ts(type = "string"))]
    pub valid_until: Date,
}

/// A member of staff.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Person {
    /// Identity.
    pub id: PersonId,
    /// The unit the person works for.
    pub org: OrgId,
    /// Name as colleagues and customers know it.
    pub name: String,
    /// What the person does.
    pub role: Role,
    /// Certificates, expired ones included.
    #[serde(default)]
    pub certificates: Vec<Certificate>,
    /// Last working day; from the next day the person sees and writes nothing.
    #[serde(default)]
    #[cfg_attr(feature = "ts", ts(type = "string | null"))]
    pub left_on: Option<Date>,
}

impl Person {
    /// Whether the person holds `kind`, valid on `day`.
    pub fn holds(&self, kind: CertificateKind, day: Date) -> bool {
        self.certificates.iter().any(|held| held.kind == kind && day <= held.valid_until)
    }

    /// Which of the demanded certificates the person lacks on `day`.
    pub fn lacks(
        &self,
        demanded: &BTreeSet<CertificateKind>,
        day: Date,
    ) -> BTreeSet<CertificateKind> {
        demanded.iter().copied().filter(|kind| !self.holds(*kind, day)).collect()
    }

    /// Whether the person still works here on `day`.
    pub fn is_active(&self, day: Date) -> bool {
        self.left_on.is_none_or(|last| day <= last)
    }
}

/// Why a list of units is not an organisation.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum OrgError {
    /// There must be one HQ without a parent.
    #[error("the organisation needs exactly one HQ at its root")]
    Root,
    /// The same unit is listed twice.
    #[error("unit {0} is listed twice")]
    Twice(OrgId),
    /// A unit hangs under nothing known, or under a unit that may not have it below.
    #[error("unit {0} does not fit under its parent")]
    Misplaced(OrgId),
}

/// The organisation: every unit under one HQ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrgTree {
    units: BTreeMap<OrgId, OrgUnit>,
}

impl OrgTree {
    /// Checks that the units form a tree HQ → dealer → store.
    ///
    /// Levels fall strictly from parent to child, so no cycle can pass.
    pub fn new(list: impl IntoIterator<Item = OrgUnit>) -> Result<OrgTree, OrgError> {
        let mut units = BTreeMap::new();
        for unit in list {
            let id = unit.id;
            if units.insert(id, unit).is_some() {
                return Err(OrgError::Twice(id));
            }
        }
        let roots = units.values().filter(|unit| unit.kind == OrgKind::Hq).count();
        if roots != 1 {
            return Err(OrgError::Root);
        }
        for unit in units.values() {
            let parent = unit.parent.and_then(|id| units.get(&id)).map(|above| above.kind);
            let fits = match (unit.kind, parent) {
                (OrgKind::Hq, None) => unit.parent.is_none(),
                (OrgKind::Dealer, Some(OrgKind::Hq)) => true,
                (OrgKind::Store, Some(OrgKind::Hq | OrgKind::Dealer)) => true,
                _ => false,
            };
            if !fits {
                return Err(OrgError::Misplaced(unit.id));
            }
        }
        Ok(OrgTree { units })
    }

    /// One unit.
    pub fn unit(&self, id: OrgId) -> Option<&OrgUnit> {
        self.units.get(&id)
    }

    /// Every unit, by identity.
    pub fn units(&self) -> impl Iterator<Item = &OrgUnit> {
        self.units.values()
    }

    /// Whether `id` is `above` or lies under it.
    pub fn is_within(&self, id: OrgId, above: OrgId) -> bool {
        let mut at = Some(id);
        while let Some(here) = at {
            if here == above {
                return self.units.contains_key(&above);
            }
            at = self.units.get(&here).and_then(|unit| unit.parent);
        }
        false
    }

    /// The stores at or below a unit.
    pub fn stores_within(&self, above: OrgId) -> BTreeSet<OrgId> {
        self.units
            .values()
            .filter(|unit| unit.kind == OrgKind::Store && self.is_within(unit.id, above))
            .map(|unit| unit.id)
            .collect()
    }
}

/// The unit of access: HQ publishes every record into buckets, and a device syncs the buckets its
/// person may see. A record may lie in several (a visit: the store's and each crew member's).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(transparent)]
pub struct Bucket(pub String);

impl Bucket {
    /// What every enrolled device may see: reference rows without personal data.
    pub fn all() -> Bucket {
        Bucket("all".to_owned())
    }

    /// Everything of one store, customers included.
    pub fn store(id: OrgId) -> Bucket {
        Bucket(format!("store:{id}"))
    }

    /// Warranty cards and machines of one store, without customers: what an engineer needs to
    /// look up a machine nobody planned.
    pub fn cards(store: OrgId) -> Bucket {
        Bucket(format!("cards:{store}"))
    }

    /// What only the coordinators responsible for a unit see.
    pub fn desk(org: OrgId) -> Bucket {
        Bucket(format!("desk:{org}"))
    }

    /// The work given to one person.
    pub fn person(id: PersonId) -> Bucket {
        Bucket(format!("person:{id}"))
    }
}

impl fmt::Display for Bucket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The buckets a person's device may receive on `day`; nothing once the person has left, or when
/// the person's unit is unknown.
///
/// An engineer sees the own work and the cards of the stores within the own unit; a clerk and a
/// coordinator see the stores within theirs, a coordinator also what waits for the desks of every
/// unit within.
pub fn access(person: &Person, tree: &OrgTree, day: Date) -> BTreeSet<Bucket> {
    let mut buckets = BTreeSet::new();
    if !person.is_active(day) || tree.unit(person.org).is_none() {
        return buckets;
    }
    buckets.insert(Bucket::all());
    buckets.insert(Bucket::person(person.id));
    for store in tree.stores_within(person.org) {
        buckets.insert(Bucket::cards(store));
        if person.role != Role::Engineer {
            buckets.insert(Bucket::store(store));
        }
    }
    if person.role == Role::Coordinator {
        let within = tree.units().filter(|unit| tree.is_within(unit.id, person.org));
        buckets.extend(within.map(|unit| Bucket::desk(unit.id)));
    }
    buckets
}
