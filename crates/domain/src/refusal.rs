//! Why HQ refused something, in words: the sentences of the codes that HQ's decisions carry.

use std::collections::BTreeMap;

use crate::{decision::Decision, words::Words};

/// Code of what is not the person's business.
pub const NOT_ALLOWED: &str = "not_allowed";
/// Code of changes that ended the process they were tried in.
pub const DOCUMENT_HARMFUL: &str = "document_harmful";
/// Code of changes that begin a document HQ has: the device had not yet received it. No refusal of
/// what was written: the device takes HQ's version and writes its edits on that.
pub const DOCUMENT_BEGUN_TWICE: &str = "document_begun_twice";

/// The sentence of a refusal. HQ's own words go first when it sent them (`zh` and `en` among the
/// parameters); a code that this version does not know gets a general sentence that names it.
pub fn refusal_words(code: &str, params: &BTreeMap<String, String>) -> Words {
    if let (Some(zh), Some(en)) = (params.get("zh"), params.get("en")) {
        return Words::new(zh.clone(), en.clone());
    }
    let named = |name: &str| params.get(name).cloned().unwrap_or_default();
    let (zh, en) = match code {
        NOT_ALLOWED => ("这不在您的权限内", "this is outside your access"),
        "field_not_allowed" => ("其中有您不能改的内容", "it changes something you may not change"),
        "document_refused" => {
            ("这条记录的改动无法采用", "the changes to this record cannot be used")
        }
        DOCUMENT_HARMFUL => (
            "这条记录的改动已损坏，无法采用",
            "the changes to this record are damaged and cannot be used",
        ),
        DOCUMENT_BEGUN_TWICE => (
            "这条记录已由别人建立，改动要写在那一份上",
            "somebody else began this record; the changes belong on theirs",
        ),
        "document_too_large" => ("这条记录太大", "this record is too large"),
        "claim_unreadable" => {
            ("内容无法读取，请更新应用", "it cannot be read; please update the app")
        }
        "key_reused" => {
            ("编号重复，请重新提交", "its number was used for something else; submit it again")
        }
        "id_taken" => (
            "编号已被别的记录占用，请重新提交",
            "its number stands for another record; submit it again",
        ),
        "card_already_issued" => ("这张保修卡已经登记过", "this card is registered already"),
        "serial_taken" => {
            let serial = named("serial");
            return Words::new(
                format!("机身码 {serial} 已登记在另一张保修卡上"),
                format!("Serial {serial} is on another warranty card already"),
            );
        }
        "order_already_filed" => ("这份订单已经提交过", "this order was filed already"),
        "order_unknown" => ("总部没有这份订单", "HQ has no such order"),
        "visit_unknown" => (
            "总部没有这次上门，或已转给别人",
            "HQ has no such visit, or it was given to somebody else",
        ),
        "work_order_unknown" => ("总部没有这张工单", "HQ has no such work order"),
        "crew_not_of_store" => (
            "所派的人不是本店在岗的工程师",
            "somebody in the crew is not an engineer of this store",
        ),
        "one_household_only" => (
            "一次上门只能去一户，选的工单不是同一户",
            "one visit goes to one household, and these work orders do not",
        ),
        "nothing_to_plan" => {
            ("这些工单没有可以再安排的内容", "nothing of these work orders can be planned again")
        }
        "lease_unknown" => ("总部没有这些预留", "HQ has no such reservations"),
        "quarantine_unknown" => ("隔离区没有这一条", "there is no such entry in quarantine"),
        "quarantine_handled" => ("已有人处理过", "somebody has handled it already"),
        "task_unknown" => ("这件待办已不在", "this task is gone"),
        "remedy_not_possible" => ("这种处理方式现在不行", "this remedy is not possible now"),
        "payment_already_recorded" => ("这笔收款已经记过", "this payment is recorded already"),
        "lead_closed" => ("这份意向单已关闭", "this lead is closed"),
        "loan_already_issued" => ("这次借用已经登记过", "this loan is registered already"),
        "loan_unknown" => ("总部没有这次借用", "HQ has no such loan"),
        "loaner_already_out" => ("这台备用机已借给别人", "this loaner is with somebody else"),
        "internal" => ("总部出了错，已记录", "something went wrong at HQ and was logged"),
        other => {
            return Words::new(
                format!("总部没有采用（{other}）"),
                format!("HQ did not take it ({other})"),
            );
        }
    };
    Words::new(format!("总部没有采用：{zh}"), format!("HQ did not take it: {en}"))
}

impl Decision {
    /// Why it was refused, in words; `None` when HQ carried it out.
    pub fn refusal(&self) -> Option<Words> {
        match self {
            Decision::Executed { .. } => None,
            Decision::Refused { code, params, .. } => Some(refusal_words(code, params)),
        }
    }
}
