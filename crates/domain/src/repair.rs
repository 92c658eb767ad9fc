//! What a repair would cost, shown beside what the machine is worth; service products and loaners.

mod book;
mod estimate;

pub use book::{
    AddOn, Entitlement, LabourRow, LabourTier, LoanerModel, RepairBook, RepairLevel, SparePart,
};
pub use estimate::{
    PartUse, RepairCover, RepairError, RepairEstimate, RepairLine, RepairLineKind, RepairRequest,
    estimate,
};
