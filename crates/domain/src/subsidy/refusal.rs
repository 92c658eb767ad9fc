//! Why a programme does not pay for an item, as a code and in words.

use serde::{Deserialize, Serialize};

use crate::money::Fen;
use crate::subsidy::pack::{PartyRole, RulePack};
use crate::time::Date;
use crate::words::Words;

/// The reason, for screens and figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum RefusalCode {
    /// The programme does not list this kind of article.
    CategoryNotListed,
    /// The label's grade is not good enough.
    EnergyGrade,
    /// The grade counts and the article has no label.
    EnergyLabelMissing,
    /// The final price lies above the programme's ceiling.
    PriceCeiling,
    /// No 13-digit GTIN with a right check digit.
    GtinMissing,
    /// Only natural persons.
    LegalPerson,
    /// Only rural households.
    NotRural,
    /// Buyer and seller of the old machine are two people.
    SellerNotBuyer,
    /// Roles that one person must play are played by several.
    NotSamePerson,
    /// Nobody has asked yet who plays a role that counts.
    PersonUnknown,
    /// An old unit is needed and none is handed in.
    OldUnitMissing,
    /// Old units are handed in, but of no kind that counts.
    OldUnitKind,
    /// Every old unit that would count already opens another item.
    OldUnitGiven,
    /// The customer is barred from this group of articles.
    EntitlementBarred,
    /// The entitlement ran out before the sale.
    EntitlementExpired,
    /// The pieces per person of this group were used up before.
    QuantityUsed,
    /// The pieces per person of all groups were used up before.
    TotalQuantityUsed,
    /// The yuan per person were used up before, or go to another item of this quote.
    AmountUsed,
    /// The pieces go to another item of this quote, where they bring more.
    OtherItemChosen,
    /// Another programme pays more for this item.
    OtherPackChosen,
    /// A top-up needs one of the programmes it tops up.
    NothingToTopUp,
    /// The share comes to nothing.
    NothingToPay,
}

/// One reason, with the pack that sets the condition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Refusal {
    /// The reason.
    pub code: RefusalCode,
    /// The pack that sets the condition: the programme itself or one that restricts it.
    pub rule: String,
    /// The reason in words.
    pub words: Words,
}

impl Refusal {
    /// A refusal for reasons that need no figure.
    pub fn plain(code: RefusalCode, pack: &RulePack) -> Refusal {
        let (zh, en) = match code {
            RefusalCode::CategoryNotListed => {
                ("本品类不在范围", "does not list this kind of article")
            }
            RefusalCode::EnergyLabelMissing => {
                ("无能效（水效）标识，不适用", "needs an energy or water label")
            }
            RefusalCode::GtinMissing => ("需要13位商品条码", "needs a 13-digit article number"),
            RefusalCode::LegalPerson => ("仅限个人消费者", "is for natural persons only"),
            RefusalCode::NotRural => ("仅限农村户籍家庭", "is for rural households only"),
            RefusalCode::SellerNotBuyer => {
                ("交旧人须与购买人一致", "wants the buyer to hand in the old machine")
            }
            RefusalCode::OldUnitMissing => ("须交售旧机", "needs an old machine handed in"),
            RefusalCode::OldUnitKind => {
                ("所交旧机品类不符", "does not accept the old machines handed in")
            }
            RefusalCode::OldUnitGiven => (
                "旧机已用于本单另一件商品",
                "the old machine already opens another item of this quote",
            ),
            RefusalCode::EntitlementBarred => {
                ("该品类领取资格已被限制", "the customer is barred for this kind of article")
            }
            RefusalCode::QuantityUsed => {
                ("本品类件数已用完", "the pieces for this kind of article are used up")
            }
            RefusalCode::TotalQuantityUsed => ("总件数已用完", "the pieces per person are used up"),
            RefusalCode::AmountUsed => ("个人补贴总额已用完", "the total per person is used up"),
            RefusalCode::OtherItemChosen => (
                "名额用于本单另一件补贴更高或在前的商品",
                "the place goes to another item of this quote",
            ),
            RefusalCode::NothingToPay => ("按规则计算补贴为零", "comes to nothing for this item"),
            RefusalCode::EnergyGrade
            | RefusalCode::PriceCeiling
            | RefusalCode::NotSamePerson
            | RefusalCode::PersonUnknown
            | RefusalCode::EntitlementExpired
            | RefusalCode::OtherPackChosen
            | RefusalCode::NothingToTopUp => ("不适用", "does not apply"),
        };
        Refusal::new(
            code,
            pack,
            Words::new(format!("{}：{zh}", pack.zh), format!("{}: {en}", capitalised(&pack.en))),
        )
    }

