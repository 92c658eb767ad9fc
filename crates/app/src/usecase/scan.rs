//! Labels: from a picture, a camera frame or typed, to what they are and whose they are.

use base64::{Engine, engine::general_purpose::STANDARD};
use doorstep_domain::{claim::Claim, trust::KeyList};
use doorstep_media::{
    card_code::{self, CardCodeError},
    label::{self, Label, LabelFormat, LabelKind},
};
use doorstep_store::{device, search};
use doorstep_sync::auth::EnrolTicket;
use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::sync::Arc;
use ts_rs::TS;
use uuid::Uuid;

use crate::{
    app::App,
    bundles,
    error::{ApiError, ApiResult},
    error_code::ErrorCode,
    session::{self, Session},
    usecase::cards::{self, CardProof, CardView},
};

/// A picture: a file, or one camera frame as raw brightness.
#[derive(Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ScanInput {
    /// A JPEG or PNG file, base64.
    Image(String),
    /// A camera frame: one byte of brightness per pixel, row by row, base64.
    Frame {
        /// Width, pixels.
        width: u32,
        /// Height, pixels.
        height: u32,
        /// The bytes, base64.
        luma: String,
    },
}

/// A code typed by hand or by a scanner that types.
#[derive(Debug, Serialize, Deserialize, TS)]
pub struct TypedInput {
    /// As typed.
    pub text: String,
}

/// The text of an enrolment code.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct Ticket {
    /// What `enrol` takes.
    pub ticket: String,
}

/// One label and what it is.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct ScannedLabel {
    /// The symbology; absent for a typed code.
    pub format: Option<String>,
    /// Its text.
    pub text: String,
    /// What it is: `kind` and `fields`.
    pub kind: Value,
    /// Whether only its length speaks for this kind, so that a person must confirm it.
    pub guess: bool,
}

/// A record that bears a scanned serial.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ScanMatch {
    /// card or asset.
    pub kind: String,
    /// Its identity.
    pub id: Uuid,
}

/// What a scan gave.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct ScanView {
    /// The labels seen.
    pub labels: Vec<ScannedLabel>,
    /// A genuine card of this product, with what this device knows of it.
    pub card: Option<CardView>,
    /// What a genuine card's code says, also when HQ's row of it is not on this device.
    pub proof: Option<CardProof>,
    /// Why a card code was not believed.
    pub card_error: Option<ApiError>,
    /// Cards and machines on this device that bear a scanned serial.
    pub matches: Vec<ScanMatch>,
}

/// Reads labels from a picture and looks up what they belong to, without a network.
pub async fn label_scan(app: &Arc<App>, input: ScanInput) -> ApiResult<ScanView> {
    let session = app.session().await?;
    let labels = read_labels(input).await?.iter().map(of_picture).collect();
    resolve(&session, labels).await
}

/// Reads an enrolment code from a picture, before the device belongs to anybody.
pub async fn ticket_scan(_: &Arc<App>, input: ScanInput) -> ApiResult<Ticket> {
    let labels = read_labels(input).await?;
    let ticket = labels.iter().find(|label| EnrolTicket::from_text(&label.text).is_some());
    ticket
        .map(|label| Ticket { ticket: label.text.clone() })
        .ok_or_else(|| ApiError::new(ErrorCode::EnrolCodeInvalid))
}

/// The labels in a picture, at least one.
async fn read_labels(input: ScanInput) -> ApiResult<Vec<Label>> {
    let reading = tokio::task::spawn_blocking(move || -> ApiResult<_> {
        let decode = |text: &str| STANDARD.decode(text).map_err(ApiError::bad_request);
        Ok(match input {
            ScanInput::Image(image) => label::read_image(&decode(&image)?),
            ScanInput::Frame { width, height, luma } => {
                label::read_luma(width, height, &decode(&luma)?)
            }
        })
    })
    .await
    .map_err(ApiError::internal)??;
    if reading.labels.is_empty() {
        return Err(match reading.error {
            Some(error) => {
                ApiError::saying(ErrorCode::PhotoRefused, error.words()).detail(error.code())
            }
            None => ApiError::new(ErrorCode::LabelNotFound),
        });
    }
    Ok(reading.labels)
}

/// Takes a typed code; a wrong check digit is told before anything is looked up.
pub async fn code_typed(app: &Arc<App>, input: TypedInput) -> ApiResult<ScanView> {
    let session = app.session().await?;
    let kind = label::typed(&input.text).map_err(|e| {
        ApiError::saying(ErrorCode::CodeInvalid, e.words()).param("reason", e.code())
    })?;
    resolve(&session, vec![(None, input.text.trim().to_owned(), kind)]).await
}

