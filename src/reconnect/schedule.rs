//! When the next attempt is made: exponential backoff with full jitter, without a clock.
//!
//! The time and the random numbers are arguments, as in [`protocol`](crate::protocol). An attempt
//! is delayed by a random time between nothing and a bound that grows with each failure (RFC 6455
//! §7.2.3 wants the delay random and the bound growing): clients that a restart of their server has
//! disconnected at the same moment come back evenly, which a fixed part in the delay would only put
//! off. The bound starts anew once a connection has lasted.

use std::time::{Duration, Instant};

/// How attempts follow each other.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Backoff {
    /// The bound on the delay after the first failure.
    pub(super) initial_delay: Duration,
    /// What the bound grows to.
    pub(super) max_delay: Duration,
    /// By how much it grows; at least 1.
    pub(super) factor: f64,
    /// How long a connection has to last for the next failure to be a first one.
    pub(super) stable_time: Duration,
}

impl Backoff {
    /// The bound on the delay after `failures` others in a row.
    fn bound(&self, failures: u32) -> Duration {
        let max = self.max_delay.as_secs_f64();
        let exponent = i32::try_from(failures).unwrap_or(i32::MAX);
        let grown = self.initial_delay.as_secs_f64() * self.factor.powi(exponent);
        // What grows beyond all numbers is no number any more, or infinite.
        Duration::from_secs_f64(if grown < max { grown } else { max })
    }
}

/// When an attempt is due, and what may change that.
#[derive(Clone, Copy, Debug)]
struct Waiting {
    since: Instant,
    due: Instant,
    /// The server wants none before.
    earliest: Instant,
}

#[derive(Debug)]
pub(super) struct Schedule {
    backoff: Backoff,
    /// Failures since a connection lasted.
    failures: u32,
    connected_since: Option<Instant>,
    waiting: Option<Waiting>,
    /// Whether there is a network to make an attempt in, as far as is known.
    has_network: bool,
}

impl Schedule {
    pub(super) fn new(backoff: Backoff) -> Self {
        Self {
            backoff,
            failures: 0,
            connected_since: None,
            waiting: None,
            has_network: true,
        }
    }

    /// Changes the times; the attempt that is waited for stays when it is.
    pub(super) fn set_backoff(&mut self, backoff: Backoff) {
        self.backoff = backoff;
    }

    pub(super) fn backoff(&self) -> Backoff {
        self.backoff
    }

    /// Forgets what was.
    pub(super) fn reset(&mut self) {
        self.failures = 0;
        self.connected_since = None;
        self.waiting = None;
        self.has_network = true;
    }

    /// An attempt begins: nothing is waited for.
    pub(super) fn attempt(&mut self) {
        self.waiting = None;
    }

    /// The attempt has led to a connection.
    pub(super) fn connected(&mut self, now: Instant) {
        self.connected_since = Some(now);
    }

    /// An attempt has failed, or a connection has ended. `retry_after` is what the server asked for,
    /// `jitter` a random number from 0 up to 1.
    pub(super) fn failed(&mut self, now: Instant, retry_after: Duration, jitter: f64) {
        let lasted = self.connected_since.take().map(|since| now - since);
        if lasted.is_some_and(|lasted| lasted >= self.backoff.stable_time) {
            self.failures = 0;
        }
        let delay = self.backoff.bound(self.failures).mul_f64(jitter);
        self.failures = self.failures.saturating_add(1);
        let earliest = now + retry_after;
        self.waiting = Some(Waiting {
            since: now,
            // All those whom the server has sent away come back at different times.
            due: earliest + delay,
            earliest,
        });
    }

    /// When the next attempt is to be made, if one is waited for.
    ///
    /// Without a network the delay is the longest one, whatever the failures were: what says that
    /// there is none may be wrong.
    pub(super) fn due(&self) -> Option<Instant> {
        let waiting = self.waiting?;
        if self.has_network {
            return Some(waiting.due);
        }
        Some(waiting.due.max(waiting.since + self.backoff.max_delay))
    }

    /// The network has come, gone, or become another one.
    pub(super) fn network_changed(&mut self, has_network: bool, now: Instant) {
        let had_network = std::mem::replace(&mut self.has_network, has_network);
        if has_network && !had_network {
            self.expedite(now);
        } else if has_network && let Some(waiting) = self.waiting {
            // One change may be told of many times, which makes no more attempts.
            self.expedite(waiting.since + self.backoff.initial_delay);
        }
    }

