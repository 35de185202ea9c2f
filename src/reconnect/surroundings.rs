//! What a client is told by its surroundings: that the network has changed, or that the machine has
//! slept; and the timer by which it is woken.

use crate::event_loop::{EventLoop, Watcher, time_asleep};
use crate::random;
use gio::prelude::*;
use glib::SignalHandlerId;
use glib::subclass::prelude::*;
use std::cell::{Cell, OnceCell, RefCell};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// How often a client that was started looks whether the machine has slept. Timers do not run
/// meanwhile, and nothing else tells that peers may be gone.
pub(super) const LOOK: Duration = Duration::from_secs(5);

/// From when on it matters. Clocks that are read one after the other differ by less.
const NAP: Duration = Duration::from_secs(1);

/// From when on a timer that is late means that the process was stopped: then timers were, too.
const LATE: Duration = Duration::from_secs(10);

pub(super) struct Surroundings {
    watcher: OnceCell<Arc<Watcher>>,
    event_loop: OnceCell<Arc<EventLoop>>,
    network: RefCell<Option<Network>>,
    /// When the timer is to wake the client.
    deadline: Cell<Option<Instant>>,
    /// How long the machine had slept when it was looked at last.
    asleep: Cell<Duration>,
    /// What tells how long the machine has slept, and what gives random numbers; tests have their own.
    pub(super) time_asleep: Cell<fn() -> Duration>,
    pub(super) jitter: Cell<fn() -> f64>,
}

impl Default for Surroundings {
    fn default() -> Self {
        Self {
            watcher: OnceCell::new(),
            event_loop: OnceCell::new(),
            network: RefCell::default(),
            deadline: Cell::new(None),
            asleep: Cell::new(Duration::ZERO),
            time_asleep: Cell::new(time_asleep),
            jitter: Cell::new(random::fraction),
        }
    }
}

impl Surroundings {
    /// Has `client` woken in the thread-default context from now on.
    pub(super) fn attach(&self, client: &super::ReconnectingClient) {
        let event_loop = self.event_loop.get_or_init(EventLoop::thread_default);
        let client = client.downgrade();
        let watcher = Watcher::new(event_loop, move |_, now| {
            if let Some(client) = client.upgrade() {
                client.imp().turn(now);
            }
        });
        // It is attached once, at construction.
        let _ = self.watcher.set(Arc::new(watcher));
    }

    /// Where the client's attempts run.
    pub(super) fn event_loop(&self) -> &Arc<EventLoop> {
        self.event_loop.get_or_init(EventLoop::thread_default)
    }

    /// Begins to look around; `uses_network` says whether what is connected to is on a network.
    pub(super) fn watch(&self, uses_network: bool) {
        self.asleep.set(self.time_asleep.get()());
        if let Some(watcher) = self.watcher.get().filter(|_| uses_network)
            && self.network.borrow().is_none()
        {
            let network = Network::new(watcher);
            self.network.replace(Some(network));
        }
    }

    /// No longer looks around.
    pub(super) fn ignore(&self) {
        self.wake_at(None);
        drop(self.network.take());
    }

    /// Has the client woken at `deadline`, and no more for the one before.
    pub(super) fn wake_at(&self, deadline: Option<Instant>) {
        self.deadline.set(deadline);
        if let Some(watcher) = self.watcher.get() {
            watcher.set_deadline(deadline);
        }
    }

    /// Whether there is a network, as far as is known; `None` if that has not changed since it was
    /// asked last.
    pub(super) fn news_of_network(&self) -> Option<bool> {
        let monitor = {
            let network = self.network.borrow();
            let network = network.as_ref()?;
            let has_news = network.has_changed.swap(false, Ordering::AcqRel);
            has_news.then(|| network.monitor.clone())?
        };
        Some(monitor.is_network_available())
    }

    /// Whether somebody else answers for all servers: a network that wants its users to log in first.
    pub(super) fn is_behind_portal(&self) -> bool {
        let network = self.network.borrow();
        let monitor = network.as_ref().map(|network| network.monitor.clone());
        drop(network);
        monitor.is_some_and(|monitor| monitor.connectivity() == gio::NetworkConnectivity::Portal)
    }

    /// Whether the machine has slept, or the process was stopped, since this was asked last.
    pub(super) fn has_slept(&self, now: Instant) -> bool {
        let asleep = self.time_asleep.get()();
        let slept = asleep.saturating_sub(self.asleep.replace(asleep));
        let late = self.deadline.get().map_or(Duration::ZERO, |deadline| {
            now.saturating_duration_since(deadline)
        });
        slept > NAP || late > LATE
    }
}

/// GIO's monitor, and whether it had something to say.
struct Network {
    monitor: gio::NetworkMonitor,
    handler: Option<SignalHandlerId>,
    has_changed: Arc<AtomicBool>,
}

impl Network {
    fn new(watcher: &Arc<Watcher>) -> Self {
        let monitor = gio::NetworkMonitor::default();
        // What there is now is news, too.
        let has_changed = Arc::new(AtomicBool::new(true));
        // The monitor is one for all threads, and may call in any.
        let handler = monitor.connect("network-changed", false, {
            let (watcher, has_changed) = (Arc::downgrade(watcher), has_changed.clone());
            move |_| {
                has_changed.store(true, Ordering::Release);
                if let Some(watcher) = watcher.upgrade() {
                    watcher.wake();
                }
                None
            }
        });
        Self {
            monitor,
            handler: Some(handler),
            has_changed,
        }
    }
}

impl Drop for Network {
    fn drop(&mut self) {
        if let Some(handler) = self.handler.take() {
            self.monitor.disconnect(handler);
        }
    }
}

/// Whether `host` is this machine: no network is needed to get there.
pub(super) fn is_local(host: &str) -> bool {
    if host.eq_ignore_ascii_case("localhost") {
        return true;
    }
    gio::InetAddress::from_string(host).is_some_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback_needs_no_network() {
        for host in ["localhost", "LOCALHOST", "127.0.0.1", "127.8.9.1", "::1"] {
            assert!(is_local(host), "{host}");
        }
        for host in [
            "example.org",
            "10.0.0.1",
            "localhost.example.org",
            "::2",
            "",
        ] {
            assert!(!is_local(host), "{host}");
        }
    }
}
