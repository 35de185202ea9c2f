//! `WsoupServer`.

use std::ffi::c_char;

use gio::ffi::{GIOStream, GSocketAddress, GTlsAuthenticationMode, GTlsCertificate, GTlsDatabase};
use glib::ffi::{GDestroyNotify, GError, GHashTable, GSList, GType, gboolean, gpointer};
use glib::prelude::*;
use glib::translate::*;
use wsoup::{AuthDomain, Server};

use crate::callback::Callback;
use crate::check::{OrError, list_of, location, object, require, text, text_list};
use crate::types::*;

/// WsoupServerCallback:
/// @server: the server
/// @msg: the message: the request, and what is to be answered
/// @path: the path of the request, decoded unless [property@Server:raw-paths]
/// @query: (element-type utf8 utf8) (nullable): the fields of the query, decoded, or %NULL if there
///   is no query
/// @user_data: what was passed to [method@Server.add_handler]
///
/// Answers an HTTP request.
///
/// The answer is put into @msg with [method@ServerMessage.set_status] and
/// [method@ServerMessage.set_response]. A handler that needs time for it calls
/// [method@ServerMessage.pause], and [method@ServerMessage.unpause] when it is done.
pub type WsoupServerCallback = Option<
    unsafe extern "C" fn(
        server: *mut WsoupServer,
        msg: *mut WsoupServerMessage,
        path: *const c_char,
        query: *mut GHashTable,
        user_data: gpointer,
    ),
>;

/// WsoupServerWebsocketCallback:
/// @server: the server
/// @msg: the message with the client's handshake
/// @path: the path of the request, decoded unless [property@Server:raw-paths]
/// @connection: the new connection
/// @user_data: what was passed to [method@Server.add_websocket_handler]
///
/// Takes a new WebSocket connection.
///
/// The server keeps @connection until it is closed: a handler that only connects to its signals need
/// not take a reference.
pub type WsoupServerWebsocketCallback = Option<
    unsafe extern "C" fn(
        server: *mut WsoupServer,
        msg: *mut WsoupServerMessage,
        path: *const c_char,
        connection: *mut WsoupWebsocketConnection,
        user_data: gpointer,
    ),
>;

#[unsafe(no_mangle)]
pub extern "C" fn wsoup_server_get_type() -> GType {
    Server::static_type().into_glib()
}

unsafe extern "C" {
    /// wsoup_server_new:
    /// @optname1: (nullable): the name of the first property to set, or %NULL
    /// @...: the value of the property, then more names and values, and %NULL at the end
    ///
    /// Creates a server with properties.
    ///
    /// ```c
    /// WsoupServer *server = wsoup_server_new ("server-header", "example/1.0", NULL);
    /// ```
    ///
    /// Returns: (transfer full) (nullable): a new server, which does not listen yet
    pub fn wsoup_server_new(optname1: *const c_char, ...) -> *mut WsoupServer;
}

/// wsoup_server_add_handler:
/// @server: a [class@Server]
/// @path: (nullable): the path, such as `/status`; %NULL is `/`
/// @callback: (scope notified) (closure user_data) (destroy destroy): what answers the requests
/// @user_data: what @callback is given
/// @destroy: (nullable): called with @user_data when it is no longer needed
///
/// Answers requests for a path, and for all below it, by @callback.
///
/// Of all paths with a handler, the longest that fits the request counts. @callback is called when
/// the whole request has arrived. It takes the place of another handler that was added for the same
/// path.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_server_add_handler(
    server: *mut WsoupServer,
    path: *const c_char,
    callback: WsoupServerCallback,
    user_data: gpointer,
    destroy: GDestroyNotify,
) {
    object!(server: Server);
    text!(path: Option);
    require!(callback.is_some(), "callback != NULL");
    let callback = Callback::new(callback, user_data, destroy);
    server.add_handler(path, move |server, msg, path, query| {
        callback.answer(server, msg, path, query)
    });
}

