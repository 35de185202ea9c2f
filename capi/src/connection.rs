//! `WsoupWebsocketConnection`.

use std::ffi::c_char;

use gio::ffi::GIOStream;
use glib::ffi::{GBytes, GList, GType, GUri, gconstpointer};
use glib::gobject_ffi::GSignalCMarshaller;
use glib::prelude::*;
use glib::translate::*;
use wsoup::{WebsocketConnection, WebsocketConnectionType, WebsocketDataType};

use crate::check::{boxed, bytes, member, object, require, text};
use crate::types::*;

#[unsafe(no_mangle)]
pub extern "C" fn wsoup_websocket_connection_get_type() -> GType {
    WebsocketConnection::static_type().into_glib()
}

/// Private, for `marshal.c`: sets how handlers of `message` are called that are written in C.
/// cbindgen:ignore
#[unsafe(no_mangle)]
unsafe extern "C" fn _wsoup_set_message_marshallers(
    marshaller: GSignalCMarshaller,
    set_va_marshaller: unsafe extern "C" fn(signal: guint, type_: GType),
) {
    // SAFETY: `marshal.c` makes both for the arguments of this signal.
    unsafe { wsoup::set_message_marshallers((marshaller, set_va_marshaller)) };
}

/// wsoup_websocket_connection_new:
/// @stream: a stream over which the handshake is complete; its input and output streams must be
///   pollable, as those of sockets and of TLS are
/// @uri: the URI of the connection
/// @type: the side of the connection that this is
/// @origin: (nullable): the `Origin` that the client gave
/// @protocol: (nullable): the subprotocol that was agreed on
/// @extensions: (element-type WsoupWebsocketExtension) (transfer full): the extensions that were
///   agreed on, in their order
///
/// Creates a connection that speaks WebSocket over @stream.
///
/// Programs that use [class@Session] or [class@Server] are given connections; this is for those that
/// did the handshake themselves. The connection belongs to the thread-default [struct@GLib.MainContext]
/// of the caller: its signals are emitted there.
///
/// Returns: (transfer full): a new connection
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_websocket_connection_new(
    stream: *mut GIOStream,
    uri: *mut GUri,
    r#type: WsoupWebsocketConnectionType,
    origin: *const c_char,
    protocol: *const c_char,
    extensions: *mut GList,
) -> *mut WsoupWebsocketConnection {
    object!(stream: gio::IOStream);
    boxed!(uri: glib::Uri);
    member!(r#type: WebsocketConnectionType);
    require!(
        r#type != WebsocketConnectionType::Unknown,
        "type != WSOUP_WEBSOCKET_CONNECTION_UNKNOWN"
    );
    text!(origin: Option);
    text!(protocol: Option);
    // SAFETY: the list and its references to extensions are given away.
    let extensions = unsafe { FromGlibPtrContainer::from_glib_full(extensions) };
    WebsocketConnection::new(stream, uri, r#type, origin, protocol, extensions).into_glib_ptr()
}

/// wsoup_websocket_connection_get_io_stream:
/// @connection: a [class@WebsocketConnection]
///
/// Gets the stream that the connection speaks over.
///
/// It is for looking at, such as for the address of the peer: what is read from it or written to it
/// is lost for the connection, or ends it.
///
/// Returns: (transfer none): the stream
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_websocket_connection_get_io_stream(
    connection: *mut WsoupWebsocketConnection,
) -> *mut GIOStream {
    object!(connection: WebsocketConnection);
    // The connection keeps its reference.
    connection.io_stream().to_glib_none().0
}

/// wsoup_websocket_connection_get_connection_type:
/// @connection: a [class@WebsocketConnection]
///
/// Gets the side of the connection that this is.
///
/// Returns: the type of the connection
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_websocket_connection_get_connection_type(
    connection: *mut WsoupWebsocketConnection,
) -> WsoupWebsocketConnectionType {
    object!(connection: WebsocketConnection);
    connection.connection_type().into_glib()
}

/// wsoup_websocket_connection_get_uri:
/// @connection: a [class@WebsocketConnection]
///
/// Gets the URI of the connection.
///
/// Returns: (transfer none): the URI
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_websocket_connection_get_uri(
    connection: *mut WsoupWebsocketConnection,
) -> *mut GUri {
    object!(connection: WebsocketConnection);
    // The connection keeps its reference.
    connection.uri().to_glib_none().0
}

/// wsoup_websocket_connection_get_origin:
/// @connection: a [class@WebsocketConnection]
///
/// Gets the `Origin` that the client gave in the handshake.
///
/// Returns: (nullable): the origin, or %NULL if there was none
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_websocket_connection_get_origin(
    connection: *mut WsoupWebsocketConnection,
) -> *const c_char {
    object!(connection: WebsocketConnection);
    connection.origin_ptr()
}

/// wsoup_websocket_connection_get_protocol:
/// @connection: a [class@WebsocketConnection]
///
/// Gets the subprotocol that the handshake agreed on (RFC 6455 §1.9).
///
/// Returns: (nullable): the subprotocol, or %NULL if there is none
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_websocket_connection_get_protocol(
    connection: *mut WsoupWebsocketConnection,
) -> *const c_char {
    object!(connection: WebsocketConnection);
    connection.protocol_ptr()
}

/// wsoup_websocket_connection_get_extensions:
/// @connection: a [class@WebsocketConnection]
///
/// Gets the extensions that the handshake agreed on.
///
/// Returns: (element-type WsoupWebsocketExtension) (transfer none): the extensions, in the order in
///   which messages go out through them
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_websocket_connection_get_extensions(
    connection: *mut WsoupWebsocketConnection,
) -> *mut GList {
    object!(connection: WebsocketConnection);
    connection.extensions_ptr()
}

/// wsoup_websocket_connection_get_state:
/// @connection: a [class@WebsocketConnection]
///
/// Gets the state of the connection.
///
/// Returns: the state
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_websocket_connection_get_state(
    connection: *mut WsoupWebsocketConnection,
) -> WsoupWebsocketState {
    object!(connection: WebsocketConnection);
    connection.state().into_glib()
}

/// wsoup_websocket_connection_send_text:
/// @connection: a [class@WebsocketConnection]
/// @text: UTF-8, up to its NUL
///
/// Sends a text message.
///
/// The message is copied and queued; this does not block. Messages arrive in the order in which they
/// were sent. If the connection is no longer %WSOUP_WEBSOCKET_STATE_OPEN, the message is dropped.
///
/// To send a text that holds NULs, use [method@WebsocketConnection.send_message].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_websocket_connection_send_text(
    connection: *mut WsoupWebsocketConnection,
    text: *const c_char,
) {
    object!(connection: WebsocketConnection);
    text!(text);
    connection.send_text(text);
}

/// wsoup_websocket_connection_send_binary:
/// @connection: a [class@WebsocketConnection]
/// @data: (array length=length) (element-type guint8) (nullable): the bytes of the message; may be
///   %NULL if @length is 0
/// @length: how many bytes these are
///
/// Sends a binary message.
///
/// The message is copied and queued; this does not block. Messages arrive in the order in which they
/// were sent. If the connection is no longer %WSOUP_WEBSOCKET_STATE_OPEN, the message is dropped.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_websocket_connection_send_binary(
    connection: *mut WsoupWebsocketConnection,
    data: gconstpointer,
    length: gsize,
) {
    object!(connection: WebsocketConnection);
    bytes!(data, length);
    connection.send_binary(data);
}

