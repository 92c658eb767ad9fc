//! What waits, what failed and why, in words; counts come from HQ's receipts.

use doorstep_domain::{clock::TimeEstimate, id::CommandKey, time::UtcMs, words::Words};
use doorstep_store::device::{self, EditRecord};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeSet, sync::Arc};
use ts_rs::TS;
use uuid::Uuid;

pub use super::access::Nothing;
use crate::{
    app::App,
    background,
    error::{ApiError, ApiResult},
    photo_sending::{self, PhotoSending},
    session::{self, Session},
    sync_state::LineState,
    usecase::{
        field_words::section_words,
        record_state::{self, Standing},
    },
};

/// The strip on top of every screen, and the head of the sync centre.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct SyncView {
    /// Whether HQ was reached at the last attempt.
    pub line: LineState,
    /// HQ's time at the last success, of this run or an earlier one.
    pub last_success: Option<UtcMs>,
    /// HQ's time as estimated now.
    pub time: TimeEstimate,
    /// Edits and claims without HQ's receipt.
    pub waiting: u64,
    /// Edits and claims HQ refused.
    pub refused: u64,
    /// Photos and papers without HQ's receipt.
    pub media_waiting: u64,
    /// Photos and papers in all.
    pub media: u64,
    /// Bytes of the disk that photos may still take.
    pub room_bytes: u64,
    /// Over which networks photos go.
    pub photo_sending: PhotoSending,
    /// Photos wait for another network, or for a word.
    pub photos_held: bool,
    /// Why the last attempt failed.
    pub last_error: Option<ApiError>,
    /// Things received that were not believed.
    pub warnings: Vec<ApiError>,
}

/// A choice about photos.
#[derive(Debug, Serialize, Deserialize, TS)]
pub struct PhotoSendingSet {
    /// Over which networks they go.
    pub sending: PhotoSending,
}

/// Names one thing in the outbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum OutboxRef {
    /// An edit, by its place.
    Edit(i64),
    /// A claim, by its key.
    Claim(CommandKey),
}

/// What a person may do about something HQ refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum OutboxAction {
    /// Write it again on what HQ has now, and send it.
    Retry,
    /// Put it away: it is kept, and asks for nobody any more.
    Dismiss,
}

/// What to do about which thing.
#[derive(Debug, Serialize, Deserialize, TS)]
pub struct OutboxSettle {
    /// The thing.
    pub item: OutboxRef,
    /// What to do.
    pub action: OutboxAction,
}

/// One thing that waits or failed.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct OutboxItem {
    /// Which.
    pub item: OutboxRef,
    /// What a person may do about it; nothing while it is on its way.
    pub actions: Vec<OutboxAction>,
    /// The record it is about.
    pub subject: Option<Uuid>,
    /// What it is.
    pub words: Words,
    /// When it was made, by the device's clock.
    pub made_at: UtcMs,
    /// Where it stands.
    pub state: Standing,
    /// The state in words.
    pub state_words: Words,
    /// HQ's reason, where it refused.
    pub reason: Option<Words>,
}

/// Everything that waits or failed, oldest first.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct OutboxView {
    /// The items.
    pub items: Vec<OutboxItem>,
}

/// The line to HQ and what waits.
pub async fn sync_status(app: &Arc<App>, _: Nothing) -> ApiResult<SyncView> {
    view(&*app.session().await?).await
}

/// Tries at once; a failure is told in the view, because offline is not an error.
pub async fn sync_now(app: &Arc<App>, _: Nothing) -> ApiResult<SyncView> {
    let session = app.session().await?;
    if let Err(error) = background::sync_once(&session).await {
        tracing::debug!(code = ?error.code, "sync on request failed");
    }
    view(&session).await
}

/// Chooses over which networks photos go.
pub async fn photo_sending_set(app: &Arc<App>, input: PhotoSendingSet) -> ApiResult<SyncView> {
    let session = app.session().await?;
    session.db.write(move |tx, _| photo_sending::choose(tx, input.sending)).await?;
    session.media_poke.notify_one();
    view(&session).await
}

/// Sends the photos that wait now, whatever the network.
pub async fn photos_now(app: &Arc<App>, _: Nothing) -> ApiResult<SyncView> {
    let session = app.session().await?;
    session.photo_gate.open_once();
    session.media_poke.notify_one();
    view(&session).await
}

