//! The published scenarios and what they suggest.

use serde::{Deserialize, Serialize};

use super::{Condition, Glossary, Known, Situation};
use crate::{
    catalogue::Category,
    time::DayRange,
    vocabulary::{Checked, DataError, Flaws, SourceFile, Vocabulary, read, read_json},
    words::Words,
};

/// In a scenario's `category`: the same kind of machine as the old one.
const SAME: &str = "same";
/// The field that names the old machine's category.
const OLD_CATEGORY: &str = "old.cat";
/// Up to this rank a scenario is a hazard, not an offer.
const HAZARD_RANK: u32 = 10;
/// The most characters a line may have that is said at a door.
const SAY_AT_MOST: usize = 60;

/// A situation in which a replacement is worth talking about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Scenario {
    /// The scenario's identity.
    pub id: String,
    /// 10 is danger, 90 comfort; lower comes first.
    pub rank: u32,
    /// What it is called.
    pub name: Words,
    /// All of these must be true.
    #[serde(default)]
    pub when: Vec<Condition>,
    /// At least one of these must be true, if there are any.
    #[serde(default)]
    pub any: Vec<Condition>,
    /// None of these may be true.
    #[serde(default)]
    pub unless: Vec<Condition>,
    /// The category it suggests; `same` for the old machine's own.
    pub category: Category,
    /// The sub-category it suggests.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub sub: Option<String>,
    /// Features worth having here, the most important first.
    #[serde(default)]
    pub features: Vec<String>,
    /// One honest line: what was found, what it means, the customer's choice.
    pub say: Words,
}

impl Scenario {
    /// Whether every condition holds.
    pub fn fires(&self, situation: &Situation) -> bool {
        let holds = |condition: &Condition| condition.holds(situation);
        (!self.when.is_empty() || !self.any.is_empty())
            && self.when.iter().all(holds)
            && (self.any.is_empty() || self.any.iter().any(holds))
            && !self.unless.iter().any(holds)
    }
}

/// A remark about when, on top of any scenario, such as the last days of a subsidy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Notice {
    /// The notice's identity.
    pub id: String,
    /// All of these must be true.
    pub when: Vec<Condition>,
    /// What the screen says, without pressure.
    pub say: Words,
}

/// A published set of scenarios.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ScenarioBook {
    /// The published version.
    pub version: String,
    /// The days on which it applies.
    pub valid: DayRange,
    /// Whether the data is invented for demonstration.
    pub sample: bool,
    /// The scenarios.
    #[serde(default)]
    pub scenarios: Vec<Scenario>,
    /// The remarks.
    #[serde(default)]
    pub notices: Vec<Notice>,
}

impl ScenarioBook {
    /// Reads and checks the scenarios' data files.
    pub fn parse(files: &[SourceFile<'_>]) -> Result<ScenarioBook, DataError> {
        read(files)
    }

    /// Reads and checks a published bundle.
    pub fn from_json(json: &str) -> Result<ScenarioBook, DataError> {
        read_json(json)
    }

    /// Every condition of the set that a vocabulary does not allow, with the scenario or notice it
    /// stands in.
    pub fn problems(&self, vocabulary: &Vocabulary) -> Vec<(String, String)> {
        let scenarios = self.scenarios.iter().flat_map(|scenario| {
            let all = scenario.when.iter().chain(&scenario.any).chain(&scenario.unless);
            all.map(|condition| (&scenario.id, condition))
        });
        let notices = self
            .notices
            .iter()
            .flat_map(|notice| notice.when.iter().map(|condition| (&notice.id, condition)));
        scenarios
            .chain(notices)
            .filter_map(|(id, condition)| Some((id.clone(), condition.problem(vocabulary)?)))
            .collect()
    }
}

/// A condition that matched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Why {
    /// The condition as the data writes it.
    pub condition: Condition,
    /// The condition with the value found, for people.
    pub words: Words,
}

/// A scenario that fits, with its reasons.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ScenarioMatch {
    /// The scenario.
    pub id: String,
    /// Its rank.
    pub rank: u32,
    /// What it is called.
    pub name: Words,
    /// The category it suggests.
    pub category: Category,
    /// The sub-category it suggests.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub sub: Option<String>,
    /// Features worth having here.
    pub features: Vec<String>,
    /// The line to say.
    pub say: Words,
    /// Why: every condition that matched.
    pub why: Vec<Why>,
    /// Whether its first page may show a price; never for a hazard.
    pub may_show_price: bool,
}