    /// Whatever was in the way may be gone: the attempt is made at `when`, if not sooner. What the
    /// server has asked for still counts.
    pub(super) fn expedite(&mut self, when: Instant) {
        if let Some(waiting) = &mut self.waiting {
            waiting.due = waiting.due.min(when.max(waiting.earliest));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SECOND: Duration = Duration::from_secs(1);

    const BACKOFF: Backoff = Backoff {
        initial_delay: SECOND,
        max_delay: Duration::from_secs(60),
        factor: 2.0,
        stable_time: Duration::from_secs(10),
    };

    /// A generator whose numbers are the same each time (xorshift).
    struct Seeded(u64);

    impl Seeded {
        fn fraction(&mut self) -> f64 {
            self.0 ^= self.0 << 13;
            self.0 ^= self.0 >> 7;
            self.0 ^= self.0 << 17;
            (self.0 >> 11) as f64 / (1_u64 << 53) as f64
        }
    }

    /// The delay after a failure at `now`.
    fn delay_of(schedule: &mut Schedule, now: Instant, jitter: f64) -> Duration {
        schedule.failed(now, Duration::ZERO, jitter);
        schedule.due().expect("an attempt is waited for") - now
    }

    /// As near to 1 as a random number gets.
    const MOST: f64 = 1.0 - f64::EPSILON;

    fn rounded(delay: Duration) -> u64 {
        delay.as_secs_f64().round() as u64
    }

    #[test]
    fn bounds_grow_by_the_factor_up_to_the_longest() {
        let (mut schedule, mut now) = (Schedule::new(BACKOFF), Instant::now());
        let mut bounds = Vec::new();
        for _ in 0..9 {
            let delay = delay_of(&mut schedule, now, MOST);
            bounds.push(rounded(delay));
            now += delay;
            schedule.attempt();
        }
        assert_eq!(bounds, [1, 2, 4, 8, 16, 32, 60, 60, 60]);
        for _ in 0..10_000 {
            schedule.failed(now, Duration::ZERO, MOST);
        }
        assert_eq!(rounded(schedule.due().unwrap() - now), 60);
    }

    #[test]
    fn delays_are_spread_over_the_whole_of_the_bound() {
        let mut random = Seeded(7);
        let mut eighths = [0_u32; 8];
        for _ in 0..8_000 {
            let mut schedule = Schedule::new(BACKOFF);
            let delay = delay_of(&mut schedule, Instant::now(), random.fraction());
            eighths[(delay.as_secs_f64() * 8.0) as usize] += 1;
        }
        assert!(
            eighths.iter().all(|count| (900..1_100).contains(count)),
            "{eighths:?}"
        );
    }

    #[test]
    fn only_a_connection_that_lasted_makes_the_next_failure_a_first_one() {
        for (lasted, expected) in [(9, 8), (10, 1), (1_000, 1)] {
            let (mut schedule, mut now) = (Schedule::new(BACKOFF), Instant::now());
            for _ in 0..3 {
                schedule.failed(now, Duration::ZERO, MOST);
            }
            schedule.attempt();
            schedule.connected(now);
            now += SECOND * lasted;
            let delay = delay_of(&mut schedule, now, MOST);
            assert_eq!(rounded(delay), expected, "after {lasted} s");
        }
    }

    #[test]
    fn what_the_server_asks_for_comes_before_the_delay() {
        let (mut schedule, now) = (Schedule::new(BACKOFF), Instant::now());
        schedule.failed(now, SECOND * 100, 0.5);
        assert_eq!(schedule.due(), Some(now + SECOND * 100 + SECOND / 2));
        schedule.expedite(now + SECOND);
        assert_eq!(schedule.due(), Some(now + SECOND * 100));
    }

    #[test]
    fn a_network_that_comes_back_is_tried_at_once() {
        let (mut schedule, start) = (Schedule::new(BACKOFF), Instant::now());
        schedule.failed(start, Duration::ZERO, 0.5);
        schedule.network_changed(false, start);
        // It is not believed for longer than the longest delay.
        assert_eq!(schedule.due(), Some(start + BACKOFF.max_delay));
        let now = start + SECOND * 20;
        schedule.network_changed(true, now);
        assert!(schedule.due() <= Some(now));
    }

    #[test]
    fn a_network_that_becomes_another_one_makes_no_storm() {
        let (mut schedule, now) = (Schedule::new(BACKOFF), Instant::now());
        for _ in 0..6 {
            schedule.failed(now, Duration::ZERO, MOST);
        }
        for _ in 0..50 {
            schedule.network_changed(true, now);
        }
        assert_eq!(schedule.due(), Some(now + BACKOFF.initial_delay));
    }

    /// What happens to a schedule in the property test.
    #[derive(Clone, Debug)]
    enum Step {
        Fail(u64, f64),
        Connect,
        Attempt,
        Network(bool),
        Expedite,
        Pass(u64),
    }

    fn steps() -> impl Strategy<Value = Vec<Step>> {
        let step = prop_oneof![
            (0..200_000_u64, 0.0..1.0).prop_map(|(after, jitter)| Step::Fail(after, jitter)),
            Just(Step::Connect),
            Just(Step::Attempt),
            any::<bool>().prop_map(Step::Network),
            Just(Step::Expedite),
            (0..100_000_u64).prop_map(Step::Pass),
        ];
        prop::collection::vec(step, 0..60)
    }

    proptest! {
        /// However long it goes on: never before the server wants it, and never later than the
        /// longest delay after that.
        #[test]
        fn an_attempt_is_neither_too_early_nor_too_late(
            steps in steps(),
            initial in 1..100_000_u64,
            max in 1..100_000_u64,
            factor in 1.0..1e9,
        ) {
            let mut schedule = Schedule::new(Backoff {
                initial_delay: Duration::from_millis(initial),
                max_delay: Duration::from_millis(max),
                factor,
                ..BACKOFF
            });
            let mut now = Instant::now();
            let mut waiting = None;
            for step in steps {
                match step {
                    Step::Fail(after, jitter) => {
                        let after = Duration::from_millis(after);
                        schedule.failed(now, after, jitter);
                        waiting = Some((now + after, now + after + Duration::from_millis(max)));
                    }
                    Step::Connect => schedule.connected(now),
                    Step::Attempt => {
                        schedule.attempt();
                        waiting = None;
                    }
                    Step::Network(available) => schedule.network_changed(available, now),
                    Step::Expedite => schedule.expedite(now),
                    Step::Pass(time) => now += Duration::from_millis(time),
                }
                prop_assert_eq!(schedule.due().is_some(), waiting.is_some());
                if let (Some(due), Some((earliest, latest))) = (schedule.due(), waiting) {
                    prop_assert!(earliest <= due && due <= latest);
                }
            }
        }
    }
}
