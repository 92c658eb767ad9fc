//! What people do with the product, one module a task; each function is one command of the table.

pub mod access;
pub mod cards;
pub mod clerk;
pub mod conflicts;
pub mod customers;
mod field_words;
pub mod find;
pub mod inspecting;
pub mod leads;
pub mod loading;
pub mod machines;
pub mod offer;
pub mod ordering;
pub mod papers;
pub mod parking;
pub mod photos;
pub mod planning;
pub mod quarantine;
pub mod quoting;
pub mod record_state;
pub mod reference;
pub mod scan;
pub mod signing;
pub mod sync_center;
pub mod today;
mod visit_record;
pub mod visit_steps;
