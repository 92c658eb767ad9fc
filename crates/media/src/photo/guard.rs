//! The one boundary around image decoders and encoders.

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::PhotoError;

/// Runs `work` and turns a panic of a decoder into an error. Everything `work` builds is dropped
/// with the panic, so nothing half-made is seen afterwards.
pub(super) fn contained<T>(work: impl FnOnce() -> Result<T, PhotoError>) -> Result<T, PhotoError> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or(Err(PhotoError::DecoderFailed))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_inside_becomes_an_error() {
        let outcome: Result<(), _> = contained(|| panic!("a decoder gave up"));
        assert_eq!(outcome, Err(PhotoError::DecoderFailed));
    }
}
