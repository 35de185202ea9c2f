//! What `WsoupServer` takes from strangers at most.

use glib::ffi::GSList;
use glib::translate::*;
use wsoup::Server;

use crate::check::object;
use crate::types::*;

/// wsoup_server_get_max_connections: (get-property max-connections)
/// @server: a [class@Server]
///
/// Gets how many connections there may be at once.
///
/// Returns: the number, or 0 if there is no limit
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_server_get_max_connections(server: *mut WsoupServer) -> guint {
    object!(server: Server);
    server.max_connections()
}

/// wsoup_server_set_max_connections: (set-property max-connections)
/// @server: a [class@Server]
/// @max_connections: the number, or 0 for no limit
///
/// Sets how many connections there may be at once; see [property@Server:max-connections].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_server_set_max_connections(
    server: *mut WsoupServer,
    max_connections: guint,
) {
    object!(server: Server);
    server.set_max_connections(max_connections);
}

/// wsoup_server_get_max_connections_per_address: (get-property max-connections-per-address)
/// @server: a [class@Server]
///
/// Gets how many connections there may be with one address.
///
/// Returns: the number, or 0 if there is no limit
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_server_get_max_connections_per_address(
    server: *mut WsoupServer,
) -> guint {
    object!(server: Server);
    server.max_connections_per_address()
}

/// wsoup_server_set_max_connections_per_address: (set-property max-connections-per-address)
/// @server: a [class@Server]
/// @max_connections_per_address: the number, or 0 for no limit
///
/// Sets how many connections there may be with one address; see [property@Server:max-connections-per-address].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_server_set_max_connections_per_address(
    server: *mut WsoupServer,
    max_connections_per_address: guint,
) {
    object!(server: Server);
    server.set_max_connections_per_address(max_connections_per_address);
}

/// wsoup_server_get_handshake_timeout: (get-property handshake-timeout)
/// @server: a [class@Server]
///
/// Gets the time that a client has for the head of its request.
///
/// Returns: the time in seconds, or 0 if there is no limit
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_server_get_handshake_timeout(server: *mut WsoupServer) -> guint {
    object!(server: Server);
    server.handshake_timeout()
}

/// wsoup_server_set_handshake_timeout: (set-property handshake-timeout)
/// @server: a [class@Server]
/// @handshake_timeout: the time in seconds, or 0 for no limit
///
/// Sets the time that a client has for the head of its request; see [property@Server:handshake-timeout].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_server_set_handshake_timeout(
    server: *mut WsoupServer,
    handshake_timeout: guint,
) {
    object!(server: Server);
    server.set_handshake_timeout(handshake_timeout);
}

/// wsoup_server_get_max_header_size: (get-property max-header-size)
/// @server: a [class@Server]
///
/// Gets how long the head of a request may be.
///
/// Returns: the length in bytes, or 0 if there is no limit
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_server_get_max_header_size(server: *mut WsoupServer) -> guint {
    object!(server: Server);
    server.max_header_size()
}

/// wsoup_server_set_max_header_size: (set-property max-header-size)
/// @server: a [class@Server]
/// @max_header_size: the length in bytes, or 0 for no limit
///
/// Sets how long the head of a request may be; see [property@Server:max-header-size].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_server_set_max_header_size(
    server: *mut WsoupServer,
    max_header_size: guint,
) {
    object!(server: Server);
    server.set_max_header_size(max_header_size);
}

/// wsoup_server_get_max_body_size: (get-property max-body-size)
/// @server: a [class@Server]
///
/// Gets how long the body of a request may be.
///
/// Returns: the length in bytes, or 0 if there is no limit
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_server_get_max_body_size(server: *mut WsoupServer) -> guint64 {
    object!(server: Server);
    server.max_body_size()
}

/// wsoup_server_set_max_body_size: (set-property max-body-size)
/// @server: a [class@Server]
/// @max_body_size: the length in bytes, or 0 for no limit
///
/// Sets how long the body of a request may be; see [property@Server:max-body-size].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_server_set_max_body_size(
    server: *mut WsoupServer,
    max_body_size: guint64,
) {
    object!(server: Server);
    server.set_max_body_size(max_body_size);
}

/// wsoup_server_get_max_message_rate: (get-property max-message-rate)
/// @server: a [class@Server]
///
/// Gets how many messages each client may send a second.
///
/// Returns: the number, or 0 if there is no limit
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_server_get_max_message_rate(server: *mut WsoupServer) -> guint {
    object!(server: Server);
    server.max_message_rate()
}

/// wsoup_server_set_max_message_rate: (set-property max-message-rate)
/// @server: a [class@Server]
/// @max_message_rate: the number, or 0 for no limit
///
/// Sets how many messages each client may send a second; see [property@Server:max-message-rate].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_server_set_max_message_rate(
    server: *mut WsoupServer,
    max_message_rate: guint,
) {
    object!(server: Server);
    server.set_max_message_rate(max_message_rate);
}

/// wsoup_server_get_max_buffered_amount: (get-property max-buffered-amount)
/// @server: a [class@Server]
///
/// Gets how much may wait to be sent to each client.
///
/// Returns: the amount in bytes, or 0 if there is no limit
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_server_get_max_buffered_amount(server: *mut WsoupServer) -> guint64 {
    object!(server: Server);
    server.max_buffered_amount()
}

/// wsoup_server_set_max_buffered_amount: (set-property max-buffered-amount)
/// @server: a [class@Server]
/// @max_buffered_amount: the amount in bytes, or 0 for no limit
///
/// Sets how much may wait to be sent to each client; see [property@Server:max-buffered-amount].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_server_set_max_buffered_amount(
    server: *mut WsoupServer,
    max_buffered_amount: guint64,
) {
    object!(server: Server);
    server.set_max_buffered_amount(max_buffered_amount);
}

/// wsoup_server_get_max_total_buffered_amount: (get-property max-total-buffered-amount)
/// @server: a [class@Server]
///
/// Gets how much may wait to be sent to all clients together.
///
/// Returns: the amount in bytes, or 0 if there is no limit
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_server_get_max_total_buffered_amount(
    server: *mut WsoupServer,
) -> guint64 {
    object!(server: Server);
    server.max_total_buffered_amount()
}

/// wsoup_server_set_max_total_buffered_amount: (set-property max-total-buffered-amount)
/// @server: a [class@Server]
/// @max_total_buffered_amount: the amount in bytes, or 0 for no limit
///
/// Sets how much may wait to be sent to all clients together; see [property@Server:max-total-buffered-amount].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_server_set_max_total_buffered_amount(
    server: *mut WsoupServer,
    max_total_buffered_amount: guint64,
) {
    object!(server: Server);
    server.set_max_total_buffered_amount(max_total_buffered_amount);
}

/// wsoup_server_get_n_connections: (get-property n-connections)
/// @server: a [class@Server]
///
/// Gets the number of WebSocket connections that are not closed.
///
/// Returns: the number
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_server_get_n_connections(server: *mut WsoupServer) -> guint {
    object!(server: Server);
    server.n_connections()
}

/// wsoup_server_get_connections:
/// @server: a [class@Server]
///
/// Gets the WebSocket connections that are not closed, in the order in which they were accepted.
///
/// Returns: (element-type WsoupWebsocketConnection) (transfer full): the connections
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_server_get_connections(server: *mut WsoupServer) -> *mut GSList {
    object!(server: Server);
    server
        .connections()
        .into_iter()
        .collect::<glib::SList<_>>()
        .into_glib_ptr()
}
