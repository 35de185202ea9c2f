//! Which of the sockets of a context are ready: asked once for all of them.
//!
//! A `GMainContext` hands every file descriptor that it knows to `poll()`, in every iteration, so
//! it is told of one only: that of an epoll set, which holds those of the sockets. Where the system
//! has no such thing there is no poller, and sockets are watched by a `GSource` each, as all other
//! streams are; setting `WSOUP_POLLER=none` in the environment does the same anywhere.

#[cfg(target_os = "linux")]
mod epoll;
#[cfg(not(target_os = "linux"))]
#[path = "no_epoll.rs"]
mod epoll;

use super::{Entry, EventLoop, Interest, Watcher, lock};
use epoll::Epoll;
use gio::prelude::*;
use std::cell::Cell;
use std::os::fd::{AsRawFd, RawFd};
use std::sync::{Arc, LazyLock, Mutex};

/// The sockets of one context.
pub(super) struct Poller {
    epoll: Epoll,
    watched: Mutex<Watched>,
}

impl Poller {
    /// Makes one, where that is possible and wanted.
    pub(super) fn new() -> Option<Self> {
        if !Self::is_available() {
            return None;
        }
        match Epoll::new() {
            Ok(epoll) => Some(Self {
                epoll,
                watched: Mutex::default(),
            }),
            Err(error) => {
                glib::g_debug!("Wsoup", "sockets are polled one by one: {error}");
                None
            }
        }
    }

    /// Whether contexts have one.
    pub(super) fn is_available() -> bool {
        static IS_WANTED: LazyLock<bool> =
            LazyLock::new(|| std::env::var_os("WSOUP_POLLER").is_none_or(|value| value != "none"));
        cfg!(target_os = "linux") && *IS_WANTED
    }

    /// What is readable while any socket is ready.
    pub(super) fn as_raw_fd(&self) -> RawFd {
        self.epoll.as_raw_fd()
    }

    /// Calls `ready` with whoever waits for a socket that is ready, and whether it can be read.
    pub(super) fn poll(&self, mut ready: impl FnMut(&Arc<Entry>, bool)) {
        let watched = lock(&self.watched);
        self.epoll.poll(|token, is_readable| {
            if let Some(entry) = watched.get(token) {
                ready(entry, is_readable);
            }
        });
    }
}

/// A socket that a watcher waits for, until it is dropped.
pub(super) struct Registration {
    event_loop: Arc<EventLoop>,
    token: u64,
    socket: gio::Socket,
    interest: Cell<Interest>,
}

impl Registration {
    /// Has `watcher` run as long as `socket` is ready for what `interest` names.
    ///
    /// `None` if there is no poller or it cannot take the socket.
    pub(super) fn new(socket: &gio::Socket, interest: Interest, watcher: &Watcher) -> Option<Self> {
        let event_loop = watcher.0.event_loop.clone();
        let poller = event_loop.poller.as_ref()?;
        let token = lock(&poller.watched).insert(watcher.0.clone());
        if let Err(error) = poller.epoll.add(socket.as_raw_fd(), token, interest) {
            glib::g_debug!("Wsoup", "a socket is polled alone: {error}");
            lock(&poller.watched).remove(token);
            return None;
        }
        Some(Self {
            token,
            socket: socket.clone(),
            interest: Cell::new(interest),
            event_loop,
        })
    }

    /// Waits for something else from now on.
    pub(super) fn set_interest(&self, interest: Interest) {
        if self.interest.replace(interest) != interest
            && let Some(poller) = &self.event_loop.poller
            && let Err(error) = poller
                .epoll
                .change(self.socket.as_raw_fd(), self.token, interest)
        {
            // Somebody else has closed it: what is tried next with it will say so.
            glib::g_debug!("Wsoup", "a socket cannot be polled any more: {error}");
        }
    }
}

impl Drop for Registration {
    fn drop(&mut self) {
        if let Some(poller) = self.event_loop.poller.as_ref() {
            // A socket that is closed has left the set by itself, and its number may be another's.
            if !self.socket.is_closed() {
                poller.epoll.remove(self.socket.as_raw_fd());
            }
            let entry = lock(&poller.watched).remove(self.token);
            // Dropped here, not within the lock.
            drop(entry);
        }
    }
}

/// The entries that are waiting, by token. A token is not used again: what the set says of one
/// that has gone is not mistaken for news of the next.
#[derive(Default)]
struct Watched {
    slots: Vec<Slot>,
    free: Vec<u32>,
}

#[derive(Default)]
struct Slot {
    generation: u32,
    entry: Option<Arc<Entry>>,
}

impl Watched {
    fn insert(&mut self, entry: Arc<Entry>) -> u64 {
        let index = self.free.pop().unwrap_or_else(|| {
            self.slots.push(Slot::default());
            // There are fewer file descriptors than that.
            (self.slots.len() - 1) as u32
        });
        let slot = &mut self.slots[index as usize];
        slot.entry = Some(entry);
        u64::from(slot.generation) << 32 | u64::from(index)
    }

    fn get(&self, token: u64) -> Option<&Arc<Entry>> {
        let (generation, index) = split(token);
        let slot = self.slots.get(index)?;
        slot.entry
            .as_ref()
            .filter(|_| slot.generation == generation)
    }

    fn remove(&mut self, token: u64) -> Option<Arc<Entry>> {
        let (generation, index) = split(token);
        let slot = self.slots.get_mut(index)?;
        if slot.generation != generation {
            return None;
        }
        slot.generation = slot.generation.wrapping_add(1);
        self.free.push(index as u32);
        slot.entry.take()
    }
}

/// Generation and index.
fn split(token: u64) -> (u32, usize) {
    ((token >> 32) as u32, token as u32 as usize)
}
