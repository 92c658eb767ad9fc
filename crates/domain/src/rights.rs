//! The single table of who may write what. HQ consults it on every push and every claim; whatever
//! it does not name is refused.

use crate::{claim::ClaimKind, facts::DocKind, org::Role, task::Remedy};

enum Keys {
    Any,
    Only(&'static [&'static str]),
}

struct Right {
    kind: DocKind,
    section: &'static str,
    keys: Keys,
    roles: &'static [Role],
}

const fn right(kind: DocKind, section: &'static str, roles: &'static [Role]) -> Right {
    Right { kind, section, keys: Keys::Any, roles }
}

const FIELD: &[Role] = &[Role::Engineer];
const DESK: &[Role] = &[Role::Coordinator];
/// Clerk and coordinator.
const COUNTER: &[Role] = &[Role::Clerk, Role::Coordinator];
const HANDS: &[Role] = &[Role::Engineer, Role::Clerk];
const STAFF: &[Role] = &[Role::Engineer, Role::Clerk, Role::Coordinator];

const CONTACT_KEYS: Keys = Keys::Only(&["name", "phone", "phone2", "address", "call_before"]);
const SITE_KEYS: Keys = Keys::Only(&[
    "floor",
    "lift",
    "narrowest_turn_mm",
    "gas",
    "gas_converted_on",
    "circuit_amps",
    "access",
]);
const IDENTITY_KEYS: Keys = Keys::Only(&[
    "category",
    "subtype",
    "brand",
    "model",
    "gtin",
    "nameplate_month",
    "installed_on",
    "purchased_on",
    "commercial",
]);

/// Schedule, prices, serial claims and status stand in no row here: they are HQ's, reached by
/// claims only. The section `about` is fixed when a document is created, so nobody writes it.
const RIGHTS: &[Right] = &[
    right(DocKind::WorkOrder, "steps", FIELD),
    right(DocKind::WorkOrder, "events", FIELD),
    right(DocKind::WorkOrder, "fit", HANDS),
    right(DocKind::WorkOrder, "notes", STAFF),
    right(DocKind::WorkOrder, "photos", HANDS),
    Right { kind: DocKind::WorkOrder, section: "contact", keys: CONTACT_KEYS, roles: STAFF },
    Right { kind: DocKind::WorkOrder, section: "site", keys: SITE_KEYS, roles: STAFF },
    right(DocKind::WorkOrder, "lost", HANDS),
    right(DocKind::WorkOrder, "review", DESK),
    Right { kind: DocKind::Asset, section: "identity", keys: IDENTITY_KEYS, roles: HANDS },
    right(DocKind::Asset, "components", HANDS),
    right(DocKind::Asset, "custody", HANDS),
    right(DocKind::Asset, "checks", FIELD),
    right(DocKind::Asset, "readings", FIELD),
    right(DocKind::Asset, "faults", FIELD),
    right(DocKind::Asset, "notes", STAFF),
    right(DocKind::Asset, "photos", HANDS),
    right(DocKind::Card, "repairs", FIELD),
    right(DocKind::Card, "notes", STAFF),
    right(DocKind::Card, "photos", HANDS),
];

/// Whether `role` may write `key` in `section` of a document of `kind`. Unnamed means no.
pub fn may_write(role: Role, kind: DocKind, section: &str, key: &str) -> bool {
    RIGHTS.iter().any(|row| {
        row.kind == kind
            && row.section == section
            && row.roles.contains(&role)
            && match row.keys {
                Keys::Any => !key.is_empty(),
                Keys::Only(names) => names.contains(&key),
            }
    })
}

/// Whether `role` may write a field about which people disagree, whoever writes it otherwise: the
/// decision on a conflict is an edit made in knowledge of every rival value.
pub fn may_settle(role: Role) -> bool {
    COUNTER.contains(&role)
}

/// Whether `key` in `section` of a document of `kind` is anybody's to write. What HQ takes in on a
/// coordinator's word keeps within this.
pub fn is_writable(kind: DocKind, section: &str, key: &str) -> bool {
    STAFF.iter().any(|role| may_write(*role, kind, section, key))
}

