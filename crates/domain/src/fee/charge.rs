//! Applying the fee book to what is done at one household.

use std::collections::BTreeMap;

use super::{
    CapScope, FeeBook, FeeContext, FeeError, FeeLine, FeeRule, FeeTier, FeeUnit, FeeUse,
    TierMeasure, Waiver,
};
use crate::{
    money::{Fen, Rounding},
    words::Words,
};

/// Prices every use, in the order given.
///
/// Free quantity, minimum and step hold for each use; the cheaper price of further units, the one
/// charge of a per-visit fee and caps run over all uses of a rule. A fee that a rule pack forbids,
/// or that is waived, stays as a line of zero with its reason, so the customer sees it was not
/// forgotten.
///
/// # Errors
/// The first use that has no price. A certificate the worker lacks is no error: the line names it
/// and another worker is sent.
pub fn charge(
    book: &FeeBook,
    context: &FeeContext,
    uses: &[FeeUse],
) -> Result<Vec<FeeLine>, FeeError> {
    let mut running = Running::new();
    uses.iter()
        .map(|used| {
            let rule =
                book.rule(&used.rule).ok_or_else(|| FeeError::UnknownRule(used.rule.clone()))?;
            let sum = running.entry(&rule.id).or_insert_with(|| RuleSum {
                units_milli: 0,
                paid: context.charged_before.get(&rule.id).copied().unwrap_or_default(),
                visit_charged: false,
            });
            charge_one(book, rule, context, used, sum)
        })
        .collect()
}

type Running<'a> = BTreeMap<&'a str, RuleSum>;

/// What the earlier uses of one rule add up to.
struct RuleSum {
    units_milli: i64,
    paid: Fen,
    visit_charged: bool,
}

fn charge_one(
    book: &FeeBook,
    rule: &FeeRule,
    context: &FeeContext,
    used: &FeeUse,
    sum: &mut RuleSum,
) -> Result<FeeLine, FeeError> {
    allowed(rule, context, used)?;
    let overflow = || FeeError::Overflow(rule.id.clone());
    let used_milli = quantity(rule, context, used)?;
    let unit_price = unit_price(rule, context, used, used_milli)?;
    let counted = counted_milli(rule, used_milli).ok_or_else(overflow)?;
    let listed = price_of(rule, unit_price, counted, sum).ok_or_else(overflow)?;

    let struck = strike(book, rule, context, sum);
    let amount = match (&struck, rule.cap_fen, rule.cap_per) {
        (Some(_), _, _) => Fen::ZERO,
        (None, Some(cap), Some(CapScope::Household)) => {
            let left = cap.minus(sum.paid).ok_or_else(overflow)?.max(Fen::ZERO);
            listed.min(left)
        }
        (None, _, _) => listed,
    };
    if struck.is_none() {
        sum.paid = sum.paid.plus(amount).ok_or_else(overflow)?;
        sum.units_milli = sum.units_milli.checked_add(counted).ok_or_else(overflow)?;
        sum.visit_charged = true;
    }
    let line = FeeLine {
        line: used.line.clone(),
        rule: rule.id.clone(),
        words: rule.name.clone(),
        unit: rule.unit,
        quantity_milli: counted,
        quantity: with_unit(rule.unit, counted),
        unit_price,
        listed,
        amount,
        struck,
        explanation: Words::default(),
        certificate: rule.certificate.clone(),
        certificate_missing: rule
            .certificate
            .as_ref()
            .is_some_and(|needed| !context.certificates.contains(needed)),
        photo_missing: rule.photo.clone().filter(|shot| !used.photos.contains(shot)),
        crew: crew(rule, used),
        source: rule.source.clone(),
    };
    Ok(FeeLine { explanation: explain(rule, used, used_milli, &line), ..line })
}

