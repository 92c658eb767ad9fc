//! What to put on the van in the morning (装车清单), and what it will bring back.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

use crate::{
    catalogue::{Catalogue, Category},
    id::VisitId,
    steps::StepBook,
    vocabulary::Vocabulary,
    words::Words,
    work_order::{Leg, LegKind, LegState},
};

/// Material that a leg uses up or needs at hand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct LoadItem {
    /// What it is.
    pub words: Words,
    /// The leg it is for.
    pub leg: LegKind,
    /// Machines it is for; `*` for every category.
    pub categories: Vec<Category>,
    /// How many one leg takes; 0 for a tool, of which one serves the whole day.
    pub per_leg: u32,
}

/// What a line of the load list is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum LoadKind {
    /// A machine to be delivered.
    NewMachine,
    /// Material or a tool.
    Material,
    /// Room to keep free for an old machine.
    SpaceForOld,
}

/// One line of the load list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct LoadLine {
    /// What kind of thing it is.
    pub kind: LoadKind,
    /// What it is.
    pub words: Words,
    /// The article number of a new machine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub gtin: Option<String>,
    /// How many, over all visits.
    pub quantity: u32,
    /// The visits it is for, in the order given.
    pub visits: Vec<VisitId>,
}

/// One thing on the list, by which equal ones are added up.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Thing {
    kind: LoadKind,
    words_en: String,
    gtin: Option<String>,
}

/// Sums up what the open legs of some visits need: new machines first, then material, then the
/// room that old machines take on the way back.
pub fn load_list<'a>(
    book: &StepBook,
    catalogue: &Catalogue,
    vocabulary: &Vocabulary,
    stops: impl IntoIterator<Item = (VisitId, &'a Leg)>,
) -> Vec<LoadLine> {
    let mut lines: BTreeMap<Thing, LoadLine> = BTreeMap::new();
    let mut add = |kind, words: Words, gtin: Option<String>, quantity: u32, visit: VisitId| {
        let thing = Thing { kind, words_en: words.en.clone(), gtin: gtin.clone() };
        let line = lines.entry(thing).or_insert(LoadLine {
            kind,
            words,
            gtin,
            quantity: 0,
            visits: Vec::new(),
        });
        // A tool is on the van once, however many legs use it.
        line.quantity = line.quantity.saturating_add(quantity).max(1);
        if !line.visits.contains(&visit) {
            line.visits.push(visit);
        }
    };
    for (visit, leg) in stops {
        if matches!(leg.state, LegState::Ended(_)) {
            continue;
        }
        let category = Category::new(leg.category.as_str());
        let category_words = || {
            let known = catalogue.category(&category).map(|facts| facts.name.clone());
            known.unwrap_or_else(|| Words::new(leg.category.as_str(), leg.category.as_str()))
        };
        if leg.kind == LegKind::Deliver {
            let model = leg.gtin.as_deref().and_then(|gtin| catalogue.model_by_gtin(gtin));
            let Words { zh, en } = category_words();
            let words = model.map_or_else(
                || Words::new(zh.as_str(), en.as_str()),
                |model| {
                    let brand = Vocabulary::text(&vocabulary.brands, &model.brand);
                    Words::new(
                        format!("{zh} {} {}", brand.zh, model.sku),
                        format!("{en} {} {}", brand.en, model.sku),
                    )
                },
            );
            add(LoadKind::NewMachine, words, leg.gtin.clone(), 1, visit);
        }
        if leg.kind == LegKind::Remove {
            let Words { zh, en } = category_words();
            let words = Words::new(format!("旧{zh}"), format!("old {}", en.to_lowercase()));
            add(LoadKind::SpaceForOld, words, None, 1, visit);
        }
        for item in &book.load {
            if item.leg == leg.kind && category.is_among(&item.categories) {
                add(LoadKind::Material, item.words.clone(), None, item.per_leg, visit);
            }
        }
    }
    lines.into_values().collect()
}
