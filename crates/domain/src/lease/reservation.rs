//! What a customer is told and signs: what is reserved and until when, and what HQ must confirm.

use serde::{Deserialize, Serialize};

use super::{Need, Resource};
use crate::{id::LeaseId, time::UtcMs, words::Words};

/// One thing an order takes, with the lease that guarantees it where there is one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Reservation {
    /// What of.
    pub resource: Resource,
    /// What the reference data calls it.
    #[serde(default)]
    pub name: Words,
    /// How much: pieces, visits or fen.
    pub amount: i64,
    /// The lease that holds it; absent where HQ must confirm.
    #[serde(default)]
    pub lease: Option<LeaseId>,
    /// HQ must have the order before this instant of its clock for the lease to count.
    #[serde(default)]
    pub until: Option<UtcMs>,
}

impl Reservation {
    /// A need without a lease.
    pub fn unconfirmed(need: Need) -> Reservation {
        let Need { resource, name, amount } = need;
        Reservation { resource, name, amount, lease: None, until: None }
    }

    /// A need with the lease that holds it.
    pub fn held(need: Need, lease: LeaseId, until: UtcMs) -> Reservation {
        Reservation { lease: Some(lease), until: Some(until), ..Reservation::unconfirmed(need) }
    }

    /// What is reserved, with its amount.
    pub fn what(&self) -> Words {
        self.resource.amount_words(&self.name, self.amount)
    }

    /// What, and whether it is reserved, as one line of a paper.
    pub fn sentence(&self) -> Words {
        let (what, standing) = (self.what(), self.standing());
        Words::new(format!("{}：{}", what.zh, standing.zh), format!("{}: {}", what.en, standing.en))
    }

    /// `已预留至 2026-07-15 12:30`, or that HQ must confirm.
    pub fn standing(&self) -> Words {
        match self.until {
            Some(until) => {
                let until = minutes(until);
                Words::new(
                    format!("已预留至 {until}，总部在此之前收到订单即保证"),
                    format!("reserved until {until}: guaranteed if HQ has the order by then"),
                )
            }
            None => Words::new("待总部确认", "to be confirmed by HQ"),
        }
    }
}

/// The sentences above the signature about what is reserved; empty where nothing is scarce.
pub fn reservation_words(reservations: &[Reservation]) -> Words {
    let (held, open): (Vec<_>, Vec<_>) = reservations.iter().partition(|one| one.until.is_some());
    let (mut zh, mut en) = (String::new(), String::new());
    if !held.is_empty() {
        let each = |one: &&Reservation| {
            let (what, until) = (one.what(), one.until.map(minutes).unwrap_or_default());
            Words::new(format!("{}（至 {until}）", what.zh), format!("{} (until {until})", what.en))
        };
        let list: Vec<Words> = held.iter().map(each).collect();
        zh.push_str(&format!(
            "已预留，总部在所示时间前收到本单即保证：{}。",
            join(&list, |one| &one.zh, "、")
        ));
        en.push_str(&format!(
            " Reserved, and guaranteed if HQ has this order by the time shown: {}.",
            join(&list, |one| &one.en, "; ")
        ));
    }
    if !open.is_empty() {
        let list: Vec<Words> = open.iter().map(|one| one.what()).collect();
        zh.push_str(&format!("待总部确认：{}。", join(&list, |one| &one.zh, "、")));
        en.push_str(&format!(" To be confirmed by HQ: {}.", join(&list, |one| &one.en, "; ")));
    }
    Words::new(zh, en)
}

fn join(list: &[Words], pick: impl Fn(&Words) -> &String, glue: &str) -> String {
    list.iter().map(|words| pick(words).as_str()).collect::<Vec<_>>().join(glue)
}

fn minutes(at: UtcMs) -> String {
    at.shanghai_text().chars().take(16).collect()
}
