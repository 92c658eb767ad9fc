//! Photos: taken in, encrypted, and referred to from the record, in one step.

use base64::{Engine, engine::general_purpose::STANDARD};
use doorstep_domain::facts::{DocKind, FieldEdit};
use doorstep_media::photo::{self, Capture, IntakeLimits};
use doorstep_store::{
    blobs::{BlobError, BlobKey, BlobName},
    device::{self, Medium},
};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use ts_rs::TS;
use uuid::Uuid;

use crate::{
    app::App,
    error::{ApiError, ApiResult},
    error_code::ErrorCode,
    host::random_bytes,
    session::{self, Session},
    uploads,
};

/// A photo of a record.
#[derive(Debug, Serialize, Deserialize, TS)]
pub struct PhotoInput {
    /// The work order, machine or card.
    pub subject: Uuid,
    /// What the subject is.
    pub kind: DocKind,
    /// The guided shot.
    pub shot: String,
    /// The picture file, base64.
    pub image: String,
}

/// Which record.
#[derive(Debug, Serialize, Deserialize, TS)]
pub struct SubjectInput {
    /// The work order, machine or card.
    pub subject: Uuid,
}

/// Which medium.
#[derive(Debug, Serialize, Deserialize, TS)]
pub struct HashInput {
    /// SHA-256 of its bytes, hex.
    pub hash: String,
}

/// What is kept about a photo beside its bytes.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct PhotoAbout {
    /// Width, pixels.
    pub width: u32,
    /// Height, pixels.
    pub height: u32,
    /// When the camera says it was taken.
    pub taken_at: Option<String>,
    /// Latitude, millionths of a degree.
    pub latitude_micro: Option<i64>,
    /// Longitude, millionths of a degree.
    pub longitude_micro: Option<i64>,
}

/// One photo.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct PhotoView {
    /// SHA-256 of its bytes, hex: its name everywhere.
    pub hash: String,
    /// The guided shot.
    pub shot: String,
    /// Bytes of the picture.
    pub bytes: u64,
    /// Size, time and place.
    pub about: Option<PhotoAbout>,
    /// A small JPEG, base64; absent for photos of other devices.
    pub thumb: Option<String>,
    /// Whether HQ has acknowledged its hash.
    pub received: bool,
    /// Whether the bytes are on this device.
    pub here: bool,
}

/// The photos of a record.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct PhotoList {
    /// Oldest first.
    pub photos: Vec<PhotoView>,
}

/// The bytes of a photo or paper.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct MediaBytes {
    /// Their type.
    pub mime: String,
    /// The bytes, base64.
    pub base64: String,
}

/// A medium that HQ has received, as its row says.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct MediaRow {
    pub(crate) hash: String,
    pub(crate) kind: String,
    pub(crate) label: String,
    pub(crate) bytes: u64,
}

/// Takes a photo in. When this returns, the encrypted file, its record and the reference in the
/// document are durable.
pub async fn photo_add(app: &Arc<App>, input: PhotoInput) -> ApiResult<PhotoView> {
    let session = app.session().await?;
    session.identity().await?;
    let limits = if input.shot.contains("nameplate") {
        IntakeLimits::NAMEPLATE
    } else {
        IntakeLimits::OVERVIEW
    };
    let image = STANDARD
        .decode(&input.image)
        .map_err(|e| ApiError::new(ErrorCode::PhotoRefused).detail(e))?;
    let taken = tokio::task::spawn_blocking(move || photo::intake(&image, &limits))
        .await
        .map_err(ApiError::internal)?
        .map_err(|e| ApiError::saying(ErrorCode::PhotoRefused, e.words()).detail(e))?;
    let about = photo_about(taken.width, taken.height, &taken.capture);
    let medium = store_bytes(
        &session,
        NewMedium {
            kind: "photo",
            mime: "image/jpeg",
            subject: input.subject,
            label: &input.shot,
            thumb: Some(taken.thumbnail),
            about: serde_json::to_string(&about).map_err(ApiError::internal)?,
        },
        taken.jpeg,
    )
    .await?;
    let view = photo_view(&medium);
    let host = Arc::clone(&session.host);
    let kept = session
        .db
        .write(move |tx, open| {
            let is_new = device::put_medium(tx, &medium)?;
            let edits = vec![
                FieldEdit::new("photos", format!("{}/shot", medium.hash), input.shot),
                FieldEdit::new("photos", format!("{}/at", medium.hash), medium.made_at.0),
            ];
            session::edit_document(tx, open, input.kind, input.subject, &edits, host.as_ref())?;
            Ok((is_new, medium.file))
        })
        .await?;
    session.work_added();
    drop_double(&session, kept)?;
    Ok(view)
}

/// The photos of a record, this device's and HQ's.
pub async fn photo_list(app: &Arc<App>, input: SubjectInput) -> ApiResult<PhotoList> {
    let photos = media_list(&*app.session().await?, input.subject, "photo").await?;
    Ok(PhotoList { photos })
}

/// The bytes of a photo: from this device, else from HQ.
pub async fn photo_bytes(app: &Arc<App>, input: HashInput) -> ApiResult<MediaBytes> {
    media_bytes(&*app.session().await?, input.hash).await
}

