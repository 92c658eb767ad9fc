//! Photos and papers on their way to HQ: resumable, by the hash of their bytes, behind the records.
//!
//! The tus protocol, core and creation (https://tus.io/protocols/resumable-upload, version 1.0):
//! POST creates, HEAD asks how far it came, PATCH sends the next piece. HQ answers the last piece
//! only after it has checked the hash, so a full offset is the receipt.

use base64::{Engine, engine::general_purpose::STANDARD};
use doorstep_store::{
    blobs::{BlobKey, BlobName},
    device::{self, Medium},
};
use reqwest::{
    Method, StatusCode,
    header::{HeaderMap, HeaderName, HeaderValue},
};

use crate::{
    error::{ApiError, ApiResult},
    error_code::ErrorCode,
    photo_sending,
    session::Session,
    transport::{Answer, Line},
};

/// Bytes in one PATCH, 256 KiB: on a poor line a cut costs at most this much.
const PIECE_BYTES: u64 = 256 << 10;
/// How many waiting media are read at a time.
const ROUND: u32 = 20;
/// HQ's answer to bytes whose hash is not the announced one (tus checksum extension).
const CHECKSUM_MISMATCH: u16 = 460;

/// What became of one medium.
enum Sent {
    /// HQ has it and found its hash right.
    Received,
    /// HQ has not heard of the record it belongs to, or the network is not one for photos.
    NotYet,
}

/// Sends everything that waits, oldest first, as far as the network in use is one for photos. One
/// bad file is passed over and does not stop the others; a lost line ends the round.
pub(crate) async fn run(session: &Session) -> ApiResult<()> {
    let mut passed_over: u32 = 0;
    loop {
        let skip = passed_over;
        let waiting =
            session.db.read(move |conn| Ok(device::media_waiting(conn, skip, ROUND)?)).await?;
        if waiting.is_empty() {
            if passed_over == 0 {
                session.photo_gate.close();
            }
            return Ok(());
        }
        if photo_sending::held_back(session).await? {
            return Ok(());
        }
        let line = session.line().await?;
        for medium in &waiting {
            match send(session, line, medium).await {
                Err(error) if is_line_lost(&error) => return Err(error),
                Err(error) => {
                    tracing::warn!(error = error.detail, "a medium could not be sent");
                    session.sync.warn(error);
                    passed_over = passed_over.saturating_add(1);
                }
                Ok(Sent::NotYet) => passed_over = passed_over.saturating_add(1),
                Ok(Sent::Received) => {}
            }
        }
    }
}

fn is_line_lost(error: &ApiError) -> bool {
    matches!(
        error.code,
        ErrorCode::HqUnreachable | ErrorCode::HqUntrusted | ErrorCode::DeviceRevoked
    )
}

async fn send(session: &Session, line: &Line, medium: &Medium) -> ApiResult<Sent> {
    let path = format!("/v1/media/{}", medium.hash);
    let known = match standing(session, line, &path).await? {
        Some(offset) => Some(offset),
        None => create(session, line, medium).await?,
    };
    let Some(mut offset) = known else { return Ok(Sent::NotYet) };
    while offset < medium.bytes {
        if photo_sending::held_back(session).await? {
            return Ok(Sent::NotYet);
        }
        let piece = piece_of(session, medium, offset).await?;
        let sent = u64::try_from(piece.len()).unwrap_or(u64::MAX);
        if sent == 0 {
            return Err(
                ApiError::new(ErrorCode::RecordUnreadable).detail("the photo file is short")
            );
        }
        let headers = headers([
            ("content-type", "application/offset+octet-stream".to_owned()),
            ("upload-offset", offset.to_string()),
            ("tus-resumable", "1.0.0".to_owned()),
        ])?;
        let at = session.time().await?.at;
        let answer = line.call(Method::PATCH, &path, headers, piece, at).await?;
        offset = match answer.status {
            status if status.is_success() => offset_of(&answer).unwrap_or(offset + sent),
            // Another attempt got further, or HQ lost a piece: ask where it stands.
            StatusCode::CONFLICT => standing(session, line, &path).await?.unwrap_or(0),
            status if status.as_u16() == CHECKSUM_MISMATCH => {
                return Err(ApiError::new(ErrorCode::HqRefused).detail("hash differs at HQ"));
            }
            status => {
                return Err(ApiError::new(ErrorCode::HqRefused).detail(status));
            }
        };
        let (hash, reached) = (medium.hash.clone(), offset);
        session.db.write(move |tx, _| Ok(device::note_progress(tx, &hash, reached)?)).await?;
    }
    let (hash, at) = (medium.hash.clone(), session.time().await?.at);
    session.db.write(move |tx, _| Ok(device::note_received(tx, &hash, at)?)).await?;
    Ok(Sent::Received)
}

