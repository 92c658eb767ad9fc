//! An unlocked profile: everything the use cases work with.

use doorstep_domain::{
    books::Books,
    claim::Claim,
    clock::{self, ClockReading, TimeEstimate},
    facts::{DocKind, FactView, FieldEdit},
    id::CommandKey,
    rights::{may_claim, may_write},
    time::UtcMs,
    trust::KeyList,
};
use doorstep_store::{
    blobs::BlobFolder,
    device::{self, CommandRecord, LocalEdit},
    vault::RawKey,
};
use doorstep_sync::Document;
use rusqlite::{Connection, Transaction};
use serde::de::DeserializeOwned;
use std::{
    collections::BTreeSet,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
};
use tokio::sync::Notify;
use uuid::Uuid;

use crate::{
    database::{Database, OpenDocument},
    error::{ApiError, ApiResult},
    error_code::ErrorCode,
    host::{SharedHost, id_noise},
    identity::{self, Epoch, Identity},
    photo_sending::PhotoGate,
    profile::OpenedStore,
    reconcile::Audit,
    salvage::Salvage,
    sync_state::{LineState, SyncState},
    transport::Line,
    views,
};

const CLOCK: &str = "clock";
/// Documents whose local version must give way to HQ's, because HQ refused a change in it.
pub(crate) const RESET: &str = "reset";

/// An unlocked profile.
pub(crate) struct Session {
    pub(crate) db: Database,
    pub(crate) blobs: BlobFolder,
    pub(crate) host: SharedHost,
    pub(crate) key: RawKey,
    pub(crate) rescue_path: PathBuf,
    pub(crate) salvaged: Option<Salvage>,
    pub(crate) sync: SyncState,
    /// Something waits for HQ, or the person asked to sync.
    pub(crate) poke: Notify,
    /// The outbox changed: the rescue file is to be written again.
    pub(crate) outbox_changed: Notify,
    /// Held during an exchange: the sealed batch is one.
    pub(crate) syncing: tokio::sync::Mutex<()>,
    /// The way to HQ, kept open between exchanges.
    line: tokio::sync::OnceCell<Line>,
    /// Held while the rescue file is written.
    pub(crate) rescuing: tokio::sync::Mutex<()>,
    /// Photos may go: the records they belong to have been sent.
    pub(crate) media_poke: Notify,
    /// Whether photos may go over the network in use.
    pub(crate) photo_gate: Arc<PhotoGate>,
    /// Held while what is held is counted.
    pub(crate) audit: tokio::sync::Mutex<Audit>,
    books: Mutex<Option<Arc<Books>>>,
}

impl Session {
    pub(crate) fn new(
        opened: OpenedStore,
        key: RawKey,
        rescue_path: PathBuf,
        host: SharedHost,
    ) -> Session {
        Session {
            db: opened.database,
            blobs: opened.blobs,
            host,
            key,
            rescue_path,
            salvaged: opened.salvaged,
            sync: SyncState::default(),
            poke: Notify::new(),
            outbox_changed: Notify::new(),
            syncing: tokio::sync::Mutex::new(()),
            line: tokio::sync::OnceCell::new(),
            rescuing: tokio::sync::Mutex::new(()),
            media_poke: Notify::new(),
            photo_gate: Arc::default(),
            audit: tokio::sync::Mutex::default(),
            books: Mutex::new(None),
        }
    }

    /// Who this device is; an error until it is enrolled.
    pub(crate) async fn identity(&self) -> ApiResult<Identity> {
        self.db.read(required_identity).await
    }

    /// The line to HQ. Enrolment happens once per profile, so it never leads elsewhere.
    pub(crate) async fn line(&self) -> ApiResult<&Line> {
        let made = || async { Line::to_hq(&self.identity().await?, self.host.as_ref()) };
        self.line.get_or_try_init(made).await
    }

    /// HQ's time as estimated now.
    pub(crate) async fn time(&self) -> ApiResult<TimeEstimate> {
        let host = Arc::clone(&self.host);
        self.db.read(move |conn| estimated_time(conn, host.as_ref())).await
    }

    /// The key list this device believes.
    pub(crate) async fn keys(&self) -> ApiResult<KeyList> {
        let keys = self.db.read(identity::keys).await?;
        keys.ok_or_else(|| ApiError::new(ErrorCode::NotEnrolled))
    }

    /// Sets fields of a record in one durable transaction, creating its document if need be.
    pub(crate) async fn edit(
        &self,
        kind: DocKind,
        doc: Uuid,
        edits: Vec<FieldEdit>,
    ) -> ApiResult<()> {
        self.edit_all(vec![(kind, doc, edits)]).await
    }

