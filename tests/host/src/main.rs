//! Serves the command table over loopback HTTP, so that tests and a browser drive the real core.
//!
//! `POST /rpc/<command>` with the input as JSON answers 200 with the output or 422 with an
//! `ApiError`; with `--ui` every other path is a file of the built screens. Never shipped: whoever can reach the port can use the device.

use axum::{
    Router,
    body::Bytes,
    extract::{DefaultBodyLimit, Path, State},
    http::StatusCode,
    response::IntoResponse,
    routing::post,
};
use clap::Parser;
use doorstep_app::{
    ApiError, App,
    host::{Host, SystemHost, UtcMs},
};
use serde_json::Value;
use std::{fs::OpenOptions, io::Write, path::PathBuf, process::ExitCode, sync::Arc};
use tower_http::services::{ServeDir, ServeFile};
use tracing_subscriber::EnvFilter;

/// The most bytes of an input, 64 MiB: a photo as base64 with room to spare.
const INPUT_LIMIT: usize = 64 << 20;

/// Serves one profile of the real core over loopback HTTP.
#[derive(Parser)]
struct Options {
    /// The profile folder; made if it does not exist.
    #[arg(long)]
    profile: PathBuf,
    /// The port on 127.0.0.1; 0 takes a free one.
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// Shows the wall clock wrong by this many milliseconds.
    #[arg(long, default_value_t = 0, allow_negative_numbers = true)]
    clock_offset_ms: i64,
    /// Also serves the built screens from this folder.
    #[arg(long)]
    ui: Option<PathBuf>,
    /// While this file exists, the network is one that is paid by volume.
    #[arg(long)]
    metered_while: Option<PathBuf>,
    /// Appends the name of every command called to this file.
    #[arg(long)]
    record_calls: Option<PathBuf>,
}

/// The real machine on a network that a file decides.
struct TestHost {
    machine: SystemHost,
    metered_while: Option<PathBuf>,
}

impl Host for TestHost {
    fn now(&self) -> UtcMs {
        self.machine.now()
    }

    fn since_boot(&self) -> Option<(String, i64)> {
        self.machine.since_boot()
    }

    fn random(&self, buffer: &mut [u8]) {
        self.machine.random(buffer);
    }

    fn metered(&self) -> Option<bool> {
        self.metered_while.as_ref().map(|file| file.exists())
    }
}

#[derive(Clone)]
struct Served {
    app: Arc<App>,
    record_calls: Option<PathBuf>,
}

#[tokio::main]
async fn main() -> ExitCode {
    tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::from_default_env())
        .with_writer(std::io::stderr)
        .init();
    let options = Options::parse();
    let machine = SystemHost { clock_offset_ms: options.clock_offset_ms };
    let host = Arc::new(TestHost { machine, metered_while: options.metered_while });
    let app = match App::open(&options.profile, host) {
        Ok(app) => app,
        Err(error) => return fail(&error),
    };
    let served = Served { app, record_calls: options.record_calls };
    let mut router = Router::new()
        .route("/rpc/{command}", post(rpc))
        .layer(DefaultBodyLimit::max(INPUT_LIMIT))
        .with_state(served);
    if let Some(folder) = options.ui {
        let page = ServeFile::new(folder.join("index.html"));
        router = router.fallback_service(ServeDir::new(folder).fallback(page));
    }
    let bound = tokio::net::TcpListener::bind(("127.0.0.1", options.port)).await;
    let listener = match bound {
        Ok(listener) => listener,
        Err(error) => return fail(&ApiError::internal(error)),
    };
    match listener.local_addr() {
        Ok(address) => println!("{}", serde_json::json!({ "listening": address.to_string() })),
        Err(error) => return fail(&ApiError::internal(error)),
    }
    match axum::serve(listener, router).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(&ApiError::internal(error)),
    }
}

fn fail(error: &ApiError) -> ExitCode {
    println!("{}", serde_json::json!({ "error": error }));
    ExitCode::FAILURE
}

async fn rpc(
    State(served): State<Served>,
    Path(command): Path<String>,
    body: Bytes,
) -> impl IntoResponse {
    if let Some(file) = &served.record_calls
        && let Ok(mut file) = OpenOptions::new().create(true).append(true).open(file)
    {
        let _ = writeln!(file, "{command}");
    }
    let input = if body.is_empty() { Ok(Value::Null) } else { serde_json::from_slice(&body) };
    let done = match input {
        Ok(Value::Null) => served.app.call(&command, serde_json::json!({})).await,
        Ok(input) => served.app.call(&command, input).await,
        Err(error) => Err(ApiError::bad_request(error)),
    };
    match done {
        Ok(output) => (StatusCode::OK, axum::Json(output)).into_response(),
        Err(error) => (StatusCode::UNPROCESSABLE_ENTITY, axum::Json(error)).into_response(),
    }
}
