//! The orderly end of `WsoupServer`.

use std::ffi::c_char;

use gio::ffi::{GAsyncReadyCallback, GAsyncResult, GCancellable};
use glib::ffi::{GError, gboolean, gpointer};
use glib::translate::*;
use wsoup::Server;

use crate::check::{OrError, location, object, require, text};
use crate::task::Task;
use crate::types::*;

/// wsoup_server_shutdown_async:
/// @server: a [class@Server]
/// @code: the close code for the WebSocket connections, usually %WSOUP_WEBSOCKET_CLOSE_GOING_AWAY
/// @reason: (nullable): the reason that they are given
/// @timeout: how long to wait for connections to end, in seconds, or 0 for as long as it takes
/// @cancellable: (nullable): what can end the waiting
/// @callback: (scope async): called when all connections are closed
/// @user_data: data for @callback
///
/// Shuts the server down: stops listening, and waits until all its connections are closed.
///
/// Requests whose first byte has come are answered; connections without one are closed. Handshakes that
/// have not been accepted yet are answered with %WSOUP_STATUS_SERVICE_UNAVAILABLE. Each WebSocket
/// connection is closed as [method@WebsocketConnection.close] does.
///
/// All of that begins before this function returns. The connections that are left after @timeout, or
/// when @cancellable is cancelled, are ended without a word. When it is done the server may listen
/// again.
///
/// @callback is called in the thread-default [struct@GLib.MainContext] of the caller, which has to be
/// that of the server.
///
/// ```c
/// static void
/// on_shut_down (GObject *source, GAsyncResult *result, gpointer loop)
/// {
///   g_autoptr (GError) error = NULL;
///
///   if (!wsoup_server_shutdown_finish (WSOUP_SERVER (source), result, &error))
///     g_message ("%s", error->message);
///   g_main_loop_quit (loop);
/// }
///
/// wsoup_server_shutdown_async (server, WSOUP_WEBSOCKET_CLOSE_GOING_AWAY, NULL, 10, NULL, on_shut_down,
///                              loop);
/// ```
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_server_shutdown_async(
    server: *mut WsoupServer,
    code: gushort,
    reason: *const c_char,
    timeout: guint,
    cancellable: *mut GCancellable,
    callback: GAsyncReadyCallback,
    user_data: gpointer,
) {
    object!(server: Server);
    text!(reason: Option);
    require!(
        Server::may_close_with(code, reason.is_some()),
        &format!("code {code} may be sent")
    );
    object!(cancellable: Option<gio::Cancellable>);
    let priority = glib::Priority::DEFAULT.into_glib();
    let task = Task::new(server, cancellable, callback, user_data, SHUTDOWN, priority);
    server.shutdown_async(code, reason, timeout, cancellable, move |result| {
        task.return_value(result);
    });
}

/// What tells the tasks of `wsoup_server_shutdown_async` from others.
const SHUTDOWN: gpointer = wsoup_server_shutdown_async as *const () as gpointer;

/// wsoup_server_shutdown_finish:
/// @server: a [class@Server]
/// @result: what the callback was given
/// @error: return location for an error
///
/// Tells how [method@Server.shutdown_async] ended. All connections are closed in any case.
///
/// Returns: %TRUE if all had closed in time, %FALSE with @error set otherwise: to %G_IO_ERROR_TIMED_OUT,
///   or to %G_IO_ERROR_CANCELLED
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_server_shutdown_finish(
    server: *mut WsoupServer,
    result: *mut GAsyncResult,
    error: *mut *mut GError,
) -> gboolean {
    object!(server: Server);
    require!(
        Task::is_of(result, server, SHUTDOWN),
        "g_task_is_valid (result, server)"
    );
    location!(error);
    // SAFETY: checked above; this is what the task returns.
    unsafe { Task::take::<()>(result) }.or_error(error)
}
