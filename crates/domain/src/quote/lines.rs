//! How each amount is explained to the customer.

use crate::fee::FeeLine;
use crate::money::{BasisPoints, Fen};
use crate::quote::line::{LineKind, QuoteLine};
use crate::quote::request::{Deposit, Discount};
use crate::quote::snapshot::ItemPrice;
use crate::subsidy::Award;
use crate::valuation::{Appraisal, AppraisalLine, Deduction, ValuationTable};
use crate::words::Words;

pub(super) fn list_price(item: &ItemPrice, catalogue: &str) -> QuoteLine {
    let (rule, why, source) = match &item.sku {
        Some(sku) => (sku.clone(), Words::new("目录标价", "Catalogue list price"), catalogue),
        None => {
            let why = Words::new("客服填写的标价", "List price entered by support staff");
            (item.gtin.clone(), why, "")
        }
    };
    QuoteLine::new(LineKind::ListPrice, &item.line, rule, item.list, item.words.clone())
        .because(why, source)
}

pub(super) fn discount(line: &str, discount: &Discount, raises_old_value: bool) -> QuoteLine {
    let (kind, why) = if raises_old_value {
        let why = Words::new(
            "增加旧机价值，不减少补贴基数",
            "Raises the old machine's value, not the base",
        );
        (LineKind::OldBonus, why)
    } else {
        let why = Words::new("在计算补贴之前扣除", "Taken off before the subsidy is computed");
        (LineKind::Discount, why)
    };
    let words = discount.words.clone().unwrap_or_else(|| discount.kind.words());
    QuoteLine::new(kind, line, &discount.id, discount.amount.negated(), words).because(why, "")
}

pub(super) fn subsidy(award: &Award<'_>, item: &ItemPrice) -> QuoteLine {
    let pack = award.program.pack;
    let mut why = Words::new(
        format!("成交价 ¥{} × {}", item.final_price, percent(award.rate)),
        format!("{} of the final price ¥{}", percent(award.rate), item.final_price),
    );
    if let Some(cap) = award.cap.filter(|cap| award.potential == *cap) {
        why.zh.push_str(&format!("，每件封顶 ¥{cap}"));
        why.en.push_str(&format!(", at most ¥{cap} per piece"));
    }
    if award.amount < award.potential {
        why.zh.push_str(&format!("，个人总额只剩 ¥{}", award.amount));
        why.en.push_str(&format!(", only ¥{} left of the total per person", award.amount));
    }
    why.zh.push_str("；获批前为预估");
    why.en.push_str("; estimated until approved");
    let mut line = QuoteLine::new(
        LineKind::Subsidy,
        &item.line,
        &pack.id,
        award.amount.negated(),
        pack.words(),
    )
    .because(why, &pack.source);
    line.rounding = Some(pack.rounding);
    line
}

fn percent(rate: BasisPoints) -> String {
    let (whole, rest) = (rate.0 / 100, rate.0 % 100);
    if rest == 0 { format!("{whole}%") } else { format!("{whole}.{rest:02}%") }
}

/// A value, then every step from there; credits are negative amounts.
pub(super) fn appraisal(appraisal: &Appraisal, table: &ValuationTable) -> Vec<QuoteLine> {
    let base = QuoteLine::new(
        LineKind::OldValue,
        &appraisal.line,
        "base",
        appraisal.base.negated(),
        Words::new("旧机估价", "Old machine's value"),
    )
    .because(appraisal.base_words.clone(), &appraisal.version);
    let step = |step: &AppraisalLine| {
        let mut line = QuoteLine::new(
            LineKind::OldDeduction,
            &appraisal.line,
            &step.code,
            step.amount.negated(),
            step.words.clone(),
        )
        .because(why_deducted(step, appraisal.base, table), &appraisal.version);
        line.photo.clone_from(&step.photo);
        line
    };
    std::iter::once(base).chain(appraisal.lines.iter().map(step)).collect()
}

fn why_deducted(step: &AppraisalLine, base: Fen, table: &ValuationTable) -> Words {
    match table.deduction(&step.code) {
        Some(Deduction { permille: Some(permille), .. }) => {
            let share = percent(BasisPoints(permille.saturating_mul(10)));
            Words::new(format!("估价 ¥{base} × {share}"), format!("{share} of the value ¥{base}"))
        }
        Some(Deduction { makes: Some(_), .. }) => {
            Words::new("已反映在估价里，不再扣款", "Already in the value, nothing more is deducted")
        }
        Some(_) => Words::new("固定扣款", "Fixed deduction"),
        None => Words::new("按估价表", "As the valuation table says"),
    }
}

pub(super) fn fee(charged: FeeLine) -> QuoteLine {
    let reduced: Option<Fen> = (charged.listed != charged.amount).then_some(charged.listed);
    let mut line =
        QuoteLine::new(LineKind::Fee, charged.line, charged.rule, charged.amount, charged.words)
            .because(charged.explanation, charged.source);
    line.struck = charged.struck;
    line.listed = reduced;
    line.certificate = charged.certificate;
    line
}

pub(super) fn deposit(deposit: &Deposit) -> QuoteLine {
    QuoteLine::new(
        LineKind::Deposit,
        &deposit.reference,
        "deposit",
        deposit.amount.negated(),
        LineKind::Deposit.words(),
    )
}
