//! The published step templates.

use serde::{Deserialize, Serialize};

use crate::{
    catalogue::Category,
    org::CertificateKind,
    steps::LoadItem,
    time::{DayRange, UtcMs},
    visit::Slot,
    vocabulary::{Checked, DataError, Flaws, SourceFile, read, read_json},
    words::Words,
    work_order::{JobKind, LegKind},
};

const MINUTES_OF_A_DAY: u16 = 24 * 60;

/// What must hold before a step may begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Gate {
    /// No finding that stops use is open: hazard advice comes before prices.
    NoOpenStopUse,
    /// A quote exists.
    Quote,
    /// The customer has signed.
    Signature,
    /// The inspection is complete.
    Inspection,
    /// The machine is identified: its serial numbers are known or noted as illegible.
    Identified,
    /// The new machine was found whole before the old one is touched.
    NewMachineChecked,
    /// Every component's serial number is bound to the order.
    SerialsBound,
    /// Every photo that the papers need is there.
    EvidenceComplete,
}

/// One step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Step {
    /// The step's identity within its template.
    pub id: String,
    /// What is done.
    pub name: Words,
    /// What must hold before it may begin.
    #[serde(default)]
    pub gates: Vec<Gate>,
    /// Seconds that must pass between beginning and finishing it; the clock survives a restart.
    #[serde(default)]
    pub wait_s: u32,
    /// Nobody needs to stay for the waiting time; the result is confirmed by telephone.
    #[serde(default)]
    pub may_leave: bool,
    /// The certificate whoever does it must hold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub certificate: Option<CertificateKind>,
    /// Only machines of this sub-category need the step; absent for all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub sub: Option<String>,
    /// Guided photos it takes.
    #[serde(default)]
    pub photos: Vec<String>,
    /// Two people are needed above this weight.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub crew_above_kg: Option<i64>,
}

/// The steps of a visit (`job`), or of one leg for a category (`leg` and `category`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct StepTemplate {
    /// The template's identity.
    pub id: String,
    /// The job whose visit it guides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub job: Option<JobKind>,
    /// The leg it guides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub leg: Option<LegKind>,
    /// The machines of that leg; `*` for those without a template of their own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub category: Option<Category>,
    /// The steps, in order.
    pub steps: Vec<Step>,
}

/// Something the customer prepares the day before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct PrepareItem {
    /// What to do, as the message says it.
    pub words: Words,
    /// Machines it is about; `*` for every category.
    pub categories: Vec<Category>,
}

/// What papers and photos a purpose needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct EvidenceList {
    /// The purpose: `subsidy`, `removal`.
    pub id: String,
    /// The pieces.
    pub items: Vec<Words>,
    /// The rule behind it.
    pub source: String,
}

/// A stretch of the day that customers may choose for a visit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct SlotWindow {
    /// Its beginning, minutes after midnight in Asia/Shanghai.
    pub from_min: u16,
    /// Its end, minutes after midnight in Asia/Shanghai.
    pub to_min: u16,
}

/// A published set of step templates.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct StepBook {
    /// The published version.
    pub version: String,
    /// The days on which it applies.
    pub valid: DayRange,
    /// Whether the data is invented for demonstration.
    pub sample: bool,
    /// The templates.
    #[serde(default)]
    pub templates: Vec<StepTemplate>,
    /// What customers prepare.
    #[serde(default)]
    pub prepare: Vec<PrepareItem>,
    /// What papers and photos each purpose needs.
    #[serde(default)]
    pub evidence: Vec<EvidenceList>,
    /// When visits may be planned.
    #[serde(default)]
    pub windows: Vec<SlotWindow>,
    /// Material and tools by leg.
    #[serde(default)]
    pub load: Vec<LoadItem>,
}

impl StepBook {
    /// Reads and checks the steps' data files.
    pub fn parse(files: &[SourceFile<'_>]) -> Result<StepBook, DataError> {
        read(files)
    }

    /// Reads and checks a published bundle.
    pub fn from_json(json: &str) -> Result<StepBook, DataError> {
        read_json(json)
    }

    /// The steps of a visit for this job.
    pub fn visit_steps(&self, job: JobKind) -> Option<&StepTemplate> {
        self.templates.iter().find(|template| template.job == Some(job))
    }

    /// The steps of a leg for a machine: the category's own template, else the general one.
    pub fn leg_steps<'a>(
        &'a self,
        leg: LegKind,
        category: &Category,
        sub: &'a str,
    ) -> Option<impl Iterator<Item = &'a Step> + use<'a>> {
        let holds = |wanted: &str| {
            self.templates.iter().find(|template| {
                template.leg == Some(leg)
                    && template.category.as_ref().is_some_and(|own| own.0 == wanted)
            })
        };
        let template = holds(&category.0).or_else(|| holds(Category::ANY))?;
        let needed =
            move |step: &&Step| step.sub.as_deref().is_none_or(|own| sub.is_empty() || own == sub);
        Some(template.steps.iter().filter(needed))
    }

    /// The published window that a slot begins in, on the slot's own day.
    pub fn window_of(&self, slot: Slot) -> Option<Slot> {
        let midnight = UtcMs::shanghai_midnight(slot.start.shanghai_day());
        let at = |minutes: u16| midnight.plus_ms(i64::from(minutes) * UtcMs::MINUTE);
        let windows = self.windows.iter();
        let mut windows = windows.map(|one| Slot { start: at(one.from_min), end: at(one.to_min) });
        windows.find(|window| window.start <= slot.start && slot.start < window.end)
    }

    /// What the customer prepares for these machines, each item once.
    pub fn prepare_for<'a>(&'a self, categories: &[Category]) -> Vec<&'a Words> {
        self.prepare
            .iter()
            .filter(|item| categories.iter().any(|category| category.is_among(&item.categories)))
            .map(|item| &item.words)
            .collect()
    }
}

impl Checked for StepBook {
    fn check(&self, flaws: &mut Flaws) {
        flaws.unique("templates", self.templates.iter().map(|template| template.id.as_str()));
        for (index, template) in self.templates.iter().enumerate() {
            let id = template.id.as_str();
            let of_leg = template.leg.is_some() && template.category.is_some();
            let of_visit = template.leg.is_none() && template.category.is_none();
            if !(template.job.is_some() && of_visit || template.job.is_none() && of_leg) {
                flaws.at("templates", index, id, "job", "needs a job, or a leg and a category");
            }
            let mut ids = std::collections::BTreeSet::new();
            for step in &template.steps {
                flaws.words("templates", index, id, &step.id, &step.name);
                if !ids.insert(step.id.as_str()) {
                    flaws.at("templates", index, id, &step.id, "is listed twice");
                }
            }
            if template.steps.is_empty() {
                flaws.at("templates", index, id, "steps", "is empty");
            }
        }
        for (index, item) in self.prepare.iter().enumerate() {
            flaws.words("prepare", index, &index.to_string(), "words", &item.words);
        }
        for (index, list) in self.evidence.iter().enumerate() {
            for words in &list.items {
                flaws.words("evidence", index, &list.id, "items", words);
            }
        }
        for (index, window) in self.windows.iter().enumerate() {
            if window.from_min >= window.to_min || window.to_min > MINUTES_OF_A_DAY {
                let name = format!("{}–{}", window.from_min, window.to_min);
                flaws.at("windows", index, &name, "to_min", "must end later, on the same day");
            }
        }
        for (index, item) in self.load.iter().enumerate() {
            flaws.words("load", index, &item.words.en, "words", &item.words);
        }
    }
}
