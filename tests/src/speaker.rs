//! A device that speaks HQ's protocol by hand: what a hostile or a foreign program could send.

use doorstep_domain::{
    facts::{DocKind, FieldEdit},
    id::{DeviceId, PersonId},
    time::UtcMs,
};
use doorstep_sync::{
    Document,
    auth::{self, EnrolRequest, EnrolResponse, EnrolTicket, signed_text},
    client::{Sealed, Standing, request, seal},
    wire::{
        BatchAnswer, BatchOutcome, Command, Cursor, FeedItem, Hash, Push, SyncResponse, decode,
        pack, unpack,
    },
};
use ed25519_dalek::{Signer, SigningKey};
use serde_bytes::ByteBuf;
use std::{
    collections::BTreeMap,
    time::{Duration, SystemTime, UNIX_EPOCH},
};
use uuid::Uuid;

use crate::{hq::Hq, story::offset_to_story_day};

/// A device with a key of its own and as much memory as it needs.
pub struct Speaker {
    client: reqwest::Client,
    address: String,
    key: SigningKey,
    /// The identity it gave itself.
    pub id: DeviceId,
    /// Its person.
    pub person: PersonId,
    /// Its installation epoch.
    pub epoch: Uuid,
    /// The actor it writes under.
    pub actor: [u8; 16],
    /// Its place in HQ's feed.
    pub cursor: Cursor,
    /// Its last batch.
    pub last: Option<(u64, Hash)>,
    /// The documents it holds: kind, snapshot and later changes.
    pub docs: BTreeMap<Uuid, (DocKind, Vec<Vec<u8>>)>,
}

/// An answer of HQ.
pub struct Heard {
    /// HTTP status.
    pub status: u16,
    /// The body.
    pub body: Vec<u8>,
}

impl Heard {
    /// The code of a refusal; empty when there is none.
    pub fn code(&self) -> String {
        let refusal: Option<auth::Refusal> = serde_json::from_slice(&self.body).ok();
        refusal.map(|refusal| refusal.code).unwrap_or_default()
    }
}

/// The clock of the story.
pub fn now() -> UtcMs {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970");
    UtcMs(i64::try_from(since.as_millis()).expect("fits")).plus_ms(offset_to_story_day())
}

impl Speaker {
    /// Enrols a device of a person; `seed` makes its key and identities.
    pub async fn enrol(hq: &Hq, person: &str, seed: u8) -> Speaker {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder()
            .no_proxy()
            .tls_danger_accept_invalid_certs(true)
            .timeout(Duration::from_secs(120))
            .build()
            .expect("an HTTP client");
        let text = hq.ticket(person, hq.address());
        let ticket = EnrolTicket::from_text(&text).expect("a ticket");
        let key = SigningKey::from_bytes(&[seed; 32]);
        let id = DeviceId(Uuid::from_bytes([seed; 16]));
        let proof = key.sign(EnrolRequest::proof_text(&ticket.code, id).as_bytes());
        let asked = EnrolRequest {
            code: ticket.code,
            device: id,
            public_key: hex::encode(key.verifying_key().to_bytes()),
            name: "by hand".to_owned(),
            proof: hex::encode(proof.to_bytes()),
        };
        let answer = client
            .post(format!("https://{}/v1/enrol", ticket.address))
            .body(serde_json::to_vec(&asked).expect("JSON"))
            .send()
            .await
            .expect("HQ answers");
        assert!(answer.status().is_success(), "enrolled: {}", answer.status());
        let enrolled: EnrolResponse =
            serde_json::from_slice(&answer.bytes().await.expect("a body")).expect("an answer");
        Speaker {
            client,
            address: ticket.address,
            key,
            id,
            person: enrolled.person.id,
            epoch: Uuid::from_bytes([seed ^ 0x55; 16]),
            actor: [seed ^ 0xaa; 16],
            cursor: Cursor::default(),
            last: None,
            docs: BTreeMap::new(),
        }
    }

