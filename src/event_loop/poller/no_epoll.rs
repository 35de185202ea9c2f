//! Where the system has no epoll: there is none of these.

use super::Interest;
use std::io;
use std::os::fd::RawFd;

pub(super) enum Epoll {}

impl Epoll {
    pub(super) fn new() -> io::Result<Self> {
        Err(io::ErrorKind::Unsupported.into())
    }

    pub(super) fn as_raw_fd(&self) -> RawFd {
        match *self {}
    }

    pub(super) fn add(&self, _fd: RawFd, _token: u64, _interest: Interest) -> io::Result<()> {
        match *self {}
    }

    pub(super) fn change(&self, _fd: RawFd, _token: u64, _interest: Interest) -> io::Result<()> {
        match *self {}
    }

    pub(super) fn remove(&self, _fd: RawFd) {
        match *self {}
    }

    pub(super) fn poll(&self, _ready: impl FnMut(u64, bool)) {
        match *self {}
    }
}
