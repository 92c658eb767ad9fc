//! The line to HQ: HTTPS to one certificate only, every request signed by this device.

use doorstep_domain::{id::DeviceId, time::UtcMs};
use doorstep_sync::{
    auth::{self, EnrolRequest, EnrolResponse, EnrolTicket, Refusal},
    wire::{self, Greeting, SyncRequest, SyncResponse},
};
use ed25519_dalek::{Signer, SigningKey};
use reqwest::{
    Client, Method, Response, StatusCode,
    header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue},
};
use std::{pin::Pin, sync::Arc, time::Duration};

use crate::{
    error::{ApiError, ApiResult},
    error_code::ErrorCode,
    host::Host,
    identity::Identity,
    pin::PinnedCertificate,
};

/// A connection must stand within this time, or HQ counts as unreachable.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// Between two pieces of an answer. After an outage a thousand devices come at once, and HQ has some
/// work with each of them: HQ that is slow but alive is waited for.
const READ_TIMEOUT: Duration = Duration::from_secs(120);
/// A line is asked for a sign of life when it was silent for so long, and so often.
const KEEPALIVE: Duration = Duration::from_secs(10);
/// After so many questions without a sign of life the line is dead, whoever waits on it.
const DEAD_KEEPALIVES: u32 = 3;
/// A line on which nothing sent is acknowledged for so long is dead as well.
#[cfg(any(target_os = "android", target_os = "linux"))]
const DEAD_AFTER: Duration = Duration::from_secs(30);
/// The most bytes an answer may have.
const ANSWER_LIMIT: usize = wire::MESSAGE_LIMIT;

/// A request to HQ as it goes out, signature included.
#[derive(Debug, Clone)]
pub struct Request {
    /// The method.
    pub method: Method,
    /// Path and query.
    pub path: String,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Vec<u8>,
}

/// What HQ answered, with its clock.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The whole body.
    pub body: Vec<u8>,
}

/// An answer on its way.
pub type Carried<'a> = Pin<Box<dyn Future<Output = ApiResult<Answer>> + Send + 'a>>;

/// Brings requests to one HQ and its answers back. It believes nobody else to be that HQ.
pub trait Carrier: Send + Sync {
    /// Sends one request. An error says that no whole answer came; HQ may have acted all the same.
    fn carry(&self, request: Request) -> Carried<'_>;
}

/// The way to HQ and who is calling.
#[derive(Clone)]
pub(crate) struct Line {
    carrier: Arc<dyn Carrier>,
    device: DeviceId,
    key: Arc<SigningKey>,
}

/// HTTPS to one certificate.
struct Https {
    address: String,
    client: Client,
}

/// The line of a real host: HTTPS to `address`, believed under the certificate `pin` only.
pub(crate) fn https(address: &str, pin: &str) -> ApiResult<Arc<dyn Carrier>> {
    Ok(Arc::new(Https { address: address.to_owned(), client: pinned_client(pin)? }))
}

impl Carrier for Https {
    fn carry(&self, request: Request) -> Carried<'_> {
        Box::pin(async move {
            let sent = self
                .client
                .request(request.method, format!("https://{}{}", self.address, request.path))
                .headers(request.headers)
                .body(request.body)
                .send()
                .await;
            read_answer(sent.map_err(unreachable_hq)?).await
        })
    }
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// HQ's clock when it answered.
    pub(crate) fn hq_time(&self) -> Option<UtcMs> {
        self.header(auth::TIME)?.parse().ok().map(UtcMs)
    }

    /// HQ's refusal, as an error.
    pub(crate) fn refusal(&self) -> ApiError {
        let said: Option<Refusal> = serde_json::from_slice(&self.body).ok();
        let code = said.as_ref().map_or("", |refusal| refusal.code.as_str());
        let detail = said.as_ref().map_or("", |refusal| refusal.detail.as_str());
        let error = match code {
            "device_revoked" => ApiError::new(ErrorCode::DeviceRevoked),
            "enrol_code_invalid" => ApiError::new(ErrorCode::EnrolCodeInvalid),
            "protocol_older" => ApiError::new(ErrorCode::UpdateNeeded),
            "protocol_newer" => ApiError::new(ErrorCode::HqOlder),
            // Anything that is not HQ's own refusal: a proxy's page, an overloaded server.
            "" => ApiError::new(ErrorCode::HqAnswerUnreadable),
            _ => ApiError::new(ErrorCode::HqRefused),
        };
        error.param("code", code).detail(format!("{} {code} {detail}", self.status))
    }
}

/// Enrols a device under a one-time ticket; the key's proof goes with it.
pub(crate) async fn enrol(
    host: &dyn Host,
    ticket: &EnrolTicket,
    device: DeviceId,
    key: &SigningKey,
    name: &str,
) -> ApiResult<EnrolResponse> {
    let proof = key.sign(EnrolRequest::proof_text(&ticket.code, device).as_bytes());
    let request = EnrolRequest {
        code: ticket.code.clone(),
        device,
        public_key: hex::encode(key.verifying_key().to_bytes()),
        name: name.to_owned(),
        proof: hex::encode(proof.to_bytes()),
    };
    let body = serde_json::to_vec(&request).map_err(ApiError::internal)?;
    let headers =
        HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static("application/json"))]);
    let path = "/v1/enrol".to_owned();
    let carrier = host.line(&ticket.address, &ticket.pin)?;
    let answer = carrier.carry(Request { method: Method::POST, path, headers, body }).await?;
    if !answer.status.is_success() {
        return Err(answer.refusal());
    }
    serde_json::from_slice(&answer.body)
        .map_err(|e| ApiError::new(ErrorCode::HqAnswerUnreadable).detail(e))
}

