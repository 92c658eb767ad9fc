//! A machine, whoever owns it: components with serials, dates, and who has held it.

use serde::{Deserialize, Serialize};
use std::{collections::BTreeSet, fmt, str::FromStr};
use thiserror::Error;

use crate::{
    facts::{FactView, Scalar},
    id::{AssetId, CustomerId, OrgId, PersonId, SiteId},
    time::{Date, UtcMs},
    words::Words,
};

/// A calendar month, as nameplates state it: `2019-08`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(feature = "ts", ts(type = "string"))]
#[serde(try_from = "String", into = "String")]
pub struct YearMonth {
    first: Date,
}

/// Text that is no month.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("not a month (YYYY-MM): {0}")]
pub struct NotAMonth(pub String);

impl YearMonth {
    /// The month of a day.
    pub fn of(day: Date) -> YearMonth {
        YearMonth { first: day.first_of_month() }
    }

    /// Its first day.
    pub fn first_day(self) -> Date {
        self.first
    }

    /// Its last day.
    pub fn last_day(self) -> Date {
        self.first.last_of_month()
    }

    /// The month after; the last month jiff can hold stays where it is.
    pub fn next(self) -> YearMonth {
        self.last_day().tomorrow().map_or(self, YearMonth::of)
    }
}

impl fmt::Display for YearMonth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.first.year(), self.first.month())
    }
}

impl FromStr for YearMonth {
    type Err = NotAMonth;
    fn from_str(text: &str) -> Result<YearMonth, NotAMonth> {
        let bad = || NotAMonth(text.to_owned());
        let (year, month) = text.split_once('-').ok_or_else(bad)?;
        let digits =
            |part: &str, len| part.len() == len && part.bytes().all(|b| b.is_ascii_digit());
        if !digits(year, 4) || !digits(month, 2) {
            return Err(bad());
        }
        let year = year.parse().map_err(|_| bad())?;
        let month = month.parse().map_err(|_| bad())?;
        Date::new(year, month, 1).map(|first| YearMonth { first }).map_err(|_| bad())
    }
}

impl TryFrom<String> for YearMonth {
    type Error = NotAMonth;
    fn try_from(text: String) -> Result<YearMonth, NotAMonth> {
        text.parse()
    }
}

impl From<YearMonth> for String {
    fn from(month: YearMonth) -> String {
        month.to_string()
    }
}

/// A part of a machine that carries its own serial number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Component {
    /// Which part, by the catalogue's name: `body`, `indoor`, `outdoor`, …
    pub part: String,
    /// Its serial number; absent while nobody could read it.
    #[serde(default)]
    pub serial: Option<String>,
}

/// Who holds a machine.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Holder {
    /// A customer.
    Customer(CustomerId),
    /// A store.
    Store(OrgId),
    /// A van, by its plate.
    Van(String),
    /// A depot, by name.
    Depot(String),
    /// A recycler, by name. What reaches it never comes back.
    Recycler(String),
}

impl Holder {
    /// The holder in both languages, without naming a customer.
    pub fn words(&self) -> Words {
        match self {
            Holder::Customer(_) => Words::new("客户", "Customer"),
            Holder::Store(_) => Words::new("门店", "Store"),
            Holder::Van(plate) => Words::new(format!("货车 {plate}"), format!("Van {plate}")),
            Holder::Depot(name) => Words::new(format!("仓库 {name}"), format!("Depot {name}")),
            Holder::Recycler(name) => {
                Words::new(format!("回收企业 {name}"), format!("Recycler {name}"))
            }
        }
    }

    /// Whether goods may go straight from here to `to`: customer → van → depot → recycler, and
    /// back to a customer from anywhere but the recycler (a cancelled trade-in is returned).
    fn may_hand_to(&self, to: &Holder) -> bool {
        match (self, to) {
            (Holder::Recycler(_), _) | (Holder::Customer(_), Holder::Recycler(_)) => false,
            (from, into) => from != into,
        }
    }
}

/// One hand-over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct HandOver {
    /// Who had it.
    pub from: Holder,
    /// Who has it now.
    pub to: Holder,
    /// When.
    pub at: UtcMs,
    /// Who recorded it.
    pub by: PersonId,
    /// The serials that were read at the hand-over.
    pub serials: BTreeSet<String>,
}

/// Why a hand-over is refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum CustodyError {
    /// Somebody else holds the machine.
    #[error("the machine is with \"{}\"", .holder.words().en)]
    HeldByAnother {
        /// Who holds it.
        holder: Holder,
    },
    /// The way is not allowed.
    #[error("it cannot go from \"{}\" to \"{}\"", .from.words().en, .to.words().en)]
    NotAllowed {
        /// From whom.
        from: Holder,
        /// To whom.
        to: Holder,
    },
    /// A serial was read that the machine does not have.
    #[error("serial {serial} does not belong to this machine")]
    ForeignSerial {
        /// The serial.
        serial: String,
    },
    /// A component with a known serial was not handed over.
    #[error("serial {serial} was not scanned")]
    SerialMissing {
        /// The serial.
        serial: String,
    },
}

