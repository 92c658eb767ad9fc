//! `POST /v1/enrol`.

use std::sync::Arc;

use axum::{body::Body, extract::State, http::StatusCode, response::Response};
use doorstep_store::ledger::people;
use doorstep_sync::auth::{EnrolRequest, EnrolResponse};

use super::{
    Hq,
    refusal::{Refused, json},
    verify::read_body,
};
use crate::{
    enrolment::{self, EnrolRefusal},
    keys,
};

/// A ticket's answer has a few hundred bytes.
const BODY_LIMIT: usize = 16 * 1024;

pub(super) async fn enrol(State(hq): State<Arc<Hq>>, body: Body) -> Result<Response, Refused> {
    let body = read_body(body, BODY_LIMIT).await?;
    let request: EnrolRequest = serde_json::from_slice(&body)
        .map_err(|error| Refused::bad_request("message_unreadable", error.to_string()))?;
    let now = hq.now();
    let answer = hq
        .on_ledger(move |hq, conn| {
            let tx = conn.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
            let person =
                enrolment::enrol(&tx, &request, now)?.map_err(|refusal| match refusal {
                    EnrolRefusal::Code => {
                        Refused::new(StatusCode::FORBIDDEN, "enrol_code_invalid", "")
                    }
                    EnrolRefusal::Proof => {
                        Refused::new(StatusCode::UNAUTHORIZED, "bad_signature", "")
                    }
                    EnrolRefusal::Taken => Refused::new(StatusCode::CONFLICT, "device_taken", ""),
                })?;
            let person = people::person(&tx, person)?
                .ok_or_else(|| Refused::new(StatusCode::FORBIDDEN, "enrol_code_invalid", ""))?;
            let answer = EnrolResponse {
                person,
                keys: keys::signed_list(&tx)?,
                rescue_key: keys::rescue_public(&hq.home)?,
                hq_time: now,
            };
            tx.commit()?;
            Ok(answer)
        })
        .await?;
    tracing::info!(person = %answer.person.id, "enrolled a device");
    Ok(json(StatusCode::OK, &answer))
}
