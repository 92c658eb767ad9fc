//! `/v1/media`: photos and papers by their own resumable queue, stored once by the hash of their
//! bytes, never counted as received before that hash was found right.

use std::{
    collections::BTreeSet,
    fs::{self, File, OpenOptions},
    io::{self, Read, Write},
    path::PathBuf,
    sync::Arc,
};

use axum::{
    body::Body,
    extract::{Path, Request, State},
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use doorstep_domain::{facts::FactView, org::Bucket, time::UtcMs};
use doorstep_store::ledger::{
    documents, feed,
    uploads::{self, Upload, UploadUse},
};
use rusqlite::{Connection, TransactionBehavior};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{
    Hq,
    refusal::Refused,
    tus::{self, Announced},
    verify::{Claimed, header as header_text, read_body},
};
use crate::{
    access::Caller,
    home::Home,
    records::{self, derived_id, kind},
};

/// The row HQ publishes once it holds a medium.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MediaRow {
    /// SHA-256 of the bytes, 64 hex digits.
    pub hash: String,
    /// The record it belongs to.
    pub subject: Uuid,
    /// `photo` or `paper`.
    pub kind: String,
    /// Guided shot or paper name.
    pub label: String,
    /// Media type.
    pub mime: String,
    /// How many bytes it has.
    pub bytes: u64,
    /// When HQ found its hash right.
    pub received_at: UtcMs,
}

pub(super) async fn options() -> Response {
    let headers = [
        (tus::RESUMABLE, tus::VERSION.to_owned()),
        (HeaderName::from_static("tus-version"), tus::VERSION.to_owned()),
        (HeaderName::from_static("tus-extension"), "creation".to_owned()),
        (HeaderName::from_static("tus-max-size"), tus::MAX_LENGTH.to_string()),
    ];
    (StatusCode::NO_CONTENT, headers).into_response()
}

/// Announces a medium. One that HQ holds already is received at once.
pub(super) async fn create(
    State(hq): State<Arc<Hq>>,
    request: Request,
) -> Result<Response, Refused> {
    let (parts, body) = request.into_parts();
    let body = read_body(body, 0).await?;
    let claimed = Claimed::of(&parts, &body)?;
    tus::check_version(&parts.headers)?;
    let announced = Announced::of(&parts.headers)?;
    let (location, now) = (format!("/v1/media/{}", announced.hash), hq.now());
    let offset = hq
        .on_ledger(move |hq, conn| {
            let caller = claimed.verify(conn, now)?;
            let welcome = caller.sees_record(conn, announced.subject)?
                || is_awaited(conn, &caller, announced.subject, &announced.hash)?;
            if !welcome {
                return Err(Refused::new(StatusCode::NOT_FOUND, "subject_unknown", ""));
            }
            // Knowing a hash is not having the bytes: those of others are not shared by its name.
            if !may_share(conn, &caller, &announced.hash)? {
                return Err(Refused::new(StatusCode::CONFLICT, "medium_elsewhere", ""));
            }
            let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let upload = Upload {
                hash: announced.hash.clone(),
                length: announced.length,
                mime: announced.mime,
                received_at: None,
            };
            let used = UploadUse {
                subject: announced.subject,
                kind: announced.kind,
                label: announced.label,
                device: caller.device,
            };
            uploads::begin(&tx, &upload, &used, now)?;
            let offset = settle(hq, &tx, &announced.hash, now)?;
            tx.commit()?;
            if offset.length != announced.length {
                return Err(Refused::new(StatusCode::CONFLICT, "length_differs", ""));
            }
            Ok(offset)
        })
        .await?;
    let mut response = offset.response(StatusCode::CREATED)?;
    let location =
        HeaderValue::from_str(&location).map_err(|_| Refused::internal("location is no header"))?;
    response.headers_mut().insert(header::LOCATION, location);
    Ok(response)
}

/// How much HQ has.
pub(super) async fn offset(
    State(hq): State<Arc<Hq>>,
    Path(hash): Path<String>,
    request: Request,
) -> Result<Response, Refused> {
    let (parts, _) = request.into_parts();
    let claimed = Claimed::of(&parts, b"")?;
    tus::check_version(&parts.headers)?;
    let now = hq.now();
    hq.on_ledger(move |hq, conn| {
        let caller = claimed.verify(conn, now)?;
        check_may_send(conn, &caller, &hash)?;
        let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let offset = settle(hq, &tx, &hash, now)?;
        tx.commit()?;
        Ok(offset)
    })
    .await?
    .response(StatusCode::OK)
}

