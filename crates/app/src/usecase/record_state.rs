//! Where a record stands between this device and HQ, in words a person can rely on.

use doorstep_domain::{decision::Decision, refusal::refusal_words, words::Words};
use doorstep_store::device::{self, CommandRecord, EditRecord};
use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
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
    /// Why HQ refused what it refused, the latest.
    pub reason: Option<Words>,
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

/// Where one edit stands, and why HQ refused it.
pub(crate) fn of_edit(edit: &EditRecord) -> (Standing, Option<Words>) {
    of_edits(edit.refusal.as_deref(), edit.batch.is_some())
}

fn of_edits(refusal: Option<&str>, sealed: bool) -> (Standing, Option<Words>) {
    match (refusal, sealed) {
        (Some(code), _) => (Standing::NeedsAction, Some(refusal_words(code, &BTreeMap::new()))),
        (None, true) => (Standing::Sending, None),
        (None, false) => (Standing::OnDevice, None),
    }
}

/// Where one claim stands, and why HQ refused it.
pub(crate) fn of_command(command: &CommandRecord) -> (Standing, Option<Words>) {
    if command.dismissed_at.is_some() {
        return (Standing::Received, None);
    }
    match (&command.decision, command.batch) {
        (Some(text), _) => match serde_json::from_str::<Decision>(text).map(|d| d.refusal()) {
            Ok(Some(reason)) => (Standing::NeedsAction, Some(reason)),
            _ => (Standing::Received, None),
        },
        (None, Some(_)) => (Standing::Sending, None),
        (None, None) => (Standing::OnDevice, None),
    }
}

/// The state of a record made up of several subjects: the least settled of them.
pub(crate) fn of(conn: &Connection, subjects: &[Uuid]) -> ApiResult<RecordState> {
    let mut state = Standing::Received;
    let mut reason = None;
    let (mut media_received, mut media) = (0, 0);
    for subject in subjects {
        let edits = device::edit_standings(conn, *subject)?;
        let edits = edits.iter().map(|edit| of_edits(edit.refusal.as_deref(), edit.sealed));
        let commands = device::commands_about(conn, *subject)?;
        for (standing, why) in edits.chain(commands.iter().map(of_command)) {
            state = state.max(standing);
            reason = why.or(reason);
        }
        for medium in device::media_of(conn, *subject)? {
            media += 1;
            media_received += u32::from(medium.received_at.is_some());
        }
    }
    Ok(RecordState { state, words: state.words(), reason, media_received, media })
}
