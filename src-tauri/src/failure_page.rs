//! A page that says why the screens did not open. It is made here and needs nothing of the screens:
//! no script, no file.

use doorstep_app::ErrorCode;
use std::borrow::Cow;
use tauri::{
    AppHandle, Builder, Manager, Url, WebviewUrl, WindowEvent, Wry,
    http::{Response, StatusCode, header},
    webview::WebviewWindowBuilder,
};

use crate::start::StartFailure;

/// The scheme under which the page is served, and the path whose visit ends the process.
const SCHEME: &str = "doorstep-failure";
const CLOSE: &str = "/close";

/// The page's text, once there is something to say.
struct Page(String);

/// Serves the page under its own scheme.
pub(crate) fn served_by(builder: Builder<Wry>) -> Builder<Wry> {
    builder.register_uri_scheme_protocol(SCHEME, |context, _request| {
        let page = context.app_handle().try_state::<Page>();
        let text = page.map(|page| page.0.clone()).unwrap_or_default();
        answer(text.into_bytes())
    })
}

fn answer(body: Vec<u8>) -> Response<Cow<'static, [u8]>> {
    let mut response = Response::new(Cow::Owned(body));
    *response.status_mut() = StatusCode::OK;
    let headers = response.headers_mut();
    headers
        .insert(header::CONTENT_TYPE, header::HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        header::HeaderValue::from_static("default-src 'none'; style-src 'unsafe-inline'"),
    );
    response
}

/// Says why on standard error, shows the page, and ends the process when it is closed.
pub(crate) fn show(
    app: &AppHandle,
    failure: StartFailure,
) -> Result<(), Box<dyn std::error::Error>> {
    let code = failure.exit_code();
    eprintln!("{}\n{}\n({})", failure.error.words.zh, failure.error.words.en, failure.error.detail);
    app.manage(Page(page(&failure)));
    let address = Url::parse(&format!("{SCHEME}://localhost/"))?;
    let leaving = app.clone();
    let builder = WebviewWindowBuilder::new(app, "failure", WebviewUrl::CustomProtocol(address))
        .on_navigation(move |url| {
            if url.path() == CLOSE {
                leaving.exit(code);
                return false;
            }
            url.scheme() == SCHEME || url.host_str().is_some_and(|host| host.starts_with(SCHEME))
        });
    #[cfg(desktop)]
    let builder = builder.title("Doorstep 上门换新").inner_size(720.0, 560.0).center();
    let window = match builder.build() {
        Ok(window) => window,
        Err(error) => crate::start::give_up(&error),
    };
    let leaving = app.clone();
    window.on_window_event(move |event| {
        if let WindowEvent::CloseRequested { api, .. } = event {
            api.prevent_close();
            leaving.exit(code);
        }
    });
    Ok(())
}

fn page(failure: &StartFailure) -> String {
    let (zh, en) = (escaped(&failure.error.words.zh), escaped(&failure.error.words.en));
    let (advice_zh, advice_en) = advice(failure.error.code);
    let detail = escaped(&format!("{:?} {}", failure.error.code, failure.error.detail));
    let log = failure.log.as_ref().map(|folder| {
        format!("<dt>日志 Log</dt><dd>{}</dd>", escaped(&folder.display().to_string()))
    });
    let log = log.unwrap_or_default();
    format!(
        r#"<!doctype html>
<html lang="zh-CN">
<meta charset="utf-8">
<meta name="color-scheme" content="light dark">
<title>Doorstep 上门换新</title>
<style>{STYLE}</style>
<main>
  <h1>没能打开 <span lang="en">Doorstep did not open</span></h1>
  <section class="what"><p>{zh}</p><p lang="en">{en}</p></section>
  <section><p>{advice_zh}</p><p lang="en">{advice_en}</p></section>
  <dl><dt>原因 Detail</dt><dd>{detail}</dd>{log}</dl>
  <p><a class="button" href="{CLOSE}">关闭 Close</a></p>
</main>
</html>"#
    )
}

/// What to do, in both languages.
fn advice(code: ErrorCode) -> (&'static str, &'static str) {
    if code == ErrorCode::ProfileInUse {
        return (
            "请回到已经打开的窗口。找不到它时，重新启动这台设备。",
            "Go back to the window that is open. If you cannot find it, restart this device.",
        );
    }
    (
        "已保存的工作没有改动。关掉这个窗口后再试；仍然不行，把下面的内容发给总部。",
        "What was saved has not been touched. Close this window and try again; if that does not \
         help, send what stands below to HQ.",
    )
}

/// Deep pine on paper, as the screens have it; dark where the system is.
const STYLE: &str = "
  :root { --paper: #faf8f3; --ink: #1d2424; --quiet: #4f5a5a; --line: #d9d5ca; --pine: #0a5155; --on: #fff; }
  @media (prefers-color-scheme: dark) {
    :root { --paper: #10191a; --ink: #eef2f1; --quiet: #a9b5b4; --line: #2c393a; --pine: #7fd0cf; --on: #06282a; }
  }
  * { box-sizing: border-box; margin: 0; }
  body { background: var(--paper); color: var(--ink); padding: 40px; line-height: 1.55;
    font: 16px/1.55 'Noto Sans SC', 'Noto Sans CJK SC', 'PingFang SC', 'Microsoft YaHei', sans-serif; }
  main { max-width: 620px; margin: 0 auto; display: grid; gap: 16px; }
  h1 { font-size: 26px; line-height: 1.3; }
  h1 span { display: block; font-size: 17px; font-weight: 500; color: var(--quiet); }
  section { display: grid; gap: 4px; color: var(--quiet); }
  .what { color: var(--ink); font-size: 18px; font-weight: 600; }
  dl { border: 1px solid var(--line); border-radius: 10px; padding: 14px 16px; }
  dt { color: var(--quiet); font-size: 13px; }
  dd { overflow-wrap: anywhere; user-select: text; font-size: 14px; }
  dd + dt { margin-top: 8px; }
  .button { display: inline-block; min-width: 120px; padding: 12px 24px; border-radius: 10px;
    background: var(--pine); color: var(--on); font-weight: 600; text-align: center; text-decoration: none; }
  .button:focus-visible { outline: 3px solid var(--pine); outline-offset: 3px; }
";

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use doorstep_app::ApiError;

    #[test]
    fn the_page_says_what_happened_in_both_languages_and_where_the_log_is() {
        let failure = StartFailure {
            error: ApiError::new(ErrorCode::ProfileInUse).detail("<lock> & key"),
            log: Some("profile/logs".into()),
        };
        let page = page(&failure);
        let words = ErrorCode::ProfileInUse.words();
        assert!(page.contains(&words.zh) && page.contains(&words.en));
        assert!(page.contains("profile/logs") && page.contains("&lt;lock&gt; &amp; key"));
        assert!(!page.contains("<lock>"), "a detail is text, never markup");
    }

    #[test]
    fn no_script_may_run_on_it() {
        let response = answer(Vec::new());
        let policy = response.headers().get(header::CONTENT_SECURITY_POLICY).unwrap();
        assert!(policy.to_str().unwrap().starts_with("default-src 'none'"));
    }
}
