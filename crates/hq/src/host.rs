//! The two things only a host may ask the system for: the time and dice.

use std::{sync::OnceLock, time::UNIX_EPOCH};

use doorstep_domain::time::UtcMs;

/// Milliseconds by which HQ's clock is set apart from the system's: for demonstrations and tests
/// on another day, such as one on which the sample price book is valid. Read once.
const CLOCK_OFFSET: &str = "DOORSTEP_CLOCK_OFFSET_MS";

fn clock_offset_ms() -> i64 {
    static OFFSET: OnceLock<i64> = OnceLock::new();
    *OFFSET.get_or_init(|| {
        std::env::var(CLOCK_OFFSET).ok().and_then(|text| text.parse().ok()).unwrap_or(0)
    })
}

/// The system's clock, set apart by [`CLOCK_OFFSET`].
#[allow(clippy::disallowed_methods, reason = "HQ is the host whose clock the product follows")]
pub fn now() -> UtcMs {
    let since = std::time::SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    UtcMs(i64::try_from(since.as_millis()).unwrap_or(i64::MAX)).plus_ms(clock_offset_ms())
}

/// Fills a buffer with random bytes fit for keys.
pub type Dice = fn(&mut [u8]) -> std::io::Result<()>;

/// The system's secure source.
///
/// # Errors
/// When the system has none to give.
pub fn random(buffer: &mut [u8]) -> std::io::Result<()> {
    getrandom::fill(buffer).map_err(|error| std::io::Error::other(error.to_string()))
}
