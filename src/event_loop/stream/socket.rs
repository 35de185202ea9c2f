//! Plain sockets, by the system's own calls.
//!
//! GIO would do the same after some checks, and make a `GError` of each time that nothing is there.
#![allow(unsafe_code)]

use super::{Interest, Readiness};
use crate::event_loop::Watcher;
use crate::event_loop::poller::Poller;
use crate::event_loop::socket_watch::SocketWatch;
use gio::prelude::*;
use glib::translate::*;
use std::ffi::c_int;
use std::io::{self, ErrorKind, IoSlice};
use std::mem;
use std::os::fd::AsRawFd;

pub(crate) struct SocketStream {
    socket: gio::Socket,
    watch: SocketWatch,
}

impl SocketStream {
    /// Takes the socket of `io`, if it is one and there is a poller to watch it.
    pub(super) fn new(io: &gio::IOStream) -> Option<Self> {
        // Exactly these: a class derived from them may have streams of its own, as
        // `GTcpWrapperConnection` has.
        const PLAIN: [&str; 3] = ["GTcpConnection", "GUnixConnection", "GSocketConnection"];

        let connection = io.downcast_ref::<gio::SocketConnection>()?;
        if !Poller::is_available() || !PLAIN.contains(&connection.type_().name()) {
            return None;
        }
        let socket = connection.socket();
        Some(Self {
            watch: SocketWatch::new(&socket),
            socket,
        })
    }

    pub(super) fn read(&self, buffer: &mut [u8]) -> Readiness {
        // The number is -1 once the socket is closed, whoever did it, so no other file is meant.
        let fd = self.socket.as_raw_fd();
        attempt("receiving", || {
            // SAFETY: the buffer may be written to for its length.
            unsafe { libc::recv(fd, buffer.as_mut_ptr().cast(), buffer.len(), NON_BLOCKING) }
        })
    }

    /// Reads up to `most` bytes to the end of `buffer`, as far as its capacity goes.
    pub(crate) fn append(&self, buffer: &mut Vec<u8>, most: usize) -> Readiness {
        let fd = self.socket.as_raw_fd();
        let room = buffer.spare_capacity_mut();
        let most = most.min(room.len());
        let start = room.as_mut_ptr();
        let result = attempt("receiving", || {
            // SAFETY: the spare capacity may be written to for its length.
            unsafe { libc::recv(fd, start.cast(), most, NON_BLOCKING) }
        });
        if let Readiness::Done(length) = result {
            // SAFETY: so many bytes behind the end were written just now.
            unsafe { buffer.set_len(buffer.len() + length) };
        }
        result
    }

    pub(super) fn write(&self, slices: &[IoSlice<'_>]) -> Readiness {
        let fd = self.socket.as_raw_fd();
        // SAFETY: all bits zero are a message without anything.
        let mut message: libc::msghdr = unsafe { mem::zeroed() };
        // An `IoSlice` has the layout of an `iovec`.
        message.msg_iov = slices.as_ptr().cast_mut().cast();
        message.msg_iovlen = slices.len() as _;
        attempt("sending", || {
            // SAFETY: the message describes live slices, which are only read.
            unsafe { libc::sendmsg(fd, &raw const message, NON_BLOCKING | libc::MSG_NOSIGNAL) }
        })
    }

    pub(super) fn watch(&self, interest: Interest, watcher: &Watcher) {
        self.watch.set_interest(interest, watcher);
    }

    pub(super) fn watch_nothing(&self) {
        self.watch.clear();
    }
}

/// How many bytes in the socket the peer's system has not acknowledged.
#[cfg(target_os = "linux")]
pub(super) fn unacknowledged(socket: &gio::Socket) -> Option<u64> {
    let mut size: c_int = 0;
    // SAFETY: the request (`SIOCOUTQ`) writes an `int`; a descriptor that is no socket is refused.
    let result = unsafe { libc::ioctl(socket.as_raw_fd(), libc::TIOCOUTQ, &raw mut size) };
    if result == 0 {
        size.try_into().ok()
    } else {
        None
    }
}

/// Other systems do not tell in one way.
#[cfg(not(target_os = "linux"))]
pub(super) fn unacknowledged(_socket: &gio::Socket) -> Option<u64> {
    None
}

/// GIO makes its sockets non-blocking, but one may have been made blocking behind its back.
const NON_BLOCKING: c_int = libc::MSG_DONTWAIT;

/// Makes a system call that moves bytes, again if a signal comes in between.
fn attempt(what: &str, mut call: impl FnMut() -> isize) -> Readiness {
    loop {
        if let Ok(length) = usize::try_from(call()) {
            return Readiness::Done(length);
        }
        let error = io::Error::last_os_error();
        match error.kind() {
            ErrorKind::Interrupted => (),
            ErrorKind::WouldBlock => return Readiness::WouldBlock,
            _ => return Readiness::Failed(to_glib(what, &error)),
        }
    }
}

/// The error as GIO would have it.
fn to_glib(what: &str, error: &io::Error) -> glib::Error {
    let number = error.raw_os_error().unwrap_or(0);
    // SAFETY: any number may be asked about; the text is GLib's, and lives for ever.
    let (code, text): (gio::IOErrorEnum, glib::GString) = unsafe {
        (
            from_glib(gio::ffi::g_io_error_from_errno(number)),
            from_glib_none(glib::ffi::g_strerror(number)),
        )
    };
    glib::Error::new(code, &format!("error {what} data: {text}"))
}