/// Whether `role` may send a claim of `kind`. HQ still judges the claim itself.
pub fn may_claim(role: Role, kind: ClaimKind) -> bool {
    let roles: &[Role] = match kind {
        ClaimKind::OrderFile
        | ClaimKind::CardIssue
        | ClaimKind::LoanerIssue
        | ClaimKind::LoanerReturn
        | ClaimKind::LeaseTake
        | ClaimKind::LeaseRenew
        | ClaimKind::LeaseReturn => HANDS,
        ClaimKind::OrderCancel
        | ClaimKind::PaymentRecord
        | ClaimKind::LeadSave
        | ClaimKind::VisitReschedule => STAFF,
        ClaimKind::VisitEnd => FIELD,
        ClaimKind::TaskDecide => COUNTER,
        ClaimKind::VisitPlan | ClaimKind::QuarantineHandle => DESK,
    };
    roles.contains(&role)
}

/// Whether `role` may decide a task in this way. What costs the merchant money, or moves another
/// person's work, is the coordinator's.
pub fn may_decide(role: Role, remedy: Remedy) -> bool {
    match remedy {
        Remedy::Honour | Remedy::Accept | Remedy::Reject | Remedy::Reassign => DESK.contains(&role),
        _ => COUNTER.contains(&role),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_no_row_names_is_refused() {
        assert!(may_write(Role::Engineer, DocKind::Asset, "checks", "gas.smell"));
        assert!(!may_write(Role::Clerk, DocKind::Asset, "checks", "gas.smell"));
        assert!(!may_write(Role::Coordinator, DocKind::WorkOrder, "status", "state"));
        assert!(may_write(Role::Clerk, DocKind::WorkOrder, "contact", "phone"));
        assert!(!may_write(Role::Clerk, DocKind::WorkOrder, "contact", "price"));
        assert!(!may_write(Role::Engineer, DocKind::WorkOrder, "notes", ""));
        assert!(!may_write(Role::Engineer, DocKind::Card, "checks", "x"));
        assert!(is_writable(DocKind::WorkOrder, "review", "p1"), "a coordinator's");
        assert!(!is_writable(DocKind::WorkOrder, "contact", "price"));
        assert!(!is_writable(DocKind::Asset, "about", "id"));
    }

    #[test]
    fn every_section_but_about_has_a_writer_and_no_row_is_for_another() {
        for kind in [DocKind::WorkOrder, DocKind::Asset, DocKind::Card] {
            for section in kind.sections() {
                let written = RIGHTS.iter().any(|row| row.kind == kind && row.section == *section);
                assert_eq!(written, *section != "about", "{kind:?} {section}");
            }
        }
        for row in RIGHTS {
            assert!(row.kind.sections().contains(&row.section), "{}", row.section);
        }
    }

    #[test]
    fn only_the_door_ends_a_visit_and_only_the_desk_decides() {
        assert!(may_claim(Role::Engineer, ClaimKind::VisitEnd));
        assert!(!may_claim(Role::Clerk, ClaimKind::VisitEnd));
        assert!(may_claim(Role::Coordinator, ClaimKind::TaskDecide));
        assert!(!may_claim(Role::Engineer, ClaimKind::TaskDecide));
        assert!(may_claim(Role::Coordinator, ClaimKind::VisitPlan));
        assert!(!may_claim(Role::Clerk, ClaimKind::VisitPlan), "it moves other people's work");
        assert!(may_settle(Role::Clerk) && !may_settle(Role::Engineer));
        assert!(!may_claim(Role::Clerk, ClaimKind::QuarantineHandle), "access is at stake");
        assert!(may_decide(Role::Clerk, Remedy::VoidCard));
        assert!(!may_decide(Role::Clerk, Remedy::Honour), "it costs the merchant money");
        assert!(may_decide(Role::Coordinator, Remedy::Honour));
        assert!(!may_decide(Role::Engineer, Remedy::CallCustomer));
    }
}