/// The scenarios that fit a situation, the most pressing first, each with its reasons.
///
/// A scenario that suggests "the same kind" fits only while the old machine's category is known.
pub fn suggest(
    book: &ScenarioBook,
    glossary: &Glossary<'_>,
    situation: &Situation,
) -> Vec<ScenarioMatch> {
    let mut matches: Vec<_> = book
        .scenarios
        .iter()
        .filter(|scenario| scenario.fires(situation))
        .filter_map(|scenario| matched(scenario, glossary, situation))
        .collect();
    matches.sort_by_key(|found| found.rank);
    matches
}

fn matched(
    scenario: &Scenario,
    glossary: &Glossary<'_>,
    situation: &Situation,
) -> Option<ScenarioMatch> {
    let category = if scenario.category.0 == SAME {
        match situation.known(OLD_CATEGORY)? {
            Known::Word(category) => Category::new(category.clone()),
            _ => return None,
        }
    } else {
        scenario.category.clone()
    };
    let why = scenario
        .when
        .iter()
        .chain(&scenario.any)
        .filter(|condition| condition.holds(situation))
        .map(|condition| Why {
            condition: condition.clone(),
            words: condition.explained(situation, glossary),
        })
        .collect();
    Some(ScenarioMatch {
        id: scenario.id.clone(),
        rank: scenario.rank,
        name: scenario.name.clone(),
        category,
        sub: scenario.sub.clone(),
        features: scenario.features.clone(),
        say: scenario.say.clone(),
        why,
        may_show_price: scenario.rank > HAZARD_RANK,
    })
}

/// A remark that applies, with the values behind it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct NoticeLine {
    /// The notice.
    pub id: String,
    /// What the screen says.
    pub say: Words,
    /// The values behind it.
    pub why: Vec<Words>,
}

/// The remarks that apply to a situation.
pub fn notices(
    book: &ScenarioBook,
    glossary: &Glossary<'_>,
    situation: &Situation,
) -> Vec<NoticeLine> {
    book.notices
        .iter()
        .filter(|notice| notice.when.iter().all(|condition| condition.holds(situation)))
        .map(|notice| NoticeLine {
            id: notice.id.clone(),
            say: notice.say.clone(),
            why: notice.when.iter().map(|c| c.explained(situation, glossary)).collect(),
        })
        .collect()
}

/// Words that a line said to a customer must not hold: absolute claims, which the Advertising Law
/// (art. 9) forbids, and anything that presses or threatens.
const FORBIDDEN: [&str; 11] = [
    "最",
    "第一",
    "国家级",
    "唯一",
    "顶级",
    "必须换",
    "要求您换",
    "罚款",
    "最后机会",
    "last chance",
    "must replace",
];

impl Checked for ScenarioBook {
    fn check(&self, flaws: &mut Flaws) {
        flaws.unique("scenarios", self.scenarios.iter().map(|scenario| scenario.id.as_str()));
        flaws.unique("notices", self.notices.iter().map(|notice| notice.id.as_str()));
        for (index, scenario) in self.scenarios.iter().enumerate() {
            flaws.words("scenarios", index, &scenario.id, "name", &scenario.name);
            check_say(flaws, "scenarios", index, &scenario.id, &scenario.say);
            if scenario.when.is_empty() && scenario.any.is_empty() {
                flaws.at("scenarios", index, &scenario.id, "when", "would fire on every household");
            }
            if !(HAZARD_RANK..=90).contains(&scenario.rank) {
                flaws.at("scenarios", index, &scenario.id, "rank", "must be 10 to 90");
            }
        }
        for (index, notice) in self.notices.iter().enumerate() {
            check_say(flaws, "notices", index, &notice.id, &notice.say);
            if notice.when.is_empty() {
                flaws.at("notices", index, &notice.id, "when", "would apply to every household");
            }
        }
    }
}

fn check_say(flaws: &mut Flaws, list: &str, index: usize, id: &str, say: &Words) {
    flaws.words(list, index, id, "say", say);
    if say.zh.chars().count() > SAY_AT_MOST {
        flaws.at(list, index, id, "say", format!("is longer than {SAY_AT_MOST} characters"));
    }
    let english = say.en.to_lowercase();
    for word in FORBIDDEN {
        if say.zh.contains(word) || english.contains(word) {
            flaws.at(list, index, id, "say", format!("must not hold `{word}`"));
        }
    }
}