type Seen = (Option<LabelFormat>, String, LabelKind);

fn of_picture(seen: &Label) -> Seen {
    (Some(seen.format), seen.text.clone(), label::parse(seen.format, &seen.text))
}

async fn resolve(session: &Session, seen: Vec<Seen>) -> ApiResult<ScanView> {
    let keys: KeyList = session.keys().await?;
    let time = session.time().await?;
    let today = time.at.shanghai_day();
    let books = bundles::books_on(session, today).await.ok();
    let labels = seen.iter().map(scanned).collect::<ApiResult<Vec<_>>>()?;
    session
        .db
        .read(move |conn| {
            let mut view =
                ScanView { labels, card: None, proof: None, card_error: None, matches: Vec::new() };
            for (_, text, kind) in &seen {
                if let LabelKind::DoorstepCard { text } = kind {
                    match card_code::open(text, &keys, time.at) {
                        Ok(opened) => {
                            let id = opened.fields.card;
                            view.proof = Some(CardProof::of(&opened));
                            if device::row(conn, "card", id.0)?.is_some() {
                                let catalogue = books.as_deref().map(|books| &books.catalogue);
                                let last = session::last_hq_time(conn)?;
                                view.card =
                                    Some(cards::read_card(conn, id, catalogue, today, last)?);
                            }
                            add_matches(conn, &opened.fields.serials, &mut view.matches)?;
                        }
                        Err(error) => view.card_error = Some(not_believed(&error)),
                    }
                } else {
                    add_matches(conn, &serials_in(kind, text), &mut view.matches)?;
                }
            }
            Ok(view)
        })
        .await
}

fn scanned((format, text, kind): &Seen) -> ApiResult<ScannedLabel> {
    Ok(ScannedLabel {
        format: format
            .map(|format| serde_json::to_value(format).map_err(ApiError::internal))
            .transpose()?
            .and_then(|name| name.as_str().map(str::to_owned)),
        text: text.clone(),
        kind: serde_json::to_value(kind).map_err(ApiError::internal)?,
        guess: kind.is_guess(),
    })
}

fn not_believed(error: &CardCodeError) -> ApiError {
    ApiError::saying(ErrorCode::CardNotBelieved, error.words())
        .param("reason", error.code())
        .detail(error)
}

/// The serial numbers a label names.
fn serials_in(kind: &LabelKind, text: &str) -> Vec<String> {
    match kind {
        LabelKind::HaierBar(bar) => vec![bar.serial.clone()],
        LabelKind::MideaPlain(plain) => vec![plain.tsn.clone()],
        LabelKind::GreeBarcode { digits } | LabelKind::GreeSteelCode { digits } => {
            vec![digits.clone()]
        }
        LabelKind::Gs1Link(link) => link.serial.clone().into_iter().collect(),
        LabelKind::Unknown { .. } => vec![text.to_owned()],
        _ => Vec::new(),
    }
}

/// Records whose serial is exactly one of these.
fn add_matches(
    conn: &Connection,
    serials: &[String],
    matches: &mut Vec<ScanMatch>,
) -> ApiResult<()> {
    for serial in serials {
        for hit in search::find_kinds(conn, &["card", "asset"], serial, 20)? {
            let id: Uuid = hit.id.parse().map_err(ApiError::internal)?;
            let found = ScanMatch { kind: hit.kind, id };
            if !matches.contains(&found) && bears(conn, &found, serial)? {
                matches.push(found);
            }
        }
    }
    // Cards issued here that HQ has not answered lie in no row yet.
    for command in device::open_commands(conn)? {
        if let Ok(Claim::CardIssue(issue)) = serde_json::from_str(&command.claim)
            && issue
                .card
                .serials
                .iter()
                .any(|own| serials.iter().any(|s| s.eq_ignore_ascii_case(own)))
        {
            let found = ScanMatch { kind: "card".to_owned(), id: issue.card.id.0 };
            if command.decision.is_none() && !matches.contains(&found) {
                matches.push(found);
            }
        }
    }
    Ok(())
}

fn bears(conn: &Connection, found: &ScanMatch, serial: &str) -> ApiResult<bool> {
    let same = |known: &String| known.eq_ignore_ascii_case(serial);
    Ok(match found.kind.as_str() {
        "card" => {
            let card: doorstep_domain::card::WarrantyCard =
                session::required_row(conn, "card", found.id)?;
            card.serials.iter().any(same)
        }
        _ => {
            let asset: doorstep_domain::asset::Asset =
                session::required_row(conn, "asset", found.id)?;
            asset.serials().iter().any(same)
        }
    })
}
