//! Seeded dice: the same seed rolls the same, on every machine.

/// SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014).
#[derive(Debug, Clone)]
pub struct Dice(u64);

impl Dice {
    /// Dice that roll as this seed says.
    pub fn new(seed: u64) -> Dice {
        Dice(seed)
    }

    /// The next 64 bits.
    pub fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `limit`; 0 where there is none.
    pub fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.roll() % limit.max(1) as u64).unwrap_or(0)
    }

    /// A byte.
    pub fn byte(&mut self) -> u8 {
        self.roll().to_le_bytes()[0]
    }

    /// One of these, of which there must be some.
    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }

    /// Sixteen bytes.
    pub fn bytes16(&mut self) -> [u8; 16] {
        let (high, low) = (self.roll().to_le_bytes(), self.roll().to_le_bytes());
        std::array::from_fn(|at| if at < 8 { high[at] } else { low[at - 8] })
    }

    /// A piece of `length` to cut out: where it begins and ends.
    pub fn range(&mut self, length: usize, longest: usize) -> (usize, usize) {
        let from = self.below(length + 1);
        let to = (from + self.below(longest + 1)).min(length);
        (from, to)
    }
}

/// Numbers that decoders trip over.
pub const HARD_NUMBERS: [u64; 14] = [
    0,
    1,
    127,
    128,
    255,
    65_535,
    0x7fff_ffff,
    0x8000_0000,
    0xffff_fffe,
    0xffff_ffff,
    0x1_0000_0000,
    0x7fff_ffff_ffff_ffff,
    0x8000_0000_0000_0000,
    u64::MAX,
];

/// Harms bytes as a buggy or hostile writer might: flips, numbers, cuts, copies, foreign pieces.
pub fn harm(bytes: &mut Vec<u8>, other: &[u8], dice: &mut Dice) {
    for _ in 0..1 + dice.below(4) {
        let length = bytes.len();
        match dice.below(9) {
            0 | 1 if length > 0 => {
                let at = dice.below(length);
                bytes[at] ^= 1 << dice.below(8);
            }
            2 if length > 0 => {
                let at = dice.below(length);
                bytes[at] = *dice.pick(&[0, 1, 0x40, 0x7e, 0x7f, 0x80, 0x81, 0xc0, 0xfe, 0xff]);
            }
            3 => {
                let (from, to) = dice.range(length, 16);
                bytes.drain(from..to);
            }
            4 => {
                let at = dice.below(length + 1);
                let fresh: Vec<u8> = (0..1 + dice.below(8)).map(|_| dice.byte()).collect();
                bytes.splice(at..at, fresh);
            }
            5 => {
                let (from, to) = dice.range(length, 64);
                let copy = bytes[from..to].to_vec();
                let at = dice.below(length + 1);
                bytes.splice(at..at, copy);
            }
            6 => {
                let (from, to) = dice.range(other.len(), 64);
                let at = dice.below(length + 1);
                let until = (at + dice.below(to - from + 1)).min(length);
                bytes.splice(at..until, other[from..to].iter().copied());
            }
            7 => {
                let number = *dice.pick(&HARD_NUMBERS);
                let spelled = match dice.below(3) {
                    0 => leb128(number),
                    1 => number.to_be_bytes()[8 - (1 << dice.below(4))..].to_vec(),
                    _ => number.to_le_bytes()[..1 << dice.below(4)].to_vec(),
                };
                let at = dice.below(length + 1);
                let until = (at + dice.below(spelled.len() + 1)).min(length);
                bytes.splice(at..until, spelled);
            }
            _ => bytes.truncate(dice.below(length + 1)),
        }
    }
}

/// A number in LEB128.
pub fn leb128(mut number: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    loop {
        let low = u8::try_from(number & 0x7f).unwrap_or(0);
        number >>= 7;
        if number == 0 {
            bytes.push(low);
            return bytes;
        }
        bytes.push(low | 0x80);
    }
}
