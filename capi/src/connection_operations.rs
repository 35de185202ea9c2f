//! What takes time on a `WsoupWebsocketConnection`, and what sends with a result.

use std::ffi::{c_char, c_int};

use gio::ffi::{GAsyncReadyCallback, GAsyncResult, GCancellable, GInputStream};
use glib::ffi::{GBytes, GError, gboolean, gconstpointer, gpointer};
use glib::translate::*;
use wsoup::{WebsocketConnection, WebsocketDataType};

use crate::check::{
    OrError, boxed, bytes, location, member, microseconds, object, or_error_with, put, require,
    text,
};
use crate::task::Task;
use crate::types::*;

/// wsoup_websocket_connection_try_send_text:
/// @connection: a [class@WebsocketConnection]
/// @text: UTF-8, up to its NUL
/// @error: return location for an error
///
/// Sends a text message as [method@WebsocketConnection.send_text] does, or tells why not.
///
/// The errors are:
///
/// - %G_IO_ERROR_CLOSED: the connection is not open.
/// - %G_IO_ERROR_WOULD_BLOCK: with the message, more than
///   [property@WebsocketConnection:max-buffered-amount] would wait to be sent. There will be room when
///   the peer has taken something: see [signal@WebsocketConnection::drained].
/// - %G_IO_ERROR_MESSAGE_TOO_LARGE: the message alone is more than that.
///
/// This may be called in any thread.
///
/// Returns: %TRUE if the message was queued
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_websocket_connection_try_send_text(
    connection: *mut WsoupWebsocketConnection,
    text: *const c_char,
    error: *mut *mut GError,
) -> gboolean {
    object!(connection: WebsocketConnection);
    text!(text);
    location!(error);
    connection.try_send_text(text).or_error(error)
}

/// wsoup_websocket_connection_try_send_binary:
/// @connection: a [class@WebsocketConnection]
/// @data: (array length=length) (element-type guint8) (nullable): the bytes of the message; may be
///   %NULL if @length is 0
/// @length: how many bytes these are
/// @error: return location for an error
///
/// Sends a binary message as [method@WebsocketConnection.send_binary] does, or tells why not: see
/// [method@WebsocketConnection.try_send_text].
///
/// Returns: %TRUE if the message was queued
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_websocket_connection_try_send_binary(
    connection: *mut WsoupWebsocketConnection,
    data: gconstpointer,
    length: gsize,
    error: *mut *mut GError,
) -> gboolean {
    object!(connection: WebsocketConnection);
    bytes!(data, length);
    location!(error);
    connection.try_send_binary(data).or_error(error)
}

