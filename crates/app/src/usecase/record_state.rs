//! Where a record stands between this device and HQ, in words a person can rely on.

use doorstep_domain::words::Words;
use doorstep_store::device;
use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use uuid::Uuid;

use crate::error::ApiResult;

/// The four states, and how many photos HQ has received.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct RecordState {
    /// The state.
    pub state: Standing,
    /// The state in words.
    pub words: Words,
    /// Photos and papers HQ has received.
    pub media_received: u32,
    /// Photos and papers in all.
    pub media: u32,
}

/// Where a record stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// HQ holds everything.
    Received,
    /// On the way: in a sealed batch whose answer has not come.
    Sending,
    /// Only here.
    OnDevice,
    /// HQ refused something; a person must look.
    NeedsAction,
}

impl Standing {
    /// The state in both languages.
    pub fn words(self) -> Words {
        match self {
            Standing::Received => Words::new("总部已收到", "Received by HQ"),
            Standing::Sending => Words::new("上传中", "Sending"),
            Standing::OnDevice => Words::new("仅在本机", "On this device"),
            Standing::NeedsAction => Words::new("需要处理", "Needs action"),
        }
    }
}

/// The state of a record made up of several subjects: the least settled of them.
pub(crate) fn of(conn: &Connection, subjects: &[Uuid]) -> ApiResult<RecordState> {
    let mut state = Standing::Received;
    let (mut media_received, mut media) = (0, 0);
    for subject in subjects {
        for edit in device::edits_of(conn, *subject)? {
            state = state.max(match (&edit.refusal, edit.batch) {
                (Some(_), _) => Standing::NeedsAction,
                (None, Some(_)) => Standing::Sending,
                (None, None) => Standing::OnDevice,
            });
        }
        for command in device::commands(conn, Some(*subject))? {
            state = state.max(match (&command.decision, command.batch) {
                (Some(decision), _) if is_refusal(decision) => Standing::NeedsAction,
                (Some(_), _) => Standing::Received,
                (None, Some(_)) => Standing::Sending,
                (None, None) => Standing::OnDevice,
            });
        }
        for medium in device::media_of(conn, *subject)? {
            media += 1;
            media_received += u32::from(medium.received_at.is_some());
        }
    }
    Ok(RecordState { state, words: state.words(), media_received, media })
}

/// Whether HQ's decision refused the claim.
pub(crate) fn is_refusal(decision: &str) -> bool {
    serde_json::from_str::<doorstep_domain::decision::Decision>(decision).is_ok_and(|decision| {
        matches!(decision, doorstep_domain::decision::Decision::Refused { .. })
    })
}
