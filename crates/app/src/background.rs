//! What goes on while nobody looks: sync on events and every minute, the rescue file kept current.

use doorstep_domain::time::UtcMs;
use doorstep_store::{
    blobs::BlobName,
    device,
    rescue::{self, RescueNoise, UnsentWork},
};
use std::{sync::Arc, time::Duration};
use tokio::task::JoinHandle;

use crate::{
    error::{ApiError, ApiResult},
    error_code::ErrorCode,
    exchange,
    host::random_bytes,
    leases, reconcile,
    session::Session,
    uploads,
};

/// Sync runs at least this often.
const EVERY: Duration = Duration::from_secs(60);
/// After an event sync waits this long, so that a burst of edits leaves in one batch.
const GATHER: Duration = Duration::from_millis(300);
/// A failed attempt is repeated after these waits; the last one repeats. The line may be back any
/// moment, and a request that fails at once costs next to nothing.
const RETRY: [Duration; 5] = [
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::from_secs(5),
    Duration::from_secs(15),
    Duration::from_secs(60),
];
/// Photos and papers of finished work stay on the device this long after HQ's receipt: three days.
const KEEP_RECEIVED_MS: i64 = 3 * UtcMs::DAY;
/// Finished work is looked for this often.
const CLEAR_EVERY_MS: i64 = 60 * UtcMs::MINUTE;
/// Rows made findable in one transaction, a few tenths of a second at most.
const INDEXED_AT_ONCE: usize = 1_000;
/// The rescue file follows the outbox within this time.
const RESCUE_AFTER: Duration = Duration::from_millis(500);

/// The background tasks of an unlocked profile; they end when this is dropped.
pub(crate) struct Background(Vec<JoinHandle<()>>);

impl Background {
    /// Starts syncing and rescuing for this session.
    pub(crate) fn start(session: &Arc<Session>) -> Background {
        let sync = tokio::spawn(keep_syncing(Arc::clone(session)));
        let rescue = tokio::spawn(keep_rescue_file(Arc::clone(session)));
        let media = tokio::spawn(keep_sending_media(Arc::clone(session)));
        Background(vec![sync, rescue, media])
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        for task in &self.0 {
            task.abort();
        }
    }
}

/// One exchange of records; then photos and papers may go, beside whatever comes next.
pub(crate) async fn sync_once(session: &Session) -> ApiResult<()> {
    let _one_at_a_time = session.syncing.lock().await;
    let done = sync_records(session).await;
    // Needs no line: what an attempt brought before it failed is found as well.
    let indexed = index_news(session).await;
    let done = done.and(indexed);
    match &done {
        Ok(()) => session.media_poke.notify_one(),
        Err(error) => {
            session.sync.failed(error);
            tracing::info!(code = ?error.code, detail = error.detail, "sync attempt failed");
        }
    }
    done
}

/// Photos and papers have a task of their own, so that records never wait for one that crawls.
async fn keep_sending_media(session: Arc<Session>) {
    loop {
        session.media_poke.notified().await;
        if let Err(error) = uploads::run(&session).await {
            session.sync.failed(&error);
            tracing::info!(code = ?error.code, detail = error.detail, "photos wait for the line");
        }
    }
}

/// Records; once more where leases for the day were asked for, and where counting what is held found
/// something missing.
async fn sync_records(session: &Session) -> ApiResult<()> {
    exchange::run(session).await?;
    match leases::keep(session).await {
        Ok(true) => exchange::run(session).await?,
        Ok(false) => {}
        // What cannot be reserved stands in the way of nothing.
        Err(error) => tracing::warn!(detail = error.detail, "nothing could be reserved"),
    }
    match reconcile::audit(session).await {
        Ok(true) => exchange::run(session).await,
        Ok(false) => Ok(()),
        Err(error) => {
            tracing::warn!(detail = error.detail, "what is held could not be counted");
            Ok(())
        }
    }
}

/// Makes what a bulk of news brought findable, piece by piece: edits go in between.
async fn index_news(session: &Session) -> ApiResult<()> {
    let mut due = session.db.read(|conn| Ok(device::search_is_due(conn)?)).await?;
    while due {
        due = session.db.write(|tx, _| Ok(device::index_due(tx, INDEXED_AT_ONCE)?)).await?;
    }
    Ok(())
}

async fn keep_syncing(session: Arc<Session>) {
    let mut failures = 0usize;
    let mut cleared_at = None;
    loop {
        failures = match sync_once(&session).await {
            Ok(()) => {
                if let Err(error) = clear_finished(&session, &mut cleared_at).await {
                    tracing::warn!(detail = error.detail, "finished work could not be cleared");
                }
                0
            }
            Err(error) if error.code == ErrorCode::NotEnrolled => 0,
            Err(_) => failures.saturating_add(1),
        };
        let wait = match failures {
            0 => EVERY,
            n => RETRY.get(n - 1).copied().unwrap_or(EVERY),
        };
        tokio::select! {
            () = session.poke.notified() => tokio::time::sleep(GATHER).await,
            () = tokio::time::sleep(wait) => {}
        }
    }
}

/// Removes photos and papers of finished work some days after HQ's receipt, at most once an hour.
async fn clear_finished(session: &Session, cleared_at: &mut Option<UtcMs>) -> ApiResult<()> {
    let now = session.time().await?.at;
    if cleared_at.is_some_and(|last| now.0 < last.plus_ms(CLEAR_EVERY_MS).0) {
        return Ok(());
    }
    *cleared_at = Some(now);
    let before = now.plus_ms(-KEEP_RECEIVED_MS);
    let files = session.db.write(move |tx, _| Ok(device::purge_received(tx, before)?)).await?;
    for file in files {
        let name: BlobName = file.parse().map_err(ApiError::internal)?;
        // A file that stays behind is an orphan, and the next start removes it.
        if let Err(error) = session.blobs.remove(name) {
            tracing::warn!(%error, "a photo of finished work could not be removed");
        }
    }
    Ok(())
}

async fn keep_rescue_file(session: Arc<Session>) {
    loop {
        session.outbox_changed.notified().await;
        tokio::time::sleep(RESCUE_AFTER).await;
        if let Err(error) = write_rescue_file(&session).await {
            tracing::error!(detail = error.detail, "the rescue file could not be written");
        }
    }
}

/// Seals the unsent work for HQ and for this device. One writer at a time: the file is written beside
/// the old one and renamed, and an older state must not replace a newer one.
pub(crate) async fn write_rescue_file(session: &Session) -> ApiResult<()> {
    let _one_at_a_time = session.rescuing.lock().await;
    let work = session.db.read_beside(|conn| Ok(UnsentWork::of(conn)?)).await?;
    let Ok(identity) = session.identity().await else { return Ok(()) };
    let mut hq_public = [0u8; 32];
    hex::decode_to_slice(&identity.rescue_key, &mut hq_public).map_err(ApiError::internal)?;
    let content = work.to_bytes().map_err(ApiError::internal)?;
    let host = session.host.as_ref();
    let noise = RescueNoise {
        content_key: random_bytes(host),
        ephemeral: random_bytes(host),
        wrap: random_bytes(host),
        content: random_bytes(host),
    };
    let sealed = rescue::seal(&content, &hq_public, &session.key, &noise)
        .map_err(|e| ApiError::saying(ErrorCode::StorageFailed, e.words()).detail(e))?;
    let path = session.rescue_path.clone();
    tokio::task::spawn_blocking(move || rescue::store(&path, &sealed))
        .await
        .map_err(ApiError::internal)?
        .map_err(|e| ApiError::saying(ErrorCode::StorageFailed, e.words()).detail(e))
}
