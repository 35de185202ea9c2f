//! A stream on which HTTP heads and bodies are read and written, with what was read too much.

use crate::event_loop::Stream;
use gio::prelude::*;
use std::any::Any;

/// Bytes that one read takes in at most.
const CHUNK: usize = 4 * 1024;

/// A stream and the bytes that were read from it and not used yet.
pub(crate) struct Transport {
    io: gio::IOStream,
    stream: Stream,
    unread: Vec<u8>,
}

impl Transport {
    pub(crate) fn new(io: gio::IOStream) -> Result<Self, glib::Error> {
        Ok(Self {
            stream: Stream::new(&io)?,
            io,
            unread: Vec::new(),
        })
    }

    /// The stream.
    pub(crate) fn io(&self) -> &gio::IOStream {
        &self.io
    }

    /// What was read and is not consumed.
    pub(crate) fn unread(&self) -> &[u8] {
        &self.unread
    }

    /// Forgets the first `length` unread bytes.
    pub(crate) fn consume(&mut self, length: usize) {
        self.unread.drain(..length);
    }

    /// Reads more; returns `false` at the end of the stream.
    pub(crate) async fn fill(&mut self) -> Result<bool, glib::Error> {
        let before = self.unread.len();
        self.unread.resize(before + CHUNK, 0);
        let result = self.stream.read_async(&mut self.unread[before..]).await;
        self.unread
            .truncate(before + result.as_ref().copied().unwrap_or(0));
        Ok(result? > 0)
    }

    /// Writes all of `bytes`.
    pub(crate) async fn write(&self, bytes: &[u8]) -> Result<(), glib::Error> {
        self.stream.write_all_async(bytes).await
    }

    /// Says that nothing more will be written.
    pub(crate) fn shutdown_write(&self) {
        self.stream.shutdown_write();
    }

    /// Closes the stream, and drops `kept` when it is closed.
    pub(crate) fn close(&self, kept: impl Any) {
        self.stream
            .close(&glib::MainContext::ref_thread_default(), kept);
    }

    /// As [`close`](Self::close), of a stream whose peer is told nothing more.
    pub(crate) fn give_up(&self, kept: impl Any) {
        self.stream
            .give_up(&glib::MainContext::ref_thread_default(), kept);
    }

    /// Gives the stream away, with what was read from it too much.
    pub(crate) fn take_parts(&mut self) -> (gio::IOStream, Vec<u8>) {
        (self.io.clone(), std::mem::take(&mut self.unread))
    }
}

/// Has small messages sent at once: what waits to be sent together is put together here.
pub(crate) fn disable_nagle(socket: &gio::Socket) {
    if matches!(
        socket.family(),
        gio::SocketFamily::Ipv4 | gio::SocketFamily::Ipv6
    ) {
        // It is an optimisation: a socket that does not know it does without.
        let _ = socket.set_option(libc::IPPROTO_TCP, libc::TCP_NODELAY, 1);
    }
}
