//! Waiting for a socket: by the poller of the context, or else by sources.
#![allow(unsafe_code)]

use super::poller::Registration;
use super::source::{SourceFunc, Unattached, run_entry};
use super::sources::{Direction, Sources};
use super::{Cause, Interest, Watcher};
use gio::ffi::GSocket;
use glib::ffi::{GIOCondition, gboolean, gpointer};
use glib::translate::*;
use std::cell::RefCell;
use std::ptr;

/// What tells a watcher that a socket is ready.
pub(super) struct SocketWatch {
    socket: gio::Socket,
    state: RefCell<State>,
}

#[derive(Default)]
enum State {
    #[default]
    Nothing,
    Poller(Registration),
    Sources(Sources),
}

impl SocketWatch {
    pub(super) fn new(socket: &gio::Socket) -> Self {
        Self {
            socket: socket.clone(),
            state: RefCell::default(),
        }
    }

    pub(super) fn socket(&self) -> &gio::Socket {
        &self.socket
    }

    /// Has `watcher` run as long as the socket is ready for what `interest` names.
    pub(super) fn set_interest(&self, interest: Interest, watcher: &Watcher) {
        if interest.is_none() {
            // An error would be reported all the same, again and again.
            return self.clear();
        }
        let mut state = self.state.borrow_mut();
        if let State::Poller(registration) = &*state {
            return registration.set_interest(interest);
        }
        if let State::Nothing = *state {
            *state = match Registration::new(&self.socket, interest, watcher) {
                Some(registration) => State::Poller(registration),
                None => State::Sources(Sources::default()),
            };
        }
        if let State::Sources(sources) = &mut *state {
            sources.set_interest(interest, watcher, |direction| self.source(direction));
        }
    }

    /// Stops waiting.
    pub(super) fn clear(&self) {
        // Dropped outside of the borrow.
        drop(self.state.take());
    }

    fn source(&self, direction: Direction) -> Unattached {
        type SocketFunc = unsafe extern "C" fn(*mut GSocket, GIOCondition, gpointer) -> gboolean;

        let (condition, callback) = match direction {
            Direction::In => (glib::ffi::G_IO_IN, readable as SocketFunc),
            Direction::Out => (glib::ffi::G_IO_OUT, writable as SocketFunc),
        };
        // SAFETY: the source references the socket. Sources of sockets call a
        // `GSocketSourceFunc`, which is what the functions are; GLib passes it around as the
        // general `GSourceFunc`. They hand the entry to `run_entry()`.
        unsafe {
            let socket = self.socket.to_glib_none().0;
            let source = gio::ffi::g_socket_create_source(socket, condition, ptr::null_mut());
            let callback = std::mem::transmute::<SocketFunc, SourceFunc>(callback);
            Unattached::new(from_glib_full(source), callback)
        }
    }
}

unsafe extern "C" fn readable(_: *mut GSocket, _: GIOCondition, entry: gpointer) -> gboolean {
    // SAFETY: called by a source that has the entry.
    unsafe { run_entry(entry, Cause::Readable) }
}

unsafe extern "C" fn writable(_: *mut GSocket, _: GIOCondition, entry: gpointer) -> gboolean {
    // SAFETY: called by a source that has the entry.
    unsafe { run_entry(entry, Cause::Other) }
}
