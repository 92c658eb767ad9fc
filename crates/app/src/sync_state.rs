//! What the strip on top of every screen shows about the line to HQ.

use doorstep_domain::time::UtcMs;
use serde::{Deserialize, Serialize};
use std::sync::{Mutex, PoisonError};
use ts_rs::TS;

use crate::error::ApiError;

/// Whether HQ was reached, by the last attempt; the operating system's opinion is not asked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum LineState {
    /// No attempt yet since the start.
    #[default]
    Unknown,
    /// The last exchange succeeded.
    Online,
    /// The last exchange failed.
    Offline,
}

/// The line to HQ as last seen.
#[derive(Debug, Clone, Default)]
pub(crate) struct Seen {
    pub(crate) line: LineState,
    pub(crate) last_success: Option<UtcMs>,
    pub(crate) last_error: Option<ApiError>,
    /// Things received that were not believed, such as an unsigned bundle.
    pub(crate) warnings: Vec<ApiError>,
}

/// The line's state, shared between the background and the screens.
#[derive(Debug, Default)]
pub(crate) struct SyncState(Mutex<Seen>);

impl SyncState {
    pub(crate) fn succeeded(&self, hq_time: UtcMs) {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        seen.line = LineState::Online;
        seen.last_success = Some(hq_time);
        seen.last_error = None;
    }

    pub(crate) fn failed(&self, error: &ApiError) {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        seen.line = LineState::Offline;
        seen.last_error = Some(error.clone());
    }

    pub(crate) fn warn(&self, warning: ApiError) {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !seen.warnings.contains(&warning) {
            seen.warnings.push(warning);
        }
    }

    pub(crate) fn seen(&self) -> Seen {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
