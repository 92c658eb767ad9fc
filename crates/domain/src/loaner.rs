//! Loaners (备用机): lent against a deposit, checked when they go and when they come back.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{
    id::{AssetId, CustomerId, LoanId, OrgId, PersonId, SiteId, WorkOrderId},
    money::Fen,
    time::{Date, UtcMs},
    words::Words,
};

/// The three things looked at whenever a loaner changes hands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct LoanerCheck {
    /// The socket is earthed and the circuit sound, when it goes; plug and cord are sound, when it
    /// comes back.
    pub electrically_safe: bool,
    /// It runs and does not leak.
    pub runs: bool,
    /// It is whole: no damage, nothing missing.
    pub complete: bool,
}

impl LoanerCheck {
    /// Whether all three passed.
    pub fn passes(&self) -> bool {
        self.electrically_safe && self.runs && self.complete
    }
}

/// The return of a loaner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct LoanReturn {
    /// When.
    pub at: UtcMs,
    /// Who took it back.
    pub by: PersonId,
    /// What was found.
    pub check: LoanerCheck,
    /// How much of the deposit goes back.
    pub deposit_returned: Fen,
    /// How much is kept.
    pub deposit_kept: Fen,
    /// Why something is kept.
    #[serde(default)]
    pub reason: String,
}

/// A loaner lent out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Loan {
    /// Identity.
    pub id: LoanId,
    /// The store that owns the loaner.
    pub store: OrgId,
    /// The loaner.
    pub asset: AssetId,
    /// Its serial, as read at the hand-over.
    pub serial: String,
    /// Who borrows it.
    pub customer: CustomerId,
    /// Where it stands.
    pub site: SiteId,
    /// The work order it bridges.
    #[serde(default)]
    pub work_order: Option<WorkOrderId>,
    /// The deposit.
    pub deposit: Fen,
    /// When it went.
    pub issued_at: UtcMs,
    /// Who handed it over.
    pub issued_by: PersonId,
    /// When it is due back.
    #[cfg_attr(feature = "ts", ts(type = "string"))]
    pub due_on: Date,
    /// What was found when it went.
    pub check: LoanerCheck,
    /// The return.
    #[serde(default)]
    pub returned: Option<LoanReturn>,
}

/// Where a loan stands on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum LoanState {
    /// With the customer.
    Out,
    /// With the customer past its day.
    Overdue,
    /// Back.
    Returned,
}

/// Why a loan or its return is refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum LoanError {
    /// One of the three checks failed, so it may not be lent.
    #[error("the loaner did not pass its three checks")]
    CheckFailed,
    /// No serial was read.
    #[error("the serial is missing")]
    NoSerial,
    /// The deposit is negative or out of range.
    #[error("the deposit is out of range")]
    Deposit,
    /// Returned and kept do not add up to the deposit.
    #[error("returned and kept do not add up to the deposit")]
    DoesNotAddUp,
    /// Something is kept without a reason.
    #[error("keeping part of the deposit needs a reason")]
    NoReason,
    /// It is already back.
    #[error("the loaner is already back")]
    AlreadyReturned,
}

impl LoanError {
    /// The refusal in both languages.
    pub fn words(&self) -> Words {
        let zh = match self {
            LoanError::CheckFailed => "备用机三项检查未通过，不能借出",
            LoanError::NoSerial => "请扫描备用机机身码",
            LoanError::Deposit => "押金金额不对",
            LoanError::DoesNotAddUp => "退还与扣留之和不等于押金",
            LoanError::NoReason => "扣留押金需要写明原因",
            LoanError::AlreadyReturned => "备用机已归还",
        };
        Words::new(zh, self.to_string())
    }
}

impl Loan {
    /// Whether the loaner may go: three checks passed, serial read, deposit plausible.
    pub fn check_issue(&self) -> Result<(), LoanError> {
        if !self.check.passes() {
            return Err(LoanError::CheckFailed);
        }
        if self.serial.trim().is_empty() {
            return Err(LoanError::NoSerial);
        }
        if self.deposit < Fen::ZERO || !self.deposit.is_plausible() {
            return Err(LoanError::Deposit);
        }
        Ok(())
    }

    /// Takes the loaner back, once: the deposit splits exactly into returned and kept, and what is
    /// kept has a reason.
    pub fn take_back(&mut self, back: LoanReturn) -> Result<(), LoanError> {
        if self.returned.is_some() {
            return Err(LoanError::AlreadyReturned);
        }
        if back.deposit_returned < Fen::ZERO || back.deposit_kept < Fen::ZERO {
            return Err(LoanError::DoesNotAddUp);
        }
        if back.deposit_returned.plus(back.deposit_kept) != Some(self.deposit) {
            return Err(LoanError::DoesNotAddUp);
        }
        if back.deposit_kept > Fen::ZERO && back.reason.trim().is_empty() {
            return Err(LoanError::NoReason);
        }
        self.returned = Some(back);
        Ok(())
    }

    /// Where the loan stands on `today`.
    pub fn state(&self, today: Date) -> LoanState {
        if self.returned.is_some() {
            LoanState::Returned
        } else if today > self.due_on {
            LoanState::Overdue
        } else {
            LoanState::Out
        }
    }
}