/// wsoup_websocket_connection_try_send_message:
/// @connection: a [class@WebsocketConnection]
/// @type: the type of the message
/// @message: the bytes of the message
/// @error: return location for an error
///
/// Sends a message as [method@WebsocketConnection.send_message] does, or tells why not: see
/// [method@WebsocketConnection.try_send_text]. A text that is not UTF-8 is
/// %WSOUP_WEBSOCKET_ERROR_BAD_DATA.
///
/// Returns: %TRUE if the message was queued
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_websocket_connection_try_send_message(
    connection: *mut WsoupWebsocketConnection,
    r#type: WsoupWebsocketDataType,
    message: *mut GBytes,
    error: *mut *mut GError,
) -> gboolean {
    object!(connection: WebsocketConnection);
    member!(r#type: WebsocketDataType);
    boxed!(message: glib::Bytes);
    location!(error);
    connection.try_send_message(r#type, message).or_error(error)
}

/// wsoup_websocket_connection_send_message_async:
/// @connection: a [class@WebsocketConnection]
/// @type: the type of the message
/// @message: the bytes of the message; UTF-8 if @type is %WSOUP_WEBSOCKET_DATA_TEXT
/// @cancellable: (nullable): takes the message back, as long as nothing of it was written
/// @callback: (scope async): called when the message was written
/// @user_data: data for @callback
///
/// Sends a message, and tells when its last byte was written to the stream.
///
/// The message is queued at once, behind those that were sent before. Who waits for one message before
/// it sends the next needs little memory, however slow the peer is.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_websocket_connection_send_message_async(
    connection: *mut WsoupWebsocketConnection,
    r#type: WsoupWebsocketDataType,
    message: *mut GBytes,
    cancellable: *mut GCancellable,
    callback: GAsyncReadyCallback,
    user_data: gpointer,
) {
    object!(connection: WebsocketConnection);
    member!(r#type: WebsocketDataType);
    boxed!(message: glib::Bytes);
    object!(cancellable: Option<gio::Cancellable>);
    let task = Task::new(connection, cancellable, callback, user_data, SEND, 0).keep_result();
    let sent = || connection.send_message_future(r#type, message);
    wsoup::run(cancellable, sent, move |result| task.return_value(result));
}

/// What tells the tasks of `wsoup_websocket_connection_send_message_async` from others.
const SEND: gpointer = wsoup_websocket_connection_send_message_async as *const () as gpointer;

/// wsoup_websocket_connection_send_message_finish:
/// @connection: a [class@WebsocketConnection]
/// @result: what the callback was given
/// @error: return location for an error
///
/// Gets whether the message of [method@WebsocketConnection.send_message_async] was written.
///
/// The errors are those of [method@WebsocketConnection.try_send_message], %G_IO_ERROR_CANCELLED, and
/// %G_IO_ERROR_CONNECTION_CLOSED, or what else ended the connection, if it ended before.
///
/// Returns: %TRUE if it was
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_websocket_connection_send_message_finish(
    connection: *mut WsoupWebsocketConnection,
    result: *mut GAsyncResult,
    error: *mut *mut GError,
) -> gboolean {
    object!(connection: WebsocketConnection);
    require!(
        Task::is_of(result, connection, SEND),
        "g_task_is_valid (result, connection)"
    );
    location!(error);
    // SAFETY: checked above; this is what the task returns.
    unsafe { Task::take::<()>(result) }.or_error(error)
}

/// wsoup_websocket_connection_send_stream_async:
/// @connection: a [class@WebsocketConnection]
/// @type: the type of the message
/// @stream: what is read until its end
/// @io_priority: the priority of reading
/// @cancellable: (nullable): ends the operation
/// @callback: (scope async): called when the message was written
/// @user_data: data for @callback
///
/// Sends what is read from @stream as one message, in fragments (RFC 6455 §5.4).
///
/// A fragment is read when the one before was written, so that little memory is needed, however long
/// the message is. Control frames go between the fragments, and other messages behind the last. The
/// message is not compressed.
///
/// What has been sent of a message cannot be taken back. If @stream fails, or the operation is
/// cancelled, in the middle, the connection is closed with %WSOUP_WEBSOCKET_CLOSE_SERVER_ERROR.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_websocket_connection_send_stream_async(
    connection: *mut WsoupWebsocketConnection,
    r#type: WsoupWebsocketDataType,
    stream: *mut GInputStream,
    io_priority: c_int,
    cancellable: *mut GCancellable,
    callback: GAsyncReadyCallback,
    user_data: gpointer,
) {
    object!(connection: WebsocketConnection);
    member!(r#type: WebsocketDataType);
    object!(stream: gio::InputStream);
    object!(cancellable: Option<gio::Cancellable>);
    let task = Task::new(
        connection,
        cancellable,
        callback,
        user_data,
        SEND_STREAM,
        io_priority,
    )
    .keep_result();
    let priority = task.priority();
    let sent = || connection.send_stream_future(r#type, stream, priority);
    wsoup::run(cancellable, sent, move |result| task.return_value(result));
}

/// What tells the tasks of `wsoup_websocket_connection_send_stream_async` from others.
const SEND_STREAM: gpointer = wsoup_websocket_connection_send_stream_async as *const () as gpointer;

/// wsoup_websocket_connection_send_stream_finish:
/// @connection: a [class@WebsocketConnection]
/// @result: what the callback was given
/// @error: return location for an error
///
/// Gets whether the message of [method@WebsocketConnection.send_stream_async] was written.
///
/// The errors are those of the stream, %WSOUP_WEBSOCKET_ERROR_BAD_DATA for a text that is not UTF-8,
/// %G_IO_ERROR_NOT_SUPPORTED if an extension wants messages whole, %G_IO_ERROR_CANCELLED,
/// %G_IO_ERROR_CLOSED if the connection was not open, and %G_IO_ERROR_CONNECTION_CLOSED, or what else
/// ended the connection, if it ended before.
///
/// Returns: %TRUE if it was
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_websocket_connection_send_stream_finish(
    connection: *mut WsoupWebsocketConnection,
    result: *mut GAsyncResult,
    error: *mut *mut GError,
) -> gboolean {
    object!(connection: WebsocketConnection);
    require!(
        Task::is_of(result, connection, SEND_STREAM),
        "g_task_is_valid (result, connection)"
    );
    location!(error);
    // SAFETY: checked above; this is what the task returns.
    unsafe { Task::take::<()>(result) }.or_error(error)
}

/// wsoup_websocket_connection_receive_async:
/// @connection: a [class@WebsocketConnection]
/// @cancellable: (nullable): ends the operation; no message is lost
/// @callback: (scope async): called when there is a message, or the end
/// @user_data: data for @callback
///
/// Receives the next message.
///
/// From the first call on messages wait to be received, and are not emitted by
/// [signal@WebsocketConnection::message], until [method@WebsocketConnection.resume] is called. Of those
/// that wait, up to [property@WebsocketConnection:receive-buffer-size] bytes are read; beyond, the peer
/// has to wait, too. What has arrived can still be received when the connection is closed.
///
/// There can be one operation at a time that receives.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_websocket_connection_receive_async(
    connection: *mut WsoupWebsocketConnection,
    cancellable: *mut GCancellable,
    callback: GAsyncReadyCallback,
    user_data: gpointer,
) {
    object!(connection: WebsocketConnection);
    object!(cancellable: Option<gio::Cancellable>);
    let task = Task::new(connection, cancellable, callback, user_data, RECEIVE, 0).keep_result();
    let received = || connection.receive_future();
    wsoup::run(cancellable, received, move |result| {
        task.return_value(result)
    });
}

/// What tells the tasks of `wsoup_websocket_connection_receive_async` from others.
const RECEIVE: gpointer = wsoup_websocket_connection_receive_async as *const () as gpointer;

/// wsoup_websocket_connection_receive_finish:
/// @connection: a [class@WebsocketConnection]
/// @result: what the callback was given
/// @type: (out) (optional): where to put the type of the message, if there is one
/// @error: return location for an error
///
/// Gets the message of [method@WebsocketConnection.receive_async].
///
/// The errors are what [signal@WebsocketConnection::error] has told, %G_IO_ERROR_CONNECTION_CLOSED if
/// the connection ended without a close frame, %G_IO_ERROR_PENDING if another operation was receiving,
/// and %G_IO_ERROR_CANCELLED.
///
/// Returns: (transfer full) (nullable): the message; %NULL without an error if the peer has closed the
///   connection in order
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_websocket_connection_receive_finish(
    connection: *mut WsoupWebsocketConnection,
    result: *mut GAsyncResult,
    r#type: *mut WsoupWebsocketDataType,
    error: *mut *mut GError,
) -> *mut GBytes {
    object!(connection: WebsocketConnection);
    require!(
        Task::is_of(result, connection, RECEIVE),
        "g_task_is_valid (result, connection)"
    );
    location!(error);
    // SAFETY: checked above; this is what the task returns. The location may be written to.
    let message = unsafe { Task::take::<Option<(WebsocketDataType, glib::Bytes)>>(result) };
    // Languages look at the type in any case, and it has no other values.
    let data_type = match &message {
        Ok(Some((data_type, _))) => *data_type,
        Ok(None) | Err(_) => WebsocketDataType::Text,
    };
    // SAFETY: the caller's location, or NULL.
    unsafe { put(r#type, data_type.into_glib()) };
    message
        .map(|message| message.map_or(std::ptr::null_mut(), |(_, bytes)| bytes.to_glib_full()))
        .or_error(error)
}

/// wsoup_websocket_connection_receive_stream_async:
/// @connection: a [class@WebsocketConnection]
/// @cancellable: (nullable): ends the operation; no message is lost
/// @callback: (scope async): called when a message begins to arrive, or at the end
/// @user_data: data for @callback
///
/// Receives the next message as a stream, which can be read while the message arrives.
///
/// Of such a message up to [property@WebsocketConnection:receive-buffer-size] bytes are kept, and the
/// limits on sizes are not for it, but for compressed frames: these are inflated whole. Otherwise this
/// is as [method@WebsocketConnection.receive_async].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_websocket_connection_receive_stream_async(
    connection: *mut WsoupWebsocketConnection,
    cancellable: *mut GCancellable,
    callback: GAsyncReadyCallback,
    user_data: gpointer,
) {
    object!(connection: WebsocketConnection);
    object!(cancellable: Option<gio::Cancellable>);
    let task = Task::new(
        connection,
        cancellable,
        callback,
        user_data,
        RECEIVE_STREAM,
        0,
    )
    .keep_result();
    let received = || connection.receive_stream_future();
    wsoup::run(cancellable, received, move |result| {
        task.return_value(result)
    });
}

/// What tells the tasks of `wsoup_websocket_connection_receive_stream_async` from others.
const RECEIVE_STREAM: gpointer =
    wsoup_websocket_connection_receive_stream_async as *const () as gpointer;

/// wsoup_websocket_connection_receive_stream_finish:
/// @connection: a [class@WebsocketConnection]
/// @result: what the callback was given
/// @type: (out) (optional): where to put the type of the message, if there is one
/// @error: return location for an error
///
/// Gets the stream of [method@WebsocketConnection.receive_stream_async].
///
/// It is to be read with asynchronous functions, such as [method@Gio.InputStream.read_bytes_async]: what
/// has not arrived arrives in the same context. If the message does not come to its end, reading fails.
/// A message that is not wanted any more is skipped when its stream is closed or dropped.
///
/// The errors are those of [method@WebsocketConnection.receive_finish].
///
/// Returns: (transfer full) (nullable): the stream; %NULL without an error if the peer has closed the
///   connection in order
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_websocket_connection_receive_stream_finish(
    connection: *mut WsoupWebsocketConnection,
    result: *mut GAsyncResult,
    r#type: *mut WsoupWebsocketDataType,
    error: *mut *mut GError,
) -> *mut GInputStream {
    object!(connection: WebsocketConnection);
    require!(
        Task::is_of(result, connection, RECEIVE_STREAM),
        "g_task_is_valid (result, connection)"
    );
    location!(error);
    // SAFETY: checked above; this is what the task returns. The location may be written to.
    let message = unsafe { Task::take::<Option<(WebsocketDataType, gio::InputStream)>>(result) };
    // Languages look at the type in any case, and it has no other values.
    let data_type = match &message {
        Ok(Some((data_type, _))) => *data_type,
        Ok(None) | Err(_) => WebsocketDataType::Text,
    };
    // SAFETY: the caller's location, or NULL.
    unsafe { put(r#type, data_type.into_glib()) };
    message
        .map(|message| message.map_or(std::ptr::null_mut(), |(_, stream)| stream.into_glib_ptr()))
        .or_error(error)
}

/// wsoup_websocket_connection_pause:
/// @connection: a [class@WebsocketConnection]
///
/// Has messages wait from now on instead of being emitted, until
/// [method@WebsocketConnection.resume] is called.
///
/// Up to [property@WebsocketConnection:receive-buffer-size] bytes of messages are read, and control
/// frames among them are answered; beyond, the peer has to wait, and its silence is not held against it.
/// What happens to the connection behind a message that waits ([signal@WebsocketConnection::error],
/// [signal@WebsocketConnection::closing], [signal@WebsocketConnection::closed]) is told after it;
/// operations that wait for something to be sent, or for a pong, fail when it ends.
/// [method@WebsocketConnection.close] resumes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_websocket_connection_pause(
    connection: *mut WsoupWebsocketConnection,
) {
    object!(connection: WebsocketConnection);
    connection.pause();
}

/// wsoup_websocket_connection_resume:
/// @connection: a [class@WebsocketConnection]
///
/// Has messages emitted again by [signal@WebsocketConnection::message], first of all those that wait,
/// after [method@WebsocketConnection.pause] or [method@WebsocketConnection.receive_async].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_websocket_connection_resume(
    connection: *mut WsoupWebsocketConnection,
) {
    object!(connection: WebsocketConnection);
    connection.resume();
}

/// wsoup_websocket_connection_ping_async:
/// @connection: a [class@WebsocketConnection]
/// @payload: (nullable): at most 125 bytes, or %NULL for some that no other ping has
/// @cancellable: (nullable): ends the waiting
/// @callback: (scope async): called when the pong came
/// @user_data: data for @callback
///
/// Pings the peer (RFC 6455 §5.5.2), and waits for the pong.
///
/// The ping overtakes messages that wait to be sent. The pong is told by
/// [signal@WebsocketConnection::pong], too. One counts for the pings before the one that it answers as
/// well, as a peer may answer the newest alone (§5.5.3).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_websocket_connection_ping_async(
    connection: *mut WsoupWebsocketConnection,
    payload: *mut GBytes,
    cancellable: *mut GCancellable,
    callback: GAsyncReadyCallback,
    user_data: gpointer,
) {
    object!(connection: WebsocketConnection);
    boxed!(payload: Option<glib::Bytes>);
    object!(cancellable: Option<gio::Cancellable>);
    let task = Task::new(connection, cancellable, callback, user_data, PING, 0).keep_result();
    let answered = || connection.ping_future(payload.map(AsRef::as_ref));
    wsoup::run(cancellable, answered, move |result| {
        task.return_value(result.map(microseconds));
    });
}

/// What tells the tasks of `wsoup_websocket_connection_ping_async` from others.
const PING: gpointer = wsoup_websocket_connection_ping_async as *const () as gpointer;

/// wsoup_websocket_connection_ping_finish:
/// @connection: a [class@WebsocketConnection]
/// @result: what the callback was given
/// @error: return location for an error
///
/// Gets how long the answer to the ping of [method@WebsocketConnection.ping_async] has taken.
///
/// The errors are %G_IO_ERROR_INVALID_ARGUMENT for a payload that is too long, %G_IO_ERROR_CLOSED if the
/// connection was not open, %G_IO_ERROR_CONNECTION_CLOSED, or what else ended the connection, if it
/// ended before, and %G_IO_ERROR_CANCELLED.
///
/// Returns: the time in microseconds, from when the ping was written until the pong came; -1 with an
///   error
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_websocket_connection_ping_finish(
    connection: *mut WsoupWebsocketConnection,
    result: *mut GAsyncResult,
    error: *mut *mut GError,
) -> GTimeSpan {
    object!(connection: WebsocketConnection);
    require!(
        Task::is_of(result, connection, PING),
        "g_task_is_valid (result, connection)"
    );
    location!(error);
    // SAFETY: checked above; this is what the task returns.
    let time = unsafe { Task::take::<GTimeSpan>(result) };
    or_error_with(time, error, -1)
}

/// wsoup_websocket_connection_close_async:
/// @connection: a [class@WebsocketConnection]
/// @code: a [enum@WebsocketCloseCode] that may be sent, or a number from 3000 to 4999
/// @data: (nullable): the reason, for people to read; UTF-8, at most 123 bytes of it are sent
/// @cancellable: (nullable): ends the waiting; the connection closes all the same
/// @callback: (scope async): called when the connection is closed
/// @user_data: data for @callback
///
/// Begins to close the connection as [method@WebsocketConnection.close] does, and waits for its end.
///
/// If it is closing already, its end is waited for. [signal@WebsocketConnection::closed] is emitted
/// before.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_websocket_connection_close_async(
    connection: *mut WsoupWebsocketConnection,
    code: gushort,
    data: *const c_char,
    cancellable: *mut GCancellable,
    callback: GAsyncReadyCallback,
    user_data: gpointer,
) {
    object!(connection: WebsocketConnection);
    text!(data: Option);
    require!(
        connection.may_close_with(code, data.is_some()),
        &format!("code {code} may be sent")
    );
    object!(cancellable: Option<gio::Cancellable>);
    let task = Task::new(connection, cancellable, callback, user_data, CLOSE, 0);
    let closed = connection.close_future(code, data);
    // It is closed even if it was cancelled before.
    wsoup::run(
        cancellable,
        || closed,
        move |result| task.return_value(result),
    );
}

/// What tells the tasks of `wsoup_websocket_connection_close_async` from others.
const CLOSE: gpointer = wsoup_websocket_connection_close_async as *const () as gpointer;

/// wsoup_websocket_connection_close_finish:
/// @connection: a [class@WebsocketConnection]
/// @result: what the callback was given
/// @error: return location for an error
///
/// Gets whether the connection was closed in order.
///
/// The errors are %G_IO_ERROR_TIMED_OUT if the peer did not answer in time
/// ([property@WebsocketConnection:close-timeout]), %G_IO_ERROR_CONNECTION_CLOSED, or what else ended the
/// connection, if it ended without the peer's close frame, and %G_IO_ERROR_CANCELLED.
///
/// Returns: %TRUE if it was
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_websocket_connection_close_finish(
    connection: *mut WsoupWebsocketConnection,
    result: *mut GAsyncResult,
    error: *mut *mut GError,
) -> gboolean {
    object!(connection: WebsocketConnection);
    require!(
        Task::is_of(result, connection, CLOSE),
        "g_task_is_valid (result, connection)"
    );
    location!(error);
    // SAFETY: checked above; this is what the task returns.
    unsafe { Task::take::<()>(result) }.or_error(error)
}
