//! Connections that can only read, shared by whoever asks.

use rusqlite::Connection;
use std::{
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
};

/// Connections that can only read ([`open_reader`](super::open_reader)), each opened when it is first
/// needed; whoever finds none free waits for one.
pub struct Readers<E> {
    pool: Mutex<Pool>,
    freed: Condvar,
    connect: Box<dyn Fn() -> Result<Connection, E> + Send + Sync>,
}

struct Pool {
    idle: Vec<Connection>,
    unopened: usize,
}

impl<E> Readers<E> {
    /// At most `most` at a time, each made by `connect`.
    pub fn up_to(
        most: usize,
        connect: impl Fn() -> Result<Connection, E> + Send + Sync + 'static,
    ) -> Readers<E> {
        let pool = Mutex::new(Pool { idle: Vec::new(), unopened: most });
        Readers { pool, freed: Condvar::new(), connect: Box::new(connect) }
    }

    /// Runs `work` on one of them. A panic in it goes on to the caller; the connection stays.
    ///
    /// # Errors
    /// Those of `connect`.
    pub fn with<T>(&self, work: impl FnOnce(&Connection) -> T) -> Result<T, E> {
        let conn = self.take()?;
        let done = catch_unwind(AssertUnwindSafe(|| work(&conn)));
        self.pool().idle.push(conn);
        self.freed.notify_one();
        Ok(done.unwrap_or_else(|panic| resume_unwind(panic)))
    }

    fn take(&self) -> Result<Connection, E> {
        let mut pool = self.pool();
        loop {
            if let Some(conn) = pool.idle.pop() {
                return Ok(conn);
            }
            if pool.unopened > 0 {
                pool.unopened -= 1;
                break;
            }
            pool = self.freed.wait(pool).unwrap_or_else(PoisonError::into_inner);
        }
        drop(pool);
        (self.connect)().inspect_err(|_| {
            self.pool().unopened += 1;
            self.freed.notify_one();
        })
    }

    fn pool(&self) -> MutexGuard<'_, Pool> {
        self.pool.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