/// wsoup_server_add_early_handler:
/// @server: a [class@Server]
/// @path: (nullable): the path, such as `/upload`; %NULL is `/`
/// @callback: (scope notified) (closure user_data) (destroy destroy): what looks at the requests
/// @user_data: what @callback is given
/// @destroy: (nullable): called with @user_data when it is no longer needed
///
/// Has @callback look at requests for a path, and for all below it, before their bodies arrive.
///
/// A request for which it sets a status is answered with that, without the handler of
/// [method@Server.add_handler]; so a request can be refused before its body is sent.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_server_add_early_handler(
    server: *mut WsoupServer,
    path: *const c_char,
    callback: WsoupServerCallback,
    user_data: gpointer,
    destroy: GDestroyNotify,
) {
    object!(server: Server);
    text!(path: Option);
    require!(callback.is_some(), "callback != NULL");
    let callback = Callback::new(callback, user_data, destroy);
    server.add_early_handler(path, move |server, msg, path, query| {
        callback.answer(server, msg, path, query);
    });
}

/// wsoup_server_add_websocket_handler:
/// @server: a [class@Server]
/// @path: (nullable): the path, such as `/chat`; %NULL is `/`
/// @origin: (nullable): the only `Origin` that is accepted, or %NULL to accept all
/// @protocols: (nullable) (array zero-terminated=1): the subprotocols that are spoken
/// @callback: (scope notified) (closure user_data) (destroy destroy): what takes the connections
/// @user_data: what @callback is given
/// @destroy: (nullable): called with @user_data when it is no longer needed
///
/// Accepts WebSocket connections to a path, and to all below it, and gives them to @callback.
///
/// A handshake that is malformed is answered with 400, one with another version of the protocol with
/// 426, and one with another origin than @origin with 403 (RFC 6455 §4.2). Browsers let no page lie
/// about its origin, so @origin keeps the pages of others from using the server in the name of its
/// users; programs that are not browsers can send what they like.
///
/// The subprotocol is the first that the client offers and that is among @protocols. A client that
/// offers none is served without; one that offers only others is answered with 400.
///
/// The application can decide each handshake by itself, in a handler that is called before: one of
/// [method@Server.add_early_handler] for the path, or of [signal@Server::request-read]. The request
/// is there, with its headers, address and certificate. A status that is set refuses it;
/// `Sec-WebSocket-Protocol` in the response headers chooses the subprotocol;
/// [method@ServerMessage.pause] gives time to think, without holding up other clients.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_server_add_websocket_handler(
    server: *mut WsoupServer,
    path: *const c_char,
    origin: *const c_char,
    protocols: *mut *mut c_char,
    callback: WsoupServerWebsocketCallback,
    user_data: gpointer,
    destroy: GDestroyNotify,
) {
    object!(server: Server);
    text!(path: Option);
    text!(origin: Option);
    text_list!(protocols);
    require!(callback.is_some(), "callback != NULL");
    let callback = Callback::new(callback, user_data, destroy);
    server.add_websocket_handler(
        path,
        origin,
        &protocols,
        move |server, msg, path, connection| {
            callback.take(server, msg, path, connection);
        },
    );
}

