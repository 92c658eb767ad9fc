//! The published checklist.

use serde::{Deserialize, Serialize};

use crate::{
    catalogue::Category,
    time::DayRange,
    vocabulary::{Checked, DataError, Flaws, SourceFile, read, read_json},
    words::Words,
};

/// How serious a finding is: 1, 2 or 3 in the data; the most serious sorts first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(feature = "ts", ts(type = "1 | 2 | 3"))]
#[serde(try_from = "u8", into = "u8")]
pub enum Severity {
    /// 1: nobody may use it; it is tagged out.
    StopUse,
    /// 2: to be put right before further use.
    FixFirst,
    /// 3: advice.
    Advise,
}

impl TryFrom<u8> for Severity {
    type Error = String;
    fn try_from(number: u8) -> Result<Self, String> {
        match number {
            1 => Ok(Severity::StopUse),
            2 => Ok(Severity::FixFirst),
            3 => Ok(Severity::Advise),
            other => Err(format!("severity {other} is not 1, 2 or 3")),
        }
    }
}

impl From<Severity> for u8 {
    fn from(severity: Severity) -> u8 {
        match severity {
            Severity::StopUse => 1,
            Severity::FixFirst => 2,
            Severity::Advise => 3,
        }
    }
}

impl Severity {
    /// What it asks of the customer.
    pub fn words(self) -> Words {
        match self {
            Severity::StopUse => Words::new("请停用", "Stop using it"),
            Severity::FixFirst => Words::new("修好再用", "Fix before further use"),
            Severity::Advise => Words::new("建议", "Advice"),
        }
    }
}

/// How a check is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum CheckKind {
    /// Passes or fails.
    Pass,
    /// A number with limits.
    Reading,
    /// One of several choices.
    Choice,
    /// A photo is all that is needed.
    Photo,
}

/// One choice of a check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Choice {
    /// The choice's code.
    pub code: String,
    /// What people call it.
    pub name: Words,
    /// Whether choosing it is a finding.
    #[serde(default)]
    pub bad: bool,
}

/// A check the product answers itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum AutoCheck {
    /// Fails once the safe life is over.
    SafeLife,
}

/// One check. A failed check's identity is the finding's code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Check {
    /// The check's identity.
    pub id: String,
    /// Machines it applies to; `*` for every category.
    pub categories: Vec<Category>,
    /// Only machines of this sub-category; absent for all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub sub: Option<String>,
    /// What is to be found true.
    pub name: Words,
    /// How it is answered.
    pub kind: CheckKind,
    /// How serious a failure is.
    pub severity: Severity,
    /// The unit of a reading, as an instrument shows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub unit: Option<String>,
    /// The last reading that raises no concern.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub warn: Option<i64>,
    /// The last reading with which the machine may still be used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub stop: Option<i64>,
    /// Limits are the least, not the most, that is acceptable.
    #[serde(default)]
    pub low_is_bad: bool,
    /// The choices.
    #[serde(default)]
    pub choices: Vec<Choice>,
    /// The guided photo that proves the answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub photo: Option<String>,
    /// The product answers it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub auto: Option<AutoCheck>,
    /// A failure that stops use is an alarm: windows, gas tap, people out; nothing else first.
    #[serde(default)]
    pub alarm: bool,
    /// Where check and limits come from.
    pub source: String,
}

impl Check {
    /// Whether the check applies to a machine; a check for one sub-category applies while the
    /// machine's is not yet known, so that nothing dangerous is skipped.
    pub fn applies_to(&self, category: &Category, sub: &str) -> bool {
        let sub_fits = self.sub.as_deref().is_none_or(|own| sub.is_empty() || own == sub);
        category.is_among(&self.categories) && sub_fits
    }

    /// What a failure is called, when the reading or choice behind it is not at hand.
    pub fn failure(&self) -> Words {
        let name = &self.name;
        Words::new(format!("不合格：{}", name.zh), format!("Failed: {}", name.en))
    }
}

/// A published checklist.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Checklist {
    /// The published version.
    pub version: String,
    /// The days on which it applies.
    pub valid: DayRange,
    /// Whether the data is invented for demonstration.
    pub sample: bool,
    /// The checks, in the order they are made.
    #[serde(default)]
    pub checks: Vec<Check>,
}

impl Checklist {
    /// Reads and checks the checklist's data files.
    pub fn parse(files: &[SourceFile<'_>]) -> Result<Checklist, DataError> {
        read(files)
    }

    /// Reads and checks a published bundle.
    pub fn from_json(json: &str) -> Result<Checklist, DataError> {
        read_json(json)
    }

    /// The check with this identity.
    pub fn check(&self, id: &str) -> Option<&Check> {
        self.checks.iter().find(|check| check.id == id)
    }

    /// The checks for a machine, in the order they are made.
    pub fn checks_for<'a>(
        &'a self,
        category: &'a Category,
        sub: &'a str,
    ) -> impl Iterator<Item = &'a Check> {
        self.checks.iter().filter(move |check| check.applies_to(category, sub))
    }
}

impl Checked for Checklist {
    fn check(&self, flaws: &mut Flaws) {
        flaws.unique("checks", self.checks.iter().map(|check| check.id.as_str()));
        for (index, check) in self.checks.iter().enumerate() {
            check_one(check, index, flaws);
        }
    }
}

fn check_one(check: &Check, index: usize, flaws: &mut Flaws) {
    let id = check.id.as_str();
    flaws.words("checks", index, id, "name", &check.name);
    for choice in &check.choices {
        flaws.words("checks", index, id, "choices", &choice.name);
    }
    let mut flaw = |field: &str, problem: &str| flaws.at("checks", index, id, field, problem);
    if check.categories.is_empty() {
        flaw("categories", "applies to nothing");
    }
    let reading = check.kind == CheckKind::Reading;
    if reading != check.unit.is_some() || (reading && check.warn.or(check.stop).is_none()) {
        flaw("unit", "a reading, and only a reading, needs a unit and a limit");
    }
    let harsher =
        |(warn, stop): (i64, i64)| if check.low_is_bad { stop < warn } else { stop > warn };
    if !check.warn.zip(check.stop).is_none_or(harsher) {
        flaw("stop", "must lie beyond warn");
    }
    if (check.kind == CheckKind::Choice) != (check.choices.len() > 1) {
        flaw("choices", "a choice, and only a choice, needs at least two");
    }
    if check.kind == CheckKind::Choice && !check.choices.iter().any(|choice| choice.bad) {
        flaw("choices", "no choice is a finding");
    }
    if check.kind == CheckKind::Photo && check.photo.is_none() {
        flaw("photo", "is needed where a photo is the answer");
    }
    if check.auto.is_some() && check.kind != CheckKind::Pass {
        flaw("auto", "only a check that passes or fails can be answered by the product");
    }
}
