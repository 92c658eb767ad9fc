//! Dice that fall the same way for the same seed.

/// A stream of numbers decided by its seed (SplitMix64, Steele et al., OOPSLA 2014).
#[derive(Debug, Clone)]
pub struct Dice(u64);

impl Dice {
    /// The stream of a seed, apart from the streams of the same seed under other names.
    pub fn new(seed: u64, name: u64) -> Dice {
        let mut dice = Dice(seed ^ name.wrapping_mul(0xA076_1D64_78BD_642F));
        dice.next();
        dice
    }

    /// The next number.
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below `limit`; 0 when the limit is 0.
    pub fn below(&mut self, limit: u64) -> u64 {
        self.next().checked_rem(limit).unwrap_or(0)
    }

    /// A place in a list of this length.
    pub fn place(&mut self, length: usize) -> usize {
        usize::try_from(self.below(length as u64)).unwrap_or(0)
    }

    /// True `percent` times in a hundred.
    pub fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// Fills a buffer.
    pub fn fill(&mut self, buffer: &mut [u8]) {
        for piece in buffer.chunks_mut(8) {
            let bytes = self.next().to_le_bytes();
            piece.copy_from_slice(&bytes[..piece.len()]);
        }
    }

    /// One of the events by weight; `None` when all weigh nothing.
    pub fn weighted<T: Copy>(&mut self, events: &[(T, u64)]) -> Option<T> {
        let total: u64 = events.iter().map(|(_, weight)| weight).sum();
        let mut left = self.below(total);
        for (event, weight) in events {
            match left.checked_sub(*weight) {
                Some(rest) => left = rest,
                None => return Some(*event),
            }
        }
        None
    }
}
