//! A disk in memory that loses, tears and refuses what a real one may.
//!
//! Every file knows what processes see (`seen`), what the platter holds (`held`) and the changes
//! between the two that no sync has confirmed. A power cut keeps a random part of those, torn at
//! sectors of 512 bytes. A folder stands for one process: killing it makes every open file of the
//! folder fail, while what was written stays.

mod file;
mod vfs;

pub use file::{Image, SurvivalRule};
pub use vfs::register;

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use crate::dice::Dice;
use file::File;

/// What happens to an operation on a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The process dies before the operation; its files fail from then on.
    Kill,
    /// A read fails once.
    ReadError,
    /// A write fails once.
    WriteError,
    /// A sync fails once, and part of what it should have confirmed never will be.
    SyncError,
    /// There is no room for this many writes.
    Full(u32),
}

/// A fault waiting in a folder.
#[derive(Debug, Clone, Copy)]
struct Armed {
    fault: Fault,
    /// Operations of its sort that still pass.
    after: u64,
}

/// Everything on the disk.
#[derive(Default)]
pub(crate) struct Disk {
    files: BTreeMap<String, Arc<Mutex<File>>>,
    /// Deleted files whose deletion no sync of the folder has confirmed.
    ghosts: BTreeMap<String, Vec<u8>>,
    /// How often the process of a folder was killed: files opened under an older count are dead.
    lives: BTreeMap<String, u64>,
    armed: BTreeMap<String, Armed>,
    fired: BTreeMap<String, Fault>,
    dice: Option<Dice>,
}

static DISK: Mutex<Option<Disk>> = Mutex::new(None);

/// The disk, alone.
pub(crate) struct Held(MutexGuard<'static, Option<Disk>>);

impl std::ops::Deref for Held {
    type Target = Disk;
    fn deref(&self) -> &Disk {
        self.0.as_ref().expect("the disk was made when it was taken")
    }
}

impl std::ops::DerefMut for Held {
    fn deref_mut(&mut self) -> &mut Disk {
        self.0.as_mut().expect("the disk was made when it was taken")
    }
}

/// Takes the disk.
pub(crate) fn hold() -> Held {
    let mut guard = DISK.lock().unwrap_or_else(PoisonError::into_inner);
    guard.get_or_insert_with(Disk::default);
    Held(guard)
}

/// The folder of a path.
pub(crate) fn folder_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// Empties the disk and throws new dice for what it does from now on.
pub fn reset(dice: Dice) {
    let mut disk = hold();
    let lives = std::mem::take(&mut disk.lives);
    *disk.0 = Some(Disk { lives, dice: Some(dice), ..Disk::default() });
}

/// Puts a whole file onto the disk, durably.
pub fn put(path: &str, bytes: &[u8]) {
    hold().files.insert(path.to_owned(), Arc::new(Mutex::new(File::durable(bytes.to_vec()))));
}

/// Everything in a folder as a process sees it now: what a backup program would copy.
pub fn image(folder: &str) -> Image {
    hold()
        .in_folder(folder)
        .map(|(path, file)| {
            let name = path.rsplit_once('/').map_or(path.as_str(), |(_, name)| name);
            (name.to_owned(), file.lock().unwrap_or_else(PoisonError::into_inner).seen().to_vec())
        })
        .collect()
}

/// Replaces everything in a folder, durably. The folder's process must be dead.
pub fn restore(folder: &str, image: &Image) {
    {
        let mut disk = hold();
        let paths: Vec<String> = disk.in_folder(folder).map(|(path, _)| path.clone()).collect();
        for path in paths {
            disk.files.remove(&path);
        }
        disk.ghosts.retain(|path, _| folder_of(path) != folder);
    }
    for (name, bytes) in image {
        put(&format!("{folder}/{name}"), bytes);
    }
}

/// Kills the process of a folder: SIGKILL. What was written stays, as the system's cache has it.
pub fn kill(folder: &str) {
    hold().kill(folder);
}

/// Cuts the power of the machine that holds a folder: what no sync confirmed survives by the rule.
pub fn cut_power(folder: &str, rule: SurvivalRule) {
    let mut disk = hold();
    disk.kill(folder);
    let mut dice = disk.dice.take().unwrap_or_else(|| Dice::new(0, 0));
    let files: Vec<(String, Arc<Mutex<File>>)> =
        disk.in_folder(folder).map(|(path, file)| (path.clone(), Arc::clone(file))).collect();
    for (path, file) in files {
        let after = file.lock().unwrap_or_else(PoisonError::into_inner).after_cut(rule, &mut dice);
        match after {
            Some(bytes) => {
                let fresh = Arc::new(Mutex::new(File::durable(bytes)));
                disk.files.insert(path, fresh);
            }
            None => {
                disk.files.remove(&path);
            }
        }
    }
    let ghosts = std::mem::take(&mut disk.ghosts);
    for (path, bytes) in ghosts {
        if folder_of(&path) != folder {
            disk.ghosts.insert(path, bytes);
        } else if !disk.files.contains_key(&path) && dice.chance(50) {
            disk.files.insert(path, Arc::new(Mutex::new(File::durable(bytes))));
        }
    }
    disk.dice = Some(dice);
}

/// Has a fault happen in a folder after this many operations of its sort.
pub fn arm(folder: &str, fault: Fault, after: u64) {
    let mut disk = hold();
    disk.fired.remove(folder);
    disk.armed.insert(folder.to_owned(), Armed { fault, after });
}

/// Takes a fault back; says which one happened.
pub fn disarm(folder: &str) -> Option<Fault> {
    let mut disk = hold();
    disk.armed.remove(folder);
    disk.fired.remove(folder)
}

/// Sorts of operation on a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sort {
    Read,
    Write,
    Sync,
    /// Changes of length and of the folder.
    Other,
}

