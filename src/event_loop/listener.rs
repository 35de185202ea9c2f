//! A listening socket under a context.
//!
//! Connections that cannot be taken now stay where they are, in the system's queue: while there is no
//! room for them, and while file descriptors are scarce. What goes wrong with one connection says
//! nothing of the next.

use super::socket_watch::SocketWatch;
use super::{EventLoop, Interest, Watcher, descriptors};
use gio::prelude::*;
use std::cell::Cell;
use std::os::fd::AsRawFd;
use std::rc::{Rc, Weak};
use std::time::{Duration, Instant};

/// Connections that one turn accepts at most; the others of the context want theirs too.
const ACCEPTS_PER_TURN: usize = 64;

/// How long to wait after a failure: it will not go away sooner, unless a connection ends.
const PAUSE: Duration = Duration::from_millis(100);

/// How often to tell that there are too few file descriptors, at most.
const BETWEEN_REPORTS: Duration = Duration::from_secs(60);

/// Accepts connections until it is dropped.
pub(crate) struct Listener(Rc<Inner>);

struct Inner {
    watch: SocketWatch,
    has_room: Box<dyn Fn() -> bool>,
    accepted: Box<dyn Fn(gio::Socket)>,
    watcher: Watcher,
    /// Whether it waits for anything else than connections.
    is_paused: Cell<bool>,
    /// Whether file descriptors were scarce the last time.
    is_careful: Cell<bool>,
    last_report: Cell<Option<Instant>>,
}

impl Listener {
    /// Calls `accepted` for each connection that comes to `socket`, which listens, as long as
    /// `has_room` says that there is room. When there is room again, somebody has to call
    /// [`resume`](Self::resume).
    ///
    /// The socket is made non-blocking.
    pub(crate) fn new(
        socket: &gio::Socket,
        has_room: impl Fn() -> bool + 'static,
        accepted: impl Fn(gio::Socket) + 'static,
    ) -> Self {
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
                has_room: Box::new(has_room),
                accepted: Box::new(accepted),
                watcher,
                is_paused: Cell::new(false),
                is_careful: Cell::new(false),
                last_report: Cell::new(None),
            }
        });
        inner.watch();
        Self(inner)
    }

    pub(crate) fn socket(&self) -> &gio::Socket {
        self.0.watch.socket()
    }

    /// Looks again whether there are room and file descriptors, if there were none.
    pub(crate) fn resume(&self) {
        if self.0.is_paused.get() {
            self.0.watcher.wake();
        }
    }
}

impl Inner {
    fn accept(&self) {
        self.watch();
        if self.is_careful.get() && !self.may_be_careless() {
            return self.pause(Some(PAUSE));
        }
        let mut failures = 0;
        for _ in 0..ACCEPTS_PER_TURN {
            if !(self.has_room)() {
                return self.pause(None);
            }
            match self.watch.socket().accept(gio::Cancellable::NONE) {
                Ok(socket) => {
                    let are_scarce = descriptors::are_scarce(socket.as_raw_fd());
                    (self.accepted)(socket);
                    if are_scarce {
                        return self.wait_for_descriptors("few are left");
                    }
                }
                Err(error) if error.matches(gio::IOErrorEnum::WouldBlock) => return,
                // Closed by what was called for the connection before.
                Err(error) if error.matches(gio::IOErrorEnum::Closed) => return,
                Err(error) if error.matches(gio::IOErrorEnum::TooManyOpenFiles) => {
                    return self.wait_for_descriptors(error.message());
                }
                // Of one that has gone already, or of all: then it shows.
                Err(error) => {
                    glib::g_debug!("Wsoup", "a connection was not accepted: {error}");
                    failures += 1;
                }
            }
        }
        if failures == ACCEPTS_PER_TURN {
            self.pause(Some(PAUSE));
        }
    }

    /// Waits for connections.
    fn watch(&self) {
        self.is_paused.set(false);
        self.watch.set_interest(Interest::READABLE, &self.watcher);
    }

    /// Waits to be resumed, or for a time, and not for connections.
    fn pause(&self, time: Option<Duration>) {
        self.is_paused.set(true);
        self.watch.clear();
        let deadline = time.map(|time| Instant::now() + time);
        self.watcher.set_deadline(deadline);
    }

    /// Looks whether there are enough file descriptors again.
    fn may_be_careless(&self) -> bool {
        let lowest = descriptors::lowest_free(self.watch.socket());
        let is_careful = lowest.is_none_or(descriptors::are_scarce);
        self.is_careful.set(is_careful);
        !is_careful
    }

    fn wait_for_descriptors(&self, reason: &str) {
        self.is_careful.set(true);
        let now = Instant::now();
        let last = self.last_report.get();
        if last.is_none_or(|last| now - last >= BETWEEN_REPORTS) {
            self.last_report.set(Some(now));
            // No warning, which may be fatal: anybody can bring this about.
            glib::g_message!(
                "Wsoup",
                "connections have to wait for file descriptors: {reason}"
            );
        }
        self.pause(Some(PAUSE));
    }
}
