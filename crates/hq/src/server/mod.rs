//! The HTTPS doors: `/v1/enrol`, `/v1/sync`, `/v1/media`.
//!
//! Nothing lives in the process: every request reads what it needs from the ledger, and SQLite's
//! lock is what orders two processes on one folder. Inside one process a single connection writes,
//! one request after the other; a few others read beside it. All of them work on blocking threads.

mod enrol;
mod exchange;
mod held;
mod media;
mod refusal;
mod tus;
mod verify;

use std::{
    io,
    net::{SocketAddr, TcpListener},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::{
    Router,
    extract::{Request, State},
    http::HeaderValue,
    middleware::{self, Next},
    response::Response,
    routing::{get, post},
};
use axum_server::{Handle, tls_rustls::RustlsConfig};
use doorstep_domain::time::UtcMs;
use doorstep_store::open::Readers;
use doorstep_sync::auth;
use rusqlite::{Connection, TransactionBehavior};

use crate::{
    execute::{scratch::Scratch, shelf::Shelf},
    home::{Home, HomeError},
    pools, retire, tls,
};
pub use media::MediaRow;
use refusal::Refused;

/// How long open requests may take to end after a signal.
const GRACE: Duration = Duration::from_secs(10);
/// How often leases whose time has run out are ended; asking for a pool ends its own at once.
const SWEEP_EVERY: Duration = Duration::from_secs(60);
/// How often finished work is looked for.
const RETIRE_EVERY: Duration = Duration::from_secs(60 * 60);
/// Connections that only read: two cores' worth, and one for whoever waits for a slow page.
const READERS: usize = 3;

/// HQ as a server sees it.
pub struct Hq {
    home: Home,
    writer: Mutex<Connection>,
    readers: Readers<HomeError>,
    shelf: Shelf,
    scratch: Scratch,
    clock: Box<dyn Fn() -> UtcMs + Send + Sync>,
    page_items: usize,
}

impl Hq {
    /// HQ on a data folder, with a clock and a place to try out what devices send.
    ///
    /// # Errors
    /// [`HomeError`] when the ledger does not open.
    pub fn new(
        home: Home,
        clock: impl Fn() -> UtcMs + Send + Sync + 'static,
        scratch: Scratch,
    ) -> Result<Hq, HomeError> {
        let writer = Mutex::new(home.connect(clock())?);
        let reading = home.clone();
        let readers = Readers::up_to(READERS, move || reading.connect_to_read());
        let (shelf, clock) = (Shelf::default(), Box::new(clock));
        let page_items = exchange::PAGE_ITEMS;
        Ok(Hq { home, writer, readers, shelf, scratch, clock, page_items })
    }

    /// The same with pages of at most this many items, so that few records fill several.
    #[must_use]
    pub fn with_pages_of(self, page_items: usize) -> Hq {
        Hq { page_items, ..self }
    }

    fn now(&self) -> UtcMs {
        (self.clock)()
    }

    /// Runs `work` on a blocking thread, alone on the ledger.
    async fn on_ledger<T: Send + 'static>(
        self: &Arc<Hq>,
        work: impl FnOnce(&Hq, &mut Connection) -> Result<T, Refused> + Send + 'static,
    ) -> Result<T, Refused> {
        self.blocking(move |hq| hq.write(|conn| work(hq, conn))).await
    }

    /// Runs `work` on a blocking thread. A panic drops its transaction, is logged without what it was
    /// about, and becomes `internal`.
    async fn blocking<T: Send + 'static>(
        self: &Arc<Hq>,
        work: impl FnOnce(&Hq) -> Result<T, Refused> + Send + 'static,
    ) -> Result<T, Refused> {
        let hq = Arc::clone(self);
        tokio::task::spawn_blocking(move || work(&hq)).await.unwrap_or_else(|_| {
            tracing::error!("a request panicked");
            Err(Refused::internal("a request panicked"))
        })
    }

    /// Runs `work` alone on the ledger; others wait.
    fn write<T>(&self, work: impl FnOnce(&mut Connection) -> T) -> T {
        work(&mut self.writer.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Runs `work` on a connection that cannot write, beside whoever writes, on one state of the
    /// ledger.
    fn read<T>(&self, work: impl FnOnce(&Connection) -> Result<T, Refused>) -> Result<T, Refused> {
        self.readers.with(|conn| work(&*conn.unchecked_transaction()?))?
    }
}

/// The routes.
pub fn router(hq: Arc<Hq>) -> Router {
    Router::new()
        .route("/v1/enrol", post(enrol::enrol))
        .route("/v1/sync", post(exchange::sync))
        .route("/v1/media", post(media::create).options(media::options))
        .route("/v1/media/{hash}", get(media::download).head(media::offset).patch(media::append))
        .fallback(async || Refused::not_found("no such door"))
        .layer(middleware::from_fn_with_state(Arc::clone(&hq), stamp_time))
        .with_state(hq)
}

/// Puts HQ's clock on every answer, so that a device whose clock is wrong can set itself right.
async fn stamp_time(State(hq): State<Arc<Hq>>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    response.headers_mut().insert(auth::TIME, HeaderValue::from(hq.now().0));
    response
}

/// Serves until SIGTERM or SIGINT; `ready` hears the address once the socket listens.
///
/// # Errors
/// When the address cannot be bound or the certificate not used.
pub async fn serve(
    hq: Arc<Hq>,
    listen: SocketAddr,
    ready: impl FnOnce(SocketAddr),
) -> Result<(), HomeError> {
    let io = |error: io::Error| HomeError::File { path: "network".into(), error };
    let config = RustlsConfig::from_config(tls::server_config(&hq.home)?);
    let listener = TcpListener::bind(listen).map_err(io)?;
    listener.set_nonblocking(true).map_err(io)?;
    let address = listener.local_addr().map_err(io)?;
    let handle = Handle::new();
    tokio::spawn(shut_down_on_signal(handle.clone()));
    tokio::spawn(retire_finished(Arc::clone(&hq)));
    tokio::spawn(end_expired(Arc::clone(&hq)));
    let server = axum_server::from_tcp_rustls(listener, config).map_err(io)?.handle(handle);
    ready(address);
    server.serve(router(hq).into_make_service()).await.map_err(io)
}

/// Takes finished work away from its crews, now and every hour.
async fn retire_finished(hq: Arc<Hq>) {
    loop {
        let done = hq.on_ledger(|hq, conn| {
            let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
            retire::run(&tx, hq.now())?;
            Ok(tx.commit()?)
        });
        if done.await.is_err() {
            tracing::error!("finished work could not be taken from its crews");
        }
        tokio::time::sleep(RETIRE_EVERY).await;
    }
}

/// Ends leases whose time has run out, now and every minute.
async fn end_expired(hq: Arc<Hq>) {
    loop {
        let done = hq.on_ledger(|hq, conn| {
            let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
            pools::sweep(&tx, hq.now())?;
            Ok(tx.commit()?)
        });
        if done.await.is_err() {
            tracing::error!("expired leases could not be ended");
        }
        tokio::time::sleep(SWEEP_EVERY).await;
    }
}

async fn shut_down_on_signal(handle: Handle<SocketAddr>) {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminate) = signal(SignalKind::terminate()) else { return };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = tokio::signal::ctrl_c() => {}
    }
    tracing::info!("shutting down");
    handle.graceful_shutdown(Some(GRACE));
}
