//! One file: what is seen, what is held, and what lies between.

use std::{collections::BTreeMap, sync::Arc};

use crate::dice::Dice;

/// Files by name within a folder.
pub type Image = BTreeMap<String, Vec<u8>>;

/// A disk writes a sector as a whole or not at all.
const SECTOR: usize = 512;
/// Regions of shared memory have this size by SQLite's convention (32 KiB), here in words.
pub(crate) const REGION_WORDS: usize = 4_096;
/// SQLite's number of locks on the shared memory of a write-ahead log.
pub(crate) const SHM_LOCKS: usize = 8;

/// What survives a power cut of that which no sync confirmed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SurvivalRule {
    /// Nothing.
    Nothing,
    /// Everything.
    Everything,
    /// The first changes, the last of them torn.
    Beginning,
    /// Any changes in any order, each torn or not.
    Anything,
}

/// A change that no sync has confirmed.
#[derive(Debug, Clone)]
enum Change {
    Write { at: usize, bytes: Vec<u8> },
    Truncate { length: usize },
}

/// A region of shared memory; connections of one process hold pointers into it.
pub(crate) struct Region(pub(crate) Box<std::cell::UnsafeCell<[u64; REGION_WORDS]>>);

// SAFETY: the words are touched by SQLite alone, which guards them with the locks of this file; a
// region outlives every connection that has a pointer into it, because each holds an `Arc`.
unsafe impl Send for Region {}
// SAFETY: as above.
unsafe impl Sync for Region {}

/// A file with its locks.
#[derive(Default)]
pub(crate) struct File {
    seen: Vec<u8>,
    /// `None` until the first sync: a file whose folder entry may be lost.
    held: Option<Vec<u8>>,
    changes: Vec<Change>,
    pub(crate) shared: u32,
    pub(crate) reserved: bool,
    pub(crate) pending: bool,
    pub(crate) exclusive: bool,
    pub(crate) regions: Vec<Arc<Region>>,
    pub(crate) shm_users: u32,
    /// Per lock: how many share it, or -1 for one alone.
    pub(crate) shm_locks: [i32; SHM_LOCKS],
}

impl File {
    pub(crate) fn durable(bytes: Vec<u8>) -> File {
        File { seen: bytes.clone(), held: Some(bytes), ..File::default() }
    }

    pub(crate) fn seen(&self) -> &[u8] {
        &self.seen
    }

    pub(crate) fn held(&self) -> Option<&[u8]> {
        self.held.as_deref()
    }

    pub(crate) fn write(&mut self, at: usize, bytes: &[u8]) {
        write_into(&mut self.seen, at, bytes);
        self.changes.push(Change::Write { at, bytes: bytes.to_vec() });
    }

    pub(crate) fn truncate(&mut self, length: usize) {
        self.seen.resize(length, 0);
        self.changes.push(Change::Truncate { length });
    }

    /// Confirms every change.
    pub(crate) fn sync(&mut self) {
        let held = self.held.get_or_insert_default();
        for change in self.changes.drain(..) {
            apply(held, &change);
        }
    }

    /// A sync that failed: some changes are forgotten by the system although processes still see
    /// them, as Linux does with pages it could not write.
    pub(crate) fn fail_sync(&mut self, dice: &mut Dice) {
        self.changes.retain(|_| dice.chance(50));
    }

    /// The file after a power cut; `None` when it was never confirmed and is gone.
    pub(crate) fn after_cut(&self, rule: SurvivalRule, dice: &mut Dice) -> Option<Vec<u8>> {
        let mut bytes = match &self.held {
            Some(held) => held.clone(),
            None if rule == SurvivalRule::Nothing || dice.chance(50) => return None,
            None => Vec::new(),
        };
        let kept = match rule {
            SurvivalRule::Nothing => 0,
            SurvivalRule::Beginning => dice.place(self.changes.len() + 1),
            SurvivalRule::Everything | SurvivalRule::Anything => self.changes.len(),
        };
        for (number, change) in self.changes.iter().take(kept).enumerate() {
            match rule {
                SurvivalRule::Beginning if number + 1 == kept => tear(&mut bytes, change, dice),
                SurvivalRule::Anything => match dice.below(3) {
                    0 => {}
                    1 => apply(&mut bytes, change),
                    _ => tear(&mut bytes, change, dice),
                },
                _ => apply(&mut bytes, change),
            }
        }
        Some(bytes)
    }

    /// The process that held locks and shared memory is gone.
    pub(crate) fn release_all(&mut self) {
        (self.shared, self.reserved, self.pending, self.exclusive) = (0, false, false, false);
        self.regions.clear();
        self.shm_users = 0;
        self.shm_locks = [0; SHM_LOCKS];
    }
}

fn write_into(bytes: &mut Vec<u8>, at: usize, piece: &[u8]) {
    let end = at + piece.len();
    if bytes.len() < end {
        bytes.resize(end, 0);
    }
    bytes[at..end].copy_from_slice(piece);
}

fn apply(bytes: &mut Vec<u8>, change: &Change) {
    match change {
        Change::Write { at, bytes: piece } => write_into(bytes, *at, piece),
        Change::Truncate { length } => bytes.resize(*length, 0),
    }
}

/// Applies a part of a change: each sector of a write for itself.
fn tear(bytes: &mut Vec<u8>, change: &Change, dice: &mut Dice) {
    let Change::Write { at, bytes: piece } = change else {
        if dice.chance(50) {
            apply(bytes, change);
        }
        return;
    };
    let mut from = 0;
    while from < piece.len() {
        let to = ((at + from) / SECTOR * SECTOR + SECTOR - at).min(piece.len());
        if dice.chance(50) {
            write_into(bytes, at + from, &piece[from..to]);
        }
        from = to;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_synced_survives_and_what_was_not_may_be_torn() {
        let mut file = File::default();
        file.write(0, &[1; 2_000]);
        assert_eq!(file.after_cut(SurvivalRule::Nothing, &mut Dice::new(1, 1)), None);
        file.sync();
        file.write(100, &[2; 1_500]);
        let before = file.after_cut(SurvivalRule::Nothing, &mut Dice::new(1, 1)).unwrap();
        assert_eq!(before, vec![1; 2_000]);
        let torn = (0..20).any(|seed| {
            let after = file.after_cut(SurvivalRule::Anything, &mut Dice::new(seed, 1)).unwrap();
            assert!(after[..100].iter().all(|byte| *byte == 1), "outside the write");
            let sectors = [&after[100..512], &after[512..1_024], &after[1_024..1_536]];
            assert!(sectors.iter().all(|sector| sector.iter().all(|byte| *byte == sector[0])));
            sectors.iter().any(|sector| sector[0] != sectors[0][0])
        });
        assert!(torn);
        assert_eq!(file.after_cut(SurvivalRule::Everything, &mut Dice::new(1, 1)).unwrap()[100], 2);
    }
}