impl Line {
    /// The line to the HQ that enrolled this device, and to no other certificate.
    pub(crate) fn to_hq(identity: &Identity, host: &dyn Host) -> ApiResult<Line> {
        Ok(Line {
            carrier: host.line(&identity.address, &identity.pin)?,
            device: identity.device,
            key: Arc::new(identity.signing_key()?),
        })
    }

    /// One exchange. `at` is HQ's time as estimated; a device that is far off learns HQ's time
    /// from the refusal and asks once more.
    pub(crate) async fn exchange(
        &self,
        request: &SyncRequest,
        at: UtcMs,
    ) -> ApiResult<SyncResponse> {
        let body = wire::pack(request).map_err(ApiError::internal)?;
        let answer = self.call(Method::POST, "/v1/sync", HeaderMap::new(), body, at).await?;
        if !answer.status.is_success() {
            return Err(answer.refusal());
        }
        wire::unpack(&answer.body).map_err(|error| {
            let greeting = wire::unpack::<Greeting>(&answer.body);
            let newer = greeting.is_ok_and(|greeting| greeting.protocol > wire::PROTOCOL);
            let code = if newer { ErrorCode::UpdateNeeded } else { ErrorCode::HqAnswerUnreadable };
            ApiError::new(code).detail(error)
        })
    }

    /// A signed request to any path of HQ; refusals of the clock are retried with HQ's time, every
    /// other answer is returned as it came.
    pub(crate) async fn call(
        &self,
        method: Method,
        path: &str,
        headers: HeaderMap,
        body: Vec<u8>,
        at: UtcMs,
    ) -> ApiResult<Answer> {
        let first = self.send(method.clone(), path, headers.clone(), body.clone(), at).await?;
        match (is_clock_refusal(&first), first.hq_time()) {
            (true, Some(hq_time)) => self.send(method, path, headers, body, hq_time).await,
            _ => Ok(first),
        }
    }

    /// As [`Line::call`], with HQ's refusals as errors.
    pub(crate) async fn ask(
        &self,
        method: Method,
        path: &str,
        headers: HeaderMap,
        body: Vec<u8>,
        at: UtcMs,
    ) -> ApiResult<Answer> {
        let answer = self.call(method, path, headers, body, at).await?;
        if answer.status.is_success() { Ok(answer) } else { Err(answer.refusal()) }
    }

    async fn send(
        &self,
        method: Method,
        path: &str,
        headers: HeaderMap,
        body: Vec<u8>,
        at: UtcMs,
    ) -> ApiResult<Answer> {
        let text = auth::signed_text(method.as_str(), path, at, &body);
        let signature = hex::encode(self.key.sign(text.as_bytes()).to_bytes());
        let mut headers = headers;
        for (name, value) in [
            (auth::DEVICE, self.device.to_string()),
            (auth::TIME, at.0.to_string()),
            (auth::SIGNATURE, signature),
        ] {
            let value = HeaderValue::try_from(value).map_err(ApiError::internal)?;
            headers.insert(HeaderName::from_static(name), value);
        }
        self.carrier.carry(Request { method, path: path.to_owned(), headers, body }).await
    }
}

fn is_clock_refusal(answer: &Answer) -> bool {
    answer.status == StatusCode::UNAUTHORIZED
        && serde_json::from_slice::<Refusal>(&answer.body)
            .is_ok_and(|refusal| refusal.code == "clock_skew")
}

fn pinned_client(pin: &str) -> ApiResult<Client> {
    let tls = PinnedCertificate::config(pin)?;
    let client = Client::builder()
        .tls_backend_preconfigured(tls)
        .https_only(true)
        .no_proxy()
        .connect_timeout(CONNECT_TIMEOUT)
        .read_timeout(READ_TIMEOUT)
        .tcp_keepalive(KEEPALIVE)
        .tcp_keepalive_interval(KEEPALIVE)
        .tcp_keepalive_retries(DEAD_KEEPALIVES);
    #[cfg(any(target_os = "android", target_os = "linux"))]
    let client = client.tcp_user_timeout(DEAD_AFTER);
    client.build().map_err(ApiError::internal)
}

async fn read_answer(mut response: Response) -> ApiResult<Answer> {
    let (status, headers) = (response.status(), response.headers().clone());
    let mut body = Vec::new();
    while let Some(piece) = response.chunk().await.map_err(unreachable_hq)? {
        if body.len() + piece.len() > ANSWER_LIMIT {
            return Err(ApiError::new(ErrorCode::HqAnswerUnreadable).detail("answer too large"));
        }
        body.extend_from_slice(&piece);
    }
    Ok(Answer { status, headers, body })
}

fn unreachable_hq(error: reqwest::Error) -> ApiError {
    // The address is the customer's business and stays out of the log.
    let error = error.without_url();
    let first: &dyn std::error::Error = &error;
    let causes: Vec<_> = std::iter::successors(Some(first), |cause| cause.source()).collect();
    let untrusted = causes.iter().find(|cause| {
        cause
            .downcast_ref::<rustls::Error>()
            .is_some_and(|tls| matches!(tls, rustls::Error::InvalidCertificate(_)))
    });
    if let Some(cause) = untrusted {
        return ApiError::new(ErrorCode::HqUntrusted).detail(cause);
    }
    let chain: Vec<String> = causes.iter().map(ToString::to_string).collect();
    ApiError::new(ErrorCode::HqUnreachable).detail(chain.join(": "))
}