fn allowed(rule: &FeeRule, context: &FeeContext, used: &FeeUse) -> Result<(), FeeError> {
    if !rule.channels.is_empty() && !rule.channels.contains(&context.channel) {
        return Err(FeeError::NotForChannel { rule: rule.id.clone(), channel: context.channel });
    }
    let reason = used.reason.as_deref().unwrap_or_default().trim();
    if !rule.only_reasons.is_empty() && !rule.only_reasons.iter().any(|code| code == reason) {
        let allowed = rule.only_reasons.clone();
        return Err(FeeError::Reason { rule: rule.id.clone(), allowed });
    }
    let Some(agreed) = used.agreed_fen else { return Ok(()) };
    let ceiling = rule.max_fen.ok_or_else(|| FeeError::NotNegotiable(rule.id.clone()))?;
    if reason.is_empty() || used.photos.is_empty() {
        return Err(FeeError::Unproven(rule.id.clone()));
    }
    if agreed < Fen::ZERO || agreed > ceiling {
        return Err(FeeError::AboveCeiling { rule: rule.id.clone(), ceiling });
    }
    Ok(())
}

/// No single use is larger; keeps every product far from overflow.
const MOST_MILLI: i64 = 1_000_000_000;

fn quantity(rule: &FeeRule, context: &FeeContext, used: &FeeUse) -> Result<i64, FeeError> {
    let known = match (used.quantity_milli, rule.unit) {
        (Some(milli), _) => Some(milli),
        (None, FeeUnit::Floor) => context.floor.and_then(|floor| floor.max(0).checked_mul(1000)),
        (None, FeeUnit::KilometreOneWay) => context.distance_m,
        (None, FeeUnit::Metre) => None,
        (None, FeeUnit::Set | FeeUnit::Visit | FeeUnit::Hole | FeeUnit::Piece) => Some(1000),
    };
    known
        .filter(|milli| (0..=MOST_MILLI).contains(milli))
        .ok_or_else(|| FeeError::Quantity(rule.id.clone()))
}

fn unit_price(
    rule: &FeeRule,
    context: &FeeContext,
    used: &FeeUse,
    used_milli: i64,
) -> Result<Fen, FeeError> {
    if let Some(price) = used.agreed_fen.or(rule.fen) {
        return Ok(price);
    }
    let measure = match rule.tier_by {
        None => 0,
        Some(by) => measured(by, context, used, used_milli)
            .ok_or_else(|| FeeError::MeasureMissing { rule: rule.id.clone(), measure: by })?,
    };
    let mut here = rule
        .tiers
        .iter()
        .filter(|tier| tier.channel.is_none_or(|c| c == context.channel))
        .peekable();
    if here.peek().is_none() {
        return Err(FeeError::NotForChannel { rule: rule.id.clone(), channel: context.channel });
    }
    let fits = |tier: &&FeeTier| tier.upto.is_none_or(|upto| measure <= upto);
    here.find(fits).map(|tier| tier.fen).ok_or_else(|| FeeError::AboveTopTier(rule.id.clone()))
}

fn measured(by: TierMeasure, context: &FeeContext, used: &FeeUse, used_milli: i64) -> Option<i64> {
    match by {
        TierMeasure::CoolW => used.cool_w,
        TierMeasure::Hp10 => used.hp10,
        TierMeasure::Kg => used.kg,
        TierMeasure::Inch => used.inch,
        TierMeasure::Floor => context.floor,
        TierMeasure::Quantity => used_milli.checked_add(999).map(|milli| milli / 1000),
    }
}

/// What is left to charge of a quantity after threshold, free part, minimum and step.
fn counted_milli(rule: &FeeRule, used_milli: i64) -> Option<i64> {
    if used_milli < rule.from_milli {
        return Some(0);
    }
    let above = used_milli.checked_sub(rule.free_milli)?;
    if above <= 0 {
        return Some(0);
    }
    if rule.unit == FeeUnit::Visit {
        return Some(1000);
    }
    let least = above.max(rule.min_milli);
    match rule.step_milli {
        step if step > 0 => least.checked_add(step - 1)?.checked_div(step)?.checked_mul(step),
        _ => Some(least),
    }
}

