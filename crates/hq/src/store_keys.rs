//! The keys with which stores sign provisional warranty cards (临时卡) where there is no network.
//!
//! HQ makes them, certifies them in the key list, and gives each to the clerks and coordinators of
//! its store with the feed (ADR 0014). A lost device is answered with `revoke-key`: nothing the key signed is believed from
//! then on, the store gets another, and cards HQ has made final carry HQ's own code anyway.

use std::collections::BTreeSet;

use doorstep_domain::{
    id::OrgId,
    org::{Bucket, OrgKind},
    time::UtcMs,
    trust::{KeyList, KeyUse, Kid},
};
use doorstep_store::ledger::people;
use ed25519_dalek::SigningKey;
use rusqlite::Connection;
use serde::{Deserialize, Serialize};

use crate::{
    home::Home,
    keys::{self, KeyError},
    records::{self, kind},
};

/// The row that carries a store's key to its devices.
#[derive(Clone, Serialize, Deserialize)]
pub struct StoreKeyRow {
    /// The name it signs under.
    pub kid: Kid,
    /// Whose it is.
    pub store: OrgId,
    /// The ed25519 secret, 64 hex digits.
    pub secret: String,
}

/// Gives a key to every store that has none in force.
///
/// # Errors
/// [`KeyError::RootAway`] when a key must be certified and the root's secret is not here.
pub fn ensure(home: &Home, conn: &Connection, now: UtcMs) -> Result<(), KeyError> {
    for unit in people::units(conn)?.iter().filter(|unit| unit.kind == OrgKind::Store) {
        let held: Option<StoreKeyRow> = records::load(conn, kind::STORE_KEY, unit.id.0)?;
        let list = keys::list(conn)?;
        if held.is_some_and(|row| is_in_force(&list, row.kid)) {
            continue;
        }
        let secret: [u8; 32] = keys::random(home)?;
        let public = hex::encode(SigningKey::from_bytes(&secret).verifying_key().to_bytes());
        let kid = keys::certify(home, conn, KeyUse::ProvisionalCard, public, now)?;
        let row = StoreKeyRow { kid, store: unit.id, secret: hex::encode(secret) };
        let buckets = BTreeSet::from([Bucket::store(unit.id)]);
        records::put(conn, kind::STORE_KEY, unit.id.0, &buckets, &row)?;
    }
    Ok(())
}

fn is_in_force(list: &KeyList, kid: Kid) -> bool {
    list.keys.iter().any(|key| key.kid == kid && key.revoked_at.is_none())
}
