//! HQ: its data folder with its server, when that lives.

use axum::{
    Router,
    body::{Body, to_bytes},
    http,
};
use doorstep_app::{Answer, Request};
use doorstep_domain::time::UtcMs;
use doorstep_hq::{
    execute::scratch::Scratch,
    home::{Home, HomeError},
    server::{self, Hq},
};
use rusqlite::Connection;
use std::{
    path::PathBuf,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicI64, Ordering},
    },
};
use tokio::runtime::Runtime;
use tower::ServiceExt;

use crate::dice::Dice;

static DICE: Mutex<Option<Dice>> = Mutex::new(None);

/// Throws HQ's dice anew.
pub fn reset_dice(dice: Dice) {
    *DICE.lock().unwrap_or_else(PoisonError::into_inner) = Some(dice);
}

fn seeded(buffer: &mut [u8]) -> std::io::Result<()> {
    let mut dice = DICE.lock().unwrap_or_else(PoisonError::into_inner);
    dice.get_or_insert_with(|| Dice::new(0, 0)).fill(buffer);
    Ok(())
}

/// HQ's machine.
pub struct HqMachine {
    /// Its data folder.
    pub folder: String,
    truth: Arc<AtomicI64>,
    page_items: usize,
    running: Option<Running>,
}

struct Running {
    router: Router,
    home: Home,
    probe: Connection,
}

impl HqMachine {
    /// A machine that is switched off.
    pub fn new(folder: String, truth: &Arc<AtomicI64>, page_items: usize) -> HqMachine {
        HqMachine { folder, truth: Arc::clone(truth), page_items, running: None }
    }

    /// HQ's clock.
    pub fn now(&self) -> UtcMs {
        UtcMs(self.truth.load(Ordering::SeqCst))
    }

    /// Whether the server lives.
    pub fn is_on(&self) -> bool {
        self.running.is_some()
    }

    /// Starts the server.
    pub fn start(&mut self) -> Result<(), HomeError> {
        let home = Home::open_with(&PathBuf::from(&self.folder), self.now(), seeded)?;
        let truth = Arc::clone(&self.truth);
        let clock = move || UtcMs(truth.load(Ordering::SeqCst));
        let hq =
            Hq::new(home.clone(), clock, Scratch::in_process())?.with_pages_of(self.page_items);
        let probe = home.connect(self.now())?;
        self.running = Some(Running { router: server::router(Arc::new(hq)), home, probe });
        Ok(())
    }

    /// Ends the server.
    pub fn stop(&mut self) {
        self.running = None;
    }

    /// The data folder's keys and settings.
    pub fn home(&self) -> &Home {
        &self.running.as_ref().expect("only a running HQ is asked").home
    }

    /// A second connection, for those who look and for the admin's commands.
    pub fn probe(&mut self) -> &mut Connection {
        &mut self.running.as_mut().expect("only a running HQ is asked").probe
    }

    /// Serves one request to its end.
    pub fn serve(&self, runtime: &Runtime, request: &Request) -> Answer {
        let running = self.running.as_ref().expect("only a running HQ serves");
        let mut http = http::Request::new(Body::from(request.body.clone()));
        *http.method_mut() = request.method.clone();
        *http.uri_mut() = request.path.parse().expect("devices send sound paths");
        *http.headers_mut() = request.headers.clone();
        runtime.block_on(async {
            let response = running.router.clone().oneshot(http).await;
            let (parts, body) = response.expect("a router never fails").into_parts();
            let body = to_bytes(body, usize::MAX).await.expect("the body is in memory");
            Answer { status: parts.status, headers: parts.headers, body: body.to_vec() }
        })
    }
}