impl Disk {
    fn in_folder<'a>(
        &'a self,
        folder: &'a str,
    ) -> impl Iterator<Item = (&'a String, &'a Arc<Mutex<File>>)> {
        self.files.iter().filter(move |(path, _)| folder_of(path) == folder)
    }

    fn kill(&mut self, folder: &str) {
        *self.lives.entry(folder.to_owned()).or_default() += 1;
        for (_, file) in self.in_folder(folder) {
            file.lock().unwrap_or_else(PoisonError::into_inner).release_all();
        }
    }

    /// How often the folder's process was killed so far.
    pub(crate) fn life(&self, folder: &str) -> u64 {
        self.lives.get(folder).copied().unwrap_or_default()
    }

    /// The fault that befalls this operation, if any.
    pub(crate) fn befalls(&mut self, folder: &str, sort: Sort) -> Option<Fault> {
        let armed = self.armed.get_mut(folder)?;
        let concerned = match armed.fault {
            Fault::Kill => sort != Sort::Read,
            Fault::ReadError => sort == Sort::Read,
            Fault::WriteError | Fault::Full(_) => sort == Sort::Write,
            Fault::SyncError => sort == Sort::Sync,
        };
        if !concerned {
            return None;
        }
        if armed.after > 0 {
            armed.after -= 1;
            return None;
        }
        let fault = armed.fault;
        match &mut armed.fault {
            Fault::Full(left) if *left > 1 => *left -= 1,
            _ => {
                self.armed.remove(folder);
            }
        }
        self.fired.insert(folder.to_owned(), fault);
        if fault == Fault::Kill {
            self.kill(folder);
        }
        Some(fault)
    }

    pub(crate) fn file(&self, path: &str) -> Option<Arc<Mutex<File>>> {
        self.files.get(path).cloned()
    }

    pub(crate) fn create(&mut self, path: &str) -> Arc<Mutex<File>> {
        let file = Arc::new(Mutex::new(File::default()));
        self.files.insert(path.to_owned(), Arc::clone(&file));
        file
    }

    /// Removes a file; unless the folder is synced with it, a power cut may bring it back.
    pub(crate) fn delete(&mut self, path: &str, durably: bool) -> bool {
        let Some(file) = self.files.remove(path) else { return false };
        let file = file.lock().unwrap_or_else(PoisonError::into_inner);
        self.ghosts.remove(path);
        if let (false, Some(held)) = (durably, file.held()) {
            self.ghosts.insert(path.to_owned(), held.to_vec());
        }
        true
    }

    pub(crate) fn dice(&mut self) -> &mut Dice {
        self.dice.get_or_insert_with(|| Dice::new(0, 0))
    }
}