fn price_of(rule: &FeeRule, unit_price: Fen, counted: i64, sum: &RuleSum) -> Option<Fen> {
    let at = |price, milli| Rounding::HalfUpFen.scale(price, milli, 1000);
    match rule.next_fen {
        None => at(unit_price, counted),
        Some(next) => {
            let first = 1000_i64.checked_sub(sum.units_milli)?.clamp(0, counted.max(0));
            at(unit_price, first)?.plus(at(next, counted.checked_sub(first)?)?)
        }
    }
}

fn strike(book: &FeeBook, rule: &FeeRule, context: &FeeContext, sum: &RuleSum) -> Option<Words> {
    let banned = rule.banned_by.as_ref().filter(|ban| context.forbidden.contains(*ban));
    if let Some(ban) = banned {
        let stated = book.bans.get(ban).map(|ban| ban.words.clone());
        return Some(stated.unwrap_or_else(|| {
            Words::new("补贴规则不允许收取", "The subsidy's rules forbid this charge")
        }));
    }
    match rule.waived_if {
        Some(Waiver::TradeIn) if context.trade_in => {
            return Some(Words::new("以旧换新免收", "Free with a trade-in"));
        }
        Some(Waiver::OneVisit) if context.one_visit => {
            return Some(Words::new(
                "送新拆旧同一次上门，免收",
                "Free: removal and delivery on one visit",
            ));
        }
        _ => {}
    }
    if rule.unit == FeeUnit::Floor && context.has_lift {
        return Some(Words::new("有电梯，免收", "Free: there is a lift"));
    }
    (rule.unit == FeeUnit::Visit && sum.visit_charged)
        .then(|| Words::new("本次上门已收过一次", "Already charged once for this visit"))
}

fn crew(rule: &FeeRule, used: &FeeUse) -> u8 {
    let heavy = rule.crew_above_kg.zip(used.kg).is_some_and(|(limit, kg)| kg > limit);
    if heavy { 2 } else { 1 }
}

fn explain(rule: &FeeRule, used: &FeeUse, used_milli: i64, line: &FeeLine) -> Words {
    let (total, counted) = (with_unit(rule.unit, used_milli), &line.quantity);
    let mut zh = String::new();
    let mut en = String::new();
    if rule.unit != FeeUnit::Visit && used_milli != line.quantity_milli {
        zh.push_str(&format!("用量{}，", total.zh));
        en.push_str(&format!("{} used, ", total.en));
        if rule.free_milli > 0 {
            let free = with_unit(rule.unit, rule.free_milli);
            zh.push_str(&format!("免费{}，", free.zh));
            en.push_str(&format!("{} free, ", free.en));
        }
    }
    let price = line.unit_price;
    match rule.next_fen {
        Some(next) if line.listed != price => {
            zh.push_str(&format!("计{}，首个 {price}，其后每个 {next}", counted.zh));
            en.push_str(&format!("{} charged, first {price}, each further {next}", counted.en));
        }
        _ => {
            zh.push_str(&format!("计{} × {price}", counted.zh));
            en.push_str(&format!("{} charged × {price}", counted.en));
        }
    }
    zh.push_str(&format!(" = {}", line.listed));
    en.push_str(&format!(" = {}", line.listed));
    if let (Some(cap), true) = (rule.cap_fen, line.struck.is_none() && line.amount < line.listed) {
        zh.push_str(&format!("，每户封顶 {cap}，本项收 {}", line.amount));
        en.push_str(&format!("; capped at {cap} per household, so {} here", line.amount));
    }
    if used.agreed_fen.is_some() {
        let reason = used.reason.as_deref().unwrap_or_default();
        zh.push_str(&format!("（协商价：{reason}）"));
        en.push_str(&format!(" (agreed price: {reason})"));
    }
    Words::new(zh, en)
}

fn with_unit(unit: FeeUnit, milli: i64) -> Words {
    let (whole, rest) = (milli / 1000, milli % 1000);
    let number = if rest == 0 {
        whole.to_string()
    } else {
        format!("{whole}.{rest:03}").trim_end_matches('0').to_owned()
    };
    let name = unit.words();
    Words::new(format!("{number} {}", name.zh), format!("{number} {}", name.en))
}
