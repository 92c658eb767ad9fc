//! Checks that the screens are built, which the window carries inside it, and prepares Tauri.

use std::path::Path;

fn main() {
    let screens = Path::new("../ui/dist/index.html");
    println!("cargo::rerun-if-changed={}", screens.display());
    if !screens.exists() {
        println!(
            "cargo::error=the screens are not built, run first: \
             npm --prefix ui ci && npm --prefix ui run build"
        );
        return;
    }
    tauri_build::build();
}
