//! The `GSource` through which an [`EventLoop`] takes part in its context, and how the sources of
//! streams and sockets run an [`Entry`].
#![allow(unsafe_code)]

use super::{Cause, Entry, EventLoop};
use glib::ffi::{self, gboolean, gpointer};
use glib::translate::*;
use std::ffi::{c_int, c_uint};
use std::mem::size_of;
use std::os::fd::RawFd;
use std::ptr;
use std::sync::{Arc, Weak};
use std::time::Instant;

/// A `GSource` attached to a context; destroyed on drop.
pub(super) struct ContextSource(ptr::NonNull<ffi::GSource>);

// SAFETY: GLib's reference count of a source is atomic and `g_source_destroy()` may be called in
// any thread; nothing else is done with the pointer.
unsafe impl Send for ContextSource {}
// SAFETY: as above.
unsafe impl Sync for ContextSource {}

/// What GLib allocates: its own part first.
#[repr(C)]
struct RawSource {
    parent: ffi::GSource,
    /// Owned; made by `Weak::into_raw`, taken back in `finalize`.
    event_loop: *const EventLoop,
    /// Stands for the poller's file descriptor; NULL without one.
    poller: gpointer,
}

static FUNCTIONS: Functions = Functions(ffi::GSourceFuncs {
    prepare: Some(prepare),
    check: Some(check),
    dispatch: Some(dispatch),
    finalize: Some(finalize),
    closure_callback: None,
    closure_marshal: None,
});

#[repr(transparent)]
struct Functions(ffi::GSourceFuncs);
// SAFETY: a table of function pointers that nobody writes to.
unsafe impl Sync for Functions {}

impl ContextSource {
    /// Attaches a source for `event_loop`, which is called when something can be read from `poller`,
    /// too.
    pub(super) fn attach(
        context: &glib::MainContext,
        event_loop: Weak<EventLoop>,
        poller: Option<RawFd>,
    ) -> Self {
        // SAFETY: the size covers the parent structure, whose fields GLib fills in; our own fields
        // are written before the source is attached, so no callback sees them unset. GLib does not
        // write to the function table (its signature predates `const`).
        unsafe {
            let functions = (&raw const FUNCTIONS.0).cast_mut();
            let source = ffi::g_source_new(functions, size_of::<RawSource>() as c_uint);
            (*source.cast::<RawSource>()).event_loop = event_loop.into_raw();
            (*source.cast::<RawSource>()).poller = match poller {
                Some(fd) => ffi::g_source_add_unix_fd(source, fd, ffi::G_IO_IN),
                None => ptr::null_mut(),
            };
            ffi::g_source_set_static_name(source, c"wsoup".as_ptr());
            // A handler may run the context: the other connections go on meanwhile.
            ffi::g_source_set_can_recurse(source, ffi::GTRUE);
            ffi::g_source_attach(source, context.to_glib_none().0);
            Self(ptr::NonNull::new_unchecked(source))
        }
    }
}

impl Drop for ContextSource {
    fn drop(&mut self) {
        // SAFETY: we own one reference.
        unsafe {
            ffi::g_source_destroy(self.0.as_ptr());
            ffi::g_source_unref(self.0.as_ptr());
        }
    }
}

/// The address of a context, which names it while it lives.
pub(super) fn context_address(context: &glib::MainContext) -> usize {
    let context: *mut ffi::GMainContext = context.to_glib_none().0;
    context.addr()
}

/// Runs `with` on the loop of `source`, unless that is being dropped.
///
/// # Safety
/// `source` is a [`RawSource`] that is not finalized.
unsafe fn with_loop<T>(source: *mut ffi::GSource, with: impl FnOnce(&EventLoop) -> T) -> Option<T> {
    // SAFETY: the field owns a weak reference until `finalize`; `ManuallyDrop` leaves it there.
    let event_loop = unsafe {
        std::mem::ManuallyDrop::new(Weak::from_raw((*source.cast::<RawSource>()).event_loop))
    };
    event_loop.upgrade().map(|event_loop| with(&event_loop))
}

