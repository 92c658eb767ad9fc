//! From answers to findings.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{AutoCheck, Check, CheckKind, Checklist, SafeLife, Severity};
use crate::{catalogue::Category, words::Words};

/// What an engineer found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum CheckResult {
    /// As it should be.
    Pass,
    /// Not as it should be.
    Fail,
    /// Could not be checked, with the reason.
    NotChecked(String),
    /// A number in the check's unit.
    Reading(i64),
    /// The code of a choice.
    Choice(String),
    /// The photo was taken.
    Photographed,
}

/// The answer to one check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Answer {
    /// The check.
    pub check: String,
    /// What was found.
    pub result: CheckResult,
}

/// The machine under inspection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct InspectionSubject {
    /// Its category.
    pub category: Category,
    /// Its sub-category; empty while unknown.
    #[serde(default)]
    pub sub: String,
    /// Its safe life, where a term and a date are known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub safe_life: Option<SafeLife>,
}

/// Something that is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Finding {
    /// The check that failed; scenarios name findings by it.
    pub check: String,
    /// How serious it is.
    pub severity: Severity,
    /// What was found, for the customer.
    pub words: Words,
    /// Where the rule comes from.
    pub basis: String,
}

/// A photo that an answer still needs.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct MissingPhoto {
    /// The check.
    pub check: String,
    /// The guided shot.
    pub shot: String,
}

/// The result of an inspection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct InspectionReport {
    /// Findings, the most serious first, else in the checklist's order.
    pub findings: Vec<Finding>,
    /// Checks without a usable answer.
    pub unanswered: Vec<String>,
    /// Checks that could not be made, with the reasons given.
    pub not_checked: BTreeMap<String, String>,
    /// Photos that answers still need.
    pub missing_photos: Vec<MissingPhoto>,
    /// Answers that belong to no check of this machine, such as those given before its
    /// sub-category was corrected; they count for nothing.
    pub ignored: Vec<String>,
    /// Whether nobody may use the machine.
    pub stop_use: bool,
    /// Whether people must leave before anything else is done.
    pub alarm: bool,
    /// The checklist's version.
    pub version: String,
    /// Whether the checklist is invented for demonstration.
    pub sample: bool,
}

impl InspectionReport {
    /// Whether every check was answered or given a reason, and every photo is there.
    pub fn is_complete(&self) -> bool {
        self.unanswered.is_empty() && self.missing_photos.is_empty()
    }

    /// The most serious finding's severity.
    pub fn worst(&self) -> Option<Severity> {
        self.findings.iter().map(|finding| finding.severity).min()
    }
}

/// Judges answers by a checklist.
///
/// Never fails: an answer of the wrong kind leaves its check unanswered, and answers to checks that
/// do not apply are named as ignored. When a check is answered twice (two devices), the more
/// serious answer counts. `photos` are the guided shots taken.
pub fn judge(
    checklist: &Checklist,
    subject: &InspectionSubject,
    answers: &[Answer],
    photos: &BTreeSet<String>,
) -> InspectionReport {
    let mut report = InspectionReport {
        findings: Vec::new(),
        unanswered: Vec::new(),
        not_checked: BTreeMap::new(),
        missing_photos: Vec::new(),
        ignored: Vec::new(),
        stop_use: false,
        alarm: false,
        version: checklist.version.clone(),
        sample: checklist.sample,
    };
    let mut known = BTreeSet::new();
    for check in checklist.checks_for(&subject.category, &subject.sub) {
        known.insert(check.id.as_str());
        judge_check(check, subject, answers, photos, &mut report);
    }
    report.findings.sort_by_key(|finding| finding.severity);
    report.stop_use = report.worst() == Some(Severity::StopUse);
    let ignored: BTreeSet<_> =
        answers.iter().map(|a| a.check.as_str()).filter(|id| !known.contains(id)).collect();
    report.ignored = ignored.into_iter().map(str::to_owned).collect();
    report
}

