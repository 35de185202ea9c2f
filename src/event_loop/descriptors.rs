//! How many file descriptors are left.
//!
//! A process that has none left is worse off than one that lets clients wait: GLib ends it when it cannot
//! get one for a context, or for waiting for a `GCancellable` in a thread, and the program cannot open its
//! files. So some are left to others.
#![allow(unsafe_code)]

use std::os::fd::{AsFd, AsRawFd, RawFd};

/// Descriptors that are left to others at most.
const MOST_RESERVED: u64 = 64;

/// The part of all descriptors that is left to others, if that is fewer.
const RESERVED_PART: u64 = 16;

/// Whether a process in which `lowest` is, or was a moment ago, the lowest that is free has to be
/// careful with descriptors.
pub(super) fn are_scarce(lowest: RawFd) -> bool {
    let Some(limit) = limit() else {
        return false;
    };
    let lowest = u64::try_from(lowest).unwrap_or(0);
    lowest >= limit - (limit / RESERVED_PART).min(MOST_RESERVED)
}

/// The descriptor that would be given out next; `None` if there is none. `any` is an open one.
pub(super) fn lowest_free(any: impl AsFd) -> Option<RawFd> {
    let copy = any.as_fd().try_clone_to_owned().ok()?;
    Some(copy.as_raw_fd())
}

/// How many descriptors the process may have; it can change that at any time.
fn limit() -> Option<u64> {
    let mut limit = libc::rlimit {
        rlim_cur: 0,
        rlim_max: 0,
    };
    // SAFETY: `limit` lives for the call.
    let result = unsafe { libc::getrlimit(libc::RLIMIT_NOFILE, &raw mut limit) };
    (result == 0 && limit.rlim_cur != libc::RLIM_INFINITY).then_some(limit.rlim_cur)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn some_descriptors_are_left_to_others() {
        let limit = limit().expect("there is a limit");
        let last = RawFd::try_from(limit - 1).expect("it is small enough");
        assert!(are_scarce(last));
        assert!(!are_scarce(3));
    }

    #[test]
    fn the_next_descriptor_is_told_without_taking_it() {
        let any = std::io::stdin();
        // Other tests take and give back some meanwhile, but not as many as this.
        let most = (0..1000).filter_map(|_| lowest_free(&any)).max();
        assert!(most.is_some_and(|most| most < 1000), "{most:?}");
    }
}
