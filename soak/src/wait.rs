//! Waiting for a condition.

use std::time::{Duration, Instant};

/// Waits until `condition` holds, for so many seconds at most; tells whether it does.
pub(crate) async fn wait_for(seconds: u64, condition: impl Fn() -> bool) -> bool {
    let deadline = Instant::now() + Duration::from_secs(seconds);
    while !condition() {
        if Instant::now() >= deadline {
            return false;
        }
        glib::timeout_future(Duration::from_millis(20)).await;
    }
    true
}
