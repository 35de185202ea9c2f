//! An epoll set (Linux), level-triggered: what was not dealt with is reported again.
#![allow(unsafe_code)]

use super::Interest;
use std::ffi::c_int;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd};
use std::{io, mem, ptr};

/// Sockets that one look at the set tells of; the others are at the front the next time.
const EVENTS: usize = 128;

pub(super) struct Epoll(OwnedFd);

impl Epoll {
    pub(super) fn new() -> io::Result<Self> {
        // SAFETY: takes no pointers.
        let fd = unsafe { libc::epoll_create1(libc::EPOLL_CLOEXEC) };
        if fd < 0 {
            return Err(io::Error::last_os_error());
        }
        // SAFETY: it has just been made, and nobody else knows it.
        Ok(Self(unsafe { OwnedFd::from_raw_fd(fd) }))
    }

    pub(super) fn as_raw_fd(&self) -> RawFd {
        self.0.as_raw_fd()
    }

    pub(super) fn add(&self, fd: RawFd, token: u64, interest: Interest) -> io::Result<()> {
        self.control(libc::EPOLL_CTL_ADD, fd, token, interest)
    }

    pub(super) fn change(&self, fd: RawFd, token: u64, interest: Interest) -> io::Result<()> {
        self.control(libc::EPOLL_CTL_MOD, fd, token, interest)
    }

    pub(super) fn remove(&self, fd: RawFd) {
        // It fails if somebody else has closed it: then it is not there any more.
        let _ = self.control(libc::EPOLL_CTL_DEL, fd, 0, Interest::default());
    }

    fn control(
        &self,
        operation: c_int,
        fd: RawFd,
        token: u64,
        interest: Interest,
    ) -> io::Result<()> {
        let bit = |wanted: bool, bit: c_int| if wanted { bit as u32 } else { 0 };
        let mut event = libc::epoll_event {
            events: bit(interest.readable, libc::EPOLLIN) | bit(interest.writable, libc::EPOLLOUT),
            u64: token,
        };
        // SAFETY: `event` lives for the call.
        let result = unsafe { libc::epoll_ctl(self.as_raw_fd(), operation, fd, &raw mut event) };
        if result < 0 {
            return Err(io::Error::last_os_error());
        }
        Ok(())
    }

    /// Calls `ready` with the token of each socket that is, and whether it is ready to be read.
    pub(super) fn poll(&self, mut ready: impl FnMut(u64, bool)) {
        let mut events = [const { mem::MaybeUninit::<libc::epoll_event>::uninit() }; EVENTS];
        // SAFETY: there is room for so many events.
        let count = unsafe {
            libc::epoll_wait(
                self.as_raw_fd(),
                events.as_mut_ptr().cast(),
                EVENTS as c_int,
                0,
            )
        };
        // It fails if a signal comes in between; the set is ready the next time as well.
        for event in &events[..usize::try_from(count).unwrap_or(0)] {
            // SAFETY: so many were written. They may be packed, so they are copied.
            let event = unsafe { ptr::read_unaligned(event.as_ptr()) };
            // An end, or an error, is found out by reading.
            let is_readable = event.events & !(libc::EPOLLOUT as u32) != 0;
            ready(event.u64, is_readable);
        }
    }
}