    /// A request that this device signs; `None` when nobody answers.
    pub async fn ask(&self, method: &str, path: &str, body: Vec<u8>) -> Option<Heard> {
        let at = now();
        let text = signed_text(method, path, at, &body);
        let method = reqwest::Method::from_bytes(method.as_bytes()).expect("a method");
        let answer = self
            .client
            .request(method, format!("https://{}{path}", self.address))
            .header(auth::DEVICE, self.id.to_string())
            .header(auth::TIME, at.0.to_string())
            .header(auth::SIGNATURE, hex::encode(self.key.sign(text.as_bytes()).to_bytes()))
            .body(body)
            .send()
            .await
            .ok()?;
        let status = answer.status().as_u16();
        Some(Heard { status, body: answer.bytes().await.ok()?.to_vec() })
    }

    /// A body of `/v1/sync`, signed and sent.
    pub async fn post(&self, body: Vec<u8>) -> Option<Heard> {
        self.ask("POST", "/v1/sync", body).await
    }

    /// The body of an exchange with this batch.
    pub fn body(&self, batch: Option<&Sealed>) -> Vec<u8> {
        let standing =
            Standing { epoch: self.epoch, cursor: self.cursor, key_list: 0, digest: None };
        pack(&request(standing, batch, Vec::new())).expect("a message")
    }

    /// One batch, if there is anything to send, and everything HQ has to tell.
    pub async fn sync(&mut self, pushes: Vec<Push>, commands: Vec<Command>) -> Option<BatchAnswer> {
        let sealed = (!pushes.is_empty() || !commands.is_empty())
            .then(|| seal(self.last, pushes, commands).expect("a batch"));
        let mut settled = None;
        let mut batch = sealed.as_ref();
        loop {
            let heard = self.post(self.body(batch)).await.expect("HQ answers");
            assert_eq!(heard.status, 200, "{}", heard.code());
            let response: SyncResponse = unpack(&heard.body).expect("a response");
            if let (Some(sealed), BatchOutcome::Answered(bytes)) = (batch, &response.outcome) {
                self.last = Some((sealed.number, sealed.hash));
                settled = Some(decode(bytes).expect("an answer"));
            }
            for item in response.page.items {
                match item {
                    FeedItem::Doc { id, kind, bytes, .. } => {
                        let held = self.docs.entry(id).or_insert((kind, Vec::new()));
                        held.1.push(bytes.into_vec());
                    }
                    FeedItem::Gone { id, .. } => drop(self.docs.remove(&id)),
                    FeedItem::Row { .. } => {}
                }
            }
            self.cursor = response.page.next;
            if !response.page.more {
                return settled;
            }
            batch = None;
        }
    }

    /// A document this device holds.
    pub fn open(&self, id: Uuid) -> Document {
        let (kind, chunks) = self.docs.get(&id).expect("the device holds it");
        let (first, later) = chunks.split_first().expect("a snapshot");
        Document::open(*kind, id, first, later.iter().map(Vec::as_slice)).expect("it loads")
    }

    /// An honest edit of a document it holds, kept here and ready to be sent.
    pub fn edit(&mut self, id: Uuid, edits: &[FieldEdit]) -> Push {
        let mut document = self.open(id);
        let kind = document.kind();
        document.write_as(self.actor);
        let (_, change) = document.edit(edits, "by hand", now()).expect("an edit");
        self.docs.get_mut(&id).expect("held").1.push(change.clone());
        Push { doc: id, kind, changes: vec![ByteBuf::from(change)] }
    }
}

/// The most memory a process has held, and its worker, in KiB: `(process, children)`.
pub fn peaks_kib(pid: u32) -> (u64, u64) {
    let peak = |pid: u32| {
        let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
        let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap_or_default();
        line.split_whitespace().nth(1).and_then(|kib| kib.parse().ok()).unwrap_or(0)
    };
    (peak(pid), children(pid).into_iter().map(peak).max().unwrap_or(0))
}

/// The processes that a process started.
pub fn children(pid: u32) -> Vec<u32> {
    let tasks = std::fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten();
    tasks
        .filter_map(Result::ok)
        .filter_map(|task| std::fs::read_to_string(task.path().join("children")).ok())
        .flat_map(|text| {
            text.split_whitespace().filter_map(|pid| pid.parse().ok()).collect::<Vec<_>>()
        })
        .collect()
}
