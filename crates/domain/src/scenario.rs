//! When a replacement is worth talking about, why, and what may honestly be said.
//!
//! A scenario is data: conditions on the machine, the household and the wish, and one line to say.
//! Its reasons are always shown with the values that matched. A scenario of rank 10 is a hazard and
//! shows no price on its first page: hazard advice and selling are kept apart.

mod book;
mod condition;

pub use book::{Notice, NoticeLine, Scenario, ScenarioBook, ScenarioMatch, Why, notices, suggest};
pub use condition::{Condition, ConditionError, Glossary, Known, Operator, Situation};
