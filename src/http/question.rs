//! Signals by which a program is asked something, and answers `true` or `false`.

use glib::prelude::*;
use glib::signal::signal_has_handler_pending;
use glib::subclass::SignalId;
use std::ops::ControlFlow;

/// Stops an emission at the first handler that returns `true`.
pub(crate) fn until_handled(handled: &glib::Value) -> ControlFlow<glib::Value, glib::Value> {
    if handled.get() == Ok(true) {
        ControlFlow::Break(handled.clone())
    } else {
        ControlFlow::Continue(handled.clone())
    }
}

/// Whether anybody would be asked by the signal `name`.
pub(crate) fn has_handler(object: &impl IsA<glib::Object>, name: &str) -> bool {
    SignalId::lookup(name, object.type_())
        .is_some_and(|signal| signal_has_handler_pending(object, signal, None, false))
}
