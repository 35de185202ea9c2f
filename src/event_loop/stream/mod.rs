//! A `GIOStream` that never blocks, and what tells when it is ready.
//!
//! A plain socket is read and written by the system's own calls, and watched by the context's
//! poller. Everything else (TLS, a stream that the application has made, any stream where there is
//! no poller) goes through GIO's pollable streams, with one `GSource` a direction that is waited
//! for.

mod pollable;
mod socket;

use super::gio_call::close_then;
use super::task::TaskWatcher;
use super::{ContextBound, Watcher};
use gio::prelude::*;
use pollable::PollableStream;
use socket::SocketStream;
use std::any::Any;
use std::future::poll_fn;
use std::io::IoSlice;
use std::task::Poll;
use std::time::Duration;

/// Slices that one write passes on at most; the rest waits for the next.
pub(crate) const MAX_SLICES: usize = 16;

/// How long it may take to close what stands above a socket.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(2);

/// How an attempt to read or write ended.
pub(crate) enum Readiness {
    /// So many bytes were moved; 0 from a read is the end of the stream.
    Done(usize),
    /// Nothing can be moved now.
    WouldBlock,
    /// The stream is broken.
    Failed(glib::Error),
}

/// What a watcher waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Interest {
    pub(crate) readable: bool,
    pub(crate) writable: bool,
}

impl Interest {
    pub(crate) const READABLE: Self = Self {
        readable: true,
        writable: false,
    };
    pub(crate) const WRITABLE: Self = Self {
        readable: false,
        writable: true,
    };

    pub(super) fn is_none(self) -> bool {
        self == Self::default()
    }
}

/// A stream that is read and written without blocking.
pub(crate) struct Stream {
    io: gio::IOStream,
    kind: Kind,
}

enum Kind {
    Socket(SocketStream),
    Pollable(PollableStream),
}

impl Stream {
    /// Takes `io`, or returns an error when it can only be used blocking.
    pub(crate) fn new(io: &gio::IOStream) -> Result<Self, glib::Error> {
        let kind = match SocketStream::new(io) {
            Some(socket) => Kind::Socket(socket),
            None => Kind::Pollable(PollableStream::new(io)?),
        };
        Ok(Self {
            io: io.clone(),
            kind,
        })
    }

    /// Reads what is there.
    pub(crate) fn read(&self, buffer: &mut [u8]) -> Readiness {
        match &self.kind {
            Kind::Socket(socket) => socket.read(buffer),
            Kind::Pollable(stream) => stream.read(buffer),
        }
    }

    /// The stream as a plain socket, whose functions call no one else's code.
    pub(crate) fn as_socket(&self) -> Option<&SocketStream> {
        match &self.kind {
            Kind::Socket(socket) => Some(socket),
            Kind::Pollable(_) => None,
        }
    }

