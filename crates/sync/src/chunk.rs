//! What a change chunk is made of, read without the document library.
//!
//! A change stores its operations as columns of runs: twenty bytes can say "a thousand million
//! times the same", which the library would go through one by one. So the rows of every column are
//! counted here first, from the runs alone. The format is automerge's binary format, version 1
//! (<https://automerge.org/automerge-binary-format-spec>, "chunk container" and "change chunk").

/// How every chunk begins.
pub const MAGIC: [u8; 4] = [0x85, 0x6f, 0x4a, 0x83];
/// Magic bytes and checksum stand before the type.
const TYPE_AT: usize = 8;
/// The type of a change that is not deflated. Deflated ones (type 2) are refused: 388 KB of one
/// inflated to 896 MB.
const PLAIN_CHANGE: u8 = 1;
/// The most operations one change may hold. A change of one edit has one or two.
const ROWS_LIMIT: u64 = 10_000;
/// Bit 3 of a column's specification: its data are deflated.
const DEFLATED: u64 = 0b1000;

/// Why a chunk is not handed to the document library.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ChunkError {
    /// Not one whole plain change.
    NotPlain,
    /// More operations than any change has.
    TooManyRows,
}

/// Whether these bytes are exactly one plain change whose columns claim a plausible number of rows.
pub(crate) fn check(bytes: &[u8]) -> Result<(), ChunkError> {
    let plain = bytes.starts_with(&MAGIC) && bytes.get(TYPE_AT) == Some(&PLAIN_CHANGE);
    if !plain {
        return Err(ChunkError::NotPlain);
    }
    columns(bytes).ok_or(ChunkError::NotPlain)?
}

/// `None` when the bytes end too early or are left over.
fn columns(bytes: &[u8]) -> Option<Result<(), ChunkError>> {
    let mut chunk = Reader(bytes.get(TYPE_AT + 1..)?);
    let length = usize::try_from(chunk.unsigned()?).ok()?;
    if chunk.0.len() != length {
        return None;
    }
    let hashes = chunk.count()?;
    chunk.take(hashes.checked_mul(32)?)?;
    chunk.text()?; // actor
    chunk.unsigned()?; // sequence number
    chunk.unsigned()?; // first operation
    chunk.signed()?; // time
    chunk.text()?; // message
    for _ in 0..chunk.count()? {
        chunk.text()?; // another actor
    }
    let mut columns = Vec::new();
    for _ in 0..chunk.count()? {
        columns.push((chunk.unsigned()?, chunk.count()?));
    }
    for (specification, length) in columns {
        if specification & DEFLATED != 0 {
            return None;
        }
        let data = Reader(chunk.take(length)?);
        match rows(specification & 0b111, data) {
            Some(rows) if rows <= ROWS_LIMIT => {}
            Some(_) => return Some(Err(ChunkError::TooManyRows)),
            None => return None,
        }
    }
    Some(Ok(()))
}

/// How many rows a column claims; a group column counts what its rows hold.
fn rows(kind: u64, mut data: Reader<'_>) -> Option<u64> {
    let mut rows = 0u64;
    while !data.0.is_empty() {
        let claimed = match kind {
            // Runs of false and true in turn.
            4 => data.unsigned()?,
            // Raw values: as many bytes as are there.
            7 => return Some(0),
            _ => run(kind, &mut data)?,
        };
        rows = rows.saturating_add(claimed);
    }
    Some(rows)
}

/// One run: a value repeated, some values after each other, or nothing repeated.
fn run(kind: u64, data: &mut Reader<'_>) -> Option<u64> {
    let length = data.signed()?;
    if length == 0 {
        return data.unsigned();
    }
    let (values, each) =
        if length > 0 { (1, length.unsigned_abs()) } else { (length.unsigned_abs(), 1) };
    let mut claimed = 0u64;
    for _ in 0..values {
        let holds = match kind {
            0 => data.unsigned()?.max(1),
            3 => data.signed().map(|_| 1)?,
            5 => data.text().map(|_| 1)?,
            _ => data.unsigned().map(|_| 1)?,
        };
        claimed = claimed.saturating_add(holds.saturating_mul(each));
    }
    Some(claimed)
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    /// LEB128, at most 64 bits.
    fn unsigned(&mut self) -> Option<u64> {
        let mut value = 0u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f).checked_shl(shift)?;
            if byte & 0x80 == 0 {
                return Some(value);
            }
        }
        None
    }

    fn signed(&mut self) -> Option<i64> {
        let mut value = 0i64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            value |= i64::from(byte & 0x7f).checked_shl(shift)?;
            if byte & 0x80 == 0 {
                let ends = shift + 7;
                let negative = byte & 0x40 != 0 && ends < 64;
                return Some(if negative { value | (-1i64).checked_shl(ends)? } else { value });
            }
        }
        None
    }

    fn count(&mut self) -> Option<usize> {
        usize::try_from(self.unsigned()?).ok()
    }

    /// A length and that many bytes.
    fn text(&mut self) -> Option<&'a [u8]> {
        let length = self.count()?;
        self.take(length)
    }
}
