//! Pings that keep the connection alive and find a peer that has vanished (RFC 6455 §5.5.2).

use std::time::{Duration, Instant};

use super::{Config, ProtocolError};

/// When to ping, and until when the pong must have come.
#[derive(Debug, Default)]
pub(super) struct Keepalive {
    interval: Duration,
    pong_timeout: Duration,
    next_ping: Option<Instant>,
    /// When the answer to the oldest unanswered ping must have come.
    pong_deadline: Option<Instant>,
    /// The ping of `pong_deadline` has not been written yet.
    is_unwritten: bool,
    /// The number of the last ping.
    sent: u64,
    /// The number of the last ping that was answered.
    answered: u64,
}

/// What a timeout asks for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Due {
    /// A ping is due.
    Ping,
    /// A pong is missing.
    Failure(ProtocolError),
}

impl Keepalive {
    /// Takes over the times of `config`. What has not changed goes on.
    pub(super) fn configure(&mut self, config: &Config, now: Instant) {
        if self.interval != config.keepalive_interval {
            self.interval = config.keepalive_interval;
            self.next_ping = after(now, self.interval);
        }
        if self.pong_timeout != config.pong_timeout {
            self.pong_timeout = config.pong_timeout;
            // A ping that has been sent gets the new time from now on.
            self.pong_deadline = self
                .pong_deadline
                .and_then(|_| after(now, self.pong_timeout));
        }
    }

    /// Returns when [`due`](Self::due) should be asked.
    pub(super) fn timeout(&self) -> Option<Instant> {
        [self.next_ping, self.pong_deadline]
            .into_iter()
            .flatten()
            .min()
    }

    /// Returns what is due at `now`.
    pub(super) fn due(&mut self, now: Instant) -> Option<Due> {
        if self.pong_deadline.is_some_and(|deadline| deadline <= now) {
            self.pong_deadline = None;
            return Some(Due::Failure(ProtocolError::PongTimeout(self.pong_timeout)));
        }
        if self.next_ping.is_some_and(|next_ping| next_ping <= now) {
            self.next_ping = after(now, self.interval);
            return Some(Due::Ping);
        }
        None
    }

    /// Returns the payload of a ping that is to be queued now.
    pub(super) fn ping(&mut self, now: Instant) -> Vec<u8> {
        self.sent += 1;
        if self.pong_deadline.is_none() {
            self.pong_deadline = after(now, self.pong_timeout);
            self.is_unwritten = true;
        }
        [PAYLOAD_PREFIX, self.sent.to_string().as_bytes()].concat()
    }

    /// Notes that something was written; `ping_waits` tells whether a ping still was not.
    ///
    /// The time for the pong counts from the ping's writing. Until then it counts from the last
    /// byte that the network took, so that a peer which takes none is found too.
    pub(super) fn written(&mut self, ping_waits: bool, now: Instant) {
        if self.is_unwritten && self.pong_deadline.is_some() {
            self.pong_deadline = after(now, self.pong_timeout);
            self.is_unwritten = ping_waits;
        }
    }

    /// Notes a pong. Only one that answers a ping of ours counts, be it not the last one.
    pub(super) fn pong(&mut self, payload: &[u8]) {
        let number = payload
            .strip_prefix(PAYLOAD_PREFIX)
            .and_then(|number| str::from_utf8(number).ok()?.parse().ok());
        match number {
            Some(number) if number > self.answered && number <= self.sent => {
                self.answered = number;
                self.pong_deadline = None;
            }
            _ => (),
        }
    }
}

/// None for a duration of zero, which stands for "never", and for one beyond all clocks.
pub(super) fn after(now: Instant, duration: Duration) -> Option<Instant> {
    if duration.is_zero() {
        None
    } else {
        now.checked_add(duration)
    }
}

/// A ping's number follows. No other ping should look like this.
const PAYLOAD_PREFIX: &[u8] = b"wsoup keepalive ";
