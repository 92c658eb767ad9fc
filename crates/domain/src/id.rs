//! Identities made on the device that creates a record, so that a re-sent record is the same record.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};
use uuid::Uuid;

use crate::time::UtcMs;

/// Ten random bytes, the part of an identity that no clock supplies.
pub type IdNoise = [u8; 10];

/// A time-ordered UUID (version 7, RFC 9562 §5.7) from an instant and ten random bytes.
pub fn uuid_v7(at: UtcMs, noise: IdNoise) -> Uuid {
    let ms = u64::try_from(at.0).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(ms, &noise).into_uuid()
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "ts", derive(ts_rs::TS))]
        #[cfg_attr(feature = "ts", ts(type = "string"))]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl $name {
            /// A new identity from an instant and ten random bytes.
            pub fn new(at: UtcMs, noise: IdNoise) -> Self {
                $name(uuid_v7(at, noise))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::from_str(text).map($name)
            }
        }
    )+};
}

ids! {
    /// An organisation unit: HQ, dealer or store.
    OrgId,
    /// A member of staff.
    PersonId,
    /// An installation of the product that HQ has enrolled.
    DeviceId,
    /// A customer of record.
    CustomerId,
    /// A household: the address and site facts that outlive a visit.
    SiteId,
    /// A visit: time, crew and address; carries several work orders.
    VisitId,
    /// A work order: what is to be done, as legs that end one by one.
    WorkOrderId,
    /// One leg of a work order: remove, deliver, install, repair or inspect.
    LegId,
    /// A machine, whoever owns it.
    AssetId,
    /// An electronic warranty card.
    CardId,
    /// An immutable quote snapshot.
    QuoteId,
    /// A combined removal-install order.
    OrderId,
    /// A payment, deposit or balance.
    PaymentId,
    /// A loaner machine lent out.
    LoanId,
    /// A willing customer without an order (意向单).
    LeadId,
    /// Something a person at HQ must decide.
    TaskId,
    /// An amount of something scarce that HQ leases out in parts.
    PoolId,
    /// A part of a pool, held for one device for a while.
    LeaseId,
    /// A field that people wrote differently.
    ConflictId,
    /// Changes that HQ refused.
    QuarantineId,
    /// A command in an outbox: the idempotency key under which HQ executes it once.
    CommandKey,
}
