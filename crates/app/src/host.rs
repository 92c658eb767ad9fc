//! What a shell supplies to the core: clock, dice, and a name for the device.

pub use doorstep_domain::time::UtcMs;
use doorstep_domain::{clock::Tick, id::IdNoise};
use std::sync::Arc;

use crate::{
    error::ApiResult,
    transport::{self, Carrier},
};

/// The outside world as the core sees it. A window, a test host and a benchmark each supply one.
pub trait Host: Send + Sync + 'static {
    /// The device's wall clock, which may be wrong.
    fn now(&self) -> UtcMs;
    /// Milliseconds since the machine started, and which start that was: a clock nobody can set.
    /// `None` where the system has none.
    fn since_boot(&self) -> Option<(String, i64)>;
    /// Both clocks at this moment.
    fn tick(&self) -> Tick {
        Tick { device: self.now(), boot: self.since_boot() }
    }
    /// Fills a buffer with random bytes fit for keys.
    fn random(&self, buffer: &mut [u8]);
    /// Whether the network in use is paid by volume; `None` where the system does not say.
    fn metered(&self) -> Option<bool> {
        None
    }

    /// The line to the HQ at `address`, believed under the certificate `pin` only. HTTPS, unless
    /// the host brings requests there another way.
    fn line(&self, address: &str, pin: &str) -> ApiResult<Arc<dyn Carrier>> {
        transport::https(address, pin)
    }
    /// Whether the core syncs and keeps the rescue file by itself, and asks for a page of news while
    /// it commits another. A host that says no decides when by calling `sync_now` and `lock`, and
    /// one thing happens at a time.
    fn runs_background(&self) -> bool {
        true
    }
}

/// A host shared by everything in the core.
pub type SharedHost = Arc<dyn Host>;

/// Ten random bytes for an identity.
pub fn id_noise(host: &dyn Host) -> IdNoise {
    let mut noise = IdNoise::default();
    host.random(&mut noise);
    noise
}

/// Random bytes of a fixed size.
pub fn random_bytes<const N: usize>(host: &dyn Host) -> [u8; N] {
    let mut bytes = [0; N];
    host.random(&mut bytes);
    bytes
}

/// The real machine: its clock, its boot time, its random source.
#[derive(Debug, Default, Clone, Copy)]
pub struct SystemHost {
    /// Milliseconds by which the wall clock is shown wrong; zero but in tests of wrong clocks.
    pub clock_offset_ms: i64,
}

impl Host for SystemHost {
    #[allow(clippy::disallowed_methods, reason = "this is the one place that asks the system")]
    fn now(&self) -> UtcMs {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        let ms = since.map_or(0, |d| i64::try_from(d.as_millis()).unwrap_or(i64::MAX));
        UtcMs(ms).plus_ms(self.clock_offset_ms)
    }

    /// Linux and Android: the kernel's boot id and uptime.
    fn since_boot(&self) -> Option<(String, i64)> {
        let boot = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
        let uptime = std::fs::read_to_string("/proc/uptime").ok()?;
        let (seconds, hundredths) = uptime.split_whitespace().next()?.split_once('.')?;
        let ms = seconds.parse::<i64>().ok()?.checked_mul(1000)?
            + hundredths.parse::<i64>().ok()?.checked_mul(10)?;
        Some((boot.trim().to_owned(), ms))
    }

    /// Linux with NetworkManager: its own judgement of the network in use.
    fn metered(&self) -> Option<bool> {
        const SERVICE: &str = "org.freedesktop.NetworkManager";
        let asked = std::process::Command::new("busctl")
            .args(["--system", "--auto-start=no", "--timeout=2", "get-property", SERVICE])
            .args(["/org/freedesktop/NetworkManager", SERVICE, "Metered"])
            .output()
            .ok()?;
        // NMMetered: 1 yes, 2 no, 3 and 4 the same as a guess, 0 unknown.
        match String::from_utf8(asked.stdout).ok()?.trim() {
            "u 1" | "u 3" => Some(true),
            "u 2" | "u 4" => Some(false),
            _ => None,
        }
    }

    fn random(&self, buffer: &mut [u8]) {
        // The kernel's source fails only before the machine has gathered entropy at boot.
        while getrandom::fill(buffer).is_err() {
            std::thread::yield_now();
        }
    }
}
