//! The memory of payloads. That of large ones is kept for the next.
//!
//! Allocators give large blocks back to the system at once, which clears every page before it gives it
//! out again: for messages of a megabyte that was a quarter of all work.

use std::{
    mem,
    ops::{Deref, DerefMut},
    sync::{Mutex, MutexGuard, PoisonError},
};

/// From which capacity on memory is kept. Smaller blocks are kept by the allocator.
const LARGE: usize = 128 * 1024;
/// How much is kept for all connections of the process together.
const KEPT: usize = 4 << 20;

static SPARE: Mutex<Spare> = Mutex::new(Spare(Vec::new()));

/// Bytes whose memory is kept for others once nobody needs them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Buffer(Vec<u8>);

impl Buffer {
    /// Without any bytes, but with room for `capacity`.
    pub(super) fn with_capacity(capacity: usize) -> Self {
        Self(spare(capacity).unwrap_or_else(|| Vec::with_capacity(capacity)))
    }

    /// Makes room for `capacity` bytes in all; for `most`, if there is memory of that size already.
    pub(super) fn grow(&mut self, capacity: usize, most: usize) {
        match spare(most) {
            Some(mut larger) => {
                larger.extend_from_slice(self);
                *self = Self(larger);
            }
            None => self.0.reserve_exact(capacity - self.0.len()),
        }
    }
}

impl From<Vec<u8>> for Buffer {
    fn from(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }
}

impl Deref for Buffer {
    type Target = Vec<u8>;

    fn deref(&self) -> &Vec<u8> {
        &self.0
    }
}

impl DerefMut for Buffer {
    fn deref_mut(&mut self) -> &mut Vec<u8> {
        &mut self.0
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        if (LARGE..=KEPT).contains(&self.0.capacity()) {
            self.0.clear();
            let dropped = Spare::lock().keep(mem::take(&mut self.0));
            // Nobody has to wait while the system takes it back.
            drop(dropped);
        }
    }
}

/// Large memory of which there is enough for `size` bytes.
fn spare(size: usize) -> Option<Vec<u8>> {
    (size >= LARGE).then(|| Spare::lock().take(size)).flatten()
}

/// Memory that nobody uses; what was given back last is last.
#[derive(Default)]
struct Spare(Vec<Vec<u8>>);

impl Spare {
    fn lock() -> MutexGuard<'static, Self> {
        SPARE.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Memory for `size` bytes, and not for many more: who keeps a message should not keep much else.
    fn take(&mut self, size: usize) -> Option<Vec<u8>> {
        let fits = |memory: &Vec<u8>| (size..=size.saturating_mul(2)).contains(&memory.capacity());
        let index = self.0.iter().rposition(fits)?;
        Some(self.0.remove(index))
    }

    /// Keeps `memory`; returns that for which there is no room, which was there for longest.
    fn keep(&mut self, memory: Vec<u8>) -> Vec<Vec<u8>> {
        self.0.push(memory);
        let mut size = 0;
        let is_too_much = |memory: &Vec<u8>| {
            size += memory.capacity();
            size > KEPT
        };
        let last = self.0.iter().rposition(is_too_much);
        self.0.drain(..last.map_or(0, |last| last + 1)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn memory(size: usize) -> Vec<u8> {
        Vec::with_capacity(size)
    }

    #[test]
    fn large_memory_is_used_again() {
        // No other test has payloads of this size.
        const SIZE: usize = 1_234_567;
        let buffer = Buffer::with_capacity(SIZE);
        let memory = buffer.as_ptr();
        drop(buffer);
        let mut buffer = Buffer::from(b"abc".to_vec());
        buffer.grow(6, SIZE);
        assert_eq!((buffer.as_ptr(), buffer.as_slice()), (memory, &b"abc"[..]));
        // It is taken.
        assert_ne!(Buffer::with_capacity(SIZE).as_ptr(), memory);
    }

    #[test]
    fn little_memory_and_too_much_are_left_to_the_allocator() {
        drop(Buffer::with_capacity(LARGE - 1));
        drop(Buffer::with_capacity(KEPT + 1));
        let is_kept = |memory: &Vec<u8>| (LARGE..=KEPT).contains(&memory.capacity());
        assert!(Spare::lock().0.iter().all(is_kept));
    }

    #[test]
    fn memory_is_not_taken_for_much_less_or_more() {
        let mut spare = Spare::default();
        assert!(spare.keep(memory(1000)).is_empty());
        assert_eq!(spare.take(1001), None);
        assert_eq!(spare.take(499), None);
        let taken = spare.take(500).expect("it fits");
        assert_eq!((taken.capacity(), spare.take(500)), (1000, None));
    }

    #[test]
    fn what_is_kept_is_bounded() {
        let mut spare = Spare::default();
        assert_eq!(spare.keep(memory(KEPT / 2)).len(), 0);
        assert_eq!(spare.keep(memory(KEPT / 2)).len(), 0);
        // It pushes the oldest out.
        assert_eq!(spare.keep(memory(KEPT / 4)).len(), 1);
        assert_eq!(spare.keep(memory(KEPT / 4)).len(), 0);
        // And so does one that takes all the room.
        assert_eq!(spare.keep(memory(KEPT)).len(), 3);
        assert_eq!(spare.0.len(), 1);
    }
}
