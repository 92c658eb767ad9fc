//! Where changes from devices are tried out before HQ stores them: a process of its own under a
//! memory limit.
//!
//! A change of a few bytes can make the document library panic, or ask for more memory than there
//! is. The worker holds nothing between two pushes, so when it dies, that push is refused and the
//! next one finds a new worker.

use std::{
    io::{self, Read, Write},
    path::{Path, PathBuf},
    process::{Child, ChildStdin, Command, Stdio},
    sync::{Mutex, PoisonError, mpsc},
    thread,
    time::Duration,
};

use doorstep_domain::{
    conflict::Dispute,
    org::Role,
    rights::{is_writable, may_settle, may_write},
};
use doorstep_sync::{
    admission::admit,
    wire::{Push, decode, encode},
};
use rustix::process::{Resource, Rlimit, setrlimit};
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;

/// The most address space of a worker, in bytes. A document of the largest size takes about 30 MiB.
const MEMORY_LIMIT: u64 = 512 * 1024 * 1024;
/// How long one push may take; an ordinary one takes under a millisecond.
const TIME_LIMIT: Duration = Duration::from_secs(3);
/// The most bytes of one message between server and worker.
const MESSAGE_LIMIT: u32 = 64 * 1024 * 1024;

/// Changes that may be stored.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Tried {
    /// The document after them.
    pub snapshot: ByteBuf,
    /// Its heads.
    pub heads: ByteBuf,
    /// Its view as JSON.
    pub view: String,
    /// The changes alone.
    pub changes: ByteBuf,
    /// Who wrote the changes.
    pub actors: Vec<[u8; 16]>,
    /// Fields whose value or rivals differ from before.
    pub touched: Vec<(String, String)>,
    /// Touched fields about which people disagree, or disagreed before.
    pub disputes: Vec<Dispute>,
}

/// Under whose rights changes are tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Rights {
    /// Their writer's, by role.
    Of(Role),
    /// A coordinator's word stands for access: every field that is anybody's to write.
    Vouched,
    /// Only to look at what they would do; never to store it.
    Look,
}

impl From<Role> for Rights {
    fn from(role: Role) -> Rights {
        Rights::Of(role)
    }
}

impl Rights {
    fn allow(self, push: &Push, section: &str, key: &str, settles: bool) -> bool {
        match self {
            Rights::Of(role) => {
                may_write(role, push.kind, section, key)
                    || settles && may_settle(role) && is_writable(push.kind, section, key)
            }
            Rights::Vouched => is_writable(push.kind, section, key),
            Rights::Look => true,
        }
    }
}

/// Why changes are refused.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Refused {
    /// The code sent back.
    pub code: String,
    /// For the log.
    pub detail: String,
}

#[derive(Serialize, Deserialize)]
struct Question {
    push: Push,
    rights: Rights,
    #[serde(default)]
    snapshot: Option<ByteBuf>,
}

/// The place where changes are tried out.
pub struct Scratch {
    program: Option<PathBuf>,
    worker: Mutex<Option<Worker>>,
}

struct Worker {
    child: Child,
    input: ChildStdin,
    answers: mpsc::Receiver<io::Result<Vec<u8>>>,
}

impl Scratch {
    /// In this very process, behind `catch_unwind` only: for tests of everything else.
    pub fn in_process() -> Scratch {
        Scratch { program: None, worker: Mutex::new(None) }
    }

    /// In a worker: `program scratch-worker`.
    pub fn worker(program: PathBuf) -> Scratch {
        Scratch { program: Some(program), worker: Mutex::new(None) }
    }

    /// Tries a push under these rights on the stored snapshot of its document.
    ///
    /// # Errors
    /// [`Refused`] says why HQ may not store it; that the worker died of it or took too long is one
    /// reason, under the code `document_harmful`.
    pub fn admit(
        &self,
        push: &Push,
        rights: impl Into<Rights>,
        snapshot: Option<&[u8]>,
    ) -> Result<Tried, Refused> {
        let rights = rights.into();
        let Some(program) = &self.program else { return try_out(push, rights, snapshot) };
        let snapshot = snapshot.map(|bytes| ByteBuf::from(bytes.to_vec()));
        let question = Question { push: push.clone(), rights, snapshot };
        let question = encode(&question).map_err(|error| unusable(error.to_string()))?;
        let mut worker = self.worker.lock().unwrap_or_else(PoisonError::into_inner);
        // A worker that stood idle may have ended for a reason of its own; a fresh one has only this.
        let stood_idle = worker.is_some();
        let answer = ask(&mut worker, program, &question)
            .or_else(
                |error| {
                    if stood_idle { ask(&mut worker, program, &question) } else { Err(error) }
                },
            )
            .map_err(|error| Refused {
                code: "document_harmful".to_owned(),
                detail: format!("the worker ended: {error}"),
            })?;
        rmp::<Result<Tried, Refused>>(&answer)?
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let worker = self.worker.get_mut().unwrap_or_else(PoisonError::into_inner);
        if let Some(worker) = worker {
            let _ = worker.child.kill();
            let _ = worker.child.wait();
        }
    }
}

