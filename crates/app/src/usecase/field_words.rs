//! Fields of documents and their values in words, for people who decide about them.

use doorstep_domain::{
    books::Books,
    facts::Scalar,
    inspection::Checklist,
    site::GasType,
    time::{Date, UtcMs},
    visit::VisitStep,
    vocabulary::{Terms, Vocabulary},
    words::Words,
};
use rusqlite::Connection;
use std::sync::Arc;

use crate::bundles;

/// The published words of codes that documents hold. A code that no book names is shown as it is.
pub(crate) struct FieldWords {
    checks: Option<Checklist>,
    vocabulary: Option<Vocabulary>,
    books: Option<Arc<Books>>,
}

impl FieldWords {
    /// Those in force on `day`, as far as they are on this device.
    pub(crate) fn on(conn: &Connection, day: Date, books: Option<Arc<Books>>) -> FieldWords {
        FieldWords {
            checks: bundles::book_on(conn, "checklists", day, Checklist::from_json).ok(),
            vocabulary: bundles::book_on(conn, "vocabulary", day, Vocabulary::from_json).ok(),
            books,
        }
    }

    /// What a field is called.
    pub(crate) fn field(&self, section: &str, key: &str) -> Words {
        let named = match section {
            "checks" | "readings" => self.check(key),
            "faults" => self.fault(key),
            "events" => event(key),
            "components" => Some(Words::new(
                format!("机身码（{}）", part_words(key).zh),
                format!("Serial ({})", part_words(key).en),
            )),
            "notes" | "photos" => Some(section_words(section)),
            _ => plain(section, key),
        };
        named.unwrap_or_else(|| {
            let section = section_words(section);
            Words::new(format!("{} · {key}", section.zh), format!("{} · {key}", section.en))
        })
    }

    /// What a value of a field says.
    pub(crate) fn value(&self, section: &str, key: &str, value: &Scalar) -> Words {
        match value {
            Scalar::Null => Words::new("（已撤回）", "(taken back)"),
            Scalar::Bool(true) => Words::new("是", "Yes"),
            Scalar::Bool(false) => Words::new("否", "No"),
            Scalar::Int(at) if section == "events" => same(UtcMs(*at).shanghai_text()),
            Scalar::Int(number) => same(number.to_string()),
            Scalar::Text(text) => self.text(section, key, text).unwrap_or_else(|| same(text)),
        }
    }

    fn text(&self, section: &str, key: &str, text: &str) -> Option<Words> {
        let terms =
            |pick: fn(&Vocabulary) -> &Terms| pick(self.vocabulary.as_ref()?).get(text).cloned();
        match (section, key) {
            ("checks", _) => self.answer(key, text),
            ("identity", "brand") => terms(|words| &words.brands),
            ("identity", "subtype") => terms(|words| &words.subs),
            ("identity", "category") => {
                let categories = &self.books.as_ref()?.catalogue.categories;
                Some(categories.iter().find(|one| one.category.0 == text)?.name.clone())
            }
            ("site", "gas") => {
                let gas: GasType = serde_json::from_value(text.into()).ok()?;
                Some(gas.words())
            }
            _ => None,
        }
    }

    fn check(&self, key: &str) -> Option<Words> {
        match key {
            "capacity" => Some(Words::new("容量", "Capacity")),
            "stop_use/settled" => Some(Words::new("停用处理", "What was done to make it safe")),
            _ => Some(self.checks.as_ref()?.check(key)?.name.clone()),
        }
    }

    fn answer(&self, check: &str, text: &str) -> Option<Words> {
        let choice = |code: &str| {
            let check = self.checks.as_ref()?.check(check)?;
            Some(check.choices.iter().find(|choice| choice.code == code)?.name.clone())
        };
        match text.split_once(':') {
            Some(("choice", code)) => Some(choice(code).unwrap_or_else(|| same(code))),
            Some(("not_checked", reason)) => {
                Some(Words::new(format!("没有检查：{reason}"), format!("Not checked: {reason}")))
            }
            _ => match text {
                "pass" => Some(Words::new("合格", "Pass")),
                "fail" => Some(Words::new("不合格", "Fail")),
                "photographed" => Some(Words::new("已拍照", "Photographed")),
                _ => None,
            },
        }
    }

    fn fault(&self, code: &str) -> Option<Words> {
        let faults = &self.books.as_ref()?.valuation.deductions;
        Some(faults.iter().find(|fault| fault.code == code)?.name.clone())
    }
}

/// What a part of a record is called.
pub(crate) fn section_words(section: &str) -> Words {
    match section {
        "steps" | "events" => Words::new("上门进度", "Progress of the visit"),
        "fit" => Words::new("现场尺寸", "Measurements of the place"),
        "notes" => Words::new("备注", "Notes"),
        "photos" => Words::new("照片", "Photos"),
        "contact" => Words::new("联系方式", "Contact"),
        "site" => Words::new("现场情况", "About the place"),
        "identity" | "components" => Words::new("机器资料", "About the machine"),
        "custody" => Words::new("机器交接", "Who holds the machine"),
        "checks" | "readings" => Words::new("检测结果", "Inspection results"),
        "faults" => Words::new("故障与外观", "Faults"),
        "repairs" => Words::new("维修记录", "Repairs"),
        "review" => Words::new("复核", "Review"),
        other => same(other),
    }
}

fn event(key: &str) -> Option<Words> {
    VisitStep::FACTS.into_iter().find(|step| step.fact_key() == Some(key)).map(VisitStep::words)
}

fn part_words(part: &str) -> Words {
    match part {
        "body" => Words::new("整机", "whole unit"),
        "indoor" => Words::new("内机", "indoor unit"),
        "outdoor" => Words::new("外机", "outdoor unit"),
        other => same(other),
    }
}

fn plain(section: &str, key: &str) -> Option<Words> {
    let (zh, en) = match (section, key) {
        ("contact", "name") => ("客户姓名", "Customer's name"),
        ("contact", "phone") => ("电话", "Phone"),
        ("contact", "phone2") => ("备用电话", "Second phone"),
        ("contact", "address") => ("地址", "Address"),
        ("contact", "call_before") => ("上门前先打电话", "Call before coming"),
        ("site", "floor") => ("楼层", "Floor"),
        ("site", "lift") => ("有电梯", "Lift"),
        ("site", "narrowest_turn_mm") => ("最窄转弯处（毫米）", "Narrowest turn (mm)"),
        ("site", "gas") => ("气种", "Gas"),
        ("site", "gas_converted_on") => ("换气日期", "Gas converted on"),
        ("site", "circuit_amps") => ("电路电流（安）", "Circuit (A)"),
        ("site", "access") => ("进门规定", "Access rules"),
        ("identity", "category") => ("品类", "Kind of machine"),
        ("identity", "subtype") => ("类型", "Type"),
        ("identity", "brand") => ("品牌", "Brand"),
        ("identity", "model") => ("型号", "Model"),
        ("identity", "gtin") => ("商品码", "Product code"),
        ("identity", "nameplate_month") => ("铭牌年月", "Month on the name plate"),
        ("identity", "installed_on") => ("安装日期", "Installed on"),
        ("identity", "purchased_on") => ("购买日期", "Bought on"),
        ("identity", "commercial") => ("商用", "Commercial use"),
        _ => return None,
    };
    Some(Words::new(zh, en))
}

fn same(text: impl Into<String>) -> Words {
    let text = text.into();
    Words::new(text.clone(), text)
}
