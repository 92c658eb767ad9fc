//! Where the programs under test lie.

use std::path::PathBuf;

/// The path of a built program of this workspace: in `DOORSTEP_BIN_DIR`, else beside this one.
///
/// # Panics
/// When it has not been built; the message names the command that builds it.
pub fn path(name: &str) -> PathBuf {
    let folder = std::env::var_os("DOORSTEP_BIN_DIR").map(PathBuf::from).unwrap_or_else(|| {
        let own = std::env::current_exe().expect("the test knows where it runs");
        let folder = own.parent().expect("a file lies in a folder");
        // Tests and examples lie one folder below the programs.
        if folder.ends_with("deps") || folder.ends_with("examples") {
            folder.parent().expect("deps lies in a folder").to_owned()
        } else {
            folder.to_owned()
        }
    });
    let program = folder.join(name);
    assert!(
        program.exists(),
        "{} is not built: run `cargo build -p {name}` first",
        program.display()
    );
    program
}
