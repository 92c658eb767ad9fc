//! The layout of a photo file and the cipher of its chunks.

use super::BlobKey;
use aead_stream::{NewStream, Nonce, StreamBE32, StreamPrimitive};
use chacha20poly1305::{ChaCha20Poly1305, KeyInit};
use std::{io, ops::Range};

/// Bytes of content in every chunk but the last.
pub(super) const CHUNK: usize = 1 << 20;
/// Bytes of the header: a mark with the version, and the length of the content.
pub(super) const HEADER: usize = 16;
const MAGIC: [u8; 8] = *b"DSPHOTO\x01";
/// Poly1305's tag.
const TAG: usize = 16;
const CHUNK_BYTES: u64 = CHUNK as u64;
/// Largest content: a photo or a short film; far below what the 32-bit chunk counter allows.
const MAX_CONTENT: u64 = 1 << 40;

/// Where things are in a file of a given content length. An empty content has one empty chunk, so
/// that even its emptiness is authentic.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Layout {
    content_bytes: u64,
}

impl Layout {
    pub(super) fn of_content(content_bytes: u64) -> Layout {
        Layout { content_bytes: content_bytes.min(MAX_CONTENT) }
    }

    /// The length in a header is only believed once a chunk bound to it has opened.
    pub(super) fn of_header(header: &[u8; HEADER]) -> Option<Layout> {
        let (magic, length) = header.split_first_chunk::<8>()?;
        let content_bytes = u64::from_be_bytes(length.try_into().ok()?);
        (*magic == MAGIC && content_bytes <= MAX_CONTENT).then_some(Layout { content_bytes })
    }

    pub(super) fn header(&self) -> Vec<u8> {
        [MAGIC, self.content_bytes.to_be_bytes()].concat()
    }

    pub(super) fn content_bytes(&self) -> u64 {
        self.content_bytes
    }

    pub(super) fn chunks(&self) -> u32 {
        u32::try_from(self.content_bytes.div_ceil(CHUNK_BYTES)).unwrap_or(u32::MAX).max(1)
    }

    pub(super) fn file_bytes(&self) -> u64 {
        HEADER as u64 + self.content_bytes + u64::from(self.chunks()) * TAG as u64
    }

    /// Where a chunk's content begins.
    pub(super) fn content_offset(&self, index: u32) -> usize {
        usize::try_from(u64::from(index) * CHUNK_BYTES).unwrap_or(usize::MAX)
    }

    /// Where a sealed chunk lies in the file, and its length.
    pub(super) fn sealed_range(&self, index: u32) -> (u64, usize) {
        let start = u64::from(index) * CHUNK_BYTES;
        let plain = self.content_bytes.saturating_sub(start).min(CHUNK_BYTES);
        let sealed = usize::try_from(plain + TAG as u64).unwrap_or(usize::MAX);
        (HEADER as u64 + u64::from(index) * (CHUNK_BYTES + TAG as u64), sealed)
    }

    /// The chunks that hold the content from `offset` up to `end`. The first one is read even for an
    /// empty content; a range beyond the end has none.
    pub(super) fn chunks_of(&self, offset: u64, end: u64) -> Range<u32> {
        let number = |chunk: u64| u32::try_from(chunk).unwrap_or(u32::MAX);
        if self.content_bytes == 0 && offset == 0 {
            return 0..1;
        }
        if offset >= end {
            return 0..0;
        }
        number(offset / CHUNK_BYTES)..number(end.div_ceil(CHUNK_BYTES))
    }

    fn is_last(&self, index: u32) -> bool {
        index + 1 == self.chunks()
    }
}

/// Seals and opens the chunks of one file.
pub(super) struct Cipher {
    stream: StreamBE32<ChaCha20Poly1305>,
    layout: Layout,
    header: Vec<u8>,
}

impl Cipher {
    /// The nonce prefix is zero because a key serves one file only.
    pub(super) fn new(key: &BlobKey, layout: Layout) -> Cipher {
        let aead = ChaCha20Poly1305::new(key.expose().into());
        let prefix = Nonce::<ChaCha20Poly1305, StreamBE32<ChaCha20Poly1305>>::default();
        Cipher { stream: StreamBE32::from_aead(aead, &prefix), layout, header: layout.header() }
    }

    pub(super) fn seal(&self, index: u32, plain: &[u8]) -> io::Result<Vec<u8>> {
        let mut sealed = Vec::with_capacity(plain.len() + TAG);
        sealed.extend_from_slice(plain);
        self.stream
            .encrypt_in_place(index, self.layout.is_last(index), &self.header, &mut sealed)
            .map_err(|_| io::Error::other("the cipher refused a chunk"))?;
        Ok(sealed)
    }

    pub(super) fn open(
        &self,
        index: u32,
        mut sealed: Vec<u8>,
    ) -> Result<Vec<u8>, chacha20poly1305::Error> {
        let last = self.layout.is_last(index);
        self.stream.decrypt_in_place(index, last, &self.header, &mut sealed)?;
        Ok(sealed)
    }
}