/// How many bytes HQ holds; `None` when it has never heard of this hash.
async fn standing(session: &Session, line: &Line, path: &str) -> ApiResult<Option<u64>> {
    let headers = headers([("tus-resumable", "1.0.0".to_owned())])?;
    let at = session.time().await?.at;
    let answer = line.call(Method::HEAD, path, headers, Vec::new(), at).await?;
    match answer.status {
        StatusCode::NOT_FOUND => Ok(None),
        status if status.is_success() => Ok(Some(offset_of(&answer).unwrap_or(0))),
        status => Err(ApiError::new(ErrorCode::HqRefused).detail(status)),
    }
}

/// Announces a medium and hears how much HQ has; `None` while HQ does not know its record.
async fn create(session: &Session, line: &Line, medium: &Medium) -> ApiResult<Option<u64>> {
    let metadata = [
        ("hash", medium.hash.clone()),
        ("subject", medium.subject.to_string()),
        ("kind", medium.kind.clone()),
        ("label", medium.label.clone()),
        ("mime", medium.mime.clone()),
    ]
    .map(|(name, value)| format!("{name} {}", STANDARD.encode(value)))
    .join(",");
    let headers = headers([
        ("tus-resumable", "1.0.0".to_owned()),
        ("upload-length", medium.bytes.to_string()),
        ("upload-metadata", metadata),
    ])?;
    let at = session.time().await?.at;
    let answer = line.call(Method::POST, "/v1/media", headers, Vec::new(), at).await?;
    match answer.status {
        StatusCode::NOT_FOUND => return Ok(None),
        status if status.is_success() => {}
        _ => return Err(answer.refusal()),
    }
    let location = answer.header("location").unwrap_or_default().to_owned();
    let hash = medium.hash.clone();
    session.db.write(move |tx, _| Ok(device::note_location(tx, &hash, &location)?)).await?;
    Ok(Some(offset_of(&answer).unwrap_or(0)))
}

async fn piece_of(session: &Session, medium: &Medium, offset: u64) -> ApiResult<Vec<u8>> {
    let (name, key) = file_of(medium)?;
    let blobs = session.blobs.clone();
    tokio::task::spawn_blocking(move || blobs.read_range(name, &key, offset, PIECE_BYTES))
        .await
        .map_err(ApiError::internal)?
        .map_err(|e| ApiError::saying(ErrorCode::RecordUnreadable, e.words()).detail(e))
}

/// Where the encrypted bytes of a medium lie and the key they are under.
pub(crate) fn file_of(medium: &Medium) -> ApiResult<(BlobName, BlobKey)> {
    let name: BlobName = medium.file.parse().map_err(ApiError::internal)?;
    let key: [u8; 32] = medium.key.clone().try_into().map_err(|_| {
        ApiError::new(ErrorCode::RecordUnreadable).detail("the photo key has a wrong length")
    })?;
    Ok((name, BlobKey::from_bytes(key)))
}

fn offset_of(answer: &Answer) -> Option<u64> {
    answer.header("upload-offset")?.parse().ok()
}

fn headers<const N: usize>(pairs: [(&'static str, String); N]) -> ApiResult<HeaderMap> {
    pairs
        .into_iter()
        .map(|(name, value)| {
            let value = HeaderValue::from_str(&value).map_err(ApiError::bad_request)?;
            Ok((HeaderName::from_static(name), value))
        })
        .collect()
}
