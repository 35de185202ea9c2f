//! The pings of the application, and which pongs answer them (RFC 6455 §5.5.3).

use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

/// The pings that have not been answered, in the order in which they go out.
#[derive(Debug, Default)]
pub(super) struct Pings {
    waiting: VecDeque<Ping>,
    /// The number of the last one.
    last: u64,
}

#[derive(Debug)]
struct Ping {
    number: u64,
    payload: Box<[u8]>,
    written: Option<Instant>,
}

impl Pings {
    /// Notes a ping that is queued; returns its number.
    pub(super) fn push(&mut self, payload: &[u8]) -> u64 {
        self.last += 1;
        self.waiting.push_back(Ping {
            number: self.last,
            payload: payload.into(),
            written: None,
        });
        self.last
    }

    /// Notes that the next `count` were written.
    pub(super) fn written(&mut self, count: u32, now: Instant) {
        let unwritten = self
            .waiting
            .iter_mut()
            .filter(|ping| ping.written.is_none());
        for ping in unwritten.take(count as usize) {
            ping.written = Some(now);
        }
    }

    /// Notes a pong; tells `answered` of each ping that it answers, and how long that took.
    ///
    /// A peer may answer the newest of several pings alone, so an answer counts for those before, too.
    pub(super) fn pong(
        &mut self,
        payload: &[u8],
        now: Instant,
        mut answered: impl FnMut(u64, Duration),
    ) {
        let is_answered = |ping: &Ping| ping.written.is_some() && *ping.payload == *payload;
        let Some(index) = self.waiting.iter().position(is_answered) else {
            return;
        };
        for ping in self.waiting.drain(..=index) {
            // They are written in order.
            let written = ping.written.unwrap_or(now);
            answered(ping.number, now.saturating_duration_since(written));
        }
        if self.waiting.is_empty() {
            self.waiting = VecDeque::new();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answered(pings: &mut Pings, payload: &[u8], now: Instant) -> Vec<(u64, u64)> {
        let mut answers = Vec::new();
        pings.pong(payload, now, |number, time| {
            answers.push((number, time.as_secs()));
        });
        answers
    }

    #[test]
    fn a_pong_answers_the_first_ping_that_it_may_and_those_before() {
        let now = Instant::now();
        let at = |seconds| now + Duration::from_secs(seconds);
        let mut pings = Pings::default();
        for payload in [&b"a"[..], b"b", b"a", b"c"] {
            pings.push(payload);
        }
        assert_eq!(answered(&mut pings, b"a", now), [], "none is written");
        pings.written(1, now);
        pings.written(2, at(1));
        assert_eq!(answered(&mut pings, b"c", at(1)), []);
        assert_eq!(answered(&mut pings, b"b", at(3)), [(1, 3), (2, 2)]);
        assert_eq!(answered(&mut pings, b"b", at(3)), []);
        pings.written(1, at(4));
        assert_eq!(answered(&mut pings, b"c", at(4)), [(3, 3), (4, 0)]);
        assert_eq!(pings.waiting.capacity(), 0);
    }
}
