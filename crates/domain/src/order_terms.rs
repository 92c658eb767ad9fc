//! What stands above the signature of a combined order, in words and in canonical bytes.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{
    combined_order::Relation,
    id::{AssetId, CustomerId, OrderId, QuoteId, SiteId, WorkOrderId},
    lease::{Reservation, reservation_words},
    money::Fen,
    time::UtcMs,
    visit::Slot,
    words::Words,
    work_order::LegKind,
};

/// Both totals of a quote; the customer signs both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Totals {
    /// 确定应付: what is certain to pay. Negative means it is paid out to the customer.
    pub certain: Fen,
    /// 若补贴获批: what is to pay if the subsidy is approved.
    pub if_approved: Fen,
}

/// What happens if the subsidy is refused; chosen before signing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum SubsidyChoice {
    /// Buy at the certain total.
    GoOn,
    /// Cancel at no cost.
    CancelFree,
}

impl SubsidyChoice {
    /// The choice in both languages.
    pub fn words(self) -> Words {
        match self {
            SubsidyChoice::GoOn => Words::new("按确定应付继续购买", "go on at the certain total"),
            SubsidyChoice::CancelFree => Words::new("免费取消", "cancel free of charge"),
        }
    }

    fn name(self) -> &'static str {
        match self {
            SubsidyChoice::GoOn => "go_on",
            SubsidyChoice::CancelFree => "cancel_free",
        }
    }
}

/// How the old machine leaves relative to the new one's arrival: the five ways of the trade.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum RemovalMode {
    /// 先收旧后送新: the old one leaves first.
    RecoverFirst,
    /// 先送新后收旧: the new one comes first.
    DeliverFirst,
    /// 送新收旧同次: one visit, one truck.
    OneVisit,
    /// 先送货，安装时收旧: delivered first; the old one leaves when the new one is installed.
    RemoveAtInstall,
    /// 单独收旧: the old one is collected by its own appointment, not tied to the new one.
    Separate,
}

impl RemovalMode {
    /// Every mode, in the order screens list them.
    pub const ALL: [RemovalMode; 5] = [
        RemovalMode::OneVisit,
        RemovalMode::RecoverFirst,
        RemovalMode::DeliverFirst,
        RemovalMode::RemoveAtInstall,
        RemovalMode::Separate,
    ];

    /// The mode in both languages.
    pub fn words(self) -> Words {
        match self {
            RemovalMode::RecoverFirst => {
                Words::new("先收旧机，再送新机", "old machine first, then the new one")
            }
            RemovalMode::DeliverFirst => {
                Words::new("先送新机，再收旧机", "new machine first, then the old one")
            }
            RemovalMode::OneVisit => {
                Words::new("同一次上门送新收旧", "both in one visit, one truck")
            }
            RemovalMode::RemoveAtInstall => Words::new(
                "先送货，安装时收旧机",
                "delivery first, old machine leaves at installation",
            ),
            RemovalMode::Separate => {
                Words::new("旧机另约时间单独回收", "old machine collected by its own appointment")
            }
        }
    }

    /// The visits it takes, each with its legs in order. In one visit the new machine is brought
    /// in and checked before the old one is touched, so a damaged delivery leaves the home with a
    /// machine.
    pub fn visits(self) -> &'static [&'static [LegKind]] {
        use LegKind::{Deliver, Install, Remove};
        match self {
            RemovalMode::OneVisit => &[&[Deliver, Remove, Install]],
            RemovalMode::RecoverFirst => &[&[Remove], &[Deliver, Install]],
            RemovalMode::DeliverFirst | RemovalMode::Separate => &[&[Deliver, Install], &[Remove]],
            RemovalMode::RemoveAtInstall => &[&[Deliver], &[Remove, Install]],
        }
    }

    fn name(self) -> &'static str {
        match self {
            RemovalMode::RecoverFirst => "recover_first",
            RemovalMode::DeliverFirst => "deliver_first",
            RemovalMode::OneVisit => "one_visit",
            RemovalMode::RemoveAtInstall => "remove_at_install",
            RemovalMode::Separate => "separate",
        }
    }
}