/// wsoup_websocket_connection_send_message:
/// @connection: a [class@WebsocketConnection]
/// @type: the type of the message
/// @message: the bytes of the message; UTF-8 if @type is %WSOUP_WEBSOCKET_DATA_TEXT
///
/// Sends a message, without copying it where possible.
///
/// This is [method@WebsocketConnection.send_binary], or [method@WebsocketConnection.send_text] for
/// texts that may hold NULs.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_websocket_connection_send_message(
    connection: *mut WsoupWebsocketConnection,
    r#type: WsoupWebsocketDataType,
    message: *mut GBytes,
) {
    object!(connection: WebsocketConnection);
    member!(r#type: WebsocketDataType);
    boxed!(message: glib::Bytes);
    require!(
        connection.send_if_valid(r#type, message),
        "type != WSOUP_WEBSOCKET_DATA_TEXT || message is valid UTF-8"
    );
}

/// wsoup_websocket_connection_close:
/// @connection: a [class@WebsocketConnection]
/// @code: a [enum@WebsocketCloseCode] that may be sent, or a number from 3000 to 4999
/// @data: (nullable): the reason, for people to read; UTF-8, at most 123 bytes of it are sent
///
/// Begins to close the connection, in order (RFC 6455 §7).
///
/// What was sent before is still delivered, then the close frame. The state becomes
/// %WSOUP_WEBSOCKET_STATE_CLOSING and [signal@WebsocketConnection::closing] is emitted; messages of
/// the peer still arrive until it has answered. Then the state becomes %WSOUP_WEBSOCKET_STATE_CLOSED
/// and [signal@WebsocketConnection::closed] is emitted; a peer that does not answer is given
/// [property@WebsocketConnection:close-timeout].
///
/// The codes %WSOUP_WEBSOCKET_CLOSE_ABNORMAL and %WSOUP_WEBSOCKET_CLOSE_TLS_HANDSHAKE may not be
/// sent, nor %WSOUP_WEBSOCKET_CLOSE_NO_EXTENSION by a server. %WSOUP_WEBSOCKET_CLOSE_NO_STATUS sends a
/// close without a code; @data must be %NULL then.
///
/// If the connection is closing or closed already, nothing happens.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_websocket_connection_close(
    connection: *mut WsoupWebsocketConnection,
    code: gushort,
    data: *const c_char,
) {
    object!(connection: WebsocketConnection);
    text!(data: Option);
    require!(
        connection.may_close_with(code, data.is_some()),
        &format!("code {code} may be sent")
    );
    connection.close(code, data);
}

/// wsoup_websocket_connection_get_close_code:
/// @connection: a [class@WebsocketConnection]
///
/// Gets the code with which the peer closed the connection.
///
/// It is known once the state is %WSOUP_WEBSOCKET_STATE_CLOSED, and before that if it was the peer
/// that began to close: %WSOUP_WEBSOCKET_CLOSE_NO_STATUS if it gave no code, and
/// %WSOUP_WEBSOCKET_CLOSE_ABNORMAL if it sent no close frame at all.
///
/// Returns: a [enum@WebsocketCloseCode] or another code that the peer chose, or 0 as long as it is
///   not known
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_websocket_connection_get_close_code(
    connection: *mut WsoupWebsocketConnection,
) -> gushort {
    object!(connection: WebsocketConnection);
    connection.close_code()
}

/// wsoup_websocket_connection_get_close_data:
/// @connection: a [class@WebsocketConnection]
///
/// Gets the reason that the peer gave for closing the connection.
///
/// It is known when [method@WebsocketConnection.get_close_code] is.
///
/// Returns: (nullable): the reason, or %NULL if there is none
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_websocket_connection_get_close_data(
    connection: *mut WsoupWebsocketConnection,
) -> *const c_char {
    object!(connection: WebsocketConnection);
    connection.close_data_ptr()
}

/// wsoup_websocket_connection_get_max_incoming_payload_size: (get-property max-incoming-payload-size)
/// @connection: a [class@WebsocketConnection]
///
/// Gets the greatest payload that a frame may have.
///
/// Returns: the limit in bytes, or 0 if there is none
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_websocket_connection_get_max_incoming_payload_size(
    connection: *mut WsoupWebsocketConnection,
) -> guint64 {
    object!(connection: WebsocketConnection);
    connection.max_incoming_payload_size()
}

/// wsoup_websocket_connection_set_max_incoming_payload_size: (set-property max-incoming-payload-size)
/// @connection: a [class@WebsocketConnection]
/// @max_incoming_payload_size: the limit in bytes, or 0 for none
///
/// Sets the greatest payload that a frame may have; see
/// [property@WebsocketConnection:max-incoming-payload-size].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_websocket_connection_set_max_incoming_payload_size(
    connection: *mut WsoupWebsocketConnection,
    max_incoming_payload_size: guint64,
) {
    object!(connection: WebsocketConnection);
    connection.set_max_incoming_payload_size(max_incoming_payload_size);
}