/// wsoup_server_add_websocket_handler_for_origins:
/// @server: a [class@Server]
/// @path: (nullable): the path, such as `/chat`; %NULL is `/`
/// @origins: (nullable) (array zero-terminated=1): the `Origin`s that are accepted, or %NULL to
///   accept all
/// @protocols: (nullable) (array zero-terminated=1): the subprotocols that are spoken
/// @callback: (scope notified) (closure user_data) (destroy destroy): what takes the connections
/// @user_data: what @callback is given
/// @destroy: (nullable): called with @user_data when it is no longer needed
///
/// As [method@Server.add_websocket_handler], for clients of any of several origins.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_server_add_websocket_handler_for_origins(
    server: *mut WsoupServer,
    path: *const c_char,
    origins: *mut *mut c_char,
    protocols: *mut *mut c_char,
    callback: WsoupServerWebsocketCallback,
    user_data: gpointer,
    destroy: GDestroyNotify,
) {
    object!(server: Server);
    text!(path: Option);
    text_list!(origins);
    text_list!(protocols);
    require!(callback.is_some(), "callback != NULL");
    let callback = Callback::new(callback, user_data, destroy);
    server.add_websocket_handler_for_origins(
        path,
        &origins,
        &protocols,
        move |server, msg, path, connection| {
            callback.take(server, msg, path, connection);
        },
    );
}

/// wsoup_server_remove_handler:
/// @server: a [class@Server]
/// @path: the path that was passed when the handlers were added
///
/// Removes all handlers that were added for exactly @path.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_server_remove_handler(
    server: *mut WsoupServer,
    path: *const c_char,
) {
    object!(server: Server);
    text!(path);
    server.remove_handler(path);
}

/// wsoup_server_add_auth_domain:
/// @server: a [class@Server]
/// @auth_domain: a [class@AuthDomain]
///
/// Has the requests that @auth_domain covers authenticated, before any handler sees them.
///
/// If several domains cover a request, one has to accept it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_server_add_auth_domain(
    server: *mut WsoupServer,
    auth_domain: *mut WsoupAuthDomain,
) {
    object!(server: Server);
    object!(auth_domain: AuthDomain);
    server.add_auth_domain(auth_domain);
}

/// wsoup_server_remove_auth_domain:
/// @server: a [class@Server]
/// @auth_domain: a [class@AuthDomain]
///
/// Takes back [method@Server.add_auth_domain].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_server_remove_auth_domain(
    server: *mut WsoupServer,
    auth_domain: *mut WsoupAuthDomain,
) {
    object!(server: Server);
    object!(auth_domain: AuthDomain);
    server.remove_auth_domain(auth_domain);
}

/// wsoup_server_accept_iostream:
/// @server: a [class@Server]
/// @stream: a stream to a client, whose input and output streams are pollable
/// @local_addr: (nullable): the address of this end, if it has one
/// @remote_addr: (nullable): the address of the client, if it has one
/// @error: return location for an error
///
/// Serves a connection that was accepted elsewhere.
///
/// If it is to use TLS, @stream is a [iface@Gio.TlsServerConnection] already.
///
/// Returns: %TRUE on success, %FALSE with @error set otherwise, such as to %G_IO_ERROR_BUSY if there
///   are as many connections as [property@Server:max-connections] or
///   [property@Server:max-connections-per-address] allows
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_server_accept_iostream(
    server: *mut WsoupServer,
    stream: *mut GIOStream,
    local_addr: *mut GSocketAddress,
    remote_addr: *mut GSocketAddress,
    error: *mut *mut GError,
) -> gboolean {
    object!(server: Server);
    object!(stream: gio::IOStream);
    object!(local_addr: Option<gio::SocketAddress>);
    object!(remote_addr: Option<gio::SocketAddress>);
    location!(error);
    server
        .accept_iostream(stream, local_addr, remote_addr)
        .or_error(error)
}

/// wsoup_server_disconnect:
/// @server: a [class@Server]
///
/// Stops listening, and ends the connections whose requests are not answered yet.
///
/// WebSocket connections stay open: [method@Server.shutdown_async] closes them, too.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_server_disconnect(server: *mut WsoupServer) {
    object!(server: Server);
    server.disconnect();
}

/// wsoup_server_get_listeners:
/// @server: a [class@Server]
///
/// Gets the sockets that the server listens on.
///
/// Returns: (element-type Gio.Socket) (transfer container): the sockets
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_server_get_listeners(server: *mut WsoupServer) -> *mut GSList {
    object!(server: Server);
    // The server keeps its references to the sockets.
    list_of(&server.listeners())
}

