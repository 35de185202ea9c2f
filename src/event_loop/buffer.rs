//! One large read buffer for all connections of a thread, and what is kept of large messages.
//!
//! An idle connection owns no buffer: it borrows this one for the length of a wake-up. When a
//! handler runs the context in the middle of one, the buffer is out, and the connection that
//! comes next gets a buffer of its own.

use crate::protocol;
use std::cell::Cell;
use std::time::Instant;

/// Bytes that one read takes in at most.
pub(crate) const READ_BUFFER_SIZE: usize = 64 * 1024;

/// How many bytes of the memory of large messages are kept for the next ones.
const KEPT_MEMORY: usize = 32 << 20;

/// Has it kept. Any event loop has to call [`release_unused`] from then on.
pub(super) fn keep_memory() {
    protocol::keep_memory(KEPT_MEMORY);
}

/// Gives back memory of large messages that nobody has used for a while; tells when to look again.
pub(super) fn release_unused() -> Option<Instant> {
    protocol::is_memory_kept()
        .then(|| protocol::release_memory(Instant::now()))
        .flatten()
}

thread_local! {
    static SPARE: Cell<Option<Box<[u8]>>> = const { Cell::new(None) };
}

/// Bytes that were read and not yet looked at.
#[derive(Default)]
pub(crate) struct ReadBuffer {
    memory: Option<Box<[u8]>>,
    start: usize,
    end: usize,
}

impl ReadBuffer {
    /// Fills the buffer, which must be empty, by `read`; returns what `read` returns.
    pub(crate) fn fill<R>(&mut self, read: impl FnOnce(&mut [u8]) -> (usize, R)) -> R {
        debug_assert!(self.unread().is_empty());
        let memory = self.memory.get_or_insert_with(|| {
            let spare = SPARE.try_with(Cell::take).ok().flatten();
            spare.unwrap_or_else(|| vec![0; READ_BUFFER_SIZE].into_boxed_slice())
        });
        let (length, result) = read(memory);
        (self.start, self.end) = (0, length.min(memory.len()));
        if length == 0 {
            self.release();
        }
        result
    }

    /// Puts in `bytes` that were read elsewhere, at most [`READ_BUFFER_SIZE`].
    pub(crate) fn put(&mut self, bytes: &[u8]) {
        self.fill(|memory| {
            memory[..bytes.len()].copy_from_slice(bytes);
            (bytes.len(), ())
        });
    }

    /// What is still to be looked at.
    pub(crate) fn unread(&self) -> &[u8] {
        self.memory
            .as_ref()
            .map_or(&[], |memory| &memory[self.start..self.end])
    }

    /// Marks the first bytes as looked at, so that `left` remain; an empty buffer is given back.
    pub(crate) fn keep_last(&mut self, left: usize) {
        self.start = self.end - left;
        if left == 0 {
            self.release();
        }
    }

    /// Forgets what is unread.
    pub(crate) fn release(&mut self) {
        (self.start, self.end) = (0, 0);
        if let Some(memory) = self.memory.take() {
            // A thread that is ending has no spare buffer to keep.
            let _ = SPARE.try_with(|spare| spare.set(Some(memory)));
        }
    }
}

impl Drop for ReadBuffer {
    fn drop(&mut self) {
        self.release();
    }
}
