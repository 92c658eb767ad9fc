//! `cargo xtask bundle`: the installable package of the window, and its check on this machine.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::failure::{Failure, Result};
use crate::process;
use crate::screens;
use crate::steps::{self, Step};
use crate::system_packages::{self, BUILD, TEST, WINDOW};
use crate::workspace::Workspace;

/// The package's name for dpkg, and the program in it.
const PACKAGE: &str = "doorstep";
/// Tauri's packager; the npm package carries its program and downloads nothing.
const PACKAGER: &str = "@tauri-apps/cli@2.12.5";
/// The function of WebKit that development builds call.
const MOCK_CAMERA: &[u8] = b"webkit_settings_set_enable_mock_capture_devices";
/// How long the installed window may take until it is there.
const PATIENCE: Duration = Duration::from_secs(60);

/// Builds the release and packs it; returns where the package lies.
pub(crate) fn make(workspace: &Workspace) -> Result<PathBuf> {
    let target = workspace.target_directory()?;
    let tools = target.join("tools");
    steps::run(vec![
        Step::new("system packages", || system_packages::install(&[BUILD, WINDOW])),
        Step::new("screens", || screens::build(workspace)),
        Step::new("packager", || install_packager(workspace, &tools)),
        Step::new("release build and package (takes minutes)", || {
            let mut command = workspace.program(tools.join("node_modules/.bin/tauri"));
            command.args(["build", "--ci", "--bundles", "deb", "--", "--locked"]);
            process::run(&mut command)
        }),
    ])?;
    let package = newest_deb(&target.join("release/bundle/deb"))?;
    let size = std::fs::metadata(&package).map_err(Failure::file(&package))?.len();
    println!("{} ({})", package.display(), mib(size));
    Ok(package)
}

/// Tauri's packager lies beside the build, not among the screens' tools: npm's lock would have to
/// name its builds for every system, and a mirror that lacks one of them would stop every `npm ci`.
fn install_packager(workspace: &Workspace, tools: &Path) -> Result<()> {
    std::fs::create_dir_all(tools).map_err(Failure::file(tools))?;
    let quiet = ["--no-save", "--no-package-lock", "--no-audit", "--no-fund", "--loglevel=error"];
    let mut command = workspace.program("npm");
    process::run(command.arg("install").arg("--prefix").arg(tools).args(quiet).arg(PACKAGER))
}

/// Makes the package, installs it with what it depends on, starts it on a display of its own, and
/// removes it.
pub(crate) fn check(workspace: &Workspace) -> Result<()> {
    let package = make(workspace)?;
    if !rustix::process::geteuid().is_root() {
        return Err(Failure::Missing(
            "installing needs root: run `sudo cargo xtask bundle --check`, or install the package \
             above by hand"
                .to_owned(),
        ));
    }
    if is_installed() {
        return Err(Failure::Found(format!(
            "a package called {PACKAGE} is installed here already and would be removed by the \
             check; remove it first"
        )));
    }
    let profile = workspace.target_directory()?.join("bundle-check");
    let outcome = steps::run(vec![
        Step::new("test packages", || system_packages::install(&[TEST])),
        Step::new("install", || {
            // apt takes what the package depends on along; dpkg alone would not.
            apt(&["install", "-y", "-q", "--no-install-recommends"], package.as_os_str())
        }),
        Step::new("contents", || contents(workspace, &package)),
        Step::new("start", || start(workspace, &profile)),
    ]);
    let removed = steps::run(vec![Step::new("remove", || {
        apt(&["remove", "-y", "-q"], PACKAGE.as_ref())?;
        if is_installed() || installed_program().exists() {
            return Err(Failure::Found(format!("{PACKAGE} is still there after its removal")));
        }
        Ok(())
    })]);
    outcome.and(removed)
}

/// The newest package in the folder: the bundler leaves those of older versions.
fn newest_deb(folder: &Path) -> Result<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(Failure::file(folder))? {
        let path = entry.map_err(Failure::file(folder))?.path();
        if path.extension().is_some_and(|extension| extension == "deb") {
            let written = path.metadata().and_then(|about| about.modified());
            found.push((written.map_err(Failure::file(&path))?, path));
        }
    }
    let newest = found.into_iter().max().map(|(_, path)| path);
    newest.ok_or_else(|| Failure::Found(format!("{} holds no .deb", folder.display())))
}

fn apt(words: &[&str], what: &std::ffi::OsStr) -> Result<()> {
    let mut command = Command::new("apt-get");
    command.args(words).arg(what).env("DEBIAN_FRONTEND", "noninteractive").stdin(Stdio::null());
    process::run(&mut command)
}