    /// The same for several records: all of them, or after a crash none.
    pub(crate) async fn edit_all(
        &self,
        records: Vec<(DocKind, Uuid, Vec<FieldEdit>)>,
    ) -> ApiResult<()> {
        let host = Arc::clone(&self.host);
        self.db
            .write(move |tx, open| {
                for (kind, doc, edits) in &records {
                    edit_document(tx, open, *kind, *doc, edits, host.as_ref())?;
                }
                Ok(())
            })
            .await?;
        self.work_added();
        Ok(())
    }

    /// Puts a claim into the outbox; it is durable when this returns.
    pub(crate) async fn claim(&self, claim: Claim) -> ApiResult<CommandKey> {
        let host = Arc::clone(&self.host);
        let key = self.db.write(move |tx, _| add_claim(tx, &claim, host.as_ref())).await?;
        self.work_added();
        Ok(key)
    }

    /// An authoritative row of HQ, as its record.
    pub(crate) async fn row<T: DeserializeOwned + Send + 'static>(
        &self,
        kind: &'static str,
        id: Uuid,
    ) -> ApiResult<T> {
        self.db.read(move |conn| required_row(conn, kind, id)).await
    }

    /// A new identity part from the host's dice.
    pub(crate) fn noise(&self) -> [u8; 10] {
        id_noise(self.host.as_ref())
    }

    /// Tells the background that something waits for HQ.
    pub(crate) fn work_added(&self) {
        self.outbox_changed.notify_one();
        self.poke.notify_one();
    }

    /// What was just chosen can be reserved at once, while HQ is in reach.
    pub(crate) fn reserve_soon(&self) {
        if self.sync.seen().line == LineState::Online {
            self.poke.notify_one();
        }
    }

    /// The reference data last priced with, if it still is the one asked for.
    pub(crate) fn cached_books(&self) -> Option<Arc<Books>> {
        self.books.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn keep_books(&self, books: Arc<Books>) {
        *self.books.lock().unwrap_or_else(PoisonError::into_inner) = Some(books);
    }
}

pub(crate) fn required_identity(conn: &Connection) -> ApiResult<Identity> {
    Identity::load(conn)?.ok_or_else(|| ApiError::new(ErrorCode::NotEnrolled))
}

pub(crate) fn required_epoch(conn: &Connection) -> ApiResult<Epoch> {
    Epoch::load(conn)?.ok_or_else(|| ApiError::new(ErrorCode::NotEnrolled))
}

pub(crate) fn required_row<T: DeserializeOwned>(
    conn: &Connection,
    kind: &'static str,
    id: Uuid,
) -> ApiResult<T> {
    let row = device::row(conn, kind, id)?.ok_or_else(|| ApiError::not_found(kind))?;
    Ok(row.record()?)
}

pub(crate) fn estimated_time(
    conn: &Connection,
    host: &dyn crate::host::Host,
) -> ApiResult<TimeEstimate> {
    let reading: Option<ClockReading> = device::setting(conn, CLOCK)?;
    Ok(clock::estimate(reading.as_ref(), &host.tick()))
}

pub(crate) fn note_hq_time(
    conn: &Connection,
    hq_time: UtcMs,
    host: &dyn crate::host::Host,
) -> ApiResult<()> {
    Ok(device::put_setting(conn, CLOCK, &ClockReading::take(hq_time, host.tick()))?)
}

/// When HQ last told its time.
pub(crate) fn last_hq_time(conn: &Connection) -> ApiResult<Option<UtcMs>> {
    let reading: Option<ClockReading> = device::setting(conn, CLOCK)?;
    Ok(reading.map(|reading| reading.hq_time()))
}

/// One edit by the person at the screen, who must have the right to it.
pub(crate) fn edit_document(
    tx: &Transaction<'_>,
    open: &mut OpenDocument,
    kind: DocKind,
    doc: Uuid,
    edits: &[FieldEdit],
    host: &dyn crate::host::Host,
) -> ApiResult<FactView> {
    let role = required_identity(tx)?.person.role;
    if !edits.iter().all(|edit| may_write(role, kind, &edit.section, &edit.key)) {
        return Err(ApiError::new(ErrorCode::NotAllowed));
    }
    let waits = waits_for_hqs_version(tx, kind, doc)?;
    let view = write_document(tx, open, kind, doc, edits, host)?;
    if waits {
        device::make_stale(tx, doc)?;
    }
    Ok(view)
}

