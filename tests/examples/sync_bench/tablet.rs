//! A device at the level of messages: it signs, asks and reads answers, and keeps nothing.

use doorstep_domain::{id::DeviceId, time::UtcMs};
use doorstep_store::held::{Sums, doc_mark, row_mark};
use doorstep_sync::{
    auth,
    client::{self, Sealed, Standing},
    wire::{self, Cursor, FeedItem, Push, SyncResponse},
};
use ed25519_dalek::{Signer, SigningKey};
use reqwest::Client;
use sha2::{Digest, Sha256};
use std::{
    net::SocketAddr,
    time::{Duration, SystemTime, UNIX_EPOCH},
};
use uuid::Uuid;

/// As patient as the product.
const READ_TIMEOUT: Duration = Duration::from_secs(120);

/// A device with its key.
pub struct Tablet {
    /// Its identity.
    pub id: Uuid,
    key: SigningKey,
    client: Client,
    hq: SocketAddr,
    offset_ms: i64,
    cursor: Cursor,
    /// Of all it was sent; right as long as nothing was sent twice.
    sums: Sums,
    last: Option<(u64, wire::Hash)>,
}

/// An answer and the sizes of both bodies.
pub struct Exchanged {
    /// What HQ said.
    pub response: SyncResponse,
    /// Bytes of the request's body.
    pub up: usize,
    /// Bytes of the answer's body.
    pub down: usize,
}

impl Tablet {
    /// The device of this number; the same each time.
    pub fn number(number: u32, hq: SocketAddr, offset_ms: i64) -> Tablet {
        let seed: [u8; 32] = Sha256::digest(format!("bench device {number}")).into();
        let client = client();
        let id = Uuid::from_u128((0xbe_0000_u128 << 64) | u128::from(number));
        let key = SigningKey::from_bytes(&seed);
        Tablet {
            id,
            key,
            client,
            hq,
            offset_ms,
            cursor: Cursor::default(),
            sums: Sums::default(),
            last: None,
        }
    }

    /// What HQ must know of it.
    pub fn enrolment(&self) -> (Uuid, String) {
        (self.id, hex::encode(self.key.verifying_key().to_bytes()))
    }

    /// Opens the connection: TCP and TLS, with the cheapest request there is.
    pub async fn connect(&self) -> reqwest::Result<()> {
        self.client.get(format!("https://{}/", self.hq)).send().await?.bytes().await.map(drop)
    }

    /// A sealed batch that continues its chain.
    pub fn seal(&mut self, pushes: Vec<Push>) -> Sealed {
        let sealed = client::seal(self.last, pushes, Vec::new()).expect("a batch");
        self.last = Some((sealed.number, sealed.hash));
        sealed
    }

    /// Gives its connection up.
    pub fn hang_up(&mut self) {
        self.client = client();
    }

    /// One exchange; the cursor moves on.
    pub async fn exchange(&mut self, batch: Option<&Sealed>) -> Result<Exchanged, String> {
        let digest = Some(self.sums.total().to_be_bytes());
        let standing =
            Standing { epoch: self.id, cursor: self.cursor, key_list: u64::MAX >> 1, digest };
        let body = wire::pack(&client::request(standing, batch, Vec::new())).expect("a message");
        let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_millis();
        let at = UtcMs(i64::try_from(now).expect("fits") + self.offset_ms);
        let text = auth::signed_text("POST", "/v1/sync", at, &body);
        let signature = hex::encode(self.key.sign(text.as_bytes()).to_bytes());
        let up = body.len();
        let sent = self
            .client
            .post(format!("https://{}/v1/sync", self.hq))
            .header(auth::DEVICE, DeviceId(self.id).to_string())
            .header(auth::TIME, at.0.to_string())
            .header(auth::SIGNATURE, signature)
            .body(body)
            .send()
            .await
            .map_err(|error| error.to_string())?;
        let status = sent.status();
        let answer = sent.bytes().await.map_err(|error| error.to_string())?;
        if !status.is_success() {
            return Err(format!("{status}: {}", String::from_utf8_lossy(&answer)));
        }
        let response: SyncResponse = wire::unpack(&answer).map_err(|error| error.to_string())?;
        self.cursor = response.page.next;
        for item in &response.page.items {
            match item {
                FeedItem::Row { kind, id, version, body } => {
                    self.sums.toggle(*id, row_mark(kind, *id, *version, body));
                }
                FeedItem::Doc { id, kind, heads, .. } => {
                    self.sums.toggle(*id, doc_mark(*kind, *id, heads));
                }
                FeedItem::Gone { .. } => {}
            }
        }
        Ok(Exchanged { response, up, down: answer.len() })
    }

    /// Pulls until nothing is new; returns of every page its rows and its answer's size.
    pub async fn pull(&mut self) -> Vec<Exchanged> {
        let mut pages = Vec::new();
        loop {
            let page = self.exchange(None).await.expect("an answer");
            let more = page.response.page.more;
            pages.push(page);
            if !more {
                return pages;
            }
        }
    }
}

fn client() -> Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder()
        .no_proxy()
        .tls_danger_accept_invalid_certs(true)
        .read_timeout(READ_TIMEOUT)
        .build()
        .expect("an HTTP client")
}
