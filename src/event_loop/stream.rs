//! A `GIOStream` that never blocks, and the sources that tell when it is ready.
//!
//! This is the portable way: GIO's pollable streams, one `GSource` a direction that is waited for.
#![allow(unsafe_code)]

use super::source::{SourceFunc, attach_entry, run_entry};
use super::task::TaskWatcher;
use super::{Cause, Entry, Watcher};
use gio::prelude::*;
use glib::ffi::{gboolean, gpointer};
use glib::gobject_ffi::GObject;
use glib::translate::*;
use std::cell::RefCell;
use std::future::poll_fn;
use std::io::IoSlice;
use std::ptr;
use std::sync::Arc;
use std::task::Poll;

/// Slices that one write passes on at most; the rest waits for the next.
pub(crate) const MAX_SLICES: usize = 16;

const EMPTY_VECTOR: gio::ffi::GOutputVector = gio::ffi::GOutputVector {
    buffer: ptr::null(),
    size: 0,
};

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

/// A stream that is read and written without blocking.
pub(crate) struct Stream {
    io: gio::IOStream,
    input: gio::PollableInputStream,
    output: gio::PollableOutputStream,
    sources: RefCell<Sources>,
}

#[derive(Default)]
struct Sources {
    readable: Option<glib::Source>,
    writable: Option<glib::Source>,
}

impl Stream {
    /// Takes `io`, or returns an error when it can only be used blocking.
    pub(crate) fn new(io: &gio::IOStream) -> Result<Self, glib::Error> {
        let input = io.input_stream().dynamic_cast::<gio::PollableInputStream>();
        let output = io
            .output_stream()
            .dynamic_cast::<gio::PollableOutputStream>();
        match (input, output) {
            (Ok(input), Ok(output)) if input.can_poll() && output.can_poll() => Ok(Self {
                io: io.clone(),
                input,
                output,
                sources: RefCell::default(),
            }),
            _ => Err(glib::Error::new(
                gio::IOErrorEnum::NotSupported,
                &format!("a {} cannot be used without blocking", io.type_()),
            )),
        }
    }

    /// Reads what is there.
    pub(crate) fn read(&self, buffer: &mut [u8]) -> Readiness {
        match self.input.read_nonblocking(buffer, gio::Cancellable::NONE) {
            Ok(length) => Readiness::Done(length.try_into().unwrap_or(0)),
            Err(error) if error.matches(gio::IOErrorEnum::WouldBlock) => Readiness::WouldBlock,
            Err(error) => Readiness::Failed(error),
        }
    }