/// Whether an edit made now must be written again on HQ's version before it is sent: HQ refused
/// what the document here builds on, an earlier edit of it waits for the same, or HQ has the
/// document (its row is here) and it has not arrived yet. Sent as it is, HQ would refuse it.
fn waits_for_hqs_version(conn: &Connection, kind: DocKind, doc: Uuid) -> ApiResult<bool> {
    let reset: BTreeSet<Uuid> = device::setting(conn, RESET)?.unwrap_or_default();
    if reset.contains(&doc) {
        return Ok(true);
    }
    let epoch = required_epoch(conn)?;
    if !device::stale_edits(conn, doc, epoch.id)?.is_empty() {
        return Ok(true);
    }
    Ok(!device::holds_document(conn, doc)? && device::row(conn, kind.name(), doc)?.is_some())
}

/// One edit: change, document, outbox entry, all in the caller's transaction.
pub(crate) fn write_document(
    tx: &Transaction<'_>,
    open: &mut OpenDocument,
    kind: DocKind,
    doc: Uuid,
    edits: &[FieldEdit],
    host: &dyn crate::host::Host,
) -> ApiResult<FactView> {
    let identity = required_identity(tx)?;
    let epoch = required_epoch(tx)?;
    let (author, now) = (identity.author(), host.now());
    let record = |snapshot: Option<&[u8]>, change: &[u8], heads: &[u8], edits: &[FieldEdit]| {
        device::record_edit(
            tx,
            &LocalEdit {
                doc,
                kind,
                snapshot,
                change,
                heads,
                edits,
                author: &author,
                made_at: now,
                epoch: epoch.id,
            },
        )
    };
    let document = match take_open(tx, open, doc)? {
        Some(document) => document,
        None => {
            let (mut created, change) = Document::create(kind, doc, epoch.actor, &author, now)?;
            record(Some(&created.save()), &change, &created.heads().0, &[])?;
            created
        }
    };
    let mut document = document;
    document.write_as(epoch.actor);
    let (mut edited, change) = document.edit(edits, &author, now)?;
    if !change.is_empty() {
        let snapshot = device::is_to_be_folded(tx, doc)?.then(|| edited.save());
        record(snapshot.as_deref(), &change, &edited.heads().0, edits)?;
    }
    let view = edited.view()?;
    views::keep(doc, &edited.heads().0, &view);
    *open = Some(edited);
    Ok(view)
}

/// The document of the editing session, or the stored one.
fn take_open(conn: &Connection, open: &mut OpenDocument, doc: Uuid) -> ApiResult<Option<Document>> {
    match open.take() {
        Some(document) if document.id() == doc => Ok(Some(document)),
        _ => load(conn, doc),
    }
}

pub(crate) fn load(conn: &Connection, doc: Uuid) -> ApiResult<Option<Document>> {
    let Some(stored) = device::load_document(conn, doc)? else { return Ok(None) };
    let later = stored.changes.iter().map(Vec::as_slice);
    Ok(Some(Document::open(stored.kind, doc, &stored.snapshot, later)?))
}

pub(crate) fn view_document(conn: &Connection, doc: Uuid) -> ApiResult<Option<FactView>> {
    let Some(heads) = device::document_heads(conn, doc)? else { return Ok(None) };
    if let Some(view) = views::kept(doc, &heads) {
        return Ok(Some(view));
    }
    let Some(document) = load(conn, doc)? else { return Ok(None) };
    let view = document.view()?;
    views::keep(doc, &heads, &view);
    Ok(Some(view))
}

/// Writes a claim into the outbox in the caller's transaction.
pub(crate) fn add_claim(
    tx: &Transaction<'_>,
    claim: &Claim,
    host: &dyn crate::host::Host,
) -> ApiResult<CommandKey> {
    claim.check().map_err(|e| ApiError::saying(ErrorCode::ClaimRefused, e.words()).detail(e))?;
    let identity = required_identity(tx)?;
    if !may_claim(identity.person.role, claim.kind()) {
        return Err(ApiError::new(ErrorCode::NotAllowed));
    }
    let time = estimated_time(tx, host)?;
    let key = CommandKey::new(time.device, id_noise(host));
    let kind = serde_json::to_value(claim.kind()).map_err(ApiError::internal)?;
    device::add_command(
        tx,
        &CommandRecord {
            key,
            kind: kind.as_str().unwrap_or_default().to_owned(),
            subject: claim.subject().map(|subject| subject.uuid()),
            person: identity.person_id(),
            claim: serde_json::to_string(claim).map_err(ApiError::internal)?,
            made_at: time.device,
            estimated_at: time.at,
            batch: None,
            decision: None,
            decided_at: None,
            dismissed_at: None,
        },
    )?;
    Ok(key)
}
