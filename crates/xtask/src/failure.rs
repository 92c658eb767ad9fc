//! What can go wrong in a task, in words for the person who started it.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// The outcome of a step.
pub(crate) type Result<T> = std::result::Result<T, Failure>;

/// Why a task stopped.
#[derive(Debug)]
pub(crate) enum Failure {
    /// A program was started and ended unsuccessfully.
    Ended {
        /// The command line, for repeating it by hand.
        program: String,
        /// Its exit code, or 128 + the signal that ended it.
        code: u8,
    },
    /// A program could not be started.
    NotStarted {
        /// The command line.
        program: String,
        /// What the system said.
        source: io::Error,
    },
    /// A file or folder could not be read or written.
    File {
        /// Which one.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A check found something to mend; the sentence says what and how.
    Found(String),
    /// The machine lacks something; the sentence says what to install.
    Missing(String),
    /// The command line was not understood.
    Usage(String),
}

impl Failure {
    /// Turns an I/O error about `path` into a failure, for `map_err`.
    pub(crate) fn file(path: &Path) -> impl FnOnce(io::Error) -> Failure {
        let path = path.to_owned();
        move |source| Failure::File { path, source }
    }

    /// The exit code of the task: that of the program that failed, 2 for a wrong command line,
    /// else 1.
    pub(crate) fn exit_code(&self) -> u8 {
        match self {
            Failure::Ended { code, .. } => *code,
            Failure::Usage(_) => 2,
            _ => 1,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failure::Ended { program, code } => write!(f, "`{program}` ended with code {code}"),
            Failure::NotStarted { program, source } => {
                write!(f, "`{program}` could not be started: {source}")
            }
            Failure::File { path, source } => write!(f, "{}: {source}", path.display()),
            Failure::Found(words) | Failure::Missing(words) => f.write_str(words),
            Failure::Usage(usage) => write!(f, "unknown task or argument\n\n{usage}"),
        }
    }
}