fn is_installed() -> bool {
    let mut query = Command::new("dpkg-query");
    query.args(["-W", "-f", "${db:Status-Status}", PACKAGE]).stderr(Stdio::null());
    process::output(&mut query).is_ok_and(|status| status == "installed")
}

fn installed_program() -> PathBuf {
    Path::new("/usr/bin").join(PACKAGE)
}

/// What the package promises: the camera's libraries, no symbols, and no mock camera.
fn contents(workspace: &Workspace, package: &Path) -> Result<()> {
    let field = process::output(Command::new("dpkg-deb").arg("-f").arg(package).arg("Depends"))?;
    println!("Depends: {}", field.trim());
    for needed in ["gstreamer1.0-plugins-base", "gstreamer1.0-plugins-good", "libwebkit2gtk-4.1-0"]
    {
        if !field.contains(needed) {
            return Err(Failure::Found(format!("the package does not depend on {needed}")));
        }
    }
    let program = installed_program();
    let bytes = std::fs::read(&program).map_err(Failure::file(&program))?;
    println!("{}: {}", program.display(), mib(u64::try_from(bytes.len()).unwrap_or(u64::MAX)));
    if bytes.windows(MOCK_CAMERA.len()).any(|part| part == MOCK_CAMERA) {
        return Err(Failure::Found("the release can show the mock camera".to_owned()));
    }
    let mut symbols = workspace.program("nm");
    symbols.arg("-a").arg(&program).stderr(Stdio::null());
    if !process::output(&mut symbols)?.is_empty() {
        return Err(Failure::Found("the release holds symbols".to_owned()));
    }
    if process::answers(workspace.program(&program).args(["--mock-camera", "--version"])) {
        return Err(Failure::Found("the release knows --mock-camera".to_owned()));
    }
    process::run(workspace.program(&program).arg("--version"))
}

/// Starts the installed program under Xvfb and waits until it has opened its window, which its log
/// says; then closes it as a session's end would.
fn start(workspace: &Workspace, profile: &Path) -> Result<()> {
    if profile.exists() {
        std::fs::remove_dir_all(profile).map_err(Failure::file(profile))?;
    }
    let began = now();
    let mut command = Command::new("xvfb-run");
    command.args(["-a", "-s", "-screen 0 1280x900x24", "sh", "-c", STARTED_AND_CLOSED, "sh"]);
    command.arg(installed_program()).arg(profile).arg(PATIENCE.as_secs().to_string());
    process::run(command.current_dir(workspace.path("")).stdin(Stdio::null()))?;
    println!("started and closed in {:.1} s", began.elapsed().as_secs_f32());
    Ok(())
}

/// `$1 --profile $2`, for at most `$3` seconds until the log says that the window is open.
const STARTED_AND_CLOSED: &str = r#"
"$1" --profile "$2" & window=$!
waited=0
until grep -qs ' open ' "$2"/logs/*.log; do
    kill -0 $window 2>/dev/null || { wait $window; echo "ended with $? before the window was there"; exit 1; }
    [ $waited -lt $(($3 * 10)) ] || { echo "no window after $3 s"; kill -9 $window; exit 1; }
    sleep 0.1; waited=$((waited + 1))
done
echo "the window is there after about $((waited / 10)).$((waited % 10)) s"
kill $window && wait $window
"#;

fn mib(bytes: u64) -> String {
    let tenths = bytes * 10 / (1 << 20);
    format!("{}.{} MiB", tenths / 10, tenths % 10)
}

#[allow(clippy::disallowed_methods, reason = "a check tells a person how long a start takes")]
fn now() -> Instant {
    Instant::now()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_package_is_taken() {
        let folder = tempfile::tempdir().unwrap();
        assert!(newest_deb(folder.path()).is_err());
        for (name, age) in [("b_0.1.deb", 20), ("a_0.2.deb", 10), ("c.txt", 0)] {
            let file = std::fs::File::create(folder.path().join(name)).unwrap();
            let long_ago = std::time::UNIX_EPOCH + Duration::from_secs(1_000_000 - age);
            file.set_modified(long_ago).unwrap();
        }
        assert!(newest_deb(folder.path()).unwrap().ends_with("a_0.2.deb"));
    }

    #[test]
    fn sizes_read_well() {
        assert_eq!(
            (mib(0), mib(1 << 20), mib((3 << 20) + (1 << 19))),
            ("0.0 MiB".to_owned(), "1.0 MiB".to_owned(), "3.5 MiB".to_owned())
        );
    }
}
