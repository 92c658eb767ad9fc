//! Who this installation is, kept inside the encrypted database.

use doorstep_domain::{
    id::{DeviceId, PersonId},
    org::Person,
    trust::{KeyList, Signed, public_key},
};
use doorstep_sync::{document::Actor, wire::Hash};
use ed25519_dalek::{SigningKey, VerifyingKey};
use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    error::{ApiError, ApiResult},
    error_code::ErrorCode,
    host::{Host, random_bytes},
};
use doorstep_store::device;

const IDENTITY: &str = "identity";
const EPOCH: &str = "epoch";
const KEYS: &str = "keys";

/// An enrolled device: whose it is, where HQ is, and the key it signs with.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Identity {
    pub(crate) device: DeviceId,
    pub(crate) person: Person,
    pub(crate) address: String,
    pub(crate) pin: String,
    pub(crate) root: String,
    pub(crate) rescue_key: String,
    secret: String,
}

/// One life of the outbox: after a restore or a rollback the next one begins.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Epoch {
    pub(crate) id: Uuid,
    pub(crate) actor: Actor,
    pub(crate) last: Option<(u64, Hash)>,
}

impl Identity {
    pub(crate) fn new(
        device: DeviceId,
        key: &SigningKey,
        ticket: &doorstep_sync::auth::EnrolTicket,
        answer: &doorstep_sync::auth::EnrolResponse,
    ) -> Identity {
        Identity {
            device,
            person: answer.person.clone(),
            address: ticket.address.clone(),
            pin: ticket.pin.clone(),
            root: ticket.root.clone(),
            rescue_key: answer.rescue_key.clone(),
            secret: hex::encode(key.to_bytes()),
        }
    }

    pub(crate) fn load(conn: &Connection) -> ApiResult<Option<Identity>> {
        Ok(device::setting(conn, IDENTITY)?)
    }

    pub(crate) fn store(&self, conn: &Connection) -> ApiResult<()> {
        Ok(device::put_setting(conn, IDENTITY, self)?)
    }

    pub(crate) fn signing_key(&self) -> ApiResult<SigningKey> {
        let mut bytes = [0u8; 32];
        hex::decode_to_slice(&self.secret, &mut bytes).map_err(ApiError::internal)?;
        Ok(SigningKey::from_bytes(&bytes))
    }

    pub(crate) fn root_key(&self) -> ApiResult<VerifyingKey> {
        public_key(&self.root).map_err(ApiError::internal)
    }

    pub(crate) fn author(&self) -> String {
        self.person.id.to_string()
    }

    pub(crate) fn person_id(&self) -> PersonId {
        self.person.id
    }

    /// Believes a key list if the root signed it and it is not older than the one held.
    pub(crate) fn open_keys(&self, signed: &Signed, held: u64) -> ApiResult<KeyList> {
        KeyList::open(signed, &self.root_key()?, held)
            .map_err(|e| ApiError::new(ErrorCode::SignatureBad).detail(e))
    }
}

impl Epoch {
    pub(crate) fn begin(host: &dyn Host) -> Epoch {
        let id = uuid::Builder::from_random_bytes(random_bytes(host)).into_uuid();
        Epoch { id, actor: random_bytes(host), last: None }
    }

    /// The same chain of batches, its changes from now on under another actor.
    pub(crate) fn with_new_actor(self, host: &dyn Host) -> Epoch {
        Epoch { actor: random_bytes(host), ..self }
    }

    pub(crate) fn load(conn: &Connection) -> ApiResult<Option<Epoch>> {
        Ok(device::setting(conn, EPOCH)?)
    }

    pub(crate) fn store(&self, conn: &Connection) -> ApiResult<()> {
        Ok(device::put_setting(conn, EPOCH, self)?)
    }
}

/// The key list this device believes.
pub(crate) fn keys(conn: &Connection) -> ApiResult<Option<KeyList>> {
    Ok(device::setting(conn, KEYS)?)
}

/// Keeps a key list that was verified.
pub(crate) fn store_keys(conn: &Connection, list: &KeyList) -> ApiResult<()> {
    Ok(device::put_setting(conn, KEYS, list)?)
}
