//! What the screens may ask of the window; `permissions/screens.toml` lists the same names.

use doorstep_app::{ApiError, ApiResult, App, ErrorCode};
use percent_encoding::percent_decode_str;
use serde_json::Value;
use std::{io::Write, path::Path, sync::Arc};
use tauri::{
    AppHandle, State, WebviewWindow,
    ipc::{InvokeBody, Request},
};
use tauri_plugin_dialog::{DialogExt, FilePath};
use tauri_plugin_fs::{FsExt, OpenOptions};
use tauri_plugin_opener::OpenerExt;
use tokio::sync::oneshot;

use crate::address::Address;

/// The header that carries a file's name, percent-encoded.
const NAME: &str = "x-name";

/// Passes a command of the table to the core.
#[tauri::command]
pub(crate) async fn rpc(
    core: State<'_, Arc<App>>,
    command: String,
    input: Value,
) -> ApiResult<Value> {
    core.call(&command, input).await
}

/// Asks where to save the body's bytes and writes them; `false` when the person thought better of
/// it.
#[tauri::command]
pub(crate) async fn save_file(
    app: AppHandle,
    window: WebviewWindow,
    request: Request<'_>,
) -> ApiResult<bool> {
    let InvokeBody::Raw(bytes) = request.body() else {
        return Err(ApiError::bad_request("the body is not bytes"));
    };
    let (bytes, name) = (bytes.clone(), proposed_name(&request)?);
    let (tell, told) = oneshot::channel();
    let dialog = app.dialog().file().set_file_name(name);
    #[cfg(desktop)]
    let dialog = dialog.set_parent(&window);
    #[cfg(mobile)]
    let _ = window;
    dialog.save_file(move |place| {
        // Nobody listens when the window is gone.
        let _ = tell.send(place);
    });
    let Ok(Some(place)) = told.await else { return Ok(false) };
    let writing = tauri::async_runtime::spawn_blocking(move || write(&app, place, &bytes));
    writing.await.map_err(ApiError::internal)?.map_err(not_written)?;
    Ok(true)
}

/// Opens a phone number or a map with whatever the system has for it.
#[tauri::command]
pub(crate) async fn open_address(app: AppHandle, address: String) -> ApiResult<()> {
    let address =
        Address::accept(&address).ok_or_else(|| ApiError::bad_request("not a phone or a map"))?;
    app.opener().open_url(address.as_str(), None::<&str>).map_err(ApiError::internal)
}

/// The last part of the name the screens propose: a name never leads into another folder.
fn proposed_name(request: &Request<'_>) -> ApiResult<String> {
    let encoded = request.headers().get(NAME).and_then(|value| value.to_str().ok());
    let name = encoded.and_then(|text| percent_decode_str(text).decode_utf8().ok());
    name.as_deref().and_then(file_name).ok_or_else(|| ApiError::bad_request("the file has no name"))
}

fn file_name(text: &str) -> Option<String> {
    let last = text.rsplit(['/', '\\']).next()?;
    Path::new(last).file_name()?.to_str().map(str::to_owned)
}

fn write(app: &AppHandle, place: FilePath, bytes: &[u8]) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    let mut file = app.fs().open(place, options)?;
    file.write_all(bytes)?;
    file.sync_all()
}

fn not_written(error: std::io::Error) -> ApiError {
    let full = error.kind() == std::io::ErrorKind::StorageFull;
    ApiError::new(if full { ErrorCode::DiskFull } else { ErrorCode::StorageFailed })
        // The path may hold a customer's name: only what kind of error it was.
        .detail(error.kind())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_stays_in_the_chosen_folder() {
        assert_eq!(file_name("合并单 R20260715-1.pdf").as_deref(), Some("合并单 R20260715-1.pdf"));
        assert_eq!(file_name("../../.bashrc").as_deref(), Some(".bashrc"));
        assert_eq!(file_name("a\\b.pdf").as_deref(), Some("b.pdf"));
        for nothing in ["", "..", "a/", "/"] {
            assert_eq!(file_name(nothing), None, "{nothing:?}");
        }
    }
}
