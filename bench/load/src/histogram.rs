//! Latencies, counted in buckets that are a sixty-fourth of their value wide.

use std::time::Duration;

const BITS: u32 = 6;
const STEPS: usize = 1 << BITS;

/// How often which latency was seen.
pub struct Histogram {
    counts: Vec<u64>,
    total: u64,
}

impl Histogram {
    pub fn new() -> Self {
        Self {
            counts: vec![0; STEPS * (65 - BITS as usize)],
            total: 0,
        }
    }

    pub fn record(&mut self, nanoseconds: u64) {
        self.counts[bucket(nanoseconds)] += 1;
        self.total += 1;
    }

    pub fn is_empty(&self) -> bool {
        self.total == 0
    }

    /// The latency that the given share of all did not exceed.
    pub fn quantile(&self, share: f64) -> Duration {
        let wanted = (share * self.total as f64).ceil() as u64;
        let mut seen = 0;
        for (bucket, count) in self.counts.iter().enumerate() {
            seen += count;
            if seen >= wanted.max(1) {
                return Duration::from_nanos(lowest(bucket));
            }
        }
        Duration::ZERO
    }
}

/// Values below `STEPS` have a bucket each; each further power of two has `STEPS`.
fn bucket(value: u64) -> usize {
    let magnitude = value.max(1).ilog2().saturating_sub(BITS);
    let within = (value >> magnitude) as usize;
    if value < STEPS as u64 {
        within
    } else {
        STEPS * (magnitude as usize + 1) + within - STEPS
    }
}

fn lowest(bucket: usize) -> u64 {
    match (bucket / STEPS, bucket % STEPS) {
        (0, within) => within as u64,
        (power, within) => ((within + STEPS) as u64) << (power - 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_hold_what_is_close() {
        for value in (0..100_000).chain([u64::MAX / 2, u64::MAX]) {
            let low = lowest(bucket(value));
            assert!(
                low <= value && value - low <= value / STEPS as u64,
                "{value} in {low}"
            );
        }
    }

    #[test]
    fn quantiles_are_found() {
        let mut histogram = Histogram::new();
        (1..=100).for_each(|value| histogram.record(value * 1000));
        let median = histogram.quantile(0.5).as_nanos();
        assert!((49_000..=50_000).contains(&median), "{median}");
        let worst = histogram.quantile(1.0).as_nanos();
        assert!((98_000..=100_000).contains(&worst), "{worst}");
    }
}