/// wsoup_websocket_connection_get_max_total_message_size: (get-property max-total-message-size)
/// @connection: a [class@WebsocketConnection]
///
/// Gets the greatest message that is accepted.
///
/// Returns: the limit in bytes, or 0 if there is none
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_websocket_connection_get_max_total_message_size(
    connection: *mut WsoupWebsocketConnection,
) -> guint64 {
    object!(connection: WebsocketConnection);
    connection.max_total_message_size()
}

/// wsoup_websocket_connection_set_max_total_message_size: (set-property max-total-message-size)
/// @connection: a [class@WebsocketConnection]
/// @max_total_message_size: the limit in bytes, or 0 for none
///
/// Sets the greatest message that is accepted; see
/// [property@WebsocketConnection:max-total-message-size].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_websocket_connection_set_max_total_message_size(
    connection: *mut WsoupWebsocketConnection,
    max_total_message_size: guint64,
) {
    object!(connection: WebsocketConnection);
    connection.set_max_total_message_size(max_total_message_size);
}

/// wsoup_websocket_connection_get_keepalive_interval: (get-property keepalive-interval)
/// @connection: a [class@WebsocketConnection]
///
/// Gets the time between pings.
///
/// Returns: the interval in seconds, or 0 if no pings are sent
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_websocket_connection_get_keepalive_interval(
    connection: *mut WsoupWebsocketConnection,
) -> guint {
    object!(connection: WebsocketConnection);
    connection.keepalive_interval()
}

