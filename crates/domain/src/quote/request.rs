//! What is asked for. Everything a caller may leave out has a default, so that a request can be
//! written by hand.

use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

use crate::catalogue::Category;
use crate::fee::{FeeUse, PurchaseChannel};
use crate::id::QuoteId;
use crate::money::Fen;
use crate::order_terms::RemovalMode;
use crate::subsidy::{CustomerFacts, Region};
use crate::time::Date;
use crate::valuation::OldUnit;
use crate::words::Words;

/// Where the sale counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(default)]
pub struct Place {
    /// The payer's and recipient's place, as they say it.
    pub region: Region,
    /// Through which channel the new machines are bought.
    pub channel: PurchaseChannel,
    /// The selling organisation, where prices differ between them.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub org: Option<String>,
}

impl Default for Place {
    fn default() -> Self {
        Place { region: Region::default(), channel: PurchaseChannel::Store, org: None }
    }
}

/// Who gives a discount.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum DiscountKind {
    /// The shop.
    Merchant,
    /// The maker.
    Brand,
    /// A bank or payment service.
    Bank,
    /// The merchant's bonus for trading in; policy decides whether it is a discount at all.
    TradeInBonus,
}

impl DiscountKind {
    /// What the line is called when the request gives no words of its own.
    pub fn words(self) -> Words {
        match self {
            DiscountKind::Merchant => Words::new("商家优惠", "Merchant discount"),
            DiscountKind::Brand => Words::new("厂家优惠", "Brand discount"),
            DiscountKind::Bank => Words::new("银行优惠", "Bank discount"),
            DiscountKind::TradeInBonus => {
                Words::new("换新补贴（商家）", "Trade-in bonus (merchant)")
            }
        }
    }
}

/// One named reduction of one new machine's price.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Discount {
    /// Who gives it.
    pub kind: DiscountKind,
    /// The promotion's or bonus's identity.
    #[serde(default)]
    pub id: String,
    /// How much, in fen, above zero.
    pub amount: Fen,
    /// What the customer reads; by default the kind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub words: Option<Words>,
}

/// What support staff enter for an article outside the catalogue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ModelFacts {
    /// Its category.
    pub category: Category,
    /// Its sub-category, as rules name it.
    #[serde(default)]
    pub sub: String,
    /// Its article number.
    #[serde(default)]
    pub gtin: String,
    /// The grade on its label; absent where it has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub energy_grade: Option<u8>,
    /// Its list price, in fen.
    pub list_fen: Fen,
}

/// One new machine. Each is a line of its own: subsidised pieces are paid and settled separately.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct QuoteItem {
    /// The line's id, unique in the quote; ties between equal lines are broken by it.
    pub line: String,
    /// The catalogue's number. Exactly one of `sku` and `facts` is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub sku: Option<String>,
    /// The article itself, for what the catalogue does not hold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub facts: Option<ModelFacts>,
    /// What is taken off.
    #[serde(default)]
    pub discounts: Vec<Discount>,
}

/// What fees ask about the home, the worker and earlier visits.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(default)]
pub struct FeeFacts {
    /// The floor of the home.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub floor: Option<i64>,
    /// Whether a lift takes the machine.
    pub has_lift: bool,
    /// The way from the branch, one way, in metres.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub distance_m: Option<i64>,
    /// Certificates that the worker in view holds.
    pub certificates: BTreeSet<String>,
    /// What this household has already paid under a rule, in fen.
    pub charged_before: BTreeMap<String, Fen>,
}

/// A deposit already paid that is returned by setting it off.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Deposit {
    /// The payment's identity or receipt number.
    pub reference: String,
    /// How much, in fen, above zero.
    pub amount: Fen,
}

/// Everything a quote depends on besides the books.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct QuoteRequest {
    /// The quote's identity, made on the device; all zeros for a trial calculation.
    #[serde(default = "trial")]
    pub id: QuoteId,
    /// The content hash of the quote that this one amends, on an add-on (增项单).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub amends: Option<String>,
    /// The sale's calendar day in Asia/Shanghai; it decides which rules apply.
    #[cfg_attr(feature = "ts", ts(type = "string"))]
    pub sale_day: Date,
    /// Where the sale counts.
    #[serde(default)]
    pub place: Place,
    /// What subsidies ask about the customer.
    #[serde(default)]
    pub customer: CustomerFacts,
    /// The new machines.
    #[serde(default)]
    pub new: Vec<QuoteItem>,
    /// The old machines, of whatever category.
    #[serde(default)]
    pub old: Vec<OldUnit>,
    /// What is charged for besides.
    #[serde(default)]
    pub fees: Vec<FeeUse>,
    /// What fees ask about the home.
    #[serde(default)]
    pub fee_facts: FeeFacts,
    /// How the old machine leaves, where one does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub removal: Option<RemovalMode>,
    /// Deposits set off.
    #[serde(default)]
    pub deposits: Vec<Deposit>,
}

fn trial() -> QuoteId {
    QuoteId(Uuid::nil())
}

impl QuoteRequest {
    /// The same request with every list in a fixed order, so that the order of entry leaves no
    /// trace in the quote.
    pub fn in_fixed_order(mut self) -> QuoteRequest {
        for item in &mut self.new {
            item.discounts.sort();
        }
        for unit in &mut self.old {
            for fault in &mut unit.faults {
                fault.photos.sort();
            }
            unit.faults.sort_by(|a, b| (&a.code, &a.photos).cmp(&(&b.code, &b.photos)));
        }
        for used in &mut self.fees {
            used.photos.sort();
        }
        self.new.sort_by(|a, b| a.line.cmp(&b.line));
        self.old.sort_by(|a, b| a.line.cmp(&b.line));
        self.fees.sort_by(|a, b| fee_key(a).cmp(&fee_key(b)));
        self.deposits.sort();
        self.customer.prior_uses.sort();
        self.customer.entitlements.sort();
        self
    }
}

type FeeKey<'a> = (
    (&'a str, &'a str, Option<i64>),
    (Option<i64>, Option<i64>, Option<i64>, Option<i64>),
    (Option<&'a str>, &'a [String], Option<Fen>),
);

fn fee_key(used: &FeeUse) -> FeeKey<'_> {
    (
        (&used.line, &used.rule, used.quantity_milli),
        (used.cool_w, used.hp10, used.kg, used.inch),
        (used.reason.as_deref(), &used.photos, used.agreed_fen),
    )
}
