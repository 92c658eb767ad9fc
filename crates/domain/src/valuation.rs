//! What an old machine is worth today, with every deduction named.

mod appraisal;
mod bonus;
pub mod depreciation;
mod table;

pub use appraisal::{
    Appraisal, AppraisalLine, FLOOR, Fault, OVERRIDE, OldUnit, RefusedDeduction, appraise,
};
pub use bonus::{BonusLine, NewItem, bonuses};
pub use table::{
    Bonus, Deduction, DepreciationRow, MachineState, ModelOverride, ValuationError, ValuationTable,
    ValueRow,
};