/// Takes in the next piece.
pub(super) async fn append(
    State(hq): State<Arc<Hq>>,
    Path(hash): Path<String>,
    request: Request,
) -> Result<Response, Refused> {
    let (parts, body) = request.into_parts();
    let body = read_body(body, tus::MAX_PIECE).await?;
    let claimed = Claimed::of(&parts, &body)?;
    tus::check_version(&parts.headers)?;
    if header_text(&parts.headers, "content-type") != Some("application/offset+octet-stream") {
        let code = "message_unreadable";
        return Err(Refused::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, code, "content type"));
    }
    let at = tus::count(&parts.headers, &tus::OFFSET)?;
    let now = hq.now();
    hq.on_ledger(move |hq, conn| {
        let caller = claimed.verify(conn, now)?;
        check_may_send(conn, &caller, &hash)?;
        let upload = uploads::get(conn, &hash)?.ok_or_else(|| Refused::not_found("upload"))?;
        let here = held(hq, &upload)?;
        if at != here {
            return Err(Refused::new(StatusCode::CONFLICT, "wrong_offset", here.to_string()));
        }
        let after = here.saturating_add(u64::try_from(body.len()).unwrap_or(u64::MAX));
        if after > upload.length {
            return Err(Refused::too_large());
        }
        if !body.is_empty() {
            let mut file =
                OpenOptions::new().append(true).create(true).open(part(&hq.home, &hash))?;
            file.write_all(&body)?;
            file.sync_data()?;
        }
        let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let settled = settle(hq, &tx, &hash, now);
        // A wrong hash is forgotten for good, so that too is committed.
        tx.commit()?;
        settled
    })
    .await?
    .response(StatusCode::NO_CONTENT)
}

/// The bytes, for whoever may see a record they belong to.
pub(super) async fn download(
    State(hq): State<Arc<Hq>>,
    Path(hash): Path<String>,
    request: Request,
) -> Result<Response, Refused> {
    let (parts, _) = request.into_parts();
    let claimed = Claimed::of(&parts, b"")?;
    let now = hq.now();
    let (mime, bytes) = hq
        .on_ledger(move |hq, conn| {
            let caller = claimed.verify(conn, now)?;
            check_may_see(conn, &caller, &hash)?;
            let upload = uploads::get(conn, &hash)?
                .filter(|upload| upload.received_at.is_some())
                .ok_or_else(|| Refused::not_found("medium"))?;
            Ok((upload.mime, fs::read(hq.home.media_folder().join(&hash))?))
        })
        .await?;
    let mime = HeaderValue::from_str(&mime)
        .unwrap_or_else(|_| HeaderValue::from_static("application/octet-stream"));
    let mut response = (StatusCode::OK, Body::from(bytes)).into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, mime);
    Ok(response)
}

/// Whether the record's facts name this photo and this device has written to them: then its bytes
/// are welcome, also when the record has left the tablet while they waited.
fn is_awaited(
    conn: &Connection,
    caller: &Caller,
    subject: Uuid,
    hash: &str,
) -> Result<bool, Refused> {
    if !documents::was_written_by(conn, subject, caller.device)? {
        return Ok(false);
    }
    let Some(stored) = documents::get(conn, subject)? else { return Ok(false) };
    let view: FactView =
        serde_json::from_str(&stored.view).map_err(|error| Refused::internal(error.to_string()))?;
    Ok(view.get("photos", &format!("{hash}/shot")).is_some())
}

/// As for a download, or the device announced it itself.
fn check_may_send(conn: &Connection, caller: &Caller, hash: &str) -> Result<(), Refused> {
    if tus::is_hash(hash) && is_own(caller, &uploads::uses(conn, hash)?) {
        return Ok(());
    }
    check_may_see(conn, caller, hash)
}

fn is_own(caller: &Caller, uses: &[UploadUse]) -> bool {
    uses.iter().any(|used| used.device == caller.device)
}

