//! Card drafts put aside while another customer is served (挂单).

use doorstep_store::device;
use rusqlite::Transaction;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use ts_rs::TS;
use uuid::Uuid;

pub use super::access::Nothing;
use crate::{
    app::App,
    error::{ApiError, ApiResult},
    session::Session,
};

const PARKED: &str = "card";

/// A card draft put aside while the next customer is served.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct CardPark {
    /// The draft's identity; made here if absent.
    #[serde(default)]
    #[ts(optional)]
    pub id: Option<Uuid>,
    /// What was typed or scanned so far, as the screen holds it.
    pub fields: serde_json::Value,
}

/// Which draft to drop.
#[derive(Debug, Serialize, Deserialize, TS)]
pub struct CardUnpark {
    /// The draft.
    pub id: Uuid,
}

/// The drafts put aside, newest first.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct ParkedCards {
    /// The drafts.
    pub parked: Vec<CardPark>,
}

/// Puts a card draft aside.
pub async fn card_park(app: &Arc<App>, input: CardPark) -> ApiResult<ParkedCards> {
    let session = app.session().await?;
    let at = session.time().await?.device;
    let noise = session.noise();
    session
        .db
        .write(move |tx, _| {
            let id = input.id.unwrap_or_else(|| doorstep_domain::id::uuid_v7(at, noise));
            let draft = CardPark { id: Some(id), fields: input.fields };
            let body = serde_json::to_string(&draft).map_err(ApiError::internal)?;
            Ok(device::put_draft(tx, PARKED, id, &body, at)?)
        })
        .await?;
    parked(&session).await
}

/// The card drafts put aside.
pub async fn card_parked(app: &Arc<App>, _: Nothing) -> ApiResult<ParkedCards> {
    parked(&*app.session().await?).await
}

/// Drops a card draft.
pub async fn card_unpark(app: &Arc<App>, input: CardUnpark) -> ApiResult<ParkedCards> {
    let session = app.session().await?;
    session.db.write(move |tx, _| drop_draft(tx, input.id)).await?;
    parked(&session).await
}

async fn parked(session: &Session) -> ApiResult<ParkedCards> {
    let bodies = session.db.read(|conn| Ok(device::drafts(conn, PARKED)?)).await?;
    let parked = bodies
        .iter()
        .map(|body| serde_json::from_str(body).map_err(ApiError::internal))
        .collect::<ApiResult<_>>()?;
    Ok(ParkedCards { parked })
}

/// Forgets a draft that was dropped or has become a card.
pub(crate) fn drop_draft(tx: &Transaction<'_>, id: Uuid) -> ApiResult<()> {
    Ok(device::remove_draft(tx, PARKED, id)?)
}