fn judge_check(
    check: &Check,
    subject: &InspectionSubject,
    answers: &[Answer],
    photos: &BTreeSet<String>,
    report: &mut InspectionReport,
) {
    if let (Some(AutoCheck::SafeLife), Some(life)) = (check.auto, &subject.safe_life) {
        report.findings.extend(over_age(check, life));
        return;
    }
    let given = answers.iter().filter(|answer| answer.check == check.id);
    let worst = given
        .filter_map(|answer| Verdict::of(check, &answer.result).map(|v| (v, &answer.result)))
        .min_by_key(|(verdict, _)| *verdict);
    let Some((verdict, result)) = worst else {
        report.unanswered.push(check.id.clone());
        return;
    };
    match verdict {
        Verdict::NotChecked => {
            if let CheckResult::NotChecked(reason) = result {
                report.not_checked.insert(check.id.clone(), reason.clone());
            }
            return;
        }
        Verdict::Bad(severity) => {
            report.alarm |= check.alarm && severity == Severity::StopUse;
            report.findings.push(Finding {
                check: check.id.clone(),
                severity,
                words: found(check, result),
                basis: check.source.clone(),
            });
        }
        Verdict::Good => {}
    }
    if let Some(shot) = check.photo.as_ref().filter(|shot| !photos.contains(*shot)) {
        let (check, shot) = (check.id.clone(), shot.clone());
        report.missing_photos.push(MissingPhoto { check, shot });
    }
}

/// What one answer means; worse sorts first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Verdict {
    Bad(Severity),
    Good,
    NotChecked,
}

impl Verdict {
    /// `None` when the answer does not fit the check.
    fn of(check: &Check, result: &CheckResult) -> Option<Verdict> {
        match (check.kind, result) {
            (_, CheckResult::NotChecked(reason)) if !reason.trim().is_empty() => {
                Some(Verdict::NotChecked)
            }
            (CheckKind::Pass, CheckResult::Pass) => Some(Verdict::Good),
            (CheckKind::Pass, CheckResult::Fail) => Some(Verdict::Bad(check.severity)),
            (CheckKind::Photo, CheckResult::Photographed) => Some(Verdict::Good),
            (CheckKind::Reading, CheckResult::Reading(value)) => Some(read_by(check, *value)),
            (CheckKind::Choice, CheckResult::Choice(code)) => {
                let choice = check.choices.iter().find(|choice| choice.code == *code)?;
                Some(if choice.bad { Verdict::Bad(check.severity) } else { Verdict::Good })
            }
            _ => None,
        }
    }
}

/// A reading at its limit is still acceptable. Where a check has both limits, one beyond `warn`
/// alone is at most to be fixed; only beyond `stop` has it the check's own severity.
fn read_by(check: &Check, value: i64) -> Verdict {
    let beyond = |limit: i64| if check.low_is_bad { value < limit } else { value > limit };
    match (check.warn, check.stop) {
        (_, Some(stop)) if beyond(stop) => Verdict::Bad(check.severity),
        (Some(warn), Some(_)) if beyond(warn) => {
            Verdict::Bad(check.severity.max(Severity::FixFirst))
        }
        (Some(warn), None) if beyond(warn) => Verdict::Bad(check.severity),
        _ => Verdict::Good,
    }
}

fn found(check: &Check, result: &CheckResult) -> Words {
    let name = &check.name;
    match result {
        CheckResult::Reading(value) => {
            let unit = check.unit.as_deref().unwrap_or_default();
            let (zh, en) =
                if check.low_is_bad { ("不低于", "at least") } else { ("不高于", "at most") };
            let limits = [check.warn, check.stop].into_iter().flatten();
            let limit = if check.low_is_bad { limits.max() } else { limits.min() };
            let limit = limit.map(|limit| limit.to_string()).unwrap_or_default();
            Words::new(
                format!("{}：测得 {value} {unit}，应{zh} {limit} {unit}", name.zh),
                format!("{}: {value} {unit} measured, should be {en} {limit} {unit}", name.en),
            )
        }
        CheckResult::Choice(code) => {
            let chosen = check.choices.iter().find(|choice| choice.code == *code);
            let chosen = chosen.map(|choice| choice.name.clone()).unwrap_or_default();
            Words::new(format!("{}：{}", name.zh, chosen.zh), format!("{}: {}", name.en, chosen.en))
        }
        _ => check.failure(),
    }
}

fn over_age(check: &Check, life: &SafeLife) -> Option<Finding> {
    (life.months_left <= 0).then(|| Finding {
        check: check.id.clone(),
        severity: check.severity,
        words: Words::new(
            format!("已于 {} 过安全使用年限（{}）", life.ends, life.basis.zh),
            format!("Past its safe life since {} ({})", life.ends, life.basis.en),
        ),
        basis: check.source.clone(),
    })
}