/// Unknown and forbidden look the same.
fn check_may_see(conn: &Connection, caller: &Caller, hash: &str) -> Result<(), Refused> {
    if tus::is_hash(hash) && sees_use(conn, caller, &uploads::uses(conn, hash)?)? {
        return Ok(());
    }
    Err(Refused::not_found("medium"))
}

/// Whether nobody has announced this medium yet, this device has, or the person sees a record it
/// belongs to.
fn may_share(conn: &Connection, caller: &Caller, hash: &str) -> Result<bool, Refused> {
    let uses = uploads::uses(conn, hash)?;
    Ok(uses.is_empty() || is_own(caller, &uses) || sees_use(conn, caller, &uses)?)
}

fn sees_use(conn: &Connection, caller: &Caller, uses: &[UploadUse]) -> Result<bool, Refused> {
    for used in uses {
        if caller.sees_record(conn, used.subject)? {
            return Ok(true);
        }
    }
    Ok(false)
}

struct Offset {
    here: u64,
    length: u64,
}

impl Offset {
    fn response(&self, status: StatusCode) -> Result<Response, Refused> {
        let headers = [
            (tus::RESUMABLE, HeaderValue::from_static(tus::VERSION)),
            (tus::OFFSET, HeaderValue::from(self.here)),
            (tus::LENGTH, HeaderValue::from(self.length)),
            (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        ];
        Ok((status, headers).into_response())
    }
}

/// How many bytes of a medium are here: what the file itself says, so that a piece whose answer was
/// lost is not sent twice.
fn held(hq: &Hq, upload: &Upload) -> Result<u64, Refused> {
    if upload.received_at.is_some() {
        return Ok(upload.length);
    }
    if hq.home.media_folder().join(&upload.hash).exists() {
        return Ok(upload.length);
    }
    match fs::metadata(part(&hq.home, &upload.hash)) {
        Ok(found) => Ok(found.len().min(upload.length)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(0),
        Err(error) => Err(error.into()),
    }
}

/// Finishes a medium whose bytes are all here: checks the hash, moves the file to its place and
/// publishes the row; a wrong hash forgets the medium. Each step can be repeated after a crash.
fn settle(hq: &Hq, tx: &Connection, hash: &str, now: UtcMs) -> Result<Offset, Refused> {
    let upload = uploads::get(tx, hash)?.ok_or_else(|| Refused::not_found("upload"))?;
    let here = held(hq, &upload)?;
    let offset = Offset { here, length: upload.length };
    if here < upload.length {
        return Ok(offset);
    }
    let (from, to) = (part(&hq.home, hash), hq.home.media_folder().join(hash));
    if !to.exists() {
        if file_hash(&from)? != hash {
            fs::remove_file(&from)?;
            uploads::discard(tx, hash)?;
            let status = StatusCode::from_u16(460).unwrap_or(StatusCode::BAD_REQUEST);
            return Err(Refused::new(status, "checksum_mismatch", ""));
        }
        fs::rename(&from, &to)?;
        File::open(hq.home.media_folder())?.sync_all()?;
    }
    uploads::receive(tx, hash, now)?;
    for used in uploads::uses(tx, hash)? {
        publish(tx, &upload, &used, upload.received_at.unwrap_or(now))?;
    }
    Ok(offset)
}

fn publish(
    tx: &Connection,
    upload: &Upload,
    used: &UploadUse,
    received_at: UtcMs,
) -> Result<(), Refused> {
    let row = MediaRow {
        hash: upload.hash.clone(),
        subject: used.subject,
        kind: used.kind.clone(),
        label: used.label.clone(),
        mime: upload.mime.clone(),
        bytes: upload.length,
        received_at,
    };
    let id = derived_id(&["media", &upload.hash, &used.subject.to_string()]);
    let buckets: BTreeSet<Bucket> = feed::buckets_of_id(tx, used.subject)?;
    Ok(records::put(tx, kind::MEDIA, id, &buckets, &row)?)
}

fn part(home: &Home, hash: &str) -> PathBuf {
    home.upload_folder().join(format!("{hash}.part"))
}

fn file_hash(path: &std::path::Path) -> io::Result<String> {
    let mut file = File::open(path)?;
    let (mut hash, mut buffer) = (Sha256::new(), vec![0; 256 * 1024]);
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(hex::encode(hash.finalize())),
            count => hash.update(buffer.get(..count).unwrap_or_default()),
        }
    }
}
