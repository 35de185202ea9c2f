//! How long the machine has slept: time that monotonic clocks, and so all timers, leave out.
#![allow(unsafe_code)]

use std::time::Duration;

/// The time since the start of the machine in which it was suspended; zero where nobody counts it.
///
/// Two clocks are read one after the other, so it may be off by as long as that takes.
#[cfg(any(target_os = "linux", target_os = "android"))]
pub(crate) fn time_asleep() -> Duration {
    let with_sleep = read(libc::CLOCK_BOOTTIME);
    with_sleep.saturating_sub(read(libc::CLOCK_MONOTONIC))
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
pub(crate) fn time_asleep() -> Duration {
    Duration::ZERO
}

#[cfg(any(target_os = "linux", target_os = "android"))]
fn read(clock: libc::clockid_t) -> Duration {
    let mut time = libc::timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    // SAFETY: the clock exists, and the time is written to where it may be.
    if unsafe { libc::clock_gettime(clock, &mut time) } != 0 {
        return Duration::ZERO;
    }
    let seconds = u64::try_from(time.tv_sec).unwrap_or(0);
    Duration::new(seconds, u32::try_from(time.tv_nsec).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_machine_that_runs_does_not_sleep() {
        let (before, start) = (time_asleep(), std::time::Instant::now());
        while start.elapsed() < Duration::from_millis(50) {
            let slept = time_asleep().abs_diff(before);
            assert!(slept < Duration::from_millis(40), "{slept:?}");
        }
    }
}
