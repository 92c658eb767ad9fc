//! Leads (意向单): willing customers without an order, with a day to ask again.

use jiff::ToSpan;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{
    id::{AssetId, CustomerId, LeadId, OrderId, OrgId, PersonId, QuoteId, WorkOrderId},
    time::{Date, UtcMs},
    words::Words,
};

/// What became of a lead.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum LeadState {
    /// To be followed up.
    Open,
    /// The customer ordered.
    Won {
        /// The order.
        order: OrderId,
    },
    /// The customer will not.
    Lost,
}

/// A lead.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Lead {
    /// Identity.
    pub id: LeadId,
    /// The store that follows up.
    pub store: OrgId,
    /// Who.
    pub customer: CustomerId,
    /// The work order during which it came up.
    #[serde(default)]
    pub work_order: Option<WorkOrderId>,
    /// The old machine.
    #[serde(default)]
    pub asset: Option<AssetId>,
    /// Category wanted, by the catalogue's name.
    #[serde(default)]
    pub wants: Option<String>,
    /// The quote that was shown.
    #[serde(default)]
    pub quote: Option<QuoteId>,
    /// Why there was no order today, by the reason code of the reference data.
    pub reason: String,
    /// In the person's own words.
    #[serde(default)]
    pub note: String,
    /// The day to ask again.
    #[cfg_attr(feature = "ts", ts(type = "string"))]
    pub follow_up_on: Date,
    /// When it was saved.
    pub saved_at: UtcMs,
    /// By whom.
    pub saved_by: PersonId,
    /// What became of it.
    pub state: LeadState,
}

/// Why a change to a lead is refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum LeadError {
    /// It is closed.
    #[error("the lead is closed")]
    Closed,
    /// The follow-up day is in the past.
    #[error("the follow-up day is already past")]
    PastDay,
}

impl LeadError {
    /// The refusal in both languages.
    pub fn words(&self) -> Words {
        let zh = match self {
            LeadError::Closed => "意向单已关闭",
            LeadError::PastDay => "跟进日期已过",
        };
        Words::new(zh, self.to_string())
    }
}

/// The day to ask again, `days` after `today`.
pub fn follow_up_day(today: Date, days: u16) -> Date {
    today.saturating_add(i32::from(days).days())
}

impl Lead {
    /// Whether somebody should ask again by `today`.
    pub fn is_due(&self, today: Date) -> bool {
        self.state == LeadState::Open && self.follow_up_on <= today
    }

    /// Puts the follow-up off to a day not yet past.
    pub fn put_off(&mut self, to: Date, today: Date) -> Result<(), LeadError> {
        if self.state != LeadState::Open {
            return Err(LeadError::Closed);
        }
        if to < today {
            return Err(LeadError::PastDay);
        }
        self.follow_up_on = to;
        Ok(())
    }

    /// Closes an open lead as won or lost.
    pub fn close(&mut self, as_state: LeadState) -> Result<(), LeadError> {
        if self.state != LeadState::Open || as_state == LeadState::Open {
            return Err(LeadError::Closed);
        }
        self.state = as_state;
        Ok(())
    }
}
