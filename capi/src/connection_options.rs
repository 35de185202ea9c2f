//! The options of a `WsoupWebsocketConnection` beyond those of libsoup.

use glib::ffi::gboolean;
use glib::translate::*;
use wsoup::{WebsocketConnection, WebsocketOverflowPolicy};

use crate::check::{member, microseconds, object, require};
use crate::types::*;

/// wsoup_websocket_connection_get_buffered_amount: (get-property buffered-amount)
/// @connection: a [class@WebsocketConnection]
///
/// Gets how much of what was sent has not been taken by the stream.
///
/// Returns: the amount of messages in bytes
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_websocket_connection_get_buffered_amount(
    connection: *mut WsoupWebsocketConnection,
) -> guint64 {
    object!(connection: WebsocketConnection);
    connection.buffered_amount()
}

/// wsoup_websocket_connection_get_max_buffered_amount: (get-property max-buffered-amount)
/// @connection: a [class@WebsocketConnection]
///
/// Gets how much may wait to be sent.
///
/// Returns: the bound in bytes, or 0 if there is none
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_websocket_connection_get_max_buffered_amount(
    connection: *mut WsoupWebsocketConnection,
) -> guint64 {
    object!(connection: WebsocketConnection);
    connection.max_buffered_amount()
}

/// wsoup_websocket_connection_set_max_buffered_amount: (set-property max-buffered-amount)
/// @connection: a [class@WebsocketConnection]
/// @max_buffered_amount: the bound in bytes, or 0 for none
///
/// Sets how much may wait to be sent; see
/// [property@WebsocketConnection:max-buffered-amount].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_websocket_connection_set_max_buffered_amount(
    connection: *mut WsoupWebsocketConnection,
    max_buffered_amount: guint64,
) {
    object!(connection: WebsocketConnection);
    connection.set_max_buffered_amount(max_buffered_amount);
}

/// wsoup_websocket_connection_get_overflow_policy: (get-property overflow-policy)
/// @connection: a [class@WebsocketConnection]
///
/// Gets what happens to a message that is too much.
///
/// Returns: what happens
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_websocket_connection_get_overflow_policy(
    connection: *mut WsoupWebsocketConnection,
) -> WsoupWebsocketOverflowPolicy {
    object!(connection: WebsocketConnection);
    connection.overflow_policy().into_glib()
}

/// wsoup_websocket_connection_set_overflow_policy: (set-property overflow-policy)
/// @connection: a [class@WebsocketConnection]
/// @overflow_policy: what happens
///
/// Sets what happens to a message that is too much; see
/// [property@WebsocketConnection:overflow-policy].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_websocket_connection_set_overflow_policy(
    connection: *mut WsoupWebsocketConnection,
    overflow_policy: WsoupWebsocketOverflowPolicy,
) {
    object!(connection: WebsocketConnection);
    member!(overflow_policy: WebsocketOverflowPolicy);
    connection.set_overflow_policy(overflow_policy);
}

/// wsoup_websocket_connection_get_high_water_mark: (get-property high-water-mark)
/// @connection: a [class@WebsocketConnection]
///
/// Gets the amount from which on [signal@WebsocketConnection::congested] tells that it is enough.
///
/// Returns: the amount in bytes, or 0 for none
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_websocket_connection_get_high_water_mark(
    connection: *mut WsoupWebsocketConnection,
) -> guint64 {
    object!(connection: WebsocketConnection);
    connection.high_water_mark()
}

/// wsoup_websocket_connection_set_high_water_mark: (set-property high-water-mark)
/// @connection: a [class@WebsocketConnection]
/// @high_water_mark: the amount in bytes, or 0 for none
///
/// Sets the amount from which on [signal@WebsocketConnection::congested] tells that it is enough; see
/// [property@WebsocketConnection:high-water-mark].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_websocket_connection_set_high_water_mark(
    connection: *mut WsoupWebsocketConnection,
    high_water_mark: guint64,
) {
    object!(connection: WebsocketConnection);
    connection.set_high_water_mark(high_water_mark);
}

/// wsoup_websocket_connection_get_low_water_mark: (get-property low-water-mark)
/// @connection: a [class@WebsocketConnection]
///
/// Gets the amount down to which [signal@WebsocketConnection::drained] waits.
///
/// Returns: the amount in bytes
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_websocket_connection_get_low_water_mark(
    connection: *mut WsoupWebsocketConnection,
) -> guint64 {
    object!(connection: WebsocketConnection);
    connection.low_water_mark()
}

/// wsoup_websocket_connection_set_low_water_mark: (set-property low-water-mark)
/// @connection: a [class@WebsocketConnection]
/// @low_water_mark: the amount in bytes
///
/// Sets the amount down to which [signal@WebsocketConnection::drained] waits; see
/// [property@WebsocketConnection:low-water-mark].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_websocket_connection_set_low_water_mark(
    connection: *mut WsoupWebsocketConnection,
    low_water_mark: guint64,
) {
    object!(connection: WebsocketConnection);
    connection.set_low_water_mark(low_water_mark);
}

