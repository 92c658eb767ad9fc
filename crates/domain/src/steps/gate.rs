//! Whether a step may begin, and whether it may be finished.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{Gate, Step};
use crate::{org::CertificateKind, time::UtcMs, words::Words};

/// What is true of the work at this moment.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct StepFacts {
    /// A finding that stops use is open: not made safe, not tagged out.
    #[serde(default)]
    pub open_stop_use: bool,
    /// Gates that are met, [`Gate::NoOpenStopUse`] apart.
    #[serde(default)]
    pub met: BTreeSet<Gate>,
    /// Certificates that the crew holds, valid today.
    #[serde(default)]
    pub certificates: BTreeSet<CertificateKind>,
    /// Guided shots taken.
    #[serde(default)]
    pub photos: BTreeSet<String>,
    /// When this step began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub began_at: Option<UtcMs>,
}

/// Why a step may not begin or finish.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum GateRefusal {
    /// A gate is shut.
    Gate(Gate),
    /// Nobody in the crew holds a valid certificate.
    Certificate(CertificateKind),
    /// The waiting time is not over.
    Waiting {
        /// Seconds still to wait.
        seconds_left: u32,
    },
    /// Guided photos are missing.
    Photos(Vec<String>),
}

impl GateRefusal {
    /// The refusal for people.
    pub fn words(&self) -> Words {
        match self {
            GateRefusal::Gate(gate) => gate.refusal(),
            GateRefusal::Certificate(kind) => {
                let name = kind.words();
                Words::new(
                    format!("需要有效的{}，请改派。", name.zh),
                    format!("A valid {} is needed; please send someone who has it.", name.en),
                )
            }
            GateRefusal::Waiting { seconds_left } => {
                let (minutes, seconds) = (seconds_left / 60, seconds_left % 60);
                Words::new(
                    format!("还要等 {minutes} 分 {seconds} 秒。"),
                    format!("{minutes} min {seconds} s still to wait."),
                )
            }
            GateRefusal::Photos(shots) => Words::new(
                format!("还缺 {} 张照片。", shots.len()),
                format!("Photos still missing: {}.", shots.len()),
            ),
        }
    }
}

impl Gate {
    /// What a person at the shut gate reads.
    pub fn refusal(self) -> Words {
        match self {
            Gate::NoOpenStopUse => Words::new(
                "这台机器不能再用：先关阀断电、贴标，再谈价格。",
                "This machine must not be used: make it safe and tag it before any price.",
            ),
            Gate::Quote => Words::new("还没有报价。", "There is no quote yet."),
            Gate::Signature => Words::new("客户还没有签字。", "The customer has not signed yet."),
            Gate::Inspection => Words::new("检测还没有做完。", "The inspection is not complete."),
            Gate::Identified => Words::new("先确认是哪台机器。", "Identify the machine first."),
            Gate::NewMachineChecked => Words::new(
                "先验新机，再动旧机。",
                "Check the new machine before touching the old one.",
            ),
            Gate::SerialsBound => Words::new(
                "机身码还没有全部绑定。",
                "Not every serial number is bound to the order.",
            ),
            Gate::EvidenceComplete => {
                Words::new("资料或照片还不齐。", "Papers or photos are still missing.")
            }
        }
    }
}

/// Why a step may not begin; empty when it may.
pub fn gate(step: &Step, facts: &StepFacts) -> Vec<GateRefusal> {
    let open = |gate: Gate| match gate {
        Gate::NoOpenStopUse => !facts.open_stop_use,
        other => facts.met.contains(&other),
    };
    let shut = step.gates.iter().filter(|gate| !open(**gate)).map(|gate| GateRefusal::Gate(*gate));
    let lacking = step.certificate.filter(|kind| !facts.certificates.contains(kind));
    shut.chain(lacking.map(GateRefusal::Certificate)).collect()
}

/// Why a step may not be finished; empty when it may. Whoever may not begin it may not finish it.
///
/// The waiting time runs from when the step began by HQ-corrected time, so a restart does not reset
/// it and a step that never began has all of it left. A clock that went back counts as no time
/// passed.
pub fn can_finish(step: &Step, facts: &StepFacts, now: UtcMs) -> Vec<GateRefusal> {
    let mut refusals = gate(step, facts);
    let seconds_left = seconds_left(step, facts.began_at, now);
    if seconds_left > 0 && !step.may_leave {
        refusals.push(GateRefusal::Waiting { seconds_left });
    }
    let missing: Vec<_> =
        step.photos.iter().filter(|shot| !facts.photos.contains(*shot)).cloned().collect();
    if !missing.is_empty() {
        refusals.push(GateRefusal::Photos(missing));
    }
    refusals
}

fn seconds_left(step: &Step, began_at: Option<UtcMs>, now: UtcMs) -> u32 {
    let passed_ms = began_at.map_or(0, |began| now.0.saturating_sub(began.0).max(0));
    let left_ms = (i64::from(step.wait_s) * 1000).saturating_sub(passed_ms).max(0);
    u32::try_from(left_ms.saturating_add(999) / 1000).unwrap_or(u32::MAX)
}
