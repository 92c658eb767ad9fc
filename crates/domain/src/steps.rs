//! The steps of a visit and of each leg, as data: gates, waiting times, photos, certificates; and
//! the reasons and time limits a visit is followed up by.

mod book;
mod gate;
mod load;
mod reasons;

pub use book::{EvidenceList, Gate, PrepareItem, SlotWindow, Step, StepBook, StepTemplate};
pub use gate::{GateRefusal, StepFacts, can_finish, gate};
pub use load::{LoadItem, LoadKind, LoadLine, load_list};
pub use reasons::{LostReason, ReasonBook, WarnThreshold};
