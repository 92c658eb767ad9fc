//! A change chunk taken apart, harmed, and put together with its checksum made right.

use sha2::{Digest, Sha256};

use crate::dice::{Dice, HARD_NUMBERS, harm, leb128};

/// Magic bytes of a chunk.
const MAGIC: [u8; 4] = doorstep_sync::chunk::MAGIC;
/// Before the type stand magic bytes and checksum.
const TYPE_AT: usize = 8;

/// A chunk of this type with this content and the right length and checksum: the first four bytes of
/// the SHA-256 of type, length and content. A deflated chunk (type 2) bears the checksum of the plain
/// one instead, so one that is sealed here is refused by its checksum alone.
pub fn sealed(kind: u8, content: &[u8]) -> Vec<u8> {
    let mut body = vec![kind];
    body.extend(leb128(content.len() as u64));
    body.extend(content);
    let sum = Sha256::digest(&body);
    [&MAGIC[..], &sum[..4], &body].concat()
}

/// Type and content of a sound chunk.
pub fn opened(chunk: &[u8]) -> (u8, &[u8]) {
    let after = chunk[TYPE_AT + 1..].iter().position(|byte| byte & 0x80 == 0).expect("a length");
    (chunk[TYPE_AT], &chunk[TYPE_AT + 2 + after..])
}

/// A mutation of a chunk, another chunk's pieces at hand.
pub fn mutated(chunk: &[u8], other: &[u8], dice: &mut Dice) -> Vec<u8> {
    let ((kind, content), (_, foreign)) = (opened(chunk), opened(other));
    let mut content = content.to_vec();
    let mut kind = kind;
    match dice.below(12) {
        0 => kind = *dice.pick(&[0, 1, 2, 3, 4, 0xff]),
        1..=4 => {
            if let Some(fields) = Fields::of(&content) {
                content = fields.harmed(&content, dice);
            }
        }
        5 => {
            // The columns of another change under this one's header.
            if let (Some(mine), Some(theirs)) = (Fields::of(&content), Fields::of(foreign)) {
                content.truncate(mine.columns);
                content.extend(&foreign[theirs.columns..]);
            }
        }
        _ => harm(&mut content, foreign, dice),
    }
    sealed(kind, &content)
}

/// Where the fields of a change lie in its content.
struct Fields {
    /// Number of dependencies, sequence number, first operation, time, message length, number of
    /// other actors, number of columns: start and end of each.
    numbers: Vec<(usize, usize)>,
    /// Where the description of the columns begins.
    columns: usize,
    /// Where their data begin.
    data: usize,
}

impl Fields {
    fn of(content: &[u8]) -> Option<Fields> {
        let mut at = 0;
        let mut numbers = Vec::new();
        let mut number = |at: &mut usize| -> Option<usize> {
            let from = *at;
            let mut value = 0usize;
            loop {
                let byte = *content.get(*at)?;
                value |= usize::from(byte & 0x7f).checked_shl(7 * (*at - from) as u32)?;
                *at += 1;
                if byte & 0x80 == 0 {
                    numbers.push((from, *at));
                    return Some(value);
                }
            }
        };
        let hashes = number(&mut at)?;
        at += hashes * 32;
        at += number(&mut at)?; // actor
        number(&mut at)?; // sequence number
        number(&mut at)?; // first operation
        number(&mut at)?; // time
        at += number(&mut at)?; // message
        for _ in 0..number(&mut at)? {
            at += number(&mut at)?;
        }
        let columns = at;
        for _ in 0..number(&mut at)? {
            number(&mut at)?;
            number(&mut at)?;
        }
        (at <= content.len()).then_some(Fields { numbers, columns, data: at })
    }

    /// Another number somewhere in the header or the description of the columns, or a run in the
    /// data made long.
    fn harmed(&self, content: &[u8], dice: &mut Dice) -> Vec<u8> {
        let mut harmed = content.to_vec();
        if dice.below(3) == 0 && self.data < content.len() {
            let at = self.data + dice.below(content.len() - self.data);
            let long = leb128(*dice.pick(&[2, 3, 64, 1_000, 0x0fff_ffff, 0x7fff_ffff_ffff]));
            harmed.splice(at..=at, long);
        } else {
            let (from, to) = *dice.pick(&self.numbers);
            let number = match dice.below(3) {
                0 => *dice.pick(&HARD_NUMBERS),
                1 => dice.roll() >> dice.below(64),
                _ => u64::from(content[from] & 0x3f) + dice.roll() % 3,
            };
            harmed.splice(from..to, leb128(number));
        }
        harmed
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::poison::seeds::seeds;

    #[test]
    fn a_chunk_put_together_again_is_the_same() {
        for seed in seeds(1) {
            let (kind, content) = opened(&seed.plain);
            assert_eq!(sealed(kind, content), seed.plain);
            assert!(Fields::of(opened(&seed.plain).1).is_some());
        }
    }
}