/// Asks the worker, starting one if there is none; one that does not answer is ended.
fn ask(worker: &mut Option<Worker>, program: &Path, question: &[u8]) -> io::Result<Vec<u8>> {
    let mut running = match worker.take() {
        Some(running) => running,
        None => start(program)?,
    };
    let asked = write_message(&mut running.input, question).and_then(|()| {
        running
            .answers
            .recv_timeout(TIME_LIMIT)
            .unwrap_or_else(|_| Err(io::Error::new(io::ErrorKind::TimedOut, "no answer in time")))
    });
    match asked {
        Ok(answer) => {
            *worker = Some(running);
            Ok(answer)
        }
        Err(error) => {
            let _ = running.child.kill();
            let _ = running.child.wait();
            Err(error)
        }
    }
}

fn start(program: &Path) -> io::Result<Worker> {
    let mut child = Command::new(program)
        .arg("scratch-worker")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        // What the library says about a document may hold pieces of it, and whoever sends bad ones
        // would fill the log.
        .stderr(Stdio::null())
        .spawn()?;
    let missing = || io::Error::other("the worker has no pipes");
    let input = child.stdin.take().ok_or_else(missing)?;
    let mut output = child.stdout.take().ok_or_else(missing)?;
    let (sender, answers) = mpsc::channel();
    // Reading on a thread of its own is what makes the time limit possible.
    thread::spawn(move || {
        loop {
            let message = read_message(&mut output);
            let ended = message.is_err();
            if sender.send(message).is_err() || ended {
                return;
            }
        }
    });
    Ok(Worker { child, input, answers })
}

/// The worker's side: limits itself, then answers until its input ends.
///
/// # Errors
/// When the limit cannot be set or the server has gone.
pub fn work(mut input: impl Read, mut output: impl Write) -> io::Result<()> {
    let limit = Rlimit { current: Some(MEMORY_LIMIT), maximum: Some(MEMORY_LIMIT) };
    setrlimit(Resource::As, limit)?;
    // Nobody reads a panic's message here, and finding the words for one takes half a second.
    std::panic::set_hook(Box::new(|_| {}));
    loop {
        let question = match read_message(&mut input) {
            Ok(question) => question,
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(()),
            Err(error) => return Err(error),
        };
        let answer = match rmp::<Question>(&question) {
            Ok(question) => {
                let snapshot = question.snapshot.as_ref().map(|bytes| bytes.as_slice());
                try_out(&question.push, question.rights, snapshot)
            }
            Err(refused) => Err(refused),
        };
        let answer = encode(&answer).map_err(io::Error::other)?;
        write_message(&mut output, &answer)?;
    }
}

fn try_out(push: &Push, rights: Rights, snapshot: Option<&[u8]>) -> Result<Tried, Refused> {
    let allowed = |section: &str, key: &str, settles| rights.allow(push, section, key, settles);
    let admitted = admit(push, snapshot, &allowed)
        .map_err(|error| Refused { code: error.code().to_owned(), detail: error.to_string() })?;
    let view =
        serde_json::to_string(&admitted.view).map_err(|error| unusable(error.to_string()))?;
    Ok(Tried {
        snapshot: ByteBuf::from(admitted.snapshot),
        heads: ByteBuf::from(admitted.heads.0),
        view,
        changes: ByteBuf::from(admitted.changes),
        actors: admitted.actors.into_iter().collect(),
        touched: admitted.touched,
        disputes: admitted.disputes,
    })
}

fn rmp<T: serde::de::DeserializeOwned>(bytes: &[u8]) -> Result<T, Refused> {
    decode(bytes).map_err(|error| unusable(error.to_string()))
}

fn unusable(detail: impl Into<String>) -> Refused {
    Refused { code: "document_refused".to_owned(), detail: detail.into() }
}

fn write_message(to: &mut impl Write, bytes: &[u8]) -> io::Result<()> {
    let length = u32::try_from(bytes.len()).map_err(io::Error::other)?;
    to.write_all(&length.to_be_bytes())?;
    to.write_all(bytes)?;
    to.flush()
}

fn read_message(from: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut length = [0; 4];
    from.read_exact(&mut length)?;
    let length = u32::from_be_bytes(length);
    if length > MESSAGE_LIMIT {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "message too long"));
    }
    let mut bytes = vec![0; usize::try_from(length).map_err(io::Error::other)?];
    from.read_exact(&mut bytes)?;
    Ok(bytes)
}