/// What a new medium is about.
pub(crate) struct NewMedium<'a> {
    pub(crate) kind: &'static str,
    pub(crate) mime: &'static str,
    pub(crate) subject: Uuid,
    pub(crate) label: &'a str,
    pub(crate) thumb: Option<Vec<u8>>,
    pub(crate) about: String,
}

/// Encrypts bytes into a file of their own; the caller writes the record.
pub(crate) async fn store_bytes(
    session: &Session,
    new: NewMedium<'_>,
    bytes: Vec<u8>,
) -> ApiResult<Medium> {
    let host = session.host.as_ref();
    let name = BlobName::from_noise(random_bytes(host));
    let raw_key: [u8; 32] = random_bytes(host);
    let (blobs, key) = (session.blobs.clone(), BlobKey::from_bytes(raw_key));
    let written = tokio::task::spawn_blocking(move || blobs.write(name, &key, &bytes))
        .await
        .map_err(ApiError::internal)?
        .map_err(|e| blob_error(&e))?;
    Ok(Medium {
        hash: hex::encode(written.sha256),
        kind: new.kind.to_owned(),
        mime: new.mime.to_owned(),
        subject: new.subject,
        label: new.label.to_owned(),
        bytes: written.bytes,
        file: name.to_string(),
        key: raw_key.to_vec(),
        thumb: new.thumb,
        about: new.about,
        made_at: session.time().await?.device,
        location: None,
        sent: 0,
        received_at: None,
    })
}

/// Removes the file of a medium whose bytes were kept before; `kept` says whether it was new, and
/// its file.
pub(crate) fn drop_double(session: &Session, kept: (bool, String)) -> ApiResult<()> {
    if let (false, file) = kept {
        let name: BlobName = file.parse().map_err(ApiError::internal)?;
        session.blobs.remove(name).map_err(|e| blob_error(&e))?;
    }
    Ok(())
}

/// The media of one kind that belong to a record, this device's first.
pub(crate) async fn media_list(
    session: &Session,
    subject: Uuid,
    kind: &'static str,
) -> ApiResult<Vec<PhotoView>> {
    session
        .db
        .read(move |conn| {
            let own: Vec<Medium> = device::media_of(conn, subject)?
                .into_iter()
                .filter(|medium| medium.kind == kind)
                .collect();
            let mut views: Vec<PhotoView> = own.iter().map(photo_view).collect();
            for id in device::linked(conn, subject, "media")? {
                let row: MediaRow = session::required_row(conn, "media", id)?;
                if row.kind == kind && !own.iter().any(|medium| medium.hash == row.hash) {
                    views.push(PhotoView {
                        hash: row.hash,
                        shot: row.label,
                        bytes: row.bytes,
                        about: None,
                        thumb: None,
                        received: true,
                        here: false,
                    });
                }
            }
            Ok(views)
        })
        .await
}

/// The bytes of a medium: from this device, else from HQ.
pub(crate) async fn media_bytes(session: &Session, hash: String) -> ApiResult<MediaBytes> {
    let wanted = hash.clone();
    let own = session.db.read(move |conn| Ok(device::medium(conn, &wanted)?)).await?;
    if let Some(medium) = own {
        let (name, key) = uploads::file_of(&medium)?;
        let blobs = session.blobs.clone();
        let bytes = tokio::task::spawn_blocking(move || blobs.read(name, &key))
            .await
            .map_err(ApiError::internal)?
            .map_err(|e| blob_error(&e))?;
        return Ok(MediaBytes { mime: medium.mime, base64: STANDARD.encode(bytes) });
    }
    let line = session.line().await?;
    let at = session.time().await?.at;
    let path = format!("/v1/media/{hash}");
    let answer = line.ask(reqwest::Method::GET, &path, Default::default(), Vec::new(), at).await?;
    let mime = answer.header("content-type").unwrap_or("application/octet-stream").to_owned();
    Ok(MediaBytes { mime, base64: STANDARD.encode(&answer.body) })
}

fn photo_about(width: u32, height: u32, capture: &Capture) -> PhotoAbout {
    PhotoAbout {
        width,
        height,
        taken_at: capture.taken_at_text.clone(),
        latitude_micro: capture.latitude_micro,
        longitude_micro: capture.longitude_micro,
    }
}

fn photo_view(medium: &Medium) -> PhotoView {
    PhotoView {
        hash: medium.hash.clone(),
        shot: medium.label.clone(),
        bytes: medium.bytes,
        about: serde_json::from_str(&medium.about).ok(),
        thumb: medium.thumb.as_ref().map(|thumb| STANDARD.encode(thumb)),
        received: medium.received_at.is_some(),
        here: true,
    }
}

fn blob_error(error: &BlobError) -> ApiError {
    let code = match error {
        BlobError::NoSpace => ErrorCode::DiskFull,
        BlobError::Missing { .. } => ErrorCode::NotFound,
        _ => ErrorCode::StorageFailed,
    };
    ApiError::saying(code, error.words()).detail(error)
}