/// wsoup_server_get_uris:
/// @server: a [class@Server]
///
/// Gets the URIs at which the server is reached, one for each IP address and port that it listens
/// on.
///
/// Their hosts are addresses, not names; `0.0.0.0` and `::` stand for all addresses of the machine.
///
/// Returns: (element-type GLib.Uri) (transfer full): the URIs
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_server_get_uris(server: *mut WsoupServer) -> *mut GSList {
    object!(server: Server);
    server
        .uris()
        .into_iter()
        .collect::<glib::SList<_>>()
        .into_glib_ptr()
}

/// wsoup_server_is_https:
/// @server: a [class@Server]
///
/// Tells whether the server can speak TLS: whether it has a certificate.
///
/// Returns: %TRUE if it has one
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_server_is_https(server: *mut WsoupServer) -> gboolean {
    object!(server: Server);
    server.is_https().into_glib()
}

/// wsoup_server_get_tls_certificate: (get-property tls-certificate)
/// @server: a [class@Server]
///
/// Gets the certificate that the server shows.
///
/// Returns: (nullable) (transfer none): the certificate, or %NULL if there is none
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_server_get_tls_certificate(
    server: *mut WsoupServer,
) -> *mut GTlsCertificate {
    object!(server: Server);
    server.tls_certificate().to_glib_none().0
}

/// wsoup_server_set_tls_certificate: (set-property tls-certificate)
/// @server: a [class@Server]
/// @certificate: a certificate with its private key
///
/// Sets the certificate that the server shows; see [property@Server:tls-certificate].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_server_set_tls_certificate(
    server: *mut WsoupServer,
    certificate: *mut GTlsCertificate,
) {
    object!(server: Server);
    object!(certificate: gio::TlsCertificate);
    server.set_tls_certificate(certificate);
}

/// wsoup_server_get_tls_database: (get-property tls-database)
/// @server: a [class@Server]
///
/// Gets the certificates that those of clients are checked against.
///
/// Returns: (nullable) (transfer none): the certificates, or %NULL if there are none
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_server_get_tls_database(
    server: *mut WsoupServer,
) -> *mut GTlsDatabase {
    object!(server: Server);
    server.tls_database().to_glib_none().0
}

/// wsoup_server_set_tls_database: (set-property tls-database)
/// @server: a [class@Server]
/// @tls_database: the certificates
///
/// Sets the certificates that those of clients are checked against; see
/// [property@Server:tls-database].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_server_set_tls_database(
    server: *mut WsoupServer,
    tls_database: *mut GTlsDatabase,
) {
    object!(server: Server);
    object!(tls_database: gio::TlsDatabase);
    server.set_tls_database(tls_database);
}

/// wsoup_server_get_tls_auth_mode: (get-property tls-auth-mode)
/// @server: a [class@Server]
///
/// Gets whether clients are asked for certificates.
///
/// Returns: the mode
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_server_get_tls_auth_mode(
    server: *mut WsoupServer,
) -> GTlsAuthenticationMode {
    object!(server: Server);
    server.tls_auth_mode().into_glib()
}

/// wsoup_server_set_tls_auth_mode: (set-property tls-auth-mode)
/// @server: a [class@Server]
/// @mode: the mode
///
/// Sets whether clients are asked for certificates; see [property@Server:tls-auth-mode].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_server_set_tls_auth_mode(
    server: *mut WsoupServer,
    mode: GTlsAuthenticationMode,
) {
    object!(server: Server);
    // SAFETY: any number may be converted; those without a name become an unknown mode.
    let mode: gio::TlsAuthenticationMode = unsafe { from_glib(mode) };
    require!(
        !matches!(mode, gio::TlsAuthenticationMode::__Unknown(_)),
        "mode is GTlsAuthenticationMode"
    );
    server.set_tls_auth_mode(mode);
}
