//! The one writer thread and the readers beside it.
//!
//! Every write runs on one thread in one transaction that is durable before the answer is given.
//! Reads run there too while nobody writes: the writer still has in memory what it has just written,
//! whereas every write makes the readers forget all their pages, each of which is to be decrypted
//! again. Beside a write, and for what takes long, there are connections that cannot write. A panic
//! inside any of it becomes an error.

use doorstep_domain::planted::{Bug, planted};
use doorstep_store::{error::StoreError, open::Readers};
use doorstep_sync::Document;
use rusqlite::{Connection, Transaction, TransactionBehavior, TransactionState};
use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
        mpsc,
    },
    thread::JoinHandle,
};
use tokio::sync::oneshot;

use crate::{
    error::{ApiError, ApiResult},
    error_code::ErrorCode,
    views,
};

type Job = Box<dyn FnOnce(&mut Connection, &mut OpenDocument) + Send>;

/// The document of the editing session: loading one costs more than the edit itself.
pub(crate) type OpenDocument = Option<Document>;

/// The database of an unlocked profile.
pub(crate) struct Database {
    jobs: Option<mpsc::Sender<Job>>,
    /// Jobs that wait for the writer or are in its hands.
    waiting: Arc<AtomicUsize>,
    writer: Option<JoinHandle<()>>,
    readers: Arc<Readers<ApiError>>,
    suspicion: Suspicion,
}

/// A file beside the database that says a damaged page was met. While it lies there, opening reads
/// the whole database through, because a page is otherwise checked only when it is read.
#[derive(Debug, Clone)]
pub(crate) struct Suspicion(PathBuf);

impl Suspicion {
    /// Of the database at `path`.
    pub(crate) fn about(path: &Path) -> Suspicion {
        Suspicion(path.with_extension("suspect"))
    }

    /// Whether a damaged page was met.
    pub(crate) fn stands(&self) -> bool {
        self.0.exists()
    }

    /// The database proved sound, or lies aside.
    pub(crate) fn is_settled(&self) {
        if let Err(error) = std::fs::remove_file(&self.0) {
            tracing::warn!(%error, "the mark of a suspect database stays");
        }
    }

    fn note<T>(&self, done: &ApiResult<T>) {
        let met = matches!(done, Err(error) if error.code == ErrorCode::DatabaseDamaged);
        if met && let Err(error) = std::fs::write(&self.0, b"") {
            tracing::error!(%error, "a damaged database could not be marked");
        }
    }
}

impl Database {
    /// Starts the writer thread on `writer` and keeps `readers` for what must not wait for it.
    pub(crate) fn start(
        writer: Connection,
        readers: Readers<ApiError>,
        suspicion: Suspicion,
    ) -> ApiResult<Database> {
        let (jobs, queue) = mpsc::channel::<Job>();
        let thread = std::thread::Builder::new()
            .name("store-writer".into())
            .spawn(move || {
                views::keep_on_this_thread();
                let (mut conn, mut open) = (writer, None);
                while let Ok(job) = queue.recv() {
                    job(&mut conn, &mut open);
                }
            })
            .map_err(ApiError::internal)?;
        Ok(Database {
            jobs: Some(jobs),
            waiting: Arc::default(),
            writer: Some(thread),
            readers: Arc::new(readers),
            suspicion,
        })
    }

    /// Runs `work` in one transaction; it is durable when this returns `Ok`.
    pub(crate) async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Transaction<'_>, &mut OpenDocument) -> ApiResult<T> + Send + 'static,
    ) -> ApiResult<T> {
        self.on_writer(move |conn, open| {
            let done = catch_unwind(AssertUnwindSafe(|| in_transaction(conn, open, work)))
                .unwrap_or_else(|_| Err(ApiError::internal("a write panicked")));
            if done.is_err() {
                // The document in memory may be ahead of what was rolled back.
                *open = None;
            }
            done
        })
        .await
    }

    /// Runs `work`, which must not write and is over in some milliseconds.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> ApiResult<T> + Send + 'static,
    ) -> ApiResult<T> {
        if self.waiting.load(Ordering::SeqCst) > 0 {
            return self.read_beside(work).await;
        }
        self.on_writer(move |conn, _| {
            catch_unwind(AssertUnwindSafe(|| reading(conn, work)))
                .unwrap_or_else(|_| Err(ApiError::internal("a read panicked")))
        })
        .await
    }

    /// Runs `work` on a connection that cannot write; no write waits for it, however long it takes.
    pub(crate) async fn read_beside<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> ApiResult<T> + Send + 'static,
    ) -> ApiResult<T> {
        let readers = Arc::clone(&self.readers);
        let done = tokio::task::spawn_blocking(move || {
            catch_unwind(AssertUnwindSafe(|| readers.with(work)?))
                .unwrap_or_else(|_| Err(ApiError::internal("a read panicked")))
        })
        .await
        .map_err(ApiError::internal)?;
        self.suspicion.note(&done);
        done
    }

    async fn on_writer<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Connection, &mut OpenDocument) -> ApiResult<T> + Send + 'static,
    ) -> ApiResult<T> {
        let (answer, receive) = oneshot::channel();
        let waiting = Arc::clone(&self.waiting);
        let job: Job = Box::new(move |conn, open| {
            let done = work(conn, open);
            waiting.fetch_sub(1, Ordering::SeqCst);
            let _ = answer.send(done);
        });
        let jobs = self.jobs.as_ref().ok_or_else(|| ApiError::internal("the store is closed"))?;
        self.waiting.fetch_add(1, Ordering::SeqCst);
        jobs.send(job).map_err(|_| ApiError::internal("the writer has stopped"))?;
        let done = receive.await.map_err(|_| ApiError::internal("the writer has stopped"))?;
        self.suspicion.note(&done);
        done
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        self.jobs = None;
        if let Some(writer) = self.writer.take() {
            let _ = writer.join();
        }
    }
}

fn in_transaction<T>(
    conn: &mut Connection,
    open: &mut OpenDocument,
    work: impl FnOnce(&Transaction<'_>, &mut OpenDocument) -> ApiResult<T>,
) -> ApiResult<T> {
    let tx =
        conn.transaction_with_behavior(TransactionBehavior::Immediate).map_err(StoreError::from)?;
    let value = work(&tx, open)?;
    match tx.commit() {
        Err(_) if planted(Bug::IgnoreCommitError) => {}
        done => done.map_err(StoreError::from)?,
    }
    Ok(value)
}

/// On one state of the database; whatever `work` wrote against its word is undone.
fn reading<T>(
    conn: &mut Connection,
    work: impl FnOnce(&Connection) -> ApiResult<T>,
) -> ApiResult<T> {
    let tx = conn.transaction().map_err(StoreError::from)?;
    let value = work(&tx)?;
    match tx.transaction_state(None::<&str>).map_err(StoreError::from)? {
        TransactionState::Write => Err(ApiError::internal("a read wrote")),
        _ => Ok(value),
    }
}
