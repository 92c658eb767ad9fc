//! A device that speaks HQ's protocol: it enrols, signs, syncs, claims and sends photos.

use axum::{
    body::Body,
    http::{Method, Request, StatusCode},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use doorstep_domain::{
    claim::Claim,
    decision::Decision,
    facts::{DocKind, FieldEdit},
    id::{CommandKey, DeviceId, PersonId},
    time::UtcMs,
};
use doorstep_sync::{
    Document,
    auth::{self, EnrolRequest, signed_text},
    client::{Sealed, Standing, request, seal},
    wire::{
        BatchAnswer, BatchOutcome, Command, Cursor, FeedItem, Hash, Push, SyncResponse, decode,
        pack, unpack,
    },
};
use ed25519_dalek::{Signer, SigningKey};
use serde::de::DeserializeOwned;
use serde_bytes::ByteBuf;
use serde_json::Value;
use uuid::Uuid;

use super::{Answer, World, fresh};

/// A device with as much memory as these tests need.
#[derive(Clone)]
pub struct Device {
    pub id: DeviceId,
    pub person: PersonId,
    pub key: SigningKey,
    pub epoch: Uuid,
    pub cursor: Cursor,
    pub last: Option<(u64, Hash)>,
    pub skew_ms: i64,
    pub rows: std::collections::BTreeMap<(String, Uuid), (u64, Value)>,
    pub docs: std::collections::BTreeMap<Uuid, Vec<Vec<u8>>>,
    pub gone: Vec<(String, Uuid)>,
}

impl Device {
    pub fn new(person: PersonId) -> Device {
        let id = fresh();
        let mut secret = [7; 32];
        secret[..16].copy_from_slice(id.as_bytes());
        Device {
            id: DeviceId(id),
            person,
            key: SigningKey::from_bytes(&secret),
            epoch: fresh(),
            cursor: Cursor::default(),
            last: None,
            skew_ms: 0,
            rows: Default::default(),
            docs: Default::default(),
            gone: Vec::new(),
        }
    }

    pub async fn enrol(&self, world: &World, code: &str) -> Answer {
        let proof = self.key.sign(EnrolRequest::proof_text(code, self.id).as_bytes());
        let request = EnrolRequest {
            code: code.to_owned(),
            device: self.id,
            public_key: hex::encode(self.key.verifying_key().to_bytes()),
            name: "tablet".to_owned(),
            proof: hex::encode(proof.to_bytes()),
        };
        let body = Body::from(serde_json::to_vec(&request).unwrap());
        world.send(Request::post("/v1/enrol").body(body).unwrap()).await
    }

    pub fn signed(
        &self,
        world: &World,
        method: Method,
        path: &str,
        headers: &[(&str, String)],
        body: Vec<u8>,
    ) -> Request<Body> {
        let at = world.now().plus_ms(self.skew_ms);
        let text = signed_text(method.as_str(), path, at, &body);
        let signature = hex::encode(self.key.sign(text.as_bytes()).to_bytes());
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(auth::DEVICE, self.id.to_string())
            .header(auth::TIME, at.0)
            .header(auth::SIGNATURE, signature);
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        request.body(Body::from(body)).unwrap()
    }

    pub async fn call(
        &self,
        world: &World,
        method: Method,
        path: &str,
        headers: &[(&str, String)],
        body: Vec<u8>,
    ) -> Answer {
        world.send(self.signed(world, method, path, headers, body)).await
    }

    pub fn seal(&self, pushes: Vec<Push>, commands: Vec<Command>) -> Sealed {
        seal(self.last, pushes, commands).unwrap()
    }

    pub async fn exchange(&self, world: &World, batch: Option<&Sealed>) -> Answer {
        let standing =
            Standing { epoch: self.epoch, cursor: self.cursor, key_list: 0, digest: None };
        let body = pack(&request(standing, batch, vec![])).unwrap();
        self.call(world, Method::POST, "/v1/sync", &[], body).await
    }

    pub fn take(&mut self, answer: &Answer) -> SyncResponse {
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
        let response: SyncResponse = unpack(&answer.body).unwrap();
        for item in &response.page.items {
            match item {
                FeedItem::Row { kind, id, version, body } => {
                    let body = serde_json::from_str(body).unwrap();
                    self.rows.insert((kind.clone(), *id), (*version, body));
                }
                FeedItem::Doc { id, bytes, .. } => {
                    self.docs.entry(*id).or_default().push(bytes.to_vec());
                }
                FeedItem::Gone { kind, id } => {
                    self.rows.remove(&(kind.clone(), *id));
                    self.gone.push((kind.clone(), *id));
                }
            }
        }
        self.cursor = response.page.next;
        response
    }

    /// One batch, if there is anything to send, and everything HQ has to tell.
    pub async fn sync(
        &mut self,
        world: &World,
        pushes: Vec<Push>,
        commands: Vec<Command>,
    ) -> Option<BatchAnswer> {
        let sealed =
            (!pushes.is_empty() || !commands.is_empty()).then(|| self.seal(pushes, commands));
        let answer = self.exchange(world, sealed.as_ref()).await;
        let mut response = self.take(&answer);
        let settled = match (&sealed, &response.outcome) {
            (Some(sealed), BatchOutcome::Answered(bytes)) => {
                self.last = Some((sealed.number, sealed.hash));
                Some(decode(bytes).unwrap())
            }
            _ => None,
        };
        while response.page.more {
            let answer = self.exchange(world, None).await;
            response = self.take(&answer);
        }
        settled
    }

    pub fn row<T: DeserializeOwned>(&self, kind: &str, id: Uuid) -> Option<T> {
        let (_, body) = self.rows.get(&(kind.to_owned(), id))?;
        Some(serde_json::from_value(body.clone()).unwrap())
    }

    pub fn rows_of<T: DeserializeOwned>(&self, kind: &str) -> Vec<T> {
        let of_kind = self.rows.iter().filter(|((held, _), _)| held == kind);
        of_kind.map(|(_, (_, body))| serde_json::from_value(body.clone()).unwrap()).collect()
    }

    /// Edits of a document this device holds, as a push.
    pub fn edit(&self, kind: DocKind, doc: Uuid, edits: &[FieldEdit], at: UtcMs) -> Push {
        let chunks = self.docs.get(&doc).expect("the device holds the document");
        let (first, later) = chunks.split_first().unwrap();
        let later = later.iter().map(Vec::as_slice);
        let mut document = Document::open(kind, doc, first, later).unwrap();
        document.write_as(*fresh().as_bytes());
        let (_, change) = document.edit(edits, &self.person.to_string(), at).unwrap();
        Push { doc, kind, changes: vec![ByteBuf::from(change)] }
    }

    pub fn command(&self, world: &World, claim: &Claim) -> Command {
        Command {
            key: CommandKey(fresh()),
            person: self.person,
            claim: serde_json::to_string(claim).unwrap(),
            made_at: world.now(),
            estimated_at: world.now(),
        }
    }

    /// Sends one claim and returns HQ's decision.
    pub async fn claim(&mut self, world: &World, claim: &Claim) -> Decision {
        let command = self.command(world, claim);
        let answer = self.sync(world, vec![], vec![command]).await.unwrap();
        serde_json::from_str(&answer.commands[0].decision).unwrap()
    }

    pub async fn announce(
        &self,
        world: &World,
        subject: Uuid,
        hash: &str,
        length: usize,
    ) -> Answer {
        let word = |text: &str| STANDARD.encode(text);
        let metadata = format!(
            "hash {},subject {},kind {},label {},mime {}",
            word(hash),
            word(&subject.to_string()),
            word("photo"),
            word("front"),
            word("image/jpeg")
        );
        let headers = [("upload-length", length.to_string()), ("upload-metadata", metadata), tus()];
        self.call(world, Method::POST, "/v1/media", &headers, vec![]).await
    }

    /// A piece signed whole, of which only the first `arrived` bytes came.
    pub async fn broken_piece(
        &self,
        world: &World,
        hash: &str,
        bytes: &[u8],
        arrived: usize,
    ) -> Answer {
        let headers = [
            ("upload-offset", "0".to_owned()),
            ("content-type", "application/offset+octet-stream".to_owned()),
            tus(),
        ];
        let path = format!("/v1/media/{hash}");
        let mut request = self.signed(world, Method::PATCH, &path, &headers, bytes.to_vec());
        *request.body_mut() = Body::from(bytes[..arrived].to_vec());
        world.send(request).await
    }

    pub async fn piece(&self, world: &World, hash: &str, at: usize, bytes: &[u8]) -> Answer {
        let headers = [
            ("upload-offset", at.to_string()),
            ("content-type", "application/offset+octet-stream".to_owned()),
            tus(),
        ];
        let path = format!("/v1/media/{hash}");
        self.call(world, Method::PATCH, &path, &headers, bytes.to_vec()).await
    }
}

fn tus() -> (&'static str, String) {
    ("tus-resumable", "1.0.0".to_owned())
}
