//! The quote engine from outside: the repository's own rule data, requests as JSON, quotes back.

mod add_on;
mod assignment;
mod cases;
mod data;
mod eligibility;
mod limits;
mod money;
mod properties;
mod published_figures;
mod regions;
mod snapshot;
