//! System packages from Debian that building and testing need.

use std::io::IsTerminal;
use std::process::{Command, Stdio};

use crate::failure::{Failure, Result};
use crate::process;

/// A Debian package, and a program of it by which it is found where dpkg is not used.
pub(crate) struct SystemPackage {
    name: &'static str,
    program: &'static str,
}

const fn package(name: &'static str, program: &'static str) -> SystemPackage {
    SystemPackage { name, program }
}

/// For building: SQLCipher is built from C sources on Debian's OpenSSL.
pub(crate) const BUILD: &[SystemPackage] = &[
    package("gcc", "gcc"),
    package("g++", "g++"),
    package("libc6-dev", "gcc"),
    package("libssl-dev", "openssl"),
    package("pkg-config", "pkg-config"),
];

/// For building and running the window: the web view's headers bring those of GTK, and the camera
/// comes through GStreamer.
pub(crate) const WINDOW: &[SystemPackage] = &[
    package("libwebkit2gtk-4.1-dev", "gtk-launch"),
    package("gstreamer1.0-plugins-base", "gtk-launch"),
    package("gstreamer1.0-plugins-good", "gtk-launch"),
];

/// For testing: PDFs are read back with poppler's tools, the screens are driven in a browser and in
/// the window, which needs a display and a network of its own, and Chinese needs a font.
pub(crate) const TEST: &[SystemPackage] = &[
    package("poppler-utils", "pdftotext"),
    package("chromium", "chromium"),
    package("fonts-noto-cjk", "fc-list"),
    package("xvfb", "Xvfb"),
    package("webkit2gtk-driver", "WebKitWebDriver"),
    package("iproute2", "ip"),
];

/// The peer that photo intake is measured against.
pub(crate) const PHOTO_PEER: &[SystemPackage] = &[package("libvips-tools", "vips")];

/// For the peers that sync is measured against, beside Node: one is a Python package.
pub(crate) const SYNC_PEERS: &[SystemPackage] =
    &[package("python3-venv", "python3"), package("iproute2", "ip")];

/// Installs what is missing of these groups with apt; does nothing when all are there.
///
/// # Errors
/// [`Failure::Missing`] with the names where apt is absent or not permitted.
pub(crate) fn install(groups: &[&[SystemPackage]]) -> Result<()> {
    let packages: Vec<&SystemPackage> = groups.iter().copied().flatten().collect();
    if packages.is_empty() {
        return Ok(());
    }
    let has_dpkg = process::answers(Command::new("dpkg-query").arg("--version"));
    let missing: Vec<&str> =
        packages
            .iter()
            .filter(|package| {
                if has_dpkg { !is_installed(package.name) } else { !is_on_path(package.program) }
            })
            .map(|package| package.name)
            .collect();
    if missing.is_empty() {
        println!("system packages: all {} are there", packages.len());
        return Ok(());
    }
    println!("system packages: missing {}", missing.join(", "));
    install_with_apt(&missing).map_err(|failure| {
        let names = missing.join(" ");
        Failure::Missing(format!(
            "could not install with apt ({failure}).\n\
             Please install these Debian packages, or their like, and start again: {names}"
        ))
    })
}

fn install_with_apt(missing: &[&str]) -> Result<()> {
    process::run(as_root(&["apt-get", "update", "-q"]).stdin(terminal_or_null()))?;
    let install = ["apt-get", "install", "-y", "-q", "--no-install-recommends"];
    process::run(as_root(&install).args(missing).stdin(terminal_or_null()))
}

/// `apt-get` never asks a question; sudo may ask for a password when there is a terminal.
fn as_root(words: &[&str]) -> Command {
    let quiet = ["env", "DEBIAN_FRONTEND=noninteractive"];
    let sudo: &[&str] = match (rustix::process::geteuid().is_root(), has_terminal()) {
        (true, _) => &[],
        (false, true) => &["sudo"],
        (false, false) => &["sudo", "-n"],
    };
    let mut all = sudo.iter().chain(&quiet).chain(words);
    let mut command = Command::new(all.next().unwrap_or(&"env"));
    command.args(all);
    command
}

fn has_terminal() -> bool {
    std::io::stdin().is_terminal()
}

fn terminal_or_null() -> Stdio {
    if has_terminal() { Stdio::inherit() } else { Stdio::null() }
}

fn is_installed(name: &str) -> bool {
    let mut query = Command::new("dpkg-query");
    query.args(["-W", "-f", "${db:Status-Status}\\n", name]).stderr(Stdio::null());
    process::output(&mut query).is_ok_and(|text| text.lines().any(|line| line == "installed"))
}

/// Whether a program of this name lies in a folder of `PATH`.
pub(crate) fn is_on_path(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
}