/// A machine as the paper names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Machine {
    /// Its record, if there is one.
    #[serde(default)]
    pub asset: Option<AssetId>,
    /// Category, by the catalogue's name.
    pub category: String,
    /// What the category is called on paper.
    pub category_words: Words,
    /// Brand and model as printed.
    pub model: String,
    /// GTIN, digits; empty when unknown.
    #[serde(default)]
    pub gtin: String,
    /// Serials; empty until the machine is at hand.
    #[serde(default)]
    pub serials: Vec<String>,
}

impl Machine {
    /// `冰箱 BCD-200（机身码尾号 123456）`.
    fn words(&self) -> Words {
        let tails: Vec<String> = self.serials.iter().map(|serial| tail(serial)).collect();
        let (mut zh, mut en) = (
            format!("{} {}", self.category_words.zh, self.model),
            format!("{} {}", self.category_words.en, self.model),
        );
        if !tails.is_empty() {
            zh.push_str(&format!("（机身码尾号 {}）", tails.join("、")));
            en.push_str(&format!(" (serial ends {})", tails.join(", ")));
        }
        Words::new(zh, en)
    }
}

fn tail(serial: &str) -> String {
    let length = serial.chars().count();
    serial.chars().skip(length.saturating_sub(6)).collect()
}

/// Who stands where, each by the relation to the buyer. Some subsidies demand that buyer, payer,
/// applicant and recipient are one person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Parties {
    /// The customer who buys.
    pub buyer: CustomerId,
    /// Who pays.
    #[serde(default)]
    pub payer: Relation,
    /// Who applies for the subsidy.
    #[serde(default)]
    pub applicant: Relation,
    /// Who receives the goods.
    #[serde(default)]
    pub recipient: Relation,
}

impl Parties {
    /// Whether all four are the buyer in person.
    pub fn is_one_person(&self) -> bool {
        [self.payer, self.applicant, self.recipient].iter().all(|each| *each == Relation::Buyer)
    }
}

/// What the customer signs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct OrderTerms {
    /// The order's identity.
    pub order: OrderId,
    /// The work order it came from.
    pub work_order: WorkOrderId,
    /// Where.
    pub site: SiteId,
    /// Who.
    pub parties: Parties,
    /// The quote.
    pub quote: QuoteId,
    /// The quote's content hash, hex.
    pub quote_hash: String,
    /// Both totals.
    pub totals: Totals,
    /// If the subsidy is refused.
    pub if_refused: SubsidyChoice,
    /// The machine that leaves; absent when none does.
    #[serde(default)]
    pub old: Option<Machine>,
    /// The machines that come.
    pub new: Vec<Machine>,
    /// How the old one leaves.
    pub removal: RemovalMode,
    /// When.
    pub slot: Slot,
    /// Until when the merchant is bound.
    pub binding_until: UtcMs,
    /// Whether the customer may cancel free of charge until the old machine is loaded.
    #[serde(default)]
    pub free_until_loading: bool,
    /// What the order takes of stock, van and bonus budget, and what of it is reserved until when.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reservations: Vec<Reservation>,
    /// The order-binding sentence as it was shown; see [`OrderTerms::binding_sentence`].
    #[serde(default)]
    pub sentence: Words,
}

impl OrderTerms {
    /// The terms with the sentence that belongs to them.
    pub fn with_sentence(mut self) -> OrderTerms {
        self.sentence = self.binding_sentence();
        self
    }

    /// The sentence above the line, made from the terms alone.
    pub fn binding_sentence(&self) -> Words {
        let certain = amount_words(self.totals.certain);
        let approved = amount_words(self.totals.if_approved);
        let news: Vec<Words> = self.new.iter().map(Machine::words).collect();
        let list = |pick: fn(&Words) -> &str, glue: &str| {
            news.iter().map(pick).collect::<Vec<_>>().join(glue)
        };
        let mut zh = format!("我订购{}。", list(|words| &words.zh, "、"));
        let mut en = format!("I order {}.", list(|words| &words.en, "; "));
        if let Some(old) = &self.old {
            let (old, way) = (old.words(), self.removal.words());
            zh.push_str(&format!("旧机{}交由商家回收，方式：{}。", old.zh, way.zh));
            en.push_str(&format!(" My old {} is handed over: {}.", old.en, way.en));
        }
        zh.push_str(&format!("确定{}", certain.zh));
        en.push_str(&format!(" Certain: {}", certain.en));
        if self.totals.certain == self.totals.if_approved {
            zh.push('。');
            en.push('.');
        } else {
            let choice = self.if_refused.words();
            zh.push_str(&format!("；若政府补贴获批，{}；若未获批，{}。", approved.zh, choice.zh));
            en.push_str(&format!(
                "; if the subsidy is approved: {}; if it is refused: {}.",
                approved.en, choice.en
            ));
        }
        let slot = self.slot.text();
        let until = self.binding_until.shanghai_text();
        zh.push_str(&format!("上门时间{slot}。商家受本单约束至{until}。"));
        en.push_str(&format!(" Visit: {slot}. The merchant is bound until {until}."));
        if self.free_until_loading {
            zh.push_str("旧机装车前可免费取消。");
            en.push_str(" Free cancellation until the old machine is loaded.");
        }
        let reserved = reservation_words(&self.reservations);
        zh.push_str(&reserved.zh);
        en.push_str(&reserved.en);
        zh.push_str("任何金额变动都须重新签字。");
        en.push_str(" Any change of amount needs a new signature.");
        Words::new(zh, en)
    }

