//! A sale as the oracle sees it, and the JSON that asks the engine for its quote.

use serde_json::{Value, json};

/// Positions in [`Customer::parties`].
pub(crate) const BUYER: usize = 0;
pub(crate) const PAYER: usize = 1;
pub(crate) const APPLICANT: usize = 2;
pub(crate) const RECIPIENT: usize = 3;
pub(crate) const SELLER: usize = 4;

/// The roles as the request names them.
const ROLES: [&str; 6] = ["buyer", "payer", "applicant", "recipient", "seller", "signer"];

#[derive(Debug, Clone)]
pub(crate) struct Customer {
    pub(crate) company: bool,
    pub(crate) rural: bool,
    /// Who plays each role; "unknown" where nobody has asked.
    pub(crate) parties: [&'static str; 6],
    pub(crate) used: Vec<Used>,
    pub(crate) entitlements: Vec<Entitlement>,
}

/// What was received before.
#[derive(Debug, Clone)]
pub(crate) struct Used {
    pub(crate) quota: &'static str,
    pub(crate) group: &'static str,
    pub(crate) pieces: u32,
    pub(crate) fen: i64,
}

#[derive(Debug, Clone)]
pub(crate) struct Entitlement {
    pub(crate) quota: &'static str,
    pub(crate) group: &'static str,
    pub(crate) state: &'static str,
    pub(crate) expires: Option<String>,
}

#[derive(Debug, Clone)]
pub(crate) struct NewMachine {
    pub(crate) line: &'static str,
    /// Asked for by its number; the other fields say what the catalogue holds under it.
    pub(crate) sku: Option<&'static str>,
    pub(crate) category: &'static str,
    pub(crate) sub: &'static str,
    pub(crate) gtin: &'static str,
    pub(crate) grade: Option<u8>,
    pub(crate) list: i64,
    pub(crate) discounts: Vec<(&'static str, i64)>,
}

impl NewMachine {
    /// List price less every discount, in fen.
    pub(crate) fn final_price(&self) -> i64 {
        self.list - self.discounts.iter().map(|(_, fen)| fen).sum::<i64>()
    }
}

/// A medium old machine and at most one fault.
#[derive(Debug, Clone)]
pub(crate) struct OldMachine {
    pub(crate) line: &'static str,
    pub(crate) category: &'static str,
    pub(crate) months: u32,
    pub(crate) fault: Fault,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    None,
    /// Does not switch on; the photo was taken.
    Dead,
    /// Rusted; the photo was taken.
    Rust,
    /// Rusted, but nobody took the photo.
    RustUnproven,
}

#[derive(Debug, Clone)]
pub(crate) struct Sale {
    pub(crate) day: String,
    pub(crate) region: &'static str,
    pub(crate) customer: Customer,
    pub(crate) new: Vec<NewMachine>,
    pub(crate) old: Vec<OldMachine>,
    pub(crate) deposits: Vec<i64>,
    /// Whether dismantling the first old machine is charged for (on a visit of its own).
    pub(crate) dismantle: bool,
}

impl Sale {
    /// The request for this sale.
    pub(crate) fn request(&self) -> Value {
        let customer = &self.customer;
        let parties: serde_json::Map<String, Value> = ROLES
            .iter()
            .zip(customer.parties)
            .map(|(role, who)| ((*role).to_owned(), json!(who)))
            .collect();
        let used: Vec<Value> = customer
            .used
            .iter()
            .map(|u| json!({ "quota": u.quota, "group": u.group, "quantity": u.pieces, "amount": u.fen }))
            .collect();
        let entitlements: Vec<Value> = customer
            .entitlements
            .iter()
            .map(|e| {
                json!({ "quota": e.quota, "group": e.group, "state": e.state, "expires": e.expires })
            })
            .collect();
        let deposits: Vec<Value> = self
            .deposits
            .iter()
            .enumerate()
            .map(|(place, fen)| json!({ "reference": format!("d{place}"), "amount": fen }))
            .collect();
        let first_old = self.old.first().filter(|_| self.dismantle);
        let fees: Vec<Value> = first_old
            .map(|old| json!({ "line": old.line, "rule": "move.dismantle" }))
            .into_iter()
            .collect();
        json!({
            "sale_day": self.day,
            "place": { "region": self.region },
            "customer": {
                "kind": if customer.company { "legal" } else { "natural" },
                "rural": customer.rural,
                "parties": parties,
                "prior_uses": used,
                "entitlements": entitlements,
            },
            "new": self.new.iter().map(new_machine).collect::<Vec<_>>(),
            "old": self.old.iter().map(old_machine).collect::<Vec<_>>(),
            "fees": fees,
            "removal": if self.old.is_empty() { Value::Null } else { json!("separate") },
            "deposits": deposits,
        })
    }
}

fn new_machine(machine: &NewMachine) -> Value {
    let discounts: Vec<Value> = machine
        .discounts
        .iter()
        .map(|(kind, fen)| json!({ "kind": kind, "amount": fen }))
        .collect();
    match machine.sku {
        Some(sku) => json!({ "line": machine.line, "sku": sku, "discounts": discounts }),
        None => json!({
            "line": machine.line,
            "facts": {
                "category": machine.category,
                "sub": machine.sub,
                "gtin": machine.gtin,
                "energy_grade": machine.grade,
                "list_fen": machine.list,
            },
            "discounts": discounts,
        }),
    }
}

fn old_machine(machine: &OldMachine) -> Value {
    let faults = match machine.fault {
        Fault::None => json!([]),
        Fault::Dead => json!([{ "code": "not_working", "photos": ["defect"] }]),
        Fault::Rust => json!([{ "code": "rust", "photos": ["front", "defect"] }]),
        Fault::RustUnproven => json!([{ "code": "rust", "photos": ["front"] }]),
    };
    json!({
        "line": machine.line,
        "category": machine.category,
        "size": "m",
        "age_months": machine.months,
        "faults": faults,
    })
}
