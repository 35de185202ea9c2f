//! Closures that go with a context, and not with a thread.

use super::ContextBound;

/// A closure for signals that are emitted in the context: unlike those of gio-rs it does not insist on
/// the thread in which it was made.
pub(crate) fn context_closure(f: impl Fn(&[glib::Value]) + 'static) -> glib::RustClosure {
    let f = ContextBound::new(f);
    glib::RustClosure::new(move |values| {
        (f.get())(values);
        None
    })
}
