//! The memory of payloads. That of large ones may be kept for the next.
//!
//! Allocators give large blocks back to the system at once, which clears every page before it gives it
//! out again: for messages of a megabyte that was a third of all work.

use std::{
    mem,
    ops::{Deref, DerefMut},
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

/// From which capacity on memory is kept. Smaller blocks are kept by the allocator.
const LARGE: usize = 128 * 1024;
/// How long memory is kept that nobody uses.
const KEPT_TIME: Duration = Duration::from_secs(1);

/// Has up to `most` bytes of the memory of large messages kept for the next ones, for all endpoints of
/// the process together. Without it, nothing is kept.
///
/// Whoever asks for this has to call [`release_memory`] in time.
pub fn keep_memory(most: usize) {
    lock().most = most;
}

/// Whether there is memory that [`release_memory`] could give back.
pub fn is_memory_kept() -> bool {
    IS_KEPT.load(Ordering::Relaxed)
}

/// Gives back the memory that was kept, if nobody has used it for a second; returns when it is to be
/// called again, if something is left.
pub fn release_memory(now: Instant) -> Option<Instant> {
    let (released, next) = lock().release(now);
    // Nobody has to wait while the system takes it back.
    drop(released);
    next
}

/// Bytes whose memory may be kept for others once nobody needs them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Buffer(Vec<u8>);

impl Buffer {
    /// Without any bytes, but with room for `capacity`.
    pub(super) fn with_capacity(capacity: usize) -> Self {
        Self(take(capacity).unwrap_or_else(|| Vec::with_capacity(capacity)))
    }

    /// Makes room for `capacity` bytes in all; for `most`, if there is memory of that size already.
    pub(super) fn grow(&mut self, capacity: usize, most: usize) {
        match take(most) {
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
        if self.0.capacity() >= LARGE {
            self.0.clear();
            let dropped = lock().keep(mem::take(&mut self.0));
            drop(dropped);
        }
    }
}

/// Memory that was kept, in which there is enough for `size` bytes.
fn take(size: usize) -> Option<Vec<u8>> {
    (size >= LARGE).then(|| lock().take(size)).flatten()
}

static SPARE: Mutex<Spare> = Mutex::new(Spare::new());
/// Whether there is any.
static IS_KEPT: AtomicBool = AtomicBool::new(false);

/// The spare memory, until the guard is dropped.
fn lock() -> Guard {
    Guard(SPARE.lock().unwrap_or_else(PoisonError::into_inner))
}

struct Guard(MutexGuard<'static, Spare>);

impl Deref for Guard {
    type Target = Spare;

    fn deref(&self) -> &Spare {
        &self.0
    }
}

impl DerefMut for Guard {
    fn deref_mut(&mut self) -> &mut Spare {
        &mut self.0
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        IS_KEPT.store(!self.memory.is_empty(), Ordering::Relaxed);
    }
}

/// Memory that nobody uses.
struct Spare {
    /// What was given back last is last.
    memory: Vec<Vec<u8>>,
    /// How many bytes may be kept.
    most: usize,
    /// Whether some was taken or kept since [`release`](Self::release) was called.
    is_in_use: bool,
    /// Since when none was.
    unused_since: Option<Instant>,
}

impl Spare {
    const fn new() -> Self {
        Self {
            memory: Vec::new(),
            most: 0,
            is_in_use: false,
            unused_since: None,
        }
    }

    /// Memory for `size` bytes, and not for many more: who keeps a message should not keep much else.
    fn take(&mut self, size: usize) -> Option<Vec<u8>> {
        let fits = |memory: &Vec<u8>| (size..=size.saturating_mul(2)).contains(&memory.capacity());
        let index = self.memory.iter().rposition(fits)?;
        self.is_in_use = true;
        Some(self.memory.remove(index))
    }

    /// Keeps `memory`; returns that for which there is no room, which was there for longest.
    fn keep(&mut self, memory: Vec<u8>) -> Vec<Vec<u8>> {
        if memory.capacity() > self.most {
            return vec![memory];
        }
        self.is_in_use = true;
        self.memory.push(memory);
        let mut size = 0;
        let is_too_much = |memory: &Vec<u8>| {
            size += memory.capacity();
            size > self.most
        };
        let last = self.memory.iter().rposition(is_too_much);
        self.memory
            .drain(..last.map_or(0, |last| last + 1))
            .collect()
    }

    /// See [`release_memory`].
    fn release(&mut self, now: Instant) -> (Vec<Vec<u8>>, Option<Instant>) {
        if self.memory.is_empty() {
            return (Vec::new(), None);
        }
        let was_used = mem::take(&mut self.is_in_use);
        let unused_since = self.unused_since.filter(|_| !was_used).unwrap_or(now);
        let due = unused_since + KEPT_TIME;
        if now >= due {
            self.unused_since = None;
            return (mem::take(&mut self.memory), None);
        }
        self.unused_since = Some(unused_since);
        (Vec::new(), Some(due))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOST: usize = 4 << 20;

    fn memory(size: usize) -> Vec<u8> {
        Vec::with_capacity(size)
    }

    fn spare() -> Spare {
        Spare {
            most: MOST,
            ..Spare::new()
        }
    }

    #[test]
    fn large_memory_is_used_again_if_somebody_asks_for_that() {
        // No other test has payloads of this size.
        const SIZE: usize = 1_234_567;
        keep_memory(MOST);
        let buffer = Buffer::with_capacity(SIZE);
        let memory = buffer.as_ptr();
        drop(buffer);
        assert!(is_memory_kept());
        let mut buffer = Buffer::from(b"abc".to_vec());
        buffer.grow(6, SIZE);
        assert_eq!((buffer.as_ptr(), buffer.as_slice()), (memory, &b"abc"[..]));
        // It is taken.
        assert_ne!(Buffer::with_capacity(SIZE).as_ptr(), memory);
    }

    #[test]
    fn little_memory_is_left_to_the_allocator() {
        drop(Buffer::with_capacity(LARGE - 1));
        let is_little = |memory: &Vec<u8>| memory.capacity() < LARGE;
        assert!(!lock().memory.iter().any(is_little));
    }

    #[test]
    fn memory_is_not_taken_for_much_less_or_more() {
        let mut spare = spare();
        assert!(spare.keep(memory(1000)).is_empty());
        assert_eq!(spare.take(1001), None);
        assert_eq!(spare.take(499), None);
        let taken = spare.take(500).expect("it fits");
        assert_eq!((taken.capacity(), spare.take(500)), (1000, None));
    }

    #[test]
    fn what_is_kept_is_bounded() {
        let mut spare = spare();
        assert_eq!(spare.keep(memory(MOST / 2)).len(), 0);
        assert_eq!(spare.keep(memory(MOST / 2)).len(), 0);
        // It pushes the oldest out.
        assert_eq!(spare.keep(memory(MOST / 4)).len(), 1);
        assert_eq!(spare.keep(memory(MOST / 4)).len(), 0);
        // There is no room for it, whatever goes.
        assert_eq!(spare.keep(memory(MOST + 1)).len(), 1);
        assert_eq!(spare.memory.len(), 3);
        let mut without_room = Spare::new();
        assert_eq!(without_room.keep(memory(LARGE)).len(), 1);
    }

    #[test]
    fn what_is_not_used_is_released_after_a_while() {
        let mut spare = spare();
        let begin = Instant::now();
        let after = |milliseconds| begin + Duration::from_millis(milliseconds);
        assert_eq!(spare.release(begin).1, None);
        spare.keep(memory(1000));
        assert_eq!(spare.release(begin).1, Some(after(1000)));
        assert_eq!(spare.release(after(900)).1, Some(after(1000)));
        // It is used: the time begins again.
        let taken = spare.take(1000).expect("it is there");
        spare.keep(taken);
        assert_eq!(spare.release(after(950)).1, Some(after(1950)));
        let (released, next) = spare.release(after(1950));
        assert_eq!((released.len(), next), (1, None));
        assert!(spare.memory.is_empty());
        // As does the time of what comes later.
        spare.keep(memory(1000));
        assert_eq!(spare.release(after(5000)).1, Some(after(6000)));
    }
}
