//! The one boundary through which bytes from outside reach a decoder.
//!
//! Image and barcode decoders are large and read hostile input; a panic inside one becomes an
//! error here and the process lives on.

use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;

thread_local! {
    static INSIDE: Cell<bool> = const { Cell::new(false) };
}

/// A decoder panicked; what it said is in the log only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Panicked;

/// Runs a decoder; `what` names it in the log.
pub(crate) fn guarded<T>(what: &'static str, decode: impl FnOnce() -> T) -> Result<T, Panicked> {
    quiet_hook();
    let outer = INSIDE.replace(true);
    let outcome = panic::catch_unwind(AssertUnwindSafe(decode));
    INSIDE.set(outer);
    outcome.map_err(|cause| {
        let message = cause
            .downcast_ref::<&str>()
            .map(|text| (*text).to_owned())
            .or_else(|| cause.downcast_ref::<String>().cloned())
            .unwrap_or_default();
        tracing::warn!(decoder = what, message, "a decoder panicked on its input");
        Panicked
    })
}

/// Keeps the default back trace off standard error while a decoder runs on this thread; every
/// other panic reaches the hook that was there before.
fn quiet_hook() {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if !INSIDE.get() {
                before(info);
            }
        }));
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panicking_decoder_is_an_error_and_the_next_one_runs() {
        assert_eq!(guarded("test", || -> u8 { panic!("bad stream") }), Err(Panicked));
        assert_eq!(guarded("test", || 7), Ok(7));
    }

    #[test]
    fn after_a_panic_inside_the_flag_is_down_again() {
        let _ = guarded("test", || -> () { panic!("bad stream") });
        assert!(!INSIDE.get());
    }
}
