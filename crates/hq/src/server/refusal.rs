//! Refusals over HTTP: a status, a code the device acts on, and a detail for its log.

use axum::{
    body::Body,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use doorstep_store::error::StoreError;
use doorstep_sync::{auth::Refusal, wire::WireError};

use crate::{home::HomeError, keys::KeyError};

/// A request that is not answered as asked.
#[derive(Debug)]
pub(crate) struct Refused {
    pub(crate) status: StatusCode,
    pub(crate) code: &'static str,
    pub(crate) detail: String,
}

impl Refused {
    pub(crate) fn new(
        status: StatusCode,
        code: &'static str,
        detail: impl Into<String>,
    ) -> Refused {
        Refused { status, code, detail: detail.into() }
    }

    pub(crate) fn internal(detail: impl Into<String>) -> Refused {
        Refused::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", detail)
    }

    pub(crate) fn not_found(detail: impl Into<String>) -> Refused {
        Refused::new(StatusCode::NOT_FOUND, "not_found", detail)
    }

    pub(crate) fn bad_request(code: &'static str, detail: impl Into<String>) -> Refused {
        Refused::new(StatusCode::BAD_REQUEST, code, detail)
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        tracing::info!(status = self.status.as_u16(), code = self.code, "refused");
        let refusal = Refusal { code: self.code.to_owned(), detail: self.detail };
        json(self.status, &refusal)
    }
}

/// An answer as JSON.
pub(crate) fn json<T: serde::Serialize>(status: StatusCode, body: &T) -> Response {
    let text = serde_json::to_vec(body).unwrap_or_default();
    (status, [(header::CONTENT_TYPE, "application/json")], Body::from(text)).into_response()
}

impl From<StoreError> for Refused {
    fn from(error: StoreError) -> Refused {
        tracing::error!(%error, "the ledger failed");
        let code = if error.is_disk_full() { "disk_full" } else { "internal" };
        Refused::new(StatusCode::INTERNAL_SERVER_ERROR, code, "the ledger failed")
    }
}

impl From<rusqlite::Error> for Refused {
    fn from(error: rusqlite::Error) -> Refused {
        Refused::from(StoreError::from(error))
    }
}

impl From<std::io::Error> for Refused {
    fn from(error: std::io::Error) -> Refused {
        tracing::error!(%error, "a file failed");
        let full = error.kind() == std::io::ErrorKind::StorageFull;
        let code = if full { "disk_full" } else { "internal" };
        Refused::new(StatusCode::INTERNAL_SERVER_ERROR, code, "a file failed")
    }
}

impl From<KeyError> for Refused {
    fn from(error: KeyError) -> Refused {
        tracing::error!(%error, "the keys failed");
        Refused::internal("the keys failed")
    }
}

impl From<HomeError> for Refused {
    fn from(error: HomeError) -> Refused {
        tracing::error!(%error, "the data folder failed");
        Refused::internal("the data folder failed")
    }
}

impl From<WireError> for Refused {
    fn from(error: WireError) -> Refused {
        match error {
            WireError::TooLarge => Refused::too_large(),
            WireError::Unreadable(detail) => Refused::bad_request("message_unreadable", detail),
        }
    }
}

impl Refused {
    pub(crate) fn too_large() -> Refused {
        Refused::new(StatusCode::PAYLOAD_TOO_LARGE, "message_too_large", "over the limit")
    }
}