    /// Writes as much of `slices`, in order, as the stream takes.
    pub(crate) fn write(&self, slices: &[IoSlice<'_>]) -> Readiness {
        match &self.kind {
            Kind::Socket(socket) => socket.write(slices),
            Kind::Pollable(stream) => stream.write(slices),
        }
    }

    /// Makes `watcher` run when the stream is ready for what `interest` names, as long as it is.
    pub(crate) fn watch(&self, interest: Interest, watcher: &Watcher) {
        match &self.kind {
            Kind::Socket(socket) => socket.watch(interest, watcher),
            Kind::Pollable(stream) => stream.watch(interest, watcher),
        }
    }

    /// Stops watching.
    pub(crate) fn watch_nothing(&self) {
        match &self.kind {
            Kind::Socket(socket) => socket.watch_nothing(),
            Kind::Pollable(stream) => stream.watch_nothing(),
        }
    }

    /// Tells the peer that nothing more will be written, where the stream can.
    pub(crate) fn shutdown_write(&self) {
        if let Some(connection) = self.io.downcast_ref::<gio::SocketConnection>() {
            // It fails when the peer is gone already; then there is nobody to tell.
            let _ = connection.socket().shutdown(false, true);
        } else if self.io.is::<gio::TlsConnection>() {
            // Sends a close_notify alert (RFC 8446 §6.1), which only ends this direction.
            super::gio_call::close_output_later(&self.io.output_stream());
        }
    }

    /// How many bytes that were written the peer's system has not acknowledged, where the system tells.
    pub(crate) fn unacknowledged(&self) -> Option<u64> {
        socket::unacknowledged(&socket_below(&self.io)?)
    }

    /// Closes the stream, in the background if that takes time, and drops `kept` when it is closed. To
    /// be called where `context` runs.
    pub(crate) fn close(&self, context: &glib::MainContext, kept: impl Any) {
        self.watch_nothing();
        if self.io.is::<gio::SocketConnection>() {
            // Does not block. It fails if it was closed by somebody else.
            let _ = self.io.close(gio::Cancellable::NONE);
            return;
        }
        // GIO calls back in the thread-default context, which this one need not be.
        let close = || close_in_time(&self.io, context, kept);
        if context.with_thread_default(close).is_err() {
            // The last reference is dropped while another thread runs the context.
            super::close_later(&self.io);
        }
    }

    /// As [`close`](Self::close), where the peer is not worth waiting for: it is told nothing more.
    pub(crate) fn give_up(&self, context: &glib::MainContext, kept: impl Any) {
        if !self.io.is::<gio::SocketConnection>() {
            cut(&self.io);
        }
        self.close(context, kept);
    }

    /// Waits until there is something to read, or the end. Of other streams than plain sockets nobody
    /// can tell.
    pub(crate) async fn readable(&self) -> Result<(), glib::Error> {
        let Some(connection) = self.io.downcast_ref::<gio::SocketConnection>() else {
            return Ok(());
        };
        let socket = connection.socket();
        let attempt = || {
            if SocketExt::condition_check(&socket, glib::IOCondition::IN).is_empty() {
                Readiness::WouldBlock
            } else {
                Readiness::Done(0)
            }
        };
        self.when(Interest::READABLE, attempt).await.map(drop)
    }

    /// Waits until there is something to read, and reads it; 0 is the end of the stream.
    pub(crate) async fn read_async(&self, buffer: &mut [u8]) -> Result<usize, glib::Error> {
        self.when(Interest::READABLE, || self.read(buffer)).await
    }

    /// Writes all of `bytes`.
    pub(crate) async fn write_all_async(&self, bytes: &[u8]) -> Result<(), glib::Error> {
        let mut rest = bytes;
        while !rest.is_empty() {
            let written = self
                .when(Interest::WRITABLE, || self.write(&[IoSlice::new(rest)]))
                .await?;
            rest = &rest[written..];
        }
        Ok(())
    }

    /// Tries `attempt` until it does not block, waiting for `interest` in between.
    async fn when(
        &self,
        interest: Interest,
        mut attempt: impl FnMut() -> Readiness,
    ) -> Result<usize, glib::Error> {
        let mut wait: Option<Wait<'_>> = None;
        poll_fn(|task| match attempt() {
            Readiness::Done(length) => Poll::Ready(Ok(length)),
            Readiness::Failed(error) => Poll::Ready(Err(error)),
            Readiness::WouldBlock => {
                wait.get_or_insert_with(|| Wait::new(self, interest))
                    .task
                    .set_waker(task);
                Poll::Pending
            }
        })
        .await
    }
}

/// Closes `io`, and drops `kept` when it is closed.
///
/// GIO closes TLS in a thread. It says so to the peer before it closes the socket, and waits without end for
/// a peer that reads nothing, or that has begun another handshake and says nothing more.
fn close_in_time(io: &gio::IOStream, context: &glib::MainContext, kept: impl Any) {
    if socket_below(io).is_none() {
        return super::close_later(io);
    }
    let bound = ContextBound::new(io.clone());
    // No deadline of the event loop, which would keep the context: that may end before.
    let alarm = glib::timeout_source_new(CLOSE_TIMEOUT, None, glib::Priority::DEFAULT, move || {
        cut(bound.get());
        glib::ControlFlow::Break
    });
    alarm.attach(Some(context));
    close_then(io, move || {
        alarm.destroy();
        drop(kept);
    });
}

/// Ends `io` in both directions, so that who waits for it sees its end; tells whether it could.
pub(crate) fn cut(io: &gio::IOStream) -> bool {
    let socket = socket_below(io);
    if let Some(socket) = &socket {
        // It fails if the other side has done the same; then it is what it should be.
        let _ = socket.shutdown(true, true);
    }
    socket.is_some()
}

/// The socket that `io` writes to in the end, below all TLS; `None` if there is none.
pub(crate) fn socket_below(io: &gio::IOStream) -> Option<gio::Socket> {
    let mut lowest = io.clone();
    while let Some(tls) = lowest.downcast_ref::<gio::TlsConnection>() {
        lowest = tls.base_io_stream()?;
    }
    Some(lowest.downcast_ref::<gio::SocketConnection>()?.socket())
}

/// Watches a stream for a task; stops on drop.
struct Wait<'a> {
    stream: &'a Stream,
    task: TaskWatcher,
}

impl<'a> Wait<'a> {
    fn new(stream: &'a Stream, interest: Interest) -> Self {
        let task = TaskWatcher::new();
        stream.watch(interest, task.watcher());
        Self { stream, task }
    }
}

impl Drop for Wait<'_> {
    fn drop(&mut self) {
        self.stream.watch_nothing();
    }
}