unsafe extern "C" fn prepare(source: *mut ffi::GSource, timeout: *mut c_int) -> gboolean {
    // SAFETY: GLib passes the source that the function was registered for.
    let wait = unsafe { with_loop(source, EventLoop::prepare) }.flatten();
    let milliseconds = match wait {
        None => -1,
        // Rounded up: to wake a little late is right, to wake early would spin.
        Some(wait) => c_int::try_from(wait.as_nanos().div_ceil(1_000_000)).unwrap_or(c_int::MAX),
    };
    // SAFETY: GLib passes a valid out pointer (or NULL, as the documentation allows).
    unsafe {
        if !timeout.is_null() {
            *timeout = milliseconds;
        }
    }
    (milliseconds == 0).into_glib()
}

unsafe extern "C" fn check(source: *mut ffi::GSource) -> gboolean {
    // SAFETY: GLib passes the source that the functions were registered for.
    let is_ready = unsafe {
        poller_is_ready(source)
            || with_loop(source, EventLoop::prepare)
                .flatten()
                .is_some_and(|wait| wait.is_zero())
    };
    is_ready.into_glib()
}

unsafe extern "C" fn dispatch(
    source: *mut ffi::GSource,
    _callback: ffi::GSourceFunc,
    _data: gpointer,
) -> gboolean {
    // SAFETY: GLib passes the source that the function was registered for.
    unsafe {
        let poll = poller_is_ready(source);
        with_loop(source, |event_loop| event_loop.dispatch(poll));
    }
    ffi::G_SOURCE_CONTINUE
}

/// Whether the context has found the poller's file descriptor readable.
///
/// # Safety
/// `source` is a [`RawSource`] that is not destroyed.
unsafe fn poller_is_ready(source: *mut ffi::GSource) -> bool {
    // SAFETY: the field is NULL, or was made for this very source.
    unsafe {
        let poller = (*source.cast::<RawSource>()).poller;
        !poller.is_null() && ffi::g_source_query_unix_fd(source, poller) != 0
    }
}

unsafe extern "C" fn finalize(source: *mut ffi::GSource) {
    // SAFETY: the field owns a weak reference, and nothing runs after `finalize`.
    drop(unsafe { Weak::from_raw((*source.cast::<RawSource>()).event_loop) });
}

/// What GLib calls when a source is ready; the type that `g_source_set_callback()` knows.
pub(super) type SourceFunc = unsafe extern "C" fn(gpointer) -> gboolean;

/// A source that is not attached yet, and the function that it calls.
pub(super) struct Unattached {
    source: glib::Source,
    callback: SourceFunc,
}

impl Unattached {
    /// # Safety
    /// `callback` has the signature that the kind of source calls, and does no more with its last
    /// argument than to pass it to [`run_entry`].
    pub(super) unsafe fn new(source: glib::Source, callback: SourceFunc) -> Self {
        Self { source, callback }
    }

    /// Attaches the source to the context of `entry`, which the callback gets as its last argument.
    pub(super) fn attach(self, entry: &Arc<Entry>) -> glib::Source {
        // SAFETY: the source owns one reference to the entry, which is released with the source,
        // and the callback is right by the contract of `new`.
        unsafe {
            let raw = self.source.to_glib_none().0;
            let data = Arc::into_raw(entry.clone()).cast_mut().cast();
            ffi::g_source_set_callback(raw, Some(self.callback), data, Some(release_entry));
            // A handler may run the context: messages go on coming meanwhile.
            ffi::g_source_set_can_recurse(raw, ffi::GTRUE);
            ffi::g_source_attach(raw, entry.event_loop.context().to_glib_none().0);
        }
        self.source
    }
}

/// Runs an entry for a source, which stays attached.
///
/// # Safety
/// `entry` is what a source got from [`Unattached::attach`], and the source calls.
pub(super) unsafe fn run_entry(entry: gpointer, cause: Cause) -> gboolean {
    // SAFETY: the source's reference is alive now; one of our own keeps the entry alive should
    // its callback destroy the source.
    let entry = unsafe {
        Arc::increment_strong_count(entry.cast::<Entry>());
        Arc::from_raw(entry.cast::<Entry>())
    };
    entry.run(cause, Instant::now());
    ffi::G_SOURCE_CONTINUE
}

unsafe extern "C" fn release_entry(entry: gpointer) {
    // SAFETY: gives back the reference that the source owned.
    drop(unsafe { Arc::from_raw(entry.cast::<Entry>()) });
}