    /// Writes as much of `slices`, in order, as the stream takes.
    pub(crate) fn write(&self, slices: &[IoSlice<'_>]) -> Readiness {
        let mut vectors = [EMPTY_VECTOR; MAX_SLICES];
        let count = slices.len().min(MAX_SLICES);
        for (vector, slice) in vectors.iter_mut().zip(slices) {
            (vector.buffer, vector.size) = (slice.as_ptr().cast(), slice.len());
        }
        let mut written = 0;
        let mut error = ptr::null_mut();
        // SAFETY: `vectors` describe live slices that GIO only reads; the out pointers are valid.
        let result = unsafe {
            gio::ffi::g_pollable_output_stream_writev_nonblocking(
                self.output.to_glib_none().0,
                vectors.as_mut_ptr(),
                count,
                &mut written,
                ptr::null_mut(),
                &mut error,
            )
        };
        match result {
            // Nothing was taken: as good as not ready.
            gio::ffi::G_POLLABLE_RETURN_OK if written == 0 => Readiness::WouldBlock,
            gio::ffi::G_POLLABLE_RETURN_OK => Readiness::Done(written),
            gio::ffi::G_POLLABLE_RETURN_WOULD_BLOCK => Readiness::WouldBlock,
            // SAFETY: GIO sets the error when it returns anything else, and hands it over.
            _ => Readiness::Failed(unsafe { from_glib_full(error) }),
        }
    }

    /// Makes `watcher` run when the stream is ready for what `interest` names, as long as it is.
    pub(crate) fn watch(&self, interest: Interest, watcher: &Watcher) {
        let sources = &mut *self.sources.borrow_mut();
        update(
            &mut sources.readable,
            interest.readable,
            watcher,
            Cause::Readable,
            || {
                // SAFETY: creates a source that references the stream; a NULL cancellable is allowed.
                unsafe {
                    from_glib_full(gio::ffi::g_pollable_input_stream_create_source(
                        self.input.to_glib_none().0,
                        ptr::null_mut(),
                    ))
                }
            },
        );
        update(
            &mut sources.writable,
            interest.writable,
            watcher,
            Cause::Writable,
            || {
                // SAFETY: as above.
                unsafe {
                    from_glib_full(gio::ffi::g_pollable_output_stream_create_source(
                        self.output.to_glib_none().0,
                        ptr::null_mut(),
                    ))
                }
            },
        );
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

    /// Closes the stream, in the background if that takes time.
    pub(crate) fn close(&self) {
        self.watch_nothing();
        if self.io.is::<gio::SocketConnection>() {
            // Does not block. It fails if it was closed by somebody else.
            let _ = self.io.close(gio::Cancellable::NONE);
        } else {
            super::close_later(&self.io);
        }
    }

    /// Stops watching.
    pub(crate) fn watch_nothing(&self) {
        let sources = self.sources.take();
        for source in [sources.readable, sources.writable].into_iter().flatten() {
            source.destroy();
        }
    }

    /// Waits until there is something to read, and reads it; 0 is the end of the stream.
    pub(crate) async fn read_async(&self, buffer: &mut [u8]) -> Result<usize, glib::Error> {
        let readable = Interest {
            readable: true,
            writable: false,
        };
        self.when(readable, || self.read(buffer)).await
    }

    /// Writes all of `bytes`.
    pub(crate) async fn write_all_async(&self, bytes: &[u8]) -> Result<(), glib::Error> {
        let writable = Interest {
            readable: false,
            writable: true,
        };
        let mut rest = bytes;
        while !rest.is_empty() {
            let written = self
                .when(writable, || self.write(&[IoSlice::new(rest)]))
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

impl Drop for Stream {
    fn drop(&mut self) {
        self.watch_nothing();
    }
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

/// Attaches or destroys the source of one direction.
fn update(
    slot: &mut Option<glib::Source>,
    wanted: bool,
    watcher: &Watcher,
    cause: Cause,
    create: impl FnOnce() -> glib::Source,
) {
    match (slot.is_some(), wanted) {
        (true, false) => slot.take().inspect(glib::Source::destroy),
        (false, true) => slot.replace(attach(create(), &watcher.0, cause)),
        _ => None,
    };
}

/// Lets a source of a pollable stream run `entry`.
fn attach(source: glib::Source, entry: &Arc<Entry>, cause: Cause) -> glib::Source {
    type PollableFunc = unsafe extern "C" fn(*mut GObject, gpointer) -> gboolean;

    let ready: PollableFunc = match cause {
        Cause::Writable => writable,
        Cause::Readable | Cause::Turn => readable,
    };
    // SAFETY: sources of pollable streams call a `GPollableSourceFunc`, which is what `ready` is;
    // GLib passes it around as the general `GSourceFunc`. It hands the entry to `run_entry()`.
    unsafe {
        attach_entry(
            source,
            std::mem::transmute::<PollableFunc, SourceFunc>(ready),
            entry,
        )
    }
}

unsafe extern "C" fn readable(_stream: *mut GObject, entry: gpointer) -> gboolean {
    // SAFETY: called by a source that `attach()` gave the entry to.
    unsafe { run_entry(entry, Cause::Readable) }
}

unsafe extern "C" fn writable(_stream: *mut GObject, entry: gpointer) -> gboolean {
    // SAFETY: called by a source that `attach()` gave the entry to.
    unsafe { run_entry(entry, Cause::Writable) }
}
