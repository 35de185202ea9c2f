//! How many messages a second a peer may send.
//!
//! A leaky bucket that holds the messages of one second, as virtual time ("GCRA"): each message is
//! due one interval after the one before, and may be early by a second.

use std::cell::Cell;
use std::time::{Duration, Instant};

/// How early a message may be.
const BURST: Duration = Duration::from_secs(1);

#[derive(Default)]
pub(super) struct Rate {
    /// Messages a second; 0 for any number.
    pub(super) limit: Cell<u32>,
    /// When the next message is due.
    due: Cell<Option<Instant>>,
}

impl Rate {
    /// Takes a message at `now`; tells whether it may be.
    pub(super) fn take(&self, now: Instant) -> bool {
        let Some(interval) = BURST.checked_div(self.limit.get()) else {
            return true;
        };
        let due = self.due.get().map_or(now, |due| due.max(now));
        if due.saturating_duration_since(now) + interval > BURST {
            return false;
        }
        self.due.set(due.checked_add(interval));
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_of_messages_may_come_at_once_and_then_one_at_a_time() {
        let begin = Instant::now();
        let at = |milliseconds| begin + Duration::from_millis(milliseconds);
        let rate = Rate::default();
        rate.limit.set(10);
        let taken = (0..100).filter(|_| rate.take(begin)).count();
        assert_eq!(taken, 10);
        assert!(!rate.take(at(50)));
        assert!(rate.take(at(100)) && !rate.take(at(100)));
        let taken = (0..100).filter(|_| rate.take(at(10_000))).count();
        assert_eq!(taken, 10);
        rate.limit.set(0);
        assert!((0..100).all(|_| rate.take(begin)));
    }
}
