//! What the tests of the modules have in common.

use std::time::{Duration, Instant};

/// Runs `test` with a context of its own as the thread-default one.
pub(crate) fn with_context(test: impl FnOnce(&glib::MainContext)) {
    let context = glib::MainContext::new();
    context
        .with_thread_default(|| test(&context))
        .expect("a new context can be acquired");
}

/// Runs `context` until `condition` holds.
#[track_caller]
pub(crate) fn wait_until(context: &glib::MainContext, what: &str, condition: impl Fn() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(20);
    let tick = ticking(context);
    while !condition() {
        assert!(Instant::now() < deadline, "timed out: {what}");
        context.iteration(true);
    }
    tick.destroy();
}

/// A source without which an iteration might wait for ever; it is to be destroyed.
pub(crate) fn ticking(context: &glib::MainContext) -> glib::Source {
    let tick = glib::timeout_source_new(
        Duration::from_millis(20),
        None,
        glib::Priority::DEFAULT,
        || glib::ControlFlow::Continue,
    );
    tick.attach(Some(context));
    tick
}
