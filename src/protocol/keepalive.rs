//! Pings that keep the connection alive, and what finds a peer that has vanished (RFC 6455 §5.5.2).
//!
//! A pong may be late because the network is busy with something else: the peer is not gone while
//! other bytes of it arrive. What is on its way to the peer is for the caller to know, who can
//! say that something was [`received`](Keepalive::received).

use std::time::{Duration, Instant};

use super::{Config, ProtocolError};

/// When to ping, and until when the pong must have come.
#[derive(Debug)]
pub(super) struct Keepalive {
    interval: Duration,
    pong_timeout: Duration,
    idle_timeout: Duration,
    next_ping: Option<Instant>,
    /// When the answer to the oldest unanswered ping must have come.
    pong_deadline: Option<Instant>,
    /// The ping of `pong_deadline` has not been written yet.
    is_unwritten: bool,
    /// The number of the last ping.
    sent: u64,
    /// The number of the last ping that was answered.
    answered: u64,
    /// When the last ping was written; None if it was not, or was answered.
    written: Option<Instant>,
    /// How long the last answer took.
    latency: Option<Duration>,
    last_received: Instant,
    /// When to look whether the peer is idle. It need not be set anew whenever something comes.
    idle_check: Option<Instant>,
}

/// What a timeout asks for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Due {
    /// A ping is due.
    Ping,
    /// A pong is missing, or everything.
    Failure(ProtocolError),
}

impl Keepalive {
    /// Makes one, if `config` asks for something.
    pub(super) fn for_config(config: &Config, now: Instant) -> Option<Box<Self>> {
        if config.keepalive_interval.is_zero() && config.idle_timeout.is_zero() {
            return None;
        }
        let mut keepalive = Self {
            interval: Duration::ZERO,
            pong_timeout: Duration::ZERO,
            idle_timeout: Duration::ZERO,
            next_ping: None,
            pong_deadline: None,
            is_unwritten: false,
            sent: 0,
            answered: 0,
            written: None,
            latency: None,
            last_received: now,
            idle_check: None,
        };
        keepalive.configure(config, now);
        Some(Box::new(keepalive))
    }

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
        if self.idle_timeout != config.idle_timeout {
            self.idle_timeout = config.idle_timeout;
            self.idle_check = after(self.last_received, self.idle_timeout);
        }
    }

    /// Notes that something came from the peer.
    pub(super) fn received(&mut self, now: Instant) {
        self.last_received = now;
    }

    /// Returns whether [`due`](Self::due) would find at `now` that the peer has been silent for too
    /// long.
    pub(super) fn is_overdue(&self, now: Instant) -> bool {
        let is_past = |deadline: Option<Instant>| deadline.is_some_and(|deadline| deadline <= now);
        is_past(self.pong_deadline) && is_past(after(self.last_received, self.pong_timeout))
            || is_past(self.idle_check) && is_past(after(self.last_received, self.idle_timeout))
    }

    /// Returns whether a ping is out, for whose pong there is a deadline.
    pub(super) fn awaits_pong(&self) -> bool {
        self.pong_deadline.is_some()
    }

    /// Returns how long the answer to the last keepalive ping that was answered has taken.
    pub(super) fn latency(&self) -> Option<Duration> {
        self.latency
    }

    /// Returns when [`due`](Self::due) should be asked.
    pub(super) fn timeout(&self) -> Option<Instant> {
        [self.next_ping, self.pong_deadline, self.idle_check]
            .into_iter()
            .flatten()
            .min()
    }

    /// Returns what is due at `now`.
    pub(super) fn due(&mut self, now: Instant) -> Option<Due> {
        if self.pong_deadline.is_some_and(|deadline| deadline <= now) {
            self.pong_deadline =
                after(self.last_received, self.pong_timeout).filter(|deadline| *deadline > now);
            if self.pong_deadline.is_none() {
                return Some(Due::Failure(ProtocolError::PongTimeout(self.pong_timeout)));
            }
        }
        if self.idle_check.is_some_and(|check| check <= now) {
            self.idle_check =
                after(self.last_received, self.idle_timeout).filter(|check| *check > now);
            if self.idle_check.is_none() {
                return Some(Due::Failure(ProtocolError::IdleTimeout(self.idle_timeout)));
            }
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
        self.written = None;
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
        if self.sent > self.answered && self.written.is_none() && !ping_waits {
            self.written = Some(now);
        }
        if self.is_unwritten && self.pong_deadline.is_some() {
            self.pong_deadline = after(now, self.pong_timeout);
            self.is_unwritten = ping_waits;
        }
    }

    /// Notes a pong. Only one that answers a ping of ours counts, be it not the last one.
    pub(super) fn pong(&mut self, payload: &[u8], now: Instant) {
        let number = payload
            .strip_prefix(PAYLOAD_PREFIX)
            .and_then(|number| str::from_utf8(number).ok()?.parse().ok());
        match number {
            Some(number) if number > self.answered && number <= self.sent => {
                self.answered = number;
                self.pong_deadline = None;
                if let Some(written) = self.written.filter(|_| number == self.sent) {
                    self.latency = Some(now.saturating_duration_since(written));
                }
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