impl CustodyError {
    /// The refusal in both languages.
    pub fn words(&self) -> Words {
        let zh = match self {
            CustodyError::HeldByAnother { holder } => {
                format!("机器现由“{}”保管", holder.words().zh)
            }
            CustodyError::NotAllowed { from, to } => {
                format!("不能从“{}”交到“{}”", from.words().zh, to.words().zh)
            }
            CustodyError::ForeignSerial { serial } => format!("机身码 {serial} 不属于这台机器"),
            CustodyError::SerialMissing { serial } => format!("机身码 {serial} 未扫描"),
        };
        Words::new(zh, self.to_string())
    }
}

/// A machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Asset {
    /// Identity.
    pub id: AssetId,
    /// Category, by the catalogue's name.
    pub category: String,
    /// Kind within the category (`gas`, `drum`, …).
    #[serde(default)]
    pub subtype: Option<String>,
    /// Brand as printed.
    #[serde(default)]
    pub brand: String,
    /// Model as printed.
    #[serde(default)]
    pub model: String,
    /// GTIN, digits.
    #[serde(default)]
    pub gtin: Option<String>,
    /// The parts with serials: one for most machines, two for a split air conditioner.
    pub components: Vec<Component>,
    /// The owner.
    #[serde(default)]
    pub owner: Option<CustomerId>,
    /// Where it stands or stood.
    #[serde(default)]
    pub site: Option<SiteId>,
    /// Month of manufacture.
    #[serde(default)]
    pub nameplate_month: Option<YearMonth>,
    /// First installation, where the safe life starts (GB/T 21097—2025).
    #[serde(default)]
    #[cfg_attr(feature = "ts", ts(type = "string | null"))]
    pub installed_on: Option<Date>,
    /// First purchase.
    #[serde(default)]
    #[cfg_attr(feature = "ts", ts(type = "string | null"))]
    pub purchased_on: Option<Date>,
    /// Whether it is used for business.
    #[serde(default)]
    pub commercial: bool,
    /// Who has held it, oldest first; empty while it never moved.
    #[serde(default)]
    pub custody: Vec<HandOver>,
}

impl Asset {
    /// A machine of which nothing is known yet.
    pub fn blank(id: AssetId) -> Asset {
        Asset {
            id,
            category: String::new(),
            subtype: None,
            brand: String::new(),
            model: String::new(),
            gtin: None,
            components: Vec::new(),
            owner: None,
            site: None,
            nameplate_month: None,
            installed_on: None,
            purchased_on: None,
            commercial: false,
            custody: Vec::new(),
        }
    }

    /// The machine with what its document says on top: tablet and HQ must see the same one.
    pub fn seen_at_the_door(mut self, facts: &FactView) -> Asset {
        let text = |key: &str| facts.text("identity", key).map(str::to_owned);
        self.category = text("category").unwrap_or(self.category);
        self.subtype = text("subtype").or(self.subtype);
        self.brand = text("brand").unwrap_or(self.brand);
        self.model = text("model").unwrap_or(self.model);
        self.gtin = text("gtin").or(self.gtin);
        let month = text("nameplate_month").and_then(|month| month.parse().ok());
        self.nameplate_month = month.or(self.nameplate_month);
        let day = |key: &str| text(key).and_then(|day| day.parse().ok());
        self.installed_on = day("installed_on").or(self.installed_on);
        self.purchased_on = day("purchased_on").or(self.purchased_on);
        if let Some(Scalar::Bool(commercial)) = facts.get("identity", "commercial") {
            self.commercial = *commercial;
        }
        for (key, value) in facts.section("components") {
            // `body` or `body/serial`: a part's name, with or without the field's.
            let part = key.strip_suffix("/serial").unwrap_or(key);
            let (Some(serial), false) = (value.as_text(), part.contains('/')) else { continue };
            let serial = Some(serial.trim().to_owned()).filter(|serial| !serial.is_empty());
            match self.components.iter_mut().find(|held| held.part == part) {
                Some(held) => held.serial = serial,
                None => self.components.push(Component { part: part.to_owned(), serial }),
            }
        }
        self
    }

    /// The serials known so far.
    pub fn serials(&self) -> BTreeSet<String> {
        self.components.iter().filter_map(|part| part.serial.clone()).collect()
    }

    /// Who holds it: the last receiver, else the owner.
    pub fn holder(&self) -> Option<Holder> {
        self.custody.last().map(|last| last.to.clone()).or_else(|| self.owner.map(Holder::Customer))
    }

    /// Records a hand-over, or refuses and changes nothing: the giver must hold the machine, the
    /// way must be allowed, and the serials read must be exactly those known.
    pub fn hand_over(&mut self, step: HandOver) -> Result<(), CustodyError> {
        if let Some(holder) = self.holder().filter(|holder| *holder != step.from) {
            return Err(CustodyError::HeldByAnother { holder });
        }
        if !step.from.may_hand_to(&step.to) {
            return Err(CustodyError::NotAllowed { from: step.from, to: step.to });
        }
        let known = self.serials();
        if let Some(serial) = step.serials.difference(&known).next() {
            return Err(CustodyError::ForeignSerial { serial: serial.clone() });
        }
        if let Some(serial) = known.difference(&step.serials).next() {
            return Err(CustodyError::SerialMissing { serial: serial.clone() });
        }
        self.custody.push(step);
        Ok(())
    }
}
