//! The records of the business: who sees them, what a signature covers, what HQ refuses at sight.

use doorstep_domain::time::UtcMs;

const NOW: UtcMs = UtcMs(1_784_000_000_000);

macro_rules! id {
    ($kind:ident, $n:expr) => {
        $kind::new(doorstep_domain::time::UtcMs(1), [$n; 10])
    };
}

mod claims;
mod household;
mod lead_and_task;
mod order;
mod org;
mod payment_and_loaner;
mod signature;