    /// The grade is beyond those the programme pays for.
    pub fn energy_grade(pack: &RulePack, grade: u8) -> Refusal {
        Refusal::new(
            RefusalCode::EnergyGrade,
            pack,
            Words::new(
                format!("{grade}级能效：{}不适用", pack.zh),
                format!("Grade {grade}: no {}", pack.en),
            ),
        )
    }

    /// The final price is above the ceiling.
    pub fn price_ceiling(pack: &RulePack, ceiling: Fen) -> Refusal {
        Refusal::new(
            RefusalCode::PriceCeiling,
            pack,
            Words::new(
                format!("成交价高于 ¥{ceiling}：{}不适用", pack.zh),
                format!("Final price above ¥{ceiling}: no {}", pack.en),
            ),
        )
    }

    /// The roles are not played by one person.
    pub fn not_same_person(pack: &RulePack, roles: &[PartyRole]) -> Refusal {
        let (zh, en) = joined(roles);
        Refusal::new(
            RefusalCode::NotSamePerson,
            pack,
            Words::new(
                format!("{}：{zh}须为同一人", pack.zh),
                format!("{}: {en} must be one person", capitalised(&pack.en)),
            ),
        )
    }

    /// Nobody has asked who plays these roles.
    pub fn person_unknown(pack: &RulePack, roles: &[PartyRole]) -> Refusal {
        let (zh, en) = joined(roles);
        Refusal::new(
            RefusalCode::PersonUnknown,
            pack,
            Words::new(
                format!("{}：请先确认{zh}是谁", pack.zh),
                format!("{}: ask first who is {en}", capitalised(&pack.en)),
            ),
        )
    }

    /// The entitlement ended before the sale.
    pub fn entitlement_expired(pack: &RulePack, ended: Date) -> Refusal {
        Refusal::new(
            RefusalCode::EntitlementExpired,
            pack,
            Words::new(
                format!("{}：领取的资格已于 {ended} 失效，需重新领取", pack.zh),
                format!(
                    "{}: the entitlement ended on {ended}; draw a new one",
                    capitalised(&pack.en)
                ),
            ),
        )
    }

    /// Another programme pays more.
    pub fn other_pack(pack: &RulePack, chosen: &RulePack) -> Refusal {
        Refusal::new(
            RefusalCode::OtherPackChosen,
            pack,
            Words::new(
                format!("{}：本件已按“{}”计算，不重复享受", pack.zh, chosen.zh),
                format!("{}: this item takes the {} instead", capitalised(&pack.en), chosen.en),
            ),
        )
    }

    /// A top-up whose programme does not pay.
    pub fn nothing_to_top_up(pack: &RulePack) -> Refusal {
        Refusal::new(
            RefusalCode::NothingToTopUp,
            pack,
            Words::new(
                format!("{}：须先享受其叠加的补贴", pack.zh),
                format!("{}: only on top of the subsidy it adds to", capitalised(&pack.en)),
            ),
        )
    }

    fn new(code: RefusalCode, pack: &RulePack, words: Words) -> Refusal {
        Refusal { code, rule: pack.id.clone(), words }
    }
}

/// The text with its first letter in upper case, to begin a sentence.
fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn joined(roles: &[PartyRole]) -> (String, String) {
    let words: Vec<Words> = roles.iter().map(|role| role.words()).collect();
    let zh: Vec<&str> = words.iter().map(|w| w.zh.as_str()).collect();
    let en: Vec<&str> = words.iter().map(|w| w.en.as_str()).collect();
    (zh.join("、"), en.join(", "))
}