/// wsoup_websocket_connection_get_max_message_rate: (get-property max-message-rate)
/// @connection: a [class@WebsocketConnection]
///
/// Gets how many messages a second the peer may send.
///
/// Returns: the number, or 0 if there is no limit
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_websocket_connection_get_max_message_rate(
    connection: *mut WsoupWebsocketConnection,
) -> guint {
    object!(connection: WebsocketConnection);
    connection.max_message_rate()
}

/// wsoup_websocket_connection_set_max_message_rate: (set-property max-message-rate)
/// @connection: a [class@WebsocketConnection]
/// @max_message_rate: the number, or 0 for no limit
///
/// Sets how many messages a second the peer may send; see
/// [property@WebsocketConnection:max-message-rate].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_websocket_connection_set_max_message_rate(
    connection: *mut WsoupWebsocketConnection,
    max_message_rate: guint,
) {
    object!(connection: WebsocketConnection);
    connection.set_max_message_rate(max_message_rate);
}

/// wsoup_websocket_connection_get_receive_buffer_size: (get-property receive-buffer-size)
/// @connection: a [class@WebsocketConnection]
///
/// Gets how much is read that waits to be received.
///
/// Returns: the size in bytes
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_websocket_connection_get_receive_buffer_size(
    connection: *mut WsoupWebsocketConnection,
) -> guint64 {
    object!(connection: WebsocketConnection);
    connection.receive_buffer_size()
}

/// wsoup_websocket_connection_set_receive_buffer_size: (set-property receive-buffer-size)
/// @connection: a [class@WebsocketConnection]
/// @receive_buffer_size: the size in bytes, at least 1
///
/// Sets how much is read that waits to be received; see
/// [property@WebsocketConnection:receive-buffer-size].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_websocket_connection_set_receive_buffer_size(
    connection: *mut WsoupWebsocketConnection,
    receive_buffer_size: guint64,
) {
    object!(connection: WebsocketConnection);
    require!(receive_buffer_size > 0, "receive_buffer_size > 0");
    connection.set_receive_buffer_size(receive_buffer_size);
}

/// wsoup_websocket_connection_get_paused: (get-property paused)
/// @connection: a [class@WebsocketConnection]
///
/// Gets whether messages wait, because the connection was paused.
///
/// Returns: %TRUE if it is paused
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_websocket_connection_get_paused(
    connection: *mut WsoupWebsocketConnection,
) -> gboolean {
    object!(connection: WebsocketConnection);
    connection.is_paused().into_glib()
}

/// wsoup_websocket_connection_get_latency: (get-property latency)
/// @connection: a [class@WebsocketConnection]
///
/// Gets how long the peer took to answer the last keepalive ping that it has answered.
///
/// Returns: the time in microseconds, or -1 if there was none
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_websocket_connection_get_latency(
    connection: *mut WsoupWebsocketConnection,
) -> GTimeSpan {
    object!(connection: WebsocketConnection);
    connection.latency().map_or(-1, microseconds)
}

/// wsoup_websocket_connection_get_idle_timeout: (get-property idle-timeout)
/// @connection: a [class@WebsocketConnection]
///
/// Gets how long the peer may send nothing.
///
/// Returns: the time in seconds, or 0 for ever
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_websocket_connection_get_idle_timeout(
    connection: *mut WsoupWebsocketConnection,
) -> guint {
    object!(connection: WebsocketConnection);
    connection.idle_timeout()
}

/// wsoup_websocket_connection_set_idle_timeout: (set-property idle-timeout)
/// @connection: a [class@WebsocketConnection]
/// @timeout: the time in seconds, or 0 for ever
///
/// Sets how long the peer may send nothing; see
/// [property@WebsocketConnection:idle-timeout].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_websocket_connection_set_idle_timeout(
    connection: *mut WsoupWebsocketConnection,
    timeout: guint,
) {
    object!(connection: WebsocketConnection);
    connection.set_idle_timeout(timeout);
}

/// wsoup_websocket_connection_get_close_timeout: (get-property close-timeout)
/// @connection: a [class@WebsocketConnection]
///
/// Gets how long the peer has for its part of closing.
///
/// Returns: the time in seconds, or 0 for ever
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_websocket_connection_get_close_timeout(
    connection: *mut WsoupWebsocketConnection,
) -> guint {
    object!(connection: WebsocketConnection);
    connection.close_timeout()
}

/// wsoup_websocket_connection_set_close_timeout: (set-property close-timeout)
/// @connection: a [class@WebsocketConnection]
/// @timeout: the time in seconds, or 0 for ever
///
/// Sets how long the peer has for its part of closing; see
/// [property@WebsocketConnection:close-timeout].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_websocket_connection_set_close_timeout(
    connection: *mut WsoupWebsocketConnection,
    timeout: guint,
) {
    object!(connection: WebsocketConnection);
    connection.set_close_timeout(timeout);
}

/// wsoup_websocket_connection_get_closed_cleanly: (get-property closed-cleanly)
/// @connection: a [class@WebsocketConnection]
///
/// Gets whether the connection is closed and was so in order.
///
/// Returns: %TRUE if both sides have sent a close frame (RFC 6455 §7.1.4)
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_websocket_connection_get_closed_cleanly(
    connection: *mut WsoupWebsocketConnection,
) -> gboolean {
    object!(connection: WebsocketConnection);
    connection.closed_cleanly().into_glib()
}
