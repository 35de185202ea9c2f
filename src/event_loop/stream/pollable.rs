//! Streams of all kinds, by GIO's pollable streams and a `GSource` a direction.
#![allow(unsafe_code)]

use super::{Interest, MAX_SLICES, Readiness};
use crate::event_loop::source::{SourceFunc, Unattached, run_entry};
use crate::event_loop::sources::{Direction, Sources};
use crate::event_loop::{Cause, Watcher};
use gio::prelude::*;
use glib::ffi::{gboolean, gpointer};
use glib::gobject_ffi::GObject;
use glib::translate::*;
use std::cell::RefCell;
use std::io::IoSlice;
use std::ptr;

const EMPTY_VECTOR: gio::ffi::GOutputVector = gio::ffi::GOutputVector {
    buffer: ptr::null(),
    size: 0,
};

pub(super) struct PollableStream {
    input: gio::PollableInputStream,
    output: gio::PollableOutputStream,
    sources: RefCell<Sources>,
}

impl PollableStream {
    pub(super) fn new(io: &gio::IOStream) -> Result<Self, glib::Error> {
        let input = io.input_stream().dynamic_cast::<gio::PollableInputStream>();
        let output = io
            .output_stream()
            .dynamic_cast::<gio::PollableOutputStream>();
        match (input, output) {
            (Ok(input), Ok(output)) if input.can_poll() && output.can_poll() => Ok(Self {
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

    pub(super) fn read(&self, buffer: &mut [u8]) -> Readiness {
        match self.input.read_nonblocking(buffer, gio::Cancellable::NONE) {
            Ok(length) => Readiness::Done(length.try_into().unwrap_or(0)),
            Err(error) if error.matches(gio::IOErrorEnum::WouldBlock) => Readiness::WouldBlock,
            Err(error) => Readiness::Failed(error),
        }
    }

    pub(super) fn write(&self, slices: &[IoSlice<'_>]) -> Readiness {
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

    pub(super) fn watch(&self, interest: Interest, watcher: &Watcher) {
        let mut sources = self.sources.borrow_mut();
        sources.set_interest(interest, watcher, |direction| self.source(direction));
    }

    pub(super) fn watch_nothing(&self) {
        // Destroyed outside of the borrow.
        drop(self.sources.take());
    }

    fn source(&self, direction: Direction) -> Unattached {
        type PollableFunc = unsafe extern "C" fn(*mut GObject, gpointer) -> gboolean;

        // SAFETY: makes a source that references the stream; a NULL cancellable is allowed. Sources
        // of pollable streams call a `GPollableSourceFunc`, which is what the functions are; GLib
        // passes it around as the general `GSourceFunc`. They hand the entry to `run_entry()`.
        unsafe {
            let (source, callback) = match direction {
                Direction::In => (
                    gio::ffi::g_pollable_input_stream_create_source(
                        self.input.to_glib_none().0,
                        ptr::null_mut(),
                    ),
                    readable as PollableFunc,
                ),
                Direction::Out => (
                    gio::ffi::g_pollable_output_stream_create_source(
                        self.output.to_glib_none().0,
                        ptr::null_mut(),
                    ),
                    writable as PollableFunc,
                ),
            };
            Unattached::new(
                from_glib_full(source),
                std::mem::transmute::<PollableFunc, SourceFunc>(callback),
            )
        }
    }
}

unsafe extern "C" fn readable(_stream: *mut GObject, entry: gpointer) -> gboolean {
    // SAFETY: called by a source that has the entry.
    unsafe { run_entry(entry, Cause::Readable) }
}

unsafe extern "C" fn writable(_stream: *mut GObject, entry: gpointer) -> gboolean {
    // SAFETY: called by a source that has the entry.
    unsafe { run_entry(entry, Cause::Other) }
}