/// What waits or failed, item by item.
pub async fn outbox(app: &Arc<App>, _: Nothing) -> ApiResult<OutboxView> {
    let session = app.session().await?;
    let items = session
        .db
        .read(|conn| {
            let mut items = Vec::new();
            for edit in device::unsettled_edits(conn)? {
                let (state, reason) = record_state::of_edit(&edit);
                items.push(OutboxItem {
                    item: OutboxRef::Edit(edit.seq),
                    actions: actions(state, &[OutboxAction::Retry, OutboxAction::Dismiss]),
                    subject: Some(edit.doc),
                    words: edit_words(&edit),
                    made_at: edit.made_at,
                    state,
                    state_words: state.words(),
                    reason,
                });
            }
            for command in device::open_commands(conn)? {
                let (state, reason) = record_state::of_command(&command);
                items.push(OutboxItem {
                    item: OutboxRef::Claim(command.key),
                    actions: actions(state, &[OutboxAction::Dismiss]),
                    subject: command.subject,
                    words: claim_words(&command.kind),
                    made_at: command.made_at,
                    state,
                    state_words: state.words(),
                    reason,
                });
            }
            items.sort_by_key(|item| item.made_at);
            Ok(items)
        })
        .await?;
    Ok(OutboxView { items })
}

/// Retries or puts away something HQ refused. A refused claim is not sent again: its screen makes a
/// new one, so that HQ never sees one key with two meanings.
pub async fn outbox_settle(app: &Arc<App>, input: OutboxSettle) -> ApiResult<OutboxView> {
    let session = app.session().await?;
    let at = session.time().await?.at;
    let done = session
        .db
        .write(move |tx, _| {
            Ok(match (input.item, input.action) {
                (OutboxRef::Edit(seq), OutboxAction::Retry) => device::retry_edit(tx, seq)?,
                (OutboxRef::Edit(seq), OutboxAction::Dismiss) => device::dismiss_edit(tx, seq, at)?,
                (OutboxRef::Claim(key), OutboxAction::Dismiss) => {
                    device::dismiss_command(tx, key, at)?
                }
                (OutboxRef::Claim(_), OutboxAction::Retry) => false,
            })
        })
        .await?;
    if !done {
        return Err(ApiError::not_found("refused item"));
    }
    session.work_added();
    outbox(app, Nothing {}).await
}

fn actions(state: Standing, possible: &[OutboxAction]) -> Vec<OutboxAction> {
    if state == Standing::NeedsAction { possible.to_vec() } else { Vec::new() }
}

/// What an edit wrote, part by part.
fn edit_words(edit: &EditRecord) -> Words {
    let sections: BTreeSet<&str> = edit.edits.iter().map(|e| e.section.as_str()).collect();
    let parts: Vec<Words> = sections.into_iter().map(section_words).collect();
    let joined = |pick: fn(&Words) -> &str, between: &str| {
        parts.iter().map(pick).collect::<Vec<_>>().join(between)
    };
    if parts.is_empty() {
        return Words::new("新记录", "New record");
    }
    Words::new(joined(|part| &part.zh, "、"), joined(|part| &part.en, ", "))
}

fn claim_words(kind: &str) -> Words {
    match kind {
        "order_file" => Words::new("提交合并单", "File a combined order"),
        "order_cancel" => Words::new("取消订单", "Cancel an order"),
        "card_issue" => Words::new("开保修卡", "Issue a warranty card"),
        "payment_record" => Words::new("记录收款", "Record a payment"),
        "lead_save" => Words::new("保存意向单", "Save a lead"),
        "loaner_issue" => Words::new("借出备用机", "Lend a loaner"),
        "loaner_return" => Words::new("收回备用机", "Take a loaner back"),
        "visit_end" => Words::new("结束上门", "End a visit"),
        "visit_reschedule" => Words::new("改约申请", "Ask for another slot"),
        "visit_plan" => Words::new("安排上门", "Plan a visit"),
        "task_decide" => Words::new("处理任务", "Decide a task"),
        "lease_take" => Words::new("预留", "Reserve"),
        "lease_renew" => Words::new("延长预留", "Renew reservations"),
        "lease_return" => Words::new("归还预留", "Return reservations"),
        "quarantine_handle" => Words::new("处理被退回的改动", "Decide about refused changes"),
        other => Words::new(other, other),
    }
}

async fn view(session: &Session) -> ApiResult<SyncView> {
    let seen = session.sync.seen();
    let room_bytes = session.blobs.room().unwrap_or(0);
    let held_back = photo_sending::held_back(session).await?;
    let host = Arc::clone(&session.host);
    session
        .db
        .read(move |conn| {
            let waiting = device::waiting(conn)?;
            let (media_waiting, media) = device::waiting_counts(conn)?;
            let refused_claims = device::open_commands(conn)?
                .iter()
                .filter(|command| record_state::of_command(command).0 == Standing::NeedsAction)
                .count();
            Ok(SyncView {
                line: seen.line,
                last_success: seen.last_success.or(session::last_hq_time(conn)?),
                time: session::estimated_time(conn, host.as_ref())?,
                waiting: waiting.edits + waiting.claims,
                refused: waiting.refused_edits + refused_claims as u64,
                media_waiting,
                media,
                room_bytes,
                photo_sending: photo_sending::chosen(conn)?,
                photos_held: held_back && media_waiting > 0,
                last_error: seen.last_error,
                warnings: seen.warnings,
            })
        })
        .await
}
