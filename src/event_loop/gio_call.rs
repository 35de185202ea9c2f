//! GIO's asynchronous operations as futures.
//!
//! gio-rs has such futures, but its callbacks panic when the context has moved to another thread
//! since; these do not care.
#![allow(unsafe_code)]

use super::ContextBound;
use gio::ffi::{GAsyncReadyCallback, GAsyncResult};
use glib::ffi::{GError, gpointer};
use glib::gobject_ffi::GObject;
use glib::translate::*;
use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::ptr;
use std::sync::Arc;
use std::task::{Poll, Waker};

/// Connects to `connectable` as `client` is configured.
pub(crate) async fn connect_to(
    client: &gio::SocketClient,
    connectable: &gio::SocketConnectable,
    cancellable: &gio::Cancellable,
) -> Result<gio::SocketConnection, glib::Error> {
    let result = call(|callback, data| {
        // SAFETY: live objects; `callback` and `data` belong together.
        unsafe {
            gio::ffi::g_socket_client_connect_async(
                client.to_glib_none().0,
                connectable.to_glib_none().0,
                cancellable.to_glib_none().0,
                callback,
                data,
            );
        }
    })
    .await;
    finish(|error| {
        // SAFETY: the result belongs to the operation that was started above; a connection is ours.
        unsafe {
            from_glib_full::<_, Option<_>>(gio::ffi::g_socket_client_connect_finish(
                client.to_glib_none().0,
                result.to_glib_none().0,
                error,
            ))
        }
    })
}

/// Runs the TLS handshake of `connection`.
pub(crate) async fn handshake_tls(
    connection: &gio::TlsConnection,
    priority: glib::Priority,
    cancellable: Option<&gio::Cancellable>,
) -> Result<(), glib::Error> {
    let result = call(|callback, data| {
        // SAFETY: live objects; `callback` and `data` belong together.
        unsafe {
            gio::ffi::g_tls_connection_handshake_async(
                connection.to_glib_none().0,
                priority.into_glib(),
                cancellable.to_glib_none().0,
                callback,
                data,
            );
        }
    })
    .await;
    finish(|error| {
        // SAFETY: the result belongs to the operation that was started above.
        unsafe {
            gio::ffi::g_tls_connection_handshake_finish(
                connection.to_glib_none().0,
                result.to_glib_none().0,
                error,
            );
        }
        Some(())
    })
}

/// Reads up to `most` bytes; none at the end of `stream`.
pub(crate) async fn read_bytes(
    stream: &gio::InputStream,
    most: usize,
    priority: glib::Priority,
    cancellable: &gio::Cancellable,
) -> Result<glib::Bytes, glib::Error> {
    let result = call(|callback, data| {
        // SAFETY: live objects; `callback` and `data` belong together.
        unsafe {
            gio::ffi::g_input_stream_read_bytes_async(
                stream.to_glib_none().0,
                most,
                priority.into_glib(),
                cancellable.to_glib_none().0,
                callback,
                data,
            );
        }
    })
    .await;
    finish(|error| {
        // SAFETY: the result belongs to the operation that was started above; bytes are ours.
        unsafe {
            from_glib_full::<_, Option<_>>(gio::ffi::g_input_stream_read_bytes_finish(
                stream.to_glib_none().0,
                result.to_glib_none().0,
                error,
            ))
        }
    })
}

/// Gets the result of an operation by its `_finish`, which is told where to put its error. Without one
/// there is a value.
fn finish<T>(finish: impl FnOnce(*mut *mut GError) -> Option<T>) -> Result<T, glib::Error> {
    let mut error: *mut GError = ptr::null_mut();
    let value = finish(&raw mut error);
    // SAFETY: an error is ours.
    let error: Option<glib::Error> = unsafe { from_glib_full(error) };
    match (value, error) {
        (_, Some(error)) => Err(error),
        (Some(value), None) => Ok(value),
        (None, None) => Err(glib::Error::new(
            gio::IOErrorEnum::Failed,
            "there is no result",
        )),
    }
}

/// Closes `stream` in the background; how that ends is nobody's business any more.
pub(crate) fn close_later(stream: &gio::IOStream) {
    // SAFETY: a live object; no callback, no cancellable.
    unsafe {
        gio::ffi::g_io_stream_close_async(
            stream.to_glib_none().0,
            glib::ffi::G_PRIORITY_DEFAULT,
            ptr::null_mut(),
            None,
            ptr::null_mut(),
        );
    }
}

/// Closes `stream` in the background, and calls `done` in the thread-default context when it is closed.
pub(super) fn close_then(stream: &gio::IOStream, done: impl FnOnce() + 'static) {
    type Done = ContextBound<Cell<Option<Box<dyn FnOnce()>>>>;

    unsafe extern "C" fn closed(_source: *mut GObject, _result: *mut GAsyncResult, done: gpointer) {
        // SAFETY: it is the box given below, which GIO hands back exactly once, in the context in
        // which the operation was started.
        let done = unsafe { Box::from_raw(done.cast::<Done>()) };
        if let Some(done) = done.get().take() {
            done();
        }
    }
    let done: Box<Done> = Box::new(ContextBound::new(Cell::new(Some(Box::new(done)))));
    // SAFETY: a live object; the callback and its data belong together.
    unsafe {
        gio::ffi::g_io_stream_close_async(
            stream.to_glib_none().0,
            glib::ffi::G_PRIORITY_DEFAULT,
            ptr::null_mut(),
            Some(closed),
            Box::into_raw(done).cast(),
        );
    }
}

/// Closes `stream` in the background, as [`close_later`] does.
pub(super) fn close_output_later(stream: &gio::OutputStream) {
    // SAFETY: a live object; no callback, no cancellable.
    unsafe {
        gio::ffi::g_output_stream_close_async(
            stream.to_glib_none().0,
            glib::ffi::G_PRIORITY_DEFAULT,
            ptr::null_mut(),
            None,
            ptr::null_mut(),
        );
    }
}

#[derive(Default)]
struct Slot {
    result: Option<gio::AsyncResult>,
    waker: Option<Waker>,
}

type SharedSlot = Arc<ContextBound<RefCell<Slot>>>;

/// Starts an operation and waits for its result.
pub(super) async fn call(start: impl FnOnce(GAsyncReadyCallback, gpointer)) -> gio::AsyncResult {
    unsafe extern "C" fn done(_source: *mut GObject, result: *mut GAsyncResult, slot: gpointer) {
        // SAFETY: `slot` is the reference given to `start`, which GIO hands back exactly once, in
        // the context in which the operation was started; `result` is alive for the call.
        let (slot, result) = unsafe {
            let slot: SharedSlot = Arc::from_raw(slot.cast());
            (slot, from_glib_none(result))
        };
        let mut slot = slot.get().borrow_mut();
        slot.result = Some(result);
        if let Some(waker) = slot.waker.take() {
            waker.wake();
        }
    }
    let slot: SharedSlot = Arc::new(ContextBound::new(RefCell::default()));
    start(Some(done), Arc::into_raw(slot.clone()).cast_mut().cast());
    poll_fn(|task| {
        let mut slot = slot.get().borrow_mut();
        if let Some(result) = slot.result.take() {
            return Poll::Ready(result);
        }
        slot.waker = Some(task.waker().clone());
        Poll::Pending
    })
    .await
}