    /// SHA-256 over the canonical fields, 64 lower-case hex digits: what a signature signs.
    ///
    /// Each field is written as its name, its length in bytes and its text, so no two different
    /// terms have the same bytes; the order of fields is fixed and fields are only ever added at
    /// the end, when present.
    pub fn digest(&self) -> String {
        let mut bytes = Canonical::new("doorstep order terms 1");
        bytes.field("order", self.order);
        bytes.field("work_order", self.work_order);
        bytes.field("site", self.site);
        bytes.field("buyer", self.parties.buyer);
        bytes.field("payer", self.parties.payer.name());
        bytes.field("applicant", self.parties.applicant.name());
        bytes.field("recipient", self.parties.recipient.name());
        bytes.field("quote", self.quote);
        bytes.field("quote_hash", &self.quote_hash);
        bytes.field("certain", self.totals.certain.0);
        bytes.field("if_approved", self.totals.if_approved.0);
        bytes.field("if_refused", self.if_refused.name());
        for (role, machine) in self
            .old
            .iter()
            .map(|machine| ("old", machine))
            .chain(self.new.iter().map(|machine| ("new", machine)))
        {
            bytes.field(role, &machine.category);
            bytes.field("category_zh", &machine.category_words.zh);
            bytes.field("category_en", &machine.category_words.en);
            bytes.field("asset", machine.asset.map(|id| id.to_string()).unwrap_or_default());
            bytes.field("model", &machine.model);
            bytes.field("gtin", &machine.gtin);
            for serial in &machine.serials {
                bytes.field("serial", serial);
            }
        }
        bytes.field("removal", self.removal.name());
        bytes.field("slot_start", self.slot.start.0);
        bytes.field("slot_end", self.slot.end.0);
        bytes.field("binding_until", self.binding_until.0);
        bytes.field("free_until_loading", self.free_until_loading);
        bytes.field("sentence_zh", &self.sentence.zh);
        bytes.field("sentence_en", &self.sentence.en);
        for one in &self.reservations {
            bytes.field("reserves", one.resource.key());
            bytes.field("amount", one.amount);
            bytes.field("lease", one.lease.map(|id| id.to_string()).unwrap_or_default());
            bytes.field("until", one.until.map(|at| at.0.to_string()).unwrap_or_default());
        }
        bytes.finish()
    }
}

/// `应付 ¥5,406.00`, or for a negative amount what the merchant pays out.
fn amount_words(amount: Fen) -> Words {
    if amount < Fen::ZERO {
        let size = amount.negated();
        Words::new(format!("商家付给我 ¥{size}"), format!("the merchant pays me ¥{size}"))
    } else {
        Words::new(format!("应付 ¥{amount}"), format!("I pay ¥{amount}"))
    }
}

struct Canonical(Sha256);

impl Canonical {
    fn new(domain: &str) -> Canonical {
        let mut canonical = Canonical(Sha256::new());
        canonical.field("domain", domain);
        canonical
    }

    fn field(&mut self, name: &str, value: impl ToString) {
        let value = value.to_string();
        self.0.update(format!("{name}:{}:", value.len()).as_bytes());
        self.0.update(value.as_bytes());
        self.0.update(b"\n");
    }

    fn finish(self) -> String {
        hex::encode(self.0.finalize())
    }
}
