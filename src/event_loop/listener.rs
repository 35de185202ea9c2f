//! A listening socket under a context.

use super::socket_watch::SocketWatch;
use super::{EventLoop, Interest, Watcher};
use gio::prelude::*;
use std::rc::{Rc, Weak};
use std::time::{Duration, Instant};

/// Connections that one turn accepts at most; the others of the context want theirs too.
const ACCEPTS_PER_TURN: usize = 64;

/// How long to wait after a failure, such as too many open files: it will not go away sooner.
const PAUSE: Duration = Duration::from_millis(100);

/// Accepts connections until it is dropped.
pub(crate) struct Listener(Rc<Inner>);

struct Inner {
    watch: SocketWatch,
    accepted: Box<dyn Fn(gio::Socket)>,
    watcher: Watcher,
}

impl Listener {
    /// Calls `accepted` for each connection that comes to `socket`, which listens.
    ///
    /// The socket is made non-blocking.
    pub(crate) fn new(socket: &gio::Socket, accepted: impl Fn(gio::Socket) + 'static) -> Self {
        socket.set_blocking(false);
        let inner = Rc::new_cyclic(|inner: &Weak<Inner>| {
            let inner = inner.clone();
            let watcher = Watcher::new(&EventLoop::thread_default(), move |_, _| {
                if let Some(inner) = inner.upgrade() {
                    inner.accept();
                }
            });
            Inner {
                watch: SocketWatch::new(socket),
                accepted: Box::new(accepted),
                watcher,
            }
        });
        inner.watch();
        Self(inner)
    }

    pub(crate) fn socket(&self) -> &gio::Socket {
        self.0.watch.socket()
    }
}

impl Inner {
    fn accept(&self) {
        self.watch();
        let mut failures = 0;
        for _ in 0..ACCEPTS_PER_TURN {
            match self.watch.socket().accept(gio::Cancellable::NONE) {
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
        self.watch.set_interest(Interest::READABLE, &self.watcher);
    }

    /// Waits a while, then for connections.
    fn pause(&self) {
        self.watch.clear();
        self.watcher.set_deadline(Some(Instant::now() + PAUSE));
    }
}
