//! The deadlines of one context, in order.

use super::{Entry, lock};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

/// At most one deadline an entry, which knows it too, ordered by time.
#[derive(Default)]
pub(super) struct Timers {
    queue: BTreeMap<(Instant, usize), Arc<Entry>>,
}

impl Timers {
    /// Sets or takes back the deadline of `entry`; tells whether it is now the next one of all.
    pub(super) fn set(&mut self, entry: &Arc<Entry>, deadline: Option<Instant>) -> bool {
        let before = std::mem::replace(&mut *lock(&entry.deadline), deadline);
        if let Some(before) = before {
            self.queue.remove(&(before, key(entry)));
        }
        let Some(deadline) = deadline else {
            return false;
        };
        self.queue.insert((deadline, key(entry)), entry.clone());
        self.next() == Some(deadline)
    }

    /// The next deadline.
    pub(super) fn next(&self) -> Option<Instant> {
        self.queue.keys().next().map(|(deadline, _)| *deadline)
    }

    /// Takes out an entry whose deadline has passed.
    pub(super) fn take_due(&mut self, now: Instant) -> Option<Arc<Entry>> {
        if self.next()? > now {
            return None;
        }
        let (_, entry) = self.queue.pop_first()?;
        lock(&entry.deadline).take();
        Some(entry)
    }
}

/// An entry's address names it for as long as the queue holds a reference.
fn key(entry: &Arc<Entry>) -> usize {
    Arc::as_ptr(entry).addr()
}
