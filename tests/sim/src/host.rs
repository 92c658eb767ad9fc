//! A device's outside world: a clock that may be wrong, seeded dice, and a line that the scheduler
//! holds in its hands.

use doorstep_app::{ApiError, ApiResult, Carried, Carrier, ErrorCode, Request, host::Host};
use doorstep_domain::time::UtcMs;
use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicI64, Ordering},
};
use tokio::sync::{mpsc, oneshot};

use crate::dice::Dice;

/// What a device tells the scheduler.
pub enum Signal {
    /// It sent a request and waits.
    Posted {
        /// Which device.
        slot: usize,
        /// What it sent.
        request: Request,
        /// Where it waits; dropping this is a lost line.
        reply: oneshot::Sender<doorstep_app::Answer>,
    },
    /// Its sync ended.
    Done {
        /// Which device.
        slot: usize,
        /// What the command answered.
        result: ApiResult<serde_json::Value>,
    },
}

/// The scheduler's ear.
pub type Hub = mpsc::UnboundedSender<Signal>;

/// One device's outside world.
pub struct SimHost {
    slot: usize,
    truth: Arc<AtomicI64>,
    hub: Hub,
    own: Mutex<Own>,
}

struct Own {
    dice: Dice,
    /// By how much the wall clock is wrong, in ms.
    offset: i64,
    boot: u64,
    booted_at: i64,
}

impl SimHost {
    /// The world of the device in `slot`, whose clock follows `truth` until somebody sets it.
    pub fn new(slot: usize, truth: &Arc<AtomicI64>, hub: &Hub, dice: Dice) -> Arc<SimHost> {
        let booted_at = truth.load(Ordering::SeqCst) - 60_000;
        let own = Mutex::new(Own { dice, offset: 0, boot: 1, booted_at });
        Arc::new(SimHost { slot, truth: Arc::clone(truth), hub: hub.clone(), own })
    }

    fn own(&self) -> std::sync::MutexGuard<'_, Own> {
        self.own.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sets the wall clock wrong by so many ms.
    pub fn set_clock(&self, offset: i64) {
        self.own().offset = offset;
    }

    /// The machine starts anew: its boot clock begins at zero.
    pub fn reboot(&self) {
        let mut own = self.own();
        own.boot += 1;
        own.booted_at = self.truth.load(Ordering::SeqCst);
    }
}

impl Host for SimHost {
    fn now(&self) -> UtcMs {
        UtcMs(self.truth.load(Ordering::SeqCst) + self.own().offset)
    }

    fn since_boot(&self) -> Option<(String, i64)> {
        let own = self.own();
        let passed = self.truth.load(Ordering::SeqCst) - own.booted_at;
        Some((format!("{}/{}", self.slot, own.boot), passed))
    }

    fn random(&self, buffer: &mut [u8]) {
        self.own().dice.fill(buffer);
    }

    fn line(&self, _: &str, _: &str) -> ApiResult<Arc<dyn Carrier>> {
        Ok(Arc::new(SimLine { slot: self.slot, hub: self.hub.clone() }))
    }

    fn runs_background(&self) -> bool {
        false
    }
}

struct SimLine {
    slot: usize,
    hub: Hub,
}

impl Carrier for SimLine {
    fn carry(&self, request: Request) -> Carried<'_> {
        let (reply, answered) = oneshot::channel();
        let posted = self.hub.send(Signal::Posted { slot: self.slot, request, reply });
        Box::pin(async move {
            posted.map_err(|_| ApiError::new(ErrorCode::HqUnreachable))?;
            answered.await.map_err(|_| ApiError::new(ErrorCode::HqUnreachable))
        })
    }
}