/// wsoup_websocket_connection_set_keepalive_interval: (set-property keepalive-interval)
/// @connection: a [class@WebsocketConnection]
/// @interval: the interval in seconds, or 0 to send no pings
///
/// Sets the time between pings; see [property@WebsocketConnection:keepalive-interval].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_websocket_connection_set_keepalive_interval(
    connection: *mut WsoupWebsocketConnection,
    interval: guint,
) {
    object!(connection: WebsocketConnection);
    connection.set_keepalive_interval(interval);
}

/// wsoup_websocket_connection_get_keepalive_pong_timeout: (get-property keepalive-pong-timeout)
/// @connection: a [class@WebsocketConnection]
///
/// Gets the time in which the peer must answer a ping.
///
/// Returns: the timeout in seconds, or 0 if there is none
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_websocket_connection_get_keepalive_pong_timeout(
    connection: *mut WsoupWebsocketConnection,
) -> guint {
    object!(connection: WebsocketConnection);
    connection.keepalive_pong_timeout()
}

/// wsoup_websocket_connection_set_keepalive_pong_timeout: (set-property keepalive-pong-timeout)
/// @connection: a [class@WebsocketConnection]
/// @pong_timeout: the timeout in seconds, or 0 for none
///
/// Sets the time in which the peer must answer a ping; see
/// [property@WebsocketConnection:keepalive-pong-timeout].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_websocket_connection_set_keepalive_pong_timeout(
    connection: *mut WsoupWebsocketConnection,
    pong_timeout: guint,
) {
    object!(connection: WebsocketConnection);
    connection.set_keepalive_pong_timeout(pong_timeout);
}
