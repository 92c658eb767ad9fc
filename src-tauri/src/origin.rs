//! The screens' own origin. Nothing else is shown in the window, and nothing else may ask for the
//! camera.

use tauri::Url;

/// Whether an address is of the screens: `tauri://localhost`, or `http://tauri.localhost` on
/// systems whose web view knows no schemes of one's own.
pub(crate) fn is_ours(url: &Url) -> bool {
    let own_scheme = cfg!(not(any(windows, target_os = "android")));
    match (url.scheme(), url.host_str(), url.port()) {
        ("tauri", Some("localhost"), None) => own_scheme,
        ("http", Some("tauri.localhost"), None) => !own_scheme,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(target_os = "linux")]
    fn only_the_screens_are_ours() {
        let ours = |address: &str| is_ours(&Url::parse(address).unwrap());
        assert!(ours("tauri://localhost/index.html#/today"));
        for stranger in [
            "tauri://localhost.example/",
            "tauri://localhost:81/",
            "http://tauri.localhost/",
            "https://localhost/",
            "data:text/html,x",
            "about:blank",
        ] {
            assert!(!ours(stranger), "{stranger}");
        }
    }
}
