//! The two things only a host may ask the system for: the time and dice.

use std::time::UNIX_EPOCH;

use doorstep_domain::time::UtcMs;

/// The system's clock.
#[allow(clippy::disallowed_methods, reason = "HQ is the host whose clock the product follows")]
pub fn now() -> UtcMs {
    let since = std::time::SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    UtcMs(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

/// Random bytes from the system's secure source.
///
/// # Errors
/// When the system has none to give.
pub fn random<const N: usize>() -> std::io::Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|error| std::io::Error::other(error.to_string()))?;
    Ok(bytes)
}
