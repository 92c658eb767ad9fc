//! What one side holds, as sums that both sides keep and compare.
//!
//! Every item (a row with its version and text, a document with HQ's heads) has a mark of 128 bits
//! cut from a SHA-256. The marks of all items whose identities end alike are joined by exclusive or
//! into one of [`PARTS`] sums: the order does not matter, and an item is taken out as it was put in.
//! Equal sums mean equal items; where one part differs, only the items of that part are listed.

use doorstep_domain::facts::DocKind;
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// How many sums there are. With 10,000 items a part lists about 150 of them, 6 KB.
pub const PARTS: usize = 64;
/// Bytes of one sum.
const SUM_BYTES: usize = 16;

/// The sums of a set of items, one for each part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sums([u128; PARTS]);

impl Default for Sums {
    fn default() -> Sums {
        Sums([0; PARTS])
    }
}

impl Sums {
    /// Puts an item in, or takes it out again.
    pub fn toggle(&mut self, id: Uuid, mark: u128) {
        self.toggle_part(part_of(id), mark);
    }

    /// The same for the joined marks of many items of one part.
    pub fn toggle_part(&mut self, part: u8, marks: u128) {
        if let Some(sum) = self.0.get_mut(usize::from(part)) {
            *sum ^= marks;
        }
    }

    /// One sum over everything.
    pub fn total(&self) -> u128 {
        self.0.iter().fold(0, |total, sum| total ^ sum)
    }

    /// The parts in which two sets differ, in order.
    pub fn differing(&self, other: &Sums) -> Vec<u8> {
        let pairs = (0u8..).zip(self.0.iter().zip(&other.0));
        pairs.filter(|(_, (own, theirs))| own != theirs).map(|(part, _)| part).collect()
    }

    /// As bytes, 16 for each part.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.0.iter().flat_map(|sum| sum.to_be_bytes()).collect()
    }

    /// Reads [`Sums::to_bytes`]; `None` for another length.
    pub fn from_bytes(bytes: &[u8]) -> Option<Sums> {
        let (sums, rest) = bytes.as_chunks::<SUM_BYTES>();
        if sums.len() != PARTS || !rest.is_empty() {
            return None;
        }
        let mut read = Sums::default();
        for (to, from) in read.0.iter_mut().zip(sums) {
            *to = u128::from_be_bytes(*from);
        }
        Some(read)
    }
}

/// The part an item belongs to: the end of its identity, which is random where the head is a time.
pub fn part_of(id: Uuid) -> u8 {
    id.as_bytes().last().copied().unwrap_or(0) & 63
}

/// The mark of a row.
pub fn row_mark(kind: &str, id: Uuid, version: u64, body: &str) -> u128 {
    mark(&[b"row", kind.as_bytes(), id.as_bytes(), &version.to_be_bytes(), body.as_bytes()])
}

/// The mark of a document at these heads of HQ.
pub fn doc_mark(kind: DocKind, id: Uuid, heads: &[u8]) -> u128 {
    mark(&[b"doc", kind.name().as_bytes(), id.as_bytes(), heads])
}

fn mark(fields: &[&[u8]]) -> u128 {
    let mut hash = Sha256::new();
    for field in fields {
        hash.update(u64::try_from(field.len()).unwrap_or(u64::MAX).to_be_bytes());
        hash.update(field);
    }
    hash.finalize().iter().take(SUM_BYTES).fold(0, |sum, byte| (sum << 8) | u128::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_item_leaves_no_trace_and_a_changed_one_shows_in_its_part_alone() {
        let (one, two) = (Uuid::from_u128(1), Uuid::from_u128(2 + (7 << 64)));
        let mut sums = Sums::default();
        sums.toggle(one, row_mark("visit", one, 1, "{}"));
        let before = sums.clone();
        sums.toggle(two, doc_mark(DocKind::Asset, two, &[7; 32]));
        assert_eq!(sums.differing(&before), [part_of(two)]);
        assert_ne!(sums.total(), before.total());
        assert_eq!(Sums::from_bytes(&sums.to_bytes()), Some(sums.clone()));
        sums.toggle(two, doc_mark(DocKind::Asset, two, &[7; 32]));
        assert_eq!(sums, before);
        let altered = row_mark("visit", one, 1, "{ }");
        assert_ne!(row_mark("visit", one, 1, "{}"), altered, "the text counts");
        assert_eq!(Sums::from_bytes(&[0; 1023]), None);
    }
}
