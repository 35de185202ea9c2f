//! A listening socket under a context.
#![allow(unsafe_code)]

use super::source::{SourceFunc, attach_entry, run_entry};
use super::{Cause, EventLoop, Watcher};
use gio::prelude::*;
use glib::ffi::{gboolean, gpointer};
use glib::translate::*;
use std::cell::RefCell;
use std::ptr;
use std::rc::{Rc, Weak};
use std::time::{Duration, Instant};

/// Connections that one turn accepts at most; the others of the context want theirs too.
const ACCEPTS_PER_TURN: usize = 64;

/// How long to wait after a failure, such as too many open files: it will not go away sooner.
const PAUSE: Duration = Duration::from_millis(100);

/// Accepts connections until it is dropped.
pub(crate) struct Listener(Rc<Inner>);

struct Inner {
    socket: gio::Socket,
    accepted: Box<dyn Fn(gio::Socket)>,
    watcher: Watcher,
    source: RefCell<Option<glib::Source>>,
}

impl Listener {
    /// Calls `accepted` for each connection that comes to `socket`, which listens.
    ///
    /// The socket is made non-blocking.
    pub(crate) fn new(socket: &gio::Socket, accepted: impl Fn(gio::Socket) + 'static) -> Self {
        socket.set_blocking(false);
        let inner = Rc::new_cyclic(|inner: &Weak<Inner>| {
            let inner = inner.clone();
            let watcher = Watcher::new(&EventLoop::thread_default(), move |_| {
                if let Some(inner) = inner.upgrade() {
                    inner.accept();
                }
            });
            Inner {
                socket: socket.clone(),
                accepted: Box::new(accepted),
                watcher,
                source: RefCell::default(),
            }
        });
        inner.watch();
        Self(inner)
    }

    pub(crate) fn socket(&self) -> &gio::Socket {
        &self.0.socket
    }
}

impl Inner {
    fn accept(&self) {
        self.watch();
        let mut failures = 0;
        for _ in 0..ACCEPTS_PER_TURN {
            match self.socket.accept(gio::Cancellable::NONE) {
                Ok(socket) => (self.accepted)(socket),
                Err(error) if error.matches(gio::IOErrorEnum::WouldBlock) => return,
                // Closed by what was called for the connection before.
                Err(error) if error.matches(gio::IOErrorEnum::Closed) => return,
                // One that has gone already says nothing of the next.
                Err(_) if failures == 0 => failures += 1,
                Err(error) => {
                    glib::g_warning!("Wsoup", "cannot accept connections for now: {error}");
                    return self.pause();
                }
            }
        }
    }

    /// Waits for connections.
    fn watch(&self) {
        self.source.borrow_mut().get_or_insert_with(|| {
            type SocketFunc = unsafe extern "C" fn(
                *mut gio::ffi::GSocket,
                glib::ffi::GIOCondition,
                gpointer,
            ) -> gboolean;

            // SAFETY: the source references the socket. Sources of sockets call a
            // `GSocketSourceFunc`, which is what `ready` is; GLib passes it around as the general
            // `GSourceFunc`. It hands the entry to `run_entry()`.
            unsafe {
                let source = gio::ffi::g_socket_create_source(
                    self.socket.to_glib_none().0,
                    glib::ffi::G_IO_IN,
                    ptr::null_mut(),
                );
                let ready = std::mem::transmute::<SocketFunc, SourceFunc>(ready);
                attach_entry(from_glib_full(source), ready, &self.watcher.0)
            }
        });
    }

    /// Waits a while, then for connections.
    fn pause(&self) {
        self.stop();
        self.watcher.set_deadline(Some(Instant::now() + PAUSE));
    }

    fn stop(&self) {
        if let Some(source) = self.source.take() {
            source.destroy();
        }
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.stop();
    }
}

unsafe extern "C" fn ready(
    _socket: *mut gio::ffi::GSocket,
    _condition: glib::ffi::GIOCondition,
    entry: gpointer,
) -> gboolean {
    // SAFETY: called by a source that `watch()` gave the entry to.
    unsafe { run_entry(entry, Cause::Readable) }
}
