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
    sync::{Condvar, Mutex, PoisonError, mpsc},
    thread,
    time::Duration,
};

use doorstep_domain::{
    conflict::Dispute,
    org::Role,
    refusal::DOCUMENT_HARMFUL,
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
/// How long one question may take; an ordinary push takes about a millisecond.
const TIME_LIMIT: Duration = Duration::from_secs(3);
/// Pushes of one question: enough that the way to the worker costs nothing beside the work.
const AT_ONCE: usize = 32;
/// Bytes of one question, unless a single push has more.
const QUESTION_BYTES: usize = 2 * 1024 * 1024;
/// Workers at the same time; each lives on one core while it works.
const WORKERS: usize = 2;
/// After so many pushes that ended the process they were tried in, a device's further ones are kept
/// untried for a while: each may cost a worker seconds in which it serves nobody.
pub(super) const HARMFUL_PUSHES: u64 = 3;
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

/// A push, under whose rights it is tried, and the stored snapshot of its document if there is one.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Question {
    /// The push.
    pub push: Push,
    /// What it may touch.
    pub rights: Rights,
    /// The document as stored.
    #[serde(default)]
    pub snapshot: Option<ByteBuf>,
}

type Outcome = Result<Tried, Refused>;

/// The place where changes are tried out.
pub struct Scratch {
    program: Option<PathBuf>,
    /// A place for each worker that may run: empty until it is first needed, or after a death.
    idle: Mutex<Vec<Option<Worker>>>,
    freed: Condvar,
}

struct Worker {
    child: Child,
    input: ChildStdin,
    answers: mpsc::Receiver<io::Result<Vec<u8>>>,
}

impl Scratch {
    /// In this very process, behind `catch_unwind` only: for tests of everything else.
    pub fn in_process() -> Scratch {
        Scratch::new(None)
    }

    /// In workers: `program scratch-worker`.
    pub fn worker(program: PathBuf) -> Scratch {
        Scratch::new(Some(program))
    }

    fn new(program: Option<PathBuf>) -> Scratch {
        let idle = Mutex::new((0..WORKERS).map(|_| None).collect());
        Scratch { program, idle, freed: Condvar::new() }
    }

    /// Tries each push on the snapshot that comes with it.
    ///
    /// The answers are in the order of the questions. [`Refused`] says why HQ may not store a push;
    /// that a worker died of it or took too long is one reason, under the code `document_harmful`,
    /// and concerns that push alone. After some of those the rest goes untried: there are fewer
    /// answers then.
    pub fn admit_all(&self, questions: &[Question]) -> Vec<Result<Tried, Refused>> {
        let Some(program) = &self.program else { return questions.iter().map(try_out).collect() };
        let mut worker = self.take();
        let mut answers = Vec::with_capacity(questions.len());
        let mut rest = questions;
        while !rest.is_empty() && !enough_harm(&answers) {
            let (some, later) = rest.split_at(piece(rest));
            answers.extend(try_all(&mut worker, program, some));
            rest = later;
        }
        self.give_back(worker);
        answers
    }

    /// Tries one push under these rights on the stored snapshot of its document.
    ///
    /// # Errors
    /// As in [`Scratch::admit_all`].
    pub fn admit(
        &self,
        push: &Push,
        rights: impl Into<Rights>,
        snapshot: Option<&[u8]>,
    ) -> Result<Tried, Refused> {
        let snapshot = snapshot.map(|bytes| ByteBuf::from(bytes.to_vec()));
        let one = Question { push: push.clone(), rights: rights.into(), snapshot };
        self.admit_all(&[one]).pop().unwrap_or_else(|| Err(unusable("no answer")))
    }

    fn take(&self) -> Option<Worker> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            match idle.pop() {
                Some(worker) => return worker,
                None => idle = self.freed.wait(idle).unwrap_or_else(PoisonError::into_inner),
            }
        }
    }

    fn give_back(&self, worker: Option<Worker>) {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(worker);
        self.freed.notify_one();
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// How many of these go into one question.
fn piece(questions: &[Question]) -> usize {
    let bytes = |one: &Question| {
        let changes: usize = one.push.changes.iter().map(|change| change.len()).sum();
        changes + one.snapshot.as_ref().map_or(0, |bytes| bytes.len())
    };
    let mut room = QUESTION_BYTES;
    let fits = questions.iter().take(AT_ONCE).take_while(|one| {
        let fits = bytes(one) <= room;
        room = room.saturating_sub(bytes(one));
        fits
    });
    fits.count().max(1)
}

/// One question of several pushes; when it is not answered, each push again alone, so that only the
/// one that ends a worker is refused for it, until there are enough of those.
fn try_all(worker: &mut Option<Worker>, program: &Path, questions: &[Question]) -> Vec<Outcome> {
    if questions.len() > 1
        && let Ok(answers) = ask(worker, program, questions)
    {
        return answers;
    }
    let mut answers = Vec::with_capacity(questions.len());
    for one in questions {
        answers.push(try_alone(worker, program, one));
        if enough_harm(&answers) {
            break;
        }
    }
    answers
}

fn try_alone(worker: &mut Option<Worker>, program: &Path, one: &Question) -> Outcome {
    let one = std::slice::from_ref(one);
    // A worker that stood idle may have ended for a reason of its own; a fresh one has only this.
    let stood_idle = worker.is_some();
    let mut answers = ask(worker, program, one)
        .or_else(|error| if stood_idle { ask(worker, program, one) } else { Err(error) })
        .map_err(|error| Refused {
            code: DOCUMENT_HARMFUL.to_owned(),
            detail: format!("the worker ended: {error}"),
        })?;
    answers.pop().unwrap_or_else(|| Err(unusable("no answer")))
}

fn enough_harm(answers: &[Outcome]) -> bool {
    let harmful = answers.iter().flat_map(|outcome| outcome.as_ref().err());
    let harmful = harmful.filter(|refused| refused.code == DOCUMENT_HARMFUL).count();
    u64::try_from(harmful).unwrap_or(u64::MAX) >= HARMFUL_PUSHES
}

/// Asks the worker, starting one if there is none; one that does not answer is ended.
fn ask(
    worker: &mut Option<Worker>,
    program: &Path,
    questions: &[Question],
) -> io::Result<Vec<Outcome>> {
    let mut running = match worker.take() {
        Some(running) => running,
        None => start(program)?,
    };
    let question = encode(&questions).map_err(io::Error::other)?;
    write_message(&mut running.input, &question)?;
    let answer = running
        .answers
        .recv_timeout(TIME_LIMIT)
        .unwrap_or_else(|_| Err(io::Error::new(io::ErrorKind::TimedOut, "no answer in time")))?;
    let answers: Vec<Outcome> = decode(&answer).map_err(io::Error::other)?;
    if answers.len() != questions.len() {
        return Err(io::Error::other("an answer is missing"));
    }
    *worker = Some(running);
    Ok(answers)
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
        let questions: Vec<Question> = decode(&question).map_err(io::Error::other)?;
        let answers: Vec<Outcome> = questions.iter().map(try_out).collect();
        write_message(&mut output, &encode(&answers).map_err(io::Error::other)?)?;
    }
}

fn try_out(question: &Question) -> Outcome {
    let Question { push, rights, snapshot } = question;
    let snapshot = snapshot.as_ref().map(|bytes| bytes.as_slice());
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
